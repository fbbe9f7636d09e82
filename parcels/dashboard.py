"""What the register offers on the start page for staff."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from offices.dashboard import Card, register
from offices.permissions import Permission

register(
    Card(
        page="office",
        permission=Permission.IMPORT_PARCELS,
        url_name="imports",
        icon="parcel",
        order=200,
        title=_("Import parcels"),
        text=_("From Shapefile, GeoPackage, GeoJSON, GML or EDIGEO, each parcel checked."),
    )
)

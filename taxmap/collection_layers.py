"""The layer of the collection map: what tax officers see of the units of their authority."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from offices.permissions import Permission
from tiles.registry import TileLayer, register

register(
    TileLayer(
        name="assessments",
        sql="taxmap/sql/assessment_tile.sql",
        minzoom=11,
        maxzoom=18,
        permission=Permission.VIEW_TAX,
        title=_("Assessments"),
        fields={
            "code": _("Tax parcel code"),
            "land": _("Land number"),
            "use": _("Main use of the Act, or exempt"),
            "price": _("Appraised price, baht per square wa"),
            "tax_2026": _("Tax of that year in baht; one attribute for each year"),
            "state_2026": _("exempt, unpaid, partly or paid; one attribute for each year"),
            "visit": _("What the last visit found; absent without a visit"),
            "owed_years": _("Age of the oldest debt in years; absent when nothing is owed"),
        },
        table="taxmap_taxzone",
    )
)

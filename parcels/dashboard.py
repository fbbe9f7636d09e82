"""What the register offers on the start page for staff."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from offices.dashboard import Card, register
from offices.models import Office
from offices.permissions import Permission
from offices.trail import name_actions
from parcels.services.findings import MAY_WORK
from parcels.transaction_inbox import waiting_for

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

register(
    Card(
        page="office",
        permission=Permission.IMPORT_PARCELS,
        url_name="section10",
        icon="download",
        order=210,
        title=_("Section 10 packages"),
        text=_("The monthly changes from the Department of Lands, and what waits for you."),
    )
)

register(
    Card(
        page="office",
        permission=Permission.EXPORT_PARCELS,
        url_name="exports",
        icon="download",
        order=220,
        title=_("Export parcels"),
        text=_("The parcels of an office on any day, as a file for other programs."),
    )
)


def _waiting(request: HttpRequest, office: Office) -> dict[str, Any]:
    return {"waiting": waiting_for(request.user, office)}


# One card for whoever prepares and one for whoever checks: nobody holds both in one office.
for _permission in (Permission.EDIT_PARCELS, Permission.CHECK_TRANSACTIONS):
    register(
        Card(
            page="office",
            permission=_permission,
            url_name="transactions",
            icon="office",
            order=100,
            title=_("Transactions"),
            template="parcels/transactions/card.html",
            context=_waiting,
        )
    )

name_actions({
    "parcels.owner_viewed": _("looked at owners"),
    "parcels.transaction_drafted": _("drafted a transaction"),
    "parcels.transaction_revised": _("wrote a transaction anew"),
    "parcels.transaction_submitted": _("handed a transaction to the checkers"),
    "parcels.transaction_returned": _("returned a transaction to its maker"),
    "parcels.transaction_approved": _("approved a transaction"),
    "parcels.transaction_registered": _("registered a transaction"),
    "parcels.transaction_withdrawn": _("withdrew a transaction"),
    "parcels.exported": _("exported parcels"),
    "parcels.section10_imported": _("took a section 10 package"),
    "parcels.section10_accepted": _("accepted a row of section 10"),
    "parcels.section10_dismissed": _("dismissed a row of section 10"),
    "parcels.source_file_added": _("added a scanned file"),
    "parcels.source_file_read": _("opened a scanned file"),
})  # fmt: skip

register(
    Card(
        page="office",
        permission=Permission.EDIT_PARCELS,
        url_name="editor",
        icon="parcel",
        order=150,
        title=_("Parcel editor"),
        text=_(
            "Divide, merge and correct parcels on the map; a second officer checks each change."
        ),
    )
)

for _permission in MAY_WORK:
    register(
        Card(
            page="office",
            permission=_permission,
            url_name="findings",
            icon="warning",
            order=180,
            title=_("Findings of the fabric"),
            text=_(
                "Overlaps, gaps and whatever else the rules find, each at its place on the map."
            ),
        )
    )

name_actions({
    "parcels.fabric_checked": _("checked the parcel fabric"),
    "parcels.finding_assigned": _("assigned a finding"),
    "parcels.finding_explained": _("explained a finding"),
    "parcels.finding_settled": _("settled a finding"),
    "parcels.finding_reopened": _("reopened a finding"),
})  # fmt: skip

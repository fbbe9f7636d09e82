"""What the valuation offers on the start page, and its actions in the words of the audit trail."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from offices.dashboard import Card, register
from offices.models import Office
from offices.permissions import Permission
from offices.trail import name_actions
from taxmap.cases import cases_of, notes_waiting
from taxmap.services.objections import OPEN


def _waiting(_request: HttpRequest, office: Office) -> dict[str, Any]:
    return {
        "cases": cases_of(office).filter(state__in=OPEN).count(),
        "notes": notes_waiting(office).count(),
    }


register(
    Card(
        page="office", permission=Permission.VIEW_TAX, url_name="taxmap-objections",
        icon="tax", order=130, title=_("Objections and corrections"),
        template="taxmap/objections_card.html", context=_waiting,
    )
)  # fmt: skip
register(
    Card(
        page="office", permission=Permission.VIEW_TAX, url_name="taxmap-year", icon="tax",
        order=120, title=_("The tax year"),
        text=_("Calendar, what is missing, announcements, and the roll."),
    )
)  # fmt: skip
register(
    Card(
        page="office", permission=Permission.ASSESS_TAX, url_name="taxmap-to-visit", icon="parcel",
        order=140, title=_("Units to visit"),
        text=_("Record buildings and uses, outdoors or in the office."),
    )
)  # fmt: skip
register(
    Card(
        page="office", permission=Permission.VIEW_TAX, url_name="taxmap-signboards", icon="tax",
        order=150, title=_("Signboards"),
        text=_("The register of signboards and their tax."),
    )
)  # fmt: skip

register(
    Card(
        page="office", permission=Permission.VIEW_TAX, url_name="taxmap-condominiums", icon="tax",
        order=160, title=_("Condominiums"), text=_("Condominiums with their units and prices."),
    )
)  # fmt: skip

name_actions({
    "taxmap.unit_inspected": _("recorded a survey"),
    "taxmap.use_changed": _("recorded a change of use"),
    "taxmap.building_recorded": _("recorded a building"),
    "taxmap.building_ended": _("ended a building"),
    "taxmap.unit_of_buildings_opened": _("opened a unit for buildings of another owner"),
    "taxmap.condominium_registered": _("registered a condominium"),
    "taxmap.condominium_unit_registered": _("registered a condominium unit"),
    "taxmap.prices_imported": _("took in a price list"),
    "taxmap.year_opened": _("opened a tax year"),
    "taxmap.year_rolled_over": _("carried the tax map over into a year"),
    "taxmap.calendar_changed": _("changed the calendar of a tax year"),
    "taxmap.prices_published": _("announced the prices"),
    "taxmap.list_published": _("announced the property lists"),
    "taxmap.objection_received": _("took in an objection or appeal"),
    "taxmap.objection_document_added": _("added a document to an objection"),
    "taxmap.objection_examined": _("examined an objection or appeal"),
    "taxmap.objection_decided": _("decided an objection or appeal"),
    "taxmap.objection_told": _("recorded that an owner was told"),
    "taxmap.objection_withdrawn": _("recorded that an objection was withdrawn"),
    "taxmap.note_prepared": _("prepared a note"),
    "taxmap.note_decided": _("decided a note"),
    "taxmap.signboard_added": _("added a signboard"),
    "taxmap.signboard_ended": _("ended a signboard"),
    "taxmap.signboards_assessed": _("assessed the signboards"),
    "taxmap.signboards_closed": _("closed the bills of signboards"),
})  # fmt: skip

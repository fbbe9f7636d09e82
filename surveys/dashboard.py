"""The card of surveys on the start page of land office work, and its actions in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from offices.dashboard import Card, register
from offices.permissions import Permission
from offices.trail import name_actions

register(Card(
    page="office", permission=Permission.MANAGE_SURVEYS, url_name="survey-jobs", icon="locate",
    order=300, title=_("Survey jobs"),
    text=_("What was observed in the field, and how well it fits the corners in the register."),
))  # fmt: skip
register(Card(
    page="office", permission=Permission.MANAGE_OFFICE, url_name="survey-classes", icon="locate",
    order=310, title=_("Classes of survey"),
    text=_("The limits that survey points keep before a boundary rests on them."),
))  # fmt: skip

ACTIONS: Final[Mapping[str, str | Promise]] = {
    "surveys.requested": _("opened a survey job"),
    "surveys.planned": _("planned a survey"),
    "surveys.observed": _("took in a file from the field"),
    "surveys.nothing_taken": _("kept a file from the field of which nothing could be taken"),
    "surveys.computed": _("judged the points of a survey"),
    "surveys.adjusted": _("adjusted the network of a survey"),
    "surveys.checked": _("checked a survey"),
    "surveys.proposed": _("proposed a survey to the register"),
    "surveys.matched": _("decided which points are which corners"),
    "surveys.given_back": _("got a proposed survey back from the register"),
    "surveys.closed": _("closed a survey job"),
    "surveys.withdrawn": _("withdrew a survey job"),
    "surveys.photo_added": _("added a photograph to a survey"),
    "surveys.purpose_set": _("said what a survey point is for"),
    "surveys.occupation_set_aside": _("set an occupation aside"),
    "surveys.occupation_taken_back": _("took an occupation back"),
    "surveys.quality_class_changed": _("changed the limits of a class of survey"),
    "surveys.mapping_saved": _("saved a column mapping"),
    "surveys.mapping_forgotten": _("forgot a column mapping"),
}
name_actions(ACTIONS)

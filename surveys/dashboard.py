"""The card of surveys on the start page of land office work."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from offices.dashboard import Card, register
from offices.permissions import Permission

register(Card(
    page="office", permission=Permission.MANAGE_SURVEYS, url_name="survey-jobs", icon="locate",
    order=300, title=_("Survey jobs"),
    text=_("What was observed in the field, and how well it fits the corners in the register."),
))  # fmt: skip

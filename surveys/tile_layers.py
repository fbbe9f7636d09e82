"""Survey points, for who keeps surveys: each sees those of the own offices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from offices.permissions import Permission
from tiles.registry import TileLayer, register

register(
    TileLayer(
        name="survey_points",
        sql="surveys/sql/survey_point_tile.sql",
        minzoom=15,
        maxzoom=20,
        permission=Permission.MANAGE_SURVEYS,
        title=_("Survey points"),
        attribution=_("Surveys: the land offices in charge"),
        fields={
            "name": _("Name of the point"),
            "job": _("Number of the survey job"),
            "method": _("How it was surveyed"),
            "fix": _("Kind of RTK solution"),
            "horizontal_accuracy_m": _("Horizontal accuracy in metres (RMS)"),
        },
        table="surveys_surveypoint",
    )
)

"""The limits of a class of survey in words, with their units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = tuple[str | Promise, str | Promise]

LIMITS: Final[Mapping[str, Words]] = {
    "pdop_max": (_("PDOP, at most"), ""),
    "satellites_min": (_("Satellites, at least"), ""),
    "ratio_min": (_("Ratio of the ambiguities, at least"), ""),
    "age_max_s": (_("Age of the correction, at most"), _("s")),
    "sigma_horizontal_max_m": (_("Horizontal standard deviation, at most"), _("m")),
    "sigma_vertical_max_m": (_("Vertical standard deviation, at most"), _("m")),
    "epochs_min": (_("Epochs of an occupation, at least"), ""),
    "occupations_min": (_("Occupations, at least"), ""),
    "separation_min_minutes": (_("Between occupations, at least"), _("minutes")),
    "agreement_horizontal_max_m": (_("Occupations differ horizontally, at most"), _("m")),
    "agreement_vertical_max_m": (_("Occupations differ in height, at most"), _("m")),
    "agreement_chance_min": (_("Chance of their difference, at least"), ""),
    "mark_horizontal_max_m": (_("Off a known mark horizontally, at most"), _("m")),
    "mark_vertical_max_m": (_("Off a known mark in height, at most"), _("m")),
    "mark_within_hours": (_("Known mark before and after, within"), _("hours")),
    "outlier_factor": (_("Epochs beyond so many times the scatter are skipped"), ""),
    "skipped_share_max": (_("Share of skipped epochs, at most"), ""),
}

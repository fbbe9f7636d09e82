"""What a surveyor decides before a network is adjusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from surveys.models import SurveyJob, SurveyPoint
from surveys.networks import Choices

MOST_CANDIDATES: Final = 60
MOST_EXCLUDED: Final = 500
CONFIDENCES: Final = [("0.95", "95 %"), ("0.99", "99 %")]
NUMBERS: Final = ("direction_seconds", "azimuth_seconds", "distance_mm", "distance_ppm")


def candidates(job: SurveyJob) -> list[str]:
    """The points that may be held fixed: those with known coordinates, else those with any."""
    known = job.points.exclude(known_easting=None)
    points = known if known.exists() else job.points.exclude(purpose=SurveyPoint.Purpose.DETAIL)
    return list(points.order_by("name").values_list("name", flat=True)[:MOST_CANDIDATES])


class AdjustmentForm(forms.Form):
    """Fixed points, standard deviations for what no file tells, and the level of confidence."""

    fixed = forms.MultipleChoiceField(
        label=_("Points held fixed"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Their known coordinates do not move. Satellite positions count as observed."),
    )  # fmt: skip
    direction_seconds = forms.FloatField(
        label=_("Standard deviation of a direction"), min_value=0.1, max_value=600
    )
    azimuth_seconds = forms.FloatField(
        label=_("Standard deviation of an azimuth"), min_value=0.1, max_value=3600
    )
    distance_mm = forms.FloatField(
        label=_("Standard deviation of a distance"), min_value=0.1, max_value=1000
    )
    distance_ppm = forms.FloatField(
        label=_("and in proportion to its length"), min_value=0, max_value=1000
    )
    on_grid = forms.BooleanField(
        label=_("The distances are reduced to the grid already"), required=False
    )
    confidence = forms.ChoiceField(label=_("Confidence of the tests"), choices=CONFIDENCES)
    accept = forms.CharField(
        label=_("Reason to keep positions though the test fails"), required=False, max_length=400,
        help_text=_("Leave it empty to keep positions only if the observations agree."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason to leave the marked observations out"), required=False, max_length=200
    )

    def __init__(self, data: Any = None, *, job: SurveyJob, before: Choices) -> None:
        initial = {name: getattr(before, name) for name in (*NUMBERS, "on_grid", "accept")}
        initial |= {"fixed": list(before.fixed), "confidence": str(before.confidence)}
        super().__init__(data, initial=initial)
        names = sorted({*candidates(job), *before.fixed})
        fields: Any = self.fields
        fields["fixed"].choices = [(name, name) for name in names]
        self._before = before

    def clean(self) -> dict[str, Any]:
        """What is left out: what stays marked, and what is newly marked, which needs a reason."""
        said: dict[str, Any] = super().clean() or {}
        excluded = _marked(self.data, "still", self._before.excluded)
        fresh = [key for key in _listed(self.data, "exclude") if key not in excluded]
        reason = str(said.get("reason", "")).strip()
        if fresh and not reason:
            self.add_error("reason", ValidationError(
                _("Write why the observations are left out. They stay in the job, with the reason.")
            ))  # fmt: skip
        said["excluded"] = excluded | dict.fromkeys(fresh, reason)
        return said

    def choices_made(self) -> Choices:
        """For `network_adjust`."""
        said = self.cleaned_data
        return Choices(
            fixed=tuple(sorted(said["fixed"])), excluded=said["excluded"],
            on_grid=said["on_grid"], confidence=float(said["confidence"]),
            accept=said["accept"].strip(), **{name: said[name] for name in NUMBERS},
        )  # fmt: skip


def _listed(data: Any, name: str) -> list[str]:
    given = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
    keys = [key for key in given if key[:1] in {"r", "g"} and key[1:].isdecimal() and len(key) < 20]
    return list(dict.fromkeys(keys))[:MOST_EXCLUDED]


def _marked(data: Any, name: str, before: Mapping[str, str]) -> dict[str, str]:
    return {key: before[key] for key in _listed(data, name) if key in before}

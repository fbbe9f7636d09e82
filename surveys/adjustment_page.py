"""What the page of an adjustment shows, from the computation that was kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from surveys.models import Computation, Reading, SurveyJob
from surveys.network_picture import NetworkPicture, network_picture

ROWS_SHOWN: Final = 100
UNUSED_SHOWN: Final = 200
COMPUTATIONS_SHOWN: Final = 20
ARC_SECONDS: Final = 180 * 3600 / math.pi
ANGULAR: Final = frozenset({"Direction", "Azimuth", "Angle"})
KINDS: Final[Mapping[str, str | Promise]] = {
    "Direction": _("direction"), "Azimuth": _("azimuth"), "Angle": _("angle"),
    "Distance": _("distance"), "Coordinate": _("satellite position"),
}  # fmt: skip
WHYS: Final[Mapping[str, str | Promise]] = {
    "excluded": _("left out by hand"),
    "set_aside": _("the occupation was set aside"),
    "no_target": _("names no other point"),
    "height": _("belongs to the heights, which are not adjusted"),
    "arc": _("length along a curve"),
    "no_zenith": _("slope distance without its zenith angle"),
    "no_length": _("a length of nothing"),
    "orientation": _("orientation keyed in, not observed"),
    "alone": _("the only direction of its set"),
    "fixed": _("the point is held fixed"),
    "fails": _("the point fails its quality gate"),
    "no_covariance": _("its uncertainty is not known"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """An observation in the table, in the units of people."""

    key: str
    what: str
    way: str
    unit: str
    residual: float
    redundancy: float
    w: float | None
    smallest_error: float | None
    suspect: bool


@dataclass(frozen=True, slots=True)
class Left:
    """An observation that did not take part, and why, in words."""

    key: str
    what: str
    way: str
    why: str
    note: str


class AdjustmentPage:
    """The latest computation of a job, or the one asked for."""

    def __init__(self, job: SurveyJob, point: str = "", number: int | None = None) -> None:
        self._job, self._point, self._number = job, point, number

    @cached_property
    def computations(self) -> list[Computation]:
        """The latest first."""
        rows = self._job.computations.select_related("computed_by").defer("report")
        return list(rows.order_by("-computed_at", "-pk")[:COMPUTATIONS_SHOWN])

    @cached_property
    def computation(self) -> Computation | None:
        """The one that is shown."""
        rows = self._job.computations.order_by("-computed_at", "-pk")
        return rows.filter(pk=self._number).first() if self._number else rows.first()

    @cached_property
    def report(self) -> dict[str, Any]:
        return dict(self.computation.report) if self.computation else {}

    @property
    def verdict(self) -> str:
        """``pass``, ``low`` (better than expected), ``fail``, or ``none`` without redundancy."""
        if self.computation is None or self.computation.passed is None:
            return "none"
        if self.computation.passed:
            return "pass"
        return "fail" if self.report["chi2"] > self.report["chi2_range"][1] else "low"

    @cached_property
    def rows(self) -> list[Row]:
        """Observations by the size of w, the largest first."""
        limit = self.report.get("w_limit", 0.0)
        found = [
            _row(each, limit)
            for each in self.report.get("observations", [])
            if not self._point or self._point in each["points"]
        ]
        return sorted(found, key=lambda row: -abs(row.w or 0.0))

    @property
    def shown(self) -> list[Row]:
        """As many as a page bears."""
        return self.rows[:ROWS_SHOWN]

    @cached_property
    def suspects(self) -> int:
        """How many observations are beyond the limit."""
        limit = self.report.get("w_limit", 0.0)
        return sum(abs(each["w"] or 0.0) > limit for each in self.report.get("observations", []))

    @cached_property
    def left(self) -> list[Left]:
        """What did not take part; what was left out by hand first."""
        found = [
            Left(
                each["key"], kind_in_words(each["kind"]), way(each["start"], each["end"]),
                str(WHYS.get(each["why"], each["why"])), each["note"],
            )
            for each in sorted(
                self.report.get("unused", []), key=lambda each: each["why"] != "excluded"
            )
        ]  # fmt: skip
        return found[:UNUSED_SHOWN]

    @property
    def still(self) -> list[Left]:
        """What was left out by hand and can be taken back."""
        excluded = (self.computation.choices if self.computation else {}).get("excluded", {})
        return [each for each in self.left if each.key in excluded]

    @cached_property
    def points(self) -> list[dict[str, Any]]:
        """Points with their figures in millimetres."""
        return [
            {
                "name": each["id"], "fixed": each["fixed"], "east": f"{each['east']:.4f}",
                "north": f"{each['north']:.4f}",
                "sigma_east": each["sigma_east"] * 1000, "sigma_north": each["sigma_north"] * 1000,
                "major": each["ellipse"][0] * 1000, "minor": each["ellipse"][1] * 1000,
                "azimuth": each["ellipse"][2],
                "moved": math.hypot(*each["moved"]) * 1000 if each["moved"] else None,
            }
            for each in self.report.get("points", [])
        ]  # fmt: skip

    @cached_property
    def picture(self) -> NetworkPicture | None:
        return network_picture(self.report) if self.report else None


def _row(each: Mapping[str, Any], limit: float) -> Row:
    angular = each["kind"] in ANGULAR
    size, unit = (ARC_SECONDS, "″") if angular else (1000.0, "mm")
    smallest, names = each["smallest_error"], each["points"]
    what = kind_in_words(each["kind"])
    if each["component"]:
        axis = gettext("north") if each["component"] == "north" else gettext("east")
        what = f"{what}, {axis}"
    if each["kind"] == "Angle":
        names = [names[1], names[0], names[2]]
    return Row(
        each["key"], what, " – ".join(names), unit, each["residual"] * size, each["redundancy"],
        each["w"], None if smallest is None else smallest * size, abs(each["w"] or 0.0) > limit,
    )  # fmt: skip


def kind_in_words(kind: str) -> str:
    """The kind of an observation or of a reading."""
    if kind in KINDS:
        return str(KINDS[kind])
    if kind == "satellite":
        return str(KINDS["Coordinate"])
    return str(Reading.Kind(kind).label) if kind in Reading.Kind.values else kind


def way(start: str, end: str) -> str:
    """From one point to another."""
    return f"{start} – {end}" if end else start

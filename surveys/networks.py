"""The network of a job: its readings, its satellite positions and its known points, in the zone.

Horizontal only; docs/algorithms/adjustment.md has the mathematics, survey-plan.md what is taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any, Final, NamedTuple

import numpy as np

from cadastre.adjustment import (
    PLANE_ROLES,
    Angle,
    Azimuth,
    Component,
    Coordinate,
    Direction,
    Distance,
    Group,
    Network,
    Observation,
    Point,
    Role,
    Single,
)
from cadastre.geodesy import grid_factors, transform_point
from surveys.models import PointResult, Reading, SurveyJob, SurveyPoint
from surveys.occupied import set_aside
from surveys.services.imports import zone_of

ARC_SECOND: Final = math.pi / 180 / 3600
FIXED: Final = (Role.FIXED, Role.FIXED, Role.ABSENT)
OBSERVED: Final = (PointResult.How.SINGLE, PointResult.How.MEAN)
Kind = Reading.Kind
Places = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the surveyor decides before an adjustment; standard deviations hold where a file tells
    none. ``excluded`` gives the reason by the key of an observation, ``accept`` the reason to keep
    positions though the test fails."""

    fixed: tuple[str, ...] = ()
    excluded: Mapping[str, str] = field(default_factory=dict)
    direction_seconds: float = 5.0
    azimuth_seconds: float = 10.0
    distance_mm: float = 3.0
    distance_ppm: float = 2.0
    on_grid: bool = False
    confidence: float = 0.95
    accept: str = ""

    @property
    def as_json(self) -> dict[str, Any]:
        """For `Computation.choices` and the parameters of a background job."""
        return asdict(self) | {"fixed": sorted(self.fixed)}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Choices:
        """The choices as they were kept; what an older computation did not know keeps its default.

        Raises TypeError for a name that is none.
        """
        return cls(**dict(kept) | {"fixed": tuple(kept.get("fixed", ()))})


class Unused(NamedTuple):
    """An observation that does not take part, and the code of the reason."""

    key: str
    kind: str
    start: str
    end: str
    why: str
    note: str = ""


@dataclass(frozen=True)
class JobNetwork:
    """The network, what each observation is called in the job, and what was left out."""

    network: Network
    zone: int
    keys: Mapping[int, str]
    unused: tuple[Unused, ...]
    height_m: float

    def key_of(self, single: Single) -> str:
        """The key of an observation: ``r`` and the reading, or ``g`` and the point."""
        return self.keys[id(single)]


def network_of(job: SurveyJob, choices: Choices) -> JobNetwork:
    """The network of a job under these choices; points that nothing was read to stay out."""
    return _Builder(job, choices).built()


class _Builder:
    def __init__(self, job: SurveyJob, choices: Choices) -> None:
        self.choices, self.zone, self._job = choices, zone_of(job), job
        self._points = {point.name: point for point in job.points.all()}
        last = _last_results(job)
        self._results = {name: row for name, row in last.items() if row.how in OBSERVED}
        placed = _adjusted(job)
        # A point that only adjustments placed has no place of its own: it is found anew each time.
        self._own = {
            name: last.get(name, point)
            for name, point in self._points.items()
            if name in last or point.pk not in placed
        }
        self._aside = set_aside(job)
        self._places = dict(self._known_places())
        heights = [
            float(p.ellipsoidal_height_m)
            for p in self._points.values()
            if p.ellipsoidal_height_m is not None
        ]
        self.height_m = math.fsum(heights) / len(heights) if heights else 0.0
        self._scales: dict[str, float] = {}
        self._taken: list[Observation] = []
        self._keys: dict[int, str] = {}
        self._unused: list[Unused] = []

    def built(self) -> JobNetwork:
        rows = (
            Reading.objects.filter(occupation__job=self._job)
            .select_related("occupation__file")
            .order_by("occupation_id", "line", "pk")
        )
        for _, group in groupby(rows.iterator(chunk_size=2_000), lambda row: row.occupation_id):
            self._setup(list(group))
        touched = _touched(self._taken)
        for name in sorted(touched & self._results.keys()):
            self._satellite(name)
        points = {name: self._point(name) for name in sorted(touched)}
        network = Network(
            points, tuple(self._taken), a_posteriori=False, confidence=self.choices.confidence
        )
        return JobNetwork(network, self.zone, self._keys, tuple(self._unused), self.height_m)

    def _known_places(self) -> Iterable[tuple[str, tuple[float, float]]]:
        """Known coordinates first, then the last position from observations or from a plan."""
        for name, point in self._points.items():
            if point.known_easting is not None and point.known_northing is not None:
                yield name, (float(point.known_easting), float(point.known_northing))
                continue
            at = self._own.get(name)
            if at is None:
                continue
            place = float(at.easting), float(at.northing)
            if at.srid != self.zone:
                place = transform_point(*place, at.srid, self.zone)
            yield name, place

    def _point(self, name: str) -> Point:
        east, north = self._places.get(name, (None, None))
        fixed = name in self.choices.fixed and east is not None
        return Point((east, north, None), FIXED if fixed else PLANE_ROLES)

    # -- readings ----------------------------------------------------------------------------------

    def _setup(self, rows: Sequence[Reading]) -> None:
        occupation = rows[0].occupation
        if occupation.pk in self._aside:
            self._leave_out(rows, "set_aside")
            return
        by_sight: dict[tuple[int, str], set[str]] = {}
        zeniths: dict[tuple[int, str], float] = {}
        for row in rows:
            by_sight.setdefault((row.line, row.target), set()).add(row.kind)
            if row.kind == Kind.ZENITH:
                zeniths[row.line, row.target] = row.value
        used = []
        for row in rows:
            if reason := self._objection(row, by_sight[row.line, row.target]):
                self._leave_out([row], reason)
            else:
                used.append(row)
        self._directions([row for row in used if row.kind == Kind.DIRECTION])
        for row in used:
            self._single(row, zeniths.get((row.line, row.target)))

    def _directions(self, rows: Iterable[Reading]) -> None:
        """Each face is a set of its own; one direction alone tells nothing."""
        sets: dict[int, list[Reading]] = {}
        for row in rows:
            sets.setdefault(row.face or 1, []).append(row)
        for face, own in sets.items():
            if len({row.target for row in own}) < 2:
                self._leave_out(own, "alone")
                continue
            for row in own:
                self._take(row, Direction(
                    start=row.occupation.point_name, end=row.target, value=row.value,
                    sigma=row.sigma or self.choices.direction_seconds * ARC_SECOND,
                    set=f"{row.occupation_id}-{face}",
                ))  # fmt: skip

    def _objection(self, row: Reading, sighted: set[str]) -> str:
        """Why a reading does not take part; empty if it does."""
        lengths = {Kind.DISTANCE, Kind.SLOPE_DISTANCE}
        has_slope = Kind.SLOPE_DISTANCE in sighted
        stand = {"", row.occupation.point_name}
        by_hand = row.kind == Kind.AZIMUTH and row.occupation.file.format != "landxml"
        objections = (
            ("excluded", f"r{row.pk}" in self.choices.excluded),
            ("no_target", row.target in stand),
            ("no_target", row.kind == Kind.ANGLE and row.backsight in {*stand, row.target}),
            ("height", row.kind == Kind.HEIGHT_DIFFERENCE),
            ("height", row.kind == Kind.ZENITH and not has_slope),
            ("arc", row.kind == Kind.ARC),
            ("no_zenith", row.kind == Kind.SLOPE_DISTANCE and Kind.ZENITH not in sighted),
            ("no_length", row.kind in lengths and row.value <= 0),
            ("orientation", by_hand and not sighted & (lengths | {Kind.ARC})),
        )
        return next((why for why, holds in objections if holds), "")

    def _single(self, row: Reading, zenith: float | None) -> None:
        start, said = row.occupation.point_name, self.choices
        if row.kind == Kind.AZIMUTH:
            sigma = row.sigma or said.azimuth_seconds * ARC_SECOND
            self._take(row, Azimuth(start=start, end=row.target, value=row.value, sigma=sigma))
        elif row.kind == Kind.ANGLE:
            sigma = row.sigma or said.direction_seconds * math.sqrt(2) * ARC_SECOND
            self._take(row, Angle(
                station=start, back=row.backsight, fore=row.target, value=row.value, sigma=sigma,
            ))  # fmt: skip
        elif row.kind in {Kind.DISTANCE, Kind.SLOPE_DISTANCE}:
            length, sigma = row.value, row.sigma or self._distance_sigma(row.value)
            if row.kind == Kind.SLOPE_DISTANCE and zenith is not None:
                tilt = said.direction_seconds * ARC_SECOND
                sigma = math.hypot(sigma * math.sin(zenith), length * math.cos(zenith) * tilt)
                length = abs(length * math.sin(zenith))
            scale = 1.0 if said.on_grid else self._scale(start)
            self._take(row, Distance(
                start=start, end=row.target, value=length * scale, sigma=sigma or 1e-4,
            ))  # fmt: skip

    def _distance_sigma(self, metres: float) -> float:
        return self.choices.distance_mm / 1000 + self.choices.distance_ppm * 1e-6 * metres

    def _scale(self, name: str) -> float:
        """Grid over ground at a station, or in the middle of the job where its place is unknown."""
        if name not in self._scales:
            place = self._places.get(name) or self._middle()
            factor = grid_factors(place, self.zone).combined_scale(self.height_m) if place else 1.0
            self._scales[name] = factor
        return self._scales[name]

    def _middle(self) -> tuple[float, float] | None:
        places = list(self._places.values())
        if not places:
            return None
        return (
            math.fsum(east for east, _ in places) / len(places),
            math.fsum(north for _, north in places) / len(places),
        )

    # -- satellites --------------------------------------------------------------------------------

    def _satellite(self, name: str) -> None:
        """The mean of a point as an observation with its covariance, unless it is held fixed."""
        result, key = self._results[name], f"g{self._points[name].pk}"
        terms = result.covariance or [None] * 6
        why = ""
        if name in self.choices.fixed:
            why = "fixed"
        elif key in self.choices.excluded:
            why = "excluded"
        elif result.verdict == SurveyPoint.Verdict.FAIL:
            why = "fails"
        elif terms[0] is None or terms[3] is None or result.srid != self.zone:
            why = "no_covariance"
        else:
            cross = terms[1] or 0.0
            matrix = np.array([[terms[3], cross], [cross, terms[0]]], dtype=np.float64)
            if np.linalg.eigvalsh(matrix)[0] <= 1e-12:
                why = "no_covariance"
        if why:
            note = self.choices.excluded.get(key, "")
            self._unused.append(Unused(key, "satellite", name, "", why, note))
            return
        group = Group(
            observations=(
                _coordinate(name, Component.NORTH, float(result.northing), matrix[0, 0]),
                _coordinate(name, Component.EAST, float(result.easting), matrix[1, 1]),
            ),
            covariance=matrix,
        )
        self._taken.append(group)
        self._keys |= {id(one): key for one in group.observations}

    def _take(self, row: Reading, single: Single) -> None:
        self._taken.append(single)
        self._keys[id(single)] = f"r{row.pk}"

    def _leave_out(self, rows: Iterable[Reading], why: str) -> None:
        for row in rows:
            key, note = f"r{row.pk}", ""
            if why == "excluded":
                note = self.choices.excluded[key]
            elif why == "set_aside":
                note = self._aside[row.occupation_id].note
            start = row.occupation.point_name
            self._unused.append(Unused(key, row.kind, start, row.target, why, note))


def _coordinate(name: str, component: Component, value: float, variance: float) -> Coordinate:
    return Coordinate(point=name, component=component, value=value, sigma=math.sqrt(variance))


def _touched(observations: Iterable[Observation]) -> set[str]:
    names: set[str] = set()
    for each in observations:
        if isinstance(each, Angle):
            names |= {each.station, each.back, each.fore}
        elif isinstance(each, Direction | Azimuth | Distance):
            names |= {each.start, each.end}
    return names


def _last_results(job: SurveyJob) -> dict[str, PointResult]:
    """The last position of each point that no adjustment gave, by its name."""
    rows = (
        PointResult.objects.filter(point__job=job)
        .exclude(how=PointResult.How.ADJUSTED)
        .select_related("point")
        .order_by("point_id", "-computed_at", "-pk")
        .distinct("point_id")
    )
    return {row.point.name: row for row in rows}


def _adjusted(job: SurveyJob) -> set[int]:
    """The keys of the points that an adjustment placed."""
    rows = PointResult.objects.filter(point__job=job, how=PointResult.How.ADJUSTED)
    return set(rows.values_list("point_id", flat=True).distinct())

"""The occupations of a job as `cadastre.pointquality` reads them, out of the rows kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from cadastre.errors import LandError
from cadastre.geodesy import WGS84, Frame, parse_frame, transform_point
from cadastre.pointquality import Covariance, Epoch, MarkCheck, Occupation, Position
from surveys import models
from surveys.models import SurveyJob, SurveyJobEvent, SurveyPoint

FIX_WORDS: Final = {"dgnss": "differential"}
SET_ASIDE, TAKEN_BACK = "occupation_set_aside", "occupation_taken_back"


@dataclass(frozen=True, slots=True)
class Stay:
    """An occupation: its row, its place among those of the point, and its epochs in order."""

    row: models.Occupation
    number: int
    observations: tuple[models.Observation, ...]
    set_aside: bool = False

    @property
    def measured(self) -> bool:
        """Whether a receiver tells how it came by the position; coordinates keyed in do not."""
        return any(
            o.form != models.Observation.Form.GRID or o.fix or o.covariance or o.pdop is not None
            or o.satellites is not None or (o.epochs or 0) > 1
            for o in self.observations
        )  # fmt: skip

    @property
    def judged(self) -> Occupation:
        """For `judge`, named by its number."""
        frame = _frame(str(self.row.file.header.get("datum", ""))[:80])
        return Occupation(str(self.number), [_epoch(o) for o in self.observations], frame)


@dataclass(slots=True)
class Visited:
    """A point by its name, with every stay on it in the order of time."""

    name: str
    stays: list[Stay] = field(default_factory=list)

    @property
    def counted(self) -> list[Stay]:
        """The stays that nobody set aside."""
        return [stay for stay in self.stays if not stay.set_aside]


def visited_points(job: SurveyJob, *, names: Iterable[str] | None = None) -> list[Visited]:
    """The points of a job that have observations with a place, by name."""
    occupations = models.Occupation.objects.filter(job=job).select_related("file")
    if names is not None:
        occupations = occupations.filter(point_name__in=list(names))
    observations = (
        models.Observation.objects.filter(occupation__in=occupations.values("pk"))
        .exclude(geometry=None)
        .defer("raw")
        .order_by("occupation_id", "line", "pk")
    )
    kept: dict[int, list[models.Observation]] = {}
    for observation in observations.iterator(chunk_size=2_000):
        kept.setdefault(observation.occupation_id, []).append(observation)
    aside = set_aside(job)
    points: dict[str, Visited] = {}
    for row in sorted(occupations, key=_order):
        if row.pk not in kept:
            continue
        point = points.setdefault(row.point_name, Visited(row.point_name))
        stay = Stay(row, len(point.stays) + 1, tuple(kept[row.pk]), row.pk in aside)
        point.stays.append(stay)
    return [points[name] for name in sorted(points)]


def set_aside(job: SurveyJob) -> dict[int, SurveyJobEvent]:
    """The occupations that somebody set aside and nobody took back, with who, when and why."""
    found: dict[int, SurveyJobEvent] = {}
    events = job.events.filter(action__in=(SET_ASIDE, TAKEN_BACK)).select_related("actor")
    for event in events.order_by("at", "pk"):
        pk = int(event.data["occupation"])
        if event.action == SET_ASIDE:
            found[pk] = event
        else:
            found.pop(pk, None)
    return found


def mark_checks(
    points: Iterable[Visited], known: dict[str, SurveyPoint], zone: int
) -> dict[str, list[MarkCheck]]:
    """The occupations of known marks with their known positions, by the name of the mark."""
    checks: dict[str, list[MarkCheck]] = {}
    for point in points:
        mark = known.get(point.name)
        if mark is None or mark.known_easting is None or mark.known_northing is None:
            continue
        lonlat = transform_point(float(mark.known_easting), float(mark.known_northing), zone, WGS84)
        checks[point.name] = [
            MarkCheck(point.name, Position(*lonlat), stay.judged) for stay in point.counted
        ]
    return checks


def _order(row: models.Occupation) -> tuple[bool, float, int]:
    """By time; what has no time comes last, in the order of its loading."""
    timed = row.started_at is not None
    return not timed, row.started_at.timestamp() if row.started_at else 0.0, row.pk


def _epoch(o: models.Observation) -> Epoch:
    assert o.geometry is not None
    return Epoch(
        Position(o.geometry.x, o.geometry.y, o.height_m), o.observed_at,
        covariance_of(o.covariance), FIX_WORDS.get(o.fix, o.fix), o.pdop, o.satellites, o.ratio,
        o.age_s, o.epochs or 1,
    )  # fmt: skip


def covariance_of(terms: list[float | None] | None) -> Covariance | None:
    """A covariance as it was kept, [ee, en, eu, nn, nu, uu]; None where a variance is unknown."""
    if not terms or terms[0] is None or terms[3] is None:
        return None
    return Covariance(terms[0], terms[1], terms[2], terms[3], terms[4], terms[5])


@lru_cache(maxsize=256)
def _frame(text: str) -> Frame:
    try:
        return parse_frame(text)
    except LandError:
        return Frame()

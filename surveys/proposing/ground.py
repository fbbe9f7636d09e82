"""The ground of a proposal: the parcels of the job with their corners, and the points on them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from django.conf import settings
from django.utils.translation import gettext
from shapely.geometry import MultiPolygon

from cadastre.cogo import Place
from cadastre.geodesy import WGS84, transform_point
from cadastre.pointquality import CornerQuality, Surveyed, corner_covariance
from parcels.editing.frame import ZoneFrame
from parcels.editing.loading import parcels_within
from parcels.models import Parcel
from surveys.boundary_quality import KnownBoundary, KnownCorner, boundaries_known, quality_from
from surveys.ellipses import results_in_force
from surveys.models import Occupation, PointResult, SurveyJob, SurveyPoint
from surveys.proposing.decisions import Decisions, decisions_of
from surveys.proposing.matching import Corner, Fate, How, Match, Shot, match

SAME_MM: Final = 1.0
CONFIRMS: Final = 5.991
"""Chi square of two degrees of freedom at 95 %."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A corner of the register as it stands: its place, its quality, and whose corner it is."""

    corner: Corner
    known: KnownCorner
    parcels: tuple[int, ...]


class Ground:
    """What the register and the field say of the parcels of a job, all in metres of one zone."""

    def __init__(self, job: SurveyJob, decisions: Decisions | None = None) -> None:
        self.job = job
        self.decisions = decisions_of(job) if decisions is None else decisions
        chosen = [each.parcel for each in job.parcels.select_related("parcel").order_by("pk")]
        self.ended = [parcel for parcel in chosen if parcel.retired_by_id is not None]
        self.parcels = [parcel for parcel in chosen if parcel.retired_by_id is None]
        zone = self.parcels[0].zone_srid if self.parcels else job.office.zone_srid
        self.frame = ZoneFrame(zone)
        self.boundaries: dict[int, KnownBoundary] = boundaries_known(
            parcel.pk for parcel in self.parcels if parcel.zone_srid == zone
        )
        self.points = list(job.points.filter(purpose=SurveyPoint.Purpose.CORNER).order_by("name"))
        self.results: dict[int, PointResult] = results_in_force(job)

    @property
    def zone_srid(self) -> int:
        """The zone in which everything is reckoned: that of the first parcel."""
        return self.frame.zone_srid

    @cached_property
    def around(self) -> dict[Parcel, MultiPolygon]:
        """The parcels of the job and all about them, on the millimetre grid."""
        at = [corner.at for b in self.boundaries.values() for ring in b.rings for corner in ring]
        if not at:
            return {}
        near = parcels_within(self.frame, [(place.east, place.north) for place in at])
        return {parcel: self.frame.read(parcel.geometry) for parcel in near}

    @cached_property
    def standing(self) -> dict[str, Standing]:
        """Every corner once, by its key."""
        whose: dict[str, list[int]] = defaultdict(list)
        corners: dict[str, KnownCorner] = {}
        for pk, boundary in self.boundaries.items():
            for known in (corner for ring in boundary.rings for corner in ring):
                corners.setdefault(key_of(known.at), known)
                whose[key_of(known.at)].append(pk)
        return {
            key: Standing(
                Corner(
                    key, known.at,
                    frozenset({known.number} - {""}), frozenset({known.point_name} - {""}),
                ),
                known, tuple(dict.fromkeys(whose[key])),
            )
            for key, known in corners.items()
        }  # fmt: skip

    @cached_property
    def matches(self) -> list[Match]:
        """Every point with its corner; one that only confirms a surveyed corner keeps it."""
        corners = [each.corner for each in self.standing.values()]
        shots = [Shot(p.name, self.place_of(p), self._codes[p.name]) for p in self.points]
        found = match(
            shots, corners, reach_m=settings.CHANOT_SURVEY_REACH_MM / 1000,
            decided=self.decisions.points,
        )  # fmt: skip
        return [self._confirmed(each) for each in found]

    @cached_property
    def point_named(self) -> dict[str, SurveyPoint]:
        """The points by name."""
        return {point.name: point for point in self.points}

    def name_of(self, key: str) -> str:
        """A corner by the number of its mark, else by its place in the order of the boundaries."""
        standing = self.standing[key]
        number = [*self.standing].index(key) + 1
        return standing.known.number or gettext("corner %(number)d") % {"number": number}

    def place_of(self, point: SurveyPoint) -> Place:
        """Where a point lies in the zone, to the millimetre."""
        east, north = transform_point(point.geometry.x, point.geometry.y, WGS84, self.zone_srid)
        return Place(round(east, 3), round(north, 3))

    def quality_of(self, point: SurveyPoint) -> Surveyed | None:
        """The covariance of its result in force; None where nothing is known."""
        result = self.results.get(point.pk)
        rms = point.horizontal_accuracy_m
        return quality_from(
            result.covariance if result else None, None if rms is None else float(rms)
        )

    def lonlat(self, place: Place) -> tuple[float, float]:
        """A place as the register writes it."""
        return self.frame.lonlat((place.east, place.north))

    def touching(self, place: Place) -> list[Parcel]:
        """The parcels whose boundary runs through a place, by their keys."""
        found = self._rims.query(
            shapely.Point(place.east, place.north), "dwithin", distance=SAME_MM / 1000
        )
        parcels = [*self.around]
        return [parcels[i] for i in sorted(found.tolist())]

    @cached_property
    def _rims(self) -> shapely.STRtree:
        return shapely.STRtree([shape.boundary for shape in self.around.values()])

    @cached_property
    def _codes(self) -> dict[str, frozenset[str]]:
        said: dict[str, set[str]] = defaultdict(set)
        stays = Occupation.objects.filter(job=self.job).exclude(code="")
        for name, code in stays.values_list("point_name", "code"):
            said[name].add(code)
        return defaultdict(frozenset, {name: frozenset(codes) for name, codes in said.items()})

    def _confirmed(self, found: Match) -> Match:
        if found.corner is None or found.fate is not Fate.MOVES or found.how is How.DECIDED:
            return found
        standing = self.standing[found.corner.key]
        mine = self.quality_of(self.point_named[found.shot.name])
        same = (found.distance_m or 0) < SAME_MM / 1000
        if same or confirms(found, standing.known.quality, mine):
            return replace(found, fate=Fate.KEEPS)
        return found


def key_of(place: Place) -> str:
    """The whole millimetres of a place, as a name for it."""
    return f"{round(place.east * 1000)},{round(place.north * 1000)}"


def confirms(found: Match, known: CornerQuality, observed: Surveyed | None) -> bool:
    """Whether a point differs from a surveyed corner by no more than both may err (95 %)."""
    if found.corner is None or observed is None or not isinstance(known, Surveyed):
        return False
    both = corner_covariance(known) + corner_covariance(observed)
    apart = np.subtract(found.shot.at, found.corner.at)
    try:
        return bool(apart @ np.linalg.solve(both, apart) <= CONFIRMS)
    except np.linalg.LinAlgError:
        return False

"""What a job proposes, as people judge it: steps, vectors on every mark, areas with their error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np

from cadastre.cogo import MeasuredArea, Place, inverse
from cadastre.errors import LandError
from cadastre.geodesy import WGS84, transformer
from cadastre.pointquality import UNKNOWN, CornerQuality
from parcels.editing.choices import Choices
from parcels.editing.operations import Step
from parcels.editing.preview import EditPreview
from parcels.models import Parcel, Transaction
from parcels.services.edits import edit_preview
from surveys.boundary_quality import TWO_SIDED_95, KnownBoundary, area_of, boundaries_known
from surveys.ellipses import Ellipse, ellipse_of
from surveys.models import SurveyJob, SurveyPoint
from surveys.proposing.decisions import Decisions
from surveys.proposing.ground import Ground, key_of
from surveys.proposing.matching import Fate, How, Match
from surveys.proposing.steps import KINDS, feet_of, line_places, steps_of

Kind = Transaction.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """One mark before and after, in metres of the zone; ``before`` is None for a new mark.

    ``observed`` is where the point was surveyed, also where the corner stays.
    """

    point: SurveyPoint
    mark: str
    fate: Fate
    how: How | None
    before: Place | None
    after: Place
    observed: Place
    ellipse: Ellipse | None
    parcels: tuple[str, ...]
    before_lonlat: tuple[float, float] | None
    after_lonlat: tuple[float, float]

    @property
    def east_m(self) -> float | None:
        """How far east the point lies of where the mark was."""
        return None if self.before is None else self.observed.east - self.before.east

    @property
    def north_m(self) -> float | None:
        """How far north."""
        return None if self.before is None else self.observed.north - self.before.north

    @property
    def distance_m(self) -> float | None:
        """How far in all."""
        return None if self.before is None else math.dist(self.observed, self.before)

    @property
    def azimuth(self) -> float | None:
        """In which direction, degrees from north; None for a mark that did not move."""
        if self.before is None or self.before == self.observed:
            return None
        return inverse(self.before, self.observed)[0]

    @property
    def is_moved(self) -> bool:
        """Whether the register gets another place for it."""
        return self.before != self.after

    @property
    def rests(self) -> bool:
        """Whether the mark then rests on the point: it moves there, or the point confirms it."""
        return self.is_moved or (self.fate is Fate.KEEPS and self.how is not How.DECIDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaChange:
    """The area of a parcel before and after; ``before`` is None for a piece of a division."""

    name: str
    own: bool
    before: MeasuredArea | None
    after: MeasuredArea
    legal_before_m2: Decimal | None
    legal_after_m2: Decimal | None

    @property
    def difference_m2(self) -> float | None:
        """After less before."""
        return None if self.before is None else self.after.square_metres - self.before.square_metres

    @property
    def before_band_m2(self) -> float | None:
        """± at 95 %."""
        return None if self.before is None else self.before.band_m2(TWO_SIDED_95)

    @property
    def after_band_m2(self) -> float | None:
        """± at 95 %."""
        return self.after.band_m2(TWO_SIDED_95)

    @property
    def is_significant(self) -> bool:
        """Whether the area changes by more than 1.96 standard deviations of the new one."""
        band, difference = self.after_band_m2, self.difference_m2
        return band is not None and difference is not None and abs(difference) > band


class Plan:
    """The proposal of a job as it would be now. Nothing is stored by looking at it."""

    def __init__(self, job: SurveyJob, now: datetime, decisions: Decisions | None = None) -> None:
        self.job = job
        self.now = now
        self.ground = Ground(job, decisions)
        self.kind = KINDS.get(job.kind)
        self.choices = Choices(consent=self.ground.decisions.consent)
        self.refusal: LandError | None = None

    @property
    def divides(self) -> bool:
        """Whether the job proposes a division."""
        return self.kind == Kind.DIVIDE

    @cached_property
    def steps(self) -> list[Step]:
        """The steps of the edit."""
        return steps_of(self.ground)

    @cached_property
    def preview(self) -> EditPreview | None:
        """What the register says of the edit; None if there is none, or it refuses (`refusal`)."""
        if self.kind is None or not self.steps:
            return None
        act = self.job.transaction
        own = act if act is not None and act.is_open else None
        try:
            return edit_preview(
                office=self.job.office, kind=self.kind, operations=self.steps,
                choices=self.choices, now=self.now, act=own,
            )  # fmt: skip
        except LandError as error:
            self.refusal = error
            return None

    @cached_property
    def vectors(self) -> list[Vector]:
        """Every mark that a point was surveyed for."""
        if self.divides:
            new = line_places(self.ground)
        else:
            new = {foot.match.shot.name: foot.to for foot in feet_of(self.ground)}
        found = []
        for each in self.ground.matches:
            if each.corner is not None:
                stays = each.fate is Fate.KEEPS or self.divides
                after = each.corner.at if stays else each.shot.at
                found.append(self._vector(each, each.corner.at, after))
            elif each.shot.name in new:
                found.append(self._vector(each, None, new[each.shot.name]))
        return found

    def _vector(self, found: Match, before: Place | None, after: Place) -> Vector:
        ground, point = self.ground, self.ground.point_named[found.shot.name]
        result = ground.results.get(point.pk)
        at = before or after
        standing = ground.standing[found.corner.key] if found.corner else None
        return Vector(
            point=point, mark=standing.known.number if standing else "",
            fate=found.fate, how=found.how,
            before=before, after=after, observed=found.shot.at,
            ellipse=ellipse_of(result.covariance) if result else None,
            parcels=tuple(_called(parcel) for parcel in ground.touching(at)),
            before_lonlat=standing.known.lonlat if standing else None,
            after_lonlat=standing.known.lonlat if standing and before == after
            else ground.lonlat(after),
        )  # fmt: skip

    @cached_property
    def neighbours(self) -> list[str]:
        """The parcels not of the job whose boundary would change, and how: (name, changes)."""
        if self.preview is None:
            return []
        own = {parcel.public_id for parcel in self.ground.parcels}
        return [
            each["land_number"] or each["parcel"]
            for each in self.preview.pieces
            if each["parcel"] and each["parcel"] not in own
        ]

    @property
    def neighbours_marked(self) -> list[str]:
        """The parcels that only get a mark on a side that stays."""
        found = self.preview.neighbours if self.preview else []
        return [each["land_number"] or each["public_id"] for each in found]

    @cached_property
    def areas(self) -> list[AreaChange]:
        """The parcels that result, those of the job first."""
        if self.preview is None:
            return []
        known = {parcel.public_id: parcel for parcel in self.ground.around}
        own = {parcel.public_id for parcel in self.ground.parcels}
        found = []
        for piece in self.preview.pieces:
            parcel = known.get(piece["parcel"] or "")
            boundary = self._known.get(parcel.pk) if parcel else None
            after = self._area(piece["geometry"])
            legal = piece["legal_area_m2"]
            found.append(AreaChange(
                name=piece["land_number"] or piece["name"],
                own=parcel is None or parcel.public_id in own,
                before=boundary.area if boundary else None, after=after,
                legal_before_m2=parcel.legal_area_m2 if parcel else None,
                legal_after_m2=None if legal is None else Decimal(legal),
            ))  # fmt: skip
        return sorted(found, key=lambda each: not each.own)

    def _area(self, geometry: dict[str, Any]) -> MeasuredArea:
        """Of a resulting shape, each corner with what its place then rests on."""
        parts = [[self._ring(ring[:-1]) for ring in part] for part in geometry["coordinates"]]
        return area_of(parts)

    def _ring(self, lonlat: Sequence[Any]) -> list[tuple[Place, CornerQuality]]:
        degrees = np.array(lonlat)
        metres = np.column_stack(
            transformer(WGS84, self.ground.zone_srid).transform(degrees[:, 0], degrees[:, 1])
        )
        places = [Place(round(x, 3), round(y, 3)) for x, y in metres.tolist()]
        return [(place, self._qualities.get(key_of(place), UNKNOWN)) for place in places]

    @cached_property
    def _known(self) -> dict[int, KnownBoundary]:
        """The boundaries of the parcels around, of those that lie in the zone."""
        zone = self.ground.zone_srid
        return boundaries_known(p.pk for p in self.ground.around if p.zone_srid == zone)

    @cached_property
    def _qualities(self) -> dict[str, CornerQuality]:
        own = self.ground.boundaries
        found: dict[str, CornerQuality] = {
            key_of(corner.at): corner.quality
            for boundary in [
                *(self._known[pk] for pk in self._known if pk not in own),
                *own.values(),
            ]
            for ring in boundary.rings
            for corner in ring
        }
        for vector in self.vectors:
            quality = self.ground.quality_of(vector.point)
            if quality is not None and vector.rests:
                found[key_of(vector.after)] = quality
        return found


def _called(parcel: Parcel) -> str:
    return parcel.land_number or parcel.public_id

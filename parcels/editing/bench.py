"""The parcels of one edit, as its steps leave them: nothing is stored by it.

Registered parcels are known by their primary key, pieces by negative keys in the order in which
they were made; people call the latter ``#1``, ``#2``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from shapely.geometry import MultiPolygon

from cadastre.fabric import Edit, Plot, Point
from parcels.editing.errors import PieceUnknown
from parcels.editing.frame import ZoneFrame
from parcels.models import Parcel

SAME_MARK_M: Final = 0.05
"""A mark is meant when the place given lies this close to it: maps send rounded degrees."""


@dataclass(slots=True)
class Bench:
    """What the steps done so far have made of the parcels around.

    ``plots`` is the ground as it would be; ``retired`` are parcels that were divided or merged,
    ``moved`` those that get another boundary, ``chosen`` those taken in as they are. All other
    registered parcels whose ring is not what it was are neighbours with new marks.
    """

    frame: ZoneFrame
    parcels: Mapping[int, Parcel]
    before: Mapping[int, MultiPolygon]
    plots: dict[int, MultiPolygon]
    retired: list[int] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)
    made: int = 0

    @classmethod
    def of(cls, frame: ZoneFrame, parcels: Sequence[Parcel]) -> Bench:
        """The bench with these parcels on it as they are registered."""
        before = {parcel.pk: frame.read(parcel.geometry) for parcel in parcels}
        return cls(frame, {parcel.pk: parcel for parcel in parcels}, before, dict(before))

    @property
    def pieces(self) -> list[int]:
        """The keys of the new parcels, in the order in which they were made."""
        return sorted((key for key in self.plots if key < 0), reverse=True)

    @property
    def subjects(self) -> list[int]:
        """The registered parcels that end or change, in the order in which they were named."""
        return list(dict.fromkeys([*self.retired, *self.moved, *self.chosen]))

    @property
    def changed(self) -> list[int]:
        """The subjects that stay parcels."""
        return [key for key in self.subjects if key not in self.retired]

    @property
    def neighbours(self) -> list[int]:
        """The registered parcels that only gain marks, by key."""
        subjects = {*self.subjects}
        return sorted(
            key
            for key, shape in self.plots.items()
            if key > 0 and key not in subjects and not _same(shape, self.before[key])
        )

    @property
    def results(self) -> list[int]:
        """What the subjects become: new pieces, then parcels that change."""
        return [*self.pieces, *self.changed]

    def plot(self, name: str) -> Plot:
        """A parcel or piece by its name; `PieceUnknown` when it is not there (any more)."""
        for key, shape in self.plots.items():
            if self.name(key) == name:
                return Plot(key, shape)
        raise PieceUnknown(name=name)

    def name(self, key: int) -> str:
        return self.parcels[key].public_id if key > 0 else f"#{-key}"

    def around(self, *names: str) -> list[Plot]:
        """All plots but the named ones."""
        without = {self.plot(name).key for name in names}
        return [Plot(key, shape) for key, shape in self.plots.items() if key not in without]

    def mark(self, point: Point) -> Point:
        """The mark that a place means: the nearest within 5 cm, or the place itself."""
        vertices = shapely.get_coordinates([*self.plots.values()])
        if not len(vertices):
            return point
        apart = np.hypot(*(vertices - np.array(point)).T)
        nearest = int(apart.argmin())
        if apart[nearest] > SAME_MARK_M:
            return point
        x, y = vertices[nearest].tolist()
        return x, y

    def put(self, subjects: Sequence[Plot], edit: Edit) -> None:
        """Take the pieces of an edit in the place of its subjects, and its changed neighbours."""
        for subject in subjects:
            del self.plots[subject.key]
            if subject.key > 0:
                self.retired.append(subject.key)
        for piece in edit.pieces:
            self.made += 1
            self.plots[-self.made] = piece
        self.plots |= edit.changed

    def mend(self, shapes: Mapping[int, MultiPolygon]) -> None:
        """Give plots marks on the boundary that they have."""
        self.plots |= shapes

    def move(self, shapes: Mapping[int, MultiPolygon]) -> None:
        """Give plots another boundary."""
        self.plots |= shapes
        self.moved += [key for key in shapes if key > 0]


def _same(shape: MultiPolygon, other: MultiPolygon) -> bool:
    return shape is other or shapely.to_wkb(shape) == shapely.to_wkb(other)


def sides_of(shape: MultiPolygon) -> list[tuple[Point, Point]]:
    """The sides in the order of the rings as they are written; repeated points make no side."""
    rings = [ring for part in shape.geoms for ring in (part.exterior, *part.interiors)]
    return [
        ((ax, ay), (bx, by))
        for ring in rings
        for (ax, ay), (bx, by) in pairwise(ring.coords)
        if (ax, ay) != (bx, by)
    ]

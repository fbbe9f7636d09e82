"""How well the boundaries of parcels are known: by their surveyed marks, else by their sheet.

docs/algorithms/survey-proposals.md; the arithmetic is that of `cadastre.pointquality`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from django.conf import settings
from django.db import connection

from cadastre.cogo import MeasuredArea, Place
from cadastre.pointquality import (
    UNKNOWN,
    CornerQuality,
    Digitised,
    EdgeQuality,
    Surveyed,
    edge_quality,
    parcel_area,
)

_SQL: Final = (Path(__file__).parent / "sql" / "corner_quality.sql").read_text(encoding="utf-8")
TWO_SIDED_95: Final = 1.96


class KnownCorner(NamedTuple):
    """A vertex as it is registered, in metres of the zone, with what its place rests on."""

    at: Place
    lonlat: tuple[float, float]
    quality: CornerQuality
    mark: int | None = None
    number: str = ""
    point_name: str = ""


class KnownEdge(NamedTuple):
    """A side of a parcel with its ends and its quality."""

    ends: tuple[KnownCorner, KnownCorner]
    quality: EdgeQuality


@dataclass(frozen=True)
class KnownBoundary:
    """The boundary of a parcel: rings of corners, not repeated at the end, each with its part."""

    parcel: int
    parts: tuple[tuple[tuple[KnownCorner, ...], ...], ...]

    @property
    def rings(self) -> list[tuple[KnownCorner, ...]]:
        """All rings, the outer ring of each part before its holes."""
        return [ring for part in self.parts for ring in part]

    @property
    def sides(self) -> Iterator[tuple[KnownCorner, KnownCorner]]:
        """The ends of every side, in the order of the rings."""
        for ring in self.rings:
            yield from zip(ring, [*ring[1:], ring[0]], strict=True)

    @cached_property
    def edges(self) -> list[KnownEdge]:
        """Every side with its quality, in the order of the rings."""
        return [edge_between(a, b) for a, b in self.sides]

    @cached_property
    def area(self) -> MeasuredArea:
        """Area of the shape with its standard deviation; None where a corner is unknown."""
        return area_of(
            [[[(c.at, c.quality) for c in ring] for ring in part] for part in self.parts]
        )

    @property
    def area_band_m2(self) -> float | None:
        """The half width that holds the true area in 95 of 100 cases."""
        return self.area.band_m2(TWO_SIDED_95)


def edge_between(a: KnownCorner, b: KnownCorner) -> KnownEdge:
    """A side with its quality."""
    return KnownEdge((a, b), edge_quality((a.at, b.at), (a.quality, b.quality)))


def sides_once(boundaries: Iterable[KnownBoundary]) -> list[KnownEdge]:
    """The sides of all boundaries, those that two of them share once."""
    sides: dict[frozenset[tuple[float, float]], tuple[KnownCorner, KnownCorner]] = {}
    for boundary in boundaries:
        for ends in boundary.sides:
            sides.setdefault(frozenset(end.lonlat for end in ends), ends)
    return [edge_between(*ends) for ends in sides.values()]


def area_of(parts: Sequence[Sequence[Sequence[tuple[Place, CornerQuality]]]]) -> MeasuredArea:
    """The area of rings with the quality of their corners; parts do not depend on each other."""
    areas = [parcel_area(part[0], part[1:]) for part in parts]
    sigmas = [area.sigma_m2 for area in areas]
    known = [sigma for sigma in sigmas if sigma is not None]
    sigma = math.hypot(*known) if len(known) == len(sigmas) else None
    return MeasuredArea(math.fsum(area.square_metres for area in areas), sigma)


def boundaries_known(parcels: Iterable[int]) -> dict[int, KnownBoundary]:
    """The boundaries of parcels, by their primary keys, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"parcels": sorted({*parcels})})
        rows = cursor.fetchall()
    found = {}
    for parcel, own in groupby(rows, key=lambda row: row[0]):
        parts = [
            tuple(
                tuple(_corner(row) for row in list(ring)[:-1])
                for _, ring in groupby(part, key=lambda row: row[2])
            )
            for _, part in groupby(own, key=lambda row: row[1])
        ]
        found[parcel] = KnownBoundary(parcel, tuple(parts))
    return found


def quality_from(
    covariance: Sequence[float | None] | None, accuracy_m: float | None
) -> Surveyed | None:
    """What a result says of a place: [ee, en, eu, nn, nu, uu] in m², else the accuracy (RMS)."""
    if covariance and covariance[0] is not None and covariance[3] is not None:
        en = covariance[1] or 0.0
        return Surveyed(np.array([[covariance[0], en], [en, covariance[3]]], dtype=np.float64))
    if accuracy_m is not None:
        return Surveyed(np.eye(2) * accuracy_m**2 / 2)
    return None


def _corner(row: Sequence[object]) -> KnownCorner:
    _, _, _, easting, northing, lon, lat, scale, mark, number, name, covariance, accuracy = row
    terms = json.loads(covariance) if isinstance(covariance, str) else covariance
    return KnownCorner(
        at=Place(easting, northing),  # type: ignore[arg-type]
        lonlat=(lon, lat),  # type: ignore[arg-type]
        quality=quality_from(terms, accuracy) or _of_sheet(scale),  # type: ignore[arg-type]
        mark=mark,  # type: ignore[arg-type]
        number=str(number or ""),
        point_name=str(name or ""),
    )


def _of_sheet(scale: object) -> CornerQuality:
    if not isinstance(scale, int) or scale <= 0:
        return UNKNOWN
    return Digitised(scale, settings.CHANOT_SHEET_ERROR_MM)

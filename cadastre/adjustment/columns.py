"""Observations as columns of numbers: a large network is linearised in a few array steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cadastre.adjustment.errors import CovarianceUnusable, ObservationUnsuitable, PointMissing
from cadastre.adjustment.network import Network
from cadastre.adjustment.observations import (
    Angle,
    Azimuth,
    Component,
    Coordinate,
    Direction,
    Distance,
    Group,
    HeightDifference,
    Matrix,
    Single,
    SlopeDistance,
    Vector,
    ZenithAngle,
    named,
    rows_of,
)

Indices = NDArray[np.intp]


class Kind(IntEnum):
    """Which equation a row follows."""

    DISTANCE = 0
    SLOPE_DISTANCE = 1
    AZIMUTH = 2
    DIRECTION = 3
    ANGLE = 4
    ZENITH_ANGLE = 5
    HEIGHT_DIFFERENCE = 6
    COORDINATE = 7
    VECTOR = 8


KINDS: Final[Mapping[type, Kind]] = {
    Distance: Kind.DISTANCE,
    SlopeDistance: Kind.SLOPE_DISTANCE,
    Azimuth: Kind.AZIMUTH,
    Direction: Kind.DIRECTION,
    Angle: Kind.ANGLE,
    ZenithAngle: Kind.ZENITH_ANGLE,
    HeightDifference: Kind.HEIGHT_DIFFERENCE,
    Coordinate: Kind.COORDINATE,
    Vector: Kind.VECTOR,
}
PLANE_AXES: Final = {Component.EAST: 0, Component.NORTH: 1, Component.HEIGHT: 2}
SPACE_AXES: Final = {
    Component.X: 0,
    Component.Y: 1,
    Component.Z: 2,
    Component.LATITUDE: 3,
    Component.LONGITUDE: 4,
    Component.HEIGHT: 5,
}


class Batch(NamedTuple):
    """Blocks of one size: their rows (blocks × size) and inverse Cholesky factors of C."""

    rows: Indices
    factors: Matrix


@dataclass(frozen=True, slots=True)
class Columns:
    """One row per observed number; -1 stands for no point and no set."""

    singles: tuple[Single, ...]
    single: Indices
    kind: Indices
    points: Indices
    value: Matrix
    instrument: Matrix
    target: Matrix
    axis: Indices
    sets: Indices
    set_station: Indices
    batches: tuple[Batch, ...]

    def weighted(self, misclosures: Matrix) -> Matrix:
        """P·l, by blocks."""
        result = np.empty_like(misclosures)
        for rows, factors in self.batches:
            part = misclosures[rows][..., None]
            whole = np.swapaxes(factors, 1, 2) @ (factors @ part)
            result[rows] = whole[..., 0]
        return result

    def variances(self) -> Matrix:
        """Of the observations, by row."""
        result = np.empty(len(self.value))
        for rows, factors in self.batches:
            roots = np.linalg.inv(factors) if rows.shape[1] > 1 else 1 / factors
            result[rows] = (roots**2).sum(axis=2)
        return result


def columns_of(network: Network) -> Columns:
    """The table of a network. Raises `PointMissing`, `CovarianceUnusable`."""
    singles = tuple(network.singles())
    kinds = np.array([KINDS[type(one)] for one in singles], np.intp)
    sizes = np.where(kinds == Kind.VECTOR, 3, 1)
    first = np.cumsum(sizes) - sizes
    rows = int(sizes.sum())
    sheet = _Sheet(network, rows)
    for kind in np.unique(kinds):
        here = np.flatnonzero(kinds == kind)
        sheet.fill(Kind(kind), first[here], [singles[place] for place in here])
    return Columns(
        singles=singles,
        single=np.repeat(np.arange(len(singles), dtype=np.intp), sizes),
        kind=np.repeat(kinds, sizes),
        points=sheet.points,
        value=sheet.value,
        instrument=sheet.instrument,
        target=sheet.target,
        axis=sheet.axis,
        sets=sheet.sets,
        set_station=sheet.set_station,
        batches=_batches(network, first, sheet.sigma),
    )


class _Sheet:
    """The columns while they are filled, one kind after the other."""

    def __init__(self, network: Network, rows: int) -> None:
        self.index = {name: place for place, name in enumerate(network.names)}
        self.axes = PLANE_AXES if network.ellipsoid is None else SPACE_AXES
        self.points = np.full((rows, 3), -1, np.intp)
        self.value, self.sigma = np.zeros(rows), np.ones(rows)
        self.instrument, self.target = np.zeros(rows), np.zeros(rows)
        self.axis, self.sets = np.zeros(rows, np.intp), np.full(rows, -1, np.intp)
        self.set_station = np.empty(0, np.intp)

    def fill(self, kind: Kind, rows: Indices, some: list[Any]) -> None:
        try:
            self._join(kind, rows, some)
        except KeyError as missing:
            raise PointMissing(point=missing.args[0], component="place") from None
        if kind is Kind.VECTOR:
            for axis in range(3):
                self.value[rows + axis] = [one.value[axis] for one in some]
                self.axis[rows + axis] = axis
                self.points[rows + axis] = self.points[rows]
        else:
            self.value[rows] = [one.value for one in some]
            self.sigma[rows] = [one.sigma for one in some]
        if kind in {Kind.VECTOR, Kind.SLOPE_DISTANCE, Kind.ZENITH_ANGLE}:
            for step in range(3 if kind is Kind.VECTOR else 1):
                self.instrument[rows + step] = [one.instrument_m for one in some]
                self.target[rows + step] = [one.target_m for one in some]
        elif kind is Kind.DIRECTION:
            names = [one.set for one in some]
            number = {name: place for place, name in enumerate(dict.fromkeys(names))}
            keys = self.points[rows, 0] * len(number) + [number[name] for name in names]
            sets, self.sets[rows] = np.unique(keys, return_inverse=True)
            self.set_station = sets // len(number)
        elif kind is Kind.COORDINATE:
            self.axis[rows] = [self._axis(one) for one in some]

    def _join(self, kind: Kind, rows: Indices, some: list[Any]) -> None:
        """Points by number; raises KeyError."""
        index = self.index
        if kind is Kind.COORDINATE:
            self.points[rows, 0] = [index[one.point] for one in some]
            return
        if kind is Kind.ANGLE:
            self.points[rows, 0] = [index[one.station] for one in some]
            self.points[rows, 1] = [index[one.back] for one in some]
            self.points[rows, 2] = [index[one.fore] for one in some]
        else:
            self.points[rows, 0] = [index[one.start] for one in some]
            self.points[rows, 1] = [index[one.end] for one in some]
        a, b, c = self.points[rows].T
        same = np.flatnonzero((a == b) | (a == c) | (b == c))
        if same.size:
            raise ObservationUnsuitable(
                observation=named(some[same[0]]), reason="it begins and ends at the same point"
            )

    def _axis(self, one: Coordinate) -> int:
        if one.component not in self.axes:
            raise ObservationUnsuitable(
                observation=named(one), reason="the frame has no such coordinate"
            )
        return self.axes[one.component]


def _batches(network: Network, first: Indices, sigma: Matrix) -> tuple[Batch, ...]:
    """Blocks by size; whatever is in no group and no vector is a block of its own."""
    alone = np.ones(len(sigma), bool)
    blocks: dict[int, tuple[list[int], list[Matrix]]] = {}
    number, correlated = 0, {Group, Vector} & set(map(type, network.observations))
    for each in network.observations if correlated else ():
        if isinstance(each, (Group, Vector)):
            members = each.observations if isinstance(each, Group) else (each,)
            size = sum(map(rows_of, members))
            low = int(first[number])
            rows, factors = blocks.setdefault(size, ([], []))
            rows.append(low)
            factors.append(_factor(each.covariance, size, members[0]))
            alone[low : low + size] = False
            number += len(members)
        else:
            number += 1
    single = np.flatnonzero(alone)
    batches = [Batch(single[:, None], (1 / sigma[single])[:, None, None])] if single.size else []
    for size, (rows, factors) in sorted(blocks.items()):
        batches.append(Batch(np.array(rows)[:, None] + np.arange(size), np.stack(factors)))
    return tuple(batches)


def _factor(covariance: Matrix | None, size: int, what: Single) -> Matrix:
    """Inverse Cholesky factor of a covariance matrix."""
    usable = (
        covariance is not None
        and covariance.shape == (size, size)
        and np.allclose(covariance, covariance.T, rtol=1e-6)
    )
    if covariance is None or not usable:
        raise CovarianceUnusable(observation=named(what))
    try:
        return np.linalg.inv(np.linalg.cholesky(covariance))
    except np.linalg.LinAlgError:
        raise CovarianceUnusable(observation=named(what)) from None

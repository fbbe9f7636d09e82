"""Approximate coordinates for points that have none, so that linearising can begin."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from cadastre.adjustment.errors import StartValuesMissing
from cadastre.adjustment.network import Network, Place, Point, Role
from cadastre.adjustment.observations import (
    Component,
    Coordinate,
    Distance,
    HeightDifference,
    Single,
    SlopeDistance,
    Vector,
    ZenithAngle,
)
from cadastre.adjustment.start_plane import Positions, locate

Rise: TypeAlias = tuple[str, float]
LEVEL = (Component.EAST, Component.NORTH)


def with_start_values(network: Network) -> Network:
    """The network with a place for every component that takes part.

    Raises `StartValuesMissing` with the names of points that nothing leads to.
    """
    if all(point.is_known for point in network.points.values()):
        return network
    singles = list(network.singles())
    if network.ellipsoid is not None:
        found = _along_vectors(network, singles)
    else:
        found = _in_plane(network, singles)
    missing = [name for name, point in found.items() if not point.is_known]
    if missing:
        raise StartValuesMissing(points=", ".join(missing[:8]))
    return replace(network, points=found)


def _in_plane(network: Network, singles: list[Single]) -> dict[str, Point]:
    points = _observed(network.points, singles)
    wanted = {
        name
        for name, point in points.items()
        if point.roles[0] is not Role.ABSENT and None in point.at[:2]
    }
    if wanted:
        places = locate(_level(points), wanted, singles)
        points = {
            name: replace(point, at=(*places[name], point.at[2])) if name in places else point
            for name, point in points.items()
        }
    return _with_heights(points, singles)


def _level(points: Mapping[str, Point]) -> Positions:
    return {
        name: (point.at[0], point.at[1])
        for name, point in points.items()
        if point.at[0] is not None and point.at[1] is not None
    }


def _observed(points: Mapping[str, Point], singles: list[Single]) -> dict[str, Point]:
    """Coordinates that were observed serve at once."""
    result = dict(points)
    order = {Component.EAST: 0, Component.NORTH: 1, Component.HEIGHT: 2}
    for one in singles:
        if isinstance(one, Coordinate) and one.component in order and one.point in result:
            at = list(result[one.point].at)
            place = order[one.component]
            if at[place] is None:
                at[place] = one.value
                result[one.point] = replace(result[one.point], at=(at[0], at[1], at[2]))
    return result


def _with_heights(points: dict[str, Point], singles: list[Single]) -> dict[str, Point]:
    heights = {name: point.at[2] for name, point in points.items() if point.at[2] is not None}
    wanted = [
        name
        for name, point in points.items()
        if point.roles[2] is not Role.ABSENT and point.at[2] is None
    ]
    if not wanted:
        return points
    rises = _rises(_level(points), singles)
    if not heights and all(point.roles[2] is not Role.FIXED for point in points.values()):
        heights[wanted[0]] = 0.0
    _spread(heights, rises)
    return {
        name: replace(point, at=(point.at[0], point.at[1], heights.get(name, point.at[2])))
        for name, point in points.items()
    }


def _rises(level: Positions, singles: list[Single]) -> dict[str, list[Rise]]:
    """What leads from the height of one point to that of another."""
    rises: dict[str, list[Rise]] = defaultdict(list)
    slopes = {(one.start, one.end): one.value for one in singles if isinstance(one, SlopeDistance)}
    flats = {(one.start, one.end): one.value for one in singles if isinstance(one, Distance)}

    def note(start: str, end: str, rise: float) -> None:
        rises[start].append((end, rise))
        rises[end].append((start, -rise))

    for one in singles:
        if isinstance(one, HeightDifference):
            note(one.start, one.end, one.value)
        elif isinstance(one, Vector):
            note(one.start, one.end, one.value[2] + one.instrument_m - one.target_m)
        elif isinstance(one, ZenithAngle):
            pair, back = (one.start, one.end), (one.end, one.start)
            offset = one.instrument_m - one.target_m
            slope, flat = slopes.get(pair, slopes.get(back)), flats.get(pair, flats.get(back))
            if slope is not None:
                note(*pair, slope * math.cos(one.value) + offset)
            elif flat is None and one.start in level and one.end in level:
                flat = math.dist(level[one.start], level[one.end])
            if slope is None and flat is not None:
                note(*pair, flat / math.tan(one.value) + offset)
    return rises


def _spread(heights: dict[str, float], rises: Mapping[str, list[Rise]]) -> None:
    queue = deque(heights)
    while queue:
        start = queue.popleft()
        for end, rise in rises.get(start, []):
            if end not in heights:
                heights[end] = heights[start] + rise
                queue.append(end)


def _along_vectors(network: Network, singles: list[Single]) -> dict[str, Point]:
    """In space vectors lead from point to point, and observed X, Y, Z count at once."""
    points = dict(network.points)
    seen: dict[str, dict[Component, float]] = defaultdict(dict)
    legs: dict[str, list[tuple[str, Callable[[float], float], tuple[float, ...]]]] = defaultdict(
        list
    )
    for one in singles:
        if isinstance(one, Coordinate):
            seen[one.point][one.component] = one.value
        elif isinstance(one, Vector):
            legs[one.start].append((one.end, float, one.value))
            legs[one.end].append((one.start, float.__neg__, one.value))
    for name, values in seen.items():
        if name in points and None in points[name].at:
            x, y, z = (values.get(axis) for axis in (Component.X, Component.Y, Component.Z))
            points[name] = replace(points[name], at=(x, y, z))
    queue = deque(name for name, point in points.items() if None not in point.at)
    while queue:
        start = queue.popleft()
        for end, sign, leg in legs[start]:
            if end in points and None in points[end].at:
                points[end] = replace(points[end], at=_shifted(points[start].at, leg, sign))
                queue.append(end)
    return points


def _shifted(at: Place, leg: tuple[float, ...], sign: Callable[[float], float]) -> Place:
    x, y, z = (float(part or 0) + sign(step) for part, step in zip(at, leg, strict=True))
    return x, y, z

"""Approximate east and north from bearings, distances, angles and vectors.

Each way to a point is a textbook construction; several ways to one point give their median. What
touches no known point is built in a system of its own and brought in by a similarity.
"""

from __future__ import annotations

import cmath
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from statistics import median
from typing import Final, TypeAlias

from cadastre.adjustment.observations import (
    Angle,
    Azimuth,
    Direction,
    Distance,
    Single,
    SlopeDistance,
    Vector,
    ZenithAngle,
)

Position: TypeAlias = tuple[float, float]
Positions: TypeAlias = dict[str, Position]

# Rays that cut at less than this angle (3°) place a point too badly to begin with.
FLATTEST_CUT: Final = math.radians(3)
# Of two places that fit two distances one must fit the rest this much better.
CLEARLY_BETTER: Final = 0.2


def locate(known: Positions, wanted: set[str], singles: Iterable[Single]) -> Positions:
    """Places of ``known`` points and of as many wanted ones as can be reached."""
    sights = _Sights(singles)
    places = dict(known)
    _grow(places, wanted, sights)
    while wanted - places.keys():
        if not _bring_in(places, wanted, sights):
            break
    return places


class _Sights:
    """Observations by the points they join."""

    def __init__(self, singles: Iterable[Single]) -> None:
        self.lengths: dict[str, dict[str, float]] = defaultdict(dict)
        self.azimuths: dict[str, dict[str, float]] = defaultdict(dict)
        self.sets: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
        self.angles: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
        self.vectors: dict[str, dict[str, Position]] = defaultdict(dict)
        self.near: dict[str, set[str]] = defaultdict(set)
        zeniths, slopes = {}, {}
        for one in singles:
            if isinstance(one, SlopeDistance):
                slopes[one.start, one.end] = one.value
            elif isinstance(one, ZenithAngle):
                zeniths[one.start, one.end] = one.value
            else:
                self._note(one)
        for (start, end), slope in slopes.items():
            zenith = zeniths.get((start, end), zeniths.get((end, start), math.pi / 2))
            self._length(start, end, slope * abs(math.sin(zenith)), keep=True)

    def _note(self, one: Single) -> None:
        if isinstance(one, Distance):
            self._length(one.start, one.end, one.value)
        elif isinstance(one, Azimuth):
            self.azimuths[one.start][one.end] = one.value
            self.azimuths[one.end][one.start] = one.value + math.pi
            self._join(one.start, one.end)
        elif isinstance(one, Direction):
            self.sets[one.start][one.set][one.end] = one.value
            self._join(one.start, *self.sets[one.start][one.set])
        elif isinstance(one, Angle):
            self.angles[one.station].append((one.back, one.fore, one.value))
            self._join(one.station, one.back, one.fore)
        elif isinstance(one, Vector):
            east, north, _ = one.value
            self.vectors[one.start][one.end] = (east, north)
            self.vectors[one.end][one.start] = (-east, -north)
            self._join(one.start, one.end)

    def _length(self, start: str, end: str, length: float, *, keep: bool = False) -> None:
        if not (keep and end in self.lengths[start]):
            self.lengths[start][end] = self.lengths[end][start] = length
        self._join(start, end)

    def _join(self, *names: str) -> None:
        for name in names:
            self.near[name].update(names)

    def readings(self, station: str) -> Iterator[tuple[str, str, float]]:
        """Pairs of targets with the clockwise angle between them at a station."""
        yield from self.angles[station]
        for targets in self.sets[station].values():
            first, *others = targets.items()
            for name, value in others:
                yield first[0], name, value - first[1]


def _grow(places: Positions, wanted: set[str], sights: _Sights) -> None:
    """Add points one by one until nothing leads on. Sure ways come before doubtful ones."""
    while True:
        queue = [name for name in wanted if name not in places]
        grown = _sweep(places, queue, sights)
        if grown:
            continue
        for name in queue:
            place = _doubtful(name, places, sights)
            if place is not None:
                places[name] = place
                break
        else:
            return


def _sweep(places: Positions, queue: list[str], sights: _Sights) -> bool:
    """Place what can be placed surely, neighbours of what was placed again."""
    waiting, grown = dict.fromkeys(queue), False
    while waiting:
        name = next(iter(waiting))
        del waiting[name]
        found = list(_sure(name, places, sights))
        if found:
            places[name] = median(e for e, _ in found), median(n for _, n in found)
            grown = True
            again = (each for each in sights.near[name] if each in set(queue) - places.keys())
            waiting.update(dict.fromkeys(again))
    return grown


# -- ways to a point -------------------------------------------------------------------------------


def _sure(name: str, places: Positions, sights: _Sights) -> Iterator[Position]:
    """Places of a point by constructions with one solution."""
    for start, (east, north) in sights.vectors[name].items():
        if start in places:
            yield places[start][0] - east, places[start][1] - north
    rays = list(_rays(name, places, sights))
    rays += _turned(name, rays, places, sights)
    for start, azimuth in rays:
        if name in sights.lengths[start]:
            yield _polar(places[start], azimuth, sights.lengths[start][name])
    for i, (a, first) in enumerate(rays):
        for b, second in rays[i + 1 :]:
            if a != b:
                yield from _crossing(places[a], first, places[b], second)
    yield from _resections(name, places, sights)


def _rays(name: str, places: Positions, sights: _Sights) -> Iterator[tuple[str, float]]:
    """Azimuths to a point from known ones."""
    for start in sights.near[name]:
        if start not in places or start == name:
            continue
        if start in sights.azimuths[name]:
            yield start, sights.azimuths[name][start] + math.pi
        for targets in sights.sets[start].values():
            if name in targets:
                orientation = _orientation(start, targets, places, sights)
                if orientation is not None:
                    yield start, targets[name] + orientation
        for back, fore, angle in sights.angles[start]:
            if fore == name and back in places:
                yield start, _azimuth(places[start], places[back]) + angle
            elif back == name and fore in places:
                yield start, _azimuth(places[start], places[fore]) - angle


def _turned(
    name: str, rays: list[tuple[str, float]], places: Positions, sights: _Sights
) -> Iterator[tuple[str, float]]:
    """More azimuths to a point: one is known, and the angle at the point to another station."""
    known = dict(rays)
    for back, fore, angle in sights.readings(name):
        if back in known and fore in places:
            yield fore, known[back] + angle
        elif fore in known and back in places:
            yield back, known[fore] - angle


def _orientation(
    station: str, targets: dict[str, float], places: Positions, sights: _Sights
) -> float | None:
    """Azimuth minus reading of a set, the circular mean over what is known."""
    sum_ = 0j
    for target, reading in targets.items():
        if target in places and places[target] != places[station]:
            sum_ += cmath.exp(1j * (_azimuth(places[station], places[target]) - reading))
        elif target in sights.azimuths[station]:
            sum_ += cmath.exp(1j * (sights.azimuths[station][target] - reading))
    return cmath.phase(sum_) if sum_ else None


def _polar(start: Position, azimuth: float, length: float) -> Position:
    return start[0] + length * math.sin(azimuth), start[1] + length * math.cos(azimuth)


def _azimuth(start: Position, end: Position) -> float:
    return math.atan2(end[0] - start[0], end[1] - start[1])


def _crossing(a: Position, first: float, b: Position, second: float) -> Iterator[Position]:
    """Where two rays meet, unless they are nearly parallel or meet behind a station."""
    cut = math.sin(second - first)
    if abs(cut) < math.sin(FLATTEST_CUT):
        return
    east, north = b[0] - a[0], b[1] - a[1]
    along = (east * math.cos(second) - north * math.sin(second)) / -cut
    other = (east * math.cos(first) - north * math.sin(first)) / -cut
    if along > 0 and other > 0:
        yield _polar(a, first, along)


def _resections(name: str, places: Positions, sights: _Sights) -> Iterator[Position]:
    """From the angles at a point between three known ones (circles through pairs)."""
    circles: list[tuple[str, str, complex]] = []
    for back, fore, angle in sights.readings(name):
        if back in places and fore in places and abs(math.sin(angle)) > math.sin(FLATTEST_CUT):
            one, two = complex(*places[back]), complex(*places[fore])
            # Seen clockwise from a to b under the angle: the centre lies off the middle.
            centre = (one + two) / 2 - (two - one) / 2 * 1j / math.tan(angle)
            circles.append((back, fore, centre))
    for i, (a, b, one) in enumerate(circles):
        for c, d, two in circles[i + 1 :]:
            common = {a, b} & {c, d}
            if len(common) == 1 and abs(two - one) > 1e-3 * abs(one - complex(*places[a])):
                at = complex(*places[common.pop()])
                axis = (two - one) / abs(two - one)
                mirrored = one + axis * ((at - one) / axis).conjugate()
                if abs(mirrored - at) > 1e-3 * abs(one - at):
                    yield mirrored.real, mirrored.imag


def _doubtful(name: str, places: Positions, sights: _Sights) -> Position | None:
    """Of the two places that fit two lengths, or a length and a ray, the one that fits the rest."""
    arcs = [
        (places[start], length) for start, length in sights.lengths[name].items() if start in places
    ]
    choices: list[Position] = []
    for i, (a, first) in enumerate(arcs):
        for b, second in arcs[i + 1 :]:
            choices += _arcs(a, first, b, second)
    for start, azimuth in _rays(name, places, sights):
        for a, length in arcs:
            choices += _ray_and_arc(places[start], azimuth, a, length)
    if not choices:
        return None
    scored = sorted((_misfit(place, name, places, sights), place) for place in choices)
    best, place = scored[0]
    spread = max((length for _, length in arcs), default=1.0)
    apart = [score for score, other in scored if math.dist(other, place) > 1e-2 * spread]
    return place if not apart or best < CLEARLY_BETTER * apart[0] else None


def _arcs(a: Position, first: float, b: Position, second: float) -> list[Position]:
    """Where two circles meet; where they come nearest if they miss by little."""
    apart = math.dist(a, b)
    if apart == 0 or apart > 1.05 * (first + second):
        return []
    along = (first**2 - second**2 + apart**2) / (2 * apart)
    aside = math.sqrt(max(first**2 - along**2, 0.0))
    east, north = (b[0] - a[0]) / apart, (b[1] - a[1]) / apart
    foot = a[0] + along * east, a[1] + along * north
    return [(foot[0] + sign * aside * north, foot[1] - sign * aside * east) for sign in (1.0, -1.0)]


def _ray_and_arc(
    start: Position, azimuth: float, centre: Position, length: float
) -> list[Position]:
    east, north = centre[0] - start[0], centre[1] - start[1]
    along = east * math.sin(azimuth) + north * math.cos(azimuth)
    aside = east * math.cos(azimuth) - north * math.sin(azimuth)
    if abs(aside) > length:
        return []
    half = math.sqrt(length**2 - aside**2)
    return [
        _polar(start, azimuth, along + sign * half) for sign in (1, -1) if along + sign * half > 0
    ]


def _misfit(place: Position, name: str, places: Positions, sights: _Sights) -> float:
    """How badly a place fits everything known about a point, metres."""
    misfit = 0.0
    for start, length in sights.lengths[name].items():
        if start in places:
            misfit += abs(math.dist(places[start], place) - length)
    for start, azimuth in _rays(name, places, sights):
        turn = math.remainder(_azimuth(places[start], place) - azimuth, math.tau)
        misfit += abs(turn) * math.dist(places[start], place)
    for back, fore, angle in sights.readings(name):
        if back in places and fore in places:
            seen = _azimuth(place, places[fore]) - _azimuth(place, places[back])
            nearer = min(math.dist(place, places[back]), math.dist(place, places[fore]))
            misfit += abs(math.remainder(seen - angle, math.tau)) * nearer
    return misfit


# -- pieces of their own ---------------------------------------------------------------------------


def _bring_in(places: Positions, wanted: set[str], sights: _Sights) -> bool:
    """Build a piece around a leg in its own system and fit it in; whether any point was won."""
    legs = [
        (start, end, length)
        for start in sorted(sights.lengths)
        for end, length in sights.lengths[start].items()
        if start < end and not (start in places and end in places) and length > 0
    ]
    if not legs and not places:
        legs = [(a, b, 1.0) for a in sights.near for b in sights.near[a] if a < b][:1]
    everything = set(sights.near)
    tried: set[str] = set()
    for start, end, length in legs:
        if start in tried and end in tried:
            continue
        piece: Positions = {start: (0.0, 0.0), end: (0.0, length)}
        _grow(piece, everything, sights)
        tried.update(piece)
        if _fit(piece, places, wanted):
            return True
    return False


def _fit(piece: Positions, places: Positions, wanted: set[str]) -> bool:
    """Carry a piece over by a similarity on the points it shares; free where nothing is known."""
    common = [name for name in piece if name in places]
    new = [name for name in piece if name in wanted and name not in places]
    if not new:
        return False
    if not places:
        places.update({name: piece[name] for name in new})
        return True
    if len(common) < 2:
        return False
    here = [complex(*piece[name]) for name in common]
    there = [complex(*places[name]) for name in common]
    middle, target = sum(here) / len(here), sum(there) / len(there)
    size = sum(abs(z - middle) ** 2 for z in here)
    if size == 0:
        return False
    turn = sum((w - target) * (z - middle).conjugate() for z, w in zip(here, there, strict=True))
    for name in new:
        moved = target + turn / size * (complex(*piece[name]) - middle)
        places[name] = (moved.real, moved.imag)
    return True

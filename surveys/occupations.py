"""From the records of a field file to stays on points; see docs/algorithms/occupations.md."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from cadastre.fieldfiles import (
    AngleReading,
    DistanceReading,
    EcefPosition,
    FixType,
    GeodeticPosition,
    GnssObservation,
    PointCoordinates,
    Record,
    StationSetup,
)

GAP: Final = timedelta(minutes=10)
NAME_LENGTH: Final = 40
EARTH_M: Final = 6_371_000.0
_REACH_M: Final = (0.5, 2.0, 3.0, 15.0)
_CLASS: Final = {
    FixType.FIXED: 0, FixType.FLOAT: 1, FixType.SBAS: 2, FixType.DIFFERENTIAL: 2, FixType.PPP: 2,
}  # fmt: skip

Positioned: TypeAlias = GnssObservation | PointCoordinates
Read: TypeAlias = AngleReading | DistanceReading
Metres: TypeAlias = tuple[float, ...]


@dataclass(slots=True)
class Stay:
    """One stay: positions that a receiver gave, or a setup with what was read from it."""

    point: str
    positions: list[Positioned] = field(default_factory=list)
    setup: StationSetup | None = None
    readings: list[Read] = field(default_factory=list)

    @property
    def times(self) -> list[datetime]:
        """The moments that its records tell, in order."""
        told = [*(each.epoch for each in self.positions), *(each.epoch for each in self.readings)]
        return sorted(moment for moment in told if moment is not None)


def stays_of(records: Iterable[Record], *, stem: str, point: str = "") -> list[Stay]:
    """The stays in the order of the file.

    ``stem`` is the name of the file without its ending, after which nameless stays are numbered;
    ``point`` names them instead.
    """
    receivers = _Receiver(stem, point)
    stations = _Stations()
    stays: list[Stay] = []
    for record in records:
        if isinstance(record, GnssObservation | PointCoordinates):
            fresh = receivers.take(record)
        elif isinstance(record, StationSetup | AngleReading | DistanceReading):
            fresh = stations.take(record)
        else:
            continue
        if fresh is not None:
            stays.append(fresh)
    return stays


class _Receiver:
    """Joins epochs to stays."""

    def __init__(self, stem: str, point: str) -> None:
        self._stem, self._point = stem, point
        self._numbered = 0
        self._stay: Stay | None = None
        self._middle = _Middle()
        self._last: datetime | None = None

    def take(self, record: Positioned) -> Stay | None:
        """Add to the stay that goes on and give None, or give the new one."""
        name = (record.point or "").strip()
        place = _place(record)
        if self._stay is not None and self._goes_on(self._stay, record, name, place):
            self._stay.positions.append(record)
            self._move_on(record, place)
            return None
        self._stay = Stay(self._name(name), [record])
        self._middle = _Middle()
        self._move_on(record, place)
        return self._stay

    def _goes_on(
        self, stay: Stay, record: Positioned, name: str, place: tuple[Metres, int] | None
    ) -> bool:
        last = self._last
        if not _is_epoch(record) or record.epoch is None or last is None:
            return False
        if bool(name) != bool((stay.positions[0].point or "").strip()):
            return False
        if name and name[:NAME_LENGTH] != stay.point:
            return False
        if not timedelta(0) <= record.epoch - last <= GAP:
            return False
        return bool(name) or place is None or self._middle.reaches(*place)

    def _move_on(self, record: Positioned, place: tuple[Metres, int] | None) -> None:
        self._last = record.epoch if _is_epoch(record) else None
        if place is not None:
            self._middle.add(*place)

    def _name(self, told: str) -> str:
        if told:
            return told[:NAME_LENGTH]
        if self._point:
            return self._point[:NAME_LENGTH]
        self._numbered += 1
        ending = f"-{self._numbered}"
        return f"{self._stem[: NAME_LENGTH - len(ending)]}{ending}"


class _Stations:
    """Joins readings to the setups they were made from."""

    def __init__(self) -> None:
        self._by_number: dict[int, Stay] = {}
        self._by_name: dict[str, Stay] = {}

    def take(self, record: StationSetup | Read) -> Stay | None:
        if isinstance(record, StationSetup):
            stay = Stay(record.station[:NAME_LENGTH], setup=record)
            self._by_number[record.number] = stay
            return stay
        known = self._by_number.get(record.setup) if record.setup is not None else None
        name = (record.station or "")[:NAME_LENGTH]
        known = known or self._by_name.get(name)
        if known is not None:
            known.readings.append(record)
            return None
        stay = self._by_name[name] = Stay(name, readings=[record])
        return stay


class _Middle:
    """The mean of the epochs of the best class, and how far an epoch may lie from it."""

    def __init__(self) -> None:
        self._best = len(_REACH_M)
        self._sum: list[float] = []
        self._count = 0

    def add(self, place: Metres, grade: int) -> None:
        if grade < self._best:
            self._best, self._sum, self._count = grade, [0.0] * len(place), 0
        if grade == self._best and len(place) == len(self._sum):
            self._sum = [a + b for a, b in zip(self._sum, place, strict=True)]
            self._count += 1

    def reaches(self, place: Metres, grade: int) -> bool:
        if not self._count:
            return True
        middle = tuple(total / self._count for total in self._sum)
        return _horizontal_m(middle, place) <= _REACH_M[max(grade, self._best)]


def _is_epoch(record: Positioned) -> bool:
    quality = record.quality
    averaged = quality is not None and quality.epochs is not None and quality.epochs > 1
    return not averaged and record.epoch is not None


def _place(record: Positioned) -> tuple[Metres, int] | None:
    """Where an epoch lies, earth-centred or in a plane, and the class of its solution."""
    fix = record.quality.fix if record.quality is not None else FixType.UNKNOWN
    grade = _CLASS.get(fix, 3)
    if isinstance(record, PointCoordinates):
        if record.geodetic is not None:
            return _on_sphere(record.geodetic), grade
        if record.east is None or record.north is None:
            return None
        return (record.east, record.north), grade
    position = record.position
    if isinstance(position, GeodeticPosition):
        return _on_sphere(position), grade
    if isinstance(position, EcefPosition):
        return (position.x, position.y, position.z), grade
    return (position.east, position.north), grade


def _on_sphere(position: GeodeticPosition) -> Metres:
    lat, lon = math.radians(position.latitude), math.radians(position.longitude)
    return (
        EARTH_M * math.cos(lat) * math.cos(lon),
        EARTH_M * math.cos(lat) * math.sin(lon),
        EARTH_M * math.sin(lat),
    )


def _horizontal_m(a: Metres, b: Metres) -> float:
    """Distance across the vertical at ``a``: in the plane, or on the earth."""
    if len(a) == 2 or len(b) == 2:
        return math.dist(a, b) if len(a) == len(b) else math.inf
    between = [one - other for one, other in zip(b, a, strict=True)]
    up = sum(one * other for one, other in zip(between, a, strict=True)) / math.hypot(*a)
    return math.sqrt(max(sum(each * each for each in between) - up * up, 0.0))

"""What instruments wrote, as they wrote it: positions, coordinates, readings, parcels of a plan.

Every record keeps its line and its raw text. Lengths are metres, angles radians, times aware UTC;
nothing is averaged, transformed or corrected here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from cadastre.errors import LandError
from cadastre.fieldfiles.uncertainty import Covariance


class FixType(StrEnum):
    """How a receiver came by its position; only FIXED has its ambiguities resolved."""

    FIXED = "fixed"
    FLOAT = "float"
    SBAS = "sbas"
    DIFFERENTIAL = "differential"
    SINGLE = "single"
    PPP = "ppp"
    PPS = "pps"
    ESTIMATED = "estimated"
    MANUAL = "manual"
    SIMULATED = "simulated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class GeodeticPosition:
    """Degrees, east and north positive; heights in metres, None where the file has none.

    ``height_m`` is above the ellipsoid, ``orthometric_m`` above the receiver's geoid.
    """

    latitude: float
    longitude: float
    height_m: float | None = None
    orthometric_m: float | None = None


@dataclass(frozen=True, slots=True)
class EcefPosition:
    """Earth-centred, earth-fixed metres."""

    x: float
    y: float
    z: float


@dataclass(frozen=True, slots=True)
class Baseline:
    """From the base to the rover, metres east, north and up at the base."""

    east: float
    north: float
    up: float


GnssPosition: TypeAlias = GeodeticPosition | EcefPosition | Baseline


@dataclass(frozen=True, slots=True)
class GnssQuality:
    """How well a receiver says that it knows a position; None is what it did not say."""

    fix: FixType = FixType.UNKNOWN
    covariance: Covariance | None = None
    pdop: float | None = None
    hdop: float | None = None
    vdop: float | None = None
    satellites: int | None = None
    ratio: float | None = None
    age_s: float | None = None
    epochs: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Where a record stands in its file: the first line (from 1) and the text as it is there."""

    line: int
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GnssObservation(Recorded):
    """One epoch of a receiver."""

    epoch: datetime
    position: GnssPosition
    quality: GnssQuality
    datum: str | None = None
    point: str | None = None
    base: str | None = None
    base_position: GeodeticPosition | EcefPosition | None = None
    antenna_height_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointCoordinates(Recorded):
    """A point with coordinates: keyed in, computed by an instrument or averaged by a receiver.

    Grid coordinates (``north``, ``east``, ``height``) are metres in the file's system; a receiver
    may give ``geodetic`` beside or instead of them. ``attributes`` holds what has no field here
    under the heading of the file.
    """

    point: str
    north: float | None = None
    east: float | None = None
    height: float | None = None
    code: str = ""
    geodetic: GeodeticPosition | None = None
    quality: GnssQuality | None = None
    epoch: datetime | None = None
    antenna_height_m: float | None = None
    base: str | None = None
    operator: str | None = None
    photos: tuple[str, ...] = ()
    crs: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationSetup(Recorded):
    """An instrument set up over a point. ``number`` counts the setups of the file from 1."""

    number: int
    station: str
    instrument_height_m: float | None = None
    north: float | None = None
    east: float | None = None
    height: float | None = None
    backsight: str | None = None
    backsight_azimuth_rad: float | None = None
    backsight_reading_rad: float | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


AngleKind = Literal["horizontal", "zenith", "azimuth", "angle"]
DistanceKind = Literal["slope", "horizontal", "height_difference", "arc"]
Face = Literal[1, 2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Recorded):
    """What was read to a target from a setup (``setup`` is its number, None where none is told)."""

    setup: int | None
    station: str | None
    target: str
    target_height_m: float | None = None
    code: str = ""
    face: Face | None = None
    epoch: datetime | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AngleReading(Reading):
    """Radians. ``horizontal`` is a circle reading, ``azimuth`` from grid north, both clockwise.

    ``zenith`` is from the zenith; ``angle`` is turned clockwise from the ``backsight``.
    """

    kind: AngleKind
    radians: float
    backsight: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DistanceReading(Reading):
    """Metres; ``arc`` is the length along a curve whose chord has the azimuth read with it."""

    kind: DistanceKind
    metres: float


@dataclass(frozen=True, slots=True)
class PlanPoint:
    """A corner of a plan: grid metres and, where the plan names it, the name of its point."""

    north: float
    east: float
    name: str | None = None


@dataclass(frozen=True, slots=True)
class PlanLine:
    start: PlanPoint
    end: PlanPoint


@dataclass(frozen=True, slots=True)
class PlanArc:
    """A circular arc; ``clockwise`` as seen on the plan, north up."""

    start: PlanPoint
    end: PlanPoint
    centre: PlanPoint
    radius_m: float
    clockwise: bool


PlanSide: TypeAlias = PlanLine | PlanArc


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanParcel(Recorded):
    """A parcel drawn on a plan: each figure is a run of sides, closed or (a road side) open.

    ``area_m2`` is what the plan states. `cadastre.fieldfiles.curves.ring` makes chord points.
    """

    name: str
    figures: tuple[tuple[PlanSide, ...], ...]
    area_m2: float | None = None
    centre: PlanPoint | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


Record: TypeAlias = (
    GnssObservation | PointCoordinates | StationSetup | AngleReading | DistanceReading | PlanParcel
)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that should have held data and why it does not; ``text`` is cut at 500 characters."""

    line: int
    text: str
    reason: LandError


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFile:
    """What a file held.

    ``read`` counts the pieces (lines, or elements of XML and JSON) that should hold data; each is
    accepted or rejected. One piece may give several records: an angle and a distance. ``ignored``
    counts by kind what is no data itself: headings, comments, settings, sentences of a kind that
    is not read. ``time_system`` is the file's own ("GPST", "UTC"); epochs are UTC all the same.
    """

    format: str
    name: str
    encoding: str
    lines: int
    read: int
    accepted: int
    records: tuple[Record, ...]
    rejected: tuple[Rejected, ...]
    ignored: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    crs: str | None = None
    datum: str | None = None
    time_system: str | None = None

    @property
    def observations(self) -> tuple[GnssObservation, ...]:
        return tuple(r for r in self.records if isinstance(r, GnssObservation))

    @property
    def points(self) -> tuple[PointCoordinates, ...]:
        return tuple(r for r in self.records if isinstance(r, PointCoordinates))

    @property
    def setups(self) -> tuple[StationSetup, ...]:
        return tuple(r for r in self.records if isinstance(r, StationSetup))

    @property
    def readings(self) -> tuple[AngleReading | DistanceReading, ...]:
        return tuple(r for r in self.records if isinstance(r, AngleReading | DistanceReading))

    @property
    def parcels(self) -> tuple[PlanParcel, ...]:
        return tuple(r for r in self.records if isinstance(r, PlanParcel))

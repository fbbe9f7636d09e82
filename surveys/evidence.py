"""The rows that are kept of a field file: occupations, observations, readings, rejects."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from cadastre.fieldfiles import (
    AngleReading,
    FieldFile,
    GnssObservation,
    PlanArc,
    PlanParcel,
    PointCoordinates,
    StationSetup,
)
from surveys import models
from surveys.occupations import NAME_LENGTH, Positioned, Read, Stay
from surveys.positions import FIXES, Systems, located

ANGLES: Final = {
    "horizontal": "direction", "zenith": "zenith", "azimuth": "azimuth", "angle": "angle",
}  # fmt: skip
DISTANCES: Final = {
    "slope": "slope_distance", "horizontal": "distance", "height_difference": "height_difference",
    "arc": "arc",
}  # fmt: skip
_SMALL: Final = 32_767
Told = tuple[str, float | None, float | None]


def plain(value: object) -> Any:
    """A value as JSON keeps it in PostgreSQL: no NUL, no NaN, numbers as they are."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return text(str(value))


def text(value: str, limit: int | None = None) -> str:
    """Text that PostgreSQL keeps."""
    return value.replace("\x00", "\N{REPLACEMENT CHARACTER}")[:limit]


def header_of(read: FieldFile) -> dict[str, Any]:
    """What a file says about itself, and the parcels of a plan."""
    said = {
        "encoding": read.encoding, "lines": read.lines, "crs": read.crs, "datum": read.datum,
        "time_system": read.time_system, "facts": dict(read.facts),
        "parcels": [_parcel(each) for each in read.parcels],
    }  # fmt: skip
    return {key: plain(value) for key, value in said.items() if value}


def _parcel(parcel: PlanParcel) -> dict[str, Any]:
    figures = [
        [
            {
                "from": [side.start.name, side.start.north, side.start.east],
                "to": [side.end.name, side.end.north, side.end.east],
            }
            | ({
                "centre": [side.centre.north, side.centre.east], "radius_m": side.radius_m,
                "clockwise": side.clockwise,
            } if isinstance(side, PlanArc) else {})
            for side in figure
        ]
        for figure in parcel.figures
    ]  # fmt: skip
    return {
        "name": parcel.name, "line": parcel.line, "area_m2": parcel.area_m2, "figures": figures,
        "attributes": dict(parcel.attributes),
    }  # fmt: skip


def occupation_of(stay: Stay, file: models.FieldFile, read: FieldFile) -> models.Occupation:
    """The row of a stay, yet to be saved."""
    times = stay.times
    first = stay.positions[0] if stay.positions else None
    height = first.antenna_height_m if first is not None else None
    base, code, named = "", "", ""
    if stay.setup is not None:
        height = stay.setup.instrument_height_m
    if first is not None:
        base = first.base or ""
    if isinstance(first, PointCoordinates):
        code, named = first.code, first.operator or ""
    facts = read.facts
    return models.Occupation(
        job=file.job, file=file, point_name=text(stay.point),
        started_at=times[0] if times else None, ended_at=times[-1] if times else None,
        receiver=text(facts.get("recorder") or "", 80),
        antenna=text(facts.get("antenna1") or "", 80), antenna_height_m=_height(height),
        base=text(base or facts.get("ref pos") or "", 80),
        operator=text(named, 120), code=text(code, 80),
    )  # fmt: skip


def _height(metres: float | None) -> Decimal | None:
    """A height of an instrument; what is no such height stays in the line as observed."""
    if metres is None or not -99 < metres < 99:
        return None
    return Decimal(f"{metres:.4f}")


def observations_of(
    stay: Stay, occupation: models.Occupation, systems: Systems, told: Collection[Told] = ()
) -> Iterator[models.Observation]:
    """The rows of the positions of a stay, and of the coordinates its setup was given.

    ``told`` are the points that the file lists: a setup that repeats one adds nothing.
    """
    for record in stay.positions:
        yield from _observation(record, occupation, systems)
    setup = stay.setup
    if setup is None or (setup.station, setup.north, setup.east) in told:
        return
    if setup.east is not None and setup.north is not None:
        keyed_in = PointCoordinates(
            line=setup.line, raw=setup.raw, point=setup.station, north=setup.north,
            east=setup.east, height=setup.height,
        )  # fmt: skip
        yield from _observation(keyed_in, occupation, systems)


def _observation(
    record: Positioned, occupation: models.Occupation, systems: Systems
) -> Iterator[models.Observation]:
    found = located(record, systems)
    if found is None:
        return
    quality = record.quality
    epochs = quality.epochs if quality is not None else None
    if epochs is None and isinstance(record, GnssObservation):
        epochs = 1
    yield models.Observation(
        occupation=occupation, line=record.line, observed_at=record.epoch, form=found.form,
        first=found.first, second=found.second, third=found.third, geometry=found.point,
        height_m=found.place.height_m if found.place else None,
        fix=FIXES.get(quality.fix, "") if quality else "", covariance=found.covariance,
        epochs=epochs, pdop=quality.pdop if quality else None,
        satellites=_small(quality.satellites) if quality else None,
        ratio=quality.ratio if quality else None, age_s=quality.age_s if quality else None,
        raw=text(record.raw),
    )  # fmt: skip


def _small(value: int | None) -> int | None:
    return value if value is not None and 0 <= value <= _SMALL else None


def readings_of(stay: Stay, occupation: models.Occupation) -> Iterator[models.Reading]:
    """The rows of what was read from a stay, the orientation of its setup first."""
    if stay.setup is not None:
        yield from _orientation(stay.setup, occupation)
    for record in stay.readings:
        kind, value = _read(record)
        backsight = record.backsight if isinstance(record, AngleReading) else None
        yield models.Reading(
            occupation=occupation, line=record.line, target=text(record.target, NAME_LENGTH),
            backsight=text(backsight or "", NAME_LENGTH), kind=kind, value=value,
            face=record.face, target_height_m=record.target_height_m, raw=text(record.raw),
        )  # fmt: skip


def _orientation(setup: StationSetup, occupation: models.Occupation) -> Iterator[models.Reading]:
    told = (
        ("direction", setup.backsight_reading_rad), ("azimuth", setup.backsight_azimuth_rad),
    )  # fmt: skip
    for kind, value in told:
        if setup.backsight and value is not None:
            yield models.Reading(
                occupation=occupation, line=setup.line, target=text(setup.backsight, NAME_LENGTH),
                kind=kind, value=value, raw=text(setup.raw),
            )  # fmt: skip


def _read(record: Read) -> tuple[str, float]:
    if isinstance(record, AngleReading):
        return ANGLES[record.kind], record.radians
    return DISTANCES[record.kind], record.metres


def rejects_of(read: FieldFile, file: models.FieldFile) -> Iterator[models.RejectedRecord]:
    """The rows of what was not taken, each with its reason as code and evidence."""
    for each in read.rejected:
        yield models.RejectedRecord(
            file=file, line=each.line, text=text(each.text), code=each.reason.code[:60],
            evidence=plain(each.reason.evidence),
        )  # fmt: skip

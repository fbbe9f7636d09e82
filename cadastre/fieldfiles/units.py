"""Lengths to metres and angles to radians, from the notations of instruments."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Literal

from cadastre.fieldfiles.errors import AngleUnreadable, UnitUnknown, ValueMissing
from cadastre.fieldfiles.tally import shown
from cadastre.fieldfiles.text import number

LinearUnit = Literal["m", "ft", "us_ft"]
METRES: dict[str, float] = {"m": 1.0, "ft": 0.3048, "us_ft": 1200 / 3937}

AngleUnit = Literal["dms", "deg", "gon", "mil", "rad"]
RADIANS: dict[str, float] = {
    "deg": math.pi / 180,
    "gon": math.pi / 200,
    "mil": math.pi / 3200,  # the 6400 of NATO
    "rad": 1.0,
}
AXIS = 2 * math.pi

_DD_MMSS = re.compile(r"([+-]?)(\d{1,3})(?:\.(\d{0,12}))?", re.ASCII)


def length_m(
    text: str | None, *, unit: str, field: str, line: int, low: float = -1e8, high: float = 1e8
) -> float:
    """Metres; ``low`` and ``high`` bound what is written."""
    if unit not in METRES:
        raise UnitUnknown(line=line, field=field, text=shown(unit, 40))
    return number(text, field=field, line=line, low=low, high=high) * METRES[unit]


def angle_rad(text: str | None, *, unit: str, field: str, line: int) -> float:
    """Radians, from less than one turn back to less than two turns on, not reduced to a circle.

    ``dms`` is the packed ``ddd.mmss``; the others are decimal numbers of the unit.
    """
    written = (text or "").strip()
    if not written:
        raise ValueMissing(line=line, field=field)
    if unit == "dms":
        return packed_dms(written, field=field, line=line)
    if unit not in RADIANS:
        raise UnitUnknown(line=line, field=field, text=shown(unit, 40))
    return number(written, field=field, line=line, low=-6400, high=12_800) * RADIANS[unit]


def packed_dms(text: str, *, field: str, line: int) -> float:
    """Radians of ``ddd.mmss[s…]``: 186.17 is 186°17', 9.2015055 is 9°20'15.055".

    Read digit by digit, as a float would turn 0.60 minutes into 0.59999. Sixty minutes or seconds
    are refused: the number was no packed angle.
    """
    match = _DD_MMSS.fullmatch(text)
    if match is None:
        raise AngleUnreadable(line=line, field=field, text=shown(text, 40), unit="ddd.mmss")
    digits = (match[3] or "").ljust(4, "0")
    minutes, seconds = int(digits[:2]), float(f"{digits[2:4]}.{digits[4:] or '0'}")
    if minutes >= 60 or seconds >= 60:
        raise AngleUnreadable(line=line, field=field, text=shown(text, 40), unit="ddd.mmss")
    size = math.radians(int(match[2]) + minutes / 60 + seconds / 3600)
    return -size if match[1] == "-" else size


def write_packed_dms(radians: float) -> str:
    """``ddd.mmssfffff``, rounded to 0.00001" before it is split, so never a 60."""
    units = round(math.degrees(radians % AXIS) * 3600 * 100_000) % (360 * 3600 * 100_000)
    minutes, rest = divmod(units, 60 * 100_000)
    degrees, minutes = divmod(minutes, 60)
    return f"{degrees}.{minutes:02d}{rest:07d}"


ZENITH: dict[str, Callable[[float], float]] = {
    "zenith": lambda angle: angle,
    "elevation": lambda angle: math.pi / 2 - angle,  # zero at the horizon, up is positive
    "nadir": lambda angle: math.pi - angle,
}

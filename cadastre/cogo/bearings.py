"""Bearings as surveyors write them: azimuths and quadrant bearings in degrees, minutes, seconds."""

from __future__ import annotations

import re

from cadastre.digits import typed_text
from cadastre.errors import LandError, gettext_noop


class BearingUnreadable(LandError):
    code = "bearing_unreadable"
    message = gettext_noop(
        "“{text}” is not a bearing. Write an azimuth from 0 to 360 degrees (61-28-18 or "
        "61°28'18\") or a quadrant bearing (N 61°28'18\" E)."
    )


_DMS = r"(?P<d>\d{1,3})\s*[°\-\s]\s*(?P<m>\d{1,2})\s*['\-\s]\s*(?P<s>\d{1,2}(?:\.\d{1,6})?)\s*\"?"
_DECIMAL = r"(?P<deg>\d{1,3}(?:\.\d{1,12})?)\s*°?"
_BEARING = re.compile(
    rf"(?P<ns>[NS])?\s*(?:{_DMS}|{_DECIMAL})\s*(?P<ew>[EW])?", re.ASCII | re.IGNORECASE
)


def parse_bearing(text: str) -> float:
    """The azimuth in degrees, 0 up to 360, of ``61-28-18``, ``61°28'18.5"`` or ``S 45°30'00" W``.

    A full circle is north, 0. Raises `BearingUnreadable`.
    """
    match = _BEARING.fullmatch(typed_text(text[:60]))
    if match is None or bool(match["ns"]) is not bool(match["ew"]):
        raise BearingUnreadable(text=text[:60])
    if match["deg"] is not None:
        degrees = float(match["deg"])
    else:
        minutes, seconds = int(match["m"]), float(match["s"])
        if minutes >= 60 or seconds >= 60:
            raise BearingUnreadable(text=text[:60])
        degrees = int(match["d"]) + minutes / 60 + seconds / 3600
    if match["ns"] is None:
        if degrees > 360:
            raise BearingUnreadable(text=text[:60])
        return degrees % 360
    if degrees > 90:
        raise BearingUnreadable(text=text[:60])
    return _azimuth(match["ns"].upper(), match["ew"].upper(), degrees)


def _azimuth(north_south: str, east_west: str, degrees: float) -> float:
    if north_south == "N":
        return degrees if east_west == "E" else (360 - degrees) % 360
    return 180 - degrees if east_west == "E" else 180 + degrees


def format_azimuth(azimuth: float, decimals: int = 0) -> str:
    """``61-28-18``; seconds rounded before they are split, so never a 60."""
    return "{}-{:02d}-{}".format(*_dms(azimuth % 360, decimals, circle=360))


def format_quadrant(azimuth: float, decimals: int = 0) -> str:
    """``N 61°28'18" E``."""
    turned = azimuth % 360
    north = turned <= 90 or turned >= 270
    east = turned <= 180
    acute = min(turned, 360 - turned) if north else abs(180 - turned)
    degrees, minutes, seconds = _dms(acute, decimals, circle=0)
    return f"{'N' if north else 'S'} {degrees}°{minutes:02d}'{seconds}\" {'E' if east else 'W'}"


def _dms(degrees: float, decimals: int, circle: int) -> tuple[int, int, str]:
    units = round(degrees * 3600 * 10**decimals)
    if circle:
        units %= circle * 3600 * 10**decimals
    seconds, fraction = divmod(units, 10**decimals)
    minutes, seconds = divmod(seconds, 60)
    whole, minutes = divmod(minutes, 60)
    return whole, minutes, f"{seconds:02d}" + (f".{fraction:0{decimals}d}" if decimals else "")

"""Bearings as surveyors write them: azimuths and quadrant bearings in degrees, minutes, seconds."""

from __future__ import annotations

import re
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from cadastre.digits import typed_text
from cadastre.errors import LandError, gettext_noop


class BearingUnreadable(LandError):
    code = "bearing_unreadable"
    message = gettext_noop(
        "“{text}” is not a bearing. Write an azimuth from 0 to 360 degrees (61-28-18 or "
        "61°28'18\") or a quadrant bearing (N 61°28'18\" E)."
    )


THAI_WORDS: Final = MappingProxyType({"N": "เหนือ", "S": "ใต้", "E": "ตะวันออก", "W": "ตะวันตก"})
_SYMBOLS: Final = (
    (re.compile("(?:พิลิปดา|ฟิลิปดา)"), '"'),
    (re.compile("ลิปดา"), "'"),
    (re.compile("องศา"), "°"),
    *((re.compile(f"(?:ทิศ)?{word}"), letter) for letter, word in THAI_WORDS.items()),
)
_NAME: Final = re.compile(
    r"(?:ภาคของทิศ|มุมภาคทิศ|มุมภาค|แอซิมัท|อะซิมุท|แบริ่?ง|azimuth|az|bearing|brg)[\s.:=]*",
    re.IGNORECASE,
)

_DMS = r"(?P<d>\d{1,3})\s*[°\-\s]\s*(?P<m>\d{1,2})\s*['\-\s]\s*(?P<s>\d{1,2}(?:\.\d{1,6})?)\s*\"?"
_MINUTES = r"(?P<d2>\d{1,3})\s*°\s*(?P<m2>\d{1,2}(?:\.\d{1,6})?)\s*'"
_DECIMAL = r"(?P<deg>\d{1,3}(?:\.\d{1,12})?)\s*°?"
_BEARING = re.compile(
    rf"(?P<ns>[NS])?\s*(?:{_DMS}|{_MINUTES}|{_DECIMAL})\s*(?P<ew>[EW])?", re.ASCII | re.IGNORECASE
)


def parse_bearing(text: str) -> float:
    """The azimuth in degrees, 0 up to 360, of ``61-28-18``, ``61°28'18.5"`` or ``S 45°30'00" W``.

    Also in Thai: ``ภาคของทิศ ๖๑-๒๘-๑๘``, ``เหนือ 61 องศา 28 ลิปดา 18 พิลิปดา ตะวันออก``. A full
    circle is north, 0. Raises `BearingUnreadable`.
    """
    written = _NAME.sub("", typed_text(text[:90]), count=1)
    for word, symbol in _SYMBOLS:
        written = word.sub(symbol, written)
    match = _BEARING.fullmatch(written.strip())
    if match is None or bool(match["ns"]) is not bool(match["ew"]):
        raise BearingUnreadable(text=text[:60])
    degrees = _degrees(match)
    if degrees is None or degrees > (360 if match["ns"] is None else 90):
        raise BearingUnreadable(text=text[:60])
    if match["ns"] is None:
        return degrees % 360
    return _azimuth(match["ns"].upper(), match["ew"].upper(), degrees)


def _degrees(match: re.Match[str]) -> float | None:
    """The angle as written; None for 60 minutes or seconds and more."""
    if match["deg"] is not None:
        return float(match["deg"])
    minutes = float(match["m"] or match["m2"])
    seconds = float(match["s"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    return int(match["d"] or match["d2"]) + minutes / 60 + seconds / 3600


def _azimuth(north_south: str, east_west: str, degrees: float) -> float:
    if north_south == "N":
        return degrees if east_west == "E" else (360 - degrees) % 360
    return 180 - degrees if east_west == "E" else 180 + degrees


def format_azimuth(azimuth: float, decimals: int = 0) -> str:
    """``61-28-18``; seconds rounded before they are split, so never a 60."""
    return "{}-{:02d}-{}".format(*_dms(azimuth % 360, decimals, circle=360))


def format_quadrant(azimuth: float, decimals: int = 0, *, thai: bool = False) -> str:
    """``N 61°28'18" E``; in Thai words ``เหนือ 61°28'18" ตะวันออก``."""
    turned = azimuth % 360
    north = turned <= 90 or turned >= 270
    east = turned <= 180
    acute = min(turned, 360 - turned) if north else abs(180 - turned)
    degrees, minutes, seconds = _dms(acute, decimals, circle=0)
    ns, ew = "N" if north else "S", "E" if east else "W"
    if thai:
        ns, ew = THAI_WORDS[ns], THAI_WORDS[ew]
    return f"{ns} {degrees}°{minutes:02d}'{seconds}\" {ew}"


_PACKED: Final = re.compile(r"(?P<sign>[-+]?)(?P<d>\d{1,3})(?:\.(?P<rest>\d{1,12}))?", re.ASCII)


def parse_packed(text: str) -> float:
    """Degrees of the ``ddd.mmss`` of surveying files: ``61.2818`` is 61°28'18", ``-0.3`` −0°30'.

    Read from text, since a binary 61.28 may already be 61.279999. Raises `BearingUnreadable`.
    """
    match = _PACKED.fullmatch(typed_text(text[:60]))
    if match is None:
        raise BearingUnreadable(text=text[:60])
    rest = (match["rest"] or "").ljust(4, "0")
    minutes, seconds = int(rest[:2]), Decimal(f"{rest[2:4]}.{rest[4:] or 0}")
    if minutes >= 60 or seconds >= 60:
        raise BearingUnreadable(text=text[:60])
    degrees = float(int(match["d"]) + Decimal(minutes) / 60 + seconds / 3600)
    return -degrees if match["sign"] == "-" else degrees


def format_packed(degrees: float, decimals: int = 4) -> str:
    """``61.28180000``: degrees, minutes and seconds run together, ``decimals`` of a second kept."""
    whole, minutes, seconds = _dms(abs(degrees), decimals, circle=0)
    sign = "-" if degrees < 0 else ""
    return f"{sign}{whole}.{minutes:02d}{seconds.replace('.', '')}"


def _dms(degrees: float, decimals: int, circle: int) -> tuple[int, int, str]:
    units = round(degrees * 3600 * 10**decimals)
    if circle:
        units %= circle * 3600 * 10**decimals
    seconds, fraction = divmod(units, 10**decimals)
    minutes, seconds = divmod(seconds, 60)
    whole, minutes = divmod(minutes, 60)
    return whole, minutes, f"{seconds:02d}" + (f".{fraction:0{decimals}d}" if decimals else "")

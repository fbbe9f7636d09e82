"""Coordinates as people type them: degrees, degrees-minutes-seconds, UTM of either zone."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from cadastre.digits import typed_text
from cadastre.errors import LandError, gettext_noop
from cadastre.geodesy.transform import CoordinatesOutsideCrs, transform_point
from cadastre.geodesy.zones import (
    INDIAN_1975_47N,
    INDIAN_1975_48N,
    THAI_ZONES,
    THAILAND,
    UTM_47N,
    UTM_48N,
    WGS84,
    Bounds,
    utm_srid_of,
    zone_of_srid,
)

LONGEST_TEXT: Final = 200


class CoordinatesUnreadable(LandError):
    """Text that is no position."""

    code = "coordinates_unreadable"
    message = gettext_noop(
        "“{text}” cannot be read as a position. Write latitude and longitude (13.7563, 100.5018), "
        "degrees, minutes and seconds (13°45'23\"N 100°30'06\"E), or UTM easting, northing and "
        "zone (665000 1520000 47)."
    )


class Position(NamedTuple):
    """A place on EPSG:4326, and how it was given."""

    lon: float
    lat: float
    given_srid: int
    given_x: float
    given_y: float


def parse_coordinates(text: str, within: Bounds | None = THAILAND) -> tuple[Position, ...]:
    """Every position the text may mean, most likely first; at least one.

    Two numbers in degrees may come in either order: the order that falls ``within`` wins. UTM
    without a zone gives one candidate per Thai zone that falls ``within``; "Indian 1975" in the
    text reads the metres on that datum. With ``within=None`` any place on earth is taken, and
    degrees are latitude first. Raises `CoordinatesUnreadable`.
    """
    written = typed_text(text[: LONGEST_TEXT + 1])
    if len(text) <= LONGEST_TEXT:
        found = _dms(written) or _degrees(written, within) or _utm(written, within)
        if within is not None:
            found = [place for place in found if within.contains(place.lon, place.lat)]
        if found:
            return tuple(found)
    raise CoordinatesUnreadable(text=text[:80])


_ANGLE = (
    r"(?P<d{i}>\d{{1,3}})\s*(?:°|องศา|d)\s*(?:(?P<m{i}>\d{{1,2}}(?:\.\d+)?)\s*(?:'|ลิปดา|m)\s*)?"
    r"(?:(?P<s{i}>\d{{1,2}}(?:\.\d+)?)\s*(?:\"|''|พิลิปดา|ฟิลิปดา|s)\s*)?(?P<h{i}>[NSEWnsew]|เหนือ|ตะวันออก)?"
)
_DMS = re.compile(
    rf"(?:(?:lat(?:itude)?|ละติจูด)[:\s]*)?{_ANGLE.format(i=1)}[\s,;]*"
    rf"(?:(?:lon(?:gitude)?|ลองจิจูด)[:\s]*)?{_ANGLE.format(i=2)}",
    re.ASCII,
)
_DEGREE = (
    r"(?P<{p}>[NSEWnsew]\s*)?(?P<{n}>[-+]?\d{{1,3}}\.\d{{1,15}})\s*°?\s*"
    r"(?({p})|(?P<{h}>[NSEWnsew])?)"
)
_DEGREES = re.compile(
    rf"(?:(?:lat(?:itude)?|ละติจูด)[:=\s]*)?{_DEGREE.format(n='a', h='ha', p='pa')}\s*[,;\s]\s*"
    rf"(?:(?:lon(?:g|gitude)?|ลองจิจูด)[:=\s]*)?{_DEGREE.format(n='b', h='hb', p='pb')}",
    re.ASCII | re.IGNORECASE,
)


def _dms(text: str) -> list[Position]:
    match = _DMS.fullmatch(text)
    if match is None:
        return []
    values = []
    for i in ("1", "2"):
        minutes, seconds = float(match["m" + i] or 0), float(match["s" + i] or 0)
        if minutes >= 60 or seconds >= 60:
            return []
        values.append(float(match["d" + i]) + minutes / 60 + seconds / 3600)
    thai = {"เหนือ": "N", "ตะวันออก": "E"}
    letters = [thai.get(match["h" + i] or "", (match["h" + i] or "").upper()) for i in "12"]
    return _by_hemisphere(values, letters) or _either_order(values, THAILAND)


def _degrees(text: str, within: Bounds | None) -> list[Position]:
    match = _DEGREES.fullmatch(text)
    if match is None:
        return []
    values = [float(match["a"]), float(match["b"])]
    letters = [(match["p" + i] or match["h" + i] or "").strip().upper() for i in "ab"]
    if any(letters):
        return _by_hemisphere(values, letters)
    return _either_order(values, within)


def _by_hemisphere(values: list[float], letters: list[str]) -> list[Position]:
    signed = [-v if h in {"S", "W"} else v for v, h in zip(values, letters, strict=True)]
    if letters[0] in {"N", "S"} and letters[1] in {"E", "W"}:
        return _position(signed[1], signed[0])
    if letters[0] in {"E", "W"} and letters[1] in {"N", "S"}:
        return _position(signed[0], signed[1])
    return []


def _either_order(values: list[float], within: Bounds | None) -> list[Position]:
    first, second = values
    if within is not None and within.contains(first, second):
        return _position(first, second)
    return _position(second, first)


def _position(lon: float, lat: float) -> list[Position]:
    if -180 <= lon <= 180 and -90 <= lat <= 90:
        return [Position(lon, lat, WGS84, lon, lat)]
    return []


_INDIAN = re.compile(r"\(?\b(?:indian|อินเดียน)\s*(?:1975|75|๒๕๑๘)?\)?", re.IGNORECASE)
_ZONE = re.compile(
    r"(?:utm\s*)?(?:zone|โซน)\s*(?P<zone>\d{2})\s*[nN]?\b|(?<![\d.,])(?P<zone2>4[78])(?![\d.,])\s*[nNpPqQ]?\b",
    re.ASCII | re.IGNORECASE,
)
_METRES = r"(?P<{n}>\d{{6,7}}(?:\.\d{{1,6}})?)\s*(?:m\.?|ม\.?|เมตร)?"
_EN = re.compile(
    rf"[xe]?[:=\s]*{_METRES.format(n='x')}\s*[,;\s/]?\s*[en]?[,;\s]*[yn]?[:=\s]*"
    rf"{_METRES.format(n='y')}\s*n?",
    re.ASCII | re.IGNORECASE,
)


def _utm(text: str, within: Bounds | None) -> list[Position]:
    rest, indian = _INDIAN.subn(" ", text)
    rest = re.sub(r"\butm\b|\bwgs\s*-?84\b", " ", rest, flags=re.IGNORECASE)
    # Thousands commas would read as separators of the pair.
    rest = re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", rest)
    zone = _ZONE.search(rest)
    if zone is not None:
        rest = rest[: zone.start()] + " " + rest[zone.end() :]
    match = _EN.fullmatch(rest.strip(" ,;"))
    if match is None:
        return []
    x, y = float(match["x"]), float(match["y"])
    if x > 1_000_000 > y:  # northing first
        x, y = y, x
    named = int(zone["zone"] or zone["zone2"]) if zone is not None else None
    if named is not None and named not in THAI_ZONES:
        return []
    srids = (INDIAN_1975_47N, INDIAN_1975_48N) if indian else (UTM_47N, UTM_48N)
    found = []
    for srid in srids:
        if named in {None, zone_of_srid(srid)}:
            found += _from_utm(x, y, srid, strict=named is None and within is not None)
    return found


def _from_utm(x: float, y: float, srid: int, *, strict: bool) -> list[Position]:
    """The point, unless it is nowhere; ``strict`` also wants it within 50 km of its zone."""
    try:
        lon, lat = transform_point(x, y, srid, WGS84)
    except CoordinatesOutsideCrs:
        return []
    central = 99 if zone_of_srid(srid) == 47 else 105
    if strict and abs(lon - central) > 3.5:
        return []
    return [Position(lon, lat, srid, x, y)]


def format_dms(lon: float, lat: float, decimals: int = 2) -> str:
    """Degrees, minutes, seconds, latitude first: ``13°45'23.00"N 100°30'06.00"E``."""
    return f"{_angle(lat, 'NS', decimals)} {_angle(lon, 'EW', decimals)}"


def _angle(degrees: float, letters: str, decimals: int) -> str:
    # Rounding comes before splitting, so there is never a 60.00".
    units = round(abs(degrees) * 3600 * 10**decimals)
    seconds, fraction = divmod(units, 10**decimals)
    minutes, seconds = divmod(seconds, 60)
    whole, minutes = divmod(minutes, 60)
    tail = f".{fraction:0{decimals}d}" if decimals else ""
    return f"{whole}°{minutes:02d}'{seconds:02d}{tail}\"{letters[degrees < 0]}"


def format_utm(lon: float, lat: float, srid: int | None = None) -> str:
    """UTM metres with their zone: ``47N 665000.00 1520000.00``."""
    target = srid if srid is not None else utm_srid_of(lon, lat)
    x, y = transform_point(lon, lat, WGS84, target)
    zone = zone_of_srid(target)
    half = "S" if 32701 <= target <= 32760 else "N"
    return f"{zone}{half} {x:.2f} {y:.2f}" if zone else f"EPSG:{target} {x:.2f} {y:.2f}"

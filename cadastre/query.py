"""What somebody typed into the search box: a typed guess, never an error.

A deed number, a map sheet with or without land number, a tax-map code, a position; whatever else is
left is an address. A citizen id is recognised in order not to be searched for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from cadastre.digits import typed_text
from cadastre.errors import LandError
from cadastre.geodesy.coordinates import Position, parse_coordinates
from cadastre.geodesy.zones import THAILAND, Bounds
from cadastre.identifiers import (
    DeedNumber,
    LandNumber,
    MapSheet,
    ParcelCode,
    deed_number,
    land_number,
)

LONGEST_QUERY: Final = 200


@dataclass(frozen=True, slots=True)
class DeedQuery:
    """A deed number; it names a parcel together with province and district."""

    deed_number: DeedNumber


@dataclass(frozen=True, slots=True)
class SheetQuery:
    """A map sheet, and the land number on it when one was given."""

    sheet: MapSheet
    land_number: LandNumber | None = None


@dataclass(frozen=True, slots=True)
class CodeQuery:
    """A parcel, building or sign of the tax map."""

    code: ParcelCode


@dataclass(frozen=True, slots=True)
class PositionQuery:
    """A place, and the other places the same text may mean."""

    position: Position
    alternatives: tuple[Position, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonalNumberQuery:
    """A citizen id was typed. It is not kept: nobody is searched for by it."""


@dataclass(frozen=True, slots=True)
class AddressQuery:
    """Free text, cleaned; empty when nothing was typed."""

    text: str


Query: TypeAlias = (
    DeedQuery | SheetQuery | CodeQuery | PositionQuery | PersonalNumberQuery | AddressQuery
)

# Whatever the check digit says: an id with a slip is somebody's id all the same.
_THIRTEEN_DIGITS = re.compile(r"\d{13}|\d[\s-]\d{4}[\s-]\d{5}[\s-]\d{2}[\s-]\d", re.ASCII)
_HOUSE_NUMBER = re.compile(r"\d+/\d+", re.ASCII)
_LAND_AFTER = re.compile(
    r"(?P<sheet>.+?)[\s,]*(?:เลขที่ดิน|land\s?(?:no\.?|number))[\s:]*(?P<land>\d[\d/]*)", re.IGNORECASE
)
_LAND_BEFORE = re.compile(
    r"(?:เลขที่ดิน|land\s?(?:no\.?|number))[\s:]*(?P<land>\d[\d/]*)[\s,]+(?P<sheet>.+)", re.IGNORECASE
)


def parse_query(text: str, within: Bounds | None = THAILAND) -> Query:
    """Guess what was typed; Thai digits welcome. Text beyond 200 characters is cut off."""
    written = typed_text(text[:LONGEST_QUERY])
    if _THIRTEEN_DIGITS.fullmatch(written):
        return PersonalNumberQuery()
    return (
        _sheet(written)
        or _code(written)
        or _position(written, within)
        or _deed(written)
        or AddressQuery(written)
    )


def _sheet(text: str) -> SheetQuery | None:
    with_land = _LAND_AFTER.fullmatch(text) or _LAND_BEFORE.fullmatch(text)
    try:
        if with_land is None:
            return SheetQuery(MapSheet.parse(text))
        return SheetQuery(MapSheet.parse(with_land["sheet"]), land_number(with_land["land"]))
    except LandError:
        return None


def _code(text: str) -> CodeQuery | None:
    try:
        return CodeQuery(ParcelCode.parse(text))
    except LandError:
        return None


def _position(text: str, within: Bounds | None) -> PositionQuery | None:
    try:
        first, *rest = parse_coordinates(text, within)
    except LandError:
        return None
    return PositionQuery(first, tuple(rest))


def _deed(text: str) -> DeedQuery | None:
    if _HOUSE_NUMBER.fullmatch(text):
        return None
    try:
        return DeedQuery(deed_number(text.replace(",", "")))
    except LandError:
        return None

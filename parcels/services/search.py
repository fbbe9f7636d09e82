"""Finding parcels: one box that understands every way of naming one, and explicit fields.

docs/algorithms/search.md tells what is understood, in which order, and what is never listed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from django.db.models import Q

from cadastre.digits import typed_text
from cadastre.geodesy import Position, format_utm
from cadastre.identifiers import MapSheet as SheetName
from cadastre.identifiers import ParcelCode, deed_number, land_number
from cadastre.moment import Moment
from cadastre.query import (
    AddressQuery,
    CodeQuery,
    DeedQuery,
    PersonalNumberQuery,
    PositionQuery,
    SheetQuery,
    parse_query,
)
from offices.models import AdministrativeArea
from parcels.as_of import Question, parcels_at
from parcels.errors import PersonalNumberNotSearched
from parcels.models import LandUse, MapSheet, Parcel
from parcels.querysets import ParcelQuerySet
from parcels.services.former import Former, former_numbers

MOST_RESULTS = 20
SHORTEST_STREET = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to look at on the map: a position, or the extent of a map sheet.

    ``bounds`` is west, south, east, north in degrees.
    """

    kind: str
    label: str
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and as what the text was understood.

    ``understood_as`` is deed, sheet, code, position, address or nothing. ``more`` says that there
    are more parcels than were told. ``former`` are numbers of the past, with what they are today;
    they are looked for where nothing of today goes by the number.
    """

    understood_as: str
    parcels: list[Parcel] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    more: bool = False
    former: list[Former] = field(default_factory=list)

    @property
    def told(self) -> int:
        """How many parcels it tells, for the visitor's allowance."""
        return len(self.parcels) + sum(1 + len(one.current) for one in self.former)


When = date | Moment
"""A day, for the parcels in force as they are now; or a moment, for the parcels as they were."""


def parcels_search(*, text: str, on: When) -> Found:  # noqa: PLR0911 - a way of naming, a line
    """Understand what was typed and look it up among the parcels in force ``on`` that day.

    Raises `PersonalNumberNotSearched` for a citizen id: nobody is found by who they are.
    """
    query = parse_query(without_controls(text))
    match query:
        case PersonalNumberQuery():
            raise PersonalNumberNotSearched
        case DeedQuery(deed_number=number):
            # A bare number may also stand on somebody's gate.
            found = _numbered("deed", on, lambda parcels: parcels.by_deed(number))
            if found.parcels:
                return found
            at_house = _told("address", on, lambda parcels: parcels.by_address(house_number=number))
            return replace(at_house, former=found.former) if at_house.parcels else found
        case SheetQuery(sheet=sheet, land_number=None):
            return Found("sheet", places=_places_of_sheet(sheet))
        case SheetQuery(sheet=sheet, land_number=str(number)):
            names = _names_of(sheet)
            found = _numbered("sheet", on, lambda parcels: parcels.by_land_number(names, number))
            return found if found.told else Found("sheet", places=_places_of_sheet(sheet))
        case CodeQuery(code=code):
            return _numbered("code", on, lambda parcels: parcels.by_tax_code(str(code.parcel)))
        case PositionQuery(position=first, alternatives=others):
            return _by_positions((first, *others), on)
        case AddressQuery(text=written):
            return _by_address(written, on)
    return Found("nothing")


def without_controls(text: str) -> str:
    """The text with control characters as blanks: PostgreSQL takes no NUL."""
    return "".join(" " if unicodedata.category(c) == "Cc" else c for c in text)


# As people write an id, wherever it stands in the text; a UTM pair of 6 and 7 digits is none.
_PERSONAL_NUMBER = re.compile(r"(?<!\d)\d[\s-]?\d{4}[\s-]?\d{5}[\s-]?\d{2}[\s-]?\d(?!\d)", re.ASCII)


def refuse_personal_number(text: str) -> None:
    """Raise `PersonalNumberNotSearched` where a citizen id stands in the text."""
    if _PERSONAL_NUMBER.search(typed_text(text)):
        raise PersonalNumberNotSearched


def parcels_by_deed(*, number: str, province: str = "", district: str = "", on: When) -> Found:
    """Titles with this number; areas by code or by Thai or English name.

    Raises `DeedNumberInvalid`.
    """
    refuse_personal_number(f"{number}  {province}  {district}")
    districts = None
    if province or district:
        districts = _districts(without_controls(province), without_controls(district))
    deed = deed_number(number)
    return _numbered("deed", on, lambda parcels: parcels.by_deed(deed, districts))


def parcels_by_land_number(*, sheet: str, number: str, on: When) -> Found:
    """The parcel with a land number on a map sheet; MapSheetInvalid, LandNumberInvalid."""
    refuse_personal_number(f"{sheet}  {number}")
    names, land = _names_of(SheetName.parse(sheet)), land_number(number)
    return _numbered("sheet", on, lambda parcels: parcels.by_land_number(names, land))


def parcels_by_tax_code(*, code: str, local_authority: str = "", on: When) -> Found:
    """The parcel of a code on the tax map of a local authority (its code); `ParcelCodeInvalid`."""
    refuse_personal_number(f"{code}  {local_authority}")
    written = str(ParcelCode.parse(code).parcel)
    authority = without_controls(local_authority).strip()
    return _numbered("code", on, lambda parcels: parcels.by_tax_code(written, authority))


def parcel_at(*, lon: float, lat: float, on: When) -> Parcel | None:
    """The parcel under a point; on a common boundary the one registered first."""
    found = parcels_at(on, lambda parcels: parcels.at(lon, lat).order_by("pk"), 1)
    return found[0] if found else None


def _told(understood_as: str, on: When, question: Question, most: int = MOST_RESULTS) -> Found:
    """At most ``most`` parcels that answer, in the order of deed and house numbers."""
    some = parcels_at(on, question, most + 1)
    return Found(understood_as, sorted(some[:most], key=_order), more=len(some) > most)


def _numbered(understood_as: str, on: When, question: Question) -> Found:
    """The parcels that go by a number; where there is none, those that once did."""
    found = _told(understood_as, on, question)
    if found.parcels or isinstance(on, Moment):
        return found
    return replace(found, former=former_numbers(question, on))


def _order(parcel: Parcel) -> tuple[object, ...]:
    numbers = [int(part) for part in re.findall(r"\d{1,9}", parcel.house_number)]
    return parcel.street_th, numbers, parcel.land_number, parcel.pk


# -- by position ------------------------------------------------------------------------------


def _by_positions(positions: tuple[Position, ...], on: When) -> Found:
    """A position may be meant in either zone: wherever a parcel lies is likely the right one."""
    found = [(place, parcel_at(lon=place.lon, lat=place.lat, on=on)) for place in positions]
    if any(parcel for _, parcel in found):
        found = [(place, parcel) for place, parcel in found if parcel]
    return Found(
        "position",
        [parcel for _, parcel in found if parcel],
        [
            Place("position", _label(place), (place.lon, place.lat, place.lon, place.lat))
            for place, _ in found
        ],
    )


def _label(place: Position) -> str:
    if place.given_srid == 4326:
        return f"{place.lat:.6f}, {place.lon:.6f}"
    return format_utm(place.lon, place.lat)


# -- by map sheet -----------------------------------------------------------------------------


def _names_of(sheet: SheetName) -> list[str]:
    """Sheets of a scale that the number does not tell are stored with it, or under a bare name."""
    written = str(sheet)
    return sorted({written, written.partition(" (")[0]})


def _places_of_sheet(sheet: SheetName) -> list[Place]:
    """Sheets by that name that have an extent; nothing is listed from them."""
    sheets = MapSheet.objects.filter(name__in=_names_of(sheet), extent__isnull=False)
    return [
        Place("sheet", f"{one.name} (1:{one.scale:,})", one.extent.extent)
        for one in sheets.order_by("scale")[:5]
        if one.extent is not None
    ]


# -- by address -------------------------------------------------------------------------------

_AREA = re.compile(
    r"(?:^|[\s,]+)(?P<word>ต\.|ตำบล|แขวง|อ\.|อำเภอ|เขต|จ\.|จังหวัด)\s*(?P<name>[^\s,]+)"
)
_LEVELS = {
    "ต.": "sub_district", "ตำบล": "sub_district", "แขวง": "sub_district",
    "อ.": "district", "อำเภอ": "district", "เขต": "district",
    "จ.": "province", "จังหวัด": "province",
}  # fmt: skip
_HOUSE = re.compile(
    r"(?:บ้านเลขที่|เลขที่|no\.?\s)?\s*(?P<house>\d+(?:/\d+)*)[\s,]+(?P<street>\D.*)"
    r"|(?P<street2>\D.*?)[\s,]+(?:บ้านเลขที่|เลขที่|no\.?\s)\s*(?P<house2>\d+(?:/\d+)*)",
    re.IGNORECASE,
)
_HOUSE_ALONE = re.compile(r"(?:บ้านเลขที่|เลขที่)?\s*(?P<house>\d+(?:/\d+)*)")
_SHORT_FORMS = ((re.compile(r"^ถ\.\s*"), "ถนน"), (re.compile(r"^ซ\.\s*"), "ซอย"))


@dataclass(frozen=True, slots=True)
class Address:
    """What a free text says of an address; areas as (level, name)."""

    house_number: str = ""
    street: str = ""
    areas: tuple[tuple[str, str], ...] = ()


def parse_address(text: str) -> Address:
    """House number, street and areas out of ``7/64 ซ.บ้านวังปลา 2 ต.บางม่วง``; Thai digits welcome."""
    written = typed_text(text)
    areas = tuple((_LEVELS[found["word"]], found["name"]) for found in _AREA.finditer(written))
    rest = _AREA.sub(" ", written).strip(" ,")
    if alone := _HOUSE_ALONE.fullmatch(rest):
        return Address(alone["house"], "", areas)
    house, street = "", rest
    if both := _HOUSE.fullmatch(rest):
        house = both["house"] or both["house2"]
        street = both["street"] or both["street2"]
    for pattern, word in _SHORT_FORMS:
        street = pattern.sub(word, street)
    return Address(house, street.strip(" ,"), areas)


def _by_address(text: str, on: When) -> Found:
    refuse_personal_number(text)
    address = parse_address(text)
    if address.street and len(address.street) < SHORTEST_STREET:
        address = Address(address.house_number, "", address.areas)
    if not (address.house_number or address.street):
        return Found("nothing")
    below = [_below([area.code for area in _areas(level, name)]) for level, name in address.areas]

    def asked(parcels: ParcelQuerySet, *, exact: bool) -> ParcelQuerySet:
        for codes in below:
            parcels = parcels.filter(sub_district__in=codes)
        parcels = parcels.exclude(land_use__in=[LandUse.ROAD, LandUse.WATER])
        return parcels.by_address(
            house_number=address.house_number, street=address.street, exact=exact
        )

    # A road by exactly this name comes before those whose names begin so: road 1 before road 12.
    found = _told("address", on, partial(asked, exact=True))
    return found if found.parcels else _told("address", on, partial(asked, exact=False))


# -- areas ------------------------------------------------------------------------------------

_AREA_WORD = re.compile(r"^(?:ต\.|ตำบล|แขวง|อ\.|อำเภอ|เขต|จ\.|จังหวัด)\s*")


def _areas(level: str, name: str) -> list[AdministrativeArea]:
    """Areas of a level by code or by name, with or without the word before it."""
    bare = _AREA_WORD.sub("", typed_text(name))
    named = Q(code=bare) | Q(name_th=bare) | Q(name_en__iexact=bare)
    return list(AdministrativeArea.objects.filter(named, level=level))


def _districts(province: str, district: str) -> list[str]:
    """Codes of the districts meant; none when a name is unknown."""
    areas = AdministrativeArea.objects.filter(level="district")
    if district:
        areas = areas.filter(pk__in=[area.pk for area in _areas("district", district)])
    if province:
        areas = areas.filter(parent__in=[area.pk for area in _areas("province", province)])
    return list(areas.values_list("code", flat=True))


def _below(codes: Iterable[str]) -> list[str]:
    """Codes of the sub-districts in these areas; the code carries the hierarchy."""
    inside = Q(pk__in=[])
    for code in codes:
        inside |= Q(code__startswith=code)
    subs = AdministrativeArea.objects.filter(inside, level="sub_district")
    return list(subs.values_list("code", flat=True))

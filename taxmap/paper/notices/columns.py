"""The calculation sheets ภ.ด.ส.7 (26 columns) and ภ.ด.ส.8 (13 columns), unit by unit.

Every amount comes from the calculation itself: a sheet works nothing out that the engine has not.
docs/algorithms/notices.md, section 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal
from itertools import zip_longest
from typing import Final

from django.utils.translation import gettext

from cadastre.tax import Building, Kind, Line, Property, Schedule, Use
from cadastre.tax.money import percent, plain
from cadastre.tax.valuation import (
    building_value_satang,
    depreciation_of,
    land_value_satang,
    new_value_satang,
    value_satang,
)
from taxmap.models import Structure
from web.formats import format_baht

USE_NUMBERS: Final = {
    Use.AGRICULTURE: 1, Use.MAIN_HOME: 2, Use.RESIDENTIAL: 2, Use.OTHER: 3, Use.VACANT: 4,
}  # fmt: skip
ROOM_USE_NUMBERS: Final = {Use.MAIN_HOME: 1, Use.RESIDENTIAL: 1, Use.OTHER: 2, Use.VACANT: 3}
"""The numbers that the forms give to uses; ภ.ด.ส.8 counts by itself."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """One assessed unit as the sheets need it: what it is, its calculation, its names."""

    number: int
    code: str
    title: str
    """Kind and number of the document: โฉนดที่ดิน 12345."""
    thing: Property
    lines: tuple[Line, ...]
    schedule: Schedule
    building_names: tuple[str, ...] = ()
    joint: str = ""
    """Letter of the group of plots valued as one; empty for a plot by itself."""
    condominium: str = ""
    registration: str = ""
    room: str = ""
    place: str = ""

    @property
    def is_room(self) -> bool:
        return self.thing.kind is Kind.CONDOMINIUM_UNIT

    @property
    def value_satang(self) -> int:
        return sum(line.value_satang for line in self.lines)

    @property
    def tax_satang(self) -> int:
        return sum(line.tax_satang for line in self.lines)


@dataclass(frozen=True, slots=True)
class Sums:
    """What is carried from page to page, in satang."""

    land: int = 0
    buildings: int = 0
    both: int = 0
    share: int = 0
    exempt: int = 0
    taxable: int = 0
    tax: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            *(getattr(self, each.name) + getattr(other, each.name) for each in fields(Sums))
        )


@dataclass(slots=True)
class Row:
    """The cells of one printed row and what it adds to the sums."""

    cells: list[str]
    adds: Sums = field(default_factory=Sums)
    begins: bool = False
    """Whether a unit begins here: a stronger line stands above."""


def rows_7(unit: Assessed) -> Iterator[Row]:
    """The rows of a unit on ภ.ด.ส.7: as many as it has buildings, or uses with their slices."""
    buildings = [
        _building_cells(unit, place, each)
        for place, each in enumerate(unit.thing.buildings)
        if not each.valued_elsewhere
    ]
    uses = [row for line in unit.lines for row in _use_rows(unit, line)]
    whole = value_satang(unit.thing, unit.schedule)
    for place, (building, use) in enumerate(zip_longest(buildings, uses)):
        land, adds = _land_cells(unit) if place == 0 else ([""] * 9, Sums())
        built, more = building or ([""] * 8, Sums())
        used, most = use or ([""] * 8, Sums())
        both, all_of_it = ("", Sums()) if place else (format_baht(whole), Sums(both=whole))
        cells = [*land, *built, both, *used]
        yield Row(cells, adds + more + most + all_of_it, begins=place == 0)


def _land_cells(unit: Assessed) -> tuple[list[str], Sums]:
    """Columns 1-9."""
    name = f"{unit.number} {unit.joint}".strip()
    what = f"{unit.title} ({unit.code})" if unit.title else unit.code
    uses = ", ".join(dict.fromkeys(str(USE_NUMBERS[line.use]) for line in unit.lines))
    land = unit.thing.land
    if land is None:
        return [name, what, uses, *[""] * 6], Sums()
    rai, ngan, wa = land.area.to_rai(Decimal("0.01"))
    value = land_value_satang(land)
    cells = [
        name, what, uses, f"{rai:,}", str(ngan), plain(wa), _grouped(land.area.square_wa),
        format_baht(land.price_per_square_wa_satang), format_baht(value),
    ]  # fmt: skip
    return cells, Sums(land=value)


def _building_cells(unit: Assessed, place: int, building: Building) -> tuple[list[str], Sums]:
    """Columns 10-17."""
    value = building_value_satang(building, unit.schedule)
    lost = depreciation_of(building, unit.schedule)
    named = unit.building_names[place : place + 1]
    cells = [
        str(place + 1), named[0] if named else _structure(building),
        _grouped(building.floor_area_m2), format_baht(building.price_per_m2_satang),
        format_baht(new_value_satang(building)),
        "" if building.age_years is None else str(building.age_years), f"{percent(lost)}%",
        format_baht(value),
    ]  # fmt: skip
    return cells, Sums(buildings=value)


def _structure(building: Building) -> str:
    if building.structure is None:
        return ""
    return str(Structure(building.structure.value).label)


def _use_rows(unit: Assessed, line: Line) -> Iterator[tuple[list[str], Sums]]:
    """Columns 19-26 of one use: share, exemption and base; every slice with its rate and tax."""
    head = [
        str(USE_NUMBERS[line.use]), _measured(unit.thing, line.use), f"{percent(line.share)}%",
        format_baht(line.value_satang), format_baht(line.exemption_satang),
        format_baht(line.taxable_satang),
    ]  # fmt: skip
    adds = Sums(share=line.value_satang, exempt=line.exemption_satang, taxable=line.taxable_satang)
    rates = list(_rates(line))
    if len(rates) == 1:
        _base, rate, tax = rates[0]
        yield [*head, rate, format_baht(tax)], adds + Sums(tax=tax)
        return
    yield [*head, "", ""], adds
    for base, rate, tax in rates:
        yield [*[""] * 5, base, rate, format_baht(tax)], Sums(tax=tax)


def _rates(line: Line) -> Iterator[tuple[str, str, int]]:
    """Base, rate and tax of each slice; then what a reduction takes off."""
    if not line.slices:
        yield "", "", line.tax_satang
        return
    for each in line.slices:
        yield (
            f"({format_baht(each.to_satang - each.from_satang)})",
            f"{percent(each.rate)}%",
            (each.tax_satang),
        )
    if line.reduction_satang:
        yield gettext("reduction"), "", -line.reduction_satang


def _measured(thing: Property, use: Use) -> str:
    """The area measured for a use, in square metres, where it was."""
    used = [*(thing.land.used if thing.land else ())]
    used += [part for each in thing.buildings for part in each.used]
    area = sum((part.area_m2 for part in used if part.use is use), Decimal(0))
    return _grouped(area) if area else ""


def rows_8(unit: Assessed) -> Iterator[Row]:
    """The rows of a condominium unit on ภ.ด.ส.8: one for each use, and for each slice of it."""
    room = unit.thing.buildings[0] if unit.thing.buildings else None
    for place, line in enumerate(unit.lines):
        facts = [""] * 9
        if place == 0:
            facts = [
                f"{unit.number} {unit.joint}".strip(), unit.condominium, unit.registration,
                unit.place, "", unit.room,
                _grouped(room.floor_area_m2) if room else "",
                format_baht(room.price_per_m2_satang) if room else "", "",
            ]  # fmt: skip
        facts[4] = str(ROOM_USE_NUMBERS[line.use])
        facts[8] = format_baht(line.value_satang)
        adds = Sums(
            both=line.value_satang, exempt=line.exemption_satang, taxable=line.taxable_satang
        )
        money = [format_baht(line.exemption_satang), format_baht(line.taxable_satang)]
        rates = list(_rates(line))
        if len(rates) == 1:
            _base, rate, tax = rates[0]
            yield Row([*facts, *money, rate, format_baht(tax)], adds + Sums(tax=tax), place == 0)
            continue
        yield Row([*facts, *money, "", ""], adds, place == 0)
        for base, rate, tax in rates:
            yield Row([*[""] * 10, base, rate, format_baht(tax)], Sums(tax=tax))


def rows_3(unit: Assessed) -> Iterator[Row]:
    """The rows of a unit on ภ.ด.ส.3: what is recorded of it, without price and tax."""
    land = _land_cells(unit)[0]
    ground = [str(unit.number), unit.title, unit.code, unit.place, *land[3:6], _uses(unit, 7)]
    buildings = [
        [each[0], each[1], each[2], each[5]]
        for place, building in enumerate(unit.thing.buildings)
        for each in [_building_cells(unit, place, building)[0]]
    ]
    for place, cells in enumerate(buildings or [[""] * 4]):
        yield Row([*(ground if place == 0 else [""] * 8), *cells], begins=place == 0)


def rows_4(unit: Assessed) -> Iterator[Row]:
    """The row of a condominium unit on ภ.ด.ส.4."""
    room = unit.thing.buildings[0] if unit.thing.buildings else None
    area = _grouped(room.floor_area_m2) if room else ""
    yield Row(
        [str(unit.number), unit.condominium, unit.registration, unit.place, unit.room, area,
         _uses(unit, 8)],
        begins=True,
    )  # fmt: skip


def _uses(unit: Assessed, form: int) -> str:
    """The numbers of the uses, with their shares where there are several."""
    numbers = USE_NUMBERS if form == 7 else ROOM_USE_NUMBERS
    if len(unit.lines) == 1:
        return str(numbers[unit.lines[0].use])
    return ", ".join(f"{numbers[line.use]} ({percent(line.share)}%)" for line in unit.lines)


def _grouped(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

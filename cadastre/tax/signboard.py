"""Signboard tax (ภาษีป้าย), explained line by line (docs/algorithms/signboard-tax.md)."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum
from functools import lru_cache
from typing import Final

from cadastre.tax.dated import Provision, Text, dated
from cadastre.tax.errors import SignNotUpYet, SignWithoutSize
from cadastre.tax.late import months_late
from cadastre.tax.money import EXACT, ZERO, baht_text, baht_written, half_up, percent, plain, satang
from cadastre.tax.schedule import entries, fields, name, number, whole
from cadastre.tax.steps import AnyProvision, Step

QUARTER: Final = 3
"""Months."""


class Lettering(StrEnum):
    """The types of the tariff; ก moves or changes, ข does not."""

    THAI_MOVING = "1ก"
    THAI_STILL = "1ข"
    MIXED_MOVING = "2ก"
    MIXED_STILL = "2ข"
    OTHER_MOVING = "3ก"
    OTHER_STILL = "3ข"


LETTERINGS: Final[Mapping[Lettering, Text]] = {
    Lettering.THAI_MOVING: Text(
        "อักษรไทยล้วน เคลื่อนที่หรือเปลี่ยนข้อความได้", "Thai letters only, moving or changing"
    ),
    Lettering.THAI_STILL: Text("อักษรไทยล้วน", "Thai letters only"),
    Lettering.MIXED_MOVING: Text(
        "อักษรไทยปนอักษรต่างประเทศ ภาพ หรือเครื่องหมายอื่น เคลื่อนที่หรือเปลี่ยนข้อความได้",
        "Thai with other letters or pictures, moving or changing",
    ),
    Lettering.MIXED_STILL: Text(
        "อักษรไทยปนอักษรต่างประเทศ ภาพ หรือเครื่องหมายอื่น", "Thai with other letters or pictures"
    ),
    Lettering.OTHER_MOVING: Text(
        "ไม่มีอักษรไทย หรืออักษรไทยอยู่ใต้อักษรต่างประเทศ เคลื่อนที่หรือเปลี่ยนข้อความได้",
        "no Thai letters, or Thai below others, moving or changing",
    ),
    Lettering.OTHER_STILL: Text(
        "ไม่มีอักษรไทย หรืออักษรไทยอยู่ใต้อักษรต่างประเทศ", "no Thai letters, or Thai below others"
    ),
}


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: its type, its greatest width and height in centimetres, its sides.

    ``installed_on`` None is a sign that stood before the tax year. ``place`` is the caller's
    reference, shown and never read.
    """

    lettering: Lettering
    width_cm: Decimal | int
    height_cm: Decimal | int
    sides: int = 1
    installed_on: date | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class SignAssessment:
    """The tax of one sign for one year, and how it came about."""

    sign: Sign
    tax_year: int
    tax_satang: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class LateSign:
    """What is added to a sign's tax; ``months`` counts begun months of late payment."""

    tax_satang: int
    late_filing_satang: int
    months: int
    surcharge_satang: int

    @property
    def total_satang(self) -> int:
        return self.tax_satang + self.late_filing_satang + self.surcharge_satang


@dataclass(frozen=True, slots=True)
class SignLaw:
    """The provisions of one tax year."""

    rate: Provision[Mapping[Lettering, int]]
    area: Provision[tuple[Decimal, Decimal]]
    least: Provision[int]
    first_year: Provision[tuple[Decimal, ...]]
    sides: Provision[str]


@lru_cache(maxsize=64)
def sign_law(tax_year: int) -> SignLaw:
    """The law of ``tax_year`` (common era); `NotInForceYet` before 2021."""
    day = date(tax_year, 1, 1)
    return SignLaw(
        rate=dated("signboard/rate", _rates).on(day),
        area=dated("signboard/area", _areas).on(day),
        least=dated("signboard/least", lambda raw: satang(number(raw))).on(day),
        first_year=dated("signboard/first_year", _quarters).on(day),
        sides=dated("signboard/sides", name).on(day),
    )


def assess_signboard(sign: Sign, tax_year: int) -> SignAssessment:
    """The tax of a sign for ``tax_year`` (common era).

    Raises `SignWithoutSize`, `SignNotUpYet` for a sign of a later year, and `NotInForceYet`
    before 2021.
    """
    if min(sign.width_cm, sign.height_cm, sign.sides) <= 0:
        raise SignWithoutSize(width=sign.width_cm, height=sign.height_cm, sides=sign.sides)
    if sign.installed_on is not None and sign.installed_on.year > tax_year:
        raise SignNotUpYet(day=sign.installed_on.isoformat(), year=tax_year)
    with localcontext(EXACT):
        steps = tuple(_steps(sign, tax_year, sign_law(tax_year)))
    return SignAssessment(sign, tax_year, satang(Decimal(steps[-1].result)), steps)


def late_sign(
    *,
    tax_satang: int,
    tax_year: int,
    filed_late: bool,
    due_on: date | None = None,
    paid_on: date | None = None,
) -> LateSign:
    """Additions for late filing and late payment, each a part of the tax.

    Neither bears the other. Without the two days nothing is counted as paid late.
    """
    rule = fields(dated("signboard/late", fields).on(date(tax_year, 1, 1)).value)
    months = months_late(due_on, paid_on) if due_on and paid_on else 0
    with localcontext(EXACT):
        filing = tax_satang * number(rule["late_filing"]) if filed_late else ZERO
        return LateSign(
            tax_satang=tax_satang,
            late_filing_satang=half_up(filing),
            months=months,
            surcharge_satang=half_up(tax_satang * number(rule["per_month"]) * months),
        )


def days_of_signs(tax_year: int) -> tuple[int, int]:
    """The month by whose end signs are declared, and the days to pay after the assessment."""
    given = fields(dated("signboard/days", fields).on(date(tax_year, 1, 1)).value)
    return whole(given["declare_by_month"]), whole(given["pay_within"])


def _steps(sign: Sign, tax_year: int, law: SignLaw) -> Iterator[Step]:
    units = yield from _units(sign, law)
    rate = law.rate.value[sign.lettering]
    tax = units * rate
    kind = LETTERINGS[sign.lettering]
    yield _amount_step(
        sign,
        Text(
            f"ป้ายประเภท {sign.lettering} ({kind.th}) หน่วยละ {baht_written(rate)} บาท "
            f"รวม {units} หน่วย เป็นภาษี {baht_written(tax)} บาท",
            f"Type {sign.lettering} ({kind.en}): {units} units × {baht_written(rate)} baht "
            f"= {baht_written(tax)} baht.",
        ),
        law.rate,
        formula="units × rate",
        inputs={"units": str(units), "rate": baht_text(rate)},
        result=tax,
    )
    if sign.installed_on is not None and sign.installed_on.year == tax_year:
        tax = yield from _part_of_year(sign, sign.installed_on, tax, law)
    least = law.least.value
    if tax < least:
        yield _amount_step(
            sign,
            Text(
                f"ต่ำกว่าภาษีขั้นต่ำ จึงเก็บภาษี {baht_written(least)} บาท",
                f"Below the least tax of a sign: {baht_written(least)} baht.",
            ),
            law.least,
            formula="max(tax, least)",
            inputs={"tax": baht_text(tax), "least": baht_text(least)},
            result=least,
        )
    tax = max(tax, least)
    if sign.sides > 1:
        tax *= sign.sides
        yield _amount_step(
            sign,
            Text(
                f"ป้าย {sign.sides} ด้าน เป็นภาษี {baht_written(tax)} บาท",
                f"{sign.sides} sides: {baht_written(tax)} baht.",
            ),
            law.sides,
            formula="tax × sides",
            inputs={"tax": baht_text(tax // sign.sides), "sides": str(sign.sides)},
            result=tax,
        )


def _units(sign: Sign, law: SignLaw) -> Generator[Step, None, int]:
    """Yields the steps to the taxed units, and returns their number."""
    unit, dropped = law.area.value
    width, height = Decimal(sign.width_cm), Decimal(sign.height_cm)
    area = width * height
    yield Step(
        f"กว้าง {plain(width)} ซม. ยาวหรือสูง {plain(height)} ซม. พื้นที่ {plain(area)} ตารางเซนติเมตร",
        f"{plain(width)} cm × {plain(height)} cm = {plain(area)} cm².",
        (law.area,),
        "width × height",
        {"width": plain(width), "height": plain(height)},
        plain(area),
        sign.place,
    )
    units, rest = divmod(area, unit)
    units += rest > dropped
    yield Step(
        f"คิดเป็น {units} หน่วย หน่วยละ {plain(unit)} ตารางเซนติเมตร "
        f"(เศษไม่เกิน {plain(dropped)} ตารางเซนติเมตรปัดทิ้ง เกินกว่านั้นนับเป็นหนึ่งหน่วย)",
        f"{units} units of {plain(unit)} cm²; a remainder up to {plain(dropped)} cm² is dropped, "
        "a greater one is a unit.",
        (law.area,),
        "max(0, ceil((area − dropped) ÷ unit))",
        {"area": plain(area), "dropped": plain(dropped), "unit": plain(unit)},
        str(int(units)),
        sign.place,
    )
    return int(units)


def _part_of_year(
    sign: Sign, installed: date, tax: int, law: SignLaw
) -> Generator[Step, None, int]:
    """Yields the step of a sign that was put up during the year, and returns what is left."""
    quarter = (installed.month - 1) // QUARTER
    part = law.first_year.value[quarter]
    left = half_up(tax * part)
    yield _amount_step(
        sign,
        Text(
            f"ติดตั้งในไตรมาสที่ {quarter + 1} ของปี คิดร้อยละ {percent(part)} ของภาษีทั้งปี "
            f"เป็นภาษี {baht_written(left)} บาท",
            f"Put up in quarter {quarter + 1}: {percent(part)} % of the year, "
            f"{baht_written(left)} baht.",
        ),
        law.first_year,
        formula="round(tax × part)",
        inputs={"tax": baht_text(tax), "part": plain(part)},
        result=left,
    )
    return left


def _amount_step(
    sign: Sign,
    words: Text,
    provision: AnyProvision,
    *,
    formula: str,
    inputs: Mapping[str, str],
    result: int,
) -> Step:
    return Step(words.th, words.en, (provision,), formula, inputs, baht_text(result), sign.place)


def _rates(raw: object) -> Mapping[Lettering, int]:
    given = {Lettering(key): satang(number(value)) for key, value in fields(raw).items()}
    if set(given) != set(Lettering):
        raise ValueError("every type of sign has a rate")
    return given


def _areas(raw: object) -> tuple[Decimal, Decimal]:
    given = fields(raw)
    return number(given["unit"]), number(given["dropped"])


def _quarters(raw: object) -> tuple[Decimal, ...]:
    parts = tuple(number(each) for each in entries(raw))
    if len(parts) != 4:
        raise ValueError("a year has four quarters")
    return parts

"""The tax of one owner's properties in one local authority (algorithm, sections 2-5).

One implementation for a citizen's estimate and for a roll: plain values in, plain values out;
words are made only when asked for (`cadastre.tax.explanation`).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import NamedTuple

from cadastre.tax.checks import problems_of
from cadastre.tax.errors import InvalidDeclaration
from cadastre.tax.model import (
    ExemptionOrder,
    Kind,
    Line,
    Owner,
    Policy,
    Property,
    Slice,
    TaxClass,
    Use,
    UsePart,
)
from cadastre.tax.money import EXACT, ONE, ZERO, apportion, half_up
from cadastre.tax.schedule import Bracket, Schedule, Vacancy
from cadastre.tax.valuation import value_satang


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was asked, under which law, and the lines that answer it."""

    owner: Owner
    properties: tuple[Property, ...]
    schedule: Schedule
    policy: Policy
    lines: tuple[Line, ...]

    @property
    def tax_satang(self) -> int:
        return sum(line.tax_satang for line in self.lines)


class _Part(NamedTuple):
    """One use of one property, valued and classified, before exemption."""

    property_index: int
    of: Property
    part: UsePart
    tax_class: TaxClass
    value_satang: int


def assess_properties(
    owner: Owner,
    properties: Sequence[Property],
    schedule: Schedule,
    policy: Policy | None = None,
) -> Assessment:
    """Assess everything that one owner has in one local authority in one tax year.

    ``policy`` defaults to the schedule's. Raises `InvalidDeclaration` with every contradiction
    found; its paths start at ``properties``.
    """
    if problems := list(problems_of(owner, properties, schedule)):
        raise InvalidDeclaration(problems)
    policy = policy or schedule.policy.value
    with localcontext(EXACT):
        parts = [
            part
            for index, thing in enumerate(properties)
            for part in _parts_of(owner, index, thing, schedule)
        ]
        exemptions = allocate_exemptions(owner, parts, schedule, policy)
        lines = _lines(parts, exemptions, schedule, policy)
    return Assessment(owner, tuple(properties), schedule, policy, lines)


def classify(owner: Owner, thing: Property, use: Use) -> TaxClass:
    """The class of the law for a declared use; a main home that does not qualify is a dwelling."""
    if use is not Use.MAIN_HOME:
        return TaxClass(use.value)
    if owner is not Owner.INDIVIDUAL or not thing.in_house_registration or thing.kind is Kind.LAND:
        return TaxClass.RESIDENTIAL
    if thing.kind is Kind.BUILDING:
        return TaxClass.MAIN_HOME_BUILDING
    return TaxClass.MAIN_HOME


def allocate_exemptions(
    owner: Owner, parts: Sequence[_Part], schedule: Schedule, policy: Policy
) -> list[int]:
    """The exempt satang of each part (section 3)."""
    if owner is Owner.STATE:
        return [part.value_satang for part in parts]
    exempt = [0] * len(parts)
    if owner is not Owner.INDIVIDUAL:
        return exempt
    fields: list[int] = []
    for index, part in enumerate(parts):
        if part.tax_class is TaxClass.AGRICULTURE:
            fields.append(index)
        elif part.tax_class in schedule.exemptions:
            amount = schedule.exemptions[part.tax_class].value
            exempt[index] = _at_most(part.value_satang, amount)
    amount = schedule.exemptions[TaxClass.AGRICULTURE].value
    shares = _share_out([parts[i].value_satang for i in fields], amount, policy.exemption_order)
    for index, share in zip(fields, shares, strict=True):
        exempt[index] = share
    return exempt


def vacancy_addition(years_vacant: int, rule: Vacancy) -> Decimal:
    """What the ``years_vacant``-th year without use adds to the rate (section 43)."""
    return rule.step * (max(years_vacant - 1, 0) // rule.every_years)


def slice_base(
    brackets: Sequence[Bracket],
    taxable_satang: int,
    *,
    offset_satang: int = 0,
    addition: Decimal = ZERO,
    cap: Decimal = ONE,
) -> tuple[tuple[Slice, ...], Decimal]:
    """Cut a taxable base at the slices; the slices, and their exact tax in satang.

    ``offset_satang`` is where the base begins when earlier lines of a joint base lie below it.
    The tax shown for each slice is a difference of rounded running totals, so that the slices
    add up to the rounded tax.
    """
    end = offset_satang + taxable_satang
    slices: list[Slice] = []
    exact, written = ZERO, 0
    for place, bracket in enumerate(brackets):
        low = max(bracket.above_satang, offset_satang)
        above = brackets[place + 1].above_satang if place + 1 < len(brackets) else end
        high = min(above, end)
        if high <= low:
            continue
        rate = min(bracket.rate + addition, cap)
        exact += (high - low) * rate
        total = half_up(exact)
        slices.append(Slice(low, high, rate, total - written))
        written = total
    return tuple(slices), exact


def _parts_of(owner: Owner, index: int, thing: Property, schedule: Schedule) -> list[_Part]:
    value = value_satang(thing, schedule)
    values = apportion(value, [use.share for use in thing.uses]) if thing.is_mixed else [value]
    return [
        _Part(index, thing, use, classify(owner, thing, use.use), part)
        for use, part in zip(thing.uses, values, strict=True)
    ]


def _share_out(values: list[int], amount: int | None, order: ExemptionOrder) -> list[int]:
    """Give out ``amount`` among ``values``, none more than it is worth."""
    total = sum(values)
    if amount is None or total <= amount:
        return values
    if order is ExemptionOrder.IN_PROPORTION:
        return apportion(amount, values)
    ranks = range(len(values))
    if order is ExemptionOrder.HIGHEST_VALUE_FIRST:
        turns: Sequence[int] = sorted(ranks, key=lambda index: -values[index])
    else:
        turns = ranks
    shares = [0] * len(values)
    for index in turns:
        shares[index] = min(values[index], amount)
        amount -= shares[index]
    return shares


def _at_most(value: int, amount: int | None) -> int:
    return value if amount is None else min(value, amount)


def _lines(
    parts: Sequence[_Part], exemptions: Sequence[int], schedule: Schedule, policy: Policy
) -> tuple[Line, ...]:
    lines: list[Line] = []
    stacked: dict[Hashable, int] = {}
    for part, exemption in zip(parts, exemptions, strict=True):
        addition = ZERO
        if part.tax_class is TaxClass.VACANT:
            addition = vacancy_addition(part.of.years_vacant, schedule.vacancy.value)
        base = _joint_base(part, policy)
        offset = stacked.get((base, part.tax_class, addition), 0) if base else 0
        line = _line(part, exemption, addition, offset, schedule)
        if base:
            stacked[base, part.tax_class, addition] = offset + line.taxable_satang
        lines.append(line)
    return tuple(lines)


def _joint_base(part: _Part, policy: Policy) -> Hashable:
    """What lines must share to be sliced as one base; None for a base of its own."""
    if policy.joint_agriculture and part.tax_class is TaxClass.AGRICULTURE:
        return TaxClass.AGRICULTURE
    return ("joint", part.of.joint_base) if part.of.joint_base else None


def _line(part: _Part, exemption: int, addition: Decimal, offset: int, schedule: Schedule) -> Line:
    slices, exact = slice_base(
        schedule.rates[part.tax_class].value,
        part.value_satang - exemption,
        offset_satang=offset,
        addition=addition,
        cap=schedule.vacancy.value.cap,
    )
    relief = part.of.relief
    if relief is not None:
        rule = schedule.reliefs[relief].value
        relief = relief if part.part.use in rule.uses else None
        exact *= ONE - rule.part if relief else ONE
    exact *= ONE - schedule.every_property.value
    return Line(
        property_index=part.property_index,
        use=part.part.use,
        share=part.part.share,
        tax_class=part.tax_class,
        value_satang=part.value_satang,
        exemption_satang=exemption,
        vacancy_addition=addition,
        slices=slices,
        relief=relief,
        exact_tax_satang=exact,
        tax_satang=payable(exact),
    )


def payable(exact_satang: Decimal) -> int:
    """The tax of a line, rounded once: whole satang, half up."""
    return half_up(exact_satang)

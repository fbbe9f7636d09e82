"""The tax of one owner's properties in one local authority (algorithm, sections 2-5).

One implementation for a citizen's estimate and for a roll: plain values in, plain values out;
words are made only when asked for (`cadastre.tax.explanation`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import groupby
from typing import NamedTuple

from cadastre.tax.bases import base_of, bases_of, classify
from cadastre.tax.checks import problems_of
from cadastre.tax.division import values_by_use
from cadastre.tax.errors import InvalidDeclaration
from cadastre.tax.exemption import Exempted, Part, allocate_exemptions
from cadastre.tax.model import (
    Line,
    Owner,
    Policy,
    Property,
    Relief,
    Slice,
    TaxClass,
)
from cadastre.tax.money import EXACT, ONE, ZERO, half_up
from cadastre.tax.reduction import Reduced, reduced, reduces
from cadastre.tax.schedule import Bracket, Schedule, Vacancy


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
    if problems := list(problems_of(owner, properties, schedule, policy)):
        raise InvalidDeclaration(problems)
    return calculated(owner, properties, schedule, policy or schedule.policy.value)


def calculated(
    owner: Owner, properties: Sequence[Property], schedule: Schedule, policy: Policy
) -> Assessment:
    """`assess_properties` for facts that were checked, or are hypothetical (a comparison)."""
    with localcontext(EXACT):
        parts = list(_parts(owner, properties, schedule, policy))
        exemptions = allocate_exemptions(owner, parts, schedule, policy)
        taxed = _taxed(parts, exemptions, schedule, policy)
        lines = tuple(_rounded(taxed, policy))
    return Assessment(owner, tuple(properties), schedule, policy, lines)


def vacancy_addition(years_vacant: int, rule: Vacancy) -> Decimal:
    """What the ``years_vacant``-th year without use adds to the rate (section 43)."""
    return rule.step * (max(years_vacant - 1, 0) // rule.every_years)


def slice_base(
    brackets: Sequence[Bracket],
    taxable_satang: int,
    *,
    offset_satang: int = 0,
    exact_before: Decimal = ZERO,
    addition: Decimal = ZERO,
    cap: Decimal = ONE,
) -> tuple[tuple[Slice, ...], Decimal]:
    """Cut a taxable base at the slices; the slices, and their exact tax in satang.

    ``offset_satang`` and ``exact_before`` are where the base begins when earlier lines of a joint
    base lie below it, and their tax. The tax shown for each slice is a difference of rounded
    running totals, so that the slices add up to the rounded tax.
    """
    end = offset_satang + taxable_satang
    slices: list[Slice] = []
    exact, written = ZERO, half_up(exact_before) if exact_before else 0
    for place, bracket in enumerate(brackets):
        low = max(bracket.above_satang, offset_satang)
        above = brackets[place + 1].above_satang if place + 1 < len(brackets) else end
        high = min(above, end)
        if high <= low:
            continue
        rate = min(bracket.rate + addition, cap)
        exact += (high - low) * rate
        total = half_up(exact_before + exact)
        slices.append(Slice(low, high, rate, total - written))
        written = total
    return tuple(slices), exact


def payable(exact_satang: Decimal) -> int:
    """The tax of a base, rounded once: whole satang, half up."""
    return half_up(exact_satang)


class _Taxed(NamedTuple):
    """A part with its slices and its exact tax after reductions, not yet rounded."""

    part: Part
    exempted: Exempted
    addition: Decimal
    slices: tuple[Slice, ...]
    gross_before: Decimal
    relief: Relief | None
    exact: Decimal
    old_tax: int | None


def _parts(
    owner: Owner, properties: Sequence[Property], schedule: Schedule, policy: Policy
) -> Iterator[Part]:
    division = policy.land_division or schedule.land_division.value
    bases = bases_of(properties)
    for index, thing in enumerate(properties):
        base = base_of(index, thing)
        for use, share, value in values_by_use(thing, schedule, division):
            tax_class = classify(owner, thing, bases[base], use, schedule)
            yield Part(index, thing, base, use, share, tax_class, value)


def _taxed(
    parts: Sequence[Part], exemptions: Sequence[Exempted], schedule: Schedule, policy: Policy
) -> list[_Taxed]:
    """Slices of every part, then what reductions leave of the tax of each property."""
    sliced: list[_Taxed] = []
    below: dict[Hashable, tuple[int, Decimal]] = {}
    rule = schedule.vacancy.value
    for part, exempted in zip(parts, exemptions, strict=True):
        vacant = part.tax_class is TaxClass.VACANT
        addition = vacancy_addition(part.of.years_vacant, rule) if vacant else ZERO
        scale = _scale(part, addition, policy)
        offset, before = below.get(scale, (0, ZERO)) if scale else (0, ZERO)
        taxable = part.value_satang - exempted.satang
        slices, exact = slice_base(
            schedule.rates[part.tax_class].value,
            taxable,
            offset_satang=offset,
            exact_before=before,
            addition=addition,
            cap=rule.cap,
        )
        if scale:
            below[scale] = (offset + taxable, before + exact)
        sliced.append(_Taxed(part, exempted, addition, slices, before, None, exact, None))
    if not reduces(schedule, parts):
        return sliced
    return [
        each._replace(relief=left.relief, exact=left.exact, old_tax=left.old_tax_satang)
        for _index, group in groupby(sliced, key=lambda each: each.part.property_index)
        for each, left in _reduced(list(group), schedule)
    ]


def _reduced(lines: list[_Taxed], schedule: Schedule) -> Iterator[tuple[_Taxed, Reduced]]:
    thing = lines[0].part.of
    taxes = [(each.part.use, each.exact) for each in lines]
    return zip(lines, reduced(thing, taxes, schedule), strict=True)


def _scale(part: Part, addition: Decimal, policy: Policy) -> Hashable:
    """What lines must share to lie on one scale of slices; None for a scale of its own."""
    if policy.joint_agriculture and part.tax_class is TaxClass.AGRICULTURE:
        return TaxClass.AGRICULTURE
    return (part.base, part.tax_class, addition) if part.of.joint_base else None


def _rounded(taxed: Sequence[_Taxed], policy: Policy) -> Iterator[Line]:
    """The lines; those of one scale round their tax once, each taking its difference."""
    before: dict[Hashable, Decimal] = {}
    for each in taxed:
        scale = _scale(each.part, each.addition, policy)
        low = before.get(scale, ZERO) if scale else ZERO
        high = low + each.exact
        if scale:
            before[scale] = high
        yield _line(each, low, payable(high) - payable(low) if low else payable(high))


def _line(taxed: _Taxed, tax_before: Decimal, tax: int) -> Line:
    part = taxed.part
    return Line(
        property_index=part.property_index,
        use=part.use,
        share=part.share,
        tax_class=part.tax_class,
        value_satang=part.value_satang,
        exemption_satang=taxed.exempted.satang,
        vacancy_addition=taxed.addition,
        slices=_at_least(taxed.slices, tax),
        relief=taxed.relief,
        exact_tax_satang=taxed.exact,
        tax_satang=tax,
        old_tax_satang=taxed.old_tax,
        exemption_left_satang=taxed.exempted.left,
        gross_before_satang=taxed.gross_before,
        tax_before_satang=tax_before,
    )


def _at_least(slices: tuple[Slice, ...], tax: int) -> tuple[Slice, ...]:
    """Slices that show no less than the tax.

    On a joint base the running totals before and after a reduction may round apart; where the
    reduction itself is below a satang, the missing satang is shown with the last slice.
    """
    short = tax - sum(each.tax_satang for each in slices)
    if short <= 0:
        return slices
    last = slices[-1]
    return (*slices[:-1], last._replace(tax_satang=last.tax_satang + short))

"""The tax of many properties at once, in columns of 64-bit integers, exact to the satang.

No law of its own: every rate is read from the schedule, and what the law makes of a use (its
class, its exemption) is asked of `assess_properties` when the tables are made. What couples
properties otherwise than by a joint base (an agricultural exemption that is not enough, a home with
plots joined to it) or would not fit 63 bits is marked as not ``simple`` and left to
`assess_properties`. docs/algorithms/roll.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cadastre.area import SQUARE_METRES_PER_SQUARE_WA
from cadastre.tax.assessment import assess_properties, vacancy_addition
from cadastre.tax.errors import InvalidDeclaration
from cadastre.tax.model import Kind, Owner, Policy, Property, Structure, TaxClass, Use, UsePart
from cadastre.tax.money import ONE
from cadastre.tax.schedule import Schedule

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

OWNERS: Final = tuple(Owner)
KINDS: Final = tuple(Kind)
USES: Final = tuple(Use)
CLASSES: Final = tuple(TaxClass)
STRUCTURES: Final = tuple(Structure)
AREA_SCALE: Final = 10_000
"""Areas are counted in ten-thousandths of a square metre."""
SHARE_SCALE: Final = 1_000_000
"""Shares of use are counted in millionths: per cent with four decimals."""
_ROOM: Final = 2**61
"""No intermediate figure passes this; twice it still fits."""
_MOST: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Units:
    """Properties as columns, ordered by taxpayer; codes are places in the tuples above.

    ``area`` and ``price`` are the land (0 without land). Those with the same ``joint`` number are
    valued as one; 0 is by itself.
    Uses and buildings are ordered by ``use_unit`` and ``building_unit``, the row of their property;
    a building without structure (-1) does not lose value. Every property has a use.
    """

    taxpayer: Ints
    owner: Ints
    kind: Ints
    registered: Bools
    years_vacant: Ints
    area: Ints
    price: Ints
    joint: Ints
    use_unit: Ints
    use: Ints
    share: Ints
    building_unit: Ints
    structure: Ints
    floor_area: Ints
    floor_price: Ints
    age: Ints

    def __len__(self) -> int:
        return len(self.taxpayer)


@dataclass(frozen=True, slots=True)
class Figures:
    """Satang of each property. Where ``simple`` is false they mean nothing."""

    value: Ints
    exemption: Ints
    tax: Ints
    simple: Bools


@dataclass(frozen=True, slots=True)
class _Law:
    """A schedule as tables of integers."""

    class_of: Ints  # owner, registered, kind, use
    exempt: Ints  # the same; _MOST for all of it
    low: Ints  # class, bracket
    high: Ints
    rate: Ints
    addition: Ints  # by years vacant
    step_years: int  # of vacancy, until the next addition; 0 where there is none
    cap: int
    kept: int  # of the tax, after the yearly reduction
    tax_scale: int
    worth: Ints  # structure, age: what is left of a building
    worth_scale: int
    largest_value: int
    farms_are_joint: bool


def assess_columns(units: Units, schedule: Schedule, policy: Policy | None = None) -> Figures:
    """Value, exempt value and tax of every property that stands by itself."""
    law = _law_of(schedule, policy or schedule.policy.value)
    value, fits = _values(units, law)
    fits &= value <= law.largest_value
    value = np.where(fits, value, 0)
    parts = _shares_of(value, units)
    of_unit = units.use_unit
    registered = units.registered.astype(np.int64)
    case = (units.owner[of_unit], registered[of_unit], units.kind[of_unit], units.use)
    tax_class, most = law.class_of[case], law.exempt[case]
    farm = tax_class == CLASSES.index(TaxClass.AGRICULTURE)
    exempt = np.minimum(parts, most)
    added = _additions(tax_class, units.years_vacant[of_unit], law)
    unused = _unused_steps(tax_class, units.years_vacant[of_unit], law)
    start, end = _stacked(parts - exempt, (unused, tax_class, units.joint[of_unit]))
    tax = _tax(end, tax_class, added, law)
    joint = np.flatnonzero(units.joint[of_unit])
    tax[joint] -= _tax(start[joint], tax_class[joint], added[joint], law)
    # A farm that does not fit is worth more than any exemption: it leaves none to the others.
    wanted = np.where(fits[of_unit], parts, law.largest_value)
    apart = _coupled_farms(units, wanted, farm, most, law) | (end > law.largest_value)
    # A house that is joined to other plots makes homes of them: that is for the engine.
    apart |= (units.use == USES.index(Use.MAIN_HOME)) & (units.joint[of_unit] != 0)
    simple = fits & ~_any_of(apart, units)
    simple &= ~np.isin(units.joint, np.setdiff1d(units.joint[~simple], [0]))
    return Figures(value, _total(exempt, units), _total(tax, units), simple)


def _law_of(schedule: Schedule, policy: Policy) -> _Law:
    rates = [schedule.rates[each].value for each in CLASSES]
    rule = schedule.vacancy.value
    every = [bracket.rate for scale in rates for bracket in scale]
    rate_scale = _scale([*every, rule.step, rule.cap])
    kept_scale = _scale([schedule.every_property.value])
    depth = max(map(len, rates))
    low, high, rate = (np.zeros((len(CLASSES), depth), np.int64) for _ in range(3))
    for place, scale in enumerate(rates):
        bounds = [bracket.above_satang for bracket in scale]
        low[place, : len(scale)] = bounds
        high[place, : len(scale)] = [*bounds[1:], _MOST]
        rate[place, : len(scale)] = [int(bracket.rate * rate_scale) for bracket in scale]
    additions, years = [0], 0
    while additions[-1] < int(rule.cap * rate_scale) and rule.step:
        years += 1
        additions.append(int(vacancy_addition(years, rule) * rate_scale))
    cap, kept = int(rule.cap * rate_scale), int((ONE - schedule.every_property.value) * kept_scale)
    tables = [schedule.depreciation[each].value for each in STRUCTURES]
    worth_scale = _scale([part for table in tables for part in table])
    longest = max(map(len, tables))
    worth = [
        [int((ONE - t[min(a, len(t) - 1)]) * worth_scale) for a in range(longest)] for t in tables
    ]
    class_of, exempt = _cases(schedule)
    return _Law(
        class_of=class_of, exempt=exempt,
        low=low, high=high, rate=rate,
        addition=np.array(additions, np.int64), cap=cap, kept=kept,
        step_years=rule.every_years if rule.step else 0,
        tax_scale=rate_scale * kept_scale,
        worth=np.array([*worth, [worth_scale] * longest], np.int64), worth_scale=worth_scale,
        largest_value=_ROOM // max(SHARE_SCALE, cap * kept_scale, rate_scale * kept_scale),
        farms_are_joint=policy.joint_agriculture,
    )  # fmt: skip


def _scale(numbers: list[Decimal]) -> int:
    """The power of ten that makes them all whole."""
    return int(10 ** max(-min(int(each.as_tuple().exponent), 0) for each in numbers))


def _cases(schedule: Schedule) -> tuple[Ints, Ints]:
    """Class and exemption of one use of one property, of every owner, registration and kind."""
    shape = (len(OWNERS), 2, len(KINDS), len(USES))
    class_of, exempt = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for at in np.ndindex(shape):
        thing = Property(
            KINDS[at[2]], (UsePart(USES[at[3]]),), appraised_value_satang=_ROOM,
            in_house_registration=bool(at[1]),
        )  # fmt: skip
        try:
            (line,) = assess_properties(OWNERS[at[0]], [thing], schedule).lines
        except InvalidDeclaration:  # nobody but a person is registered in a house
            class_of[at], exempt[at] = (
                class_of[at[0], 0, at[2], at[3]],
                exempt[at[0], 0, at[2], at[3]],
            )
            continue
        class_of[at] = CLASSES.index(line.tax_class)
        exempt[at] = _MOST if not line.taxable_satang else line.exemption_satang
    return class_of, exempt


def _half_up(numerator: Ints, scale: int) -> Ints:
    """Whole units of ``numerator / scale``, half up; nothing is negative."""
    return np.asarray((2 * numerator + scale) // (2 * scale), np.int64)


def _product(*factors: Ints) -> tuple[Ints, Bools]:
    """The product, 0 where it would pass `_ROOM`; and where it does not."""
    guess = np.ones(len(factors[0]))
    for each in factors:
        guess = guess * each
    fits = guess < _ROOM
    exact = np.where(fits, factors[0], 0)
    for each in factors[1:]:
        exact = exact * np.where(fits, each, 0)
    return exact, fits


def _values(units: Units, law: _Law) -> tuple[Ints, Bools]:
    """Land and buildings, each rounded once; and which of them fit."""
    exact, fits = _product(units.area, units.price)
    value = _half_up(exact, SQUARE_METRES_PER_SQUARE_WA * AREA_SCALE)
    worth = law.worth[units.structure, np.minimum(units.age, law.worth.shape[1] - 1)]
    exact, fit = _product(units.floor_area, units.floor_price, worth)
    np.add.at(value, units.building_unit, _half_up(exact, AREA_SCALE * law.worth_scale))
    fits[units.building_unit[~fit]] = False
    return value, fits


def _starts(units: Units) -> Ints:
    """Where the uses of each property begin."""
    return np.searchsorted(units.use_unit, np.arange(len(units))).astype(np.int64)


def _total(parts: Ints, units: Units) -> Ints:
    return np.add.reduceat(parts, _starts(units)) if len(units) else parts[:0]


def _any_of(parts: Bools, units: Units) -> Bools:
    return np.asarray(_total(parts.astype(np.int64), units) > 0)


def _shares_of(value: Ints, units: Units) -> Ints:
    """The value of each use: differences of rounded running totals (`apportion`)."""
    running = np.cumsum(units.share)
    before = (running - units.share)[_starts(units)] if len(units) else running
    until = running - before[units.use_unit]
    of_unit = value[units.use_unit]
    written = _half_up(of_unit * until, SHARE_SCALE)
    return written - _half_up(of_unit * (until - units.share), SHARE_SCALE)


def _coupled_farms(units: Units, parts: Ints, farm: Bools, most: Ints, law: _Law) -> Bools:
    """Farms whose taxpayer wants more exemption than there is, or that are sliced together."""
    of_use = units.taxpayer[units.use_unit]
    starts = np.flatnonzero(np.diff(of_use, prepend=-1))
    if not len(starts):
        return farm
    person = np.cumsum(np.diff(of_use, prepend=-1) != 0) - 1
    several = (np.add.reduceat(farm.astype(np.int64), starts) > 1)[person]
    if law.farms_are_joint:
        return np.asarray(farm & several)
    shared = farm & (most > 0) & (most < _MOST)
    wanted = np.add.reduceat(np.where(shared, np.minimum(parts, most + 1), 0), starts)
    return np.asarray(shared & several & (wanted[person] > most))


def _additions(tax_class: Ints, years_vacant: Ints, law: _Law) -> Ints:
    """What years without use add to the rate."""
    years = np.minimum(years_vacant, len(law.addition) - 1)
    return np.where(tax_class == CLASSES.index(TaxClass.VACANT), law.addition[years], 0)


def _unused_steps(tax_class: Ints, years_vacant: Ints, law: _Law) -> Ints:
    """How many additions the years without use come to; beyond the cap they still differ."""
    if not law.step_years:
        return np.zeros(len(tax_class), np.int64)
    steps = np.maximum(years_vacant - 1, 0) // law.step_years
    return np.where(tax_class == CLASSES.index(TaxClass.VACANT), steps, 0)


def _stacked(taxable: Ints, scale: tuple[Ints, Ints, Ints]) -> tuple[Ints, Ints]:
    """Where each base starts and ends when those of one joint scale lie on each other, as listed.

    ``scale`` is additions, class and joint number: what lines must share to lie on one scale.
    """
    start, end = np.zeros(len(taxable), np.int64), taxable.copy()
    joint = np.flatnonzero(scale[2])
    if not len(joint):
        return start, end
    order = joint[np.lexsort((joint, *(key[joint] for key in scale)))]
    keys = np.stack([key[order] for key in scale])
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
    until = np.cumsum(taxable[order])
    before = (until - taxable[order])[np.flatnonzero(fresh)][np.cumsum(fresh) - 1]
    end[order] = until - before
    start[order] = end[order] - taxable[order]
    return start, end


def _tax(base: Ints, tax_class: Ints, added: Ints, law: _Law) -> Ints:
    """The tax of a base from nothing up, rounded once; those too large mean nothing."""
    base = np.minimum(base, law.largest_value)
    exact = np.zeros(len(base), np.int64)
    for place in range(law.low.shape[1]):
        low, high = law.low[tax_class, place], law.high[tax_class, place]
        rate = np.minimum(law.rate[tax_class, place] + added, law.cap)
        exact += np.clip(base - low, 0, high - low) * rate
    return _half_up(exact * law.kept, law.tax_scale)

"""The whole law of one tax year, typed: what was in force on 1 January."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from cadastre.tax.dated import Provision, dated
from cadastre.tax.model import (
    CoOwners,
    ExemptionOrder,
    LandDivision,
    Owner,
    Policy,
    Reduction,
    Relief,
    Structure,
    TaxClass,
    Use,
)
from cadastre.tax.money import satang

Exempt: TypeAlias = int | None
"""Satang of the base that are exempt; None exempts all of it."""


@dataclass(frozen=True, slots=True)
class Bracket:
    """``rate`` applies to the part of the taxable base above ``above_satang``."""

    above_satang: int
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Section 43: after every ``every_years`` vacant years ``step`` more, never above ``cap``."""

    every_years: int
    step: Decimal
    cap: Decimal
    first_counted_year: int


@dataclass(frozen=True, slots=True)
class ReliefRule:
    """The part of the tax that a relief takes off, and what it belongs to."""

    part: Decimal
    uses: tuple[Use, ...]
    owners: tuple[Owner, ...]
    house_registration: bool
    not_longer_than_years: int | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every provision that an assessment of ``tax_year`` may rest on."""

    tax_year: int
    base: Provision[str]
    rates: Mapping[TaxClass, Provision[tuple[Bracket, ...]]]
    exemptions: Mapping[TaxClass, Provision[Exempt]]
    state_exemption: Provision[Exempt]
    possessor: Provision[tuple[Use, ...]]
    vacancy: Provision[Vacancy]
    depreciation: Mapping[Structure, Provision[tuple[Decimal, ...]]]
    reliefs: Mapping[Relief, Provision[ReliefRule]]
    every_property: Provision[Decimal]
    policy: Provision[Policy]
    rounding: Provision[str]
    mixed_use: Provision[str]
    land_division: Provision[LandDivision]
    joint_base: Provision[str]
    co_owners: Provision[CoOwners]
    one_main_home: Provision[int]
    reduction_order: Provision[tuple[Reduction, ...]]
    old_tax_limit: Provision[Decimal | None]


@lru_cache(maxsize=128)
def schedule_for(tax_year: int) -> Schedule:
    """The law of ``tax_year`` (common era); `NotInForceYet` before 2020."""
    day = date(tax_year, 1, 1)
    return Schedule(
        tax_year=tax_year,
        base=dated("valuation/base", name).on(day),
        rates={each: dated(f"rate/{each}", brackets).on(day) for each in TaxClass},
        exemptions={
            each: dated(f"exemption/{each}", exempt).on(day)
            for each in (TaxClass.AGRICULTURE, TaxClass.MAIN_HOME, TaxClass.MAIN_HOME_BUILDING)
        },
        state_exemption=dated("exemption/state", exempt).on(day),
        possessor=dated("exemption/possessor", uses).on(day),
        vacancy=dated("vacancy/ratchet", vacancy).on(day),
        depreciation={each: dated(f"depreciation/{each}", fractions).on(day) for each in Structure},
        reliefs={each: dated(f"reduction/{each}", relief_rule).on(day) for each in Relief},
        every_property=dated("reduction/every_property", number).on(day),
        policy=dated("policy/exemption_order", policy).on(day),
        rounding=dated("policy/rounding", name).on(day),
        mixed_use=dated("policy/mixed_use", name).on(day),
        land_division=dated("policy/land_under_buildings", land_division).on(day),
        joint_base=dated("policy/joint_base", name).on(day),
        co_owners=dated("policy/co_owners", co_owners).on(day),
        one_main_home=dated("policy/one_main_home", whole).on(day),
        reduction_order=dated("policy/reduction_order", reduction_order).on(day),
        old_tax_limit=dated("transition/old_tax_limit", optional_number).on(day),
    )


def name(raw: object) -> str:
    """Text, as it stands."""
    if not isinstance(raw, str):
        raise TypeError(f"{raw!r}: expected text; figures in parameter files are quoted")
    return raw


def number(raw: object) -> Decimal:
    """An exact number. It must be quoted in the file: YAML would make it a float."""
    return Decimal(name(raw))


def optional_number(raw: object) -> Decimal | None:
    """A number, or None where the provision has ended."""
    return None if raw is None else number(raw)


def whole(raw: object) -> int:
    """A quoted whole number."""
    return int(name(raw))


def entries(raw: object) -> list[Any]:
    """A list, as it stands."""
    if not isinstance(raw, list):
        raise TypeError(f"{raw!r}: expected a list")
    return raw


def fields(raw: object) -> dict[str, Any]:
    """A mapping, as it stands."""
    if not isinstance(raw, dict):
        raise TypeError(f"{raw!r}: expected a mapping")
    return raw


def brackets(raw: object) -> tuple[Bracket, ...]:
    """A progressive scale, lowest slice first, starting at zero."""
    scale = tuple(
        Bracket(satang(number(each["above"])), number(each["rate"])) for each in entries(raw)
    )
    bounds = [each.above_satang for each in scale]
    if bounds[0] != 0 or bounds != sorted(set(bounds)):
        raise ValueError("a scale starts at 0 and rises")
    return scale


def exempt(raw: object) -> Exempt:
    """Baht, or the word ``all``."""
    return None if raw == "all" else satang(number(raw))


def uses(raw: object) -> tuple[Use, ...]:
    """A list of uses, perhaps empty."""
    return tuple(Use(name(each)) for each in entries(raw))


def land_division(raw: object) -> LandDivision:
    """By what the land under several buildings is divided."""
    return LandDivision(name(raw))


def co_owners(raw: object) -> CoOwners:
    """Whether co-owners are one taxpayer."""
    return CoOwners(name(raw))


def reduction_order(raw: object) -> tuple[Reduction, ...]:
    """Every reduction once, in the order in which they are taken off."""
    order = tuple(Reduction(name(each)) for each in entries(raw))
    if sorted(order) != sorted(Reduction):
        raise ValueError("every reduction has one place in the order")
    return order


def vacancy(raw: object) -> Vacancy:
    """The figures of section 43."""
    given = fields(raw)
    return Vacancy(
        every_years=whole(given["every_years"]),
        step=number(given["step"]),
        cap=number(given["cap"]),
        first_counted_year=whole(given["first_counted_year"]),
    )


def fractions(raw: object) -> tuple[Decimal, ...]:
    """A table by completed years, from year 0."""
    return tuple(number(each) for each in entries(raw))


def relief_rule(raw: object) -> ReliefRule:
    """A reduction with the uses and owners it belongs to."""
    given = fields(raw)
    years = given.get("not_longer_than_years")
    return ReliefRule(
        part=number(given["part"]),
        uses=uses(given["uses"]),
        owners=tuple(Owner(each) for each in entries(given["owners"])),
        house_registration=yes(given["house_registration"]),
        not_longer_than_years=None if years is None else whole(years),
    )


def policy(raw: object) -> Policy:
    """How an owner's agricultural exemption is shared."""
    given = fields(raw)
    return Policy(ExemptionOrder(name(given["order"])), yes(given["joint_base"]))


def yes(raw: object) -> bool:
    """``yes`` or ``no``."""
    return {"yes": True, "no": False}[name(raw)]

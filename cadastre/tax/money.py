"""Integer satang and the only two roundings: ``half_up`` and ``apportion``.

See ``docs/algorithms/land-and-building-tax.md``, section 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import (
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

EXACT: Final = Context(prec=60, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])
"""Arithmetic that raises instead of losing a digit."""

SATANG_PER_BAHT: Final = 100
ONE: Final = Decimal(1)
ZERO: Final = Decimal(0)


def half_up(satang: Decimal) -> int:
    """Whole satang; exactly half goes up."""
    return int(satang.to_integral_value(ROUND_HALF_UP))


def satang(baht: Decimal) -> int:
    """Baht with at most two decimals as satang; more decimals are a programming error."""
    amount = baht * SATANG_PER_BAHT
    if amount != int(amount):
        raise ValueError(f"{baht} baht is not a whole number of satang")
    return int(amount)


def apportion(total_satang: int, weights: Sequence[Decimal | Fraction | int]) -> list[int]:
    """Split ``total_satang`` by ``weights`` so that the parts add up to it exactly.

    Part *i* is the difference of rounded running totals, so each part is within one satang of
    its exact share. Weights are zero or more, and not all zero.
    """
    running = list(accumulate((Fraction(weight) for weight in weights), initial=Fraction(0)))
    whole = running[-1]
    if whole <= 0:
        raise ValueError("weights must not all be zero")
    written = [int(total_satang * part / whole + Fraction(1, 2)) for part in running]
    return [after - before for before, after in pairwise(written)]


def baht_text(satang: int) -> str:
    """``"1140000.00"``: the form in which machines exchange baht."""
    return f"{satang // SATANG_PER_BAHT}.{satang % SATANG_PER_BAHT:02d}"


def baht_written(satang: int) -> str:
    """``"1,140,000.00"``: the form in which people read baht."""
    return f"{satang // SATANG_PER_BAHT:,}.{satang % SATANG_PER_BAHT:02d}"


def plain(number: Decimal) -> str:
    """A decimal without exponent and trailing zeros: ``0.003``, ``950``, ``96.5``."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(fraction: Decimal) -> str:
    """``0.003`` as ``0.3``."""
    return plain(fraction * 100)

"""One step of a calculation: in words, as a formula with its figures, with its provision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from cadastre.tax.dated import Provision, Text
from cadastre.tax.money import plain

AnyProvision: TypeAlias = Provision[Any]


@dataclass(frozen=True, slots=True)
class Step:
    """The first provision is the reference of the step; all may carry doubts.

    Where something was calculated, ``formula`` over ``inputs`` gives ``result``, amounts in baht
    (`cadastre.tax.formula`). ``place`` is the caller's reference to the parcel or building.
    """

    th: str
    en: str
    provisions: tuple[AnyProvision, ...]
    formula: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    result: str = ""
    place: str = ""

    @property
    def reference(self) -> str:
        return self.provisions[0].reference

    @property
    def parameter(self) -> str:
        return self.provisions[0].parameter


def doubts(steps: Iterable[Step]) -> list[tuple[str, Text]]:
    """What the steps lean on that is not verified: parameter and sentence, each once."""
    found: dict[tuple[str, Text], None] = {}
    for step in steps:
        for provision in step.provisions:
            found.update(
                dict.fromkeys((provision.parameter, text) for text in provision.unverified)
            )
    return list(found)


def exact_baht(satang: Decimal | int) -> str:
    """Satang, perhaps with a fraction, as baht with every digit: ``"3703.701"``."""
    text = plain(Decimal(satang).scaleb(-2))
    whole, _point, part = text.partition(".")
    return f"{whole}.{part:0<2}"


def figure(number: Fraction | Decimal | int) -> str:
    """A number as a decimal where it has an end, otherwise as a fraction: ``"0.9"``, ``"1/3"``."""
    exact = Fraction(number)
    left, digits = exact.denominator, 0
    for prime in (2, 5):
        times = 0
        while left % prime == 0:
            left, times = left // prime, times + 1
        digits = max(digits, times)
    if left > 1:
        return str(exact)
    whole = abs(exact.numerator) * 10**digits // exact.denominator
    return plain(Decimal(f"{'-' if exact < 0 else ''}{whole}E-{digits}"))

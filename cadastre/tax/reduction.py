"""Reductions of the tax of one property, in the order of its year (algorithm, section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from cadastre.tax.exemption import Part
from cadastre.tax.model import Property, Reduction, Relief, Use
from cadastre.tax.money import ONE, apportion
from cadastre.tax.schedule import Schedule


class Reduced(NamedTuple):
    """What is left of the exact tax of one use, and what was applied to it."""

    exact: Decimal
    relief: Relief | None = None
    old_tax_satang: int | None = None


def reduces(schedule: Schedule, parts: Iterable[Part]) -> bool:
    """Whether anything is taken off the tax of these parts."""
    return bool(schedule.every_property.value) or any(
        part.of.relief is not None or part.of.old_tax_satang is not None for part in parts
    )


def reduced(
    thing: Property, taxes: Sequence[tuple[Use, Decimal]], schedule: Schedule
) -> list[Reduced]:
    """What the reductions leave of the exact taxes of a property's uses, in the year's order."""
    left = [Reduced(exact) for _use, exact in taxes]
    for step in schedule.reduction_order.value:
        match step:
            case Reduction.RELIEF:
                uses = (use for use, _exact in taxes)
                left = [
                    _relieved(thing, use, each, schedule)
                    for use, each in zip(uses, left, strict=True)
                ]
            case Reduction.OLD_TAX_LIMIT:
                left = _limited(thing, left, schedule)
            case Reduction.EVERY_PROPERTY:
                kept = ONE - schedule.every_property.value
                left = [each._replace(exact=each.exact * kept) for each in left]
    return left


def _relieved(thing: Property, use: Use, tax: Reduced, schedule: Schedule) -> Reduced:
    if thing.relief is None:
        return tax
    rule = schedule.reliefs[thing.relief].value
    if use not in rule.uses:
        return tax
    return tax._replace(exact=tax.exact * (ONE - rule.part), relief=thing.relief)


def _limited(thing: Property, taxes: list[Reduced], schedule: Schedule) -> list[Reduced]:
    """Section 97: where the new tax is higher, the old one and a part of the increase.

    The old tax of a property in mixed use is shared among its uses as the new one is.
    """
    part, old = schedule.old_tax_limit.value, thing.old_tax_satang
    if part is None or old is None or sum(each.exact for each in taxes) <= old:
        return taxes
    limited = []
    for each, share in zip(taxes, apportion(old, [each.exact for each in taxes]), strict=True):
        # Shared in whole satang, the old tax of a use may pass its new one by less than a satang.
        known = min(Decimal(share), each.exact)
        exact = known + part * (each.exact - known)
        limited.append(each._replace(exact=exact, old_tax_satang=share))
    return limited

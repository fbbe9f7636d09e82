"""What of the base is exempt, and how it is shared among lines (algorithm, section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from cadastre.tax.bases import BaseKey, counts_as_owner
from cadastre.tax.model import ExemptionOrder, Kind, Owner, Policy, Property, TaxClass, Use
from cadastre.tax.money import apportion
from cadastre.tax.schedule import Exempt, Schedule


class Part(NamedTuple):
    """One use of one property, valued and classified, before exemption."""

    property_index: int
    of: Property
    base: BaseKey
    use: Use
    share: Decimal
    tax_class: TaxClass
    value_satang: int


def allocate_exemptions(
    owner: Owner, parts: Sequence[Part], schedule: Schedule, policy: Policy
) -> list[int]:
    """The exempt satang of each part.

    The agricultural amount is one for the owner and is shared by ``policy``. That of a main home
    is one for the home: the parcel of the house takes it first, what it leaves is carried to the
    other parcels valued as one with it.
    """
    if owner is Owner.STATE:
        return [part.value_satang for part in parts]
    exempt = [0] * len(parts)
    if owner is not Owner.INDIVIDUAL:
        return exempt
    fields: list[int] = []
    homes: list[int] = []
    for index, part in enumerate(parts):
        if part.tax_class is TaxClass.AGRICULTURE:
            if counts_as_owner(part.of, Use.AGRICULTURE, schedule):
                fields.append(index)
        elif part.tax_class in schedule.exemptions:
            homes.append(index)
    if fields:
        amount = schedule.exemptions[TaxClass.AGRICULTURE].value
        shares = _share_out([parts[i].value_satang for i in fields], amount, policy.exemption_order)
        for index, share in zip(fields, shares, strict=True):
            exempt[index] = share
    left: dict[tuple[BaseKey, TaxClass], Exempt] = {}
    for index in sorted(homes, key=lambda each: parts[each].of.kind is Kind.LAND):
        part = parts[index]
        home = (part.base, part.tax_class)
        amount = left.get(home, schedule.exemptions[part.tax_class].value)
        exempt[index] = part.value_satang if amount is None else min(part.value_satang, amount)
        left[home] = None if amount is None else amount - exempt[index]
    return exempt


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

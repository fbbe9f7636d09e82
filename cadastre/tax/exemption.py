"""What of the base is exempt, and how it is shared among lines (algorithm, section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

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


class Exempted(NamedTuple):
    """What of a part is exempt, of what was left for it; None where there is no limit."""

    satang: int
    left: int | None = None


NOTHING: Final = Exempted(0)


def allocate_exemptions(
    owner: Owner, parts: Sequence[Part], schedule: Schedule, policy: Policy
) -> list[Exempted]:
    """What is exempt of each part.

    The agricultural amount is one for the owner and is shared by ``policy``. That of a main home
    is one for the home: the parcel of the house takes it first, what it leaves is carried to the
    other parcels valued as one with it.
    """
    if owner is Owner.STATE:
        return [Exempted(part.value_satang) for part in parts]
    exempt = [NOTHING] * len(parts)
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
        given = _share_out([parts[i].value_satang for i in fields], amount, policy.exemption_order)
        for index, each in zip(fields, given, strict=True):
            exempt[index] = each
    if homes:
        _exempt_homes(homes, parts, schedule, exempt)
    return exempt


def _exempt_homes(
    homes: list[int], parts: Sequence[Part], schedule: Schedule, exempt: list[Exempted]
) -> None:
    left: dict[tuple[BaseKey, TaxClass], Exempt] = {}
    for index in sorted(homes, key=lambda each: parts[each].of.kind is Kind.LAND):
        part = parts[index]
        home = (part.base, part.tax_class)
        amount = left.get(home, schedule.exemptions[part.tax_class].value)
        if amount is None:
            exempt[index] = Exempted(part.value_satang)
            continue
        exempt[index] = Exempted(min(part.value_satang, amount), amount)
        left[home] = amount - exempt[index].satang


def _share_out(values: list[int], amount: Exempt, order: ExemptionOrder) -> list[Exempted]:
    """Give out ``amount`` among ``values``, none more than it is worth."""
    total = sum(values)
    if amount is None or total <= amount:
        return [Exempted(value, amount) for value in values]
    if order is ExemptionOrder.IN_PROPORTION:
        return [Exempted(share, share) for share in apportion(amount, values)]
    turns: Sequence[int] = range(len(values))
    if order is ExemptionOrder.HIGHEST_VALUE_FIRST:
        turns = sorted(turns, key=lambda index: -values[index])
    shares = [NOTHING] * len(values)
    for index in turns:
        shares[index] = Exempted(min(values[index], amount), amount)
        amount -= shares[index].satang
    return shares

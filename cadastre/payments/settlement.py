"""How the payments of one bill settle its tax, penalty and surcharge, day by day.

``docs/algorithms/ledger.md``, section 3, specifies it. The answer depends on what was charged, paid
and waived only, never on the order in which an office heard of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias


class Order(StrEnum):
    """What money settles first; names a value of ``payment/order``."""

    WITH_TAX = "with_tax"
    """A part of the tax together with the penalty and the surcharge on that part."""
    TAX_FIRST = "tax_first"
    """The whole tax, then what its lateness cost."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A part of the tax with the last day on which it is paid in time."""

    satang: int
    due_on: date


@dataclass(frozen=True, slots=True)
class Paid:
    """Money received on one day."""

    on: date
    satang: int


@dataclass(frozen=True, slots=True)
class Lateness:
    """What being late costs for some tax, in satang."""

    penalty: int = 0
    surcharge: int = 0


LateCost: TypeAlias = Callable[[int, date, date], Lateness]
"""Penalty and surcharge for (tax in satang, due on, paid on); rising with the tax."""


@dataclass(frozen=True, slots=True)
class Waived:
    """At most this much is waived of what lateness costs, as it arises."""

    penalty: int = 0
    surcharge: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """What the payments have settled so far (satang). ``left`` is owed back to the payer."""

    tax_paid: int = 0
    penalty: int = 0
    penalty_paid: int = 0
    penalty_waived: int = 0
    surcharge: int = 0
    surcharge_paid: int = 0
    surcharge_waived: int = 0
    left: int = 0

    @property
    def late_due(self) -> int:
        """Penalty and surcharge that were charged and neither paid nor waived."""
        return (
            self.penalty - self.penalty_paid - self.penalty_waived
            + self.surcharge - self.surcharge_paid - self.surcharge_waived
        )  # fmt: skip


@dataclass
class _Book:
    waived: Waived
    tax_paid: int = 0
    penalty: int = 0
    surcharge: int = 0
    penalty_paid: int = 0
    surcharge_paid: int = 0

    @property
    def penalty_due(self) -> int:
        return max(self.penalty - self.waived.penalty, 0) - self.penalty_paid

    @property
    def surcharge_due(self) -> int:
        return max(self.surcharge - self.waived.surcharge, 0) - self.surcharge_paid

    def pay_late(self, money: int) -> int:
        """Settle surcharge, then penalty, that are charged already; return what is left."""
        part = min(money, self.surcharge_due)
        self.surcharge_paid += part
        money -= part
        part = min(money, self.penalty_due)
        self.penalty_paid += part
        return money - part

    def cost(self, late: Lateness) -> int:
        """What ``late`` adds to pay, after what is waived."""
        return max(self.penalty + late.penalty - max(self.waived.penalty, self.penalty), 0) + max(
            self.surcharge + late.surcharge - max(self.waived.surcharge, self.surcharge), 0
        )

    def charge(self, tax: int, late: Lateness) -> None:
        self.tax_paid += tax
        self.penalty += late.penalty
        self.surcharge += late.surcharge


def settle(
    *,
    charges: Sequence[Charge],
    payments: Sequence[Paid],
    late_cost: LateCost,
    refunds: Sequence[Paid] = (),
    waived: Waived = Waived(),
    order: Order = Order.WITH_TAX,
) -> Settled:
    """Let the payments, by their day, settle the charges, by theirs.

    ``refunds`` have left the till again: each takes the latest money that had come by its day.
    Money that settles nothing is ``left``; it is below nothing when more was given back than came.
    The same payments in any order give the same answer.
    """
    book = _Book(waived)
    open_charges = [[each.satang, each.due_on] for each in sorted(charges, key=_charge_key)]
    kept, left = _kept(payments, refunds)
    for paid in kept:
        left += _settle_one(book, open_charges, paid, late_cost, order)
    return Settled(
        tax_paid=book.tax_paid,
        penalty=book.penalty,
        penalty_paid=book.penalty_paid,
        penalty_waived=min(book.penalty, waived.penalty),
        surcharge=book.surcharge,
        surcharge_paid=book.surcharge_paid,
        surcharge_waived=min(book.surcharge, waived.surcharge),
        left=left,
    )


def due_on_day(
    *,
    on: date,
    charges: Sequence[Charge],
    payments: Sequence[Paid],
    late_cost: LateCost,
    refunds: Sequence[Paid] = (),
    waived: Waived = Waived(),
    order: Order = Order.WITH_TAX,
) -> tuple[Settled, Settled]:
    """What stands settled, and what would stand after everything is paid on ``on``.

    The amount to pay on that day is the difference of what is paid in the two.
    """
    plenty = Paid(on, 4 * sum(each.satang for each in charges) + 1)
    now = settle(
        charges=charges, payments=payments, late_cost=late_cost, refunds=refunds,
        waived=waived, order=order,
    )  # fmt: skip
    cleared = settle(
        charges=charges, payments=[*payments, plenty], late_cost=late_cost, refunds=refunds,
        waived=waived, order=order,
    )  # fmt: skip
    return now, cleared


def _charge_key(charge: Charge) -> tuple[date, int]:
    return charge.due_on, charge.satang


def _kept(payments: Sequence[Paid], refunds: Sequence[Paid]) -> tuple[list[Paid], int]:
    """The money of each day, less what was given back of it, and what is missing (below 0).

    Money of one day is one sum: in pieces it would be rounded more often.
    """
    kept: dict[date, int] = {}
    for paid in sorted(payments, key=lambda each: each.on):
        kept[paid.on] = kept.get(paid.on, 0) + paid.satang
    missing = 0
    for refund in sorted(refunds, key=lambda each: each.on):
        back = refund.satang
        for day in reversed(kept):
            if day <= refund.on:
                taken = min(back, kept[day])
                kept[day] -= taken
                back -= taken
        missing -= back
    return [Paid(day, satang) for day, satang in kept.items()], missing


def _settle_one(
    book: _Book,
    open_charges: list[list[object]],
    paid: Paid,
    late_cost: LateCost,
    order: Order,
) -> int:
    """Use one payment; return what it has no use for."""
    money = paid.satang
    if order is Order.WITH_TAX:
        money = book.pay_late(money)
    for charge in open_charges:
        tax, due_on = charge
        assert isinstance(tax, int)
        assert isinstance(due_on, date)
        if not money or not tax:
            continue

        def late(part: int, due_on: date = due_on) -> Lateness:
            return late_cost(part, due_on, paid.on)

        part = min(tax, money)
        if order is Order.WITH_TAX:
            part = _largest_part(book, part, money, late)
        book.charge(part, late(part))
        charge[0] = tax - part
        money -= part
        if order is Order.WITH_TAX:
            money = book.pay_late(money)
    return book.pay_late(money)


def _largest_part(book: _Book, most: int, money: int, late: Callable[[int], Lateness]) -> int:
    """The smallest part of the tax whose whole cost uses up the money, or ``most``."""

    def uses_up(part: int) -> bool:
        return part + book.cost(late(part)) >= money

    # Lateness costs nearly in proportion: look about there first, then everywhere.
    guess = min(money * most // (most + book.cost(late(most))), most)
    low, high = max(guess - 2, 0), min(guess + 2, most)
    if low and uses_up(low - 1):
        low, high = 0, low - 1
    if not uses_up(high):
        low, high = min(high + 1, most), most
    while low < high:
        middle = (low + high) // 2
        if uses_up(middle):
            high = middle
        else:
            low = middle + 1
    return low

"""Bringing the ledger of bills to what their charges, payments and waivers settle.

`cadastre.payments.settlement` computes what should stand; this module reads what stands, and posts
the difference. docs/algorithms/ledger.md, sections 3 and 4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.db.models import Sum
from django.utils import timezone

from cadastre.payments.rules import (
    instalment_charges,
    late_cost,
    order_on,
    signboard_due_on,
    signboard_late_cost,
    supplement_due_on,
)
from cadastre.payments.settlement import Charge, Lateness, Paid, Settled, Waived, settle
from cadastre.tax import Reminder, calendar_of
from cadastre.tax.due_dates import Milestone
from cadastre.tax.money import apportion
from taxmap.ledger_errors import BillNotCharged, MoreGivenBackThanLeft
from taxmap.models import (
    AccountPurpose,
    Bill,
    BillKind,
    BillNote,
    Entry,
    Leg,
    MoneyRequest,
    Payment,
    TaxYear,
)
from taxmap.services.ledger import LegLine, Posting

P = AccountPurpose
DUE: Final = (P.TAX_DUE, P.PENALTY_DUE, P.SURCHARGE_DUE)
INCOME: Final = {P.PENALTY_DUE: P.PENALTY, P.SURCHARGE_DUE: P.SURCHARGE}
_WHAT: Final = {
    Entry.Kind.CHARGE: "charged", Entry.Kind.NOTE: "charged", Entry.Kind.LATE_CHARGE: "charged",
    Entry.Kind.WAIVER: "waived", Entry.Kind.PAYMENT: "received", Entry.Kind.ALLOCATION: "received",
}  # fmt: skip
Cell = tuple[int, AccountPurpose, str]
"""An assessment, one of `DUE`, and charged, waived or received."""


@dataclass
class BillFacts:
    """Everything about one bill that decides what is settled, and what stands in the ledger."""

    bill: Bill
    due_on: date
    days_of_parts: tuple[date, ...] = ()
    in_parts: bool = False
    supplements: list[Charge] = field(default_factory=list)
    payments: list[Paid] = field(default_factory=list)
    refunds: list[Paid] = field(default_factory=list)
    waived: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    stands: dict[Cell, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def assessments(self) -> list[int]:
        """The charged assessments, in the order in which money is apportioned."""
        return sorted({each for each, _purpose, _what in self.stands})

    def charged(self, assessment: int) -> int:
        return self.stands[assessment, P.TAX_DUE, "charged"]

    @property
    def tax(self) -> int:
        """Tax of the bill after corrections and what was waived of it."""
        whole = sum(self.charged(each) for each in self.assessments)
        return whole - min(self.waived["tax"], whole)

    def charges(self, heard_until: date) -> list[Charge]:
        """The tax by the days on which its parts fall due."""
        tax = self.tax
        later: list[Charge] = []
        for each in self.supplements:
            part = min(each.satang, tax)
            tax -= part
            later.append(Charge(part, each.due_on))
        if self.in_parts and self.days_of_parts:
            first = instalment_charges(
                tax, self.days_of_parts, self.payments, heard_until=heard_until
            )
        else:
            first = [Charge(tax, self.due_on)]
        return [each for each in (*first, *later) if each.satang]

    def settled(self, *, extra: Sequence[Paid] = (), on: date | None = None) -> Settled:
        """What stands settled after ``extra`` payments as well."""
        payments = [*self.payments, *extra]
        until = on or max((each.on for each in payments), default=self.due_on)
        return settle(
            charges=self.charges(until), payments=payments, refunds=self.refunds,
            late_cost=self._late_cost, order=order_on(self.due_on),
            waived=Waived(self.waived["penalty"], self.waived["surcharge"]),
        )  # fmt: skip

    def due_on_day(self, on: date) -> tuple[Settled, Settled]:
        """What stands settled, and what would after paying everything on ``on``."""
        plenty = 4 * sum(self.charged(each) for each in self.assessments) + 1
        last = max((on, *(each.on for each in self.payments)))
        return self.settled(on=last), self.settled(extra=[Paid(on, plenty)], on=last)

    def _late_cost(self, satang: int, due_on: date, paid_on: date) -> Lateness:
        reminded = self.bill.reminded_on
        if self.bill.kind == BillKind.SIGNBOARD:
            return signboard_late_cost(satang, due_on, paid_on)
        return late_cost(satang, due_on, paid_on, Reminder(reminded) if reminded else None)


def facts_of(bills: Iterable[Bill]) -> dict[int, BillFacts]:
    """The facts of bills by their keys, read in a handful of queries for all of them."""
    wanted = list(bills)
    found = {bill.pk: each for bill, each in zip(wanted, _with_days(wanted), strict=True)}
    _read_payments(found)
    _read_requests(found)
    _read_notes(found)
    for row in (
        Leg.objects.filter(bill__in=found, account__purpose__in=DUE)
        .values("bill", "assessment", "account__purpose", "entry__kind")
        .annotate(total=Sum("satang"))
        .order_by()
    ):
        what = _WHAT[Entry.Kind(row["entry__kind"])]
        cell = (row["assessment"], P(row["account__purpose"]), what)
        found[row["bill"]].stands[cell] += row["total"] if what == "charged" else -row["total"]
    return found


def _with_days(bills: Sequence[Bill]) -> Iterator[BillFacts]:
    """The day on which each bill falls due, and its instalments where those were agreed."""
    years = {
        (each.local_authority_id, each.year): each
        for each in TaxYear.objects.filter(
            local_authority__in={bill.local_authority_id for bill in bills},
            year__in={bill.tax_year for bill in bills},
        )
    }
    in_parts = set(
        Bill.objects.filter(
            pk__in=[bill.pk for bill in bills], instalment_plan__isnull=False
        ).values_list("pk", flat=True)
    )
    for bill in bills:
        year = years.get((bill.local_authority_id, bill.tax_year))
        calendar = calendar_of(bill.tax_year)
        due_on = year.payment_on if year else calendar.last_day[Milestone.PAYMENT]
        if bill.kind == BillKind.SIGNBOARD and bill.notified_on:
            due_on = signboard_due_on(bill.notified_on)
        days = tuple(year.instalments_on) if year else calendar.instalments
        yield BillFacts(bill, due_on, days, bill.pk in in_parts)


def _read_payments(found: Mapping[int, BillFacts]) -> None:
    standing = Payment.objects.filter(bill__in=found, entry__reversed_by=None)
    for bill, paid_on, satang in standing.values_list("bill", "paid_on", "amount_satang"):
        found[bill].payments.append(Paid(paid_on, satang))


def _read_requests(found: Mapping[int, BillFacts]) -> None:
    kinds = [MoneyRequest.Kind.WAIVER, MoneyRequest.Kind.REFUND]
    for each in MoneyRequest.objects.filter(bill__in=found, kind__in=kinds, is_approved=True):
        assert each.bill_id is not None
        facts = found[each.bill_id]
        if each.kind == MoneyRequest.Kind.WAIVER:
            facts.waived[each.component] += each.amount_satang
        else:
            assert each.decided_at is not None
            facts.refunds.append(Paid(timezone.localdate(each.decided_at), each.amount_satang))


def _read_notes(found: Mapping[int, BillFacts]) -> None:
    notes = BillNote.objects.filter(
        assessment__bill__in=found, is_approved=True, kind=BillNote.Kind.SUPPLEMENTARY
    )
    for bill, satang, decided_at in notes.values_list(
        "assessment__bill", "amount_satang", "decided_at"
    ):
        assert decided_at is not None
        due_on = supplement_due_on(timezone.localdate(decided_at))
        found[bill].supplements.append(Charge(satang, due_on))
    for facts in found.values():
        facts.supplements.sort(key=lambda each: (each.due_on, each.satang))


def should_stand(facts: BillFacts, settled: Settled) -> dict[Cell, int]:
    """What each assessment should show, so that its bill shows ``settled``."""
    assessments = facts.assessments
    charged = [facts.charged(each) for each in assessments]
    waived = _shares(sum(charged) - facts.tax, charged)
    net = [whole - part for whole, part in zip(charged, waived, strict=True)]
    columns: dict[tuple[AccountPurpose, str], list[int]] = {
        (P.TAX_DUE, "waived"): waived,
        (P.TAX_DUE, "received"): _shares(settled.tax_paid, net),
    }
    for purpose, total, paid, let_off in (
        (P.PENALTY_DUE, settled.penalty, settled.penalty_paid, settled.penalty_waived),
        (P.SURCHARGE_DUE, settled.surcharge, settled.surcharge_paid, settled.surcharge_waived),
    ):
        parts = _shares(total, net)
        received = _shares(paid, parts)
        left = [part - got for part, got in zip(parts, received, strict=True)]
        columns[purpose, "charged"] = parts
        columns[purpose, "received"] = received
        columns[purpose, "waived"] = _shares(let_off, left)
    return {
        (assessment, purpose, what): column[place]
        for (purpose, what), column in columns.items()
        for place, assessment in enumerate(assessments)
    }


def _shares(total: int, weights: Sequence[int]) -> list[int]:
    return apportion(total, weights) if total else [0] * len(weights)


@dataclass(frozen=True, slots=True)
class Incoming:
    """Money that comes with the settlement: on which account, and when."""

    purpose: AccountPurpose
    satang: int
    paid_on: date


@dataclass(frozen=True, slots=True)
class Change:
    """What a settlement changes on one bill: entries to post, and the use of the new money.

    ``left`` of it is owed back to the payer, or waits to be allocated.
    """

    postings: list[Posting]
    tax: int
    penalty: int
    surcharge: int
    left: int


def settlement_of(
    facts: BillFacts,
    *,
    on: date,
    incoming: Incoming | None = None,
    source: str = "",
    booked_on: date | None = None,
) -> Change:
    """The entries that bring one bill to what it should show, with ``incoming`` money as well.

    Adds ``incoming`` to the facts and brings what stands up to date, so that several payments of
    one bill may follow each other. Raises `BillNotCharged` and `MoreGivenBackThanLeft`.
    """
    if not facts.assessments:
        raise BillNotCharged(bill=facts.bill.reference_1 or str(facts.bill))
    if incoming is not None:
        facts.payments.append(Paid(incoming.paid_on, incoming.satang))
    settled = facts.settled()
    if settled.left < 0:
        raise MoreGivenBackThanLeft(bill=facts.bill.reference_1, missing=-settled.left)
    target = should_stand(facts, settled)
    moved = {cell: change for cell, want in target.items() if (change := want - facts.stands[cell])}
    facts.stands.update(target)
    bill = facts.bill.pk
    late, waived, used = (_legs_of(moved, bill, what) for what in ("charged", "waived", "received"))
    postings = [
        Posting(kind, on, legs, bill, source, booked_on)
        for kind, legs in ((Entry.Kind.LATE_CHARGE, late), (Entry.Kind.WAIVER, waived))
        if legs
    ]
    sums = [
        sum(n for (_a, p, what), n in moved.items() if (p, what) == (purpose, "received"))
        for purpose in DUE
    ]
    left = (incoming.satang if incoming else 0) - sum(sums)
    if incoming is None or (left >= 0 and min(sums) >= 0):
        postings += _money(used, bill, on, incoming=incoming, source=source, booked_on=booked_on)
        return Change(postings, sums[0], sums[1], sums[2], left)
    # Money of an earlier day than what is settled already: it is received on account, and what
    # the earlier days change is an entry of its own.
    postings += _money([], bill, on, incoming=incoming, source=source, booked_on=booked_on)
    postings += _money(used, bill, on, incoming=None, source=source, booked_on=booked_on)
    return Change(postings, 0, 0, 0, incoming.satang)


def _legs_of(moved: Mapping[Cell, int], bill: int, what: str) -> list[LegLine]:
    """Legs on what is due for one kind of change, and their other side unless it is money."""
    sign = 1 if what == "charged" else -1
    legs = []
    other: dict[AccountPurpose, int] = defaultdict(int)
    for (assessment, purpose, changed), satang in sorted(moved.items()):
        if changed == what:
            legs.append(LegLine(purpose, sign * satang, assessment, bill))
            other[INCOME[purpose] if what == "charged" else P.WAIVED] -= sign * satang
    if what != "received":
        legs += [
            LegLine(purpose, satang, None, bill) for purpose, satang in other.items() if satang
        ]
    return legs


def _money(
    used: list[LegLine],
    bill: int,
    on: date,
    *,
    incoming: Incoming | None,
    source: str,
    booked_on: date | None,
) -> list[Posting]:
    """Money in, what it settles out, and the rest owed to the payer (or taken from there)."""
    legs = list(used)
    if incoming is not None:
        legs.insert(0, LegLine(incoming.purpose, incoming.satang, None, bill))
    rest = -sum(leg.satang for leg in legs)
    if rest:
        legs.append(LegLine(P.OVERPAID, rest, None, bill))
    kind = Entry.Kind.PAYMENT if incoming else Entry.Kind.ALLOCATION
    return [Posting(kind, on, legs, bill, source, booked_on)] if legs else []

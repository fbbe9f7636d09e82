"""The cashier's day: counted against the ledger, checked by another person, closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils import timezone

from cadastre.tax.money import baht_written
from offices.models import Office, User
from offices.services.audit import entry_record
from taxmap.ledger_errors import DayAlreadyClosed, DifferenceUnexplained, SamePersonDecides
from taxmap.models import AccountPurpose, CashUp, Entry, Means, Payment
from taxmap.services.ledger import Book, LegLine, Posting, entries_post

_TILL_SPACE: Final = 7_204
"""Advisory locks of tills, by cashier: closing a day waits for payments that are being taken."""


def booking_day(cashier: User, office: Office, day: date) -> date:
    """The day of the journal for money taken on ``day``: the first that is not closed.

    Holds the till shared until the transaction ends, so that nobody closes the day meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [_TILL_SPACE, cashier.pk])
    closed = set(
        CashUp.objects.filter(cashier=cashier, local_authority=office, day__gte=day).values_list(
            "day", flat=True
        )
    )
    while day in closed:
        day += timedelta(days=1)
    return day


def expected_on(cashier: User, office: Office, day: date) -> dict[str, dict[str, int]]:
    """What a cashier's day brought: ``{means: {count, satang}}``, reversals taken off."""
    taken = Payment.objects.filter(
        cashier=cashier, entry__booked_on=day, entry__local_authority=office,
        entry__reversed_by=None,
    )  # fmt: skip
    rows = taken.values("means").annotate(count=Count("pk"), satang=Sum("amount_satang")).order_by()
    found = {row["means"]: {"count": row["count"], "satang": int(row["satang"])} for row in rows}
    return {means: found.get(means, {"count": 0, "satang": 0}) for means in Means.values}


@transaction.atomic
def day_close(
    *,
    cashier: User,
    office: Office,
    day: date,
    counted: Mapping[str, int],
    explanation: str,
    now: datetime,
) -> CashUp:
    """Close a cashier's day with what was counted (satang by means).

    A difference needs an explanation (`DifferenceUnexplained`) and is kept. Cash is handed over:
    the ledger moves what was counted to the bank, and the difference to its account.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_TILL_SPACE, cashier.pk])
    if CashUp.objects.filter(cashier=cashier, local_authority=office, day=day).exists():
        raise DayAlreadyClosed
    expected = {
        means: found["satang"] for means, found in expected_on(cashier, office, day).items()
    }
    held = {means: int(counted.get(means, 0)) for means in Means.values}
    if held != expected and not explanation.strip():
        raise DifferenceUnexplained(
            counted=baht_written(sum(held.values())), expected=baht_written(sum(expected.values()))
        )
    closed = CashUp.objects.create(
        local_authority=office, cashier=cashier, day=day, expected=expected, counted=held,
        explanation=explanation.strip(), prepared_at=now,
        entry=_hand_over(
            cashier=cashier, office=office, day=day, expected=expected, counted=held, now=now
        ),
    )  # fmt: skip
    entry_record(
        action="taxmap.cash_day_closed", subject_kind="cash_up", subject_id=str(closed.pk),
        actor=cashier, office=office, data={"expected": expected, "counted": held}, now=now,
    )  # fmt: skip
    return closed


def _hand_over(
    *,
    cashier: User,
    office: Office,
    day: date,
    expected: Mapping[str, int],
    counted: Mapping[str, int],
    now: datetime,
) -> Entry | None:
    """Counted cash to the bank, the till to nothing. Cheques wait until they clear."""
    cash, held = expected[Means.CASH], counted[Means.CASH]
    legs = [
        LegLine(AccountPurpose.BANK, held),
        LegLine(AccountPurpose.CASH_DIFFERENCE, cash - held),
        LegLine(AccountPurpose.CASH, -cash),
    ]
    legs = [leg for leg in legs if leg.satang]
    if not legs:
        return None
    book = Book.of(office, actor=cashier, channel="counter", now=now)
    source = f"cash_up:{day.isoformat()}"
    return entries_post(
        book, [Posting(Entry.Kind.CASH_UP, timezone.localdate(now), legs, None, source, day)]
    )[0]


def taken_back(book: Book, payment: Payment, day: date) -> Posting | None:
    """Cash that was handed over already comes back from the bank before it is given back."""
    handed_over = CashUp.objects.filter(
        cashier=payment.cashier, local_authority=book.local_authority, day=payment.entry.booked_on
    ).exists()
    if payment.means != Means.CASH or not handed_over:
        return None
    legs = [
        LegLine(AccountPurpose.CASH, payment.amount_satang),
        LegLine(AccountPurpose.BANK, -payment.amount_satang),
    ]
    return Posting(Entry.Kind.CASH_UP, day, legs, None, f"payment:{payment.public_id}")


@transaction.atomic
def day_check(closed: CashUp, *, actor: User, now: datetime) -> CashUp:
    """Another person has received the money and agrees; raises `SamePersonDecides`."""
    locked = CashUp.objects.select_for_update(of=("self",)).get(pk=closed.pk)
    if locked.cashier_id == actor.pk:
        raise SamePersonDecides
    if locked.checked_by_id is None:
        locked.checked_by, locked.checked_at = actor, now
        locked.save(update_fields=["checked_by", "checked_at"])
        entry_record(
            action="taxmap.cash_day_checked", subject_kind="cash_up", subject_id=str(locked.pk),
            actor=actor, office=locked.local_authority, now=now,
        )  # fmt: skip
    return locked

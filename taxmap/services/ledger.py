"""Writing entries, reversing them, and proving the ledger. docs/algorithms/ledger.md."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.db import IntegrityError, connection, transaction

from offices.models import Office, User
from taxmap.ledger_errors import EntryAlreadyReversed
from taxmap.models import Account, AccountPurpose, AccountType, Entry, Leg

_SQL = Path(__file__).parents[1] / "sql"
VERIFY_SQL = (_SQL / "ledger_verify.sql").read_text(encoding="utf-8")
CONTENT_SQL = (_SQL / "ledger_content.sql").read_text(encoding="utf-8")

P = AccountPurpose
CHART: Final[Mapping[AccountPurpose, tuple[AccountType, str]]] = {
    P.CASH: (AccountType.ASSET, "1110"),
    P.CHEQUES: (AccountType.ASSET, "1120"),
    P.BANK: (AccountType.ASSET, "1130"),
    P.BANK_CLEARING: (AccountType.ASSET, "1140"),
    P.TAX_DUE: (AccountType.ASSET, "1210"),
    P.PENALTY_DUE: (AccountType.ASSET, "1220"),
    P.SURCHARGE_DUE: (AccountType.ASSET, "1230"),
    P.OVERPAID: (AccountType.LIABILITY, "2110"),
    P.SUSPENSE: (AccountType.LIABILITY, "2120"),
    P.LAND_BUILDING_TAX: (AccountType.INCOME, "4110"),
    P.SIGNBOARD_TAX: (AccountType.INCOME, "4120"),
    P.PENALTY: (AccountType.INCOME, "4210"),
    P.SURCHARGE: (AccountType.INCOME, "4220"),
    P.WAIVED: (AccountType.EXPENSE, "5110"),
    P.CASH_DIFFERENCE: (AccountType.EXPENSE, "5120"),
}
"""Account codes to begin with. The chart of e-LAAS is not public: each authority sets its own."""

LEGS_PER_BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class LegLine:
    """An amount on an account, by the account's purpose; debit above nothing."""

    purpose: AccountPurpose
    satang: int
    assessment_id: int | None = None
    bill_id: int | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """An entry to be written; its legs add up to nothing and none of them is nothing."""

    kind: Entry.Kind
    happened_on: date
    legs: Sequence[LegLine]
    bill_id: int | None = None
    source: str = ""
    booked_on: date | None = None
    reverses: Entry | None = None
    idempotency_key: str | None = None
    request_hash: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """Where and by whom entries are written: what all postings of one act share."""

    local_authority: Office
    actor: User | None
    channel: str
    now: datetime
    accounts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls, local_authority: Office, *, actor: User | None, channel: str, now: datetime
    ) -> Book:
        """The book of an authority, with its chart of accounts."""
        return cls(local_authority, actor, channel, now, accounts_of(local_authority))


def accounts_of(local_authority: Office) -> dict[str, int]:
    """Keys of the accounts by purpose; missing ones are opened."""
    found = dict(
        Account.objects.filter(local_authority=local_authority).values_list("purpose", "pk")
    )
    if len(found) < len(CHART):
        Account.objects.bulk_create(
            [
                Account(local_authority=local_authority, purpose=purpose, type=type_, code=code)
                for purpose, (type_, code) in CHART.items()
                if purpose not in found
            ],
            ignore_conflicts=True,
        )
        found = dict(
            Account.objects.filter(local_authority=local_authority).values_list("purpose", "pk")
        )
    return found


@transaction.atomic
def entries_post(book: Book, postings: Iterable[Posting]) -> list[Entry]:
    """Write entries with their legs, in order. The caller holds the locks on their bills."""
    wanted = list(postings)
    if not wanted:
        return []
    entries = Entry.objects.bulk_create(
        [
            Entry(
                local_authority=book.local_authority, kind=each.kind, bill_id=each.bill_id,
                happened_on=each.happened_on, booked_on=each.booked_on or each.happened_on,
                posted_at=book.now, actor=book.actor, channel=book.channel, source=each.source,
                reverses=each.reverses, idempotency_key=each.idempotency_key,
                request_hash=each.request_hash,
            )
            for each in wanted
        ],
        batch_size=LEGS_PER_BATCH,
    )  # fmt: skip
    Leg.objects.bulk_create(
        [
            Leg(
                entry=entry, account_id=book.accounts[leg.purpose], satang=leg.satang,
                assessment_id=leg.assessment_id, bill_id=leg.bill_id,
            )
            for entry, each in zip(entries, wanted, strict=True)
            for leg in each.legs
        ],
        batch_size=LEGS_PER_BATCH,
    )  # fmt: skip
    return entries


def entry_reverse(book: Book, entry: Entry, *, happened_on: date, booked_on: date) -> Entry:
    """The same legs with the other sign. Raises `EntryAlreadyReversed` the second time."""
    purposes = {pk: AccountPurpose(purpose) for purpose, pk in book.accounts.items()}
    legs = [
        LegLine(purposes[leg.account_id], -leg.satang, leg.assessment_id, leg.bill_id)
        for leg in entry.legs.order_by("pk")
    ]
    posting = Posting(
        kind=Entry.Kind(entry.kind), happened_on=happened_on, booked_on=booked_on, legs=legs,
        bill_id=entry.bill_id, source=f"entry:{entry.pk}", reverses=entry,
    )  # fmt: skip
    try:
        with transaction.atomic():
            return entries_post(book, [posting])[0]
    except IntegrityError as error:
        raise EntryAlreadyReversed(entry=entry.pk) from error


def ledger_verify() -> list[tuple[str, str]]:
    """Every invariant that does not hold, with where; an empty list proves the ledger sound."""
    with connection.cursor() as cursor:
        cursor.execute(VERIFY_SQL)
        return [(rule, place) for rule, place in cursor.fetchall()]


def ledger_hash(local_authority: Office) -> str:
    """A digest of what the ledger says, whatever order and row numbers it was written in."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        cursor.execute(CONTENT_SQL, {"authority": local_authority.pk})
        for row in cursor:
            digest.update(repr(tuple[Any, ...](row)).encode())
    return digest.hexdigest()

"""Importing what banks report, exactly once. docs/algorithms/bank-reports.md, section 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from cadastre.payments import has_check_digit
from cadastre.payments.bank_report import BankReportFile, ReportedPayment, read_report
from offices.models import Office, User
from offices.services.audit import entry_record
from taxmap.ledger_errors import (
    BankLineClaimed,
    BankReportAlreadyImported,
    BankReportOfAnother,
    NothingToSettle,
)
from taxmap.models import (
    AccountPurpose,
    BankLine,
    BankReport,
    Bill,
    Entry,
    Letterhead,
    Means,
    MoneyRequest,
    Payment,
)
from taxmap.services.ledger import Book, LegLine, Posting, entries_post
from taxmap.services.receipts import receipts_issue
from taxmap.services.settling import BillFacts, Change, Incoming, facts_of, settlement_of

P = AccountPurpose
_IMPORT_SPACE: Final = 7_205
"""Advisory locks of imports, by office: files of one authority take turns."""
LINES_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the lines of a file; ``total`` is satang. They add up to ``lines``."""

    lines: int
    matched: int
    suspense: int
    duplicates: int
    total: int

    def as_json(self) -> dict[str, int]:
        return asdict(self)


@transaction.atomic
def bank_report_import(
    data: bytes, *, local_authority: Office, actor: User | None, now: datetime, file_name: str = ""
) -> Imported:
    """Import a bank's file: all of it or, on any error, nothing.

    Lines known from other files are counted and passed over; lines of unknown bills go to suspense.
    Raises `BankReportUnreadable`, `BankReportAlreadyImported` or `BankReportOfAnother`.
    """
    report = read_report(data)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_IMPORT_SPACE, local_authority.pk])
    known = BankReport.objects.filter(local_authority=local_authority, sha256=report.sha256).first()
    if known is not None:
        raise BankReportAlreadyImported(day=timezone.localdate(known.imported_at).isoformat())
    _check_biller(report, local_authority)
    fresh = _fresh(report.payments)
    bills = _bills_of(fresh, local_authority)
    confirmed = _confirmed(fresh, bills)
    book = Book.of(local_authority, actor=actor, channel="bank_report", now=now)
    stored = BankReport.objects.create(
        local_authority=local_authority, sha256=report.sha256, file_name=file_name[:200],
        bank_code=report.bank_code, company_account=report.account,
        effective_on=report.effective_on, lines=len(report.payments),
        duplicates=len(report.payments) - len(fresh), total_satang=report.total_satang,
        entry=_intake(book, report, [each for each in fresh if each not in confirmed]),
        imported_at=now, imported_by=actor,
    )  # fmt: skip
    lines = _store(stored, fresh, bills, confirmed)
    matched = [line for line in lines if not line.why_suspense and line.confirms_id is None]
    payments_from(book, [(line, bills[line.reference_1]) for line in matched])
    suspense = sum(bool(line.why_suspense) for line in lines)
    result = Imported(
        lines=len(report.payments), matched=len(lines) - suspense, suspense=suspense,
        duplicates=stored.duplicates, total=report.total_satang,
    )  # fmt: skip
    entry_record(
        action="taxmap.bank_report_imported", subject_kind="bank_report", subject_id=str(stored.pk),
        actor=actor, office=local_authority, data=result.as_json(), now=now,
    )  # fmt: skip
    return result


def _check_biller(report: BankReportFile, office: Office) -> None:
    """Where the authority's biller number is known, every line must pay to it."""
    head = Letterhead.objects.filter(local_authority=office).first()
    ours = head.biller_id if head else ""
    for each in report.payments:
        if ours and each.biller_id and each.biller_id != ours:
            raise BankReportOfAnother(line=each.line, biller=each.biller_id, office=office.name_th)


def _fresh(payments: Sequence[ReportedPayment]) -> list[ReportedPayment]:
    """The lines that no former file brought."""
    known: set[tuple[str, int]] = set()
    for start in range(0, len(payments), LINES_AT_ONCE):
        keys = [each.key for each in payments[start : start + LINES_AT_ONCE]]
        known.update(BankLine.objects.filter(key__in=keys).values_list("key", "occurrence"))
    return [each for each in payments if (each.key, each.occurrence) not in known]


def _bills_of(payments: Sequence[ReportedPayment], office: Office) -> dict[str, Bill]:
    """The charged bills that the lines name, by reference, locked in the order of their keys."""
    wanted = {each.reference_1 for each in payments if has_check_digit(each.reference_1)}
    found = Bill.objects.filter(
        local_authority=office, reference_1__in=wanted, entries__kind=Entry.Kind.CHARGE
    )
    locked = Bill.objects.select_for_update(of=("self",)).filter(pk__in=found.values("pk"))
    return {bill.reference_1: bill for bill in locked.order_by("pk")}


def _confirmed(
    payments: Sequence[ReportedPayment], bills: Mapping[str, Bill]
) -> dict[ReportedPayment, Payment]:
    """Lines that report what a cashier took by QR code or transfer already: same bill, day, sum."""
    waiting: dict[tuple[int, Any, int], list[Payment]] = {}
    for payment in Payment.objects.filter(
        bill__in=bills.values(), means__in=[Means.QR, Means.TRANSFER], bank_line=None,
        confirmed_by=None, entry__reversed_by=None,
    ).order_by("-pk"):  # fmt: skip
        key = (payment.bill_id, payment.paid_on, payment.amount_satang)
        waiting.setdefault(key, []).append(payment)
    confirmed = {}
    for each in payments:
        bill = bills.get(each.reference_1)
        found = waiting.get((bill.pk, each.paid_on, each.amount_satang)) if bill else None
        if found:
            confirmed[each] = found.pop()
    return confirmed


def _intake(book: Book, report: BankReportFile, new: Sequence[ReportedPayment]) -> Entry | None:
    """Everything new is at the bank, and waits in suspense until its bill is paid with it."""
    total = sum(each.amount_satang for each in new)
    if not total:
        return None
    legs = [LegLine(P.BANK_CLEARING, total), LegLine(P.SUSPENSE, -total)]
    posting = Posting(
        Entry.Kind.SUSPENSE, report.effective_on, legs, source=f"report:{report.sha256[:16]}",
        booked_on=timezone.localdate(book.now),
    )  # fmt: skip
    return entries_post(book, [posting])[0]


def _store(
    report: BankReport,
    payments: Sequence[ReportedPayment],
    bills: Mapping[str, Bill],
    confirmed: Mapping[ReportedPayment, Payment],
) -> list[BankLine]:
    return BankLine.objects.bulk_create(
        [
            BankLine(
                report=report, line_number=each.line, key=each.key, occurrence=each.occurrence,
                bank_code=each.sending_bank or each.bank_code, paid_on=each.paid_on,
                paid_at=each.paid_at, payer=each.payer, reference_1=each.reference_1,
                reference_2=each.reference_2, reference_3=each.reference_3,
                transaction_code=each.transaction_code,
                cheque_number=each.new_cheque_number or each.cheque_number,
                amount_satang=each.amount_satang, confirms=confirmed.get(each),
                why_suspense=_why_suspense(each, bills),
            )
            for each in payments
        ],
        batch_size=LINES_AT_ONCE,
    )  # fmt: skip


def _why_suspense(payment: ReportedPayment, bills: Mapping[str, Bill]) -> str:
    """Blank when the bill is known."""
    if payment.reference_1 in bills:
        return ""
    if not has_check_digit(payment.reference_1):
        return "reference_damaged"
    return "bill_unknown"


def payments_from(book: Book, matches: Sequence[tuple[BankLine, Bill]]) -> list[Payment]:
    """Pay bills with bank lines that wait in suspense. The caller holds the locks on the bills."""
    if not matches:
        return []
    today = timezone.localdate(book.now)
    facts = facts_of({bill.pk: bill for _line, bill in matches}.values())
    ordered = sorted(
        matches,
        key=lambda match: (match[0].paid_on, match[0].paid_at, match[0].key, match[0].occurrence),
    )
    changes = [_change(line, facts[bill.pk], today) for line, bill in ordered]
    entries = entries_post(book, [posting for each in changes for posting in each.postings])
    former = dict(
        Payment.objects.filter(bank_line__in=[line for line, _bill in matches])
        .values_list("bank_line")
        .annotate(Count("pk"))
    )
    brought = iter(each for each in entries if each.kind == Entry.Kind.PAYMENT)
    payments = Payment.objects.bulk_create(
        [
            Payment(
                bill=bill, entry=next(brought), means=Means.QR, amount_satang=line.amount_satang,
                paid_on=line.paid_on, received_at=book.now, cashier=None, bank_line=line,
                bank_match=former.get(line.pk, 0) + 1,
            )
            for line, bill in ordered
        ],
        batch_size=LINES_AT_ONCE,
    )  # fmt: skip
    receipts_issue(
        list(zip(payments, changes, strict=True)), office=book.local_authority, now=book.now
    )
    return payments


def _change(line: BankLine, facts: BillFacts, today: Any) -> Change:
    return settlement_of(
        facts, on=line.paid_on, incoming=Incoming(P.SUSPENSE, line.amount_satang, line.paid_on),
        source=f"line:{line.pk}", booked_on=today,
    )  # fmt: skip


STANDS: Final = Q(payments__entry__reversed_by=None, payments__isnull=False)


def suspense_lines(office: Office) -> Any:
    """Lines that nobody has claimed: no payment of theirs stands, and nothing was sent back."""
    return (
        BankLine.objects.filter(report__local_authority=office)
        .annotate(standing=Count("payments", filter=STANDS, distinct=True))
        .filter(standing=0)
        .filter(Q(confirms=None) | Q(confirms__entry__reversed_by__isnull=False))
        .exclude(
            pk__in=MoneyRequest.objects.filter(
                kind=MoneyRequest.Kind.LINE_REFUND, is_approved=True, bank_line__isnull=False
            ).values("bank_line")
        )
        .select_related("report")
        .order_by("paid_on", "pk")
    )


def line_claim(line: BankLine) -> BankLine:
    """The line, locked, if nobody has claimed it; else `BankLineClaimed`."""
    locked = (
        BankLine.objects.select_for_update(of=("self",)).select_related("report").get(pk=line.pk)
    )
    if not suspense_lines(locked.report.local_authority).filter(pk=line.pk).exists():
        raise BankLineClaimed
    return locked


@transaction.atomic
def bank_report_settle(report: BankReport, *, actor: User, now: datetime) -> Entry:
    """The bank has paid out the report: its lines leave the clearing account for the bank's.

    Raises `NothingToSettle` the second time.
    """
    lines = BankLine.objects.select_for_update(of=("self",)).filter(report=report, settled_by=None)
    open_lines = list(lines.order_by("pk"))
    total = sum(each.amount_satang for each in open_lines)
    if not total:
        raise NothingToSettle
    book = Book.of(report.local_authority, actor=actor, channel="bank_report", now=now)
    today = timezone.localdate(now)
    legs = [LegLine(P.BANK, total), LegLine(P.BANK_CLEARING, -total)]
    entry = entries_post(
        book, [Posting(Entry.Kind.BANK_SETTLEMENT, today, legs, source=f"report:{report.pk}")]
    )[0]
    BankLine.objects.filter(pk__in=[each.pk for each in open_lines]).update(settled_by=entry)
    return entry

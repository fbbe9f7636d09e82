"""Bank reports in the ledger: every line once, in whatever files and order they come."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadastre.payments.bank_report import (
    BankReportFile,
    BankReportUnreadable,
    ReportedPayment,
    write_report,
)
from offices.models import Role, User
from taxmap.balances import balance_of
from taxmap.ledger_errors import (
    BankLineClaimed,
    BankReportAlreadyImported,
    NothingToSettle,
    RequestDecided,
    SamePersonDecides,
)
from taxmap.models import BankLine, BankReport, Bill, Leg, Means, Payment, Receipt
from taxmap.services.bank_reports import (
    Imported,
    bank_report_import,
    bank_report_settle,
    suspense_lines,
)
from taxmap.services.ledger import ledger_hash, ledger_verify
from taxmap.services.money_requests import (
    line_refund_prepare,
    match_prepare,
    request_decide,
    reversal_prepare,
)
from taxmap.services.payments import Tender, payment_take
from tests.factories import NOW, a_local_authority, a_user
from tests.taxmap.money import a_bill

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 15)
IN_TIME = datetime(2026, 6, 15, 3, 0, tzinfo=UTC)


def a_line(bill: Bill | str, satang: int, **fields: object) -> ReportedPayment:
    facts: dict[str, object] = {
        "line": 0, "bank_code": "006", "account": "1234567890", "paid_on": DAY,
        "paid_at": time(9, 30), "amount_satang": satang, "payer": "สมใจ",
        "reference_1": bill if isinstance(bill, str) else bill.reference_1,
    }  # fmt: skip
    return ReportedPayment(**facts | fields)  # type: ignore[arg-type]


def a_file(*lines: ReportedPayment, day: date = DAY) -> bytes:
    return write_report(BankReportFile("006", "1234567890", "เทศบาลทดสอบ", day, payments=lines))


def imported(data: bytes) -> Imported:
    return bank_report_import(data, local_authority=a_local_authority(), actor=None, now=NOW)


def held(purpose: str) -> int:
    return sum(Leg.objects.filter(account__purpose=purpose).values_list("satang", flat=True))


@pytest.fixture
def officers() -> tuple[User, User]:
    office = a_local_authority()
    return a_user("one", Role.CASHIER, office=office), a_user("two", Role.MANAGER, office=office)


def test_a_line_pays_its_bill_on_the_day_it_was_paid() -> None:
    bill = a_bill(10_000)
    assert imported(a_file(a_line(bill, 10_000))) == Imported(1, 1, 0, 0, 10_000)
    assert balance_of(bill).due_satang == 0
    payment = Payment.objects.get()
    assert (payment.paid_on, payment.cashier, payment.receipt.series) == (DAY, None, "B")
    assert held("bank_clearing") == 10_000
    assert ledger_verify() == []


def test_money_of_an_unknown_bill_is_kept_in_suspense() -> None:
    bill = a_bill(10_000)
    wrong_digit = bill.reference_1[:-1] + str((int(bill.reference_1[-1]) + 1) % 10)
    got = imported(
        a_file(a_line(wrong_digit, 500), a_line("123456789015", 700), a_line("", 900))
    )  # fmt: skip
    assert got == Imported(3, 0, 3, 0, 2_100)
    assert held("suspense") == -2_100
    assert list(BankLine.objects.order_by("pk").values_list("why_suspense", flat=True)) == [
        "reference_damaged", "bill_unknown", "reference_damaged"
    ]  # fmt: skip
    assert ledger_verify() == []


def test_two_equal_lines_are_two_payments() -> None:
    bill = a_bill(10_000)
    assert imported(a_file(*[a_line(bill, 5_000)] * 2)).matched == 2
    assert balance_of(bill).due_satang == 0


def test_overlapping_files_add_only_what_is_new() -> None:
    bill = a_bill(10_000)
    twin, later = a_line(bill, 2_000), a_line(bill, 1_000, paid_on=date(2026, 6, 16))
    assert imported(a_file(twin)).matched == 1
    got = imported(a_file(twin, twin, later))
    assert got == Imported(3, 2, 0, 1, 5_000)
    assert balance_of(bill).received_satang == 5_000


def test_the_same_file_is_refused_politely_under_any_name() -> None:
    data = a_file(a_line(a_bill(10_000), 10_000))
    imported(data)
    with pytest.raises(BankReportAlreadyImported, match="already"):
        imported(data)
    assert BankReport.objects.count() == 1


def test_a_refused_file_leaves_nothing() -> None:
    bill = a_bill(10_000)
    with pytest.raises(BankReportUnreadable):
        imported(a_file(a_line(bill, 10_000))[:-260])
    assert not BankReport.objects.exists()
    assert balance_of(bill).received_satang == 0


def test_an_import_that_dies_leaves_nothing() -> None:
    bill = a_bill(10_000)
    data = a_file(a_line(bill, 4_000), a_line("", 50))
    before = ledger_hash(bill.local_authority)

    class Killed(Exception):
        pass

    with pytest.raises(Killed), transaction.atomic():
        imported(data)
        raise Killed
    assert ledger_hash(bill.local_authority) == before
    assert imported(data).matched == 1


def test_the_command_tells_what_became_of_every_line(tmp_path: Path) -> None:
    bill = a_bill(10_000)
    path = tmp_path / "report.txt"
    path.write_bytes(a_file(a_line(bill, 10_000), a_line("", 5)))
    for expected in (
        {"lines": 2, "matched": 1, "suspense": 1, "duplicates": 0, "total": 10_005},
        {"lines": 2, "matched": 0, "suspense": 0, "duplicates": 2, "total": 10_005},
    ):
        out = io.StringIO()
        call_command("import_bank_report", str(path), json=True, stdout=out, stderr=io.StringIO())
        assert json.loads(out.getvalue()) == expected
    path.write_bytes(b"nothing")
    with pytest.raises(CommandError, match="too_short"):
        call_command("import_bank_report", str(path))


def test_a_line_confirms_what_the_cashier_took_by_qr_code(officers: tuple[User, User]) -> None:
    bill = a_bill(10_000)
    payment_take(
        bill=bill, tender=Tender(Means.QR, 10_000), key="k", actor=officers[0], now=IN_TIME
    )
    assert imported(a_file(a_line(bill, 10_000))) == Imported(1, 1, 0, 0, 10_000)
    assert Payment.objects.count() == 1
    assert (held("bank_clearing"), held("overpaid")) == (10_000, 0)
    assert ledger_verify() == []


def test_a_match_by_hand_takes_two_people(officers: tuple[User, User]) -> None:
    bill = a_bill(10_000)
    imported(a_file(a_line("", 10_000)))
    line = BankLine.objects.get()
    asked = match_prepare(line=line, bill=bill, reason="ใบนำฝาก", actor=officers[0], now=NOW)
    with pytest.raises(SamePersonDecides):
        request_decide(asked, approve=True, actor=officers[0], now=NOW)
    request_decide(asked, approve=True, actor=officers[1], now=NOW)
    assert balance_of(bill).due_satang == 0
    assert held("suspense") == 0
    with pytest.raises(RequestDecided):
        request_decide(asked, approve=True, actor=officers[1], now=NOW)
    with pytest.raises(BankLineClaimed):
        match_prepare(line=line, bill=bill, reason="อีกครั้ง", actor=officers[0], now=NOW)
    assert ledger_verify() == []


def test_a_reversed_match_waits_in_suspense_again(officers: tuple[User, User]) -> None:
    wrong, right = a_bill(10_000), a_bill(10_000, number=2)
    imported(a_file(a_line(wrong, 10_000)))
    payment = Payment.objects.get()
    asked = reversal_prepare(payment=payment, reason="ผิดราย", actor=officers[0], now=NOW)
    request_decide(asked, approve=True, actor=officers[1], now=NOW)
    assert Receipt.objects.get().void_reason == "ผิดราย"
    line = suspense_lines(wrong.local_authority).get()
    asked = match_prepare(line=line, bill=right, reason="แก้", actor=officers[0], now=NOW)
    request_decide(asked, approve=True, actor=officers[1], now=NOW)
    assert (balance_of(wrong).due_satang, balance_of(right).due_satang) == (10_000, 0)
    assert ledger_verify() == []


def test_money_nobody_knows_is_sent_back_once(officers: tuple[User, User]) -> None:
    imported(a_file(a_line("", 10_000)))
    line = BankLine.objects.get()
    asked = [
        line_refund_prepare(line=line, pay_to="-", reason="คืน", actor=officers[0], now=NOW)
        for _ in range(2)
    ]
    request_decide(asked[0], approve=True, actor=officers[1], now=NOW)
    with pytest.raises(BankLineClaimed):
        request_decide(asked[1], approve=True, actor=officers[1], now=NOW)
    assert (held("suspense"), held("bank")) == (0, -10_000)
    assert not suspense_lines(line.report.local_authority).exists()
    assert ledger_verify() == []


def test_the_bank_settles_a_report_once(officers: tuple[User, User]) -> None:
    imported(a_file(a_line(a_bill(10_000), 10_000), a_line("", 5)))
    report = BankReport.objects.get()
    bank_report_settle(report, actor=officers[0], now=NOW)
    assert (held("bank"), held("bank_clearing")) == (10_005, 0)
    with pytest.raises(NothingToSettle):
        bank_report_settle(report, actor=officers[0], now=NOW)
    assert ledger_verify() == []


lines_drawn = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from([100, 4_000, 9_000]), st.sampled_from([10, 14, 20, 40])
    ),
    max_size=7,
)
cuts_drawn = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=4)


@pytest.fixture
def two_bills() -> list[Bill]:
    return [a_bill(10_000, 3_000), a_bill(5_000, number=2)]


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(drawn=lines_drawn, cuts=cuts_drawn, order=st.randoms(use_true_random=False))
def test_files_in_any_pieces_and_order_leave_the_same_ledger(
    two_bills: list[Bill], drawn: list[tuple[int, int, int]], cuts: list[tuple[int, int]],
    order: object,
) -> None:  # fmt: skip
    """I8: overlapping prefixes and slices, some twice, shuffled; then the whole."""
    office = two_bills[0].local_authority
    whole = [
        a_line(two_bills[bill] if bill < 2 else "", satang,
               paid_on=date.fromordinal(DAY.toordinal() + after))
        for bill, satang, after in sorted(drawn, key=lambda each: each[2])
    ]  # fmt: skip
    days = sorted({each.paid_on for each in whole})
    files = [
        [each for each in whole if each.paid_on in days[low : low + high + 1]] for low, high in cuts
    ]
    order.shuffle(files)  # type: ignore[attr-defined]

    def ledger_after(pieces: list[list[ReportedPayment]]) -> str:
        with transaction.atomic():
            for piece in pieces:
                try:
                    imported(a_file(*piece))
                except BankReportAlreadyImported:
                    continue
            assert ledger_verify() == []
            found = ledger_hash(office)
            transaction.set_rollback(True)
        return found

    assert ledger_after([*files, whole]) == ledger_after([whole])

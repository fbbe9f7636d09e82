"""The cashier's desk as it is used: find, take, print, close; and who may not."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cadastre.payments import BillPayment, qr_payload
from cadastre.payments.bank_report import BankReportFile, ReportedPayment, write_report
from offices.models import AuditEntry, Role
from taxmap.balances import balance_of
from taxmap.models import Bill, CashUp, Means, MoneyRequest, Payment, Receipt
from taxmap.services.ledger import ledger_verify
from tests.factories import NOW, a_local_authority, a_party, a_user
from tests.taxmap.money import a_bill, paid_at_counter

pytestmark = pytest.mark.django_db
DESK = ["/taxmap/counter/", "/taxmap/counter/journal/", "/taxmap/bank/"]


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages ask for now: it is 20 November 2026."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def officer(role: Role, name: str = "officer", office: str = "LA-TEST") -> Client:
    client = Client()
    client.force_login(a_user(name, role, office=a_local_authority(office)))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def bill() -> Bill:
    return a_bill(100_000, 50_000)


@pytest.fixture
def desk() -> Client:
    return officer(Role.CASHIER)


@pytest.mark.parametrize("address", DESK)
def test_only_a_cashier_is_at_the_desk(address: str) -> None:
    assert Client().get(address).status_code == 302
    assert officer(Role.TAX_OFFICER).get(address).status_code == 403
    assert officer(Role.CASHIER, "two").get(address).status_code == 200


def test_another_authority_sees_no_bill_receipt_or_request(bill: Bill) -> None:
    payment = paid_at_counter(bill, 100)
    stranger = officer(Role.CASHIER, "stranger", "LA-OTHER")
    assert stranger.get(f"/taxmap/counter/bills/{bill.public_id}/").status_code == 404
    assert stranger.get(f"/taxmap/receipts/{payment.receipt.public_id}/").status_code == 404
    undo = f"/taxmap/payments/{payment.public_id}/request/"
    assert stranger.post(undo, {"reason": "x"}).status_code == 404
    found = stranger.get("/taxmap/counter/", {"q": bill.reference_1})
    assert "No bill was found" in found.content.decode()


@pytest.mark.parametrize("scanned", ["reference", "qr", "code"])
def test_a_bill_is_found_by_what_is_on_the_notice(bill: Bill, desk: Client, scanned: str) -> None:
    asked = {
        "reference": f"{bill.reference_1[:4]} {bill.reference_1[4:]}",
        "qr": qr_payload(BillPayment("099400016550100", bill.reference_1, "2569", 150_000)),
        "code": "01a011",
    }[scanned]
    answer = desk.get("/taxmap/counter/", {"q": asked})
    assert answer.headers["Location"] == f"/taxmap/counter/bills/{bill.public_id}/"


def test_a_look_by_name_leaves_a_trace(desk: Client) -> None:
    owner = a_party("สมใจ", surname="ใจดี")
    bill = a_bill(number=3, taxpayers=[owner.pk])
    text = desk.post("/taxmap/counter/", {"name": " สมใจ  ใจดี "}).content.decode()
    assert bill.reference_1 in text
    entry = AuditEntry.objects.get(action="taxmap.bills_looked_up_by_name")
    assert entry.data == {"found": 1}


def test_the_penalty_of_the_day_is_shown_and_taken_once(bill: Bill, desk: Client) -> None:
    address = f"/taxmap/counter/bills/{bill.public_id}/"
    page = desk.get(address).content.decode()
    for figure in ("1,500.00", "150.00", "75.00", "1,725.00", "section 68"):
        assert figure in page
    order = {"amount": "1,725.00", "means": "cash", "tendered": "2,000", "key": "pressed"}
    first, again = desk.post(address, order), desk.post(address, order)
    assert first.headers["Location"] == again.headers["Location"]
    assert Payment.objects.count() == 1
    receipt = desk.get(first.headers["Location"], {"paper": "80mm"}).content.decode()
    for words in ("A 1/2027", "1,725.00", "275.00", "receipt--80mm"):
        assert words in receipt
    on_paper = f"/taxmap/receipts/{Receipt.objects.get().public_id}/receipt.pdf"
    assert f'href="{on_paper}"' in receipt
    assert desk.get(on_paper).headers["Content-Type"] == "application/pdf"
    desk.cookies["django_language"] = "th"
    thai = desk.get(first.headers["Location"]).content.decode()
    assert "รับชำระแล้ว" in thai
    assert "รับเมื่อ" not in thai  # an amount, not a day
    assert balance_of(bill).due_satang == 0
    assert ledger_verify() == []


@pytest.mark.parametrize(
    "order",
    [
        {"amount": "", "means": "cash"},
        {"amount": "1", "means": "shells"},
        {"amount": "1.234", "means": "cash"},
        {"amount": "10", "means": "cheque"},
        {"amount": "10", "means": "cash", "tendered": "9"},
        {"amount": "0", "means": "cash"},
    ],
)
def test_a_slip_takes_no_money(bill: Bill, desk: Client, order: dict[str, str]) -> None:
    answer = desk.post(f"/taxmap/counter/bills/{bill.public_id}/", order | {"key": "k"})
    assert answer.status_code == 422
    assert not Payment.objects.exists()


def test_a_reversal_is_asked_for_here_and_decided_by_another(bill: Bill, desk: Client) -> None:
    payment = paid_at_counter(bill, 1_000)
    desk.post(f"/taxmap/payments/{payment.public_id}/request/", {"reason": "ผิดใบ"})
    asked = MoneyRequest.objects.get()
    decide = f"/taxmap/money-requests/{asked.pk}/"
    assert desk.post(decide, {"decision": "approve"}).status_code == 403
    manager = officer(Role.MANAGER, "manager")
    assert "ผิดใบ" in manager.get("/taxmap/money-requests/").content.decode()
    manager.post(decide, {"decision": "approve"})
    assert balance_of(bill).received_satang == 0
    assert Receipt.objects.get().voided_at is not None
    assert ledger_verify() == []


def test_waivers_and_refunds_wait_for_the_second_person(bill: Bill, desk: Client) -> None:
    ask = f"/taxmap/counter/bills/{bill.public_id}/request/"
    desk.post(ask, {"what": "waiver", "component": "penalty", "amount": "100", "reason": "คำสั่ง"})
    desk.post(ask, {"what": "waiver", "component": "tax", "amount": "9999", "reason": "มากไป"})
    desk.post(ask, {"what": "refund", "amount": "5", "pay_to": "x", "reason": "ไม่มี"})
    assert MoneyRequest.objects.count() == 1
    page = f"/taxmap/counter/bills/{bill.public_id}/"
    assert "1,725.00" in desk.get(page).content.decode()
    officer(Role.MANAGER, "manager").post(
        f"/taxmap/money-requests/{MoneyRequest.objects.get().pk}/", {"decision": "approve"}
    )
    assert "1,625.00" in desk.get(page).content.decode()


def test_a_day_is_counted_explained_closed_and_checked(bill: Bill, desk: Client) -> None:
    address = f"/taxmap/counter/bills/{bill.public_id}/"
    desk.post(address, {"amount": "100", "means": "cash", "key": "1"})
    desk.post(address, {"amount": "50", "means": "qr", "key": "2"})
    journal = "/taxmap/counter/journal/"
    counted = {"cash": "99", "cheque": "0", "qr": "50", "transfer": "0"}
    assert desk.post(journal, counted).status_code == 422
    assert desk.post(journal, counted | {"explanation": "ทอนผิด"}).status_code == 302
    closed = CashUp.objects.get()
    assert (closed.expected["cash"], closed.counted["cash"]) == (10_000, 9_900)
    desk.post(address, {"amount": "7", "means": "cash", "key": "3"})
    assert Payment.objects.latest("pk").entry.booked_on == date(2026, 11, 21)
    assert desk.post(f"/taxmap/cash-days/{closed.pk}/").status_code == 403
    manager = officer(Role.MANAGER, "manager")
    assert "149.00" in manager.get("/taxmap/money-requests/").content.decode()
    manager.post(f"/taxmap/cash-days/{closed.pk}/")
    closed.refresh_from_db()
    assert closed.checked_at is not None
    assert desk.post(journal, counted | {"explanation": "x"}).status_code == 422
    assert ledger_verify() == []


def test_a_bank_file_is_sent_twice_and_counts_once(bill: Bill, desk: Client) -> None:
    lines = [
        ReportedPayment(
            line=0, bank_code="006", account="1", paid_on=date(2026, 6, 1), paid_at=time(9),
            amount_satang=satang, reference_1=reference,
        )
        for satang, reference in ((150_000, bill.reference_1), (777, ""))
    ]  # fmt: skip
    data = write_report(BankReportFile("006", "1", "-", date(2026, 6, 2), payments=lines))
    first = desk.post("/taxmap/bank/", {"file": SimpleUploadedFile("a.txt", data)})
    assert first.status_code == 302
    again = desk.post("/taxmap/bank/", {"file": SimpleUploadedFile("b.txt", data)})
    assert again.status_code == 422
    assert "already" in again.content.decode()
    page = desk.get("/taxmap/bank/").content.decode()
    assert "7.77" in page
    assert "2 lines" in page
    broken = desk.post("/taxmap/bank/", {"file": SimpleUploadedFile("c.txt", data[:-3])})
    assert "not_256_characters" in broken.content.decode()
    assert balance_of(bill).due_satang == 0


def test_the_officer_reports_arrears_and_the_cashier_does_not(bill: Bill, desk: Client) -> None:
    assert "1,725.00" in desk.get("/taxmap/arrears/").content.decode()
    assert desk.post("/taxmap/arrears/").status_code == 403
    tax_officer = officer(Role.TAX_OFFICER, "tax")
    letter = "/taxmap/arrears/letter.pdf?year=2026"
    assert letter not in tax_officer.get("/taxmap/arrears/?year=2026").content.decode()
    tax_officer.post("/taxmap/arrears/?year=2026")
    for reader in (tax_officer, desk):
        assert f'href="{letter}"' in reader.get("/taxmap/arrears/?year=2026").content.decode()
        assert reader.get(letter).headers["Content-Type"] == "application/pdf"
    bill.refresh_from_db()
    assert bill.reported_on == NOW.date()
    listed = b"".join(tax_officer.get("/taxmap/arrears.csv?year=2026").streaming_content)  # type: ignore[arg-type]
    assert b"01A011" in listed
    assert b"1,5" not in listed


def test_a_cheque_clears_once(bill: Bill, desk: Client) -> None:
    desk.post(
        f"/taxmap/counter/bills/{bill.public_id}/",
        {"amount": "10", "means": "cheque", "cheque_number": "1", "cheque_bank": "กรุงไทย",
         "cheque_on": "20/11/2569", "key": "k"},
    )  # fmt: skip
    payment = Payment.objects.get(means=Means.CHEQUE)
    for expected in ("is cleared.", "already"):
        answer = desk.post(
            f"/taxmap/payments/{payment.public_id}/request/", {"what": "cleared"}, follow=True
        )
        assert expected in answer.content.decode()
    assert ledger_verify() == []

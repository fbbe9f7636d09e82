"""The whole year in a generated town: the roll, the letters, the money, the hold, and the totals.

A tax officer assesses and writes, a cashier and the bank take payments, the land office meets the
hold and its release, an officer prints the rounds, everybody sees the same totals, and a citizen
reads on a phone why the bill is what it is.
"""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import zxingcpp
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from cadastre.payments.bank_report import BankReportFile, ReportedPayment, write_report
from offices.models import Job, LocalAuthority, Role, User
from offices.models.office import Office
from offices.services.jobs import job_run
from parcels.models import Transaction
from parcels.services.transactions import Draft, SourceFacts, transaction_draft
from taxmap.models import Balance, Bill, Leg, NoticeBatch, Payment, TaxYear
from taxmap.services.ledger import ledger_verify
from tests.browser.conftest import PHONE
from tests.browser.editing import sign_in
from tests.factories import a_user
from tests.parcels.editing.test_town import a_town
from tests.parcels.test_registration_rights import NEW, to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
YEAR = 2026
LETTERS = 4


@dataclass(frozen=True)
class Town:
    land_office: Office
    authority: Office
    people: dict[Role, User]


@pytest.fixture
def town(db: None, settings: Any, tmp_path: Path) -> Town:
    settings.MEDIA_ROOT = tmp_path / "media"
    land_office = a_town(120)
    authority = LocalAuthority.objects.get()
    at = {
        Role.TAX_OFFICER: authority, Role.CASHIER: authority, Role.MANAGER: authority,
        Role.LAND_OFFICER: land_office, Role.CHECKER: land_office,
    }  # fmt: skip
    return Town(
        land_office, authority, {role: a_user(role.value, role, office=at[role]) for role in at}
    )


@pytest.fixture
def desks(open_page: Any, town: Town) -> dict[Role, Page]:
    """A page for each of them, in English, signed in."""
    pages = {}
    for role, user in town.people.items():
        pages[role] = open_page("/sign-in/", language="en")
        sign_in(pages[role], user)
    return pages


def work(kind: str) -> dict[str, Any]:
    """Do the job that was ordered last, as the worker does."""
    job = Job.objects.filter(kind=kind).latest("pk")
    job_run(job_id=job.pk, attempt=job.attempt)
    job.refresh_from_db()
    assert job.status == "succeeded", job.error
    assert isinstance(job.result, dict)
    return job.result


def assess(page: Page) -> None:
    """From the carried-over register to numbered bills, on the page of the year."""
    address = f"{reverse('taxmap-year')}?year={YEAR}"
    page.goto(address)
    for button, kind in (
        ("Carry over from last year", "taxmap.roll_over"),
        ("Announce the prices", None),
        ("Announce the lists", None),
        ("Run the roll", "taxmap.assess_roll"),
        ("Close the roll", "taxmap.close_roll"),
    ):
        page.get_by_role("button", name=button).click()
        page.wait_for_load_state()
        if kind:
            work(kind)
            page.goto(address)
    assert TaxYear.objects.get().stage == "assessed"


def print_letters(page: Page, tmp_path: Path) -> list[str]:
    """Print the first notices; the codes that an independent reader finds on them."""
    page.goto(reverse("taxmap-notices"))
    order = page.locator("main form[method=post]")
    order.locator("[name=kind]").select_option("assessment")
    order.locator("[name=language]").select_option("th")
    order.locator("[name=first]").fill("1")
    order.locator("[name=last]").fill(str(LETTERS))
    page.get_by_role("button", name="Print the batch").click()
    page.wait_for_url("**/taxmap/notices/*/")
    work("taxmap.print_notices")
    batch = NoticeBatch.objects.get()
    file = page.request.get(reverse("taxmap-notice-part", args=[batch.public_id, 1]))
    assert file.ok
    paper = tmp_path / "letters.pdf"
    paper.write_bytes(file.body())
    command = ["pdftoppm", "-r", "200", "-gray", "-png", str(paper), str(tmp_path / "letter")]
    subprocess.run(command, check=True, timeout=120)
    pictures = sorted(tmp_path.glob("letter*.png"))
    return [code.text for each in pictures for code in zxingcpp.read_barcodes(Image.open(each))]


def take(page: Page, bill: Bill, means: str, **more: str) -> None:
    """At the counter: find the bill by its reference, take what is due today."""
    page.goto(reverse("taxmap-counter"))
    page.fill("#q", bill.reference_1)
    page.get_by_role("button", name="Find the bill").click()
    page.locator("select[name=means], input[name=means]").first.wait_for()
    if page.locator("select[name=means]").count():
        page.select_option("select[name=means]", means)
    else:
        page.check(f"input[name=means][value={means}]")
    for name, value in more.items():
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name="Take the payment and print the receipt").click()
    page.wait_for_url("**/taxmap/receipts/*/")


def due(bill: Bill) -> int:
    return sum(Balance.objects.filter(bill=bill).values_list("due_satang", flat=True))


def bank_file(bill: Bill, authority: Office) -> bytes:
    """The bank says that the bill was paid in time through its QR code."""
    line = ReportedPayment(
        line=0, bank_code="006", account="1234567890", paid_on=date(YEAR, 5, 4),
        paid_at=time(9, 30), amount_satang=bill.tax_satang, payer="ผู้ชำระ",
        reference_1=bill.reference_1,
    )  # fmt: skip
    return write_report(
        BankReportFile("006", "1234567890", "เทศบาล", date(YEAR, 5, 5), payments=[line])
    )


def import_twice(page: Page, data: bytes) -> None:
    for _time in range(2):
        page.goto(reverse("taxmap-bank"))
        page.set_input_files(
            "input[type=file]", {"name": "day.txt", "mimeType": "text/plain", "buffer": data}
        )
        page.get_by_role("button", name="Import the report").click()
        page.wait_for_load_state()


def transfer_of(bill: Bill, maker: User, office: Office) -> Transaction:
    """A draft that gives the first plot of the bill to somebody new."""
    assessed = bill.assessments.order_by("pk")[0]
    assert assessed.unit is not None
    draft = Draft(
        kind=Transaction.Kind.TRANSFER, source=SourceFacts(kind="request", reference="ท.ด. 1"),
        reason="ขาย", content={"to": to((NEW, 1, 1))}, titles=(assessed.unit.parcel.ba_unit,),
        effective_on=timezone.localdate(),
    )  # fmt: skip
    return transaction_draft(office=office, draft=draft, maker=maker, now=timezone.now())


def hand_over(page: Page, act: Transaction) -> None:
    page.goto(reverse("transaction-detail", args=[act.public_id]))
    page.get_by_role("button", name="Hand to the checkers").click()
    page.wait_for_load_state()
    act.refresh_from_db()


def register(page: Page, act: Transaction) -> None:
    page.goto(reverse("transaction-detail", args=[act.public_id]))
    page.get_by_role("button", name="Approve what is shown here").click()
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page.locator("main")).to_contain_text("Registered. The register has changed.")


def printed_book(page: Page) -> PdfReader:
    page.goto(reverse("taxmap-books"))
    page.get_by_role("button", name="Plan the rounds").click()
    page.wait_for_url("**/taxmap/rounds/books/*/")
    form = page.locator("form[action$='/print/']")
    token = form.locator("[name=csrfmiddlewaretoken]").input_value()
    answer = page.request.post(
        str(form.get_attribute("action")), headers={"Referer": page.url},
        form={"csrfmiddlewaretoken": token, "paper": "A4", "owners": "on"},
    )  # fmt: skip
    assert answer.ok
    if not answer.body().startswith(b"%PDF"):
        work("taxmap.collection_book")
        job = Job.objects.get(kind="taxmap.collection_book")
        return PdfReader(job.result_file.open())
    return PdfReader(io.BytesIO(answer.body()))


def satang(text: str) -> int:
    return int(Decimal(re.sub(r"[^0-9.]", "", text)) * 100)


def totals(page: Page) -> Iterator[dict[str, int]]:
    """What is assessed, collected and outstanding, as each page says it; first the ledger."""
    balances = list(Balance.objects.values_list("received_satang", "due_satang"))
    yield {
        "assessed": sum(Bill.objects.values_list("tax_satang", flat=True)),
        "collected": sum(received for received, _due in balances),
        "outstanding": sum(owed for _received, owed in balances),
    }
    names = ("assessed", "collected", "outstanding")
    page.goto(f"{reverse('taxmap-dashboard')}?year={YEAR}")
    yield {name: satang(page.locator(f"[data-figure={name}]").inner_text()) for name in names}
    page.goto(f"{reverse('taxmap-collection')}?year={YEAR}")
    _units, assessed, _late, _waived, *rest = page.locator("tfoot td").all_inner_texts()
    yield dict(zip(names, map(satang, (assessed, *rest)), strict=True))


def test_a_year_of_the_tax_from_the_roll_to_the_last_receipt(
    town: Town, desks: dict[Role, Page], open_page: Any, complaints: Any, assert_fits: Any,
    assert_accessible: Any, tmp_path: Path,
) -> None:  # fmt: skip
    complaints.allow("409")  # a refused hand-over
    complaints.allow("422")  # the same bank file a second time
    officer, cashier = desks[Role.TAX_OFFICER], desks[Role.CASHIER]
    assess(officer)
    codes = print_letters(officer, tmp_path)
    owing = list(Bill.objects.filter(tax_satang__gt=0).order_by("number"))
    by_cash, by_cheque, by_bank, held = owing[:4]

    # Money, each way: the day of the law has passed, so the counter takes what lateness costs.
    take(cashier, by_cash, "cash")
    take(cashier, by_cheque, "cheque", cheque_number="1234567", cheque_bank="กรุงไทย",
         cheque_on="1/11/2569")  # fmt: skip
    import_twice(cashier, bank_file(by_bank, town.authority))
    assert [due(bill) for bill in (by_cash, by_cheque, by_bank)] == [0, 0, 0]
    assert Payment.objects.filter(bill=by_bank).count() == 1

    # Arrears stop a transfer of the plot; the payment releases it at once.
    officer.goto(f"{reverse('taxmap-arrears')}?year={YEAR}")
    officer.get_by_role("button", name=re.compile("^Report .* to the land office$")).click()
    officer.wait_for_load_state()
    act = transfer_of(held, town.people[Role.LAND_OFFICER], town.land_office)
    hand_over(desks[Role.LAND_OFFICER], act)
    assert act.status == Transaction.Status.DRAFT
    expect(desks[Role.LAND_OFFICER].locator("main")).to_contain_text("contact")
    take(cashier, held, "cash")
    hand_over(desks[Role.LAND_OFFICER], act)
    assert act.status == Transaction.Status.SUBMITTED
    register(desks[Role.CHECKER], act)

    book = printed_book(officer)
    assert len(book.pages) >= 2

    first, *others = totals(officer)
    assert all(each == first for each in others)
    assert sum(Leg.objects.values_list("satang", flat=True)) == 0
    assert ledger_verify() == []

    # The code on the notice opens the explanation on a phone, without an account.
    address = next(code for code in codes if "/tax/bills/" in code)
    phone = open_page(urlsplit(address).path, width=PHONE, language="th")
    expect(phone.locator(".bill-plot").first).to_be_visible()
    phone.locator(".bill-plot summary").first.click()
    expect(phone.locator(".law-steps li").first).to_be_visible()
    assert_fits(phone)
    assert_accessible(phone)

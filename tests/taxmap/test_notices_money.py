"""Receipts and the letter about arrears on paper."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from offices.models import AuditEntry, Role
from taxmap.models import Bill, Means, Receipt
from taxmap.services.money_papers import arrears_letter_pdf, receipt_pdf
from taxmap.services.payments import Tender, payment_take
from tests.factories import a_local_authority, a_user
from tests.taxmap.money import a_bill
from tests.taxmap.test_paper import skeleton

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid() -> Receipt:
    bill = a_bill(100_000, 23_456)
    cashier = a_user("cashier", Role.CASHIER, office=bill.local_authority)
    payment, _is_new = payment_take(
        bill=bill, tender=Tender(Means.CASH, 50_000, tendered_satang=100_000), key="k",
        actor=cashier, now=timezone.now(),
    )  # fmt: skip
    return Receipt.objects.get(payment=payment)


def text_of(content: bytes) -> list[str]:
    return [skeleton(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def test_a_receipt_has_its_copy_and_says_the_amount_in_words(paid: Receipt) -> None:
    [page] = text_of(receipt_pdf(paid, with_names=False))
    assert page.count(skeleton("ห้าร้อยบาทถ้วน")) == 2
    assert page.count(f"A{paid.number}/") == 2
    for words in ("ต้นฉบับ", "สำเนา", "500.00", "1,000.00"):
        assert skeleton(words) in page, words


def test_a_void_receipt_says_so(paid: Receipt) -> None:
    paid.voided_at = timezone.now()
    assert text_of(receipt_pdf(paid, with_names=False))[0].count(skeleton("ยกเลิก")) == 2


def test_a_receipt_names_payers_only_for_who_may_see_owners(client: Client, paid: Receipt) -> None:
    address = f"/taxmap/receipts/{paid.public_id}/receipt.pdf"
    office = paid.local_authority
    names = []
    for role in (Role.CASHIER, Role.TAX_OFFICER):
        client.force_login(a_user(f"reads-{role}", role, office=office))
        answer = client.get(address)
        assert answer.status_code == 200
        entry = AuditEntry.objects.filter(action="taxmap.receipt_printed").latest("pk")
        names.append(entry.data["names"])
    assert names == [False, True]
    client.force_login(a_user("other", Role.CASHIER, office=a_local_authority("LA-2")))
    assert client.get(address).status_code == 404


def test_the_land_office_is_told_parcels_and_no_names(client: Client) -> None:
    bill = a_bill(100_000)
    Bill.objects.filter(pk=bill.pk).update(reported_on=timezone.localdate() - timedelta(days=3))
    code = bill.assessments.get().unit.parcel.tax_parcel_code
    pages = text_of(arrears_letter_pdf(bill.local_authority, bill.tax_year, dated=date(2026, 9, 1)))
    assert code in pages[0]
    assert "59" in pages[0]
    officer: Any = a_user("officer", Role.TAX_OFFICER, office=bill.local_authority)
    client.force_login(officer)
    assert client.get(f"/taxmap/arrears/letter.pdf?year={bill.tax_year}").status_code == 200

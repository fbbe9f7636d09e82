"""A payer at the desk, by keyboard alone, and every page of money on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cadastre.payments import BillPayment, qr_payload
from offices.models import Role
from taxmap.models import Bill, Payment
from tests.factories import a_local_authority, a_user
from tests.taxmap.money import a_bill, paid_at_counter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., Page]


@pytest.fixture
def bill() -> Bill:
    a_user("cashier", Role.CASHIER, office=a_local_authority())
    a_user("manager", Role.MANAGER, office=a_local_authority())
    return a_bill(100_000, 50_000)


def test_a_scan_and_the_keyboard_take_a_payment_once(enter: OpenPage, bill: Bill) -> None:
    page = enter("cashier", "/taxmap/counter/", language="en", width=1440)
    scanned = qr_payload(BillPayment("099400016550100", bill.reference_1, "2569", 150_000))
    page.keyboard.type(scanned)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("bill 1")
    due = page.locator(".money-sum__total dd").first.inner_text().split()[0]
    expect(page.locator(".money-cheque")).to_be_hidden()
    page.locator("#id_amount").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".receipt")).to_contain_text(due)
    page.go_back()
    page.locator("#id_amount").focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("width", [360, 1440])
def test_the_pages_of_money_fit_and_are_accessible(
    enter: OpenPage,
    bill: Bill,
    assert_accessible: Callable[..., None],
    assert_fits: Callable[[Page], None],
    width: int,
) -> None:
    receipt = paid_at_counter(bill, 1_000).receipt
    page = enter("cashier", width=width, language="th")
    for address in (
        "/taxmap/counter/", f"/taxmap/counter/bills/{bill.public_id}/",
        f"/taxmap/receipts/{receipt.public_id}/", "/taxmap/counter/journal/", "/taxmap/bank/",
        "/taxmap/arrears/",
    ):  # fmt: skip
        page.goto(address)
        assert_fits(page)
        assert_accessible(page)

"""A bill on a phone: the sum, the steps, the plot that lights up on the map."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from offices.jobs import CommandRun
from offices.models import Role
from taxmap.models import Bill, TaxYear
from taxmap.services.roll import roll_assess
from taxmap.services.roll_close import roll_assess_close
from taxmap.services.signboards import SignFact, signboard_add, signboards_assess, signboards_close
from taxmap.services.year import list_publish, prices_publish
from tests.factories import NOW, a_local_authority, a_party, a_square, a_unit, a_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., Page]
NAME = "ดาวเรืองผู้ถือกรรมสิทธิ์"


@pytest.fixture
def bill() -> Bill:
    """Two shops side by side and a dwelling further on, of one owner; the year is closed."""
    owner = a_party(NAME)
    for place, use in ((0, "other"), (1, "other"), (5, "residential")):
        a_unit(
            owner, uses={use: 100}, satang_per_wa=10_000_000,
            parcel={
                "tax_parcel_code": f"01A{place:03d}",
                "geometry": a_square(lon=100.47 + place * 0.0004),
            },
        )  # fmt: skip
    office = a_local_authority()
    job = CommandRun(io.StringIO())
    roll_assess(local_authority=office, tax_year=2026, now=NOW, job=job)
    year = prices_publish(tax_year=TaxYear.objects.get(), actor=None, now=NOW)
    year = list_publish(tax_year=year, actor=None, now=NOW)
    roll_assess_close(tax_year=year, actor=None, now=NOW)
    return Bill.objects.get()


@pytest.mark.parametrize("width", [360, 1440])
def test_a_citizen_reads_why_the_bill_is_what_it_is(
    bill: Bill, open_page: OpenPage, width: int,
    assert_accessible: Callable[..., None], assert_fits: Callable[[Page], None],
) -> None:  # fmt: skip
    page = open_page(f"/tax/bills/{bill.public_id}/", width=width, language="th")
    expect(page.locator(".bill-sum .figure")).to_contain_text(f"{bill.tax_satang / 100:,.2f}")
    assert NAME not in page.content()
    expect(page.locator("#bill-map path")).to_have_count(3)
    first = page.locator("[data-plot='01A000']")
    first.locator("[data-show-plot]").click()
    expect(first).to_have_class("bill-plot is-shown")
    joined = page.locator("#bill-map path[stroke-dasharray='6 4']")
    expect(joined).to_have_count(1)
    expect(first.locator(".alert")).to_contain_text("01A001")
    first.locator("summary").click()
    expect(first.locator(".law-steps li").first).to_be_visible()
    assert_fits(page)
    assert_accessible(page)


def test_the_bill_is_read_without_scripts(bill: Bill, open_page: OpenPage) -> None:
    page = open_page(f"/tax/bills/{bill.public_id}/", width=360, language="en", script=False)
    page.locator("[data-plot='01A005'] summary").click()
    expect(page.locator("[data-plot='01A005'] .law-steps li").first).to_be_visible()


def test_an_officer_looks_at_the_owners_on_purpose(bill: Bill, enter: OpenPage) -> None:
    a_user("officer", Role.TAX_OFFICER, office=a_local_authority())
    page = enter("officer", f"/taxmap/bills/{bill.pk}/", language="en")
    assert NAME not in page.content()
    page.get_by_role("button", name="Show the owners").click()
    expect(page.get_by_text(NAME)).to_be_visible()


def test_the_steps_of_a_sign_fit_a_phone(
    open_page: OpenPage, assert_accessible: Callable[..., None],
    assert_fits: Callable[[Page], None],
) -> None:  # fmt: skip
    office = a_local_authority()
    signboard_add(
        local_authority=office, owner=a_party(NAME), unit=None, since=date(2026, 8, 1), actor=None,
        sign=SignFact("3ก", "CAFÉ", 120, 340, 2), now=NOW,
    )  # fmt: skip
    for step in (signboards_assess, signboards_close):
        step(local_authority=office, tax_year=2026, actor=None, now=NOW)
    bill = Bill.objects.get()
    page = open_page(f"/tax/bills/{bill.public_id}/", width=360, language="th")
    expect(page.locator(".bill-plot")).to_contain_text(f"{bill.tax_satang / 100:,.2f}")
    page.locator(".bill-plot summary").click()
    expect(page.locator(".law-steps li")).to_have_count(5)
    expect(page.locator(".law-steps li").last).to_contain_text("ป้าย 2 ด้าน")
    assert_fits(page)
    assert_accessible(page)

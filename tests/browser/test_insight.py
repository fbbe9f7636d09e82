"""The figures of the tax map in a real browser: they follow window, year and grouping."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from offices.jobs import CommandRun
from offices.models import Role
from taxmap.models import Sale, SaleFile
from taxmap.services.leads import leads_search
from tests.browser.test_tax import signed_in
from tests.factories import NOW, a_local_authority, a_party, a_square, a_unit, a_user, an_assessment
from tests.taxmap.money import paid_at_counter, roll_closed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., Page]


@pytest.fixture
def town() -> Any:
    """Nine plots in a row of 400 m, each of 100 baht in 2026 and 50 in 2025; one is paid."""
    authority = a_local_authority()
    bills = []
    for n in range(9):
        unit = a_unit(
            a_party(f"เจ้าของ{n}"), uses={"other": 100} if n != 4 else {"vacant": 100},
            parcel={
                "tax_parcel_code": f"01A{n + 1:03d}", "geometry": a_square(100.47 + n * 0.0004),
            },
        )  # fmt: skip
        bills.append(an_assessment(unit, value_satang=100_000_000).bill)
        an_assessment(unit, tax_year=2025, tax_satang=5_000)
    a_unit(parcel={"tax_parcel_code": "01A010", "geometry": a_square(100.47 + 9 * 0.0004)})
    authority.bounds = (
        "SRID=4326;POLYGON((100.4695 13.868,100.4745 13.868,100.4745 13.873,100.4695 13.873,"
        "100.4695 13.868))"
    )
    authority.save()
    roll_closed(authority, 2026)
    bills[0].refresh_from_db()
    paid_at_counter(bills[0], 10_000)
    file = SaleFile.objects.create(
        local_authority=authority, name="s.csv", sha256="0" * 64, accepted=9, known=0, rejected=0,
        read_at=NOW,
    )  # fmt: skip
    for n, bill in enumerate(bills):
        Sale.objects.create(
            file=file, unit=bill.assessments.get().unit, sold_on="2026-01-31",
            price_satang=100_000_000 + n * 1_000_000 + (n == 8) * 300_000_000,
        )  # fmt: skip
    leads_search(local_authority=authority, tax_year=2026, run=CommandRun(io.StringIO()), now=NOW)
    a_user("officer", Role.TAX_OFFICER, office=authority)
    return authority


def test_the_totals_follow_the_window_of_the_map(open_page: OpenPage, town: Any) -> None:
    page = signed_in(open_page, "/taxmap/?year=2026", language="en")
    figures = page.locator("[data-figures]")
    expect(figures).to_have_attribute("aria-live", "polite")
    expect(figures.locator("[data-figure=units]")).to_have_text("9 / 10")
    expect(figures.locator("[data-figure=assessed]")).to_have_text("900.00")
    box = page.locator("#map").bounding_box()
    assert box
    # Zoom in on the middle, where fewer plots are in the window; the figures come after it rests.
    for _ in range(2):
        page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(700)
    units = figures.locator("[data-figure=units]")
    expect(units).not_to_have_text("9 / 10")
    seen = int(units.inner_text().split("/")[0])
    assert 0 < seen < 9
    expect(figures.locator("[data-figure=assessed]")).to_have_text(f"{seen * 100}.00")
    expect(figures.locator("h2")).to_contain_text("What the map shows")


def test_year_and_grouping_change_without_a_new_page(open_page: OpenPage, town: Any) -> None:
    page = signed_in(open_page, "/taxmap/?year=2026&code=01A002", language="en")
    page.evaluate("window.stays = true")
    expect(page.locator("[data-unit]")).to_contain_text("100.00")
    page.select_option("[name=year]", "2025")
    figures = page.locator("[data-figures]")
    expect(figures.locator("h2")).to_contain_text("2025")
    expect(page.locator("[data-unit]")).to_contain_text("50.00")
    assert "year=2025" in page.url
    page.select_option("[data-by]", "block")
    expect(figures.locator("tbody th").first).to_have_text("01A")
    assert page.evaluate("window.stays") is True
    assert "year=2025" in (
        page.get_by_role("link", name="Collection list").last.get_attribute("href") or ""
    )


PAGES = ["/taxmap/dashboard/?by=block", "/taxmap/missing/", "/taxmap/ratios/?year=2026",
         "/taxmap/lists/", "/taxmap/register/?block=01A"]  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_the_pages_are_accessible_and_fit_a_phone(
    open_page: OpenPage, town: Any, assert_accessible: Callable[..., None],
    assert_fits: Callable[[Page], None], address: str,
) -> None:  # fmt: skip
    page = signed_in(open_page, address, width=360, language="th")
    assert_fits(page)
    assert_accessible(page)


def test_a_lead_is_looked_into_without_a_mouse(
    open_page: OpenPage, town: Any, assert_accessible: Callable[..., None]
) -> None:
    page = signed_in(open_page, "/taxmap/missing/", width=1440, language="en")
    expect(page.locator(".lead-picture").first).to_be_visible()
    page.locator(".lead-card a").first.press("Enter")
    assert_accessible(page)
    page.locator("#text").fill("Asked the neighbour.")
    page.locator("#state-settled").press("Space")
    page.get_by_role("button", name="Keep the note").press("Enter")
    expect(page.locator("main")).to_contain_text("Asked the neighbour.")

"""The year of the tax and the survey of a unit in a real browser, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from offices.models import Role
from taxmap.models import RollStage, TaxYear, ValuationUnit
from tests.browser.conftest import Complaints
from tests.factories import a_building, a_local_authority, a_party, a_unit, a_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., Page]


@pytest.fixture
def plot() -> ValuationUnit:
    unit = a_unit(a_party("เจ้าของลับ"))
    a_building(unit)
    return unit


@pytest.fixture
def officer() -> str:
    return a_user("officer", Role.TAX_OFFICER, office=a_local_authority()).username


@pytest.mark.parametrize("width", [360, 1440])
def test_an_officer_announces_prices_and_lists(
    enter: OpenPage, assert_fits: Callable[[Page], None],
    assert_accessible: Callable[..., None], plot: ValuationUnit, officer: str, width: int,
) -> None:  # fmt: skip
    page = enter(officer, "/taxmap/year/?year=2026", width=width, language="th")
    expect(page.locator("h1")).to_contain_text("2569")
    page.get_by_role("button", name="ประกาศราคาประเมิน").click()
    page.get_by_role("button", name="ประกาศบัญชีรายการ").click()
    assert TaxYear.objects.get().stage == RollStage.LISTED
    assert_fits(page)
    assert_accessible(page)


def test_a_wrong_calendar_is_refused_with_its_place(
    enter: OpenPage, complaints: Complaints, plot: ValuationUnit, officer: str
) -> None:
    complaints.allow("422")
    page = enter(officer, "/taxmap/year/?year=2026", language="en")
    page.get_by_text("Announce other days").click()
    page.fill("[name=payment_on]", "1/1/2569")
    page.fill("[name=announcement]", "No. 1/2569")
    page.get_by_role("button", name="Save the calendar").click()
    expect(page.locator(".error-summary")).to_contain_text("comes before")


def test_a_draft_survives_a_lost_connection_on_a_phone(
    enter: OpenPage, assert_fits: Callable[[Page], None],
    assert_accessible: Callable[..., None], plot: ValuationUnit, officer: str,
) -> None:  # fmt: skip
    address = f"/taxmap/units/{plot.parcel.public_id}/survey/"
    page = enter(officer, address, width=360, language="th")
    page.locator("#uses > summary").click()
    page.fill("[name=uses-share_residential]", "")
    page.fill("[name=uses-share_other]", "๑๐๐")
    page.fill("[name=uses-since]", "1/5/2569")
    page.fill("[name=uses-reason]", "เปิดร้านค้า")
    page.context.set_offline(True)
    page.get_by_role("button", name="บันทึกการใช้ประโยชน์").click()
    expect(page.locator("[data-draft-note]")).to_be_visible()
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("[name=uses-reason]")).to_have_value("เปิดร้านค้า")
    assert_fits(page)
    assert_accessible(page)
    page.get_by_role("button", name="บันทึกการใช้ประโยชน์").click()
    expect(page.locator(".alert--success")).to_be_visible()
    assert plot.uses.in_force(date(2026, 5, 1)).get().use == "other"
    page.reload()
    expect(page.locator("[name=uses-reason]")).to_have_value("")


def test_the_outline_of_a_building_is_tapped_on_the_plot(
    enter: OpenPage, plot: ValuationUnit, officer: str
) -> None:
    address = f"/taxmap/units/{plot.parcel.public_id}/survey/"
    page = enter(officer, address, width=360, language="th")
    page.locator("#building > summary").click()
    picture = page.locator("[data-outline-map]")
    expect(picture.locator("path").first).to_be_visible()
    picture.scroll_into_view_if_needed()
    for x, y in ((120, 120), (180, 120), (180, 170), (120, 170)):
        picture.click(position={"x": x, "y": y})
        page.wait_for_timeout(350)
    page.select_option("[name=building-type_code]", index=1)
    page.fill("[name=building-floors]", "2")
    page.fill("[name=building-floor_area_m2]", "120")
    page.fill("[name=building-built_in]", "2560")
    page.fill("[name=building-since]", "1/1/2562")
    page.fill("[name=building-reason]", "บ้านสองชั้น")
    page.get_by_role("button", name="บันทึกสิ่งปลูกสร้าง").click()
    expect(page.locator(".alert--success")).to_be_visible()
    drawn = plot.buildings.get(code="B002").footprint
    assert drawn is not None
    assert drawn.num_coords == 5

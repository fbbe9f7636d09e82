"""The tax pages in a real browser: the estimate of a citizen, the map of an officer."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cadastre.tax.trace import recompute
from offices.jobs import CommandRun
from offices.models import Role
from taxmap.services.roll import roll_assess
from tests.factories import (
    NOW,
    PASSWORD,
    a_local_authority,
    a_party,
    a_square,
    a_unit,
    a_user,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., Page]


def describe(page: Page) -> None:
    """The worked example: 950 square wa at 1,200 baht and a house of 120 m², twelve years old."""
    page.select_option("[name=p0-use]", "residential")
    page.fill("[name=p0-area_rai]", "๒")
    page.fill("[name=p0-area_ngan]", "1")
    page.fill("[name=p0-area_wa]", "50")
    page.fill("[name=p0-price_per_wa]", "1,200")
    page.select_option("[name=p0-b0-structure]", "masonry")
    page.fill("[name=p0-b0-floor_area_m2]", "120")
    page.fill("[name=p0-b0-price_per_m2]", "7500")
    page.fill("[name=p0-b0-age_years]", "12")


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("script", [True, False])
def test_a_citizen_gets_an_explained_answer(
    open_page: OpenPage, assert_fits: Callable[[Page], None], width: int, script: bool
) -> None:
    page = open_page("/tax/estimate/", width=width, language="th", script=script)
    describe(page)
    page.click("[data-calculate]")
    expect(page.locator("[data-result] .figure")).to_contain_text("382.80")
    expect(page.locator(".law-steps")).to_contain_text("774,000.00")
    expect(page.locator("#result-title")).to_contain_text("2569")
    assert_fits(page)


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_estimate_is_accessible(
    open_page: OpenPage, assert_accessible: Callable[..., None], language: str
) -> None:
    page = open_page("/tax/estimate/", width=360, language=language)
    assert_accessible(page)
    describe(page)
    page.click("[data-calculate]")
    expect(page.locator("[data-result]")).to_be_visible()
    assert_accessible(page)


def test_faults_stand_beside_their_fields(open_page: OpenPage) -> None:
    page = open_page("/tax/estimate/", width=360, language="en")
    page.fill("[name=p0-area_ngan]", "7")
    page.click("[data-calculate]")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary.locator("a")).to_have_count(6)
    summary.locator("a").first.click()
    expect(page.locator("[name=p0-area_rai]")).to_be_focused()


@pytest.mark.parametrize("script", [True, False])
def test_properties_and_buildings_come_and_go(open_page: OpenPage, script: bool) -> None:
    page = open_page("/tax/estimate/", width=360, language="en", script=script)
    describe(page)
    page.click("[value=add-building-0]")
    expect(page.locator("[name=p0-building]")).to_have_count(2)
    page.click("[value=add-property]")
    expect(page.locator("[name=property]")).to_have_count(2)
    expect(page.locator("[name=p0-price_per_wa]")).to_have_value("1,200")
    expect(page.locator("[data-error-summary]")).to_have_count(0)
    page.click("[value=remove-property-0]")
    expect(page.locator("[name=property]")).to_have_count(1)
    expect(page.locator("[name=property]")).to_have_value("1")


def test_only_the_fields_of_the_kind_are_shown(open_page: OpenPage) -> None:
    page = open_page("/tax/estimate/", language="en", script=False)
    page.check("[value=condominium_unit]")
    expect(page.locator("[name=p0-area_rai]")).to_be_hidden()
    expect(page.locator("[name=p0-b0-age_years]")).to_be_hidden()
    page.select_option("[name=p0-use]", "residential")
    page.fill("[name=p0-b0-floor_area_m2]", "64")
    page.fill("[name=p0-b0-price_per_m2]", "50000")
    page.click("[data-calculate]")
    expect(page.locator(".figure")).to_contain_text("640.00")


def test_a_plot_brings_its_public_facts_and_no_more(open_page: OpenPage) -> None:
    unit = a_unit(
        a_party("เจ้าของลับ"), in_house_registration=True, parcel={"land_use": "residential"}
    )
    page = open_page(f"/tax/estimate/?parcel={unit.parcel.public_id}", language="th")
    expect(page.locator("[name=p0-area_rai]")).to_have_value("1")
    expect(page.locator("[name=p0-price_per_wa]")).to_have_value("1,000.00")
    expect(page.locator("[name=p0-in_house_registration]")).not_to_be_checked()
    assert "เจ้าของลับ" not in page.content()


@pytest.fixture
def town() -> Any:
    """Nine commercial plots in block 01A, assessed."""
    for n in range(9):
        a_unit(
            a_party(f"เจ้าของ{n}"), uses={"other": 100},
            parcel={"tax_parcel_code": f"01A{n + 1:03d}", "land_number": f"<b>{n}</b>",
                    "geometry": a_square(100.47 + n % 3 * 0.0004, 13.87 + n // 3 * 0.0004)},
        )  # fmt: skip
    authority = a_local_authority()
    authority.bounds = "SRID=4326;POLYGON((100.4695 13.8695,100.4717 13.8695,100.4717 13.8717,100.4695 13.8717,100.4695 13.8695))"  # noqa: E501
    authority.save()
    roll_assess(local_authority=authority, tax_year=2026, now=NOW, job=CommandRun(io.StringIO()))
    a_user("officer", Role.TAX_OFFICER, office=authority)
    return authority


def signed_in(open_page: OpenPage, address: str, **options: Any) -> Page:
    page = open_page("/sign-in/", **options)
    page.fill("[name=username]", "officer")
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(address)
    return page


def colours_at_the_middle(page: Page) -> list[list[int]]:
    """Colours painted on the canvases of the map."""
    return page.evaluate("""() => {
      const found = new Set();
      for (const canvas of document.querySelectorAll("#map canvas")) {
        const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        for (let i = 0; i < data.length; i += 4 * 97) found.add([...data.slice(i, i + 3)].join());
      }
      return [...found].map((each) => each.split(",").map(Number));
    }""")


def near(colours: list[list[int]], wanted: str) -> bool:
    target = [int(wanted[i : i + 2], 16) for i in (1, 3, 5)]
    return any(all(abs(a - b) < 26 for a, b in zip(each, target, strict=True)) for each in colours)


@pytest.mark.parametrize("width", [360, 1440])
def test_the_officer_sees_the_town_coloured(
    open_page: OpenPage, town: Any, assert_fits: Callable[[Page], None], width: int
) -> None:
    page = signed_in(open_page, "/taxmap/", width=width, language="en")
    page.wait_for_function("document.querySelectorAll('#map canvas').length > 0")
    page.wait_for_timeout(1000)
    assert near(colours_at_the_middle(page), "#d55e00"), "unpaid plots are vermilion"
    page.check("[name=theme][value=use]")
    page.wait_for_timeout(1000)
    assert near(colours_at_the_middle(page), "#e69f00"), "commercial plots are orange"
    expect(page.locator("[data-legend=use]")).to_be_visible()
    expect(page.locator("[data-legend=payment]")).to_be_hidden()
    assert_fits(page)


def test_a_tap_opens_the_unit_and_the_owner_on_request(open_page: OpenPage, town: Any) -> None:
    page = signed_in(open_page, "/taxmap/", language="en")
    box = page.locator("#map").bounding_box()
    assert box
    page.wait_for_timeout(500)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    unit = page.locator("[data-unit]")
    expect(unit).to_contain_text("01A005")
    assert "เจ้าของ4" not in page.content()
    page.get_by_role("button", name="Show the owners").click()
    expect(page.locator("[data-unit]")).to_contain_text("เจ้าของ4")


def test_the_tax_map_is_accessible(
    open_page: OpenPage, town: Any, assert_accessible: Callable[..., None]
) -> None:
    for address in ("/taxmap/?code=01A001", "/taxmap/collection/?state=all"):
        page = signed_in(open_page, address, width=1440, language="th")
        page.wait_for_timeout(300)
        assert_accessible(page)


def test_the_offline_map_needs_no_network(
    open_page: OpenPage, town: Any, browser: Browser, tmp_path: Path
) -> None:
    page = signed_in(open_page, "/taxmap/", language="th")
    answer = page.request.get("/taxmap/export.html?area=01A&theme=payment")
    assert "attachment" in answer.headers["content-disposition"]
    file = tmp_path / "map.html"
    file.write_bytes(answer.body())
    text = file.read_text(encoding="utf-8")
    assert "เจ้าของ" not in text
    context = browser.new_context(offline=True)
    asked: list[str] = []
    faults: list[str] = []
    offline = context.new_page()
    offline.on("request", lambda request: asked.append(request.url))
    offline.on("pageerror", lambda error: faults.append(str(error)))
    offline.goto(file.as_uri())
    shapes = offline.locator("path.leaflet-interactive")
    expect(shapes).to_have_count(9)
    shapes.nth(4).hover()
    tooltip = offline.locator(".leaflet-tooltip")
    expect(tooltip).to_contain_text("01A005")
    expect(tooltip).to_contain_text("<b>4</b>")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert faults == []
    context.close()


@pytest.mark.parametrize("script", [True, False])
def test_the_calculation_is_saved_as_a_file(
    open_page: OpenPage, assert_fits: Callable[[Page], None], script: bool
) -> None:
    page = open_page("/tax/estimate/", width=360, language="th", script=script)
    describe(page)
    page.click("[data-calculate]")
    expect(page.locator("[data-result]")).to_be_visible()
    page.locator(".property details summary").click()
    assert_fits(page)
    with page.expect_download() as saving:
        page.click("[data-result] [value=trace]")
    assert saving.value.suggested_filename == "tax-2026.json"
    trace = json.loads(Path(saving.value.path()).read_text(encoding="utf-8"))
    assert recompute(trace) == []
    expect(page.locator("[data-result] .figure")).to_contain_text("382.80")

"""The citizen's way: find a plot on a phone, by words, by tap or by keys, and open its page."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from config.demo.generator import generate_town
from config.demo.load import town_load
from config.demo.office import offices_create
from parcels.models import Parcel
from tests.browser.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


# Whether more than three colours are on the canvases of the map.
COLOURS = """() => new Set(
    [...document.querySelectorAll("canvas.leaflet-tile")].filter((c) => c.width).flatMap((c) => {
      const seen = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
      const found = [];
      for (let i = 0; i < seen.length; i += 4 * 97) {
        if (seen[i + 3] === 255) found.push(`${seen[i]},${seen[i + 1]},${seen[i + 2]}`);
      }
      return found;
    })).size > 3"""


@pytest.fixture
def plot(db: None) -> Parcel:
    """A plot in a small town."""
    town = generate_town(120, 3)
    land_office, authority = offices_create(town)
    town_load(
        town=town, land_office=land_office, local_authority=authority, now=NOW,
        progress=lambda *_: None,
    )  # fmt: skip
    found: Parcel = (
        Parcel.objects.with_facts()
        .filter(ba_unit__title_type="chanote", calculated_area_m2__gt=400)
        .order_by("pk")
        .last()
    )
    return found


def place(plot: Parcel, zoom: int = 18) -> str:
    return f"/#{zoom}/{plot.label_point.y:.5f}/{plot.label_point.x:.5f}"


def deed(plot: Parcel) -> str:
    assert plot.ba_unit is not None
    return plot.ba_unit.deed_number


def chosen(page: Page) -> Any:
    return page.locator("[data-chosen] h2")


def visible_middle(page: Page) -> tuple[float, float]:
    box = page.locator("#map").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_deed_number_in_thai_digits_leads_to_the_plot(open_page, plot, assert_fits):
    page = open_page("/", width=PHONE)
    page.locator("#q").fill(deed(plot).translate(THAI))
    page.keyboard.press("Enter")
    expect(chosen(page)).to_contain_text(deed(plot))
    expect(page.locator(".chosen-line")).to_be_attached()
    assert plot.public_id in page.url
    assert_fits(page)
    page.get_by_role("link", name="ดูหน้าแปลงที่ดิน").click()
    expect(page.locator("h1")).to_contain_text(deed(plot))
    assert_fits(page)
    page.get_by_role("link", name="กลับไปที่แผนที่").click()
    expect(chosen(page)).to_contain_text(deed(plot))


def test_a_tap_on_the_map_opens_the_plot(open_page, plot):
    page = open_page(place(plot), width=PHONE)
    page.wait_for_function("document.querySelectorAll('canvas.leaflet-tile').length > 0")
    page.touchscreen.tap(*visible_middle(page))
    expect(chosen(page)).to_contain_text(deed(plot))
    here = page.url
    page.get_by_role("link", name="ดูหน้าแปลงที่ดิน").click()
    expect(page.locator("h1")).to_contain_text(deed(plot))
    page.go_back()
    expect(chosen(page)).to_contain_text(deed(plot))
    assert page.url == here


def test_the_map_is_drawn_in_the_colours_of_the_page(open_page, plot):
    """A canvas of one colour would mean that nothing was painted."""
    seen = {}
    for theme in ("light", "dark"):
        page = open_page(place(plot, 17), theme=theme)
        page.wait_for_load_state("networkidle")
        page.wait_for_function(COLOURS)
        seen[theme] = page.locator("#map").evaluate("e => getComputedStyle(e).backgroundColor")
    assert seen["light"] != seen["dark"]


def test_everything_works_by_keys_alone(open_page, plot):
    page = open_page(place(plot), language="en")
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(600)
    page.keyboard.press("Enter")
    expect(chosen(page)).to_be_visible()
    page.locator("#q").focus()
    page.keyboard.type(deed(plot))
    page.keyboard.press("Enter")
    expect(chosen(page)).to_contain_text(deed(plot))
    expect(page.locator("[data-chosen]")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Close the plot")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-chosen]")).to_be_hidden()
    expect(page.locator("#map")).to_be_focused()
    assert plot.public_id not in page.url


def test_the_language_switch_keeps_the_place_and_the_plot(open_page, plot):
    page = open_page(place(plot))
    page.locator("#map").focus()
    page.keyboard.press("Enter")
    expect(chosen(page)).to_contain_text(deed(plot))
    before = page.url
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Find a plot")
    expect(chosen(page)).to_contain_text(deed(plot))
    assert page.url == before


def test_several_plots_are_a_list_and_a_list_is_said(open_page, plot):
    page = open_page("/", width=PHONE, language="en")
    page.locator("#q").fill(plot.street_th)
    page.keyboard.press("Enter")
    entries = page.locator("[data-results] button")
    expect(entries.first).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="plots were found")).to_be_visible()
    entries.first.click()
    expect(chosen(page)).to_be_visible()


def test_what_is_not_found_is_said_with_what_to_do(open_page, plot, complaints):
    complaints.allow("422")
    page = open_page("/", width=PHONE, language="en")
    box = page.locator("#q")
    box.fill("99999999")
    box.press("Enter")
    expect(page.get_by_text("No plot was found. Check the number")).to_be_visible()
    box.fill("")
    box.press("Enter")
    expect(page.get_by_text("Type a deed number")).to_be_visible()


def test_a_personal_number_leaves_the_browser_nowhere(open_page, plot):
    page = open_page("/", language="en")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    for number in ("1101700203451", "๑-๑๐๑๗-๐๐๒๐๓-๔๕-๑"):
        page.locator("#q").fill(number)
        page.locator("#q").press("Enter")
        expect(page.get_by_text("looks like a personal identification number")).to_be_visible()
        expect(page.locator("#q")).to_have_value("")
    assert not [url for url in asked if "1017" in url or "/api/parcels" in url]


def test_the_position_is_shown_only_when_asked(open_page, plot):
    here = {"latitude": plot.label_point.y, "longitude": plot.label_point.x, "accuracy": 12}
    page = open_page("/", width=PHONE, language="en", permissions=["geolocation"], geolocation=here)
    expect(page.locator(".here-dot")).to_have_count(0)
    page.get_by_role("button", name="Show where I am").click()
    expect(page.get_by_text("You are within 12 m of the dot.")).to_be_visible()
    expect(page.locator(".here-dot")).to_be_attached()
    expect(page).to_have_url(re.compile(rf"#17/{plot.label_point.y:.3f}"))
    refused = open_page("/", language="en")
    refused.get_by_role("button", name="Show where I am").click()
    expect(refused.get_by_text("The browser may not tell your position.")).to_be_visible()


def test_without_scripts_the_search_is_a_page(open_page, plot, assert_accessible):
    page = open_page("/", width=PHONE, language="en", script=False)
    expect(page.locator("#map")).to_be_hidden()
    # Chromium under test hides what it would show a visitor without scripts.
    assert "Scripts are off" in (page.locator("noscript").text_content() or "")
    page.locator("#q").fill(deed(plot))
    page.get_by_role("button", name="Search").first.click()
    page.get_by_role("link", name=re.compile(deed(plot))).click()
    expect(page.locator("h1")).to_contain_text(deed(plot))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("visit", [{"width": PHONE, "language": "th"}, {"language": "en"}], ids=str)
def test_pages_fit_and_are_accessible(
    open_page, plot, assert_accessible, assert_fits, visit, theme
):
    page = open_page(place(plot), theme=theme, **visit)
    page.locator("#map").focus()
    page.keyboard.press("Enter")
    expect(chosen(page)).to_be_visible()
    assert_fits(page)
    assert_accessible(page)
    for path in (f"/parcels/{plot.public_id}/", f"/search/?q={deed(plot)}"):
        page = open_page(path, theme=theme, **visit)
        assert_fits(page)
        assert_accessible(page)


def test_a_plot_prints_on_one_sheet(open_page, plot):
    page = open_page(f"/parcels/{plot.public_id}/")
    page.wait_for_load_state("networkidle")
    sheet = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", sheet)) == 1

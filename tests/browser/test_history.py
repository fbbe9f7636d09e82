"""Going back in time: by slider, keys and typed date, two days under one line, old numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cadastre.moment import THAILAND
from parcels.editing.choices import Choices
from parcels.editing.operations import operations_of
from parcels.models import Parcel, Transaction
from parcels.services.edits import edit_draft
from tests.browser.conftest import PHONE
from tests.factories import NOW, a_land_office, a_party
from tests.parcels.editing.block import SOURCE, a_plot, approved, children, officers, register

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OWNER = "ลับมาก"
MERGED, DIVIDED = date(2024, 3, 1), date(2025, 6, 9)


@dataclass(frozen=True)
class Block:
    """Plots 1 and 2 became one on 1 March 2024; plot 3 was divided on 9 June 2025."""

    first: Parcel
    second: Parcel
    third: Parcel
    merged: Parcel
    pieces: list[Parcel]

    @property
    def middle(self) -> str:
        """The map's address of the old boundary between plots 1 and 2."""
        one, two = self.first.label_point, self.second.label_point
        return f"#19/{(one.y + two.y) / 2:.5f}/{(one.x + two.x) / 2:.5f}"


def happened(kind: str, on: date, step: dict[str, Any], **choices: Any) -> Transaction:
    draft = edit_draft(
        office=a_land_office(), kind=kind, operations=operations_of([step]),
        choices=Choices.model_validate(choices), source=SOURCE, reason="ผู้ถือกรรมสิทธิ์ยื่นคำขอ",
        maker=officers()[0], now=NOW, effective_on=on,
    )  # fmt: skip
    return register(approved(draft))


@pytest.fixture
def block(db: None) -> Block:
    owner = a_party(OWNER)
    first, second, third = (a_plot(column, owner=owner) for column in range(3))
    both = [first.public_id, second.public_id]
    happened("merge", MERGED, {"op": "merge", "parcels": both})
    halves = {"op": "divide_equal", "parcel": third.public_id, "count": 2}
    happened("divide", DIVIDED, halves, keeps_number=0)
    first, second, third = (
        Parcel.objects.with_facts().get(pk=each.pk) for each in (first, second, third)
    )
    (merged,) = children(first)
    return Block(first, second, third, merged, children(third))


def deed(parcel: Parcel) -> str:
    assert parcel.ba_unit is not None
    return parcel.ba_unit.deed_number


def said(page: Page) -> Any:
    return page.locator("[data-time-said]")


def chosen(page: Page) -> Any:
    return page.locator("[data-chosen] h2")


def asked(page: Page) -> dict[str, str]:
    return {name: found[0] for name, found in parse_qs(urlsplit(page.url).query).items()}


def middle(page: Page, right: int = 0) -> tuple[float, float]:
    """A point of the screen so many pixels right of the middle of the map."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2 + right, box["y"] + box["height"] / 2


def back_in_time(page: Page) -> Any:
    """Open the control and wait until it knows the days of change; returns its slider."""
    with page.expect_response(lambda response: "/changes?" in response.url):
        page.get_by_role("button", name="Go back in time").click()
    slider = page.get_by_role("slider", name="Day shown on the map")
    expect(page.locator("[data-time-left] rect")).to_have_count(3)
    return slider


def test_a_day_is_chosen_by_keys_by_mouse_by_typing_and_from_change_to_change(open_page, block):
    page = open_page(f"/{block.middle}", language="en")
    slider = back_in_time(page)
    expect(said(page)).to_have_text("The map shows today.")
    today = timezone.now().astimezone(THAILAND).date()
    slider.focus()
    with page.expect_request(lambda request: "/tiles/parcels/" in request.url) as tile:
        page.keyboard.press("ArrowLeft")
    yesterday = date.fromordinal(today.toordinal() - 1)
    assert f"on={yesterday}" in tile.value.url
    expect(page).to_have_url(re.compile(f"on={yesterday}"))

    back = page.get_by_role("button", name="The change before")
    back.first.click()
    expect(said(page)).to_contain_text("The map shows 9 Jun 2025.")
    expect(said(page)).to_contain_text("plots changed on 9 Jun 2025")
    back.first.click()
    expect(said(page)).to_contain_text("The map shows 1 Mar 2024.")
    expect(slider).to_have_attribute("aria-valuetext", "1 Mar 2024")

    box = slider.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 2, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile(r"on=2020-01"))

    typed = page.get_by_role("textbox", name="Day")
    typed.fill("๒๙/๒/๒๕๖๗")
    typed.press("Enter")
    expect(said(page)).to_have_text("The map shows 29 Feb 2024.")
    assert asked(page) == {"on": "2024-02-29"}
    typed.fill("29/2/2566")
    typed.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="not a date of the past")).to_be_visible()
    expect(typed).to_have_attribute("aria-invalid", "true")
    assert asked(page) == {"on": "2024-02-29"}

    page.get_by_role("button", name="Back to today").click()
    expect(page.locator("[data-time-box]")).to_be_hidden()
    expect(page.get_by_role("button", name="Go back in time")).to_be_focused()
    assert asked(page) == {}


def test_the_plot_of_the_day_is_chosen_and_its_page_is_of_that_day(open_page, block):
    page = open_page(f"/?on=2024-02-29{block.middle}", language="en")
    expect(said(page)).to_have_text("The map shows 29 Feb 2024.")
    page.mouse.click(*middle(page, -60))
    expect(chosen(page)).to_contain_text(deed(block.first))
    page.get_by_role("link", name="Open the plot page").click()
    expect(page.locator("h1")).to_contain_text(deed(block.first))
    expect(page.get_by_text("This is how it was on 29 February 2024.")).to_be_visible()
    expect(page.get_by_text("It has changed since.")).to_be_visible()
    page.get_by_role("link", name="Back to the map").click()
    expect(chosen(page)).to_contain_text(deed(block.first))
    assert asked(page) == {"on": "2024-02-29"}


def test_two_days_lie_under_one_line_that_keys_and_a_drag_move(open_page, block, complaints):
    complaints.allow("404")  # the plot of a shared address is looked for on either day
    page = open_page(f"/?on=2024-02-29{block.middle}", language="en")
    page.get_by_role("checkbox", name="Compare two days").check()
    expect(said(page)).to_have_text("Left of the line 29 Feb 2024, right of it today.")
    assert asked(page) == {"on": "2024-02-29", "compare": "today"}
    right = page.get_by_role("textbox", name="Right")
    right.fill("10/11/2025")
    right.press("Enter")
    expect(said(page)).to_have_text("Left of the line 29 Feb 2024, right of it 10 Nov 2025.")
    assert asked(page) == {"on": "2024-02-29", "compare": "2025-11-10"}

    line = page.get_by_role("slider", name="Line between the two maps")
    line.focus()
    for key, share in (("ArrowLeft", 48), ("PageUp", 58), ("Home", 0), ("End", 100)):
        page.keyboard.press(key)
        expect(line).to_have_attribute("aria-valuenow", str(share))
    expect(line).to_have_attribute("aria-valuetext", "Left 29 Feb 2024, 100 per cent of the map")
    box, everything = line.bounding_box(), page.locator("#map").bounding_box()
    assert box is not None
    assert everything is not None
    page.mouse.move(box["x"] + 8, middle(page)[1])  # the half of it that is in sight
    page.mouse.down()
    page.mouse.move(everything["x"] + everything["width"] * 0.5, middle(page)[1], steps=4)
    page.mouse.up()
    expect(line).to_have_attribute("aria-valuenow", "50")

    page.mouse.click(*middle(page, -60))
    expect(chosen(page)).to_contain_text(deed(block.first))
    page.mouse.click(*middle(page, 60))
    expect(chosen(page)).to_contain_text(deed(block.merged))
    expect(page.get_by_role("link", name="Open the plot page")).to_have_attribute(
        "href", re.compile(f"{block.merged.public_id}/\\?on=2025-11-10")
    )
    shared = page.url

    page.get_by_role("checkbox", name="Compare two days").uncheck()
    expect(line).to_be_hidden()
    assert asked(page) == {"on": "2024-02-29"}

    other = open_page(shared[shared.index("/", 8) :], language="en", width=PHONE)
    expect(said(other)).to_have_text("Left of the line 29 Feb 2024, right of it 10 Nov 2025.")
    expect(chosen(other)).to_contain_text(deed(block.merged))


# What a pane shows of the middle of the map: its clip path, and whether it has tiles.
PANES = """() => ["timeLeft", "timeRight"].map((name) => {
    const pane = document.querySelector(`.leaflet-${name}-pane`);
    return [pane.style.clipPath.startsWith("polygon"), pane.querySelectorAll("canvas").length > 0];
})"""


def test_each_side_of_the_line_has_the_tiles_of_its_day(open_page, block):
    urls: list[str] = []
    page = open_page("/", language="en")
    page.on("request", lambda request: urls.append(request.url))
    page.goto(f"/?on=2024-02-29&compare=2024-03-01{block.middle}")
    expect(said(page)).to_contain_text("right of it 1 Mar 2024")
    page.wait_for_function(f"({PANES})().flat().every(Boolean)")
    page.wait_for_load_state("networkidle")
    tiles = [url for url in urls if "/tiles/parcels/" in url]
    assert any(url.endswith("on=2024-02-29") for url in tiles)
    assert any(url.endswith("on=2024-03-01") for url in tiles)


def test_a_plot_that_ended_is_led_by_what_became_of_it(open_page, block, complaints):
    complaints.allow("410")
    page = open_page(f"/parcels/{block.third.public_id}/", language="en")
    headings = page.locator("main h2")
    expect(headings.first).to_have_text("What lies there today")
    entries = page.locator("main ul.results").first.get_by_role("listitem")
    expect(entries).to_have_count(2)
    expect(entries.first).to_contain_text("division 9 June 2025")
    page.get_by_role("link", name="See the plot as it was").click()
    expect(page.get_by_text("This is how it was on 8 June 2025.")).to_be_visible()
    page.get_by_role("link", name="See it as it is today").click()
    page.locator("main ul.results a").nth(1).click()
    expect(page.locator("h1")).to_contain_text(deed(block.pieces[1]))
    came = page.get_by_role("region", name="History of the plot")
    expect(came.get_by_role("link", name=re.compile("land number 3"))).to_be_visible()


def test_an_old_number_leads_to_the_plot_of_today_on_the_map(open_page, block):
    page = open_page("/", width=PHONE, language="en")
    page.locator("#q").fill(deed(block.second))
    page.locator("#q").press("Enter")
    expect(page.get_by_role("status").filter(has_text="is an old number")).to_be_visible()
    entry = page.locator("[data-results] button")
    expect(entry).to_contain_text(deed(block.merged))
    expect(entry).to_contain_text("Today, in place of")
    entry.click()
    expect(chosen(page)).to_contain_text(deed(block.merged))
    assert block.merged.public_id in page.url


def test_an_old_number_leads_to_the_plot_of_today_without_scripts(open_page, block):
    page = open_page("/search/", width=PHONE, language="en", script=False)
    page.locator("#q").fill(deed(block.second))
    page.get_by_role("button", name="Search").first.click()
    expect(page.get_by_role("heading", name="Old numbers")).to_be_visible()
    expect(page.get_by_text("Old number until 1 March 2024:")).to_be_visible()
    page.get_by_role("link", name=re.compile(f"{deed(block.merged)} ·")).click()
    expect(page.locator("h1")).to_contain_text(deed(block.merged))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("visit", [{"width": PHONE, "language": "th"}, {"language": "en"}], ids=str)
def test_pages_of_the_past_fit_and_are_accessible(
    open_page, block, complaints, assert_accessible, assert_fits, visit, theme
):
    complaints.allow("410")
    for path in (
        f"/?on=2024-02-29&compare=2025-11-10{block.middle}",
        f"/?known={NOW.date()}&on=2024-02-29{block.middle}",
        f"/parcels/{block.first.public_id}/",
        f"/parcels/{block.first.public_id}/?on=2024-02-29",
        f"/parcels/{block.merged.public_id}/",
        f"/search/?q={deed(block.second)}",
        f"/search/?q={deed(block.second)}&on=2024-02-29",
    ):
        page = open_page(path, theme=theme, **visit)
        if path.startswith("/?"):
            expect(said(page)).not_to_be_empty()
        assert OWNER not in page.content()
        assert_fits(page)
        assert_accessible(page)

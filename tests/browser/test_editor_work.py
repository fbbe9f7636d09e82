"""Working in the parcel editor: beside colleagues, on a telephone, with drafts, for everybody."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from offices.models import Role, User
from parcels.models import Parcel, Transaction
from tests.browser.conftest import DESK, PHONE
from tests.browser.editing import (
    SIDE,
    SOUTH,
    WEST,
    Fabric,
    Role_,
    apply,
    assert_divided_in,
    middle_of,
    open_editor,
    pieces,
    proposed,
    save,
    take,
    the_draft,
)
from tests.factories import a_user
from tests.parcels.editing.block import approved, drafted, register

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def colleague(fabric: Fabric) -> User:
    return a_user("colleague", Role.LAND_OFFICER)


def across(parcel: Parcel, share: float) -> dict[str, Any]:
    """A line from west to east through a plot of the block, at that share of its height."""
    west = WEST + SIDE * (int(parcel.land_number) - 21)
    lat = SOUTH + SIDE * share
    ends = [[west - SIDE / 4, lat], [west + SIDE * 1.25, lat]]
    return {"op": "divide_line", "parcel": parcel.public_id, "line": {"crs": 4326, "points": ends}}


def test_escape_cancels_and_the_help_lists_the_keys(edit: Any, fabric: Fabric) -> None:
    page = edit(f"?parcel={fabric.middle.public_id}")
    take(page, "Divide by a line")
    x, y = middle_of(page)
    page.mouse.click(x - 100, y)
    expect(page.locator(".drawn-line").first).to_be_attached()
    page.keyboard.press("Escape")
    expect(page.locator(".drawn-line")).to_have_count(0)
    expect(page.locator("[data-announce]")).to_contain_text("cancelled")
    page.locator("#map").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Undo the last step")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_parcel_of_a_colleague_is_shown_and_not_taken(
    edit: Any, fabric: Fabric, colleague: User, complaints: Any
) -> None:
    complaints.allow("409")
    named = {"op": "choose", "parcel": fabric.middle.public_id}
    act = drafted("area_correction", named, maker=colleague, areas={0: "1900"})
    page = edit(f"?parcel={fabric.middle.public_id}")
    expect(page.locator(".fabric-pending")).to_have_count(1)
    expect(page.locator(".pending-label")).to_contain_text("colleague")
    subjects = page.locator("[data-subjects]")
    expect(subjects).to_contain_text("colleague is working on it: area correction (draft)")
    link = subjects.get_by_role("link", name="Open the transaction")
    expect(link).to_have_attribute("href", re.compile(act.public_id))
    take(page, "Equal parts")
    apply(page)
    expect(page.locator("[data-notices]")).to_contain_text("Others are working here")
    page.fill("#source-number", "2")
    page.fill("#reason", "r")
    page.locator("[data-save-button]").click()
    expect(page.locator("[data-save-fault]")).to_contain_text("colleague")
    assert list(Transaction.objects.filter(status="draft")) == [act]


def test_the_second_of_two_officers_on_neighbours_is_told_and_draws_anew(
    edit: Any, fabric: Fabric, colleague: User, complaints: Any
) -> None:
    """Both put marks on the common side: who registers later draws on what the other made."""
    complaints.allow("409")
    first = drafted("divide", across(fabric.east, 0.5), maker=colleague, keeps_number=0)
    page = edit(f"?parcel={fabric.middle.public_id}")
    expect(page.locator(".fabric-pending")).to_have_count(3)  # the plot and what it is to become
    take(page, "Divide by a line")
    line = across(fabric.middle, 0.3)["line"]["points"]
    page.select_option("#coordinates-crs", "4326")
    page.fill("#coordinates-text", "\n".join(f"{lat:.8f}, {lon:.8f}" for lon, lat in line))
    apply(page)
    notices = page.locator("[data-notices]")
    expect(notices).to_contain_text("Others are working here")
    expect(notices).to_contain_text("colleague is working on it: division (draft)")
    act = save(page)
    register(approved(first))

    page.get_by_role("button", name="Hand to the checkers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing was changed")
    act.refresh_from_db()
    assert act.status == Transaction.Status.DRAFT
    open_editor(page, f"?transaction={act.public_id}")
    expect(pieces(page)).to_have_count(2)
    expect(notices).to_be_empty()
    page.locator("[data-save-button]").click()
    page.wait_for_url(re.compile(r"/office/transactions/"))
    page.get_by_role("button", name="Hand to the checkers").click()
    expect(page.locator("main")).to_contain_text("Handed to the checkers.")
    act.refresh_from_db()
    assert act.status == Transaction.Status.SUBMITTED
    east_now = {each.parcel_id for each in proposed(act, Role_.NEIGHBOUR)} - {fabric.west.pk}
    (neighbour,) = Parcel.objects.filter(pk__in=east_now)
    assert neighbour.created_by == first, "the mark goes to the plot that the first one made"


def test_a_draft_is_opened_again_as_it_was(edit: Any, fabric: Fabric) -> None:
    page = edit(f"?parcel={fabric.middle.public_id}")
    take(page, "Equal parts")
    apply(page)
    expect(pieces(page)).to_have_count(2)
    page.fill("#survey-number", "ร.ว. 9 ที่ 5/2569")
    act = save(page)
    survey = act.spatial_source
    open_editor(page, f"?transaction={act.public_id}")
    expect(pieces(page)).to_have_count(2)
    expect(page.locator("#source-number")).to_have_value("ท.ด. 9 ที่ ๑๒/๒๕๖๙")
    expect(page.locator("#survey-number")).to_have_value("ร.ว. 9 ที่ 5/2569")
    expect(page.locator("#reason")).to_have_value("ผู้ถือกรรมสิทธิ์ยื่นคำขอ")
    expect(page.locator("[data-notices]")).to_be_empty()
    take(page, "Undo")
    take(page, "Equal parts")
    page.fill("#equal-count", "4")
    page.keyboard.press("Enter")
    expect(pieces(page)).to_have_count(4)
    page.locator("[data-save-button]").click()
    page.wait_for_url(re.compile(r"/office/transactions/"))
    act = the_draft()
    assert_divided_in(act, 4, fabric.middle)
    assert act.spatial_source == survey


def test_what_is_missing_is_said_beside_the_button(edit: Any, fabric: Fabric) -> None:
    page = edit(f"?parcel={fabric.middle.public_id}")
    take(page, "Equal parts")
    apply(page)
    expect(pieces(page)).to_have_count(2)
    page.keyboard.press("Control+s")
    expect(page.locator("[data-save-fault]")).to_contain_text("number of the source document")
    expect(page.locator("#source-number")).to_be_focused()
    page.keyboard.type("1")
    page.fill("#survey-date", "1/11/2569")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-save-fault]")).to_contain_text("number of the survey record")
    expect(page.locator("#survey-number")).to_be_focused()
    page.keyboard.type("2")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-save-fault]")).to_contain_text("Give the reason")
    expect(page.locator("#reason")).to_be_focused()
    assert not Transaction.objects.filter(status="draft").exists()


def test_a_parcel_is_divided_by_touch_on_a_telephone(
    edit: Any, fabric: Fabric, assert_fits: Any
) -> None:
    page: Page = edit(f"?parcel={fabric.middle.public_id}", width=PHONE, language="th")
    chosen = page.locator(".chosen-parcel").bounding_box()
    sheet = page.locator("[data-sheet]").bounding_box()
    assert chosen
    assert sheet
    assert chosen["y"] + chosen["height"] <= sheet["y"], "the plot is shown above the panel"
    page.locator("[data-tool=line]").tap()
    expect(page.locator("[data-sheet]")).to_have_attribute("data-size", "peek")
    x = chosen["x"] + chosen["width"] / 3
    page.touchscreen.tap(x, chosen["y"] - 20)
    page.wait_for_timeout(400)
    page.touchscreen.tap(x, chosen["y"] + chosen["height"] + 20)
    page.wait_for_timeout(400)
    assert_fits(page)
    page.locator("[data-drawing-finish]").tap()
    expect(pieces(page)).to_have_count(2)
    expect(page.locator("[data-sheet]")).to_have_attribute("data-size", "half")
    assert_fits(page)
    assert_divided_in(save(page), 2, fabric.middle)


@pytest.mark.parametrize(
    ("width", "language", "theme"),
    [
        (DESK, "th", "light"),
        (PHONE, "th", "dark"),
        (PHONE, "en", "light"),
        (DESK, "en", "dark"),
    ],
)
def test_every_state_of_the_editor_fits_and_is_accessible(
    edit: Any, fabric: Fabric, colleague: User, assert_accessible: Any, assert_fits: Any,
    width: int, language: str, theme: str,
) -> None:  # fmt: skip
    drafted("divide", across(fabric.east, 0.5), maker=colleague, keeps_number=0)
    page = edit(f"?parcel={fabric.middle.public_id}", width=width, language=language, theme=theme)
    expect(page.locator(".fabric-pending")).to_have_count(3)

    def look() -> None:
        assert_fits(page)
        assert_accessible(page)

    look()
    page.locator("[data-tool=line]").click()
    expect(page.locator("[data-drawing]")).to_be_visible()
    look()
    page.locator("[data-drawing-cancel]").click()
    page.locator("[data-tool=area]").click()
    page.fill("#area-text", "0-1-0")
    page.keyboard.press("Enter")
    expect(pieces(page)).to_have_count(2)
    page.locator("[data-sides-details] summary").click()
    look()
    page.locator("[data-help]").click()
    look()

"""An officer edits parcels in the browser: every tool, by mouse and by keys, up to the draft."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cadastre.digits import to_thai_digits
from cadastre.geodesy import INDIAN_1975_47N, UTM_47N, WGS84, transform_point
from offices.models import Role, User
from parcels.editing.choices import Choices
from parcels.editing.operations import operations_of
from parcels.models import Parcel, ProposedParcel, Transaction
from parcels.services.edits import edit_draft
from parcels.services.transactions import SourceFacts
from tests.browser.conftest import DESK, PHONE
from tests.factories import (
    NOW,
    PASSWORD,
    a_land_office,
    a_parcel,
    a_party,
    a_square,
    a_title,
    a_user,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIDE = 0.0004
WEST, SOUTH = 100.47, 13.87
LEGAL = Decimal("1906.40")
Role_ = ProposedParcel.Role


@dataclass
class Fabric:
    """Three squares of 43 by 44 m in a row, and who edits them."""

    officer: User
    west: Parcel
    middle: Parcel
    east: Parcel


@pytest.fixture
def fabric(db: None) -> Fabric:
    parcels = [
        a_parcel(
            land_number=str(21 + at),
            ba_unit=a_title(a_party(), deed_number=str(5001 + at)),
            geometry=a_square(WEST + at * SIDE, SOUTH, SIDE),
            legal_area_m2=LEGAL,
        )
        for at in range(3)
    ]
    return Fabric(a_user("officer", Role.LAND_OFFICER), *parcels)


Enter = Callable[..., Page]


@pytest.fixture
def enter(open_page: Any) -> Enter:
    """Sign in and open the editor; ``asked`` is the query of its address."""

    def opened(asked: str = "", user: str = "officer", **visit: Any) -> Page:
        page: Page = open_page("/sign-in/", **{"language": "en"} | visit)
        page.fill("[name=username]", user)
        page.fill("[name=password]", PASSWORD)
        page.locator("main form button").first.click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        page.goto(f"/office/editor/{asked}")
        expect(page.locator("html[data-editor=ready]")).to_be_attached()
        expect(page.locator(".fabric-parcel").nth(1)).to_be_attached()
        return page

    return opened


def middle_of(page: Page) -> tuple[float, float]:
    """The middle of the map: a chosen parcel is shown around it."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def draw(page: Page, *points: tuple[float, float]) -> None:
    """Draw a line by clicks, in pixels from the middle of the map."""
    x, y = middle_of(page)
    for dx, dy in points[:-1]:
        page.mouse.move(x + dx, y + dy, steps=3)
        page.mouse.click(x + dx, y + dy)
        page.wait_for_timeout(350)  # two clicks at once would end the line
    dx, dy = points[-1]
    page.mouse.move(x + dx, y + dy, steps=3)
    page.mouse.dblclick(x + dx, y + dy)


def pieces(page: Page) -> Any:
    return page.locator("[data-pieces] tr")


def save(page: Page) -> Transaction:
    """Fill in source and reason, save, and read the draft from the register."""
    page.fill("#source-number", "ท.ด. 9 ที่ ๑๒/๒๕๖๙")
    page.fill("#source-date", "๒๐ พ.ย. ๒๕๖๙")
    page.fill("#reason", "ผู้ถือกรรมสิทธิ์ยื่นคำขอ")
    page.locator("[data-save-button]").click()
    page.wait_for_url(re.compile(r"/office/transactions/[\w-]+/"))
    return the_draft()


def the_draft() -> Transaction:
    """The only transaction that an officer made."""
    return Transaction.objects.select_related("source").get(maker__username="officer")


def proposed(act: Transaction, role: str) -> list[ProposedParcel]:
    return list(act.proposed.filter(role=role))


def assert_divided_in(act: Transaction, count: int, parcel: Parcel) -> list[ProposedParcel]:
    """The parcel ends, and so many pieces share its legal area to the last decimal."""
    made = proposed(act, Role_.PIECE)
    assert [each.parcel_id for each in proposed(act, Role_.RETIRED)] == [parcel.pk]
    assert len(made) == count
    assert sum(each.legal_area_m2 or 0 for each in made) == LEGAL
    assert sum(each.keeps_number for each in made) == 1
    return made


def test_a_parcel_is_divided_by_a_drawn_line(enter, fabric) -> None:
    page = enter(f"?parcel={fabric.middle.public_id}&kind=divide")
    expect(page.locator("[data-subjects]")).to_contain_text("land number 22")
    page.get_by_role("button", name="Divide by a line").click()
    x, y = middle_of(page)
    page.mouse.click(x, y - 380)
    page.mouse.move(x, y + 380, steps=3)
    live = page.locator("[data-live]")
    expect(live).to_contain_text("piece 2")
    expect(live).to_contain_text(re.compile(r"0\srai\s2\sngan\s[\d.]+\ssq\swa"))
    page.mouse.dblclick(x, y + 380)
    expect(pieces(page)).to_have_count(2)
    expect(page.locator(".piece")).to_have_count(2)
    expect(page.locator(".side-label").first).to_be_attached()
    expect(page.locator("[data-difference]")).to_contain_text("m²")
    act = save(page)
    assert act.kind == Transaction.Kind.DIVIDE
    assert act.status == Transaction.Status.DRAFT
    assert act.maker == fabric.officer
    assert act.source.issued_on.isoformat() == "2026-11-20"
    assert_divided_in(act, 2, fabric.middle)


def test_coordinates_of_an_old_datum_are_typed_in_thai_digits(enter, fabric) -> None:
    page = enter(f"?parcel={fabric.west.public_id}")
    page.get_by_role("button", name="Divide by a line").click()
    page.select_option("#coordinates-crs", str(INDIAN_1975_47N))
    lines = []
    for lat in (SOUTH - SIDE / 4, SOUTH + SIDE * 1.25):
        x, y = transform_point(WEST + SIDE / 3, lat, WGS84, INDIAN_1975_47N)
        lines.append(to_thai_digits(f"{x:.3f} {y:.3f}"))
    page.fill("#coordinates-text", "\n".join(lines))
    page.get_by_role("button", name="Apply").click()
    expect(pieces(page)).to_have_count(2)
    made = assert_divided_in(save(page), 2, fabric.west)
    shares = sorted(float((each.legal_area_m2 or 0) / LEGAL) for each in made)
    assert shares[0] == pytest.approx(1 / 3, abs=0.01)


def test_a_line_that_misses_is_refused_with_its_place_and_the_text_stays(
    enter, fabric, complaints
) -> None:
    complaints.allow("422")
    page = enter(f"?parcel={fabric.west.public_id}")
    page.get_by_role("button", name="Divide by a line").click()
    x, y = transform_point(WEST - SIDE, SOUTH, WGS84, UTM_47N)
    typed = f"{x:.3f} {y:.3f}\n{x + 5:.3f} {y + 5:.3f}"
    page.fill("#coordinates-text", typed)
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("[data-notices]")).to_contain_text("does not divide the parcel")
    expect(page.locator(".fault")).to_have_count(1)
    expect(page.locator("#coordinates-text")).to_have_value(typed)
    expect(page.locator("[data-result]")).to_be_hidden()


def test_legs_of_bearing_and_distance_divide(enter, fabric) -> None:
    page = enter(f"?parcel={fabric.west.public_id}")
    page.get_by_role("button", name="Bearings and distances").click()
    # Mark 1 is the corner in the south-west: the diagonal goes to the opposite one.
    page.select_option("#traverse-start", "0")
    page.get_by_label("Bearing of leg 1", exact=True).fill("N 44-30-00 E")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Distance of leg 1", exact=True)).to_be_focused()
    page.keyboard.type("80")
    page.locator("[data-form=traverse]").get_by_role("button", name="Apply").click()
    expect(pieces(page)).to_have_count(2)


def test_equal_parts_are_undone_and_done_again(enter, fabric) -> None:
    page = enter(f"?parcel={fabric.middle.public_id}")
    page.get_by_role("button", name="Equal parts").click()
    page.fill("#equal-count", "๓")
    page.keyboard.press("Enter")
    expect(pieces(page)).to_have_count(3)
    page.keyboard.press("Control+z")
    expect(page.locator("[data-result]")).to_be_hidden()
    expect(page.locator(".chosen-parcel")).to_have_count(1)
    page.keyboard.press("Control+Shift+Z")
    expect(pieces(page)).to_have_count(3)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-result]")).to_be_hidden()
    page.get_by_role("button", name="Redo").click()
    expect(pieces(page)).to_have_count(3)
    assert_divided_in(save(page), 3, fabric.middle)


def test_an_exact_area_is_cut_off_along_a_side_chosen_on_the_map(enter, fabric) -> None:
    page = enter(f"?parcel={fabric.west.public_id}")
    page.get_by_role("button", name="Cut off an area").click()
    x, y = middle_of(page)
    page.mouse.click(x - 300, y)
    side = page.locator("#area-side")
    expect(page.locator(".side-chosen")).to_have_count(1)
    chosen = side.input_value()
    page.mouse.click(x, y + 380)
    expect(side).not_to_have_value(chosen)
    page.fill("#area-text", "๐-๑-๐")
    page.keyboard.press("Enter")
    expect(pieces(page)).to_have_count(2)
    expect(pieces(page).first).to_contain_text("1 ngan 0 sq wa")
    # The legal area is stated too; what is left is said at once.
    boxes = page.locator("[data-areas-inputs] input")
    boxes.first.fill("0-1-0")
    expect(page.locator("[data-areas-rest]")).to_contain_text("1,506.4 m²")
    boxes.nth(1).fill("1500")
    expect(page.locator("[data-areas-rest]")).to_contain_text("differ")
    boxes.nth(1).fill("1506.40")
    expect(page.locator("[data-areas-rest]")).to_contain_text("exactly")
    made = assert_divided_in(save(page), 2, fabric.west)
    assert [each.legal_area_m2 for each in made] == [Decimal("400.00"), Decimal("1506.40")]


def test_a_road_strip_becomes_public(enter, fabric) -> None:
    page = enter(f"?parcel={fabric.middle.public_id}&kind=divide_public")
    page.get_by_role("button", name="Road strip").click()
    page.fill("#strip-width", "6")
    draw(page, (0, -380), (0, 380))
    expect(pieces(page)).to_have_count(3)
    act = save(page)
    made = assert_divided_in(act, 3, fabric.middle)
    assert sum(each.becomes_public for each in made) == 1


def test_parcels_chosen_by_clicks_are_merged(enter, fabric) -> None:
    page = enter(f"?parcel={fabric.west.public_id}&kind=merge")
    x, y = middle_of(page)
    page.get_by_role("button", name="Zoom out").click()
    page.wait_for_timeout(500)
    page.mouse.click(x + 180, y)
    expect(page.locator("[data-subjects] li")).to_have_count(2)
    page.get_by_role("button", name="Merge", exact=True).click()
    page.get_by_role("button", name="Merge the chosen parcels").click()
    expect(pieces(page)).to_have_count(1)
    act = save(page)
    (made,) = proposed(act, Role_.PIECE)
    assert made.legal_area_m2 == 2 * LEGAL
    assert {each.parcel_id for each in proposed(act, Role_.RETIRED)} == {
        fabric.west.pk,
        fabric.middle.pk,
    }


def test_a_mark_is_dragged_and_the_neighbour_moves_with_it(enter, fabric) -> None:
    page = enter(f"?parcel={fabric.middle.public_id}&kind=boundary_correction")
    page.get_by_role("button", name="Boundary marks").click()
    marks = page.locator(".marker-icon:not(.marker-icon-middle):not(.cursor-marker)")
    expect(marks).to_have_count(4)
    box = marks.first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 7, box["y"] + 7)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, box["y"] + 40, steps=5)
    page.mouse.up()
    expect(pieces(page)).to_have_count(2)
    page.fill("#consent", "เจ้าของที่ดินข้างเคียงลงชื่อรับรองแนวเขต")
    act = save(page)
    assert len(proposed(act, Role_.CHANGED)) == 2
    assert fabric.middle.pk in {each.parcel_id for each in proposed(act, Role_.CHANGED)}


def test_a_mark_is_inserted_and_moved_by_typed_coordinates(enter, fabric) -> None:
    page = enter(f"?parcel={fabric.east.public_id}&kind=boundary_correction")
    page.get_by_role("button", name="Boundary marks").click()
    page.select_option("#mark-act", "move")
    page.select_option("#mark-crs", str(WGS84))
    page.select_option("#mark-mark", "1")
    moved = fabric.east.geometry.coords[0][0][1]
    page.fill("#mark-text", f"{moved[1] + 0.00002:.8f}, {moved[0] + 0.00002:.8f}")
    page.keyboard.press("Enter")
    expect(page.locator("[data-operations] li")).to_have_count(1)
    expect(page.locator("[data-operations]")).to_contain_text("mark moved")


def test_all_of_it_is_done_by_keys_alone(enter, fabric) -> None:
    page = enter()
    page.keyboard.press("/")
    page.keyboard.type("5002")
    page.keyboard.press("Enter")
    expect(page.locator("[data-subjects]")).to_contain_text("land number 22")
    page.locator("#map").focus()
    page.keyboard.press("1")
    expect(page.locator("#map")).to_be_focused()
    for key, times in (("ArrowUp", 5), ("Enter", 1), ("ArrowDown", 10), ("Enter", 1)):
        for _ in range(times):
            page.keyboard.press(key)
            page.wait_for_timeout(30)
    page.keyboard.press("Control+Enter")
    expect(pieces(page)).to_have_count(2)
    page.keyboard.press("r")
    expect(page.locator("#result-title")).to_be_focused()
    page.locator("#source-number").focus()
    page.keyboard.type("12/2569")
    page.locator("#reason").focus()
    page.keyboard.type("request")
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile(r"/office/transactions/"))
    assert_divided_in(the_draft(), 2, fabric.middle)


def test_escape_cancels_and_the_help_lists_the_keys(enter, fabric) -> None:
    page = enter(f"?parcel={fabric.middle.public_id}")
    page.get_by_role("button", name="Divide by a line").click()
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


def test_what_another_officer_works_on_is_shown_and_never_overwritten(
    enter, fabric, complaints
) -> None:
    complaints.allow("409")
    other = a_user("colleague", Role.LAND_OFFICER)
    act = edit_draft(
        office=a_land_office(),
        kind=Transaction.Kind.AREA_CORRECTION,
        operations=operations_of([{"op": "choose", "parcel": fabric.middle.public_id}]),
        choices=Choices(areas={0: "1900"}),
        source=SourceFacts(kind="application", reference="1"),
        reason="r",
        maker=other,
        now=NOW,
    )
    page = enter(f"?parcel={fabric.middle.public_id}")
    expect(page.locator(".fabric-pending")).to_have_count(1)
    subjects = page.locator("[data-subjects]")
    expect(subjects).to_contain_text("colleague is working on it: area correction (draft)")
    link = subjects.get_by_role("link", name="Open the transaction")
    expect(link).to_have_attribute("href", re.compile(act.public_id))
    page.get_by_role("button", name="Equal parts").click()
    page.locator("[data-form=equal]").get_by_role("button", name="Apply").click()
    expect(page.locator("[data-notices]")).to_contain_text("Others are working here")
    page.fill("#source-number", "2")
    page.fill("#reason", "r")
    page.locator("[data-save-button]").click()
    expect(page.locator("[data-save-fault]")).to_contain_text("colleague")
    assert list(Transaction.objects.filter(status="draft")) == [act]


def test_a_draft_is_opened_again_as_it_was(enter, fabric) -> None:
    page = enter(f"?parcel={fabric.middle.public_id}")
    page.get_by_role("button", name="Equal parts").click()
    page.locator("[data-form=equal]").get_by_role("button", name="Apply").click()
    expect(pieces(page)).to_have_count(2)
    act = save(page)
    page.goto(f"/office/editor/?transaction={act.public_id}")
    expect(pieces(page)).to_have_count(2)
    expect(page.locator("#source-number")).to_have_value("ท.ด. 9 ที่ ๑๒/๒๕๖๙")
    expect(page.locator("#reason")).to_have_value("ผู้ถือกรรมสิทธิ์ยื่นคำขอ")
    expect(page.locator("[data-notices]")).to_be_empty()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Equal parts").click()
    page.fill("#equal-count", "4")
    page.keyboard.press("Enter")
    expect(pieces(page)).to_have_count(4)
    page.locator("[data-save-button]").click()
    page.wait_for_url(re.compile(r"/office/transactions/"))
    assert_divided_in(the_draft(), 4, fabric.middle)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_editor_fits_and_is_accessible(
    enter, fabric, assert_accessible, assert_fits, theme, width
) -> None:
    page = enter(f"?parcel={fabric.middle.public_id}", width=width, language="th", theme=theme)
    assert_fits(page)
    assert_accessible(page)
    page.locator("[data-tool=area]").click()
    page.fill("#area-text", "0-1-0")
    page.keyboard.press("Enter")
    expect(pieces(page)).to_have_count(2)
    assert_fits(page)
    assert_accessible(page)
    page.locator("[data-help]").click()
    assert_accessible(page)

"""Every tool of the parcel editor in the browser, by mouse and by keys, up to the draft."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from cadastre.digits import to_thai_digits
from cadastre.geodesy import INDIAN_1975_47N, UTM_47N, WGS84, transform_point
from parcels.models import Transaction
from tests.browser.editing import (
    HALF_PX,
    LEGAL,
    SIDE,
    SOUTH,
    WEST,
    Fabric,
    Role_,
    apply,
    assert_divided_in,
    corners,
    drag,
    draw,
    marks,
    middle_of,
    pieces,
    proposed,
    save,
    steps,
    take,
    the_draft,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def written(srid: int, *places: tuple[float, float]) -> list[str]:
    """Easting and northing of places given in sides from the south-west corner of the block."""
    found = []
    for right, up in places:
        x, y = transform_point(WEST + right * SIDE, SOUTH + up * SIDE, WGS84, srid)
        found.append(f"{x:.3f} {y:.3f}")
    return found


def test_a_parcel_is_divided_by_a_drawn_line(edit: Any, fabric: Fabric) -> None:
    page = edit(f"?parcel={fabric.middle.public_id}&kind=divide")
    expect(page.locator("[data-subjects]")).to_contain_text("land number 22")
    take(page, "Divide by a line")
    x, y = middle_of(page)
    page.mouse.click(x, y - 280)
    page.mouse.move(x, y + 280, steps=3)
    live = page.locator("[data-live]")
    expect(live).to_contain_text("piece 2")
    expect(live).to_contain_text(re.compile(r"0\srai\s2\sngan\s[\d.]+\ssq\swa \([\d.]+\sm²\)"))
    page.mouse.dblclick(x, y + 280)
    expect(pieces(page)).to_have_count(2)
    expect(page.locator(".piece")).to_have_count(2)
    expect(page.locator(".piece-label").first).to_contain_text(re.compile(r"0-2-\d"))
    expect(page.locator(".side-label").first).to_have_text(re.compile(r"^\d+\.\d{3}$"))
    expect(page.locator("[data-difference]")).to_contain_text("m²")
    act = save(page)
    assert act.kind == Transaction.Kind.DIVIDE
    assert act.status == Transaction.Status.DRAFT
    assert act.maker == fabric.officer
    assert act.source.issued_on is not None
    assert act.source.issued_on.isoformat() == "2026-11-20"
    assert act.reason
    assert_divided_in(act, 2, fabric.middle)
    gaining = {each.parcel_id for each in proposed(act, Role_.NEIGHBOUR)}
    assert not gaining, "the line ends where no neighbour lies"


def test_points_snap_to_the_marks_of_parcels(edit: Any, fabric: Fabric) -> None:
    page = edit(f"?parcel={fabric.middle.public_id}")
    take(page, "Divide by a line")
    near = HALF_PX - 5
    draw(page, (-near, -near), (near, near))
    expect(pieces(page)).to_have_count(2)
    expect(page.locator("[data-neighbours]")).to_be_empty()
    act = save(page)
    made = assert_divided_in(act, 2, fabric.middle)
    assert proposed(act, Role_.NEIGHBOUR) == []
    for each in made:  # the corners are those of the parcel, bit for bit
        assert len(corners(each.geometry)) == 3
        assert corners(each.geometry) < corners(fabric.middle.geometry)


def test_coordinates_of_an_old_datum_are_typed_in_thai_digits(edit: Any, fabric: Fabric) -> None:
    page = edit(f"?parcel={fabric.west.public_id}")
    take(page, "Divide by a line")
    page.select_option("#coordinates-crs", str(INDIAN_1975_47N))
    lines = written(INDIAN_1975_47N, (1 / 3, -0.25), (1 / 3, 1.25))
    page.fill("#coordinates-text", to_thai_digits("\n".join(lines)))
    apply(page)
    expect(pieces(page)).to_have_count(2)
    made = assert_divided_in(save(page), 2, fabric.west)
    shares = sorted(float((each.legal_area_m2 or 0) / LEGAL) for each in made)
    assert shares[0] == pytest.approx(1 / 3, abs=0.01)


def test_a_piece_is_cut_out_by_pasted_coordinates_with_names(edit: Any, fabric: Fabric) -> None:
    page = edit(f"?parcel={fabric.middle.public_id}")
    take(page, "Cut out a piece")
    ring = written(UTM_47N, (1.25, 0.25), (1.5, 0.25), (1.5, 0.5), (1.25, 0.5))
    page.fill("#coordinates-text", "\n".join(f"P{n} {xy}" for n, xy in enumerate(ring, start=1)))
    apply(page)
    expect(pieces(page)).to_have_count(2)
    act = save(page)
    made = assert_divided_in(act, 2, fabric.middle)
    assert sorted(len(each.geometry[0]) for each in made if each.geometry) == [1, 2]
    assert proposed(act, Role_.NEIGHBOUR) == []


def test_a_line_that_misses_is_refused_with_its_place_and_the_text_stays(
    edit: Any, fabric: Fabric, complaints: Any
) -> None:
    complaints.allow("422")
    page = edit(f"?parcel={fabric.west.public_id}")
    take(page, "Divide by a line")
    typed = "\n".join(written(UTM_47N, (-1, 0), (-0.9, 0.1)))
    page.fill("#coordinates-text", typed)
    apply(page)
    expect(page.locator("[data-notices]")).to_contain_text("does not divide the parcel")
    expect(page.locator(".fault")).to_have_count(1)
    expect(page.locator("#coordinates-text")).to_have_value(typed)
    expect(page.locator("[data-result]")).to_be_hidden()


def test_legs_of_bearing_and_distance_divide(edit: Any, fabric: Fabric) -> None:
    page = edit(f"?parcel={fabric.west.public_id}")
    take(page, "Bearings and distances")
    # Mark 1 is the corner in the south-west: the diagonal goes to the opposite one.
    page.select_option("#traverse-start", "0")
    page.get_by_label("Bearing of leg 1", exact=True).fill("N 44-30-00 E")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Distance of leg 1", exact=True)).to_be_focused()
    page.keyboard.type("๘๐")
    apply(page)
    expect(pieces(page)).to_have_count(2)
    assert_divided_in(save(page), 2, fabric.west)


def test_equal_parts_are_undone_and_done_again(edit: Any, fabric: Fabric) -> None:
    page = edit(f"?parcel={fabric.middle.public_id}")
    take(page, "Equal parts")
    page.fill("#equal-count", "๓")
    page.keyboard.press("Enter")
    expect(pieces(page)).to_have_count(3)
    page.keyboard.press("Control+z")
    expect(page.locator("[data-result]")).to_be_hidden()
    expect(page.locator(".chosen-parcel")).to_have_count(1)
    page.keyboard.press("Control+Shift+Z")
    expect(pieces(page)).to_have_count(3)
    take(page, "Undo")
    expect(page.locator("[data-result]")).to_be_hidden()
    take(page, "Redo")
    expect(pieces(page)).to_have_count(3)
    # A piece is divided on, and two pieces become one again.
    take(page, "Equal parts")
    page.select_option("#target", "#2")
    page.fill("#equal-count", "2")
    apply(page)
    expect(pieces(page)).to_have_count(4)
    expect(steps(page)).to_have_count(2)
    assert_divided_in(save(page), 4, fabric.middle)


def test_an_exact_area_is_cut_off_along_a_side_chosen_on_the_map(edit: Any, fabric: Fabric) -> None:
    page = edit(f"?parcel={fabric.west.public_id}")
    take(page, "Cut off an area")
    x, y = middle_of(page)
    page.mouse.click(x - 300, y)
    side = page.locator("#area-side")
    expect(page.locator(".side-chosen")).to_have_count(1)
    chosen = side.input_value()
    page.mouse.click(x, y + 280)
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
    findings = page.locator("[data-findings]")
    expect(findings).to_contain_text("This keeps it from being submitted")
    boxes.nth(1).fill("1506.40")
    expect(page.locator("[data-areas-rest]")).to_contain_text("exactly")
    expect(findings).to_be_empty()
    made = assert_divided_in(save(page), 2, fabric.west)
    assert [each.legal_area_m2 for each in made] == [Decimal("400.00"), Decimal("1506.40")]


def test_a_road_strip_becomes_public(edit: Any, fabric: Fabric) -> None:
    page = edit(f"?parcel={fabric.middle.public_id}&kind=divide_public")
    take(page, "Road strip")
    page.fill("#strip-width", "๖")
    draw(page, (0, -280), (0, 280))
    expect(pieces(page)).to_have_count(3)
    act = save(page)
    made = assert_divided_in(act, 3, fabric.middle)
    (road,) = [each for each in made if each.becomes_public]
    assert float(road.legal_area_m2 or 0) == pytest.approx(6 * 44.25, rel=0.01)


def test_parcels_chosen_by_clicks_are_merged(edit: Any, fabric: Fabric) -> None:
    page = edit(f"?parcel={fabric.west.public_id}&kind=merge")
    x, y = middle_of(page)
    take(page, "Zoom out")
    page.wait_for_timeout(500)
    page.mouse.click(x + HALF_PX, y)
    expect(page.locator("[data-subjects] li")).to_have_count(2)
    take(page, "Merge")
    take(page, "Merge the chosen parcels")
    expect(pieces(page)).to_have_count(1)
    act = save(page)
    (made,) = proposed(act, Role_.PIECE)
    assert made.legal_area_m2 == 2 * LEGAL
    ending = {each.parcel_id for each in proposed(act, Role_.RETIRED)}
    assert ending == {fabric.west.pk, fabric.middle.pk}


def test_a_dragged_mark_moves_in_all_that_share_it_and_names_its_survey(
    edit: Any, fabric: Fabric
) -> None:
    page = edit(f"?parcel={fabric.middle.public_id}&kind=boundary_correction")
    take(page, "Boundary marks")
    expect(marks(page)).to_have_count(4)
    drag(page, marks(page).first, 23, 33)
    expect(pieces(page)).to_have_count(2)
    page.fill("#consent", "เจ้าของที่ดินข้างเคียงลงชื่อรับรองแนวเขต")
    page.fill("#survey-number", "ร.ว. 9 ที่ 5/2569")
    page.fill("#survey-date", "1/11/2569")
    page.select_option("#survey-class", "first")
    act = save(page)
    changed = {each.parcel_id: each for each in proposed(act, Role_.CHANGED)}
    assert len(changed) == 2
    one, two = (corners(each.geometry) for each in changed.values())
    before = {xy for parcel in changed for xy in corners(_plot(fabric, parcel).geometry)}
    assert len(one & two) == 2
    assert len((one | two) - before) == 1, "one mark is new, the others stay as they were"
    survey = act.spatial_source
    assert survey is not None
    assert (survey.reference, survey.survey_class) == ("ร.ว. 9 ที่ 5/2569", "first")
    assert str(survey.surveyed_on) == "2026-11-01"


def _plot(fabric: Fabric, key: int) -> Any:
    plots = (fabric.west, fabric.middle, fabric.east)
    return next(parcel for parcel in plots if parcel.pk == key)


def test_a_mark_is_inserted_by_dragging_and_removed_again(edit: Any, fabric: Fabric) -> None:
    page = edit(f"?parcel={fabric.middle.public_id}&kind=boundary_correction")
    take(page, "Boundary marks")
    expect(marks(page)).to_have_count(4)
    drag(page, page.locator(".marker-icon-middle").first, 15, 20)
    expect(steps(page)).to_have_count(2)
    expect(steps(page).first).to_contain_text("mark inserted")
    expect(page.locator(".new-mark").first).to_be_attached()
    x, y = _place_of(page.locator(".new-mark").first)
    page.mouse.click(x, y, button="right")
    expect(steps(page)).to_have_count(3)
    expect(steps(page).last).to_contain_text("mark removed")
    for _ in range(3):
        take(page, "Undo")
    expect(page.locator("[data-result]")).to_be_hidden()


def _place_of(locator: Any) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_marks_are_inserted_moved_and_removed_by_typing(edit: Any, fabric: Fabric) -> None:
    page = edit(f"?parcel={fabric.east.public_id}&kind=boundary_correction")
    take(page, "Boundary marks")
    page.select_option("#mark-crs", str(WGS84))
    page.select_option("#mark-act", "insert")
    page.select_option("#mark-side", "0")
    (ax, ay), (bx, by) = (point[:2] for point in fabric.east.geometry.coords[0][0][:2])
    page.fill("#mark-text", f"{(ay + by) / 2:.8f}, {(ax + bx) / 2:.8f}")
    page.keyboard.press("Enter")
    expect(page.locator("[data-neighbours]")).to_contain_text("22")
    expect(steps(page)).to_have_count(1)
    page.select_option("#mark-act", "move")
    page.select_option("#mark-mark", "1")
    page.fill("#mark-text", f"{(ay + by) / 2 + 0.00002:.8f}, {(ax + bx) / 2 + 0.00002:.8f}")
    page.keyboard.press("Enter")
    expect(steps(page)).to_have_count(2)
    page.select_option("#mark-act", "delete")
    apply(page)
    expect(steps(page)).to_have_count(3)
    said = page.locator("[data-operations]").inner_text()
    assert re.findall(r"mark (\w+)", said) == ["inserted", "moved", "removed"]


def test_a_new_boundary_is_typed_and_an_overlap_is_said_at_its_place(
    edit: Any, fabric: Fabric, complaints: Any
) -> None:
    complaints.allow("422")
    page = edit(f"?parcel={fabric.east.public_id}&kind=re_survey")
    take(page, "New boundary")
    wide = written(UTM_47N, (1.9, 0), (3, 0), (3, 1), (1.9, 1))
    page.fill("#coordinates-text", "\n".join(wide))
    apply(page)
    said = page.locator("[data-notices], [data-findings]").filter(has_text="Show place")
    expect(said.first).to_be_visible()
    said.get_by_role("button", name=re.compile("Show place")).first.click()
    expect(page.locator("#map")).to_be_focused()
    expect(page.locator(".fault").first).to_be_attached()


def test_a_line_is_drawn_by_keys_alone(edit: Any, fabric: Fabric) -> None:
    page = edit()
    page.keyboard.press("/")
    page.keyboard.type("5002")
    page.keyboard.press("Enter")
    expect(page.locator("[data-subjects]")).to_contain_text("land number 22")
    page.locator("#map").focus()
    page.keyboard.press("1")
    expect(page.locator("#map")).to_be_focused()
    for key, times in (("ArrowUp", 4), ("Enter", 1), ("ArrowDown", 8), ("Enter", 1)):
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


def test_every_form_is_reached_and_sent_by_keys(edit: Any, fabric: Fabric) -> None:
    page = edit(f"?parcel={fabric.west.public_id}")
    page.locator("#map").focus()
    for key, first, typed, made in (
        ("4", "#equal-count", "3", 3),
        ("5", "#area-side", "", 2),
        ("3", "#traverse-start", "", 2),
    ):
        page.keyboard.press(key)
        expect(page.locator(first)).to_be_focused()
        if typed:
            page.keyboard.type(typed)  # what stood there is chosen, as after Tab
        elif key == "5":
            page.keyboard.press("Tab")
            page.keyboard.type("0-0-50")
        else:
            page.keyboard.press("Tab")
            page.keyboard.type("44.5")
            page.keyboard.press("Tab")
            page.keyboard.type("80")
        page.keyboard.press("Enter")
        if key == "3":  # Enter went to the next leg; from an empty one it sends
            page.keyboard.press("Enter")
        expect(pieces(page)).to_have_count(made)
        expect(page.locator("#result-title")).to_be_focused()
        page.keyboard.press("Control+z")
        expect(page.locator("[data-result]")).to_be_hidden()
        page.locator("#map").focus()

"""A transfer from the title's page to the register, by two people, on a desk and on a telephone."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from offices.models import Role
from parcels.models import BAUnit, Right
from tests.factories import a_district, a_parcel, a_party, a_square, a_title, a_user
from tests.parcels.editing.block import a_plot, drafted, officers, place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def title() -> BAUnit:
    a_user("maker", Role.LAND_OFFICER)
    a_user("checker", Role.CHECKER)
    title = a_title(a_party("ทองดี", surname="ใจงาม"), deed_number="4711", district=a_district())
    a_parcel(ba_unit=title, land_number="12")
    a_parcel(land_number="13", geometry=a_square(100.4704))
    return title


def test_two_people_transfer_a_title(
    enter: Any, title: BAUnit, assert_accessible: Any, assert_fits: Any, complaints: Any
) -> None:
    complaints.allow("422")  # the form is sent once with fields left empty
    desk = enter("maker", language="en")
    desk.goto(reverse("title-detail", args=[title.public_id]))
    assert_accessible(desk)
    desk.get_by_role("link", name="New transaction").click()
    assert_accessible(desk)
    desk.get_by_role("link", name="Transfer", exact=True).click()
    desk.fill("[name=to-0-name]", "บัว")
    desk.fill("[name=to-0-share]", "๑/๓")
    desk.get_by_role("button", name="One more receiver").click()
    expect(desk.locator("[name=to-0-name]")).to_have_value("บัว")
    desk.fill("[name=to-1-name]", "มะลิ")
    desk.fill("[name=to-1-share]", "2/3")
    desk.get_by_role("button", name="Save the draft").click()
    expect(desk.locator(".error-summary")).to_be_visible()
    assert_accessible(desk)
    desk.select_option("[name=source_kind]", "contract")
    desk.fill("[name=source_reference]", "ท.ด. 13 เลขที่ 7/2569")
    desk.fill("[name=reason]", "ขายทั้งแปลง")
    desk.get_by_role("button", name="Save the draft").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Transfer")
    desk.get_by_role("button", name="Hand to the checkers").click()
    assert_accessible(desk)
    assert_fits(desk)

    phone = enter("checker", width=360, language="th")
    phone.goto(reverse("transactions"))
    assert_fits(phone)
    assert_accessible(phone)
    phone.locator(".act-table tbody a").first.click()
    assert_fits(phone)
    assert_accessible(phone)
    phone.locator("button[value=approve]").click()
    phone.locator("button[value=register]").click()
    expect(phone.locator("button[value=register]")).to_have_count(0)
    shares = Right.objects.filter(ba_unit=title, retired_by=None).order_by("pk")
    assert [f"{r.share_numerator}/{r.share_denominator}" for r in shares] == ["1/3", "2/3"]


def test_a_known_holder_needs_no_name(enter: Any, title: BAUnit) -> None:
    page = enter("maker", language="en")
    page.goto(f"{reverse('transaction-new')}?kind=transfer&title={title.public_id}")
    expect(page.locator("[name=to-0-name]")).to_be_visible()
    page.select_option("[name=to-0-who]", index=1)
    expect(page.locator("[name=to-0-name]")).to_be_hidden()


@pytest.mark.parametrize(("width", "language"), [(360, "th"), (1440, "en")])
def test_before_and_after_stand_side_by_side(
    enter: Any, assert_accessible: Any, assert_fits: Any, width: int, language: str
) -> None:
    """A parcel is divided; the neighbours above and below get a mark and stay as they are."""
    officers()
    parcel = a_plot(0, 1)
    a_plot(0), a_plot(0, 2), a_plot(1, 1)
    line = place((15, 39), (15, 81))
    act = drafted("divide", {"op": "divide_line", "parcel": parcel.public_id, "line": line})
    page = enter("checker", width=width, language=language)
    page.goto(reverse("transaction-detail", args=[act.public_id]))
    assert_fits(page)
    assert_accessible(page)
    pictures = page.locator(".change-drawing")
    expect(pictures).to_have_count(2)
    one, two = pictures.nth(0).bounding_box(), pictures.nth(1).bounding_box()
    assert one
    assert two
    assert (one["y"] == two["y"]) == (width == 1440)
    expect(pictures.nth(0).locator(".change-drawing__new")).to_have_count(0)
    expect(pictures.nth(1).locator(".change-drawing__new")).to_have_count(2)
    expect(pictures.nth(1).locator(".change-drawing__piece")).to_have_count(2)

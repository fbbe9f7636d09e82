"""The parcel editor in a browser: three plots, an officer, and how its tools are used."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from offices.models import Role, User
from parcels.models import Parcel, ProposedParcel, Transaction
from tests.factories import (
    a_district,
    a_local_authority,
    a_parcel,
    a_party,
    a_square,
    a_title,
    a_user,
)
from tests.parcels.editing.block import a_sub_district

SIDE = 0.0004
HALF_PX = 151
"""Half a plot on the map when it is chosen, to two pixels: the map then stands at zoom 20."""
WEST, SOUTH = 100.47, 13.87
LEGAL = Decimal("1906.40")
Role_ = ProposedParcel.Role
Enter = Callable[..., Page]


@dataclass
class Fabric:
    """Three squares of 43 by 44 m in a row, and who edits them."""

    officer: User
    west: Parcel
    middle: Parcel
    east: Parcel


@pytest.fixture
def fabric(db: None) -> Fabric:
    """The plots with titles 5001, 5002 and 5003, and their officer."""
    parcels = [
        a_parcel(
            land_number=str(21 + at),
            ba_unit=a_title(
                a_party(),
                deed_number=str(5001 + at),
                district=a_district(),
                survey_page=str(301 + at),
            ),
            sub_district=a_sub_district(),
            local_authority=a_local_authority(),
            tax_parcel_code=f"01A{at + 1:03d}",
            geometry=a_square(WEST + at * SIDE, SOUTH, SIDE),
            legal_area_m2=LEGAL,
        )
        for at in range(3)
    ]
    return Fabric(a_user("officer", Role.LAND_OFFICER), *parcels)


def sign_in(page: Page, user: User) -> None:
    """Let the visitor be that user from the next page on; the form has tests of its own."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    home = urljoin(page.url, "/")
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": home}])


@pytest.fixture
def edit(open_page: Any) -> Enter:
    """Open the editor as the officer; ``asked`` is the query of its address."""

    def opened(asked: str = "", user: str = "officer", **visit: Any) -> Page:
        page: Page = open_page("/search/", **{"language": "en"} | visit)
        sign_in(page, User.objects.get(username=user))
        open_editor(page, asked)
        return page

    return opened


def open_editor(page: Page, asked: str = "") -> None:
    """Go to the editor and wait for it and the parcels around."""
    page.goto(f"/office/editor/{asked}")
    expect(page.locator("html[data-editor=ready]")).to_be_attached()
    expect(page.locator(".fabric-parcel").nth(1)).to_be_attached()


def take(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def middle_of(page: Page) -> tuple[float, float]:
    """The middle of the map: on a desk a chosen parcel is shown around it."""
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


def drag(page: Page, marker: Locator, dx: float, dy: float) -> None:
    """Drag a boundary mark by so many pixels."""
    box = marker.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=5)
    page.mouse.up()


def marks(page: Page) -> Locator:
    """The marks that can be dragged; those in the middle of sides are others."""
    return page.locator(".marker-icon:not(.marker-icon-middle):not(.cursor-marker)")


def pieces(page: Page) -> Locator:
    return page.locator("[data-pieces] tr")


def steps(page: Page) -> Locator:
    return page.locator("[data-operations] li")


def apply(page: Page) -> None:
    page.locator("[data-form]:not([hidden])").get_by_role("button", name="Apply").click()


def save(page: Page) -> Transaction:
    """Fill in source and reason, save, and read the draft from the register."""
    page.fill("#source-number", "ท.ด. 9 ที่ ๑๒/๒๕๖๙")
    page.fill("#source-date", "๒๐ พ.ย. ๒๕๖๙")
    page.fill("#reason", "ผู้ถือกรรมสิทธิ์ยื่นคำขอ")
    page.locator("[data-save-button]").click()
    page.wait_for_url(re.compile(r"/office/transactions/[\w-]+/"))
    return the_draft()


def the_draft() -> Transaction:
    """The only transaction that the officer made."""
    return Transaction.objects.select_related("source", "spatial_source").get(
        maker__username="officer"
    )


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


def corners(shape: Any) -> set[tuple[float, float]]:
    """The vertices of a stored shape, as they are stored."""
    return {tuple(point[:2]) for part in shape.coords for ring in part for point in ring}

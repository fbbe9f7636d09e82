"""The whole story in a generated town: officers change parcels, a citizen finds what became."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Request, expect

from cadastre.errors import LandError
from offices.models import Role, User
from offices.models.office import Office
from parcels.editing.choices import Choices
from parcels.editing.operations import operations_of
from parcels.models import Parcel, ParcelLineage, Party, Transaction
from parcels.services.edits import edit_draft, edit_preview
from tests.browser.conftest import PHONE
from tests.browser.editing import apply, open_editor, pieces, sign_in, steps, take
from tests.factories import NOW, a_user
from tests.parcels.editing.block import SOURCE, approved, children, register
from tests.parcels.editing.test_town import a_town

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG_SINCE = date(2025, 6, 9)
AGREED = "เจ้าของที่ดินข้างเคียงลงชื่อรับรองแนวเขต 1 พ.ย. 2569"


@dataclass(frozen=True)
class Town:
    """A plot to divide, two of one owner to merge, a mark that stands wrong, and two officers."""

    officer: User
    checker: User
    whole: Parcel
    halves: list[Parcel]
    crooked: Parcel
    mark: int


@pytest.fixture
def town(db: None) -> Town:
    office = a_town(300)
    officer = a_user("officer", Role.LAND_OFFICER, office=office)
    checker = a_user("second", Role.CHECKER, office=office)
    titled = Parcel.objects.in_force(NOW.date()).filter(
        ba_unit__title_type="chanote", calculated_area_m2__gt=500, office=office
    )
    whole, former, *others = titled.order_by("pk")[:40]
    halves = {"op": "divide_equal", "parcel": former.public_id, "count": 2}
    draft = edit_draft(
        office=office, kind="divide", operations=operations_of([halves]), source=SOURCE,
        choices=Choices(keeps_number=0), reason="แบ่งแยก", maker=officer, now=NOW,
        effective_on=LONG_SINCE,
    )  # fmt: skip
    register(approved(draft))
    crooked, mark = next(correctable(office, others))
    return Town(officer, checker, whole, children(former), crooked, mark)


def correctable(office: Office, parcels: list[Parcel]) -> Iterator[tuple[Parcel, int]]:
    """Marks that can move by some centimetres without touching anything else."""
    for parcel in parcels:
        for at, mark in enumerate(parcel.geometry.coords[0][0][:-1]):
            step = {"op": "move_mark", "mark": on_map(mark), "to": on_map(moved(mark))}
            try:
                found = edit_preview(
                    office=office, kind="boundary_correction", operations=operations_of([step]),
                    choices=Choices(consent=AGREED), now=NOW,
                )  # fmt: skip
            except LandError:
                continue
            if found.is_sound:
                yield parcel, at


def on_map(point: Any) -> dict[str, Any]:
    return {"crs": 4326, "points": [list(point[:2])]}


def moved(mark: Any) -> tuple[float, float]:
    """About 30 cm to the north-east."""
    return round(mark[0] + 2e-6, 8), round(mark[1] + 2e-6, 8)


def deed(parcel: Parcel) -> str:
    assert parcel.ba_unit is not None
    return parcel.ba_unit.deed_number


def hand_over(page: Page, act: Transaction) -> None:
    page.get_by_role("button", name="Hand to the checkers").click()
    expect(page.locator("main")).to_contain_text("Handed to the checkers.")
    act.refresh_from_db()
    assert act.status == Transaction.Status.SUBMITTED


def check(page: Page, act: Transaction) -> None:
    """The second officer looks, approves and registers."""
    page.goto(reverse("transaction-detail", args=[act.public_id]))
    expect(page.locator(".change-drawing")).to_have_count(2)
    page.get_by_role("button", name="Approve what is shown here").click()
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page.locator("main")).to_contain_text("Registered. The register has changed.")
    act.refresh_from_db()
    assert act.status == Transaction.Status.REGISTERED
    assert act.checker != act.maker


def saved(page: Page) -> Transaction:
    """The draft that the editor just kept."""
    before = set(Transaction.objects.values_list("pk", flat=True))
    page.fill("#source-number", "ท.ด. 9 ที่ ๑๒/๒๕๖๙")
    page.fill("#reason", "ผู้ถือกรรมสิทธิ์ยื่นคำขอ")
    page.locator("[data-save-button]").click()
    page.wait_for_url("**/office/transactions/*/")
    return Transaction.objects.exclude(pk__in=before).get()


def divided(page: Page, town: Town) -> Transaction:
    open_editor(page, f"?parcel={town.whole.public_id}&kind=divide")
    take(page, "Equal parts")
    page.fill("#equal-count", "3")
    apply(page)
    expect(pieces(page)).to_have_count(3)
    return saved(page)


def merged(page: Page, town: Town) -> Transaction:
    one, two = town.halves
    open_editor(page, f"?parcel={one.public_id}&kind=merge")
    page.fill("#find", deed(two))
    page.keyboard.press("Enter")
    expect(page.locator("[data-subjects] li")).to_have_count(2)
    take(page, "Merge")
    take(page, "Merge the chosen parcels")
    expect(pieces(page)).to_have_count(1)
    return saved(page)


def corrected(page: Page, town: Town) -> Transaction:
    open_editor(page, f"?parcel={town.crooked.public_id}&kind=boundary_correction")
    take(page, "Boundary marks")
    page.select_option("#mark-mark", str(town.mark))
    page.select_option("#mark-crs", "4326")
    lon, lat = moved(town.crooked.geometry.coords[0][0][town.mark])
    page.fill("#mark-text", f"{lat:.8f}, {lon:.8f}")
    page.keyboard.press("Enter")
    expect(steps(page)).to_have_count(1)
    page.fill("#consent", AGREED)
    page.fill("#survey-number", "ร.ว. 9 ที่ 5/2569")
    expect(page.locator("[data-findings] .alert--error")).to_have_count(0)
    return saved(page)


class Ear:
    """Remembers all that a visitor's pages asked for, so that it can be read word by word."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: dict[str, None] = {}
        page.on("requestfinished", self._asked)

    def _asked(self, request: Request) -> None:
        if request.method == "GET":
            self.asked[request.url] = None

    def bodies(self) -> Iterator[tuple[str, bytes]]:
        """Every answer, told once more to the same visitor."""
        for url in self.asked:
            if urlsplit(url).path.startswith("/static/"):
                continue
            yield url, self.page.context.request.get(url).body()


def owners(*parcels: Parcel) -> list[str]:
    """Names of those who hold the titles of the story."""
    titles = [parcel.ba_unit_id for parcel in parcels]
    held = Party.objects.filter(rights__ba_unit__in=titles).distinct()
    return [party.surname for party in held if party.surname]


def middle(page: Page) -> tuple[float, float]:
    box = page.locator("#map").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_officers_change_the_fabric_and_a_citizen_finds_what_became(
    open_page: Any, town: Town, assert_fits: Any
) -> None:
    names = owners(town.whole, *town.halves, town.crooked)
    assert names
    office, second = (open_page("/search/", language="en") for _ in range(2))
    sign_in(office, town.officer)
    sign_in(second, town.checker)
    for work in (divided, merged, corrected):
        act = work(office, town)
        hand_over(office, act)
        check(second, act)

    one, two = (Parcel.objects.with_facts().get(pk=half.pk) for half in town.halves)
    new = ParcelLineage.objects.get(parent=two).child
    new = Parcel.objects.with_facts().get(pk=new.pk)
    parts = children(town.whole)
    assert len(parts) == 3
    assert sum(part.legal_area_m2 or 0 for part in parts) == town.whole.legal_area_m2
    town.crooked.refresh_from_db()
    assert town.crooked.changed_by is not None
    assert deed(new) not in {deed(one), deed(two)}

    # Without an account, on a telephone: the old number leads to the new plot.
    citizen = open_page("/", language="th", width=PHONE)
    ear = Ear(citizen)
    citizen.locator("#q").fill(deed(two))
    citizen.locator("#q").press("Enter")
    citizen.locator("[data-results] button").filter(has_text=deed(new)).click()
    expect(citizen.locator("[data-chosen] h2")).to_contain_text(deed(new))
    assert new.public_id in citizen.url
    assert_fits(citizen)
    citizen.goto(f"/search/?q={deed(two)}")
    citizen.locator("main a.results__item").filter(has_text=deed(new)).first.click()
    expect(citizen.locator("h1")).to_contain_text(deed(new))
    assert_fits(citizen)

    # The slider: the day before there lay two plots, today there lies one.
    assert new.valid_during.lower is not None
    before = new.valid_during.lower - timedelta(days=1)
    desk = open_page("/", language="en")
    ear_of_desk = Ear(desk)
    desk.goto(f"/#19/{two.label_point.y:.5f}/{two.label_point.x:.5f}")
    desk.reload()
    with desk.expect_response(lambda response: "/changes?" in response.url):
        desk.get_by_role("button", name="Go back in time").click()
    slider = desk.get_by_role("slider", name="Day shown on the map")
    slider.focus()
    desk.keyboard.press("ArrowLeft")
    expect(desk).to_have_url(re.compile(f"on={before}"))
    desk.mouse.click(*middle(desk))
    expect(desk.locator("[data-chosen] h2")).to_contain_text(deed(two))
    desk.get_by_role("button", name="Back to today").click()
    desk.mouse.click(*middle(desk))
    expect(desk.locator("[data-chosen] h2")).to_contain_text(deed(new))

    told = [*ear.bodies(), *ear_of_desk.bodies()]
    assert any("/tiles/" in url for url, _ in told)
    for url, body in told:
        assert not [name for name in names if name.encode() in body], url

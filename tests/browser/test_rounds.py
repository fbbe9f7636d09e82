"""A round on a phone: through drops of the network, by keyboard, without a script, offline."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from offices.models import Role
from taxmap.models import CollectionRound, Visit
from tests.browser.conftest import PHONE, Complaints, OpenPage, assert_accessible, assert_fits
from tests.factories import PASSWORD, a_local_authority, a_user
from tests.taxmap.rounds import a_book

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def walk() -> CollectionRound:
    """A round of four stops, planned by the officer who walks it."""
    by = a_user("walker", Role.TAX_OFFICER, office=a_local_authority())
    return a_book(4, by=by).rounds.get()


@pytest.fixture
def officer(open_page: OpenPage) -> Callable[..., Page]:
    """Open a page, signed in as the officer."""

    def signed_in(path: str, **options: Any) -> Page:
        page = open_page("/sign-in/", **options)
        page.fill("[name=username]", "walker")
        page.fill("[name=password]", PASSWORD)
        page.locator("main form button").first.click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        page.goto(path)
        return page

    return signed_in


def stop(page: Page) -> Any:
    """The stop that is open."""
    return page.locator("[data-stop]:visible")


def test_visits_are_recorded_one_after_the_other(
    walk: CollectionRound, officer: Callable[..., Page]
) -> None:
    page = officer(f"/taxmap/rounds/{walk.public_id}/", width=PHONE, language="th")
    expect(stop(page).locator("h2")).to_have_text("1 · 01A001")
    assert_fits(page)
    stop(page).get_by_role("button", name="ไม่พบผู้ใด").click()
    expect(stop(page).locator("h2")).to_have_text("2 · 01A002")
    # A promise without its day is asked for, and nothing is sent.
    stop(page).get_by_role("button", name="จะชำระ").click()
    expect(stop(page).locator("h2")).to_have_text("2 · 01A002")
    stop(page).locator("select").select_option(index=3)
    stop(page).get_by_role("button", name="จะชำระ").click()
    expect(page.locator("[data-told]")).to_have_text("ส่งครบแล้ว")
    expect(stop(page).locator("h2")).to_have_text("3 · 01A003")
    kept = Visit.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(kept) == ["absent", "promised"]


def test_a_drop_of_the_network_loses_nothing_and_doubles_nothing(
    walk: CollectionRound, officer: Callable[..., Page], complaints: Complaints
) -> None:
    complaints.allow("/visit/")
    complaints.allow("ERR_")
    page = officer(f"/taxmap/rounds/{walk.public_id}/", width=PHONE, language="en")
    # The first answer is lost on its way back: the server has it, the phone does not know.
    lost: list[str] = []

    def lose_the_answer(route: Any) -> None:
        if not lost:
            route.fetch()
            lost.append("answer")
        route.abort()

    page.route("**/visit/", lose_the_answer)
    for outcome in ("nobody there", "refuses"):
        stop(page).get_by_role("button", name=outcome).click()
    expect(page.locator("[data-told]")).to_contain_text("2 visits wait for the network")
    page.reload()  # the phone was put away meanwhile
    expect(page.locator("[data-told]")).to_contain_text("visits wait for the network")
    page.unroute("**/visit/")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-told]")).to_have_text("Everything is sent.")
    assert sorted(Visit.objects.values_list("stop__order", "outcome")) == [
        (1, "absent"), (2, "refused"),
    ]  # fmt: skip
    assert page.evaluate(f"localStorage.getItem('chanot-round:{walk.public_id}')") == "[]"


def test_what_the_server_refuses_is_shown_and_kept_until_removed(
    walk: CollectionRound, officer: Callable[..., Page], complaints: Complaints
) -> None:
    complaints.allow("422")
    address = f"/taxmap/rounds/{walk.public_id}/"
    page = officer(address, width=PHONE, language="en")
    old = {"key": "3f2b8c1e-0000-4000-8000-000000000009", "stop": "1", "outcome": "absent",
           "note": "", "next_on": "", "visited_at": "2020-01-01T00:00:00Z"}  # fmt: skip
    page.evaluate(
        "([name, value]) => localStorage.setItem(name, value)",
        [f"chanot-round:{walk.public_id}", json.dumps([old])],
    )
    page.goto(address)
    expect(page.locator("[data-refused]")).to_contain_text("more than 60 days back")
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("[data-refused] li")).to_have_count(0)
    assert not Visit.objects.exists()


def test_the_keyboard_alone_walks_the_round(
    walk: CollectionRound, officer: Callable[..., Page]
) -> None:
    page = officer(f"/taxmap/rounds/{walk.public_id}/", language="en")
    stop(page).get_by_role("button", name="nobody there").focus()
    page.keyboard.press("Enter")
    expect(stop(page).locator("h2")).to_be_focused()
    expect(stop(page).locator("h2")).to_have_text("2 · 01A002")
    page.locator("[data-go='4']").focus()
    page.keyboard.press("Enter")
    expect(stop(page).locator("h2")).to_have_text("4 · 01A004")
    expect(page.locator("[data-go='4']")).to_have_attribute("aria-current", "step")
    assert_accessible(page)


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("width", [PHONE, 1440])
def test_the_pages_fit_and_can_be_read_aloud(
    walk: CollectionRound, officer: Callable[..., Page], language: str, width: int
) -> None:
    page = officer("/taxmap/rounds/", width=width, language=language)
    for address in (
        "/taxmap/rounds/", f"/taxmap/rounds/books/{walk.book.public_id}/",
        f"/taxmap/rounds/{walk.public_id}/", "/taxmap/sheets/",
    ):  # fmt: skip
        page.goto(address)
        assert_fits(page)
        if language == "th":
            assert_accessible(page)


def test_without_a_script_a_visit_is_recorded(
    walk: CollectionRound, officer: Callable[..., Page]
) -> None:
    page = officer(f"/taxmap/rounds/{walk.public_id}/", language="en", script=False)
    stop(page).get_by_role("button", name="refuses").click()
    expect(page.get_by_text("Visit of stop 1 recorded.")).to_be_visible()
    assert Visit.objects.get().outcome == "refused"


def test_the_offline_file_works_alone_and_its_visits_come_back(
    walk: CollectionRound, officer: Callable[..., Page], browser: Browser, tmp_path: Path
) -> None:
    page = officer(f"/taxmap/rounds/{walk.public_id}/", language="en")
    page.get_by_text("Without a network", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Offline file of the round").click()
    file = tmp_path / "round.html"
    download.value.save_as(file)

    context = browser.new_context(offline=True, viewport={"width": PHONE, "height": 740})
    alone = context.new_page()
    faults: list[str] = []
    called: list[str] = []
    alone.on("pageerror", lambda error: faults.append(str(error)))
    alone.on("request", lambda request: called.append(request.url))
    alone.goto(file.as_uri())
    shown = alone.locator("[data-stop].here")
    expect(shown.locator("h2")).to_have_text("1 · 01A001")
    shown.get_by_role("button", name="will pay").click()
    expect(alone.locator("[data-told]")).to_have_text("Choose the day that was promised.")
    shown.locator("select").select_option(index=2)
    shown.get_by_role("button", name="will pay").click()
    expect(shown.locator("h2")).to_have_text("2 · 01A002")
    shown.get_by_role("button", name="nobody there").click()
    alone.reload()  # kept in the phone's storage
    expect(alone.locator("[data-left]")).to_have_text("2 of 4 stops left")
    expect(alone.locator("[data-pin='1']")).to_have_class("done")
    assert_fits(alone)
    with alone.expect_download() as saved:
        alone.get_by_role("button", name="Save the visits as a file").click()
    visits = tmp_path / "visits.json"
    saved.value.save_as(visits)
    context.close()
    assert not faults
    assert {each for each in called if not each.startswith(("data:", "blob:"))} == {file.as_uri()}

    for told in ("2 visits recorded, 0 were known", "0 visits recorded, 2 were known"):
        page.goto(f"/taxmap/rounds/{walk.public_id}/")
        page.get_by_text("Without a network", exact=True).click()
        page.locator("#visits-file").set_input_files(visits)
        page.get_by_role("button", name="Take the visits in").click()
        expect(page.get_by_text(told)).to_be_visible()
    assert sorted(Visit.objects.values_list("stop__order", "outcome")) == [
        (1, "promised"), (2, "absent"),
    ]  # fmt: skip

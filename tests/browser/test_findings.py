"""Findings in the browser: the inbox on the map, one finding, a check; and the map of a file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from offices.jobs import CommandRun
from offices.models import Job, Role
from offices.services.jobs import job_run
from parcels.models import Finding
from parcels.services.fabric_checks import findings_update
from tests.factories import a_user, amended
from tests.parcels.rules.town import a_plot, ground, square, the_office
from tests.parcels.test_check_fabric_file import written

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def overlap() -> Finding:
    """Of two plots the second reaches 5 m over the first; the office has been checked."""
    a_user("clerk", Role.LAND_OFFICER)
    a_plot(0, 0)
    a_plot(1, 0, geometry=ground((35, 0), (80, 0), (80, 40), (35, 40)))
    findings_update(office=the_office(), run=CommandRun(io.StringIO()), now=timezone.now())
    return Finding.objects.get(rule="overlap")


@pytest.mark.parametrize(
    ("width", "language", "theme"),
    [(360, "th", "light"), (360, "en", "dark"), (1440, "th", "dark"), (1440, "en", "light")],
)
def test_the_inbox_shows_each_finding_on_the_map(
    enter: Any, overlap: Finding, assert_accessible: Any, assert_fits: Any,
    width: int, language: str, theme: str,
) -> None:  # fmt: skip
    page = enter("clerk", reverse("findings"), width=width, language=language, theme=theme)
    on_map = Finding.objects.exclude(place=None).count()
    expect(page.locator(".finding-mark")).to_have_count(on_map)
    assert on_map > 3
    page.locator(f'[data-finding="{overlap.public_id}"] [data-show]').click()
    expect(page.locator(".finding-parcel")).to_have_count(1)
    expect(page.locator(".finding-other")).to_have_count(1)
    expect(page.locator(".finding-fault")).to_have_count(1)
    expect(page.locator("#findings-map")).to_be_in_viewport()
    assert_fits(page)
    assert_accessible(page)
    page.locator(f'[data-finding="{overlap.public_id}"] a').first.click()
    expect(page.locator(".fault-drawing")).to_have_count(1)
    assert_fits(page)
    assert_accessible(page)


def test_list_and_map_choose_for_each_other(enter: Any, overlap: Finding) -> None:
    page = enter("clerk", reverse("findings"), language="en")
    buttons = page.locator("[data-show]")
    buttons.nth(0).click()
    expect(buttons.nth(0)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowDown")
    expect(buttons.nth(1)).to_be_focused()
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(buttons.nth(0)).to_have_attribute("aria-pressed", "false")
    mark = page.locator(".finding-mark--critical")
    mark.dispatch_event("click")
    expect(page.locator("[data-chosen]")).to_have_attribute("data-finding", overlap.public_id)


def test_a_finding_is_assigned_explained_and_settled(
    enter: Any, overlap: Finding, assert_accessible: Any, complaints: Any
) -> None:
    complaints.allow("422")  # an explanation without words is refused
    page = enter("clerk", reverse("findings"), language="en")
    page.get_by_role("link", name="Two parcels on the same ground").last.click()
    page.get_by_role("button", name="Assign").click()
    expect(page.locator(".finding-events li")).to_have_count(2)
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_text("Say why in a few words")).to_be_visible()
    assert_accessible(page)
    page.fill("#text", "คดีแนวเขตอยู่ในศาล")
    page.get_by_role("button", name="Explain").click()
    expect(page.locator(".finding-events li")).to_have_count(3)
    assert_accessible(page)
    page.get_by_role("button", name="Settle").click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    overlap.refresh_from_db()
    assert (overlap.status, overlap.explanation) == ("settled", "คดีแนวเขตอยู่ในศาล")


@pytest.mark.parametrize(("width", "language"), [(360, "th"), (1440, "en")])
def test_a_check_is_followed_to_its_end(
    enter: Any, overlap: Finding, assert_accessible: Any, assert_fits: Any,
    width: int, language: str,
) -> None:  # fmt: skip
    """What was mended since is gone from the inbox when the job has ended."""
    assert overlap.other_parcel
    amended(overlap.other_parcel, geometry=square(1, 0))
    page = enter("clerk", reverse("findings"), width=width, language=language)
    page.locator(".findings-head button").click()
    expect(page.locator("[data-job-active=yes] progress")).to_be_visible()
    expect(page.locator(".findings-head button")).to_have_count(0)
    assert_fits(page)
    assert_accessible(page)
    job = Job.objects.get(kind="parcels.check_fabric")
    job_run(job_id=job.pk, attempt=job.attempt)
    expect(page.locator(".findings-head button")).to_be_visible()
    expect(page.locator(f'[data-finding="{overlap.public_id}"]')).to_have_count(0)
    overlap.refresh_from_db()
    assert overlap.status == "settled"


@pytest.mark.parametrize(
    ("width", "theme"), [(360, "light"), (1440, "dark"), (1440, "light")]
)  # fmt: skip
def test_the_map_of_a_file_opens_without_a_server(
    browser: Any, tmp_path: Path, assert_accessible: Any, assert_fits: Any,
    width: int, theme: str,
) -> None:  # fmt: skip
    shapes = [shapely.box(k * 38, k * 38, k * 38 + 40, k * 38 + 40) for k in range(3)]
    file, out = written(tmp_path, [*shapes, None], ["a", "b", "c", "d"]), tmp_path / "map.html"
    quiet = {"stdout": io.StringIO(), "stderr": io.StringIO()}
    call_command("check_fabric", file=file, map=out, language="en", **quiet)
    screen = {"width": width, "height": 800}
    page = browser.new_page(viewport=screen, color_scheme=theme, reduced_motion="reduce")
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: wrong.append(asked.url) if "http" in asked.url[:5] else None)
    page.goto(out.as_uri())
    listed = page.locator("[data-finding]")
    expect(listed).to_have_count(3)  # two overlaps, and a feature without a boundary
    expect(page.locator(".finding-mark")).to_have_count(2)
    listed.nth(0).click()
    expect(page.locator(".finding-parcel, .finding-other")).to_have_count(2)
    expect(page.locator(".finding-fault")).to_have_count(1)
    before = page.locator(".finding-fault").bounding_box()
    page.get_by_role("button", name="The fault from near").click()
    after = page.locator(".finding-fault").bounding_box()
    assert after["height"] > 3 * before["height"]
    listed.nth(0).press("ArrowDown")
    expect(listed.nth(1)).to_have_attribute("aria-pressed", "true")
    assert_fits(page)
    assert_accessible(page)
    page.close()
    assert wrong == []

"""Staff in a real browser: sign in, follow a job, stop and resume it, draw an office's place."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Page, expect

from offices import jobs
from offices.jobs import JobRun, job_kind
from offices.models import Job, JobStatus, LandOffice, Role, User
from offices.services.jobs import job_enqueue, job_run
from tests.factories import NOW, PASSWORD, a_land_office, a_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenPage = Callable[..., Page]


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(password)
    page.locator("main button.button").click()


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("width", [360, 1440])
def test_an_official_signs_in_and_out(
    open_page: OpenPage, assert_accessible: Callable[..., None], language: str, width: int
) -> None:
    a_user("manager", Role.MANAGER)
    page = open_page("/office/jobs/", width=width, language=language)
    assert_accessible(page)
    sign_in(page, "manager")
    expect(page).to_have_url(re.compile("/office/jobs/$"))
    for path in ("/office/", "/office/jobs/", "/office/audit/"):
        page.goto(path)
        assert_accessible(page)
        too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert too_wide <= 0, path
    page.locator(".main-nav__button").click()
    page.goto("/office/")
    expect(page).to_have_url(re.compile("/sign-in/"))


def test_the_locked_out_are_told_what_to_do(
    open_page: OpenPage, complaints: Any, assert_accessible: Callable[..., None]
) -> None:
    complaints.allow("429")
    a_user("somchai", Role.LAND_OFFICER)
    page = open_page("/sign-in/", width=360, language="en")
    for _ in range(5):
        sign_in(page, "somchai", "wrong passphrase")
    expect(page.locator("h1")).to_have_text("Sign-in is locked for a while")
    assert_accessible(page)


@pytest.fixture
def slow_kind(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """A kind of job that counts to three, waits for the event, and finishes."""
    go_on = threading.Event()
    monkeypatch.setattr(jobs, "_kinds", dict(jobs._kinds))

    @job_kind("test.slow", title="Slow count")
    def slow(run: JobRun) -> dict[str, Any]:
        for _ in range(600):
            run.progress(3, 4, "Counting")
            if go_on.wait(0.05):
                break
        return {"counted": 4}

    return go_on


def in_the_background(job: Job, attempt: int) -> threading.Thread:
    def work() -> None:
        try:
            job_run(job_id=job.pk, attempt=attempt)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_job_is_followed_stopped_and_resumed(
    open_page: OpenPage, slow_kind: threading.Event, assert_accessible: Callable[..., None]
) -> None:
    officer = a_user("officer", Role.LAND_OFFICER)
    job = job_enqueue(kind="test.slow", office=a_land_office(), requested_by=officer, now=NOW)
    page = open_page(f"/office/jobs/{job.public_id}/", language="en")
    sign_in(page, "officer")
    label = page.locator("[data-job-label]")
    expect(label).to_have_text("waiting")

    # Nobody touches the page: it follows the job by itself.
    worker = in_the_background(job, 1)
    expect(label).to_have_text("running", timeout=10_000)
    expect(page.locator("[data-job-count]")).to_have_text("75 %")
    expect(page.locator("[data-job-step]")).to_have_text("Counting")
    assert_accessible(page)
    page.get_by_role("button", name="Stop the job").click()
    worker.join(10)
    expect(label).to_have_text("stopped", timeout=10_000)

    page.get_by_role("button", name="Resume the job").click()
    expect(label).to_have_text("waiting")
    slow_kind.set()
    worker = in_the_background(job, 2)
    expect(label).to_have_text("finished", timeout=10_000)
    worker.join(10)
    expect(page.locator("main")).to_contain_text("counted")
    assert_accessible(page)


def test_a_job_can_be_followed_without_scripts(
    open_page: OpenPage, slow_kind: threading.Event
) -> None:
    officer = a_user("officer", Role.LAND_OFFICER)
    job = job_enqueue(kind="test.slow", office=a_land_office(), requested_by=officer, now=NOW)
    page = open_page(f"/office/jobs/{job.public_id}/", language="en", script=False)
    sign_in(page, "officer")
    expect(page.locator("[data-job-label]")).to_have_text("waiting")
    Job.objects.update(status=JobStatus.RUNNING, done=1, total=2, beat_at=timezone.now())
    page.get_by_role("link", name="Show the current state").click()
    expect(page.locator("[data-job-count]")).to_have_text("50 %")


def test_the_place_of_an_office_is_drawn_on_a_map(open_page: OpenPage) -> None:
    """django-leaflet's inline script runs by its nonce, and nothing else is allowed."""
    User.objects.create_superuser("root", password=PASSWORD)
    office = a_land_office(location=Point(100.41, 13.84, srid=4326))
    page = open_page(f"/admin/offices/landoffice/{office.pk}/change/", language="en")
    sign_in(page, "root")
    place = page.locator("#id_location-map")
    expect(place.locator("img.leaflet-marker-icon")).to_be_visible()
    place.get_by_title("Draw a marker").click()
    place.click(position={"x": 120, "y": 200})
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    moved = LandOffice.objects.get(pk=office.pk).location
    assert moved is not None
    assert moved.x < 100.41
    assert moved.distance(Point(100.41, 13.84, srid=4326)) < 0.2

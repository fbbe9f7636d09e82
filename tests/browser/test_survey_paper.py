"""A surveyor adjusts a network in Chromium, finds the gross error, and takes the papers along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.surveys.field import a_survey
from tests.surveys.networks import a_network
from tests.surveys.test_plan import a_drawn_job

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def files_of_a_test_go_with_it(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.mark.parametrize(("width", "language"), [(1440, "en"), (360, "th")])
def test_a_surveyor_adjusts_finds_the_error_and_takes_the_papers(
    enter: Any, complaints: Any, assert_accessible: Any, assert_fits: Any, width: int,
    language: str,
) -> None:  # fmt: skip
    job = a_drawn_job()
    a_network(job, gross_m=0.2)
    page = enter("นายช่าง", width=width, language=language)
    page.goto(reverse("survey-job", args=[job.pk]))
    page.locator(f"a[href='{reverse('survey-adjustment', args=[job.pk])}']").first.click()
    button = page.locator("main form button[type=submit]").last
    expect(page.locator("input[name=fixed]:checked")).to_have_count(2)
    assert_fits(page)
    assert_accessible(page)

    button.click()
    expect(page.locator("svg.survey-network")).to_be_visible()
    expect(page.locator(".alert--error")).to_be_visible()
    assert_fits(page)
    assert_accessible(page)
    first = page.locator("tr.adjustment-suspect").first
    expect(first.locator("th")).to_have_text("1 – 3")

    first.locator("input[name=exclude]").check()
    complaints.allow("422")
    button.click()
    expect(page.locator(".field--invalid")).to_have_count(1)
    assert_accessible(page)
    page.locator("tr.adjustment-suspect input[name=exclude]").first.check()
    page.fill("[name=reason]", "เป้าเอียง")
    button.click()
    expect(page.locator("input[name=still]")).to_have_count(1)
    expect(page.locator(".alert--error")).to_have_count(0)
    assert_fits(page)
    assert_accessible(page)

    page.goto(reverse("survey-job", args=[job.pk]))
    assert_fits(page)
    assert_accessible(page)
    heads = {"plan-pdf": b"%PDF", "book-pdf": b"%PDF", "report-pdf": b"%PDF", "landxml": b"<?xml",
             "gama": b"<?xml"}  # fmt: skip
    for name, head in heads.items():
        with page.expect_download() as started:
            page.locator(f"a[href='{reverse(f'survey-{name}', args=[job.pk])}']").click()
        assert Path(started.value.path()).read_bytes().startswith(head), name


def test_a_job_without_readings_says_so(
    enter: Any, assert_accessible: Any, assert_fits: Any
) -> None:
    a_drawn_job()
    job = a_survey()
    page = enter("นายช่าง", width=360, language="th")
    page.goto(reverse("survey-adjustment", args=[job.pk]))
    expect(page.locator(".empty-state")).to_be_visible()
    assert_fits(page)
    assert_accessible(page)

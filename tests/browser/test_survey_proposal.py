"""A checked job is proposed, approved and registered, with its vectors on the map all the way."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from offices.models import Role
from parcels.models import Parcel as Plot
from surveys.boundary_quality import boundaries_known
from tests.factories import a_user
from tests.surveys.field import a_surveyor
from tests.surveys.proposing import a_checked_job, a_plot, shot
from tests.surveys.test_proposals import all_corners, corners_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shown(page: Page, name: str, width: int, language: str) -> None:
    """Keep a picture for those who want to look."""
    if folder := os.environ.get("CHANOT_PICTURES"):
        path = Path(folder) / f"proposal-{name}-{language}-{width}.png"
        page.screenshot(path=str(path), full_page=True)


@pytest.mark.parametrize(
    ("width", "language"), [(1440, "en"), (360, "th"), (1440, "th"), (360, "en")]
)
def test_a_survey_becomes_the_boundary(
    enter: Any, assert_accessible: Any, assert_fits: Any, width: int, language: str
) -> None:
    plot, next_door = a_plot(), a_plot("78", (40, 0))
    surveyor = a_surveyor()
    a_user("checker", Role.CHECKER)
    job = a_checked_job(plot, surveyor=surveyor)
    all_corners(job, C=(0.2, 0.1), D=(-0.05, 0.12))
    shot(job, "X", 20, 20)
    address = reverse("survey-proposal", args=[job.pk])

    def looked_at(page: Page, name: str) -> None:
        page.wait_for_load_state("networkidle")
        shown(page, name, width, language)
        assert_fits(page)
        assert_accessible(page)

    page = enter("surveyor", width=width, language=language)
    page.goto(reverse("survey-job", args=[job.pk]))
    page.locator(f"a[href='{address}']").click()
    expect(page.locator(".proposal-problem--stops")).to_have_count(2)
    expect(page.locator("#map .proposal-vector")).not_to_have_count(0)
    looked_at(page, "problems")
    page.locator(".proposal-problem--stops [data-place]").first.click()
    assert page.locator("#map path.leaflet-interactive, #map path").count() > 4

    page.locator("label", has_text="X").first.wait_for()
    choice = page.get_by_label("X", exact=True)
    choice.select_option("none")
    page.fill("[name=consent]", "ท.ด. 16 ลงวันที่ 12 พฤศจิกายน 2569")
    page.locator("#match button[type=submit]").click()
    expect(page.locator(".proposal-problem--stops")).to_have_count(0)
    expect(page.locator("#marks + .table-scroll tbody tr")).to_have_count(4)
    looked_at(page, "ready")
    page.fill("[name=note]", "ข้างเคียงลงชื่อรับรองแล้ว")
    page.locator("section[aria-labelledby=lodge] button").click()
    expect(page.locator("section[aria-labelledby=lodge]")).to_have_count(0)
    job.refresh_from_db()
    assert job.status == "proposed"
    assert job.transaction is not None

    page = enter("checker", width=width, language=language)
    act = reverse("transaction-detail", args=[job.transaction.public_id])
    page.goto(act)
    expect(page.locator(f"a.button[href='{address}']")).to_have_count(1)
    looked_at(page, "transaction")
    page.goto(address)
    expect(page.locator("#map .proposal-vector")).not_to_have_count(0)
    looked_at(page, "checker")
    page.goto(act)
    page.locator("button[value=approve]").click()
    page.locator("button[value=register]").click()
    expect(page.locator("button[value=register]")).to_have_count(0)
    job.refresh_from_db()
    assert job.status == "closed"
    assert (40.2, 40.1) in corners_of(plot) & corners_of(next_door)

    page.goto(f"{reverse('boundary-quality')}?parcel={plot.public_id}")
    # The four surveyed sides are known better than this scale shows; three of the neighbour's not.
    expect(page.locator("#map")).to_have_attribute("data-bands", "3")
    looked_at(page, "quality")
    page.goto(reverse("parcel-detail", args=[plot.public_id]))
    expect(page.locator("body")).to_contain_text("±")
    looked_at(page, "plot")
    known = boundaries_known([plot.pk])[plot.pk]
    assert Plot.objects.get(pk=plot.pk).changed_by == job.transaction
    assert {edge.quality.class_name for edge in known.edges} == {"A"}

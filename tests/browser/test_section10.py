"""Pages of section 10 and of exports, on a desk and on a telephone, in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from offices.models import Role
from parcels.models import Section10Package, Section10Row
from tests.factories import a_user
from tests.parcels.section10.conftest import Town

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def package(tmp_path: Path) -> Section10Package:
    """A month in which half of the rows are faulty in some way."""
    town = Town(tmp_path)
    town.found(60)
    town.take(town.package("month", dirt=0.5, rows=24))
    a_user("officer", Role.LAND_OFFICER, office=town.office)
    return Section10Package.objects.get(file_name="month.zip")


@pytest.mark.parametrize(("width", "language"), [(360, "th"), (1440, "en")])
def test_an_officer_decides_what_waits(
    enter: Any, package: Section10Package, width: int, language: str,
    assert_accessible: Any, assert_fits: Any,
) -> None:  # fmt: skip
    page = enter("officer", width=width, language=language)
    for outcome in ("queued", "quarantined", "applied"):
        page.goto(f"{reverse('section10-package', args=[package.public_id])}?state={outcome}")
        assert_fits(page)
    assert_accessible(page)
    page.goto(reverse("section10"))
    assert_accessible(page)
    assert_fits(page)
    waiting = package.rows.filter(outcome=Section10Row.Outcome.QUEUED).exclude(candidates=[])
    row = waiting.order_by("pk")[0]
    page.goto(reverse("section10-row", args=[package.public_id, row.public_id]))
    assert_accessible(page)
    assert_fits(page)
    page.fill("[name=because]", "ซ้ำกับรายการที่จดทะเบียนแล้ว")
    page.locator("button[value=dismiss]").click()
    expect(page.locator(".alert--success")).to_be_visible()
    row.refresh_from_db()
    assert row.outcome == Section10Row.Outcome.DISMISSED
    assert row.decided_by is not None


@pytest.mark.parametrize(("width", "language"), [(360, "th"), (1440, "en")])
def test_the_page_of_exports_is_for_everybody_who_exports(
    enter: Any, package: Section10Package, width: int, language: str,
    assert_accessible: Any, assert_fits: Any,
) -> None:  # fmt: skip
    page = enter("officer", width=width, language=language)
    page.goto(reverse("exports"))
    assert_accessible(page)
    assert_fits(page)
    page.locator("main form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text(
        "Export of parcels" if language == "en" else "ส่งออกข้อมูลแปลงที่ดิน"
    )
    page.goto(reverse("exports"))
    expect(page.locator("main table tbody tr")).to_have_count(1)
    assert_fits(page)

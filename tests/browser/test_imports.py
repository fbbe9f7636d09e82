"""What an import kept aside, on the map of its page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from offices.models import Role
from tests.factories import a_user
from tests.parcels.importing.test_imports import geojson, run_import

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_wrong_place_is_marked_and_says_why(enter: Any, assert_fits: Any, tmp_path: Path) -> None:
    bow = {"type": "Polygon", "coordinates": [[[100.47, 13.87], [100.48, 13.88], [100.48, 13.87],
                                               [100.47, 13.88], [100.47, 13.87]]]}  # fmt: skip
    result = run_import(geojson(tmp_path, ({"name": "<b>ที่ดิน</b>"}, bow)))
    a_user("officer", Role.LAND_OFFICER)
    address = reverse("import-detail", args=[result["import"]])
    page = enter("officer", address, width=360, language="en")
    marks = page.locator("#quarantine-map path.leaflet-interactive")
    expect(marks).to_have_count(1)
    marks.click()
    expect(page.locator(".leaflet-popup-content")).to_contain_text("touches itself")
    assert_fits(page)

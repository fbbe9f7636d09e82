"""A surveyor sends a receiver's file, sees what fails and why, repeats it, and it passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from surveys.models import SurveyJob
from tests.factories import a_parcel
from tests.surveys.field import EAST, NORTH, a_surveyor, rtk_file, rtk_rows
from tests.surveys.test_surveys import a_zone_square

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def files_of_a_test_go_with_it(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def send(page: Page, folder: Path, name: str, *occupations: list[str]) -> None:
    """Send a file on the page of the job, and wait for the page that tells what became of it."""
    file = folder / name
    file.write_text(rtk_file(*occupations))
    page.set_input_files("#field-file input[type=file]", str(file))
    page.locator("#field-file button[type=submit]").click()
    page.wait_for_url("**/office/surveys/files/**")


@pytest.mark.parametrize(("width", "language"), [(1440, "en"), (360, "th")])
def test_a_failing_point_is_repeated_and_passes(
    enter: Any, assert_accessible: Any, assert_fits: Any, tmp_path: Path, width: int, language: str
) -> None:
    parcel = a_parcel(geometry=a_zone_square(), land_number="77")
    a_surveyor()
    page = enter("surveyor", width=width, language=language)

    def looked_at() -> None:
        assert_fits(page)
        assert_accessible(page)

    page.goto(f"{reverse('survey-job-new')}?parcel={parcel.public_id}")
    page.fill("[name=number]", "ร.ว. 12/2569")
    page.fill("[name=purpose]", "สอบเขตก่อนขาย")
    looked_at()
    page.locator("main form button[type=submit]").click()
    job = SurveyJob.objects.get()
    assert [each.parcel for each in job.parcels.all()] == [parcel]
    page.wait_for_url(f"**{reverse('survey-job', args=[job.pk])}")
    looked_at()

    marks = [rtk_rows("BM1", 60, 60, minutes=at, epochs=62) for at in (-30, 300)]
    send(
        page, tmp_path, "morning.csv", *marks, rtk_rows("A", 0.01, epochs=64, floats=60),
        rtk_rows("B", 40, minutes=5, epochs=62), rtk_rows("B", 40.004, minutes=90, epochs=62),
    )  # fmt: skip
    looked_at()
    page.goto(reverse("survey-job", args=[job.pk]))
    looked_at()

    page.goto(reverse("survey-point", args=[job.pk, job.points.get(name="BM1").pk]))
    page.locator("details:has([name=purpose]) > summary").click()
    page.select_option("[name=purpose]", "check")
    page.fill("[name=known_easting]", f"{EAST + 60:.4f}")
    page.fill("[name=known_northing]", f"{NORTH + 60:.4f}")
    page.locator("details:has([name=purpose]) button[type=submit]").click()
    expect(page.locator(".why--pass")).to_be_visible()

    page.goto(reverse("survey-point", args=[job.pk, job.points.get(name="A").pk]))
    expect(page.locator(".why--fail")).to_be_visible()
    words = "usable epochs of 64" if language == "en" else "64"
    expect(page.locator(".reasons")).to_contain_text(words)
    expect(page.locator(".survey-picture")).to_have_count(2)
    expect(page.locator(".survey-course")).to_have_count(3)
    looked_at()

    page.goto(reverse("survey-job", args=[job.pk]))
    again = [rtk_rows("A", 0.004, minutes=at, epochs=62) for at in (40, 120)]
    send(page, tmp_path, "again.csv", *again)
    page.goto(reverse("survey-point", args=[job.pk, job.points.get(name="A").pk]))
    expect(page.locator(".why--pass")).to_be_visible()
    looked_at()

    page.goto(reverse("survey-job", args=[job.pk]))
    expect(page.locator("path.survey-ellipse")).to_have_count(3)
    page.locator("button[value=check]").click()
    expect(page.locator("button[value=check]")).to_have_count(0)
    job.refresh_from_db()
    assert job.status == SurveyJob.Status.CHECKED
    looked_at()


def test_the_same_file_is_sent_without_scripts_too(
    enter: Any, assert_fits: Any, tmp_path: Path
) -> None:
    a_surveyor()
    page = enter("surveyor", width=360, language="en", script=False)
    page.goto(reverse("survey-job-new"))
    page.fill("[name=number]", "1/2569")
    page.fill("[name=purpose]", "สอบเขต")
    page.locator("main form button[type=submit]").click()
    send(page, tmp_path, "one.csv", rtk_rows("A", epochs=3), ["A,six,,,,,,,,,,"])
    expect(page.locator("main")).to_contain_text("six")
    page.goto(reverse("survey-job", args=[SurveyJob.objects.get().pk]))
    send(page, tmp_path, "one.csv", rtk_rows("A", epochs=3), ["A,six,,,,,,,,,,"])
    expect(page.locator("main")).to_contain_text("has this file already")
    assert_fits(page)


def test_dropped_files_are_sent_one_after_the_other_and_refusals_are_told(
    enter: Any, complaints: Any, assert_accessible: Any
) -> None:
    complaints.allow("422")
    a_surveyor()
    page = enter("surveyor", language="en")
    page.goto(reverse("survey-job-new"))
    page.fill("[name=number]", "1/2569")
    page.fill("[name=purpose]", "สอบเขต")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".drop-zone__hint")).to_be_visible()  # the script has come
    content = rtk_file(rtk_rows("A", epochs=2))
    page.evaluate(
        """(content) => {
            const data = new DataTransfer();
            data.items.add(new File([content], "good.csv"));
            data.items.add(new File(["what is this"], "bad.bin"));
            const drop = new DragEvent("drop", { dataTransfer: data, cancelable: true });
            document.getElementById("field-file").dispatchEvent(drop);
        }""",
        content,
    )
    fault = page.locator(".drop-zone__error")
    expect(fault).to_be_visible()
    expect(fault).to_contain_text("bad.bin")
    assert SurveyJob.objects.get().files.get().name == "good.csv"
    assert_accessible(page)


@pytest.mark.parametrize(("width", "language"), [(1440, "th"), (360, "en")])
def test_columns_are_chosen_from_the_first_lines(
    enter: Any, assert_accessible: Any, assert_fits: Any, tmp_path: Path, width: int, language: str
) -> None:
    a_surveyor()
    page = enter("surveyor", width=width, language=language)
    file = tmp_path / "own.csv"
    file.write_text("mk;vN;vE;q\nA;1534000,5;659000,25;2\nB;1534010,5;wrong;2\n")
    page.goto(reverse("survey-mappings"))
    page.set_input_files("input[type=file]", str(file))
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(f"**{reverse('survey-mapping-new')}")
    page.fill("[name=name]", "เครื่องรับเก่า")
    page.check("[name=decimal_comma]")
    page.select_option("[name=column_point]", "mk")
    page.select_option("[name=column_north]", "vN")
    page.select_option("[name=column_east]", "vE")
    page.locator("button[value=look]").click()
    expect(page.locator(".alert")).to_contain_text("wrong")
    assert_fits(page)
    assert_accessible(page)
    page.locator("button[value=keep]").click()
    expect(page.locator(".mapping-list")).to_contain_text("เครื่องรับเก่า")
    assert_accessible(page)

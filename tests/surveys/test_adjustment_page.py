"""The page of an adjustment: who sees it, what it lets one choose, and what it says."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from surveys.adjustment_page import AdjustmentPage
from surveys.models import SurveyJob
from surveys.network_picture import network_picture
from surveys.networks import Choices
from surveys.services.computations import network_adjust
from tests.factories import a_land_office
from tests.surveys.field import NOW, a_survey, a_surveyor
from tests.surveys.networks import a_network

pytestmark = pytest.mark.django_db
SAID = {
    "fixed": ["A", "B"], "direction_seconds": "5", "azimuth_seconds": "10", "distance_mm": "3",
    "distance_ppm": "2", "confidence": "0.95", "accept": "", "reason": "",
}  # fmt: skip


@pytest.fixture
def surveyor(client: Client) -> Client:
    client.force_login(a_surveyor())
    client.cookies["django_language"] = "en"
    return client


def page_of(job: SurveyJob) -> str:
    return reverse("survey-adjustment", args=[job.pk])


def test_the_page_is_for_those_who_keep_surveys_at_the_office(client: Client) -> None:
    job = a_survey()
    assert client.get(page_of(job)).status_code == 302
    client.force_login(a_surveyor("stranger", a_land_office("LO-FAR")))
    assert client.get(page_of(job)).status_code == 404
    assert client.post(page_of(job), SAID).status_code == 404


def test_a_surveyor_finds_the_gross_error_leaves_it_out_and_the_points_get_their_places(
    surveyor: Client,
) -> None:
    job = a_survey()
    a_network(job, gross_m=0.2)
    first = surveyor.post(page_of(job), SAID, follow=True)
    assert "No position was changed" in first.content.decode()
    page = AdjustmentPage(job)
    assert page.verdict == "fail"
    worst = page.shown[0]
    assert worst.suspect
    assert (worst.way, worst.unit) == ("1 – 3", "mm")
    assert worst.residual == pytest.approx(-200, abs=60)
    without = surveyor.post(page_of(job), SAID | {"exclude": [worst.key]})
    assert without.status_code == 422
    assert job.computations.count() == 1
    done = surveyor.post(
        page_of(job), SAID | {"exclude": [worst.key], "reason": "เป้าเอียง"}, follow=True
    )
    text = done.content.decode()
    assert "3 points have a new position" in text
    assert "เป้าเอียง" in text
    assert AdjustmentPage(job).verdict in {"pass", "low"}
    again = surveyor.post(page_of(job), SAID | {"still": [worst.key]}, follow=True)
    assert again.status_code == 200
    assert job.computations.latest("pk").choices["excluded"] == {worst.key: "เป้าเอียง"}
    surveyor.post(page_of(job), SAID)
    assert job.computations.latest("pk").choices["excluded"] == {}


def test_a_refusal_stands_on_the_page_with_its_reason(surveyor: Client) -> None:
    job = a_survey()
    a_network(job)
    answer = surveyor.post(page_of(job), SAID | {"fixed": ["A"]})
    assert answer.status_code == 422
    assert "do not determine all coordinates" in answer.content.decode()


def test_a_job_without_readings_says_that_there_is_nothing_to_adjust(surveyor: Client) -> None:
    assert "Nothing to adjust" in surveyor.get(page_of(a_survey())).content.decode()


def test_ellipses_are_drawn_at_one_scale_and_north_is_up() -> None:
    job = a_survey()
    a_network(job)
    found = network_adjust(job=job, choices=Choices(fixed=("A", "B")), by=None, now=NOW)
    report = found.computation.report
    picture = network_picture(report)
    assert picture is not None
    spots = {spot.name: spot for spot in picture.spots}
    for name in ("1", "2", "3"):
        kept = next(each for each in report["points"] if each["id"] == name)
        ratio = spots[name].rx / kept["ellipse"][0]
        bar = picture.bar / (float(picture.bar_mm) / 1000)
        assert ratio == pytest.approx(bar * 2.4477, rel=0.05)
    assert spots["2"].y < spots["1"].y < spots["A"].y
    assert spots["A"].x < spots["B"].x
    assert len(re.findall("M", picture.legs)) == 10

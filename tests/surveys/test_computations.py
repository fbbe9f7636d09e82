"""Networks of jobs: adjusted, kept with all that went in, and never at the cost of history."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cadastre.adjustment import DatumDefect, NothingToAdjust
from offices.models import AuditEntry, Job
from surveys.errors import ExclusionWithoutReason, FixedPointUnknown, SurveyJobStatusWrong
from surveys.models import Computation, PointResult, Reading, SurveyJob, SurveyPoint
from surveys.networks import Choices, network_of
from surveys.services import computations
from surveys.services.computations import Adjusted, network_adjust, network_adjust_ordered
from surveys.services.jobs import survey_job_withdraw
from surveys.services.points import points_compute
from tests.surveys.field import NOW, a_survey, a_surveyor, rtk_file, rtk_rows, taken
from tests.surveys.networks import TRUE, a_network

pytestmark = pytest.mark.django_db

FIXED = Choices(fixed=("A", "B"))


def adjusted(job: SurveyJob, choices: Choices = FIXED) -> Adjusted:
    return network_adjust(job=job, choices=choices, by=None, now=NOW)


def reading_of(job: SurveyJob, station: str, target: str, kind: str) -> Reading:
    return Reading.objects.get(
        occupation__job=job, occupation__point_name=station, target=target, kind=kind
    )


def test_a_network_gives_every_point_its_place_and_its_uncertainty() -> None:
    job = a_survey()
    a_network(job)
    found = adjusted(job)
    report = found.computation.report
    assert found.computation.passed is True
    assert found.positions == 3
    assert report["dof"] == 40 - 5 - 6
    for name in ("1", "2", "3"):
        point = job.points.get(name=name)
        place = float(point.easting), float(point.northing)
        assert math.dist(place, TRUE[name]) < 0.006
        result = point.results.get()
        assert (result.how, result.computation) == ("adjusted", found.computation)
        assert result.covariance[0] > 0
        assert result.covariance[3] > 0
        assert result.covariance[5] is None
        assert point.method == SurveyPoint.Method.TOTAL_STATION
    assert {row.how for row in PointResult.objects.filter(point__name="A")} == {"plan"}


def test_a_gross_error_is_found_left_out_with_its_reason_and_stays_in_the_job() -> None:
    job = a_survey()
    a_network(job, gross_m=0.2)
    first = adjusted(job)
    assert first.computation.passed is False
    assert first.positions == 0
    assert not PointResult.objects.exists()
    observations = first.computation.report["observations"]
    worst = max(observations, key=lambda each: abs(each["w"] or 0))
    bad = reading_of(job, "1", "3", "slope_distance")
    assert worst["key"] == f"r{bad.pk}"
    assert abs(worst["w"]) > first.computation.report["w_limit"]
    second = adjusted(job, Choices(fixed=("A", "B"), excluded={worst["key"]: "กล้องสั่น"}))
    assert second.computation.passed is True
    told = {each["key"]: each for each in second.computation.report["unused"]}
    assert told[worst["key"]]["why"] == "excluded"
    assert told[worst["key"]]["note"] == "กล้องสั่น"
    assert Reading.objects.filter(pk=bad.pk).exists()
    assert job.computations.count() == 2


def test_positions_of_a_failed_test_are_kept_only_with_a_reason_and_wider() -> None:
    job = a_survey()
    a_network(job, gross_m=0.05)
    refused = adjusted(job)
    assert (refused.computation.passed, refused.positions) == (False, 0)
    kept = adjusted(job, Choices(fixed=("A", "B"), accept="ใช้ชั่วคราว รอรังวัดใหม่"))
    assert (kept.computation.passed, kept.positions) == (False, 3)
    assert kept.computation.report["factor"] == pytest.approx(kept.computation.report["sigma0"])
    assert kept.computation.report["factor"] > 1
    event = job.events.filter(action="adjusted").latest("pk")
    assert event.note == "ใช้ชั่วคราว รอรังวัดใหม่"
    assert AuditEntry.objects.filter(action="surveys.adjusted").count() == 2


def test_equal_input_has_an_equal_digest_and_another_choice_another_one() -> None:
    job = a_survey()
    a_network(job)
    digests = [adjusted(job).computation.input_sha256 for _ in range(2)]
    other = adjusted(job, Choices(fixed=("A", "B"), distance_mm=5)).computation.input_sha256
    assert digests[0] == digests[1] != other


def test_satellite_positions_take_part_with_their_covariance() -> None:
    job = a_survey()
    a_network(job)
    east, north = (a - b for a, b in zip(TRUE["1"], TRUE["A"], strict=True))
    taken(job, rtk_file(
        rtk_rows("1", east, north, epochs=62), rtk_rows("1", east, north, minutes=90, epochs=62),
    ))  # fmt: skip
    points_compute(job=job, by=None, now=NOW)
    point = job.points.get(name="1")
    before = point.results.get()
    if point.verdict == "fail":
        assert "fails" in {each.why for each in network_of(job, FIXED).unused}
        return
    built = network_of(job, Choices(fixed=("A",)))
    kinds = [type(each).__name__ for each in built.network.singles()]
    assert kinds.count("Coordinate") == 2
    found = adjusted(job, Choices(fixed=("A",)))
    rows = list(point.results.order_by("pk"))
    assert rows[0] == before
    assert [row.how for row in rows] == ["mean", "adjusted"]
    after = rows[1].covariance
    assert after[0] + after[3] < before.covariance[0] + before.covariance[3]
    assert found.positions == 4


def test_what_cannot_take_part_is_told_with_its_reason() -> None:
    job = a_survey()
    a_network(job)
    occupation = job.occupations.first()
    assert occupation is not None
    for line, (kind, target) in enumerate(
        [("height_difference", "1"), ("arc", "1"), ("slope_distance", "9"), ("distance", "A"),
         ("azimuth", "B")], 900,
    ):  # fmt: skip
        Reading.objects.create(
            occupation=occupation, line=line, target=target, kind=kind, value=1.0, raw=""
        )
    whys = [each.why for each in network_of(job, FIXED).unused]
    assert sorted(whys) == ["arc", "height", "no_target", "no_zenith", "orientation"]


def test_a_network_that_hangs_in_the_air_is_refused_and_leaves_nothing() -> None:
    job = a_survey()
    a_network(job)
    with pytest.raises(DatumDefect):
        adjusted(job, Choices(fixed=("A",)))
    with pytest.raises(FixedPointUnknown):
        adjusted(job, Choices(fixed=("A", "nowhere")))
    with pytest.raises(ExclusionWithoutReason):
        adjusted(job, Choices(fixed=("A", "B"), excluded={"r1": " "}))
    with pytest.raises(NothingToAdjust):
        adjusted(a_survey(), Choices())
    assert not Computation.objects.exists()


def test_a_job_that_is_over_is_not_adjusted() -> None:
    job = a_survey()
    a_network(job)
    survey_job_withdraw(job=job, note="-", by=None, now=NOW)
    with pytest.raises(SurveyJobStatusWrong):
        adjusted(job)


def test_a_large_network_goes_to_the_background(monkeypatch: Any) -> None:
    job = a_survey()
    a_network(job)
    by = a_surveyor()
    monkeypatch.setattr(computations, "BACKGROUND_FROM", 3)
    ordered = network_adjust_ordered(job=job, choices=FIXED, by=by, now=NOW)
    assert isinstance(ordered, Job)
    assert ordered.kind == computations.JOB_KIND
    assert Choices.of_json(ordered.parameters["choices"]) == FIXED
    monkeypatch.setattr(computations, "BACKGROUND_FROM", 500)
    assert isinstance(network_adjust_ordered(job=job, choices=FIXED, by=by, now=NOW), Adjusted)

"""Judging points: why they fail, that repeating helps, and that every result is kept."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from offices.models import AuditEntry
from surveys.errors import SurveyJobNotReady, SurveyJobStatusWrong
from surveys.models import PointResult, QualityClass, SurveyJob, SurveyPoint
from surveys.services.jobs import (
    JobFacts,
    survey_job_check,
    survey_job_plan,
    survey_job_withdraw,
)
from surveys.services.points import occupation_decide, point_purpose_set, points_compute
from surveys.services.quality import limits_written, quality_class_change, settings_of
from tests.factories import a_land_office, a_user
from tests.surveys.field import EAST, NORTH, NOW, a_survey, a_surveyor, rtk_file, rtk_rows, taken

pytestmark = pytest.mark.django_db


def judged(job: SurveyJob) -> SurveyPoint:
    points_compute(job=job, by=None, now=NOW)
    return job.points.get(name="A")


def reasons_of(point: SurveyPoint) -> list[str]:
    result = point.results.order_by("-pk").first()
    assert result is not None
    return [reason["code"] for reason in result.reasons]


def with_mark(job: SurveyJob, *, east: float = 0.0, north: float = 0.0) -> None:
    """A known mark, observed in the morning and in the evening."""
    rows = [rtk_rows("M", 100, 100, minutes=at) for at in (-60, 400)]
    taken(job, rtk_file(*rows), "marks.csv")
    points_compute(job=job, by=None, now=NOW)
    known = (Decimal(f"{EAST + 100 + east:.4f}"), Decimal(f"{NORTH + 100 + north:.4f}"))
    point_purpose_set(job=job, name="M", purpose="check", known=known, by=None, now=NOW)


def test_a_failing_point_passes_when_it_is_repeated_and_keeps_its_history() -> None:
    job = a_survey()
    with_mark(job)
    taken(job, rtk_file(rtk_rows("A", epochs=70, floats=65)))
    point = judged(job)
    assert point.verdict == "fail"
    assert {"few_epochs", "few_occupations"} <= set(reasons_of(point))
    taken(job, rtk_file(rtk_rows("A", 0.004, minutes=50), rtk_rows("A", minutes=120)), "again.csv")
    point = judged(job)
    assert point.verdict == "pass", reasons_of(point)
    assert reasons_of(point) == ["occupation_useless"]
    assert (float(point.easting), float(point.northing)) == pytest.approx(
        (EAST + 0.002, NORTH), abs=0.003
    )
    results = list(point.results.order_by("pk"))
    assert [result.verdict for result in results] == ["fail", "pass"]
    skipped = {each["code"] for each in results[-1].skipped}
    assert skipped == {"fix_not_accepted", "occupation_useless"}
    assert len(results[-1].skipped) == 70


def test_judging_again_without_anything_new_keeps_one_result() -> None:
    job = a_survey()
    taken(job, rtk_file(rtk_rows("A")))
    assert points_compute(job=job, by=None, now=NOW).fresh == 1
    assert points_compute(job=job, by=None, now=NOW).fresh == 0
    assert PointResult.objects.count() == 1


def test_a_mark_that_does_not_come_out_fails_the_points_between() -> None:
    job = a_survey()
    with_mark(job, east=0.30)
    taken(job, rtk_file(rtk_rows("A"), rtk_rows("A", minutes=60)))
    point = judged(job)
    assert point.verdict == "fail"
    assert "mark_off_horizontally" in reasons_of(point)
    assert job.points.get(name="M").verdict == "fail"


def test_an_occupation_that_disagrees_is_set_aside_by_hand_and_taken_back() -> None:
    job = a_survey()
    with_mark(job)
    taken(job, rtk_file(rtk_rows("A", 0.2), rtk_rows("A", minutes=60), rtk_rows("A", minutes=120)))
    point = judged(job)
    assert "disagree_horizontally" in reasons_of(point)
    wrong = job.occupations.filter(point_name="A").order_by("started_at").first()
    assert wrong is not None
    choice = {"job": job, "occupation": wrong.pk, "by": None, "now": NOW}
    occupation_decide(**choice, aside=True, note="ตั้งเสาผิดหมุด")  # type: ignore[arg-type]
    point.refresh_from_db()
    assert point.verdict == "pass"
    assert "occupation_set_aside" in reasons_of(point)
    occupation_decide(**choice, aside=False, note="")  # type: ignore[arg-type]
    point.refresh_from_db()
    assert point.verdict == "fail"
    assert wrong.observations.count() == 70


def test_coordinates_that_no_receiver_observed_are_not_judged() -> None:
    job = a_survey()
    taken(job, f"A,{NORTH},{EAST},2.5,corner\n", "plan.txt", format="pnezd")
    point = judged(job)
    assert (point.verdict, point.method, point.observed_at) == ("", "plan", None)
    assert point.results.get().how == PointResult.How.PLAN
    assert point.ellipsoidal_height_m is None


def test_the_result_stays_as_it_was() -> None:
    job = a_survey()
    taken(job, rtk_file(rtk_rows("A")))
    judged(job)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE surveys_pointresult SET verdict = 'pass'")


def test_a_job_is_checked_only_when_nothing_fails() -> None:
    job = a_survey()
    taken(job, rtk_file(rtk_rows("A")))
    judged(job)
    with pytest.raises(SurveyJobNotReady) as refused:
        survey_job_check(job=job, note="", by=None, now=NOW)
    assert "1 fail" in str(refused.value)
    taken(job, rtk_file(rtk_rows("A", minutes=60)), "two.csv")
    with_mark(job)
    assert judged(job).verdict == "pass"
    survey_job_check(job=job, note="", by=None, now=NOW)
    job.refresh_from_db()
    assert job.status == SurveyJob.Status.CHECKED
    taken(job, rtk_file(rtk_rows("A", minutes=200)), "three.csv")
    job.refresh_from_db()
    assert job.status == SurveyJob.Status.OBSERVED
    actions = list(job.events.order_by("pk").values_list("action", flat=True))
    assert actions[0] == "requested"
    assert actions[-2:] == ["checked", "observed"]
    kept = AuditEntry.objects.filter(subject_kind="survey_job", subject_id=str(job.pk))
    assert kept.count() == len(actions)


def test_stricter_limits_open_a_checked_job_again() -> None:
    job = a_survey()
    with_mark(job)
    taken(job, rtk_file(rtk_rows("A"), rtk_rows("A", minutes=60)))
    assert judged(job).verdict == "pass"
    survey_job_check(job=job, note="", by=None, now=NOW)
    points_compute(job=job, by=None, now=NOW)
    job.refresh_from_db()
    assert job.status == SurveyJob.Status.CHECKED
    quality = QualityClass.objects.get(office=job.office, code="boundary")
    quality.limits["limits"]["epochs_min"]["value"] = 200
    quality.save()
    assert judged(job).verdict == "fail"
    job.refresh_from_db()
    assert job.status == SurveyJob.Status.COMPUTED


def test_a_detail_may_fail() -> None:
    job = a_survey()
    taken(job, rtk_file(rtk_rows("A")))
    judged(job)
    point_purpose_set(job=job, name="A", purpose="detail", known=None, by=None, now=NOW)
    survey_job_check(job=job, note="", by=None, now=NOW)


def test_steps_are_taken_in_order() -> None:
    job = a_survey()
    facts = JobFacts(number=job.number, purpose="สอบเขต", kind="boundary", surveyor=a_surveyor())
    with pytest.raises(SurveyJobStatusWrong):
        survey_job_check(job=job, note="", by=None, now=NOW)
    survey_job_plan(job=job, facts=facts, by=None, now=NOW)
    taken(job, rtk_file(rtk_rows("A")))
    with pytest.raises(SurveyJobStatusWrong):
        survey_job_plan(job=job, facts=facts, by=None, now=NOW)
    survey_job_withdraw(job=job, note="ถอนคำขอ", by=None, now=NOW)
    with pytest.raises(SurveyJobStatusWrong):
        points_compute(job=job, by=None, now=NOW)


def test_limits_of_an_office_come_back_as_they_were_kept() -> None:
    office = a_survey().office
    for quality in QualityClass.objects.filter(office=office):
        assert limits_written(settings_of(quality)) == quality.limits
    quality = QualityClass.objects.get(office=office, code="boundary")
    quality_class_change(
        quality=quality, values={"pdop_max": 6.0, "ratio_min": 3.0, "epochs_min": None},
        sources={"pdop_max": "ระเบียบ"}, mark_checks=False, regulation_verified=False,
        by=a_user("manager"), now=NOW,
    )  # fmt: skip
    quality.refresh_from_db()
    now = settings_of(quality)
    assert now.pdop_max is not None
    assert (now.pdop_max.value, now.pdop_max.source, now.pdop_max.verified) == (6, "ระเบียบ", False)
    assert now.epochs_min is None
    assert not now.mark_checks


def test_a_class_of_another_office_is_not_touched() -> None:
    a_survey(office=a_land_office("A"))
    a_survey(office=a_land_office("B"))
    assert QualityClass.objects.filter(code="boundary").count() == 2

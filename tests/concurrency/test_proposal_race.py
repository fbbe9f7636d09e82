"""A job that several hear of at one moment follows its transaction once."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from parcels.services.transactions import transaction_withdraw
from surveys.errors import SurveyJobStatusWrong, SurveyProposalFaulty
from surveys.models import SurveyJob
from surveys.proposing import lodging
from surveys.proposing.lodging import survey_job_propose, survey_job_settle
from tests.concurrency.racing import PATIENCE_S, Act, race
from tests.surveys.field import NOW, a_surveyor
from tests.surveys.proposing import a_checked_job, a_plot
from tests.surveys.test_proposals import all_corners, proposed

pytestmark = pytest.mark.django_db(transaction=True)


def settles(job: SurveyJob) -> Act:
    return lambda: survey_job_settle(job=SurveyJob.objects.get(pk=job.pk), now=NOW)


def a_job_given_back(monkeypatch: pytest.MonkeyPatch) -> SurveyJob:
    """Its transaction was withdrawn and nobody has heard yet."""
    surveyor = a_surveyor()
    job = a_checked_job(a_plot(), surveyor=surveyor)
    all_corners(job, C=(0.2, 0.1))
    act = proposed(job, surveyor)
    with monkeypatch.context() as deaf:
        deaf.setattr(lodging, "survey_job_settle", lambda **_: None)
        transaction_withdraw(act=act, because="วัดใหม่", person=surveyor, now=NOW)
    job.refresh_from_db()
    assert job.status == "proposed"
    return job


def test_a_job_comes_back_once_however_many_hear_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    job = a_job_given_back(monkeypatch)
    outcomes = race([settles(job)] * 4)
    assert {each.status for each in outcomes} == {"checked"}
    assert job.events.filter(action="given_back").count() == 1


def test_without_the_lock_the_race_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards the test above: both find it proposed, and it comes back twice."""
    job = a_job_given_back(monkeypatch)
    looked, move = threading.Barrier(2), lodging.survey_job_move

    def unlocked(given: SurveyJob) -> SurveyJob:
        return SurveyJob.objects.select_related("office").get(pk=given.pk)

    def after_both_looked(**said: Any) -> SurveyJob:
        looked.wait(PATIENCE_S)
        return move(**said)

    monkeypatch.setattr(lodging, "survey_job_locked", unlocked)
    monkeypatch.setattr(lodging, "survey_job_move", after_both_looked)
    race([settles(job)] * 2)
    assert job.events.filter(action="given_back").count() == 2


def test_two_who_propose_a_job_at_one_moment_make_one_transaction() -> None:
    makers = [a_surveyor("one"), a_surveyor("two")]
    job = a_checked_job(a_plot())
    all_corners(job, C=(0.2, 0.1))

    def proposes(number: int) -> Act:
        return lambda: survey_job_propose(
            job=SurveyJob.objects.get(pk=job.pk), note="ตรวจแล้ว", by=makers[number], now=NOW
        )

    outcomes = race([proposes(0), proposes(1)])
    refused = [each for each in outcomes if isinstance(each, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], SurveyJobStatusWrong | SurveyProposalFaulty)
    job.refresh_from_db()
    assert job.transaction in outcomes

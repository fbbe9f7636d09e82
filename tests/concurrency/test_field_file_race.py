"""One file of a receiver, sent by many at one moment."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection

from surveys.models import FieldFile, Observation, SurveyJob, SurveyJobEvent
from surveys.services import imports
from surveys.services.imports import Imported
from tests.concurrency.racing import PATIENCE_S, Act, race
from tests.surveys.field import a_survey, rtk_file, rtk_rows, taken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def files_of_a_test_go_with_it(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def sends(job: SurveyJob, content: str) -> Act:
    return lambda: taken(SurveyJob.objects.get(pk=job.pk), content)


def test_a_file_sent_by_six_at_one_moment_is_taken_once() -> None:
    job, content = a_survey(), rtk_file(rtk_rows("A", epochs=20))
    outcomes = race([sends(job, content)] * 6)
    assert all(isinstance(each, Imported) for each in outcomes), outcomes
    assert sorted(each.again for each in outcomes) == [False, True, True, True, True, True]
    assert len({each.file.pk for each in outcomes}) == 1
    assert (FieldFile.objects.count(), Observation.objects.count()) == (1, 20)
    assert SurveyJobEvent.objects.filter(action="observed").count() == 1


def test_without_the_lock_the_race_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards the test above: two look before either writes, and the constraint refuses one."""
    job, content = a_survey(), rtk_file(rtk_rows("A", epochs=20))
    looked = threading.Barrier(2)
    counted = imports._file_kept

    def unlocked(given: SurveyJob) -> SurveyJob:
        assert connection.in_atomic_block
        return SurveyJob.objects.select_related("office").get(pk=given.pk)

    def after_both_looked(*args: Any, **more: Any) -> FieldFile:
        looked.wait(PATIENCE_S)
        return counted(*args, **more)

    monkeypatch.setattr(imports, "survey_job_locked", unlocked)
    monkeypatch.setattr(imports, "_file_kept", after_both_looked)
    outcomes = race([sends(job, content)] * 2)
    assert sorted(type(each).__name__ for each in outcomes) == ["Imported", IntegrityError.__name__]
    assert FieldFile.objects.count() == 1

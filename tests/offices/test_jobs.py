"""Background jobs, done by the real worker in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from cadastre.errors import LandError
from offices import jobs
from offices.jobs import JobRun, job_kind
from offices.models import Job, JobStatus
from offices.services.jobs import (
    job_enqueue,
)
from tests.factories import NOW, a_land_office

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_S = 20.0


class OutOfInk(LandError):
    code = "test_out_of_ink"
    message = "The printer {printer} has no ink: fill it."


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    monkeypatch.setattr(jobs, "_kinds", dict(jobs._kinds))


def work_off_the_queue() -> None:
    """Run the real worker until the queue is empty."""
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()):
        app.run_worker(queues=["jobs"], wait=False, install_signal_handlers=False)


def reread(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_a_job_succeeds_with_progress_result_and_file(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path

    @job_kind("test.count", title="Count")
    def count(run: JobRun, *, upto: int) -> dict[str, Any]:
        for number in range(upto):
            run.progress(number, upto, "Counting")
        run.attach("ผล.txt", b"done")
        return {"counted": upto}

    office = a_land_office()
    job = job_enqueue(kind="test.count", parameters={"upto": 3}, office=office, now=NOW)
    work_off_the_queue()

    job = reread(job)
    assert job.status == JobStatus.SUCCEEDED
    assert (job.done, job.total, job.step) == (3, 3, "Counting")
    assert job.result == {"counted": 3}
    with job.result_file.open() as opened:
        assert opened.read() == b"done"
    assert job.result_file.name.endswith("/ผล.txt")
    assert job.finished_at is not None

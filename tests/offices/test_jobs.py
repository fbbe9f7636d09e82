"""Background jobs, done by the real worker in this process or in one that is killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone, translation
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from cadastre.errors import InvalidInput, LandError
from offices import job_reporter, jobs
from offices.jobs import CommandRun, JobRun, JobSuperseded, UnknownJobKind, job_kind
from offices.models import AuditEntry, AuditSeal, Job, JobStatus
from offices.services.audit import entry_record
from offices.services.jobs import (
    STALE_AFTER,
    JobNotResumable,
    JobNotStoppable,
    fault_of,
    is_interrupted,
    is_resumable,
    job_cancel,
    job_enqueue,
    job_resume,
    job_run,
)
from offices.tasks import UPKEEP, clear_queue, seal_audit
from tests.factories import NOW, a_land_office, a_user
from tests.offices.worker import work_off_the_queue

PATIENCE_S = 20.0


class OutOfInk(LandError):
    code = "test_out_of_ink"
    message = "The printer {printer} has no ink: fill it."


class NoInkAtAll(OutOfInk):
    """Refines the other and shares its code."""

    message = "no ink at all in {printer}"


@pytest.fixture(autouse=True)
def fresh_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    monkeypatch.setattr(jobs, "_kinds", dict(jobs._kinds))


@pytest.fixture(autouse=True)
def empty_queue(request: pytest.FixtureRequest) -> None:
    """Tables of the queue have no managed models, so that a flush passes them by."""
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        request.getfixturevalue("transactional_db")
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def reread(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def wait_until(true: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < give_up_at, "waited in vain"
        time.sleep(0.05)


def in_a_thread(work: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def in_the_queue(task: Any) -> None:
    """The worker orders periodic tasks by itself when their minute has come."""
    with contextlib.suppress(AlreadyEnqueued):
        task.defer(timestamp=0)


@pytest.mark.django_db(transaction=True)
def test_a_job_succeeds_with_progress_result_and_file(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path

    @job_kind("test.count", title="Count")
    def count(run: JobRun, *, upto: int) -> dict[str, Any]:
        for number in range(upto):
            run.progress(number, upto, "Counting")
        run.attach("ผล.txt", b"first")
        run.attach("ผล.txt", b"done")
        return {"counted": upto, "office": run.office.code if run.office else None}

    job = job_enqueue(kind="test.count", parameters={"upto": 3}, office=a_land_office(), now=NOW)
    work_off_the_queue()

    job = reread(job)
    assert job.status == JobStatus.SUCCEEDED
    assert (job.done, job.total, job.step) == (3, 3, "Counting")
    assert job.result == {"counted": 3, "office": "LO-TEST"}
    with job.result_file.open() as opened:
        assert opened.read() == b"done"
    assert job.result_file.name.startswith(f"results/{job.public_id}/")
    assert [p.name for p in tmp_path.rglob("*.txt")] == ["ผล.txt"]
    assert job.finished_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_refusal_keeps_its_code_and_evidence_and_speaks_the_readers_language() -> None:
    @job_kind("test.refuse", title="Refuse")
    def refuse(run: JobRun) -> dict[str, Any]:
        raise OutOfInk(printer="ท.1", left=Decimal("0.5"), tray={"a": (1, 2)})

    @job_kind("test.input", title="Input")
    def bad_input(run: JobRun) -> dict[str, Any]:
        raise InvalidInput(path=("lines", 3), reason="empty")

    refused = job_enqueue(kind="test.refuse", now=NOW)

    @job_kind("test.special", title="Special")
    def special_refusal(run: JobRun) -> dict[str, Any]:
        raise NoInkAtAll(printer="2")

    invalid = job_enqueue(kind="test.input", now=NOW)
    special = job_enqueue(kind="test.special", now=NOW)
    work_off_the_queue()

    refused = reread(refused)
    assert (refused.status, refused.error_code) == (JobStatus.FAILED, "test_out_of_ink")
    assert refused.error_evidence == {"printer": "ท.1", "left": "0.5", "tray": {"a": [1, 2]}}
    assert fault_of(refused) == "The printer ท.1 has no ink: fill it."
    with translation.override("en"):
        assert fault_of(reread(special)) == "no ink at all in 2"
        assert fault_of(reread(invalid)) == "lines[3] cannot be used: empty"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("result", [None, {"a": object()}, {"a": float("nan")}])
def test_a_fault_of_ours_shows_a_number_and_no_traceback(
    result: Any, caplog: pytest.LogCaptureFixture
) -> None:
    @job_kind("test.crash", title="Crash")
    def crash(run: JobRun) -> dict[str, Any]:
        with transaction.atomic():
            a_land_office("LO-GONE")
            if result is None:
                raise ZeroDivisionError("secret detail")
        return dict(result)

    job = job_enqueue(kind="test.crash", now=NOW)
    work_off_the_queue()

    job = reread(job)
    assert (job.status, job.error_code) == (JobStatus.FAILED, "job_failed_unexpectedly")
    assert job.error_evidence == {"job": job.public_id}
    with translation.override("en"):
        assert job.public_id in fault_of(job)
    assert "secret" not in fault_of(job)


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_works_own_transaction_is_open() -> None:
    seen = threading.Event()

    @job_kind("test.long", title="Long")
    def long(run: JobRun) -> dict[str, Any]:
        with transaction.atomic():
            a_land_office("LO-UNCOMMITTED")
            run.progress(7, 10, "Reading")
            assert seen.wait(PATIENCE_S)
            raise OutOfInk(printer="1")

    job = job_enqueue(kind="test.long", now=NOW)
    worker = in_a_thread(lambda: job_run(job_id=job.pk, attempt=1))
    wait_until(lambda: reread(job).done == 7)
    assert (reread(job).total, reread(job).step) == (10, "Reading")
    seen.set()
    worker.join()
    # The work was rolled back, what it said was not.
    assert (reread(job).status, reread(job).done) == (JobStatus.FAILED, 7)


@pytest.mark.django_db(transaction=True)
def test_progress_is_written_at_most_twice_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[float] = []
    original = job_reporter.JobReporter._report

    def counted(self: Any, own: Any) -> None:
        writes.append(time.monotonic())
        original(self, own)

    monkeypatch.setattr(job_reporter.JobReporter, "_report", counted)

    @job_kind("test.chatty", title="Chatty")
    def chatty(run: JobRun) -> dict[str, Any]:
        said = 0
        until = time.monotonic() + 1.6
        while time.monotonic() < until:
            said += 1
            run.progress(said)
        return {"said": said}

    job = job_enqueue(kind="test.chatty", now=NOW)
    job_run(job_id=job.pk, attempt=1)
    result = reread(job).result
    assert result["said"] > 1000
    assert len(writes) <= 4
    assert reread(job).done == result["said"]


@pytest.mark.django_db(transaction=True)
def test_a_running_job_is_stopped_midway_and_resumes_from_its_cursor() -> None:
    done: list[int] = []
    may_go_on = threading.Event()

    @job_kind("test.batches", title="Batches")
    def batches(run: JobRun) -> dict[str, Any]:
        for number in range(run.cursor or 0, 6):
            with transaction.atomic():
                done.append(number)
                run.save_cursor(number + 1)
            run.progress(number + 1, 6)
            if number == 2 and not may_go_on.is_set():
                wait_until(lambda: reread(job).done == 3)
                job_cancel(job=job, by=None, now=timezone.now())
                give_up_at = time.monotonic() + PATIENCE_S
                while time.monotonic() < give_up_at:
                    run.progress(3, 6)  # raises as soon as the wish is heard
        return {"batches": len(done)}

    job = job_enqueue(kind="test.batches", now=NOW)
    work_off_the_queue()
    stopped = reread(job)
    assert (stopped.status, stopped.cursor, stopped.done) == (JobStatus.CANCELLED, 3, 3)

    may_go_on.set()
    job_resume(job=job, by=None, now=timezone.now())
    work_off_the_queue()
    assert done == [0, 1, 2, 3, 4, 5]
    assert reread(job).status == JobStatus.SUCCEEDED
    assert reread(job).attempt == 2


@pytest.mark.django_db(transaction=True)
def test_saving_the_cursor_and_telling_progress_in_one_transaction_never_hangs() -> None:
    """The cursor locks the row for the work; the reporter must not wait for that lock."""

    @job_kind("test.both", title="Both")
    def both(run: JobRun) -> dict[str, Any]:
        with transaction.atomic():
            run.save_cursor({"row": 5})
            until = time.monotonic() + 1.2
            while time.monotonic() < until:
                run.progress(1, 2)
        return {}

    job = job_enqueue(kind="test.both", now=NOW)
    worker = in_a_thread(lambda: job_run(job_id=job.pk, attempt=1))
    worker.join(PATIENCE_S)
    assert not worker.is_alive()
    assert (reread(job).status, reread(job).cursor) == (JobStatus.SUCCEEDED, {"row": 5})


@pytest.mark.django_db(transaction=True)
def test_a_cursor_is_rolled_back_with_its_batch() -> None:
    @job_kind("test.half", title="Half")
    def half(run: JobRun) -> dict[str, Any]:
        with transaction.atomic():
            run.save_cursor(1)
        with transaction.atomic():
            run.save_cursor(2)
            raise OutOfInk(printer="1")

    job = job_enqueue(kind="test.half", now=NOW)
    work_off_the_queue()
    assert reread(job).cursor == 1


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_order_leaves_neither_job_nor_queue_entry() -> None:
    @job_kind("test.never", title="Never")
    def never(run: JobRun) -> dict[str, Any]:
        raise AssertionError

    with pytest.raises(OutOfInk), transaction.atomic():
        job_enqueue(kind="test.never", now=NOW)
        assert Job.objects.count() == 1
        assert ProcrastinateJob.objects.count() == 1
        raise OutOfInk(printer="1")
    assert Job.objects.count() == 0
    assert ProcrastinateJob.objects.count() == 0
    assert AuditEntry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_job_that_orders_a_job_does_so_in_its_own_transaction() -> None:
    """In the worker, procrastinate's own connection is another one than Django's."""
    ran: list[str] = []

    @job_kind("test.child", title="Child")
    def child(run: JobRun, *, name: str) -> dict[str, Any]:
        ran.append(name)
        return {}

    @job_kind("test.parent", title="Parent")
    def parent(run: JobRun) -> dict[str, Any]:
        with pytest.raises(OutOfInk), transaction.atomic():
            job_enqueue(kind="test.child", parameters={"name": "rolled back"}, now=NOW)
            raise OutOfInk(printer="1")
        job_enqueue(kind="test.child", parameters={"name": "kept"}, now=NOW)
        return {}

    job_enqueue(kind="test.parent", now=NOW)
    work_off_the_queue()  # a worker that need not wait leaves while the parent is at work
    work_off_the_queue()
    assert ran == ["kept"]


@pytest.mark.django_db(transaction=True)
def test_a_waiting_job_stops_at_once_and_is_never_begun() -> None:
    @job_kind("test.never", title="Never")
    def never(run: JobRun) -> dict[str, Any]:
        raise AssertionError

    job = job_enqueue(kind="test.never", now=NOW)
    assert job_cancel(job=job, by=None, now=NOW).status == JobStatus.CANCELLED
    work_off_the_queue()
    assert (reread(job).status, reread(job).started_at) == (JobStatus.CANCELLED, None)
    with pytest.raises(JobNotStoppable):
        job_cancel(job=job, by=None, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_finished_or_running_job_is_not_resumed() -> None:
    @job_kind("test.quick", title="Quick")
    def quick(run: JobRun) -> dict[str, Any]:
        with pytest.raises(JobNotResumable):
            job_resume(job=run.job, by=None, now=timezone.now())
        return {}

    job = job_enqueue(kind="test.quick", now=NOW)
    with pytest.raises(JobNotResumable):
        job_resume(job=job, by=None, now=NOW)
    work_off_the_queue()
    assert reread(job).status == JobStatus.SUCCEEDED
    with pytest.raises(JobNotResumable):
        job_resume(job=job, by=None, now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_a_worker_told_to_stop_hands_the_job_on() -> None:
    stopping = threading.Event()
    stopping.set()

    @job_kind("test.interrupted", title="Interrupted")
    def interrupted(run: JobRun) -> dict[str, Any]:
        if run.cursor is None:
            run.save_cursor("half")
        run.progress(1, 2)
        return {"from": run.cursor}

    job = job_enqueue(kind="test.interrupted", now=NOW)
    job_run(job_id=job.pk, attempt=1, stopping=stopping.is_set)
    assert (reread(job).status, reread(job).attempt) == (JobStatus.QUEUED, 2)
    stopping.clear()
    work_off_the_queue()
    assert reread(job).result == {"from": "half"}


@pytest.mark.django_db(transaction=True)
def test_a_run_that_was_superseded_can_save_nothing_more() -> None:
    """A worker cut off from us, taken for dead, comes back while another one does its job."""
    resumed, heard = threading.Event(), threading.Event()

    @job_kind("test.zombie", title="Zombie")
    def zombie(run: JobRun) -> dict[str, Any]:
        if run.job.attempt == 2:
            return {"by": "second"}
        assert resumed.wait(PATIENCE_S)
        with pytest.raises(JobSuperseded), transaction.atomic():
            a_land_office("LO-ZOMBIE")
            run.save_cursor("zombie")
        give_up_at = time.monotonic() + PATIENCE_S
        try:
            while time.monotonic() < give_up_at:
                run.progress(99, 100)
        except JobSuperseded:
            heard.set()
            raise
        return {"by": "first"}

    job = job_enqueue(kind="test.zombie", now=NOW)
    first = in_a_thread(lambda: job_run(job_id=job.pk, attempt=1))
    wait_until(lambda: reread(job).status == JobStatus.RUNNING)
    late = timezone.now() + STALE_AFTER + timedelta(seconds=1)
    job_resume(job=job, by=None, now=late)
    resumed.set()
    first.join(PATIENCE_S)
    assert heard.is_set()
    work_off_the_queue()
    job = reread(job)
    assert (job.status, job.result, job.cursor) == (JobStatus.SUCCEEDED, {"by": "second"}, None)


@pytest.mark.django_db(transaction=True)
def test_the_same_attempt_is_never_run_twice() -> None:
    ran: list[int] = []

    @job_kind("test.once", title="Once")
    def once(run: JobRun) -> dict[str, Any]:
        ran.append(1)
        return {}

    job = job_enqueue(kind="test.once", now=NOW)
    start = threading.Barrier(5)

    def run() -> None:
        start.wait(PATIENCE_S)
        job_run(job_id=job.pk, attempt=1)

    for thread in [in_a_thread(run) for _ in range(5)]:
        thread.join()
    assert ran == [1]


KILLED = """
import os, signal, sys, time
import django
django.setup()
from django.db import connections
connections.settings["default"]["NAME"] = sys.argv[1]
from offices.jobs import job_kind
from procrastinate.contrib.django import app

@job_kind("test.killed", title="Killed")
def killed(run):
    run.save_cursor(41)
    run.progress(41, 100, "Importing")
    time.sleep(60)

with app.replace_connector(app.connector.get_worker_connector()):
    app.run_worker(queues=["jobs"], wait=False)
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_outright_leaves_a_job_that_can_be_resumed() -> None:
    @job_kind("test.killed", title="Killed")
    def killed(run: JobRun) -> dict[str, Any]:
        return {"went_on_from": run.cursor}

    job = job_enqueue(kind="test.killed", now=NOW)
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    worker = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(connection.settings_dict["NAME"])],
        cwd=django_settings.BASE_DIR,
        env=environment,
    )
    try:
        wait_until(lambda: reread(job).done == 41)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    job, now = reread(job), timezone.now()
    assert job.status == JobStatus.RUNNING
    assert not is_interrupted(job, now)
    later = now + STALE_AFTER + timedelta(seconds=1)
    assert is_interrupted(job, later)
    assert is_resumable(job, later)

    job_resume(job=job, by=None, now=later)
    work_off_the_queue()
    assert reread(job).result == {"went_on_from": 41}

    # The queue still believes in the dead worker, until that has been silent for long.
    assert ProcrastinateJob.objects.filter(status="doing", queue_name="jobs").count() == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        )
    in_the_queue(clear_queue)
    work_off_the_queue(queue=UPKEEP)
    assert not ProcrastinateJob.objects.filter(status="doing", queue_name="jobs").exists()


@pytest.mark.django_db(transaction=True)
def test_the_worker_seals_the_audit_trail() -> None:
    entry = entry_record(action="a.b", subject_kind="t", subject_id="1", now=NOW)
    in_the_queue(seal_audit)
    work_off_the_queue(queue=UPKEEP)
    assert AuditSeal.objects.get().last_entry == entry.pk
    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert crons["offices.seal_audit"] == "* * * * *"


@pytest.mark.django_db
def test_an_order_names_a_known_kind_and_exactly_its_parameters() -> None:
    @job_kind("test.strict", title="Strict")
    def strict(run: JobRun, *, code: str) -> dict[str, Any]:
        return {}

    with pytest.raises(UnknownJobKind, match="no kind of job called"):
        job_enqueue(kind="test.unheard_of", now=NOW)
    for parameters in ({}, {"code": "1", "more": 2}):
        with pytest.raises(TypeError):
            job_enqueue(kind="test.strict", parameters=parameters, now=NOW)
    with pytest.raises(ValueError, match="Two kinds"):
        job_kind("test.strict", title="Other")(lambda _run: {})


@pytest.mark.django_db
def test_orders_stops_and_resumptions_are_written_into_the_audit_trail() -> None:
    @job_kind("test.audited", title="Audited")
    def audited(run: JobRun) -> dict[str, Any]:
        return {}

    somsri = a_user("somsri")
    job = job_enqueue(kind="test.audited", office=a_land_office(), requested_by=somsri, now=NOW)
    job_cancel(job=job, by=somsri, now=NOW)
    job_resume(job=job, by=somsri, now=NOW)
    entries = AuditEntry.objects.filter(subject_kind="job", subject_id=job.public_id)
    assert list(entries.order_by("id").values_list("action", "actor", "data__attempt")) == [
        ("jobs.ordered", somsri.pk, 1),
        ("jobs.stop_asked", somsri.pk, 1),
        ("jobs.resumed", somsri.pk, 2),
    ]


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_command_tells_its_progress_on_stderr(tmp_path: Path) -> None:
    log = StringIO()
    run = CommandRun(log, directory=tmp_path)
    run.progress(1200, 5000, "Importing")
    run.save_cursor(1200)
    run.progress(1300)
    run.attach("report.csv", b"a,b")
    assert log.getvalue().splitlines() == [
        "       1,200 / 5,000   Importing",
        "       1,300      resume after 1200",
        str(tmp_path / "report.csv"),
    ]
    assert (tmp_path / "report.csv").read_bytes() == b"a,b"
    assert (run.cursor, CommandRun(log, cursor=7).cursor) == (1200, 7)

    terminal = Terminal()
    CommandRun(terminal).progress(1, 2)
    assert terminal.getvalue().endswith("\r")


def test_a_result_file_of_a_command_stays_in_its_directory(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    CommandRun(StringIO(), directory=here).attach("../outside.txt", b"x")
    assert [p.name for p in here.iterdir()] == ["outside.txt"]


def test_stale_means_a_minute_of_silence() -> None:
    beat = datetime.fromisoformat("2026-11-20T10:00:00+07:00")
    running = Job(status=JobStatus.RUNNING, beat_at=beat)
    assert not is_interrupted(running, beat + timedelta(seconds=60))
    assert is_interrupted(running, beat + timedelta(seconds=61))
    assert not is_interrupted(Job(status=JobStatus.FAILED, beat_at=beat), beat + timedelta(days=1))

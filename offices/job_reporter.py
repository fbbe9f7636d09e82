"""The voice of a running job: a thread with a database connection of its own."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog
from django.db import Error, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from offices.models import Job

REPORT_SQL = (Path(__file__).parent / "sql" / "job_report.sql").read_text(encoding="utf-8")
WRITE_EVERY_S = 0.5
BEAT_EVERY_S = 5.0

log = structlog.get_logger(__name__)


class JobReporter:
    """Writes progress and heartbeat of one attempt, and hears whether it shall stop.

    The work's own transaction may be open for long and may roll back; what is said here is neither
    hidden by it nor lost with it. The heartbeat goes on during one long statement, too.
    """

    def __init__(self, job: Job) -> None:
        self.cancelled = threading.Event()
        self.superseded = threading.Event()
        self._job_id, self._attempt = job.pk, job.attempt
        self._said: tuple[int, int | None, str] = (job.done, job.total, job.step)
        self._written: tuple[int, int | None, str] | None = None
        self._silent_s = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"job {job.pk}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def said(self) -> tuple[int, int | None, str]:
        """Done, total and step as the work last said them."""
        return self._said

    def say(self, done: int, total: int | None, step: str) -> None:
        """Take note; assigning one tuple is atomic, so no lock is needed."""
        self._said = (done, None if total is None else max(total, done), step[:200])

    def _run(self) -> None:
        own: BaseDatabaseWrapper = connection.copy()
        try:
            while True:
                try:
                    self._report(own)
                except Error:
                    # A database that is away for a moment must not kill the work, which will
                    # notice by itself if it stays away.
                    log.warning("job_report_failed", job=self._job_id, exc_info=True)
                    own.close()
                if self._ended.wait(WRITE_EVERY_S):
                    return
        finally:
            own.close()

    def _report(self, own: BaseDatabaseWrapper) -> None:
        said = self._said
        self._silent_s += WRITE_EVERY_S
        write = said != self._written or self._silent_s >= BEAT_EVERY_S
        done, total, step = said
        with own.cursor() as cursor:
            cursor.execute(
                REPORT_SQL,
                {
                    "id": self._job_id, "attempt": self._attempt, "write": write,
                    "done": done, "total": total, "step": step, "now": timezone.now(),
                },
            )  # fmt: skip
            row = cursor.fetchone()
        if row is None:
            self.superseded.set()
            return
        if write:
            self._written, self._silent_s = said, 0.0
        if row[0]:
            self.cancelled.set()

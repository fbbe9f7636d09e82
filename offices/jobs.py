"""Kinds of background work and what a running one may use: progress, a cursor, a result file.

Each room registers its kinds in its ``jobs.py``, which is found at start-up as ``admin.py`` is. The
same function serves a management command, which hands it a ``CommandRun`` instead of a ``JobRun``.
docs/operations/jobs.md tells how a job lives and dies.
"""

from __future__ import annotations

import inspect
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.management.base import OutputWrapper
from django.utils.functional import Promise

from cadastre.errors import LandError, gettext_noop
from offices.job_reporter import JobReporter
from offices.models import Job, Office, User
from offices.permissions import Permission

Json = Any  # what json.dumps takes


class JobCancelled(LandError):
    """Somebody asked the job to stop; raised by ``progress`` so that the work unwinds cleanly."""

    code = "job_cancelled"
    message = gettext_noop("The job was stopped on request.")


class JobSuperseded(JobCancelled):
    """The job was resumed elsewhere while this run hung; this run may save nothing more."""

    code = "job_superseded"
    message = gettext_noop("The job was resumed in another run, so this run ends.")


class WorkerStopping(JobCancelled):
    """The worker is being stopped; the job goes back to the queue and on from its cursor."""

    code = "worker_stopping"
    message = gettext_noop("The worker is being stopped; the next one goes on with the job.")


class UnknownJobKind(LandError):
    code = "unknown_job_kind"
    message = gettext_noop("There is no kind of job called {kind}.")


class Run(Protocol):
    """What the work may ask of its surroundings, in the background or on a command line."""

    office: Office | None
    requested_by: User | None

    @property
    def cursor(self) -> Json: ...
    def progress(self, done: int, total: int | None = None, step: str = "") -> None: ...
    def save_cursor(self, value: Json) -> None: ...
    def attach(self, filename: str, content: bytes | Path) -> None: ...


Work = Callable[..., dict[str, Any]]
W = TypeVar("W", bound=Work)


@dataclass(frozen=True, slots=True)
class JobKind:
    """A registered kind: its title for people, and who besides the requester may fetch results."""

    name: str
    title: str | Promise
    work: Work
    permission: Permission = Permission.VIEW_JOBS

    def check(self, parameters: Mapping[str, Any]) -> None:
        """Raise TypeError unless the work takes exactly these parameters."""
        inspect.signature(self.work).bind(None, **parameters)


_kinds: dict[str, JobKind] = {}


def job_kind(
    name: str, *, title: str | Promise, permission: Permission = Permission.VIEW_JOBS
) -> Callable[[W], W]:
    """Register ``work(run, **parameters) -> dict`` as a kind, such as ``parcels.import``.

    The work opens its own transactions, one for each batch, and calls ``run.progress`` between
    them. Its result is shown as JSON and must not hold personal data.
    """

    def register(work: W) -> W:
        known = _kinds.get(name)
        if known is not None and known.work is not work:
            raise ValueError(f"Two kinds of job are called {name}.")
        _kinds[name] = JobKind(name, title, work, permission)
        return work

    return register


def kind_of(name: str) -> JobKind:
    """The registered kind; UnknownJobKind when no room registered it."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownJobKind(kind=name) from None


def title_of(name: str) -> str:
    """The title of a kind for people; its name when the room that knew it is gone."""
    kind = _kinds.get(name)
    return str(kind.title) if kind else name


class JobRun:
    """One attempt at a job. Nothing a former, superseded attempt says is kept."""

    def __init__(
        self, job: Job, reporter: JobReporter, stopping: Callable[[], bool] = lambda: False
    ) -> None:
        self.job = job
        self._stopping = stopping
        self.office = job.office
        self.requested_by = job.requested_by
        self._reporter = reporter
        self._cursor = job.cursor

    @property
    def cursor(self) -> Json:
        """Where to go on from: the value last saved by this or a former attempt, or None."""
        return self._cursor

    def progress(self, done: int, total: int | None = None, step: str = "") -> None:
        """Say how far the work is; ``step`` is an English msgid, translated for each reader.

        Costs no input or output: a thread with a connection of its own writes at most twice a
        second, so that readers see it while the work's own transaction is still open.
        Raises JobCancelled when somebody asked the job to stop.
        """
        self._reporter.say(done, total, step)
        if self._reporter.superseded.is_set():
            raise JobSuperseded
        if self._reporter.cancelled.is_set():
            raise JobCancelled
        if self._stopping():
            raise WorkerStopping

    def save_cursor(self, value: Json) -> None:
        """Keep where to resume, in the transaction of the batch it belongs to.

        Call it last in the batch: batch and cursor are committed together or not at all, so that a
        crash never repeats or skips one. JobSuperseded rolls the batch of a superseded run back.
        """
        mine = Job.objects.filter(pk=self.job.pk, attempt=self.job.attempt)
        if not mine.update(cursor=value):
            raise JobSuperseded
        self._cursor = value

    def attach(self, filename: str, content: bytes | Path) -> None:
        """Keep a result file for download; a later one takes its place."""
        former = self.job.result_file.name
        # A folder of its own keeps the name as it is, also while the former file is still there.
        name = f"{self.job.public_id}/{secrets.token_hex(4)}/{filename}"
        if isinstance(content, Path):
            with content.open("rb") as opened:
                self.job.result_file.save(name, File(opened), save=False)
        else:
            self.job.result_file.save(name, ContentFile(content), save=False)
        mine = Job.objects.filter(pk=self.job.pk, attempt=self.job.attempt)
        if not mine.update(result_file=self.job.result_file.name):
            raise JobSuperseded
        if former:
            self.job.result_file.storage.delete(former)


class CommandRun:
    """The same interface for a management command: progress on stderr, files where one stands.

    ``cursor`` is what the command was told to resume after; each saved cursor is printed, so that
    an interrupted command says how to go on.
    """

    def __init__(
        self, stderr: IO[str] | OutputWrapper, *, cursor: Json = None, office: Office | None = None,
        directory: Path | None = None,
    ) -> None:  # fmt: skip
        self.stderr = stderr
        self.office = office
        self.requested_by: User | None = None
        self.directory = directory or Path.cwd()
        self._cursor = cursor

    @property
    def cursor(self) -> Json:
        return self._cursor

    def progress(self, done: int, total: int | None = None, step: str = "") -> None:
        """One line that updates itself on a terminal, plain lines in a log."""
        of = "" if total is None else f" / {total:,}"
        after = "" if self._cursor is None else f"   resume after {self._cursor}"
        line = f"{done:>12,}{of}   {step}{after}".rstrip()
        if self.stderr.isatty():
            self.stderr.write(f"\x1b[2K{line}\r")
        else:
            self.stderr.write(line + "\n")

    def save_cursor(self, value: Json) -> None:
        self._cursor = value

    def attach(self, filename: str, content: bytes | Path) -> None:
        target = self.directory / Path(filename).name
        if isinstance(content, Path):
            shutil.copyfile(content, target)
        else:
            target.write_bytes(content)
        self.stderr.write(f"{target}\n")

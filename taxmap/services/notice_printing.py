"""Printing the parts of a batch on all cores: each in a process of its own, whole or not at all.

The parts are their own cursor: what is printed is not printed again, whoever resumes the batch.
docs/algorithms/notices.md, section 6.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offices.jobs import Run
from offices.services.audit import entry_record
from taxmap.models import Notice, NoticeBatch, NoticePart
from taxmap.paper.notices.setting import notices_pdf
from taxmap.printing_process import begin
from taxmap.services.notices import batch_progress, part_letters

STEP: Final = "Printing the notices"
STEPS: Final = (_("Printing the notices"),)
"""What the work says of itself while it runs, for the catalogue."""

PATIENCE_S: Final = 1.0
"""How often a waiting batch asks whether it should stop."""

PRINTED_SQL: Final = """
    UPDATE taxmap_notice AS notice
    SET printed_at = %(now)s, due_satang = amount.due
    FROM unnest(%(positions)s::int[], %(dues)s::bigint[]) AS amount (position, due)
    WHERE notice.part_id = %(part)s AND notice.position = amount.position
"""


def batch_print(batch: NoticeBatch, *, run: Run, workers: int | None = None) -> dict[str, Any]:
    """Print every part that is not printed yet; ``workers`` 0 prints in this process.

    May be stopped between parts and called again. A part that fails stops the batch with its error
    after the others under way have ended.
    """
    waiting = list(
        batch.parts.filter(printed_at=None).order_by("number").values_list("pk", flat=True)
    )
    workers = os.cpu_count() or 1 if workers is None else workers
    done = batch.notices_count - sum(
        batch.parts.filter(pk__in=waiting).values_list("notices_count", flat=True)
    )
    run.progress(done, batch.notices_count, STEP)
    for count in _printed(waiting, min(workers, len(waiting)), run, done, batch.notices_count):
        done += count
        run.progress(done, batch.notices_count, STEP)
    result = batch_progress(batch)
    with transaction.atomic():
        entry_record(
            action="taxmap.notices_printed", subject_kind="notice_batch",
            subject_id=batch.public_id, actor=run.requested_by, office=batch.local_authority,
            data={"kind": batch.kind, **result}, now=timezone.now(),
        )  # fmt: skip
    return {"kind": batch.kind, "tax_year": batch.tax_year, **result}


def _printed(parts: list[int], workers: int, run: Run, done: int, total: int) -> Iterator[int]:
    """Print the parts; the number of notices of each as it is done."""
    if not workers:
        yield from (part_print(part) for part in parts)
        return
    with _pool(workers) as pool:
        running: set[Future[int]] = {pool.submit(part_print, part) for part in parts}
        while running:
            ended, running = wait(running, timeout=PATIENCE_S, return_when=FIRST_COMPLETED)
            for each in ended:
                yield each.result()
                done += each.result()
            # Nothing may end for long; the request to stop is heard meanwhile.
            run.progress(done, total, STEP)


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes of their own, without this one's connections; parts under way are let finish."""
    pool = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=begin,
        initargs=(str(connection.settings_dict["NAME"]), str(settings.MEDIA_ROOT)),
    )  # fmt: skip
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def part_print(part_id: int) -> int:
    """Print one part unless it is printed; how many notices it has.

    The part's row is locked meanwhile: who would print it too waits, and finds it done.
    """
    with transaction.atomic():
        part = (
            NoticePart.objects.select_for_update(of=("self",))
            .select_related("batch__local_authority")
            .get(pk=part_id)
        )
        if part.printed_at is None:
            _print(part)
    return part.notices_count


def _print(part: NoticePart) -> None:
    letters = part_letters(part)
    positions = list(
        Notice.objects.filter(part=part).order_by("position").values_list("position", flat=True)
    )
    content, part.pages = notices_pdf(letters)
    part.printed_at = timezone.now()
    name = Path(part.batch.public_id) / f"{part.number:04d}.pdf"
    part.file.save(str(name), ContentFile(content), save=False)
    part.save(update_fields=["pages", "printed_at", "file"])
    with connection.cursor() as cursor:
        cursor.execute(PRINTED_SQL, {
            "now": part.printed_at, "part": part.pk, "positions": positions,
            "dues": [letter.due_satang for letter in letters],
        })  # fmt: skip

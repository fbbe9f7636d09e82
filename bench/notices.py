"""Notices of assessment as PDF, against the bare laying out of the very same pages.

Ours chooses, sorts, reads, draws maps and codes, sets, lays out and files; the bare contestant gets
the finished HTML of the same parts and only lays it out, with the same type, style and processes.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from io import StringIO
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from bench.harness import Bench, connect, town_database, use_database

YEAR: Final = 2026
NOTICES: Final = 134
"""Some four hundred pages; a smaller town gives fewer."""
PARCELS_PER_NOTICE: Final = 25
PARTS: Final = 4
MOST_PARCELS: Final = 5_000
NUMBERED: Final = """
    UPDATE taxmap_bill AS bill
    SET number = given.number, reference_1 = lpad(given.number::text, 12, '0')
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM taxmap_bill) AS given
    WHERE given.id = bill.id
"""


def measure(bench: Bench) -> None:
    """Ours and the bare contestant take turns on the same letters."""
    parcels = min(bench.options.parcels, MOST_PARCELS)
    notices = min(NOTICES, parcels // PARCELS_PER_NOTICE)
    database = town_database(parcels)
    use_database(database)
    last = _numbered_bills(database, notices)
    workers = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        htmls = _html_of(last, notices, Path(folder))
        pages = sum(count for _path, count in htmls)
        bench.sizes |= {"notices": notices, "pages": pages, "processes": workers}
        contestants: dict[str, Callable[[], float | dict[str, Any]]] = {
            "batch_print": lambda: _measured(lambda: _ours(last, notices, workers)),
            "bare_weasyprint": lambda: _measured(lambda: _bare(htmls, workers)),
        }
        bench.compare(f"{pages} pages", "s", contestants)
    _conclude(bench, notices)


def _numbered_bills(database: str, notices: int) -> int:
    """Bills with numbers; up to which number there are enough with a tax."""
    from django.utils import timezone

    from offices.jobs import CommandRun
    from offices.models import LocalAuthority
    from taxmap.models import Bill, Letterhead
    from taxmap.services.roll import roll_assess

    authority = LocalAuthority.objects.get()
    if not Bill.objects.filter(tax_year=YEAR, number__isnull=False).exists():
        roll_assess(
            local_authority=authority, tax_year=YEAR, now=timezone.now(),
            job=CommandRun(StringIO()),
        )  # fmt: skip
        with connect(database) as connection:
            connection.execute(NUMBERED)
    Letterhead.objects.get_or_create(
        local_authority=authority, defaults={"biller_id": "099400016550100"}
    )
    taxed = Bill.objects.filter(tax_year=YEAR, tax_satang__gt=0).order_by("number")
    return int(taxed.values_list("number", flat=True)[notices - 1] or 0)


def _batch(last: int, notices: int) -> Any:
    from django.utils import timezone

    from offices.models import LocalAuthority
    from taxmap.models import NoticeKind
    from taxmap.services.notices import Selection, notice_batch_create

    return notice_batch_create(
        local_authority=LocalAuthority.objects.get(), tax_year=YEAR, kind=NoticeKind.ASSESSMENT,
        selection=Selection(last=last), dated=timezone.localdate(), actor=None,
        per_part=-(-notices // PARTS), now=timezone.now(),
    )  # fmt: skip


def _ours(last: int, notices: int, workers: int) -> None:
    """From the choice to the filed parts."""
    from offices.jobs import CommandRun
    from taxmap.services.notice_printing import batch_print

    result = batch_print(_batch(last, notices), run=CommandRun(StringIO()), workers=workers)
    assert result["printed"] == notices, result


def _bare(htmls: list[tuple[Path, int]], workers: int) -> None:
    """Nothing but the laying out of pages that are written already."""
    from django.conf import settings
    from django.db import connection

    from taxmap.printing_process import begin

    with ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=begin,
        initargs=(str(connection.settings_dict["NAME"]), str(settings.MEDIA_ROOT)),
    ) as pool:  # fmt: skip
        sizes = list(pool.map(_lay_out, htmls))
    assert all(sizes)


def _lay_out(given: tuple[Path, int]) -> int:
    from taxmap.paper.notices.setting import pdf_of_html

    path, pages = given
    content, _pages = pdf_of_html(path.read_text(encoding="utf-8"), pages)
    path.with_suffix(".pdf").write_bytes(content)
    return len(content)


def _html_of(last: int, notices: int, folder: Path) -> list[tuple[Path, int]]:
    """The parts as finished HTML, and their pages."""
    from taxmap.paper.notices.setting import notices_html
    from taxmap.services.notices import part_letters

    written = []
    for part in _batch(last, notices).parts.order_by("number"):
        letters = part_letters(part)
        path = folder / f"{part.number}.html"
        path.write_text(notices_html(letters), encoding="utf-8")
        written.append((path, sum(letter.pages for letter in letters)))
    return written


def _measured(work: Callable[[], None]) -> dict[str, Any]:
    """Seconds on the clock, and of the processors, in all our processes together."""
    before = _processor_s()
    began = perf_counter()
    work()
    return {
        "value": round(perf_counter() - began, 3),
        "processor_s": round(_processor_s() - before, 3),
    }


def _processor_s() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def _conclude(bench: Bench, notices: int) -> None:
    """Ratios on the clock and of the processors; what a thousand notices take."""
    [(_case, found)] = bench.rounds.items()
    ours, bare = found["batch_print"], found["bare_weasyprint"]

    def median(rows: list[Any], key: str) -> float:
        values = sorted(row[key] for row in rows)
        return float((values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2)

    mine, theirs = median(ours, "processor_s"), median(bare, "processor_s")
    bench.facts |= {
        "ours / bare, processor seconds": round(mine / theirs, 3),
        "seconds for 1,000 notices": round(median(ours, "value") * 1000 / notices, 1),
        "processor seconds for 1,000 notices": round(mine * 1000 / notices, 1),
        "largest process, MiB": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        "at most": "1.2 x the bare laying out of the same pages",
    }

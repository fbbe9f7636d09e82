"""The field book (สมุดรังวัด): every occupation with what was observed, used and skipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import groupby, islice
from typing import Any, Final

import numpy as np
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext

from cadastre.cogo import format_azimuth
from cadastre.geodesy import WGS84, transformer
from surveys.adjustment_page import WHYS, kind_in_words
from surveys.models import Observation, Occupation, PointResult, Reading, SurveyJob
from surveys.occupied import set_aside
from surveys.paper.lines import Heading, Item, Row, pages_of
from surveys.reasons import reason_in_words
from surveys.services.imports import zone_of
from web.formats import format_datetime
from web.paper import font_faces, pdf_of

AT_ONCE: Final = 2_000
"""Lines that a page of the office waits for; a longer book is made in the background."""
MOST_ROWS: Final = 20_000
BATCH: Final = 1_000
ANGLES: Final = frozenset({"direction", "zenith", "azimuth", "angle"})


def rows_in(job: SurveyJob) -> int:
    """How many observations and readings the book has."""
    observed = Observation.objects.filter(occupation__job=job).count()
    return observed + Reading.objects.filter(occupation__job=job).count()


def book_pdf(job: SurveyJob, *, now: datetime) -> bytes:
    """The book as PDF; rows are read in batches and laid out as lines."""
    return pdf_of(book_html(job, now=now))


def book_html(job: SurveyJob, *, now: datetime) -> str:
    """The book before it becomes a PDF."""
    items = islice(_Book(job).items(), MOST_ROWS)
    total = rows_in(job)
    context = {
        "job": job, "now": now, "fonts": font_faces(), "total": total,
        "left": max(total - MOST_ROWS, 0), "zone": zone_of(job),
        "pages": pages_of(items, again=gettext("(continued)")),
    }  # fmt: skip
    return render_to_string("surveys/pdf/book.html", context)


@dataclass
class _Book:
    job: SurveyJob

    def items(self) -> Iterator[Item]:
        """Satellite occupations by point and time, then setups in the order of their files."""
        yield from self._satellites()
        yield from self._stations()

    @cached_property
    def _aside(self) -> dict[int, Any]:
        return set_aside(self.job)

    @cached_property
    def _skipped(self) -> dict[int, str]:
        """Why an observation was skipped, in words, by its key."""
        rows = PointResult.objects.filter(point__job=self.job).exclude(
            how=PointResult.How.ADJUSTED
        ).order_by("point_id", "-computed_at", "-pk").distinct("point_id")  # fmt: skip
        return {
            int(each["observation"]): _words(each["code"], tuple(sorted(each["evidence"].items())))
            for row in rows.only("skipped")
            for each in row.skipped
        }

    @cached_property
    def _judged(self) -> set[str]:
        points = self.job.points.exclude(verdict="")
        return set(points.values_list("name", flat=True))

    def _satellites(self) -> Iterator[Item]:
        rows = (
            Observation.objects.filter(occupation__job=self.job)
            .select_related("occupation__file")
            .order_by("occupation__point_name", "occupation__started_at", "occupation_id",
                      "line", "pk")
        )  # fmt: skip
        zone = transformer(WGS84, zone_of(self.job))
        last = 0
        columns = (
            gettext("Time"), gettext("East (m)"), gettext("North (m)"), gettext("Height (m)"),
            gettext("σ (mm)"), gettext("Solution"), gettext("Sat./PDOP"), gettext("Used"),
        )  # fmt: skip
        for batch in _batches(rows.iterator(chunk_size=BATCH)):
            placed = [each.geometry for each in batch if each.geometry is not None]
            if placed:
                easts, norths = zone.transform([p.x for p in placed], [p.y for p in placed])
                places = iter(zip(np.atleast_1d(easts), np.atleast_1d(norths), strict=True))
            for each in batch:
                if each.occupation_id != last:
                    last = each.occupation_id
                    yield Heading(
                        gettext("Point {name}").format(name=each.occupation.point_name), columns,
                        self._notes(each.occupation),
                    )  # fmt: skip
                place = next(places) if each.geometry is not None else None
                yield self._observation(each, place)

    def _observation(self, each: Observation, place: tuple[float, float] | None) -> Row:
        east, north = (f"{value:.4f}" for value in place) if place else ("–", "–")
        terms = each.covariance or [None] * 6
        known = terms[0] is not None and terms[3] is not None
        sigma = f"{(terms[0] + terms[3]) ** 0.5 * 1000:.0f}" if known else "–"
        why = self._skipped.get(each.pk, "")
        used = gettext("used") if each.occupation.point_name in self._judged else "–"
        if each.occupation_id in self._aside:
            why, used = gettext("occupation set aside"), ""
        return Row(
            (
                _clock(each.observed_at), east, north,
                "–" if each.height_m is None else f"{each.height_m:.4f}", sigma,
                str(each.get_fix_display()) or "–",
                f"{each.satellites or '–'} / {'–' if each.pdop is None else f'{each.pdop:.1f}'}",
                why or used,
            ),
            skipped=bool(why),
        )  # fmt: skip

    def _notes(self, occupation: Occupation) -> tuple[str, ...]:
        """What is known of the occupation: instrument, heights, people, the file."""
        started = occupation.started_at
        facts = [
            format_datetime(started, "short") if started else "",
            occupation.receiver, occupation.antenna,
            gettext("height of instrument {metres} m").format(metres=occupation.antenna_height_m)
            if occupation.antenna_height_m is not None
            else "",
            gettext("base {name}").format(name=occupation.base) if occupation.base else "",
            occupation.operator,
            gettext("file {name}").format(name=occupation.file.name),
        ]  # fmt: skip
        notes = [" · ".join(fact for fact in facts if fact)]
        if event := self._aside.get(occupation.pk):
            notes.append(gettext("Set aside: {note}").format(note=event.note))
        return tuple(note[:150] for note in notes)

    def _stations(self) -> Iterator[Item]:
        kept = self.job.computations.order_by("-computed_at", "-pk").first()
        unused = {each["key"]: each for each in kept.report["unused"]} if kept else {}
        rows = (
            Reading.objects.filter(occupation__job=self.job)
            .select_related("occupation__file")
            .order_by("occupation_id", "line", "pk")
        )
        columns = (
            gettext("Line"), gettext("Target"), gettext("Observation"), gettext("Value"),
            gettext("Face"), gettext("Target height"), gettext("Backsight"), gettext("Used"),
        )  # fmt: skip
        grouped = groupby(rows.iterator(chunk_size=BATCH), lambda row: row.occupation_id)
        for _, group in grouped:
            for at, row in enumerate(group):
                if at == 0:
                    name = gettext("Instrument at {name}").format(name=row.occupation.point_name)
                    yield Heading(name, columns, self._notes(row.occupation))
                yield _reading(row, unused.get(f"r{row.pk}"), adjusted=kept is not None)


def _reading(row: Reading, left: dict[str, Any] | None, *, adjusted: bool) -> Row:
    why = ""
    if left is not None:
        why = str(WHYS.get(left["why"], left["why"]))
        why = f"{why}: {left['note']}" if left["note"] else why
    height = row.target_height_m
    return Row(
        (
            str(row.line), row.target, kind_in_words(row.kind), _value(row),
            str(row.face or "–"), "–" if height is None else f"{height:.3f}", row.backsight or "–",
            why or (gettext("used") if adjusted else "–"),
        ),
        skipped=bool(why),
    )  # fmt: skip


def _value(row: Reading) -> str:
    if row.kind in ANGLES:
        return format_azimuth(np.degrees(row.value), 1)
    return f"{row.value:.4f}"


def _clock(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%H:%M:%S") if moment else "–"


@lru_cache(maxsize=512)
def _words(code: str, evidence: tuple[tuple[str, Any], ...]) -> str:
    return reason_in_words(code, dict(evidence))


def _batches(rows: Iterator[Observation]) -> Iterator[list[Observation]]:
    while batch := list(islice(rows, BATCH)):
        yield batch

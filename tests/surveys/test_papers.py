"""The field book and the report: every line once, heads repeated, and all of it bounded."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from offices.models import Job
from surveys import jobs
from surveys.models import Observation, Occupation, SurveyJob
from surveys.networks import Choices
from surveys.paper import book, report
from surveys.paper.book import book_html, book_pdf
from surveys.paper.lines import FIELD, LINES, Heading, Item, Row, pages_of
from surveys.paper.report import report_html, report_pdf
from surveys.services.computations import network_adjust
from surveys.services.points import occupation_decide, points_compute
from tests.factories import a_land_office
from tests.surveys.field import NOW, a_survey, a_surveyor, rtk_file, rtk_rows, taken
from tests.surveys.networks import a_field_file, a_network

tables = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 90)), max_size=6)


def items_of(told: list[tuple[int, int]]) -> list[Item]:
    items: list[Item] = []
    for table, (notes, rows) in enumerate(told):
        items.append(Heading(f"T{table}", ("a", "b"), tuple(f"n{n}" for n in range(notes))))
        items += [Row((f"{table}.{row}", "x"), skipped=row % 3 == 0) for row in range(rows)]
    return items


@given(tables)
def test_every_row_is_printed_once_and_no_page_is_too_full(told: list[tuple[int, int]]) -> None:
    pages = list(pages_of(items_of(told), again="(again)"))
    printed = [
        line.split("\t")[0] for page in pages for run in page.runs if run.kind in {"row", "out"}
        for line in run.lines
    ]  # fmt: skip
    assert printed == [f"{t}.{row}" for t, (_, rows) in enumerate(told) for row in range(rows)]
    for page in pages:
        assert page.used == sum(len(run.lines) for run in page.runs) <= LINES
        assert page.runs[0].kind == "head"
        assert page.runs[-1].kind in {"row", "out"}


def test_a_table_that_goes_on_says_so_and_repeats_its_columns() -> None:
    first, second = pages_of(items_of([(1, LINES)]), again="(again)")
    assert [run.kind for run in first.runs[:3]] == ["head", "note", "columns"]
    assert second.runs[0].text == "T0 (again)"
    assert second.runs[1].text == "a\tb"


def test_a_long_field_does_not_run_into_the_next_one() -> None:
    heading = Heading("T", ("a", "b"))
    (page,) = pages_of([heading, Row(("ก" * 40, "free\ttext " * 20))], again="")
    cut, rest = page.runs[-1].text.split("\t", 1)
    assert len(cut) == FIELD
    assert "\t" not in rest


def a_measured_job() -> SurveyJob:
    job = a_survey()
    taken(job, rtk_file(
        rtk_rows("R", epochs=64, floats=2), rtk_rows("R", 0.003, minutes=90, epochs=62),
    ) + "C,not a number,100,1,fixed,10,1,1,0.01,0.01,0.02,2026-11-20T02:00:00Z\n")  # fmt: skip
    points_compute(job=job, by=None, now=NOW)
    a_network(job)
    return job


@pytest.mark.django_db
def test_the_book_has_every_observation_with_its_reason() -> None:
    job = a_measured_job()
    network_adjust(job=job, choices=Choices(fixed=("A", "B")), by=None, now=NOW)
    with translation.override("en"):
        html = book_html(job, now=NOW)
    assert html.count("09:00:") + html.count("09:01:") == 64
    assert "not fixed" in html.lower() or "float" in html
    assert html.count("slope distance") == 20
    assert "T0" not in html
    assert book_pdf(job, now=NOW).startswith(b"%PDF")


@pytest.mark.django_db
def test_an_occupation_set_aside_is_told_with_who_wrote_what() -> None:
    job = a_measured_job()
    stay = job.occupations.filter(point_name="R").order_by("pk")[0]
    occupation_decide(job=job, occupation=stay.pk, aside=True, note="ฝนตก", by=None, now=NOW)
    with translation.override("en"):
        html = book_html(job, now=NOW)
    assert "Set aside: R: ฝนตก" in html
    assert html.count("occupation set aside") == 64


@pytest.mark.django_db
def test_a_long_book_is_read_in_batches_and_says_what_it_leaves_out(
    monkeypatch: Any, django_assert_max_num_queries: Any
) -> None:
    job = a_survey()
    file = a_field_file(job)
    occupation = Occupation.objects.create(job=job, file=file, point_name="L", started_at=NOW)
    Observation.objects.bulk_create(
        Observation(
            occupation=occupation, line=line, observed_at=NOW, form="geodetic", first=13.8,
            second=100.5, raw="",
        )
        for line in range(2_500)
    )  # fmt: skip
    monkeypatch.setattr(book, "MOST_ROWS", 2_001)
    with translation.override("en"), django_assert_max_num_queries(12):
        html = book_html(job, now=NOW)
    assert "499 further observations" in html
    assert html.count("(continued)") == 2_000 // (LINES - 2)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["th", "en"])
def test_the_report_tells_files_verdicts_adjustment_and_events(language: str) -> None:
    job = a_measured_job()
    network_adjust(job=job, choices=Choices(fixed=("A", "B")), by=None, now=NOW)
    with translation.override(language):
        html = report_html(job, now=NOW)
    file = job.files.get(name="field.csv")
    assert f'<td class="number">{file.read}</td>' in html
    assert "not a number" in html
    assert "field.csv" in html
    assert "<b>A</b>" in html
    assert report_pdf(job, now=NOW).startswith(b"%PDF")


@pytest.mark.django_db
def test_a_report_that_is_cut_keeps_the_points_that_fail(monkeypatch: Any) -> None:
    job = a_measured_job()
    assert job.points.get(name="R").verdict == "fail"
    monkeypatch.setattr(report, "MOST_POINTS", 1)
    with translation.override("en"):
        html = report_html(job, now=NOW)
    assert "<b>R</b>" in html
    assert "<b>A</b>" not in html
    assert "2 more stand in the table of points" in html


@pytest.mark.django_db
def test_papers_are_sent_to_the_office_and_a_long_book_is_ordered(
    client: Client, monkeypatch: Any
) -> None:
    job = a_measured_job()
    addresses = [reverse(name, args=[job.pk]) for name in ("survey-book-pdf", "survey-report-pdf")]
    client.force_login(a_surveyor("stranger", a_land_office("LO-FAR")))
    assert {client.get(address).status_code for address in addresses} == {404}
    assert client.post(addresses[0]).status_code == 404
    client.force_login(a_surveyor())
    for address in addresses:
        assert client.get(address)["Content-Type"] == "application/pdf"
    monkeypatch.setattr("surveys.views.papers.AT_ONCE", 10)
    assert "<form" in client.get(addresses[0]).content.decode()
    assert client.post(addresses[0]).status_code == 302
    ordered = Job.objects.get(kind="surveys.field_book")

    class Run:
        office, requested_by, cursor = job.office, None, None
        kept: tuple[str, bytes]

        def progress(self, done: int, total: int | None = None, step: str = "") -> None: ...
        def save_cursor(self, value: Any) -> None: ...
        def attach(self, filename: str, content: Any) -> None:
            self.kept = filename, content

    run = Run()
    assert jobs.field_book(run, **ordered.parameters)["rows"] > 10
    assert run.kept[1].startswith(b"%PDF")

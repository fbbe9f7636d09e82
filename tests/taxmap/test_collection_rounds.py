"""Choosing who is visited, sharing them out, and what a book keeps."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from offices.models import AuditEntry, Role
from taxmap.errors import NothingToCollect, TooManyUnits
from taxmap.models import (
    Bill,
    CollectionBook,
    RoundStop,
    TaxYear,
    ValuationUnit,
    Visit,
)
from taxmap.services import collection_rounds
from taxmap.services.collection_rounds import Choice, State, Visited, book_make, units_chosen
from taxmap.visits import due_by_unit, progress_of, stop_rows, with_last_visit
from tests.factories import NOW, a_local_authority, a_unit, a_user, an_assessment
from tests.taxmap.rounds import YEAR, a_book, a_street, plots_along

pytestmark = pytest.mark.django_db


def codes(choice: Choice) -> list[str]:
    """Parcel codes of the units that fit."""
    found = units_chosen(a_local_authority(), choice, NOW)
    return list(found.values_list("unit__parcel__tax_parcel_code", flat=True))


def a_visit(unit: ValuationUnit, **fields: Any) -> Visit:
    return Visit.objects.create(
        **{"key": uuid4(), "unit": unit, "outcome": "absent", "visited_at": NOW,
           "recorded_at": NOW, "visited_by": a_user(f"walker{uuid4().hex[:6]}")} | fields
    )  # fmt: skip


def test_only_units_with_something_due_fit() -> None:
    plots_along(2)
    free = a_unit(parcel={"tax_parcel_code": "01A009"})
    an_assessment(free, tax_satang=0)
    assert codes(Choice(YEAR)) == ["01A001", "01A002"]


def test_the_area_and_the_least_amount_are_kept() -> None:
    units = plots_along(3)
    an_assessment(units[1], tax_year=YEAR - 1, tax_satang=5_000_000)
    assert codes(Choice(YEAR, area="01A")) == ["01A001", "01A002", "01A003"]
    assert codes(Choice(YEAR, area="02")) == []
    assert codes(Choice(YEAR, least_satang=120_001)) == ["01A002"]


def test_overdue_begins_after_the_day_of_payment() -> None:
    units = plots_along(2)
    an_assessment(units[0], tax_year=YEAR - 1)
    # No calendar is announced: a year is overdue once it is over.
    assert codes(Choice(YEAR, state=State.OVERDUE)) == ["01A001"]
    announce(payment_on=date(2026, 4, 30))
    assert codes(Choice(YEAR, state=State.OVERDUE)) == ["01A001", "01A002"]


def announce(payment_on: date) -> None:
    TaxYear.objects.create(
        local_authority=a_local_authority(), year=YEAR, property_list_on=date(2025, 11, 30),
        prices_announced_on=date(2026, 2, 1), assessment_on=date(2026, 2, 28),
        payment_on=payment_on, reminder_on=date(2026, 5, 31),
        arrears_reported_on=date(2026, 6, 30), instalments_on=[payment_on],
    )  # fmt: skip


def test_arrears_count_their_years() -> None:
    units = plots_along(2)
    for year in (YEAR - 1, YEAR - 2):
        an_assessment(units[1], tax_year=year)
    assert codes(Choice(YEAR, state=State.ARREARS, years=2)) == ["01A002"]
    assert codes(Choice(YEAR, state=State.ARREARS, years=3)) == []


def test_whose_notice_has_not_arrived() -> None:
    units = plots_along(2)
    Bill.objects.filter(assessments__unit=units[1]).update(notified_on=date(2026, 2, 20))
    assert codes(Choice(YEAR, state=State.NOT_NOTIFIED)) == ["01A001"]


def test_earlier_visits_can_matter() -> None:
    units = plots_along(3)
    a_visit(units[0])
    a_visit(units[1], outcome="promised", next_on=date(2026, 11, 1))
    last_year = NOW - timedelta(days=400)
    a_visit(units[2], visited_at=last_year, recorded_at=last_year)
    assert codes(Choice(YEAR, visited=Visited.NOT_THIS_YEAR)) == ["01A003"]
    assert codes(Choice(YEAR, visited=Visited.DAY_HAS_COME)) == ["01A002"]
    a_visit(units[1], visited_at=NOW + timedelta(0), outcome="absent")
    assert codes(Choice(YEAR, visited=Visited.DAY_HAS_COME)) == []


def test_a_book_has_each_unit_once_and_its_walks() -> None:
    book = a_book(6)
    stops = RoundStop.objects.filter(round__book=book)
    assert stops.count() == stops.values("unit").distinct().count() == 6
    (walk,) = book.rounds.all()
    assert walk.walk is not None
    assert walk.walk.coords[0] == walk.walk.coords[-1]
    assert 400 < walk.length_m < 900
    assert [stop.order for stop in walk.stops.order_by("order")] == [1, 2, 3, 4, 5, 6]
    assert book.choices["state"] == "outstanding"
    assert AuditEntry.objects.filter(action="taxmap.book_made").count() == 1


def test_short_rounds_are_many() -> None:
    book = a_book(6, stops=2)
    assert [each.stops.count() for each in book.rounds.order_by("number")] == [2, 2, 2]


def test_plots_without_a_street_are_kept_apart() -> None:
    units = plots_along(2)
    a_street(north=0.05)
    by = a_user("planner", Role.TAX_OFFICER, office=a_local_authority())
    book = book_make(authority=a_local_authority(), choice=Choice(YEAR), by=by, now=NOW)
    assert book.rounds.count() == 0
    assert book.unreached == [unit.pk for unit in units]


def test_an_authority_without_streets_still_has_a_book() -> None:
    plots_along(2)
    by = a_user("planner", Role.TAX_OFFICER, office=a_local_authority())
    book = book_make(authority=a_local_authority(), choice=Choice(YEAR), by=by, now=NOW)
    assert len(book.unreached) == 2


def test_nothing_and_too_many_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    by = a_user("planner", Role.TAX_OFFICER, office=a_local_authority())
    asked: dict[str, Any] = {"authority": a_local_authority(), "by": by, "now": NOW}
    with pytest.raises(NothingToCollect):
        book_make(choice=Choice(YEAR), **asked)
    plots_along(3)
    monkeypatch.setattr(collection_rounds, "MOST_UNITS", 2)
    with pytest.raises(TooManyUnits, match="3 units fit this choice; one book holds at most 2"):
        book_make(choice=Choice(YEAR), **asked)
    assert not CollectionBook.objects.exists()


def test_amounts_are_those_of_now_and_of_all_years() -> None:
    book = a_book(2)
    first = RoundStop.objects.get(round__book=book, order=1).unit
    an_assessment(first, tax_year=YEAR - 1, tax_satang=7_000)
    an_assessment(first, tax_year=YEAR + 1, tax_satang=9_999)
    rows = stop_rows(list(book.rounds.all()), book)
    assert [(row.due_satang, row.due_before_satang) for row in rows] == [
        (127_000, 7_000), (120_000, 0),
    ]  # fmt: skip
    assert sum(row.due_satang for row in rows) == sum(
        due_by_unit({row.stop.unit_id for row in rows}, YEAR).values()
    )


def test_progress_counts_a_stop_once() -> None:
    book = a_book(3)
    stops = RoundStop.objects.filter(round__book=book).order_by("order")
    for outcome, minutes in (("absent", 1), ("refused", 2)):
        a_visit(stops[0].unit, outcome=outcome, visited_at=NOW - timedelta(minutes=9 - minutes))
    a_visit(stops[1].unit, outcome="refused")
    before = book.made_at - timedelta(days=3)
    a_visit(stops[2].unit, visited_at=before, recorded_at=before)
    (progress,) = progress_of(book)
    assert (progress.stops, progress.visited, progress.is_done) == (3, 2, False)
    assert [count for _outcome, count in progress.outcomes] == [2]
    assert progress.last_at == NOW


def test_the_last_visit_of_a_unit_is_known_in_both_ways() -> None:
    (unit,) = plots_along(1)
    a_visit(unit, visited_at=NOW - timedelta(days=2), outcome="refused")
    a_visit(unit, outcome="absent")
    found = with_last_visit(ValuationUnit.objects.all()).get()
    assert (found.last_outcome, found.last_visited_at) == ("absent", NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT unit_id, outcome FROM taxmap_last_visit")
        assert cursor.fetchall() == [(unit.pk, "absent")]


def test_the_last_visit_of_a_unit_is_read_from_its_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT * FROM taxmap_last_visit WHERE unit_id = 1")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "last_visit_of_a_unit" in plan


def test_the_number_of_queries_does_not_grow(django_assert_num_queries: Any) -> None:
    book = a_book(5)
    rounds = list(book.rounds.all())
    with django_assert_num_queries(4):
        stop_rows(rounds, book)

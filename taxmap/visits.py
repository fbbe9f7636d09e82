"""What is known of visits: the last one of each unit, and what a round still has to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Sum

from taxmap.balances import with_balances
from taxmap.models import (
    Assessment,
    CollectionBook,
    CollectionRound,
    RoundStop,
    ValuationUnit,
    Visit,
)


def with_last_visit(units: QuerySet[ValuationUnit]) -> QuerySet[Any]:
    """With ``last_outcome``, ``last_visited_at`` and ``last_next_on`` (None without a visit).

    In SQL the same is the view ``taxmap_last_visit``, one row for each unit visited.
    """
    last = Visit.objects.filter(unit=OuterRef("pk")).order_by("-visited_at", "-pk")
    return units.annotate(
        last_outcome=Subquery(last.values("outcome")[:1]),
        last_visited_at=Subquery(last.values("visited_at")[:1]),
        last_next_on=Subquery(last.values("next_on")[:1]),
    )


@dataclass(frozen=True, slots=True)
class StopRow:
    """One stop as it stands now. Amounts are satang, due up to the year of the book."""

    stop: RoundStop
    due_satang: int
    due_before_satang: int
    last: Visit | None

    @property
    def is_settled(self) -> bool:
        return self.due_satang <= 0


def stop_rows(rounds: Sequence[CollectionRound], book: CollectionBook) -> list[StopRow]:
    """The stops of rounds of one book, in order, with what is due today and the last visit.

    Four queries, however many stops there are.
    """
    stops = list(
        RoundStop.objects.filter(round__in=rounds)
        .select_related("unit__parcel", "unit__condominium_unit", "round")
        .order_by("round__number", "order")
    )
    units = {stop.unit_id for stop in stops}
    dues = due_by_unit(units, book.tax_year)
    before = due_by_unit(units, book.tax_year - 1)
    last = {
        visit.unit_id: visit
        for visit in Visit.objects.filter(unit__in=units)
        .order_by("unit", "-visited_at", "-pk").distinct("unit")
    }  # fmt: skip
    return [
        StopRow(
            stop, dues.get(stop.unit_id, 0), before.get(stop.unit_id, 0), last.get(stop.unit_id)
        )
        for stop in stops
    ]


def due_by_unit(units: set[int], up_to_year: int) -> dict[int, int]:
    """Satang due on each unit for all years up to one; units without dues are absent."""
    owed = with_balances(Assessment.objects.filter(unit__in=units, tax_year__lte=up_to_year))
    rows = owed.filter(due_satang__gt=0).order_by().values("unit").annotate(total=Sum("due_satang"))
    return {row["unit"]: int(row["total"]) for row in rows}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round is: stops, those visited since the book was made, and what was found."""

    round: CollectionRound
    stops: int
    visited: int
    outcomes: tuple[tuple[str, int], ...]
    last_at: datetime | None

    @property
    def is_done(self) -> bool:
        return self.visited >= self.stops


def progress_of(book: CollectionBook) -> list[Progress]:
    """Each round of a book; visits outside its rounds count too, if they are later than it."""
    since = Q(unit__visits__visited_at__gte=book.made_at)
    seen = RoundStop.objects.filter(round__book=book)
    rows = (
        seen.order_by()
        .values("round")
        .annotate(
            stops=Count("pk", distinct=True),
            visited=Count("pk", filter=since, distinct=True),
            last_at=Max("unit__visits__visited_at", filter=since),
        )
    )
    by_round = {row["round"]: row for row in rows}
    last = (
        Visit.objects.filter(unit__stops__round__book=book, visited_at__gte=book.made_at)
        .order_by("unit", "-visited_at", "-pk")
        .distinct("unit")
        .values_list("unit__stops__round", "outcome")
    )
    found: dict[int, Counter[str]] = {}
    for pk, outcome in last:
        found.setdefault(pk, Counter())[outcome] += 1
    return [
        Progress(
            each, by_round[each.pk]["stops"], by_round[each.pk]["visited"],
            tuple(
                (str(Visit.Outcome(outcome).label), count)
                for outcome, count in sorted(found.get(each.pk, Counter()).items())
            ),
            by_round[each.pk]["last_at"],
        )
        for each in book.rounds.order_by("number")
    ]  # fmt: skip

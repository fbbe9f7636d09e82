"""Choose who is to be visited and share them out among rounds on foot."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import LineString, Polygon
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.utils import timezone
from shapely.geometry.base import BaseGeometry

from cadastre.geodesy import WGS84, reproject, transformer
from cadastre.routing import Limit, Pace, Plan, Round, Walks, network_of, plan_rounds
from offices.models import Office, User
from offices.services.audit import entry_record
from taxmap.balances import with_balances
from taxmap.errors import NothingToCollect, TooManyUnits
from taxmap.models import (
    Assessment,
    CollectionBook,
    CollectionRound,
    RoundStop,
    Street,
    TaxYear,
    ValuationUnit,
    Visit,
)
from taxmap.visits import with_last_visit

MOST_UNITS: Final = 2_000
STREETS_AROUND_M: Final = 600.0
"""Streets are taken this far beyond the plots: a way round may lead outside the area."""


class State(StrEnum):
    """Whose units are chosen."""

    OUTSTANDING = "outstanding"
    OVERDUE = "overdue"
    ARREARS = "arrears"
    NOT_NOTIFIED = "not_notified"


class Visited(StrEnum):
    """Whether earlier visits matter."""

    ANY = "any"
    NOT_THIS_YEAR = "not_this_year"
    DAY_HAS_COME = "day_has_come"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a book is made of; ``years`` counts only for arrears."""

    tax_year: int
    area: str = ""
    state: State = State.OUTSTANDING
    years: int = 1
    least_satang: int = 0
    visited: Visited = Visited.ANY
    minutes: int = 120
    stops: int = 40
    minutes_per_stop: int = 4


@dataclass(frozen=True, slots=True)
class Chosen:
    """One unit that fits: its bill of the year and its plot in metres of the authority's zone."""

    unit_id: int
    bill_id: int | None
    plot: BaseGeometry


def units_chosen(authority: Office, choice: Choice, now: datetime) -> QuerySet[Any]:
    """Units that fit, by parcel code, with ``total_satang`` due for the years that count."""
    owed = with_balances(
        Assessment.objects.filter(
            unit__local_authority=authority, tax_year__lte=choice.tax_year,
            unit__parcel__tax_parcel_code__startswith=choice.area,
        )
    ).filter(due_satang__gt=0)  # fmt: skip
    if choice.state in {State.OVERDUE, State.ARREARS}:
        owed = owed.filter(tax_year__in=years_overdue(authority, now))
    if choice.state is State.NOT_NOTIFIED:
        owed = owed.filter(tax_year=choice.tax_year, bill__notified_on=None)
    owed = _as_visited(owed, choice, now)
    sums = owed.order_by().values("unit").annotate(
        total_satang=Sum("due_satang"), years=Count("tax_year", distinct=True)
    ).filter(total_satang__gte=max(choice.least_satang, 1))  # fmt: skip
    if choice.state is State.ARREARS:
        sums = sums.filter(years__gte=choice.years)
    return sums.order_by("unit__parcel__tax_parcel_code", "unit")


def _as_visited(owed: QuerySet[Any], choice: Choice, now: datetime) -> QuerySet[Any]:
    if choice.visited is Visited.NOT_THIS_YEAR:
        first = timezone.make_aware(datetime(choice.tax_year, 1, 1))  # noqa: DTZ001 – made aware
        since = Visit.objects.filter(unit=OuterRef("unit"), visited_at__gte=first)
        return owed.exclude(Exists(since))
    if choice.visited is Visited.DAY_HAS_COME:
        today = timezone.localdate(now)
        units = with_last_visit(ValuationUnit.objects.filter(visits__next_on__lte=today))
        return owed.filter(unit__in=units.filter(last_next_on__lte=today).values("pk"))
    return owed


def years_overdue(authority: Office, now: datetime) -> list[int]:
    """Tax years whose last day of payment has passed; a year without a calendar once it is over."""
    today = timezone.localdate(now)
    calendars = dict(
        TaxYear.objects.filter(local_authority=authority).values_list("year", "payment_on")
    )
    assessed = Assessment.objects.filter(unit__local_authority=authority).order_by()
    years = assessed.values_list("tax_year", flat=True).distinct()
    return [
        year for year in years
        if (calendars[year] < today if year in calendars else year < today.year)
    ]  # fmt: skip


@transaction.atomic
def book_make(*, authority: Office, choice: Choice, by: User, now: datetime) -> CollectionBook:
    """Plan the rounds of a choice and keep them. Raises `NothingToCollect` or `TooManyUnits`."""
    chosen = _chosen(authority, choice, now)
    plan, walks = _planned(authority, choice, chosen)
    book = CollectionBook.objects.create(
        local_authority=authority, tax_year=choice.tax_year, area=choice.area,
        choices=asdict(choice), unreached=[chosen[n].unit_id for n in plan.unreached],
        made_by=by, made_at=now,
    )  # fmt: skip
    book.refresh_from_db()
    for number, each in enumerate(plan.rounds, start=1):
        _keep(book, number, each, chosen, _line(each, plan, walks, authority))
    entry_record(
        action="taxmap.book_made", subject_kind="collection_book", subject_id=book.public_id,
        actor=by, office=authority,
        data={"rounds": len(plan.rounds), "units": len(chosen), "area": choice.area}, now=now,
    )  # fmt: skip
    return book


def _chosen(authority: Office, choice: Choice, now: datetime) -> list[Chosen]:
    fitting = units_chosen(authority, choice, now)
    keys = list(fitting.values_list("unit", flat=True)[: MOST_UNITS + 1])
    if not keys:
        raise NothingToCollect
    if len(keys) > MOST_UNITS:
        raise TooManyUnits(count=fitting.count(), most=MOST_UNITS)
    bills = dict(
        Assessment.objects.filter(unit__in=keys, tax_year=choice.tax_year).values_list(
            "unit", "bill"
        )
    )
    units = ValuationUnit.objects.filter(pk__in=keys)
    shapes = dict(units.values_list("pk", AsWKB("parcel__geometry")))
    return [Chosen(key, bills.get(key), in_zone(shapes[key], authority)) for key in keys]


def in_zone(wkb: Any, authority: Office) -> BaseGeometry:
    """A shape of EPSG:4326 in metres of the authority's zone."""
    return reproject(shapely.from_wkb(bytes(wkb)), WGS84, authority.zone_srid)


def _planned(authority: Office, choice: Choice, chosen: Sequence[Chosen]) -> tuple[Plan, Walks]:
    plots = [each.plot for each in chosen]
    network = network_of(_streets_around(authority, plots))
    limit = Limit(minutes=choice.minutes, stops=choice.stops)
    plan = plan_rounds(network, plots, limit, Pace(minutes_per_stop=choice.minutes_per_stop))
    return plan, Walks(network, [place for place in plan.places if place is not None])


def _streets_around(authority: Office, plots: Sequence[BaseGeometry]) -> list[Any]:
    west, south, east, north = shapely.total_bounds(np.asarray(plots))
    back = transformer(authority.zone_srid, WGS84).transform
    margin = STREETS_AROUND_M
    xs, ys = back(
        [west - margin, east + margin, west - margin, east + margin],
        [south - margin, south - margin, north + margin, north + margin],
    )
    around = Polygon.from_bbox((min(xs), min(ys), max(xs), max(ys)))
    found = Street.objects.filter(local_authority=authority, centreline__bboverlaps=around)
    lines = found.order_by("pk").values_list(AsWKB("centreline"), flat=True)
    return [in_zone(line, authority) for line in lines]


def _line(each: Round, plan: Plan, walks: Walks, authority: Office) -> LineString | None:
    """The whole walk in EPSG:4326, from the first stop round to it again."""
    row = {n: i for i, n in enumerate(k for k, place in enumerate(plan.places) if place)}
    points: list[tuple[float, float]] = []
    for start, end in _legs(each.stops):
        points += [p for p in walks.way(row[start], row[end]) if not points or p != points[-1]]
    if len(points) < 2:
        return None
    line = reproject(shapely.LineString(points), authority.zone_srid, WGS84)
    return LineString(list(line.coords), srid=WGS84)


def _legs(stops: Sequence[int]) -> Iterator[tuple[int, int]]:
    if len(stops) > 1:
        yield from zip(stops, [*stops[1:], stops[0]], strict=True)


def _keep(
    book: CollectionBook, number: int, each: Round, chosen: Sequence[Chosen],
    walk: LineString | None,
) -> None:  # fmt: skip
    kept = CollectionRound.objects.create(
        book=book, number=number, walk=walk, length_m=round(each.metres),
        minutes=math.ceil(each.minutes),
    )  # fmt: skip
    RoundStop.objects.bulk_create(
        RoundStop(
            round=kept, order=order, unit_id=chosen[n].unit_id, bill_id=chosen[n].bill_id,
            walk_m=round(metres),
        )
        for order, (n, metres) in enumerate(zip(each.stops, each.legs_m, strict=True), start=1)
    )  # fmt: skip

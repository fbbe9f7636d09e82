"""Deed numbers, land numbers and survey pages: given without collision, whoever else is at it.

A deed number is unique in its district, a land number on its map sheet, a survey page in its
sub-district. docs/algorithms/numbering.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from django.db import connection
from django.db.models import F

from parcels.models import AssignedNumber, BAUnit, NumberSeries, Parcel, Transaction

Series: TypeAlias = tuple[NumberSeries.Kind, str]
"""A kind of number and the scope in which it is unique: a code or a primary key as text."""

_HIGHEST: Final = {
    NumberSeries.Kind.DEED: "SELECT max(deed_number::int) FROM parcels_baunit"
    " WHERE district_id = %s AND deed_number ~ '^[0-9]{1,9}$'",
    NumberSeries.Kind.LAND: "SELECT max(land_number::int) FROM parcels_parcel"
    " WHERE map_sheet_id = %s::bigint AND land_number ~ '^[0-9]{1,9}$'",
    NumberSeries.Kind.SURVEY_PAGE: "SELECT max(title.survey_page::int) FROM parcels_parcel AS p"
    " JOIN parcels_baunit AS title ON title.id = p.ba_unit_id"
    " WHERE p.sub_district_id = %s AND title.survey_page ~ '^[0-9]{1,9}$'",
}


def draw_numbers(act: Transaction, wanted: Mapping[Series, int]) -> dict[Series, list[int]]:
    """The next numbers of every series, in one go; call once in a registration.

    The series are locked in sorted order, so that two registrations never wait for each other in a
    circle. Numbers that an import brought in meanwhile are passed over.
    """
    drawn: dict[Series, list[int]] = {}
    for series in sorted(key for key, count in wanted.items() if count):
        last = series_lock(series)
        numbers: list[int] = []
        while len(numbers) < wanted[series]:
            last += 1
            if not _taken(series, last):
                numbers.append(last)
        kind, scope = series
        NumberSeries.objects.filter(kind=kind, scope=scope).update(last=last)
        AssignedNumber.objects.bulk_create(
            AssignedNumber(kind=kind, scope=scope, number=number, transaction=act)
            for number in numbers
        )
        drawn[series] = numbers
    return drawn


def series_lock(series: Series) -> int:
    """The last number given, with the row of the series locked; it is made when there is none.

    Series are locked in sorted order; those of the tax map come last by their name.
    """
    kind, scope = series
    found = NumberSeries.objects.filter(kind=kind, scope=scope)
    if not found.exists():
        row = NumberSeries(kind=kind, scope=scope, last=_highest(series))
        NumberSeries.objects.bulk_create([row], ignore_conflicts=True)
    # An UPDATE, not a SELECT FOR UPDATE: whoever comes second reads what the first wrote.
    found.update(last=F("last"))
    return found.get().last


def _highest(series: Series) -> int:
    kind, scope = series
    if kind not in _HIGHEST:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_HIGHEST[kind], [scope])
        (highest,) = cursor.fetchone()
    return int(highest or 0)


def _taken(series: Series, number: int) -> bool:
    kind, scope = series
    text = str(number)
    if kind == NumberSeries.Kind.DEED:
        return BAUnit.objects.filter(deed_number=text, district_id=scope).exists()
    if kind == NumberSeries.Kind.LAND:
        return Parcel.objects.filter(land_number=text, map_sheet_id=int(scope)).exists()
    return Parcel.objects.filter(ba_unit__survey_page=text, sub_district_id=scope).exists()

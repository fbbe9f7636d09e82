"""Neighbouring plots of one taxpayer are one base; a corner or a stranger keeps them apart."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from psycopg.types.range import Range

from offices.jobs import CommandRun
from parcels.models import Party
from taxmap.calculation import checked_calculation
from taxmap.models import Assessment, JointParcels, TaxYear, ValuationUnit
from taxmap.services.roll import roll_assess
from tests.factories import LONG_AGO, NOW, a_local_authority, a_party, a_unit, amended

pytestmark = pytest.mark.django_db

SIDE = 0.0004
MILLIONS = 10_000_000  # satang a square wa: a plot of 400 is worth 40 million baht


def a_cell(column: float, row: float, *owners: Party, **fields: Any) -> ValuationUnit:
    """A plot of a grid: four neighbours share a side with it, four a corner."""
    lon, lat = 100.40 + column * SIDE, 13.80 + row * SIDE
    box = MultiPolygon(Polygon.from_bbox((lon, lat, lon + SIDE, lat + SIDE)), srid=4326)
    place = {"tax_parcel_code": f"01A{ValuationUnit.objects.count():03d}", "geometry": box}
    facts = {"uses": {"other": 100}, "satang_per_wa": MILLIONS} | fields
    return a_unit(*owners, parcel=place, **facts)


def run(year: int = 2026) -> dict[str, Any]:
    job = CommandRun(io.StringIO())
    return roll_assess(local_authority=a_local_authority(), tax_year=year, now=NOW, job=job)


def groups() -> list[set[int]]:
    found: dict[int, set[int]] = {}
    for unit, group in Assessment.objects.exclude(joint_group=None).values_list(
        "unit", "joint_group"
    ):
        found.setdefault(group, set()).add(unit)
    return sorted(found.values(), key=min)


def test_neighbours_are_sliced_as_one_base() -> None:
    owner = a_party()
    one, two = a_cell(0, 0, owner), a_cell(1, 0, owner)
    result = run()
    assert (result["joint_groups"], result["joint_units"]) == (1, 2)
    assert groups() == [{one.pk, two.pk}]
    assert {each.joint_group for each in Assessment.objects.all()} == {one.pk}
    tax = sum(each.tax_satang for each in Assessment.objects.all())
    assert tax == (50_000_000_00 * 3 + 30_000_000_00 * 4) // 1000
    for each in Assessment.objects.all():
        assert checked_calculation(each).assessed.tax_satang == tax


def test_a_chain_of_neighbours_is_one_group_and_a_corner_is_no_side() -> None:
    owner = a_party()
    chain = [a_cell(column, 0, owner) for column in range(3)]
    a_cell(3, 1, owner)  # touches the last in a corner
    run()
    assert groups() == [{unit.pk for unit in chain}]


def test_a_side_that_meets_between_two_vertices_is_shared() -> None:
    """Half a cell higher: the vertices of one lie within the side of the other."""
    owner = a_party()
    pair = [a_cell(0, 0, owner), a_cell(1, 0.5, owner)]
    run()
    assert groups() == [{unit.pk for unit in pair}]


def test_other_owners_other_uses_and_a_gap_keep_plots_apart() -> None:
    owner, neighbour = a_party(), a_party()
    a_cell(0, 0, owner)
    a_cell(1, 0, neighbour)
    a_cell(2, 0, owner)
    a_cell(0, 1, owner, uses={"residential": 100})
    a_cell(0, -1, owner, neighbour)
    a_cell(-1.01, 0, owner)  # some 40 cm away
    run()
    assert groups() == []


def test_the_authority_decides_what_is_used_together() -> None:
    owner = a_party()
    pair = [a_cell(0, 0, owner), a_cell(1, 0, owner, uses={"residential": 100})]
    run()
    assert groups() == []
    TaxYear.objects.update(joint_parcels=JointParcels.ANY_USE)
    run()
    assert groups() == [{unit.pk for unit in pair}]
    TaxYear.objects.update(joint_parcels=JointParcels.NEVER)
    run()
    assert groups() == []


def test_neighbours_are_those_of_new_years_day() -> None:
    owner = a_party()
    one, two = a_cell(0, 0, owner), a_cell(1, 0, owner)
    amended(two.parcel, valid_during=Range(LONG_AGO, date(2026, 6, 1)))
    run(2026)
    run(2027)
    assert set(Assessment.objects.filter(tax_year=2026).values_list("joint_group", flat=True)) == {
        one.pk
    }
    assert Assessment.objects.get(tax_year=2027).joint_group is None

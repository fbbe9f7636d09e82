"""Uses and buildings by day: nothing overlaps, nothing is overwritten, everything has a source."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cadastre.tax import Kind
from offices.models import AuditEntry
from taxmap.models import Building, FormerFact, Inspection, TaxUse, UnitUse, ValuationUnit
from taxmap.roll_units import units_of
from taxmap.services.facts import (
    BuildingFact,
    Source,
    UseFact,
    building_correct,
    building_end,
    building_record,
    shares_from_areas,
    uses_change,
)
from taxmap.valuation_errors import BuildingEnded, BuildingEndsBeforeItBegins, UsesNotWhole
from tests.factories import LONG_AGO, NOW, a_building, a_unit

pytestmark = pytest.mark.django_db
SEEN = Source(Inspection.Kind.FIELD, date(2026, 5, 1), "เห็นร้านค้า")
HOUSE = BuildingFact("105", "บ้านพักอาศัยตึกสองชั้น", "masonry", 2, Decimal(120), 2020)
PERCENT_SETS = st.lists(st.sampled_from(list(TaxUse)), min_size=1, max_size=4, unique=True)


def change(unit: ValuationUnit, uses: dict[str, Any], since: date) -> None:
    facts = [UseFact(use, Decimal(share)) for use, share in uses.items()]
    uses_change(unit=unit, uses=facts, since=since, source=SEEN, now=NOW)


def uses_on(unit: ValuationUnit, day: date) -> dict[str, Decimal]:
    found = UnitUse.objects.filter(unit=unit).in_force(day)
    return {part.use: part.share_percent for part in found}


def check_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_a_change_ends_what_held_and_the_past_stays() -> None:
    unit = a_unit()
    change(unit, {"other": 60, "residential": 40}, date(2026, 5, 1))
    assert uses_on(unit, date(2026, 4, 30)) == {"residential": 100}
    assert uses_on(unit, date(2026, 5, 1)) == {"other": 60, "residential": 40}
    opened = UnitUse.objects.filter(unit=unit, opened_by__isnull=False)
    assert {part.opened_by.reason for part in opened} == {"เห็นร้านค้า"}
    assert AuditEntry.objects.filter(action="taxmap.use_changed").count() == 1
    check_now()


def test_what_is_learned_late_holds_until_the_next_known_change() -> None:
    unit = a_unit()
    change(unit, {"other": 100}, date(2026, 5, 1))
    change(unit, {"vacant": 100}, date(2025, 5, 1))
    days = {2024: "residential", 2025: "residential", 2026: "vacant", 2027: "other"}
    for year, use in days.items():
        assert uses_on(unit, date(year, 1, 1)) == {use: 100}
    check_now()


def test_a_correction_of_the_same_day_keeps_what_was_written_before() -> None:
    unit = a_unit()
    change(unit, {"other": 100}, date(2026, 5, 1))
    change(unit, {"vacant": 100}, date(2026, 5, 1))
    assert uses_on(unit, date(2026, 5, 1)) == {"vacant": 100}
    kept = FormerFact.objects.get(kind="taxmap_unituse")
    assert kept.content["use"] == "other"


def test_uses_that_are_not_the_whole_are_refused_by_us_and_by_the_database() -> None:
    unit = a_unit()
    with pytest.raises(UsesNotWhole, match="90"):
        change(unit, {"other": 60, "residential": 30}, date(2026, 5, 1))
    with pytest.raises(IntegrityError, match="total 90"), transaction.atomic():
        UnitUse.objects.filter(unit=unit).update(share_percent=90)
        check_now()
    with pytest.raises(IntegrityError, match="use_is_listed_once"), transaction.atomic():
        UnitUse.objects.create(
            unit=unit, use="residential", share_percent=1, valid_during=(LONG_AGO, None)
        )


def test_shares_come_from_measured_areas() -> None:
    unit = a_unit()
    areas = {"other": Decimal("33.33"), "residential": Decimal("66.67"), "vacant": Decimal(100)}
    facts = [UseFact(use, None, area) for use, area in areas.items()]
    uses_change(unit=unit, uses=facts, since=date(2026, 5, 1), source=SEEN, now=NOW)
    found = uses_on(unit, date(2026, 6, 1))
    assert found == {
        "other": Decimal("16.6650"), "residential": Decimal("33.3350"), "vacant": Decimal("50.0000")
    }  # fmt: skip
    check_now()


@given(st.lists(st.decimals("0.01", "99999", places=2), min_size=1, max_size=5))
def test_shares_of_areas_add_up_to_one_hundred(areas: list[Decimal]) -> None:
    shares = shares_from_areas(areas)
    assert sum(shares) == 100
    for area, share in zip(areas, shares, strict=True):
        assert abs(share - area * 100 / sum(areas)) < Decimal("0.0001")


class AnyHistory(TestCase):
    """Whatever changes are recorded in whatever order, every day is whole."""

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.integers(0, 8), PERCENT_SETS), min_size=1, max_size=5))
    def test_every_day_has_one_whole_set_of_uses(
        self, changes: list[tuple[int, list[TaxUse]]]
    ) -> None:
        unit = a_unit()
        told = {0: ["residential"]}
        for month, uses in changes:
            facts = [UseFact(use.value, None, Decimal(1)) for use in uses]
            since = LONG_AGO + timedelta(days=30 * month)
            uses_change(unit=unit, uses=facts, since=since, source=SEEN, now=NOW)
            told[month] = [use.value for use in uses]
        check_now()
        for month in range(10):
            last = max(each for each in told if each <= month)
            found = uses_on(unit, LONG_AGO + timedelta(days=30 * month + 3))
            assert set(found) == set(told[last])
            assert sum(found.values()) == 100


def test_vacant_years_are_counted_from_the_history_of_use() -> None:
    unit = a_unit(uses={"agriculture": 100})
    change(unit, {"vacant": 100}, date(2023, 4, 1))
    change(unit, {"other": 100}, date(2026, 4, 1))
    change(unit, {"vacant": 100}, date(2026, 9, 1))
    years = {
        year: units_of([unit.pk], date(year, 1, 1))[unit.pk].years_vacant
        for year in range(2023, 2028)
    }
    assert years == {2023: 0, 2024: 1, 2025: 2, 2026: 3, 2027: 1}


def test_a_building_stands_ends_and_is_corrected_by_day() -> None:
    unit = a_unit()
    house = building_record(
        unit=unit, building=HOUSE, since=date(2021, 1, 1), source=SEEN, now=NOW
    )  # fmt: skip
    larger = BuildingFact("105", "บ้านพักอาศัยตึกสองชั้น", "masonry", 2, Decimal(150), 2020)
    corrected = building_correct(
        building=house, as_is=larger, since=date(2024, 1, 1), source=SEEN, now=NOW
    )
    assert (house.code, corrected.code) == ("B001", "B001")
    areas = {
        year: [each.floor_area_m2 for each in unit.buildings.in_force(date(year, 6, 1))]
        for year in (2020, 2022, 2025)
    }
    assert areas == {2020: [], 2022: [120], 2025: [150]}
    building_end(building=corrected, on=date(2026, 1, 1), source=SEEN, now=NOW)
    assert not unit.buildings.in_force(date(2026, 1, 1)).exists()
    with pytest.raises(BuildingEnded):
        building_end(building=corrected, on=date(2026, 6, 1), source=SEEN, now=NOW)


def test_a_building_recorded_by_mistake_never_stood_but_is_remembered() -> None:
    unit = a_unit()
    house = building_record(
        unit=unit, building=HOUSE, since=date(2021, 1, 1), source=SEEN, now=NOW
    )  # fmt: skip
    with pytest.raises(BuildingEndsBeforeItBegins):
        building_end(building=house, on=date(2020, 1, 1), source=SEEN, now=NOW)
    building_end(building=house, on=date(2021, 1, 1), source=SEEN, now=NOW)
    assert not Building.objects.exists()
    assert FormerFact.objects.get().content["code"] == "B001"
    assert Inspection.objects.filter(unit=unit).count() == 2


def test_the_buildings_of_a_day_are_what_is_taxed() -> None:
    unit = a_unit()
    house = a_building(unit)
    building_end(building=house, on=date(2026, 3, 1), source=SEEN, now=NOW)
    rows = {year: units_of([unit.pk], date(year, 1, 1))[unit.pk] for year in (2026, 2027)}
    assert [len(rows[year].buildings) for year in (2026, 2027)] == [1, 0]
    kinds = {year: row.kind for year, row in rows.items()}
    assert kinds == {2026: Kind.LAND_AND_BUILDING, 2027: Kind.LAND}

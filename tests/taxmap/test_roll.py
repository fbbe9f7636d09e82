"""The yearly roll: every unit once, every owner by one call of the engine, sums that agree."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum
from django.db.models.expressions import RawSQL
from psycopg.types.range import Range

from cadastre.tax import estimate
from cadastre.tax.money import baht_text
from offices.jobs import CommandRun, JobCancelled, kind_of
from offices.models import AuditEntry
from parcels.models import Party
from taxmap.calculation import checked_calculation, steps_of
from taxmap.collection import map_rows
from taxmap.errors import NoLocalAuthority, SheetDoesNotAgree
from taxmap.models import Assessment, Bill, BuildingPrice, LandPrice, ValuationUnit
from taxmap.services.roll import roll_assess
from taxmap.services.roll_close import roll_digest
from tests.factories import (
    LONG_AGO,
    NOW,
    a_building,
    a_local_authority,
    a_party,
    a_square,
    a_unit,
    amended,
)

pytestmark = pytest.mark.django_db


def run(year: int = 2026, job: Any = None, **given: Any) -> dict[str, Any]:
    job = job or CommandRun(io.StringIO())
    office = a_local_authority()
    return roll_assess(local_authority=office, tax_year=year, now=NOW, job=job, **given)


def tax_of(unit: ValuationUnit, year: int = 2026) -> int:
    return Assessment.objects.get(unit=unit, tax_year=year).tax_satang


def a_plot(number: int, *owners: Party, **fields: Any) -> ValuationUnit:
    place = {"tax_parcel_code": f"01A{number:03d}", "geometry": a_square(lon=100.4 + number / 1000)}
    return a_unit(*owners, parcel=place | fields.pop("parcel", {}), **fields)


def test_the_roll_and_the_estimate_agree() -> None:
    unit = a_plot(1, a_party(), parcel={"legal_area_m2": Decimal(3800)}, satang_per_wa=120_000)
    a_building(unit, floor_area_m2=120, satang_per_m2=750_000, built_in=2014)
    result = run()
    assert result["assessed"] == 1
    assert tax_of(unit) == 38280
    sheet = Assessment.objects.get().lines
    line, steps = steps_of(sheet, 2026)[0]
    question = {
        "tax_year": 2026, "owner": "individual",
        "properties": [{
            "kind": "land_and_building", "use": "residential",
            "land": {"rai": 2, "ngan": 1, "wa": "50", "price_per_wa": "1200"},
            "buildings": [{
                "structure": "masonry", "floor_area_m2": "120", "price_per_m2": "7500",
                "age_years": 12,
            }],
        }],
    }  # fmt: skip
    told = estimate(question)["lines"][0]
    assert line.tax_satang == 38280
    assert [step.th for step in steps] == [step["th"] for step in told["steps"]]


def test_one_owner_shares_one_agricultural_exemption() -> None:
    farmer = a_party()
    big = {"legal_area_m2": Decimal(160_000)}  # 40,000 square wa at 1,000 baht: 40 million
    units = [a_plot(n, farmer, uses={"agriculture": 100}, parcel=big) for n in (1, 2)]
    run()
    exempt = Assessment.objects.aggregate(total=Sum("exemption_satang"))["total"]
    assert exempt == 50_000_000_00
    assert {tax_of(unit) for unit in units} == {0, 3_000_00}


def test_persons_together_are_one_taxpayer_and_a_company_among_them_costs_the_exemption() -> None:
    persons = [a_party(f"คน{n}") for n in range(2)]
    company = a_party("บริษัท", Party.Kind.JURISTIC)
    home = {"uses": {"main_home": 100}, "in_house_registration": True}
    couple = a_plot(1, *persons, **home)
    mixed = a_plot(2, persons[0], company, **home)
    for unit in (couple, mixed):
        a_building(unit)
    assert run()["owners"] == 2
    assert tax_of(couple) == 0
    assert tax_of(mixed) > 0


def test_nobody_has_two_main_homes() -> None:
    owner = a_party()
    homes = [a_plot(n, owner, uses={"main_home": 100}, in_house_registration=True) for n in (1, 2)]
    for home in homes:
        a_building(home)
    assert run()["second_homes"] == 1
    assert tax_of(homes[0]) == 0
    assert tax_of(homes[1]) > 0


def test_what_cannot_be_assessed_is_told() -> None:
    a_plot(1)
    a_plot(2, a_party(), satang_per_wa=None)
    a_plot(3, a_party(), uses={})
    a_building(a_plot(4, a_party()), type_code="?")
    BuildingPrice.objects.all().delete()
    a_plot(5, a_party(), is_taxable=False)
    fine = a_plot(6, a_party())
    result = run()
    assert result["skipped"] == {
        "no_owner": 1, "no_price": 2, "no_use": 1
    }  # fmt: skip
    assert result["units"] == result["assessed"] + sum(result["skipped"].values()) == 5
    assert Assessment.objects.get().unit == fine


def test_vacant_years_count_from_the_first() -> None:
    unit = a_plot(1, a_party(), uses={"vacant": 100}, vacant_since=2023)
    run(2025)
    run(2026)
    assert tax_of(unit, 2025) == 400_000_00 * 3 // 1000
    assert tax_of(unit, 2026) == 400_000_00 * 6 // 1000


def test_a_unit_that_must_be_assessed_with_others_names_them() -> None:
    farmer = a_party()
    big = {"legal_area_m2": Decimal(160_000)}
    units = [a_plot(n, farmer, uses={"agriculture": 100}, parcel=big) for n in (1, 2, 3)]
    alone = a_plot(4, farmer)
    run()
    assert Assessment.objects.get(unit=units[1]).lines["with"] == [unit.pk for unit in units]
    assert "with" not in Assessment.objects.get(unit=alone).lines
    for assessed in Assessment.objects.all():
        lines = checked_calculation(assessed).lines
        assert sum(line.exemption_satang for line in lines) == assessed.exemption_satang


def test_a_sheet_whose_law_was_changed_afterwards_is_told() -> None:
    a_plot(1, a_party(), uses={"other": 100})
    run()
    Assessment.objects.update(tax_satang=1)
    with pytest.raises(SheetDoesNotAgree):
        checked_calculation(Assessment.objects.get())


def kept() -> dict[int, tuple[Any, ...]]:
    """Every assessment with what tells that its row was written: its place in the table."""
    rows = Assessment.objects.annotate(place=RawSQL("taxmap_assessment.ctid::text", ()))
    return {row[0]: row[1:] for row in rows.values_list("unit", "tax_satang", "place")}


def test_running_it_again_writes_only_what_changed() -> None:
    owner = a_party()
    units = [a_plot(n, owner) for n in (1, 2)] + [a_plot(3, a_party())]
    first = run()
    assert (first["units"], first["bills"], first["changed_since"]) == (3, 2, 3)
    before = kept()
    assert run()["changed_since"] == 0
    assert kept() == before
    LandPrice.objects.filter(parcel=units[0].parcel).update(satang_per_wa=200_000)
    assert run()["changed_since"] == 1
    after = kept()
    assert {unit for unit in before if before[unit] != after[unit]} == {units[0].pk}
    assert after[units[0].pk][0] == 2 * before[units[0].pk][0]
    ValuationUnit.objects.filter(pk=units[2].pk).update(is_taxable=False)
    result = run()
    assert (result["changed_since"], result["bills"]) == (1, 1)
    assert Bill.objects.get().taxpayers == [owner.pk]


def test_a_unit_that_changes_hands_moves_to_another_bill() -> None:
    seller, buyer = a_party(), a_party()
    house, other = a_plot(1, owner=seller), a_plot(2, seller)
    a_building(house)
    run()
    assert Bill.objects.get().taxpayers == [seller.pk]
    ValuationUnit.objects.filter(pk=house.pk).update(owner=buyer)
    assert run()["changed_since"] == 1
    bills = {tuple(bill.taxpayers): bill for bill in Bill.objects.all()}
    assert Assessment.objects.get(unit=house).bill == bills[(buyer.pk,)]
    assert Assessment.objects.get(unit=other).bill == bills[(seller.pk,)]


def test_bills_are_sums_of_their_assessments() -> None:
    owner, partner = a_party(), a_party()
    for number, owners in enumerate(((owner,), (owner,), (owner, partner), (partner,)), start=1):
        a_plot(number, *owners, satang_per_wa=100_000 * number)
    result = run()
    assert result["bills"] == result["owners"] == 3
    for bill in Bill.objects.annotate(
        lines=Count("assessments"), sum_tax=Sum("assessments__tax_satang"),
        sum_value=Sum("assessments__value_satang"),
    ):  # fmt: skip
        assert (bill.units, bill.tax_satang, bill.value_satang) == (
            bill.lines, bill.sum_tax, bill.sum_value
        )  # fmt: skip
    total = Bill.objects.aggregate(tax=Sum("tax_satang"), value=Sum("value_satang"))
    assert (result["tax"], result["value"]) == (baht_text(total["tax"]), baht_text(total["value"]))


def test_a_dry_run_tells_what_would_change_and_writes_nothing() -> None:
    unit = a_plot(1, a_party())
    told = run(dry_run=True)
    assert (told["bills"], told["changed_since"]) == (1, 1)
    assert not Bill.objects.exists()
    run()
    assert run(dry_run=True)["changed_since"] == 0
    LandPrice.objects.filter(parcel=unit.parcel).update(satang_per_wa=200_000)
    assert run(dry_run=True)["changed_since"] == 1


@pytest.mark.parametrize("killed_at", [0, 1, 2, 3])
def test_a_roll_that_was_killed_gives_the_same_roll_when_run_again(killed_at: int) -> None:
    for number in range(1, 5):
        a_plot(number, a_party())

    class Stops(CommandRun):
        def progress(self, done: int, *_: object) -> None:
            if done == killed_at:
                raise JobCancelled

    office = a_local_authority()
    with pytest.raises(JobCancelled):
        run(job=Stops(io.StringIO()))
    assert not Bill.objects.exists()
    run()
    first = roll_digest(local_authority=office, tax_year=2026)
    Bill.objects.all().delete()
    run()
    assert roll_digest(local_authority=office, tax_year=2026) == first
    LandPrice.objects.update(satang_per_wa=200_000)
    with pytest.raises(JobCancelled):
        run(job=Stops(io.StringIO()))
    assert roll_digest(local_authority=office, tax_year=2026) == first


def test_the_roll_is_in_the_audit_trail_and_among_the_jobs() -> None:
    run()
    entry = AuditEntry.objects.get(action="taxmap.roll_assessed")
    assert entry.data["tax_year"] == 2026
    kind_of("taxmap.assess_roll").check({"office": "X", "tax_year": 2026})


def test_the_command_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    a_plot(1, a_party())
    call_command("assess_roll", 2026, json=True)
    assert json.loads(capsys.readouterr().out)["assessed"] == 1
    with pytest.raises(CommandError, match="no value on"):
        call_command("assess_roll", 2010)
    with pytest.raises(CommandError) as refused:
        call_command("assess_roll", 2026, authority="NOWHERE")
    assert isinstance(refused.value.__cause__, NoLocalAuthority)


def test_the_roll_asks_for_the_plots_as_they_were_on_new_years_day() -> None:
    """A plot divided or corrected during the year is assessed as it was when the year began."""
    divided, corrected = a_plot(1, a_party()), a_plot(2, a_party())
    before = {unit.pk: unit.parcel.legal_area_m2 for unit in (divided, corrected)}
    midsummer = date(2026, 6, 1)
    amended(divided.parcel, valid_during=Range(LONG_AGO, midsummer))
    amended(corrected.parcel, legal_area_m2=Decimal(9999), valid_during=Range(midsummer, None))
    assert run()["assessed"] == 2
    first = {unit: tax_of(ValuationUnit.objects.get(pk=unit)) for unit in before}
    assert len(set(first.values())) == 1
    assert run(2027)["assessed"] == 1
    assert tax_of(corrected, 2027) > tax_of(corrected)


def test_a_plot_that_ended_is_still_on_the_collection_map_of_its_year() -> None:
    unit = a_plot(1, a_party())
    run()
    amended(unit.parcel, valid_during=Range(LONG_AGO, date(2026, 6, 1)))
    ask = {"prefix": "", "srid": 32647, "digits": 2, "limit": 10}
    rows = map_rows(unit.local_authority, 2026, today=date(2026, 11, 20), **ask)
    assert [row["code"] for row in rows] == ["01A001"]
    assert not map_rows(unit.local_authority, 2027, today=date(2027, 2, 1), **ask)

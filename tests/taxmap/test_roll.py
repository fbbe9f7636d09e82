"""The yearly roll: every unit once, every owner by one call of the engine, sums that agree."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from psycopg.types.range import Range

from cadastre.tax import estimate
from offices.jobs import CommandRun, JobCancelled, kind_of
from offices.models import AuditEntry
from parcels.models import Party
from taxmap.calculation import steps_of
from taxmap.collection import map_rows
from taxmap.errors import NoLocalAuthority
from taxmap.models import Assessment, BuildingPrice, LandPrice, ValuationUnit
from taxmap.services import roll
from taxmap.services.payments import payment_record
from taxmap.services.roll import roll_assess
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


def run(year: int = 2026, job: Any = None) -> dict[str, Any]:
    job = job or CommandRun(io.StringIO())
    return roll_assess(local_authority=a_local_authority(), tax_year=year, now=NOW, job=job)


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


def test_running_it_again_changes_nothing_but_what_changed() -> None:
    owner = a_party()
    paid, unpaid = a_plot(1, owner), a_plot(2, owner)
    first = run()
    payment_record(
        assessment=Assessment.objects.get(unit=paid), amount_satang=100, received_on=NOW.date(),
        reference="R1", actor=None, now=NOW,
    )  # fmt: skip
    LandPrice.objects.update(satang_per_wa=200_000)
    second = run()
    assert first["assessed"] == 2
    assert (second["assessed"], second["kept_paid"], second["kept_differs"]) == (1, 1, 1)
    assert tax_of(unpaid) == 2 * tax_of(paid)
    ValuationUnit.objects.filter(pk=unpaid.pk).update(is_taxable=False)
    assert run()["dropped"] == 1
    assert Assessment.objects.get().unit == paid


def test_a_stopped_roll_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roll, "UNITS_PER_BATCH", 1)
    for number in range(1, 5):
        a_plot(number, a_party())

    class Stops(CommandRun):
        def progress(self, done: int, *_: object) -> None:
            if done == 2:
                raise JobCancelled

    stopped = Stops(io.StringIO())
    with pytest.raises(JobCancelled):
        run(job=stopped)
    assert Assessment.objects.count() == 2
    kept = set(Assessment.objects.values_list("pk", flat=True))
    cursor = json.loads(json.dumps(stopped.cursor))
    result = run(job=CommandRun(io.StringIO(), cursor=cursor))
    assert result["assessed"] == result["units"] == 4
    assert kept < set(Assessment.objects.values_list("pk", flat=True))
    assert result["tax_satang"] == Assessment.objects.aggregate(total=Sum("tax_satang"))["total"]


def test_the_roll_is_in_the_audit_trail_and_among_the_jobs() -> None:
    run()
    entry = AuditEntry.objects.get(action="taxmap.roll_assessed")
    assert entry.data["tax_year"] == 2026
    kind_of("taxmap.assess_roll").check({"office": "X", "tax_year": 2026})


def test_the_command_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    a_plot(1, a_party())
    call_command("assess_roll", year=2026, json=True)
    assert json.loads(capsys.readouterr().out)["assessed"] == 1
    with pytest.raises(CommandError, match="no value on"):
        call_command("assess_roll", year=2010)
    with pytest.raises(CommandError) as refused:
        call_command("assess_roll", year=2026, office="NOWHERE")
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

"""Which price holds on a day, and how a price list comes in."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import LineString
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from offices.jobs import CommandRun
from offices.models import AuditEntry
from taxmap.models import (
    BuildingPrice,
    Condominium,
    CondominiumPrice,
    CondominiumUnit,
    FormerFact,
    LandPrice,
    PriceImport,
    Street,
    TaxZone,
    ValuationUnit,
)
from taxmap.prices import price_per_wa_satang
from taxmap.property_lists import building_prices
from taxmap.services.price_imports import prices_import
from taxmap.treasury.rows import satang_of
from tests.factories import (
    LONG_AGO,
    NOW,
    a_district,
    a_local_authority,
    a_map_sheet,
    a_square,
    a_unit,
)

pytestmark = pytest.mark.django_db
HEAD = "UTMMAP1,UTMMAP2,UTMMAP3,UTMMAP4,UTMSCALE,LAND_NO,EVAPRICE\n"
NEW_ROUND = date(2027, 1, 1)


def take_in(text: str | bytes, valid_from: date = NEW_ROUND) -> PriceImport:
    content = text if isinstance(text, bytes) else text.encode()
    return prices_import(
        local_authority=a_local_authority(), content=content, filename="prices.csv",
        valid_from=valid_from, now=NOW, job=CommandRun(io.StringIO()),
    )  # fmt: skip


def a_priced_unit(**fields: Any) -> ValuationUnit:
    authority = a_local_authority()
    line = LineString((100.4, 13.8), (100.41, 13.8), srid=4326)
    street = Street.objects.create(
        local_authority=authority, name_th="ถนนเทศบาล 1", name_en="Thetsaban 1", centreline=line
    )
    unit = a_unit(satang_per_wa=None, street=street, **fields)
    unit.zone = TaxZone.objects.create(
        local_authority=authority, code="01", geometry=unit.parcel.geometry
    )
    unit.save()
    return unit


class AnyDay(TestCase):
    """Parcel before street before zone, on whatever days each has a price."""

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=3, max_size=3))
    def test_the_nearest_price_wins_on_every_day(self, spans: list[tuple[int, int]]) -> None:
        unit = a_priced_unit()
        targets: list[dict[str, Any]] = [
            {"parcel": unit.parcel}, {"street": unit.street}, {"zone": unit.zone}
        ]  # fmt: skip
        for price, (target, (begin, length)) in enumerate(zip(targets, spans, strict=True), 1):
            first = LONG_AGO + timedelta(days=begin)
            LandPrice.objects.create(
                satang_per_wa=price, valid_during=(first, first + timedelta(days=length)), **target
            )
        for number in range(20):
            expected = next(
                (price for price, (b, n) in enumerate(spans, 1) if b <= number < b + n), None
            )
            assert price_per_wa_satang(unit, LONG_AGO + timedelta(days=number)) == expected


def test_a_parcel_list_of_the_treasury_is_taken_in() -> None:
    sheet = a_map_sheet(name="5235 III 2638", scale=4000)
    known = a_unit(parcel={"map_sheet": sheet, "land_number": "6079"})
    stored = take_in(
        HEAD
        + "5235,3,2638,00,4000,6079,8000.00000000\n"
        + "5134,1,0632,10,1000,234,15000.00000000\n"
        + "๕๒๓๕,3,2638,00,4000,2771,\n"
        + "5235,3,2638,00,4000,9999,11000\n"
        + "5235,9,2638,00,4000,1,11000\n"
        + "5235,3,2638,00,4000,6080,-5\n"
    )
    assert stored.counts() == {
        "layout": "parcels", "rows": 6, "added": 0, "changed": 1, "unchanged": 0, "elsewhere": 1,
        "rejected": 4,
    }  # fmt: skip
    reasons = dict(stored.rejections.values_list("line", "reason"))
    assert reasons == {
        4: "price_missing", 5: "no_such_target", 6: "key_unreadable", 7: "price_unreadable"
    }  # fmt: skip
    assert price_per_wa_satang(known, date(2026, 12, 31)) == 100_000
    assert price_per_wa_satang(known, NEW_ROUND) == 800_000
    assert AuditEntry.objects.get(action="taxmap.prices_imported").data["changed"] == 1


def test_the_same_file_is_taken_once_and_a_later_one_closes_the_former() -> None:
    a_priced_unit()
    text = "STREET_NAME,EVAPRICE\nถนน เทศบาล ๑,๑๒๐๐.50\nถนนที่ไม่มี,1\n"
    first = take_in(text.encode("cp874"))
    assert first.encoding == "cp874"
    assert (first.added, first.rejected) == (1, 1)
    assert take_in(text.encode("cp874")).pk == first.pk
    later = take_in("STREET_NAME,EVAPRICE\nเทศบาล 1,1500\n", date(2031, 1, 1))
    assert later.changed == 1
    same = take_in("STREET_NAME,EVAPRICE\nเทศบาล 1,1500.00\n", date(2032, 1, 1))
    assert same.unchanged == 1
    prices = LandPrice.objects.order_by("valid_during").values_list("satang_per_wa", flat=True)
    assert list(prices) == [120_050, 150_000]
    ends = LandPrice.objects.get(satang_per_wa=120_050).valid_during.upper
    assert ends == date(2031, 1, 1)


def test_a_corrected_list_of_the_same_day_replaces_and_remembers() -> None:
    a_priced_unit()
    take_in("ZONE,EVAPRICE\n1,500\n")
    corrected = take_in("ZONE,EVAPRICE\n01,550\n")
    assert corrected.changed == 1
    assert LandPrice.objects.get().satang_per_wa == 55_000
    assert FormerFact.objects.get(kind="taxmap_landprice").content["satang_per_wa"] == 50_000


def test_a_file_that_contradicts_itself_prices_nothing_there() -> None:
    a_priced_unit()
    stored = take_in("ZONE,EVAPRICE\n01,500\n01,600\n")
    assert set(stored.rejections.values_list("reason", flat=True)) == {"two_prices"}
    again = take_in("ZONE,EVAPRICE\n01,500\n01,500\n")
    assert (again.added, again.rejected) == (1, 1)


def test_building_prices_come_by_type_and_province() -> None:
    authority = a_local_authority()
    authority.province = a_district().parent
    authority.save()
    head = "ID_CONSTR,NAME_CONSTR,CHANGWAT_CODE,CHANGWAT_NAME,PRICE_CONSTR\n"
    stored = take_in(
        head + '509/2,"สำนักงาน ความสูงเกินกว่า 5 ชั้นขึ้นไป",12,นนทบุรี,8800\n'
        '514,"ตลาด พื้นที่ไม่เกิน 1,000 ตารางเมตร",12,นนทบุรี,3700\n105,บ้านพักอาศัยตึกสองชั้น,90,สงขลา,8350\n'
    )
    assert (stored.added, stored.elsewhere, stored.rejected) == (2, 1, 0)
    BuildingPrice.objects.create(
        local_authority=authority, type_code="514", type_name="ตลาด", satang_per_m2=1,
        valid_during=(LONG_AGO, None),
    )  # fmt: skip
    found = {each.type_code: each.satang_per_m2 for each in building_prices(authority, NEW_ROUND)}
    assert found == {"509/2": 880_000, "514": 1}


def test_condominium_prices_come_by_floor() -> None:
    authority = a_local_authority()
    tower = Condominium.objects.create(
        local_authority=authority, registration="3/2552", name="อาคารชุดริมน้ำ"
    )
    stored = take_in("CONDO_REG,FLOOR,EVAPRICE\n3/2552,,40000\n3/2552,12A,55000\n")
    assert stored.added == 2
    assert set(CondominiumPrice.objects.values_list("floor", "satang_per_m2")) == {
        ("", 4_000_000), ("12A", 5_500_000)
    }  # fmt: skip
    flat = CondominiumUnit.objects.create(
        condominium=tower, floor="12A", number="99/1", floor_area_m2=40
    )
    assert str(flat) == "99/1"


def test_a_file_without_a_known_head_is_refused(tmp_path: Path) -> None:
    a_local_authority()
    path = tmp_path / "other.csv"
    path.write_text("A,B\n1,2\n")
    with pytest.raises(CommandError, match="first line reads “A, B”"):
        call_command("import_treasury", str(path), valid_from="1/1/2570")


def test_the_command_speaks_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_priced_unit(parcel={"geometry": a_square()})
    path = tmp_path / "zones.csv"
    path.write_text("ZONE,EVAPRICE\n01,500\n")
    call_command("import_treasury", str(path), "--from", "1/1/2570", "--json")
    assert json.loads(capsys.readouterr().out)["added"] == 1
    assert LandPrice.objects.get().valid_during.lower == NEW_ROUND


@pytest.mark.parametrize(
    ("text", "satang"),
    [
        ("8000.00000000", 800_000), ("0.01", 1), ("12.5", 1_250), ("0", None), ("", None),
        ("1e3", None), ("1.001", None), ("๑", None), ("-1", None), ("9" * 20, None),
    ],
)  # fmt: skip
def test_prices_are_read_exactly(text: str, satang: int | None) -> None:
    assert satang_of(text) == satang


@pytest.mark.parametrize("relation", ["taxmap_land_prices", "taxmap_building_prices"])
def test_the_planner_sees_through_the_rule_and_finds_one_unit_by_index(relation: str) -> None:
    a_priced_unit()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT * FROM {relation}(date '2027-01-01') WHERE unit_id = 1")
        plan = "\n".join(row[0] for row in cursor)
    assert "Function Scan" not in plan
    assert "Seq Scan" not in plan

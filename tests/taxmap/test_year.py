"""The year of the tax: calendar, announcements, what is missing, and the way into the next one."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.utils.translation import override

from offices.jobs import CommandRun, kind_of
from offices.models import AuditEntry, Job, Role
from parcels.models import Parcel, ParcelLineage
from taxmap.models import (
    Bill,
    Building,
    Condominium,
    CondominiumPrice,
    Inspection,
    LandPrice,
    RollStage,
    TaxYear,
    TaxZone,
    UnitUse,
    ValuationUnit,
)
from taxmap.prices import price_per_wa_satang
from taxmap.readiness import GAPS, gap_counts, units_not_visited_since, units_with_gap
from taxmap.services.facts import Source
from taxmap.services.roll import roll_assess
from taxmap.services.roll_over import year_roll_over
from taxmap.services.units import FlatFact, condominium_unit_register
from taxmap.services.year import calendar_change, list_publish, prices_publish, year_open
from taxmap.valuation_errors import CalendarOutOfOrder, YearNotDraft, YearNotReady
from tests.factories import (
    LONG_AGO,
    NOW,
    a_building,
    a_local_authority,
    a_parcel,
    a_party,
    a_square,
    a_title,
    a_unit,
    a_user,
)

pytestmark = pytest.mark.django_db
NEW_YEAR = date(2027, 1, 1)


def opened(year: int = 2027) -> TaxYear:
    return year_open(local_authority=a_local_authority(), year=year, actor=None, now=NOW)


def announce(tax_year: TaxYear, **days: date) -> TaxYear:
    return calendar_change(
        tax_year=tax_year, days=days, instalments_on=tax_year.instalments_on,
        announcement="ประกาศเทศบาล 1/2570", actor=None, now=NOW,
    )  # fmt: skip


def test_a_year_begins_with_the_days_of_the_law_and_is_opened_once() -> None:
    year = opened()
    assert year.payment_on == year.instalments_on[0]
    assert len(year.instalments_on) == 3
    assert opened().pk == year.pk
    assert AuditEntry.objects.filter(action="taxmap.year_opened").count() == 1


def test_an_authority_announces_later_days_and_a_wrong_order_is_refused_with_its_place() -> None:
    year = opened()
    last = date(2027, 12, 30)
    changed = announce(year, reminder_on=last, arrears_reported_on=last)
    assert (changed.reminder_on, changed.announcement) == (last, "ประกาศเทศบาล 1/2570")
    with pytest.raises(CalendarOutOfOrder) as refused:
        announce(year, assessment_on=date(2027, 12, 31))
    with override("en"):
        assert str(refused.value.evidence["later"]) == "payment"
        assert str(refused.value.evidence["earlier"]).startswith("assessment")
    year.refresh_from_db()
    assert year.assessment_on < year.payment_on


def test_the_lists_are_announced_after_the_prices_and_once() -> None:
    year = opened()
    with pytest.raises(YearNotReady):
        list_publish(tax_year=year, actor=None, now=NOW)
    prices_publish(tax_year=year, actor=None, now=NOW)
    listed = list_publish(tax_year=year, actor=None, now=NOW)
    assert (listed.stage, listed.list_published_at) == (RollStage.LISTED, NOW)
    with pytest.raises(YearNotDraft):
        list_publish(tax_year=year, actor=None, now=NOW)


def test_what_is_missing_is_found_by_kind() -> None:
    place = {"tax_parcel_code": "01A001"}

    def plot(number: int, *owners: Any, **fields: Any) -> ValuationUnit:
        spot = {"geometry": a_square(lon=100.4 + number / 1000), "land_number": str(number)}
        return a_unit(*owners, parcel=place | spot, **fields)

    plot(1, a_party())
    unpriced = plot(2, a_party(), satang_per_wa=None)
    unused = plot(3, a_party(), uses={})
    unowned = plot(4)
    unpriced_house = plot(5, a_party())
    a_building(unpriced_house).unit.buildings.update(type_code="?")
    authority = a_local_authority()
    found = {gap: set(units_with_gap(authority, gap, NEW_YEAR)) for gap in GAPS if gap != "no_zone"}
    assert found == {
        "no_price": {unpriced, unpriced_house}, "no_use": {unused}, "no_owner": {unowned}
    }  # fmt: skip
    assert {each["key"]: each["count"] for each in gap_counts(authority, NEW_YEAR)} == {
        "no_price": 2, "no_use": 1, "no_owner": 1, "no_zone": 5
    }  # fmt: skip


def test_units_nobody_saw_lately_come_first() -> None:
    seen = a_unit(a_party())
    seen.inspections.create(
        kind="field", inspected_on=date(2026, 6, 1), reason="เห็นแล้ว", recorded_at=NOW
    )
    authority = a_local_authority()
    due = units_not_visited_since(authority, date(2026, 1, 1), NOW.date())
    assert list(due) == []
    later = units_not_visited_since(authority, date(2026, 9, 1), NOW.date())
    assert list(later.values_list("last_visit", flat=True)) == [date(2026, 6, 1)]


# -- into the next year ---------------------------------------------------------------------------


def half(west: bool) -> MultiPolygon:
    """One half of the ground of `a_square`, parted from north to south."""
    whole = a_square()
    left, bottom, right, top = whole.extent
    middle = (left + right) / 2
    box = (left, bottom, middle, top) if west else (middle, bottom, right, top)
    return MultiPolygon(Polygon.from_bbox(box), srid=4326)


def divided(unit: ValuationUnit, on: date) -> list[Parcel]:
    """The parcel of a unit ends and two halves take its place."""
    parent = unit.parcel
    Parcel.objects.filter(pk=parent.pk).update(
        valid_during=DateRange(LONG_AGO, on), retired_by=parent.created_by_id
    )
    pieces = [
        a_parcel(
            geometry=half(west), land_number=str(10 + west), local_authority=unit.local_authority,
            tax_parcel_code="01A001", valid_during=DateRange(on, None),
        )
        for west in (True, False)
    ]  # fmt: skip
    for piece in pieces:
        ParcelLineage.objects.create(parent=parent, child=piece, transaction=parent.created_by)
    return pieces


def rolled_over() -> dict[str, Any]:
    return year_roll_over(
        local_authority=a_local_authority(), year=2027, now=NOW, job=CommandRun(io.StringIO())
    )


def test_pieces_of_a_divided_plot_take_what_was_known_of_it() -> None:
    unit = a_unit(a_party(), uses={"other": 75, "residential": 25}, satang_per_wa=500_000)
    TaxZone.objects.create(
        local_authority=unit.local_authority, code="01", geometry=unit.parcel.geometry
    )
    west_box = half(west=True).extent
    a_building(unit, footprint=Polygon.from_bbox(
        (west_box[0], west_box[1], west_box[0] + 1e-5, west_box[1] + 1e-5)
    ))  # fmt: skip
    on = date(2026, 8, 1)
    west, east = divided(unit, on)
    result = rolled_over()
    assert (result["pieces"], result["carried"], result["buildings"]) == (2, 2, 1)
    for piece in (west, east):
        new = ValuationUnit.objects.get(parcel=piece)
        uses = dict(new.uses.in_force(NEW_YEAR).values_list("use", "share_percent"))
        assert uses == {"other": Decimal(75), "residential": Decimal(25)}
        assert price_per_wa_satang(new, NEW_YEAR) == 500_000
        assert new.zone is not None
    assert Building.objects.in_force(NEW_YEAR).get().unit.parcel == west
    assert Building.objects.in_force(date(2026, 7, 31)).get().unit == unit
    assert UnitUse.objects.filter(unit=unit).in_force(date(2026, 1, 1)).count() == 2
    before = [ValuationUnit.objects.count(), UnitUse.objects.count(), LandPrice.objects.count()]
    assert rolled_over()["pieces"] == 0
    after = [ValuationUnit.objects.count(), UnitUse.objects.count(), LandPrice.objects.count()]
    assert before == after


def test_a_merged_plot_is_used_as_its_parts_were_by_their_ground() -> None:
    parts = [
        a_unit(
            a_party(), uses={use: 100}, satang_per_wa=None,
            parcel={"geometry": half(west), "land_number": use},
        )
        for west, use in ((True, "vacant"), (False, "other"))
    ]  # fmt: skip
    on = date(2026, 8, 1)
    whole = a_parcel(
        local_authority=a_local_authority(), geometry=a_square(), land_number="99",
        valid_during=DateRange(on, None),
    )  # fmt: skip
    for part in parts:
        Parcel.objects.filter(pk=part.parcel_id).update(
            valid_during=DateRange(LONG_AGO, on), retired_by=whole.created_by_id
        )
        ParcelLineage.objects.create(
            parent=part.parcel, child=whole, transaction=part.parcel.created_by
        )
    rolled_over()
    unit = ValuationUnit.objects.get(parcel=whole)
    shares = dict(unit.uses.in_force(NEW_YEAR).values_list("use", "share_percent"))
    assert sum(shares.values()) == 100
    assert abs(shares["vacant"] - 50) < Decimal("0.01")


def test_a_plot_without_forebears_is_valued_and_shows_what_it_lacks() -> None:
    a_parcel(local_authority=a_local_authority(), land_use="residential")
    assert rolled_over()["new_without_forebears"] == 1
    assert units_with_gap(a_local_authority(), "no_use", NEW_YEAR).count() == 1


# -- the pages ------------------------------------------------------------------------------------


def test_an_officer_takes_the_steps_and_a_cashier_only_looks(client: Client) -> None:
    client.force_login(a_user("cashier", Role.CASHIER, office=a_local_authority()))
    page = client.get("/taxmap/year/?year=2026")
    assert page.status_code == 200
    assert not TaxYear.objects.exists()
    assert client.post("/taxmap/year/steps/prices/", {"year": "2026"}).status_code == 403
    client.force_login(a_user("officer", Role.TAX_OFFICER, office=a_local_authority()))
    assert client.post("/taxmap/year/steps/prices/", {"year": "2026"}).status_code == 302
    assert client.post("/taxmap/year/steps/list/", {"year": "2026"}).status_code == 302
    assert TaxYear.objects.get().stage == RollStage.LISTED
    client.post("/taxmap/year/steps/roll_over/", {"year": "2026"})
    for step in ("roll", "try", "close"):
        client.post(f"/taxmap/year/steps/{step}/", {"year": "2026"})
    assert Job.objects.count() == 4
    for job in Job.objects.all():
        kind_of(job.kind).check(job.parameters)


def test_a_trial_of_the_roll_stores_nothing() -> None:
    a_unit(a_party())
    office = a_local_authority()
    run = CommandRun(io.StringIO(), office=office)
    told = kind_of("taxmap.try_roll").work(run, office=office.code, tax_year=2026)
    assert (told["bills"], told["former_bills"]) == (1, 0)
    assert told["more_tax_satang"] == told["tax_satang"] > 0
    assert not Bill.objects.exists()


def test_citizens_read_the_prices_once_they_are_announced(client: Client) -> None:
    unit = a_unit(a_party("เจ้าของลับ"), satang_per_wa=123_400)
    address = f"/tax/prices/{unit.local_authority.code}/"
    assert "1,234.00" not in client.get(address).content.decode()
    prices_publish(tax_year=opened(2026), actor=None, now=NOW)
    page = client.get(address).content.decode()
    assert "1,234.00" in page
    assert "เจ้าของลับ" not in page


def test_the_lists_show_property_without_owners(client: Client) -> None:
    unit = a_unit(a_party("เจ้าของลับ"), satang_per_wa=123_400)
    a_building(unit)
    client.force_login(a_user("officer", Role.TAX_OFFICER, office=a_local_authority()))
    page = client.get("/taxmap/year/list/?year=2026&list=3").content.decode()
    assert "1,234.00" in page
    assert "B001" in page
    assert "เจ้าของลับ" not in page
    for kind in GAPS:
        assert client.get(f"/taxmap/year/gaps/{kind}/?year=2026").status_code == 200


def test_a_price_list_is_ordered_from_the_page(
    client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.DATA_DIR = tmp_path
    client.force_login(a_user("officer", Role.TAX_OFFICER, office=a_local_authority()))
    file = io.BytesIO(b"ZONE,EVAPRICE\n01,500\n")
    file.name = "zones.csv"
    answer = client.post("/taxmap/prices/", {"file": file, "valid_from": "1/1/2570"})
    assert answer.status_code == 302
    job = Job.objects.get()
    kind_of(job.kind).check(job.parameters)
    assert client.get("/taxmap/prices/").status_code == 200


def test_a_survey_is_recorded_on_the_page(client: Client) -> None:
    unit = a_unit(a_party())
    a_building(unit)
    client.force_login(a_user("officer", Role.TAX_OFFICER, office=a_local_authority()))
    address = f"/taxmap/units/{unit.parcel.public_id}/survey/"
    seen = {"kind": "notification", "inspected_on": "20/11/2569", "reason": "เปิดร้านค้า"}
    sent = {f"uses-{name}": value for name, value in seen.items()}
    sent |= {"action": "uses", "uses-since": "1/6/2569", "uses-share_other": "100"}
    page = client.post(address, sent, follow=True)
    assert "112" in page.content.decode()  # days later than the sixty that the law gives
    assert unit.uses.in_force(date(2026, 6, 1)).get().use == "other"
    house = {f"building-{name}": value for name, value in seen.items()}
    house |= {
        "action": "building", "building-type_code": "T8000", "building-structure": "masonry",
        "building-floors": "๒", "building-floor_area_m2": "120.5", "building-built_in": "2560",
        "building-since": "1/1/2562", "building-footprint": "",
    }  # fmt: skip
    assert client.post(address, house).status_code == 302
    assert unit.buildings.get(code="B002").built_in == 2017
    wrong = client.post(address, sent | {"uses-share_other": "60"})
    assert wrong.status_code == 422
    gone = {f"end-{name}": value for name, value in seen.items()}
    gone |= {"action": "end", "end-ended_on": "1/1/2569"}
    assert client.post(f"{address}?building=B002", gone).status_code == 302
    assert not unit.buildings.in_force(date(2026, 1, 1)).filter(code="B002").exists()
    assert client.get("/taxmap/visits-due/").status_code == 200


def test_a_house_of_somebody_else_is_taxed_to_its_owner(client: Client) -> None:
    land = a_unit(a_party("พ่อ"), uses={"other": 100})
    client.force_login(a_user("officer", Role.TAX_OFFICER, office=a_local_authority()))
    address = f"/taxmap/units/{land.parcel.public_id}/survey/"
    sent = {
        "action": "other", "other-kind": "field", "other-inspected_on": "20/11/2569",
        "other-reason": "บ้านของบุตร", "other-party_kind": "individual", "other-name": "ลูก",
    }  # fmt: skip
    assert client.post(address, sent).status_code == 302
    house = ValuationUnit.objects.exclude(owner=None).get()
    a_building(house)
    UnitUse.objects.create(
        unit=house, use="residential", share_percent=100, valid_during=(LONG_AGO, None)
    )
    assert client.get(f"{address}?unit={house.pk}").status_code == 200
    run = CommandRun(io.StringIO())
    roll_assess(local_authority=a_local_authority(), tax_year=2026, now=NOW, job=run)
    owners = {tuple(bill.taxpayers): bill.tax_satang for bill in Bill.objects.filter(tax_year=2026)}
    assert owners[(house.owner_id,)] == 720_000_00 * 2 // 10_000  # 800,000 baht, ten years old
    assert sorted(owners.values()) == [14_400, 120_000]


def test_a_flat_is_taxed_to_the_holder_of_its_title() -> None:
    ground = a_unit(a_party("นิติบุคคลอาคารชุด"), is_taxable=False)
    office = a_local_authority()
    tower = Condominium.objects.create(
        local_authority=office, registration="1/2558", name="อาคารชุด"
    )
    CondominiumPrice.objects.create(
        condominium=tower, floor="", satang_per_m2=4_000_000, valid_during=(LONG_AGO, None)
    )
    holder = a_party("เจ้าของห้อง")
    source = Source(Inspection.Kind.OFFICE, NOW.date(), "อ.ช.2")
    flat = condominium_unit_register(
        condominium=tower, parcel=ground.parcel, source=source, now=NOW,
        flat=FlatFact("99/1", "1", Decimal(80), title=a_title(holder)),
    )  # fmt: skip
    UnitUse.objects.create(
        unit=flat, use="residential", share_percent=100, valid_during=(LONG_AGO, None)
    )
    roll_assess(local_authority=office, tax_year=2026, now=NOW, job=CommandRun(io.StringIO()))
    bill = Bill.objects.get()
    assert (bill.taxpayers, bill.tax_satang) == ([holder.pk], 64_000)  # 3.2 million at 0.02 %

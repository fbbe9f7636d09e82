"""Every look-up is answered from its index, in a town of 20,000 parcels."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from cadastre.identifiers import MapSheet as SheetName
from config.demo.generator import generate_town
from config.demo.load import town_load
from config.demo.office import offices_create
from parcels.models import MapSheet, Parcel

TODAY = date(2026, 11, 20)


@pytest.fixture
def town(db: None) -> Parcel:
    """A parcel of the town, which is large enough that reading it whole is never the best plan."""
    drawn = generate_town(20_000, 5)
    land_office, authority = offices_create(drawn)
    town_load(
        town=drawn, land_office=land_office, local_authority=authority,
        now=datetime(2026, 11, 20, 3, 0, tzinfo=UTC), progress=lambda *_: None,
    )  # fmt: skip
    with connection.cursor() as cursor:
        for table in ("parcels_parcel", "parcels_baunit", "parcels_mapsheet"):
            cursor.execute(f"ANALYZE {table}")
    found: Parcel = (
        Parcel.objects.with_facts()
        .exclude(house_number="")
        .exclude(ba_unit__deed_number="")
        .order_by("pk")[5_000]
    )
    return found


def test_every_look_up_uses_its_index(town):
    in_force = Parcel.objects.in_force(TODAY).with_facts()
    sheet = str(SheetName.parse(town.map_sheet.name))
    point = town.label_point
    expected = {
        "parcels_parcel_geometry": in_force.at(point.x, point.y),
        "ba_unit_by_deed_number": in_force.by_deed(town.ba_unit.deed_number),
        "parcel_by_land_number": in_force.by_land_number([sheet], town.land_number),
        "parcel_by_tax_code": in_force.by_tax_code(town.tax_parcel_code),
        "parcel_by_house_number": in_force.by_address(house_number=town.house_number),
        "parcel_by_address": in_force.by_address(street=town.street_th),
        "parcel_by_english_street": in_force.by_address(street=town.street_en.lower()),
        "parcels_parcel_public_id": in_force.filter(public_id=town.public_id),
    }
    for index, question in expected.items():
        assert town in question, index
        plan = question.all()[:21].explain()
        assert index in plan, plan
        assert "Seq Scan on parcels_parcel" not in plan, plan
        assert "Seq Scan on parcels_baunit" not in plan, plan


def test_a_deed_in_a_district_and_an_exact_address_use_theirs(town):
    in_force = Parcel.objects.in_force(TODAY).with_facts()
    for question in (
        in_force.by_deed(town.ba_unit.deed_number, [town.ba_unit.district_id]),
        in_force.by_address(house_number=town.house_number, street=town.street_th, exact=True),
        in_force.overlapping(town),
    ):
        plan = question.explain()
        assert "Seq Scan on parcels_parcel" not in plan, plan
    assert MapSheet.objects.count() > 20

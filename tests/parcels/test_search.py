"""Every way of naming a parcel finds it, and nothing is found by person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from psycopg.types.range import Range

from cadastre.errors import LandError
from parcels.errors import PersonalNumberNotSearched
from parcels.models import LandUse, MapSheet, Parcel
from parcels.services.search import (
    MOST_RESULTS,
    Address,
    Found,
    parcel_at,
    parcels_by_deed,
    parcels_by_land_number,
    parcels_by_tax_code,
    parcels_search,
    parse_address,
)
from tests.factories import (
    LONG_AGO,
    a_district,
    a_local_authority,
    a_map_sheet,
    a_parcel,
    a_square,
    a_title,
    a_transaction,
    amended,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def search(text: str) -> Found:
    return parcels_search(text=text, on=TODAY)


def one(found: Found) -> Parcel:
    assert len(found.parcels) == 1
    return found.parcels[0]


@pytest.fixture
def plot() -> Parcel:
    return a_parcel(
        ba_unit=a_title(deed_number="12345", district=a_district()),
        map_sheet=a_map_sheet("5136 IV 5834-02"),
        land_number="87",
        tax_parcel_code="01A001",
        local_authority=a_local_authority(),
        house_number="99/1",
        street_th="ถนนเทศบาล 1",
        street_en="Thetsaban 1 Road",
    )


@pytest.mark.parametrize(
    ("text", "understood_as"),
    [
        ("12345", "deed"),
        ("โฉนดเลขที่ ๑๒๓๔๕", "deed"),
        ("5136 IV 5834-02 เลขที่ดิน ๘๗", "sheet"),
        ("5136-4-5834-2 (1:1000) land number 87", "sheet"),
        ("01a001", "code"),
        ("๐๑A๐๐๑-B001", "code"),
        ("99/1", "address"),
        ("เลขที่ ๙๙/๑ ถ.เทศบาล 1", "address"),
        ("99/1 เทศบาล 1 ต.เสาธงหิน", "nothing there"),
        ("ถนนเทศบาล 1 เลขที่ 99/1", "address"),
        ("thetsaban 1", "address"),
        ("13.8702, 100.4702", "position"),
        ("100.4702 13.8702", "position"),
        ("๑๓.๘๗๐๒, ๑๐๐.๔๗๐๒", "position"),
        ("13°52'12.7\"N 100°28'12.7\"E", "position"),
        ("47N 658867 1533861", "position"),
        ("658867 1533861", "position"),
    ],
)
def test_one_box_understands_every_name_of_a_plot(plot, text, understood_as):
    found = search(text)
    if understood_as == "nothing there":
        assert not found.parcels
    else:
        assert found.understood_as == understood_as
        assert one(found) == plot


def test_a_number_that_is_no_deed_may_be_on_a_gate(plot):
    amended(plot, house_number="77")
    assert one(search("77")) == plot


def test_a_place_in_the_other_zone_is_found_there():
    """East of the 102nd meridian the same metres mean another place."""
    khon_kaen = a_parcel(geometry=a_square(102.8360, 16.4320), zone_srid=32648)
    assert one(search("268950 1817980")) == khon_kaen
    assert one(search("48N 268950 1817980")) == khon_kaen
    assert not search("47N 268950 1817980").parcels


def test_a_map_sheet_alone_is_a_place_and_no_list(plot):
    sheet = plot.map_sheet
    MapSheet.objects.filter(pk=sheet.pk).update(extent=a_square(side=0.01)[0])
    found = search("5136 IV 5834-02")
    assert found.parcels == []
    assert [place.kind for place in found.places] == ["sheet"]
    assert found.places[0].bounds == pytest.approx((100.47, 13.87, 100.48, 13.88))


def test_explicit_fields_find_the_same(plot):
    for district in ("1204", "บางใหญ่", "อำเภอบางใหญ่", "bang yai"):
        found = parcels_by_deed(number="๑๒๓๔๕", province="นนทบุรี", district=district, on=TODAY)
        assert one(found) == plot
    assert not parcels_by_deed(number="12345", district="เมืองนนทบุรี", on=TODAY).parcels
    assert not parcels_by_deed(number="12345", province="10", on=TODAY).parcels
    assert one(parcels_by_land_number(sheet="5136 IV 5834-2", number="๘๗", on=TODAY)) == plot
    assert one(parcels_by_tax_code(code="01A001", local_authority="LA-TEST", on=TODAY)) == plot
    assert not parcels_by_tax_code(code="01A001", local_authority="OTHER", on=TODAY).parcels


def test_the_same_deed_number_in_two_districts_is_two_parcels(plot):
    other = a_parcel(
        ba_unit=a_title(deed_number="12345"), geometry=a_square(100.48), land_number="2"
    )
    assert set(search("12345").parcels) == {plot, other}
    assert one(parcels_by_deed(number="12345", district="1204", on=TODAY)) == plot


def test_only_parcels_in_force_are_found(plot):
    ended = a_parcel(
        ba_unit=a_title(deed_number="55"), geometry=a_square(100.50),
        valid_during=Range(LONG_AGO, TODAY),
    )  # fmt: skip
    later = a_parcel(
        ba_unit=a_title(deed_number="56"), geometry=a_square(100.51),
        valid_during=Range(TODAY + timedelta(days=1), None),
    )  # fmt: skip
    assert not search("55").parcels
    assert not search("56").parcels
    assert parcel_at(lon=100.5002, lat=13.8702, on=TODAY) is None
    assert parcel_at(lon=100.5002, lat=13.8702, on=TODAY - timedelta(days=1)) == ended
    assert parcel_at(lon=100.5102, lat=13.8702, on=TODAY + timedelta(days=1)) == later


def test_a_point_on_a_common_boundary_belongs_to_one(plot):
    a_parcel(geometry=a_square(100.4704), land_number="2")
    assert parcel_at(lon=100.4704, lat=13.8702, on=TODAY) == plot


def test_a_street_is_told_in_part_and_in_order_of_its_houses():
    act = a_transaction()
    for number in range(MOST_RESULTS + 5):
        a_parcel(
            created_by=act, geometry=a_square(100.40 + number / 1000), land_number=str(number),
            house_number=str(number + 1), street_th="ซอยบ้านสวน 2",
        )  # fmt: skip
    a_parcel(street_th="ซอยบ้านสวน 2", land_use=LandUse.ROAD, geometry=a_square(100.45))
    a_parcel(street_th="ซอยบ้านสวน 21", house_number="1", geometry=a_square(100.46))
    found = search("บ้านสวน 2")
    assert len(found.parcels) == MOST_RESULTS
    assert found.more
    numbers = [int(parcel.house_number) for parcel in found.parcels]
    assert numbers == sorted(numbers)
    assert {parcel.street_th for parcel in found.parcels} == {"ซอยบ้านสวน 2"}
    assert one(search("3 ซ.บ้านสวน 2")).house_number == "3"


@pytest.mark.parametrize("text", ["", "   ", "ก", "%", "_%_", "\x00", "ถ\x00", "a" * 500])
def test_text_that_names_nothing_finds_nothing(plot, text):
    assert search(text).parcels == []


def test_wildcards_are_letters(plot):
    assert search("ถนน%").parcels == []
    assert search("ถนนเทศบาล_1").parcels == []


@pytest.mark.parametrize(
    "text",
    [
        "1101700203451",
        "1-1017-00203-45-1",
        "๑ ๑๐๑๗ ๐๐๒๐๓ ๔๕ ๑",
        "สมชาย 1101700203451",
        "9999999999999",
    ],
)
def test_nobody_is_found_by_a_personal_number(text):
    with pytest.raises(PersonalNumberNotSearched) as refused:
        search(text)
    assert "1017" not in str(refused.value)
    for lookup in (
        lambda: parcels_by_deed(number=text, on=TODAY),
        lambda: parcels_by_land_number(sheet="5136 IV 5834-2", number=text, on=TODAY),
        lambda: parcels_by_tax_code(code=text, on=TODAY),
    ):
        with pytest.raises(PersonalNumberNotSearched):
            lookup()


def test_a_pair_of_metres_is_no_personal_number():
    assert search("665000 1520000").understood_as == "position"


def test_a_number_that_cannot_be_one_says_how_to_write_it():
    with pytest.raises(LandError) as refused:
        parcels_by_deed(number="twelve", on=TODAY)
    assert refused.value.code == "deed_number_invalid"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("99/1 ถ.เทศบาล 1", Address("99/1", "ถนนเทศบาล 1")),
        ("บ้านเลขที่ 5 ซอยสวน", Address("5", "ซอยสวน")),
        ("ถนนเทศบาล 12", Address("", "ถนนเทศบาล 12")),
        ("no. 7 Main Road", Address("7", "Main Road")),
        ("12", Address("12", "")),
        (
            "12 ซ.สวน ต.บางม่วง อ.บางใหญ่ จ.นนทบุรี",
            Address(
                "12", "ซอยสวน",
                (("sub_district", "บางม่วง"), ("district", "บางใหญ่"), ("province", "นนทบุรี")),
            ),
        ),
    ],
)  # fmt: skip
def test_addresses_are_read_as_people_write_them(text, address):
    assert parse_address(text) == address

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadastre.digits import to_thai_digits
from cadastre.errors import LandError
from cadastre.identifiers import (
    SHEETS_PER_SIDE,
    DeedNumberInvalid,
    LandNumberInvalid,
    MapSheet,
    MapSheetInvalid,
    ParcelCode,
    ParcelCodeInvalid,
    ParcelCodesUsedUp,
    PhoneNumberInvalid,
    SurveyPageInvalid,
    citizen_id_check_digit,
    deed_number,
    format_phone,
    is_citizen_id,
    land_number,
    next_lot,
    phone_number,
    survey_page,
)

even_km = st.integers(0, 49).map(lambda n: 2 * n)


@st.composite
def map_sheets(draw):
    scale = draw(st.sampled_from(sorted(SHEETS_PER_SIDE)))
    number = 0 if scale == 4000 else draw(st.integers(1, SHEETS_PER_SIDE[scale] ** 2))
    index = f"{draw(st.integers(0, 9999)):04d}"
    return MapSheet(index, draw(st.integers(1, 4)), draw(even_km), draw(even_km), number, scale)


@st.composite
def parcel_codes(draw):
    widths = (999, 99, 9)[: draw(st.integers(0, 3))]
    kind = draw(st.sampled_from(["", "building", "sign"]))
    return ParcelCode(
        draw(st.integers(1, 99)),
        draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
        draw(st.integers(1, 999)),
        tuple(draw(st.integers(1, most)) for most in widths),
        **({kind: draw(st.integers(1, 999))} if kind else {}),
    )


@given(map_sheets())
@example(MapSheet("5136", 2, 66, 18, 3, 2000))
def test_a_map_sheet_reads_back_from_every_way_it_is_written(sheet):
    assert MapSheet.parse(str(sheet)) == sheet
    assert MapSheet.parse(to_thai_digits(str(sheet))) == sheet
    assert MapSheet.from_fields(*sheet.fields) == sheet
    assert MapSheet.parse(sheet.key) == sheet
    assert sheet.base.scale == 4000


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("5136 II 6618-14", ("5136", "2", "6618", "14", "1000")),
        ("5136II6618", ("5136", "2", "6618", "00", "4000")),
        ("5136ii6618", ("5136", "2", "6618", "00", "4000")),
        ("5136-2-6618-14 (1:1000)", ("5136", "2", "6618", "14", "1000")),
        ("5136 II 6618 แผ่นที่ 14 มาตราส่วน 1:500", ("5136", "2", "6618", "14", "500")),
        ("ระวาง ๕๑๓๖ Ⅱ ๖๖๑๘-๑๔", ("5136", "2", "6618", "14", "1000")),
        ("5838III1202", ("5838", "3", "1202", "00", "4000")),
        ("5440IV4046", ("5440", "4", "4046", "00", "4000")),
        ("5235|3|2638|00|4000", ("5235", "3", "2638", "00", "4000")),
        ("5136 II 6618-2 (1:2,000)", ("5136", "2", "6618", "02", "2000")),
        ("5136 II 6618-40", ("5136", "2", "6618", "40", "500")),
    ],
)
def test_map_sheets_as_offices_write_them(text, fields):
    assert MapSheet.parse(text).fields == fields


def test_leading_zeros_that_a_spreadsheet_stripped_come_back():
    assert MapSheet.from_fields("5134", "1", "632", "10", "1000").square == "0632"
    assert MapSheet.from_fields("5134", "I", "0632", "", "") == MapSheet("5134", 1, 6, 32)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5136 V 6618",
        "5136 II 6619",  # odd kilometre
        "5136 II 6618-17 (1:1000)",
        "5136 II 6618-00 (1:1000)",
        "5136 II 6618-1 (1:4000)",
        "5136 II 6618-65",
        "5136 II 66181",
        "513626618",
        "5136 II 6618-14 (1:3000)",
        "٥١٣٦ II 6618",
        "5136 II 6618" + " " * 200,
    ],
)
def test_what_is_no_map_sheet_is_refused_with_an_example(text):
    with pytest.raises(MapSheetInvalid, match="5136 III 6618-14"):
        MapSheet.parse(text)


@given(parcel_codes())
def test_a_parcel_code_reads_back(code):
    assert ParcelCode.parse(str(code)) == code
    assert ParcelCode.parse(to_thai_digits(str(code)).lower()) == code
    assert code.parcel.with_building(7).parcel == code.parcel
    assert code.with_sign(7).building == 0


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("01A001", "01A001"),
        ("07K002/004", "07K002/004"),
        ("07k002/4", "07K002/004"),
        ("01A001/001/01/1", "01A001/001/01/1"),
        ("20F026-B002", "20F026-B002"),
        ("03N008/001-B001", "03N008/001-B001"),
        ("50A001-P001", "50A001-P001"),
        (" 01 a 001 ", "01A001"),
    ],
)
def test_parcel_codes_as_offices_write_them(text, written):
    assert str(ParcelCode.parse(text)) == written


# The second half are slips found in a real building layer.
@pytest.mark.parametrize(
    "text",
    [
        *["", "1A001", "01A01", "01AA001", "01A000", "00A001", "01A001/000", "01A001/001/001"],
        *["01A001/001/01/1/1", "01A001-B000", "01A001-B001-P001", "01ก001"],
        *["99A99-A999", "99A999-999", "99ฺA999-A999", "วัดป่า"],
    ],
)
def test_slips_in_parcel_codes_are_refused(text):
    with pytest.raises(ParcelCodeInvalid, match="01A001"):
        ParcelCode.parse(text)


def test_dividing_a_parcel_takes_the_next_number_at_each_level():
    code = ParcelCode.parse("02B120")
    first = code.next_division([])
    assert str(first) == "02B120/001"
    assert str(code.next_division([code, first])) == "02B120/002"
    second = first.next_division([first])
    assert str(second) == "02B120/001/01"
    third = second.next_division([])
    assert str(third) == "02B120/001/01/1"
    with pytest.raises(ParcelCodesUsedUp):
        third.next_division([])
    with pytest.raises(ParcelCodesUsedUp):
        code.next_division([ParcelCode.parse("02B120/999")])


def test_a_new_parcel_takes_the_next_lot_of_its_block():
    used = [ParcelCode.parse(code) for code in ("02B120", "02B007/001", "02C300", "03B500")]
    assert str(next_lot(2, "B", used)) == "02B121"
    assert str(next_lot(2, "D", used)) == "02D001"
    with pytest.raises(ParcelCodesUsedUp):
        next_lot(2, "E", [ParcelCode.parse("02E999")])


@given(parcel_codes(), st.lists(parcel_codes(), max_size=20))
def test_a_new_code_was_never_used(code, others):
    used = {other.parcel for other in [*others, code]}
    try:
        fresh = code.next_division(used)
    except ParcelCodesUsedUp:
        return
    assert fresh not in used
    assert fresh.divisions[:-1] == code.divisions


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12345", "12345"),
        ("๑๒๓๔๕", "12345"),
        ("โฉนดเลขที่ 12345", "12345"),
        ("โฉนดที่ดินเลขที่ ๑๒๓๔๕", "12345"),
        ("น.ส.3ก. เลขที่ 77", "77"),
        ("deed no. 12345", "12345"),
        ("00123", "123"),
        ("12/34", "12/34"),
    ],
)
def test_deed_numbers_as_people_write_them(text, number):
    assert deed_number(text) == number


def test_the_other_numbers_of_a_deed():
    assert land_number("เลขที่ดิน ๑๒") == "12"
    assert survey_page("หน้าสำรวจ 4567") == "4567"


@pytest.mark.parametrize("text", ["", "0", "abc", "12a", "-5", "123456789", "1/2/3", "٣", "1\n2"])
def test_what_is_no_number_of_a_deed_is_refused(text):
    with pytest.raises(DeedNumberInvalid):
        deed_number(text)
    with pytest.raises(LandNumberInvalid):
        land_number(text)
    with pytest.raises(SurveyPageInvalid):
        survey_page(text)


@given(
    st.text(alphabet="0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9)
)
def test_one_wrong_digit_breaks_a_citizen_id(first, place, change):
    whole = first + citizen_id_check_digit(first)
    assert is_citizen_id(whole)
    wrong = str((int(whole[place]) + change) % 10)
    broken = whole[:place] + wrong + whole[place + 1 :]
    # Modulo 11 folded into ten digits: remainders 0 and 10 share "1", 1 and 11 share "0".
    first_digit_trade = citizen_id_check_digit(broken[:12]) == whole[12] and place < 12
    assert is_citizen_id(broken) is first_digit_trade


def test_a_citizen_id_is_recognised_in_its_usual_spelling():
    assert is_citizen_id("1-1111-11111-11-9")
    assert is_citizen_id("๑ ๑๑๑๑ ๑๑๑๑๑ ๑๑ ๙")
    assert not is_citizen_id("1111111111111")
    assert not is_citizen_id("123")
    with pytest.raises(ValueError, match="twelve"):
        citizen_id_check_digit("1")


@pytest.mark.parametrize(
    ("text", "number", "shown"),
    [
        ("081-234-5678", "+66812345678", "081-234-5678"),
        ("๐๘๑ ๒๓๔ ๕๖๗๘", "+66812345678", "081-234-5678"),
        ("+66 81 234 5678", "+66812345678", "081-234-5678"),
        ("+66(0)812345678", "+66812345678", "081-234-5678"),
        ("0066812345678", "+66812345678", "081-234-5678"),
        ("02 123 4567", "+6621234567", "02-123-4567"),
        ("044-123-456", "+6644123456", "044-123-456"),
    ],
)
def test_thai_phone_numbers(text, number, shown):
    assert phone_number(text) == number
    assert format_phone(phone_number(text)) == shown
    assert phone_number(shown) == number


@pytest.mark.parametrize("text", ["", "191", "0812345", "08123456789", "+1 212 555 0100", "abc"])
def test_other_phone_numbers_are_refused_without_repeating_them(text):
    with pytest.raises(PhoneNumberInvalid) as refused:
        phone_number(text)
    assert not refused.value.evidence


@given(st.text(max_size=60))
def test_any_text_ends_in_a_value_or_in_our_error(text):
    for parse in (
        MapSheet.parse,
        ParcelCode.parse,
        deed_number,
        land_number,
        survey_page,
        phone_number,
    ):
        try:
            value = parse(text)
        except LandError:
            continue
        assert parse(str(value)) == value

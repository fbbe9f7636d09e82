from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from cadastre.area import Area
from cadastre.digits import to_thai_digits
from web.fields import BahtField, BuddhistDateField, CoordinateField, DigitsField, RaiNganWaField


def refusal(field: forms.Field, value: object) -> str:
    with pytest.raises(ValidationError) as refused:
        field.clean(value)
    return refused.value.messages[0]


# -- rai, ngan, square wa ------------------------------------------------------------------------


@given(
    rai=st.integers(0, 99_999),
    ngan=st.integers(0, 3),
    wa=st.decimals(0, Decimal("99.99"), places=2),
)
@example(rai=0, ngan=0, wa=Decimal("0.01"))
def test_three_boxes_become_one_exact_area_and_back(rai, ngan, wa):
    field = RaiNganWaField(allow_zero=True)
    area = field.clean([str(rai), str(ngan), str(wa)])
    assert area == Area.from_rai(rai, ngan, wa)
    assert field.clean([to_thai_digits(str(part)) for part in (rai, ngan, wa)]) == area
    assert field.clean(field.prepare_value(area)) == area
    assert not field.has_changed(area, [str(rai), str(ngan), str(wa)])


def test_empty_boxes_count_as_zero_and_wa_alone_may_be_large():
    assert RaiNganWaField().clean(["", "", "120"]) == Area.from_square_wa(120)
    assert RaiNganWaField().clean(["1,200", "", ""]) == Area.from_rai(1200)
    assert RaiNganWaField(required=False).clean(["", "", ""]) is None


@pytest.mark.parametrize(
    ("boxes", "advice"),
    [
        (["", "", ""], "Enter the area"),
        (["two", "", ""], "whole number"),
        (["1.5", "", ""], "whole number"),
        (["-1", "", ""], "whole number"),
        (["2", "4", ""], "Four ngan are one rai"),
        (["2", "", "100"], "below 100"),
        (["", "", "ten"], "such as 50"),
        (["", "", "1e3"], "such as 50"),
        (["0", "0", "0"], "larger than zero"),
        (["999999999", "", ""], "not a land area"),
    ],
)
def test_an_area_that_cannot_be_is_refused_with_advice(boxes, advice):
    with translation.override("en"):
        assert advice in refusal(RaiNganWaField(), boxes)


class AreaForm(forms.Form):
    area = RaiNganWaField(help_text="?")


def test_each_box_has_a_label_of_its_own():
    with translation.override("th"):
        html = str(AreaForm(initial={"area": Area(Decimal(3802))})["area"])
    for word, value in (("ไร่", "2"), ("งาน", "1"), ("ตารางวา", "50.5")):
        assert f"<span>{word}</span>" in html
        assert f'value="{value}"' in html


def test_what_was_typed_stays_when_it_is_refused():
    form = AreaForm({"area_rai": "2", "area_ngan": "7", "area_wa": "ห้า"})
    assert not form.is_valid()
    assert 'value="7"' in str(form["area"])
    assert 'value="ห้า"' in str(form["area"])


# -- dates -----------------------------------------------------------------------------------------


@given(st.dates(dt.date(1889, 4, 1), dt.date(2150, 1, 1)))
def test_a_date_survives_the_form_in_both_languages(day):
    field = BuddhistDateField()
    for language in ("th", "en"):
        with translation.override(language):
            shown = field.prepare_value(day)
            assert field.clean(shown) == day
            assert not field.has_changed(day, shown)


def test_limits_of_dates_are_asked_when_the_form_is_used():
    field = BuddhistDateField(
        earliest=lambda: dt.date(2026, 11, 21), latest=lambda: dt.date(2026, 12, 31)
    )
    assert field.clean("21/11/2569") == dt.date(2026, 11, 21)
    with translation.override("th"):
        assert "21 พฤศจิกายน 2569" in refusal(field, "20/11/2569")
    with translation.override("en"):
        assert "31 December 2026" in refusal(field, "1/1/2570")
        assert "There is no such day" in refusal(field, "30/2/2569")
        assert "Enter the date" in refusal(field, " ")
    assert BuddhistDateField(required=False).clean("") is None


# -- money, digits, places -------------------------------------------------------------------------


@given(st.integers(0, 10**15))
def test_money_survives_the_form(satang):
    field = BahtField()
    shown = field.prepare_value(satang)
    assert field.clean(shown) == satang
    assert field.clean(to_thai_digits(shown)) == satang


@pytest.mark.parametrize(
    ("text", "satang"),
    [("1234.5", 123_450), ("฿1,234.50", 123_450), ("๑,๒๓๔ บาท", 123_400), ("0", 0)],
)
def test_money_as_people_write_it(text, satang):
    assert BahtField().clean(text) == satang


@pytest.mark.parametrize("text", ["1.234", "12,34", "-5", "1e6", "٣", "NaN", "1.234,50", "5 USD"])
def test_what_is_no_money_is_refused(text):
    with translation.override("en"):
        assert "at most two decimals" in refusal(BahtField(), text)


def test_money_beyond_the_country_is_a_slip():
    with translation.override("en"):
        assert "too large" in refusal(BahtField(), "9,999,999,999,999,999")


@given(st.from_regex(r"[0-9]{1,6}", fullmatch=True))
def test_digits_keep_their_zeros(digits):
    field = DigitsField(digits=(1, 6))
    assert field.clean(digits) == digits
    assert field.clean(to_thai_digits(digits)) == digits


def test_digits_are_refused_with_their_number():
    assert DigitsField(digits=10).clean("081-234 5678") == "0812345678"
    with translation.override("en"):
        assert "exactly 10 digits" in refusal(DigitsField(digits=10), "0812")
        assert "1 to 6 digits" in refusal(DigitsField(digits=(1, 6)), "1234567")
        assert "digits only" in refusal(DigitsField(digits=5), "12a45")
        assert "digits only" in refusal(DigitsField(digits=1), "٣")


def test_a_place_in_either_order_and_in_metres():
    field = CoordinateField()
    for text in ("13.8591, 100.5217", "100.5217 13.8591", "๑๓.๘๕๙๑, ๑๐๐.๕๒๑๗"):
        place = field.clean(text)
        assert (place.lon, place.lat) == (100.5217, 13.8591)
    assert field.clean("47N 664500 1532600").given_srid == 32647


def test_metres_in_two_zones_are_asked_about_not_guessed():
    with translation.override("en"):
        assert "two zones" in refusal(CoordinateField(), "500000 1700000")
        assert "cannot be read as a position" in refusal(CoordinateField(), "here")

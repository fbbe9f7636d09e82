from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from urllib.parse import unquote

import pytest
from django.template import engines
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from cadastre.area import Area
from cadastre.digits import to_ascii_digits
from web import formats
from web.fields import BahtField

EVENING = dt.datetime(2026, 12, 31, 18, 30, tzinfo=dt.UTC)  # already 2027 in Thailand


@pytest.fixture(params=["th", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


def written(template: str, **context: object) -> str:
    return engines["django"].from_string(template).render(context).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("template", "thai", "english"),
    [
        ("{{ v|be_date }}", "1 มกราคม 2570", "1 January 2027"),
        ('{{ v|be_date:"short" }}', "1 ม.ค. 2570", "1 Jan 2027"),
        ('{{ v|be_date:"numeric" }}', "1/1/2570", "1/1/2027"),
        ("{{ v|be_datetime }}", "1 มกราคม 2570 เวลา 01.30 น.", "1 January 2027, 01:30"),
        ("{{ v|be_time }}", "01.30 น.", "01:30"),
        ("{{ v|be_year }}", "2570", "2027"),
    ],
)
def test_moments_are_written_in_thai_time_and_the_era_of_the_page(template, thai, english):
    with translation.override("th"):
        assert written(template, v=EVENING) == thai
    with translation.override("en"):
        assert written(template, v=EVENING) == english


def test_a_tax_year_is_written_in_the_era_of_the_page():
    with translation.override("th"):
        assert written("{{ v|be_year }}", v=2026) == "2569"
    with translation.override("en"):
        assert written("{{ v|be_year }}", v=2026) == "2026"


@pytest.mark.parametrize(
    "name",
    ["be_date", "be_datetime", "be_year", "be_time", "baht", "baht_text", "rai_ngan_wa", "area_m2"],
)
def test_nothing_is_written_for_nothing(name):
    assert written("{{ v|" + name + " }}", v=None) == ""


@pytest.mark.parametrize(
    ("satang", "text"),
    [(123_450, "1,234.50"), (0, "0.00"), (5, "0.05"), (-123_450, "−1,234.50")],
)
def test_money(satang, text):
    assert written("{{ v|baht }}", v=satang) == text


@given(st.integers(min_value=0, max_value=10**14))
@example(99)
def test_money_that_is_written_is_read_back(satang):
    assert BahtField().clean(formats.format_baht(satang)) == satang


@pytest.mark.parametrize(
    ("satang", "words"),
    [
        (0, "ศูนย์บาทถ้วน"),
        (25, "ยี่สิบห้าสตางค์"),
        (100, "หนึ่งบาทถ้วน"),
        (1_100, "สิบเอ็ดบาทถ้วน"),
        (2_150, "ยี่สิบเอ็ดบาทห้าสิบสตางค์"),
        (10_100, "หนึ่งร้อยเอ็ดบาทถ้วน"),
        (12_345_678, "หนึ่งแสนสองหมื่นสามพันสี่ร้อยห้าสิบหกบาทเจ็ดสิบแปดสตางค์"),
        (100_000_100, "หนึ่งล้านเอ็ดบาทถ้วน"),
        (10**15, "สิบล้านล้านบาทถ้วน"),
    ],
)
def test_money_in_words_as_on_a_receipt(satang, words):
    assert formats.format_baht_words(satang) == words


DIGITS = {"หนึ่ง": 1, "เอ็ด": 1, "สอง": 2, "ยี่": 2, "สาม": 3, "สี่": 4, "ห้า": 5, "หก": 6}
DIGITS |= {"เจ็ด": 7, "แปด": 8, "เก้า": 9, "ศูนย์": 0}
PLACES = {"สิบ": 10, "ร้อย": 100, "พัน": 1_000, "หมื่น": 10_000, "แสน": 100_000}


def number_of(words: str) -> int:
    """An independent reading of Thai number words."""
    if "ล้าน" in words:
        head, _, tail = words.rpartition("ล้าน")
        return number_of(head) * 1_000_000 + (number_of(tail) if tail else 0)
    total = digit = 0
    for word in re.findall("|".join([*DIGITS, *PLACES]), words):
        if word in PLACES:
            total, digit = total + (digit or 1) * PLACES[word], 0
        else:
            digit = DIGITS[word]
    return total + digit


@given(st.integers(min_value=0, max_value=10**15))
def test_words_and_figures_agree(baht):
    words = formats.format_baht_words(baht * 100)
    assert words.endswith("บาทถ้วน")
    assert number_of(words.removesuffix("บาทถ้วน")) == baht


def test_areas(language):
    expected = {
        "th": ("2 ไร่ 1 งาน 50.5 ตร.ว.", "3,802 ตร.ม."),
        "en": ("2 rai 1 ngan 50.5 sq wa", "3,802 m²"),
    }[language]
    for value in (Area(Decimal(3802)), Decimal(3802), 3802, 3802.0):
        assert written("{{ v|rai_ngan_wa }}|{{ v|area_m2 }}", v=value) == "|".join(expected)


def test_a_number_stays_with_its_unit(language):
    assert " " not in formats.format_square_metres(Decimal(3802))
    assert formats.format_rai_ngan_wa(Decimal(3802)).count(" ") == 2


@given(st.decimals(min_value=0, max_value=10**11, places=4))
@example(Decimal("399.9"))  # 99.975 wa: must carry into the next ngan
def test_a_written_area_is_read_back_within_half_a_step(square_metres):
    with translation.override("th"):
        text = formats.format_rai_ngan_wa(square_metres)
    read = Area.parse(text.replace("\u00a0", " "))
    assert abs(read.square_metres - square_metres) <= Decimal("0.2")


def test_square_metres_are_rounded_half_up():
    with translation.override("en"):
        assert formats.format_square_metres(Decimal("12.345")) == "12.35\u00a0m²"


@given(st.integers(min_value=0))
def test_thai_digits_read_back(number):
    assert to_ascii_digits(written("{{ v|thai_digits }}", v=number)) == str(number)


def test_a_qr_code_is_a_picture_without_styles_or_scripts():
    picture = written('{% qr "https://example.org/p/x?y=1&z=2" "ไปยังหน้านี้" %}')
    assert 'alt="ไปยังหน้านี้"' in picture
    assert "style=" not in picture
    data = re.search(r'src="data:image/svg\+xml;charset=utf-8,([^"]+)"', picture)
    assert data
    drawing = unquote(data[1])
    assert drawing.startswith("<svg")
    assert "style" not in drawing

"""Amounts in words: read back by another reading of the words, in English and in Thai."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from web.english_numbers import baht_in_english
from web.formats import format_baht_words

SIZES = {
    "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
}  # fmt: skip
_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
ONES = {word: number for number, word in enumerate(_NUMBERS.split())}
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
        "eighty": 80, "ninety": 90}  # fmt: skip
THAI = {"หนึ่ง": 1, "เอ็ด": 1, "สอง": 2, "ยี่": 2, "สาม": 3, "สี่": 4, "ห้า": 5, "หก": 6, "เจ็ด": 7,
        "แปด": 8, "เก้า": 9}  # fmt: skip
PLACES = {"สิบ": 10, "ร้อย": 100, "พัน": 1_000, "หมื่น": 10_000, "แสน": 100_000}
satang = st.integers(0, 10**17 - 1)


def english(words: str) -> int:
    """A number from its English words."""
    total = group = 0
    for word in re.split(r"[ -]", words):
        if word == "hundred":
            group *= 100
        elif word in SIZES:
            total, group = total + group * SIZES[word], 0
        else:
            group += ONES.get(word, TENS.get(word, 0))
    return total + group


def thai(words: str) -> int:
    """A number from its Thai words."""
    total = digit = 0
    pieces = sorted([*THAI, *PLACES, "ล้าน", "ศูนย์"], key=len, reverse=True)
    for piece in re.findall("|".join(pieces), words):
        if piece == "ล้าน":
            total, digit = (total + digit) * 10**6, 0
        elif piece in PLACES:
            total, digit = total + (digit or 1) * PLACES[piece], 0
        else:
            digit = THAI.get(piece, 0)
    return total + digit


@settings(deadline=None)
@given(satang)
@example(100)
@example(101)
@example(10**17 - 1)
def test_english_words_say_the_amount(amount: int) -> None:
    written = re.fullmatch(
        r"(?:(?P<baht>.+?) baht)?(?: and )?(?: only|(?P<satang>[a-z-]+) satang)",
        baht_in_english(amount),
    )
    assert written is not None
    assert english(written["baht"] or "zero") * 100 + english(written["satang"] or "zero") == amount


@settings(deadline=None)
@given(satang)
@example(2_150)
@example(101_00)
@example(1_000_001_00)
def test_thai_words_say_the_amount(amount: int) -> None:
    baht, _, rest = format_baht_words(amount).rpartition("บาท")
    assert thai(baht) * 100 + thai(rest.removesuffix("สตางค์").removesuffix("ถ้วน")) == amount
    assert format_baht_words(amount).endswith("สตางค์" if amount % 100 else "ถ้วน")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "zero baht only"),
        (5, "five satang"),
        (100, "one baht only"),
        (2_150, "twenty-one baht and fifty satang"),
        (114_812, "one thousand one hundred forty-eight baht and twelve satang"),
        (-100, "minus one baht only"),
    ],
)
def test_amounts_in_english(amount: int, words: str) -> None:
    assert baht_in_english(amount) == words

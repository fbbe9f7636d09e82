from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cadastre.digits import is_ascii_number, to_ascii_digits, to_thai_digits, typed_text


@given(st.text(alphabet="0123456789-. กขค"))
def test_thai_digits_go_out_and_come_back(text):
    assert to_ascii_digits(to_thai_digits(text)) == text


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    once = typed_text(text)
    assert typed_text(once) == once


@given(st.text())
def test_a_number_that_passes_is_read_alike_everywhere(text):
    if is_ascii_number(typed_text(text)):
        assert str(int(typed_text(text))) == typed_text(text).lstrip("0") or "0"


def test_what_word_processors_do_to_text():
    assert typed_text("  ๑２–３\u200b\u202e  ′″ ") == "12-3 '\""
    assert typed_text("น\u0e4d\u0e32") == "นำ"
    assert typed_text("น\u0e49\u0e4d\u0e32") == "น้ำ"


def test_other_scripts_are_not_our_digits():
    assert not is_ascii_number(typed_text("٣"))
    assert not is_ascii_number("")
    assert not is_ascii_number("²")

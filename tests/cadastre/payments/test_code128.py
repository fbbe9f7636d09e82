"""The barcode of payment slips: what an independent decoder reads is what was written."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cadastre.payments import BillPayment, barcode_payload, parse_barcode
from cadastre.payments.code128 import PATTERNS, QUIET_MODULES, code128_modules, code128_values

MODULE_PX = 3
slips = st.builds(
    BillPayment,
    biller_id=st.from_regex(r"[0-9]{15}", fullmatch=True),
    reference_1=st.from_regex(r"[A-Z0-9]{1,20}", fullmatch=True),
    reference_2=st.from_regex(r"([A-Z0-9]{1,20})?", fullmatch=True),
    amount_satang=st.none() | st.integers(1, 999_999_999_999),
)


def read(text: str) -> str:
    """What zxing reads in the symbol of a text, drawn as pixels."""
    quiet = [True] * (QUIET_MODULES * MODULE_PX)
    pixels = list(quiet)
    for place, width in enumerate(code128_modules(text)):
        pixels += [place % 2 == 1] * (width * MODULE_PX)
    row = np.array(pixels + quiet, dtype=np.uint8) * 255
    found = zxingcpp.read_barcodes(np.tile(row, (60, 1)), formats=zxingcpp.BarcodeFormat.Code128)
    return found[0].bytes.decode("ascii") if found else ""


@settings(deadline=None, max_examples=60)
@given(slips)
def test_a_slip_reads_back_as_it_was_written(slip: BillPayment) -> None:
    payload = barcode_payload(slip)
    assert parse_barcode(read(payload)) == slip


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(min_codepoint=0, max_codepoint=126), min_size=1, max_size=60))
@example("|099400016550100\r123456789012\r670429\r364922")
@example("a\rB12345\n67")
def test_any_ascii_reads_back(text: str) -> None:
    assert read(text) == text


def test_every_character_is_eleven_modules_of_three_bars() -> None:
    assert len(PATTERNS) == len(set(PATTERNS)) == 106
    assert all(sum(map(int, each)) == 11 for each in PATTERNS)
    assert all(sum(map(int, each[::2])) % 2 == 0 for each in PATTERNS)


def test_digits_are_written_in_pairs() -> None:
    assert code128_values("123456") == (105, 12, 34, 56)
    assert len(code128_values("123456789")) == 7  # four pairs, a change of set, one digit


@settings(deadline=None, max_examples=30)
@given(slips)
def test_a_slip_fits_across_a_sheet(slip: BillPayment) -> None:
    """The longest slip is printed 170 mm wide: its modules stay at a quarter of a millimetre."""
    modules = sum(code128_modules(barcode_payload(slip))) + 2 * QUIET_MODULES
    assert 170 / modules >= 0.25


@pytest.mark.parametrize("text", ["", "ภาษี", "1" * 81])
def test_what_no_barcode_holds_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="1 to 80 ASCII"):
        code128_modules(text)

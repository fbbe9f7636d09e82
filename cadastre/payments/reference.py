"""Reference numbers with a check digit, so that a slip of the keyboard pays nobody else's bill."""

from __future__ import annotations

from typing import Final

from cadastre.digits import is_ascii_number, typed_text
from cadastre.errors import LandError, gettext_noop

LONGEST_REFERENCE: Final = 20


class ReferenceInvalid(LandError):
    code = "reference_invalid"
    message = gettext_noop(
        "“{reference}” is not a reference number of ours: one digit is wrong or two are "
        "exchanged. Copy it again from the bill."
    )


def luhn_digit(digits: str) -> str:
    """The Luhn check digit to write behind ``digits`` (ISO/IEC 7812-1 annex B).

    It notices every single wrong digit and every exchange of neighbours but 09 and 90.
    """
    if not is_ascii_number(digits):
        raise ValueError("a check digit needs ASCII digits")
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def with_check_digit(digits: str) -> str:
    """``digits`` and their check digit, at most 20 in all: what banks take as a reference."""
    if len(digits) >= LONGEST_REFERENCE:
        raise ValueError(f"at most {LONGEST_REFERENCE - 1} digits leave room for the check digit")
    return digits + luhn_digit(digits)


def has_check_digit(reference: str) -> bool:
    """Whether the last digit is the right one."""
    return (
        2 <= len(reference) <= LONGEST_REFERENCE
        and is_ascii_number(reference)
        and luhn_digit(reference[:-1]) == reference[-1]
    )


def check_reference(text: str) -> str:
    """The reference somebody typed (Thai digits, blanks, dashes), or `ReferenceInvalid`."""
    reference = typed_text(text[:60]).replace(" ", "").replace("-", "")
    if not has_check_digit(reference):
        raise ReferenceInvalid(reference=text[:60])
    return reference

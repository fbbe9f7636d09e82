"""Reference 1 of a bill: what a payer types and a bank reports."""

from __future__ import annotations

from typing import Final

from cadastre.payments.reference import with_check_digit
from taxmap.models import BillKind

KIND_DIGIT: Final = {BillKind.LAND_BUILDING: 1, BillKind.SIGNBOARD: 2}


def bill_reference(authority_id: int, tax_year: int, kind: BillKind, number: int) -> str:
    """18 digits: authority 5, Buddhist year 4, kind 1, number 7, check digit.

    Raises ValueError when authority or number have more digits than that.
    """
    digits = f"{authority_id:05d}{tax_year + 543:04d}{KIND_DIGIT[kind]}{number:07d}"
    if len(digits) != 17:
        raise ValueError(f"{authority_id} or {number} has too many digits for a reference")
    return with_check_digit(digits)

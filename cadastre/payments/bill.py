"""A bill to be paid through any Thai bank: who is paid, for what, how much."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cadastre.errors import LandError, gettext_noop

LARGEST_SATANG: Final = 999_999_999_999
"""9,999,999,999.99 baht: the 13 characters of the amount field."""

_REFERENCE = re.compile(r"[A-Z0-9]{1,20}", re.ASCII)
_BILLER = re.compile(r"\d{13}(?:\d{2})?", re.ASCII)


class BillPaymentInvalid(LandError):
    code = "bill_payment_invalid"
    message = gettext_noop(
        "No payment slip can be made: {field} is “{value}”. Biller numbers have 15 digits (tax "
        "number and service code), references up to 20 capital letters and digits, and amounts "
        "run from 0.01 to 9,999,999,999.99 baht."
    )


def check_biller_id(biller_id: str) -> str:
    """Fifteen digits: tax number and two of service code; thirteen where a bank assigned none."""
    if _BILLER.fullmatch(biller_id) is None:
        raise BillPaymentInvalid(field="biller_id", value=biller_id[:20])
    return biller_id


@dataclass(frozen=True, slots=True)
class BillPayment:
    """One payment slip. Without an amount the payer types it."""

    biller_id: str
    reference_1: str
    reference_2: str = ""
    amount_satang: int | None = None
    reference_3: str = ""

    def __post_init__(self) -> None:
        check_biller_id(self.biller_id)
        optional = {"reference_2": self.reference_2, "reference_3": self.reference_3}
        given = {name: value for name, value in optional.items() if value}
        for field, value in {"reference_1": self.reference_1, **given}.items():
            if _REFERENCE.fullmatch(value) is None:
                raise BillPaymentInvalid(field=field, value=value[:30])
        amount = self.amount_satang
        if amount is not None and not 1 <= amount <= LARGEST_SATANG:
            raise BillPaymentInvalid(field="amount_satang", value=str(amount))

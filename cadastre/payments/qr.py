"""Thai QR bill payment (EMVCo tag 30). See ``docs/algorithms/payment-payloads.md``."""

from __future__ import annotations

import re
from typing import Final

from cadastre.payments.bill import BillPayment, BillPaymentInvalid
from cadastre.payments.emvco import (
    QrPayloadInvalid,
    decode_fields,
    encode_fields,
    sealed,
    unsealed,
)

BILL_PAYMENT_APPLICATION: Final = "A000000677010112"
BAHT: Final = "764"

_AMOUNT = re.compile(r"(?P<baht>\d{1,10})(?:\.(?P<satang>\d{1,2}))?", re.ASCII)


def qr_payload(bill: BillPayment) -> str:
    """The text of the QR code; with an amount it is marked for one use (12), else static (11)."""
    amount = bill.amount_satang
    merchant = encode_fields(
        [
            ("00", BILL_PAYMENT_APPLICATION),
            ("01", bill.biller_id),
            ("02", bill.reference_1),
            ("03", bill.reference_2),
        ]
    )
    return sealed(
        encode_fields(
            [
                ("00", "01"),
                ("01", "11" if amount is None else "12"),
                ("30", merchant),
                ("53", BAHT),
                ("54", "" if amount is None else f"{amount // 100}.{amount % 100:02d}"),
                ("58", "TH"),
                ("62", encode_fields([("07", bill.reference_3)])),
            ]
        )
    )


def parse_qr(payload: str) -> BillPayment:
    """The bill of a Thai QR code. Any damaged character is noticed (`QrPayloadInvalid`)."""
    fields = decode_fields(unsealed(payload))
    if fields.get("00") != "01" or fields.get("53") != BAHT or fields.get("58") != "TH":
        raise QrPayloadInvalid(reason="not_thai_baht")
    merchant = decode_fields(fields.get("30", ""))
    if merchant.get("00") != BILL_PAYMENT_APPLICATION:
        raise QrPayloadInvalid(reason="not_a_bill")
    try:
        return BillPayment(
            merchant.get("01", ""),
            merchant.get("02", ""),
            merchant.get("03", ""),
            _satang(fields["54"]) if "54" in fields else None,
            decode_fields(fields.get("62", "")).get("07", ""),
        )
    except BillPaymentInvalid as invalid:
        raise QrPayloadInvalid(reason=str(invalid.evidence["field"])) from invalid


def _satang(text: str) -> int:
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise QrPayloadInvalid(reason="amount")
    return int(match["baht"]) * 100 + int((match["satang"] or "0").ljust(2, "0"))

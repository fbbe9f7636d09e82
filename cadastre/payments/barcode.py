"""The barcode of a payment slip that every bank's counter reads (Code 128)."""

from __future__ import annotations

from cadastre.errors import LandError, gettext_noop
from cadastre.payments.bill import BillPayment, BillPaymentInvalid


class BarcodeInvalid(LandError):
    code = "barcode_invalid"
    message = gettext_noop(
        "The barcode is not a payment slip: it must hold the biller, two references and the "
        "amount. Print the slip again."
    )


def barcode_payload(bill: BillPayment) -> str:
    """``|biller CR reference 1 CR reference 2 CR amount in satang`` (0: the payer decides)."""
    if bill.reference_3:
        raise ValueError("a barcode has no third reference")
    amount = bill.amount_satang or 0
    return f"|{bill.biller_id}\r{bill.reference_1}\r{bill.reference_2}\r{amount}"


def parse_barcode(payload: str) -> BillPayment:
    """The bill of a barcode, or `BarcodeInvalid`. A barcode carries no checksum of its own."""
    parts = payload.removeprefix("|").split("\r")
    amount = parts[-1]
    if (
        not payload.startswith("|")
        or len(parts) != 4
        or not (amount.isascii() and amount.isdigit() and len(amount) <= 12)
        or amount != str(int(amount))
    ):
        raise BarcodeInvalid
    try:
        return BillPayment(parts[0], parts[1], parts[2], int(amount) or None)
    except BillPaymentInvalid as invalid:
        raise BarcodeInvalid from invalid

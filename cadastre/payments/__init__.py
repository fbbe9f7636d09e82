"""Payment slips: what a bank's app or counter reads, and reference numbers that notice slips."""

from cadastre.payments.barcode import (
    BarcodeInvalid,
    barcode_payload,
    parse_barcode,
)
from cadastre.payments.bill import BillPayment, BillPaymentInvalid, check_biller_id
from cadastre.payments.emvco import QrPayloadInvalid, crc16_ccitt_false
from cadastre.payments.qr import parse_qr, qr_payload
from cadastre.payments.reference import (
    ReferenceInvalid,
    check_reference,
    has_check_digit,
    luhn_digit,
    with_check_digit,
)

__all__ = [
    "BarcodeInvalid",
    "BillPayment",
    "BillPaymentInvalid",
    "QrPayloadInvalid",
    "ReferenceInvalid",
    "barcode_payload",
    "check_biller_id",
    "check_reference",
    "crc16_ccitt_false",
    "has_check_digit",
    "luhn_digit",
    "parse_barcode",
    "parse_qr",
    "qr_payload",
    "with_check_digit",
]

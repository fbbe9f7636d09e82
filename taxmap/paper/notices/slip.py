"""What is scanned from a letter: the payment slip's QR code and barcode, and the letter's own code.

Drawn as bare SVG paths, one for each symbol, which costs a PDF next to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import segno

from cadastre.payments import BillPayment, barcode_payload, qr_payload
from cadastre.payments.code128 import QUIET_MODULES, code128_modules

QR_QUIET = 4


@dataclass(frozen=True, slots=True)
class Symbol:
    """A path in modules; ``width`` and ``height`` include the quiet zone.

    A QR code is stroked, one module thick; a barcode is filled.
    """

    path: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Slip:
    """One way to pay the whole, or one part of it."""

    bill: BillPayment
    qr: Symbol
    barcode: Symbol


def slip_of(bill: BillPayment) -> Slip:
    """The symbols of a payment, for a bank's app and for its counter."""
    return Slip(bill, qr_symbol(qr_payload(bill)), barcode_symbol(barcode_payload(bill)))


def qr_symbol(text: str) -> Symbol:
    """A QR code (error correction M)."""
    code = segno.make(text, error="m", micro=False)
    size = int(code.symbol_size(border=QR_QUIET)[0])
    return Symbol("".join(_runs(code.matrix)), size, size)


def _runs(matrix: tuple[bytearray, ...]) -> list[str]:
    """Each run of dark modules of each row as one stroke, a module thick."""
    parts = []
    for y, row in enumerate(matrix, start=QR_QUIET):
        start = None
        for x, dark in enumerate([*row, 0], start=QR_QUIET):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                parts.append(f"M{start} {y}.5h{x - start}")
                start = None
    return parts


def barcode_symbol(text: str) -> Symbol:
    """A Code 128 symbol, one module high; it is stretched to the height wanted."""
    parts, at = [], QUIET_MODULES
    for place, width in enumerate(code128_modules(text)):
        if place % 2 == 0:
            parts.append(f"M{at} 0h{width}v1H{at}z")
        at += width
    return Symbol("".join(parts), at + QUIET_MODULES, 1)

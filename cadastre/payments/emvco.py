"""The framing of QR payments: tag, length, value, checksum (EMVCo merchant-presented mode)."""

from __future__ import annotations

import binascii
from collections.abc import Iterable
from typing import Final

from cadastre.errors import LandError, gettext_noop

LONGEST_PAYLOAD: Final = 512
CHECKSUM_HEADER: Final = "6304"


class QrPayloadInvalid(LandError):
    """Evidence ``reason``: a word for programs, such as ``checksum`` or ``not_a_bill``."""

    code = "qr_payload_invalid"
    message = gettext_noop(
        "The QR code is damaged or is not a Thai bill payment. Print the slip again, or pay with "
        "the reference numbers on it."
    )


def crc16_ccitt_false(data: bytes) -> int:
    """CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xFFFF): of "123456789" 0x29B1."""
    return binascii.crc_hqx(data, 0xFFFF)


def encode_fields(fields: Iterable[tuple[str, str]]) -> str:
    """Tags with their values: two digits of tag, two of length, the value; empty ones left out."""
    parts = []
    for tag, value in fields:
        if len(value) > 99:
            raise ValueError(f"field {tag} is longer than 99 characters")
        if value:
            parts.append(f"{tag}{len(value):02d}{value}")
    return "".join(parts)


def decode_fields(text: str) -> dict[str, str]:
    """The values by tag. Raises `QrPayloadInvalid`: cut off, no number, a tag twice."""
    fields: dict[str, str] = {}
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        if len(head) < 4 or not (head.isascii() and head.isdigit()):
            raise QrPayloadInvalid(reason="fields_damaged")
        tag, length = head[:2], int(head[2:])
        value = text[at + 4 : at + 4 + length]
        if len(value) < length or length == 0:
            raise QrPayloadInvalid(reason="fields_damaged")
        if tag in fields:
            raise QrPayloadInvalid(reason=f"field_{tag}_twice")
        fields[tag] = value
        at += 4 + length
    return fields


def sealed(body: str) -> str:
    """``body`` with its checksum field behind it."""
    text = body + CHECKSUM_HEADER
    return f"{text}{crc16_ccitt_false(text.encode('ascii')):04X}"


def unsealed(payload: str) -> str:
    """The body of a payload whose checksum is right, else `QrPayloadInvalid`."""
    if len(payload) > LONGEST_PAYLOAD or not payload.isascii():
        raise QrPayloadInvalid(reason="length_or_letters")
    body = payload[:-8]
    if len(payload) < 8 or sealed(body) != payload:
        raise QrPayloadInvalid(reason="checksum")
    return body

"""Parcel codes of the tax map, as parcels divide and merge. docs/algorithms/numbering.md."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import connection

from cadastre.identifiers import ParcelCode, ParcelCodeInvalid, ParcelCodesUsedUp, next_lot
from parcels.models import NumberSeries, Parcel
from parcels.registration.numbers import series_lock

_USED: Final = """
    SELECT tax_parcel_code FROM parcels_parcel
    WHERE tax_parcel_code LIKE %(prefix)s AND local_authority_id IS NOT DISTINCT FROM %(owner)s
    UNION
    SELECT tax_parcel_code FROM parcels_parcelversion
    WHERE tax_parcel_code LIKE %(prefix)s AND local_authority_id IS NOT DISTINCT FROM %(owner)s
"""


def code_of(parcel: Parcel) -> ParcelCode | None:
    """The code of a parcel; None where it has none, or one of another grammar."""
    return code_read(parcel.tax_parcel_code)


def code_read(text: str) -> ParcelCode | None:
    """A code as written in the register, if it follows the grammar of the tax map."""
    try:
        return ParcelCode.parse(text) if text else None
    except ParcelCodeInvalid:
        return None


def division_codes(parent: Parcel, count: int) -> list[str]:
    """Codes for ``count`` parts of a parcel besides the one that keeps its code.

    The next divisions of the parent's code; below the third level and past the last number, the
    next lots of its block. Empty texts for a parent without code.
    """
    code = code_of(parent)
    if code is None or not count:
        return [""] * count
    used = _used_in_block(parent.local_authority_id, code.block_code)
    found: list[str] = []
    for _ in range(count):
        try:
            new = code.next_division(used)
        except ParcelCodesUsedUp:
            new = next_lot(code.zone, code.block, used)
        used.append(new)
        found.append(str(new))
    return found


def new_code(authority: int | None, block: str) -> str:
    """The next lot of a block such as ``01A``."""
    used = _used_in_block(authority, block)
    return str(next_lot(int(block[:2]), block[2], used))


def surviving_code(parents: Iterable[Parcel]) -> str:
    """After a merger the lowest code survives; none where no parcel had one."""
    codes = [code for code in map(code_of, parents) if code is not None]
    return str(min(codes, key=lambda c: (c.zone, c.block, c.lot, c.divisions))) if codes else ""


def _used_in_block(authority: int | None, block: str) -> list[ParcelCode]:
    """Every code that is or was ever used in the block, with its series locked."""
    series_lock((NumberSeries.Kind.TAX_LOT, f"{authority or ''}:{block}"))
    with connection.cursor() as cursor:
        cursor.execute(_USED, {"prefix": f"{block}%", "owner": authority})
        texts = [text for (text,) in cursor.fetchall()]
    return [code for code in map(code_read, texts) if code is not None]

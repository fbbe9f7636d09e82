"""From the bytes of a price file to rows with a key and a price, or with what is wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

from cadastre.digits import typed_text
from cadastre.errors import LandError
from cadastre.fieldfiles.text import decode
from cadastre.identifiers import MapSheet, land_number
from taxmap.models import PriceImport
from taxmap.valuation_errors import PriceFileUnreadable

Layout = PriceImport.Layout
Cells = Mapping[str, str]
LARGEST_SATANG: Final = 10**13

PRICE_MISSING: Final = "price_missing"
PRICE_UNREADABLE: Final = "price_unreadable"
KEY_UNREADABLE: Final = "key_unreadable"
ROW_TOO_SHORT: Final = "row_too_short"


class PriceRow(NamedTuple):
    """One line of a file. ``key`` and ``sub_key`` name what is priced; ``reason`` is "" if fine."""

    line: int
    text: str
    key: str
    sub_key: str
    name: str
    satang: int | None
    reason: str


class PriceFile(NamedTuple):
    layout: Layout
    encoding: str
    lines: int
    rows: Iterator[PriceRow]


class _Layout(NamedTuple):
    columns: tuple[str, ...]
    price: str
    key: Callable[[Cells], tuple[str, str, str]]


@lru_cache(maxsize=4096)
def _sheet(*fields: str) -> str:
    sheet = MapSheet.from_fields(*fields)
    return f"{sheet}|{sheet.scale}"


def _parcel(cells: Cells) -> tuple[str, str, str]:
    fields = (cells["UTMMAP1"], cells["UTMMAP2"], cells["UTMMAP3"], cells["UTMMAP4"])
    return _sheet(*fields, cells["UTMSCALE"]), land_number(cells["LAND_NO"]), ""


def _building(cells: Cells) -> tuple[str, str, str]:
    return (
        typed_text(cells["CHANGWAT_CODE"]).zfill(2),
        typed_text(cells["ID_CONSTR"])[:10],
        typed_text(cells["NAME_CONSTR"])[:160],
    )


def street_key(name: str) -> str:
    """A street's name as it is compared: without the word for street and without blanks."""
    return typed_text(name).removeprefix("ถนน").replace(" ", "")


def _street(cells: Cells) -> tuple[str, str, str]:
    return street_key(cells["STREET_NAME"]), "", ""


def _zone(cells: Cells) -> tuple[str, str, str]:
    return typed_text(cells["ZONE"]).zfill(2), "", ""


def _condominium(cells: Cells) -> tuple[str, str, str]:
    return typed_text(cells["CONDO_REG"]), typed_text(cells["FLOOR"])[:10], ""


LAYOUTS: Final[Mapping[Layout, _Layout]] = {
    Layout.PARCELS: _Layout(
        ("UTMMAP1", "UTMMAP2", "UTMMAP3", "UTMMAP4", "UTMSCALE", "LAND_NO"), "EVAPRICE", _parcel
    ),
    Layout.BUILDINGS: _Layout(
        ("ID_CONSTR", "NAME_CONSTR", "CHANGWAT_CODE"), "PRICE_CONSTR", _building
    ),
    Layout.CONDOMINIUMS: _Layout(("CONDO_REG", "FLOOR"), "EVAPRICE", _condominium),
    Layout.STREETS: _Layout(("STREET_NAME",), "EVAPRICE", _street),
    Layout.ZONES: _Layout(("ZONE",), "EVAPRICE", _zone),
}


def price_file(content: bytes) -> PriceFile:
    """Which layout a file has, by its head, and its rows; read while they are asked for.

    Raises `PriceFileUnreadable` when the head names no known layout.
    """
    text, encoding = decode(content)
    if encoding == "latin-1" or encoding.startswith("utf-16"):
        raise PriceFileUnreadable(found=encoding)
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    head = [typed_text(cell).upper() for cell in next(reader, [])]
    for layout, known in LAYOUTS.items():
        if {*known.columns, known.price} <= set(head):
            name = "cp874" if encoding == "cp874" else "utf-8"
            return PriceFile(layout, name, text.count("\n"), _rows(reader, head, known))
    raise PriceFileUnreadable(found=", ".join(head)[:200] or "–")


def _rows(reader: Any, head: list[str], known: _Layout) -> Iterator[PriceRow]:
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        yield _row(reader.line_num, cells, head, known)


def _row(line: int, cells: list[str], head: list[str], known: _Layout) -> PriceRow:
    text = ",".join(cells)[:500].replace("\x00", "")
    if len(cells) < len(head):
        return PriceRow(line, text, "", "", "", None, ROW_TOO_SHORT)
    named = dict(zip(head, cells, strict=False))
    try:
        key, sub_key, name = known.key(named)
    except LandError:
        return PriceRow(line, text, "", "", "", None, KEY_UNREADABLE)
    if not key or "\x00" in key + sub_key + name:
        return PriceRow(line, text, "", "", "", None, KEY_UNREADABLE)
    price = typed_text(named[known.price]).replace(",", "")
    satang = satang_of(price)
    reason = "" if satang is not None else PRICE_UNREADABLE if price else PRICE_MISSING
    return PriceRow(line, text, key, sub_key, name, satang, reason)


def satang_of(text: str) -> int | None:
    """``8000.00000000`` baht in satang; None unless a positive whole number of satang."""
    if not text or len(text) > 30 or not text.isascii():
        return None
    whole, _, part = text.partition(".")
    if not whole.isdigit() or (part and not part.isdigit()):
        return None
    satang = Decimal(text) * 100
    if satang != satang.to_integral_value() or not 0 < satang <= LARGEST_SATANG:
        return None
    return int(satang)

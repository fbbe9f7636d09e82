"""One cell of a section 10 table: dates, money, areas, numbers. docs/algorithms/section10.md."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from cadastre.area import Area
from cadastre.digits import typed_text
from cadastre.errors import LandError
from cadastre.identifiers import MapSheet, deed_number, land_number, survey_page
from parcels.section10.errors import CellUnreadable
from web.era import date_of_be

T = TypeVar("T")
Cells = Mapping[str, str]
"""The cells of one row by field; trimmed, Thai digits as ASCII."""

_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_WHOLE = re.compile(r"\d{1,3}(,\d{3})+|\d{1,9}", re.ASCII)
_AMOUNT = re.compile(r"(?:฿ ?)?(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(\d{1,2}))?", re.ASCII)
_NO_AMOUNT = re.compile(r"(฿ ?)?-?")
_PERSONAL_NUMBER = re.compile(r"(?<!\d)\d(?:[ -]?\d){12}(?!\d)")
_LETTERS = re.compile(r"[^\W\d_]+[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\w]*")
FIRST_YEAR: Final = 2400
"""Years below are not of the Buddhist era, and the column has no other."""


def trimmed(cell: str) -> str:
    """A cell without blanks at its ends, with ASCII digits."""
    return typed_text(cell)


def without_ids(text: str) -> str:
    """The text with every number of 13 digits hidden, however it is grouped."""
    return _PERSONAL_NUMBER.sub("•••••••••••••", text)


def without_words(text: str) -> str:
    """The text with every word and every personal number hidden: a row whose columns are unclear
    may have a name anywhere."""
    return _LETTERS.sub("…", without_ids(typed_text(text)))


def day_of(cells: Cells) -> date:
    """The day ``d/m/yyyy`` of the Buddhist era, not padded."""
    text = cells.get("day", "")
    match = _DAY.fullmatch(text)
    if match is None or int(match[3]) < FIRST_YEAR:
        raise CellUnreadable("day_unreadable", "day", text)
    try:
        return date_of_be(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        raise CellUnreadable("day_does_not_exist", "day", text) from None


def amount_satang(cells: Cells) -> int | None:
    """``฿304,000.00`` in satang; None for ``฿-`` and nothing."""
    text = cells.get("amount", "")
    if _NO_AMOUNT.fullmatch(text):
        return None
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise CellUnreadable("amount_unreadable", "amount", text)
    baht, satang = match[1].replace(",", ""), (match[2] or "").ljust(2, "0")
    return int(baht) * 100 + int(satang or 0)


def legal_area_m2(cells: Cells) -> Decimal | None:
    """Exact square metres of ไร่, งาน, วา and เศษ, which counts hundredths of a square wa."""
    rai, ngan, wa, hundredths = (
        _whole(cells, field, below)
        for field, below in (("rai", 10**9), ("ngan", 4), ("wa", 100), ("hundredths", 100))
    )
    area = Area.from_rai(rai, ngan, wa, hundredths).square_metres
    return area.quantize(Decimal("0.01")) if area else None


def _whole(cells: Cells, field: str, below: int) -> int:
    text = cells.get(field, "")
    if text in {"", "-"}:
        return 0
    number = int(text.replace(",", "")) if _WHOLE.fullmatch(text) else below
    if number >= below:
        raise CellUnreadable("area_unreadable", field, text)
    return number


def map_sheet(cells: Cells) -> MapSheet | None:
    """The map sheet of the four columns and the scale; None where they are empty."""
    parts = [cells.get(field, "") for field in ("map_1", "map_2", "map_3", "map_4", "scale")]
    if not any(parts[:3]):
        return None
    return _identifier(
        "map_sheet_unreadable", "map_1", lambda _: MapSheet.from_fields(*parts), cells
    )


def number_of(cells: Cells, field: str) -> str:
    """A deed number, land number or survey page in canonical form; empty where there is none."""
    if cells.get(field, "") in {"", "-", "0"}:
        return ""
    read = {"deed_number": deed_number, "land_number": land_number, "survey_page": survey_page}
    return _identifier(f"{field}_unreadable", field, lambda text: str(read[field](text)), cells)


def _identifier(reason: str, field: str, read: Callable[[str], T], cells: Cells) -> T:
    text = cells.get(field, "")
    try:
        return read(text)
    except LandError:
        raise CellUnreadable(reason, field, text) from None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the title after the change, as written."""

    title: str
    name: str
    surname: str


def holder_of(cells: Cells) -> Holder | None:
    """The holder of a row; None where it names nobody. A national id is never read."""
    title, name, surname = (
        without_ids(cells.get(field, ""))
        for field in ("holder_title", "holder_name", "holder_surname")
    )
    return Holder(title[:60], name[:200], surname[:120]) if name or surname else None

"""Long sheets over several pages: what fits on each, what is carried from one to the next.

Lines are counted before they are laid out, generously, so that a page that is planned is a page
that is printed: the number of pages stands on every page. docs/algorithms/notices.md, section 3.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from taxmap.paper.notices.columns import (
    Assessed,
    Row,
    Sums,
    rows_3,
    rows_4,
    rows_7,
    rows_8,
)
from web.formats import format_baht

SUMMED: Final = {
    7: {
        9: "land", 17: "buildings", 18: "both", 22: "share", 23: "exempt", 24: "taxable",
        26: "tax",
    },
    8: {9: "both", 10: "exempt", 11: "taxable", 13: "tax"},
    3: {},
    4: {},
}  # fmt: skip
"""The columns of each form that are added up, from 1, and their sums."""

LETTERS: Final[dict[int, tuple[int, ...]]] = {
    7: (4, 16, 5, 5, 4, 6, 9, 12, 16, 3, 15, 9, 11, 16, 4, 6, 16, 16, 4, 8, 8, 16, 16, 16, 8, 14),
    8: (4, 24, 10, 24, 5, 12, 9, 12, 20, 20, 20, 8, 18),
    3: (4, 22, 10, 28, 6, 5, 8, 16, 4, 26, 10, 6),
    4: (4, 40, 14, 44, 14, 12, 20),
}  # fmt: skip
"""How many letters fill a line of each column; vowels and tone marks above or below take none."""

WIDTHS_MM: Final[dict[int, tuple[float, ...]]] = {
    7: (
        6, 22, 6, 6, 5, 7, 10, 12, 14.5, 4, 20, 9.5, 11, 14.5, 5, 7, 14.5, 14.5, 5, 9, 9, 14.5,
        14.5, 14.5, 8.5, 13,
    ),
    8: (8, 40, 18, 40, 10, 18, 16, 20, 26, 24, 24, 14, 19),
    3: (9, 40, 19, 50, 11, 10, 15, 30, 9, 50, 20, 14),
    4: (9, 72, 26, 80, 28, 24, 38),
}  # fmt: skip
LINES: Final = {7: 38, 8: 32, 3: 32, 4: 32}
"""Lines of a page between its head and its sums; with room to spare."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a sheet: what was brought here, its rows, the sums below them."""

    form: int
    brought: list[str] | None
    rows: list[Row]
    sums: list[str]
    is_last: bool


def sheet_pages(assessed: Sequence[Assessed]) -> list[Page]:
    """The pages of ภ.ด.ส.7, then those of ภ.ด.ส.8, of the units of one bill."""
    grounds = [row for unit in assessed if not unit.is_room for row in rows_7(unit)]
    rooms = [row for unit in assessed if unit.is_room for row in rows_8(unit)]
    return [*_pages(7, grounds), *_pages(8, rooms)]


def list_pages(assessed: Sequence[Assessed]) -> list[Page]:
    """The pages of ภ.ด.ส.3, then those of ภ.ด.ส.4, of the units of one set of owners."""
    grounds = [row for unit in assessed if not unit.is_room for row in rows_3(unit)]
    rooms = [row for unit in assessed if unit.is_room for row in rows_4(unit)]
    return [*_pages(3, grounds), *_pages(4, rooms)]


def _pages(form: int, rows: Sequence[Row]) -> Iterable[Page]:
    carried = Sums()
    left = list(rows)
    while left:
        is_first = len(left) == len(rows) or not SUMMED[form]
        brought = None if is_first else _cells(form, carried)
        many = _fitting(form, left)
        here, left = left[:many], left[many:]
        carried = sum((row.adds for row in here), carried)
        yield Page(form, brought, here, _cells(form, carried), not left)


def _fitting(form: int, rows: Sequence[Row]) -> int:
    """How many rows fill a page; at least one."""
    used = 0
    for many, row in enumerate(rows):
        used += lines_of(form, row)
        if used > LINES[form]:
            return max(many, 1)
    return len(rows)


def lines_of(form: int, row: Row) -> int:
    """How many lines the row takes at most."""
    return max(
        -(-width_of(cell) // room) for cell, room in zip(row.cells, LETTERS[form], strict=True)
    )


def width_of(text: str) -> int:
    """Letters side by side: marks above and below take no room; at least one."""
    return max(sum(unicodedata.category(letter) != "Mn" for letter in text), 1)


def _cells(form: int, sums: Sums) -> list[str]:
    summed = SUMMED[form]
    return [
        format_baht(getattr(sums, summed[place])) if place in summed else ""
        for place in range(1, len(LETTERS[form]) + 1)
    ]

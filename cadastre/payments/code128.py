"""Code 128 (ISO/IEC 15417), the symbol of the cross-bank slip, in as few characters as possible.

Sets A (capitals and controls such as CR), B (capitals and small letters) and C (pairs of digits)
are changed where that makes the whole symbol shortest. docs/algorithms/notices.md, section 5.
"""

from __future__ import annotations

from functools import cache
from typing import Final

_WIDTHS: Final = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 "
    "122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 "
    "321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 "
    "211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 "
    "213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 "
    "121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 "
    "241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 "
    "412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 "
    "211214 211232"
)
PATTERNS: Final = tuple(_WIDTHS.split())
"""Widths of bar, space, bar, space, bar, space of each symbol character, in modules."""

STOP: Final = "2331112"
QUIET_MODULES: Final = 10
SETS: Final = "ABC"
START: Final = {"A": 103, "B": 104, "C": 105}
CHANGE_TO: Final = {"A": 101, "B": 100, "C": 99}
LONGEST: Final = 80
"""More would not be read by hand scanners; a payment slip has at most 71."""


def code128_modules(text: str) -> tuple[int, ...]:
    """Widths of bars and spaces in turn, from the first bar to the last, in modules.

    Leave `QUIET_MODULES` blank at both ends. `ValueError` for letters that are not ASCII, for no
    text and for more than 80 characters.
    """
    values = code128_values(text)
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    pattern = "".join(PATTERNS[value] for value in (*values, check)) + STOP
    return tuple(int(width) for width in pattern)


def code128_values(text: str) -> tuple[int, ...]:
    """The values of the symbol characters from the start to the last of the text."""
    if not text or len(text) > LONGEST or not text.isascii():
        raise ValueError("a barcode holds 1 to 80 ASCII characters")

    @cache
    def shortest(at: int, current: str) -> tuple[int, ...]:
        """The rest of the text from ``at`` in the set ``current``."""
        if at == len(text):
            return ()
        ways = []
        for chosen in SETS:
            written = _written(text, at, chosen)
            if written is not None:
                change = () if chosen == current else (CHANGE_TO[chosen],)
                value, length = written
                ways.append((*change, value, *shortest(at + length, chosen)))
        return min(ways, key=len)

    begun = [
        (START[chosen], written[0], *shortest(written[1], chosen))
        for chosen in SETS
        if (written := _written(text, 0, chosen)) is not None
    ]
    return min(begun, key=len)


def _written(text: str, at: int, chosen: str) -> tuple[int, int] | None:
    """Value of the character at a place in a set and how much of the text it holds; or None."""
    if chosen == "C":
        pair = text[at : at + 2]
        return (int(pair), 2) if len(pair) == 2 and pair.isdigit() else None
    code = ord(text[at])
    if chosen == "A":
        return (code - 32, 1) if 32 <= code < 96 else (code + 64, 1) if code < 32 else None
    return (code - 32, 1) if code >= 32 else None

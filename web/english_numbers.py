"""Amounts in English words, for papers that are also given in English; Thai is `web.formats`'s."""

from __future__ import annotations

from typing import Final

from web.formats import SATANG_PER_BAHT

_SMALL: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS: Final = (
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
_GROUPS: Final = (
    (10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"),
)  # fmt: skip


def baht_in_english(satang: int) -> str:
    """The amount in words: 2150 → ``twenty-one baht and fifty satang``, 100 → ``one baht only``."""
    baht, rest = divmod(abs(satang), SATANG_PER_BAHT)
    words = f"{number_in_english(baht)} baht" if baht or not rest else ""
    if rest:
        words += (" and " if words else "") + f"{number_in_english(rest)} satang"
    else:
        words += " only"
    return ("minus " if satang < 0 else "") + words


def number_in_english(number: int) -> str:
    """A whole number from zero: 1234567 → ``one million two hundred thirty-four thousand …``."""
    for size, name in _GROUPS:
        if number >= size:
            many, rest = divmod(number, size)
            return _joined(f"{number_in_english(many)} {name}", rest)
    if number >= 100:
        return _joined(f"{_SMALL[number // 100]} hundred", number % 100)
    if number < 20:
        return _SMALL[number]
    tens, rest = divmod(number, 10)
    return f"{_TENS[tens]}-{_SMALL[rest]}" if rest else _TENS[tens]


def _joined(words: str, rest: int) -> str:
    return f"{words} {number_in_english(rest)}" if rest else words

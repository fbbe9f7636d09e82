"""Digits as people type them, and the one rule that turns them into ASCII.

Thai digits (๐-๙) and full-width digits (０-９) mean what the ASCII digits mean. Python's ``int``
would also take Arabic, Bengali and forty other scripts, PostgreSQL none of them; so every field
that takes a number passes through here, and what is left over is refused by the field's grammar.
See ``docs/algorithms/digits.md``.
"""

from __future__ import annotations

import re
import unicodedata

ASCII_DIGITS = "0123456789"
THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
FULL_WIDTH_DIGITS = "０１２３４５６７８９"

_TO_ASCII = str.maketrans(THAI_DIGITS + FULL_WIDTH_DIGITS, ASCII_DIGITS * 2)
_TO_THAI = str.maketrans(ASCII_DIGITS, THAI_DIGITS)

# Dashes, quotes and spaces that keyboards and word processors put where ASCII is meant.
_PUNCTUATION = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−－﹣", "-"),
        **dict.fromkeys("′’‘ʹ＇", "'"),
        **dict.fromkeys("″”“＂", '"'),
        **dict.fromkeys("º˚", "°"),
        "，": ",",
        "．": ".",
        "：": ":",
        "／": "/",
        "（": "(",
        "）": ")",
    }
)
_SPACES = re.compile(r"\s+")


def to_ascii_digits(text: str) -> str:
    """Thai and full-width digits as ASCII digits; every other character stays as it is."""
    return text.translate(_TO_ASCII)


def to_thai_digits(text: str) -> str:
    """ASCII digits as Thai digits, for documents that are printed in them."""
    return text.translate(_TO_THAI)


def typed_text(text: str) -> str:
    """Text from a form or a file, ready for a grammar of ASCII digits and punctuation.

    NFC; a decomposed sara am becomes one letter; Thai and full-width digits, typographic dashes,
    quotes and degree signs become their ASCII (or degree) form; zero-width and directional marks
    fall away; runs of white space become one blank; ends are trimmed.
    """
    composed = unicodedata.normalize("NFC", text).replace("\u0e4d\u0e32", "\u0e33")
    visible = "".join(c for c in composed if unicodedata.category(c) != "Cf")
    return _SPACES.sub(" ", visible.translate(_TO_ASCII).translate(_PUNCTUATION)).strip()


def is_ascii_number(text: str) -> bool:
    """Whether the text is ASCII digits only: what ``int`` and PostgreSQL both read alike."""
    return text.isascii() and text.isdigit()

"""The two things a booking asks of a person, as they are typed and as they are kept."""

from __future__ import annotations

import re
import unicodedata

from appointments.errors import NameUnusable, PhoneUnusable
from cadastre.identifiers import PhoneNumberInvalid, phone_number

LONGEST_NAME = 120
_SPACES = re.compile(r"[ \u00a0\u2000-\u200a\u202f\u205f\u3000]+")
# Controls, invisible formatting (zero width, direction), surrogates, private use, line ends.
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def name_typed(text: str) -> str:
    """A name in NFC with its sara am in one piece and single blanks; NameUnusable otherwise.

    Invisible characters are refused rather than dropped: they are how one name is made to look
    like another on the list of the counter.
    """
    composed = unicodedata.normalize("NFC", text).replace("\u0e4d\u0e32", "\u0e33")
    name = _SPACES.sub(" ", composed).strip(" ")
    kinds = {unicodedata.category(character) for character in name}
    letters = any(kind.startswith("L") for kind in kinds)
    if not letters or kinds & _REFUSED or len(name) > LONGEST_NAME:
        raise NameUnusable(path=("name",), longest=LONGEST_NAME)
    return name


def phone_typed(text: str) -> str:
    """A Thai telephone number as E.164, Thai digits accepted; PhoneUnusable otherwise."""
    try:
        return str(phone_number(text))
    except PhoneNumberInvalid as error:
        raise PhoneUnusable(path=("phone",)) from error

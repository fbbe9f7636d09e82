"""The Buddhist era, and dates as people in Thailand write them.

พ.ศ. = ค.ศ. + 543, with one piece of history that old deeds need: until B.E. 2483 the year began
on 1 April, so that January to March belonged to the year before; 2483 therefore has nine months
only (Calendar Year Act, B.E. 2483). Before 1 April 2432 the calendar was lunar: such dates are
not read.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadastre.digits import typed_text
from cadastre.errors import LandError, gettext_noop

BE_OFFSET: Final = 543
NEW_YEAR_MOVED: Final = dt.date(1941, 1, 1)
FIRST_SOLAR_DAY: Final = dt.date(1889, 4, 1)
FIRST_YEAR_READ_AS_BE: Final = 2400
LAST_YEAR_READ_AS_CE: Final = 2200

MONTHS: Final = (
    _("January"),
    _("February"),
    _("March"),
    _("April"),
    _("May"),
    _("June"),
    _("July"),
    _("August"),
    _("September"),
    _("October"),
    _("November"),
    _("December"),
)
MONTHS_SHORT: Final = (
    pgettext_lazy("short month", "Jan"),
    pgettext_lazy("short month", "Feb"),
    pgettext_lazy("short month", "Mar"),
    pgettext_lazy("short month", "Apr"),
    pgettext_lazy("short month", "May"),
    pgettext_lazy("short month", "Jun"),
    pgettext_lazy("short month", "Jul"),
    pgettext_lazy("short month", "Aug"),
    pgettext_lazy("short month", "Sep"),
    pgettext_lazy("short month", "Oct"),
    pgettext_lazy("short month", "Nov"),
    pgettext_lazy("short month", "Dec"),
)
# What may be typed, whatever the language of the page: full name, abbreviation, English.
_MONTH_WORDS: Final = (
    ("มกราคม", "มค", "january", "jan"),
    ("กุมภาพันธ์", "กพ", "february", "feb"),
    ("มีนาคม", "มีค", "march", "mar"),
    ("เมษายน", "เมย", "april", "apr"),
    ("พฤษภาคม", "พค", "may"),
    ("มิถุนายน", "มิย", "june", "jun"),
    ("กรกฎาคม", "กค", "july", "jul"),
    ("สิงหาคม", "สค", "august", "aug"),
    ("กันยายน", "กย", "september", "sep", "sept"),
    ("ตุลาคม", "ตค", "october", "oct"),
    ("พฤศจิกายน", "พย", "november", "nov"),
    ("ธันวาคม", "ธค", "december", "dec"),
)
_MONTH_OF: Final = {word: at + 1 for at, words in enumerate(_MONTH_WORDS) for word in words}

_NUMERIC = re.compile(
    r"(?P<day>\d{1,2}) ?[/.\- ] ?(?P<month>\d{1,2}) ?[/.\- ] ?(?P<year>\d{4})", re.ASCII
)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_WORDED = re.compile(
    r"(?:วันที่ ?)?(?P<day>\d{1,2}) ?(?P<word>[^\d]+?) ?"
    r"(?P<era>พ\. ?ศ\.?|พศ|ค\. ?ศ\.?|คศ|b\.?e\.?|a\.?d\.?|c\.?e\.?)? ?(?P<year>\d{4})",
    re.ASCII | re.IGNORECASE,
)


class DateUnreadable(LandError):
    """Text that is not written as a date."""

    code = "date_unreadable"
    message = gettext_noop(
        "“{text}” cannot be read as a date. Write day, month and year, "
        "for example 21/11/2569 or 21 พ.ย. 2569."
    )


class DateDoesNotExist(LandError):
    """A day that the calendar does not have."""

    code = "date_does_not_exist"
    message = gettext_noop("There is no such day as {text}. Check the day, the month and the year.")


def be_year(day: dt.date) -> int:
    """The year of the Buddhist era that a Gregorian date belongs to."""
    before_new_year = day < NEW_YEAR_MOVED and day.month < 4
    return day.year + BE_OFFSET - before_new_year


def date_of_be(year: int, month: int, day: int) -> dt.date:
    """The Gregorian date of a date in the Buddhist era; `ValueError` where there is none."""
    old_new_year = year <= NEW_YEAR_MOVED.year + BE_OFFSET - 1 and month < 4
    found = dt.date(year - BE_OFFSET + old_new_year, month, day)
    if found < FIRST_SOLAR_DAY or be_year(found) != year:
        raise ValueError(f"{year}-{month}-{day} is not a date of the solar calendar")
    return found


def parse_date(text: str) -> dt.date:
    """Read ``21/11/2569``, ``๒๑ พ.ย. ๒๕๖๙``, ``21 November 2026`` or ``2026-11-21``.

    Years from 2400 on are of the Buddhist era, years up to 2200 of the Common Era, unless an era
    is written. Two-digit years are refused: on a deed, 69 may be 2469 as well as 2569.
    """
    written = typed_text(text)
    day, month, year, era = _parts(written, text)
    if not era and LAST_YEAR_READ_AS_CE < year < FIRST_YEAR_READ_AS_BE:
        raise DateUnreadable(text=text[:60])
    buddhist = era.startswith(("พ", "b")) if era else year >= FIRST_YEAR_READ_AS_BE
    try:
        return date_of_be(year, month, day) if buddhist else dt.date(year, month, day)
    except ValueError:
        raise DateDoesNotExist(text=text[:60]) from None


def _parts(written: str, text: str) -> tuple[int, int, int, str]:
    if len(written) <= 60:
        if match := _NUMERIC.fullmatch(written) or _ISO.fullmatch(written):
            return int(match["day"]), int(match["month"]), int(match["year"]), ""
        if match := _WORDED.fullmatch(written):
            word = match["word"].replace(".", "").replace(" ", "").strip(",").lower()
            if month := _MONTH_OF.get(word):
                return int(match["day"]), month, int(match["year"]), (match["era"] or "").lower()
    raise DateUnreadable(text=text[:60])

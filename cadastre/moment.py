"""A moment of the register on both of its time lines: the day in law, and what was known then.

Written in addresses as ``on=2024-02-29&known=2024-03-01``; docs/algorithms/history.md has the
rules. Only the past can be asked for: the register cannot say what the law will be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final
from urllib.parse import urlencode

from cadastre.errors import InvalidInput, gettext_noop

ON: Final = "on"
KNOWN: Final = "known"
THAILAND: Final = timezone(timedelta(hours=7))
"""Asia/Bangkok, whose offset has been the same since 1920."""
FIRST_YEAR_OF_BE: Final = 2400
LEAST: Final = timedelta(microseconds=1)
_WRITTEN = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?)?", re.ASCII
)


class MomentUnreadable(InvalidInput):
    code = "moment_unreadable"
    message = gettext_noop(
        "“{field}” is not a moment that exists. Write it as 2024-02-29; what the register said may "
        "also be asked for by the minute, as 2024-02-29T15:30."
    )


class MomentInBuddhistEra(InvalidInput):
    code = "moment_in_buddhist_era"
    message = gettext_noop(
        "“{field}”: in an address, write years of the Common Era. B.E. {year} is {common}."
    )


class MomentToCome(InvalidInput):
    code = "moment_to_come"
    message = gettext_noop(
        "“{field}” lies in the future, and the register knows nothing of that. Ask for today or "
        "an earlier day."
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """A day in law, and until when the register is believed.

    ``known`` is None for all that the register says now; otherwise what it said at that instant.
    ``asked`` is how it was written, for the next address.
    """

    on: date
    known: datetime | None = None
    asked: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> str:
        """The moment as the query of an address, without ``?``; empty where none was asked for."""
        return urlencode(self.asked)

    def is_settled(self, now: datetime, after: timedelta) -> bool:
        """Whether what was known then is so long ago that no change under way can add to it."""
        return self.known is not None and now - self.known >= after


def moment_of(asked: Mapping[str, str], *, now: datetime) -> Moment:
    """Read ``on`` and ``known`` (Gregorian, ISO 8601); the other entries are not looked at.

    ``known`` is a day, meaning its end in Thailand, or an instant; without an offset it is Thai
    time. Absent, it is now, and an absent ``on`` is the day of ``known``. Raises
    `MomentUnreadable`, `MomentInBuddhistEra` and `MomentToCome`.
    """
    today = now.astimezone(THAILAND).date()
    known = _known(asked[KNOWN], now, today) if KNOWN in asked else None
    if ON in asked:
        on = _day(ON, asked[ON])
    else:
        on = known.astimezone(THAILAND).date() if known else today
    if on > today:
        raise MomentToCome(path=(ON,))
    written = tuple((name, asked[name]) for name in (ON, KNOWN) if name in asked)
    return Moment(on, known, written)


def _known(text: str, now: datetime, today: date) -> datetime | None:
    """The last instant that counts; None when that is now."""
    if "T" not in text:
        day = _day(KNOWN, text)
        if day > today:
            raise MomentToCome(path=(KNOWN,))
        if day == today:
            return None
        return datetime.combine(day + timedelta(days=1), time(), THAILAND).astimezone(UTC) - LEAST
    instant = _instant(text)
    if instant > now:
        raise MomentToCome(path=(KNOWN,))
    return instant


def _day(name: str, text: str) -> date:
    _check(name, text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MomentUnreadable(path=(name,)) from None


def _instant(text: str) -> datetime:
    _check(KNOWN, text)
    try:
        instant = datetime.fromisoformat(text)
        return (instant if instant.tzinfo else instant.replace(tzinfo=THAILAND)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise MomentUnreadable(path=(KNOWN,)) from None


def _check(name: str, text: str) -> None:
    """The form, and no year of the Buddhist era: 2569-02-29 would else be a day that is not."""
    if not _WRITTEN.fullmatch(text):
        raise MomentUnreadable(path=(name,))
    year = int(text[:4])
    if year >= FIRST_YEAR_OF_BE:
        raise MomentInBuddhistEra(path=(name,), year=year, common=year - 543)

"""GPS time and UTC: weeks and seconds, and the leap seconds between the two.

Source of the table: IERS Bulletin C; GPS time equalled UTC on 1980-01-06 and takes no leap
seconds. Each row is the first UTC day of an offset.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta

# Complete up to Bulletin C 70 (July 2025). A new one comes each January and July.
LEAP_SECONDS: tuple[tuple[date, int], ...] = (
    (date(1980, 1, 6), 0),
    (date(1981, 7, 1), 1),
    (date(1982, 7, 1), 2),
    (date(1983, 7, 1), 3),
    (date(1985, 7, 1), 4),
    (date(1988, 1, 1), 5),
    (date(1990, 1, 1), 6),
    (date(1991, 1, 1), 7),
    (date(1992, 7, 1), 8),
    (date(1993, 7, 1), 9),
    (date(1994, 7, 1), 10),
    (date(1996, 1, 1), 11),
    (date(1997, 7, 1), 12),
    (date(1999, 1, 1), 13),
    (date(2006, 1, 1), 14),
    (date(2009, 1, 1), 15),
    (date(2012, 7, 1), 16),
    (date(2015, 7, 1), 17),
    (date(2017, 1, 1), 18),
)

GPS_EPOCH = datetime(1980, 1, 6, tzinfo=UTC)

# The instant of each change as a GPS clock shows it.
_CHANGES = [
    datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=seconds)
    for day, seconds in LEAP_SECONDS
]


def utc_of_gps(clock: datetime) -> datetime:
    """UTC of what a GPS clock shows (an aware datetime whose fields are GPS time).

    Within a leap second itself, 23:59:60, which `datetime` cannot hold, UTC stays at the second
    that follows.
    """
    row = max(bisect_right(_CHANGES, clock) - 1, 0)
    return clock - timedelta(seconds=LEAP_SECONDS[row][1])


def gps_clock(week: int, seconds: float) -> datetime:
    """What a GPS clock shows at a full week number (no roll-over) and second of week."""
    return GPS_EPOCH + timedelta(weeks=week, microseconds=round(seconds * 1_000_000))

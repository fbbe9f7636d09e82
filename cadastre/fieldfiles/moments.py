"""Moments as tables of receivers write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from cadastre.digits import typed_text
from cadastre.fieldfiles.errors import TimeUnreadable
from cadastre.fieldfiles.tally import shown

_MOMENT = re.compile(
    r"""
    (?: (?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})
      | (?P<d2>\d{1,2})[-/.](?P<m2>\d{1,2})[-/.](?P<y2>\d{4}) )
    (?: [T\s]+ (?P<h>\d{1,2}):(?P<min>\d{2})(?: :(?P<s>\d{1,2}(?:\.\d{1,9})?) )? )?
    \s* (?P<zone> Z | (?:UTC|GMT)? (?:(?P<sign>[+-])(?P<zh>\d{1,2}):?(?P<zm>\d{2})?)? )
    """,
    re.VERBOSE | re.ASCII | re.IGNORECASE,
)
_CLOCK_ONLY = re.compile(r"\d{1,2}:\d{2}(?::\d{1,2}(?:\.\d{1,9})?)?\s*(?:Z|UTC)?", re.ASCII)


def moment(text: str, *, line: int, zone_h: float) -> datetime | None:
    """UTC of ``2023-05-22 14:10:25.8 UTC+07:00``, ``22/5/2566 14:10`` and the like.

    The day stands before the month, years from 2400 are of the Buddhist Era, a time without a zone
    is ``zone_h`` hours ahead of UTC. None for nothing and for a time of day without its day.
    """
    written = typed_text(text[:80])
    if not written or _CLOCK_ONLY.fullmatch(written):
        return None
    match = _MOMENT.fullmatch(written)
    if match is None or float(match["s"] or 0) >= 61:
        raise TimeUnreadable(line=line, text=shown(text, 60))
    year = int(match["y"] or match["y2"])
    seconds = float(match["s"] or 0)
    try:
        local = datetime(
            year - 543 if year >= 2400 else year,
            int(match["m"] or match["m2"]),
            int(match["d"] or match["d2"]),
            int(match["h"] or 0),
            int(match["min"] or 0),
            tzinfo=_zone(match, zone_h),
        ) + timedelta(microseconds=round(seconds * 1_000_000))
        return local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise TimeUnreadable(line=line, text=shown(text, 60)) from error


def _zone(match: re.Match[str], zone_h: float) -> timezone:
    if match["sign"]:
        ahead = timedelta(hours=int(match["zh"]), minutes=int(match["zm"] or 0))
        return timezone(-ahead if match["sign"] == "-" else ahead)
    return UTC if match["zone"] else timezone(timedelta(hours=zone_h))

"""The realisation and epoch that coordinates were recorded in: kept as told, never guessed.

Positions in ITRF2008 at 2013.1 and in ITRF2014 at 2021.5 are different coordinates of one mark. No
published model of the movement of the Thai crust is built in, so nothing is moved from one
epoch to another; whether two frames are the same is answered yes, no or unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from cadastre.digits import typed_text
from cadastre.errors import LandError, gettext_noop


class FrameUnreadable(LandError):
    """A label that names no reference frame."""

    code = "frame_unreadable"
    message = gettext_noop(
        "“{text}” names no reference frame. Write it as ITRF2014@2021.5, ITRF2008 or "
        "WGS 84 (G1762); leave it empty when the file does not say."
    )


_LABEL: Final = re.compile(
    r"(?:(?P<itrf>ITRF|IGS|IGb)\s*-?(?P<year>\d{2}|\d{4})|"
    r"WGS\s*-?\s*(?:19)?84\s*(?:\(?\s*(?P<week>G\d{3,4})\s*\)?)?)"
    r"(?:\s*(?:@|,|\bepoch\b)\s*(?P<epoch>(?:19|20)\d{2}(?:\.\d{1,4})?))?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Frame:
    """A realisation such as ``ITRF2014`` and an epoch in decimal years; either may be unknown.

    ``str()`` writes what `parse_frame` reads. ``WGS 84`` without a G week is a family of
    realisations, so it never equals a named one.
    """

    realisation: str | None = None
    epoch: Decimal | None = None

    def same_as(self, other: Frame) -> bool | None:
        """Whether coordinates in both may be compared directly; None when a part is unknown."""
        named = {self.realisation, other.realisation}
        if None in named or "WGS 84" in named:
            return None
        if self.realisation != other.realisation:
            return False
        if self.epoch is None or other.epoch is None:
            return None
        return self.epoch == other.epoch

    def __str__(self) -> str:
        if self.realisation is None:
            return ""
        return self.realisation + (f"@{self.epoch}" if self.epoch is not None else "")


def parse_frame(text: str) -> Frame:
    """Read ``ITRF2014@2021.5``, ``itrf 2008``, ``WGS84 (G1762)``; empty text is an unknown frame.

    Raises `FrameUnreadable` for anything else: a label is never dropped in silence.
    """
    written = typed_text(text[:80])
    if not written:
        return Frame()
    match = _LABEL.fullmatch(written)
    if match is None:
        raise FrameUnreadable(text=text[:80])
    epoch = Decimal(match["epoch"]) if match["epoch"] else None
    if match["itrf"]:
        return Frame(_solution(match["itrf"], match["year"]), epoch)
    week = match["week"]
    return Frame(f"WGS 84 ({week.upper()})" if week else "WGS 84", epoch)


def _solution(family: str, year: str) -> str:
    """ITRF88 to ITRF97 keep two digits, later ones have four; IGS solutions keep theirs."""
    name = {"itrf": "ITRF", "igs": "IGS", "igb": "IGb"}[family.lower()]
    if name == "ITRF":
        if len(year) == 4 and year < "2000":
            year = year[2:]
        elif len(year) == 2 and year < "88":
            year = "20" + year
    return name + year

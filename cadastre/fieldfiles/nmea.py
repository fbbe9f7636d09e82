"""Logs of NMEA 0183 sentences: GGA makes an observation, GST, GSA, RMC and ZDA add to it.

Sentences of one epoch carry the same time of day (GSA none: it belongs to the last time seen).
GGA gives no day; RMC or ZDA of the same epoch does, else the nearest one before it, counted on
over midnight, else the nearest after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from cadastre.fieldfiles.columns import Options
from cadastre.fieldfiles.errors import (
    ChecksumMissing,
    ChecksumWrong,
    DayMissing,
    LineRefused,
    NoPosition,
    TimeUnreadable,
    ValueMissing,
    ValueOutOfRange,
)
from cadastre.fieldfiles.formats import FieldFormat, Source
from cadastre.fieldfiles.records import FixType, GeodeticPosition, GnssObservation, GnssQuality
from cadastre.fieldfiles.tally import Tally, shown
from cadastre.fieldfiles.text import lines_of, number, optional_number, whole
from cadastre.fieldfiles.uncertainty import Covariance

FIXES = {
    1: FixType.SINGLE,
    2: FixType.DIFFERENTIAL,
    3: FixType.PPS,
    4: FixType.FIXED,
    5: FixType.FLOAT,
    6: FixType.ESTIMATED,
    7: FixType.MANUAL,
    8: FixType.SIMULATED,
    9: FixType.SBAS,
}

_SENTENCE = re.compile(r"\$(?P<body>[A-Z][A-Z0-9]{2,9},[^$*]*)(?:\*(?P<sum>[0-9A-Fa-f]{2}))?\s*")
_TIME = re.compile(r"(\d\d)(\d\d)(\d\d(?:\.\d{1,9})?)", re.ASCII)
_DAY = re.compile(r"(\d\d)(\d\d)(\d\d)", re.ASCII)
_ANGLE = re.compile(r"(\d{1,3})(\d\d(?:\.\d{1,12})?)", re.ASCII)
_DAY_US = 86_400_000_000


@dataclass(slots=True)
class _Fix:
    """What a GGA says, before its epoch is complete."""

    line: int
    raw: str
    position: GeodeticPosition
    fix: FixType
    satellites: int | None
    hdop: float | None
    age: float | None
    base: str | None


@dataclass(slots=True)
class _Epoch:
    time_us: int
    day: date | None = None
    fix: _Fix | None = None
    covariance: Covariance | None = None
    pdop: float | None = None
    vdop: float | None = None


@dataclass(slots=True)
class _Log:
    tally: Tally
    epochs: list[_Epoch] = field(default_factory=list)

    def at(self, time_us: int) -> _Epoch:
        if not self.epochs or self.epochs[-1].time_us != time_us:
            self.epochs.append(_Epoch(time_us))
        return self.epochs[-1]


def recognises(source: Source) -> bool:
    lines = [line for line in source.head.splitlines()[:40] if line and not line.startswith("#")]
    found = sum(1 for line in lines if re.match(r"\$[A-Z]{2}[A-Z0-9]{1,8},", line))
    return found > 0 and found * 2 >= len(lines)


def read(source: Source, tally: Tally, options: Options) -> None:
    tally.time_system, tally.datum = "UTC", "WGS84"
    log = _Log(tally)
    for line, text in lines_of(source.text, tally):
        if text.startswith("#"):
            tally.ignore("comment")
            continue
        try:
            words = _words(line, text)
            kind = _kind(words[0])
            if kind in _READERS:
                _READERS[kind](log, line, text, words)
        except LineRefused as reason:
            tally.reject(line, text, reason)
        else:
            if kind != "GGA":
                tally.ignore(kind)
    _finish(log, options.day)


def _words(line: int, text: str) -> list[str]:
    """The words of a sentence whose checksum holds."""
    match = _SENTENCE.fullmatch(text)
    if match is None:
        raise LineRefused(line=line, text=shown(text, 60))
    if match["sum"] is None:
        raise ChecksumMissing(line=line)
    computed = 0
    for character in match["body"]:
        computed ^= ord(character)
    if computed != int(match["sum"], 16):
        raise ChecksumWrong(line=line, stated=match["sum"].upper(), computed=f"{computed:02X}")
    return match["body"].split(",")


def _kind(address: str) -> str:
    """``GGA`` of ``$GNGGA``; a maker's own sentence by its whole address."""
    return address[2:] if len(address) >= 5 and not address.startswith("P") else address


def _gga(log: _Log, line: int, raw: str, words: list[str]) -> None:
    time_us = _time_us(line, words[1])
    epoch = log.at(time_us)
    quality = whole(_word(words, 6, line, "fix quality"), field="fix quality", line=line, high=99)
    if quality == 0 or not words[2] or not words[4]:
        raise NoPosition(line=line)
    if epoch.fix is not None:  # a second receiver in the same log
        epoch = _Epoch(time_us, epoch.day)
        log.epochs.append(epoch)
    orthometric = optional_number(_at(words, 9), field="altitude", line=line, low=-2e4)
    geoid = optional_number(_at(words, 11), field="geoid separation", line=line, low=-1e3, high=1e3)
    height = None if orthometric is None or geoid is None else orthometric + geoid
    satellites = _at(words, 7)
    epoch.fix = _Fix(
        line=line,
        raw=raw,
        position=GeodeticPosition(
            _degrees(line, words[2], words[3], "NS", 90),
            _degrees(line, words[4], words[5], "EW", 180),
            height,
            orthometric,
        ),
        fix=FIXES.get(quality, FixType.UNKNOWN),
        satellites=whole(satellites, field="satellites", line=line) if satellites else None,
        hdop=optional_number(_at(words, 8), field="HDOP", line=line, low=0, high=1e4),
        age=optional_number(_at(words, 13), field="age", line=line, low=0, high=1e6),
        base=_at(words, 14) or None,
    )


def _rmc(log: _Log, line: int, raw: str, words: list[str]) -> None:  # noqa: ARG001
    if words[1] and _at(words, 9):
        epoch = log.at(_time_us(line, words[1]))
        match = _DAY.fullmatch(words[9])
        if match is None:
            raise TimeUnreadable(line=line, text=shown(words[9], 40))
        years = int(match[3])
        epoch.day = _day(line, years + (1900 if years >= 80 else 2000), match[2], match[1])


def _zda(log: _Log, line: int, raw: str, words: list[str]) -> None:  # noqa: ARG001
    if words[1] and _at(words, 4):
        epoch = log.at(_time_us(line, words[1]))
        year = whole(words[4], field="year", line=line, low=1980, high=9999)
        epoch.day = _day(line, year, words[3], words[2])


def _gst(log: _Log, line: int, raw: str, words: list[str]) -> None:  # noqa: ARG001
    if not words[1]:
        return
    epoch = log.at(_time_us(line, words[1]))
    north, east, up = (
        optional_number(_at(words, i), field=name, line=line, low=0, high=1e6)
        for i, name in ((6, "sigma latitude"), (7, "sigma longitude"), (8, "sigma height"))
    )
    # The ellipse (words 3 to 5) is of another confidence in some receivers; the sigmas are clear.
    if north is not None and east is not None:
        epoch.covariance = Covariance.of_sigmas("enu", east, north, up)


def _gsa(log: _Log, line: int, raw: str, words: list[str]) -> None:  # noqa: ARG001
    if log.epochs:
        epoch = log.epochs[-1]
        epoch.pdop = optional_number(_at(words, 15), field="PDOP", line=line, low=0, high=1e4)
        epoch.vdop = optional_number(_at(words, 17), field="VDOP", line=line, low=0, high=1e4)


_READERS = {"GGA": _gga, "RMC": _rmc, "ZDA": _zda, "GST": _gst, "GSA": _gsa}


def _at(words: list[str], index: int) -> str:
    return words[index].strip() if index < len(words) else ""


def _word(words: list[str], index: int, line: int, name: str) -> str:
    if not _at(words, index):
        raise ValueMissing(line=line, field=name)
    return words[index]


def _time_us(line: int, text: str) -> int:
    match = _TIME.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59 or float(match[3]) >= 61:
        raise TimeUnreadable(line=line, text=shown(text, 40)) if text else NoPosition(line=line)
    return (int(match[1]) * 60 + int(match[2])) * 60_000_000 + round(float(match[3]) * 1_000_000)


def _day(line: int, year: int, month: str, day: str) -> date:
    try:
        return date(year, int(month), int(day))
    except ValueError as error:
        text = shown(f"{year}-{month}-{day}", 40)
        raise TimeUnreadable(line=line, text=text) from error


def _degrees(line: int, text: str, side: str, sides: str, limit: int) -> float:
    name = "latitude" if sides == "NS" else "longitude"
    match = _ANGLE.fullmatch(text)
    if match is None or side not in tuple(sides):
        # A number of any other shape is no position; say it as such.
        number(text, field=name, line=line)
        raise ValueOutOfRange(line=line, field=name, text=f"{text} {side}", low=0, high=limit)
    degrees = int(match[1]) + float(match[2]) / 60
    if float(match[2]) >= 60 or degrees > limit:
        raise ValueOutOfRange(line=line, field=name, text=text, low=0, high=limit)
    return -degrees if side in "SW" else degrees


def _finish(log: _Log, first_day: date | None) -> None:
    """Give every epoch its day, then make the observations."""
    turns = _midnights(log.epochs)
    anchor: date | None = None  # the day on which the count of midnights was zero
    anchors: list[date | None] = []
    for epoch, count in zip(log.epochs, turns, strict=True):
        anchor = epoch.day - timedelta(days=count) if epoch.day else anchor
        anchors.append(anchor)
    before_all = next((day for day in anchors if day), first_day)
    for epoch, count, known in zip(log.epochs, turns, anchors, strict=True):
        if epoch.fix is None:
            continue
        start = known or before_all
        with log.tally.piece(epoch.fix.line, epoch.fix.raw) as found:
            if start is None:
                raise DayMissing(line=epoch.fix.line)
            found.append(_observation(epoch, epoch.fix, start, count))


def _midnights(epochs: list[_Epoch]) -> list[int]:
    """How often the time of day fell back by more than half a day, up to each epoch."""
    counts, count, last = [], 0, 0
    for epoch in epochs:
        count += epoch.time_us < last - _DAY_US // 2
        last = epoch.time_us
        counts.append(count)
    return counts


def _observation(epoch: _Epoch, fix: _Fix, start: date, midnights: int) -> GnssObservation:
    try:
        day = datetime.combine(start, time(tzinfo=UTC)) + timedelta(days=midnights)
        moment = day + timedelta(microseconds=epoch.time_us)
    except OverflowError as error:
        raise TimeUnreadable(line=fix.line, text=str(start)) from error
    return GnssObservation(
        line=fix.line,
        raw=fix.raw,
        epoch=moment,
        position=fix.position,
        quality=GnssQuality(
            fix=fix.fix,
            covariance=epoch.covariance,
            pdop=epoch.pdop,
            hdop=fix.hdop,
            vdop=epoch.vdop,
            satellites=fix.satellites,
            age_s=fix.age,
        ),
        datum="WGS84",
        base=fix.base,
    )


FORMAT = FieldFormat("nmea", "NMEA 0183 log", recognises, read)

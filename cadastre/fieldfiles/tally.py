"""The book-keeping of one reading: every piece of a file is accepted or rejected, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from cadastre.errors import LandError
from cadastre.fieldfiles.errors import FieldFileHopeless, LineRefused, NothingMeasured
from cadastre.fieldfiles.records import FieldFile, Record, Rejected, StationSetup

MAX_REJECTED = 100_000
SHOWN_TEXT = 500


class Tally:
    """Collects what a format's reader finds; `finish` makes the `FieldFile` of it."""

    def __init__(self, format_name: str, file_name: str, encoding: str) -> None:
        self.format, self.name, self.encoding = format_name, file_name, encoding
        self.lines = 0
        self.read = 0
        self.accepted = 0
        self.records: list[Record] = []
        self.setups: dict[int, int] = {}  # where the record of each setup stands
        self.rejected: list[Rejected] = []
        self.ignored: Counter[str] = Counter()
        self.facts: dict[str, str] = {}
        self.crs: str | None = None
        self.datum: str | None = None
        self.time_system: str | None = None

    @contextmanager
    def piece(self, line: int, text: str) -> Iterator[list[Record]]:
        """One piece that should hold data: what is added within is taken, or all of it refused."""
        found: list[Record] = []
        try:
            yield found
            if not found:
                raise NothingMeasured(line=line, point=shown(text, 60))
        except LineRefused as reason:
            self.reject(line, text, reason)
        else:
            self.accept(*found)

    def accept(self, *records: Record) -> None:
        self.read += 1
        self.accepted += 1
        for record in records:
            if isinstance(record, StationSetup):
                self.setups[record.number] = len(self.records)
            self.records.append(record)

    def reject(self, line: int, text: str, reason: LandError) -> None:
        self.read += 1
        # Kept for long: without the frames it was raised in and what it came from.
        reason.__traceback__ = reason.__context__ = reason.__cause__ = None
        self.rejected.append(Rejected(line, shown(text), reason))
        if len(self.rejected) > MAX_REJECTED:
            raise FieldFileHopeless(
                name=self.name,
                format=self.format,
                limit=MAX_REJECTED,
                line=self.rejected[0].line,
            )

    def ignore(self, kind: str) -> None:
        self.ignored[kind] += 1

    @contextmanager
    def setting(self, line: int, text: str, kind: str) -> Iterator[None]:
        """A line that only says how others are to be read: ignored as a kind, or refused."""
        try:
            yield
        except LineRefused as reason:
            self.reject(line, text, reason)
        else:
            self.ignore(kind)

    def finish(self) -> FieldFile:
        return FieldFile(
            format=self.format,
            name=self.name,
            encoding=self.encoding,
            lines=self.lines,
            read=self.read,
            accepted=self.accepted,
            records=tuple(sorted(self.records, key=lambda record: record.line)),
            rejected=tuple(sorted(self.rejected, key=lambda rejected: rejected.line)),
            ignored=dict(sorted(self.ignored.items())),
            facts=self.facts,
            crs=self.crs,
            datum=self.datum,
            time_system=self.time_system,
        )


def shown(text: str, limit: int = SHOWN_TEXT) -> str:
    """Text for people: without control characters, cut with an ellipsis."""
    cut = text[: limit + 1]
    plain = "".join(c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in cut)
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"

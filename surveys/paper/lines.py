"""Long tables as lines on pages: heads repeat, and a page holds so many lines and no more.

A line is one text with tabs, which a PDF lays out many times faster than the cells of a table; ten
thousand observations so stay a matter of seconds and of little memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

LINES: Final = 66
FIELD: Final = 14
"""Letters of a field but the last: more would run over the next tab stop."""
LAST: Final = 44
"""Letters of the last one: more would leave the page."""


class Heading(NamedTuple):
    """Begins a table; ``columns`` stand below it and on every page on which the table goes on."""

    text: str
    columns: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Row(NamedTuple):
    """One line of a table; ``skipped`` lines are printed grey."""

    fields: tuple[str, ...]
    skipped: bool = False


Item: TypeAlias = Heading | Row


@dataclass(slots=True)
class Run:
    """Lines of one kind, one below the other: ``head``, ``note``, ``columns``, ``row``, ``out``."""

    kind: str
    lines: list[str]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(slots=True)
class Page:
    """A page of runs; ``used`` counts its lines."""

    runs: list[Run] = field(default_factory=list)
    used: int = 0

    def add(self, kind: str, line: str) -> None:
        """One line more."""
        if self.runs and self.runs[-1].kind == kind:
            self.runs[-1].lines.append(line)
        else:
            self.runs.append(Run(kind, [line]))
        self.used += 1


def pages_of(items: Iterable[Item], *, again: str, lines: int = LINES) -> Iterator[Page]:
    """The pages in order, one at a time; ``again`` marks a heading that is repeated.

    A heading never stands at the foot of a page without a row.
    """
    page, heading, fresh = Page(), None, False
    for item in items:
        if isinstance(item, Heading):
            heading, fresh = item, True
            continue
        needed = 1 + (3 + len(heading.notes) if heading and fresh else 0)
        if page.used and page.used + needed > lines:
            yield page
            page = Page()
            if heading and not fresh:
                _head(page, heading, f"{heading.text} {again}", notes=False)
        if heading and fresh:
            if page.used:
                page.add("note", "")
            _head(page, heading, heading.text, notes=True)
            fresh = False
        page.add("out" if item.skipped else "row", line_of(item.fields))
    if page.used:
        yield page


def _head(page: Page, heading: Heading, text: str, *, notes: bool) -> None:
    page.add("head", text)
    for note in heading.notes if notes else ():
        page.add("note", note)
    page.add("columns", line_of(heading.columns))


def line_of(fields: Iterable[str]) -> str:
    """The fields of a row between tabs, none of them longer than its column."""
    told = [" ".join(text.split()) for text in fields]
    cut = [_cut(text, FIELD) for text in told[:-1]]
    return "\t".join([*cut, *(_cut(text, LAST) for text in told[-1:])])


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"

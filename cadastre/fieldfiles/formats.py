"""The table of formats: how each is recognised and read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cadastre.fieldfiles.columns import Options
from cadastre.fieldfiles.tally import Tally


@dataclass(frozen=True, slots=True)
class Source:
    """A file in memory: its name, its bytes and (decoded once) its text."""

    name: str
    content: bytes
    text: str

    @property
    def suffix(self) -> str:
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""

    @property
    def head(self) -> str:
        """Enough of the text to tell the format."""
        return self.text[:8192]


@dataclass(frozen=True, slots=True)
class FieldFormat:
    """``recognises`` looks at the head of a file; ``read`` puts what it finds into the tally."""

    name: str
    title: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source, Tally, Options], None]

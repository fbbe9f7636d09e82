"""The department's words, from ``data/``: statuses and the heads of columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from cadastre.digits import typed_text
from parcels.models import Party, Section10Row, TitleType, Transaction

Table = Section10Row.Table
HOLDER_FIELDS: Final = ("holder_title", "holder_name", "holder_surname", "holder_id")
"""Columns whose cells are personal: never kept with the row."""


@dataclass(frozen=True, slots=True)
class Status:
    """One kind of entry: what it is there (``change``), here (``kind``), and what it may change."""

    pattern: re.Pattern[str]
    change: str
    kind: Transaction.Kind
    effect: str


@dataclass(frozen=True, slots=True)
class TableForm:
    """One table of a package: names of its files, heads of its columns by field."""

    table: Table
    files: tuple[str, ...]
    title_type: str
    required: frozenset[str]
    columns: dict[str, str]
    """Field by the head of its column, as `head_of` writes it."""


def status_of(text: str) -> Status | None:
    """The status of that text; None for one that nobody has listed."""
    plain = typed_text(text)
    return next((each for each in _statuses() if each.pattern.fullmatch(plain)), None)


def holder_kind(name: str) -> Party.Kind:
    """What a holder is, by how the name begins."""
    for kind, words in _words()["holders"].items():
        if name.startswith(tuple(words)):
            return Party.Kind(kind)
    return Party.Kind.INDIVIDUAL


def head_of(text: str) -> str:
    """The head of a column as it is compared: blanks at the ends and case do not count."""
    return typed_text(text).upper()


def is_ignored(name: str) -> bool:
    """Whether a file of the package is one that says nothing."""
    return any(fnmatch(name.lower(), pattern) for pattern in _words()["ignored"])


def is_shape_file(name: str) -> bool:
    """Whether a file is the wrapped GeoJSON of the package."""
    return any(fnmatch(name.lower(), pattern) for pattern in _words()["shapes"]["files"])


def shape_fields() -> dict[str, str]:
    """Field by the name of the attribute, lower case, in the file of shapes."""
    columns = _words()["shapes"]["columns"]
    return {head.lower(): field for field, heads in columns.items() for head in heads}


@cache
def table_forms() -> tuple[TableForm, ...]:
    """The tables a package may hold."""
    return tuple(
        TableForm(
            Table(name),
            tuple(said["files"]),
            TitleType(said["title_type"]).value if said["title_type"] else "",
            frozenset(said["required"]),
            {head_of(head): field for field, heads in said["columns"].items() for head in heads},
        )
        for name, said in _words()["tables"].items()
    )


def table_of_file(name: str) -> TableForm | None:
    """The table that a file holds, by its name."""
    return next(
        (form for form in table_forms() if any(fnmatch(name.lower(), p) for p in form.files)), None
    )


@cache
def _statuses() -> tuple[Status, ...]:
    return tuple(
        Status(
            re.compile(each["pattern"] if "pattern" in each else re.escape(each["text"])),
            each["change"],
            Transaction.Kind(each["kind"]),
            each["effect"],
        )
        for each in _data("statuses.yaml")
    )


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = _data("tables.yaml")
    return found


def _data(name: str) -> Any:
    return yaml.safe_load((files(__package__) / "data" / name).read_text(encoding="utf-8"))

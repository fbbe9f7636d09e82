"""The signs of the tax-map sheets: read from a settings file, checked before anything is drawn."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.conf import settings

from taxmap.errors import SymbolsUnusable

STANDARD: Final = Path(__file__).parent / "symbols.yaml"
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}|none")
_DASH: Final = re.compile(r"(?:\d+(?:\.\d+)?(?: \d+(?:\.\d+)?)*)?")
_MOST: Final = 72.0


@dataclass(frozen=True, slots=True)
class AreaSign:
    """How a surface is drawn; ``width`` is the outline in millimetres."""

    fill: str
    stroke: str
    width: float


@dataclass(frozen=True, slots=True)
class LineSign:
    """How a line is drawn; ``dash`` are millimetres on and off, nothing for a whole line."""

    stroke: str
    width: float
    dash: str


@dataclass(frozen=True, slots=True)
class TextSign:
    """How a text is written; ``size`` is in points."""

    size: float
    weight: int
    color: str


@dataclass(frozen=True, slots=True)
class Symbols:
    """All signs by name."""

    areas: dict[str, AreaSign]
    lines: dict[str, LineSign]
    texts: dict[str, TextSign]


_GROUPS: Final[dict[str, Any]] = {"areas": AreaSign, "lines": LineSign, "texts": TextSign}


def symbols() -> Symbols:
    """The signs of this installation. Raises `SymbolsUnusable` with the place of the fault."""
    return symbols_of(Path(settings.CHANOT_TAX_MAP_SYMBOLS or STANDARD))


@cache
def symbols_of(path: Path) -> Symbols:
    """The signs of a file, which must name exactly those of the standard one."""
    given, standard = _read(path), _read(STANDARD)
    groups: dict[str, Any] = {}
    for group, kind in _GROUPS.items():
        signs = _mapping(given.get(group), group)
        if set(signs) != set(standard[group]):
            raise SymbolsUnusable(place=group, expected=", ".join(sorted(standard[group])))
        groups[group] = {
            name: _sign(kind, _mapping(sign, f"{group}.{name}"), f"{group}.{name}")
            for name, sign in signs.items()
        }
    return Symbols(**groups)


def _read(path: Path) -> dict[str, Any]:
    try:
        return _mapping(yaml.safe_load(path.read_text(encoding="utf-8")), path.name)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise SymbolsUnusable(place=path.name, expected="YAML") from None


def _mapping(value: object, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SymbolsUnusable(place=place, expected="name: value")
    return value


def _sign(kind: Any, given: dict[str, Any], place: str) -> Any:
    names = [each.name for each in fields(kind)]
    if sorted(given) != sorted(names):
        raise SymbolsUnusable(place=place, expected=", ".join(names))
    for name, value in given.items():
        if not _is_usable(name, value):
            raise SymbolsUnusable(place=f"{place}.{name}", expected=_EXPECTED[name])
    return kind(**given)


_EXPECTED: Final = {
    "fill": "#rrggbb, none", "stroke": "#rrggbb, none", "color": "#rrggbb",
    "width": "0-72", "size": "0-72", "weight": "400, 600, 700", "dash": "5 1.5",
}  # fmt: skip


def _is_usable(name: str, value: object) -> bool:
    match name:
        case "fill" | "stroke" | "color":
            return isinstance(value, str) and bool(_COLOUR.fullmatch(value))
        case "dash":
            return isinstance(value, str) and bool(_DASH.fullmatch(value))
        case "weight":
            return value in {400, 600, 700}
        case _:
            return isinstance(value, int | float) and 0 <= value <= _MOST

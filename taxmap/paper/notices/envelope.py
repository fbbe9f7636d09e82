"""Window envelopes: where on the letter the address has to stand. Millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

_FILE: Final = Path(__file__).parent / "envelopes.yaml"
DEFAULT: Final = "dl"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A window on a folded A4 letter, from its upper left corner."""

    name: str
    left: float
    top: float
    width: float
    height: float
    slip: float
    """How far the letter may move within the envelope."""
    folds: tuple[float, ...]
    """Where the letter is folded, from its upper edge."""
    verified: bool

    @property
    def address_box(self) -> dict[str, float]:
        """What shows through the window however the letter lies."""
        return {
            "left": self.left + self.slip,
            "top": self.top + self.slip,
            "width": self.width - 2 * self.slip,
            "height": self.height - 2 * self.slip,
        }


@cache
def envelopes() -> dict[str, Envelope]:
    """The envelopes of the settings file, by their key."""
    read = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {key: Envelope(**each | {"folds": tuple(each["folds"])}) for key, each in read.items()}


def envelope_named(key: str) -> Envelope:
    """The envelope with this key; the usual one where the settings file no longer has it."""
    return envelopes().get(key) or envelopes()[DEFAULT]

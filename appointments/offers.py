"""A time offered for a visit: its first slot and the services it is for, under one name.

The name of an offer is the slot's public id and the codes of the services, joined by ``~``. It is
what the interface calls the ``id`` of a slot and what a booking asks for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from appointments.errors import SlotUnknown

SEPARATOR = "~"
LONGEST_NAME = 200
MOST_SERVICES = 4
_SLOT = re.compile(r"[A-Za-z0-9_-]{1,32}")
_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")


class OfferName(NamedTuple):
    """What the name of an offer says."""

    slot: str
    services: tuple[str, ...]

    def __str__(self) -> str:
        return SEPARATOR.join((self.slot, *self.services))


@dataclass(frozen=True, slots=True)
class Offer:
    """A time at which a visit of these services can begin; aware datetimes, half-open."""

    name: OfferName
    starts_at: datetime
    ends_at: datetime
    capacity: int
    remaining: int

    @property
    def id(self) -> str:
        """The name as text."""
        return str(self.name)


def offer_named(text: str) -> OfferName:
    """Read the name of an offer; SlotUnknown for what is none."""
    slot, *services = text.split(SEPARATOR) if len(text) <= LONGEST_NAME else [""]
    if not _SLOT.fullmatch(slot) or not services_named(services):
        raise SlotUnknown
    return OfferName(slot, tuple(services))


def services_named(codes: Sequence[str]) -> bool:
    """Whether these can be the codes of services combined in one visit."""
    return (
        1 <= len(codes) <= MOST_SERVICES
        and len(set(codes)) == len(codes)
        and all(_CODE.fullmatch(code) for code in codes)
    )

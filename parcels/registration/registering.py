"""The one atomic step: what a transaction holds locked while it writes the register."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from psycopg.types.range import DateRange

from parcels.models import BAUnit, Parcel, ProposedParcel, Transaction
from parcels.models.versioned import VersionedObject

V = TypeVar("V", bound=VersionedObject)


@dataclass(slots=True)
class Registration:
    """A transaction being registered: its day in law, and the rows it may write, all locked.

    ``parcels`` and ``titles`` are by primary key; ``proposed`` is in the order proposed.
    """

    act: Transaction
    day: date
    now: datetime
    proposed: list[ProposedParcel] = field(default_factory=list)
    parcels: dict[int, Parcel] = field(default_factory=dict)
    titles: dict[int, BAUnit] = field(default_factory=dict)

    @property
    def since(self) -> DateRange:
        """In force from the day of this transaction on."""
        return DateRange(self.day, None)

    def until(self, thing: VersionedObject) -> DateRange:
        """The validity of ``thing`` if it ends now: empty when it began on this very day."""
        lower = thing.valid_during.lower
        if thing.valid_during.isempty or (lower is not None and lower >= self.day):
            return DateRange(empty=True)
        return DateRange(lower, self.day)

    def end(self, thing: V) -> V:
        """End a title, a right or another object of the register by this transaction."""
        thing.valid_during = self.until(thing)
        thing.retired_by = self.act
        thing.save(update_fields=["valid_during", "retired_by"])
        return thing

    def change(self, parcel: Parcel, **facts: object) -> Parcel:
        """Give a parcel another state from the day of this transaction on."""
        for name, value in facts.items():
            setattr(parcel, name, value)
        lower = parcel.valid_during.lower
        parcel.valid_during = DateRange(max(lower or self.day, self.day), None)
        parcel.changed_by = self.act
        parcel.save(update_fields=[*facts, "valid_during", "changed_by"])
        return parcel

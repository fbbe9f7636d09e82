"""Old number → what lies there today: numbers that parcels once went by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from psycopg.types.range import DateRange

from parcels.as_of import Question, former_states, parcel_as_it_was
from parcels.models import Parcel
from parcels.querysets import ParcelQuerySet
from parcels.services.lineage import today_of

MOST_FORMER = 5
MOST_CURRENT = 20


@dataclass(frozen=True, slots=True)
class Former:
    """A parcel as it was when it went by the number, and the parcels in force on its ground.

    ``until`` is the first day on which it was so no more, where that is known.
    """

    parcel: Parcel
    until: date | None
    current: list[Parcel]


def former_numbers(question: Question, today: date) -> list[Former]:
    """The parcels that once answered to ``question``, oldest first, and what they are today."""
    found: dict[int, Parcel] = {}
    states = question(former_states())
    for state in states.order_by("-recorded_during", "-pk")[: MOST_FORMER * 4]:
        found.setdefault(state.parcel_id, parcel_as_it_was(state))
    for parcel in question(_ended(today))[:MOST_FORMER]:
        found[parcel.pk] = parcel
    some = [found[pk] for pk in sorted(found)][:MOST_FORMER]
    current = today_of(some, today, MOST_CURRENT)
    return [Former(parcel, _until(parcel, today), current[parcel.pk]) for parcel in some]


def _ended(today: date) -> ParcelQuerySet:
    over = Q(valid_during__fully_lt=DateRange(today, None)) | Q(valid_during__isempty=True)
    ended: ParcelQuerySet = Parcel.objects.filter(over).with_facts()
    return ended


def _until(parcel: Parcel, today: date) -> date | None:
    upper = None if parcel.valid_during.isempty else parcel.valid_during.upper
    return upper if upper is not None and upper <= today else None

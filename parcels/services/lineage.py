"""What parcels came of and what became of them, for everybody: no transaction that is private.

docs/algorithms/history.md tells which transactions are named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from django.db import connection
from django.db.models import QuerySet

from parcels.models import Parcel, ParcelLineage, Transaction

SQL = Path(__file__).parents[1] / "sql"
DOWN = (SQL / "lineage_down.sql").read_text(encoding="utf-8")
UP = (SQL / "lineage_up.sql").read_text(encoding="utf-8")
MOST_STEPS = 64
MOST_RELATIVES = 50

Kind = Transaction.Kind
NAMED: Final = frozenset({
    Kind.NEW_REGISTRATION, Kind.DIVIDE, Kind.MERGE, Kind.DIVIDE_PUBLIC, Kind.BOUNDARY_CORRECTION,
    Kind.RE_SURVEY, Kind.AREA_CORRECTION, Kind.TITLE_CHANGE,
})  # fmt: skip
"""What happens to land. Nothing else is named: it would tell of people."""
PRIVATE: Final = frozenset({
    Kind.TRANSFER, Kind.TRANSFER_SHARE, Kind.INHERITANCE, Kind.MORTGAGE, Kind.MORTGAGE_RELEASE,
    Kind.NAME_CORRECTION, Kind.NOTE, Kind.REPLACEMENT_DEED,
})  # fmt: skip
"""What happens between people: neither named nor counted, whatever it might have written."""


def kind_told(act: Transaction) -> str:
    """The kind of a transaction in the language of the page; empty where it is not public."""
    return str(act.get_kind_display()) if act.kind in NAMED else ""


@dataclass(frozen=True, slots=True)
class Relative:
    """A parcel that another came of, or that came of it: by what, and in law from which day."""

    parcel: Parcel
    kind: str
    on: date | None


def predecessors(parcel: Parcel) -> list[Relative]:
    """What the parcel came of, directly."""
    rows = _rows().filter(child=parcel.pk).select_related("parent__ba_unit", "parent__map_sheet")
    return [
        Relative(row.parent, kind_told(row.transaction), _began(parcel))
        for row in rows.order_by("parent")[:MOST_RELATIVES]
    ]


def successors(parcel: Parcel) -> list[Relative]:
    """What became of the parcel, directly."""
    rows = _rows().filter(parent=parcel.pk).select_related("child__ba_unit", "child__map_sheet")
    return [
        Relative(row.child, kind_told(row.transaction), _began(row.child))
        for row in rows.order_by("child")[:MOST_RELATIVES]
    ]


def _rows() -> QuerySet[ParcelLineage]:
    return ParcelLineage.objects.exclude(transaction__kind__in=PRIVATE).select_related(
        "transaction"
    )


def _began(parcel: Parcel) -> date | None:
    return None if parcel.valid_during.isempty else parcel.valid_during.lower


def descendants(parcels: Collection[int]) -> dict[int, set[int]]:
    """By key, the keys of everything that came of these parcels, by however many steps."""
    return _line(DOWN, parcels)


def ancestors(parcels: Collection[int]) -> dict[int, set[int]]:
    """By key, the keys of everything that these parcels came of, by however many steps."""
    return _line(UP, parcels)


def _line(statement: str, parcels: Collection[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    if parcels:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"parcels": list(parcels), "most": MOST_STEPS})
            for origin, reached in cursor.fetchall():
                found[origin].add(reached)
    return found


def today_of(parcels: Iterable[Parcel], today: date, most: int) -> dict[int, list[Parcel]]:
    """What lies today where these parcels lay: by key, at most ``most`` parcels in force each.

    A parcel that is in force is its own answer. Otherwise what came of it in the register, and
    where the register has no line (an import brought the new parcels), whatever shares its ground.
    """
    asked = {parcel.pk: parcel for parcel in parcels}
    lines = descendants(asked)
    wanted = set(asked).union(*lines.values())
    in_force = Parcel.objects.in_force(today).with_facts()
    here = {parcel.pk: parcel for parcel in in_force.filter(pk__in=wanted)}
    answer = {}
    for pk, parcel in asked.items():
        reached = [here[key] for key in sorted({pk, *lines.get(pk, ())}) if key in here]
        if pk in here:
            reached = [here[pk]]
        answer[pk] = reached[:most] or list(in_force.overlapping(parcel).order_by("pk")[:most])
    return answer

"""Running rules over parcels in force: on a day, or as a transaction would leave them.

Each rule reads the temporary views ``checked_parcel`` and ``checked_title``, never the tables of
parcels: so the same rule looks at the register, at its past and at what is proposed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import shapely
from django.db import connection, transaction
from django.utils import timezone
from shapely.geometry.base import BaseGeometry

from offices.models import Office
from parcels.models import Transaction
from parcels.rules.catalogue import HERE, Rule, Settings, settings_of

WGS84: Final = 4326


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule found this. Place and shape in EPSG:4326, ``measure`` in the unit of the rule.

    A negative ``parcel`` or ``other`` is a new parcel of a transaction: minus the key of its
    proposal. ``spot`` tells several faults of the same parcels apart.
    """

    rule: str
    parcel: int | None = None
    other: int | None = None
    title: int | None = None
    place: tuple[float, float] | None = None
    shape: BaseGeometry | None = None
    measure: float | None = None
    spot: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """The same for the same fault in every run, whatever its size; 64 hexadecimal digits."""
        said = f"{self.rule}|{self.parcel}|{self.other}|{self.title}|{self.spot}"
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What to look at: an office on a day; ``only`` and ``titles`` restrict it to their keys."""

    office: Office
    on: date
    only: tuple[int, ...] | None = None
    titles: tuple[int, ...] | None = None
    settings: Settings = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        office: Office,
        on: date,
        only: Iterable[int] | None = None,
        titles: Iterable[int] | None = None,
    ) -> Scope:
        """With what the office tolerates; a restriction to parcels is one to titles, too."""
        return cls(
            office=office,
            on=on,
            only=None if only is None else tuple(sorted(set(only))),
            titles=tuple(sorted(set(titles or ()))) if only is not None else None,
            settings=settings_of(office),
        )

    def parameters(self, rule: Rule | None = None) -> dict[str, Any]:
        """What the SQL of a rule may ask for."""
        values = self.settings.get(rule.code, {}) if rule else {}
        return {
            "office": self.office.pk,
            "on": self.on,
            "only": None if self.only is None else list(self.only),
            "titles": None if self.titles is None else list(self.titles),
        } | values


@contextmanager
def checked_state(on: date, act: Transaction | None = None) -> Iterator[None]:
    """Lay the views on the register of ``on``, or on what ``act`` would make of it.

    Views are of this database session and of one transaction: nothing of them stays.
    """
    past = on < timezone.localdate()
    name = "_proposed" if act else "_past" if past else "_register"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_file("_forget"))
        cursor.execute(_file(name), {"on": on, "act": act.pk if act else None})
        yield
        cursor.execute(_file("_forget"))


def ask(name: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of one of the helping queries in ``sql/``."""
    with connection.cursor() as cursor:
        cursor.execute(_file(name), parameters)
        return cursor.fetchall()


def parcels_checked(scope: Scope) -> int:
    """How many parcels are looked at."""
    return int(ask("_count", scope.parameters())[0][0])


def sql_hits(rule: Rule, scope: Scope) -> Iterator[Hit]:
    """What the SELECT of a rule finds; call within `checked_state`."""
    with connection.cursor() as cursor:
        cursor.execute(rule.sql, scope.parameters(rule))
        names = [column.name for column in cursor.description or ()]
        for row in cursor:
            yield _hit(rule, dict(zip(names, row, strict=True)))


def _hit(rule: Rule, row: dict[str, Any]) -> Hit:
    place = shapely.from_wkb(row["place"]) if row.get("place") else None
    measure = row.get("measure")
    return Hit(
        rule=rule.code,
        parcel=row.get("parcel"),
        other=row.get("other"),
        title=row.get("title"),
        place=(place.x, place.y) if place is not None else None,
        measure=None if measure is None else float(measure),
        spot=row.get("spot") or "",
        evidence=_evidence(row.get("evidence")),
    )


def _evidence(value: str | None) -> dict[str, Any]:
    """The values beside the measure; Django's connections give JSON as text."""
    return dict(json.loads(value)) if value else {}


def neighbourhood(ids: Sequence[int], rings: int = 2) -> list[int]:
    """These parcels, their neighbours and the neighbours' neighbours; within `checked_state`."""
    near = sorted(ids)
    for _ in range(rings):
        near = sorted(beside(near) | set(ids))
    return near


def beside(ids: Sequence[int]) -> set[int]:
    """These parcels and those within about a metre of them; within `checked_state`."""
    ((shape,),) = ask("_shape", {"ids": list(ids)})
    return {row[0] for row in ask("_neighbourhood", {"shape": shape})} if shape else set()


def _file(name: str) -> str:
    return (HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8")

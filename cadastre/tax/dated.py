"""A parameter of the law: values by the day they came into force, with reference and doubts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Generic, NamedTuple, TypeVar

import yaml

from cadastre.tax.errors import NotInForceYet

T = TypeVar("T")


class Text(NamedTuple):
    """The same sentence in Thai and in English."""

    th: str
    en: str


@dataclass(frozen=True, slots=True)
class Provision(Generic[T]):
    """A value of the law with where it comes from and what about it is not verified."""

    parameter: str
    in_force_from: date
    value: T
    reference: str
    href: str | None = None
    unverified: tuple[Text, ...] = ()
    package: str = "cadastre.tax"


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """The history of one parameter, first value first."""

    parameter: str
    description: Text
    provisions: tuple[Provision[T], ...]
    last_confirmed: date

    def on(self, day: date) -> Provision[T]:
        """The provision in force on ``day``; before the first one, `NotInForceYet` names its day.

        A value asked for later than the day it was last confirmed comes back as unverified.
        """
        place = bisect_right(self.provisions, day, key=lambda each: each.in_force_from)
        if not place:
            raise NotInForceYet(
                parameter=self.parameter,
                day=day.isoformat(),
                first=self.provisions[0].in_force_from.isoformat(),
            )
        found = self.provisions[place - 1]
        if day <= self.last_confirmed:
            return found
        return replace(found, unverified=(*found.unverified, self._not_confirmed()))

    def _not_confirmed(self) -> Text:
        return Text(
            th=f"{self.description.th}: ยังไม่ได้ยืนยันว่าใช้บังคับในปีภาษีที่ขอคำนวณ",
            en=f"{self.description.en}: last confirmed for tax year {self.last_confirmed.year}, "
            "not for the year asked about.",
        )


@cache
def _document(parameter: str, package: str) -> Mapping[str, object]:
    path = files(package) / "parameters" / f"{parameter}.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise TypeError(f"{parameter}: a parameter file is a mapping")
    return document


def dated(parameter: str, read: Callable[[object], T], package: str = "cadastre.tax") -> Dated[T]:
    """The file ``parameters/<parameter>.yaml`` of the package, each value made typed by ``read``.

    Every value needs a reference of the same day; a file that breaks its own form is refused.
    """
    document = _document(parameter, package)
    values = _mapping(document["values"])
    references = _mapping(document["references"])
    doubts = _mapping(document.get("unverified") or {})
    if set(values) != set(references) or not set(doubts) <= set(values):
        raise ValueError(f"{parameter}: values, references and doubts must speak of the same days")
    confirmed = document["last_confirmed"]
    if not isinstance(confirmed, date):
        raise TypeError(f"{parameter}: last_confirmed is a date")
    provisions = []
    for day in sorted(values):
        source = _mapping(references[day])
        provisions.append(
            Provision(
                parameter=parameter,
                in_force_from=day,
                value=read(values[day]),
                reference=str(source["title"]),
                href=str(source["href"]) if "href" in source else None,
                unverified=(_text(doubts[day]),) if day in doubts else (),
                package=package,
            )
        )
    description = _text(document["description"])
    return Dated(parameter, description, tuple(provisions), confirmed)


def as_written(provision: Provision[Any]) -> object:
    """The value of a provision as its file writes it: text, lists and mappings."""
    document = _document(provision.parameter, provision.package)
    return _mapping(document["values"])[provision.in_force_from]


def _mapping(value: object) -> dict[Any, object]:
    if not isinstance(value, dict):
        raise TypeError(f"expected a mapping, found {value!r}")
    return value


def _text(value: object) -> Text:
    words = _mapping(value)
    return Text(th=str(words["th"]), en=str(words["en"]))

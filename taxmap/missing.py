"""Leads as people read them: why in words, a small map of the place, the counts of each cause."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext, ngettext

from offices.models import Office
from taxmap.models import Cause, Lead, TaxUse
from web.formats import format_date, format_square_metres

PICTURES_SQL: Final = (Path(__file__).parent / "sql" / "lead_pictures.sql").read_text(
    encoding="utf-8"
)


def leads_of(
    authority: Office, *, cause: str = "", state: str = Lead.State.OPEN, area: str = ""
) -> QuerySet[Lead]:
    """Leads still found, the greatest estimates first; ``area`` is a zone or block."""
    found = Lead.objects.filter(
        local_authority=authority, gone_at=None, parcel__tax_parcel_code__startswith=area
    ).select_related("parcel", "outline")
    if cause in set(Cause):
        found = found.filter(cause=cause)
    if state in set(Lead.State):
        found = found.filter(state=state)
    return found.order_by(F("at_stake_satang").desc(nulls_last=True), "pk")


def counts_of(authority: Office) -> list[dict[str, Any]]:
    """Each cause with its open, looked at and settled leads, and the tax at stake unsettled."""
    rows = (
        Lead.objects.filter(local_authority=authority, gone_at=None)
        .order_by()
        .values("cause")
        .annotate(
            **{state.value: Count("pk", filter=Q(state=state)) for state in Lead.State},
            at_stake_satang=Sum("at_stake_satang", filter=~Q(state=Lead.State.SETTLED)),
        )
    )
    known = {row["cause"]: row for row in rows}
    return [
        {"cause": cause.value, "title": cause.label, **known[cause.value]}
        for cause in Cause
        if cause.value in known
    ]


def reason_of(lead: Lead) -> str:
    """Why this is a lead, with its figures."""
    return _REASONS[Cause(lead.cause)](lead.facts)


def _use(key: str) -> str:
    if key == "residential":
        return gettext("dwelling")
    return str(TaxUse(key).label)


def _area(value: Any) -> str:
    return format_square_metres(Decimal(str(value)))


def _building_on_vacant(facts: Mapping[str, Any]) -> str:
    count = int(facts["buildings"])
    return ngettext(
        "Recorded as vacant, but {count} building of {area} stands on it.",
        "Recorded as vacant, but {count} buildings of {area} stand on it.",
        count,
    ).format(count=count, area=_area(facts["floor_area_m2"]))


def _area_differs(facts: Mapping[str, Any]) -> str:
    legal, drawn = Decimal(str(facts["legal_m2"])), Decimal(str(facts["calculated_m2"]))
    text = gettext("The document says {legal}, the map {drawn}: {percent} per cent of difference.")
    percent = abs(drawn - legal) * 100 / legal
    return text.format(legal=_area(legal), drawn=_area(drawn), percent=f"{percent:.1f}")


def _unlike(facts: Mapping[str, Any]) -> str:
    text = gettext("Recorded as {use}; {alike} of its {neighbours} neighbours are {usual}.")
    return text.format(
        use=_use(facts["use"]), alike=facts["alike"], neighbours=facts["neighbours"],
        usual=_use(facts["usual"]),
    )  # fmt: skip


def _farm(facts: Mapping[str, Any]) -> str:
    text = gettext(
        "Recorded as agriculture; {built_up} of the {neighbours} units around it are dwellings "
        "or trade."
    )
    return text.format(built_up=facts["built_up"], neighbours=facts["neighbours"])


def _seen(facts: Mapping[str, Any]) -> str:
    text = gettext("A building of {area} was seen on {day} ({source}); no record covers it.")
    return text.format(
        area=_area(facts["area_m2"]), day=format_date(date.fromisoformat(facts["seen_on"])),
        source=facts["source"],
    )  # fmt: skip


_REASONS: Final = {
    Cause.NO_UNIT: lambda _f: gettext("The register has this parcel, the tax map has no unit."),
    Cause.NO_OWNER: lambda _f: gettext("No owner or possessor is registered on 1 January."),
    Cause.NO_PRICE: lambda _f: gettext("Neither the parcel nor its street or zone has a price."),
    Cause.NO_USE: lambda _f: gettext("No use is recorded on 1 January."),
    Cause.NOT_ASSESSED: lambda _f: gettext(
        "Everything is recorded, but the roll of the year has no assessment. Run the roll again."
    ),
    Cause.BUILDING_ON_VACANT: _building_on_vacant,
    Cause.UNREGISTERED_BUILDING: _seen,
    Cause.AREA_DIFFERS: _area_differs,
    Cause.USE_UNLIKE_NEIGHBOURS: _unlike,
    Cause.FARM_IN_TOWN: _farm,
}


@dataclass(slots=True)
class Picture:
    """A small map: paths of an SVG around the parcel, ``half`` metres to each side."""

    half: float
    paths: list[tuple[str, str]] = field(default_factory=list)

    @property
    def view_box(self) -> str:
        return f"{-self.half:.1f} {-self.half:.1f} {2 * self.half:.1f} {2 * self.half:.1f}"


def pictures_of(leads: Sequence[Lead], today: date) -> dict[int, Picture]:
    """The small maps of some leads, by their keys; one query for all."""
    pictures: dict[int, Picture] = {}
    paths: dict[int, list[tuple[str, str]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(PICTURES_SQL, {"leads": [lead.pk for lead in leads], "today": today})
        for key, half, kind, shape in cursor:
            pictures.setdefault(key, Picture(half))
            path = path_of(json.loads(shape)) if shape else ""
            if path:
                paths[key].append((kind, path))
    for key, picture in pictures.items():
        picture.paths = paths[key]
    return pictures


def path_of(shape: Mapping[str, Any]) -> str:
    """The path of polygons in metres, y north, as SVG wants it: y downwards."""
    kinds = {
        "Polygon": [shape.get("coordinates", [])],
        "MultiPolygon": shape.get("coordinates", []),
    }
    parts: Iterable[Any] = kinds.get(shape["type"], [])
    if shape["type"] == "GeometryCollection":
        return "".join(path_of(each) for each in shape["geometries"])
    return "".join(
        "M" + "L".join(f"{x:.1f} {-y:.1f}" for x, y, *_z in ring) + "Z"
        for polygon in parts
        for ring in polygon
    )

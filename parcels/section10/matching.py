"""Which parcel a row means: deed number, then land number and survey page, then the ground.

Only an answer that is beyond doubt is acted upon; everything else is a list of candidates for a
person. docs/algorithms/section10.md, section 3.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.contrib.gis.geos import MultiPolygon
from django.db import connection
from django.db.models import Q, QuerySet

from cadastre.errors import LandError
from cadastre.identifiers import MapSheet as SheetName
from offices.models import Office
from parcels.models import BAUnit, MapSheet, Parcel, Section10Row

_OVERLAPS: Final = (Path(__file__).parents[1] / "sql" / "section10_overlaps.sql").read_text(
    encoding="utf-8"
)
SAME_GROUND: Final = 0.5
"""Intersection over union from which two shapes may be one parcel."""
RENUMBERED: Final = 0.9
"""The same for a row that makes a new parcel: a piece may well be most of its parent."""
MOST_CANDIDATES: Final = 10


@dataclass(frozen=True, slots=True)
class Overlap:
    """How a parcel and a shape share ground; areas in square metres of the parcel's zone."""

    parcel: int
    common_m2: float
    parcel_m2: float
    shape_m2: float

    @property
    def iou(self) -> float:
        return self.common_m2 / (self.parcel_m2 + self.shape_m2 - self.common_m2)

    @property
    def of_parcel(self) -> float:
        """The part of the parcel that the shape covers."""
        return self.common_m2 / self.parcel_m2

    @property
    def of_shape(self) -> float:
        """The part of the shape that the parcel covers."""
        return self.common_m2 / self.shape_m2


@dataclass(slots=True)
class Match:
    """What a row was found to mean: one parcel beyond doubt, or candidates with a reason."""

    parcel: Parcel | None = None
    reason: str = ""
    candidates: list[dict[str, Any]] = field(default_factory=list)

    def may_be(self, parcel: Parcel, by: str, score: float) -> None:
        """Note a candidate; a parcel found in two ways keeps the better score."""
        for known in self.candidates:
            if known["parcel"] == parcel.public_id:
                known["score"] = max(known["score"], round(score, 2))
                return
        self.candidates.append({"parcel": parcel.public_id, "by": by, "score": round(score, 2)})
        self.candidates.sort(key=lambda one: -one["score"])
        del self.candidates[MOST_CANDIDATES:]


class Register:
    """The part of the register that a package speaks of: an authority's parcels in an office."""

    def __init__(self, office: Office, authority: Office) -> None:
        self.office, self.authority = office, authority
        self._sheets: dict[str, list[int]] | None = None

    def titles(self, content: dict[str, Any]) -> QuerySet[BAUnit]:
        """Titles in force with the row's deed number."""
        return BAUnit.objects.filter(
            office=self.office, deed_number=content["deed_number"],
            title_type=content["title_type"], retired_by=None,
        )  # fmt: skip

    def parcels(self) -> QuerySet[Parcel]:
        """Parcels in force of the authority; those of no authority count, too."""
        return Parcel.objects.filter(
            Q(local_authority=self.authority) | Q(local_authority=None),
            office=self.office, retired_by=None,
        )  # fmt: skip

    def by_land_number(self, content: dict[str, Any]) -> list[Parcel]:
        """Parcels with the row's land number on its map sheet."""
        sheets = self._sheet_ids(content["sheet_key"]) if content["sheet_key"] else []
        if not sheets or not content["land_number"]:
            return []
        found = self.parcels().filter(map_sheet__in=sheets, land_number=content["land_number"])
        return list(found.select_related("ba_unit").order_by("pk"))

    def _sheet_ids(self, key: str) -> list[int]:
        if self._sheets is None:
            self._sheets = defaultdict(list)
            for pk, name, scale in MapSheet.objects.values_list("pk", "name", "scale"):
                try:
                    parsed = SheetName.parse(f"{name.split(' (')[0]} (1:{scale})")
                except LandError:
                    continue
                self._sheets[parsed.key].append(pk)
        return self._sheets.get(key, [])

    def sheet(self, content: dict[str, Any]) -> MapSheet | None:
        """The row's map sheet, made where the register does not have it yet."""
        if not content["sheet_key"]:
            return None
        if known := self._sheet_ids(content["sheet_key"]):
            return MapSheet.objects.get(pk=known[0])
        made, _ = MapSheet.objects.get_or_create(
            name=content["sheet"][:30], scale=content["scale"],
            defaults={"zone_srid": self.office.zone_srid},
        )  # fmt: skip
        self._sheets = None
        return made

    def overlaps(self, shape: MultiPolygon, day: date) -> list[Overlap]:
        """Parcels in force on a day that share ground with the shape, most ground first."""
        parameters: dict[str, Any] = {
            "ewkb": bytes(shape.ewkb), "office": self.office.pk, "day": day,
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_OVERLAPS, parameters)
            return [Overlap(*each) for each in cursor.fetchall()]

    def match(self, row: Section10Row, *, creates: bool = False) -> Match:
        """The parcel that a row means; ``creates`` for a row that may make a new one."""
        content = row.content
        of_deed = list(
            self.parcels().filter(ba_unit__in=self.titles(content)).select_related("ba_unit")
            .order_by("pk")[: MOST_CANDIDATES + 1]
        )  # fmt: skip
        on_sheet = self.by_land_number(content)
        match = Match()
        for parcel in of_deed:
            match.may_be(parcel, "deed_number", 1.0)
        for parcel in on_sheet:
            match.may_be(parcel, "land_number", 0.9 if _same_page(parcel, content) else 0.7)
        if of_deed:
            _choose_by_deed(match, of_deed, on_sheet, content)
        elif len(on_sheet) == 1 and on_sheet[0].ba_unit is None:
            match.parcel = on_sheet[0]
        elif on_sheet:
            match.reason = "deed_number_differs"
        else:
            self._look_at_ground(match, row, RENUMBERED if creates else SAME_GROUND)
        return match

    def _look_at_ground(self, match: Match, row: Section10Row, least: float) -> None:
        """Candidates by their shape alone, which never decides without a person."""
        match.reason = "no_parcel_found"
        if row.geometry is None or row.effective_on is None:
            return
        found = [o for o in self.overlaps(row.geometry, row.effective_on) if o.iou >= least]
        parcels = self.parcels().in_bulk([each.parcel for each in found])
        for each in found:
            if each.parcel in parcels:
                match.may_be(parcels[each.parcel], "shape", each.iou)
                match.reason = "found_by_shape_only"


def _choose_by_deed(
    match: Match, of_deed: list[Parcel], on_sheet: list[Parcel], content: dict[str, Any]
) -> None:
    """One parcel among those of the deed number, if land number and survey page leave no doubt."""
    both = [parcel for parcel in of_deed if parcel in on_sheet]
    paged = [parcel for parcel in of_deed if _same_page(parcel, content)]
    if len(of_deed) == 1:
        contradicted = on_sheet and not both
        if contradicted:
            match.reason = "land_number_differs"
        else:
            match.parcel = of_deed[0]
    elif len(both) == 1:
        match.parcel = both[0]
    elif len(paged) == 1:
        match.parcel = paged[0]
    else:
        match.reason = "deed_number_repeated"


def _same_page(parcel: Parcel, content: dict[str, Any]) -> bool:
    """Whether both know the survey page, and it is the same."""
    title = parcel.ba_unit
    return bool(title and title.survey_page and title.survey_page == content["survey_page"])

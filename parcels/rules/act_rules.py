"""Rules about a transaction itself: its documents, its ground and the titles it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

import numpy as np
import shapely
from django.contrib.gis.geos import MultiPolygon
from django.db.models import Count, Q

from cadastre.geodesy import transformer
from parcels.models import (
    BAUnit,
    Mortgage,
    Parcel,
    ProposedParcel,
    Restriction,
    Transaction,
)
from parcels.rules.checking import WGS84, Hit, Scope, beside
from parcels.rules.fabric_rules import MM_PER_M

Role = ProposedParcel.Role
SEIZED: Final = (Restriction.Kind.SEIZURE, Restriction.Kind.CAVEAT)


@dataclass
class Proposed:
    """A transaction as the rules look at it, read once."""

    act: Transaction
    day: date
    scope: Scope

    @cached_property
    def rows(self) -> list[ProposedParcel]:
        return list(self.act.proposed.select_related("parcel").order_by("position"))

    @cached_property
    def targets(self) -> list[Parcel]:
        """The parcels that end or change."""
        return [r.parcel for r in self.rows if r.role in ProposedParcel.SUBJECTS and r.parcel]

    @cached_property
    def results(self) -> list[ProposedParcel]:
        """What becomes of the targets: new parcels and changed ones."""
        return [r for r in self.rows if r.geometry and r.role in (Role.PIECE, Role.CHANGED)]

    @cached_property
    def titles(self) -> list[BAUnit]:
        return list(BAUnit.objects.filter(transactions__transaction=self.act).order_by("pk"))

    def ground(self, geometries: list[MultiPolygon], zone: int) -> Any:
        """The union of these boundaries in metres, on the millimetre grid."""
        change = transformer(WGS84, zone)

        def each(points: Any) -> Any:
            metres = np.column_stack(change.transform(points[:, 0], points[:, 1]))
            return np.rint(metres * MM_PER_M) / MM_PER_M

        shapes = [shapely.from_wkb(bytes(geometry.wkb)) for geometry in geometries]
        return shapely.union_all([shapely.transform(shape, each) for shape in shapes])

    def hit(self, rule: str, **found: Any) -> Hit:
        """A hit at the first target, unless said otherwise."""
        first = self.targets[0] if self.targets else None
        if first is not None and "parcel" not in found:
            point = first.label_point
            found = {"parcel": first.pk, "place": (point.x, point.y)} | found
        return Hit(rule=rule, **found)


Check = Callable[[Proposed], Iterator[Hit]]
_checks: dict[str, Check] = {}


def _rule(check: Check) -> Check:
    _checks[check.__name__] = check
    return check


def act_hits(code: str, proposed: Proposed) -> Iterator[Hit]:
    """What the rule of that code finds in the transaction; KeyError when there is no such rule."""
    return _checks[code](proposed)


@_rule
def nothing_concerned(it: Proposed) -> Iterator[Hit]:
    if not it.rows and not it.titles:
        yield it.hit("nothing_concerned")


@_rule
def union_differs(it: Proposed) -> Iterator[Hit]:
    """The ground lost and gained, against half the grid along all boundaries."""
    if not it.targets or not it.results:
        return
    zone = it.results[0].zone_srid
    old = it.ground([target.geometry for target in it.targets], zone)
    new = it.ground([result.geometry for result in it.results if result.geometry], zone)
    differing = shapely.area(shapely.symmetric_difference(old, new))
    grid = float(it.scope.settings["union_differs"]["grid_m"])
    allowed = grid * (shapely.length(old) + shapely.length(new))
    if differing > allowed:
        evidence = {"allowed_m2": f"{allowed:.2f}"}
        yield it.hit("union_differs", measure=float(differing), evidence=evidence)


@_rule
def legal_area_sum(it: Proposed) -> Iterator[Hit]:
    """Exact: the areas are decimals. Where an old area is unknown nothing can be compared."""
    old = [target.legal_area_m2 for target in it.targets]
    new = [result.legal_area_m2 for result in it.results]
    if not old or not new or None in old:
        return
    before = sum((area for area in old if area is not None), Decimal(0))
    after = sum((area for area in new if area is not None), Decimal(0))
    if None in new or abs(after - before) > it.scope.settings["legal_area_sum"]["tolerance_m2"]:
        evidence = {"old_m2": f"{before:,.2f}", "new_m2": f"{after:,.2f}"}
        yield it.hit("legal_area_sum", measure=float(abs(after - before)), evidence=evidence)


@_rule
def merger_in_parts(it: Proposed) -> Iterator[Hit]:
    for result in it.results:
        if result.geometry and len(result.geometry) > 1:
            yield it.hit("merger_in_parts", measure=float(len(result.geometry)))


@_rule
def source_reference_missing(it: Proposed) -> Iterator[Hit]:
    if not it.act.source.reference.strip():
        yield it.hit("source_reference_missing")


@_rule
def source_dated_later(it: Proposed) -> Iterator[Hit]:
    issued = it.act.source.issued_on
    if issued is not None and issued > it.day:
        evidence = {"issued_on": issued.isoformat(), "day": it.day.isoformat()}
        yield it.hit("source_dated_later", evidence=evidence)


@_rule
def source_file_missing(it: Proposed) -> Iterator[Hit]:
    if not it.act.source.files.exists():
        yield it.hit("source_file_missing", evidence={"reference": it.act.source.reference})


@_rule
def survey_missing(it: Proposed) -> Iterator[Hit]:
    if it.act.spatial_source_id is None:
        yield it.hit("survey_missing")


@_rule
def survey_not_named(it: Proposed) -> Iterator[Hit]:
    if it.act.spatial_source_id is None and it.results:
        yield it.hit("survey_not_named")


@_rule
def neighbour_in_transaction(it: Proposed) -> Iterator[Hit]:
    """Parcels beside the targets that another open transaction is about to change."""
    targets = [target.pk for target in it.targets]
    if not targets:
        return
    near = beside(targets) - set(targets)
    others = ProposedParcel.objects.filter(parcel__in=near, claims=True).exclude(transaction=it.act)
    for other in others.select_related("transaction", "parcel").order_by("pk"):
        assert other.parcel is not None
        point = other.parcel.label_point
        yield it.hit(
            "neighbour_in_transaction",
            parcel=other.parcel.pk,
            place=(point.x, point.y),
            measure=1.0,
            evidence={"kind": other.transaction.kind, "transaction": other.transaction.public_id},
        )


@_rule
def title_not_in_force(it: Proposed) -> Iterator[Hit]:
    for title in it.titles:
        period = title.valid_during
        if period.isempty or it.day not in period:
            yield it.hit("title_not_in_force", title=title.pk)


@_rule
def transfer_banned(it: Proposed) -> Iterator[Hit]:
    yield from _restricted(it, "transfer_banned", (Restriction.Kind.TRANSFER_BAN,))


@_rule
def land_seized(it: Proposed) -> Iterator[Hit]:
    yield from _restricted(it, "land_seized", SEIZED)


def _restricted(it: Proposed, rule: str, kinds: tuple[Restriction.Kind, ...]) -> Iterator[Hit]:
    found = Restriction.objects.filter(
        ba_unit__in=it.titles, kind__in=kinds, valid_during__contains=it.day
    )
    for each in found.order_by("pk"):
        evidence = {"restriction": each.kind}
        yield it.hit(rule, title=each.ba_unit_id, spot=str(each.pk), evidence=evidence)


@_rule
def title_mortgaged(it: Proposed) -> Iterator[Hit]:
    found = (
        Mortgage.objects.filter(Q(ba_unit__in=it.titles), valid_during__contains=it.day)
        .values_list("ba_unit")
        .annotate(Count("pk"))
        .order_by("ba_unit")
    )
    for title, mortgages in found:
        yield it.hit("title_mortgaged", title=title, measure=float(mortgages))

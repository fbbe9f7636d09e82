"""What a row does to the register: as far as it says, on its day, and never over what is newer.

A `Refusal` says why a row waits for a person instead. docs/algorithms/section10.md, section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import shapely
from django.contrib.gis.geos import MultiPolygon

from cadastre.geodesy import WGS84, reproject
from parcels.models import (
    BAUnit,
    Mortgage,
    Parcel,
    ParcelLineage,
    Party,
    ProposedParcel,
    Right,
    Section10Row,
    TitleType,
    Transaction,
    TransactionTitle,
)
from parcels.registration import Registration
from parcels.section10.matching import Register
from parcels.section10.words import status_of

UNMOVED_M: Final = 0.002
"""Two roundings to the millimetre: a shape that differs by no more is the one we have."""
COVERED: Final = 0.9
"""The part of a parcel that must lie in another for the one to come from the other."""
TOUCHED: Final = 0.01
"""Less common ground than this part is the unsharpness of two drawings."""


class Refusal(Exception):
    """The row is not applied by itself; ``reason`` is the code that a person is told."""

    def __init__(self, reason: str, **evidence: Any) -> None:
        super().__init__(reason)
        self.reason, self.evidence = reason, evidence


@dataclass(slots=True)
class Work:
    """One row being applied: its registration, the register, and the parcel that it means.

    ``decided`` is true when a person says that this is the parcel: then what is unclear is
    recorded and left as it is, instead of refused.
    """

    row: Section10Row
    registration: Registration
    register: Register
    parcel: Parcel | None
    decided: bool = False
    titles: list[BAUnit] = field(default_factory=list)

    @property
    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = self.row.content
        return found

    @property
    def area(self) -> Decimal | None:
        text = self.content.get("legal_area_m2")
        return Decimal(text) if text else None

    @property
    def title(self) -> BAUnit:
        """The title of the parcel; a parcel without one gets it from the row."""
        assert self.parcel is not None
        if self.parcel.ba_unit is None:
            title = new_title(self, None)
            if self.row.party:
                self.hold(title, self.row.party)
            self.registration.change(self.parcel, ba_unit=title)
        return self.titles_add(self.parcel.ba_unit)

    def titles_add(self, title: BAUnit | None) -> BAUnit:
        assert title is not None
        if title not in self.titles:
            self.titles.append(title)
        return title

    def hold(
        self, title: BAUnit, party: Party, kind: str = "", numerator: int = 1, denominator: int = 1
    ) -> None:
        """Let a party hold a share in a title from the day of the row on."""
        if not kind:
            full = title.title_type == TitleType.CHANOTE
            kind = Right.Kind.OWNERSHIP if full else Right.Kind.POSSESSION
        Right.objects.create(
            ba_unit=title, party=party, kind=kind, share_numerator=numerator,
            share_denominator=denominator, valid_during=self.registration.since,
            created_by=self.registration.act,
        )  # fmt: skip


def apply(work: Work) -> None:
    """Write what the row says. Raises `Refusal`; then the caller's savepoint undoes everything."""
    status = status_of(work.row.status_text)
    assert status is not None
    _EFFECTS[status.effect](work)
    for title in work.titles:
        TransactionTitle.objects.create(transaction=work.registration.act, ba_unit=title)


def refuse_claimed(parcels: Sequence[Parcel], titles: Sequence[BAUnit]) -> None:
    """Whoever prepares a change here goes first: the row waits until that is through."""
    claims: list[ProposedParcel | TransactionTitle] = [
        *ProposedParcel.objects.filter(parcel__in=parcels, claims=True).order_by("pk")[:1],
        *TransactionTitle.objects.filter(ba_unit__in=titles, claims=True).order_by("pk")[:1],
    ]
    if claims:
        act = claims[0].transaction
        raise Refusal("claimed", transaction=act.public_id, kind=act.kind)


# --- holders ----------------------------------------------------------------------------------


def _holders(title: BAUnit) -> list[Right]:
    return list(
        Right.objects.select_for_update(of=("self",))
        .filter(ba_unit=title, retired_by=None)
        .select_related("party", "created_by__section10_row")
        .order_by("pk")
    )


def _later(work: Work, things: list[Any]) -> bool:
    """Whether one of these states began after the day of the row."""
    lowers = [thing.valid_during.lower for thing in things if not thing.valid_during.isempty]
    return any(lower is not None and lower > work.registration.day for lower in lowers)


def _holder(work: Work) -> None:
    """Sale, gift, inheritance of the whole: who held it holds it no more."""
    title, party = work.title, work.row.party
    assert party is not None
    held = _holders(title)
    if _later(work, [title, *held]):
        _refuse_unless_decided(work, "older_than_register")
        return
    today = [right for right in held if _is_of_same_entry(work, right)]
    if today and not work.decided:
        raise Refusal("several_holders")
    for right in held:
        work.registration.end(right)
    sharers = [*(right.party for right in today), party]
    kind = held[0].kind if held else ""
    for each in sharers:
        work.hold(title, each, kind, 1, len(sharers))


def _is_of_same_entry(work: Work, right: Right) -> bool:
    """Whether a right comes from another row of the same status, title and day."""
    row = getattr(right.created_by, "section10_row", None)
    same = row is not None and row.status_text == work.row.status_text
    return same and right.valid_during.lower == work.registration.day


def _share(work: Work) -> None:
    """Part of a title: the package does not say which part, so the shares stay as they are."""
    work.titles_add(work.title)


def _name(work: Work) -> None:
    """The holder is the same person under another name."""
    title, party = work.title, work.row.party
    assert party is not None
    held = _holders(title)
    if _later(work, [title, *held]):
        _refuse_unless_decided(work, "older_than_register")
        return
    if len(held) != 1:
        _refuse_unless_decided(work, "holder_unclear")
        return
    former = work.registration.end(held[0])
    Party.objects.filter(pk=party.pk, corrects=None).update(corrects=former.party)
    work.hold(title, party, former.kind, former.share_numerator, former.share_denominator)


def _record(work: Work) -> None:
    """Mortgages and notes: written with the title. Who lends is not in the package."""
    work.titles_add(work.title)


def _release(work: Work) -> None:
    """The mortgage ends, where the register knows exactly one."""
    title = work.title
    known = Mortgage.objects.select_for_update().filter(ba_unit=title, retired_by=None)
    mortgages = list(known)
    if len(mortgages) == 1 and not _later(work, mortgages):
        work.registration.end(mortgages[0])


def _refuse_unless_decided(work: Work, reason: str) -> None:
    if not work.decided:
        raise Refusal(reason)


# --- shapes -----------------------------------------------------------------------------------


def _shape(work: Work) -> None:
    """Boundary, division, public use: the parcel gets the shape and area of the row."""
    parcel = work.parcel
    assert parcel is not None
    work.titles_add(work.title)
    if _later(work, [parcel]):
        _refuse_unless_decided(work, "older_than_register")
        return
    facts: dict[str, Any] = {}
    if work.area is not None and work.area != parcel.legal_area_m2:
        facts["legal_area_m2"] = work.area
    shape = work.row.geometry
    if shape is not None and not _unmoved(shape, parcel):
        overlaps = work.register.overlaps(shape, work.registration.day)
        own = next((o for o in overlaps if o.parcel == parcel.pk), None)
        if (own is None or max(own.of_parcel, own.of_shape) < COVERED) and not work.decided:
            raise Refusal("shape_elsewhere")
        facts["geometry"] = shape
    if facts:
        work.registration.change(parcel, **facts)


def _unmoved(shape: MultiPolygon, parcel: Parcel) -> bool:
    """Whether a shape is the parcel's own: then every vertex stays as it is, bit for bit."""
    one, two = (
        reproject(shapely.from_wkb(bytes(each.wkb)), WGS84, parcel.zone_srid)
        for each in (shape, parcel.geometry)
    )
    return bool(shapely.hausdorff_distance(one, two) <= UNMOVED_M)


def _merge(work: Work) -> None:
    """Two titles become one: what lies within the new shape ends with its title."""
    if work.parcel is None:
        _new(work)
        return
    _shape(work)
    if work.row.geometry is not None:
        _absorb(work, work.parcel, work.row.geometry)


def _absorb(work: Work, child: Parcel, shape: MultiPolygon) -> None:
    day = work.registration.day
    found = [o for o in work.register.overlaps(shape, day) if o.of_parcel >= COVERED]
    parcels = (
        work.register.parcels().select_for_update(of=("self",))
        .filter(pk__in=[o.parcel for o in found]).exclude(pk=child.pk)
        .select_related("ba_unit").order_by("pk")
    )  # fmt: skip
    ended = list(parcels)
    if _later(work, [*ended]):
        raise Refusal("older_than_register")
    refuse_claimed(ended, [p.ba_unit for p in ended if p.ba_unit])
    for parcel in ended:
        ParcelLineage.objects.get_or_create(
            parent=parcel, child=child, defaults={"transaction": work.registration.act}
        )
        _end_parcel(work, parcel)
        if parcel.ba_unit and parcel.ba_unit_id != child.ba_unit_id:
            _end_title(work, parcel.ba_unit)


def _divide(work: Work) -> None:
    """The remaining parcel gets its new shape; a piece that is new comes to be."""
    if work.parcel is None:
        _new(work)
    else:
        _shape(work)


def _new(work: Work) -> None:
    """A title that the register does not know, with the ground of its shape."""
    row = work.row
    if work.parcel is not None:
        _shape(work)
        return
    if row.geometry is None:
        raise Refusal("no_shape_for_new_parcel")
    before = [o for o in work.register.overlaps(row.geometry, _day_before(work))
              if max(o.of_shape, o.of_parcel) >= TOUCHED]  # fmt: skip
    inside = [o for o in before if o.of_shape >= COVERED]
    swallowed = [o for o in before if o.of_parcel >= COVERED]
    merged = sum(o.of_shape for o in swallowed) >= COVERED and len(swallowed) > 1
    if before and not inside and not merged and not work.decided:
        raise Refusal("parents_unclear")
    parents = inside[:1] or (swallowed if merged else [])
    found = Parcel.objects.in_bulk([o.parcel for o in parents])
    child = work.parcel = _create(work, [found[o.parcel] for o in parents])
    if merged:
        _absorb(work, child, row.geometry)


def _day_before(work: Work) -> date:
    return work.registration.day - timedelta(days=1)


def _create(work: Work, parents: list[Parcel]) -> Parcel:
    row, parent = work.row, parents[0] if parents else None
    assert row.geometry is not None
    title = new_title(work, parent)
    work.titles_add(title)
    former = list(parent.ba_unit.rights.all()) if parent and parent.ba_unit else []
    before = _day_before(work)
    held = [r for r in former if not r.valid_during.isempty and before in r.valid_during]
    if row.kind == Transaction.Kind.DIVIDE and held:
        for right in held:
            share = right.share_numerator, right.share_denominator
            work.hold(title, right.party, right.kind, *share)
    elif row.party:
        work.hold(title, row.party)
    office = work.register.office
    parcel = Parcel.objects.create(
        office=office, local_authority=work.register.authority, ba_unit=title,
        map_sheet=work.register.sheet(work.content), land_number=work.content["land_number"],
        sub_district=parent.sub_district if parent else None,
        land_use=parent.land_use if parent else Parcel._meta.get_field("land_use").default,
        legal_area_m2=work.area, geometry=row.geometry,
        zone_srid=parent.zone_srid if parent else office.zone_srid,
        valid_during=work.registration.since, created_by=work.registration.act,
    )  # fmt: skip
    for each in parents:
        ParcelLineage.objects.create(parent=each, child=parcel, transaction=work.registration.act)
    return parcel


def new_title(work: Work, parent: Parcel | None) -> BAUnit:
    """A title with the numbers of the row, in the district of the parent or of the parcel."""
    origin = parent or work.parcel
    district = origin.ba_unit.district if origin and origin.ba_unit else None
    if district is None and origin and origin.sub_district:
        district = origin.sub_district.parent
    title = BAUnit.objects.create(
        office=work.register.office, title_type=work.content["title_type"],
        deed_number=work.content["deed_number"], survey_page=work.content["survey_page"],
        district=district, valid_during=work.registration.since,
        created_by=work.registration.act,
    )  # fmt: skip
    title.refresh_from_db(fields=["public_id"])
    return title


# --- ends -------------------------------------------------------------------------------------


def _cancel(work: Work) -> None:
    """A title that is cancelled ends with its parcels and everything registered against it."""
    title = work.title
    parcels = list(
        Parcel.objects.select_for_update(of=("self",))
        .filter(ba_unit=title, retired_by=None).order_by("pk")
    )  # fmt: skip
    if _later(work, [title, *parcels, *_holders(title)]):
        raise Refusal("older_than_register")
    refuse_claimed(parcels, [title])
    for parcel in parcels:
        _end_parcel(work, parcel)
    _end_title(work, title)


def _end_parcel(work: Work, parcel: Parcel) -> None:
    work.registration.end(parcel)


def _end_title(work: Work, title: BAUnit) -> None:
    work.titles_add(title)
    for related in (title.rights, title.mortgages, title.restrictions, title.responsibilities):
        for thing in related.filter(retired_by=None):
            work.registration.end(thing)
    work.registration.end(title)


_EFFECTS: Final[dict[str, Callable[[Work], None]]] = {
    "holder": _holder, "share": _share, "name": _name, "record": _record, "release": _release,
    "shape": _shape, "merge": _merge, "divide": _divide, "new": _new, "cancel": _cancel,
}  # fmt: skip

"""What keeps parcels from being divided, merged or corrected, apart from geometry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Protocol

from cadastre.errors import LandError
from offices.models import AdministrativeArea
from offices.models.office import Office
from parcels.editing.choices import Choices, NewTitle
from parcels.editing.errors import LegalAreaMissing, LegalAreasDoNotSum
from parcels.errors import EffectiveDayImpossible
from parcels.models import (
    BAUnit,
    MapSheet,
    Mortgage,
    Parcel,
    Party,
    ProposedParcel,
    Right,
    TitleType,
    Transaction,
)
from parcels.registration import denials

Role = ProposedParcel.Role
Kind = Transaction.Kind


class Proposed(Protocol):
    """A proposal, stored or not."""

    @property
    def role(self) -> str: ...
    @property
    def parcel(self) -> Parcel | None: ...
    @property
    def legal_area_m2(self) -> Decimal | None: ...
    @property
    def keeps_number(self) -> bool: ...
    @property
    def becomes_public(self) -> bool: ...


def shape_faults(
    kind: str, proposed: Sequence[Proposed], choices: Choices, office: Office, day: date
) -> Iterable[LandError]:
    """Everything that forbids a transaction of this kind with these proposals, on that day."""
    return _CHECKS[kind](kind, proposed, choices, office, day)


def _parcels(proposed: Iterable[Proposed], role: str) -> list[Parcel]:
    return [each.parcel for each in proposed if each.role == role and each.parcel is not None]


def _pieces(proposed: Iterable[Proposed]) -> list[Proposed]:
    return [each for each in proposed if each.role == Role.PIECE]


def _areas_conserved(proposed: Sequence[Proposed]) -> Iterator[LandError]:
    """The pieces have, to the last decimal, the legal area of what they come from."""
    before = [parcel.legal_area_m2 for parcel in _parcels(proposed, Role.RETIRED)]
    after = [each.legal_area_m2 for each in _pieces(proposed)]
    if None in before:
        return
    if None in after:
        yield LegalAreaMissing(name=f"#{after.index(None) + 1}")
        return
    legal, stated = (sum((a for a in areas if a), Decimal(0)) for areas in (before, after))
    if legal != stated:
        yield LegalAreasDoNotSum(stated=f"{stated:f}", legal=f"{legal:f}")


def _titles_ready(titles: Iterable[BAUnit], day: date, *, numbered: bool) -> Iterator[LandError]:
    for title in titles:
        if title.retired_by_id is not None:
            yield denials.TitleEnded(title=str(title))
        later = Right.objects.filter(
            ba_unit=title, retired_by=None, valid_during__startswith__gt=day
        )
        if later.exists():
            yield EffectiveDayImpossible(day=day.isoformat())
        if numbered and title.district_id is None:
            yield denials.DistrictUnknown(title=str(title))


def _titles(parcels: Iterable[Parcel]) -> list[BAUnit]:
    found = {parcel.ba_unit_id: parcel.ba_unit for parcel in parcels if parcel.ba_unit}
    return list(found.values())


# -- division -----------------------------------------------------------------------------------


def _division(
    kind: str, proposed: Sequence[Proposed], _choices: Choices, _office: Office, day: date
) -> Iterator[LandError]:
    parents, pieces = _parcels(proposed, Role.RETIRED), _pieces(proposed)
    if len(parents) != 1:
        yield denials.DivisionOfOneParcel(count=len(parents))
        return
    if len(pieces) < 2:
        yield denials.DivisionWithoutPieces(count=len(pieces))
    keepers = [each for each in pieces if each.keeps_number]
    if len(keepers) != 1 or keepers[0].becomes_public:
        yield denials.KeeperMissing()
    public = [each for each in pieces if each.becomes_public]
    if kind == Kind.DIVIDE_PUBLIC and not public:
        yield denials.PublicPieceMissing()
    yield from _areas_conserved(proposed)
    numbered = len(pieces) - len(public) > 1
    yield from _titles_ready(_titles(parents), day, numbered=numbered)


# -- merger -------------------------------------------------------------------------------------


def _merger(
    _kind: str, proposed: Sequence[Proposed], _choices: Choices, _office: Office, day: date
) -> Iterator[LandError]:
    parents, pieces = _parcels(proposed, Role.RETIRED), _pieces(proposed)
    if len(parents) < 2 or len(pieces) != 1:
        yield denials.MergerOfSeveralParcels(count=len(parents), pieces=len(pieces))
        return
    yield from _areas_conserved(proposed)
    for reason, facts in (
        (denials.OfficesDiffer, lambda p: (p.office_id, p.local_authority_id)),
        (denials.SheetsDiffer, lambda p: (p.map_sheet_id, p.zone_srid)),
        (denials.SubDistrictsDiffer, lambda p: p.sub_district_id),
        (denials.TitlesDiffer, lambda p: _title_kind(p.ba_unit)),
    ):
        yield from _refused(reason, parents, facts)
    titles = _titles(parents)
    if len(titles) < 2 or len({_title_kind(title) for title in titles}) > 1:
        yield from _titles_ready(titles, day, numbered=bool(titles))
        return
    yield from _refused(denials.OwnersDiffer, parents, lambda p: _held(p.ba_unit, day))
    yield from _refused(denials.MortgagesDiffer, parents, lambda p: _owed(p.ba_unit, day))
    yield from _titles_ready(titles, day, numbered=True)
    yield from _titles_whole(titles, parents)


def _refused(
    reason: type[LandError], parents: Sequence[Parcel], facts: Callable[[Parcel], Any]
) -> Iterator[LandError]:
    """The refusal, naming the first parcel that differs from the one before."""
    first = facts(parents[0])
    for other in parents[1:]:
        if facts(other) != first:
            yield reason(one=_named(parents[0]), other=_named(other))
            return


def _named(parcel: Parcel) -> str:
    return parcel.land_number or parcel.public_id


def _title_kind(title: BAUnit | None) -> tuple[str, str | None] | None:
    return None if title is None else (title.title_type, title.district_id)


def _held(title: BAUnit | None, day: date) -> list[tuple[int, str, Fraction]]:
    """Who holds what share on the day, whatever number of entries it is written in."""
    shares: dict[tuple[int, str], Fraction] = {}
    for right in Right.objects.filter(ba_unit=title, valid_during__contains=day):
        key = (right.party_id, right.kind)
        share = Fraction(right.share_numerator, right.share_denominator)
        shares[key] = shares.get(key, Fraction(0)) + share
    return sorted((*key, share) for key, share in shares.items())


def _owed(title: BAUnit | None, day: date) -> list[tuple[int, int, int]]:
    mortgages = Mortgage.objects.filter(ba_unit=title, valid_during__contains=day)
    return sorted(mortgages.values_list("rank", "creditor_id", "amount_satang"))


def _titles_whole(titles: Iterable[BAUnit], parents: Sequence[Parcel]) -> Iterator[LandError]:
    """A title that ends takes no other parcel with it."""
    for title in titles:
        left = Parcel.objects.filter(ba_unit=title, retired_by=None).exclude(
            pk__in=[parcel.pk for parcel in parents]
        )
        if left.exists():
            yield denials.TitleHoldsMore(title=str(title))


# -- new registration ---------------------------------------------------------------------------


def _new_registration(
    _kind: str, proposed: Sequence[Proposed], choices: Choices, _office: Office, _day: date
) -> Iterator[LandError]:
    for index, piece in enumerate(_pieces(proposed)):
        if piece.legal_area_m2 is None:
            yield LegalAreaMissing(name=f"#{index + 1}")
    if choices.title is not None:
        yield from _filing(choices.title)
        if choices.title.holders:
            yield from _holders(choices.title)


def _filing(title: NewTitle) -> Iterator[LandError]:
    """Where a new parcel is filed must exist."""
    places = (
        (title.sub_district, AdministrativeArea.objects.filter(code=title.sub_district or "")),
        (title.map_sheet, MapSheet.objects.filter(pk=title.map_sheet or 0)),
        (title.local_authority, Office.objects.filter(code=title.local_authority or "")),
    )
    for said, found in places:
        if said and not found.exists():
            yield denials.PlaceUnknown(name=str(said))
    if title.tax_block and not title.local_authority:
        yield denials.PlaceUnknown(name=title.tax_block)


def _holders(title: NewTitle) -> Iterator[LandError]:
    if not title.sub_district:
        yield denials.PlaceUnknown(name=str(TitleType(title.title_type).label))
    total = sum(Fraction(each.share_numerator, each.share_denominator) for each in title.holders)
    if total != 1:
        yield denials.NewSharesNotOne(total=str(total))
    parties = {each.party for each in title.holders}
    if Party.objects.filter(pk__in=parties).count() < len(parties):
        yield denials.HolderUnknown()


# -- corrections --------------------------------------------------------------------------------


def _correction(
    kind: str, proposed: Sequence[Proposed], choices: Choices, office: Office, _day: date
) -> Iterator[LandError]:
    changed = [each for each in proposed if each.role == Role.CHANGED and each.parcel]
    for each in changed:
        parcel = each.parcel
        assert parcel is not None
        if parcel.office_id != office.pk:
            yield denials.ParcelOfOtherOffice(name=_named(parcel))
        if parcel.legal_area_m2 is not None and each.legal_area_m2 is None:
            yield LegalAreaMissing(name=_named(parcel))
    agreed = kind in {Kind.DATA_REPAIR, Kind.AREA_CORRECTION} or choices.consent
    if len(changed) > 1 and not agreed:
        others = ", ".join(_named(each.parcel) for each in changed if each.parcel)
        yield denials.ConsentMissing(parcels=others)


def _area_correction(
    kind: str, proposed: Sequence[Proposed], choices: Choices, office: Office, day: date
) -> Iterator[LandError]:
    yield from _correction(kind, proposed, choices, office, day)
    same = [
        each.parcel for each in proposed
        if each.parcel and each.legal_area_m2 == each.parcel.legal_area_m2
    ]  # fmt: skip
    if same:
        yield denials.AreaAlreadySo(name=_named(same[0]))


_Check = Callable[[str, Sequence[Proposed], Choices, Office, date], Iterable[LandError]]
_CHECKS: Final[dict[str, _Check]] = {
    Kind.DIVIDE: _division,
    Kind.DIVIDE_PUBLIC: _division,
    Kind.MERGE: _merger,
    Kind.NEW_REGISTRATION: _new_registration,
    Kind.BOUNDARY_CORRECTION: _correction,
    Kind.RE_SURVEY: _correction,
    Kind.AREA_CORRECTION: _area_correction,
    Kind.DATA_REPAIR: _correction,
}

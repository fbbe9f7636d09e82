"""The kinds of transactions that change the parcel fabric. docs/algorithms/transactions.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.utils import timezone

from cadastre.errors import LandError
from offices.models.office import Office
from parcels.editing.choices import Choices, NewTitle
from parcels.editing.operations import Operations
from parcels.models import BAUnit, Mortgage, Parcel, ProposedParcel, Right, Transaction
from parcels.models.versioned import VersionedObject
from parcels.registration import summaries
from parcels.registration.eligibility import shape_faults
from parcels.registration.ground import ground_faults, ground_hold
from parcels.registration.kinds import Content, KindOfAct, register
from parcels.registration.pieces import (
    Numbers,
    Place,
    against,
    carry_over,
    numbers_draw,
    piece_create,
    title_end,
    title_issue,
)
from parcels.registration.registering import Registration
from parcels.registration.tax_codes import division_codes, new_code, surviving_code

Kind = Transaction.Kind
Role = ProposedParcel.Role


class EditContent(Content):
    """The steps of the edit, by which it can be drawn anew, and what was decided about it."""

    operations: Operations
    choices: Choices = Choices()


def _faults(act: Transaction) -> Iterable[LandError]:
    content = EditContent.model_validate(act.content)
    proposed = list(act.proposed.select_related("parcel__ba_unit").order_by("position"))
    day = act.effective_on or timezone.localdate()
    yield from shape_faults(act.kind, proposed, content.choices, act.office, day)
    yield from ground_faults(act.kind, proposed)


def _parents(registration: Registration) -> list[Parcel]:
    """The parcels that end, in the order proposed."""
    return [
        registration.parcels[each.parcel_id]
        for each in registration.proposed
        if each.role == Role.RETIRED and each.parcel_id
    ]


def _pieces(registration: Registration) -> list[ProposedParcel]:
    return [each for each in registration.proposed if each.role == Role.PIECE]


def _mend_neighbours(registration: Registration) -> None:
    """Give the neighbours their new marks; nothing else of them changes."""
    for each in registration.proposed:
        if each.role == Role.NEIGHBOUR and each.parcel_id:
            registration.change(registration.parcels[each.parcel_id], geometry=each.geometry)


# -- division -----------------------------------------------------------------------------------


def _divided(registration: Registration) -> None:
    ground_hold(registration)
    (parent,) = _parents(registration)
    title = registration.titles[parent.ba_unit_id] if parent.ba_unit_id else None
    pieces = _pieces(registration)
    new = [each for each in pieces if not each.keeps_number and not each.becomes_public]
    numbers = numbers_draw(registration, Place.of(parent), len(new), titled=title is not None)
    codes = division_codes(parent, len(new))
    given = dict(
        zip((each.position for each in new), zip(numbers, codes, strict=True), strict=True)
    )
    carried = against(registration, title) if title else []
    registration.end(parent)
    for each in pieces:
        if each.position in given:
            own, code = given[each.position]
            issued = None
            if title:
                issued = title_issue(
                    registration, title_type=title.title_type, district=title.district_id,
                    numbers=own,
                )  # fmt: skip
                carry_over(registration, carried, issued)
            facts = {"ba_unit": issued, "land_number": own.land, "tax_parcel_code": code}
        else:
            facts = {
                "ba_unit": title,
                "land_number": parent.land_number,
                "tax_parcel_code": parent.tax_parcel_code,
                "house_number": parent.house_number,
            }
        piece_create(registration, each, [parent], **facts)
    _mend_neighbours(registration)


# -- merger -------------------------------------------------------------------------------------


def _merged(registration: Registration) -> None:
    """The parcels become one under a new title; the titles before end with all that is in them."""
    ground_hold(registration)
    parents = _parents(registration)
    (piece,) = _pieces(registration)
    keys = dict.fromkeys(parent.ba_unit_id for parent in parents if parent.ba_unit_id)
    titles = [registration.titles[key] for key in keys]
    (numbers,) = numbers_draw(registration, Place.of(parents[0]), 1, titled=bool(titles))
    issued = None
    if titles:
        old = [(title, against(registration, title)) for title in titles]
        first = titles[0]
        issued = title_issue(
            registration, title_type=first.title_type, district=first.district_id, numbers=numbers
        )
        # Rights and mortgages are the same on all of them; restrictions are taken together.
        carry_over(registration, _together([things for _, things in old]), issued)
        for parent in parents:
            registration.end(parent)
        for title, things in old:
            title_end(registration, title, things)
    else:
        for parent in parents:
            registration.end(parent)
    houses = {parent.house_number for parent in parents} - {""}
    piece_create(
        registration, piece, parents, ba_unit=issued, land_number=numbers.land,
        tax_parcel_code=surviving_code(parents),
        house_number=houses.pop() if len(houses) == 1 else "",
    )  # fmt: skip
    _mend_neighbours(registration)


def _together(entries: Sequence[Sequence[VersionedObject]]) -> list[VersionedObject]:
    """All entries of the first title, and those of the others that say something else."""
    said: set[tuple[object, ...]] = set()
    found: list[VersionedObject] = []
    for number, things in enumerate(entries):
        for thing in things:
            if number and isinstance(thing, Right | Mortgage):
                continue
            text = (type(thing), getattr(thing, "kind", ""), getattr(thing, "text", thing))
            if text not in said:
                said.add(text)
                found.append(thing)
    return found


# -- new registration ---------------------------------------------------------------------------


def _registered(registration: Registration) -> None:
    ground_hold(registration)
    choices = EditContent.model_validate(registration.act.content).choices
    filed = choices.title or NewTitle()
    pieces = _pieces(registration)
    titled = bool(filed.holders)
    place = Place(
        district=filed.sub_district[:4] if filed.sub_district else None,
        sub_district=filed.sub_district,
        map_sheet=filed.map_sheet,
    )
    numbers = numbers_draw(registration, place, len(pieces), titled=titled)
    authority = Office.objects.filter(code=filed.local_authority or "").first()
    for each, own in zip(pieces, numbers, strict=True):
        code = new_code(authority.pk, filed.tax_block) if authority and filed.tax_block else ""
        piece_create(
            registration, each, [], office=registration.act.office, local_authority=authority,
            map_sheet_id=place.map_sheet, sub_district_id=place.sub_district,
            ba_unit=_granted(registration, filed, place, own) if titled else None,
            land_number=own.land, tax_parcel_code=code,
        )  # fmt: skip
    _mend_neighbours(registration)


def _granted(registration: Registration, filed: NewTitle, place: Place, own: Numbers) -> BAUnit:
    title = title_issue(
        registration, title_type=filed.title_type, district=place.district, numbers=own
    )
    for holder in filed.holders:
        Right.objects.create(
            ba_unit=title,
            party_id=holder.party,
            share_numerator=holder.share_numerator,
            share_denominator=holder.share_denominator,
            valid_during=registration.since,
            created_by=registration.act,
        )
    return title


# -- corrections --------------------------------------------------------------------------------


def _corrected(registration: Registration) -> None:
    """Shapes and legal areas as proposed, from the day of the transaction on."""
    ground_hold(registration)
    for each in registration.proposed:
        if each.role == Role.CHANGED and each.parcel_id:
            registration.change(
                registration.parcels[each.parcel_id], geometry=each.geometry,
                legal_area_m2=each.legal_area_m2, **each.facts,
            )  # fmt: skip
    _mend_neighbours(registration)


def _repaired(registration: Registration) -> None:
    """What was recorded wrongly was always so: validity in law does not change."""
    ground_hold(registration)
    for each in registration.proposed:
        if each.role in {Role.CHANGED, Role.NEIGHBOUR} and each.parcel_id:
            parcel = registration.parcels[each.parcel_id]
            facts: dict[str, Any] = {"geometry": each.geometry, "changed_by": registration.act}
            if each.role == Role.CHANGED:
                facts |= {"legal_area_m2": each.legal_area_m2, **each.facts}
            for name, value in facts.items():
                setattr(parcel, name, value)
            parcel.save(update_fields=[*facts])


_APPLY: Final = {
    Kind.DIVIDE: _divided,
    Kind.DIVIDE_PUBLIC: _divided,
    Kind.MERGE: _merged,
    Kind.NEW_REGISTRATION: _registered,
    Kind.BOUNDARY_CORRECTION: _corrected,
    Kind.RE_SURVEY: _corrected,
    Kind.AREA_CORRECTION: _corrected,
    Kind.DATA_REPAIR: _repaired,
}

for _kind, _apply in _APPLY.items():
    register(
        KindOfAct(
            kind=_kind,
            content=EditContent,
            apply=_apply,
            summary=summaries.shape_summary,
            faults=_faults,
        )
    )

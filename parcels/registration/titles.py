"""A title is changed for a title deed, cancelled, or its lost deed replaced."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final

from django.utils.translation import gettext as _
from pydantic import StringConstraints

from cadastre.errors import LandError
from parcels.models import (
    BAUnit,
    Mortgage,
    NumberSeries,
    Parcel,
    ProposedParcel,
    Responsibility,
    Restriction,
    Right,
    TitleType,
    Transaction,
)
from parcels.models.versioned import VersionedObject
from parcels.registration.holdings import (
    day_of,
    faults_of_title,
    holdings_of,
    right_write,
    rights_held,
    title_of_act,
)
from parcels.registration.kinds import Content, KindOfAct, register
from parcels.registration.mortgages import mortgages_in_force
from parcels.registration.numbers import draw_numbers
from parcels.registration.refusals import (
    TitleAlreadyDeed,
    TitleParcelsMissing,
    TitleStillMortgaged,
    TitleWithoutDistrict,
)
from parcels.registration.registering import Registration

CHANGEABLE: Final = (TitleType.NS3K, TitleType.NS3)
Number = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class TitleChangeContent(Content):
    """A certificate of utilisation becomes a title deed; its number is drawn at registration."""

    book: Number = ""
    page: Number = ""
    survey_page: Number = ""


class TitleCancellationContent(Content):
    """By whose order, or on what ground, the title is cancelled."""

    ground: Why


class ReplacementDeedContent(Content):
    """What became of the owner's deed that the replacement (ใบแทน) stands for."""

    because: Why


def parcels_of(title: BAUnit) -> list[Parcel]:
    """The parcels of a title that have not ended, by key."""
    return list(Parcel.objects.filter(ba_unit=title, retired_by=None).order_by("pk"))


def _parcel_faults(act: Transaction, title: BAUnit) -> Iterable[LandError]:
    changed = act.proposed.filter(role=ProposedParcel.Role.CHANGED)
    if sorted(changed.values_list("parcel_id", flat=True)) != [p.pk for p in parcels_of(title)]:
        yield TitleParcelsMissing(title=title)


def _against(title: BAUnit, registration: Registration) -> dict[str, list[Any]]:
    """All that stands against a title on the day, by what it is."""
    return {
        kind.__name__: list(
            kind.objects.filter(ba_unit=title, valid_during__contains=registration.day)
            .select_for_update()
            .order_by("pk")
        )
        for kind in (Right, Mortgage, Restriction, Responsibility)
    }


def _ended(registration: Registration, title: BAUnit, against: dict[str, list[Any]]) -> None:
    for things in against.values():
        for thing in things:
            registration.end(thing)
    registration.end(title)


# -- a certificate becomes a title deed ---------------------------------------------------------


def _change_faults(act: Transaction) -> Iterable[LandError]:
    yield from faults_of_title(act)
    title = title_of_act(act)
    if title.title_type not in CHANGEABLE:
        yield TitleAlreadyDeed(title=title)
    if title.district_id is None:
        yield TitleWithoutDistrict(title=title)
    yield from _parcel_faults(act, title)


def _changed(registration: Registration) -> None:
    (old,) = registration.titles.values()
    content = TitleChangeContent.model_validate(registration.act.content)
    series = (NumberSeries.Kind.DEED, str(old.district_id))
    (number,) = draw_numbers(registration.act, {series: 1})[series]
    new = BAUnit.objects.create(
        office=old.office,
        title_type=TitleType.CHANOTE,
        deed_number=str(number),
        district=old.district,
        valid_during=registration.since,
        created_by=registration.act,
        **content.model_dump(),
    )
    held = holdings_of(rights_held(old, registration.day))
    against = _against(old, registration)
    for each in held:
        right_write(registration, new, each, Right.Kind.OWNERSHIP)
    for thing in [*against["Mortgage"], *against["Restriction"], *against["Responsibility"]]:
        _carried(registration, thing, new)
    for parcel in registration.parcels.values():
        registration.change(parcel, ba_unit=new)
    _ended(registration, old, against)


def _carried(registration: Registration, thing: VersionedObject, title: BAUnit) -> None:
    """The same entry against another title, from the day of the transaction on."""
    own = {"id", "valid_during", "recorded_during", "created_by", "retired_by", "ba_unit"}
    facts = {f.name: getattr(thing, f.name) for f in thing._meta.fields if f.name not in own}
    facts |= {"ba_unit": title, "valid_during": registration.since, "created_by": registration.act}
    type(thing)._default_manager.create(**facts)


def _change_summary(act: Transaction) -> list[str]:
    title = title_of_act(act)
    return [
        _("%(title)s is replaced by a title deed (N.S.4).") % {"title": title},
        _("The next free deed number of %(district)s is given on registration.")
        % {"district": title.district.name if title.district else "–"},
        _("Rights, mortgages, restrictions and responsibilities go over to the title deed."),
    ]


# -- a title is cancelled -----------------------------------------------------------------------


def _cancellation_faults(act: Transaction) -> Iterable[LandError]:
    yield from faults_of_title(act)
    title = title_of_act(act)
    for mortgage in mortgages_in_force(title, day_of(act))[:1]:
        yield TitleStillMortgaged(title=title, rank=mortgage.rank)
    yield from _parcel_faults(act, title)


def _cancelled(registration: Registration) -> None:
    (title,) = registration.titles.values()
    for parcel in registration.parcels.values():
        registration.change(parcel, ba_unit=None)
    _ended(registration, title, _against(title, registration))


def _cancellation_summary(act: Transaction) -> list[str]:
    return [
        _("%(title)s is cancelled, and every right in it ends.") % {"title": title_of_act(act)},
        _("Ground: %(ground)s") % act.content,
        _("Its parcels stay on the map, without a title."),
    ]


# -- a replacement for a lost deed --------------------------------------------------------------


def _written(_registration: Registration) -> None:
    """The transaction itself is the entry: nothing in the register changes by a new paper."""


def _replacement_summary(act: Transaction) -> list[str]:
    return [
        _("A replacement deed is issued for %(title)s.") % {"title": title_of_act(act)},
        _("Reason for the replacement: %(because)s") % act.content,
        _("The deed that was with the owner is void from then on."),
    ]


for _act in (
    KindOfAct(
        kind=Transaction.Kind.TITLE_CHANGE, content=TitleChangeContent, apply=_changed,
        summary=_change_summary, faults=_change_faults,
    ),
    KindOfAct(
        kind=Transaction.Kind.TITLE_CANCELLATION, content=TitleCancellationContent,
        apply=_cancelled, summary=_cancellation_summary, faults=_cancellation_faults,
    ),
    KindOfAct(
        kind=Transaction.Kind.REPLACEMENT_DEED, content=ReplacementDeedContent, apply=_written,
        summary=_replacement_summary, faults=faults_of_title,
    ),
):  # fmt: skip
    register(_act)

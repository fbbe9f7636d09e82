"""Mortgages: registered with the next free rank, and released."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from django.db.models import Max
from django.utils.translation import gettext as _
from pydantic import Field

from cadastre.errors import LandError
from parcels.models import BAUnit, Mortgage, Party, Transaction
from parcels.registration.holdings import (
    PartyNamed,
    day_of,
    faults_of_title,
    rights_held,
    title_of_act,
)
from parcels.registration.kinds import Content, KindOfAct, register
from parcels.registration.refusals import (
    MortgageNotInForce,
    MortgageRankTaken,
    PartyUnknown,
    TitleWithoutRights,
)
from parcels.registration.registering import Registration
from web.formats import format_baht


class MortgageContent(Content):
    """Who lends, how much (satang), and the rank shown to the checker."""

    creditor: PartyNamed
    amount_satang: Annotated[int, Field(ge=1, le=10**15)]
    rank: Annotated[int, Field(ge=1, le=99)]


class MortgageReleaseContent(Content):
    """The mortgage that ends, by its key."""

    mortgage: int


def next_rank(title: BAUnit, day: date) -> int:
    """The rank after all mortgages in force on ``day`` or later: none moves ahead of another."""
    later = Mortgage.objects.filter(ba_unit=title, valid_during__endswith=None)
    standing = Mortgage.objects.filter(ba_unit=title, valid_during__endswith__gt=day)
    highest = (later | standing).exclude(valid_during__isempty=True).aggregate(last=Max("rank"))
    return int(highest["last"] or 0) + 1


def mortgages_in_force(title: BAUnit, day: date) -> list[Mortgage]:
    """The mortgages on ``day``, first rank first."""
    found = Mortgage.objects.filter(ba_unit=title, valid_during__contains=day)
    return list(found.select_related("creditor").order_by("rank"))


def _mortgage_faults(act: Transaction) -> Iterable[LandError]:
    yield from faults_of_title(act)
    content, title, day = (
        MortgageContent.model_validate(act.content),
        title_of_act(act),
        day_of(act),
    )
    if not rights_held(title, day):
        yield TitleWithoutRights(title=title)
    free = next_rank(title, day)
    if content.rank != free:
        yield MortgageRankTaken(rank=content.rank, title=title, free=free)
    known = content.creditor.party
    if known is not None and not Party.objects.filter(pk=known).exists():
        yield PartyUnknown()


def _mortgaged(registration: Registration) -> None:
    (title,) = registration.titles.values()
    content = MortgageContent.model_validate(registration.act.content)
    Mortgage.objects.create(
        ba_unit=title,
        creditor=content.creditor.saved(),
        rank=content.rank,
        amount_satang=content.amount_satang,
        valid_during=registration.since,
        created_by=registration.act,
    )


def _mortgage_summary(act: Transaction) -> list[str]:
    content = MortgageContent.model_validate(act.content)
    facts = {
        "title": title_of_act(act), "rank": content.rank,
        "amount": format_baht(content.amount_satang),
    }  # fmt: skip
    return [_("%(title)s is mortgaged for %(amount)s baht, in rank %(rank)d.") % facts]


def _release_faults(act: Transaction) -> Iterable[LandError]:
    yield from faults_of_title(act)
    content, title = MortgageReleaseContent.model_validate(act.content), title_of_act(act)
    if content.mortgage not in [each.pk for each in mortgages_in_force(title, day_of(act))]:
        yield MortgageNotInForce(title=title)


def _released(registration: Registration) -> None:
    content = MortgageReleaseContent.model_validate(registration.act.content)
    (title,) = registration.titles.values()
    registration.end(Mortgage.objects.select_for_update().get(pk=content.mortgage, ba_unit=title))


def _release_summary(act: Transaction) -> list[str]:
    content = MortgageReleaseContent.model_validate(act.content)
    mortgage = Mortgage.objects.filter(pk=content.mortgage).first()
    facts = {
        "title": title_of_act(act), "rank": mortgage.rank if mortgage else 0,
        "amount": format_baht(mortgage.amount_satang) if mortgage else "–",
    }  # fmt: skip
    return [
        _("The mortgage of rank %(rank)d on %(title)s, for %(amount)s baht, is released.") % facts,
        _("Mortgages of other ranks keep their rank."),
    ]


register(
    KindOfAct(
        kind=Transaction.Kind.MORTGAGE, content=MortgageContent, apply=_mortgaged,
        summary=_mortgage_summary, faults=_mortgage_faults,
    )
)  # fmt: skip
register(
    KindOfAct(
        kind=Transaction.Kind.MORTGAGE_RELEASE, content=MortgageReleaseContent, apply=_released,
        summary=_release_summary, faults=_release_faults,
    )
)  # fmt: skip

"""Transfers of whole titles and of shares, inheritance, and the correction of a holder's name."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Annotated, TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from cadastre.errors import LandError
from parcels.models import BAUnit, Party, Transaction
from parcels.registration.holdings import (
    Holding,
    PartyFacts,
    Receiver,
    Share,
    day_of,
    faults_of_fineness,
    faults_of_shares,
    faults_of_title,
    holdings_of,
    passed_on,
    redistribute,
    rights_held,
    share_text,
    title_of_act,
)
from parcels.registration.kinds import Content, KindOfAct, kind_named, register
from parcels.registration.refusals import (
    GiverHoldsNothing,
    NameAlreadySo,
    ShareExceedsHolding,
    SharesNotOne,
    TitleWithoutRights,
)
from parcels.registration.registering import Registration

Receivers = Annotated[list[Receiver], Field(min_length=1, max_length=200)]
Kind = Transaction.Kind


class TransferContent(Content):
    """The whole title passes (ขาย ให้ แลกเปลี่ยน ทั้งแปลง); the shares of ``to`` total one."""

    to: Receivers


class TransferShareContent(Content):
    """``giver`` parts with ``share`` of the whole title; the shares of ``to`` are parts of that."""

    giver: int
    share: Share
    to: Receivers


class InheritanceContent(Content):
    """All that ``deceased`` held passes; the shares of ``to`` are parts of the inheritance."""

    deceased: int
    to: Receivers


class NameCorrectionContent(Content):
    """``party`` holds on under the name given, in this title."""

    party: int
    correct: PartyFacts


Passing: TypeAlias = TransferContent | TransferShareContent | InheritanceContent


def content_of(act: Transaction) -> Content:
    """What the transaction says, in the form of its kind."""
    return kind_named(act.kind).content.model_validate(act.content)


def outcome(act: Transaction, held: list[Holding]) -> list[Holding]:
    """Who holds what once ``act`` is registered; ``held`` itself where it changes no right."""
    content = content_of(act)
    if isinstance(content, TransferContent | TransferShareContent | InheritanceContent):
        return passed_on(held, _given(content, held), content.to)
    if isinstance(content, NameCorrectionContent):
        return [
            Holding(_corrected(content), each.share) if each.party.pk == content.party else each
            for each in held
        ]
    return held


def _given(content: Passing, held: list[Holding]) -> dict[int, Fraction]:
    shares = {each.party.pk: each.share for each in held}
    if isinstance(content, TransferContent):
        return shares
    if isinstance(content, TransferShareContent):
        return {content.giver: content.share.fraction}
    return {content.deceased: shares.get(content.deceased, Fraction(0))}


def _corrected(content: NameCorrectionContent) -> Party:
    return Party(**content.correct.model_dump(), corrects_id=content.party)


def _held(act: Transaction) -> list[Holding]:
    return holdings_of(rights_held(title_of_act(act), day_of(act)))


def _apply(registration: Registration) -> None:
    """Rights end and begin so that the holdings become those of `outcome`."""
    (title,) = registration.titles.values()
    held = holdings_of(rights_held(title, registration.day))
    redistribute(registration, title, outcome(registration.act, held))


# -- what forbids it ----------------------------------------------------------------------------


def _passing_faults(act: Transaction) -> Iterable[LandError]:
    yield from faults_of_title(act)
    content, held, title = content_of(act), _held(act), title_of_act(act)
    assert isinstance(content, TransferContent | TransferShareContent | InheritanceContent)
    faults = [
        *_holding_faults(title, held), *_giver_faults(content, held, title),
        *faults_of_shares(content.to),
    ]  # fmt: skip
    yield from faults
    if not faults:
        yield from faults_of_fineness(outcome(act, held))


def _holding_faults(title: BAUnit, held: list[Holding]) -> Iterable[LandError]:
    total = sum((each.share for each in held), Fraction(0))
    if not held:
        yield TitleWithoutRights(title=title)
    elif total != 1:
        yield SharesNotOne(total=total)


def _giver_faults(content: Passing, held: list[Holding], title: BAUnit) -> Iterable[LandError]:
    shares = {each.party.pk: each.share for each in held}
    for giver, share in _given(content, held).items():
        if giver not in shares:
            yield GiverHoldsNothing(title=title)
        elif share > shares[giver]:
            yield ShareExceedsHolding(share=share, held=shares[giver])


def _name_faults(act: Transaction) -> Iterable[LandError]:
    yield from faults_of_title(act)
    content = content_of(act)
    assert isinstance(content, NameCorrectionContent)
    holder = next((e.party for e in _held(act) if e.party.pk == content.party), None)
    if holder is None:
        yield GiverHoldsNothing(title=title_of_act(act))
        return
    new = content.correct
    if (holder.kind, holder.full_name) == (new.kind, _corrected(content).full_name):
        yield NameAlreadySo()


# -- in plain words -----------------------------------------------------------------------------


def _shares(to: list[Receiver]) -> dict[str, object]:
    return {"count": len(to), "shares": ", ".join(share_text(each.share) for each in to)}


def _receivers(to: list[Receiver]) -> str:
    facts = _shares(to)
    if len(to) == 1:
        return _("One party receives all of it.")
    return ngettext(
        "%(count)d party receives it: %(shares)s.", "%(count)d parties receive it: %(shares)s.",
        len(to),
    ) % facts  # fmt: skip


def _transfer_summary(act: Transaction) -> list[str]:
    content = TransferContent.model_validate(act.content)
    first = _("The whole of %(title)s is transferred.") % {"title": title_of_act(act)}
    return [first, _receivers(content.to), _("Mortgages and restrictions stay as they are.")]


def _share_summary(act: Transaction) -> list[str]:
    content = TransferShareContent.model_validate(act.content)
    first = _("A share of %(share)s of %(title)s is transferred.") % {
        "share": share_text(content.share), "title": title_of_act(act)
    }  # fmt: skip
    return [first, _receivers(content.to), _("Mortgages and restrictions stay as they are.")]


def _inheritance_summary(act: Transaction) -> list[str]:
    content = InheritanceContent.model_validate(act.content)
    first = _("All that the deceased holds in %(title)s passes to the heirs.") % {
        "title": title_of_act(act)
    }
    return [first, _receivers(content.to), _("Mortgages and restrictions stay as they are.")]


def _name_summary(act: Transaction) -> list[str]:
    return [
        _("One holder of %(title)s is written under another name.") % {"title": title_of_act(act)},
        _("It is the same person; the share stays the same."),
    ]


for _kind, _content, _summary in (
    (Kind.TRANSFER, TransferContent, _transfer_summary),
    (Kind.TRANSFER_SHARE, TransferShareContent, _share_summary),
    (Kind.INHERITANCE, InheritanceContent, _inheritance_summary),
):
    register(
        KindOfAct(
            kind=_kind, content=_content, apply=_apply, summary=_summary, faults=_passing_faults
        )
    )

register(
    KindOfAct(
        kind=Kind.NAME_CORRECTION, content=NameCorrectionContent, apply=_apply,
        summary=_name_summary, faults=_name_faults,
    )
)  # fmt: skip

"""Who holds what share of a title, in exact fractions, before and after a transaction.

docs/algorithms/rights.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Final, Self

import yaml
from django.utils import timezone
from pydantic import Field, StringConstraints, model_validator

from cadastre.errors import LandError
from parcels.errors import EffectiveDayImpossible
from parcels.models import BAUnit, Party, Restriction, Right, Transaction
from parcels.registration.kinds import Content
from parcels.registration.refusals import (
    HolderNamedTwice,
    OneTitleNeeded,
    PartyUnknown,
    SharesNotOne,
    ShareTooFine,
    TitleNotInForce,
    TitleRestricted,
)
from parcels.registration.registering import Registration
from parcels.registration.vetoes import vetoes_against

FINEST: Final = 2**31 - 1
"""The largest denominator that a right can be written with."""
FINEST_TYPED: Final = 1_000_000
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
Surname = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Count = Annotated[int, Field(ge=1, le=FINEST_TYPED)]


class Share(Content):
    """A part of one, as typed: 2/4 stays 2/4."""

    numerator: Count
    denominator: Count

    @model_validator(mode="after")
    def _part_of_one(self) -> Self:
        if self.numerator > self.denominator:
            raise ValueError("a share is at most one")
        return self

    @property
    def fraction(self) -> Fraction:
        """Its exact value."""
        return Fraction(self.numerator, self.denominator)


class PartyFacts(Content):
    """Somebody as written on a deed; no personal number is asked for or kept."""

    kind: Party.Kind = Party.Kind.INDIVIDUAL
    title: Word = ""
    name: Name
    surname: Surname = ""


class PartyNamed(Content):
    """Somebody known (``party``, a key) or ``new`` to the register."""

    party: int | None = None
    new: PartyFacts | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.party is None) == (self.new is None):
            raise ValueError("either a known party or a new one")
        return self

    def found(self) -> Party:
        """The party; a new one is not saved yet. Raises `PartyUnknown`."""
        if self.new is not None:
            return Party(**self.new.model_dump())
        known = Party.objects.filter(pk=self.party or 0).first()
        if known is None:
            raise PartyUnknown
        return known

    def saved(self) -> Party:
        """The party, written down if it is new. Raises `PartyUnknown`."""
        party = self.found()
        if party._state.adding:
            party.save()
        return party


class Receiver(PartyNamed):
    """Somebody who gets a share of what passes."""

    share: Share


@dataclass(slots=True)
class Holding:
    """What one party holds of a title; the party may not be saved yet."""

    party: Party
    share: Fraction


def day_of(act: Transaction) -> date:
    """The day of the transaction in law: the day given, or today."""
    return act.effective_on or timezone.localdate()


def title_of_act(act: Transaction) -> BAUnit:
    """The one title of a transaction. Raises `OneTitleNeeded`."""
    titles = [each.ba_unit for each in act.titles.select_related("ba_unit")]
    if len(titles) != 1:
        raise OneTitleNeeded(count=len(titles))
    return titles[0]


def rights_held(title: BAUnit, day: date) -> list[Right]:
    """The rights of ownership in force, or those of possession where nobody owns."""
    rights = list(
        Right.objects.filter(ba_unit=title, valid_during__contains=day)
        .select_related("party")
        .order_by("pk")
    )
    owned = [right for right in rights if right.kind == Right.Kind.OWNERSHIP]
    return owned or rights


def holdings_of(rights: Iterable[Right]) -> list[Holding]:
    """The shares of each party added up, in the order of the rights."""
    found: dict[int, Holding] = {}
    for right in rights:
        share = Fraction(right.share_numerator, right.share_denominator)
        if right.party_id in found:
            found[right.party_id].share += share
        else:
            found[right.party_id] = Holding(right.party, share)
    return list(found.values())


def passed_on(
    held: Sequence[Holding], given: dict[int, Fraction], to: Sequence[Receiver]
) -> list[Holding]:
    """The holdings after each giver gave a part of the title to the receivers.

    ``given`` is by the key of the party, in parts of the whole title; the shares of ``to`` are
    parts of what passes. A receiver who holds already holds one larger share.
    """
    passing = sum(given.values(), Fraction(0))
    after = [Holding(each.party, each.share - given.get(each.party.pk, 0)) for each in held]
    for receiver in to:
        got = passing * receiver.share.fraction
        mine = next((e for e in after if receiver.party and e.party.pk == receiver.party), None)
        if mine is None:
            after.append(Holding(receiver.found(), got))
        else:
            mine.share += got
    return [each for each in after if each.share]


def redistribute(registration: Registration, title: BAUnit, after: Sequence[Holding]) -> None:
    """End the rights of whoever holds another share from now on, and write the new ones."""
    rights = rights_held(title, registration.day)
    before = {each.party.pk: each.share for each in holdings_of(rights)}
    kind = rights[0].kind if rights else Right.Kind.OWNERSHIP
    same = {e.party.pk for e in after if e.party.pk and before.get(e.party.pk) == e.share}
    for right in rights:
        if right.party_id not in same:
            registration.end(right)
    for each in after:
        if each.party.pk not in same:
            right_write(registration, title, each, kind)


def right_write(registration: Registration, title: BAUnit, holding: Holding, kind: str) -> Right:
    """A right from the day of the transaction on; a new party is saved with it."""
    if holding.party._state.adding:
        holding.party.save()
    return Right.objects.create(
        ba_unit=title,
        party=holding.party,
        kind=kind,
        share_numerator=holding.share.numerator,
        share_denominator=holding.share.denominator,
        valid_during=registration.since,
        created_by=registration.act,
    )


# -- what forbids it ----------------------------------------------------------------------------


def faults_of_title(act: Transaction) -> Iterable[LandError]:
    """What every kind asks of its title: one, in force, not restricted, nothing against it."""
    title, day = title_of_act(act), day_of(act)
    if (
        title.retired_by_id
        or not BAUnit.objects.filter(pk=title.pk, valid_during__contains=day).exists()
    ):
        yield TitleNotInForce(title=title)
        return
    if Right.objects.filter(ba_unit=title, valid_during__startswith__gt=day).exists():
        yield EffectiveDayImpossible(day=day.isoformat())
    yield from _restrictions(act, title, day)
    yield from vetoes_against(act)


def faults_of_shares(to: Sequence[Receiver]) -> Iterable[LandError]:
    """The receivers get exactly all that passes, and each of them is named once."""
    total = sum((each.share.fraction for each in to), Fraction(0))
    if total != 1:
        yield SharesNotOne(total=total)
    known = [each.party for each in to if each.party is not None]
    if len(set(known)) != len(known):
        yield HolderNamedTwice()
    if Party.objects.filter(pk__in=known).count() != len(set(known)):
        yield PartyUnknown()


def faults_of_fineness(after: Iterable[Holding]) -> Iterable[LandError]:
    """Every share can be written in the register."""
    for each in after:
        if each.share.denominator > FINEST:
            yield ShareTooFine(share=each.share)


def _restrictions(act: Transaction, title: BAUnit, day: date) -> Iterable[LandError]:
    rules = [rule for rule in _rules() if rule["since"] <= day and act.kind in rule["stops"]]
    stopping = [rule["restriction"] for rule in rules]
    found = Restriction.objects.filter(ba_unit=title, kind__in=stopping)
    for each in found.filter(valid_during__contains=day).order_by("pk"):
        yield TitleRestricted(title=title, restriction=each.get_kind_display(), text=each.text)


@cache
def _rules() -> list[dict[str, Any]]:
    text = (files("parcels.registration") / "restrictions.yaml").read_text(encoding="utf-8")
    rules: list[dict[str, Any]] = yaml.safe_load(text)
    return rules


def share_text(share: Share | Fraction) -> str:
    """``1/2``; the whole is ``1``."""
    if isinstance(share, Share):
        return f"{share.numerator}/{share.denominator}"
    return str(share)

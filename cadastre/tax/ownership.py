"""Property that several own together (algorithm, section 2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate

from cadastre.tax.model import OwnedShare, Owner, Property


def owner_of(kinds: Iterable[Owner]) -> Owner:
    """What the law makes of those who own together, where they are one taxpayer.

    Persons together are taxed like one person; as soon as a company or a religious body is among
    them there is no exemption that only persons have.
    """
    found = set(kinds)
    if len(found) == 1:
        return found.pop()
    return Owner.JURISTIC


def owned_by_each(thing: Property, shares: Sequence[Fraction]) -> list[Property]:
    """The property as each co-owner is assessed for it, where each is a taxpayer.

    The shares total one, or `ValueError`. The values of all co-owners add up to the whole.
    """
    if sum(shares) != 1:
        raise ValueError("the shares of co-owners total one")
    before = accumulate(shares, initial=Fraction(0))
    return [
        replace(thing, owned=OwnedShare(share, start))
        for share, start in zip(shares, before, strict=False)
    ]

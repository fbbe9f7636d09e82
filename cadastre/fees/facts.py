from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cadastre.errors import InvalidInput, gettext_noop

MOST_SATANG: Final = 10**15
"""Ten thousand billion baht: nothing that is registered at a counter is worth more."""
MOST_PARCELS: Final = 1_000


class Act(StrEnum):
    """What is registered."""

    SALE = "sale"
    GIFT = "gift"
    INHERITANCE = "inheritance"
    MORTGAGE = "mortgage"
    REDEMPTION = "redemption"
    APPLICATION = "application"


class FactsUnusable(InvalidInput):
    code = "fee_facts_unusable"
    message = gettext_noop("An amount is not negative and has at most {most} baht.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeFacts:
    """What an estimate rests on; amounts in satang.

    ``appraised_satang`` is the appraised value of the land and what stands on it, ``price_satang``
    the price agreed (0: none said), ``secured_satang`` the sum a mortgage secures. ``years_held``
    counts the calendar years of holding, begun ones as whole. ``family`` says that giver and
    taker are parents and children or spouses; ``given`` that the giver once got it as a gift or
    inheritance; ``resident`` that the seller was in its house registration for a year.
    """

    act: Act
    appraised_satang: int = 0
    price_satang: int = 0
    secured_satang: int = 0
    years_held: int = 1
    parcels: int = 1
    company: bool = False
    family: bool = False
    given: bool = False
    resident: bool = False

    def __post_init__(self) -> None:
        amounts = (self.appraised_satang, self.price_satang, self.secured_satang)
        if not all(0 <= amount <= MOST_SATANG for amount in amounts):
            raise FactsUnusable(path=("amount",), most=f"{MOST_SATANG // 100:,}")
        if not (0 <= self.years_held <= 200 and 1 <= self.parcels <= MOST_PARCELS):
            raise ValueError("years held or parcels out of range")

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from cadastre.fees.facts import Act, FeeFacts
from cadastre.tax.dated import Provision, Text, dated
from cadastre.tax.money import EXACT, SATANG_PER_BAHT, half_up, percent, plain, satang

T = TypeVar("T")
_PACKAGE: Final = "cadastre.fees"


@dataclass(frozen=True, slots=True)
class Line:
    """One fee: on which base, at which rate, by which rule, and what about it is unverified."""

    code: str
    name: Text
    base_satang: int | None
    rate: str
    amount_satang: int
    reference: str
    unverified: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """All fees of an act; the total is the sum of the lines."""

    lines: tuple[Line, ...]

    @property
    def total_satang(self) -> int:
        """The sum of the lines."""
        return sum(line.amount_satang for line in self.lines)


def estimate(facts: FeeFacts, *, on: date) -> Estimate:
    """What the act costs on a day; NotInForceYet for a day before the law at hand."""
    return Estimate(tuple(_Rules(facts, on).lines()))


class _Rules:
    """The parameters of one day applied to one act."""

    def __init__(self, facts: FeeFacts, on: date) -> None:
        self.facts, self.on = facts, on
        # The higher of price and appraised value, on which taxes and stamp duty are charged.
        self.worth = max(facts.appraised_satang, facts.price_satang)

    def lines(self) -> Iterator[Line]:
        yield self._each_parcel("application")
        match self.facts.act:
            case Act.SALE:
                yield self._share("transfer", self.facts.appraised_satang)
                yield from self._taxes()
            case Act.GIFT:
                yield self._transfer()
                yield from self._taxes()
            case Act.INHERITANCE:
                yield self._transfer()
            case Act.MORTGAGE:
                yield self._mortgage()
                yield self._stamp_of_loan()
            case Act.REDEMPTION:
                yield self._each_parcel("redemption")
            case Act.APPLICATION:
                pass

    def _transfer(self) -> Line:
        name = "transfer_family" if self.facts.family else "transfer"
        return self._share(name, self.facts.appraised_satang)

    def _taxes(self) -> Iterator[Line]:
        if self.facts.company:
            yield self._share("withholding_company", self.worth)
        else:
            yield self._withheld_of_person()
        # Who pays the business tax pays no stamp duty.
        yield self._business_tax() or self._stamp()

    def _business_tax(self) -> Line | None:
        facts = self.facts
        if facts.family and facts.act == Act.GIFT:
            return None
        found = self._found("business_tax", _table)
        exempt = facts.years_held > int(found.value["years"]) or facts.resident or facts.given
        if exempt and not facts.company:
            return None
        return self._line(
            "business_tax", found, self.worth, _of(self.worth, Decimal(found.value["rate"])),
            rate=f"{percent(Decimal(found.value['rate']))} %",
        )  # fmt: skip

    def _stamp(self) -> Line:
        found = self._found("stamp", _baht)
        return self._line(
            "stamp", found, self.worth, _steps(self.worth, found.value),
            rate=f"1 / {found.value // SATANG_PER_BAHT}",
        )  # fmt: skip

    def _mortgage(self) -> Line:
        found = self._found("mortgage", _table)
        secured, rate = self.facts.secured_satang, Decimal(found.value["rate"])
        amount = min(_of(secured, rate), _baht(found.value["most"]))
        return self._line("mortgage", found, secured, amount, rate=f"{percent(rate)} %")

    def _stamp_of_loan(self) -> Line:
        found = self._found("stamp_loan", _table)
        secured, each = self.facts.secured_satang, _baht(found.value["each"])
        amount = min(_steps(secured, each), _baht(found.value["most"]))
        return self._line(
            "stamp_loan", found, secured, amount, rate=f"1 / {each // SATANG_PER_BAHT}"
        )

    def _withheld_of_person(self) -> Line:
        """Tax on one year's share of the value less expenses, times the years of holding."""
        found = self._found("withholding_person", _table)
        rule, value = found.value, self.facts.appraised_satang
        years = min(max(self.facts.years_held, 1), 10)
        deduction = rule["deduction"][min(years, len(rule["deduction"])) - 1]
        if self.facts.given or self.facts.act == Act.GIFT:
            deduction = rule["deduction_given"]
        # Exact: a share of a year need not be whole satang, so all is counted in years-th parts.
        income = EXACT.multiply(Decimal(value), 1 - Decimal(deduction))
        tax = Decimal(0)
        slices = [(_baht(each["above"]) * years, Decimal(each["rate"])) for each in rule["slices"]]
        for place, (above, rate) in enumerate(slices):
            below = slices[place + 1][0] if place + 1 < len(slices) else None
            top = income if below is None else min(income, Decimal(below))
            if top > above:
                tax = EXACT.add(tax, EXACT.multiply(top - above, rate))
        most = EXACT.multiply(Decimal(value), Decimal(rule["most"]))
        return self._line("withholding_person", found, value, half_up(min(tax, most)), rate="")

    def _share(self, name: str, base: int) -> Line:
        found = self._found(name, _rate)
        return self._line(
            name, found, base, _of(base, found.value), rate=f"{percent(found.value)} %"
        )

    def _each_parcel(self, name: str) -> Line:
        found = self._found(name, _baht)
        amount = found.value * self.facts.parcels
        rate = plain(Decimal(found.value) / SATANG_PER_BAHT)
        return self._line(name, found, None, amount, rate=f"{rate} × {self.facts.parcels}")

    def _found(self, name: str, read: Any) -> Provision[Any]:
        return dated(name, read, _PACKAGE).on(self.on)

    def _line(
        self, name: str, found: Provision[Any], base: int | None, amount: int, *, rate: str
    ) -> Line:
        description = dated(name, lambda value: value, _PACKAGE).description
        return Line(name, description, base, rate, amount, found.reference, found.unverified)


def _of(base_satang: int, rate: Decimal) -> int:
    return half_up(EXACT.multiply(Decimal(base_satang), rate))


def _steps(base_satang: int, each_satang: int) -> int:
    """One baht for each step, a part of a step counted as a whole."""
    return -(-base_satang // each_satang) * SATANG_PER_BAHT


def _rate(value: object) -> Decimal:
    return Decimal(str(value))


def _baht(value: object) -> int:
    return satang(Decimal(str(value)))


def _table(value: object) -> Any:
    if not isinstance(value, dict):
        raise TypeError(f"expected a table, found {value!r}")
    return value

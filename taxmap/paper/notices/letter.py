"""One letter, complete: to whom, about what, how much, by when; words come with the template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from itertools import count

from cadastre.payments import BillPayment, qr_payload
from cadastre.tax import instalments
from cadastre.tax.dated import dated
from cadastre.tax.model import Use
from cadastre.tax.money import percent
from cadastre.tax.schedule import fields, number
from offices.models import Office
from taxmap.balances import Owed
from taxmap.models import Bill, Letterhead, NoticeKind, TaxYear
from taxmap.paper.notices.columns import Assessed
from taxmap.paper.notices.envelope import Envelope
from taxmap.paper.notices.pages import Page
from taxmap.paper.notices.plots import HEIGHT_MM, Picture
from taxmap.paper.notices.slip import Slip, Symbol, qr_symbol

NAMES_IN_THE_WINDOW = 2
MAPS_TOP_MM = 20.0
PART_MM = 61.0
LONG_NAME = 60
VERY_LONG_NAME = 150


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is written to, and where."""

    names: tuple[str, ...]
    lines: tuple[str, ...]
    postcode: str

    @property
    def shown(self) -> tuple[str, ...]:
        """The names in the window; the sheets name everybody."""
        return self.names[:NAMES_IN_THE_WINDOW]

    @property
    def more(self) -> int:
        return len(self.names) - len(self.shown)

    @property
    def size(self) -> str:
        """How large the names are set, so that all of them show through the window."""
        length = sum(len(name) for name in self.shown)
        return "tiny" if length > VERY_LONG_NAME else "small" if length > LONG_NAME else ""


@dataclass(frozen=True, slots=True)
class UseTotal:
    """One line of the summary: everything of one use."""

    use: Use
    items: int
    value_satang: int
    exemption_satang: int
    tax_satang: int

    @property
    def taxable_satang(self) -> int:
        return self.value_satang - self.exemption_satang


@dataclass(frozen=True, slots=True)
class Instalment:
    """One of the parts in which a tax may be paid, with the code that pays it."""

    number: int
    by: date
    amount_satang: int
    qr: Symbol | None = None

    @property
    def left(self) -> float:
        """Where it stands beside the others, in millimetres."""
        return (self.number - 1) * PART_MM

    def with_code(self, payment: BillPayment) -> Instalment:
        return replace(self, qr=qr_symbol(qr_payload(payment)))


@dataclass(frozen=True, slots=True)
class LateOffer:
    """What somebody in arrears pays until a day, within the time of a reminder or after it."""

    until: date
    tax_satang: int
    penalty_satang: int
    surcharge_satang: int
    total_satang: int


@dataclass(frozen=True)
class Sender:
    """What all letters of a batch share."""

    authority: Office
    head: Letterhead
    envelope: Envelope
    year: TaxYear
    dated: date
    language: str
    is_demo: bool
    public_url: str


@dataclass(frozen=True)
class Letter:
    """One letter with everything that is printed on its pages."""

    kind: NoticeKind
    sender: Sender
    bill: Bill
    to: Addressee
    assessed: Sequence[Assessed]
    owed: Owed
    picture: Picture
    sheets: Sequence[Page]
    code: str
    """What its own barcode says; empty for a preview."""
    barcode: Symbol | None
    explanation_url: str
    explanation: Symbol | None
    slip: Slip | None
    parts: tuple[Instalment, ...]
    late_offers: tuple[LateOffer, ...] = ()
    """What a reminder says is to be paid, by day."""

    @property
    def template(self) -> str:
        """What sets it."""
        return f"taxmap/pdf/notices/{self.kind}.html"

    @property
    def first_day(self) -> date:
        """The day whose owners owe the tax."""
        return date(self.bill.tax_year, 1, 1)

    @property
    def all_names(self) -> str:
        return ", ".join(self.to.names)

    @property
    def picture_bottom(self) -> float:
        """Where the page goes on below the maps, in millimetres."""
        return MAPS_TOP_MM + (HEIGHT_MM if self.picture.maps else 0.0) + 2

    @property
    def left_out(self) -> str:
        return ", ".join(self.picture.left_out)

    @property
    def late(self) -> dict[str, str]:
        """Penalties, surcharge and times, under the law of the day on which the tax is due."""
        return late_words(self.sender.year.payment_on)

    @property
    def due_satang(self) -> int:
        """What is still to be paid."""
        return self.owed.due_satang

    @property
    def pages(self) -> int:
        """How many pages it has; the same number stands on each of them."""
        return self.front_pages + len(self.sheets)

    @property
    def front_pages(self) -> int:
        """Pages before the sheets: only a notice of assessment has maps and a slip overleaf."""
        return 2 if self.kind is NoticeKind.ASSESSMENT else 1

    @property
    def has_amounts(self) -> bool:
        """Whether its sheets tell prices and tax; a property list comes before them."""
        return self.kind is not NoticeKind.PROPERTY_LIST

    @property
    def numbered_sheets(self) -> list[tuple[int, Page]]:
        return list(zip(count(self.front_pages + 1), self.sheets))

    @property
    def has_rooms(self) -> bool:
        return any(each.is_room for each in self.assessed)

    @property
    def has_grounds(self) -> bool:
        return any(not each.is_room for each in self.assessed)

    @property
    def has_joint(self) -> bool:
        return any(each.joint for each in self.assessed)

    @cached_property
    def uses(self) -> list[UseTotal]:
        """The summary by use, in the order of the form."""
        found: dict[Use, list[tuple[int, int, int]]] = {}
        for unit in self.assessed:
            for line in unit.lines:
                found.setdefault(line.use, []).append(
                    (line.value_satang, line.exemption_satang, line.tax_satang)
                )
        return [
            UseTotal(use, len(rows), *(sum(column) for column in zip(*rows, strict=True)))
            for use in Use
            if (rows := found.get(use))
        ]


def instalments_of(tax_satang: int, year: TaxYear) -> tuple[Instalment, ...]:
    """The parts in which a tax may be paid; none where it is too small to divide."""
    amounts = instalments(tax_satang=tax_satang, due_on=year.payment_on)
    if len(amounts) < 2 or len(year.instalments_on) != len(amounts):
        return ()
    return tuple(
        Instalment(number, by, amount)
        for number, (by, amount) in enumerate(
            zip(year.instalments_on, amounts, strict=True), start=1
        )
    )


@cache
def late_words(due_on: date) -> dict[str, str]:
    """What lateness costs, in percent, and the days of objection and appeal, as text."""
    penalty = dated("late/penalty", fields).on(due_on).value
    surcharge = dated("late/surcharge", fields).on(due_on).value
    words = {key: percent(number(part)) for key, part in penalty.items()}
    words["per_month"] = percent(number(surcharge["per_month"]))
    reminder = dated("late/reminder", fields).on(due_on).value
    words["pay_within"] = reminder["pay_within"]
    words["seizure_after"] = reminder["seizure_after"]
    for step, file in (("object", "objection"), ("appeal", "appeal")):
        days = dated(f"procedure/{file}", fields).on(due_on).value
        words[f"{step}_within"] = days["file_within"]
    return words

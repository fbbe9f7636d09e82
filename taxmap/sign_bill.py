"""What explains a bill of signboards: each sign with the steps of its tax.

Each sign is assessed anew from the facts that were kept with its assessment, as
`taxmap.bill_page` does for land; a page shows nothing that does not give what was assessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cadastre.tax import Step
from cadastre.tax.dated import Text
from cadastre.tax.signboard import LETTERINGS, Sign, assess_signboard
from cadastre.tax.steps import doubts
from taxmap.errors import SheetDoesNotAgree
from taxmap.models import Assessment, Bill
from taxmap.services.signboards import sign_of


@dataclass(frozen=True, slots=True)
class ExplainedSign:
    """One sign of a bill with its steps; ``stored.signboard.text`` is for officers only."""

    stored: Assessment
    sign: Sign
    steps: tuple[Step, ...]

    @property
    def lettering(self) -> Text:
        """The type of the tariff in words."""
        return LETTERINGS[self.sign.lettering]


def explained_signs(bill: Bill) -> tuple[ExplainedSign, ...]:
    """The signs of a bill by their codes; nothing where the facts of one were not kept.

    Raises `SheetDoesNotAgree` where the facts no longer give what was assessed.
    """
    stored = bill.assessments.filter(signboard__isnull=False).select_related("signboard")
    ordered = list(stored.order_by("signboard__code"))
    if any("sign" not in each.lines for each in ordered):
        return ()
    return tuple(map(_explained, ordered))


def _explained(stored: Assessment) -> ExplainedSign:
    found = assess_signboard(sign_of(stored.lines), stored.tax_year)
    if found.tax_satang != stored.tax_satang:
        raise SheetDoesNotAgree(
            assessment=stored.pk, stored=stored.tax_satang, now=found.tax_satang
        )
    return ExplainedSign(stored, found.sign, found.steps)


def doubts_of_signs(signs: Iterable[ExplainedSign]) -> list[Text]:
    """What the calculation leans on that is not verified, each sentence once."""
    steps = [step for each in signs for step in each.steps]
    return list(dict.fromkeys(text for _parameter, text in doubts(steps)))

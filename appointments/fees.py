"""The calculator of fees on the page where a time is chosen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models import Service
from appointments.services.offers import Visit
from cadastre.fees import Act, FeeFacts, estimate
from cadastre.fees.facts import MOST_PARCELS
from web.fields import BahtField
from web.formats import in_thai

ACTS = frozenset(Act)


class FeesForm(forms.Form):
    """What a fee depends on; a field that an act does not ask for is left out."""

    value = BahtField(label=_("Appraised value of land and buildings, baht"), required=False)
    price = BahtField(label=_("Price agreed, baht"), required=False)
    secured = BahtField(label=_("Sum that the mortgage secures, baht"), required=False)
    years = forms.IntegerField(
        label=_("Years the giver has held it, begun ones counted"), min_value=1, max_value=100,
        required=False, initial=1, widget=forms.NumberInput({"class": "input--short"}),
    )  # fmt: skip
    parcels = forms.IntegerField(
        label=_("Number of plots"), min_value=1, max_value=MOST_PARCELS, required=False, initial=1,
        widget=forms.NumberInput({"class": "input--short"}),
    )  # fmt: skip
    company = forms.BooleanField(label=_("The giver is a company"), required=False)
    family = forms.BooleanField(label=_("Between parents and children, or spouses"), required=False)
    given = forms.BooleanField(
        label=_("The giver once got it as a gift or inheritance"), required=False
    )
    resident = forms.BooleanField(
        label=_("The giver was in its house registration for a year or more"), required=False
    )

    ASKED = {
        Act.SALE: ("value", "price", "years", "parcels", "company", "given", "resident"),
        Act.GIFT: ("value", "years", "parcels", "company", "family", "given", "resident"),
        Act.INHERITANCE: ("value", "parcels", "family"),
        Act.MORTGAGE: ("secured", "parcels"),
        Act.REDEMPTION: ("parcels",),
        Act.APPLICATION: ("parcels",),
    }

    def __init__(self, *args: Any, act: Act, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"prefix": "fee"})
        self.act = act
        for name in [name for name in self.fields if name not in self.ASKED[act]]:
            del self.fields[name]

    def facts(self) -> FeeFacts:
        """What was typed, for the estimate."""
        typed = self.cleaned_data
        return FeeFacts(
            act=self.act, appraised_satang=typed.get("value") or 0,
            price_satang=typed.get("price") or 0, secured_satang=typed.get("secured") or 0,
            years_held=typed.get("years") or 1, parcels=typed.get("parcels") or 1,
            company=typed.get("company", False), family=typed.get("family", False),
            given=typed.get("given", False), resident=typed.get("resident", False),
        )  # fmt: skip


def fees_context(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """The calculator of the first service that has fees, filled in as the address says."""
    act = next((Act(each.fee) for each in visit.services if each.fee in ACTS), None)
    if act is None:
        return {}
    asked = request.GET.get("fees") == "1"
    form = FeesForm(request.GET if asked else None, act=act)
    found = estimate(form.facts(), on=timezone.localdate()) if form.is_valid() else None
    return {"fees": {
        "form": form,
        "asked": asked,
        "service": _service_of(visit, act),
        "total": found.total_satang if found else None,
        "lines": [
            {
                "name": line.name.th if in_thai() else line.name.en,
                "base": line.base_satang,
                "rate": line.rate,
                "amount": line.amount_satang,
                "reference": line.reference,
                "doubts": [each.th if in_thai() else each.en for each in line.unverified],
            }
            for line in (found.lines if found else ())
        ],
    }}  # fmt: skip


def _service_of(visit: Visit, act: Act) -> Service:
    return next(each for each in visit.services if each.fee == act)

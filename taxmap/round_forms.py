"""What is asked to make a book of rounds, and to print it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from taxmap.services.collection_rounds import Choice, State, Visited
from web.fields import BahtField
from web.formats import format_year

STATES = [
    (State.OUTSTANDING, _("something is due")),
    (State.OVERDUE, _("overdue: the day of payment has passed")),
    (State.ARREARS, _("arrears of several years")),
    (State.NOT_NOTIFIED, _("the notice has not arrived yet")),
]
VISITS = [
    (Visited.ANY, _("all")),
    (Visited.NOT_THIS_YEAR, _("not visited this year")),
    (Visited.DAY_HAS_COME, _("the day agreed on has come")),
]
BOOK_PAPERS = ("A4", "A3")


class RoundsForm(forms.Form):
    """Zone or block, whose units, and how long a round may take."""

    tax_year = forms.TypedChoiceField(label=_("Tax year"), coerce=int)
    area = forms.ChoiceField(label=_("Zone and block"), required=False)
    state = forms.ChoiceField(label=_("Units of which"), choices=STATES)
    years = forms.IntegerField(
        label=_("Years in arrears, at least"), min_value=1, max_value=20, initial=1
    )
    least_satang = BahtField(label=_("Due, at least (baht)"), required=False)
    visited = forms.ChoiceField(label=_("Earlier visits"), choices=VISITS)
    minutes = forms.IntegerField(
        label=_("Minutes of a round, walking and calling"), min_value=15, max_value=480, initial=120
    )
    stops = forms.IntegerField(
        label=_("Plots of a round, at most"), min_value=1, max_value=100, initial=40
    )
    minutes_per_stop = forms.IntegerField(
        label=_("Minutes at each plot"), min_value=0, max_value=60, initial=4
    )

    def __init__(self, *args: Any, years: list[int], blocks: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year, area = self.fields["tax_year"], self.fields["area"]
        assert isinstance(year, forms.TypedChoiceField)
        assert isinstance(area, forms.ChoiceField)
        year.choices = [(each, format_year(each)) for each in years]
        zones = sorted({block[:2] for block in blocks})
        area.choices = [("", _("all")), *((each, each) for each in sorted([*zones, *blocks]))]

    def choice(self) -> Choice:
        """What was asked, checked."""
        facts = dict(self.cleaned_data)
        facts["least_satang"] = facts["least_satang"] or 0
        facts["state"], facts["visited"] = State(facts["state"]), Visited(facts["visited"])
        return Choice(**facts)


class BookPaperForm(forms.Form):
    """Paper of a printed book, and whether it names the owners."""

    paper = forms.ChoiceField(choices=[(each, each) for each in BOOK_PAPERS])
    owners = forms.BooleanField(required=False)

"""The form that orders a list for another system."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from taxmap.services.exports import BOOKS, ListKind
from web.fields import BuddhistDateField
from web.formats import format_year

LISTS = {
    ListKind.LTAX: _("Worklist for LTAX Online (six sheets, Excel)"),
    ListKind.REGISTER: _("Register of owners and property, ผ.ท.4 (Excel)"),
    ListKind.ACCOUNTING: _("Entries for the accounting system"),
    ListKind.JOURNAL: _("Journal of entries with its totals (Excel)"),
    ListKind.JOURNAL_CSV: _("Journal of entries with its totals (CSV)"),
}


class ListForm(forms.Form):
    """Which list, of which year or days, and whether with owners."""

    kind = forms.ChoiceField(
        label=_("List"), widget=forms.RadioSelect, initial=ListKind.LTAX.value,
        choices=[(kind.value, label) for kind, label in LISTS.items()],
    )  # fmt: skip
    year = forms.TypedChoiceField(label=_("Tax year"), coerce=int)
    first = BuddhistDateField(
        label=_("Entries booked from"), required=False, latest=timezone.localdate,
        help_text=_("Only for the accounting system and the journal. For example 1/10/2568."),
    )  # fmt: skip
    last = BuddhistDateField(
        label=_("Entries booked until"), required=False, latest=timezone.localdate,
        help_text=_("Only for the accounting system and the journal."),
    )  # fmt: skip
    with_owners = forms.BooleanField(
        label=_("With the names of owners"), required=False,
        help_text=_("Only where your work needs them. The audit trail keeps who took them."),
    )  # fmt: skip

    def __init__(self, *args: Any, years: list[int], may_see_owners: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._may_see_owners = may_see_owners
        year = self.fields["year"]
        assert isinstance(year, forms.TypedChoiceField)
        year.choices = [(each, format_year(each)) for each in years]

    def clean(self) -> dict[str, Any]:
        """Owners are for whoever may see them; entries need their first and last day."""
        said = super().clean() or {}
        if said.get("with_owners") and not self._may_see_owners:
            self.add_error("with_owners", ValidationError(
                gettext("You may not see owners in this office. Order the list without them.")
            ))  # fmt: skip
        if said.get("kind") in BOOKS:
            first, last = said.get("first"), said.get("last")
            for name in ("first", "last"):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, ValidationError(gettext("Write the day.")))
            if first and last and first > last:
                self.add_error("last", ValidationError(
                    gettext("The last day lies before the first one.")
                ))  # fmt: skip
        return said

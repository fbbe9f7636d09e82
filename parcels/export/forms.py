"""The form that orders an export."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cadastre.moment import KNOWN, ON, Moment, moment_of
from offices.models import Office, User
from offices.permissions import Permission, may
from parcels.services.exports import LABELS, ExportFormat
from web.fields import BuddhistDateField


class ExportForm(forms.Form):
    """Whose parcels, as which file, as of when, and whether with their holders."""

    office = forms.ModelChoiceField(
        label=_("Office"), queryset=Office.objects.none(), to_field_name="code", empty_label=None,
        help_text=_("The parcels of a land office, or those within a local authority."),
    )  # fmt: skip
    format = forms.ChoiceField(
        label=_("Kind of file"), widget=forms.RadioSelect, initial=ExportFormat.GPKG.value,
        choices=[(form.value, label) for form, label in LABELS.items()],
    )  # fmt: skip
    on = BuddhistDateField(
        label=_("In force on"), required=False, latest=timezone.localdate,
        help_text=_("Leave empty for today. For example 1/1/2569."),
    )  # fmt: skip
    known = BuddhistDateField(
        label=_("By what the register knew at the end of"), required=False,
        latest=timezone.localdate,
        help_text=_("Leave empty for what it knows now."),
    )  # fmt: skip
    with_owners = forms.BooleanField(
        label=_("With the names of holders"), required=False,
        help_text=_("Only where your work needs them. The audit trail keeps who took them."),
    )  # fmt: skip

    def __init__(self, *args: Any, person: User, offices: QuerySet[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._person = person
        office = self.fields["office"]
        assert isinstance(office, forms.ModelChoiceField)
        office.queryset = offices

    def clean(self) -> dict[str, Any]:
        """Holders are for whoever may see them in that office."""
        said = super().clean() or {}
        office, holders = said.get("office"), said.get("with_owners")
        if office and holders and not may(self._person, Permission.VIEW_OWNERS, office):
            self.add_error("with_owners", ValidationError(
                gettext("You may not see holders in this office. Order it without them.")
            ))  # fmt: skip
        return said

    def moment(self) -> Moment:
        """The moment asked for; of a valid form."""
        asked = {name: day.isoformat() for name in (ON, KNOWN) if (day := self.cleaned_data[name])}
        return moment_of(asked, now=timezone.now())

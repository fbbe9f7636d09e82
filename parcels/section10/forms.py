"""The form that sends a package."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from offices.models import LandOffice, LocalAuthority, Office

BE = 543


class PackageForm(forms.Form):
    """A package, for whom it is and whose register it changes."""

    file = forms.FileField(
        label=_("Package"), help_text=_("The ZIP file as it came from the Department of Lands.")
    )
    authority = forms.ModelChoiceField(
        label=_("Local authority"), queryset=LocalAuthority.objects.order_by("code"),
        to_field_name="code", empty_label=None,
    )  # fmt: skip
    office = forms.ModelChoiceField(
        label=_("Land office whose register changes"),
        queryset=LandOffice.objects.order_by("code"), to_field_name="code", empty_label=None,
    )  # fmt: skip
    month = forms.RegexField(
        r"^\s*\d{1,2}/\d{4}\s*$", label=_("Month"), required=False, max_length=10,
        help_text=_("Month and year of the Buddhist Era, such as 1/2569."),
    )  # fmt: skip

    def __init__(self, *args: Any, offices: QuerySet[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offices = offices

    def clean_month(self) -> date | None:
        text = self.cleaned_data["month"].strip()
        if not text:
            return None
        month, year = map(int, text.split("/"))
        try:
            return date(year - BE, month, 1)
        except ValueError:
            raise ValidationError(gettext("There is no such month.")) from None

    def clean(self) -> dict[str, Any]:
        """Somebody of one of the two offices sends it."""
        said = super().clean() or {}
        named = {each.pk for each in (said.get("authority"), said.get("office")) if each}
        if len(named) == 2 and not self._offices.filter(pk__in=named).exists():
            raise ValidationError(
                gettext("You may import for neither of these offices. Choose one of your own.")
            )
        return said

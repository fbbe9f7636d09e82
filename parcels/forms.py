from __future__ import annotations

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from offices.models import AdministrativeArea, LocalAuthority
from parcels.services.owners import LookReason
from web.fields import BuddhistDateField


class OwnerLookForm(forms.Form):
    """Why an official looks at owners; a choice, so that no personal data enters the trail."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), *LookReason.choices],
        error_messages={"required": _("Choose why you look: it is written into the audit trail.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False


class SearchForm(forms.Form):
    """One box for everything, and the numbers of a deed in fields of their own."""

    q = forms.CharField(required=False, max_length=200, strip=True)
    deed_number = forms.CharField(label=_("Deed number"), required=False, max_length=60)
    district = forms.ModelChoiceField(
        AdministrativeArea.objects.none(), label=_("District"), required=False,
        empty_label=_("Any district"),
    )  # fmt: skip
    map_sheet = forms.CharField(
        label=_("Map sheet"), required=False, max_length=60,
        help_text=_("As on the deed, for example 5136 III 6618-14"),
    )  # fmt: skip
    land_number = forms.CharField(label=_("Land number"), required=False, max_length=60)
    tax_parcel_code = forms.CharField(
        label=_("Tax parcel code"), required=False, max_length=60,
        help_text=_("As on the tax notice, for example 01A001"),
    )  # fmt: skip
    local_authority = forms.ModelChoiceField(
        LocalAuthority.objects.none(), label=_("Local authority"), required=False,
        empty_label=_("Any local authority"), to_field_name="code",
    )  # fmt: skip
    day = BuddhistDateField(
        label=_("As it was on"), required=False, latest=localdate,
        help_text=_("Leave empty for today. For example 1/3/2567."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        districts = AdministrativeArea.objects.filter(level="district").order_by("name_th")
        self.fields["district"].queryset = districts  # type: ignore[attr-defined]
        authorities = LocalAuthority.objects.order_by("name_th")
        self.fields["local_authority"].queryset = authorities  # type: ignore[attr-defined]

"""What is asked to print notices, to record their receipt, and to set up letters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from taxmap.models import Delivery, Letterhead, NoticeKind, TaxpayerAddress
from taxmap.paper.notices.envelope import envelopes
from taxmap.services.notice_delivery import codes_in
from taxmap.services.notices import PER_PART, Selection
from web.fields import BuddhistDateField
from web.formats import format_year

LANGUAGES = (("th", _("Thai")), ("en", _("English")))


class BatchForm(forms.Form):
    """Which letters, of which bills."""

    kind = forms.ChoiceField(label=_("Letter"), choices=NoticeKind.choices)
    tax_year = forms.TypedChoiceField(label=_("Tax year"), coerce=int)
    area = forms.ChoiceField(label=_("Zone and block"), required=False)
    first = forms.IntegerField(label=_("From bill number"), min_value=1, required=False)
    last = forms.IntegerField(label=_("To bill number"), min_value=1, required=False)
    not_yet = forms.BooleanField(
        label=_("only where no receipt is recorded yet"), required=False, initial=True
    )
    with_nothing = forms.BooleanField(label=_("also bills of nothing"), required=False)
    language = forms.ChoiceField(label=_("Language of the letters"), choices=LANGUAGES)
    dated = BuddhistDateField(label=_("Date of the letters"))
    per_part = forms.IntegerField(
        label=_("Letters in each file, at most"), min_value=1, max_value=500, initial=PER_PART
    )

    def __init__(self, *args: Any, years: list[int], blocks: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year, area = self.fields["tax_year"], self.fields["area"]
        assert isinstance(year, forms.TypedChoiceField)
        assert isinstance(area, forms.ChoiceField)
        year.choices = [(each, format_year(each)) for each in years]
        zones = sorted({block[:2] for block in blocks})
        area.choices = [("", _("all")), *((each, each) for each in sorted([*zones, *blocks]))]

    def selection(self) -> Selection:
        """What was asked, checked."""
        asked = self.cleaned_data
        return Selection(
            area=asked["area"], first=asked["first"], last=asked["last"],
            with_tax=not asked["with_nothing"], not_yet=asked["not_yet"],
        )  # fmt: skip


class PreviewForm(forms.Form):
    """One letter to look at."""

    number = forms.IntegerField(label=_("Bill number"), min_value=1, max_value=2**31 - 1)
    year = forms.IntegerField(min_value=1, max_value=9999)
    kind = forms.ChoiceField(label=_("Letter"), choices=NoticeKind.choices)
    language = forms.ChoiceField(label=_("Language of the letters"), choices=LANGUAGES)


class ReceivedForm(forms.Form):
    """Codes of letters, scanned one after another, and how and when they were received."""

    codes = forms.CharField(
        label=_("Codes of the letters"), max_length=30_000,
        help_text=_("Scan the barcode beside the address, one after another, or type its digits."),
        widget=forms.Textarea(attrs={"rows": 8, "inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    delivery = forms.ChoiceField(label=_("How they were delivered"), choices=Delivery.choices)
    on = BuddhistDateField(label=_("Received on"), required=False)
    registered_number = forms.CharField(
        label=_("Number of registered post"), max_length=20, required=False,
        help_text=_("Only for a single letter."),
    )  # fmt: skip

    def clean_codes(self) -> list[str]:
        codes = codes_in(self.cleaned_data["codes"])
        if not codes:
            raise ValidationError(_("Scan or type at least one code."))
        return codes

    def clean(self) -> None:
        super().clean()
        returned = self.cleaned_data.get("delivery") == Delivery.RETURNED
        if not returned and "on" not in self.errors and not self.cleaned_data.get("on"):
            self.add_error("on", _("Enter the day on which the letters were received."))
        if returned:
            self.cleaned_data["on"] = None


class LetterheadForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who writes, signs and is paid."""

    class Meta:
        model = Letterhead
        fields = (
            "department", "telephone", "document_prefix", "signer_name", "signer_position",
            "pay_at", "biller_id", "envelope",
        )  # fmt: skip
        help_texts = {
            "biller_id": _("Without it letters carry no QR code and no barcode for payment."),
            "envelope": _("Measures were not verified: lay a printed letter into your envelope."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["envelope"] = forms.ChoiceField(
            label=_("Envelope"), help_text=self.fields["envelope"].help_text,
            choices=[(key, each.name) for key, each in envelopes().items()],
        )  # fmt: skip


class AddressForm(forms.ModelForm):  # type: ignore[type-arg]
    """Where the letters of a taxpayer go."""

    email_agreed_on = BuddhistDateField(label=_("agreed to e-mail on"), required=False)

    class Meta:
        model = TaxpayerAddress
        fields = ("line_1", "line_2", "postcode", "email", "email_agreed_on")

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("email_agreed_on") and not self.cleaned_data.get("email"):
            self.add_error("email", _("Enter the address that the taxpayer agreed to."))

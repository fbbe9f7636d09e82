"""What a cashier types."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadastre.payments.bank_report import LARGEST_FILE
from taxmap.models import Means, MoneyRequest
from taxmap.services.payments import Tender
from web.fields import BahtField, BuddhistDateField


class _Form(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)


class TenderForm(_Form):
    """An amount, how it is paid, and what belongs to that way."""

    amount = BahtField(label=_("Amount to pay"))
    means = forms.ChoiceField(
        label=_("Means of payment"), choices=Means.choices, widget=forms.RadioSelect,
        initial=Means.CASH,
    )  # fmt: skip
    tendered = BahtField(
        label=_("Cash received"), required=False,
        help_text=_("The change is worked out and printed on the receipt."),
    )  # fmt: skip
    cheque_number = forms.CharField(label=_("Cheque number"), max_length=10, required=False)
    cheque_bank = forms.CharField(label=_("Bank of the cheque"), max_length=60, required=False)
    cheque_on = BuddhistDateField(
        label=_("Date of the cheque"), required=False, latest=timezone.localdate
    )

    def tender(self) -> Tender:
        """What is handed over; only cash has change, only a cheque a number."""
        data = self.cleaned_data
        is_cash, is_cheque = data["means"] == Means.CASH, data["means"] == Means.CHEQUE
        return Tender(
            means=Means(data["means"]),
            amount_satang=data["amount"],
            tendered_satang=(data["tendered"] or None) if is_cash else None,
            cheque_number=data["cheque_number"] if is_cheque else "",
            cheque_bank=data["cheque_bank"] if is_cheque else "",
            cheque_on=data["cheque_on"] if is_cheque else None,
        )


class WaiverForm(_Form):
    component = forms.ChoiceField(
        label=_("What is waived"), choices=MoneyRequest.Component.choices
    )  # fmt: skip
    amount = BahtField(label=_("Amount"))
    reason = forms.CharField(label=_("Reason and order"), max_length=300)


class RefundForm(_Form):
    amount = BahtField(label=_("Amount"))
    pay_to = forms.CharField(label=_("Account to pay it to"), max_length=120)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class ReasonForm(_Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class CashUpForm(_Form):
    """What was counted, by means of payment."""

    cash = BahtField(label=_("Cash counted"))
    cheque = BahtField(label=_("Cheques counted"))
    qr = BahtField(label=_("QR payments counted"))
    transfer = BahtField(label=_("Bank transfers counted"))
    explanation = forms.CharField(
        label=_("Explanation of a difference"), max_length=300, required=False
    )

    def counted(self) -> dict[str, int]:
        return {means: self.cleaned_data[means] for means in Means.values}


class BankFileForm(_Form):
    file = forms.FileField(label=_("Report of the bank"))

    def clean_file(self) -> Any:
        """No larger than a hundred thousand lines."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise ValidationError(_("This file is larger than any report of a bank."))
        return file


class LineForm(_Form):
    """A bill for money in suspense, or an account to send it back to."""

    reference = forms.CharField(label=_("Reference of the bill"), max_length=60, required=False)
    pay_to = forms.CharField(label=_("or account to return it to"), max_length=120, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300)

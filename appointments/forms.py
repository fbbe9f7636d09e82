"""The one form that a citizen fills in, and that of the office for a closing day."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.contact import LONGEST_NAME, name_typed, phone_typed
from cadastre.errors import LandError


def _read(text: str, typed: Callable[[str], str]) -> str:
    try:
        return typed(text)
    except LandError as error:
        raise forms.ValidationError(error.render(gettext), code=error.code) from error


class ContactForm(forms.Form):
    """Name and telephone number; nothing else is asked."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("As it is to be called out at the counter."),
        max_length=200,
        error_messages={"required": _("Enter the name of the person who will come.")},
        widget=forms.TextInput({"autocomplete": "name", "maxlength": None}),
    )
    phone = forms.CharField(
        label=_("Telephone"),
        help_text=_("The office calls only if it has to close. For example 081-234-5678."),
        max_length=40,
        error_messages={"required": _("Enter a telephone number.")},
        widget=forms.TextInput(
            {"type": "tel", "autocomplete": "tel", "maxlength": None, "class": "input--medium"}
        ),
    )

    def clean_name(self) -> str:
        return _read(self.cleaned_data["name"], name_typed)

    def clean_phone(self) -> str:
        return _read(self.cleaned_data["phone"], phone_typed)


class ClosingForm(forms.Form):
    """Why the office is closed on a day."""

    reason = forms.CharField(
        label=_("Reason, as citizens will read it"),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Enter the reason.")},
    )

"""The forms that a citizen fills in, and that of the office for a closing day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.contact import LONGEST_NAME, name_typed, phone_typed
from appointments.models import Need, ServiceDocument
from appointments.public import day_asked
from appointments.services.offers import Visit
from cadastre.errors import LandError


def _read(text: str, typed: Callable[[str], Any]) -> Any:
    try:
        return typed(text)
    except LandError as error:
        raise forms.ValidationError(error.render(gettext), code=error.code) from error


class PersonForm(forms.Form):
    """Name and telephone number; an e-mail address where messages can be sent."""

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
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("For the address of your ticket and a reminder the day before."),
        max_length=200,
        required=False,
        error_messages={"invalid": _("Enter an e-mail address such as name@example.org.")},
        widget=forms.EmailInput({"autocomplete": "email", "maxlength": None}),
    )
    people = forms.IntegerField(
        label=_("How many people come"),
        required=False,
        min_value=1,
        widget=forms.NumberInput({"inputmode": "numeric", "class": "input--short"}),
    )

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = min(service.most_people for service in visit.services)
        people = self.fields["people"]
        assert isinstance(people, forms.IntegerField)
        people.initial = 1
        people.help_text = _("At most {most}. Ask the office if more have to come.").format(
            most=most
        )
        people.max_value = most
        people.widget.attrs |= {"min": 1, "max": most}
        people.validators.append(MaxValueValidator(
            most, gettext("At most {most} people can come to one visit.").format(most=most)
        ))  # fmt: skip
        if not settings.CHANOT_MESSAGES:
            del self.fields["email"]

    def clean_name(self) -> str:
        return str(_read(self.cleaned_data["name"], name_typed))

    def clean_phone(self) -> str:
        return str(_read(self.cleaned_data["phone"], phone_typed))

    def person(self) -> dict[str, Any]:
        """Name, telephone, e-mail and how many come, as a booking keeps them."""
        typed = self.cleaned_data
        return {
            "name": typed["name"], "phone": typed["phone"], "email": typed.get("email", ""),
            "people": typed["people"] or 1,
        }  # fmt: skip


class ContactForm(PersonForm):
    """Who comes to a visit, what the office is to prepare, and which papers are ready."""

    needs = forms.MultipleChoiceField(
        label=_("What the office prepares"),
        choices=Need.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    documents = forms.MultipleChoiceField(
        label=_("Papers to bring: tick what you have"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        super().__init__(*args, visit=visit, **kwargs)
        papers = ServiceDocument.objects.filter(service__in=visit.services)
        choices = [(str(paper.pk), _paper(paper)) for paper in papers]
        if choices:
            self.fields["documents"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["documents"]

    def details(self) -> dict[str, Any]:
        """All of it as fields of a booking."""
        typed = self.cleaned_data
        return self.person() | {
            "needs": typed["needs"],
            "documents_ready": [int(pk) for pk in typed.get("documents", [])],
        }


def _paper(paper: ServiceDocument) -> str:
    return f"{paper.name} ({paper.when})" if paper.when else paper.name


class WaitingForm(PersonForm):
    """Who waits for a place, and on which days it would do."""

    first_day = forms.CharField(
        label=_("From"), widget=forms.DateInput({"type": "date", "class": "input--medium"})
    )
    last_day = forms.CharField(
        label=_("Until"), widget=forms.DateInput({"type": "date", "class": "input--medium"})
    )

    def clean_first_day(self) -> date:
        return self._day("first_day")

    def clean_last_day(self) -> date:
        return self._day("last_day")

    def _day(self, name: str) -> date:
        day: date = _read(self.cleaned_data[name], lambda text: day_asked(text, (name,)))
        return day


class CodeForm(forms.Form):
    """The one-time code of a booking."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        error_messages={"required": _("Enter the code that was sent to you.")},
        widget=forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "input--short"}
        ),
    )


class ClosingForm(forms.Form):
    """Why the office is closed on a day."""

    reason = forms.CharField(
        label=_("Reason, as citizens will read it"),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Enter the reason.")},
    )

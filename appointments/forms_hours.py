"""Forms by which a manager changes the hours of an office."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.models import CounterGroup, OpeningHours, SpecialOpening
from appointments.public import day_asked
from cadastre.errors import LandError
from offices.models.office import Office

_TIME = {"type": "time", "class": "input--short"}


class DayField(forms.CharField):
    """A Gregorian day as browsers send it; one of the Buddhist era is refused in words."""

    widget = forms.DateInput({"type": "date", "class": "input--medium"})

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return day_asked(text, ("day",))
        except LandError as error:
            raise forms.ValidationError(error.render(gettext), code=error.code) from error


class HoursForm(forms.ModelForm):  # type: ignore[type-arg] # no subscript at run time
    """What both kinds of hours have: counters, and when they open and close."""

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group = self.fields["group"]
        assert isinstance(group, forms.ModelChoiceField)
        group.queryset = CounterGroup.objects.filter(office=office)
        for name in ("opens_at", "closes_at"):
            self.fields[name].widget = forms.TimeInput(_TIME, format="%H:%M")

    def _get_validation_exclusions(self) -> set[str]:
        # The constraints of the model name the office, which is no field of the form.
        exclude: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclude - {"office"}


class WeeklyForm(HoursForm):
    """Hours of one weekday."""

    first_day = DayField(label=_("From"), required=False)
    last_day = DayField(label=_("Until"), required=False)

    class Meta:
        model = OpeningHours
        fields = ("weekday", "opens_at", "closes_at", "group", "first_day", "last_day",
                  "every_weeks", "public_counters", "internal_counters")  # fmt: skip

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, office=office, **kwargs)
        self.instance.office = office
        group = self.fields["group"]
        assert isinstance(group, forms.ModelChoiceField)
        group.empty_label = gettext("all counters of the office")


class SpecialForm(HoursForm):
    """Hours of one day instead of the weekly ones; with a place, a mobile office."""

    day = DayField(label=_("Day"))

    class Meta:
        model = SpecialOpening
        fields = ("group", "day", "opens_at", "closes_at", "place_th", "place_en")

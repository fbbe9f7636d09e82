"""The calendar that a local authority announces, and the price file that it takes in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cadastre.errors import LandError
from taxmap.models import TaxYear
from taxmap.services.year import STEPS
from web.era import parse_date
from web.fields import BuddhistDateField
from web.formats import format_date

LARGEST_PRICE_FILE = 200 * 2**20


class CalendarForm(forms.Form):
    """The last day of every step, as the authority announced it."""

    def __init__(self, *args: Any, tax_year: TaxYear, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        for column in STEPS.values():
            label = TaxYear._meta.get_field(column).verbose_name  # type: ignore[union-attr]
            self.fields[column] = BuddhistDateField(
                label=label, initial=getattr(tax_year, column)
            )  # fmt: skip
        instalments = ", ".join(format_date(day, "short") for day in tax_year.instalments_on)
        self.fields["instalments_on"] = forms.CharField(
            label=_("Instalments"), initial=instalments, max_length=200,
            help_text=_("The last day of each instalment, separated by commas."),
        )  # fmt: skip
        self.fields["announcement"] = forms.CharField(
            label=_("Announcement"), initial=tax_year.announcement, max_length=200,
            help_text=_("Name, number and day of the announcement that sets these days."),
            error_messages={"required": _("Name the announcement that sets these days.")},
        )  # fmt: skip

    def clean_instalments_on(self) -> list[date]:
        """The days, in the order in which they were written."""
        try:
            return [
                parse_date(part)
                for part in self.cleaned_data["instalments_on"].split(",")
                if part.strip()
            ]
        except LandError:
            raise ValidationError(
                _("Write the days like this: 30/6/2569, 31/7/2569, 31/8/2569.")
            ) from None

    def days(self) -> dict[str, date]:
        """The day of each step by its column."""
        return {column: self.cleaned_data[column] for column in STEPS.values()}


class PriceFileForm(forms.Form):
    """A price list and the day from which it holds."""

    file = forms.FileField(
        label=_("Price list (CSV)"),
        help_text=_(
            "As the Treasury Department publishes it, in UTF-8 or TIS-620. "
            "What the list prices is told by its first line."
        ),
    )
    valid_from = BuddhistDateField(label=_("The prices hold from"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_PRICE_FILE:
            raise ValidationError(_("This file is larger than 200 MB. Send it in parts."))
        return file

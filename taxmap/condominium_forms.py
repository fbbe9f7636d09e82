"""What an officer writes about a condominium and its units."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.models import Office
from parcels.models import BAUnit, Parcel
from taxmap.forms import NumberField
from taxmap.models import Condominium, CondominiumUnit
from taxmap.services.units import FlatFact


class CondominiumForm(forms.Form):
    """A condominium as it is registered."""

    registration = forms.CharField(label=_("Registration number"), max_length=30)
    name = forms.CharField(label=_("Name of the condominium"), max_length=160)

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self.office = office

    def clean_registration(self) -> str:
        """One authority registers a number once."""
        number = str(self.cleaned_data["registration"]).strip()
        known = Condominium.objects.filter(local_authority=self.office, registration=number)
        if known.exists():
            raise ValidationError(_("This condominium is registered already."))
        return number


class FlatForm(forms.Form):
    """A unit of a condominium, the ground it stands on, and its title."""

    parcel_code = forms.CharField(label=_("Tax parcel code of the plot"), max_length=30)
    number = forms.CharField(label=_("Number of the unit"), max_length=30)
    building = forms.CharField(label=_("Building"), max_length=30, required=False)
    floor = forms.CharField(label=_("Floor"), max_length=10)
    floor_area_m2 = NumberField(label=_("Floor area in square metres"), decimals=2)
    deed_number = forms.CharField(
        label=_("Title number"), max_length=30, required=False,
        help_text=_("Without a title the unit is on the list of units without an owner."),
    )  # fmt: skip

    def __init__(self, *args: Any, condominium: Condominium, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self.condominium = condominium
        self.parcel: Parcel | None = None
        self.title: BAUnit | None = None

    def clean_parcel_code(self) -> str:
        """The ground is a parcel of the authority that exists today."""
        code = str(self.cleaned_data["parcel_code"]).strip().upper()
        self.parcel = Parcel.objects.filter(
            local_authority=self.condominium.local_authority, tax_parcel_code=code,
            valid_during__contains=timezone.localdate(),
        ).first()  # fmt: skip
        if self.parcel is None:
            raise ValidationError(_("The tax map knows no plot with this code."))
        return code

    def clean_number(self) -> str:
        """A number is given once in a condominium."""
        number = str(self.cleaned_data["number"]).strip()
        known = CondominiumUnit.objects.filter(condominium=self.condominium, number=number)
        if known.exists():
            raise ValidationError(_("This unit is registered already."))
        return number

    def clean_floor_area_m2(self) -> Any:
        area = self.cleaned_data["floor_area_m2"]
        if area <= 0:
            raise ValidationError(pgettext_lazy("floor", "The area must be larger than zero."))
        return area

    def clean_deed_number(self) -> str:
        """Exactly one title of today has this number."""
        number = str(self.cleaned_data["deed_number"]).strip()
        if number:
            found = list(BAUnit.objects.filter(
                deed_number=number, valid_during__contains=timezone.localdate(),
                office__province=self.condominium.local_authority.province_id,
            )[:2])  # fmt: skip
            if len(found) != 1:
                raise ValidationError(_("There is not exactly one title with this number."))
            self.title = found[0]
        return number

    def flat(self) -> FlatFact:
        """The unit as the services take it."""
        given = self.cleaned_data
        return FlatFact(
            given["number"], given["floor"], given["floor_area_m2"], given["building"], self.title
        )

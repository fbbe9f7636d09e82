"""The fields of a tax estimate: one owner, properties, their buildings.

Fields that play no part for the chosen kind or use are hidden by the page and ignored here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cadastre.area import Area
from cadastre.digits import typed_text
from cadastre.tax import Kind, Owner, Relief, Use
from cadastre.tax.money import baht_text
from taxmap.models import Structure, TaxUse
from web.fields import BahtField, RaiNganWaField
from web.formats import format_year

FIRST_TAX_YEAR = 2020
MIXED = "mixed"
LAND_KINDS = {Kind.LAND, Kind.LAND_AND_BUILDING}
BUILDING_KINDS = {Kind.LAND_AND_BUILDING, Kind.BUILDING}

OWNERS = [
    (Owner.INDIVIDUAL, _("A person, or several persons together")),
    (Owner.JURISTIC, _("A company or another juristic person")),
    (Owner.STATE, _("The state, for public use")),
]
KINDS = [
    (Kind.LAND_AND_BUILDING, _("Land with a building")),
    (Kind.LAND, _("Land without a building")),
    (Kind.BUILDING, _("A building on somebody else's land")),
    (Kind.CONDOMINIUM_UNIT, _("A condominium unit")),
]
USES = [
    (TaxUse.MAIN_HOME, _("Main home, where I am in the house registration")),
    (TaxUse.RESIDENTIAL, _("Other dwelling, also rented out to live in")),
    (TaxUse.AGRICULTURE, _("Agriculture")),
    (TaxUse.OTHER, _("Shop, office, factory and other uses")),
    (TaxUse.VACANT, _("Vacant or unused")),
    (MIXED, _("Several uses")),
]
RELIEFS = [
    ("", _("None")),
    (Relief.INHERITED_HOME, _("Home inherited and registered before 13 March 2019")),
    (Relief.POWER_PLANT, _("Power plant")),
    (Relief.DAM, _("Dam that generates power")),
    (Relief.NPA, _("Property that a financial institution holds for sale")),
    (Relief.PROJECT_IN_DEVELOPMENT, _("Housing, condominium or industrial estate being built")),
    (Relief.PRIVATE_SCHOOL, _("Private school or university")),
]


StrOrPromise = str | Promise


class NumberField(forms.CharField):
    """A number of zero or more as people type it: Thai digits and commas are taken."""

    default_error_messages = {
        "required": _("Enter a number."),
        "invalid": _("Write a number such as 120 or 120.5."),
        "whole": _("Write a whole number such as 12."),
        "too_large": _("This number is too large. Check the digits."),
    }

    def __init__(
        self, *, decimals: int = 0, most: int = 99_999_999, **kw: Any
    ) -> None:  # fmt: skip
        self.decimals, self.most = decimals, most
        super().__init__(**kw)
        mode = "decimal" if decimals else "numeric"
        self.widget.attrs |= {"class": "input--short", "inputmode": mode, "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        """A `Decimal`, or an int where no decimals are taken; None for an empty field."""
        text = typed_text(super().clean(value) or "").replace(",", "")
        if not text:
            return None
        part = rf"(\.\d{{1,{self.decimals}}})?" if self.decimals else ""
        if not re.fullmatch(rf"\d{{1,15}}{part}", text, re.ASCII):
            raise ValidationError(self.error_messages["invalid" if self.decimals else "whole"])
        if Decimal(text) > self.most:
            raise ValidationError(self.error_messages["too_large"])
        return Decimal(text) if self.decimals else int(text)


class QuietForm(forms.Form):
    """A form that can show what was typed without finding fault with it yet."""

    asked: tuple[str, ...] = ()
    """Fields that look required; the form itself decides when they are."""

    def __init__(self, *args: Any, quiet: bool = False, **kwargs: Any) -> None:
        self.quiet = quiet
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self._mark_asked(required=True)

    def _mark_asked(self, *, required: bool) -> None:
        for name in self.asked:
            self.fields[name].required = required

    def full_clean(self) -> None:
        """Nothing is checked while the reader only adds or removes a part."""
        self._mark_asked(required=False)
        super().full_clean()
        self._mark_asked(required=True)
        if self.quiet:
            self._errors = ErrorDict()

    def need(self, *names: str) -> None:
        """Find fault with these fields where they are empty and not yet faulty."""
        for name in names:
            if name not in self.errors and self.cleaned_data.get(name) is None:
                self.add_error(name, self.fields[name].error_messages["required"])


class OwnerForm(QuietForm):
    tax_year = forms.TypedChoiceField(label=_("Tax year"), coerce=int)
    owner = forms.ChoiceField(
        label=_("Owner on 1 January of the tax year"), choices=OWNERS, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = self.fields["tax_year"]
        assert isinstance(year, forms.ChoiceField)
        year.choices = [(each, format_year(each)) for each in years]
        year.widget.attrs["class"] = "input--short"


class BuildingForm(QuietForm):
    """A building, or the floor of a condominium unit."""

    asked = ("structure", "floor_area_m2", "price_per_m2", "age_years")

    structure = forms.ChoiceField(
        label=_("Structure"), choices=[("", _("Choose")), *Structure.choices], required=False,
        error_messages={"required": _("Choose the structure.")},
    )  # fmt: skip
    floor_area_m2 = NumberField(label=_("Floor area"), decimals=4, required=False)
    price_per_m2 = BahtField(
        label=_("Appraised price per square metre"), required=False,
        help_text=_("From the Treasury Department's list of building prices."),
    )  # fmt: skip
    age_years = NumberField(
        label=_("Age in whole years"), most=500, required=False,
        help_text=_("A building of less than a year is 0 years old."),
    )  # fmt: skip

    def is_empty(self) -> bool:
        """Whether nothing at all was typed."""
        return not any(str(self.data.get(self.add_prefix(n)) or "").strip() for n in self.fields)

    def check(self, kind: str) -> None:
        """What a building of a property of this kind needs."""
        self.need("floor_area_m2", "price_per_m2")
        if kind in BUILDING_KINDS:
            if not self.cleaned_data.get("structure"):
                self.add_error("structure", self.fields["structure"].error_messages["required"])
            self.need("age_years")

    def declared(self, kind: str) -> dict[str, Any]:
        """This building as the declaration has it."""
        given = self.cleaned_data
        part: dict[str, Any] = {
            "floor_area_m2": str(given["floor_area_m2"]),
            "price_per_m2": baht_text(given["price_per_m2"]),
        }
        if kind in BUILDING_KINDS:
            part |= {"structure": given["structure"], "age_years": given["age_years"]}
        return part


def _share(label: StrOrPromise) -> NumberField:
    return NumberField(label=label, decimals=4, most=100, required=False)


class PropertyForm(QuietForm):
    asked = ("area", "price_per_wa", *(f"share_{use.value}" for use in Use), "years_vacant")
    kind = forms.ChoiceField(label=_("What is it?"), choices=KINDS, widget=forms.RadioSelect)
    use = forms.ChoiceField(label=_("What is it used for?"), choices=USES)
    share_main_home = _share(_("Main home, percent"))
    share_residential = _share(_("Other dwelling, percent"))
    share_agriculture = _share(_("Agriculture, percent"))
    share_other = _share(_("Shop, office and other, percent"))
    share_vacant = _share(_("Vacant, percent"))
    area = RaiNganWaField(label=_("Area on the deed"), required=False)
    price_per_wa = BahtField(
        label=_("Appraised price per square wa"), required=False,
        help_text=_("The Treasury Department's price, as announced by the local authority."),
    )  # fmt: skip
    appraised_value = BahtField(
        label=_("Appraised value of the whole property"), required=False,
        help_text=_(
            "Only if you know it already, from your list of property (P.D.S. 3). "
            "Then leave land and buildings empty."
        ),
    )  # fmt: skip
    in_house_registration = forms.BooleanField(
        label=_("My name was in the house registration here on 1 January"), required=False
    )
    years_vacant = NumberField(
        label=_("Years in a row without use"), most=500, required=False,
        help_text=_("The tax year counts: 4 means the fourth year."),
    )  # fmt: skip
    relief = forms.ChoiceField(label=_("Reduction that applies"), choices=RELIEFS, required=False)
    adjoins = forms.BooleanField(
        label=_("It adjoins the property before it, and both are used together"), required=False
    )
    possessed = forms.BooleanField(
        label=_("It belongs to the state; I possess or use it"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """What the kind and the use ask for."""
        given = super().clean() or {}
        kind = given.get("kind")
        if kind in LAND_KINDS and given.get("appraised_value") is None:
            self.need("area", "price_per_wa")
        if given.get("use") == MIXED and not any(f.startswith("share_") for f in self.errors):
            total = sum(share for _use, share in self.shares())
            if total != 100:
                text = gettext("The shares add up to {total} percent. They must add up to 100.")
                self.add_error("use", text.format(total=f"{total.normalize():f}" if total else 0))
        return given

    def shares(self) -> list[tuple[str, Decimal]]:
        """The uses of a mixed property with their percent."""
        found = [(use.value, self.cleaned_data.get(f"share_{use.value}")) for use in Use]
        return [(use, share) for use, share in found if share]

    def uses(self) -> set[str]:
        """Every use that the property is put to."""
        use = self.cleaned_data.get("use", "")
        return {each for each, _share in self.shares()} if use == MIXED else {use}

    def declared(self, owner: str, buildings: list[BuildingForm]) -> dict[str, Any]:
        """This property as the declaration has it."""
        given = self.cleaned_data
        kind, uses, value = given["kind"], self.uses(), given["appraised_value"]
        part: dict[str, Any] = {"kind": kind, "relief": given["relief"] or None}
        part["possessed"] = given["possessed"]
        if given["use"] == MIXED:
            part["uses"] = [{"use": use, "share": str(share)} for use, share in self.shares()]
        else:
            part["use"] = given["use"]
        if Use.MAIN_HOME in uses and owner == Owner.INDIVIDUAL:
            part["in_house_registration"] = given["in_house_registration"]
        if Use.VACANT in uses:
            part["years_vacant"] = given["years_vacant"] or 0
        if kind in LAND_KINDS and given["area"] is not None:
            part["land"] = _land(given["area"], given["price_per_wa"] or 0)
        if kind != Kind.LAND and buildings:
            part["buildings"] = [each.declared(kind) for each in buildings]
        if value is not None:
            part["appraised_value"] = baht_text(value)
        return part


def _land(area: Area, satang_per_wa: int) -> dict[str, Any]:
    rai, ngan, wa = area.to_rai(Decimal("0.0001"))
    return {"rai": rai, "ngan": ngan, "wa": f"{wa:f}", "price_per_wa": baht_text(satang_per_wa)}

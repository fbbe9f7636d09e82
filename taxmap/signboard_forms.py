"""What an officer writes about a signboard."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offices.models import Office
from parcels.models import Party, Right
from taxmap.forms import NumberField
from taxmap.models import Lettering, Signboard, ValuationUnit
from taxmap.services.signboards import SignFact
from web.fields import BuddhistDateField, CoordinateField

PLOT, SAME, NEW = "plot", "same", "new"
OWNERS = [
    (PLOT, _("The owner of the plot")),
    (SAME, _("The owner of another signboard")),
    (NEW, _("Somebody else, named below")),
]


class SignboardForm(forms.Form):
    """A sign with where it hangs and whose it is."""

    parcel_code = forms.CharField(
        label=_("Tax parcel code of the plot"), max_length=30, required=False,
        help_text=_("Empty for a sign that hangs on no plot."),
    )  # fmt: skip
    lettering = forms.ChoiceField(label=_("Type"), choices=Lettering.choices)
    text = forms.CharField(
        label=_("What it says"), max_length=200,
        error_messages={"required": _("Write what the sign says.")},
    )  # fmt: skip
    width_cm = NumberField(label=_("Width in centimetres"), most=100_000)
    height_cm = NumberField(label=_("Height in centimetres"), most=100_000)
    sides = NumberField(label=_("Sides"), most=20, initial=1)
    since = BuddhistDateField(label=_("Hangs since"), latest=timezone.localdate)
    place = CoordinateField(
        label=_("Place"), required=False,
        help_text=_("Latitude and longitude, if it is not on a plot or hard to find."),
    )  # fmt: skip
    owner = forms.ChoiceField(label=_("Owner"), choices=OWNERS, widget=forms.RadioSelect)
    same_as = forms.CharField(label=_("Code of the other signboard"), max_length=30, required=False)
    kind = forms.ChoiceField(
        label=_("The owner is"), required=False,
        choices=[(each.value, each.label) for each in (
            Party.Kind.INDIVIDUAL, Party.Kind.JURISTIC, Party.Kind.STATE,
        )],
    )  # fmt: skip
    title = forms.CharField(label=_("Prefix"), max_length=60, required=False)
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    surname = forms.CharField(label=_("Surname"), max_length=120, required=False)

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self.office = office
        self.unit: ValuationUnit | None = None
        self.party: Party | None = None

    def clean_parcel_code(self) -> str:
        """The plot must be one of the authority's."""
        code = str(self.cleaned_data["parcel_code"]).replace("\x00", "").strip().upper()
        if code:
            self.unit = (
                ValuationUnit.objects.filter(
                    local_authority=self.office, parcel__tax_parcel_code=code, owner=None,
                    condominium_unit=None, parcel__valid_during__contains=timezone.localdate(),
                ).select_related("parcel").first()
            )  # fmt: skip
            if self.unit is None:
                raise ValidationError(_("The tax map knows no plot with this code."))
        return code

    def clean(self) -> dict[str, Any]:
        """Whose sign it is; a new owner is stored only with the sign."""
        given = super().clean() or {}
        for name in ("width_cm", "height_cm", "sides"):
            if given.get(name) == 0:
                self.add_error(name, _("Enter a number above zero."))
        finders = {PLOT: self._plot_owner, SAME: self._same_owner, NEW: self._new_owner}
        if (choice := given.get("owner")) in finders:
            finders[choice](given)
        return given

    def _plot_owner(self, _given: dict[str, Any]) -> None:
        held = Right.objects.filter(
            ba_unit=self.unit.parcel.ba_unit_id if self.unit else None, kind=Right.Kind.OWNERSHIP,
            valid_during__contains=timezone.localdate(),
        ).select_related("party")  # fmt: skip
        owners = [right.party for right in held[:2]]
        if len(owners) != 1:
            self.add_error("owner", _("The plot has not exactly one owner. Name the owner."))
            return
        self.party = owners[0]

    def _same_owner(self, given: dict[str, Any]) -> None:
        code = str(given.get("same_as") or "").replace("\x00", "").strip().upper()
        other = Signboard.objects.filter(local_authority=self.office, code=code).first()
        if other is None:
            self.add_error("same_as", _("There is no signboard with this code."))
            return
        self.party = other.owner

    def _new_owner(self, given: dict[str, Any]) -> None:
        if not given.get("name"):
            self.add_error("name", _("Write the name of the owner."))
            return
        columns = ("kind", "title", "name", "surname")
        self.party = Party(**{name: given.get(name) or "" for name in columns})

    def sign(self) -> SignFact:
        """The sign as the services take it."""
        given = self.cleaned_data
        place = given["place"]
        return SignFact(
            given["lettering"], given["text"], int(given["width_cm"]), int(given["height_cm"]),
            int(given["sides"]), Point(place.lon, place.lat, srid=4326) if place else None,
        )  # fmt: skip


class SignboardEndForm(forms.Form):
    """The day on which a sign came down."""

    ended_on = BuddhistDateField(label=_("Came down on"), earliest=lambda: date(2000, 1, 1))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)

"""What an officer records about a unit, in the field or in the office."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, Polygon
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.models import User
from parcels.models import Party
from taxmap.forms import NumberField
from taxmap.models import Inspection, Structure, TaxUse
from taxmap.services.facts import BuildingFact, Source, UseFact
from web.era import BE_OFFSET
from web.fields import BuddhistDateField

Kind = Inspection.Kind
FIRST_DAY = date(2019, 1, 1)
LARGEST_FOOTPRINT = 100_000  # characters of GeoJSON


class SourceForm(forms.Form):
    """On whose word something is recorded: part of every form of the survey."""

    kind = forms.ChoiceField(
        label=_("Recorded from"),
        choices=[
            (each.value, each.label)
            for each in (Kind.FIELD, Kind.OFFICE, Kind.NOTIFICATION, Kind.OWNER_CORRECTION)
        ],
    )
    inspected_on = BuddhistDateField(
        label=_("Day of the survey, or of receipt"), latest=timezone.localdate
    )  # fmt: skip
    reason = forms.CharField(
        label=_("What was seen, or why it changes"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write in a few words what was seen.")},
    )  # fmt: skip
    reference = forms.CharField(
        label=_("Letter or form number, if any"), max_length=60, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self.initial.setdefault("inspected_on", timezone.localdate())

    def source(self, actor: User) -> Source:
        """The source as the services take it."""
        given = self.cleaned_data
        return Source(
            Kind(given["kind"]), given["inspected_on"], given["reason"], given["reference"], actor
        )


class UsesForm(SourceForm):
    """The uses of a unit from a day on: percent, or the area of each."""

    since = BuddhistDateField(label=_("Used like this since"), earliest=lambda: FIRST_DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for use in TaxUse:
            self.fields[f"share_{use.value}"] = NumberField(
                label=_("Percent"), decimals=4, most=100, required=False
            )
            self.fields[f"area_{use.value}"] = NumberField(
                label=_("Area in square metres"), decimals=2, required=False
            )
        self.fields["registered"] = forms.BooleanField(
            label=_("The owner is in the house registration here"), required=False
        )

    def rows(self) -> Iterable[tuple[str, forms.BoundField, forms.BoundField]]:
        """Each use with its two fields, for the page."""
        for use in TaxUse:
            yield str(use.label), self[f"share_{use.value}"], self[f"area_{use.value}"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not self.uses():
            raise ValidationError(_("Enter the percent or the area of at least one use."))
        return given

    def uses(self) -> list[UseFact]:
        """What was entered; areas win where every use has one."""
        found = []
        for use in TaxUse:
            share = self.cleaned_data.get(f"share_{use.value}") or None
            area = self.cleaned_data.get(f"area_{use.value}") or None
            if share or area:
                found.append(
                    UseFact(use.value, share, area, bool(self.cleaned_data.get("registered")))
                )
        return found


class YearBuiltField(NumberField):
    """A year of either era."""

    def clean(self, value: Any) -> Any:
        """The year of the Common Era."""
        year = super().clean(value)
        if year is not None and year > 2400:
            year -= BE_OFFSET
        if year is not None and not 1782 <= year <= timezone.localdate().year + 1:
            raise ValidationError(_("Enter the year in which it was finished, such as 2560."))
        return year


class BuildingRecordForm(SourceForm):
    """A building as it stands since a day; also what corrects one."""

    type_code = forms.ChoiceField(
        label=_("Type (Treasury Department)"),
        error_messages={"required": _("Choose the type of building.")},
    )
    structure = forms.ChoiceField(label=_("Structure"), choices=Structure.choices)
    floors = NumberField(label=_("Floors"), most=200)
    floor_area_m2 = NumberField(label=_("Floor area in square metres"), decimals=2)
    built_in = YearBuiltField(label=_("Year in which it was finished"))
    since = BuddhistDateField(label=_("Stands like this since"), earliest=lambda: FIRST_DAY)
    footprint = forms.CharField(
        label=_("Outline"), required=False, max_length=LARGEST_FOOTPRINT, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, types: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.types = types
        choice = self.fields["type_code"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("Choose")), *((code, f"{code} {types[code]}") for code in types)]

    def clean_floors(self) -> int:
        floors = int(self.cleaned_data["floors"])
        if floors < 1:
            raise ValidationError(_("A building has at least one floor."))
        return floors

    def clean_floor_area_m2(self) -> Decimal:
        area: Decimal = self.cleaned_data["floor_area_m2"]
        if area <= 0:
            raise ValidationError(pgettext_lazy("floor", "The area must be larger than zero."))
        return area

    def clean_footprint(self) -> Polygon | None:
        text = self.cleaned_data["footprint"].strip()
        if not text:
            return None
        try:
            shape = GEOSGeometry(text, srid=4326)
        except (ValueError, GEOSException, GDALException):
            raise ValidationError(_("The outline cannot be read. Draw it again.")) from None
        if not isinstance(shape, Polygon) or not shape.valid:
            raise ValidationError(_("The outline crosses itself. Draw it again."))
        return shape

    def fact(self) -> BuildingFact:
        """The building as the services take it."""
        given = self.cleaned_data
        return BuildingFact(
            type_code=given["type_code"], type_name=self.types[given["type_code"]],
            structure=given["structure"], floors=given["floors"],
            floor_area_m2=given["floor_area_m2"], built_in=given["built_in"],
            footprint=given["footprint"],
        )  # fmt: skip


class OtherOwnerForm(SourceForm):
    """Whose buildings stand here on somebody else's land."""

    party_kind = forms.ChoiceField(
        label=_("The owner is"),
        choices=[
            (each.value, each.label)
            for each in (Party.Kind.INDIVIDUAL, Party.Kind.JURISTIC, Party.Kind.STATE)
        ],
    )
    title = forms.CharField(label=_("Prefix"), max_length=60, required=False)
    name = forms.CharField(
        label=_("Name"), max_length=200,
        error_messages={"required": _("Write the name of the owner.")},
    )  # fmt: skip
    surname = forms.CharField(label=_("Surname"), max_length=120, required=False)

    def party(self) -> Party:
        """The owner, not stored yet."""
        given = self.cleaned_data
        return Party(
            kind=given["party_kind"], title=given["title"], name=given["name"],
            surname=given["surname"],
        )  # fmt: skip


class BuildingEndForm(SourceForm):
    """A building that is gone."""

    ended_on = BuddhistDateField(label=_("Gone since"), earliest=lambda: FIRST_DAY)

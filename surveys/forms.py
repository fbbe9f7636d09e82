"""Forms of survey jobs: the request and the plan, a field file, a point, a photograph."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cadastre.errors import LandError
from cadastre.fieldfiles import FORMATS
from cadastre.geodesy import (
    DATUM_PARAMETERS,
    INDIAN_1975_47N,
    INDIAN_1975_48N,
    UTM_47N,
    UTM_48N,
    WGS84,
)
from offices.models import Office, User
from offices.permissions import Permission, roles_with
from parcels.models import Parcel
from parcels.services.search import parcels_search
from surveys.models import ColumnMapping, QualityClass, SurveyJob, SurveyPoint
from surveys.services.jobs import JobFacts
from web.fields import BuddhistDateField

MOST_PARCELS = 50
LOCAL = "0"
ZONES = [(UTM_47N, _("WGS 84, zone 47N")), (UTM_48N, _("WGS 84, zone 48N"))]
SYSTEMS = [
    ("", _("as the file says, or the zone of the job")),
    (str(UTM_47N), _("WGS 84, zone 47N")),
    (str(UTM_48N), _("WGS 84, zone 48N")),
    (str(INDIAN_1975_47N), _("Indian 1975, zone 47N")),
    (str(INDIAN_1975_48N), _("Indian 1975, zone 48N")),
    (str(WGS84), _("degrees on WGS 84")),
    (LOCAL, _("a local system: the points get no place on the map")),
]


def surveyors_of(office: Office) -> QuerySet[User]:
    """Who keeps surveys at this office."""
    roles = roles_with(Permission.MANAGE_SURVEYS)
    held = {"role_assignments__office": office, "role_assignments__role__in": roles}
    return User.objects.filter(is_active=True, **held).distinct().order_by("username")


class _PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class JobForm(forms.Form):
    """What is asked for, and who is to do it."""

    number = forms.CharField(
        label=_("Job number"), max_length=40, help_text=_("As in the register of surveys.")
    )
    purpose = forms.CharField(
        label=_("Purpose"), max_length=200, help_text=_("Such as: boundary survey before a sale.")
    )
    kind = forms.ChoiceField(label=_("Kind of survey"), choices=SurveyJob.Kind)
    requested_on = BuddhistDateField(
        label=_("Requested on"), required=False, help_text=_("For example 21/11/2569.")
    )
    planned_on = BuddhistDateField(label=_("Planned for"), required=False)
    surveyor = _PersonField(
        label=_("Surveyor"), queryset=User.objects.none(), required=False,
        empty_label=_("not chosen yet"),
    )  # fmt: skip
    quality_class = forms.ModelChoiceField(
        label=_("Class of survey"), queryset=QualityClass.objects.none(), required=False,
        empty_label=_("the first class of the office"),
        help_text=_("Its limits decide which points pass."),
    )  # fmt: skip
    zone_srid = forms.TypedChoiceField(
        label=_("Zone of the computation"), coerce=int, empty_value=None, required=False
    )
    parcels = forms.CharField(
        label=_("Parcels"), required=False, max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One on a line: the address of its page, its deed number with the district, or its map "
            "sheet and land number, as in the search of the map."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office = office
        choices: Any = self.fields
        choices["surveyor"].queryset = surveyors_of(office)
        classes = QualityClass.objects.filter(office=office)
        choices["quality_class"].queryset = classes.order_by("order", "code")
        own = _("the zone of the office (EPSG:{srid})")
        choices["zone_srid"].choices = [
            ("", str(own).format(srid=office.zone_srid)),
            *[zone for zone in ZONES if zone[0] != office.zone_srid],
        ]  # fmt: skip

    def clean_parcels(self) -> list[Parcel]:
        """The parcels named; every line that names none, or several, is told."""
        lines = [line.strip() for line in self.cleaned_data["parcels"].splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > MOST_PARCELS:
            most = {"most": MOST_PARCELS}
            raise ValidationError(_("A job has at most %(most)s parcels."), params=most)
        found, problems = {}, []
        for line in lines:
            try:
                parcel = _parcel_named(line)
            except ValidationError as error:
                problems.append(error)
            else:
                found[parcel.pk] = parcel
        if problems:
            raise ValidationError(problems)
        return list(found.values())

    def facts(self) -> JobFacts:
        """What a valid form says."""
        said = dict(self.cleaned_data)
        return JobFacts(**said | {"parcels": tuple(said["parcels"])})


def _parcel_named(line: str) -> Parcel:
    today = timezone.localdate()
    last = line.rstrip("/").rpartition("/")[2]
    parcel = Parcel.objects.in_force(today).filter(public_id=last[:40]).first()
    if parcel is not None:
        return parcel
    try:
        parcels = parcels_search(text=line, on=today).parcels
    except LandError as error:
        raise ValidationError(error.render(gettext)) from None
    if len(parcels) == 1:
        return parcels[0]
    if not parcels:
        raise ValidationError(_("No parcel is found by “%(line)s”."), params={"line": line})
    raise ValidationError(
        _("“%(line)s” names %(count)s parcels. Name the one you mean by the address of its page."),
        params={"line": line, "count": len(parcels)},
    )


class FileForm(forms.Form):
    """A field file, and what it does not say of itself."""

    file = forms.FileField(
        label=_("File from the instrument"),
        help_text=_(
            "Nothing of it is dropped: each line is taken, or told with the reason. Sending the "
            "same file again does no harm."
        ),
    )
    point = forms.CharField(
        label=_("Point"), required=False, max_length=40,
        help_text=_("For a log that names no points: the point it was made on."),
    )  # fmt: skip
    format = forms.ChoiceField(label=_("Format"), required=False)
    mapping = forms.ModelChoiceField(
        label=_("Columns"), queryset=ColumnMapping.objects.none(), required=False,
        empty_label=_("told from the headings"),
        help_text=_("For tables whose headings are not known by themselves."),
    )  # fmt: skip
    srid = forms.ChoiceField(label=_("Coordinate system"), choices=SYSTEMS, required=False)
    datum = forms.ChoiceField(
        label=_("Indian 1975 to WGS 84"), required=False,
        choices=[("", _("as set for this service")), *((name, name) for name in DATUM_PARAMETERS)],
        help_text=_("Used only for files on Indian 1975."),
    )  # fmt: skip
    day = BuddhistDateField(
        label=_("Day of the log"), required=False,
        help_text=_("Only for an NMEA log that tells times without a date."),
    )  # fmt: skip

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        known = [(kind.name, kind.title) for kind in FORMATS.values()]
        choices["format"].choices = [("", _("told from the file")), *known]
        mappings = ColumnMapping.objects.filter(office=office).order_by("name")
        choices["mapping"].queryset = mappings

    def clean_srid(self) -> int | None:
        return int(self.cleaned_data["srid"]) if self.cleaned_data["srid"] else None


class PointForm(forms.Form):
    """What a point is for; a known mark has coordinates of its own."""

    purpose = forms.ChoiceField(label=_("What the point is for"), choices=SurveyPoint.Purpose)
    known_easting = forms.DecimalField(
        label=_("Known easting (m)"), required=False, max_digits=12, decimal_places=4,
        help_text=_("Of a known mark, in the zone of the job."),
    )  # fmt: skip
    known_northing = forms.DecimalField(
        label=_("Known northing (m)"), required=False, max_digits=12, decimal_places=4
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        known = (said.get("known_easting"), said.get("known_northing"))
        if (known[0] is None) != (known[1] is None):
            raise ValidationError(_("Give both known coordinates, or none."))
        if said.get("purpose") == SurveyPoint.Purpose.CHECK and known[0] is None:
            raise ValidationError(_("A known mark needs its known coordinates."))
        return said


class PhotoForm(forms.Form):
    """A photograph of a mark."""

    point_name = forms.CharField(label=_("Point"), max_length=40)
    photo = forms.FileField(
        label=_("Photograph"),
        help_text=_("JPEG. Where and with what it was taken is removed from the file."),
    )

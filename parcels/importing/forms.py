"""The form that sends a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cadastre.errors import LandError
from cadastre.geodesy import DATUM_PARAMETERS, DEFAULT_DATUM_PARAMETERS, normalise_srid
from offices.models import Office
from parcels.importing.columns import parse_mapping
from parcels.importing.encoding import codec_name
from parcels.importing.pipeline import ImportOptions


class ImportForm(forms.Form):
    """A file, and what it does not say of itself."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "Shapefile (zipped), GeoPackage, GeoJSON, TopoJSON, GML or EDIGEO. "
            "Invalid parcels are kept aside with the reason; the others are imported."
        ),
    )
    office = forms.ModelChoiceField(
        label=_("Office"), queryset=Office.objects.none(), to_field_name="code", empty_label=None
    )
    layer = forms.CharField(
        label=_("Layer"), required=False, max_length=200,
        help_text=_("Only if the file has several layers of polygons."),
    )  # fmt: skip
    srid = forms.IntegerField(
        label=_("Coordinate reference system (EPSG code)"), required=False, min_value=1024,
        max_value=999_999,
        help_text=_(
            "Only if the file does not say it, such as 32647 (WGS 84, zone 47), "
            "24047 (Indian 1975, zone 47) or 4326 (degrees)."
        ),
    )  # fmt: skip
    encoding = forms.CharField(
        label=_("Text encoding"), required=False, max_length=30,
        help_text=_("Only if Thai text comes out wrong, such as CP874 or UTF-8."),
    )  # fmt: skip
    datum_parameters = forms.ChoiceField(
        label=_("Indian 1975 to WGS 84"), initial=DEFAULT_DATUM_PARAMETERS,
        choices=[(name, name) for name in DATUM_PARAMETERS],
        help_text=_("Used only for files on Indian 1975."),
    )  # fmt: skip
    columns = forms.CharField(
        label=_("Columns"), required=False, max_length=4_000, widget=forms.Textarea,
        help_text=_(
            "Known column names are recognised. Name others as field=COLUMN, one on a line, "
            "such as deed_number=CHANODE."
        ),
    )  # fmt: skip
    again = forms.BooleanField(
        label=_("Import even if this file was imported before"), required=False
    )

    def __init__(self, *args: Any, offices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]

    def clean_srid(self) -> int | None:
        srid = self.cleaned_data["srid"]
        return None if srid is None else _checked(normalise_srid, srid)

    def clean_encoding(self) -> str:
        name = self.cleaned_data["encoding"]
        return _checked(codec_name, name) if name else ""

    def clean_columns(self) -> dict[str, str]:
        lines = self.cleaned_data["columns"].splitlines()
        return _checked(parse_mapping, [line for line in lines if line.strip()])

    @property
    def options(self) -> ImportOptions:
        """What was said of the file; for a valid form."""
        said = self.cleaned_data
        return ImportOptions(
            layer=said["layer"],
            srid=said["srid"],
            encoding=said["encoding"],
            fields=said["columns"],
            datum_parameters=said["datum_parameters"],
        )


def _checked(parse: Any, value: Any) -> Any:
    try:
        return parse(value)
    except LandError as error:
        raise ValidationError(error.render(gettext)) from error

"""Making a column mapping from the first lines of a table."""

from __future__ import annotations

import csv
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cadastre import fieldfiles
from cadastre.errors import LandError
from cadastre.fieldfiles.headings import guess_mapping
from cadastre.fieldfiles.text import decode
from surveys.reasons import reason_in_words

SAMPLE_LINES: Final = 20
SAMPLE_LENGTH: Final = 20_000
MOST_COLUMNS: Final = 80
DELIMITERS: Final = [
    (",", _("comma")), (";", _("semicolon")), ("\t", _("tabulator")), ("|", _("bar")),
    ("space", _("blanks")),
]  # fmt: skip
UNITS: Final = [("m", _("metres")), ("ft", _("feet")), ("us_ft", _("US survey feet"))]
# In the order in which people look for them.
NAMES: Final = {
    "point": _("Point"), "north": _("Northing"), "east": _("Easting"), "height": _("Height"),
    "code": _("Code"), "latitude": _("Latitude"), "longitude": _("Longitude"),
    "ellipsoidal_height": _("Ellipsoidal height"), "orthometric_height": _("Orthometric height"),
    "fix": _("Solution"), "sigma_east": _("Sigma east"), "sigma_north": _("Sigma north"),
    "sigma_up": _("Sigma up"), "sigma_horizontal": _("Sigma horizontal"), "pdop": _("PDOP"),
    "hdop": _("HDOP"), "vdop": _("VDOP"), "satellites": _("Satellites"), "ratio": _("Ratio"),
    "age": _("Age of the correction (s)"), "epochs": _("Number of epochs"),
    "epoch": _("Time"), "date": _("Date"), "antenna_height": _("Antenna height"),
    "antenna_height_unit": _("Unit of the antenna height"), "base": _("Base station"),
    "operator": _("Operator"), "photo": _("Photograph"), "crs": _("Coordinate system"),
}  # fmt: skip


def sample_of(content: bytes) -> str:
    """The first lines of a file as text, without what no page can show."""
    text, _encoding = decode(content)
    lines = text.replace("\x00", "").splitlines()[:SAMPLE_LINES]
    return "\n".join(lines)[:SAMPLE_LENGTH]


def likely_delimiter(sample: str) -> str:
    """The sign that stands most often in the first line; else blanks."""
    first = next((line for line in sample.splitlines() if line.strip()), "")
    best = max(",;\t|", key=first.count)
    return best if first.count(best) else "space"


def rows_of(sample: str, delimiter: str) -> list[list[str]]:
    """The cells of the sample."""
    lines = [line for line in sample.splitlines() if line.strip()]
    if delimiter == "space":
        return [line.split()[:MOST_COLUMNS] for line in lines]
    if len(delimiter) != 1:
        return []
    try:
        return [row[:MOST_COLUMNS] for row in csv.reader(lines, delimiter=delimiter)]
    except csv.Error:
        return []


class MappingForm(forms.Form):
    """Which column holds what; the sample travels along."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Such as the receiver and its software.")
    )
    sample = forms.CharField(max_length=SAMPLE_LENGTH, widget=forms.HiddenInput, strip=False)
    delimiter = forms.ChoiceField(label=_("Between the columns"), choices=DELIMITERS)
    heading = forms.BooleanField(label=_("The first line names the columns"), required=False)
    decimal_comma = forms.BooleanField(label=_("Decimal comma"), required=False)
    unit = forms.ChoiceField(label=_("Unit of grid coordinates"), choices=UNITS)
    time_zone_h = forms.FloatField(
        label=_("Local time is ahead of UTC by (hours)"), min_value=-14, max_value=14,
        help_text=_("7 in Thailand; 0 if the file tells UTC."),
    )  # fmt: skip
    skip_lines = forms.IntegerField(
        label=_("Lines to skip at the top"), min_value=0, max_value=SAMPLE_LINES
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        said = data if data is not None else self.initial
        self.text = str(said.get("sample", ""))[:SAMPLE_LENGTH]
        delimiter = str(said.get("delimiter", ","))
        skipped = str(said.get("skip_lines") or "0")
        rows = rows_of(self.text, delimiter)
        self.rows = rows[int(skipped) if skipped.isdecimal() and len(skipped) < 4 else 0 :]
        heads = self.rows[0] if self.rows else []
        choices: list[tuple[str, Any]] = [("", _("not in the file"))]
        if said.get("heading"):
            choices += [(head.strip(), head.strip()) for head in heads if head.strip()]
        else:
            choices += [(str(n), f"{n}: {cell[:30]}") for n, cell in enumerate(heads, start=1)]
        for field, label in NAMES.items():
            self.fields[f"column_{field}"] = forms.ChoiceField(
                label=label, required=False, choices=choices
            )
        self.preview: fieldfiles.FieldFile | None = None

    @property
    def columns(self) -> list[Any]:
        """The boxes of the columns."""
        return [self[f"column_{field}"] for field in NAMES]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.errors:
            return said
        try:
            self.mapping = self._mapping(said)
            kind = "csv" if said["heading"] else "pnezd"
            self.preview = fieldfiles.read_field_file(
                "sample.csv", self.text.encode(), format=kind, mapping=self.mapping
            )
        except LandError as refusal:
            raise ValidationError(refusal.render(gettext)) from None
        return said

    def _mapping(self, said: dict[str, Any]) -> fieldfiles.ColumnMapping:
        chosen = {field: said.get(f"column_{field}") for field in NAMES}
        columns: dict[str, str | int] = {
            field: column if said["heading"] else int(column)
            for field, column in chosen.items()
            if column
        }
        return fieldfiles.ColumnMapping(
            columns=columns, delimiter=said["delimiter"], heading=said["heading"],
            decimal_comma=said["decimal_comma"], unit=said["unit"],
            time_zone_h=said["time_zone_h"], skip_lines=said["skip_lines"], name=said["name"],
        )  # fmt: skip

    @property
    def rejected(self) -> list[tuple[int, str]]:
        """Lines of the sample that this mapping does not read, with the reason."""
        if self.preview is None:
            return []
        return [
            (each.line, reason_in_words(each.reason.code, each.reason.evidence))
            for each in self.preview.rejected
        ]


def guessed(sample: str) -> dict[str, Any]:
    """What the sample lets guess, as the first values of the form."""
    delimiter = likely_delimiter(sample)
    rows = rows_of(sample, delimiter)
    found = guess_mapping([cell.strip() for cell in rows[0]], delimiter) if rows else None
    initial: dict[str, Any] = {
        "sample": sample, "delimiter": delimiter, "unit": found.unit if found else "m",
        "heading": found is not None or _names_columns(rows), "time_zone_h": 0, "skip_lines": 0,
    }  # fmt: skip
    if found is not None:
        initial |= {f"column_{field}": column for field, column in found.columns.items()}
    return initial


def _names_columns(rows: list[list[str]]) -> bool:
    """Whether the first line has no number in it, as a line of headings has not."""
    return bool(rows) and not any(cell.strip().replace(".", "").isdecimal() for cell in rows[0])

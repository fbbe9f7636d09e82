"""Why a package, or one row of it, is not taken."""

from __future__ import annotations

from cadastre.errors import LandError, gettext_noop
from parcels.importing.errors import ImportRefused


class NotASection10Package(ImportRefused):
    code = "not_a_section10_package"
    message = gettext_noop(
        "“{name}” is not a section 10 package: {reason}. Send the ZIP file as it came from the "
        "Department of Lands."
    )


class Section10ColumnsMissing(ImportRefused):
    code = "section10_columns_missing"
    message = gettext_noop(
        "The table {file} lacks the columns {columns}. Nothing was taken. Ask the land office for "
        "the package again, or have the new heads added to the list of columns."
    )


class Section10TooManyRows(ImportRefused):
    code = "section10_too_many_rows"
    message = gettext_noop(
        "The package has more than {limit} rows, which no month has. Check whether it is the "
        "right file."
    )


class Section10OfficeUnknown(LandError):
    code = "section10_office_unknown"
    message = gettext_noop(
        "No land office keeps parcels of {authority} yet. Say whose register the package changes."
    )


class Section10RowDecided(LandError):
    code = "section10_row_decided"
    message = gettext_noop(
        "Somebody has decided about this row in the meantime. Nothing was changed; reload the page."
    )


class Section10CannotApply(LandError):
    code = "section10_cannot_apply"
    message = gettext_noop("The row cannot be applied to this parcel: {reason}")


class CellUnreadable(LandError):
    """One cell of a row; the row goes to quarantine under the reason that the evidence names."""

    code = "section10_cell_unreadable"
    message = gettext_noop("“{value}” in the column {column} cannot be read.")

    def __init__(self, reason: str, column: str, value: str) -> None:
        super().__init__(column=column, value=value[:60])
        self.reason = reason

    def __reduce__(self) -> tuple[object, ...]:
        return (
            type(self),
            (self.reason, str(self.evidence["column"]), str(self.evidence["value"])),
        )

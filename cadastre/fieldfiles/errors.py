"""Why a field file, or one line of it, is not taken."""

from __future__ import annotations

from cadastre.errors import LandError, gettext_noop


class FieldFileUnreadable(LandError):
    """The whole file; everything else is told line by line."""

    code = "field_file_unreadable"
    message = gettext_noop(
        "What {name} holds cannot be told: it looks like none of the files of receivers and total "
        "stations that are read here. Choose the format by hand, or export the file anew."
    )


class FieldFormatUnknown(FieldFileUnreadable):
    code = "field_format_unknown"
    message = gettext_noop("{name}: there is no survey file format “{format}”. Known: {known}.")


class FieldFileTooLarge(FieldFileUnreadable):
    code = "field_file_too_large"
    message = gettext_noop(
        "{name} is larger than {limit} MB. Split the file and load its parts one by one."
    )


class FieldFileTooLong(FieldFileUnreadable):
    code = "field_file_too_long"
    message = gettext_noop(
        "{name} has more than {limit} lines. Split the file and load its parts one by one."
    )


class FieldFileHopeless(FieldFileUnreadable):
    code = "field_file_hopeless"
    message = gettext_noop(
        "{name}: more than {limit} lines cannot be read as {format}, the first is line {line}. "
        "Choose another format or export the file anew."
    )


class ColumnMappingUnusable(FieldFileUnreadable):
    code = "column_mapping_unusable"
    message = gettext_noop("This is no saved column mapping. Match the columns of the file anew.")


class ColumnFieldUnknown(ColumnMappingUnusable):
    code = "column_field_unknown"
    message = gettext_noop("A column cannot be matched to “{field}”. Known: {known}.")


class ColumnsWithoutPosition(ColumnMappingUnusable):
    code = "columns_without_position"
    message = gettext_noop(
        "The columns give no position. Say which hold north and east, or latitude and longitude."
    )


class ColumnMissing(ColumnMappingUnusable):
    code = "column_missing"
    message = gettext_noop(
        "The file has no column “{column}”. Its columns are: {columns}. Match them anew."
    )


class LineRefused(LandError):
    """One piece of a file; ``line`` is where it begins."""

    code = "field_line_unknown"
    message = gettext_noop("Line {line}: “{text}” is no line of this format.")


class LineTooLong(LineRefused):
    code = "field_line_too_long"
    message = gettext_noop(
        "Line {line} has {length} characters, at most {limit} are read. It was damaged "
        "or is no text."
    )


class LineNotText(LineRefused):
    code = "field_line_not_text"
    message = gettext_noop("Line {line} holds control characters: it was damaged or is no text.")


class ChecksumWrong(LineRefused):
    code = "field_checksum_wrong"
    message = gettext_noop(
        "Line {line}: its checksum is {stated}, its text gives {computed}. The line was damaged on "
        "its way; copy the file from the instrument again."
    )


class ChecksumMissing(LineRefused):
    code = "field_checksum_missing"
    message = gettext_noop(
        "Line {line} ends without its checksum. It was cut off; copy the file from the instrument "
        "again."
    )


class ValueMissing(LineRefused):
    code = "field_value_missing"
    message = gettext_noop("Line {line}: {field} is missing.")


class NumberUnreadable(LineRefused):
    code = "field_number_unreadable"
    message = gettext_noop("Line {line}: “{text}” is no number for {field}.")


class ValueOutOfRange(LineRefused):
    code = "field_value_out_of_range"
    message = gettext_noop("Line {line}: {field} is {text}, outside {low} to {high}.")


class AngleUnreadable(LineRefused):
    code = "field_angle_unreadable"
    message = gettext_noop("Line {line}: {field} “{text}” is no angle in {unit}.")


class UnitUnknown(LineRefused):
    code = "field_unit_unknown"
    message = gettext_noop("Line {line}: the unit “{text}” of {field} is not known.")


class TimeUnreadable(LineRefused):
    code = "field_time_unreadable"
    message = gettext_noop("Line {line}: “{text}” is no time that exists.")


class DayMissing(LineRefused):
    code = "field_day_missing"
    message = gettext_noop(
        "Line {line} has a time but no sentence of the file gives its day (RMC or ZDA). Load the "
        "file again and say the day on which it begins."
    )


class NoPosition(LineRefused):
    code = "field_no_position"
    message = gettext_noop("Line {line}: the receiver had no position at this moment.")


class NothingMeasured(LineRefused):
    code = "field_nothing_measured"
    message = gettext_noop("Line {line}: {point} was named but nothing was measured to it.")


class StationUnknown(LineRefused):
    code = "field_station_unknown"
    message = gettext_noop(
        "Line {line}: the reading belongs to no station that the file names before."
    )


class PointUnknown(LineRefused):
    code = "field_point_unknown"
    message = gettext_noop("Line {line}: the file has no point “{point}”.")


class ArcImpossible(LineRefused):
    code = "field_arc_impossible"
    message = gettext_noop(
        "Line {line}: the arc from {start} to {end} cannot be drawn: start and end lie "
        "{radius_start} m and {radius_end} m from its centre, its radius is {radius} m."
    )


class XmlForbidden(LineRefused):
    code = "field_xml_forbidden"
    message = gettext_noop(
        "Line {line}: the XML declares a document type or entities. Such files are refused because "
        "they can attack the reader; export the file without a DOCTYPE."
    )


class XmlBroken(LineRefused):
    code = "field_xml_broken"
    message = gettext_noop(
        "Line {line}: the XML is broken here ({detail}). What stands before was read; export the "
        "file anew."
    )


class JsonBroken(LineRefused):
    code = "field_json_broken"
    message = gettext_noop(
        "Line {line}: the JSON is broken here ({detail}). What stands before was read; export the "
        "file anew."
    )


class GeometryNotPoint(LineRefused):
    code = "field_geometry_not_point"
    message = gettext_noop(
        "Line {line}: the feature is a {kind}; only points are read as survey points."
    )

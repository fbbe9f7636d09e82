"""Why a file, or one feature of it, is not taken."""

from __future__ import annotations

from collections.abc import Callable

from cadastre.errors import LandError, gettext_noop
from cadastre.geodesy import CrsUnknown


class ImportRefused(LandError):
    """The whole file is refused; nothing of it was written."""

    code = "import_refused"
    message = gettext_noop("The file cannot be imported.")

    def render(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """The message; its ``reason`` is translated, too, and may name an ``entry``."""
        said = dict(self.evidence)
        if reason := said.get("reason"):
            text = translate(str(reason))
            said["reason"] = text.format_map(said) if "entry" in said else text
        return translate(self.message).format_map(said)


class UnsupportedFile(ImportRefused):
    code = "unsupported_file"
    message = gettext_noop(
        "“{name}” is not a file that can be imported: {reason}. Use Shapefile (zipped, or .shp "
        "with its .shx and .dbf), GeoPackage, GeoJSON, TopoJSON, GML or EDIGEO."
    )


class FileTooLarge(ImportRefused):
    code = "file_too_large"
    message = gettext_noop(
        "The file is larger than {limit_mb} MB. Divide it by map sheet or sub-district and import "
        "the parts."
    )


class ArchiveRefused(ImportRefused):
    code = "archive_refused"
    message = gettext_noop(
        "The archive cannot be opened: {reason}. Pack only the files of one dataset, without "
        "folders, links, passwords or archives inside."
    )


class ArchiveTooLarge(ImportRefused):
    code = "archive_too_large"
    message = gettext_noop(
        "Unpacked, the archive would be larger than allowed: {reason}. Divide the dataset and "
        "import the parts."
    )


class UnsafeFile(ImportRefused):
    code = "unsafe_file"
    message = gettext_noop(
        "The file holds something that data never needs: {reason}. Export it again from its source."
    )


class FileUnreadable(ImportRefused):
    code = "file_unreadable"
    message = gettext_noop(
        "The file is damaged or is not {driver}: {reason}. Export it again from its source."
    )


class ReadingStopped(ImportRefused):
    code = "reading_stopped"
    message = gettext_noop(
        "Reading the file was stopped because it took more than {limit}. Divide the file, or "
        "export it again from its source."
    )


class LayerNeeded(ImportRefused):
    code = "layer_needed"
    message = gettext_noop("The file has several layers of polygons. Choose one of: {layers}.")


class LayerUnknown(ImportRefused):
    code = "layer_unknown"
    message = gettext_noop("The file has no layer “{layer}”. It has: {layers}.")


class NoPolygonLayer(ImportRefused):
    code = "no_polygon_layer"
    message = gettext_noop(
        "The file holds no polygons, and parcels are polygons. Its layers are: {layers}."
    )


class CrsMissing(CrsUnknown):
    """Same code as an unknown reference system: the remedy is the same."""

    message = gettext_noop(
        "The file does not say which coordinate reference system it is in. Give its EPSG code, "
        "such as 32647 (WGS 84, zone 47), 24047 (Indian 1975, zone 47) or 4326 (degrees)."
    )


class EncodingUnknown(ImportRefused):
    code = "encoding_unknown"
    message = gettext_noop(
        "It is not clear how the text of the file is encoded. Give the encoding, such as CP874 "
        "(Thai Windows), UTF-8 or CP1252."
    )


class EncodingWrong(ImportRefused):
    code = "encoding_wrong"
    message = gettext_noop(
        "The text of the file is not {encoding}. Give another encoding, such as CP874 or UTF-8."
    )


class FieldMappingInvalid(ImportRefused):
    code = "field_mapping_invalid"
    message = gettext_noop("The column mapping “{mapping}” cannot be used: {reason}.")


class AlreadyImported(ImportRefused):
    code = "already_imported"
    message = gettext_noop(
        "This file was already imported on {day} (import {run}: {imported} parcels). Nothing was "
        "changed. Ask for a repeated import only if those parcels are to exist twice."
    )


class FeatureRefused(LandError):
    """One feature is kept in quarantine; the others go on."""

    code = "feature_refused"
    message = gettext_noop("The feature cannot be taken.")


class GeometryMissing(FeatureRefused):
    code = "geometry_missing"
    message = gettext_noop("The feature has no geometry. Draw it, or remove it from the file.")


class OutsideOffice(FeatureRefused):
    code = "outside_office"
    message = gettext_noop("The parcel lies outside the area of the office. {hint}")


class BadAttribute(FeatureRefused):
    code = "bad_attribute"
    message = gettext_noop(
        "The value “{value}” in column {column} cannot be read as {field}. Correct it in the file."
    )


class GeometryTooComplex(FeatureRefused):
    code = "geometry_too_complex"
    message = gettext_noop(
        "Checking the boundary took too long and was stopped. Simplify it: a parcel needs only "
        "its corners."
    )


class FeatureTooLarge(FeatureRefused):
    code = "feature_too_large"
    message = gettext_noop("The feature has {size} bytes; at most {limit} can be kept.")


HINTS = {
    "": gettext_noop("Check the coordinate reference system and the office."),
    "swapped": gettext_noop(
        "It would lie inside if latitude and longitude were exchanged: check their order."
    ),
    "zone": gettext_noop("It would lie inside in the other UTM zone: check zone 47 or 48."),
    "datum": gettext_noop(
        "It would lie inside if the coordinates were Indian 1975: give 24047 or 24048."
    ),
}

"""Reading a field file: tell its format, read it whole, count every piece."""

from __future__ import annotations

from datetime import date

from cadastre.fieldfiles import (
    gama,
    geodimeter,
    geojson,
    landxml,
    leica_gsi,
    nikon,
    nmea,
    rtklib,
    sokkia,
    tables,
    trimble_m5,
)
from cadastre.fieldfiles.columns import ColumnMapping, Options
from cadastre.fieldfiles.errors import (
    FieldFileTooLarge,
    FieldFileUnreadable,
    FieldFormatUnknown,
)
from cadastre.fieldfiles.formats import FieldFormat, Source
from cadastre.fieldfiles.records import FieldFile
from cadastre.fieldfiles.tally import Tally
from cadastre.fieldfiles.text import decode

MAX_BYTES = 50_000_000

# Strict formats first: a table of columns takes nearly anything.
FORMATS: dict[str, FieldFormat] = {
    kind.name: kind
    for kind in (
        landxml.FORMAT,
        gama.FORMAT,
        geojson.FORMAT,
        rtklib.FORMAT,
        nmea.FORMAT,
        leica_gsi.FORMAT,
        trimble_m5.FORMAT,
        sokkia.SDR,
        sokkia.SCR,
        nikon.FORMAT,
        geodimeter.FORMAT,
        tables.CSV,
        tables.PNEZD_FORMAT,
    )
}


def read_field_file(
    name: str,
    content: bytes,
    *,
    format: str | None = None,  # noqa: A002 - the word of the command line
    mapping: ColumnMapping | None = None,
    day: date | None = None,
) -> FieldFile:
    """What the file of a receiver or a total station holds, and what of it could not be read.

    ``format`` is a key of `FORMATS`, None to tell it from the content; ``mapping`` says which
    columns of a table hold what; ``day`` is the UTC day on which an NMEA log without dates begins.
    Bad lines are in ``rejected``, each with its number and reason. Raises `FieldFileUnreadable`
    when the format cannot be told or the file is beyond the limits (50 MB, 1,000,000 lines,
    100,000 refusals), `ColumnMappingUnusable` when the mapping does not fit the file.
    """
    if len(content) > MAX_BYTES:
        raise FieldFileTooLarge(name=name, limit=MAX_BYTES // 1_000_000)
    text, encoding = decode(content)
    source = Source(name, content, text)
    chosen = _chosen(source, format, mapping)
    tally = Tally(chosen.name, name, encoding)
    chosen.read(source, tally, Options(mapping=mapping, day=day))
    return tally.finish()


def _chosen(source: Source, asked: str | None, mapping: ColumnMapping | None) -> FieldFormat:
    if asked is None and mapping is not None:
        asked = "csv" if mapping.heading else "pnezd"
    if asked is not None:
        if asked not in FORMATS:
            known = ", ".join(sorted(FORMATS))
            raise FieldFormatUnknown(name=source.name, format=asked, known=known)
        return FORMATS[asked]
    for kind in FORMATS.values():
        if kind.recognises(source):
            return kind
    raise FieldFileUnreadable(name=source.name)

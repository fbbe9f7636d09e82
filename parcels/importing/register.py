"""Rows into the register by COPY: titles, map sheets, parcels, and what stays in quarantine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import shapely
from django.contrib.gis.geos import Polygon
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg.types.json import Json
from psycopg.types.range import DateRange

from cadastre.errors import LandError
from cadastre.geodesy import WGS84, reproject
from cadastre.geodesy.sheets import sheet_extent
from cadastre.identifiers import MapSheet as SheetName
from offices.models import AdministrativeArea
from parcels.importing.attributes import Attributes, Sheet
from parcels.importing.errors import BadAttribute
from parcels.importing.pipeline import Accepted, Refused, Tally, masked
from parcels.models import ImportRun, MapSheet, TitleType

BATCH_ROWS: Final = 5_000
_SQL: Final = Path(__file__).parents[1] / "sql"
_INVALID: Final = (_SQL / "import_invalid_geometries.sql").read_text(encoding="utf-8")
_NEXT_IDS: Final = (_SQL / "import_next_ids.sql").read_text(encoding="utf-8")
_KNOWN_TITLES: Final = (_SQL / "import_known_titles.sql").read_text(encoding="utf-8")
_COPY_TITLES: Final = (
    "COPY parcels_baunit (id, office_id, title_type, deed_number, district_id, book, page,"
    " survey_page, valid_during, created_by_id) FROM STDIN"
)
_COPY_PARCELS: Final = (
    "COPY parcels_parcel (office_id, ba_unit_id, map_sheet_id, land_number, tax_parcel_code,"
    " sub_district_id, house_number, street_th, street_en, land_use, legal_area_m2, geometry,"
    " zone_srid, valid_during, created_by_id) FROM STDIN"
)
_COPY_QUARANTINE: Final = (
    "COPY parcels_quarantinedfeature (import_run_id, position, code, evidence, place, attributes,"
    " geometry_text) FROM STDIN"
)
TitleKey = tuple[str, str, str]


class RegisterWriter:
    """Writes an import's outcomes in batches, inside the caller's transaction.

    What the database itself refuses goes to quarantine, and the tally is corrected.
    """

    def __init__(self, imported: ImportRun, tally: Tally) -> None:
        assert imported.transaction is not None
        self._run, self._act, self._tally = imported, imported.transaction, tally
        self._day: date = timezone.localdate(imported.started_at)
        self._accepted: list[Accepted] = []
        self._refused: list[Refused] = []
        self._sheets: dict[Sheet, int] = {}
        self._titles: dict[TitleKey, int] = {}
        self._areas: dict[tuple[str, str], str | None] = {}

    def add(self, accepted: Iterable[Accepted], refused: Iterable[Refused]) -> None:
        self._accepted.extend(accepted)
        self._refused.extend(refused)
        if len(self._accepted) >= BATCH_ROWS or len(self._refused) >= BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting."""
        rows = [row for row in self._accepted if self._areas_known(row)]
        self._accepted = []
        try:
            self._write(rows)
        except IntegrityError:
            self._write(self._without_invalid(rows))
        if self._refused:
            with connection.cursor() as cursor, cursor.copy(_COPY_QUARANTINE) as copy:
                for refused in self._refused:
                    copy.write_row(self._quarantine_row(refused))
            self._refused = []

    def _write(self, rows: Sequence[Accepted]) -> None:
        """One batch, all or nothing; ids found on the way are forgotten with a batch that fails."""
        titles, sheets = dict(self._titles), dict(self._sheets)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                self._make_sheets(rows)
                self._make_titles(rows)
                with cursor.copy(_COPY_PARCELS) as copy:
                    for row in rows:
                        copy.write_row(self._parcel_row(row))
        except IntegrityError:
            self._titles, self._sheets = titles, sheets
            raise

    def _without_invalid(self, rows: Sequence[Accepted]) -> list[Accepted]:
        with connection.cursor() as cursor:
            cursor.execute(_INVALID, {"ewkb": [row.ewkb for row in rows]})
            invalid = {position - 1 for (position,) in cursor.fetchall()}
        for i in sorted(invalid):
            self._turn_down(rows[i], "snapped_away", {"grid": "0.001"})
        return [row for i, row in enumerate(rows) if i not in invalid]

    def _turn_down(self, row: Accepted, code: str, evidence: dict[str, Any]) -> None:
        self._tally.turn_down(code)
        text = "EWKB " + row.ewkb.hex()
        self._refused.append(Refused(row.position, code, evidence, None, masked(row.values), text))

    # --- areas ------------------------------------------------------------------------------

    def _areas_known(self, row: Accepted) -> bool:
        """Whether district and sub-district, if given, exist; else the row is turned down."""
        for field, level in (("district", "district"), ("sub_district", "sub_district")):
            text = getattr(row.attributes, field)
            if text and self._area(level, text) is None:
                error = BadAttribute(column=field, value=text[:80], field=field)
                self._turn_down(row, error.code, dict(error.evidence))
                return False
        return True

    def _area(self, level: str, text: str) -> str | None:
        """The code of a district or sub-district given by code or by its Thai or English name."""
        if not text:
            return None
        key = (level, text)
        if key not in self._areas:
            areas = AdministrativeArea.objects.filter(level=level)
            name = text.removeprefix("อำเภอ").removeprefix("ตำบล").removeprefix("เขต").strip()
            found = list(areas.filter(code=text)[:1]) or list(areas.filter(name_th=name)[:2])
            found = found or list(areas.filter(name_en__iexact=name)[:2])
            # A name that two districts bear decides nothing.
            self._areas[key] = found[0].code if len(found) == 1 else None
        return self._areas[key]

    # --- sheets and titles ------------------------------------------------------------------

    def _make_sheets(self, rows: Sequence[Accepted]) -> None:
        wanted = {row.attributes.sheet for row in rows} - self._sheets.keys()
        for sheet in sorted((s for s in wanted if s), key=lambda s: (s.name, s.scale)):
            found, _ = MapSheet.objects.get_or_create(
                name=sheet.name,
                scale=sheet.scale,
                defaults={"zone_srid": self._run.metric_srid, "extent": _extent(sheet)},
            )
            self._sheets[sheet] = found.pk

    def _make_titles(self, rows: Sequence[Accepted]) -> None:
        """Give every title of the batch its row: one that is in force, or a new one."""
        wanted: dict[TitleKey, Attributes] = {}
        for row in rows:
            if row.attributes.deed_number:
                wanted.setdefault(self._title_key(row.attributes), row.attributes)
        for key in self._titles:
            wanted.pop(key, None)
        if not wanted:
            return
        with connection.cursor() as cursor:
            numbers = [number for _, number, _ in wanted]
            parameters: Any = {"office": self._run.office_id, "numbers": numbers, "day": self._day}
            cursor.execute(_KNOWN_TITLES, parameters)
            known = {(kind, number, area): pk for pk, kind, number, area in cursor.fetchall()}
            self._titles |= {key: known[key] for key in wanted if key in known}
            new = {key: value for key, value in wanted.items() if key not in known}
            cursor.execute(_NEXT_IDS, {"count": len(new)})
            ids = [pk for (pk,) in cursor.fetchall()]
            with cursor.copy(_COPY_TITLES) as copy:
                for pk, (key, attributes) in zip(ids, new.items(), strict=True):
                    copy.write_row(self._title_row(pk, key, attributes))
                    self._titles[key] = pk

    def _title_key(self, attributes: Attributes) -> TitleKey:
        # A number without a kind of document is a title deed's: only deeds are cited so.
        kind = attributes.title_type or TitleType.CHANOTE
        return kind, attributes.deed_number, self._area("district", attributes.district) or ""

    # --- rows -------------------------------------------------------------------------------

    def _title_row(self, pk: int, key: TitleKey, attributes: Attributes) -> tuple[Any, ...]:
        kind, number, district = key
        return (
            pk, self._run.office_id, kind, number, district or None, attributes.book,
            attributes.page, attributes.survey_page, DateRange(self._day, None), self._act.pk,
        )  # fmt: skip

    def _parcel_row(self, row: Accepted) -> tuple[Any, ...]:
        said = row.attributes
        return (
            self._run.office_id,
            self._titles[self._title_key(said)] if said.deed_number else None,
            self._sheets[said.sheet] if said.sheet else None,
            said.land_number, said.tax_parcel_code,
            self._area("sub_district", said.sub_district),
            said.house_number, said.street_th, said.street_en, said.land_use,
            said.legal_area_m2, row.ewkb.hex(), self._run.metric_srid,
            DateRange(self._day, None), self._act.pk,
        )  # fmt: skip

    def _quarantine_row(self, refused: Refused) -> tuple[Any, ...]:
        place = refused.place
        return (
            self._run.pk, refused.position, refused.code, Json(dict(refused.evidence)),
            f"SRID=4326;POINT({place[0]!r} {place[1]!r})" if place else None,
            Json(dict(refused.values), dumps=_dumps), refused.geometry,
        )  # fmt: skip


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _extent(sheet: Sheet) -> Polygon | None:
    """The sheet's square in EPSG:4326, where its name is one of the Thai index."""
    try:
        extent = sheet_extent(SheetName.parse(f"{sheet.name.split(' (')[0]} (1:{sheet.scale})"))
    except LandError:
        return None
    square = reproject(shapely.box(*extent.bounds), extent.srid, WGS84)
    return Polygon(list(square.exterior.coords), srid=WGS84)

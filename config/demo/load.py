"""Put a demo town into the database: every table by COPY, every rule checked before commit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray
from psycopg import Connection
from psycopg.sql import SQL, Identifier
from pyproj import Transformer

from config.demo.copying import (
    Column,
    ascii_text,
    constant,
    copy_rows,
    days_from,
    fixed,
    instants,
    nulls,
    numeric,
    text,
    texts,
)
from config.demo.parking import parked
from config.demo.tax_map_rows import REGISTERED_SINCE, Owners, TaxMapRows
from config.demo.town import (
    FIX_TYPES,
    LAND_USES,
    PARTY_KINDS,
    SRID,
    TITLE_TYPES,
    Shapes,
    Town,
)
from offices.models.office import Office
from parcels.models import AdministrativeSource, Transaction

Progress = Callable[[int, int, str], None]

# In the order in which they are filled: what is referred to comes first.
TABLES = (
    "parcels_mapsheet",
    "parcels_party",
    "parcels_baunit",
    "parcels_right",
    "parcels_parcel",
    "taxmap_street",
    "taxmap_taxzone",
    "taxmap_taxblock",
    "taxmap_landprice",
    "taxmap_buildingprice",
    "taxmap_valuationunit",
    "taxmap_unituse",
    "taxmap_building",
    "surveys_surveyjob",
    "surveys_surveypoint",
    "surveys_boundarymark",
)

_SHARES_TOTAL_ONE = """
    SELECT ba_unit_id FROM parcels_right
    WHERE kind = 'ownership' AND valid_during @> current_date
    GROUP BY ba_unit_id
    HAVING sum(div(840 * share_numerator, share_denominator)) <> 840
        OR bool_or(840 % share_denominator <> 0)
    LIMIT 1
"""
_USES_TOTAL_100 = """
    SELECT unit_id FROM taxmap_unituse
    GROUP BY unit_id, lower(valid_during)
    HAVING sum(share_percent) <> 100
    LIMIT 1
"""


def town_load(
    *, town: Town, land_office: Office, local_authority: Office, now: datetime, progress: Progress
) -> dict[str, int]:
    """Store the town; returns rows by table. All or nothing."""
    with transaction.atomic():
        source = AdministrativeSource.objects.create(
            kind="demo_town", reference=f"เมืองสาธิต seed {town.seed}"
        )
        act = Transaction.objects.create(
            office=land_office,
            kind=Transaction.Kind.IMPORT,
            status=Transaction.Status.REGISTERED,
            source=source,
            reason="เมืองสาธิตสำหรับทดลองใช้ / a demo town to try the service with",
            created_at=now,
            registered_at=now,
        )
        connection.ensure_connection()
        loader = _Loader(connection.connection, town, Owners(land_office, local_authority, act))
        return loader.run(progress)


class _Loader(TaxMapRows):
    """One load: ids are drawn up front, so that tables can refer to each other by arithmetic."""

    def __init__(self, raw: Connection[Any], town: Town, owners: Owners) -> None:
        self.raw = raw
        self.town = town
        self.owners = owners
        self.first = {table: self._next_id(table) for table in TABLES}
        self.to_lonlat = Transformer.from_crs(SRID, 4326, always_xy=True)

    def run(self, progress: Progress) -> dict[str, int]:
        rows: dict[str, int] = {}
        steps = [getattr(self, f"_{table.split('_', 1)[1]}") for table in TABLES]
        self.raw.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with parked(self.raw, TABLES):
            for done, (table, columns) in enumerate(zip(TABLES, steps, strict=True)):
                progress(done, len(TABLES) + 1, table)
                rows[table] = copy_rows(self.raw, table, self._with_ids(table, columns()))
            progress(len(TABLES), len(TABLES) + 1, "indexes and keys")
            if fault := self.raw.execute(_SHARES_TOTAL_ONE).fetchone():
                raise ValueError(f"shares of title {fault[0]} do not total one")
            if fault := self.raw.execute(_USES_TOTAL_100).fetchone():
                raise ValueError(f"uses of unit {fault[0]} do not total 100 percent")
        for table in TABLES:
            self.raw.execute(
                SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), {})").format(
                    table, self.first[table] + max(rows[table], 1) - 1
                )
            )
            self.raw.execute(SQL("ANALYZE {}").format(Identifier(table)))
        # What is checked at commit is checked by now; whoever goes on in here may defer again.
        self.raw.execute("SET CONSTRAINTS ALL DEFERRED")
        progress(len(TABLES) + 1, len(TABLES) + 1, "")
        return rows

    def _next_id(self, table: str) -> int:
        query = SQL("SELECT coalesce(max(id), 0) + 1 FROM {}").format(Identifier(table))
        row = self.raw.execute(query).fetchone()
        assert row is not None
        return int(row[0])

    def _with_ids(self, table: str, columns: dict[str, Column]) -> dict[str, Column]:
        rows = len(next(iter(columns.values())))
        return {"id": fixed(np.arange(rows) + self.first[table], ">i8")} | columns

    def _point(self, easting: NDArray[np.float64], northing: NDArray[np.float64]) -> Column:
        offsets = np.arange(len(easting) + 1)
        return self._shape(Shapes(offsets, np.column_stack([easting, northing])), "point")

    def _act(self, rows: int) -> dict[str, Column]:
        return {
            "valid_during": days_from(REGISTERED_SINCE, rows),
            "created_by_id": self._same(self.owners.act.pk, rows),
            "retired_by_id": nulls(rows),
        }

    # The register

    def _mapsheet(self) -> dict[str, Column]:
        sheets = self.town.sheets
        side = np.where(sheets.scale == 4000, 2000.0, 500.0)
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], float)
        xy = np.column_stack([sheets.easting, sheets.northing])[:, None] + (
            corners[None] * side[:, None, None]
        )
        squares = Shapes(np.arange(len(side) + 1) * 5, xy.reshape(-1, 2))
        return {
            "name": ascii_text(sheets.name),
            "scale": fixed(sheets.scale, ">i4"),
            "zone_srid": fixed(np.full(len(side), SRID), ">i4"),
            "extent": self._shape(squares, "polygon"),
        }

    def _party(self) -> dict[str, Column]:
        parties = self.town.parties
        return {
            "kind": text(PARTY_KINDS, parties.kind),
            "title": text(parties.titles, parties.title),
            "name": text(parties.given_names, parties.given_name),
            "surname": text(parties.surnames, parties.surname),
        }

    def _baunit(self) -> dict[str, Column]:
        """One title a parcel, in the order of the parcels."""
        parcels = self.town.parcels
        rows, number = len(parcels), self._written
        return self._act(rows) | {
            "office_id": self._same(self.owners.land_office.pk, rows),
            "title_type": text(TITLE_TYPES, parcels.title_type),
            "deed_number": number(parcels.deed_number),
            "district_id": constant(self.town.sub_districts[0].code[:4].encode(), rows),
            "book": number(parcels.book),
            "page": number(parcels.page),
            "survey_page": number(parcels.survey_page),
        }

    def _written(self, numbers: NDArray[Any]) -> Column:
        """Whole numbers as text; 0 is the empty string."""
        written = numbers.astype("S20")
        written[numbers == 0] = b""
        return ascii_text(written)

    def _right(self) -> dict[str, Column]:
        shares = self.town.shares
        return self._act(len(shares.parcel)) | {
            "ba_unit_id": self._ref("parcels_baunit", shares.parcel),
            "party_id": self._ref("parcels_party", shares.party),
            "kind": constant(b"ownership", len(shares.parcel)),
            "share_numerator": fixed(shares.numerator, ">i4"),
            "share_denominator": fixed(shares.denominator, ">i4"),
        }

    def _house_numbers(self) -> Column:
        parcels = self.town.parcels
        main = parcels.house_number.astype("S10")
        main[parcels.house_number == 0] = b""
        sub = np.char.add(np.array([b"/"]), parcels.house_sub.astype("S10"))
        sub[parcels.house_sub == 0] = b""
        return ascii_text(np.char.add(main, sub))

    def _parcel(self) -> dict[str, Column]:
        town, parcels = self.town, self.town.parcels
        rows = len(parcels)
        codes = np.array([s.code for s in town.sub_districts], "S6")
        return self._act(rows) | {
            "office_id": self._same(self.owners.land_office.pk, rows),
            "local_authority_id": self._same(self.owners.local_authority.pk, rows),
            "ba_unit_id": self._ref("parcels_baunit", np.arange(rows)),
            "map_sheet_id": self._ref("parcels_mapsheet", parcels.sheet),
            "land_number": self._written(parcels.land_number),
            "tax_parcel_code": ascii_text(parcels.tax_codes()),
            "sub_district_id": ascii_text(codes[parcels.sub_district]),
            "house_number": self._house_numbers(),
            "street_th": text([*town.streets.name_th, ""], parcels.street),
            "street_en": text([*town.streets.name_en, ""], parcels.street),
            "land_use": text(LAND_USES, parcels.land_use),
            "legal_area_m2": numeric(parcels.legal_area_tenths * 40, parcels.legal_area_tenths > 0),
            "geometry": self._shape(parcels.rings, "multipolygon"),
            "zone_srid": fixed(np.full(rows, SRID), ">i4"),
        }

    # Survey points and the marks they observed

    def _surveyjob(self) -> dict[str, Column]:
        points = self.town.survey_points
        jobs, first = np.unique(points.job, return_index=True)
        days = points.observed_at[first].astype("M8[D]")
        numbers = [f"ร.ว. {n + 1}/{day.year + 543}" for n, day in enumerate(days.tolist())]
        since = (days - np.datetime64("2000-01-01")).astype(np.int64)
        return {
            "office_id": self._same(self.owners.land_office.pk, len(jobs)),
            "number": texts(numbers),
            "purpose": constant("รังวัดหลักเขตด้วย RTK GNSS Network".encode(), len(jobs)),
            "surveyed_on": fixed(since, ">i4"),
        }

    def _surveypoint(self) -> dict[str, Column]:
        points = self.town.survey_points
        rows = len(points.parcel)
        return {
            "job_id": self._ref("surveys_surveyjob", points.job),
            "name": self._point_names(),
            "method": constant(b"rtk_network", rows),
            "easting": self._decimal(points.easting),
            "northing": self._decimal(points.northing),
            "ellipsoidal_height_m": self._decimal(points.height),
            "srid": fixed(np.full(rows, SRID), ">i4"),
            "horizontal_accuracy_m": self._decimal(points.accuracy_h),
            "vertical_accuracy_m": self._decimal(points.accuracy_v),
            "fix": text(FIX_TYPES, points.fix),
            "satellites": fixed(points.satellites, ">i2"),
            "pdop": self._decimal(points.pdop),
            "observed_at": instants(points.observed_at),
            "geometry": self._point(points.easting, points.northing),
        }

    def _point_names(self) -> Column:
        number = (np.arange(len(self.town.survey_points.parcel)) + 1).astype("S9")
        return ascii_text(np.char.add(b"BC", np.char.zfill(number, 6)))

    def _decimal(self, values: NDArray[np.float64]) -> Column:
        """Metres and ratios to the column's own precision: the nearest 0.0001."""
        return numeric(np.rint(values * 10_000).astype(np.int64), decimals=4)

    def _boundarymark(self) -> dict[str, Column]:
        points = self.town.survey_points
        rows = len(points.parcel)
        rings = self.town.parcels.rings
        corner = rings.xy[rings.offsets[points.parcel] + points.corner]
        return {
            "number": self._point_names(),
            "office_id": self._same(self.owners.land_office.pk, rows),
            "survey_point_id": self._ref("surveys_surveypoint", np.arange(rows)),
            "geometry": self._point(corner[:, 0], corner[:, 1]),
        }

"""Put a demo town into the database: every table by COPY, every rule checked before commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
from django.db import connection, transaction
from numpy.typing import NDArray
from psycopg import Connection
from psycopg.sql import SQL, Identifier
from pyproj import Transformer
from shapely import MultiPolygon, Polygon

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
    raw_bytes,
    shapes,
    text,
    texts,
)
from config.demo.parking import parked
from config.demo.town import (
    FIX_TYPES,
    LAND_USES,
    PARTY_KINDS,
    SRID,
    STRUCTURES,
    TITLE_TYPES,
    USES,
    Areas,
    Shapes,
    Town,
)
from offices.models.office import Office
from parcels.models import AdministrativeSource, Transaction

Progress = Callable[[int, int, str], None]

REGISTERED_SINCE = date(2020, 1, 1)
PRICES_SINCE = date(2023, 1, 1)  # the Treasury Department's round of 2566-2569

# In the order in which they are filled: what is referred to comes first.
TABLES = (
    "parcels_mapsheet",
    "parcels_party",
    "parcels_baunit",
    "parcels_right",
    "parcels_parcel",
    "taxmap_street",
    "taxmap_landprice",
    "taxmap_taxzone",
    "taxmap_taxblock",
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


@dataclass(frozen=True, slots=True)
class Owners:
    """Which offices the town belongs to, and the act that registers it."""

    land_office: Office
    local_authority: Office
    act: Transaction


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


class _Loader:
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
        for table in TABLES:
            self.raw.execute(
                SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), {})").format(
                    table, self.first[table] + max(rows[table], 1) - 1
                )
            )
            self.raw.execute(SQL("ANALYZE {}").format(Identifier(table)))
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

    def _ref(self, table: str, rows: NDArray[Any], present: Any = None) -> Column:
        return fixed(rows + self.first[table], ">i8", present)

    def _same(self, value: int, rows: int) -> Column:
        return constant(int(value).to_bytes(8, "big"), rows)

    def _shape(self, ragged: Shapes, kind: str) -> Column:
        lon, lat = self.to_lonlat.transform(ragged.xy[:, 0], ragged.xy[:, 1])
        return shapes(ragged.offsets, np.column_stack([lon, lat]), kind)

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

    # The tax map

    def _authority(self, rows: int) -> dict[str, Column]:
        return {"local_authority_id": self._same(self.owners.local_authority.pk, rows)}

    def _street(self) -> dict[str, Column]:
        streets = self.town.streets
        every = np.arange(len(streets.name_th))
        return self._authority(len(every)) | {
            "name_th": text(streets.name_th, every),
            "name_en": text(streets.name_en, every),
            "centreline": self._shape(streets.lines, "linestring"),
        }

    def _landprice(self) -> dict[str, Column]:
        prices = self.town.streets.land_price
        priced = np.flatnonzero(prices)
        return {
            "street_id": self._ref("taxmap_street", priced),
            "satang_per_wa": fixed(prices[priced].astype(np.int64) * 100, ">i8"),
            "valid_during": days_from(PRICES_SINCE, len(priced)),
        }

    def _taxzone(self) -> dict[str, Column]:
        codes, outlines = self._dissolved(self.town.zones)
        return self._authority(len(codes)) | {"code": texts(codes), "geometry": outlines}

    def _taxblock(self) -> dict[str, Column]:
        codes, outlines = self._dissolved(self.town.blocks)
        zone_rows = {code: row for row, code in enumerate(self._dissolved(self.town.zones)[0])}
        zones = np.array([zone_rows[code[:2]] for code in codes])
        return {
            "zone_id": self._ref("taxmap_taxzone", zones),
            "code": texts([code[2:] for code in codes]),
            "geometry": outlines,
        }

    def _dissolved(self, areas: Areas) -> tuple[list[str], Column]:
        """Codes in order, each with its outline, which may have several parts."""
        parts: dict[str, list[Polygon]] = {}
        for row, code in enumerate(areas.codes()):
            ring = areas.rings[row]
            lonlat = np.column_stack(self.to_lonlat.transform(ring[:, 0], ring[:, 1]))
            parts.setdefault(code, []).append(Polygon(lonlat))
        codes = sorted(parts)
        outlines = shapely.set_srid([MultiPolygon(parts[code]) for code in codes], 4326)
        return codes, raw_bytes(list(shapely.to_wkb(outlines, include_srid=True)))

    def _valued(self) -> NDArray[np.int64]:
        """Rows of the parcels that the tax map numbers: all but streets and canals."""
        return np.flatnonzero(self.town.parcels.lot > 0)

    def _unit_rows(self) -> NDArray[np.int64]:
        """Row of the valuation unit of each parcel; meaningless for streets and canals."""
        return np.cumsum(self.town.parcels.lot > 0) - 1

    def _valuationunit(self) -> dict[str, Column]:
        parcels, rows = self.town.parcels, self._valued()
        street, price = parcels.street[rows], parcels.land_price[rows].astype(np.int64)
        own_price = (price > 0) & ((street < 0) | (price != self.town.streets.land_price[street]))
        vacant_since = parcels.vacant_since[rows]
        return self._authority(len(rows)) | {
            "parcel_id": self._ref("parcels_parcel", rows),
            "street_id": self._ref("taxmap_street", street, street >= 0),
            "satang_per_wa": fixed(price * 100, ">i8", own_price),
            "in_house_registration": fixed(parcels.in_house_registration[rows], "u1"),
            "vacant_since": fixed(vacant_since, ">i2", vacant_since > 0),
            "is_taxable": fixed(parcels.is_taxable[rows], "u1"),
        }

    def _unituse(self) -> dict[str, Column]:
        uses = self.town.uses
        return {
            "unit_id": self._ref("taxmap_valuationunit", self._unit_rows()[uses.parcel]),
            "use": text(USES, uses.use),
            "share_percent": numeric(uses.share.astype(np.int64) * 10_000, decimals=4),
        }

    def _building(self) -> dict[str, Column]:
        buildings, types = self.town.buildings, self.town.building_types
        first = np.r_[True, buildings.parcel[1:] != buildings.parcel[:-1]][: len(buildings.parcel)]
        start = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))
        number = (np.arange(len(first)) - start + 1).astype("S3")
        return {
            "unit_id": self._ref("taxmap_valuationunit", self._unit_rows()[buildings.parcel]),
            "code": ascii_text(np.char.add(b"B", np.char.zfill(number, 3))),
            "type_code": text([t.code for t in types], buildings.type),
            "type_name": text([t.name_th for t in types], buildings.type),
            "structure": text(STRUCTURES, buildings.structure),
            "floors": fixed(buildings.floors, ">i2"),
            "floor_area_m2": numeric(buildings.floor_area_hundredths),
            "built_in": fixed(buildings.year_built, ">i2"),
            "satang_per_m2": fixed(buildings.price_per_m2.astype(np.int64) * 100, ">i8"),
            "footprint": self._shape(buildings.rings, "polygon"),
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

"""The columns of the tax map's tables: zones, streets, prices, units, uses and buildings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely import MultiPolygon, Polygon

from config.demo.copying import (
    Column,
    ascii_text,
    constant,
    days_from,
    fixed,
    nulls,
    numeric,
    raw_bytes,
    shapes,
    text,
    texts,
    years_between,
)
from config.demo.town import STRUCTURES, USES, Areas, Shapes, Town
from offices.models.office import Office
from parcels.models import Transaction

REGISTERED_SINCE = date(2020, 1, 1)
PRICES_SINCE = date(2023, 1, 1)  # the Treasury Department's round of 2566-2569


@dataclass(frozen=True, slots=True)
class Owners:
    """Which offices the town belongs to, and the act that registers it."""

    land_office: Office
    local_authority: Office
    act: Transaction


class TaxMapRows:
    """Tables that refer to each other by arithmetic: the first id of each is drawn up front."""

    town: Town
    owners: Owners
    first: dict[str, int]
    to_lonlat: Transformer

    def _ref(self, table: str, rows: NDArray[Any], present: Any = None) -> Column:
        return fixed(rows + self.first[table], ">i8", present)

    def _same(self, value: int, rows: int) -> Column:
        return constant(int(value).to_bytes(8, "big"), rows)

    def _shape(self, ragged: Shapes, kind: str) -> Column:
        lon, lat = self.to_lonlat.transform(ragged.xy[:, 0], ragged.xy[:, 1])
        return shapes(ragged.offsets, np.column_stack([lon, lat]), kind)

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
        """Prices of the streets, then of the parcels that have another one than their street."""
        streets, parcels = self.town.streets.land_price, self.town.parcels
        priced = np.flatnonzero(streets)
        rows = self._valued()
        street, price = parcels.street[rows], parcels.land_price[rows]
        own = rows[(price > 0) & ((street < 0) | (price != streets[street]))]
        count = len(priced) + len(own)
        is_own = np.arange(count) >= len(priced)
        prices = np.r_[streets[priced], parcels.land_price[own]].astype(np.int64)
        return {
            "zone_id": nulls(count),
            "street_id": self._ref("taxmap_street", np.r_[priced, np.zeros_like(own)], ~is_own),
            "parcel_id": self._ref("parcels_parcel", np.r_[np.zeros_like(priced), own], is_own),
            "satang_per_wa": fixed(prices * 100, ">i8"),
            "valid_during": days_from(PRICES_SINCE, count),
        }

    def _buildingprice(self) -> dict[str, Column]:
        types = self.town.building_types
        prices = np.array([each.price_per_m2 for each in types], np.int64)
        return self._authority(len(types)) | {
            "province_id": nulls(len(types)),
            "type_code": texts([each.code for each in types]),
            "type_name": texts([each.name_th for each in types]),
            "satang_per_m2": fixed(prices * 100, ">i8"),
            "valid_during": days_from(PRICES_SINCE, len(types)),
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
        street = parcels.street[rows]
        zones = self._dissolved(self.town.zones)[0]
        zone = np.searchsorted(np.array([int(code) for code in zones]), parcels.zone[rows])
        return self._authority(len(rows)) | {
            "parcel_id": self._ref("parcels_parcel", rows),
            "street_id": self._ref("taxmap_street", street, street >= 0),
            "owner_id": nulls(len(rows)),
            "condominium_unit_id": nulls(len(rows)),
            "zone_id": self._ref("taxmap_taxzone", zone),
            "is_taxable": fixed(parcels.is_taxable[rows], "u1"),
        }

    def _unituse(self) -> dict[str, Column]:
        """Uses of today; a plot that fell vacant since the register began was worked before."""
        uses, parcels = self.town.uses, self.town.parcels
        since = np.maximum(
            parcels.vacant_since[uses.parcel].astype(np.int64), REGISTERED_SINCE.year
        )
        fallen = np.flatnonzero(since > REGISTERED_SINCE.year)
        built = np.isin(uses.parcel[fallen], self.town.buildings.parcel)
        former = np.where(built, USES.index("other"), USES.index("agriculture"))
        parcel = np.r_[uses.parcel, uses.parcel[fallen]]
        use = np.r_[uses.use, former]
        share = np.r_[uses.share, uses.share[fallen]].astype(np.int64)
        home = parcels.in_house_registration[parcel] & (use == USES.index("main_home"))
        began = np.r_[since, np.full(len(fallen), REGISTERED_SINCE.year)]
        ended = np.r_[np.zeros(len(since), np.int64), since[fallen]]
        return self._as_loaded(len(parcel)) | {
            "unit_id": self._ref("taxmap_valuationunit", self._unit_rows()[parcel]),
            "use": text(USES, use),
            "share_percent": numeric(share * 10_000, decimals=4),
            "area_m2": nulls(len(parcel)),
            "in_house_registration": fixed(home, "u1"),
            "valid_during": years_between(began, ended),
        }

    def _as_loaded(self, rows: int) -> dict[str, Column]:
        """Facts that nobody inspected yet."""
        return {"opened_by_id": nulls(rows), "closed_by_id": nulls(rows)}

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
            "footprint": self._shape(buildings.rings, "polygon"),
            "valid_during": years_between(buildings.year_built.astype(np.int64)),
        } | self._as_loaded(len(first))

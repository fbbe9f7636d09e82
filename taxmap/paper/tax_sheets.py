"""Which tax-map sheets an authority has, and how each lies on paper.

Sheets are those of the UTM division (ระวาง): squares on Indian 1975, always half a metre wide at
their own scale. docs/algorithms/tax-map-sheets.md has the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import shapely
from django.conf import settings
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import Polygon

from cadastre.geodesy import WGS84, transformer
from cadastre.geodesy.sheets import SQUARE_M, sheet_at, sheet_extent
from cadastre.geodesy.zones import INDIAN_1975_47N, INDIAN_1975_48N, UTM_47N, UTM_48N
from cadastre.identifiers import SHEETS_PER_SIDE, MapSheet
from offices.models import Office
from parcels.models import Parcel
from taxmap.errors import NoSheetsHere
from taxmap.paper.layout import Box
from web.paper import Frame

SCALES: Final = (500, 1_000, 2_000, 4_000)
PARTS_PER_SIDE: Final = {"A1": 1, "A3": 2}
"""A whole sheet is 500 mm wide and fits on A1; on A3 it is drawn as four quarters."""

SHEET_MM: Final = 500
_INDIAN: Final = {UTM_47N: INDIAN_1975_47N, UTM_48N: INDIAN_1975_48N}
Neighbours = list[list[MapSheet]]


@dataclass(frozen=True, slots=True)
class SheetOnPaper:
    """One page: a sheet, or a quarter of it (``part`` 1 to 4 from the north-west, row by row)."""

    sheet: MapSheet
    srid: int
    part: int
    parts: int
    frame: Frame

    @property
    def box(self) -> Box:
        """West, south, east, north in metres of `srid`."""
        west, south = self.frame.easting, self.frame.northing
        return west, south, west + self.frame.width_m, south + self.frame.height_m


def sheet_srid(authority: Office) -> int:
    """The Indian 1975 zone that an authority's sheets are drawn on. Raises `NoSheetsHere`."""
    try:
        return _INDIAN[authority.zone_srid]
    except KeyError:
        raise NoSheetsHere(srid=authority.zone_srid) from None


def pages_of(sheet: MapSheet, paper: str) -> list[SheetOnPaper]:
    """The pages of a sheet on a paper, from the north-west row by row."""
    extent, per_side = sheet_extent(sheet), PARTS_PER_SIDE[paper]
    side_mm = SHEET_MM / per_side
    side_m = side_mm * sheet.scale / 1000
    return [
        SheetOnPaper(
            sheet, extent.srid, row * per_side + column + 1, per_side**2,
            Frame(extent.bounds.min_x + column * side_m,
                  extent.bounds.max_y - (row + 1) * side_m, side_mm, side_mm, sheet.scale),
        )
        for row in range(per_side)
        for column in range(per_side)
    ]  # fmt: skip


def neighbours_of(sheet: MapSheet) -> Neighbours:
    """The sheet among its eight neighbours, the northern row first."""
    extent = sheet_extent(sheet)
    side = SQUARE_M / SHEETS_PER_SIDE[sheet.scale]
    x, y = extent.bounds.centre
    return [
        [sheet_at(x + i * side, y + j * side, extent.srid, sheet.scale) for i in (-1, 0, 1)]
        for j in (1, 0, -1)
    ]


def sheets_of(authority: Office, scale: int, today: date) -> dict[MapSheet, int]:
    """The sheets on which plots of the authority have a corner, with how many plots.

    Only plots with a tax parcel code count. From the north-west, row by row.
    """
    srid = sheet_srid(authority)
    plots = list(_plots(authority, today))
    if not plots:
        return {}
    points, plot = shapely.get_coordinates(shapely.from_wkb(plots), return_index=True)
    east, north = transformer(WGS84, srid, settings.CHANOT_DATUM_PARAMETERS).transform(
        points[:, 0], points[:, 1]
    )
    side = SQUARE_M // SHEETS_PER_SIDE[scale]
    columns = np.floor_divide(east, side).astype(int)
    rows = np.floor_divide(north, side).astype(int)
    touched = np.unique(np.column_stack([-rows, columns, plot]), axis=0)
    counted = Counter((int(row), int(column)) for row, column, _plot in touched)
    return {
        sheet_at((column + 0.5) * side, (0.5 - row) * side, srid, scale): counted[row, column]
        for row, column in sorted(counted)
    }


def _plots(authority: Office, today: date) -> Iterator[bytes]:
    rows = (
        Parcel.objects.filter(local_authority=authority, valid_during__contains=today)
        .exclude(tax_parcel_code="")
        .annotate(shape=AsWKB("geometry"))
        .values_list("shape", flat=True)
    )
    return (bytes(shape) for shape in rows.iterator(chunk_size=5_000))


def degrees_around(page: SheetOnPaper) -> Polygon:
    """A rectangle of EPSG:4326 that holds the page with a little room, for the index."""
    west, south, east, north = page.box
    xs, ys = transformer(page.srid, WGS84, settings.CHANOT_DATUM_PARAMETERS).transform(
        [west, east, west, east], [south, south, north, north]
    )
    room = 1e-4
    return Polygon.from_bbox((min(xs) - room, min(ys) - room, max(xs) + room, max(ys) + room))


def sheet_file_name(sheet: MapSheet, paper: str) -> str:
    """Name of the PDF of a sheet, such as tax-map-5036-1-4832-13-1000-A3.pdf."""
    return f"tax-map-{'-'.join(sheet.fields)}-{paper}.pdf"

"""Where a UTM map sheet lies, and which sheet a point lies on.

See ``docs/algorithms/map-sheets.md`` for the grid and for what is known of its edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cadastre.errors import LandError, gettext_noop
from cadastre.geodesy.datum import DEFAULT_DATUM_PARAMETERS
from cadastre.geodesy.transform import transform_point
from cadastre.geodesy.zones import (
    INDIAN_1975_47N,
    INDIAN_1975_48N,
    THAI_ZONES,
    THAILAND,
    WGS84,
    Bounds,
    utm_zone_of,
    zone_of_srid,
)
from cadastre.identifiers import SHEETS_PER_SIDE, MapSheet

SQUARE_M: Final = 2_000
"""Side of a 1:4,000 sheet."""

_SERIES_LON: Final = 75.0
_SERIES_LAT: Final = -4.5
_BLOCK_DEGREES: Final = 0.5
_QUADRANT_CORNER: Final = {1: (0.25, 0.25), 2: (0.25, 0.0), 3: (0.0, 0.0), 4: (0.0, 0.25)}
_REACH_M: Final = 16_000
"""Half a 1:50,000 sheet (13.9 km) and a sheet's width: farther out, the name is doubtful."""

_ZONE_EDGE: Final = 102.0
_OVERLAP_DEGREES: Final = 1.0
"""How far past the meridian a province may carry its zone."""

_INDIAN_BY_ZONE: Final = {47: INDIAN_1975_47N, 48: INDIAN_1975_48N}


class OutsideSheetIndex(LandError):
    """A place, or a sheet's index number, outside the Thai sheet index."""

    code = "outside_sheet_index"
    message = gettext_noop(
        "{place} lies outside the map sheet index of Thailand. Check the first four digits of the "
        "sheet, or the zone of the coordinates."
    )


@dataclass(frozen=True, slots=True)
class SheetExtent:
    """A sheet's square on the ground, in metres of Indian 1975 / UTM (``srid`` 24047 or 24048).

    ``agrees_with_index`` is false when the kilometres do not fall on the 1:50,000 sheet that the
    name gives: the square is then the nearest one with those digits, and the name has a slip.
    """

    sheet: MapSheet
    srid: int
    bounds: Bounds
    agrees_with_index: bool


def index_bounds(index: str, quadrant: int) -> Bounds:
    """The quarter degree of a 1:50,000 sheet such as ``5136`` II, EPSG:4326 degrees."""
    dx, dy = _QUADRANT_CORNER[quadrant]
    west = _SERIES_LON + int(index[:2]) * _BLOCK_DEGREES + dx
    south = _SERIES_LAT + int(index[2:]) * _BLOCK_DEGREES + dy
    return Bounds(west, south, west + 0.25, south + 0.25)


def index_of(lon: float, lat: float) -> tuple[str, int]:
    """The 1:50,000 sheet of a point (EPSG:4326 degrees) and its quadrant, 1 to 4."""
    if not THAILAND.contains(lon, lat):
        raise OutsideSheetIndex(place=f"{lat:.5f}, {lon:.5f}")
    column, x = divmod(lon - _SERIES_LON, _BLOCK_DEGREES)
    row, y = divmod(lat - _SERIES_LAT, _BLOCK_DEGREES)
    east, north = x >= 0.25, y >= 0.25
    quadrant = (1 if east else 4) if north else (2 if east else 3)
    return f"{int(column):02d}{int(row):02d}", quadrant


def sheet_extent(sheet: MapSheet) -> SheetExtent:
    """The square of a sheet.

    The two digits of each kilometre repeat every 100 km, so the square nearest to the 1:50,000
    sheet is meant. Some provinces carry zone 47 past the 102nd meridian: where the digits do not
    fit in the sheet's own zone but do in the other, the other is meant.
    """
    lon, lat = index_bounds(sheet.index, sheet.quadrant).centre
    if not THAILAND.contains(lon, lat):
        raise OutsideSheetIndex(place=str(sheet))
    own = utm_zone_of(lon, lat)
    zones = (own, *(THAI_ZONES - {own})) if abs(lon - _ZONE_EDGE) <= _OVERLAP_DEGREES else (own,)
    tried = [_corner(sheet, zone, lon, lat) for zone in zones]
    srid, x, y, fits = next((corner for corner in tried if corner[3]), tried[0])
    per_side = SHEETS_PER_SIDE[sheet.scale]
    side = SQUARE_M / per_side
    row, column = divmod(max(sheet.number - 1, 0), per_side)
    west, south = x + column * side, y + SQUARE_M - (row + 1) * side
    return SheetExtent(sheet, srid, Bounds(west, south, west + side, south + side), fits)


def _corner(sheet: MapSheet, zone: int, lon: float, lat: float) -> tuple[int, float, float, bool]:
    srid = _INDIAN_BY_ZONE[zone]
    centre_x, centre_y = transform_point(lon, lat, WGS84, srid)
    x = _nearest(sheet.easting_km, centre_x)
    y = _nearest(sheet.northing_km, centre_y)
    off = max(abs(x + SQUARE_M / 2 - centre_x), abs(y + SQUARE_M / 2 - centre_y))
    return srid, x, y, off <= _REACH_M


def _nearest(kilometres: int, centre: float) -> float:
    """The coordinate ending in those two kilometre digits whose square is nearest to ``centre``."""
    offset = centre - SQUARE_M / 2 - kilometres * 1000
    return kilometres * 1000 + round(offset / 100_000) * 100_000.0


def sheet_at(
    x: float,
    y: float,
    srid: int,
    scale: int = 4000,
    parameters: str = DEFAULT_DATUM_PARAMETERS,
) -> MapSheet:
    """The sheet of a scale under a point given in any reference system.

    The square is found on Indian 1975 in the zone of ``srid`` (of the point, if ``srid`` has
    none); the sheet carries the name of the 1:50,000 sheet on which its own centre lies.
    """
    zone = zone_of_srid(srid)
    if zone is None:
        zone = utm_zone_of(*transform_point(x, y, srid, WGS84, parameters))
    if zone not in THAI_ZONES:
        raise OutsideSheetIndex(place=f"{x}, {y}")
    indian = _INDIAN_BY_ZONE[zone]
    east, north = transform_point(x, y, srid, indian, parameters)
    return _sheet_of_square(east, north, indian, scale, parameters)


def _sheet_of_square(east: float, north: float, srid: int, scale: int, parameters: str) -> MapSheet:
    column, in_x = divmod(east, SQUARE_M)
    row, in_y = divmod(north, SQUARE_M)
    per_side = SHEETS_PER_SIDE[scale]
    side = SQUARE_M / per_side
    part_x, part_y = int(in_x // side), int(in_y // side)
    centre_x = column * SQUARE_M + (part_x + 0.5) * side
    centre_y = row * SQUARE_M + (part_y + 0.5) * side
    index, quadrant = index_of(*transform_point(centre_x, centre_y, srid, WGS84, parameters))
    number = (per_side - 1 - part_y) * per_side + part_x + 1 if per_side > 1 else 0
    return MapSheet(index, quadrant, int(column) * 2 % 100, int(row) * 2 % 100, number, scale)


def sheets_within(
    bounds: Bounds,
    srid: int,
    scale: int = 4000,
    parameters: str = DEFAULT_DATUM_PARAMETERS,
    most: int = 10_000,
) -> list[MapSheet]:
    """Every sheet of a scale that a rectangle in Indian 1975 / UTM (``srid``) touches.

    West to east, then south to north. Raises ``ValueError`` above ``most`` sheets.
    """
    if zone_of_srid(srid) not in THAI_ZONES or srid not in _INDIAN_BY_ZONE.values():
        raise ValueError(f"sheets are drawn on EPSG:24047 or 24048, not {srid}")
    side = SQUARE_M / SHEETS_PER_SIDE[scale]
    columns = range(int(bounds.min_x // side), int(bounds.max_x // side) + 1)
    rows = range(int(bounds.min_y // side), int(bounds.max_y // side) + 1)
    if len(columns) * len(rows) > most:
        raise ValueError(f"more than {most} sheets")
    return [
        _sheet_of_square((column + 0.5) * side, (row + 0.5) * side, srid, scale, parameters)
        for row in rows
        for column in columns
    ]

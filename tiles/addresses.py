"""The grammar of tile addresses: one spelling for each, checked before any query runs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tiles.registry import MAX_ZOOM

_NUMBER = "(?:0|[1-9][0-9]{0,7})"
_TILE = rf"(?P<z>{_NUMBER})/(?P<x>{_NUMBER})/(?P<y>{_NUMBER})"
_VECTOR = re.compile(rf"(?P<layer>[a-z][a-z0-9_]*)/{_TILE}\.mvt", re.ASCII)
_RASTER = re.compile(rf"raster/(?P<layer>[a-zA-Z0-9_-]+)/{_TILE}\.(?P<format>webp|png)", re.ASCII)
_VECTOR_JSON = re.compile(r"(?P<layer>[a-z][a-z0-9_]*)\.json", re.ASCII)
_RASTER_JSON = re.compile(r"raster/(?P<layer>[a-zA-Z0-9_-]+)\.json", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tile:
    """One square of the web-mercator pyramid (XYZ scheme, y from the north)."""

    z: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class VectorTile:
    layer: str
    tile: Tile


@dataclass(frozen=True, slots=True)
class RasterTile:
    layer: str
    tile: Tile
    format: str


@dataclass(frozen=True, slots=True)
class VectorDescription:
    layer: str


@dataclass(frozen=True, slots=True)
class RasterDescription:
    layer: str


Address = VectorTile | RasterTile | VectorDescription | RasterDescription


def address_of(path: str) -> Address | None:
    """What a path below /tiles/ asks for; None when no tile could have that address.

    Zooms run from 0 to 24 and columns and rows from 0 to 2^z - 1; ``01``, ``1e3`` and digits of
    other scripts are not numbers here.
    """
    if match := _VECTOR.fullmatch(path):
        tile = _tile_of(match)
        return VectorTile(match["layer"], tile) if tile else None
    if match := _RASTER.fullmatch(path):
        tile = _tile_of(match)
        return RasterTile(match["layer"], tile, match["format"]) if tile else None
    if match := _VECTOR_JSON.fullmatch(path):
        return VectorDescription(match["layer"])
    if match := _RASTER_JSON.fullmatch(path):
        return RasterDescription(match["layer"])
    return None


def _tile_of(match: re.Match[str]) -> Tile | None:
    z, x, y = int(match["z"]), int(match["x"]), int(match["y"])
    inside = z <= MAX_ZOOM and x < 2**z and y < 2**z
    return Tile(z, x, y) if inside else None

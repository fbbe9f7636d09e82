"""An aerial picture of the demo town, painted from its own parcels and buildings.

Nobody flew over a town that does not exist; the picture is there so that imagery, its import and
its tiles can be tried with something that lies exactly under the parcels.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.transform import Affine, from_origin
from shapely import Polygon

from config.demo.town import LAND_CLASSES, SRID, Shapes, Town

Picture = NDArray[np.float32]
Mask = NDArray[np.bool_]

PIXEL_M = 0.6  # just above the pixels of zoom 18 at this latitude
MAX_SIDE_PX = 8_192
_MARGIN_M = 60.0

# Base colours as seen from above in the dry season, red green blue 0..255.
_GROUND = {
    "shop_house": (168, 160, 150),
    "townhouse": (160, 158, 146),
    "detached": (126, 148, 98),
    "house": (122, 142, 92),
    "commercial": (172, 168, 162),
    "factory": (176, 172, 166),
    "condominium": (150, 160, 140),
    "orchard": (72, 104, 56),
    "rice": (148, 160, 84),
    "idle": (142, 138, 92),
    "temple": (186, 176, 150),
    "school": (150, 158, 112),
    "hospital": (168, 170, 158),
    "office": (170, 170, 162),
    "market": (178, 168, 158),
    "park": (96, 134, 72),
    "street": (132, 130, 128),
    "canal": (96, 100, 74),
}
_ROOFS = np.array(
    [
        (158, 88, 66),
        (140, 74, 58),
        (98, 116, 140),
        (150, 150, 152),
        (110, 128, 108),
        (186, 178, 168),
    ],
    np.float32,
)
_LEAF = np.array((48, 84, 40), np.float32)
# How much of the ground stays free of tree crowns.
_WOODED = {
    "orchard": 0.52,
    "park": 0.62,
    "detached": 0.84,
    "house": 0.80,
    "idle": 0.86,
    "temple": 0.88,
}


def town_paint(town: Town, path: Path) -> Path:
    """Write the picture as a GeoTIFF in EPSG:32647; deterministic for a town.

    0.6 metres a pixel for the demo's 5,000 parcels, coarser for larger towns (at most 8,192
    pixels a side). Returns ``path``.
    """
    transform, shape = _frame(town)
    rng = np.random.default_rng([town.seed, 77])
    picture = _ground(town, transform, shape, rng)
    _roofs(town, picture, transform, rng)
    profile = {
        "driver": "GTiff", "width": shape[1], "height": shape[0], "count": 3, "dtype": "uint8",
        "crs": f"EPSG:{SRID}", "transform": transform, "compress": "deflate", "tiled": True,
        "photometric": "RGB", "nodata": 0,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as target:
        target.write(np.moveaxis(picture.clip(0, 255).astype(np.uint8), 2, 0))
    return path


def _frame(town: Town) -> tuple[Affine, tuple[int, int]]:
    low, high = town.outline.min(axis=0) - _MARGIN_M, town.outline.max(axis=0) + _MARGIN_M
    pixel = max(PIXEL_M, float((high - low).max()) / MAX_SIDE_PX)
    width, height = np.ceil((high - low) / pixel).astype(int)
    return from_origin(low[0], high[1], pixel, pixel), (int(height), int(width))


def _burn(shapes: Shapes, values: NDArray[Any], transform: Affine, shape: tuple[int, int]) -> Any:
    """Each shape's value on its pixels; 0 elsewhere."""
    return rasterize(
        ((Polygon(shapes[row]), int(value)) for row, value in enumerate(values)),
        out_shape=shape,
        transform=transform,
        dtype="int32",
    )


def _noise(shape: tuple[int, int], size: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Smooth noise in -1..1: random values on a coarse net, interpolated."""
    rows, columns = shape[0] // size + 2, shape[1] // size + 2
    net = rng.uniform(-1, 1, (rows, columns)).astype(np.float32)
    y = np.linspace(0, rows - 1.001, shape[0], dtype=np.float32)
    x = np.linspace(0, columns - 1.001, shape[1], dtype=np.float32)
    y0, x0 = y.astype(int), x.astype(int)
    fy, fx = (y - y0)[:, None], (x - x0)[None]
    upper = net[y0][:, x0] * (1 - fx) + net[y0][:, x0 + 1] * fx
    lower = net[y0 + 1][:, x0] * (1 - fx) + net[y0 + 1][:, x0 + 1] * fx
    return np.asarray(upper * (1 - fy) + lower * fy, np.float32)


def _ground(
    town: Town, transform: Affine, shape: tuple[int, int], rng: np.random.Generator
) -> Picture:
    """What lies between the buildings: soil, grass, water, asphalt, with trees on it."""
    rows = np.arange(1, len(town.parcels) + 1)
    parcel = _burn(town.parcels.rings, rows, transform, shape)
    land = np.concatenate([[0], town.parcels.land_class + 1])[parcel]
    colours = np.array([(0, 0, 0), *(_GROUND[c] for c in LAND_CLASSES)], np.float32)
    picture = colours[land]
    tint = np.concatenate([[0], rng.normal(0, 7, len(rows))]).astype(np.float32)
    grain = rng.normal(0, 5, shape).astype(np.float32)
    picture += (tint[parcel] + grain + 8 * _noise(shape, 40, rng))[..., None]
    crowns = 0.5 + 0.5 * _noise(shape, 9, rng) * (0.7 + 0.3 * _noise(shape, 90, rng))
    for name, threshold in _WOODED.items():
        trees = (land == LAND_CLASSES.index(name) + 1) & (crowns > threshold)
        picture[trees] = _LEAF + 60 * (crowns[trees, None] - threshold)
    picture[land == 0] = 0
    return np.asarray(picture, np.float32)


def _roofs(town: Town, picture: Picture, transform: Affine, rng: np.random.Generator) -> None:
    """Roofs, lit from the north-east, with their shadow on the ground to the south-west."""
    buildings = town.buildings
    shape = (picture.shape[0], picture.shape[1])
    number = _burn(buildings.rings, np.arange(1, len(buildings.parcel) + 1), transform, shape)
    roof = number > 0
    reach = max(1, round(2.0 / transform.a))
    shadow = np.zeros_like(roof)
    shadow[reach:, :-reach] = roof[:-reach, reach:]
    shadow &= ~roof & (picture.sum(axis=2) > 0)
    picture[shadow] *= 0.58
    colour = _ROOFS[rng.integers(0, len(_ROOFS), len(buildings.parcel))]
    colour += rng.normal(0, 9, (len(colour), 1)).astype(np.float32)
    picture[roof] = colour[number[roof] - 1] + rng.normal(0, 3, (int(roof.sum()), 1))
    edge = np.zeros_like(roof)
    edge[1:, :] |= number[1:, :] != number[:-1, :]
    edge[:, 1:] |= number[:, 1:] != number[:, :-1]
    picture[edge & roof] *= 0.86

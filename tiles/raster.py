"""Image tiles from cloud-optimised GeoTIFFs.

The files are made by our own import: aligned with the tiles of the map, each block stored as the
WebP that is served. So a tile is one read without decoding wherever the file holds its level; PNG,
and zooms that the file does not hold, go through rio-tiler.
"""

from __future__ import annotations

import math
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from django.conf import settings
from django.db import connection
from rio_tiler.errors import TileOutsideBounds
from rio_tiler.io import Reader
from rio_tiler.utils import render

from tiles.addresses import Tile
from web.formats import in_thai

TILE_PIXELS = 256
OPEN_FILES_PER_THREAD = 8
RESAMPLED_QUALITY = 95  # between stored zooms pixels are interpolated; no loss would cost ten times
_HALF_WORLD_M = math.pi * 6_378_137.0
_IMAGE = (Path(__file__).parent / "sql" / "image.sql").read_text(encoding="utf-8")
_CLEAR = np.zeros((4, TILE_PIXELS, TILE_PIXELS), "uint8")
TRANSPARENT = {
    "webp": bytes(render(_CLEAR, img_format="WEBP", lossless=True)),
    "png": bytes(render(_CLEAR, img_format="PNG")),
}


@dataclass(frozen=True, slots=True)
class Image:
    """A registered layer of imagery; bounds are west, south, east, north in degrees."""

    bounds: tuple[float, float, float, float]
    name: str
    title_th: str
    title_en: str
    attribution: str
    file_name: str
    min_zoom: int
    max_zoom: int
    is_public: bool

    @property
    def title(self) -> str:
        """The title in the language of the page."""
        return self.title_th if in_thai() else self.title_en

    @property
    def version(self) -> str:
        """Names the pixels: another image, another version."""
        return self.file_name.rpartition("-")[2].removesuffix(".tif")


def image_named(name: str) -> Image | None:
    """Read anew each time, so that a layer made private is private at once."""
    with connection.cursor() as cursor:
        cursor.execute(_IMAGE, [name])
        row: Any = cursor.fetchone()
    return Image(tuple(row[:4]), *row[4:]) if row else None


def tile_image(image: Image, tile: Tile, image_format: str) -> bytes:
    """The bytes of one 256-pixel tile, ``webp`` or ``png``; transparent where no image is."""
    if not _meets(image.bounds, tile):
        return TRANSPARENT[image_format]
    opened = _open_files.get(Path(settings.IMAGERY_DIR) / image.file_name)
    if image_format == "webp":
        stored = opened.stored_block(tile)
        if stored is not None:
            return stored
    try:
        # Nearest where the file holds the level, for then nothing is resampled.
        found = opened.reader.tile(
            tile.x, tile.y, tile.z, tilesize=TILE_PIXELS, resampling_method="bilinear"
        )
    except TileOutsideBounds:
        return TRANSPARENT[image_format]
    options: dict[str, Any] = {"quality": RESAMPLED_QUALITY} if image_format == "webp" else {}
    return bytes(found.render(img_format=image_format.upper(), **options))


def _meets(bounds: tuple[float, float, float, float], tile: Tile) -> bool:
    """Whether a tile and a box in degrees have area in common."""
    west, south, east, north = bounds
    return (
        _longitude(tile.x, tile.z) < east
        and _longitude(tile.x + 1, tile.z) > west
        and _latitude(tile.y, tile.z) > south
        and _latitude(tile.y + 1, tile.z) < north
    )


def _longitude(x: int, z: int) -> float:
    return math.ldexp(x, -z) * 360 - 180


def _latitude(y: int, z: int) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * math.ldexp(y, -z)))))


class _Opened:
    """One file held open by one thread: GDAL's dataset, its reader and a plain descriptor."""

    def __init__(self, path: Path) -> None:
        with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", GDAL_PAM_ENABLED="NO"):
            self.dataset: Any = rasterio.open(path, driver="GTiff", sharing=False)
        self.reader = Reader(None, dataset=self.dataset)
        self.descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self.zoom = int(self.dataset.tags(ns="TILING_SCHEME")["ZOOM_LEVEL"])
        span = self.dataset.transform.a * TILE_PIXELS
        self.column = round((self.dataset.transform.c + _HALF_WORLD_M) / span)
        self.row = round((_HALF_WORLD_M - self.dataset.transform.f) / span)
        self.levels = 1 + len(self.dataset.overviews(1))

    def stored_block(self, tile: Tile) -> bytes | None:
        """The tile as the file holds it; None when this level is not in it, or not aligned."""
        level = self.zoom - tile.z
        if not 0 <= level < self.levels or (self.column | self.row) % 2**level:
            return None
        place = f"{tile.x - (self.column >> level)}_{tile.y - (self.row >> level)}"
        overview = level - 1 if level else None
        offset = self._tag(f"BLOCK_OFFSET_{place}", overview)
        size = self._tag(f"BLOCK_SIZE_{place}", overview)
        if not offset or not size:  # a sparse block, or beyond the edge: nothing was painted there
            return TRANSPARENT["webp"]
        return os.pread(self.descriptor, int(size), int(offset))

    def _tag(self, name: str, overview: int | None) -> str | None:
        found: str | None = self.dataset.get_tag_item(name, "TIFF", bidx=1, ovr=overview)
        return found

    def close(self) -> None:
        os.close(self.descriptor)
        self.dataset.close()


class _OpenFiles(threading.local):
    """The files a thread used last. GDAL's handles may not be shared between threads."""

    def __init__(self) -> None:
        self.files: OrderedDict[Path, _Opened] = OrderedDict()

    def get(self, path: Path) -> _Opened:
        # A name holds the hash of its contents, so an open file is never out of date.
        if path not in self.files:
            self.files[path] = _Opened(path)
            if len(self.files) > OPEN_FILES_PER_THREAD:
                self.files.popitem(last=False)[1].close()
        self.files.move_to_end(path)
        return self.files[path]


_open_files = _OpenFiles()

"""Makes an image cloud-optimised, in a process of its own that may be killed.

Started by ``tiles.services.imagery`` as ``python -m tiles.imagery_child`` with a JSON order on
stdin; answers with one JSON object on stdout. GDAL is loaded only after the process has given up
the network and accepted its limits, and opens nothing but GeoTIFF.
"""

from __future__ import annotations

import ctypes
import json
import math
import os
import resource
import sys
from pathlib import Path
from typing import Any

from cadastre.errors import gettext_noop

MEMORY_BYTES = 4 * 2**30
CPU_SECONDS = 4 * 3600
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000

WEB_MERCATOR_METRES = 2 * math.pi * 6_378_137.0
TILE_PIXELS = 256
PHOTO_QUALITY = 90
MAX_ZOOM = 24


class Refused(Exception):
    """Told to the parent, which turns it into one of its errors."""

    def __init__(self, kind: str, reason: str, **more: object) -> None:
        super().__init__(reason)
        self.answer = {"refused": kind, "reason": reason, **more}


def give_up() -> None:
    """No network where the kernel grants that, and an end to memory, time and core dumps."""
    ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        hard = resource.getrlimit(kind)[1]
        value = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (value, value))


def obey(order: dict[str, Any]) -> dict[str, Any]:
    """Colour, warp and check; the answer tells zooms, bounds, CRS and rendering."""
    import rasterio  # noqa: PLC0415 - GDAL comes after the limits
    from rasterio.errors import RasterioError  # noqa: PLC0415

    safe = {
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "GDAL_PAM_ENABLED": "NO",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "GDAL_HTTP_TIMEOUT": "1",
        "PROJ_NETWORK": "OFF",
        "GDAL_CACHEMAX": 256,
        "CPL_TMPDIR": order["folder"],
    }
    with rasterio.Env(**safe):
        try:
            source = rasterio.open(order["source"], driver="GTiff")
        except RasterioError as error:
            raise Refused("damaged", gettext_noop("GDAL cannot open it")) from error
        with source:
            return _work(source, order)


def _work(source: Any, order: dict[str, Any]) -> dict[str, Any]:
    from rasterio.errors import RasterioError  # noqa: PLC0415
    from rasterio.warp import transform_bounds  # noqa: PLC0415
    from rio_cogeo.cogeo import cog_validate  # noqa: PLC0415

    from tiles.colouring import BandsUnusable, rendering_of  # noqa: PLC0415

    folder = Path(order["folder"])
    levels = _levels(source)
    try:
        rendering = rendering_of(
            source,
            order["bands"],
            [tuple(pair) for pair in order["stretch"]] if order["stretch"] else None,
            shaded=order["shaded"],
        )
        painted, target = folder / "painted.tif", folder / "layer.tif"
        _paint(source, rendering, painted)
        # What a value means is lost in a lossy grey; a photograph looks the same.
        quality = order["quality"] or (100 if len(rendering.bands) == 1 else PHOTO_QUALITY)
        _optimise(painted, target, levels, quality)
    except BandsUnusable as error:
        raise Refused("bands", str(error), count=source.count) from error
    except RasterioError as error:
        raise Refused("damaged", gettext_noop("some of its pixels cannot be read")) from error
    valid, _, _ = cog_validate(str(target), quiet=True)
    if not valid:
        raise Refused("damaged", gettext_noop("it could not be made cloud-optimised"))
    min_zoom, max_zoom = _zooms(target)
    bounds = transform_bounds(source.crs, "EPSG:4326", *source.bounds, densify_pts=21)
    return {
        "crs": _name_of(source.crs),
        "bounds": bounds,
        "min_zoom": min_zoom,
        "max_zoom": max_zoom,
        "rendering": {
            "bands": rendering.bands,
            "stretch": rendering.stretch,
            "shaded": rendering.shaded,
        },
    }


def _levels(source: Any) -> int:
    """How many pyramid levels the image needs; refuses what has no place on a web map."""
    from rasterio.errors import RasterioError  # noqa: PLC0415
    from rasterio.warp import calculate_default_transform  # noqa: PLC0415

    if source.crs is None or source.transform.is_identity:
        raise Refused("place", gettext_noop("coordinate system or position is missing"))
    try:
        transform, width, height = calculate_default_transform(
            source.crs, "EPSG:3857", source.width, source.height, *source.bounds
        )
    except (RasterioError, ValueError) as error:
        raise Refused(
            "place", gettext_noop("its position cannot be projected to the map")
        ) from error
    zoom = math.log2(WEB_MERCATOR_METRES / TILE_PIXELS / transform.a)
    edges = (*source.bounds, transform.a, transform.c, transform.f)
    if not all(map(math.isfinite, edges)) or not -1 <= zoom <= MAX_ZOOM + 0.5:
        raise Refused("place", gettext_noop("the size of its pixels cannot be right"))
    if width * height > 4 * max(source.width * source.height, 2**20):
        raise Refused("place", gettext_noop("it would be stretched beyond recognition"))
    return min(10, max(1, math.ceil(math.log2(max(width, height) / TILE_PIXELS)) + 1))


def _paint(source: Any, rendering: Any, painted: Path) -> None:
    """Write red, green, blue, alpha in the CRS of the source, window by window."""
    import rasterio  # noqa: PLC0415

    from tiles.colouring import coloured_blocks  # noqa: PLC0415

    profile = {
        "driver": "GTiff", "count": 4, "dtype": "uint8", "tiled": True, "compress": "lzw",
        "blockxsize": 512, "blockysize": 512, "photometric": "RGB", "alpha": "YES",
        "bigtiff": "IF_SAFER", "width": source.width, "height": source.height,
        "crs": source.crs, "transform": source.transform,
    }  # fmt: skip
    with rasterio.open(painted, "w", **profile) as target:
        for window, colours in coloured_blocks(source, rendering):
            target.write(colours, window=window)


def _optimise(painted: Path, target: Path, levels: int, quality: int) -> None:
    """Warp onto the grid of web-mercator tiles, each stored as the WebP that is served."""
    import rasterio.shutil  # noqa: PLC0415

    rasterio.shutil.copy(
        painted, target, driver="COG", TILING_SCHEME="GoogleMapsCompatible",
        ALIGNED_LEVELS=levels, ZOOM_LEVEL_STRATEGY="UPPER", BLOCKSIZE=TILE_PIXELS,
        COMPRESS="WEBP", QUALITY=quality,
        WARP_RESAMPLING="BILINEAR", OVERVIEW_RESAMPLING="AVERAGE", OVERVIEWS="IGNORE_EXISTING",
        SPARSE_OK="YES", ADD_ALPHA="YES", BIGTIFF="IF_SAFER", NUM_THREADS=2,
    )  # fmt: skip


def _zooms(target: Path) -> tuple[int, int]:
    import rasterio  # noqa: PLC0415

    with rasterio.open(target, driver="GTiff") as dataset:
        deepest = int(dataset.tags(ns="TILING_SCHEME")["ZOOM_LEVEL"])
        return max(0, deepest - len(dataset.overviews(1))), deepest


def _name_of(crs: Any) -> str:
    """EPSG code where there is one, else the name the file gives."""
    code = crs.to_epsg()
    if code:
        return f"EPSG:{code}"
    text = str(crs.to_wkt())
    return text.split('"')[1] if '"' in text else "?"


def main() -> int:
    give_up()
    os.umask(0o077)
    order = json.load(sys.stdin)
    try:
        answer = obey(order)
    except Refused as refusal:
        answer = refusal.answer
    except MemoryError:
        answer = {"refused": "hard", "reason": "memory"}
    json.dump(answer, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())

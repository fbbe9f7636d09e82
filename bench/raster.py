"""Image tiles over HTTP, against decoding each tile with rio-tiler."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

from bench.harness import SCRATCH, SEED, Bench, per_second, town_database, use_database
from bench.load import hammer, once, request, server

PARCELS = 5000
ZOOMS = (16, 18)
CLIENTS = (1, 8)
TILES = 400
LAYER = "bench"


def measure(bench: Bench) -> None:
    """A painted orthophoto, imported as an office imports its own."""
    parcels = min(PARCELS, bench.options.parcels)
    database = town_database(parcels)
    use_database(database)
    image, path = _image(parcels)
    bench.sizes |= {"parcels": parcels, "file_mib": round(path.stat().st_size / 2**20, 1)}
    with server(database) as port:
        for zoom in ZOOMS:
            tiles = _tiles(image, zoom)
            paths = [f"/tiles/raster/{LAYER}/{zoom}/{x}/{y}.webp" for x, y in tiles]
            assert once(port, paths[0])[0] == 200
            requests = [request("GET", each) for each in paths]
            decode = _decoder(path, tiles, zoom, bench.options.seconds)
            for clients in CLIENTS:
                ours = _http(port, requests, clients, bench.options.seconds)
                contestants = {"over_http": ours, "rio_tiler_one_process": decode}
                bench.compare(f"z{zoom} x{clients}", "tiles/s", contestants)


def _http(
    port: int, requests: list[bytes], clients: int, seconds: float
) -> Callable[[], dict[str, Any]]:
    return lambda: hammer(port, requests, clients=clients, seconds=seconds).figures()


def _image(parcels: int) -> Any:
    """The registered layer and its file."""
    from django.conf import settings  # Django is set up by now

    from config.demo.generator import generate_town
    from config.demo.imagery import town_paint
    from tiles.raster import image_named
    from tiles.services.imagery import imagery_import

    now = datetime.now(UTC)
    painted = town_paint(generate_town(parcels, SEED, year=now.year), SCRATCH / "town.tif")
    imagery_import(path=painted, name=LAYER, title_th="วัดผล", title_en="Benchmark", now=now)
    image = image_named(LAYER)
    assert image is not None
    return image, settings.IMAGERY_DIR / image.file_name


def _tiles(image: Any, zoom: int) -> list[tuple[int, int]]:
    from bench.tiles import _tile_of

    rng, (west, south, east, north) = random.Random(zoom), image.bounds
    return [
        _tile_of(rng.uniform(west, east), rng.uniform(south, north), zoom) for _ in range(TILES)
    ]


def _decoder(
    path: Any, tiles: list[tuple[int, int]], zoom: int, seconds: float
) -> Callable[[], float]:
    """Read, decode and encode anew, the file held open."""
    from rio_tiler.io import Reader

    def run() -> float:
        turns = cycle(tiles)
        with Reader(str(path)) as reader:

            def one() -> bytes:
                x, y = next(turns)
                return bytes(reader.tile(x, y, zoom, tilesize=256).render(img_format="WEBP"))

            return per_second(one, seconds)

    return run

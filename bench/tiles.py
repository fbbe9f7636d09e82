"""Vector tiles of parcels over HTTP, against the SQL alone."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import date
from typing import Any

from bench.harness import ROOT, Bench, connect, pgbench, town_database
from bench.load import hammer, once, request, server

ZOOMS = (14, 16, 18)
CLIENTS = (1, 8)
TILES = 4000
# Peers measured beside each other on a town of a million parcels, tiles a second; see
# docs/operations/bench.md. Only their ratio to the raw SQL of the same session says anything.
PUBLISHED = {
    "django_view_over_raw_sql / raw_sql": {
        "z14 x1": 13 / 12, "z14 x8": 21 / 17, "z16 x1": 37 / 69, "z16 x8": 99 / 154,
        "z18 x1": 348 / 800, "z18 x8": 797 / 1460,
    }
}  # fmt: skip
# What any tile server does that asks PostGIS for each tile: no thinning, no time, no limits.
RAW_SQL = """
    WITH tile AS MATERIALIZED (SELECT ST_TileEnvelope({z}, {x}, {y}) AS bounds,
        ST_Transform(ST_TileEnvelope({z}, {x}, {y}, margin => 64.0 / 4096), 4326) AS reach),
    feature AS (
        SELECT parcel.land_use, parcel.land_number,
            ST_AsMVTGeom(parcel.geometry_3857, tile.bounds, 4096, 64) AS geometry
        FROM tile JOIN parcels_parcel AS parcel ON parcel.geometry && tile.reach)
    SELECT ST_AsMVT(feature, 'parcels', 4096, 'geometry') FROM feature
"""


def measure(bench: Bench) -> None:
    """Random tiles that hold a parcel, the same for all contestants."""
    database = town_database(bench.options.parcels)
    bench.sizes |= {"parcels": bench.options.parcels, "tiles": TILES}
    bench.facts["published ratios"] = PUBLISHED
    _choose_tiles(database)
    ours_sql = (ROOT / "parcels/sql/parcel_tile.sql").read_text(encoding="utf-8")
    with server(database) as port:
        for zoom in ZOOMS:
            paths = [f"/tiles/parcels/{zoom}/{x}/{y}.mvt" for x, y in _tiles(database, zoom)]
            status, body = once(port, paths[0])
            assert status == 200 and body, "a tile without parcels"
            requests = [request("GET", path) for path in paths]
            place = {
                "z": str(zoom),
                "x": f"(SELECT x{zoom} FROM bench_tile WHERE id = :i)",
                "y": f"(SELECT y{zoom} FROM bench_tile WHERE id = :i)",
            }
            own = place | {"today": f"'{date.today()}'", "offices": "'{}'"}  # noqa: DTZ011
            for clients in CLIENTS:
                options: dict[str, Any] = {
                    "clients": clients, "seconds": bench.options.seconds, "rows": len(paths),
                }  # fmt: skip
                with (
                    pgbench(database, RAW_SQL.format(**place), **options) as raw,
                    pgbench(database, _filled(ours_sql, own), **options) as sql,
                ):
                    contestants = {
                        "over_http": _http(port, requests, clients, bench.options.seconds),
                        "our_sql": sql,
                        "raw_sql": raw,
                    }
                    bench.compare(f"z{zoom} x{clients}", "tiles/s", contestants)


def _http(
    port: int, requests: list[bytes], clients: int, seconds: float
) -> Callable[[], dict[str, Any]]:
    return lambda: hammer(port, requests, clients=clients, seconds=seconds).figures()


def _filled(statement: str, values: dict[str, str]) -> str:
    """Our own query with literals or expressions of pgbench in place of its parameters."""
    for name, value in values.items():
        statement = statement.replace(f"%({name})s", value)
    return statement


def _choose_tiles(database: str) -> None:
    """``bench_tile``: for each zoom, the tiles over random parcels."""
    rng = random.Random(1)
    with connect(database) as connection:
        points = connection.execute(
            "SELECT ST_X(label_point), ST_Y(label_point) FROM parcels_parcel ORDER BY id"
        ).fetchall()
        columns = ", ".join(f"x{zoom} int, y{zoom} int" for zoom in ZOOMS)
        connection.execute("DROP TABLE IF EXISTS bench_tile")
        connection.execute(f"CREATE TABLE bench_tile (id int PRIMARY KEY, {columns})")
        with connection.cursor().copy("COPY bench_tile FROM STDIN") as copy:
            for number in range(1, TILES + 1):
                lon, lat = rng.choice(points)
                tiles = [part for zoom in ZOOMS for part in _tile_of(lon, lat, zoom)]
                copy.write_row((number, *tiles))
        connection.execute("ANALYZE bench_tile")


def _tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    scale = 2**zoom
    y = math.asinh(math.tan(math.radians(lat)))
    return int((lon + 180) / 360 * scale), int((1 - y / math.pi) / 2 * scale)


def _tiles(database: str, zoom: int) -> list[tuple[int, int]]:
    with connect(database) as connection:
        statement = f"SELECT x{zoom}, y{zoom} FROM bench_tile ORDER BY id"
        return [(x, y) for x, y in connection.execute(statement)]

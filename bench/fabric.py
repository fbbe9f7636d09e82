"""Overlaps in the fabric: ours against the SQL self-join and shapely's coverage check."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from psycopg.sql import SQL, Literal

from bench.harness import SEED, Bench, connect, fresh_database, seconds_of
from cadastre.coverage import Tolerances, overlaps
from config.demo.copying import copy_rows, fixed, raw_bytes
from config.demo.generator import generate_town
from config.demo.town import SRID, Shapes

DATABASE: Final = "bench_fabric"
# One parcel in so many is spoilt, half of them by growing over its neighbours, half by an island.
SPOILT_ONE_IN: Final = 1_000
GROWN_M: Final = 0.2
ISLAND_M: Final = 0.5
SELF_JOIN: Final = """
    SELECT count(*) FROM fabric AS a JOIN fabric AS b
    ON a.id < b.id AND a.geometry && b.geometry AND ST_Overlaps(a.geometry, b.geometry)
"""

Geometries = NDArray[Any]
Pairs = set[tuple[int, int]]


def measure(bench: Bench) -> None:
    """A town with planted faults; ours must find all of them and nothing else, every time."""
    fabric, planted = _fabric(bench.options.parcels)
    keys = np.arange(len(fabric))
    _load(fabric)
    bench.sizes |= {
        "parcels": len(fabric),
        "vertices": int(shapely.get_num_coordinates(fabric).sum()),
        "planted_pairs": len(planted),
    }

    def ours(geometries: Callable[[], Geometries]) -> float:
        began = perf_counter()
        found = overlaps(keys, geometries())
        spent = perf_counter() - began
        pairs = {(min(f.first, f.second or 0), max(f.first, f.second or 0)) for f in found}
        bench.facts |= {
            "missed": len(planted - pairs),
            "found_too_much": len(pairs - planted),
            "found": _kinds([f.fault.value for f in found]),
        }
        if pairs != planted:
            raise SystemExit(f"not what was planted: {bench.facts}")
        return spent

    bench.compare(
        "overlaps",
        "s",
        {
            "ours": lambda: ours(lambda: fabric),
            "ours_with_reading": lambda: ours(_read),
            "sql_self_join": lambda: _self_join(0),
            "sql_self_join_2_workers": lambda: _self_join(1),
            "shapely_coverage_invalid_edges": lambda: seconds_of(
                lambda: shapely.coverage_invalid_edges(fabric)
            ),
        },
    )


def _kinds(found: list[str]) -> dict[str, int]:
    return {kind: found.count(kind) for kind in sorted(set(found))}


def _polygons(rings: Shapes) -> Geometries:
    of_vertex = np.repeat(np.arange(len(rings)), np.diff(rings.offsets))
    return np.asarray(
        shapely.polygons(shapely.linearrings(rings.xy, indices=of_vertex)), dtype=object
    )


def _fabric(parcels: int) -> tuple[Geometries, Pairs]:
    """The demo town with planted faults, and the pairs that cover the same ground because of them.

    The town itself is clean by construction, so only the spoilt parcels are compared with all.
    """
    town = _polygons(generate_town(parcels, SEED).parcels.rings)
    rng = np.random.default_rng(SEED)
    spoilt = rng.choice(parcels, max(2, parcels // SPOILT_ONE_IN), replace=False)
    grown, holders = np.array_split(spoilt, 2)
    town[grown] = shapely.buffer(town[grown], GROWN_M, join_style="mitre")
    islands = shapely.buffer(
        shapely.point_on_surface(town[holders]), ISLAND_M / 2, cap_style="square"
    )
    fabric = np.concatenate((town, islands))
    dirty = np.concatenate((grown, np.arange(parcels, len(fabric))))
    one, other = shapely.STRtree(fabric).query(fabric[dirty], predicate="intersects")
    one = dirty[one]
    common = shapely.area(shapely.intersection(fabric[one], fabric[other]))
    counted = (common > Tolerances().overlap_m2) & (one != other)
    pairs = np.sort(np.column_stack((one, other))[counted], axis=1)
    return fabric, set(map(tuple, pairs.tolist()))


def _load(fabric: Geometries) -> None:
    fresh_database(DATABASE)
    with connect(DATABASE) as connection:
        connection.execute(
            SQL("CREATE TABLE fabric (id integer PRIMARY KEY, geometry geometry({}, {}))").format(
                SQL("Polygon"), Literal(SRID)
            )
        )
        ewkb = shapely.to_wkb(shapely.set_srid(fabric, SRID), include_srid=True, byte_order=1)
        columns = {"id": fixed(np.arange(len(fabric)), ">i4"), "geometry": raw_bytes(list(ewkb))}
        with connection.transaction():
            copy_rows(connection, "fabric", columns)
        connection.execute("CREATE INDEX ON fabric USING gist (geometry)")
        connection.execute("VACUUM (ANALYZE) fabric")


def _read() -> Geometries:
    """Every geometry out of the table, in the order of ids."""
    with connect(DATABASE) as connection:
        cursor = connection.cursor(binary=True)
        rows = cursor.execute("SELECT ST_AsBinary(geometry) FROM fabric ORDER BY id").fetchall()
    return np.asarray(shapely.from_wkb([row[0] for row in rows]), dtype=object)


def _self_join(helpers: int) -> float:
    """Seconds of the self-join with so many processes beside the first."""
    with connect(DATABASE) as connection:
        for setting, value in (
            ("max_parallel_workers_per_gather", helpers), ("parallel_setup_cost", 0),
            ("parallel_tuple_cost", 0), ("min_parallel_table_scan_size", 0), ("jit", "off"),
        ):  # fmt: skip
            connection.execute("SELECT set_config(%s, %s, false)", [setting, str(value)])
        return seconds_of(lambda: connection.execute(SELF_JOIN).fetchone())

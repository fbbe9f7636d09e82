"""Vector tiles from the database: one query, one row, its bytes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import psycopg
from django.db import connection
from psycopg import sql

from cadastre.moment import Moment
from tiles.addresses import Tile
from tiles.registry import TileLayer, as_of_statement_of, statement_of

TIMEOUT_MS = 5_000
# Both settings end with the transaction. A query of milliseconds is not worth compiling.
_LIMITS = (
    "SELECT set_config('statement_timeout', %(timeout)s, true), set_config('jit', 'off', true)"
)
_BOUNDS = (Path(__file__).parent / "sql" / "layer_bounds.sql").read_text(encoding="utf-8")

Bounds = tuple[float, float, float, float]


class TileTooSlow(Exception):
    """The database was stopped after TIMEOUT_MS."""


def tile_content(
    layer: TileLayer, tile: Tile, *, today: date, offices: Iterable[int] = ()
) -> bytes:
    """The MVT of one tile, as of ``today``; empty bytes when nothing is there.

    ``offices`` are the ids of the offices whose features the viewer may see, for a layer that asks.
    Raises TileTooSlow, or psycopg's own error when the database is out of reach.
    """
    parameters = {
        "z": tile.z, "x": tile.x, "y": tile.y, "today": today, "offices": list(offices),
    }  # fmt: skip
    return _content(statement_of(layer), parameters)


def tile_content_as_of(
    layer: TileLayer, tile: Tile, moment: Moment, *, offices: Iterable[int] = ()
) -> bytes:
    """The MVT of one tile at a moment of the past, for a layer that has one; else as above."""
    parameters = {
        "z": tile.z, "x": tile.x, "y": tile.y, "on": moment.on, "known": moment.known,
        "offices": list(offices),
    }  # fmt: skip
    return _content(as_of_statement_of(layer), parameters)


def _content(statement: str, parameters: dict[str, object]) -> bytes:
    try:
        return _run(statement, parameters)
    except psycopg.errors.QueryCanceled as error:
        raise TileTooSlow from error
    except psycopg.OperationalError:
        # A persistent connection that the server closed since its last use is opened anew, once.
        if connection.in_atomic_block or not _is_dead():
            raise
        connection.close()
        return _run(statement, parameters)


def _run(statement: str, parameters: dict[str, object]) -> bytes:
    """Bound by the server and read as binary: half the bytes, and a plan that can be kept."""
    connection.ensure_connection()
    raw = connection.connection
    with raw.transaction(), psycopg.Cursor(raw) as cursor:
        cursor.execute(_LIMITS, {"timeout": str(TIMEOUT_MS)})
        cursor.execute(statement, parameters, binary=True)
        row = cursor.fetchone()
    return bytes(row[0]) if row and row[0] else b""


def _is_dead() -> bool:
    raw = connection.connection
    return raw is None or raw.closed


def layer_bounds(layer: TileLayer) -> Bounds | None:
    """West, south, east, north of the layer's data in degrees; None when there is none.

    Read from the head of the spatial index: no row is touched, and what ended lately may count.
    """
    if not layer.table:
        return None
    column = {"table": layer.table, "geometry": layer.geometry}
    with connection.cursor() as cursor:
        cursor.execute(_BOUNDS, column)
        row = cursor.fetchone()
        if row is None or row[0] is None:  # a table without index or statistics
            cursor.execute(
                sql.SQL(
                    "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)"
                    " FROM (SELECT ST_Extent({geometry}) AS e FROM {table}) AS extent"
                ).format(geometry=sql.Identifier(layer.geometry), table=sql.Identifier(layer.table))
            )
            row = cursor.fetchone()
    if row is None or row[0] is None:
        return None
    west, south, east, north = (round(float(value), 6) for value in row)
    return west, south, east, north

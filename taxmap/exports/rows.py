"""Rows of a query, read one after the other in one snapshot: memory stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

_SQL: Final = Path(__file__).parents[1] / "sql"
ROWS_AT_ONCE: Final = 2_000


def rows_of(query: str, parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of ``taxmap/sql/<query>.sql`` by column. The cursor lives in a transaction."""
    sql = (_SQL / f"{query}.sql").read_text(encoding="utf-8")
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        with connection.cursor() as plain:
            # All rows are read: a plan for the first few would be loops within loops.
            plain.execute("SET LOCAL cursor_tuple_fraction = 1")
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            names = [column.name for column in cursor.description]
            yield from (dict(zip(names, row, strict=True)) for row in rows)

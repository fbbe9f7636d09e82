"""Whole columns of 64-bit integers in and out of PostgreSQL by binary COPY, without a row loop.

Rows without nulls and of one width are one array of records. Format: PostgreSQL documentation,
COPY, "Binary Format".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from psycopg.sql import SQL, Identifier

Ints: TypeAlias = NDArray[np.int64]
_HEADER: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER: Final = b"\xff\xff"
ROWS_PER_CHUNK: Final = 50_000


def _record(columns: Sequence[str]) -> np.dtype[np.void]:
    fields: list[tuple[str, str]] = [("", ">i2")]
    for name in columns:
        fields += [(f"size of {name}", ">i4"), (name, ">i8")]
    return np.dtype(fields)


def read_columns(cursor: Any, relation: str, columns: Mapping[str, str]) -> dict[str, Ints]:
    """Columns of ``relation``, each told as an SQL expression that is a whole number, never null.

    The names and expressions are ours, never a user's. Raises ValueError for a null.
    """
    listed = ", ".join(f"({expression})::bigint" for expression in columns.values())
    statement = f"COPY (SELECT {listed} FROM {relation}) TO STDOUT (FORMAT BINARY)"  # noqa: S608 – ours
    with cursor.copy(statement) as copy:
        data = b"".join(bytes(chunk) for chunk in copy)
    body = memoryview(data)[len(_HEADER) : len(data) - len(_TRAILER)]
    record = _record(list(columns))
    if len(body) % record.itemsize:
        raise ValueError(f"{relation}: a value is null")
    rows = np.frombuffer(body, record)
    sizes = [rows[f"size of {name}"] for name in columns]
    if len(rows) and any((size != 8).any() for size in sizes):
        raise ValueError(f"{relation}: a value is null")
    return {name: rows[name].astype(np.int64) for name in columns}


def write_columns(cursor: Any, table: str, columns: Mapping[str, NDArray[Any]]) -> None:
    """Append whole numbers, a column for each name, to ``table``."""
    record = _record(list(columns))
    statement = SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        Identifier(table), SQL(", ").join(map(Identifier, columns))
    )
    total = len(next(iter(columns.values())))
    with cursor.copy(statement) as copy:
        copy.write(_HEADER)
        for start in range(0, total, ROWS_PER_CHUNK):
            end = min(start + ROWS_PER_CHUNK, total)
            rows = np.zeros(end - start, record)
            rows[record.names[0]] = len(columns)  # type: ignore[index]
            for name, values in columns.items():
                rows[f"size of {name}"], rows[name] = 8, values[start:end]
            copy.write(rows.tobytes())
        copy.write(_TRAILER)

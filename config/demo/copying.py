"""Columns of numpy into PostgreSQL's binary COPY, without a Python loop over rows.

A column knows the bytes of its fields; a table of columns is written by scattering those bytes to
where they belong in the stream. Format: PostgreSQL documentation, COPY, "Binary Format".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection
from psycopg.sql import SQL, Identifier

Bytes = NDArray[np.uint8]
Ints = NDArray[Any]

CHUNK_ROWS = 50_000
_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_EPOCH = np.datetime64("2000-01-01")


@dataclass(frozen=True, slots=True)
class Column:
    """Fields of one column: row ``i`` is ``data[offsets[i]:offsets[i + 1]]``, or null.

    ``offsets`` int64 (n + 1); ``data`` uint8; ``present`` bool (n) or None for "all".
    """

    offsets: Ints
    data: Bytes
    present: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def rows(self, start: int, stop: int) -> Column:
        """The fields of rows start..stop."""
        first, last = self.offsets[start], self.offsets[stop]
        present = None if self.present is None else self.present[start:stop]
        return Column(self.offsets[start : stop + 1] - first, self.data[first:last], present)


def fixed(values: Ints, dtype: str, present: NDArray[np.bool_] | None = None) -> Column:
    """Numbers as big-endian ``dtype``: ``>i8`` bigint, ``>i4`` integer, ``>f8``, ``u1`` bool."""
    packed = np.ascontiguousarray(values).astype(dtype)
    return _of_width(packed.view(np.uint8), len(packed), packed.dtype.itemsize, present)


def _of_width(
    data: Bytes, rows: int, width: int, present: NDArray[np.bool_] | None = None
) -> Column:
    return Column(np.arange(rows + 1, dtype=np.int64) * width, data.reshape(-1), present)


def constant(value: bytes, rows: int) -> Column:
    """The same field in every row."""
    return _of_width(np.tile(np.frombuffer(value, np.uint8), rows), rows, len(value))


def raw_bytes(fields: Sequence[bytes]) -> Column:
    """Fields as they are, already in the type's binary form."""
    lengths = np.fromiter((len(field) for field in fields), np.int64, len(fields))
    return Column(_offsets(lengths), np.frombuffer(b"".join(fields), np.uint8))


def texts(values: Sequence[str]) -> Column:
    """Text, one value a row, in UTF-8."""
    return raw_bytes([value.encode() for value in values])


def text(choices: Sequence[str], index: Ints) -> Column:
    """``choices[index[i]]`` in UTF-8."""
    return _gathered(texts(choices), np.asarray(index, np.int64))


def ascii_text(values: NDArray[np.bytes_]) -> Column:
    """Fixed-width ASCII, trailing NULs cut."""
    width = values.dtype.itemsize
    grid = np.ascontiguousarray(values).view(np.uint8).reshape(len(values), width)
    lengths = np.char.str_len(values).astype(np.int64)
    return Column(_offsets(lengths), grid[np.arange(width) < lengths[:, None]])


def numeric(units: Ints, present: NDArray[np.bool_] | None = None, *, decimals: int = 2) -> Column:
    """``numeric`` from integers of its last decimal: hundredths for 2, ten-thousandths for 4."""
    value = np.asarray(units, np.int64)
    size = np.abs(value)
    field = np.zeros((len(value), 9), ">i2")  # ndigits, weight, sign, dscale, five digits of 10^4
    field[:, 0], field[:, 1], field[:, 3] = 5, 3, decimals
    field[:, 2] = np.where(value < 0, 0x4000, 0)
    whole, part = size // 10**decimals, size % 10**decimals
    for place in range(4):
        field[:, 4 + place] = whole // 10_000 ** (3 - place) % 10_000
    field[:, 8] = part * 10 ** (4 - decimals)
    return _of_width(field.view(np.uint8), len(value), 18, present)


def days_from(start: date, rows: int) -> Column:
    """``daterange`` ``[start, )`` in every row."""
    flags = bytes([0x02 | 0x10])  # lower bound included, upper bound infinite
    since = int((np.datetime64(start) - _EPOCH).astype(int))
    return constant(flags + (4).to_bytes(4, "big") + since.to_bytes(4, "big", signed=True), rows)


def years_between(began: Ints, ended: Ints | None = None) -> Column:
    """``daterange`` from 1 January of one year to that of another; year 0 has no end."""
    last = np.zeros_like(began) if ended is None else ended
    closed = last > 0
    row = np.dtype(
        [("flags", "u1"), ("size", ">i4"), ("low", ">i4"), ("size_2", ">i4"), ("high", ">i4")]
    )
    rows = np.zeros(len(began), row)
    rows["flags"] = np.where(closed, 0x02, 0x02 | 0x10)
    rows["size"] = rows["size_2"] = 4
    rows["low"], rows["high"] = _january(began), _january(np.where(closed, last, 2000))
    lengths = np.where(closed, row.itemsize, 9)
    offsets = _offsets(lengths)
    taken = np.arange(row.itemsize) < lengths[:, None]
    return Column(offsets, rows.view(np.uint8).reshape(-1, row.itemsize)[taken])


def _january(years: Ints) -> Ints:
    """Days from the epoch to 1 January."""
    return ((years - 1970).astype("M8[Y]").astype("M8[D]") - _EPOCH).astype(np.int64)


def instants(values: NDArray[np.datetime64]) -> Column:
    """``timestamptz`` from UTC times."""
    since = (values.astype("M8[us]") - _EPOCH.astype("M8[us]")).astype(np.int64)
    return fixed(since, ">i8")


def shapes(offsets: Ints, lonlat: NDArray[np.float64], kind: str, srid: int = 4326) -> Column:
    """EWKB, one a row, of ``kind`` multipolygon, polygon, linestring or point."""
    count = np.diff(offsets).astype("<u4")
    order, flag = b"\x01", 0x20000000
    words = {"point": 1, "linestring": 2, "polygon": 3, "multipolygon": 6}
    head = order + (words[kind] | flag).to_bytes(4, "little") + srid.to_bytes(4, "little")
    if kind == "multipolygon":
        head += (1).to_bytes(4, "little") + order + (3).to_bytes(4, "little")
    if kind in {"polygon", "multipolygon"}:
        head += (1).to_bytes(4, "little")
    parts = [constant(head, len(count))]
    if kind != "point":
        parts.append(_of_width(np.ascontiguousarray(count).view(np.uint8), len(count), 4))
    xy = np.ascontiguousarray(lonlat, "<f8").view(np.uint8).reshape(-1)
    parts.append(Column(np.asarray(offsets, np.int64) * 16, xy))
    return _joined(parts)


def nulls(rows: int) -> Column:
    """Null in every row."""
    return Column(np.zeros(rows + 1, np.int64), np.empty(0, np.uint8), np.zeros(rows, np.bool_))


def _offsets(lengths: Ints) -> Ints:
    return np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))


def _spread(starts: Ints, lengths: Ints) -> Ints:
    """Positions ``starts[i] .. starts[i] + lengths[i]``, one after another."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(starts - (ends - lengths), lengths)


def _gathered(table: Column, index: Ints) -> Column:
    lengths = np.diff(table.offsets)[index]
    return Column(_offsets(lengths), table.data[_spread(table.offsets[index], lengths)])


def _joined(parts: Sequence[Column]) -> Column:
    """Fields that consist of several parts, one after another."""
    widths = np.stack([np.diff(part.offsets) for part in parts])
    offsets = _offsets(widths.sum(axis=0))
    data = np.empty(int(offsets[-1]), np.uint8)
    at = offsets[:-1].copy()
    for part, width in zip(parts, widths, strict=True):
        data[_spread(at, width)] = part.data
        at += width
    return Column(offsets, data)


def _stream(columns: Sequence[Column]) -> bytes:
    """Tuples of binary COPY: field count, then each field behind its length (-1 for null)."""
    rows = len(columns[0])
    parts = [constant(len(columns).to_bytes(2, "big"), rows)]
    for column in columns:
        lengths = np.diff(column.offsets).astype(">i4")
        body = column
        if column.present is not None:
            lengths = np.where(column.present, lengths, -1).astype(">i4")
            kept = np.where(column.present, np.diff(column.offsets), 0)
            body = Column(_offsets(kept), column.data[_spread(column.offsets[:-1], kept)])
        parts += [fixed(lengths, ">i4"), body]
    return _joined(parts).data.tobytes()


def copy_rows(connection: Connection[Any], table: str, columns: Mapping[str, Column]) -> int:
    """Copy the columns into the table; returns the number of rows."""
    sizes = {name: len(column) for name, column in columns.items()}
    rows = next(iter(sizes.values()))
    if set(sizes.values()) != {rows}:
        raise ValueError(f"columns of {table} differ in length: {sizes}")
    statement = SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        Identifier(table), SQL(", ").join(map(Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(_HEADER)
        for chunk in _chunks(list(columns.values()), rows):
            copy.write(chunk)
        copy.write(_TRAILER)
    return rows


def _chunks(columns: Sequence[Column], rows: int) -> Iterator[bytes]:
    for start in range(0, rows, CHUNK_ROWS):
        stop = min(rows, start + CHUNK_ROWS)
        yield _stream([column.rows(start, stop) for column in columns])

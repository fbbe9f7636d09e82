"""Set indexes, foreign keys and deferred triggers aside for a bulk load, and put them back checked.

As a restored backup does it: building an index or checking a key for all rows at once is many times
cheaper than row by row. All of it happens in one database transaction; if anything fails, nothing
of it was ever visible.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier

_FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint
    WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
    ORDER BY conname
"""
_INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM pg_index AS i
    WHERE i.indrelid = ANY(%s::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid)
    ORDER BY 1
"""


@contextmanager
def parked(connection: Connection[Any], tables: Sequence[str]) -> Iterator[None]:
    """Within, the tables have no secondary indexes, foreign keys or user triggers."""
    names = list(tables)
    keys = connection.execute(_FOREIGN_KEYS, (names,)).fetchall()
    indexes = connection.execute(_INDEXES, (names,)).fetchall()
    for table, name, _definition in keys:
        connection.execute(
            SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(Identifier(table), Identifier(name))
        )
    for name, _definition in indexes:
        connection.execute(SQL("DROP INDEX {}").format(Identifier(name)))
    for table in names:
        connection.execute(SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(Identifier(table)))
    yield
    for table in names:
        connection.execute(SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(Identifier(table)))
    for _name, definition in indexes:
        connection.execute(definition)
    for table, name, definition in keys:
        connection.execute(
            SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                Identifier(table), Identifier(name), SQL(definition)
            )
        )

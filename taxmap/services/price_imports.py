"""Taking in a price list: one transaction, set by set, with every row accounted for.

docs/algorithms/valuation.md, section 2, tells how a row finds what it prices and what becomes of
the former price.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction
from psycopg.sql import SQL, Composable, Identifier

from offices.jobs import Run
from offices.models import Office
from offices.services.audit import entry_record
from taxmap.models import PriceImport
from taxmap.treasury.rows import Layout, PriceFile, price_file

_SQL = Path(__file__).parents[1] / "sql"
ROWS_SQL = (_SQL / "price_rows.sql").read_text(encoding="utf-8")
REASONS_SQL = (_SQL / "price_reasons.sql").read_text(encoding="utf-8")
TARGETS_SQL = {
    layout: (_SQL / f"price_targets_{layout}.sql").read_text(encoding="utf-8") for layout in Layout
}
APPLY_SQL = (_SQL / "price_apply.sql").read_text(encoding="utf-8")
_LOCK_SPACE: Final = 7_204
"""Advisory locks of price lists, by office: two imports of one authority take turns."""
_ROWS_PER_REPORT: Final = 20_000


@dataclass(frozen=True, slots=True)
class _Table:
    """Where the prices of a layout go, and the columns that say what is priced."""

    name: str
    price: str
    target: str
    target_type: str
    sub_key: str = ""
    title: str = ""


_TABLES: Final = {
    Layout.PARCELS: _Table("taxmap_landprice", "satang_per_wa", "parcel_id", "bigint"),
    Layout.STREETS: _Table("taxmap_landprice", "satang_per_wa", "street_id", "bigint"),
    Layout.ZONES: _Table("taxmap_landprice", "satang_per_wa", "zone_id", "bigint"),
    Layout.BUILDINGS: _Table(
        "taxmap_buildingprice", "satang_per_m2", "province_id", "text", "type_code", "type_name"
    ),
    Layout.CONDOMINIUMS: _Table(
        "taxmap_condominiumprice", "satang_per_m2", "condominium_id", "bigint", "floor"
    ),
}


def prices_import(
    *, local_authority: Office, content: bytes, filename: str, valid_from: date, now: datetime,
    job: Run,
) -> PriceImport:  # fmt: skip
    """Store the prices of a file from ``valid_from`` on; the former ones end the day before.

    The same file for the same day is taken once: a second time gives back what became of it. Rows
    that are not taken are kept with their reason. Raises `PriceFileUnreadable`.
    """
    digest = hashlib.sha256(content).hexdigest()
    source = price_file(content)
    with transaction.atomic():
        _take_turn(local_authority)
        former = PriceImport.objects.filter(
            local_authority=local_authority, sha256=digest, valid_from=valid_from
        ).first()
        if former is not None:
            return former
        read = _copy(source, job)
        known: dict[str, Any] = {"authority": local_authority.pk, "from": valid_from}
        with connection.cursor() as cursor:
            cursor.execute(TARGETS_SQL[source.layout], known)
            cursor.execute(REASONS_SQL)
        added, changed, unchanged = _apply(source.layout, valid_from)
        taken = added + changed + unchanged
        stored = PriceImport.objects.create(
            local_authority=local_authority, layout=source.layout, filename=filename[:200],
            sha256=digest, encoding=source.encoding, valid_from=valid_from, rows=read,
            added=added, changed=changed, unchanged=unchanged, elsewhere=_elsewhere(),
            rejected=read - taken - _elsewhere(), imported_by=job.requested_by, imported_at=now,
        )  # fmt: skip
        _keep_rejections(stored)
        entry_record(
            action="taxmap.prices_imported", subject_kind="office",
            subject_id=local_authority.code, actor=job.requested_by, office=local_authority,
            data={
                "layout": source.layout, "sha256": digest, "rows": read, "added": added,
                "changed": changed, "rejected": stored.rejected, "from": valid_from.isoformat(),
            },
            now=now,
        )  # fmt: skip
    return stored


def _take_turn(local_authority: Office) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, local_authority.pk])


def _copy(source: PriceFile, job: Run) -> int:
    """The rows of the file into a table of their own; how many there were."""
    read = 0
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS price_row")
        cursor.execute(ROWS_SQL)
        statement = "COPY price_row (line, text, key, sub_key, name, satang, reason) FROM STDIN"
        with cursor.copy(statement) as copy:
            for row in source.rows:
                copy.write_row(row)
                read += 1
                if read % _ROWS_PER_REPORT == 0:
                    job.progress(read, source.lines, "Reading the prices")
        cursor.execute("ANALYZE price_row")
    job.progress(read, read, "Storing the prices")
    return read


def _apply(layout: Layout, valid_from: date) -> tuple[int, int, int]:
    """Close what changed and open the new prices; how many are new, changed and as before."""
    table = _TABLES[layout]
    keys = [(Identifier(table.target), SQL("row.target::" + table.target_type))]
    extra: list[tuple[Composable, Composable]] = []
    if table.sub_key:
        keys.append((Identifier(table.sub_key), SQL("row.sub_key")))
    if table.title:
        extra.append((Identifier(table.title), SQL("row.name")))
    statement = SQL(APPLY_SQL).format(
        table=Identifier(table.name),
        price=Identifier(table.price),
        same=SQL(" AND ").join(SQL("price.{} = {}").format(*pair) for pair in keys),
        columns=SQL(", ").join(pair[0] for pair in [*keys, *extra]),
        values=SQL(", ").join(pair[1] for pair in [*keys, *extra]),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"from": valid_from})
        cursor.execute(
            "SELECT count(*) FILTER (WHERE reason = 'added'),"
            " count(*) FILTER (WHERE reason = 'changed'),"
            " count(*) FILTER (WHERE reason = 'unchanged') FROM price_row"
        )
        row = cursor.fetchone()
    assert row is not None
    return row[0], row[1], row[2]


def _elsewhere() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM price_row WHERE reason = 'elsewhere'")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _keep_rejections(stored: PriceImport) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO taxmap_pricerejection (price_import_id, line, text, reason)"
            " SELECT %s, line, text, reason FROM price_row"
            " WHERE reason NOT IN ('added', 'changed', 'unchanged', 'elsewhere') ORDER BY line",
            [stored.pk],
        )

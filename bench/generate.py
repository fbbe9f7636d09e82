"""A town from nothing, against copying the same rows into bare tables."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter
from typing import Any

from psycopg.sql import SQL, Composable, Identifier

from bench.harness import SCRATCH, SEED, Bench, connect, fresh_database, manage

OURS, BARE = "bench_generate", "bench_bare"
TABLES = (
    "parcels_mapsheet", "parcels_party", "parcels_baunit", "parcels_right", "parcels_parcel",
    "taxmap_street", "taxmap_landprice", "taxmap_taxzone", "taxmap_taxblock",
    "taxmap_valuationunit", "taxmap_unituse", "taxmap_building", "surveys_surveyjob",
    "surveys_surveypoint", "surveys_boundarymark",
)  # fmt: skip
CHUNK = 1 << 20


def measure(bench: Bench) -> None:
    """The issue's bound: at most ten times the limit."""
    parcels = bench.options.parcels
    bench.sizes["parcels"] = parcels
    rows = SCRATCH / "rows"
    rows.mkdir(parents=True, exist_ok=True)

    def ours() -> dict[str, Any]:
        fresh_database(OURS)
        began = perf_counter()
        told = manage(
            OURS, "generate_demo", "--parcels", str(parcels), "--seed", str(SEED),
            "--only-register", "--json",
        )  # fmt: skip
        spent = perf_counter() - began
        result = json.loads(told)
        bench.facts["rows"] = result["rows"]
        return {"value": spent, "steps": result["seconds"]}

    def limit() -> float:
        if not any(rows.iterdir()):  # ours had the first turn
            _save_rows(rows)
        return _copy_all(rows)

    _clear(rows)
    bench.compare("whole_command", "s", {"ours": ours, "copy_into_bare_tables": limit})
    _clear(rows)


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def _stored_columns(table: str) -> Composable:
    """Columns that can be copied: all but the generated ones."""
    with connect(OURS) as connection:
        names = connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum", [table],
        ).fetchall()  # fmt: skip
    return SQL(", ").join(Identifier(name) for (name,) in names)


def _save_rows(folder: Path) -> None:
    """Every row of the town as a binary COPY stream; and an empty copy of the tables, bare."""
    fresh_database(BARE)
    for table in TABLES:
        statement = SQL("COPY {} ({}) TO STDOUT (FORMAT BINARY)").format(
            Identifier(table), _stored_columns(table)
        )
        with (
            connect(OURS) as connection,
            connection.cursor().copy(statement) as copy,
            (folder / table).open("wb") as file,
        ):
            for chunk in copy:
                file.write(chunk)


def _copy_all(folder: Path) -> float:
    """Seconds to copy the rows into tables without index, key or trigger, in one transaction."""
    columns = {table: _stored_columns(table) for table in TABLES}
    with connect(BARE) as connection:
        for table in TABLES:
            bare = {"bare": Identifier(f"bare_{table}"), "table": Identifier(table)}
            connection.execute(SQL("DROP TABLE IF EXISTS {bare}").format(**bare))
            connection.execute(
                SQL("CREATE TABLE {bare} (LIKE {table} INCLUDING GENERATED)").format(**bare)
            )
        began = perf_counter()
        with connection.transaction():
            for table in TABLES:
                statement = SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
                    Identifier(f"bare_{table}"), columns[table]
                )
                with (
                    connection.cursor().copy(statement) as copy,
                    (folder / table).open("rb") as file,
                ):
                    while chunk := file.read(CHUNK):
                        copy.write(chunk)
        return perf_counter() - began

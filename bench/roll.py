"""The yearly roll of a town, against the plain INSERT … SELECT that writes the same rows.

Every round assesses another year, so that nothing has to be deleted; the limit then writes the very
same bills and assessments, as rows of a further year, from tables that hold them finished. The
Decimal engine says of every row whether it is right; OpenFisca-core does the same rule beside it.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import tempfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np

from bench.harness import ROOT, Bench, connect, say, seconds_of, town_database, use_database

FIRST_YEAR: Final = 2026
COPIES_FROM: Final = 3000
OPENFISCA: Final = ROOT / ".data" / "bench" / "openfisca" / "bin" / "python"
STEPS: Final = ("read", "calculate", "stage", "write")


def measure(bench: Bench) -> None:
    """Ours and the limit take turns; then the oracle, a second run, and OpenFisca."""
    database = town_database(bench.options.parcels)
    use_database(database)
    from offices.models import LocalAuthority  # Django is set up by now

    authority = LocalAuthority.objects.get()
    bench.sizes["parcels"] = bench.options.parcels
    years = iter(_free_years(database, bench.options.rounds))
    copies = iter(range(COPIES_FROM, COPIES_FROM + 1000))
    ours = _Roll(authority)
    ours.run(year := next(years))
    _keep_finished(database, year)
    bench.facts["peak_memory_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    bench.compare("roll", "s", {
        "roll_assess": lambda: ours.run(next(years)),
        "insert_select": lambda: _insert_select(database, next(copies)),
        "insert_select_bare": lambda: _insert_select_bare(database),
    })  # fmt: skip
    bench.compare("nothing_changed", "s", {"roll_assess": lambda: ours.run(year)}, rounds=1)
    kept = ("units", "owners", "bills", "joint_groups", "joint_units", "second_homes", "tax")
    bench.facts |= {key: ours.result[key] for key in kept}
    bench.facts["oracle"] = _oracle(year)
    bench.facts["openfisca"] = _openfisca(database, year)


def _free_years(database: str, rounds: int) -> list[int]:
    """Years of the same law that hold no bills yet; years to come use the law of 2026."""
    with connect(database) as connection:
        connection.execute("DROP TABLE IF EXISTS finished_bill, finished_assessment")
        taken = {row[0] for row in connection.execute("SELECT DISTINCT tax_year FROM taxmap_bill")}
    free = [year for year in range(FIRST_YEAR, FIRST_YEAR + 500) if year not in taken]
    return free[: rounds + 1]


class _Roll:
    """Our contestant, with what it said last."""

    def __init__(self, authority: Any) -> None:
        self.authority = authority
        self.result: dict[str, Any] = {}

    def run(self, year: int) -> dict[str, Any]:
        from offices.jobs import CommandRun
        from taxmap.services.roll import roll_assess

        marks: list[float] = []

        class Marks(CommandRun):
            def progress(self, *_: object) -> None:
                marks.append(perf_counter())

        began = perf_counter()
        self.result = roll_assess(
            local_authority=self.authority, tax_year=year, now=datetime.now(UTC),
            job=Marks(io.StringIO()),
        )  # fmt: skip
        ended = perf_counter()
        # Deferred checks of the database run at COMMIT and belong to the writing.
        times = np.diff([*marks[:4], ended]).round(2).tolist()
        steps = dict(zip(STEPS, times, strict=True))
        return {"value": ended - began, "steps": steps}


def _keep_finished(database: str, year: int) -> None:
    """What the roll wrote, in bare tables: what the limit reads."""
    with connect(database) as connection:
        for name, source in (("bill", "taxmap_bill"), ("assessment", "taxmap_assessment")):
            connection.execute(
                f"CREATE UNLOGGED TABLE finished_{name} AS SELECT * FROM {source}"
                f" WHERE tax_year = {year}"
            )
            connection.execute(f"ANALYZE finished_{name}")


def _columns(connection: Any, table: str) -> list[str]:
    found = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum", [table],
    )  # fmt: skip
    return [name for (name,) in found]


def _insert_select(database: str, year: int) -> float:
    """The same rows into the same tables, constraints and indexes and all, in one transaction."""
    with connect(database) as connection:
        changed = {"id": "id + %(shift)s", "bill_id": "bill_id + %(shift)s", "tax_year": "%(year)s",
                   "public_id": "left(md5(public_id || %(year)s), 22)"}  # fmt: skip
        shift = (year - COPIES_FROM + 1) * 1_000_000_000
        statements = []
        for name in ("bill", "assessment"):
            columns = _columns(connection, f"taxmap_{name}")
            read = ", ".join(changed.get(column, column) for column in columns)
            statements.append(
                f"INSERT INTO taxmap_{name} ({', '.join(columns)})"
                f" SELECT {read} FROM finished_{name}"
            )

        def write() -> None:
            with connection.transaction():
                for statement in statements:
                    connection.execute(statement, {"shift": shift, "year": year})

        return seconds_of(write)


def _insert_select_bare(database: str) -> float:
    """The same rows into tables without any index, key or check."""
    with connect(database) as connection:
        names = ("bill", "assessment")
        for name in names:
            connection.execute(f"DROP TABLE IF EXISTS bare_{name}")
            connection.execute(f"CREATE TABLE bare_{name} (LIKE taxmap_{name})")

        def write() -> None:
            with connection.transaction():
                for name in names:
                    connection.execute(f"INSERT INTO bare_{name} SELECT * FROM finished_{name}")

        spent = seconds_of(write)
        connection.execute("DROP TABLE bare_bill, bare_assessment")
        return spent


def _oracle(year: int) -> dict[str, Any]:
    """Every owner assessed whole by the plain Decimal engine, from the facts that were kept."""
    from cadastre.tax import Owner, assess_properties, schedule_for
    from taxmap.models import Assessment
    from taxmap.roll_units import property_of_facts

    schedule, differing, rows = schedule_for(year), 0, 0
    began = perf_counter()
    stored = Assessment.objects.filter(tax_year=year).order_by("bill", "unit").values_list(
        "bill", "value_satang", "exemption_satang", "tax_satang", "lines"
    )  # fmt: skip
    bill: int | None = None
    held: list[tuple[Any, ...]] = []

    def differ() -> int:
        if not held:
            return 0
        things = [property_of_facts(row[4]["property"]) for row in held]
        sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
        for line in assess_properties(Owner(held[0][4]["owner"]), things, schedule).lines:
            of = sums[line.property_index]
            of[0] += line.value_satang
            of[1] += line.exemption_satang
            of[2] += line.tax_satang
        return sum(tuple(sums[place]) != row[1:4] for place, row in enumerate(held))

    for row in stored.iterator(chunk_size=10_000):
        if row[0] != bill:
            differing += differ()
            bill, held = row[0], []
        held.append(row)
        rows += 1
    differing += differ()
    if differing:
        raise SystemExit(f"{differing} of {rows} rows differ from the Decimal engine")
    return {"rows": rows, "differing": differing, "seconds": round(perf_counter() - began, 1)}


def _openfisca(database: str, year: int) -> dict[str, Any] | str:
    """OpenFisca-core on the units with one use, in an environment of its own."""
    if not OPENFISCA.exists():
        return "not installed"
    from cadastre.tax import TaxClass, schedule_for

    schedule = schedule_for(year)
    law = {
        each.value: [
            [bracket.above_satang / 100, float(bracket.rate)]
            for bracket in schedule.rates[each].value
        ]
        for each in TaxClass
    }
    with connect(database) as connection:
        rows = connection.execute(
            "SELECT lines->'property'->'uses'->0->>0, value_satang, exemption_satang, tax_satang"
            " FROM taxmap_assessment WHERE tax_year = %s AND unit_id IS NOT NULL"
            " AND jsonb_array_length(lines->'property'->'uses') = 1 AND joint_group IS NULL"
            " AND NOT lines->'property' ? 'vacant'", [year],
        ).fetchall()  # fmt: skip
    say(f"OpenFisca-core: {len(rows):,} units")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "units.npz"
        uses, *figures = zip(*rows, strict=True)
        np.savez(
            path, use=np.array(uses), value=np.array(figures[0], np.int64),
            exempt=np.array(figures[1], np.int64), tax=np.array(figures[2], np.int64),
        )  # fmt: skip
        done = subprocess.run(
            [OPENFISCA, Path(__file__).with_name("roll_openfisca.py"), path, json.dumps(law)],
            capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
    if done.returncode:
        return f"failed: {done.stderr[-300:]}"
    return dict(json.loads(done.stdout))

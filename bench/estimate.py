"""The tax: one estimate over HTTP and in the process, and the roll of a town."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from bench.harness import Bench, connect, per_second, seconds_of, town_database, use_database
from bench.load import hammer, hello, request, server

CLIENTS = 8
ROLL_PARCELS = 100_000
TAX_YEAR = 2026


def measure(bench: Bench) -> None:
    """Estimates a second against servers that answer without thinking; then the roll."""
    parcels = min(ROLL_PARCELS, bench.options.parcels)
    database = town_database(parcels)
    use_database(database)
    from cadastre.tax import estimate  # Django is set up by now
    from taxmap.api import EXAMPLE

    seconds = bench.options.seconds
    bench.sizes |= {"clients": CLIENTS, "parcels": parcels}
    requests = [request("POST", "/api/tax/estimate", EXAMPLE)]
    plain = [request("POST", "/", EXAMPLE)]
    with server(database) as port, hello("django") as django, hello("bare") as bare:

        def load(at: int, sent: list[bytes]) -> dict[str, Any]:
            return hammer(at, sent * CLIENTS, clients=CLIENTS, seconds=seconds).figures()

        bench.compare("estimate", "answers/s", {
            "over_http": lambda: load(port, requests),
            "engine_one_process": lambda: per_second(lambda: estimate(EXAMPLE), seconds),
            "django_hello": lambda: load(django, plain),
            "bare_wsgi": lambda: load(bare, plain),
        })  # fmt: skip
    _roll(bench, database)


def _roll(bench: Bench, database: str) -> None:
    """Seconds for 100,000 units, against INSERT … SELECT of the rows the roll has written."""
    from offices.jobs import CommandRun
    from offices.models import LocalAuthority
    from taxmap.services.roll import roll_assess

    authority = LocalAuthority.objects.get()
    result: dict[str, Any] = {}

    def scaled(spent: float) -> dict[str, Any]:
        return {"value": spent * 100_000 / result["units"], "seconds": spent}

    def ours() -> dict[str, Any]:
        with connect(database) as connection:
            connection.execute("TRUNCATE taxmap_assessment CASCADE")

        def assess() -> None:
            result.update(roll_assess(
                local_authority=authority, tax_year=TAX_YEAR, now=datetime.now(UTC),
                job=CommandRun(io.StringIO()),
            ))  # fmt: skip

        return scaled(seconds_of(assess))

    def limit() -> dict[str, Any]:
        with connect(database) as connection:
            connection.execute("DROP TABLE IF EXISTS bench_assessment")
            connection.execute("CREATE TABLE bench_assessment (LIKE taxmap_assessment)")
            copy = "INSERT INTO bench_assessment SELECT * FROM taxmap_assessment"
            return scaled(seconds_of(lambda: connection.execute(copy)))

    ours()
    bench.compare("roll", "s per 100,000 units", {"roll_assess": ours, "insert_select": limit})
    bench.facts["roll"] = {key: result[key] for key in ("units", "owners", "assessed", "skipped")}

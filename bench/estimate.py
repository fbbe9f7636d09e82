"""The tax: one estimate over HTTP and in the process."""

from __future__ import annotations

from typing import Any

from bench.harness import Bench, per_second, town_database, use_database
from bench.load import hammer, hello, request, server

CLIENTS = 8
PARCELS = 100_000


def measure(bench: Bench) -> None:
    """Estimates a second against servers that answer without thinking."""
    parcels = min(PARCELS, bench.options.parcels)
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

"""The two ends of a booking: the least that can be done durably, and what must never be done."""

from __future__ import annotations

import threading
from typing import Any

from psycopg import Connection

from bench.harness import connect

PLACES = 50
CLIENTS = 24
# One statement takes the place and writes the booking.
ONE_STATEMENT = """
    WITH taken AS (
        UPDATE bench_slot SET taken = taken + 1
        WHERE id = 1 + :i % {slots} AND taken < capacity RETURNING id)
    INSERT INTO bench_booking (slot_id, phone) SELECT id, '0812345678' FROM taken
"""


def limit_tables(connection: Connection[Any]) -> None:
    """Slots that do not fill up, and bookings, without anything else."""
    connection.execute("DROP TABLE IF EXISTS bench_booking, bench_slot, bench_insert")
    connection.execute(
        "CREATE TABLE bench_insert (id bigserial PRIMARY KEY, slot_id integer, phone text)"
    )
    connection.execute("CREATE TABLE bench_slot (id int PRIMARY KEY, taken int, capacity int)")
    connection.execute(
        "CREATE TABLE bench_booking (id bigserial PRIMARY KEY, slot_id int, phone text)"
    )
    connection.execute(
        "INSERT INTO bench_slot SELECT n, 0, 100000000 FROM generate_series(1, 1000) AS n"
    )


def twin_without_lock(database: str) -> dict[str, int]:
    """Look, then take, without a lock or a constraint: it must oversell, or nothing is proved."""
    with connect(database) as connection:
        connection.execute("TRUNCATE bench_slot, bench_booking")
        connection.execute("INSERT INTO bench_slot VALUES (1, 0, %s)", [PLACES])

    def client() -> None:
        with connect(database) as connection:
            for _ in range(PLACES):
                row = connection.execute("SELECT taken < capacity FROM bench_slot").fetchone()
                if row and row[0]:
                    with connection.transaction():
                        connection.execute("UPDATE bench_slot SET taken = taken + 1")
                        connection.execute("INSERT INTO bench_booking (slot_id) VALUES (1)")

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connect(database) as connection:
        row = connection.execute("SELECT count(*) FROM bench_booking").fetchone()
    booked = int(row[0]) if row else 0
    assert booked > PLACES, "the twin without a lock should oversell"
    return {"places": PLACES, "booked": booked, "oversold": booked - PLACES}

"""Bookings of scarce times over HTTP, against one UPDATE, and never one too many."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any

from bench.harness import Bench, connect, fresh_database, pgbench, town_database, use_database
from bench.load import hammer, request, server

PARCELS = 5000
CLIENTS = (8, 24, 48)
HOT_SLOTS = (1, 20)
ROOMY = 30_000
SCARCE = 50
# The least that can be done durably: one statement takes the place and writes the booking.
ONE_STATEMENT = """
    WITH taken AS (
        UPDATE bench_slot SET taken = taken + 1
        WHERE id = 1 + :i % {slots} AND taken < capacity RETURNING id)
    INSERT INTO bench_booking (slot_id, phone) SELECT id, '0812345678' FROM taken
"""
_phones = count(10_000_000)


def measure(bench: Bench) -> None:
    """Throughput with room for all; then many for few places; then the same without any lock."""
    database = "bench_booking"  # bookings of a former run would count against the telephones
    fresh_database(database, like=town_database(min(PARCELS, bench.options.parcels)))
    use_database(database)
    seconds = bench.options.seconds
    with connect(database) as connection:
        connection.execute("DROP TABLE IF EXISTS bench_booking, bench_slot")
        connection.execute("CREATE TABLE bench_slot (id int PRIMARY KEY, taken int, capacity int)")
        connection.execute(
            "CREATE TABLE bench_booking (id bigserial PRIMARY KEY, slot_id int, phone text)"
        )
    with server(database) as port:
        for slots in HOT_SLOTS:
            for clients in CLIENTS:
                ours = _booker(database, port, slots=slots, clients=clients, seconds=seconds)
                statement = ONE_STATEMENT.format(slots=slots)
                options: dict[str, Any] = {"clients": clients, "seconds": seconds, "rows": 1000}
                with pgbench(database, statement, **options) as one_statement:
                    bench.compare(f"{slots} slots x{clients}", "bookings/s", {
                        "over_http": ours,
                        "one_statement": _with_room(database, one_statement),
                    })  # fmt: skip
        _never_oversold(bench, database, port)
    bench.facts["twin_without_lock"] = _twin(database)


def _offer(slots: int, capacity: int) -> list[str]:
    """Fresh times of a service of their own, on a working day that is ahead; their offers."""
    from appointments.models import Closure, CounterGroup, Service, Slot  # Django is set up
    from appointments.offers import OfferName
    from offices.models import LandOffice

    office = LandOffice.objects.get()
    names = {"code": f"bench-{next(_phones)}", "name_th": "วัดผล", "name_en": "Benchmark"}
    group = CounterGroup.objects.create(office=office, slot_minutes=5, **names)
    service = Service.objects.create(office=office, group=group, **names)
    closed = set(Closure.objects.of_office(office.pk).values_list("day", flat=True))
    day = datetime.now(UTC).date() + timedelta(days=3)
    while day in closed or day.weekday() > 4:
        day += timedelta(days=1)
    begins = datetime.combine(day, time(2), UTC)
    offered = Slot.objects.bulk_create([
        Slot(group=group, starts_at=begins + timedelta(minutes=n),
             ends_at=begins + timedelta(minutes=n + 5), capacity=capacity)
        for n in range(slots)
    ])  # fmt: skip
    rows = Slot.objects.filter(pk__in=[slot.pk for slot in offered])
    ids = rows.order_by("starts_at").values_list("public_id", flat=True)
    return [str(OfferName(public_id, (service.code,))) for public_id in ids]


def _requests(slots: list[str], many: int) -> list[bytes]:
    """Each by another telephone, going round the slots."""
    bodies = (
        {"slot": slots[n % len(slots)], "name": "ผู้ทดสอบ", "phone": f"08{next(_phones):08d}"}
        for n in range(many)
    )
    return [request("POST", "/api/appointments", body) for body in bodies]


def _booker(
    database: str, port: int, *, slots: int, clients: int, seconds: float
) -> Callable[[], dict[str, Any]]:
    def run() -> dict[str, Any]:
        offered = _offer(slots, ROOMY)
        requests = _requests(offered, round(seconds * 2000))
        load = hammer(port, requests, clients=clients, seconds=seconds, once=True)
        found = load.figures(good=(201,)) | _counts(database, offered)
        assert found["booked"] == load.statuses.get(201, 0), "a booking was lost or made twice"
        return found

    return run


def _with_room(database: str, contestant: Callable[[], float]) -> Callable[[], float]:
    """The same room for the limit: twenty slots that do not fill up."""

    def run() -> float:
        with connect(database) as connection:
            connection.execute("TRUNCATE bench_slot, bench_booking")
            connection.execute(
                "INSERT INTO bench_slot SELECT n, 0, 100000000 FROM generate_series(1, 20) AS n"
            )
            connection.execute("VACUUM ANALYZE bench_slot")
        return contestant()

    return run


def _counts(database: str, slots: list[str]) -> dict[str, int]:
    """Bookings that stand, places beyond capacity, and slots whose count is wrong."""
    from appointments.offers import offer_named

    with connect(database) as connection:
        row = connection.execute(
            """
            SELECT sum(booked)::int, sum(greatest(booked - capacity, 0))::int,
                   count(*) FILTER (WHERE booked <> taken)::int
            FROM (
                SELECT slot.capacity, slot.taken, count(place.id) AS booked
                FROM appointments_slot AS slot LEFT JOIN appointments_bookingplace AS place
                    ON place.slot_id = slot.id AND place.is_live
                WHERE slot.public_id = ANY(%s) GROUP BY slot.id
            ) AS each
            """, [[offer_named(slot).slot for slot in slots]],
        ).fetchone()  # fmt: skip
    assert row is not None
    return {"booked": row[0], "oversold": row[1], "miscounted": row[2]}


def _never_oversold(bench: Bench, database: str, port: int) -> None:
    """Many times more people than places: every place is given, none twice."""
    for slots in HOT_SLOTS:
        offered = _offer(slots, SCARCE)
        load = hammer(
            port, _requests(offered, slots * SCARCE * 3), clients=48, seconds=300, once=True
        )
        places = slots * SCARCE
        found = _counts(database, offered)
        found |= {"places": places, "undersold": places - found["booked"]}
        bench.facts[f"sold out, {slots} slots x48"] = found | {"statuses": load.statuses}
        assert found["oversold"] == found["undersold"] == found["miscounted"] == 0, found


def _twin(database: str) -> dict[str, int]:
    """Look, then take, without a lock or a constraint: what the service must never do."""
    with connect(database) as connection:
        connection.execute("TRUNCATE bench_slot, bench_booking")
        connection.execute("INSERT INTO bench_slot VALUES (1, 0, %s)", [SCARCE])

    def client() -> None:
        with connect(database) as connection:
            for _ in range(SCARCE):
                row = connection.execute("SELECT taken < capacity FROM bench_slot").fetchone()
                if row and row[0]:
                    with connection.transaction():
                        connection.execute("UPDATE bench_slot SET taken = taken + 1")
                        connection.execute("INSERT INTO bench_booking (slot_id) VALUES (1)")

    threads = [threading.Thread(target=client) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connect(database) as connection:
        row = connection.execute("SELECT count(*) FROM bench_booking").fetchone()
    booked = int(row[0]) if row else 0
    assert booked > SCARCE, "the twin without a lock should oversell"
    return {"places": SCARCE, "booked": booked, "oversold": booked - SCARCE}

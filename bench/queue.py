"""Bookings of scarce times over HTTP by 200 clients: never one too many, and how fast."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any

from bench.harness import Bench, connect, fresh_database, pgbench, town_database, use_database
from bench.load import Load, hammer, hello, request, server
from bench.oversold import ONE_STATEMENT, limit_tables, twin_without_lock

PARCELS = 5000
CLIENTS = 200
SLOTS = 1_000
ROOMY = 30_000
SCARCE = 1
AT_MOST_PER_SECOND = 3_000
LEAST_SHARE = 0.6
# PrepMod in Massachusetts, 18 February 2021: 70,000 visits a minute when times were opened.
RUSH_PER_MINUTE = 70_000
# Its machines were never published. Ours has two cores; an office that expects such a morning
# would hire sixteen: the rush is scaled by 2 / 16.
RUSH_CORES, CORES = 16, 2
READS = 0.9
READ_WITHIN_MS = 1_000
_phones = count(10_000_000)


def measure(bench: Bench) -> None:
    """Throughput beside a bare INSERT; the last places; requests sent twice; the opening hour."""
    database = "bench_queue"  # bookings of a former run would count against the telephones
    fresh_database(database, like=town_database(min(PARCELS, bench.options.parcels)))
    use_database(database)
    with connect(database) as connection:
        limit_tables(connection)
    bench.sizes |= {"clients": CLIENTS, "slots": SLOTS}
    bench.facts["read the ratios"] = (
        "the cores may be shared with other work: contestants take turns, only ratios say anything"
    )
    ours = server(database, CHANOT_RATE_LIMITS="off", DJANGO_SETTINGS_MODULE="bench.inserting")
    bare = hello("bench.inserting:bare", database=database, factory=True)
    with ours as port, bare as bare_port:
        _throughput(bench, database, port, bare_port)
        _sold_out(bench, database, port)
        _sent_twice(bench, database, port)
        _rush(bench, database, port)
    bench.facts["twin_without_lock"] = twin_without_lock(database)


def _throughput(bench: Bench, database: str, port: int, bare_port: int) -> None:
    seconds = bench.options.seconds
    inserts = [request("POST", "/bench/insert", _body("a slot", 0))] * CLIENTS

    def inserting(at: int) -> Callable[[], dict[str, Any]]:
        return lambda: _sound(hammer(at, inserts, clients=CLIENTS, seconds=seconds)).figures(
            good=(201,)
        )

    statement = ONE_STATEMENT.format(slots=SLOTS)
    with pgbench(database, statement, clients=8, seconds=seconds, rows=SLOTS) as one_statement:
        bench.compare(f"{SLOTS} slots x{CLIENTS}", "bookings/s", {
            "over_http": lambda: _book(database, port, ROOMY, seconds),
            "bare_view": inserting(port),
            "bare_django": inserting(bare_port),
            "one_statement": one_statement,
        })  # fmt: skip
        bench.compare(f"sold out, {SLOTS} slots x{CLIENTS}", "answers/s", {
            "over_http": lambda: _book(database, port, SCARCE, seconds),
            "bare_view": inserting(port),
        })  # fmt: skip


def _book(database: str, port: int, capacity: int, seconds: float) -> dict[str, Any]:
    """Everybody wants one of the times, each under a telephone number of their own."""
    offered = _offer(SLOTS, capacity)
    wanted = _requests(offered, round(seconds * AT_MOST_PER_SECOND))
    load = _sound(hammer(port, wanted, clients=CLIENTS, seconds=seconds, once=True))
    found = load.figures(good=(201, 409)) | _counts(database, offered)
    assert found["booked"] == load.statuses.get(201, 0), "a booking was lost or made twice"
    assert found["oversold"] == found["miscounted"] == found["duplicates"] == 0, found
    return found


def _sound(load: Load) -> Load:
    """No answer is a fault of the server, nor that it is too busy."""
    assert not [status for status in load.statuses if status >= 500], load.statuses
    return load


def _body(slot: str, number: int) -> dict[str, str]:
    return {"slot": slot, "name": "ผู้ทดสอบ", "phone": f"08{number:08d}"}


def _requests(slots: list[str], many: int, *, step: int = 1) -> list[bytes]:
    """Each by another telephone, going round the times."""
    return [
        request("POST", "/api/appointments", _body(slots[n * step % len(slots)], next(_phones)))
        for n in range(many)
    ]


def _offer(slots: int, capacity: int) -> list[str]:
    """Fresh times of a service of their own, one after another from the third day on."""
    from appointments.models import Closure, CounterGroup, Service, Slot  # Django is set up
    from appointments.offers import OfferName
    from offices.models import LandOffice

    office = LandOffice.objects.get()
    names = {"code": f"bench-{next(_phones)}", "name_th": "วัดผล", "name_en": "Benchmark"}
    group = CounterGroup.objects.create(office=office, slot_minutes=5, **names)
    service = Service.objects.create(office=office, group=group, **names)
    closed = set(Closure.objects.of_office(office.pk).values_list("day", flat=True))
    open_days = (datetime.now(UTC).date() + timedelta(days=n) for n in count(3))
    days = (day for day in open_days if day not in closed)
    starts = (
        datetime.combine(day, time(1, 30), UTC) + timedelta(minutes=5 * n)
        for day in days for n in range(100)
    )  # fmt: skip
    offered = Slot.objects.bulk_create([
        Slot(group=group, starts_at=at, ends_at=at + timedelta(minutes=5), capacity=capacity)
        for _, at in zip(range(slots), starts, strict=False)
    ])  # fmt: skip
    rows = Slot.objects.filter(pk__in=[slot.pk for slot in offered])
    ids = rows.order_by("starts_at").values_list("public_id", flat=True)
    return [str(OfferName(public_id, (service.code,))) for public_id in ids]


def _counts(database: str, slots: list[str]) -> dict[str, int]:
    """Bookings that stand, places beyond capacity, wrong counts, and numbers with two bookings."""
    from appointments.offers import offer_named

    ids = [offer_named(slot).slot for slot in slots]
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
            """, [ids],
        ).fetchone()  # fmt: skip
        twice = connection.execute(
            """
            SELECT count(*) FROM (
                SELECT booking.phone FROM appointments_booking AS booking
                JOIN appointments_slot AS slot ON slot.id = booking.slot_id
                WHERE slot.public_id = ANY(%s) GROUP BY booking.phone HAVING count(*) > 1
            ) AS each
            """, [ids],
        ).fetchone()  # fmt: skip
    assert row is not None
    assert twice is not None
    return {"booked": row[0], "oversold": row[1], "miscounted": row[2], "duplicates": twice[0]}


def _sold_out(bench: Bench, database: str, port: int) -> None:
    """Three times more people than places: every place is given, none twice."""
    offered = _offer(SLOTS, SCARCE)
    load = hammer(port, _requests(offered, 3 * SLOTS), clients=CLIENTS, seconds=300, once=True)
    found = _counts(database, offered)
    found |= {"places": SLOTS * SCARCE, "undersold": SLOTS * SCARCE - found["booked"]}
    found["server_errors"] = sum(n for status, n in load.statuses.items() if status >= 500)
    bench.facts[f"sold out x{CLIENTS}"] = found | {"statuses": load.statuses}
    wrong = {name: found[name] for name in (
        "oversold", "undersold", "miscounted", "duplicates", "server_errors")}  # fmt: skip
    assert not any(wrong.values()), found


def _sent_twice(bench: Bench, database: str, port: int) -> None:
    """Every request arrives twice under its key, by two clients at about the same moment."""
    offered = _offer(SLOTS, 2)
    twins = []
    for slot in offered:
        body = _body(slot, next(_phones))
        twins += [request("POST", "/api/appointments", body, Idempotency_Key=body["phone"])] * 2
    load = _sound(hammer(port, twins, clients=CLIENTS, seconds=300, once=True))
    found = _counts(database, offered)
    bench.facts["every request sent twice"] = found | {"statuses": load.statuses}
    assert load.statuses == {201: 2 * SLOTS}, load.statuses
    assert found["booked"] == SLOTS, found


def _rush(bench: Bench, database: str, port: int) -> None:
    """The opening hour: nine look at the times of a day, one books; the times run out."""
    from appointments.models import Slot
    from appointments.offers import offer_named
    from cadastre.scheduling import BANGKOK

    per_second = RUSH_PER_MINUTE / 60 * CORES / RUSH_CORES
    seconds = bench.options.seconds
    offered = _offer(SLOTS, SCARCE)
    first = offer_named(offered[0])
    slot = Slot.objects.select_related("group__office").get(public_id=first.slot)
    day = slot.starts_at.astimezone(BANGKOK).date().isoformat()
    look = request(
        "GET", f"/api/appointments/slots?office={slot.group.office.code}"
        f"&service={first.services[0]}&from={day}&to={day}",
    )  # fmt: skip
    wanted = _requests(offered, round(per_second * seconds * 2))
    readers = round(CLIENTS * READS)
    with ThreadPoolExecutor(2) as both:
        reads = both.submit(
            hammer, port, [look] * readers, clients=readers, seconds=seconds,
            per_second=per_second * READS, processes=2,
        )  # fmt: skip
        writes = both.submit(
            hammer, port, wanted, clients=CLIENTS - readers, seconds=seconds, once=True,
            per_second=per_second * (1 - READS), processes=2,
        )  # fmt: skip
    found = {
        "scaled_to": f"{RUSH_PER_MINUTE} a minute x {CORES}/{RUSH_CORES} cores = "
        f"{per_second:.0f} a second offered; nine in ten look, one books",
        "reads": _sound(reads.result()).figures(),
        "bookings": _sound(writes.result()).figures(good=(201, 409)),
    }
    counts = _counts(database, offered)
    bench.facts["opening hour"] = found | counts
    assert counts["oversold"] == counts["duplicates"] == counts["miscounted"] == 0, counts
    bench.facts["reads within a second (p99)"] = found["reads"]["p99_ms"] < READ_WITHIN_MS

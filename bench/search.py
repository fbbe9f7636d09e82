"""Look-ups over HTTP with eight clients, against the bare SQL.

``address_prefix`` is no like for like: the service looks for the exact name first and reads the
prefix only when there is none. Its ratio says what a reader waits, not what Django costs.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from bench.harness import Bench, connect, pgbench, town_database
from bench.load import hammer, once, request, server

CLIENTS = 8
PLACES = 2000
IN_FORCE = "parcel.valid_during @> current_date"
# Each asks for one row of bench_place (:i) and takes what the register keeps of the parcel.
SQL = {
    "identify": f"""
        SELECT parcel.* FROM parcels_parcel AS parcel, bench_place AS place
        WHERE place.id = :i AND {IN_FORCE} AND ST_Intersects(parcel.geometry, place.point)""",
    "deed": f"""
        SELECT parcel.* FROM bench_place AS place
        JOIN parcels_baunit AS title
            ON title.deed_number = place.deed_number AND title.district_id = place.district
        JOIN parcels_parcel AS parcel ON parcel.ba_unit_id = title.id
        WHERE place.id = :i AND {IN_FORCE}""",
    "address_prefix": f"""
        SELECT parcel.* FROM bench_place AS place, parcels_parcel AS parcel
        WHERE place.id = :i AND parcel.street_th ~>=~ place.street
            AND parcel.street_th ~<~ (place.street || chr(1114111)) AND {IN_FORCE}
        LIMIT 20""",
}  # fmt: skip


def measure(bench: Bench) -> None:
    """Random parcels with a deed and a street."""
    database = town_database(bench.options.parcels)
    places = _choose_places(database)
    bench.sizes |= {"parcels": bench.options.parcels, "places": len(places), "clients": CLIENTS}
    paths = {
        "identify": [f"/api/parcels/at?lon={lon}&lat={lat}" for lon, lat, *_ in places],
        "deed": [
            f"/api/parcels?deed_number={quote(deed)}&district={quote(district)}"
            for *_, deed, district, _street in places
        ],
        "address_prefix": [f"/api/parcels?q={quote(street)}" for *_, street in places],
    }
    seconds = bench.options.seconds
    with server(database) as port:
        for case, statement in SQL.items():
            status, body = once(port, paths[case][0])
            assert status == 200 and b'"Feature"' in body, f"{case} finds nothing: {body[:200]!r}"
            requests = [request("GET", path) for path in paths[case]]

            def ours(requests: list[bytes] = requests) -> dict[str, Any]:
                return hammer(port, requests, clients=CLIENTS, seconds=seconds).figures()

            options: dict[str, Any] = {"clients": CLIENTS, "seconds": seconds, "rows": len(places)}
            with pgbench(database, statement, **options) as sql:
                bench.compare(case, "look-ups/s", {"over_http": ours, "bare_sql": sql})


def _choose_places(database: str) -> list[tuple[Any, ...]]:
    with connect(database) as connection:
        connection.execute("DROP TABLE IF EXISTS bench_place")
        connection.execute(
            """
            CREATE TABLE bench_place AS
            SELECT row_number() OVER ()::int AS id, chosen.* FROM (
                SELECT parcel.label_point AS point, title.deed_number,
                    title.district_id AS district, parcel.street_th AS street
                FROM parcels_parcel AS parcel JOIN parcels_baunit AS title
                    ON title.id = parcel.ba_unit_id
                WHERE title.deed_number <> '' AND parcel.street_th <> ''
                ORDER BY hashint8(parcel.id) LIMIT %s) AS chosen
            """.replace("%s", str(PLACES))
        )
        connection.execute("ALTER TABLE bench_place ADD PRIMARY KEY (id)")
        connection.execute("ANALYZE bench_place")
        return connection.execute(
            "SELECT ST_X(point), ST_Y(point), deed_number, district, street"
            " FROM bench_place ORDER BY id"
        ).fetchall()

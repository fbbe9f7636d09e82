"""Tiles of the past: what the register said of a day, as it knew it at an instant."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection
from django.test import Client
from django.utils import timezone
from psycopg.types.range import Range

from parcels.models import Parcel
from tests.factories import LONG_AGO, a_parcel, a_square, amended
from tests.tiles.conftest import address, features, tile_at, to_degrees
from tests.tiles.test_wsgi import Server
from tiles.registry import as_of_statement_of, layer_named

pytestmark = pytest.mark.django_db
TILE = tile_at(100.4702, 13.8702, 17)
WHERE = address("parcels", TILE)


def drawn(client: Client, query: str = "") -> list[Any]:
    """The land numbers on the tile."""
    response = client.get(f"{WHERE}?{query}")
    assert response.status_code == 200, response.content
    return sorted(
        feature["properties"].get("land_number")
        for feature in features(response.content, "parcels")
    )


def instant() -> str:
    return timezone.now().isoformat().replace("+00:00", "Z")


@pytest.fixture
def divided() -> dict[str, Any]:
    """A parcel that was divided on 1 March 2024, entered in the register just now."""
    parcel = a_parcel(land_number="7")
    before = instant()
    day = date(2024, 3, 1)
    amended(parcel, valid_during=Range(LONG_AGO, day))
    for number, west in (("8", 100.47), ("9", 100.4702)):
        half = MultiPolygon(Polygon.from_bbox((west, 13.87, west + 0.0002, 13.8704)), srid=4326)
        a_parcel(land_number=number, geometry=half, valid_during=Range(day, None))
    return {"parcel": parcel, "before": before}


def test_a_tile_of_the_past_shows_the_parcels_of_that_day(client, divided):
    assert drawn(client) == ["8", "9"]
    assert drawn(client, "on=2024-02-29") == ["7"]
    assert drawn(client, "on=2024-03-01") == ["8", "9"]
    assert drawn(client, "on=2019-12-31") == []


def test_what_the_register_said_before_is_drawn_as_it_was_said(client, divided):
    assert drawn(client, f"on=2024-03-01&known={divided['before']}") == ["7"]
    assert drawn(client, "known=2024-03-01") == []


def test_a_former_shape_is_drawn_where_it_was(client):
    parcel = a_parcel()
    amended_on = timezone.localdate()
    before = instant()
    amended(parcel, geometry=a_square(side=0.0002), valid_during=Range(date(2025, 1, 1), None))

    def east(query: str) -> float:
        (feature,) = features(client.get(f"{WHERE}?{query}").content, "parcels")
        (ring,) = feature["geometry"]["coordinates"]
        return max(to_degrees(TILE, *point)[0] for point in ring)

    assert east(f"on={amended_on}") == pytest.approx(100.4702, abs=2e-6)
    assert east("on=2024-12-31") == pytest.approx(100.4704, abs=2e-6)
    assert east(f"on={amended_on}&known={before}") == pytest.approx(100.4704, abs=2e-6)


def test_from_afar_the_past_is_gathered_as_today_is(client, divided):
    tile = tile_at(100.4702, 13.8702, 14)
    plain = client.get(address("parcels", tile))
    as_of = client.get(f"{address('parcels', tile)}?on={timezone.localdate()}")
    assert as_of.content == plain.content
    former = client.get(f"{address('parcels', tile)}?on=2024-02-29")
    (feature,) = features(former.content, "parcels")
    assert "land_number" not in feature["properties"]


def test_today_as_known_now_is_the_plain_tile(client, divided):
    plain, as_of = client.get(WHERE), client.get(f"{WHERE}?on={timezone.localdate()}")
    assert as_of.content == plain.content
    assert as_of["ETag"] == plain["ETag"]


def test_what_was_known_long_ago_is_kept_and_what_is_known_now_is_not(client, divided):
    settled = client.get(f"{WHERE}?known={timezone.localdate() - timedelta(days=2)}")
    assert settled["Cache-Control"] == "public, max-age=86400, immutable"
    open_ended = client.get(f"{WHERE}?on=2024-01-01")
    assert open_ended["Cache-Control"] == client.get(WHERE)["Cache-Control"]
    again = client.get(f"{WHERE}?on=2024-01-01", HTTP_IF_NONE_MATCH=open_ended["ETag"])
    assert again.status_code == 304


REFUSED = [
    "x=1", "on=", "on", "on=2026-02-29", "on=2569-02-28", "on=2024-01-01&on=2024-01-01",
    "on=2024-01-01&v=1", "known=9999-12-31", "on=%ff", "on=2024-01-01%00", "&".join(["on=1"] * 9),
]  # fmt: skip


@pytest.mark.parametrize("query", REFUSED)
def test_a_question_no_tile_answers_is_refused_before_any_query(query, django_assert_num_queries):
    server = Server()
    with django_assert_num_queries(0):
        reason = server.get(f"{WHERE}?{query}")
    assert server.status == "400 Bad Request"
    assert server.headers["Cache-Control"] == "no-store"
    assert reason
    assert server.left_to_django == []


def test_a_layer_without_a_past_says_so(client):
    response = client.get("/tiles/mapsheets/14/0/0.mvt?on=2024-01-01")
    assert response.status_code == 400
    assert b"no past" in response.content


def test_an_impossible_tile_of_the_past_is_none(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/tiles/parcels/13/0/0.mvt?on=2024-01-01").status_code == 404


def test_the_thin_way_tells_the_past_as_django_does(client, divided):
    server = Server()
    for query in ("on=2024-02-29", "known=2024-02-29"):
        assert server.get(f"{WHERE}?{query}") == client.get(f"{WHERE}?{query}").content
    assert server.left_to_django == []


def test_the_past_is_found_by_the_spatial_indexes_of_both_tables():
    parcel = a_parcel()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO parcels_parcel (valid_during, land_number, tax_parcel_code, house_number,
                street_th, street_en, land_use, geometry, zone_srid, office_id, created_by_id)
            SELECT valid_during, i || '-' || j, '', '', '', '', land_use,
                ST_Translate(geometry, i * 0.0005, j * 0.0005), zone_srid, office_id, created_by_id
            FROM parcels_parcel, generate_series(1, 70) AS i, generate_series(1, 70) AS j
            WHERE id = %s
            """,
            [parcel.pk],
        )
        act = amended(parcel, land_number="0").changed_by_id
        cursor.execute(
            "UPDATE parcels_parcel SET land_use = 'vacant', changed_by_id = %s WHERE id <> %s",
            [act, parcel.pk],
        )
        cursor.execute("ANALYZE parcels_parcel, parcels_parcelversion")
    assert Parcel.objects.count() > 4_000
    layer = layer_named("parcels")
    assert layer is not None
    tile = tile_at(100.48, 13.88, 17)
    values = {
        "z": tile.z, "x": tile.x, "y": tile.y, "on": date(2026, 11, 20),
        "known": datetime.fromisoformat("2026-11-20T00:00:00Z"),
    }  # fmt: skip
    with psycopg.Cursor(connection.connection) as plain:
        plain.execute("EXPLAIN " + as_of_statement_of(layer), values)
        plan = "\n".join(row[0] for row in plain)
    for table in ("parcels_parcel", "parcels_parcelversion"):
        assert f"{table}_geometry" in plan, plan
        assert f"Seq Scan on {table}" not in plan, plan

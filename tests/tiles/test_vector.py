"""Vector tiles, as a map gets them: right, complete, and with nothing in them that is private."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.range import Range
from shapely.geometry import Polygon as Outline

from offices.models import Role
from parcels.models import LandUse, Parcel
from surveys.models import SurveyJob, SurveyPoint
from taxmap.models import Building, TaxBlock, TaxZone, ValuationUnit
from tests.factories import (
    NOW,
    a_land_office,
    a_local_authority,
    a_map_sheet,
    a_parcel,
    a_user,
    amended,
)
from tests.tiles.conftest import EXTENT, address, features, tile_at, to_degrees
from tiles.addresses import Tile
from tiles.registry import layer_named, statement_of
from tiles.vector import TIMEOUT_MS, TileTooSlow, layer_bounds, tile_content

pytestmark = pytest.mark.django_db
LON, LAT = 100.47, 13.87
Ask = Callable[..., list[dict[str, Any]]]


def rings(feature: dict[str, Any]) -> list[list[list[float]]]:
    """Every ring of a feature, whether it is one polygon or several."""
    shape = feature["geometry"]
    if shape["type"] == "Polygon":
        return list(shape["coordinates"])
    return [ring for polygon in shape["coordinates"] for ring in polygon]


def covering(parcel: Parcel, z: int) -> list[Tile]:
    west, south, east, north = parcel.geometry.extent
    first, last = tile_at(west, north, z), tile_at(east, south, z)
    return [Tile(z, x, y) for x in range(first.x, last.x + 1) for y in range(first.y, last.y + 1)]


def a_fabric(columns: int = 4, rows: int = 3) -> list[Parcel]:
    """Adjoining parcels with shared vertices, skewed so that nothing lies along an axis."""

    def corner(i: int, j: int) -> tuple[float, float]:
        return LON + i * 0.0005 + j * 0.00007, LAT + j * 0.0004 + i * 0.00003

    return [
        a_parcel(
            land_number=f"{i}-{j}",
            land_use=[LandUse.RESIDENTIAL, LandUse.VACANT][(i + j) % 2],
            geometry=MultiPolygon(
                Polygon([
                    corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1),
                    corner(i, j),
                ]),
                srid=4326,
            ),
        )
        for i in range(columns)
        for j in range(rows)
    ]  # fmt: skip


@pytest.mark.parametrize("z", [14, 15, 16, 17, 18])
def test_every_parcel_is_in_every_tile_that_it_touches(features_at: Ask, z: int) -> None:
    for parcel in a_fabric():
        for tile in covering(parcel, z):
            outline = Outline(parcel.geometry[0][0].coords)
            found = [
                Outline([to_degrees(tile, *point) for point in ring])
                for feature in features_at("parcels", tile)
                for ring in rings(feature)
            ]
            corners = [
                to_degrees(tile, c, r)
                for c, r in ((0, 0), (EXTENT, 0), (EXTENT, EXTENT), (0, EXTENT))
            ]
            inside = outline.intersection(Outline(corners))
            if inside.area < 0.02 * outline.area:
                continue
            shares = [inside.intersection(f.buffer(0)).area / inside.area for f in found]
            assert max(shares) > 0.9, (z, tile, parcel.land_number)


def test_a_feature_is_the_parcel_to_the_precision_of_the_tile(features_at: Ask) -> None:
    parcel = a_parcel(land_number="77", land_use=LandUse.COMMERCIAL)
    tile = tile_at(LON + 0.0002, LAT + 0.0002, 16)
    (feature,) = features_at("parcels", tile)
    assert feature["properties"] == {"land_number": "77", "land_use": "commercial"}
    drawn = {tuple(point) for ring in rings(feature) for point in ring}
    step = 360 / 2**16 / EXTENT
    for lon, lat in parcel.geometry[0][0].coords:
        nearest = min(
            max(abs(lon - x), abs(lat - y)) for x, y in (to_degrees(tile, *p) for p in drawn)
        )
        assert nearest <= step


def test_the_database_agrees_with_st_asmvtgeom(features_at: Ask) -> None:
    a_fabric()
    tile = tile_at(LON + 0.0004, LAT + 0.0004, 17)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT land_number, ST_AsText(ST_AsMVTGeom(geometry_3857,"
            " ST_TileEnvelope(%s, %s, %s), 4096, 64)) FROM parcels_parcel",
            [tile.z, tile.x, tile.y],
        )
        expected = {
            number: {
                tuple(map(int, point.split()))
                for point in text.replace("MULTIPOLYGON", "").replace("POLYGON", "")
                .replace("(", "").replace(")", "").split(",")
            }
            for number, text in cursor.fetchall()
            if text
        }  # fmt: skip
    found = {
        f["properties"]["land_number"]: {tuple(p) for ring in rings(f) for p in ring}
        for f in features_at("parcels", tile)
    }
    assert found == expected
    assert found


@pytest.mark.parametrize("z", [16, 17, 18])
def test_neighbours_share_their_corners_to_the_last_step(features_at: Ask, z: int) -> None:
    parcels = a_fabric()
    tile = tile_at(LON + 0.0011, LAT + 0.0006, z)
    points: dict[tuple[float, ...], set[str]] = {}
    for feature in features_at("parcels", tile):
        for ring in rings(feature):
            for point in ring:
                points.setdefault(tuple(point), set()).add(feature["properties"]["land_number"])
    inner = [
        corner
        for parcel in parcels
        for corner in parcel.geometry[0][0].coords[:4]
        if sum(corner in other.geometry[0][0].coords for other in parcels) == 4
        and tile_at(*corner, z) == tile
    ]
    assert inner
    for corner in inner:
        near = [
            numbers for point, numbers in points.items()
            if max(abs(a - b) for a, b in zip(to_degrees(tile, *point), corner, strict=True))
            < 360 / 2**z / EXTENT
        ]  # fmt: skip
        assert len(near) == 1, "a corner of four parcels became several points"
        assert len(near[0]) == 4


def test_tiles_hold_no_id_and_nothing_personal(client: Client) -> None:
    parcel = a_parcel(
        land_number="5", house_number="99/1", street_th="ถนนรัตนาธิเบศร์", tax_parcel_code="01A001"
    )
    for z in range(14, 19):
        tile = tile_at(LON + 0.0002, LAT + 0.0002, z)
        content = client.get(address("parcels", tile)).content
        found = features(content, "parcels")
        assert found
        for feature in found:
            assert set(feature["properties"]) <= {"land_number", "land_use"}
            assert feature.get("id", 0) == 0
        for secret in (parcel.public_id, "99/1", "ถนน", "01A001"):
            assert secret.encode() not in content


def test_only_parcels_in_force_today_are_drawn(features_at: Ask) -> None:
    today = timezone.localdate()
    a_parcel(land_number="now", valid_during=Range(date(2020, 1, 1), today + timedelta(days=1)))
    a_parcel(land_number="ended", valid_during=Range(date(2020, 1, 1), today))
    a_parcel(land_number="coming", valid_during=Range(today + timedelta(days=1), None))
    tile = tile_at(LON + 0.0002, LAT + 0.0002, 17)
    assert [f["properties"]["land_number"] for f in features_at("parcels", tile)] == ["now"]


def test_an_edit_shows_at_once(client: Client) -> None:
    parcel = a_parcel(land_number="1")
    where = address("parcels", tile_at(LON + 0.0002, LAT + 0.0002, 17))
    before = client.get(where)
    amended(parcel, land_number="2")
    after = client.get(where, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert features(after.content, "parcels")[0]["properties"]["land_number"] == "2"


def test_low_zooms_are_gathered_and_bounded(features_at: Ask) -> None:
    """Below zoom 16: one feature a land use, no numbers, nothing smaller than a pixel."""
    a_fabric()
    a_parcel(
        land_number="tiny",
        land_use=LandUse.WATER,
        geometry=MultiPolygon(
            Polygon.from_bbox((LON + 0.004, LAT, LON + 0.00405, LAT + 0.00005)), srid=4326
        ),
    )
    tile = tile_at(LON + 0.001, LAT + 0.0005, 14)
    found = features_at("parcels", tile)
    assert {f["properties"]["land_use"] for f in found} == {"residential", "vacant"}
    assert all(set(f["properties"]) == {"land_use"} for f in found)
    assert sum(len(rings(f)) for f in found) == 12
    near = tile_at(LON + 0.004, LAT, 16)
    assert "tiny" in {f["properties"]["land_number"] for f in features_at("parcels", near)}


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(z=st.integers(14, 18), lon=st.floats(-180, 179.999), lat=st.floats(-85, 85))
def test_a_tile_anywhere_on_earth_is_an_answer(
    client: Client, z: int, lon: float, lat: float
) -> None:
    response = client.get(address("parcels", tile_at(lon, lat, z)))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"


def test_an_empty_tile_is_an_empty_file_that_can_be_cached(client: Client) -> None:
    response = client.get("/tiles/parcels/16/0/0.mvt")
    assert (response.status_code, response.content) == (200, b"")
    assert response["ETag"]


def test_entity_tags_are_strong_and_spare_the_way(client: Client) -> None:
    a_fabric()
    where = address("parcels", tile_at(LON + 0.001, LAT + 0.0005, 16))
    plain = client.get(where)
    packed = client.get(where, headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Content-Encoding" not in plain.headers
    assert packed["Vary"] == plain["Vary"] == "Accept-Encoding"
    assert not plain["ETag"].startswith("W/")
    assert packed["ETag"] != plain["ETag"], "two representations, two strong tags"
    assert len(packed.content) < len(plain.content)
    for response, asked in ((plain, ""), (packed, "gzip")):
        again = client.get(
            where, headers={"If-None-Match": response["ETag"], "Accept-Encoding": asked}
        )
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == response["ETag"]
        assert again["Cache-Control"] == response["Cache-Control"]
    assert client.get(where, headers={"If-None-Match": '"other"'}).status_code == 200
    refused = client.get(where, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers
    assert "stale-while-revalidate" in plain["Cache-Control"]
    assert "Set-Cookie" not in plain.headers


def test_head_tells_what_get_would(client: Client) -> None:
    a_fabric()
    where = address("parcels", tile_at(LON + 0.001, LAT + 0.0005, 16))
    assert client.head(where)["ETag"] == client.get(where)["ETag"]
    assert client.head(where).content == b""


def test_the_spatial_index_serves_the_tile() -> None:
    """With a fabric large enough to be worth an index, the planner takes it."""
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
        cursor.execute("ANALYZE parcels_parcel")
    layer = layer_named("parcels")
    assert layer is not None
    tile = tile_at(LON + 0.01, LAT + 0.01, 17)
    values = {"z": tile.z, "x": tile.x, "y": tile.y, "today": date(2026, 11, 21), "offices": []}
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as plain:
        plain.execute("EXPLAIN " + statement_of(layer), values)
        plan = "\n".join(row[0] for row in plain)
    assert "parcels_parcel_geometry" in plan
    assert "Seq Scan on parcels_parcel" not in plan


def test_a_tile_that_takes_too_long_is_stopped(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = layer_named("parcels")
    assert layer is not None
    assert TIMEOUT_MS <= 5_000
    monkeypatch.setattr("tiles.vector.TIMEOUT_MS", 50)
    monkeypatch.setattr("tiles.vector.statement_of", lambda _: "SELECT pg_sleep(10)::text::bytea")
    with pytest.raises(TileTooSlow):
        tile_content(layer, Tile(16, 0, 0), today=date(2026, 11, 21))
    response = client.get("/tiles/parcels/16/0/0.mvt")
    assert response.status_code == 503
    assert response["Cache-Control"] == "no-store"
    assert response["Retry-After"]
    a_parcel()  # the connection is fit for use afterwards


def a_survey_point(office: Any) -> SurveyPoint:
    job = SurveyJob.objects.create(
        office=office, number=f"job {office.code}", purpose="test", surveyed_on=date(2026, 1, 1)
    )
    return SurveyPoint.objects.create(
        job=job, name=f"P of {office.code}", method="rtk_network", easting=Decimal(660000),
        northing=Decimal(1533000), srid=32647, observed_at=NOW,
        geometry=f"SRID=4326;POINT({LON} {LAT})", horizontal_accuracy_m=Decimal("0.012"),
    )  # fmt: skip


def test_survey_points_are_for_the_surveyors_of_their_office(client: Client) -> None:
    a_survey_point(a_land_office())
    a_survey_point(a_land_office("LO-OTHER"))
    tile = tile_at(LON, LAT, 16)
    where = address("survey_points", tile)
    anonymous = client.get(where)
    client.force_login(a_user("clerk", Role.LAND_OFFICER))
    clerk = client.get(where)
    client.force_login(a_user("surveyor", Role.SURVEYOR))
    surveyor = client.get(where)
    assert (anonymous.status_code, clerk.status_code, surveyor.status_code) == (404, 404, 200)
    assert anonymous.content == clerk.content
    (point,) = features(surveyor.content, "survey_points")
    assert point["properties"]["name"] == "P of LO-TEST"
    assert point["properties"]["horizontal_accuracy_m"] == 0.012
    for response in (anonymous, clerk, surveyor):
        assert "private" in response["Cache-Control"]
        assert "Cookie" in response["Vary"]


def test_the_description_of_a_closed_layer_is_closed_too(client: Client) -> None:
    assert client.get("/tiles/survey_points.json").status_code == 404
    client.force_login(a_user("surveyor", Role.SURVEYOR))
    document = client.get("/tiles/survey_points.json")
    assert document.status_code == 200
    assert "private" in document["Cache-Control"]


def test_the_other_public_layers(features_at: Ask) -> None:
    authority = a_local_authority()
    parcel = a_parcel()
    zone = TaxZone.objects.create(local_authority=authority, code="01", geometry=parcel.geometry)
    TaxBlock.objects.create(zone=zone, code="A", geometry=parcel.geometry)
    unit = ValuationUnit.objects.create(parcel=parcel, local_authority=authority)
    Building.objects.create(
        unit=unit, code="B001", type_code="100", type_name="บ้านเดี่ยว", structure="masonry", floors=2,
        floor_area_m2=Decimal(120), built_in=2010, valid_during=("2020-01-01", None),
        footprint=Polygon.from_bbox((LON + 0.0001, LAT + 0.0001, LON + 0.0002, LAT + 0.0002)),
    )  # fmt: skip
    sheet = a_map_sheet()
    sheet.extent = Polygon.from_bbox((LON, LAT, LON + 0.005, LAT + 0.005))
    sheet.save()
    tile = tile_at(LON + 0.00015, LAT + 0.00015, 16)
    expected = {
        "zones": {"code": "01"},
        "blocks": {"code": "01A"},
        "buildings": {"floors": 2},
        "mapsheets": {"name": sheet.name, "scale": 1000},
    }
    for layer, properties in expected.items():
        (feature,) = features_at(layer, tile)
        assert feature["properties"] == properties


def test_tilejson_says_what_the_layer_is(client: Client) -> None:
    parcels = a_fabric()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE parcels_parcel")
    response = client.get("/tiles/parcels.json")
    document = json.loads(response.content)
    assert response["Content-Type"] == "application/json"
    assert document["tilejson"] == "3.0.0"
    assert document["tiles"] == ["http://testserver/tiles/parcels/{z}/{x}/{y}.mvt"]
    assert (document["minzoom"], document["maxzoom"]) == (14, 18)
    assert document["attribution"]
    (layer,) = document["vector_layers"]
    assert layer["id"] == "parcels"
    assert set(layer["fields"]) == {"land_number", "land_use"}
    west, south, east, north = document["bounds"]
    for parcel in parcels:
        x0, y0, x1, y1 = parcel.geometry.extent
        assert west - 1e-6 <= x0 <= x1 <= east + 1e-6
        assert south - 1e-6 <= y0 <= y1 <= north + 1e-6


def test_bounds_come_from_the_data_even_without_an_index() -> None:
    layer = replace(layer_named("zones") or pytest.fail("no zones"), table="newly_made")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE newly_made (geometry geometry(Point, 4326))")
        assert layer_bounds(layer) is None
        cursor.execute("INSERT INTO newly_made VALUES ('SRID=4326;POINT(100 13)')")
        cursor.execute("INSERT INTO newly_made VALUES ('SRID=4326;POINT(101 14)')")
    assert layer_bounds(layer) == (100, 13, 101, 14)


def test_tilejson_speaks_the_readers_language(client: Client) -> None:
    client.cookies["django_language"] = "th"
    thai = client.get("/tiles/parcels.json").json()
    client.cookies["django_language"] = "en"
    english = client.get("/tiles/parcels.json").json()
    assert thai["name"] == "แปลงที่ดิน"
    assert english["name"] == "Parcels"
    assert thai["vector_layers"][0]["fields"] != english["vector_layers"][0]["fields"]

"""One parcel on paper: true to scale, complete, readable, and of no owner."""

from __future__ import annotations

import io
import math
import re
import time
from datetime import timedelta
from decimal import Decimal

import pytest
import shapely
from django.conf import settings as django_settings
from django.contrib.gis.geos import GEOSGeometry
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.range import Range
from pypdf import PdfReader
from shapely.geometry import MultiPolygon, Polygon

from cadastre.geodesy import reproject
from parcels.extract.marks import rings_numbered
from parcels.extract.picture import HEIGHT_MM, WIDTH_MM, fitting_scale, picture_of
from parcels.extract.sheet import MOST_MARKS
from parcels.models import LookupAllowance, Parcel
from tests.factories import NOW, a_parcel, a_party, a_square, a_title, amended

OWNER = "ดาวเรืองผู้ถือกรรมสิทธิ์"
X, Y = 648_500, 1_531_500
relaxed = settings(deadline=None, max_examples=60)  # a busy machine is not a fault
HOLE = [(X + 10, Y + 10), (X + 30, Y + 12), (X + 28, Y + 30)]
YARD = Polygon([(X, Y), (X + 60, Y), (X + 60, Y + 40), (X, Y + 40)], [HOLE])
APART = Polygon([(X + 70, Y), (X + 90, Y), (X + 90, Y + 30)])


def stored(*polygons: Polygon) -> GEOSGeometry:
    degrees = reproject(MultiPolygon(polygons), 32647, 4326)
    return GEOSGeometry(memoryview(shapely.to_wkb(degrees)), srid=4326)


def flower(vertices: int, radius: float = 300) -> Polygon:
    turns = (math.tau * at / vertices for at in range(vertices))
    return Polygon([
        (X + r * math.cos(turn), Y + r * math.sin(turn))
        for turn, r in ((turn, radius * (1 + 0.15 * math.cos(9 * turn))) for turn in turns)
    ])  # fmt: skip


@pytest.fixture
def parcel(db) -> Parcel:
    title = a_title(a_party(OWNER), deed_number="4711", survey_page="815")
    a_parcel(geometry=a_square(100.4704), land_number="13")
    return a_parcel(
        ba_unit=title, land_number="12", tax_parcel_code="01A002", legal_area_m2=Decimal(1900)
    )


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def asked(client: Client, parcel: Parcel, query: str = "", language: str = "en") -> bytes:
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language
    response = client.get(f"/parcels/{parcel.public_id}/extract.pdf{query}")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "no-store"
    return response.content


def test_it_says_what_the_register_says_and_what_it_is_not(client, parcel) -> None:
    text = text_of(asked(client, parcel))
    for told in ("not a title deed", "12", "13", "815", "01A002", "1,900", "UTM zone 47 north",
                 "Scale 1:1000", "5136 IV 5834-1", "Test Land Office"):  # fmt: skip
        assert told in text, told
    assert OWNER not in text
    assert PdfReader(io.BytesIO(asked(client, parcel))).pages[0].mediabox[2:] == [
        pytest.approx(595, abs=1), pytest.approx(842, abs=1)
    ]  # fmt: skip


def test_it_is_thai_for_thais(client, parcel) -> None:
    text = text_of(asked(client, parcel, language="th"))
    assert "ไม่ใช่หนังสือแสดงสิทธิในที่ดิน" in text.replace("\n", "")
    assert "Boundary marks" not in text


def test_the_table_has_every_mark_to_the_millimetre(client, db) -> None:
    parcel = a_parcel(geometry=stored(YARD, APART))
    text = text_of(asked(client, parcel))
    for x, y in {*YARD.exterior.coords, *HOLE, *APART.exterior.coords}:
        assert re.search(rf"{x:.3f}\s+{y:.3f}", text), (x, y)
    for side in ("60.00", "40.00", "20.10", "36.06"):
        assert side in text


def test_five_thousand_marks_take_seconds_and_say_what_is_left_out(client, db) -> None:
    parcel = a_parcel(geometry=stored(flower(5_000)))
    started = time.process_time()
    text = text_of(asked(client, parcel))
    assert time.process_time() - started < 20
    assert f"The first {MOST_MARKS} of 5000 marks" in text


def test_it_can_be_asked_of_a_day_gone_by(client, parcel) -> None:
    known = parcel.recorded_during.lower
    changed = amended(parcel, land_number="99")
    assert "99" in text_of(asked(client, changed))
    then = (known + timedelta(microseconds=1)).isoformat().replace("+", "%2B")
    text = text_of(asked(client, changed, f"?known={then}"))
    assert "99" not in text
    assert "12" in text


def test_what_ended_leads_to_its_page(client, parcel) -> None:
    amended(parcel, valid_during=Range(parcel.valid_during.lower, NOW.date() - timedelta(days=9)))
    response = client.get(f"/parcels/{parcel.public_id}/extract.pdf")
    assert response["Location"] == f"/parcels/{parcel.public_id}/"
    assert client.get("/parcels/none/extract.pdf").status_code == 404


def test_it_spends_the_allowance(client, parcel, settings) -> None:
    settings.LOOKUPS_BURST = 12
    address = f"/parcels/{parcel.public_id}/extract.pdf"
    found = [client.get(address, REMOTE_ADDR="203.0.113.9").status_code for _ in range(3)]
    assert found == [200, 200, 429]
    assert LookupAllowance.objects.count() == 1


# -- marks and picture ----------------------------------------------------------------------------


@given(st.integers(0, 3), st.integers(0, 2), st.booleans(), st.booleans(), st.booleans())
def test_marks_are_numbered_the_same_however_the_register_keeps_them(
    start: int, hole_start: int, turned: bool, hole_turned: bool, swapped: bool
) -> None:
    shell = list(YARD.exterior.coords[:-1])
    shell = shell[start:] + shell[:start]
    hole = HOLE[hole_start:] + HOLE[:hole_start]
    other = Polygon(shell[::-1] if turned else shell, [hole[::-1] if hole_turned else hole])
    parts = [APART, other] if swapped else [other, APART]
    assert rings_numbered(MultiPolygon(parts)) == rings_numbered(MultiPolygon([YARD, APART]))


def test_marks_run_clockwise_from_the_north_west_through_all_rings() -> None:
    shell, hole, apart = rings_numbered(MultiPolygon([YARD, APART]))
    assert [(m.easting - X, m.northing - Y) for m in shell.marks] == [
        (0, 40), (60, 40), (60, 0), (0, 0)
    ]  # fmt: skip
    assert [m.to_next_m for m in shell.marks] == [60, 40, 60, 40]
    assert [m.number for ring in (shell, hole, apart) for m in ring.marks] == list(range(1, 11))
    assert (hole.part, hole.hole, apart.part) == (1, 1, 2)


@relaxed
@given(st.floats(0.5, 30_000), st.floats(0.5, 30_000))
def test_the_scale_is_true_and_the_parcel_within_its_frame(width: float, height: float) -> None:
    shape = MultiPolygon([shapely.box(X, Y, X + width, Y + height)])
    picture = picture_of(shape, rings_numbered(shape), "1", [])
    points = [
        tuple(map(float, pair.split())) for pair in picture.path.strip("MZ").split("L")
    ]  # fmt: skip
    xs, ys = zip(*points, strict=True)
    scale = fitting_scale(shape.bounds)
    assert max(xs) - min(xs) == pytest.approx(width * 1000 / scale, abs=0.021)
    assert max(ys) - min(ys) == pytest.approx(height * 1000 / scale, abs=0.021)
    assert 10 < min(xs) <= max(xs) < WIDTH_MM - 10
    assert 10 < min(ys) <= max(ys) < HEIGHT_MM - 10


@relaxed
@given(st.integers(3, 60), st.floats(5, 500))
def test_no_text_is_written_over_another(vertices: int, radius: float) -> None:
    shape = MultiPolygon([flower(vertices, radius)])
    around = shapely.box(X - 9 * radius, Y - 9 * radius, X + 9 * radius, Y + 9 * radius)
    picture = picture_of(shape, rings_numbered(shape), "12", [("34", around - shape)])
    texts = [*picture.sides, *picture.numbers, *picture.neighbours]
    texts += [picture.own] if picture.own else []
    for at, one in enumerate(texts):
        assert 0 < one.x < WIDTH_MM
        assert 0 < one.y < HEIGHT_MM
        for other in texts[:at]:
            assert math.dist((one.x, one.y), (other.x, other.y)) > 2.5

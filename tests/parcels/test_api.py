"""GET /api/parcels: exact questions, public answers."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from psycopg.types.range import Range

from parcels.models import Parcel
from tests.factories import (
    LONG_AGO,
    a_district,
    a_local_authority,
    a_map_sheet,
    a_parcel,
    a_party,
    a_square,
    a_title,
    amended,
)

pytestmark = pytest.mark.django_db
OWNER = "นายเจ้าของ"


@pytest.fixture
def plot() -> Parcel:
    title = a_title(
        a_party(OWNER, surname="ลับมาก"), deed_number="12345", district=a_district(),
        survey_page="678", book="1", page="2",
    )  # fmt: skip
    return a_parcel(
        ba_unit=title, map_sheet=a_map_sheet("5136 IV 5834-02"), land_number="87",
        tax_parcel_code="01A001", local_authority=a_local_authority(), house_number="99/1",
        street_th="ถนนเทศบาล 1", street_en="Thetsaban 1 Road", land_use="residential",
    )  # fmt: skip


def ask(client: Client, path: str, status: int = 200, **headers: str) -> Any:
    response = client.get(f"/api/parcels{path}", **headers)
    assert response.status_code == status, response.content
    return response.json()


def test_the_plot_under_a_point_is_a_feature_with_public_facts(client, plot):
    feature = ask(client, "/at?lon=100.4702&lat=13.8702&lang=en")
    assert feature["type"] == "Feature"
    assert feature["public_id"] == feature["id"] == plot.public_id
    assert feature["geometry"]["type"] == "MultiPolygon"
    assert feature["geometry"]["coordinates"][0][0][0] == [100.47, 13.87]
    facts = feature["properties"]
    assert facts["legal_area"] == {
        "m2": "1900.00", "rai": 1, "ngan": 0, "wa": "75.0", "text": facts["legal_area"]["text"]
    }  # fmt: skip
    assert facts["legal_area"]["text"].replace("\xa0", " ") == "1 rai 0 ngan 75 sq wa"
    assert float(facts["calculated_area_m2"]) == pytest.approx(plot.calculated_area_m2, abs=0.006)
    expected = {
        "title_type": "chanote", "deed_number": "12345", "land_number": "87", "scale": 1000,
        "map_sheet": "5136 IV 5834-02", "survey_page": "678", "land_use": "residential",
        "tax_parcel_code": "01A001", "address": "99/1 Thetsaban 1 Road",
    }  # fmt: skip
    assert {name: facts[name] for name in expected} == expected
    assert facts["district"] == {"code": "1204", "name": "Bang Yai"}
    assert facts["land_office"]["name"] == "Test Land Office"
    assert facts["local_authority"]["code"] == "LA-TEST"


def test_the_answer_speaks_the_language_asked_for(client, plot):
    at = "/at?lon=100.4702&lat=13.8702"
    assert ask(client, at)["properties"]["district"]["name"] == "บางใหญ่"
    by_header = ask(client, at, headers={"Accept-Language": "en"})
    assert by_header["properties"]["district"]["name"] == "Bang Yai"
    problem = ask(client, "/at?lon=1&lat=1&lang=en", 404)
    assert problem["detail"].startswith("There is no registered parcel at latitude 1.000000")
    assert "ละติจูด" in ask(client, "/at?lon=1&lat=1&lang=th", 404)["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "deed_number=12345&province=12&district=1204",
        "deed_number=๑๒๓๔๕&province=นนทบุรี&district=บางใหญ่",
        "map_sheet=5136 IV 5834-02&land_number=87",
        "tax_parcel_code=01a001&local_authority=LA-TEST",
        "q=99/1 เทศบาล 1",
        "q=13.8702,100.4702",
    ],
)
def test_every_question_finds_the_plot(client, plot, query):
    told = ask(client, "?" + quote(query, safe="=&"))
    assert [feature["public_id"] for feature in told["parcels"]] == [plot.public_id]
    assert told["more"] is False


def test_a_plot_is_told_by_its_public_id(client, plot):
    assert ask(client, f"/{plot.public_id}")["public_id"] == plot.public_id
    absent = client.get("/api/parcels/AAAAAAAAAAAAAAAAAAAAAA")
    amended(plot, valid_during=Range(LONG_AGO, timezone.localdate()))
    ended = ask(client, f"/{plot.public_id}", 410)
    assert (ended["code"], ended["successors"]) == ("parcel_ended", [])
    assert (absent.status_code, absent.json()["code"]) == (404, "parcel_unknown")
    assert ask(client, "/" + "x" * 300, 404)["code"] == "parcel_unknown"
    assert ask(client, "/%00", 404)["code"] == "parcel_unknown"


def test_what_begins_tomorrow_is_not_told_today(client):
    tomorrow = timezone.localdate() + timedelta(days=1)
    a_parcel(valid_during=Range(tomorrow, None), geometry=a_square(100.6))
    assert ask(client, "/at?lon=100.6002&lat=13.8702", 404)["code"] == "no_parcel_here"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/at", "lon"),
        ("/at?lon=100", "lat"),
        ("/at?lon=NaN&lat=13", "lon"),
        ("/at?lon=1e400&lat=13", "lon"),
        ("/at?lon=100&lat=-inf", "lat"),
        ("/at?lon=180.1&lat=13", "lon"),
        ("/at?lon=100&lat=90.1", "lat"),
        ("/at?lon=100&lat=13&bbox=1,2,3,4", "bbox"),
        ("/at?lon=100&lon=101&lat=13", "lon"),
        ("/at?lon=100&lat=13&lang=fr", "lang"),
        ("", "q"),
        ("?province=12", "province"),
        ("?limit=1000000", "limit"),
        ("?q=1&offset=5", "offset"),
        ("?deed_number=1&land_number=2", "land_number"),
        ("?map_sheet=5136 IV 5834-02", "land_number"),
        ("?q=" + "a" * 201, "q"),
        ("?q=%00", "q"),
        ("?deed_number=1&province=%00", "province"),
        ("?tax_parcel_code=01A001&local_authority=%00", "local_authority"),
    ],
)
def test_what_cannot_be_used_is_named(client, path, field):
    problem = ask(client, path, 422)
    assert field in [error["field"] for error in problem["errors"]]
    assert all(error["message"] for error in problem["errors"])


@pytest.mark.parametrize("name", ["q", "deed_number", "tax_parcel_code"])
def test_a_personal_number_is_not_searched_nor_said_again(client, name, caplog):
    response = client.get(f"/api/parcels?{name}=1-1017-00203-45-1&lang=en")
    assert response.status_code == 422
    assert response.json()["code"] == "personal_number_not_searched"
    assert b"1017" not in response.content
    assert "1017" not in caplog.text


def test_numbers_that_are_none_say_how_to_write_them(client):
    assert ask(client, "?deed_number=abc", 422)["code"] == "deed_number_invalid"
    assert ask(client, "?map_sheet=x&land_number=1", 422)["code"] == "map_sheet_invalid"
    assert ask(client, "?tax_parcel_code=x", 422)["code"] == "parcel_code_invalid"


def test_answers_are_kept_for_a_minute_by_the_visitor_alone(client, plot):
    response = client.get("/api/parcels/at?lon=100.4702&lat=13.8702")
    assert response["Cache-Control"] == "private, max-age=60"
    assert response["X-Robots-Tag"] == "noindex"


def test_no_answer_knows_an_owner(client, plot):
    for path in ("/at?lon=100.4702&lat=13.8702", "?deed_number=12345", f"/{plot.public_id}"):
        written = json.dumps(ask(client, path), ensure_ascii=False)
        assert "เจ้าของ" not in written
        assert "ลับมาก" not in written
    assert ask(client, "?" + quote(f"q={OWNER}", safe="="))["parcels"] == []


def test_only_reading_is_possible(client):
    assert client.post("/api/parcels", {}).status_code == 405


def test_the_interface_describes_itself(client):
    paths = client.get("/api/openapi.json").json()["paths"]
    names = {p["name"] for p in paths["/api/parcels"]["get"]["parameters"]}
    assert names >= {"q", "deed_number", "province", "district", "map_sheet", "land_number"}
    assert {p["name"] for p in paths["/api/parcels/at"]["get"]["parameters"]} == {
        "lon", "lat", "lang", "on", "known"
    }  # fmt: skip


@effort(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=60))
def test_any_text_is_answered(client, text):
    response = client.get("/api/parcels", {"q": text})
    assert response.status_code in {200, 422}

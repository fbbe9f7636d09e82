"""Every moment of the register can be told again."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.range import Range

from cadastre.moment import Moment
from parcels.as_of import former_states, parcels_at
from parcels.models import Parcel, ParcelVersion, Transaction
from parcels.services.changes import changes_near
from tests.factories import (
    LONG_AGO,
    a_district,
    a_map_sheet,
    a_parcel,
    a_party,
    a_square,
    a_title,
    a_transaction,
    amended,
)
from tests.tiles.conftest import tile_at

pytestmark = pytest.mark.django_db
FIRST = date(2020, 1, 1)
AT = "/api/parcels/at?lon=100.4702&lat=13.8702"


def changed(parcel: Parcel, **fields: Any) -> Parcel:
    Parcel.objects.filter(pk=parcel.pk).update(**fields, changed_by=a_transaction(parcel.office))
    parcel.refresh_from_db()
    return parcel


def now() -> datetime:
    """The clock that the history is written by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


def ask(client: Client, path: str, status: int = 200) -> Any:
    response = client.get(path)
    assert response.status_code == status, response.content
    return response.json()


def written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


# A change takes effect some days after the state before it; now and then the parcel ends instead.
steps = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["change", "change", "change", "end"])),
    max_size=5,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_every_state_is_told_as_a_plain_history_tells_it(db, taken):
    """The model: what the register believes of each day, and one such belief an instant."""
    ends = [FIRST + timedelta(days=sum(wait for wait, _ in taken[:i])) for i in range(6)]
    days = sorted({end + timedelta(days=i) for end in ends for i in (-1, 0)})
    parcel = a_parcel(land_number="0", valid_during=Range(FIRST, None))
    belief: dict[date, str | None] = {day: "0" if day >= FIRST else None for day in days}
    beliefs = [(now(), belief)]
    begins, number = FIRST, 0
    for wait, act in taken:
        effect = begins + timedelta(days=wait)
        if act == "end":
            period = Range(begins, effect) if wait else Range(empty=True)
            amended(parcel, valid_during=period)
            told = None
        else:
            number += 1
            changed(parcel, land_number=str(number), valid_during=Range(effect, None))
            told, begins = str(number), effect
        belief = {day: told if day >= effect else was for day, was in belief.items()}
        beliefs.append((now(), belief))
        if act == "end":
            break
    for instant, believed in [*beliefs, (None, belief)]:
        for day in days:
            moment = Moment(day, instant)
            found = parcels_at(moment, lambda parcels: parcels.named(parcel.public_id), 5)
            assert [one.land_number for one in found] == ([believed[day]] if believed[day] else [])


@pytest.fixture
def plot() -> Parcel:
    """A parcel whose shape, area, number and title all changed on 1 March 2024."""
    plot = a_parcel(
        land_number="7", map_sheet=a_map_sheet("5136 IV 5834-02"), tax_parcel_code="01A001",
        ba_unit=a_title(a_party("ลับมาก"), deed_number="700", district=a_district()),
        house_number="9/1", street_th="ถนนเทศบาล 1",
    )  # fmt: skip
    return changed(
        plot, land_number="8", geometry=a_square(side=0.0003), legal_area_m2=1000,
        ba_unit=a_title(deed_number="800", district=a_district()),
        valid_during=Range(date(2024, 3, 1), None),
    )  # fmt: skip


def test_a_former_state_is_described_as_the_present_one_is(client, plot):
    today, then = ask(client, AT), ask(client, f"{AT}&on=2024-02-29")
    assert (today["valid_from"], today["valid_to"]) == ("2024-03-01", None)
    assert (then["valid_from"], then["valid_to"]) == ("2020-01-01", "2024-03-01")
    assert then["public_id"] == today["public_id"]
    assert set(then["properties"]) == set(today["properties"])
    facts = then["properties"]
    assert (facts["land_number"], facts["deed_number"], facts["legal_area"]["m2"]) == (
        "7", "700", "1900.00"
    )  # fmt: skip
    original = a_parcel(geometry=a_square())
    assert float(facts["calculated_area_m2"]) == pytest.approx(
        original.calculated_area_m2, abs=0.01
    )
    assert facts["centre"] == [round(original.label_point.x, 7), round(original.label_point.y, 7)]
    assert today["current"] is None
    assert then["current"] == f"/api/parcels/{plot.public_id}"


def test_the_shape_of_the_day_decides_what_lies_under_a_point(client, plot):
    corner = "/api/parcels/at?lon=100.47035&lat=13.87035"
    assert ask(client, corner, 404)["code"] == "no_parcel_here"
    assert ask(client, f"{corner}&on=2024-02-29")["public_id"] == plot.public_id
    assert ask(client, f"{corner}&on=2019-12-31", 404)["code"] == "no_parcel_here"


def test_what_the_register_said_is_told_with_the_instant(client, plot):
    before = now()
    changed(plot, land_number="8/1")
    told = ask(client, f"{AT}&{urlencode({'known': written(before)})}")
    assert told["properties"]["land_number"] == "8"
    assert datetime.fromisoformat(told["known"]) == before
    assert told["current"] == f"/api/parcels/{plot.public_id}"
    assert ask(client, f"{AT}&on={timezone.localdate()}")["current"] is None


@pytest.mark.parametrize(
    "question",
    [
        "deed_number=700", "deed_number=700&district=1204",
        "map_sheet=5136 IV 5834-02&land_number=7",
        "q=5136 IV 5834-02 เลขที่ดิน 7", "q=9/1 เทศบาล 1", "q=13.8702,100.4702",
        "tax_parcel_code=01A001",
    ],
)  # fmt: skip
def test_every_question_may_be_asked_of_the_past(client, plot, question):
    found = ask(client, f"/api/parcels?{question}&on=2024-02-29")
    (feature,) = found["parcels"]
    assert feature["properties"]["deed_number"] == "700"
    assert feature["current"] == f"/api/parcels/{plot.public_id}"
    assert ask(client, f"/api/parcels?{question}&on=2019-01-01")["parcels"] == []


def test_a_parcel_that_ended_is_told_as_it_was(client, plot):
    amended(plot, valid_during=Range(date(2024, 3, 1), date(2025, 1, 1)))
    address = f"/api/parcels/{plot.public_id}"
    assert ask(client, address, 410)["code"] == "parcel_ended"
    assert ask(client, f"{address}?on=2024-12-31")["properties"]["land_number"] == "8"
    assert ask(client, f"{address}?on=2024-12-31")["current"] is None
    assert ask(client, f"{address}?on=2024-02-29")["properties"]["land_number"] == "7"
    unknown = ask(client, "/api/parcels/AAAAAAAAAAAAAAAAAAAAAA?on=2019-01-01", 404)
    assert ask(client, f"{address}?on=2019-01-01", 404) == unknown


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("on=2026-02-29", "moment_unreadable"), ("on=", "moment_unreadable"),
        ("on=2569-11-20", "moment_in_buddhist_era"), ("known=2100-01-01", "moment_to_come"),
        ("on=2100-01-01", "moment_to_come"),
        ("on=2024-01-01&on=2024-01-02", "parameter_repeated"),
        ("on=2024-01-01&onn=2024", "parameter_unusable"),
    ],
)  # fmt: skip
def test_a_moment_that_is_none_is_refused_everywhere(client, plot, asked, code):
    for path in (AT, "/api/parcels?deed_number=700", f"/api/parcels/{plot.public_id}?lang=en"):
        problem = ask(client, f"{path}&{asked}", 422)
        assert problem["code"] == code
        assert problem["errors"][0]["message"]


def test_the_interface_shows_the_moment(client):
    paths = client.get("/api/openapi.json").json()["paths"]
    for path in ("/api/parcels", "/api/parcels/at", "/api/parcels/{public_id}"):
        names = {p["name"] for p in paths[path]["get"]["parameters"]}
        assert {"on", "known"} <= names


def test_the_past_knows_no_owner_either(client, plot):
    for path in (AT, "/api/parcels?deed_number=700", f"/api/parcels/{plot.public_id}?lang=en"):
        told = json.dumps(ask(client, f"{path}&on=2024-02-29"), ensure_ascii=False)
        assert "ลับมาก" not in told


def test_a_look_at_one_parcel_counts_as_any_other_does(client, plot, settings):
    settings.LOOKUPS_PER_HOUR, settings.LOOKUPS_BURST = 60, 3
    away = {"REMOTE_ADDR": "203.0.113.7"}
    for path in (f"/api/parcels/{plot.public_id}", f"/parcels/{plot.public_id}/", AT):
        assert client.get(path, **away).status_code == 200
    for path in (f"/api/parcels/{plot.public_id}", f"/parcels/{plot.public_id}/", AT):
        refused = client.get(path, **away)
        assert refused.status_code == 429
        assert int(refused["Retry-After"]) > 0


def test_days_of_change_are_counted_around_a_place(client, plot):
    a_parcel(geometry=a_square(100.4706))
    tile = tile_at(100.47, 13.87, 14)
    assert changes_near(tile.x, tile.y, until=timezone.localdate()) == [
        (FIRST, 2), (date(2024, 3, 1), 1)
    ]  # fmt: skip
    response = client.get(f"/api/parcels/changes?x={tile.x}&y={tile.y}")
    assert response.json() == {"days": [["2020-01-01", 2], ["2024-03-01", 1]]}
    assert "public" in response["Cache-Control"]
    assert ask(client, f"/api/parcels/changes?x={tile.x + 3}&y={tile.y}") == {"days": []}
    assert ask(client, "/api/parcels/changes?x=16384&y=0", 422)["code"] == "invalid_input"


def test_what_happens_between_people_is_no_day_of_change(plot):
    act = a_transaction(plot.office)
    private = Transaction.objects.create(
        office=act.office, kind=Transaction.Kind.TRANSFER, status="registered", source=act.source,
        reason="test", created_at=act.created_at, registered_at=act.registered_at,
    )  # fmt: skip
    Parcel.objects.filter(pk=plot.pk).update(
        changed_by=private, valid_during=Range(date(2025, 5, 5), None)
    )
    tile = tile_at(100.47, 13.87, 14)
    days = [day for day, _ in changes_near(tile.x, tile.y, until=timezone.localdate())]
    assert date(2025, 5, 5) not in days
    assert FIRST in days


def test_former_states_are_found_by_their_indexes(plot):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO parcels_parcelversion (parcel_id, valid_during, recorded_during,
                created_by_id, office_id, ba_unit_id, map_sheet_id, land_number, tax_parcel_code,
                house_number, street_th, street_en, land_use, geometry, zone_srid)
            SELECT parcel_id, valid_during,
                tstzrange('2000-01-01'::timestamptz + i * interval '1 hour',
                          '2000-01-01'::timestamptz + i * interval '1 hour' + interval '1 minute'),
                created_by_id, office_id, NULL, map_sheet_id, 'n' || i, 'c' || i, 'h' || i,
                'ถนน' || i, 'e' || i, land_use,
                ST_Translate(geometry, (i %% 100) * 0.0005, (i / 100) * 0.0005), zone_srid
            FROM parcels_parcelversion, generate_series(1, 8000) AS i
            WHERE parcel_id = %s AND upper_inf(recorded_during)
            """,
            [plot.pk],
        )
        cursor.execute("ANALYZE parcels_parcelversion, parcels_baunit, parcels_parcel")
    assert ParcelVersion.objects.count() > 8_000
    states = former_states()
    assert plot.map_sheet is not None
    expected = {
        "parcels_parcelversion_geometry": states.at(100.4712, 13.8712),
        "former_by_land_number": states.by_land_number([plot.map_sheet.name], "n77"),
        "former_by_tax_code": states.by_tax_code("c77"),
        "former_by_house_number": states.by_address(house_number="h77"),
        "former_by_address": states.by_address(street="ถนน777"),
        "former_by_english_street": states.by_address(street="e777"),
    }
    for index, question in expected.items():
        plan = question.all()[:21].explain()
        assert index in plan, (index, plan)
        assert "Seq Scan on parcels_parcelversion" not in plan, plan


def test_a_parcel_begins_with_no_history(client):
    parcel = a_parcel(valid_during=Range(LONG_AGO, None))
    told = ask(client, f"/api/parcels/{parcel.public_id}")
    assert (told["predecessors"], told["successors"]) == ([], [])

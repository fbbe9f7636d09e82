"""The demo town reaches the database whole, by the way that a million parcels take."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from io import StringIO

import numpy as np
import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from appointments.models import Slot
from config.demo.copying import (
    Column,
    ascii_text,
    copy_rows,
    days_from,
    fixed,
    instants,
    nulls,
    numeric,
    shapes,
    text,
)
from config.demo.generator import generate_town
from config.demo.load import TABLES, town_load
from config.demo.office import offices_create
from offices.models import RoleAssignment
from parcels.models import BAUnit, Parcel, Right
from taxmap.models import ValuationUnit

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def loaded(db: None) -> dict[str, int]:
    town = generate_town(300, 7)
    land_office, authority = offices_create(town)
    return town_load(
        town=town,
        land_office=land_office,
        local_authority=authority,
        now=NOW,
        progress=lambda *_: None,
    )


def test_every_table_has_its_rows(loaded: dict[str, int]) -> None:
    assert set(loaded) == set(TABLES)
    assert all(loaded.values())
    assert Parcel.objects.count() == BAUnit.objects.count() == 300


def test_areas_and_places_agree_with_the_fabric(loaded: dict[str, int]) -> None:
    town = generate_town(300, 7)
    parcel = Parcel.objects.order_by("pk").first()
    assert parcel is not None
    ring = town.parcels.rings[0]
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    shoelace = 0.5 * abs(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))
    assert parcel.calculated_area_m2 == pytest.approx(shoelace, abs=1e-4)
    assert 13.7 < parcel.label_point.y < 14.0
    assert 100.3 < parcel.label_point.x < 100.6


def test_what_was_set_aside_is_back(loaded: dict[str, int]) -> None:
    """Indexes, foreign keys and triggers guard the tables again after a bulk load."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE tgenabled = 'D'), count(*) FROM pg_trigger"
            " WHERE tgrelid = 'parcels_right'::regclass AND NOT tgisinternal"
        )
        assert cursor.fetchone() == (0, 2)
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"
            " AND conrelid = 'parcels_parcel'::regclass"
        )
        assert cursor.fetchone()[0] == 8
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE tablename = 'parcels_parcel'")
        assert cursor.fetchone()[0] >= 12


def test_the_next_row_gets_the_next_number(loaded: dict[str, int]) -> None:
    last = Right.objects.order_by("-pk").values_list("pk", flat=True)[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('parcels_right', 'id'))")
        assert cursor.fetchone()[0] == last + 1


def test_every_taxable_unit_has_uses_that_total_one_hundred(loaded: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT count(*) FROM taxmap_valuationunit AS unit
            LEFT JOIN (
                SELECT unit_id, sum(share_percent) AS total FROM taxmap_unituse
                WHERE valid_during @> current_date GROUP BY 1
            ) AS uses ON uses.unit_id = unit.id
            WHERE unit.is_taxable AND uses.total IS DISTINCT FROM 100
        """)
        assert cursor.fetchone()[0] == 0
    assert ValuationUnit.objects.filter(is_taxable=True).exists()


def test_a_load_that_fails_leaves_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    town = generate_town(100, 7)
    land_office, authority = offices_create(town)
    sole = np.flatnonzero(town.shares.denominator == 1)[0]
    town.shares.denominator[sole] = 2
    with pytest.raises(ValueError, match="do not total one"):
        town_load(
            town=town,
            land_office=land_office,
            local_authority=authority,
            now=NOW,
            progress=lambda *_: None,
        )
    assert not Parcel.objects.exists()


def test_the_command_makes_a_working_demo(db: None, rf: RequestFactory) -> None:
    out = StringIO()
    call_command("generate_demo", parcels=60, seed=1, json=True, stdout=out, stderr=StringIO())
    result = json.loads(out.getvalue())
    assert result["parcels"] == 60
    roles = set(RoleAssignment.objects.values_list("role", flat=True))
    assert {"land_officer", "checker", "surveyor", "tax_officer", "cashier", "manager"} < roles
    account = result["accounts"][0]
    request = rf.post("/sign-in/")
    assert authenticate(request, username=account["username"], password=account["password"])
    assert Slot.objects.exists()
    with pytest.raises(CommandError, match="--reset"):
        call_command("generate_demo", parcels=60, stderr=StringIO())


# The binary stream itself: whatever goes in comes out of PostgreSQL again.


def through(kind: str, column: Column) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.probe")
        cursor.execute(f"CREATE TEMP TABLE probe (n integer, value {kind})")
        order = fixed(np.arange(len(column)), ">i4")
        copy_rows(connection.connection, "probe", {"n": order, "value": column})
        cursor.execute("SELECT value FROM probe ORDER BY n")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.django_db
@given(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=20), st.sampled_from([2, 4]))
def test_numbers_arrive_exactly(values: list[int], decimals: int) -> None:
    out = through("numeric", numeric(np.array(values), decimals=decimals))
    assert [int(v * 10**decimals) for v in out] == values  # type: ignore[operator]


@pytest.mark.django_db
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), min_size=1
    )
)
def test_text_arrives_unchanged(words: list[str]) -> None:
    index = np.arange(len(words))[::-1]
    assert through("text", text(words, index)) == words[::-1]


@pytest.mark.django_db
def test_the_other_types_arrive_unchanged() -> None:
    present = np.array([True, False, True])
    assert through("bigint", fixed(np.array([1, 2, -3]), ">i8", present)) == [1, None, -3]
    assert through("boolean", fixed(np.array([True, False]), "u1")) == [True, False]
    assert through("text", ascii_text(np.array([b"01A001", b""]))) == ["01A001", ""]
    assert through("text", nulls(2)) == [None, None]
    lower = [r.lower for r in through("daterange", days_from(date(2020, 1, 1), 2))]  # type: ignore[attr-defined]
    assert lower == [date(2020, 1, 1)] * 2
    moment = np.array(["2026-11-20T03:00:00"], "M8[s]")
    assert through("timestamptz", instants(moment)) == [NOW]
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 0]], float)
    column = shapes(np.array([0, 4]), square, "multipolygon")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.place")
        cursor.execute("CREATE TEMP TABLE place (shape geometry)")
        copy_rows(connection.connection, "place", {"shape": column})
        cursor.execute("SELECT ST_AsEWKT(shape) FROM place")
        assert cursor.fetchone()[0] == "SRID=4326;MULTIPOLYGON(((0 0,1 0,1 1,0 0)))"

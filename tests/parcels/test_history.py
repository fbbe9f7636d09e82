"""The register keeps every state it ever said, and the database sees to it."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg.types.range import Range

from parcels.models import BAUnit, Parcel, ParcelVersion, Party, Right, TitleType
from tests.factories import a_parcel, a_transaction, amended

pytestmark = pytest.mark.django_db


def test_a_changed_parcel_leaves_its_former_state_behind() -> None:
    parcel = a_parcel(land_number="41")
    amended(parcel, land_number="42")

    former = ParcelVersion.objects.get(parcel=parcel)
    parcel.refresh_from_db()
    assert (former.land_number, parcel.land_number) == ("41", "42")
    assert former.recorded_during.upper == parcel.recorded_during.lower


def test_an_update_that_changes_nothing_leaves_no_trace() -> None:
    parcel = a_parcel()
    before = Parcel.objects.get(pk=parcel.pk).recorded_during
    Parcel.objects.filter(pk=parcel.pk).update(land_number=parcel.land_number)
    assert not ParcelVersion.objects.exists()
    assert Parcel.objects.get(pk=parcel.pk).recorded_during == before


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM parcels_parcel",
        "TRUNCATE parcels_parcel CASCADE",
        "DELETE FROM parcels_parcelversion",
        "UPDATE parcels_parcelversion SET land_number = '0'",
    ],
)
def test_nothing_is_deleted_from_the_register(statement: str) -> None:
    parcel = a_parcel(land_number="41")
    amended(parcel, land_number="42")
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # TRUNCATE waits for no pending check
        cursor.execute(statement)


def test_history_knows_every_column_of_a_parcel() -> None:
    """Guards the trigger: a column added to the parcel must be added to its history too."""
    generated = {"geometry_3857", "calculated_area_m2", "label_point"}
    columns = {f.column for f in Parcel._meta.concrete_fields} - generated - {"id", "public_id"}
    kept = {f.column for f in ParcelVersion._meta.concrete_fields} - {"id", "parcel_id"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'parcels_keep_history'")
        source = cursor.fetchone()[0]
    assert columns == kept
    assert all(f"OLD.{column}" in source for column in columns)


def a_title(*shares: tuple[int, int], until: date | None = None) -> BAUnit:
    act = a_transaction()
    title = BAUnit.objects.create(
        office=act.office,
        title_type=TitleType.CHANOTE,
        deed_number="1",
        valid_during=Range(date(2020, 1, 1), until),
        created_by=act,
    )
    for numerator, denominator in shares:
        Right.objects.create(
            ba_unit=title,
            party=Party.objects.create(kind=Party.Kind.INDIVIDUAL, name="ทดสอบ"),
            share_numerator=numerator,
            share_denominator=denominator,
            valid_during=Range(date(2020, 1, 1), until),
            created_by=act,
        )
    return title


def check_constraints_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("shares", [[(1, 1)], [(1, 3), (1, 3), (1, 3)], [(1, 2), (1, 3), (1, 6)]])
def test_shares_that_total_one_are_accepted(shares: list[tuple[int, int]]) -> None:
    a_title(*shares)
    check_constraints_now()


@pytest.mark.parametrize("shares", [[(1, 2)], [(1, 2), (2, 3)], [(333, 1000)] * 3])
def test_shares_that_do_not_total_one_are_refused(shares: list[tuple[int, int]]) -> None:
    with pytest.raises(IntegrityError, match="not one"), transaction.atomic():
        a_title(*shares)
        check_constraints_now()


def test_shares_of_the_former_owner_no_longer_count() -> None:
    title = a_title((1, 1))
    check_constraints_now()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    Right.objects.filter(ba_unit=title).update(
        valid_during=Range(date(2020, 1, 1), date(2024, 1, 1)), retired_by=a_transaction()
    )
    Right.objects.create(
        ba_unit=title,
        party=Party.objects.create(kind=Party.Kind.INDIVIDUAL, name="ทดสอบ"),
        valid_during=Range(date(2024, 1, 1), None),
        created_by=title.created_by,
    )
    check_constraints_now()

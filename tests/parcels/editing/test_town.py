"""Random edits of a demo town through the services: land and history stay whole."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
import shapely
from django.db import connection
from django.db.models import Sum

from cadastre.errors import LandError
from config.demo.generator import generate_town
from config.demo.load import town_load
from config.demo.office import offices_create
from offices.models import Role
from offices.models.office import Office
from parcels.editing.around import parcels_in_view
from parcels.editing.bench import sides_of
from parcels.editing.choices import Choices
from parcels.editing.frame import ZoneFrame
from parcels.editing.operations import operations_of
from parcels.models import Parcel, ParcelLineage, ParcelVersion, Transaction
from parcels.services.edits import edit_draft
from tests.factories import NOW, a_user
from tests.parcels.editing.block import SOURCE, approved, officers, register

DAY = NOW.date()
EDITS = 6
Shown = dict[str, tuple[bytes, Decimal | None]]


def a_town(plots: int) -> Office:
    town = generate_town(plots, 7)
    land_office, authority = offices_create(town)
    town_load(
        town=town, land_office=land_office, local_authority=authority, now=NOW,
        progress=lambda *_: None,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # as in requests
        cursor.execute("ANALYZE")
    return land_office


@pytest.fixture
def office(db: None) -> Office:
    return a_town(300)


class Hand:
    """An officer who draws at random."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office, self.dice = office, Random(seed)  # noqa: S311 -- a die, not a key
        self.maker = a_user("hand", Role.LAND_OFFICER, office=office)
        self.frame = ZoneFrame(office.zone_srid)
        officers()

    def edits(self) -> Iterator[Transaction]:
        """Registered edits, as many as asked for; what cannot be drawn is passed over."""
        done = tried = 0
        while done < EDITS:
            tried += 1
            assert tried < 12 * EDITS, "hardly anything can be drawn"
            kind, step, choices = self.dice.choice([self.line, self.cut, self.strip, self.merge])()
            try:
                act = edit_draft(
                    office=self.office, kind=kind, operations=operations_of([step]),
                    choices=Choices.model_validate(choices), source=SOURCE, reason="x",
                    maker=self.maker, now=NOW,
                )  # fmt: skip
                act = approved(act)
            except LandError:
                # What was drafted and is not sound stays a draft and claims its parcel.
                continue
            yield register(act)
            done += 1

    def parcel(self) -> tuple[Parcel, shapely.MultiPolygon]:
        found = Parcel.objects.filter(retired_by=None, ba_unit__isnull=False)
        found = found.exclude(proposed__claims=True)
        ids = list(found.order_by("pk").values_list("pk", flat=True))
        parcel = Parcel.objects.get(pk=self.dice.choice(ids))
        return parcel, self.frame.read(parcel.geometry)

    def across(self, shape: shapely.MultiPolygon) -> dict[str, Any]:
        middle, angle = shapely.point_on_surface(shape), self.dice.uniform(0, math.pi)
        x, y = 500 * math.sin(angle), 500 * math.cos(angle)
        points = [(middle.x - x, middle.y - y), (middle.x + x, middle.y + y)]
        return {"crs": self.office.zone_srid, "points": points}

    def line(self) -> tuple[str, dict[str, Any], dict[str, Any]]:
        parcel, shape = self.parcel()
        step = {"op": "divide_line", "parcel": parcel.public_id, "line": self.across(shape)}
        return "divide", step, {}

    def cut(self) -> tuple[str, dict[str, Any], dict[str, Any]]:
        parcel, shape = self.parcel()
        area = f"{shapely.area(shape) * self.dice.uniform(0.1, 0.9):.1f}"
        side = self.dice.randrange(len(sides_of(shape)))
        step = {"op": "cut_area", "parcel": parcel.public_id, "area": area, "side": side}
        return "divide", step, {}

    def strip(self) -> tuple[str, dict[str, Any], dict[str, Any]]:
        parcel, shape = self.parcel()
        step = {"op": "divide_strip", "parcel": parcel.public_id, "line": self.across(shape),
                "width_m": 2}  # fmt: skip
        return "divide_public", step, {"public": [0]}

    def merge(self) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Pieces of one parcel have one owner."""
        pieces = ParcelLineage.objects.filter(child__retired_by=None, child__ba_unit__isnull=False)
        parents = sorted(set(pieces.values_list("parent", flat=True)))
        if not parents:
            return self.line()
        mine = pieces.filter(parent=self.dice.choice(parents)).order_by("child")
        names = list(mine.values_list("child__public_id", flat=True))
        return "merge", {"op": "merge", "parcels": names * 2 if len(names) == 1 else names}, {}


def in_force() -> Shown:
    parcels = Parcel.objects.in_force(DAY).order_by("pk")
    return {p.public_id: (bytes(p.geometry.wkb), p.legal_area_m2) for p in parcels}


def clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def known_at(moment: datetime) -> Shown:
    """The register of the day as it was known at a moment."""
    known = {"valid_during__contains": DAY, "recorded_during__contains": moment}
    now = Parcel.objects.filter(**known)
    past = ParcelVersion.objects.filter(**known).select_related("parcel")
    found = [(p.public_id, p) for p in now] + [(v.parcel.public_id, v) for v in past]
    assert len(dict(found)) == len(found)
    return {name: (bytes(p.geometry.wkb), p.legal_area_m2) for name, p in found}


def faulty_sides(office: Office) -> float:
    frame = ZoneFrame(office.zone_srid)
    parcels = Parcel.objects.filter(retired_by=None).order_by("pk")
    shapes = [frame.read(parcel.geometry) for parcel in parcels]
    return float(shapely.length(shapely.coverage_invalid_edges(shapes, gap_width=0.02)).sum())


@pytest.mark.parametrize("seed", [1, 2])
def test_random_edits_keep_land_neighbours_and_history(office: Office, seed: int) -> None:
    legal = Parcel.objects.in_force(DAY).aggregate(sum=Sum("legal_area_m2"))["sum"]
    ground = Parcel.objects.in_force(DAY).aggregate(sum=Sum("calculated_area_m2"))["sum"]
    faults = faulty_sides(office)
    moments = [(clock(), in_force())]
    states = dict(Parcel.objects.values_list("pk", "recorded_during"))
    for act in Hand(office, seed).edits():
        touched = set(act.proposed.values_list("parcel", flat=True))
        new = dict(Parcel.objects.values_list("pk", "recorded_during"))
        assert {pk for pk, state in new.items() if states.get(pk) != state} == touched
        states = new
        after = in_force()
        assert sum(area for _, area in after.values() if area) == legal
        moments.append((clock(), after))
    assert faulty_sides(office) == pytest.approx(faults, abs=0.01)
    after = Parcel.objects.in_force(DAY).aggregate(sum=Sum("calculated_area_m2"))["sum"]
    assert after == pytest.approx(ground, abs=0.05 * EDITS)
    for moment, was in moments:
        assert known_at(moment) == was


@pytest.mark.django_db
def test_the_view_of_the_editor_is_read_by_its_index() -> None:
    a_town(5_000)
    west, south, east, north = Parcel.objects.order_by("pk")[0].geometry.extent
    plan = parcels_in_view((west, south, east, north), DAY)[:1001].explain()
    assert "parcels_parcel_geometry" in plan, plan
    assert "Seq Scan on parcels_parcel" not in plan, plan

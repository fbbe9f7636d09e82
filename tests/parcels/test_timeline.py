"""What happened to a plot, for everybody: the land, never the people; and old numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import shapely
from psycopg.types.range import Range

from cadastre.area import Area
from cadastre.geodesy import UTM_47N
from parcels.editing.frame import ZoneFrame
from parcels.models import Parcel, ParcelLineage, Transaction
from parcels.services.former import former_numbers
from parcels.services.lineage import NAMED, PRIVATE, predecessors, successors, today_of
from parcels.services.timeline import LEAST_SHIFT_M2, events_of
from tests.factories import (
    LONG_AGO,
    NOW,
    a_district,
    a_map_sheet,
    a_parcel,
    a_party,
    a_title,
    a_transaction,
)
from tests.parcels.editing.block import at
from web.formats import format_rai_ngan_wa

pytestmark = pytest.mark.django_db
Kind = Transaction.Kind
SHEET = "5136 IV 5834-02"
OWNER = "ดาวเรืองผู้ถือกรรมสิทธิ์"
FIRST, SECOND, TODAY = date(2024, 3, 1), date(2025, 6, 9), NOW.date()


def an_act(kind: str) -> Transaction:
    plain = a_transaction()
    return Transaction.objects.create(
        office=plain.office, kind=kind, status="registered", source=plain.source, reason="ลับมาก",
        created_at=NOW, registered_at=NOW,
    )  # fmt: skip


def changed(parcel: Parcel, kind: str, on: date = FIRST, **fields: Any) -> Parcel:
    Parcel.objects.filter(pk=parcel.pk).update(
        **fields, changed_by=an_act(kind), valid_during=Range(on, None)
    )
    return Parcel.objects.with_facts().get(pk=parcel.pk)


def became(kind: str, parents: list[Parcel], heirs: list[Parcel], on: date = FIRST) -> Transaction:
    act = an_act(kind)
    for parent in parents:
        Parcel.objects.filter(pk=parent.pk).update(valid_during=Range(LONG_AGO, on), retired_by=act)
        parent.refresh_from_db()
        for heir in heirs:
            ParcelLineage.objects.create(parent=parent, child=heir, transaction=act)
    return act


def a_block(width: float, shift: float = 0.0) -> Any:
    """A boundary 40 m high and so wide, begun ``shift`` metres east of the corner of the block."""
    corners = [at(shift, 0), at(shift + width, 0), at(shift + width, 40), at(shift, 40)]
    return ZoneFrame(UTM_47N).write(shapely.MultiPolygon([shapely.Polygon(corners)]))


@pytest.fixture
def plot() -> Parcel:
    title = a_title(a_party(OWNER), deed_number="700", district=a_district())
    made = a_parcel(
        ba_unit=title, land_number="7", geometry=a_block(40), map_sheet=a_map_sheet(SHEET)
    )
    return Parcel.objects.with_facts().get(pk=made.pk)


def test_every_kind_is_named_or_private_or_shown_without_a_name(plot):
    """A new kind has to be thought about: nothing is private or public by chance."""
    unnamed = {Kind.IMPORT, Kind.TITLE_CANCELLATION, Kind.DATA_REPAIR}
    assert not NAMED & PRIVATE
    assert set(Kind) == NAMED | PRIVATE | unnamed


def test_what_changed_is_told_the_latest_first(plot):
    plot = changed(plot, Kind.AREA_CORRECTION, legal_area_m2="1500.00")
    plot = changed(plot, Kind.BOUNDARY_CORRECTION, SECOND, geometry=a_block(36), land_number="9")
    later, earlier = events_of(plot)
    assert (later.on, later.kind) == (SECOND, str(Kind.BOUNDARY_CORRECTION.label))
    assert [(one.before, one.after) for one in later.differences] == [("7", "9")]
    assert later.shapes is not None
    assert later.shapes.before != later.shapes.after
    assert earlier.on == FIRST
    assert [(one.before, one.after) for one in earlier.differences] == [
        (format_rai_ngan_wa(Area(Decimal(1900))), format_rai_ngan_wa(Area(Decimal(1500))))
    ]
    assert earlier.shapes is None


@pytest.mark.parametrize("kind", sorted(PRIVATE))
def test_what_happens_between_people_is_neither_told_nor_counted(client, plot, kind):
    plot = changed(plot, kind, land_number="8", legal_area_m2="1500.00")
    heir = a_parcel(land_number="55", geometry=a_block(40, 40))
    ParcelLineage.objects.create(parent=plot, child=heir, transaction=plot.changed_by)
    assert (events_of(plot), predecessors(heir), successors(plot)) == ([], [], [])
    page = client.get(f"/parcels/{plot.public_id}/", HTTP_COOKIE="django_language=en")
    body = page.content.decode()
    history = body[body.index('id="history-title"') :]
    assert "The register knows no change" in history
    assert str(Kind(kind).label).lower() not in history.lower()
    assert OWNER not in body


@pytest.mark.parametrize("kind", [Kind.DATA_REPAIR, Kind.TITLE_CANCELLATION])
def test_what_concerns_the_land_and_people_is_told_without_a_name(client, plot, kind):
    plot = changed(plot, kind, land_number="8")
    (event,) = events_of(plot)
    assert event.kind == ""
    page = client.get(f"/parcels/{plot.public_id}/", HTTP_COOKIE="django_language=en")
    assert "Change of the record" in page.content.decode()


@pytest.mark.parametrize(("width", "told"), [(40.0, False), (40.0002, False), (40.001, True)])
def test_a_shape_that_differs_by_less_than_a_hundredth_is_the_same(plot, width, told):
    """40 m × 0.2 mm is 0.008 m²; a millimetre more is 0.04 m²."""
    assert 40 * 0.0002 < LEAST_SHIFT_M2 < 40 * 0.001
    boundary = a_block(40)
    corners = [list(point) for point in boundary.coords[0][0]]
    metre = (a_block(41).coords[0][0][1][0] - corners[1][0]) * (width - 40)
    for corner in corners[1:3]:
        corner[0] += metre
    plot = changed(plot, Kind.BOUNDARY_CORRECTION, geometry=type(boundary)(
        type(boundary[0])(corners), srid=4326
    ))  # fmt: skip
    assert bool(events_of(plot)) is told


def test_a_new_mark_on_the_same_boundary_is_no_event(plot):
    corners = [at(0, 0), at(20, 0), at(40, 0), at(40, 40), at(0, 40)]
    marked = ZoneFrame(UTM_47N).write(shapely.MultiPolygon([shapely.Polygon(corners)]))
    plot = changed(plot, Kind.DIVIDE, geometry=marked)
    assert events_of(plot) == []


def test_what_lies_there_today_is_found_over_generations(plot):
    halves = [a_parcel(land_number=n, geometry=a_block(20, x)) for n, x in (("8", 0), ("9", 20))]
    became(Kind.DIVIDE, [plot], halves)
    whole = a_parcel(land_number="10", geometry=a_block(40))
    became(Kind.MERGE, halves, [whole], SECOND)
    assert today_of([plot], TODAY, 5) == {plot.pk: [whole]}
    assert [each.parcel for each in predecessors(whole)] == halves
    assert [each.kind for each in successors(plot)] == [str(Kind.DIVIDE.label)] * 2


@pytest.fixture
def renumbered(plot: Parcel) -> Parcel:
    """The plot ended; its heir has another deed, held by the same people."""
    title = a_title(a_party(OWNER), deed_number="800", district=a_district())
    since = Range(FIRST, None)
    heir = a_parcel(ba_unit=title, land_number="8", geometry=a_block(40), valid_during=since)
    became(Kind.MERGE, [plot], [heir])
    return heir


def test_an_old_number_tells_the_plot_of_today(client, plot, renumbered):
    for question in (
        "deed_number=700", "deed_number=700&district=1204", "q=๗๐๐",
        "map_sheet=5136 IV 5834-02&land_number=7", "q=5136 IV 5834-02 เลขที่ดิน 7",
    ):  # fmt: skip
        answer = client.get(f"/api/parcels?{question}")
        assert OWNER not in answer.content.decode()
        found = answer.json()
        assert found["parcels"] == [], question
        (old,) = found["former"]
        assert (old["public_id"], old["deed_number"], old["until"]) == (
            plot.public_id, "700", "2024-03-01",
        )  # fmt: skip
        assert [each["public_id"] for each in old["current"]] == [renumbered.public_id]
        page = client.get(f"/search/?{question}").content.decode()
        assert f"/parcels/{renumbered.public_id}/" in page
        assert OWNER not in page


def test_a_number_of_today_tells_of_no_other(client, plot, renumbered):
    found = client.get("/api/parcels?deed_number=800").json()
    assert [each["public_id"] for each in found["parcels"]] == [renumbered.public_id]
    assert found["former"] == []


def test_a_number_that_only_the_record_changed_is_an_old_one_too(plot):
    changed(plot, Kind.TITLE_CHANGE, land_number="77")
    sheet = plot.map_sheet
    assert sheet is not None
    (former,) = former_numbers(lambda all_: all_.by_land_number([sheet.name], "7"), TODAY)
    assert (former.parcel.land_number, former.until) == ("7", FIRST)
    assert [each.land_number for each in former.current] == ["77"]


def test_what_is_told_of_old_numbers_counts_as_look_ups(client, plot, renumbered, settings):
    settings.LOOKUPS_PER_HOUR, settings.LOOKUPS_BURST = 60, 3
    away = {"REMOTE_ADDR": "203.0.113.9"}
    asked = [client.get("/api/parcels?deed_number=700", **away).status_code for _ in range(3)]
    assert asked == [200, 200, 429]


def test_the_page_of_a_plot_that_ended_is_led_by_its_heirs(client, plot, renumbered):
    response = client.get(f"/parcels/{plot.public_id}/", HTTP_COOKIE="django_language=en")
    assert response.status_code == 410
    body = response.content.decode()
    assert body.count(f"/parcels/{renumbered.public_id}/") == 1
    assert body.index(renumbered.public_id) < body.index('id="history-title"')
    assert "merger 1 March 2024" in body
    assert f"/parcels/{plot.public_id}/?on=2024-02-29" in body
    assert OWNER not in body


def test_the_page_of_a_day_says_so_and_offers_no_business(client, plot, renumbered):
    address = f"/parcels/{plot.public_id}/?on=2024-02-29"
    body = client.get(address, HTTP_COOKIE="django_language=en").content.decode()
    assert "This is how it was on 29 February 2024." in body
    assert "It has changed since." in body
    assert "?parcel=" not in body
    assert client.get(f"/parcels/{plot.public_id}/?on=2024-03-01").status_code == 404


def test_the_map_is_told_its_moment(client, plot):
    page = client.get("/?known=2024-02-29T20:00Z", HTTP_COOKIE="django_language=en")
    assert page.context["map"]["on"] == "2024-03-01"  # as Thailand counts
    assert page.context["texts"]["time_known"] == "As the register said on 1 March 2024, 03:00."
    assert client.get("/").context["map"]["on"] is None
    refused = client.get("/?on=2569-01-01")
    assert refused.status_code == 422

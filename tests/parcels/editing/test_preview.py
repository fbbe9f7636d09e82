"""What the editor is shown while an officer draws."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cadastre.fabric import LineMissesParcel, MarkUnknown
from offices.models import Role
from parcels.editing import around
from parcels.editing.choices import Choices
from parcels.editing.errors import (
    NothingEdited,
    ParcelNotEditable,
    PieceUnknown,
    StepNotOfKind,
    TooManyParcelsAround,
)
from parcels.editing.operations import operations_of
from parcels.editing.preview import EditPreview
from parcels.services.edits import edit_preview, fabric_around
from tests.factories import NOW, a_land_office, a_user, amended
from tests.parcels.editing.block import a_plot, drafted, is_coverage, lonlats, place, registered

pytestmark = pytest.mark.django_db


def previewed(kind: str, *steps: dict[str, Any], **choices: Any) -> EditPreview:
    return edit_preview(
        office=a_land_office(), kind=kind, operations=operations_of(steps), now=NOW,
        choices=Choices.model_validate(choices),
    )  # fmt: skip


def cut(parcel: Any, x: float = 10) -> dict[str, Any]:
    name = parcel if isinstance(parcel, str) else parcel.public_id
    return {"op": "divide_line", "parcel": name, "line": place((x, -1), (x, 41))}


def test_each_piece_has_its_areas_and_sides() -> None:
    parcel = a_plot(0)
    shown = previewed("divide", cut(parcel)).as_json()
    small, large = shown["pieces"]
    assert (small["area_m2"], small["legal_area_m2"]) == (400.0, "400.00")
    assert (small["keeps_number"], large["keeps_number"]) == (False, True)
    assert sorted(side["length_m"] for side in small["sides"]) == [10, 10, 40, 40]
    assert {side["azimuth"] for side in small["sides"]} == {"0-00-00", "90-00-00", "180-00-00",
                                                           "270-00-00"}  # fmt: skip
    assert small["difference_m2"] == "0.00"
    assert shown["subjects"][0]["deed_number"] == "1001"
    assert shown["totals"]["legal_difference_m2"] == "0.00"
    assert shown["totals"]["calculated_difference_m2"] == 0
    assert len(shown["new_marks"]) == 2
    assert shown["is_sound"]


def test_a_marks_place_on_the_map_is_that_of_the_stored_vertex() -> None:
    parcel, neighbour = a_plot(0), a_plot(0, 1)
    shown = previewed("divide", cut(parcel))
    corners = {
        tuple(point) for piece in shown.pieces for part in piece["geometry"]["coordinates"]
        for ring in part for point in ring
    }  # fmt: skip
    assert lonlats(parcel) <= corners
    (beside,) = shown.neighbours
    assert beside["public_id"] == neighbour.public_id
    assert set(beside["new_marks"]) <= set(shown.new_marks)


def test_a_piece_is_divided_again_by_the_name_it_was_given() -> None:
    parcel = a_plot(0)
    first = previewed("divide", cut(parcel))
    assert [piece["name"] for piece in first.pieces] == ["#1", "#2"]
    second = previewed("divide", cut(parcel), cut("#2", 25))
    assert [piece["name"] for piece in second.pieces] == ["#1", "#3", "#4"]
    assert [piece["area_m2"] for piece in second.pieces] == [400, 600, 600]
    merged = previewed(
        "divide", cut(parcel), cut("#2", 25), {"op": "merge", "parcels": ["#1", "#3"]}
    )
    assert sorted(piece["area_m2"] for piece in merged.pieces) == [600, 1000]
    with pytest.raises(PieceUnknown):
        previewed("divide", cut(parcel), cut("#7"))


def test_undoing_is_sending_fewer_steps() -> None:
    parcel = a_plot(0)
    steps = [cut(parcel), cut("#2", 25)]
    assert previewed("divide", *steps[:1]) == previewed("divide", cut(parcel))
    with pytest.raises(NothingEdited):
        previewed("divide")


@pytest.mark.parametrize(
    "step",
    [
        {"op": "divide_equal", "count": 4},
        {"op": "divide_equal", "count": 4, "side": 0},
        {"op": "cut_area", "area": "400", "side": 0},
        {"op": "divide_ring", "ring": place((0, 0), (20, 0), (20, 20), (0, 20))},
        {"op": "divide_strip", "line": place((20, -1), (20, 41)), "width_m": 6},
        {"op": "divide_traverse", "start": place((20, 0)),
         "legs": [{"bearing": "0-00-00", "distance": 20}, {"bearing": "N 90 E", "distance": 20}]},
    ],
)  # fmt: skip
def test_every_way_of_dividing_conserves_the_land(step) -> None:
    parcel = a_plot(0)
    shown = previewed("divide", step | {"parcel": parcel.public_id})
    assert sum(Decimal(piece["legal_area_m2"]) for piece in shown.pieces) == 1600
    assert sum(piece["area_m2"] for piece in shown.pieces) == pytest.approx(1600, abs=0.05)
    registered("divide", step | {"parcel": parcel.public_id})
    assert is_coverage()


def test_a_side_is_named_by_its_place_or_its_marks() -> None:
    parcel = a_plot(0)
    step = {"op": "cut_area", "parcel": parcel.public_id, "area": "0-1-0"}
    by_place = previewed("divide", step | {"side": 0})
    by_marks = previewed("divide", step | {"side": place((0, 0), (40, 0))})
    assert by_place.pieces == by_marks.pieces
    assert by_place.pieces[0]["area_m2"] == 400


def test_what_cannot_be_drawn_is_refused_with_its_reason() -> None:
    parcel = a_plot(0)
    with pytest.raises(LineMissesParcel):
        previewed("divide", cut(parcel, 60))
    with pytest.raises(StepNotOfKind):
        previewed("merge", cut(parcel))
    with pytest.raises(MarkUnknown):
        nowhere = {"op": "move_mark", "mark": place((7, 7)), "to": place((8, 8))}
        previewed("boundary_correction", nowhere)
    a_plot(1)
    move = {"op": "move_mark", "mark": place((40, 40)), "to": place((41, 40))}
    with pytest.raises(StepNotOfKind):
        previewed("divide", cut(parcel), move)


def test_what_is_not_in_force_here_is_not_edited() -> None:
    parcel, elsewhere = a_plot(0), a_plot(1, office=a_land_office("LO-OTHER"))
    with pytest.raises(ParcelNotEditable):
        previewed("divide", cut(elsewhere, 50))
    amended(parcel, valid_during=f"[2020-01-01,{NOW.date()})")
    with pytest.raises(ParcelNotEditable):
        previewed("divide", cut(parcel))


def test_a_finding_is_shown_with_its_place() -> None:
    parcel = a_plot(0)
    strip = {"op": "divide_strip", "parcel": parcel.public_id, "line": place((20, -1), (20, 41)),
             "width_m": "0.2"}  # fmt: skip
    shown = previewed("divide", strip)
    (found,) = [each for each in shown.findings if each["code"] == "piece_thin"]
    assert found["severity"] == "warning"
    lon, lat = found["place"]
    west, south, east, north = parcel.geometry.extent
    assert west < lon < east
    assert south < lat < north


def test_the_second_officer_is_told_of_what_is_pending_here() -> None:
    parcel, neighbour = a_plot(0), a_plot(0, 1)
    other = a_user("somchai", Role.LAND_OFFICER)
    act = drafted("divide", cut(parcel), maker=other)
    line = place((10, 39), (10, 81))
    mine = {"op": "divide_line", "parcel": neighbour.public_id, "line": line}
    (pending,) = previewed("divide", mine).open_transactions
    assert (pending["public_id"], pending["maker"]) == (act.public_id, "somchai")
    assert set(pending["parcels"]) == {"1", "101"}
    own = edit_preview(
        office=a_land_office(),
        kind="divide",
        now=NOW,
        act=act,
        operations=operations_of([cut(parcel)]),
    )
    assert own.open_transactions == []


def test_new_parcels_that_are_pending_on_this_ground_are_told_of() -> None:
    ring = {"op": "new_parcel", "ring": place((0, 0), (20, 0), (20, 20), (0, 20))}
    act = drafted("new_registration", ring)
    other = {"op": "new_parcel", "ring": place((10, 10), (30, 10), (30, 30), (10, 30))}
    (pending,) = previewed("new_registration", other).open_transactions
    assert pending["public_id"] == act.public_id


def test_the_fabric_around_a_place_is_given_with_its_millimetres(monkeypatch) -> None:
    parcel, stranger = a_plot(0), a_plot(1, office=a_land_office("LO-OTHER"))
    act = drafted("divide", cut(parcel))
    office = a_land_office()
    bounds = parcel.geometry.extent
    one, other = fabric_around(office=office, bounds=bounds, on=NOW.date())
    assert (one["public_id"], one["editable"]) == (parcel.public_id, True)
    assert (one["open"], other["open"]) == (act.public_id, None)
    assert (other["public_id"], other["editable"]) == (stranger.public_id, False)
    assert one["marks_mm"][0][0][0] == [658_000_000, 1_534_000_000]
    assert one["geometry"]["coordinates"][0][0][0] == parcel.geometry[0][0][0]
    assert one["base"] == parcel.recorded_during.lower.isoformat()
    monkeypatch.setattr(around, "MOST_IN_VIEW", 1)
    with pytest.raises(TooManyParcelsAround):
        fabric_around(office=office, bounds=bounds, on=NOW.date())

"""Steps of an edit as the browser sends them, and coordinates as people type them."""

from __future__ import annotations

import pytest

from cadastre.area import AreaUnreadable
from cadastre.cogo import BearingUnreadable
from cadastre.geodesy import CoordinatesUnreadable, transform_point
from parcels.editing.errors import OnePlaceExpected, OperationUnreadable
from parcels.editing.operations import DivideTraverse, Replace, operations_of, square_metres
from parcels.editing.places import Coordinates

ZONE = 32647
NO_CRS = {"points": [[658000, 1534000]]}
NO_PLACE = {"crs": 4326, "points": [[float("nan"), 1]]}
LINE = {"crs": ZONE, "points": [[658000, 1534000], [658010, 1534000]]}


def test_a_step_survives_being_kept() -> None:
    said = [
        {"op": "divide_line", "parcel": "abcdefgh", "line": LINE},
        {"op": "replace", "parcel": "#1", "ring": {"text": "658000 1534000", "crs": ZONE}},
        {"op": "cut_area", "parcel": "#2", "area": 800, "side": 2},
        {"op": "divide_traverse", "parcel": "#2", "start": {"crs": ZONE, "point": [1, 2]},
         "legs": [{"bearing": "61-28-18", "distance": "๒๔.๓๕"}]},
    ]  # fmt: skip
    steps = operations_of(said)
    assert isinstance(steps[1], Replace)
    assert isinstance(steps[3], DivideTraverse)
    assert str(steps[3].legs[0].distance) == "24.35"
    assert operations_of([step.model_dump(mode="json") for step in steps]) == steps


@pytest.mark.parametrize(
    ("text", "crs"),
    [
        ("658000.123 1534000.456", ZONE),
        ("๖๕๘๐๐๐.๑๒๓, ๑๕๓๔๐๐๐.๔๕๖", ZONE),
        ("1534000.456 658000.123", ZONE),
        ("ก๑ 658,000.123 1,534,000.456", ZONE),
        ("E 658000.123 N 1534000.456", ZONE),
        ("658000.123 1534000.456 47", None),
    ],
)
def test_a_typed_place_is_read_in_every_way_people_write_it(text, crs) -> None:
    assert Coordinates(text=text, crs=crs).one(ZONE) == (658000.123, 1534000.456)


def test_indian_1975_is_shifted_by_the_parameters_that_are_named() -> None:
    given = Coordinates(text="658332.5 1533697.5", crs=24047)
    east, north = transform_point(658332.5, 1533697.5, 24047, ZONE, "EPSG:1537")
    assert given.one(ZONE) == (round(east, 3), round(north, 3))
    other = Coordinates(text="658332.5 1533697.5", crs=24047, datum="EPSG:1304")
    assert 1 < abs(other.one(ZONE)[0] - east) + abs(other.one(ZONE)[1] - north) < 5


def test_degrees_come_in_either_order() -> None:
    lat_first = Coordinates(text="13.87, 100.47", crs=4326)
    lon_first = Coordinates(text="100.47, 13.87", crs=4326)
    assert lat_first.one(ZONE) == lon_first.one(ZONE)
    assert lat_first.one(ZONE) == Coordinates(crs=4326, points=((100.47, 13.87),)).one(ZONE)


def test_a_pasted_table_gives_a_point_for_each_line() -> None:
    text = "1 658000 1534000\r\n2 658040 1534000\n\n3 658040 1534040\n"
    assert len(Coordinates(text=text, crs=ZONE).within(ZONE)) == 3
    with pytest.raises(OnePlaceExpected):
        Coordinates(text=text, crs=ZONE).one(ZONE)


@pytest.mark.parametrize(
    "text", ["abc", "658000", "658000 1534000 12", "6e5 1e6", "٦٥٨٠٠٠ ١٥٣٤٠٠٠"]
)
def test_what_is_no_place_is_refused(text) -> None:
    with pytest.raises(CoordinatesUnreadable):
        Coordinates(text=text, crs=ZONE).within(ZONE)


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("x", ()),
        ([{"op": "explode"}], (0,)),
        ([{"op": "merge", "parcels": ["abcdefgh"]}], (0, "merge", "parcels")),
        ([{"op": "divide_line", "parcel": "'; --", "line": LINE}], (0, "divide_line", "parcel")),
        ([{"op": "divide_line", "parcel": "#1", "line": NO_CRS}], (0, "divide_line", "line")),
        ([{"op": "choose", "parcel": "#1"}] * 201, ()),
        ([{"op": "choose", "parcel": "#1", "owner": 3}], (0, "choose", "owner")),
        (
            [{"op": "divide_line", "parcel": "#1", "line": NO_PLACE}],
            (0, "divide_line", "line", "points", 0, 0),
        ),
    ],
)  # fmt: skip
def test_what_is_no_step_is_refused_with_its_place(said, path) -> None:
    with pytest.raises(OperationUnreadable) as refused:
        operations_of(said)
    assert refused.value.path == path


def test_an_area_or_bearing_that_cannot_be_read_speaks_for_itself() -> None:
    with pytest.raises(AreaUnreadable):
        operations_of([{"op": "cut_area", "parcel": "#1", "area": "1-9-0", "side": 0}])
    legs = [{"bearing": "12-60-00", "distance": 4}]
    with pytest.raises(BearingUnreadable):
        operations_of([{"op": "divide_traverse", "parcel": "#1", "start": LINE, "legs": legs}])


@pytest.mark.parametrize(
    ("text", "metres"), [("800", 800), ("1-0-50.5", 1802), ("๒ งาน", 800), ("1,600.5", 1600.5)]
)
def test_an_area_is_in_square_metres_unless_it_says_otherwise(text, metres) -> None:
    assert square_metres(text) == pytest.approx(metres)

"""Points of GNU Gama and of GeoJSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.fieldfiles import FixType, GeodeticPosition, read_field_file

GKF = (
    '<?xml version="1.0"?><gama-local xmlns="http://www.gnu.org/software/gama/gama-local">'
    '<network{}><points-observations>\n<point id="A" x="1" y="2" z="3" fix="xy"/>\n{}'
    '<obs from="A"><distance to="B" val="1"/></obs></points-observations></network></gama-local>'
)


@pytest.mark.parametrize(
    ("axes", "north", "east"),
    [
        ("", 1, 2),
        (' axes-xy="ne"', 1, 2),
        (' axes-xy="en"', 2, 1),
        (' axes-xy="sw"', -1, -2),
        (' axes-xy="es"', -2, 1),
    ],
)
def test_the_axes_of_gama_become_north_and_east(axes, north, east):
    file = read_field_file("x.gkf", GKF.format(axes, "").encode())
    (point,) = file.points
    assert (point.point, point.north, point.east, point.height) == ("A", north, east, 3)
    assert (point.raw, point.line) == ('<point id="A" x="1" y="2" z="3" fix="xy"/>', 2)
    assert file.ignored == {"obs": 1}


def test_points_of_gama_without_coordinates_are_counted():
    more = '<point id="B" adj="xy"/><point id="C" x="1"/><point id="D" z="5"/><point x="1" y="2"/>'
    file = read_field_file("x.gkf", GKF.format("", more).encode())
    assert file.ignored["point without coordinates"] == 1
    assert [point.point for point in file.points] == ["A", "D"]
    assert [r.reason.code for r in file.rejected] == ["field_value_missing"] * 2


def test_axes_that_are_none_are_told():
    file = read_field_file("x.gkf", GKF.format(' axes-xy="nn"', "").encode())
    assert [r.reason.code for r in file.rejected] == ["field_unit_unknown"]


def feature(coordinates, **properties):
    geometry = {"type": "Point", "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features, **members):
    whole = {"type": "FeatureCollection", **members, "features": list(features)}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")


def test_properties_are_read_by_their_names():
    file = read_field_file(
        "points.geojson",
        collection(
            feature([100.5, 13.7, -20.5], Name="ก1", **{"Solution status": "FIX", "PDOP": 1.5}),
            feature([100.6, 13.8], ชื่อหมุด="ก2", note=None, list=[1]),
        ),
    )
    first, second = file.points
    assert first.geodetic == GeodeticPosition(13.7, 100.5, -20.5)
    assert first.quality is not None
    assert (first.quality.fix, first.quality.pdop) == (FixType.FIXED, 1.5)
    assert (second.point, second.attributes) == ("ก2", {"list": "[1]"})
    assert file.datum == "WGS84"


def test_the_old_crs_member_means_grid_coordinates():
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32647"}}
    file = read_field_file("x.json", collection(feature([672978.25, 1521044.5], name=7), crs=crs))
    (point,) = file.points
    assert (point.east, point.north, point.point) == (672978.25, 1521044.5, "7")
    assert point.crs == file.crs == "urn:ogc:def:crs:EPSG::32647"


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (feature([100.5, 93.7], name="x"), "field_value_out_of_range"),
        (feature([100.5], name="x"), "field_value_missing"),
        (feature(["100.5", 13.7], name="x"), "field_line_unknown"),
        (feature([True, 13.7], name="x"), "field_line_unknown"),
        (feature([100.5, 13.7]), "field_value_missing"),
        ({"type": "Feature", "geometry": None, "properties": {}}, "field_geometry_not_point"),
        ({"type": "Feature", "geometry": {"type": "Polygon"}}, "field_geometry_not_point"),
        (17, "field_line_unknown"),
    ],
)
def test_a_feature_that_is_no_point_is_refused(bad, code):
    file = read_field_file("x.json", collection(feature([1, 2], id=1), bad, feature([3, 4], id=2)))
    assert [r.reason.code for r in file.rejected] == [code]
    assert [point.point for point in file.points] == ["1", "2"]


@pytest.mark.parametrize("escape", ["\x00", "\ud800"])
def test_escapes_that_are_no_text_are_refused(escape):
    content = collection(feature([1, 2], id=f"a{escape}"), feature([3, 4], id="b"))
    content = content.replace(b"\x00", b"\\u0000").replace(b"\xed\xa0\x80", b"\\ud800")
    file = read_field_file("x.json", content)
    assert [r.reason.code for r in file.rejected] == ["field_line_not_text"]
    assert [point.point for point in file.points] == ["b"]


def test_what_stands_before_a_fault_is_read():
    content = collection(feature([1, 2], id=1), feature([3, 4], id=2))
    broken = read_field_file("x.json", content[: content.rindex(b"Point") + 3])
    assert [point.point for point in broken.points] == ["1"]
    (rejected,) = broken.rejected
    assert (rejected.reason.code, rejected.line) == ("field_json_broken", broken.lines)


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=8))
@settings(max_examples=40)
def test_positions_come_back_bit_for_bit(places):
    features = [feature(list(place), id=i) for i, place in enumerate(places)]
    points = read_field_file("x.json", collection(*features)).points
    assert [(p.geodetic.longitude, p.geodetic.latitude) for p in points if p.geodetic] == places

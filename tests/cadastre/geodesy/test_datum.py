"""Published and recomputed points; a set of parameters is only as good as these."""

from __future__ import annotations

import json
import math

import pyogrio.raw
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cadastre.geodesy import (
    DATUM_PARAMETERS,
    CoordinatesOutsideCrs,
    CrsUnknown,
    DatumParametersUnknown,
    TransformationUnknown,
    indian_1975_proj4,
    private_crs,
    transform_point,
    transformer,
)

# E 647023, N 1683144 on Indian 1975 / UTM 47N; recomputed with PROJ 9.5.1 and PostGIS 3.3.2.
POINT = (647023.0, 1683144.0)
WGS84_BY_SET = {
    "EPSG:1537": (100.36578205, 15.22297026),
    "RTSD": (100.36577823, 15.22297134),
    "EPSG:1154": (100.36577017, 15.22297806),
    "EPSG:1304": (100.36576771, 15.22297910),
    "RTSD-OLD": (100.36576581, 15.22297603),
}
PROJ_DEFAULT = (100.36408186, 15.22343369)
HEIGHTS_ONLY = 5773
GEOD = pyproj.Geod(ellps="WGS84")


def distance_m(a, b):
    return GEOD.inv(*a, *b)[2]


@pytest.mark.parametrize(("name", "expected"), WGS84_BY_SET.items())
def test_every_set_gives_its_recomputed_point(name, expected):
    assert transform_point(*POINT, 24047, 4326, name) == pytest.approx(expected, abs=5e-9)


def test_the_table_holds_exactly_the_tested_sets():
    assert set(DATUM_PARAMETERS) == set(WGS84_BY_SET)


@pytest.mark.parametrize("name", WGS84_BY_SET)
def test_the_sets_agree_within_two_metres(name):
    ours = transform_point(*POINT, 24047, 4326, name)
    assert distance_m(ours, WGS84_BY_SET["EPSG:1537"]) < 2.0


def test_the_default_is_not_the_one_proj_would_take():
    proj = pyproj.Transformer.from_crs(24047, 4326, always_xy=True).transform(*POINT)
    assert distance_m(proj, PROJ_DEFAULT) < 0.01, "PROJ has changed its mind: look again"
    ours = transform_point(*POINT, 24047, 4326)
    assert distance_m(ours, proj) == pytest.approx(189.7, abs=0.1)


def test_the_default_meets_the_municipal_sheet_grid():
    # Lower left corner of sheet 5838 III 1202 in a municipality's grid layer.
    expected = (104.17952875418199, 14.492126025637537)
    assert transform_point(412000, 1602000, 24048, 4326) == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("RTSD", (673310.876, 1520741.373)),
        ("EPSG:1537", (673310.452, 1520741.574)),
        ("EPSG:1304", (673311.907, 1520741.166)),
        ("EPSG:1154", (673311.660, 1520741.171)),
    ],
)
def test_the_published_pair_backwards(name, expected):
    ours = transform_point(672978.171, 1521044.256, 32647, 24047, name)
    assert ours == pytest.approx(expected, abs=0.001)
    published = (673310.690, 1520741.207)  # computed by its author with GEOTRANS
    assert math.dist(ours, published) < 1.3


def test_the_private_row_for_postgis():
    row = private_crs(47)
    assert (row.srid, row.auth_srid) == (990047, 990047)
    through_row = pyproj.Transformer.from_crs(
        pyproj.CRS.from_proj4(row.proj4text), 32647, always_xy=True
    ).transform(*POINT)
    assert through_row == pytest.approx((646690.5717, 1683446.8759), abs=1e-4)
    assert transform_point(*POINT, 990047, 32647) == pytest.approx(through_row, abs=1e-9)
    with pytest.raises(ValueError, match="47 and 48"):
        indian_1975_proj4(46)


@given(
    st.floats(97.4, 105.6),
    st.floats(5.7, 20.4),
    st.sampled_from(sorted(DATUM_PARAMETERS)),
    st.sampled_from([24047, 24048, 4240, 32647, 32648]),
)
def test_there_and_back_is_the_same_place(lon, lat, name, srid):
    there = transform_point(lon, lat, 4326, srid, name)
    back = transform_point(*there, srid, 4326, name)
    # Heights are unknown, so each way assumes 0 on its own ellipsoid: a few millimetres stay.
    assert distance_m((lon, lat), back) < (0.0001 if srid in {32647, 32648} else 0.01)


def test_refusals_say_why():
    with pytest.raises(DatumParametersUnknown, match="EPSG:1537"):
        transformer(24047, 4326, "EPSG:1812")
    with pytest.raises(CrsUnknown):
        transformer(4326, 999999)
    with pytest.raises(CoordinatesOutsideCrs, match="another reference system"):
        transform_point(1e30, 1e30, 32647, 4326)
    with pytest.raises(CoordinatesOutsideCrs):
        transform_point(float("nan"), 0, 32647, 4326)
    with pytest.raises(TransformationUnknown, match="EPSG:4326"):
        transformer(4326, HEIGHTS_ONLY)


def test_a_real_file_shows_why_the_parameters_are_recorded(sample_data):
    """Provinces that GDAL wrote to EPSG:24047: its default, not the surveyors', is in the file."""
    folder = sample_data / "thailand"
    shapes = pyogrio.raw.read(folder / "changwat_tis620_indian1975" / "changwat.shp")[2]
    original = json.loads((folder / "th_adm1.geojson").read_text())["features"]
    assert len(shapes) == len(original) == 77
    by_proj = pyproj.Transformer.from_crs(24047, 4326, always_xy=True)
    for wkb, feature in zip(shapes, original, strict=True):
        point = shapely.get_coordinates(shapely.from_wkb(wkb))[0]
        known = shapely.from_geojson(json.dumps(feature["geometry"])).boundary
        assert shapely.distance(shapely.Point(by_proj.transform(*point)), known) < 1e-6
        assert shapely.distance(shapely.Point(transform_point(*point, 24047, 4326)), known) < 0.005
        assert distance_m(by_proj.transform(*point), transform_point(*point, 24047, 4326)) > 100

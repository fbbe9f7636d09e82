from __future__ import annotations

import csv

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cadastre.geodesy import (
    THAILAND,
    Bounds,
    CoordinatesOutsideCrs,
    CrsUnknown,
    is_metric,
    metric_srid_of,
    normalise_srid,
    plausible_srids,
    reproject,
    transform_point,
    utm_srid,
    utm_srid_of,
    utm_zone_of,
    zone_of_srid,
)


def test_thailand_lies_in_two_zones():
    assert utm_zone_of(100.5, 13.75) == 47
    assert utm_zone_of(101.999999, 15) == 47
    assert utm_zone_of(102, 15) == 48
    assert utm_srid_of(104.18, 14.49) == 32648


@pytest.mark.parametrize(
    ("lon", "lat", "zone"),
    [(5, 60, 32), (4, 55, 31), (8, 75, 31), (10, 75, 33), (25, 75, 35), (40, 75, 37), (180, 0, 60)],
)
def test_the_exceptions_of_the_grid(lon, lat, zone):
    assert utm_zone_of(lon, lat) == zone


def test_no_zone_at_the_poles_or_nowhere():
    for lon, lat in ((0, 85), (0, -81), (181, 0), (float("nan"), 0)):
        with pytest.raises(ValueError, match="no UTM zone"):
            utm_zone_of(lon, lat)
    with pytest.raises(ValueError, match="61"):
        utm_srid(61)


def packed(text):
    """Degrees from ddd.mmssfffff, the file's notation."""
    degrees, rest = text.lstrip("-").split(".")
    value = int(degrees) + int(rest[:2]) / 60 + float(f"{rest[2:4]}.{rest[4:]}") / 3600
    return -value if text.startswith("-") else value


def test_the_grid_agrees_with_geoscience_australia(sample_data):
    """Zones and coordinates of 128 geodetic marks (GDA94 and WGS 84 share the projection)."""
    folder = sample_data / "survey" / "geodepy"
    marks = (folder / "Test_Conversion_Geo.csv").read_text(encoding="utf-8-sig").splitlines()
    geographic = {row[0]: (packed(row[2]), packed(row[1])) for row in csv.reader(marks)}
    checked = 0
    grid = (folder / "Test_Conversion_Grid.csv").read_text(encoding="utf-8-sig").splitlines()
    for name, zone, east, north in csv.reader(grid):
        lon, lat = geographic[name]
        assert utm_zone_of(lon, lat) == int(zone)
        ours = transform_point(lon, lat, 4326, utm_srid(int(zone), south=True))
        assert ours == pytest.approx((float(east), float(north)), abs=0.0015)
        checked += 1
    assert checked == 128


@pytest.mark.parametrize(
    ("text", "srid"),
    [
        (32647, 32647),
        ("32647", 32647),
        ("EPSG:32647", 32647),
        ("epsg::24047", 24047),
        ("urn:ogc:def:crs:EPSG::32648", 32648),
        ("urn:ogc:def:crs:EPSG:9.8:32648", 32648),
        ("http://www.opengis.net/def/crs/EPSG/0/5514", 5514),
        ("http://www.opengis.net/gml/srs/epsg.xml#28992", 28992),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", 4326),
        ("OGC:CRS84", 4326),
        (990047, 24047),
        ("102100", 3857),
    ],
)
def test_reference_systems_by_any_of_their_names(text, srid):
    assert normalise_srid(text) == srid


def test_the_prj_of_a_real_shapefile(sample_data):
    folder = sample_data / "thailand" / "changwat_tis620_indian1975"
    assert normalise_srid((folder / "changwat.prj").read_text()) == 24047


@pytest.mark.parametrize("text", ["", "WGS84 maybe", "EPSG:1", "999999", "PROJCS[", "[" * 30_000])
def test_unknown_systems_are_refused(text):
    with pytest.raises(CrsUnknown, match="32647"):
        normalise_srid(text)


def test_areas_are_measured_in_metres():
    assert is_metric(32647)
    assert is_metric(990048)
    assert is_metric(5514)
    assert not is_metric(4326)
    assert not is_metric(3857)
    assert not is_metric(2249)  # US survey feet
    assert not is_metric(4979)
    assert metric_srid_of(32648, 100.5, 13.7) == 32648
    assert metric_srid_of(24047, 103.0, 13.7) == 32647
    assert metric_srid_of(4326, 103.0, 13.7) == 32648
    assert metric_srid_of(2249, -71.1, 42.37) == 32619
    assert metric_srid_of(4240, 100.5, 13.7) == 32647


def test_a_file_without_a_reference_system():
    assert plausible_srids(Bounds(100.4, 13.5, 100.6, 13.9))[0] == 4326
    assert plausible_srids(Bounds(664000, 1518000, 670000, 1522000)) == (32647, 24047)
    both = plausible_srids(Bounds(412000, 1602000, 414000, 1604000))
    assert both == (32647, 24047, 32648, 24048)
    assert plausible_srids(Bounds(13.5, 100.4, 13.9, 100.6)) == ()  # latitude first
    assert plausible_srids(Bounds(0, 0, 100, 100)) == ()


def test_zone_of_a_code():
    assert [zone_of_srid(s) for s in (32647, 32756, 24048, 990047, 4326)] == [47, 56, 48, 47, None]


@given(st.floats(97.5, 105.5), st.floats(6, 20), st.floats(10, 5000))
def test_geometry_keeps_its_shape_through_the_zone(lon, lat, size):
    x, y = transform_point(lon, lat, 4326, utm_srid_of(lon, lat))
    square = shapely.box(x, y, x + size, y + size)
    there = reproject(square, utm_srid_of(lon, lat), 4326)
    back = reproject(there, 4326, utm_srid_of(lon, lat))
    assert THAILAND.contains(lon, lat)
    assert shapely.hausdorff_distance(square, back) < 1e-3
    assert shapely.area(back) == pytest.approx(size**2, rel=1e-4)


def test_geometry_outside_its_system_is_refused():
    with pytest.raises(CoordinatesOutsideCrs):
        reproject(shapely.box(1e20, 0, 1e21, 10), 32647, 4326)
    empty = shapely.from_wkt("POLYGON EMPTY")
    assert reproject(empty, 32647, 4326).is_empty

"""Longitude and latitude to the millimetre grid and back: nothing that was written changes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import MultiPolygon as Stored
from django.contrib.gis.geos import Polygon as StoredPolygon
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon

from cadastre.geodesy import UTM_47N, UTM_48N
from parcels.editing.frame import ZoneFrame

LONGITUDES = {UTM_47N: (97.5, 103.0), UTM_48N: (101.0, 105.6)}


@given(st.data(), st.sampled_from([UTM_47N, UTM_48N]))
def test_a_stored_boundary_comes_back_bit_for_bit(data: st.DataObject, zone: int) -> None:
    low, high = LONGITUDES[zone]
    lon = data.draw(st.floats(low, high))
    lat = data.draw(st.floats(5.6, 20.4))
    size = data.draw(st.floats(0.00005, 0.01))
    stored = Stored(StoredPolygon.from_bbox((lon, lat, lon + size, lat + size)), srid=4326)
    frame = ZoneFrame(zone)
    shape = frame.read(stored)
    assert frame.write(shape).wkb == stored.wkb
    assert frame.write(shape, stored).wkb == stored.wkb


@given(
    st.integers(200_000_000, 800_000_000),
    st.integers(620_000_000, 2_250_000_000),
    st.sampled_from([UTM_47N, UTM_48N]),
)
def test_a_new_vertex_lies_on_its_millimetre_again_when_it_is_read(east, north, zone) -> None:
    x, y = east / 1000, north / 1000
    ring = [(x, y), (x + 10, y), (x + 10, y + 10)]
    drawn = MultiPolygon([Polygon(ring)])
    stored = ZoneFrame(zone).write(drawn)
    assert shapely.to_wkb(ZoneFrame(zone).read(stored)) == shapely.to_wkb(drawn)


def test_a_parcel_keeps_its_own_writing_of_a_place_that_another_writes_differently() -> None:
    """Two parcels of an old file may differ in the last bit where they mean one mark."""
    one = Stored(StoredPolygon.from_bbox((100.47, 13.87, 100.471, 13.871)), srid=4326)
    beside = math.nextafter(100.471, 101)
    other = Stored(StoredPolygon.from_bbox((beside, 13.87, 100.472, 13.871)), srid=4326)
    frame = ZoneFrame(UTM_47N)
    first, second = frame.read(one), frame.read(other)
    assert frame.write(first, one).wkb == one.wkb
    assert frame.write(second, other).wkb == other.wkb
    shared = shapely.get_coordinates(first)
    assert len(np.unique(np.vstack([shared, shapely.get_coordinates(second)]), axis=0)) == 6


def test_a_place_that_is_not_known_is_transformed_once() -> None:
    frame = ZoneFrame(UTM_47N)
    assert frame.lonlat((658_000.001, 1_534_000.0)) == frame.lonlat(
        (658_000.0010000001, 1_534_000.0)
    )
    assert frame.lonlat((500_000.0, 1_534_000.0))[0] == pytest.approx(99, abs=1e-9)

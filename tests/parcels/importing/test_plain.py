"""The fast way through the gate lets nothing pass that the gate itself would remark on."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from cadastre.planar import check_polygons
from parcels.importing.plain import are_plain

# Few places, close together: rings touch, repeat points, run back on themselves and cross.
steps = st.sampled_from([0.0, 0.0002, 0.0007, 0.4, 1.0, 1.0003, 5.0, 12.0])
points = st.tuples(steps, steps)
rings = st.lists(points, min_size=3, max_size=7).map(lambda ring: [*ring, ring[0]])
polygons = st.lists(rings, min_size=1, max_size=2)
parcels = st.lists(polygons, min_size=1, max_size=2)

SQUARE = [(0.0, 0.0), (12.0, 0.0), (12.0, 12.0), (0.0, 12.0), (0.0, 0.0)]
SPIKE_AT_ITS_START = [(0.56, 0.01), (12.0, 0.0), (12.0, 12.0), (0.0, 12.0), (0.0, 0.0), (12.0, 0.0)]


def as_one(parcel: list[Any]) -> Any:
    parts = [shapely.Polygon(rings[0], rings[1:]) for rings in parcel]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


@given(parcel=parcels)
@example(parcel=[[SQUARE]])
@example(parcel=[[[*SPIKE_AT_ITS_START, SPIKE_AT_ITS_START[0]]], [SQUARE]])
def test_what_is_plain_has_no_finding(parcel: list[Any]) -> None:
    geometries = np.empty(2, dtype=object)
    geometries[:] = [as_one(parcel), shapely.MultiPolygon([shapely.Polygon(SQUARE)])]
    first, second = are_plain(geometries)
    if first:
        assert check_polygons(parcel).findings == []
    assert second


def test_a_square_is_plain_and_a_spike_in_a_multipart_is_not() -> None:
    base = [(325_510.955, 4_694_929.243), (325_510.970, 4_694_929.807), (325_500.054, 4_694_930.08),
            (325_500.349, 4_694_941.922), (325_511.265, 4_694_941.65)]  # fmt: skip
    spike = shapely.MultiPolygon([shapely.Polygon([*base, base[0]])])
    given = np.empty(4, dtype=object)
    given[:] = [shapely.Polygon(SQUARE), spike, None, shapely.Point(1, 1)]
    assert are_plain(given).tolist() == [True, False, False, False]

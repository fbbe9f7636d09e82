from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadastre.digits import to_thai_digits
from cadastre.geodesy import CoordinatesUnreadable, format_dms, format_utm, parse_coordinates

lons, lats = st.floats(97.5, 105.5), st.floats(5.7, 20.3)


@given(lons, lats)
@example(100.99999999999, 13.99999999999)  # must not write 59'60.00"
def test_degrees_minutes_seconds_read_back(lon, lat):
    text = format_dms(lon, lat)
    assert "60." not in text
    for spelling in (text, to_thai_digits(text)):
        (place,) = parse_coordinates(spelling)
        assert (place.lon, place.lat) == pytest.approx((lon, lat), abs=2e-6)


@given(lons, lats)
def test_decimal_degrees_read_back_in_either_order(lon, lat):
    for text in (f"{lat:.7f}, {lon:.7f}", f"{lon:.7f} {lat:.7f}"):
        (place,) = parse_coordinates(text)
        assert (place.lon, place.lat) == pytest.approx((lon, lat), abs=1e-7)


@given(lons, lats)
def test_utm_reads_back(lon, lat):
    (place,) = parse_coordinates(format_utm(lon, lat))
    assert (place.lon, place.lat) == pytest.approx((lon, lat), abs=2e-7)


@given(lons, lats)
def test_utm_without_its_zone_has_the_place_among_the_candidates(lon, lat):
    candidates = parse_coordinates(format_utm(lon, lat).split(" ", 1)[1])
    assert any((p.lon, p.lat) == pytest.approx((lon, lat), abs=2e-7) for p in candidates)


def test_other_hemispheres_and_systems():
    assert format_dms(-70.5, -33.25, 0) == "33°15'00\"S 70°30'00\"W"
    assert format_utm(13.4, 52.5, 5514).startswith("EPSG:5514")
    assert format_utm(151.2, -33.9).startswith("56S")
    (place,) = parse_coordinates("33.5S 70.5W", within=None)
    assert place[:2] == (-70.5, -33.5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "13",
        "13.7 100.5 47.0",
        "13°61'00\" 100°30'00\"",
        "13.7N 100.5N",
        "47 665000",
        "49 665000 1520000",
        "665000 1520000 99",
        "0.0, 0.0",
        "1e3 1e3",
        "NaN, NaN",
        "٣.٥, ١٠٠.٥",
        "9" * 500,
    ],
)
def test_what_is_no_position_is_refused_with_examples(text):
    with pytest.raises(CoordinatesUnreadable, match=r"13\.7563"):
        parse_coordinates(text)

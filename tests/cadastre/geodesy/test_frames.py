from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastre.geodesy import Frame, FrameUnreadable, parse_frame

NAMES = ["ITRF2014", "ITRF2008", "ITRF96", "IGS14", "IGb08", "WGS 84", "WGS 84 (G1762)"]
frames = st.builds(
    Frame,
    st.sampled_from(NAMES),
    st.none() | st.decimals(1990, 2040, places=2),
)


@given(frames)
def test_a_frame_reads_back_as_written(frame):
    assert parse_frame(str(frame)) == frame


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("itrf 2014@2021.5", Frame("ITRF2014", Decimal("2021.5"))),
        ("ITRF08, 2013.1", Frame("ITRF2008", Decimal("2013.1"))),
        ("ITRF1997 epoch 1998", Frame("ITRF97", Decimal(1998))),
        ("WGS84", Frame("WGS 84")),
        ("wgs-84 g2139", Frame("WGS 84 (G2139)")),
        ("ITRF๒๐๑๔@๒๐๒๑.๕", Frame("ITRF2014", Decimal("2021.5"))),
        ("  ", Frame()),
    ],
)
def test_labels_as_files_write_them(text, frame):
    assert parse_frame(text) == frame


@pytest.mark.parametrize("text", ["NAD83", "ITRF", "2021.5", "ITRF2014@", "ITRF2014@21.5"])
def test_a_label_that_names_no_frame_is_refused_not_dropped(text):
    with pytest.raises(FrameUnreadable, match="leave it empty"):
        parse_frame(text)


def test_whether_two_frames_are_the_same_is_yes_no_or_unknown():
    here = parse_frame("ITRF2014@2021.5")
    assert here.same_as(parse_frame("ITRF2014@2021.50")) is True
    assert here.same_as(parse_frame("ITRF2014@2010")) is False
    assert here.same_as(parse_frame("ITRF2008@2021.5")) is False
    for unknown in ("", "WGS84", "ITRF2014"):
        assert here.same_as(parse_frame(unknown)) is None
        assert parse_frame(unknown).same_as(here) is None
    wgs84 = parse_frame("WGS84")
    assert wgs84.same_as(wgs84) is None  # a family, not a frame

"""Printed sheets: true to scale, right coordinates, readable Thai."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pyproj import Transformer

from taxmap.errors import MapTooLarge, NothingToDraw, TooManySheets
from taxmap.paper import sheet
from taxmap.paper.layout import (
    PAPERS,
    SCALES,
    box_of,
    eastings,
    fitting_scale,
    frame_size_mm,
    frames,
    grid_step_m,
    northings,
)
from taxmap.paper.sheet import Request, sheet_html, sheet_pdf
from taxmap.themes import Theme, class_of, classes_of, payment_state, round_breaks
from tests.factories import a_local_authority, a_square, a_unit, an_assessment
from web.paper import FONTS, FontsOnly, Frame, scale_bar_m

POINT_MM = 25.4 / 72
scales = st.sampled_from(SCALES)
relaxed = settings(deadline=None)  # a busy machine is not a fault


@relaxed
@given(scales)
def test_the_scale_bar_is_as_long_as_it_says(scale: int) -> None:
    metres = scale_bar_m(scale)
    assert 20 < metres * 1000 / scale <= 52
    assert str(metres).strip("0") in {"1", "2", "5"}


@relaxed
@given(scales)
def test_grid_lines_keep_a_readable_distance(scale: int) -> None:
    assert 40 <= grid_step_m(scale) * 1000 / scale < 100 or scale == SCALES[0]


@relaxed
@given(
    st.floats(100_000, 900_000), st.floats(600_000, 2_300_000), scales, st.sampled_from([*PAPERS])
)
def test_grid_lines_lie_where_their_number_says(
    easting: float, northing: float, scale: int, paper: str
) -> None:
    frame = Frame(easting, northing, *frame_size_mm(paper), scale)
    for line in eastings(frame):
        assert line.metres % grid_step_m(scale) == 0
        assert line.at_mm == pytest.approx((line.metres - easting) * 1000 / scale, abs=0.002)
        assert 0 <= line.at_mm <= frame.width_mm
    for line in northings(frame):
        from_bottom = frame.height_mm - line.at_mm
        assert from_bottom == pytest.approx((line.metres - northing) * 1000 / scale, abs=0.002)


@relaxed
@given(st.floats(10, 3_000), st.floats(10, 3_000), st.sampled_from([*PAPERS]))
def test_the_fitting_scale_fits_on_one_sheet(width: float, height: float, paper: str) -> None:
    box = (650_000.0, 1_500_000.0, 650_000.0 + width, 1_500_000.0 + height)
    scale = fitting_scale(box, paper)
    sheets = frames(box, [box], paper, scale)
    assert len(sheets) == 1
    frame = sheets[0][2]
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        across, down = frame.to_paper(x, y)
        assert 0 <= across <= frame.width_mm
        assert 0 <= down <= frame.height_mm


@relaxed
@given(scales.filter(lambda scale: scale <= 2_000))
def test_several_sheets_cover_everything_without_overlap(scale: int) -> None:
    box = (650_000.0, 1_500_000.0, 650_300.0, 1_500_200.0)
    sheets = frames(box, [box], "A3", scale)
    area = sum(frame.width_m * frame.height_m for _row, _column, frame in sheets)
    west = min(frame.easting for *_, frame in sheets)
    south = min(frame.northing for *_, frame in sheets)
    east = max(frame.easting + frame.width_m for *_, frame in sheets)
    north = max(frame.northing + frame.height_m for *_, frame in sheets)
    assert west <= box[0]
    assert south <= box[1]
    assert east >= box[2]
    assert north >= box[3]
    assert area == pytest.approx((east - west) * (north - south), rel=1e-6)


def test_too_many_sheets_are_refused() -> None:
    box = (650_000.0, 1_500_000.0, 660_000.0, 1_510_000.0)
    with pytest.raises(TooManySheets):
        frames(box, [box], "A4", 500)


@relaxed
@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_every_payment_has_one_state(tax: int, paid: int) -> None:
    state = payment_state(tax, paid)
    assert (state == "paid") == (paid >= tax)
    assert (state == "unpaid") == (paid == 0)
    assert payment_state(0, paid) == "exempt"


@relaxed
@given(st.lists(st.integers(0, 10**7), max_size=6))
def test_breaks_rise(amounts: list[int]) -> None:
    breaks = round_breaks(sorted(amounts))
    assert list(breaks) == sorted(set(breaks))
    assert len(breaks) <= 4
    row = {"price_satang": 100 * 10**8, "tax_satang": 1, "paid_satang": 0, "use": "other"}
    classes = classes_of(Theme.VALUE, breaks)
    assert class_of(row, Theme.VALUE, classes).above == ([-1, *breaks])[-1]


# --- real sheets ---------------------------------------------------------------------------


@pytest.fixture
def block(db: None) -> Any:
    """Two plots in block 01A, one of them paid for."""
    authority = a_local_authority(name_th="เทศบาลเมืองน้ำผึ้งปิ่นเกล้า", name_en="Honey Town")
    for n in (1, 2):
        unit = a_unit(
            uses={"other": 100},
            parcel={"tax_parcel_code": f"01A00{n}", "land_number": str(100 + n),
                    "geometry": a_square(lon=100.47 + n * 0.0004)},
        )  # fmt: skip
        an_assessment(unit, tax_satang=120_000 if n == 1 else 0)
    return authority


def asked(authority: Any, **changes: Any) -> Request:
    fields: dict[str, Any] = {
        "authority": authority, "tax_year": 2026, "area": "01A", "theme": Theme.PAYMENT,
        "paper": "A4", "scale": 500, "prepared_by": "สมหญิง ตั้งใจดี", "today": date(2026, 11, 21),
    }  # fmt: skip
    return Request(**fields | changes)


def skeleton(text: str) -> str:
    """The text layer loses the ring and the tone of a sara am (น้ำ reads นา); both go here."""
    return re.sub(r"[\s\u0e48-\u0e4d]", "", text.replace("ำ", "า"))


@pytest.mark.parametrize("paper", PAPERS)
def test_the_page_has_the_size_of_the_paper(block: Any, paper: str) -> None:
    pages = PdfReader(io.BytesIO(sheet_pdf(asked(block, paper=paper)))).pages
    assert len(pages) == 1
    width, height = (float(each) * POINT_MM for each in pages[0].mediabox[2:])
    assert (width, height) == pytest.approx(PAPERS[paper], abs=0.1)


def test_the_sheet_says_what_it_is(block: Any) -> None:
    with translation.override("th"):
        reader = PdfReader(io.BytesIO(sheet_pdf(asked(block))))
    text = skeleton(reader.pages[0].extract_text())
    for words in (
        "แผนที่การจัดเก็บภาษี", "เทศบาลเมืองน้ำผึ้งปิ่นเกล้า", "เขต 01", "เขตย่อย A", "ปีภาษี 2569",
        "21 พฤศจิกายน 2569", "ผู้จัดทำ", "ผู้อนุมัติ", "สมหญิง ตั้งใจดี", "1:500", "EPSG:32647", "WGS 84",
        "ยังไม่ชำระ", "001", "002", "101", "แผ่นที่ 1 จาก 1",
    ):  # fmt: skip
        assert skeleton(words) in text, words
    assert "เมืองสาธิต" not in text


def test_the_type_is_whole_and_inside(block: Any) -> None:
    reader = PdfReader(io.BytesIO(sheet_pdf(asked(block))))
    fonts = reader.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    names = {str(font.get_object()["/BaseFont"]) for font in fonts.values()}
    assert names
    assert all("Sarabun" in name for name in names), names


def test_the_demo_town_is_marked(block: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "is_demo", lambda _authority: True)
    with translation.override("th"):
        assert "เมืองสาธิต" in sheet_html(asked(block))


def test_shapes_bar_and_grid_are_at_the_scale(block: Any) -> None:
    """The plot drawn is as wide as the plot on the ground, divided by the scale."""
    page = sheet_html(asked(block, scale=500))
    to_zone = Transformer.from_crs(4326, 32647, always_xy=True)
    west, _south = to_zone.transform(100.4704, 13.87)
    east, _north = to_zone.transform(100.4708, 13.87)
    path = re.search(r'<path d="([^"]+)"', page)
    assert path
    xs = [float(pair.split()[0]) for pair in re.findall(r"[\d.]+ [\d.]+", path[1])]
    # The square is drawn in degrees and leans a little in the zone: compare its lower edge.
    assert max(xs) - min(xs) == pytest.approx((east - west) * 1000 / 500, abs=0.6)
    bar = re.findall(r'class="bar-part" x="([\d.]+)" y="0.5" width="([\d.]+)"', page)
    assert sum(float(width) for _x, width in bar) == pytest.approx(scale_bar_m(500) * 2, abs=0.01)
    grid = re.findall(r'class="grid e" style="left: calc\(([\d.]+)mm \+ ([\d.]+)mm\)', page)
    labels = re.findall(r'class="grid e"[^>]*>([^<]+)<', page)
    assert labels
    left, at = (float(each) for each in grid[0])
    metres = int(re.sub(r"\D", "", labels[0]))
    assert metres % grid_step_m(500) == 0
    corner = float(min(xs))
    assert west - metres == pytest.approx((corner - at) * 500 / 1000, abs=0.3)
    assert left == 23


def test_nothing_and_too_much_are_told(block: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingToDraw):
        sheet_pdf(asked(block, area="99Z"))
    monkeypatch.setattr(sheet, "MOST_PLOTS", 1)
    with pytest.raises(MapTooLarge):
        sheet_pdf(asked(block))


def test_a_sheet_fetches_nothing_but_its_type() -> None:
    fetcher = FontsOnly(allowed_protocols=["file"])
    for url in ("file:///etc/passwd", "https://example.org/x", f"{FONTS.as_uri()}/../../x"):
        with pytest.raises(ValueError, match="does not fetch"):
            fetcher.fetch(url)


def test_the_box_of_a_shape() -> None:
    shape = {"type": "Polygon", "coordinates": [[[1, 2], [3, 2], [3, 5], [1, 2]]]}
    assert box_of(shape) == (1, 2, 3, 5)

"""Tax-map sheets: the right square, true to scale on the paper, and readable."""

from __future__ import annotations

import io
import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.gis.geos import LineString, MultiPolygon, Polygon
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from shapely import LineString as Line
from shapely import box

from cadastre.geodesy import WGS84, transformer
from cadastre.geodesy.sheets import sheet_at, sheet_extent
from cadastre.identifiers import MapSheet
from offices.jobs import CommandRun
from offices.models import Office
from taxmap.errors import EmptySheet, NoSheetsHere, SymbolsUnusable
from taxmap.models import Street, TaxBlock, TaxZone
from taxmap.paper.labels import Labels
from taxmap.paper.layout import PAPERS, grid_step_m
from taxmap.paper.sheet_words import inner_word, line_word, width_mm
from taxmap.paper.symbols import STANDARD, TextSign, symbols_of
from taxmap.paper.tax_sheet import MAP_LEFT_MM, SheetRequest, tax_sheet_html, tax_sheet_pdf
from taxmap.paper.tax_sheets import (
    PARTS_PER_SIDE,
    SCALES,
    neighbours_of,
    pages_of,
    sheets_of,
)
from taxmap.round_jobs import tax_sheets
from tests.factories import a_building, a_local_authority, a_square, a_unit
from web.paper import Frame

POINT_MM = 25.4 / 72
TODAY = date(2026, 11, 21)
INDIAN = 24047
relaxed = settings(deadline=None, max_examples=40)
thai_places = st.tuples(st.floats(98.0, 101.9), st.floats(6.0, 20.0))


@relaxed
@given(thai_places, st.sampled_from(SCALES), st.sampled_from([*PARTS_PER_SIDE]))
def test_the_pages_of_a_sheet_are_its_square(
    place: tuple[float, float], scale: int, paper: str
) -> None:
    sheet = sheet_at(*place, WGS84, scale)
    extent = sheet_extent(sheet)
    pages = pages_of(sheet, paper)
    assert len(pages) == PARTS_PER_SIDE[paper] ** 2
    assert min(page.box[0] for page in pages) == extent.bounds.min_x
    assert max(page.box[3] for page in pages) == extent.bounds.max_y
    width = extent.bounds.max_x - extent.bounds.min_x
    assert sum(page.frame.width_m * page.frame.height_m for page in pages) == pytest.approx(
        width * width
    )
    for page in pages:
        across, along = PAPERS[paper]
        assert page.frame.width_mm < across
        assert page.frame.height_mm < along
        assert page.frame.width_mm == page.frame.width_m * 1000 / scale


@relaxed
@given(thai_places, st.sampled_from(SCALES))
def test_neighbours_lie_around_their_sheet(place: tuple[float, float], scale: int) -> None:
    sheet = sheet_at(*place, WGS84, scale)
    around = neighbours_of(sheet)
    assert around[1][1].key.split("|")[2:] == sheet.key.split("|")[2:]
    own, east = (sheet_extent(each).bounds for each in around[1][1:])
    assert east.min_x == own.max_x
    assert east.min_y == own.min_y


# --- a drawn sheet --------------------------------------------------------------------------


@pytest.fixture
def town(db: None) -> Office:
    """Three plots of a block with a building and a street, in the middle of a 1:500 sheet."""
    authority = a_local_authority(name_th="เทศบาลเมืองน้ำผึ้งปิ่นเกล้า", name_en="Honey Town")
    lon, lat = _middle()
    for n in (1, 2, 3):
        unit = a_unit(
            parcel={"tax_parcel_code": f"01A00{n}", "land_number": str(100 + n),
                    "geometry": a_square(lon + n * 0.0004, lat)},
        )  # fmt: skip
        a_building(unit, footprint=Polygon.from_bbox(
            (lon + n * 0.0004 + 0.0001, lat + 0.0001, lon + n * 0.0004 + 0.0002, lat + 0.0002)
        ))  # fmt: skip
    area = MultiPolygon(Polygon.from_bbox((lon, lat - 0.0003, lon + 0.002, lat + 0.001)), srid=4326)
    zone = TaxZone.objects.create(local_authority=authority, code="01", geometry=area)
    TaxBlock.objects.create(zone=zone, code="A", geometry=area)
    Street.objects.create(
        local_authority=authority, name_th="ซอยปิ่นเกล้า ๓", name_en="Soi Pinklao 3",
        centreline=LineString((lon, lat - 0.0001), (lon + 0.0018, lat - 0.0001), srid=4326),
    )  # fmt: skip
    return authority


def _middle() -> tuple[float, float]:
    """A place 60 m from the corner of the 1:500 sheet that holds 100.47 E, 13.87 N."""
    bounds = sheet_extent(sheet_at(100.47, 13.87, WGS84, 500)).bounds
    lon, lat = transformer(INDIAN, WGS84).transform(bounds.min_x + 20, bounds.min_y + 90)
    return float(lon), float(lat)


def asked(town: Office, scale: int = 500, **changes: Any) -> SheetRequest:
    lon, lat = _middle()
    sheet = sheet_at(lon + 0.0005, lat + 0.0001, WGS84, scale)
    fields: dict[str, Any] = {
        "authority": town, "sheet": sheet, "paper": "A1", "prepared_by": "สมหญิง ตั้งใจดี",
        "checked_by": "ศักดิ์ชัย ตรวจถี่ถ้วน", "today": TODAY,
    }  # fmt: skip
    return SheetRequest(**fields | changes)


def lines_on(page: Any) -> list[tuple[float, float, float, float]]:
    """Every straight line of a page: x0, y0, x1, y1 in millimetres from the lower left corner."""
    found: list[tuple[float, float, float, float]] = []
    start: list[float] = []

    def visit(operator: bytes, operands: Any, matrix: Any, _text: Any) -> None:
        nonlocal start
        if operator in {b"m", b"l"}:
            x, y = (float(each) for each in operands)
            a, b, c, d, e, f = (float(each) for each in matrix)
            point = [(a * x + c * y + e) * POINT_MM, (b * x + d * y + f) * POINT_MM]
            if operator == b"l" and start:
                found.append((*start, *point))  # type: ignore[arg-type]
            start = point

    page.extract_text(visitor_operand_before=visit)
    return found


@pytest.mark.parametrize(("scale", "paper"), [(500, "A1"), (1000, "A3"), (4000, "A1")])
def test_a_hundred_metres_of_grid_measure_what_the_scale_says(
    town: Office, scale: int, paper: str
) -> None:
    """Measured on the PDF itself: the lines of the grid, to 0.2 mm."""
    page = PdfReader(io.BytesIO(tax_sheet_pdf(asked(town, scale, paper=paper)))).pages[0]
    (frame,) = {each.frame.width_mm for each in pages_of(asked(town, scale).sheet, paper)}
    upright = sorted({
        round(x0, 2) for x0, y0, x1, y1 in lines_on(page)
        if abs(x0 - x1) < 0.01 and abs(abs(y1 - y0) - frame) < 0.2
    })  # fmt: skip
    edges = (MAP_LEFT_MM, MAP_LEFT_MM + frame)
    upright = [x for x in upright if min(abs(x - edge) for edge in edges) > 0.5]
    step = grid_step_m(scale)
    assert len(upright) >= frame * scale / 1000 / step - 2
    apart = [(b - a) * (100 / step) for a, b in pairwise(upright)]
    for measured in apart:
        assert measured == pytest.approx(100 * 1000 / scale, abs=0.2)


def test_a_plot_lies_where_the_grid_says(town: Office) -> None:
    """The corner of a plot, taken back from the paper through the numbers of the grid."""
    request = asked(town)
    page = tax_sheet_html(request)
    frame = pages_of(request.sheet, "A1")[0].frame
    lon, lat = _middle()
    east, north = transformer(WGS84, INDIAN).transform(lon + 0.0004, lat)
    paths = re.findall(r'<path d="M([^"]+)Z" fill="none"', page)
    corners = [
        tuple(float(each) for each in pair.split())
        for path in paths for pair in path.split("L")
    ]  # fmt: skip
    x, y = frame.to_paper(east, north)
    assert min(abs(x - cx) + abs(y - cy) for cx, cy in corners) < 0.02
    number = re.search(
        r'class="grid e" style="left: calc\([\d.]+mm \+ ([\d.]+)mm\)[^>]*>([^<]+)', page
    )
    assert number
    metres = int(re.sub(r"\D", "", number[2]))
    assert metres == pytest.approx(frame.easting + float(number[1]) * 500 / 1000, abs=0.01)


def skeleton(text: str) -> str:
    """The text layer loses the ring and the tone of a sara am; both go here."""
    return re.sub(r"[\s\u0e48-\u0e4d]", "", text.replace("ำ", "า"))


def test_the_sheet_says_what_it_is(town: Office) -> None:
    request = asked(town)
    with translation.override("th"):
        reader = PdfReader(io.BytesIO(tax_sheet_pdf(request)))
    (page,) = reader.pages
    assert [float(each) * POINT_MM for each in page.mediabox[2:]] == pytest.approx(
        PAPERS["A1"], abs=0.1
    )
    text = skeleton(page.extract_text())
    around = [str(each) for row in neighbours_of(request.sheet) for each in row]
    for words in (
        "แผนที่ภาษี", "เทศบาลเมืองน้ำผึ้งปิ่นเกล้า", str(request.sheet), "1:500", "01A001", "101", "B001",
        "ซอยปิ่นเกล้า", "01A", "สมหญิง ตั้งใจดี", "ศักดิ์ชัย ตรวจถี่ถ้วน", "21 พฤศจิกายน 2569", "EPSG:24047",
        "Indian 1975", "WGS 84", *around,
    ):  # fmt: skip
        assert skeleton(words) in text, words


def test_a3_has_the_quarters_that_have_plots(town: Office) -> None:
    pages = PdfReader(io.BytesIO(tax_sheet_pdf(asked(town, 4000, paper="A3")))).pages
    assert len(pages) == 1
    assert len(PdfReader(io.BytesIO(tax_sheet_pdf(asked(town, 500, paper="A3")))).pages) >= 1


def test_the_sheets_of_an_authority_are_those_with_its_plots(town: Office) -> None:
    for scale in SCALES:
        found = sheets_of(town, scale, TODAY)
        assert asked(town, scale).sheet in found
        assert sum(found.values()) >= 3
        assert max(found.values()) <= 3
        for sheet in found:
            assert tax_sheet_html(asked(town, sheet=sheet))
    elsewhere = MapSheet.parse("5136 II 6618-14")
    with pytest.raises(EmptySheet, match="5136 II 6618-14"):
        tax_sheet_html(asked(town, sheet=elsewhere))
    with pytest.raises(NoSheetsHere, match="EPSG:3301"):
        sheets_of(a_local_authority("EE", zone_srid=3301), 500, TODAY)


def test_all_sheets_come_in_one_archive(town: Office, tmp_path: Path) -> None:
    run = CommandRun(io.StringIO(), office=town, directory=tmp_path)
    result = tax_sheets(run, scale=4000, paper="A3", checker="", language="th")
    assert result["sheets"] == len(sheets_of(town, 4000, TODAY))
    assert (tmp_path / "tax-map-1-4000-A3.zip").stat().st_size > 1000


# --- signs ----------------------------------------------------------------------------------


def changed(tmp_path: Path, place: str, value: object) -> Path:
    """The standard signs with one value changed, as a file."""
    signs = yaml.safe_load(STANDARD.read_text(encoding="utf-8"))
    *path, last = place.split(".")
    inner = signs
    for name in path:
        inner = inner[name]
    inner[last] = value
    file = tmp_path / "signs.yaml"
    file.write_text(yaml.safe_dump(signs), encoding="utf-8")
    return file


def test_an_authority_may_keep_its_own_signs(town: Office, tmp_path: Path, settings: Any) -> None:
    settings.CHANOT_TAX_MAP_SYMBOLS = str(changed(tmp_path, "lines.block.stroke", "#12ab34"))
    assert "#12ab34" in tax_sheet_html(asked(town))


@pytest.mark.parametrize(("place", "value"), [
    ("lines.block.stroke", "red\"/><script>"), ("areas.parcel.width", "wide"),
    ("areas.parcel.width", 99), ("texts.zone.weight", 650), ("lines.zone.dash", "1;2"),
    ("areas.parcel.fill", None), ("texts.zone", "x"), ("lines.river", {}),
])  # fmt: skip
def test_signs_that_cannot_be_drawn_are_named(tmp_path: Path, place: str, value: object) -> None:
    with pytest.raises(SymbolsUnusable, match=place.split(".", 1)[0]):
        symbols_of(changed(tmp_path, place, value))


def test_a_file_that_is_no_list_of_signs_is_named(tmp_path: Path) -> None:
    for content in ("- a", "a: [", "\x00"):
        file = tmp_path / f"{len(content)}.yaml"
        file.write_text(content, encoding="utf-8")
        with pytest.raises(SymbolsUnusable):
            symbols_of(file)
    with pytest.raises(SymbolsUnusable, match=r"absent\.yaml"):
        symbols_of(tmp_path / "absent.yaml")


# --- words ----------------------------------------------------------------------------------

SIGN, SMALL = TextSign(7, 600, "#000000"), TextSign(5.5, 400, "#000000")
FRAME = Frame(0, 0, 200, 200, 1000)


@relaxed
@given(st.lists(st.tuples(st.floats(0, 190), st.floats(0, 190), st.floats(5, 40),
                          st.floats(5, 40)), max_size=25))  # fmt: skip
def test_labels_never_lie_on_each_other(plots: list[tuple[float, float, float, float]]) -> None:
    labels, words = Labels(200, 200), []
    for n, (x, y, width, height) in enumerate(plots):
        shape = box(x, y, x + width, y + height)
        word = inner_word(
            shape, (f"01A{n:03d}", "7"), FRAME, (SIGN, SMALL), labels, short=f"{n:03d}"
        )
        if word:
            assert shape.buffer(0.01).contains(_ground(word))
            words.append(word)
    for n, one in enumerate(words):
        for other in words[:n]:
            shared = _ground(one).intersection(_ground(other)).area
            assert shared < 0.25 * min(_ground(one).area, _ground(other).area)


def _ground(word: Any) -> Any:
    """The room of a label on the ground, level or upright."""
    across, along = (word.width, word.height)
    if abs(word.degrees) > 45:
        across, along = along, across
    x, y = word.x, 200 - word.y
    return box(x - across / 2, y - along / 2, x + across / 2, y + along / 2)


def test_a_narrow_plot_is_numbered_along_its_longer_side() -> None:
    labels = Labels(200, 200)
    narrow = box(10, 10, 14, 40)
    word = inner_word(narrow, ("01A001", "12"), FRAME, (SIGN, SMALL), labels, short="001")
    assert word is not None
    assert (word.text, abs(word.degrees)) == ("01A001", 90)
    tiny = box(50, 10, 53.2, 12.2)
    word = inner_word(tiny, ("01A002", ""), FRAME, (SIGN, SMALL), labels, short="002")
    assert word is not None
    assert word.text == "002"
    assert word.sign.size < SIGN.size


def test_a_name_follows_its_street_and_is_never_upside_down() -> None:
    for street in (Line([(10, 10), (100, 60)]), Line([(100, 60), (10, 10)])):
        word = line_word(street, "ซอยปิ่นเกล้า", FRAME, SIGN, Labels(200, 200))
        assert word is not None
        assert word.degrees == pytest.approx(-29.1, abs=0.2)
    assert line_word(Line([(0, 0), (5, 0)]), "ซอยปิ่นเกล้า", FRAME, SIGN, Labels(200, 200)) is None


def test_marks_over_and_under_letters_take_no_room() -> None:
    assert width_mm("ปิ่น", 7) == width_mm("ปน", 7)

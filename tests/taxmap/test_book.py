"""The printed book: whole, readable, with codes that a phone reads, and names only when asked."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp
from django.utils import translation
from pypdf import PdfReader
from shapely import box

from offices.jobs import CommandRun
from offices.models import Role
from taxmap.models import CollectionBook, RoundStop
from taxmap.paper.book import BookRequest, book_pdf
from taxmap.paper.layout import PAPERS
from taxmap.paper.round_sheet import RoundShapes, round_frames, round_map, shapes_of
from taxmap.round_jobs import collection_book
from taxmap.visits import stop_rows
from tests.factories import NOW, a_local_authority, a_user
from tests.taxmap.rounds import a_book

pytestmark = pytest.mark.django_db
POINT_MM = 25.4 / 72
DOTS = 200


def printed(book: CollectionBook, *, paper: str = "A4", owners: bool = False) -> bytes:
    with translation.override("th"):
        return book_pdf(BookRequest(book, paper, "สมหญิง ตั้งใจดี", owners, NOW))


def words(pdf: bytes) -> str:
    """The text layer without spaces and marks, which it does not keep in order."""
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"[\s\u0e48-\u0e4d]", "", text.replace("ำ", "า"))


def skeleton(text: str) -> str:
    return re.sub(r"[\s\u0e48-\u0e4d]", "", text.replace("ำ", "า"))


@pytest.mark.parametrize("paper", ["A4", "A3"])
def test_a_book_has_an_index_and_for_each_round_a_map_and_a_list(paper: str) -> None:
    book = a_book(6, stops=3)
    reader = PdfReader(io.BytesIO(printed(book, paper=paper)))
    for page in reader.pages:
        assert [float(each) * POINT_MM for each in page.mediabox[2:]] == pytest.approx(
            PAPERS[paper], abs=0.1
        )
    assert len(reader.pages) == 2 + 2 * 2
    index = reader.pages[1].extract_text()
    for number, first_page in ((1, 3), (2, 5)):
        assert re.search(rf"(?m)^{number}\s+3\s+\d+\s+\d+\s+3,600\.00\s+{first_page}\s*$", index)


def test_a_book_says_codes_amounts_streets_and_its_scale() -> None:
    text = words(printed(a_book(4)))
    for word in (
        "01A001", "01A004", "เลขที่ดิน 104", "1,200.00", "4,800.00", "ถนนน้ำผึ้ง", "1:1000",
        "ปีภาษี 2569", "20 พฤศจิกายน 2569", "สมหญิง ตั้งใจดี",
    ):  # fmt: skip
        assert skeleton(word) in text, word


def test_names_are_printed_only_when_asked_for() -> None:
    book = a_book(2)
    assert "เจาของ" not in words(printed(book))
    text = words(printed(book, owners=True))
    assert skeleton("เจ้าของที่1") in text
    assert skeleton("เจ้าของที่2") in text


def pictures(pdf: bytes, folder: Path) -> list[Any]:
    """The pages as grey pixels, drawn by poppler."""
    (folder / "book.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-gray", "-r", str(DOTS), "book.pdf", "page"],
        cwd=folder,
        check=True,
        timeout=120,
    )
    found = []
    for file in sorted(folder.glob("page*.pgm")):
        head, rest = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", file.read_bytes()), file.read_bytes()
        assert head
        width, height = int(head[1]), int(head[2])
        found.append(np.frombuffer(rest, np.uint8, offset=head.end()).reshape(height, width))
    return found


def test_the_codes_of_the_list_open_the_pages_of_the_plots(tmp_path: Path, settings: Any) -> None:
    settings.CHANOT_PUBLIC_URL = "https://land.example"
    book = a_book(3)
    pages = pictures(printed(book), tmp_path)
    read = [
        code.text
        for page in pages
        for code in zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)
    ]
    stops = RoundStop.objects.filter(round__book=book).select_related("unit__parcel")
    assert sorted(read) == sorted(
        f"https://land.example/parcels/{stop.unit.parcel.public_id}/" for stop in stops
    )


def test_the_map_shows_every_stop_and_a_walk_true_to_scale() -> None:
    book = a_book(5)
    (walk,) = book.rounds.all()
    shapes = shapes_of(walk, stop_rows([walk], book), book.local_authority)
    sheets = [
        round_map(shapes, frame, book.local_authority) for frame in round_frames(shapes, "A4")
    ]
    assert {mark["order"] for sheet in sheets for mark in sheet["marks"]} == {1, 2, 3, 4, 5}
    assert all(sheet["arrows"] for sheet in sheets)
    assert [word.text for sheet in sheets for word in sheet["names"]]
    assert [word.text for sheet in sheets for word in sheet["codes"]]
    first = sheets[0]
    (x0, y0), (x1, y1) = (first["frame"].to_paper(*shapes.points[n]) for n in (0, 1))
    ground = np.hypot(*(np.array(shapes.points[0]) - np.array(shapes.points[1])))
    paper = np.hypot(x1 - x0, y1 - y0)
    assert paper * first["scale"] / 1000 == pytest.approx(ground, abs=0.01)


def test_crowded_numbers_enlarge_the_map_into_several_sheets() -> None:
    """Row houses four metres apart cannot be numbered at 1:2,000: the discs would touch."""

    def sheets(apart: float) -> list[Any]:
        points = tuple((1000 + n * apart, 1000.0) for n in range(round(330 / apart)))
        plots = tuple(box(x, y - 8, x + apart, y + 8) for x, y in points)
        return round_frames(RoundShapes((), plots, points, points), "A4")

    assert {frame.scale for frame in sheets(4.2)} == {1000}
    assert len(sheets(4.2)) > 1
    assert [frame.scale for frame in sheets(11.0)] == [2000]


def test_a_book_of_plots_without_any_street_is_still_a_book() -> None:
    book = a_book(2)
    book.unreached = [stop.unit_id for stop in RoundStop.objects.filter(round__book=book)]
    book.save()
    RoundStop.objects.filter(round__book=book).delete()
    book.rounds.all().delete()
    assert skeleton("01A001, 01A002") in words(printed(book))


def test_a_long_book_is_made_by_a_job_with_progress(tmp_path: Path) -> None:
    book = a_book(4, stops=2)
    said = io.StringIO()
    run = CommandRun(said, office=book.local_authority, directory=tmp_path)
    run.requested_by = a_user("printer", Role.TAX_OFFICER, office=a_local_authority())
    result = collection_book(run, book=book.public_id, paper="A4", owners=True, language="th")
    assert result["rounds"] == 2
    assert "2 / 2" in said.getvalue()
    (made,) = tmp_path.glob("*.pdf")
    assert skeleton("เจ้าของที่1") in words(made.read_bytes())

"""Letters as PDF: read back by an independent decoder, measured, and added up again."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PageObject, PdfReader

from cadastre.payments import BillPayment, parse_barcode, parse_qr
from cadastre.tax import Owner, Use, UsePart
from taxmap.balances import Owed
from taxmap.models import NoticeKind
from taxmap.paper.notices import setting
from taxmap.paper.notices.columns import rows_7, rows_8
from taxmap.paper.notices.envelope import envelope_named, envelopes
from taxmap.paper.notices.errors import NoticeRanOver
from taxmap.paper.notices.letter import Letter
from taxmap.paper.notices.pages import LETTERS, SUMMED, WIDTHS_MM, sheet_pages
from taxmap.paper.notices.plots import MOST_MAPS, Plot, picture_of
from taxmap.paper.notices.setting import notices_html, notices_pdf, pdf_of_html
from taxmap.templatetags.taxmap_notices import HEADS
from tests.taxmap.notice_factories import (
    BILLER,
    STACKED,
    a_farm,
    a_letter,
    a_room,
    a_sender,
    a_shop,
    assessed,
    plots_of,
)
from tests.taxmap.test_paper import skeleton

POINT_MM = 25.4 / 72
relaxed = settings(deadline=None)
satang = st.integers(1, 10**11)


def pages_of(letter: Letter) -> list[PageObject]:
    content, count = notices_pdf([letter])
    pages = list(PdfReader(io.BytesIO(content)).pages)
    assert len(pages) == count
    return pages


def codes_on(letter: Letter, tmp_path: Path) -> dict[str, Any]:
    """Every code that the decoder finds on the pages, by its text."""
    (tmp_path / "letter.pdf").write_bytes(notices_pdf([letter])[0])
    subprocess.run(
        ["pdftoppm", "-r", "200", "-l", "2", "-gray", "-png", "letter.pdf", "page"],
        cwd=tmp_path, check=True,
    )  # fmt: skip
    found: dict[str, Any] = {}
    for page in sorted(tmp_path.glob("page*.png")):
        with Image.open(page) as picture:
            for code in zxingcpp.read_barcodes(picture):
                found[code.bytes.decode()] = code
    return found


# --- what is scanned -----------------------------------------------------------------------------


def test_every_code_is_read_back_from_the_printed_page(tmp_path: Path) -> None:
    letter = a_letter()
    assert letter.slip is not None
    found = codes_on(letter, tmp_path)
    whole = letter.slip.bill
    assert whole == BillPayment(BILLER, letter.bill.reference_1, "25690", letter.due_satang)
    payments = [parse_qr(text) for text in found if text.startswith("000201")]
    assert whole in payments
    parts = [each for each in payments if each != whole]
    assert sorted(each.amount_satang or 0 for each in parts) == sorted(
        part.amount_satang for part in letter.parts
    )
    assert sum(part.amount_satang for part in letter.parts) == letter.bill.tax_satang
    assert [parse_barcode(text) for text in found if text.startswith("|")] == [whole]
    assert letter.explanation_url in found
    assert letter.code in found


def test_a_reminder_leaves_the_amount_to_the_day_of_payment(tmp_path: Path) -> None:
    found = codes_on(a_letter(kind=NoticeKind.REMINDER), tmp_path)
    assert [parse_qr(text).amount_satang for text in found if text.startswith("000201")] == [None]
    assert [parse_barcode(text).amount_satang for text in found if text[0] == "|"] == [None]


def test_who_owes_nothing_gets_no_slip(tmp_path: Path) -> None:
    letter = a_letter(a_farm(), owed=Owed())
    assert letter.slip is None
    found = codes_on(letter, tmp_path)
    assert not [text for text in found if text.startswith(("|", "0002"))]
    assert skeleton("ไม่มีภาษีที่ต้องชำระ") in skeleton(pages_of(letter)[1].extract_text())


# --- where things stand ---------------------------------------------------------------------------


def places_of(page: PageObject) -> list[tuple[str, float, float]]:
    """Every piece of text with its millimetres from the upper left corner."""
    height = float(page.mediabox.height)
    found: list[tuple[str, float, float]] = []

    def visit(text: str, cm: list[float], tm: list[float], *_font: Any) -> None:
        if text.strip():
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            found.append((text.strip(), x * POINT_MM, (height - y) * POINT_MM))

    page.extract_text(visitor_text=visit)
    return found


CO_OWNERS = tuple(f"นาย{n}" for n in range(12))


@pytest.mark.parametrize(
    ("key", "names"),
    [*((key, (STACKED,)) for key in envelopes()), ("no9", (STACKED * 4,)), ("no9", CO_OWNERS)],
)
def test_the_address_shows_through_the_window(key: str, names: tuple[str, ...]) -> None:
    envelope = envelope_named(key)
    letter = a_letter(names=names, sender=a_sender(envelope=envelope))
    page = pages_of(letter)[0]
    wanted = [skeleton(line)[:8] for line in letter.to.lines] + [skeleton(names[0])[:8]]
    box = envelope.address_box
    lowest = box["top"] + box["height"]
    inside = [
        skeleton(text)
        for text, x, y in places_of(page)
        if box["left"] - 0.5 <= x <= box["left"] + box["width"] and box["top"] <= y <= lowest + 0.2
    ]
    whole = "".join(inside)
    assert all(part in whole for part in wanted), (wanted, whole)
    assert skeleton("11110") in whole
    above_window = [y for _text, x, y in places_of(page) if x < 115 and lowest + 0.2 < y < 91]
    assert not above_window, "something else may show through the window"


@pytest.mark.parametrize("envelope", envelopes().values())
def test_no_fold_runs_through_the_window_and_measures_are_said_to_be_unverified(
    envelope: Any,
) -> None:
    assert all(
        not envelope.top - 2 < fold < envelope.top + envelope.height + 2 for fold in envelope.folds
    )
    assert envelope.verified is False
    assert "UNVERIFIED" in (Path(setting.__file__).parent / "envelopes.yaml").read_text("utf-8")


def test_the_letter_says_what_the_law_asks() -> None:
    with translation.override("th"):
        pages = pages_of(a_letter())
    first = skeleton(pages[0].extract_text())
    for words in (
        "ภ.ด.ส.6", "แจ้งการประเมินภาษีที่ดินและสิ่งปลูกสร้าง", "พ.ศ. 2569", STACKED, "30 มิถุนายน 2569",
        "ภ.ด.ส.10", "30 วัน", "ร้อยละ 10", "ร้อยละ 40", "งวดที่ 3", "พนักงานประเมิน", "หน้า 1/3",
        "นางสาวสุจิตรา ปิ่นเกล้า", "มาตรา 73", "สตางค์",
    ):  # fmt: skip
        assert skeleton(words) in first, words
    assert skeleton("หน้า 3/3") in skeleton(pages[2].extract_text())


def test_the_letter_is_also_in_english() -> None:
    with translation.override("en"):
        letter = a_letter(sender=a_sender(language="en"))
    text = " ".join(pages_of(letter)[0].extract_text().split())
    for words in ("Notice of assessment", "30 June 2026", "only)" if letter.bill.tax_satang % 100
                  == 0 else "satang)", "ss. 68-72", "Page 1/3"):  # fmt: skip
        assert words in text, words


def test_the_type_is_ours_on_every_page() -> None:
    for page in pages_of(a_letter(a_shop(), a_room())):
        fonts = page["/Resources"]["/Font"].values()  # type: ignore[index]
        names = {str(font.get_object()["/BaseFont"]) for font in fonts}
        assert names
        assert all("Sarabun" in name for name in names), names


def test_a_name_is_text_and_never_markup() -> None:
    html = notices_html([a_letter(names=("<b>บริษัท & ลูก</b>", "</table>"))])
    assert "<b>บริษัท" not in html
    assert html.count("&lt;b&gt;บริษัท &amp; ลูก") >= 2


# --- long sheets ----------------------------------------------------------------------------------


def test_a_long_sheet_goes_on_and_every_page_says_which_it_is() -> None:
    things = [a_shop() if n % 2 else a_farm(40, 900_000) for n in range(30)] + [a_room()] * 36
    letter = a_letter(*things, kind=NoticeKind.ASSESSMENT)
    assert len({each.form for each in letter.sheets}) == 2
    pages = pages_of(letter)
    assert len(pages) == letter.pages > 5
    for number, page in enumerate(pages, start=1):
        assert skeleton(f"หน้า {number}/{letter.pages}") in skeleton(page.extract_text())
    wide = [page.mediabox for page in pages[2:]]
    assert all(float(box.width) > float(box.height) for box in wide)


def test_the_longest_texts_still_fit_the_pages_that_were_counted() -> None:
    units = [with_long_names(each) for each in assessed([a_shop()] * 12 + [a_room()] * 14)]
    letter = a_letter(assessed=units)
    assert len(pages_of(letter)) == letter.pages


def with_long_names(unit: Any) -> Any:
    return replace(
        unit, title="หนังสือรับรองการทำประโยชน์ (น.ส.3 ก.) 123456789012", code="99Z999/999",
        building_names=("บ้านเดี่ยวตึกสองชั้นและโรงจอดรถพร้อมที่พักอาศัย" * 3, "โรงเก็บของ" * 12),
        condominium="อาคารชุดริมแม่น้ำเจ้าพระยาเฟสสองอาคารเหนือ" * 2, joint="ก",
        place="ซอยหมู่บ้านจัดสรรแก้วมณีรัตนาธิเบศร์ 15 แยก 7" * 2,
    )  # fmt: skip


def test_pages_that_were_not_counted_are_refused() -> None:
    html = notices_html([a_letter()])
    with pytest.raises(NoticeRanOver):
        pdf_of_html(html, 2)


things = st.lists(
    st.one_of(
        st.builds(a_farm, st.integers(1, 90), st.integers(1_000, 5_000_000)),
        st.builds(a_shop, uses=st.sampled_from([
            (UsePart(Use.OTHER),), (UsePart(Use.RESIDENTIAL),),
            (UsePart(Use.OTHER, Decimal("0.35")), UsePart(Use.RESIDENTIAL, Decimal("0.65"))),
        ])),
        st.builds(a_room),
    ),
    min_size=1, max_size=25,
)  # fmt: skip


@relaxed
@given(things, st.sampled_from([Owner.INDIVIDUAL, Owner.JURISTIC]))
def test_the_sheets_add_up_to_the_bill_and_carry_every_sum(found: list[Any], owner: Owner) -> None:
    units = assessed(found, owner)
    lines = [line for unit in units for line in unit.lines]
    pages = sheet_pages(units)
    assert sum(row.adds.tax for page in pages for row in page.rows) == sum(
        line.tax_satang for line in lines
    )
    assert sum(row.adds.exempt for page in pages for row in page.rows) == sum(
        line.exemption_satang for line in lines
    )
    assert sum(row.adds.both for page in pages for row in page.rows) == sum(
        line.value_satang for line in lines
    )
    for before, page in pairwise(pages):
        same_form = before.form == page.form
        assert page.brought == (before.sums if same_form else None)
        assert before.is_last != same_form


@relaxed
@given(things)
def test_every_row_has_the_columns_of_its_form(found: list[Any]) -> None:
    for unit in assessed(found):
        rows = rows_8(unit) if unit.is_room else rows_7(unit)
        for place, row in enumerate(rows):
            assert len(row.cells) == (13 if unit.is_room else 26)
            assert row.begins == (place == 0)


@pytest.mark.parametrize("form", [3, 4, 7, 8])
def test_the_columns_of_a_form_fit_the_page(form: int) -> None:
    assert len(HEADS[form]) == len(LETTERS[form]) == len(WIDTHS_MM[form])
    assert sum(WIDTHS_MM[form]) <= 277
    assert all(place <= len(HEADS[form]) for place in SUMMED[form])


# --- maps ----------------------------------------------------------------------------------------


@relaxed
@given(
    st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 4_000), st.integers(5, 300)),
             min_size=1, max_size=12)
)  # fmt: skip
def test_every_plot_is_drawn_whole_or_named(squares: list[tuple[int, int, int]]) -> None:
    plots = [
        Plot(
            parcel_id=n, text=f"P{n}", joint="", tax_satang=n, srid=32647,
            box=(660_000 + x, 1_530_000 + y, 660_000 + x + side, 1_530_000 + y + side),
            label=(660_000 + x + side / 2, 1_530_000 + y + side / 2),
        )
        for n, (x, y, side) in enumerate(squares)
    ]  # fmt: skip
    picture = picture_of(plots)
    assert 1 <= len(picture.maps) <= MOST_MAPS
    drawn = [plot.text for each in picture.maps for plot in each.plots]
    assert sorted([*drawn, *picture.left_out]) == sorted(plot.text for plot in plots)
    for each in picture.maps:
        for plot in each.plots:
            for corner in (plot.box[:2], plot.box[2:]):
                x, y = each.frame.to_paper(*corner)
                assert -0.01 <= x <= each.frame.width_mm + 0.01
                assert -0.01 <= y <= each.frame.height_mm + 0.01
        assert each.bar_mm == pytest.approx(each.bar_m * 1000 / each.frame.scale, abs=0.01)
        assert 5 < each.bar_mm <= 30


def test_plots_side_by_side_share_a_map_and_far_ones_do_not() -> None:
    near = picture_of(plots_of(assessed([a_farm()] * 3)))
    far = picture_of(plots_of(assessed([a_farm()] * 3), apart_m=900))
    assert [len(near.maps), len(far.maps)] == [1, 3]


def test_a_group_valued_as_one_is_marked() -> None:
    units = assessed([a_farm()] * 2)
    joint = [replace(unit, joint="ก") for unit in units]
    letter = a_letter(assessed=joint)
    letter.picture.maps[0].own.append(("M1 1h5v5h-5z", True))
    html = notices_html([letter])
    assert "stroke-dasharray" in html
    text = skeleton(pages_of(letter)[1].extract_text())
    assert skeleton("แปลงติดกัน") in text
    assert re.search(r"1ก", text)

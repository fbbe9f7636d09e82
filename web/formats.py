"""How dates, money and areas are written for people, in the language of the page.

Everything inside the house is Gregorian, satang and square metres; this file and
`web.era` are the only places that know better.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from typing import Final, Literal

import segno
from django.utils import timezone
from django.utils.translation import get_language, gettext

from cadastre.area import Area
from web.era import MONTHS, MONTHS_SHORT, be_year

SATANG_PER_BAHT: Final = 100
MINUS: Final = "\u2212"
NO_BREAK_SPACE: Final = "\u00a0"
QR_QUIET_ZONE: Final = 4
DateStyle = Literal["long", "short", "numeric"]

_DIGIT_WORDS: Final = ("", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
_PLACE_WORDS: Final = ("", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน")


def in_thai() -> bool:
    """Whether the page is in Thai."""
    return (get_language() or "th").startswith("th")


def _local_day(value: dt.date | dt.datetime) -> dt.date:
    if isinstance(value, dt.datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value


def format_year(value: dt.date | dt.datetime | int) -> str:
    """A year as the page's language counts it: 2569 in Thai, 2026 in English.

    A plain number is a year of the Common Era, such as a tax year.
    """
    if isinstance(value, int):
        return str(value + 543 if in_thai() else value)
    day = _local_day(value)
    return str(be_year(day) if in_thai() else day.year)


def format_date(value: dt.date | dt.datetime, style: DateStyle = "long") -> str:
    """``21 พฤศจิกายน 2569`` / ``21 November 2026``; short ``21 พ.ย. 2569``; numeric ``21/11/2569``.

    A moment is written as the day it falls on in Thailand.
    """
    day = _local_day(value)
    if style == "numeric":
        return f"{day.day}/{day.month}/{format_year(day)}"
    months = MONTHS_SHORT if style == "short" else MONTHS
    return f"{day.day} {months[day.month - 1]} {format_year(day)}"


def format_time(value: dt.datetime | dt.time) -> str:
    """``13.30 น.`` / ``13:30``, in Thai time."""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value:%H.%M}{NO_BREAK_SPACE}น." if in_thai() else f"{value:%H:%M}"


def format_datetime(value: dt.datetime, style: DateStyle = "long") -> str:
    """``21 พฤศจิกายน 2569 เวลา 13.30 น.`` / ``21 November 2026, 13:30``, in Thai time."""
    joined = " เวลา " if in_thai() and style == "long" else " " if in_thai() else ", "
    return f"{format_date(value, style)}{joined}{format_time(value)}"


def format_baht(satang: int) -> str:
    """Money with thousands commas and two decimals: 123450 → ``1,234.50``."""
    baht, rest = divmod(abs(satang), SATANG_PER_BAHT)
    return f"{MINUS if satang < 0 else ''}{baht:,}.{rest:02d}"


def format_baht_words(satang: int) -> str:
    """The amount in Thai words, as on a receipt: 2150 → ``ยี่สิบเอ็ดบาทห้าสิบสตางค์``."""
    baht, rest = divmod(abs(satang), SATANG_PER_BAHT)
    words = f"{_thai_number(baht)}บาท" if baht or not rest else ""
    words += f"{_thai_number(rest)}สตางค์" if rest else "ถ้วน"
    return ("ลบ" if satang < 0 else "") + words


def _thai_number(number: int) -> str:
    if number == 0:
        return "ศูนย์"
    millions, rest = divmod(number, 1_000_000)
    words = f"{_thai_number(millions)}ล้าน" if millions else ""
    digits = f"{rest:06d}"
    for at, digit in enumerate(int(d) for d in digits):
        place = 5 - at
        if digit == 0:
            continue
        if place == 1 and digit <= 2:
            words += ("", "สิบ", "ยี่สิบ")[digit]
        elif place == 0 and digit == 1 and number > 1:
            words += "เอ็ด"
        else:
            words += _DIGIT_WORDS[digit] + _PLACE_WORDS[place]
    return words


def _as_area(value: Area | Decimal | int | float) -> Area:
    if isinstance(value, Area):
        return value
    return Area.measured(value) if isinstance(value, float) else Area(Decimal(value))


def _trimmed(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _kept_together(text: str) -> str:
    """A number never leaves its unit at the end of a line."""
    return re.sub(r"(?<=\d) |(?<=sq) ", NO_BREAK_SPACE, text)


def format_rai_ngan_wa(value: Area | Decimal | int | float) -> str:
    """An `Area` or square metres as ``2 ไร่ 1 งาน 50.5 ตร.ว.`` / ``2 rai 1 ngan 50.5 sq wa``."""
    rai, ngan, wa = _as_area(value).to_rai()
    written = gettext("{rai} rai {ngan} ngan {wa} sq wa")
    return _kept_together(written.format(rai=f"{rai:,}", ngan=ngan, wa=_trimmed(wa)))


def format_square_metres(value: Area | Decimal | int | float) -> str:
    """An `Area` or square metres as ``3,802 ตร.ม.`` / ``3,802 m²``, to a hundredth, half up."""
    square_metres = _as_area(value).square_metres.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return (
        gettext("{number} m²").format(number=_trimmed(square_metres)).replace(" ", NO_BREAK_SPACE)
    )


def qr_svg_data(text: str) -> str:
    """A QR code as a ``data:`` address of an SVG picture, error correction M, with its quiet zone.

    A picture needs no style attribute and so passes the strictest content policy.
    """
    code = segno.make(text, error="m", micro=False)
    return code.svg_data_uri(border=QR_QUIET_ZONE, dark="#000", light="#fff", omitsize=True)


def qr_svg_file(text: str) -> bytes:
    """A QR code as an SVG picture of its own."""
    code, picture = segno.make(text, error="m", micro=False), BytesIO()
    code.save(
        picture, kind="svg", border=QR_QUIET_ZONE, dark="#000", light="#fff", omitsize=True,
        svgclass=None, lineclass=None,
    )  # fmt: skip
    return picture.getvalue()


def qr_svg(text: str) -> str:
    """A QR code as an SVG element, for what is printed and not sent to a browser."""
    code = segno.make(text, error="m", micro=False)
    return code.svg_inline(
        border=QR_QUIET_ZONE, dark="#000", light="#fff", omitsize=True, svgclass=None,
        lineclass=None,
    )  # fmt: skip

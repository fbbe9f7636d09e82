"""The attributes of one feature, read into what the register stores; nothing is guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Final, TypeVar

from cadastre.area import SQUARE_METRES_PER_RAI, Area
from cadastre.digits import typed_text
from cadastre.errors import LandError
from cadastre.identifiers import (
    MapSheet,
    ParcelCode,
    deed_number,
    is_citizen_id,
    land_number,
    survey_page,
)
from parcels.importing.columns import ColumnPlan
from parcels.importing.errors import BadAttribute

T = TypeVar("T")

LONGEST: Final = {
    "deed_number": 30, "survey_page": 20, "land_number": 30, "map_sheet": 30, "book": 20,
    "page": 20, "tax_parcel_code": 30, "house_number": 40, "street": 120, "street_th": 120,
    "street_en": 120, "district": 120, "sub_district": 120,
}  # fmt: skip
LARGEST_AREA: Final = Decimal(10) ** 14
# Written where nothing is known.
_NOTHING: Final = frozenset({"", "-", "--", "0", "null", "none", "n/a", "ไม่มี", "ไม่ทราบ"})
_LONGEST_NOTHING: Final = 10

_TITLES: Final = (
    (re.compile(r"น\.?ส\.?4|โฉนด|chanote?|title deed|ns4"), "chanote"),
    (re.compile(r"น\.?ส\.?3ก|ns3k|ns3a|ns3g"), "ns3k"),
    (re.compile(r"น\.?ส\.?3|ns3"), "ns3"),
    (re.compile(r"ส\.?ค\.?1|sk1"), "sk1"),
    (re.compile(r"ส\.?ป\.?ก\.?|spk"), "spk401"),
    (re.compile(r"น\.?ส\.?ล\.?|nsl"), "nsl"),
    (re.compile(r"ราชพัสดุ|ที่หลวง|stateproperty"), "state_property"),
    (re.compile(r"อื่น|other"), "other"),
)
_USES: Final = (
    (re.compile(r"เกษตร|ทำนา|นาข้าว|ไร่|สวน|agricultur|farm|orchard|paddy"), "agriculture"),
    (re.compile(r"อยู่อาศัย|บ้าน|ที่พัก|residen|dwelling|housing"), "residential"),
    (re.compile(r"พาณิช|ค้าขาย|ร้านค้า|โรงงาน|commerc|industr|shop"), "commercial"),
    (re.compile(r"หลายประเภท|ผสม|mixed"), "mixed"),
    (re.compile(r"ว่าง|รกร้าง|vacant|idle"), "vacant"),
    (re.compile(r"ราชการ|วัด|โรงเรียน|สาธารณ|public|institution|school|temple"), "public"),
    (re.compile(r"ถนน|ทาง|road|street"), "road"),
    (re.compile(r"คลอง|แม่น้ำ|ลำราง|บึง|water|canal|river"), "water"),
)
_THAI = re.compile("[\u0e00-\u0e7f]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A map sheet by name and scale (1:n; 0 where the file does not say)."""

    name: str
    scale: int


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a feature says of its parcel; empty where it says nothing."""

    deed_number: str = ""
    title_type: str = ""
    book: str = ""
    page: str = ""
    survey_page: str = ""
    district: str = ""
    sub_district: str = ""
    sheet: Sheet | None = None
    land_number: str = ""
    tax_parcel_code: str = ""
    house_number: str = ""
    street_th: str = ""
    street_en: str = ""
    land_use: str = "unknown"
    legal_area_m2: Decimal | None = None


class AttributeReader:
    """Reads features by a plan of columns.

    In Thai files identifiers follow their grammar (``cadastre.identifiers``); elsewhere they are
    taken as they are written. A value that cannot be read raises `BadAttribute`.
    """

    def __init__(self, plan: ColumnPlan, *, thai: bool) -> None:
        self.plan = plan
        self.thai = thai
        # Only what the file has columns for is asked of every feature.
        self._readers = {
            name: read
            for name, (fields, read) in self._all_readers().items()
            if any(field in plan.columns for field in fields)
        }

    def read(self, values: Mapping[str, Any]) -> Attributes:
        one = _Feature(self.plan, values)
        return Attributes(**{name: read(one) for name, read in self._readers.items()})

    def _all_readers(self) -> dict[str, tuple[tuple[str, ...], Callable[[_Feature], Any]]]:
        """For each attribute: the fields it comes from, and how it is read."""
        texts = ("book", "page", "district", "sub_district", "house_number")
        readers: dict[str, tuple[tuple[str, ...], Callable[[_Feature], Any]]] = {
            name: ((name,), partial(_Feature.text, field=name)) for name in texts
        }
        for name, parse in _IDENTIFIERS.items():
            readers[name] = ((name,), partial(self._identifier, field=name, parse=parse))
        sheet = ("map_sheet", "map_sheet_1", "map_sheet_2", "map_sheet_3", "map_sheet_scale")
        area = ("legal_area_m2", "legal_area", "rai", "ngan", "wa")
        return readers | {
            "title_type": (("title_type",), lambda one: one.read("title_type", _title_type)),
            "land_use": (("land_use",), lambda one: one.read("land_use", _land_use) or "unknown"),
            "sheet": (sheet, self._sheet),
            "street_th": (("street", "street_th"), partial(_street, field="street_th", thai=True)),
            "street_en": (("street", "street_en"), partial(_street, field="street_en", thai=False)),
            "legal_area_m2": (area, _legal_area),
        }

    def _identifier(self, one: _Feature, field: str, parse: Callable[[str], str]) -> str:
        return one.read(field, parse) if self.thai else one.text(field)

    def _sheet(self, one: _Feature) -> Sheet | None:
        scale = one.read("map_sheet_scale", _scale) or 0
        parts = [one.text(f"map_sheet_{i}") for i in (1, 2, 3, 4)]
        if all(parts[:3]):
            return one.read(
                "map_sheet_1",
                lambda first: _of(
                    MapSheet.from_fields(
                        first, parts[1], parts[2], parts[3], str(scale) if scale else ""
                    )
                ),
            )
        name = one.text("map_sheet")
        if not name:
            return None
        if not self.thai:
            return Sheet(name, scale)
        written = f"{name} (1:{scale})" if scale and "1:" not in name else name
        return one.read("map_sheet", lambda _: _of(MapSheet.parse(written)))


_IDENTIFIERS: Final[Mapping[str, Callable[[str], str]]] = {
    "deed_number": deed_number,
    "survey_page": survey_page,
    "land_number": land_number,
    "tax_parcel_code": lambda text: str(ParcelCode.parse(text)),
}


class _Feature:
    """The values of one feature under our names for its columns."""

    def __init__(self, plan: ColumnPlan, values: Mapping[str, Any]) -> None:
        self._columns, self._values = plan.columns, values

    def text(self, field: str) -> str:
        """The value as one line of text, "" for nothing. Raises `BadAttribute` when too long."""
        column = self._columns.get(field)
        if column is None:
            return ""
        text = plain_text(self._values.get(column))
        if len(text) <= _LONGEST_NOTHING and typed_text(text).lower() in _NOTHING:
            return ""
        if len(text) > LONGEST.get(field, 200):
            raise self._bad(field, text)
        return text

    def read(self, field: str, parse: Callable[[str], T]) -> T | Any:
        """The value parsed, or "" for nothing. Raises `BadAttribute` for what cannot be parsed."""
        text = self.text(field)
        if not text:
            return ""
        try:
            return parse(text)
        except (LandError, ValueError, InvalidOperation, OverflowError):
            raise self._bad(field, text) from None

    def number(self, field: str) -> Decimal:
        """The value as an exact decimal, 0 for nothing."""
        return self.read(field, _decimal) or Decimal(0)

    def has(self, field: str) -> bool:
        return field in self._columns

    def _bad(self, field: str, text: str) -> BadAttribute:
        column = self._columns[field]
        return BadAttribute(column=column, value=mask_ids(text)[:80], field=field)


def plain_text(value: Any) -> str:
    """A value of a file as one line of clean text: NFC, no control characters, trimmed.

    Numbers that a spreadsheet turned into ``12.0`` lose their empty fraction.
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    text = unicodedata.normalize("NFC", str(value)).replace("\u0e4d\u0e32", "\u0e33")
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join("".join(c if unicodedata.category(c) != "Cc" else " " for c in text).split())


_ID_LIKE = re.compile(r"(?<!\d)\d(?:[\s-]?\d){12}(?!\d)")


def mask_ids(text: str) -> str:
    """The text with national ids masked: quarantine keeps what was wrong, not who people are."""
    return _ID_LIKE.sub(lambda m: "x" * 13 if is_citizen_id(m[0]) else m[0], text)


def _decimal(text: str) -> Decimal:
    number = Decimal(typed_text(text).replace(",", ""))
    if not number.is_finite() or number < 0 or number >= LARGEST_AREA:
        raise ValueError
    return number


def _scale(text: str) -> int:
    digits = typed_text(text).replace(",", "").removeprefix("1:").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
        raise ValueError
    return int(digits)


def _of(sheet: MapSheet) -> Sheet:
    return Sheet(str(sheet), sheet.scale)


def _legal_area(one: _Feature) -> Decimal | None:
    """Exact square metres, or None where the file says nothing.

    Rai, ngan and square wa count when one of their columns is there; the register keeps hundredths
    of a square metre, and an area that is finer was not written on any deed.
    """
    field = next((f for f in ("rai", "ngan", "wa") if one.has(f)), "")
    if field == "rai" and not one.has("ngan") and not one.has("wa"):
        area = one.number("rai") * SQUARE_METRES_PER_RAI  # a column of rai alone has decimals
    elif field:
        rai, ngan, wa, hundredths = (one.number(f) for f in ("rai", "ngan", "wa", "wa_hundredths"))
        whole = {"rai": rai, "ngan": ngan, "wa_hundredths": hundredths}
        for name, value in whole.items():
            if value != value.to_integral_value():
                one.read(name, _refuse)
        area = Area.from_rai(int(rai), int(ngan), wa, int(hundredths)).square_metres
    elif one.has("legal_area_m2"):
        field, area = "legal_area_m2", one.number("legal_area_m2")
    else:
        field = "legal_area"
        area = one.read(field, lambda text: Area.parse(text).square_metres) or Decimal(0)
    if not area:
        return None
    if area != area.quantize(Decimal("0.01")) or area >= LARGEST_AREA:
        one.read(field, _refuse)
    return area.quantize(Decimal("0.01"))


def _refuse(_text: str) -> Decimal:
    raise ValueError


def _street(one: _Feature, *, field: str, thai: bool) -> str:
    """The street's name in one language; a column that does not say which is told by its script."""
    undecided = one.text("street")
    return one.text(field) or (undecided if bool(_THAI.search(undecided)) is thai else "")


def _title_type(text: str) -> str:
    return _one_of(_TITLES, text)


def _land_use(text: str) -> str:
    return _one_of(_USES, text)


def _one_of(words: tuple[tuple[re.Pattern[str], str], ...], text: str) -> str:
    """The value whose word occurs in the text, or the value itself. ValueError if none does."""
    plain = typed_text(text).lower()
    packed = re.sub(r"[\s\-_]", "", plain)
    for pattern, value in words:
        if packed == value.replace("_", "") or pattern.search(packed):
            return value
    raise ValueError

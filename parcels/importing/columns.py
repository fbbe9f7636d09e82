"""Which column of a file holds what: names that offices, DOL, the Treasury and others use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cadastre.errors import gettext_noop
from parcels.importing.errors import FieldMappingInvalid

# What a column may feed, with the names it is known by. Compared without case and punctuation;
# shapefiles cut names to ten characters, so the cut forms are listed where they differ.
KNOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "deed_number": (
        "deed_number", "deed_no", "chanode_no", "chanote_no", "chanot_no", "chanoodno",
        "เลขที่โฉนด", "โฉนดเลขที่", "เลขโฉนด", "เลขที่เอกสารสิทธิ", "เลขที่โฉนดที่ดิน",
    ),
    "title_type": (
        "title_type", "land_type", "doc_type", "deed_type", "ประเภทเอกสารสิทธิ", "เอกสารสิทธิ",
        "ประเภทที่ดิน",
    ),
    "book": ("book", "เล่ม"),
    "page": ("page", "หน้า"),
    "survey_page": ("survey_page", "survey_pag", "survey", "survey_no", "surveyno", "หน้าสำรวจ"),
    "land_number": (
        "land_number", "land_numbe", "land_no", "landno", "เลขที่ดิน", "parcel_no", "perceelnummer",
        "lot",
    ),
    "map_sheet": ("map_sheet", "mapsheet", "sheet", "utm_sheet", "ระวาง", "ระวางแผนที่", "ระวางutm"),
    "map_sheet_1": ("utmmap1", "utm_map1", "หมายเลขระวางภูมิประเทศ", "หมายเลขระหว่างภูมิประเทศ"),
    "map_sheet_2": ("utmmap2", "utm_map2"),
    "map_sheet_3": ("utmmap3", "utm_map3", "หมายเลขระวางutm"),
    "map_sheet_4": ("utmmap4", "utm_map4"),
    "map_sheet_scale": ("utmscale", "utm_scale", "scale", "map_scale", "มาตราส่วน", "มาตราส่วนระวาง"),
    "tax_parcel_code": (
        "tax_parcel_code", "tax_parcel", "parcel_code", "parcel_cod", "parcelcode", "รหัสแปลงที่ดิน",
        "รหัสแปลง", "parcel_id", "ml", "idu", "ssl",
    ),
    "legal_area_m2": (
        "legal_area_m2", "legal_area", "registered_area_m2", "registered_area", "supf",
        "vymeraparcely", "kadastralegrootte|typeoppervlak|waarde", "เนื้อที่ตารางเมตร",
    ),
    "legal_area": ("เนื้อที่", "เนื้อที่ตามโฉนด", "area_text"),
    "rai": ("rai", "area_rai", "farea_rai", "ไร่"),
    "ngan": ("ngan", "nagn", "area_ngan", "farea_ngan", "งาน"),
    "wa": ("wa", "wah", "area_wa", "area_wah", "farea_wa", "ตารางวา", "วา", "ตรว"),
    "wa_hundredths": ("subwa", "sub_wa", "เศษ", "เศษวา", "เศษตารางวา"),
    "house_number": (
        "house_number", "house_numb", "house_no", "houseno", "hs_no", "hsno", "บ้านเลขที่",
    ),
    "street": ("street", "street_name", "road", "ถนน"),
    "street_th": ("street_th",),
    "street_en": ("street_en",),
    "land_use": ("land_use", "landuse", "การใช้ที่ดิน", "การใช้ประโยชน์", "การใช้ประโยชน์ที่ดิน"),
    "district": ("district", "district_code", "amphoe", "amphur", "amp_code", "อำเภอ"),
    "sub_district": (
        "sub_district", "subdistrict", "tambon", "tambol", "tam_code", "ตำบล", "sub_district_code",
    ),
}  # fmt: skip

# Columns that mean what they say only in a Thai file: elsewhere “district” or “scale” are others'.
THAI_ONLY: Final = frozenset(
    {"map_sheet", "map_sheet_1", "map_sheet_2", "map_sheet_3", "map_sheet_4", "map_sheet_scale",
     "district", "sub_district", "title_type", "land_use", "book", "page", "legal_area",
     "house_number", "street", "survey_page"}
)  # fmt: skip
_SHEET_PARTS: Final = ("map_sheet_1", "map_sheet_2", "map_sheet_3")
_PLACEHOLDERS = re.compile(r"[\s_.\-/()]+")


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Field of ours to column of the file, and which of them somebody asked for."""

    columns: Mapping[str, str]
    asked: frozenset[str]

    @property
    def recognised(self) -> dict[str, str]:
        """What was recognised by name, for the report."""
        return {field: column for field, column in self.columns.items() if field not in self.asked}


def parse_mapping(pairs: Sequence[str]) -> dict[str, str]:
    """``["deed_number=CHANODE", …]`` as a dictionary. Raises `FieldMappingInvalid`."""
    asked: dict[str, str] = {}
    for pair in pairs:
        field, separator, column = (part.strip() for part in pair.partition("="))
        if not separator or not column:
            raise FieldMappingInvalid(mapping=pair, reason=gettext_noop("write it as field=COLUMN"))
        if field not in KNOWN:
            raise FieldMappingInvalid(
                mapping=pair, reason=gettext_noop("fields are {entry}"), entry=", ".join(KNOWN)
            )
        if field in asked:
            raise FieldMappingInvalid(mapping=pair, reason=gettext_noop("the field is named twice"))
        asked[field] = column
    return asked


def plan_columns(columns: Sequence[str], asked: Mapping[str, str], *, thai: bool) -> ColumnPlan:
    """Decide for each field of ours which column feeds it.

    What was asked for comes first and must exist; the rest is recognised by name, in Thai files
    (``thai``) more generously than in others. Raises `FieldMappingInvalid`.
    """
    by_name = {_normal(column): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for field, wanted in asked.items():
        column = wanted if wanted in columns else by_name.get(_normal(wanted), "")
        if not column:
            shown = ", ".join(columns[:40])
            raise FieldMappingInvalid(
                mapping=f"{field}={wanted}",
                reason=gettext_noop("the columns are {entry}"),
                entry=shown,
            )
        found[field] = column
    taken = set(found.values())
    for field, names in KNOWN.items():
        if field in found or (field in THAI_ONLY and not thai):
            continue
        column = next((by_name[n] for n in map(_normal, names) if n in by_name), "")
        if column and column not in taken:
            found[field] = column
            taken.add(column)
    _drop_incomplete_sheets(found, asked)
    return ColumnPlan(found, frozenset(asked))


def _drop_incomplete_sheets(found: dict[str, str], asked: Mapping[str, str]) -> None:
    """A sheet's name in parts needs its first three parts; a lone “scale” means nothing."""
    if not all(part in found for part in _SHEET_PARTS):
        for part in (*_SHEET_PARTS, "map_sheet_4"):
            if part not in asked:
                found.pop(part, None)
        if "map_sheet" not in found and "map_sheet_scale" not in asked:
            found.pop("map_sheet_scale", None)


def _normal(name: str) -> str:
    return _PLACEHOLDERS.sub("", name).lower()

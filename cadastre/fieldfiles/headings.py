"""The headings that makers and offices put over their columns, and the fields they mean.

Emlid Flow, Trimble Access, Leica Infinity, South SurvStar, Topcon Magnet, and Thai tables. Bare
"X" and "Y" are in no list: north is X to a Leica and Y to a map, and a swapped point is worse than
a question.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from cadastre.fieldfiles.columns import ColumnMapping
from cadastre.fieldfiles.units import LinearUnit

# The first heading of a list that a file has is taken.
_WORDS: dict[str, str] = {
    "point": "name|point|point name|point id|pointid|point no|point number|pt name|ptname"
    "|pt id|ptid|pt|pno|p|station name|mark|id|no"
    "|ชื่อจุด|ชื่อหมุด|หมายเลขหมุด|เลขที่หมุด|เลขหมุด|หมุดหลักเขต|หมายเลขจุด|จุดที่|หมุด|จุด",
    "code": "code|feature code|point code|description|desc|d|remark|note"
    "|รหัส|รหัสจุด|คำอธิบาย|รายละเอียด|ลักษณะหมุด|หมายเหตุ",
    "north": "northing|north|n|grid north|grid northing|local northing|northings"
    "|พิกัดเหนือ|ค่าพิกัดเหนือ|พิกัด n|ค่าพิกัด n|ค่า n|เหนือ|ระยะเหนือ",
    "east": "easting|east|e|grid east|grid easting|local easting|eastings"
    "|พิกัดตะวันออก|ค่าพิกัดตะวันออก|พิกัด e|ค่าพิกัด e|ค่า e|ตะวันออก|ระยะตะวันออก",
    "height": "elevation|elev|height|ortho height|orthometric height|grid height|z|h"
    "|ค่าระดับ|ระดับ|ความสูง|ระดับความสูง",
    "latitude": "latitude|lat|wgs84 latitude|global latitude|ละติจูด|ค่าละติจูด",
    "longitude": "longitude|lon|long|lng|wgs84 longitude|global longitude|ลองจิจูด|ค่าลองจิจูด",
    "ellipsoidal_height": "ellipsoidal height|ellipsoid height|ellip height|wgs84 ellip height"
    "|ell height|wgs84 height|global height|altitude|ความสูงเหนือทรงรี|ความสูงทรงรี",
    "fix": "solution status|solution type|fix type|fix|solution|gnss fix|status|position type"
    "|สถานะ|สถานะการรับสัญญาณ|ผลการรังวัด",
    "sigma_east": "easting rms|east rms|rms e|e rms|std e|stddev e|sigma e|sd e|sde|sigma east"
    "|rms x",
    "sigma_north": "northing rms|north rms|rms n|n rms|std n|stddev n|sigma n|sd n|sdn|sigma north"
    "|rms y",
    "sigma_up": "elevation rms|vsdv|height rms|vertical rms|rms z|v rms|vrms|std h|sigma u|sd u|sdu"
    "|sigma up|rms h|vertical precision|vt prec|1d cq|cq 1d|vert prec|ความละเอียดทางดิ่ง",
    "sigma_horizontal": "lateral rms|hsdv|horizontal rms|h rms|hrms|horizontal precision"
    "|hz prec|2d cq|cq 2d|horz prec|ความละเอียดทางราบ",
    "pdop": "pdop|gnss pdop|ค่า pdop",
    "hdop": "hdop",
    "vdop": "vdop",
    "satellites": "satellites|sats|number of satellites|num satellites|num sats|no of sats|nsat|sv"
    "|satellites used|จำนวนดาวเทียม|ดาวเทียม",
    "ratio": "ratio|ar ratio",
    "age": "age|differential age|diff age|correction age|age of differential|age of corrections",
    "epochs": "samples|epochs|number of epochs|num epochs|epoch count|observation count"
    "|จำนวน epoch|จำนวนครั้ง|จำนวนข้อมูล",
    "epoch": "averaging start|collection start|utc time|date time|datetime|timestamp|local time"
    "|time|utc|วันเวลา|เวลา",
    "date": "date|utc date|local date|วันที่|วันที่รังวัด",
    "antenna_height": "antenna height|anthgt|ant height|antenna ht|ant ht|pole height|rod height"
    "|target height|ความสูงเสาอากาศ|ความสูงจานรับสัญญาณ|ความสูงไม้โพล",
    "antenna_height_unit": "antenna height units|antenna height unit",
    "base": "base|base id|base station|base name|mount point|mountpoint|reference|reference station"
    "|สถานีฐาน|จุดฐาน",
    "operator": "operator|observer|surveyor|user|ผู้รังวัด|ช่างรังวัด|นายช่างรังวัด|ผู้สำรวจ",
    "photo": "photo|photos|image|images|picture|media|ภาพ|ภาพถ่าย|รูปถ่าย",
    "crs": "cs name|coordinate system|crs|ระบบพิกัด",
}
WORDS: dict[str, tuple[str, ...]] = {
    field: tuple(words.split("|")) for field, words in _WORDS.items()
}

_UNIT = re.compile(r"[\[(][^\])]*[\])]")
_LONGEST = 200
_US_FOOT = re.compile(r"\b(us survey|us|survey)[ _-]?(ft|foot|feet)\b|\bft ?us\b")
_FOOT = re.compile(r"\bft\b|\bfeet\b|\bfoot\b")


def plain(heading: str) -> str:
    """A heading without its unit, case, punctuation and widths: ``"Easting (m)"`` → ``easting``."""
    text = unicodedata.normalize("NFKC", heading[:_LONGEST]).replace("\u0e4d\u0e32", "\u0e33")
    text = _UNIT.sub(" ", text.lower()).replace("\ufeff", "")
    return " ".join(re.sub(r"[\s_\-./:'\"]+", " ", text).split())


def guess_mapping(headings: Iterable[str], delimiter: str) -> ColumnMapping | None:
    """The mapping that well-known headings give; None where they give no position."""
    known: dict[str, str] = {}
    for heading in headings:
        known.setdefault(plain(heading), heading)
    columns: dict[str, str | int] = {}
    for field, words in WORDS.items():
        match = next((word for word in words if word in known), None)
        if match is not None:
            columns[field] = known[match]
    position = {"north", "east"} <= columns.keys() or {"latitude", "longitude"} <= columns.keys()
    if not position:
        return None
    return ColumnMapping(columns=columns, delimiter=delimiter, unit=_unit(columns))


def _unit(columns: dict[str, str | int]) -> LinearUnit:
    heading = unicodedata.normalize("NFKC", str(columns.get("north", ""))[:_LONGEST]).lower()
    if _US_FOOT.search(heading):
        return "us_ft"
    return "ft" if _FOOT.search(heading) else "m"

"""The words of the law in Thai and English."""

from __future__ import annotations

from typing import Final

from cadastre.tax.dated import Text
from cadastre.tax.model import ExemptionOrder, Structure, TaxClass, Use

USES: Final = {
    Use.AGRICULTURE: Text("ประกอบเกษตรกรรม", "agriculture"),
    Use.MAIN_HOME: Text("ที่อยู่อาศัย (บ้านหลังหลัก)", "main home"),
    Use.RESIDENTIAL: Text("ที่อยู่อาศัย", "dwelling"),
    Use.OTHER: Text("อื่น ๆ นอกจากเกษตรกรรมและที่อยู่อาศัย", "other than farming and dwelling"),
    Use.VACANT: Text("ทิ้งไว้ว่างเปล่าหรือไม่ได้ทำประโยชน์ตามควรแก่สภาพ", "vacant"),
}
CLASSES: Final = {
    TaxClass.AGRICULTURE: Text("ประกอบเกษตรกรรม", "agriculture"),
    TaxClass.MAIN_HOME: Text(
        "ที่อยู่อาศัย (บ้านหลังหลัก เจ้าของที่ดินและสิ่งปลูกสร้าง)", "main home, land and building"
    ),
    TaxClass.MAIN_HOME_BUILDING: Text(
        "ที่อยู่อาศัย (บ้านหลังหลัก เจ้าของเฉพาะสิ่งปลูกสร้าง)", "main home, building only"
    ),
    TaxClass.RESIDENTIAL: Text("ที่อยู่อาศัย (มิใช่บ้านหลังหลัก)", "other dwelling"),
    TaxClass.OTHER: Text("อื่น ๆ", "other use"),
    TaxClass.VACANT: Text("ที่ดินหรือสิ่งปลูกสร้างที่ทิ้งไว้ว่างเปล่า", "vacant land or building"),
}
STRUCTURES: Final = {
    Structure.MASONRY: Text("ตึก", "masonry"),
    Structure.HALF_TIMBER: Text("ครึ่งตึกครึ่งไม้", "half timber"),
    Structure.TIMBER: Text("ไม้", "timber"),
}
ORDERS: Final = {
    ExemptionOrder.HIGHEST_VALUE_FIRST: Text(
        "จัดสรรให้ทรัพย์สินที่มีมูลค่าสูงสุดก่อน", "to the property of the highest value first"
    ),
    ExemptionOrder.AS_LISTED: Text("จัดสรรตามลำดับรายการ", "in the order listed"),
    ExemptionOrder.IN_PROPORTION: Text("จัดสรรตามสัดส่วนมูลค่า", "in proportion to value"),
}


def as_purpose(use: str) -> str:
    """The Thai words of a use after “ส่วนที่ใช้”."""
    if use.startswith("ประกอบ"):
        return use
    return f"เป็น{use}" if use.startswith("ที่") else f" “{use}”"

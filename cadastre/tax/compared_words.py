"""The words of a comparison of two years."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from cadastre.tax.dated import Text
from cadastre.tax.model import Property
from cadastre.tax.money import baht_written, plain
from cadastre.tax.words import USES

LABELS: Final = {
    "property_gone": Text(
        "ทรัพย์สินที่มิได้เป็นของผู้เสียภาษีแล้ว", "Property that is no longer the taxpayer's"
    ),
    "land_price": Text("ราคาประเมินเปลี่ยน", "Appraised price"),
    "land_area": Text("เนื้อที่ดินเปลี่ยน", "Area of land"),
    "building_price": Text("ราคาประเมินสิ่งปลูกสร้างเปลี่ยน", "Appraised price of buildings"),
    "building_age": Text("อายุสิ่งปลูกสร้างเพิ่มขึ้น (ค่าเสื่อมราคา)", "Age of buildings (depreciation)"),
    "buildings": Text("สิ่งปลูกสร้างที่เพิ่ม รื้อถอน หรือต่อเติม", "Buildings added, removed or extended"),
    "use": Text("การใช้ประโยชน์เปลี่ยน", "Use"),
    "exemption": Text("เงื่อนไขการยกเว้นเปลี่ยน", "Conditions of an exemption"),
    "owned_share": Text("ส่วนของเจ้าของรวมเปลี่ยน", "Share of a co-owner"),
    "joint_base": Text("แปลงที่คำนวณเป็นฐานภาษีเดียวกันเปลี่ยน", "Parcels that are valued as one"),
    "vacancy": Text("จำนวนปีที่ทิ้งไว้ว่างเปล่า", "Years of vacancy"),
    "reduction": Text("สิทธิลดภาษีของทรัพย์สินเปลี่ยน", "Reductions of the property"),
    "property_new": Text("ทรัพย์สินที่ได้มาใหม่", "Property that is new to the taxpayer"),
    "law_exemption": Text("กฎหมายเปลี่ยนมูลค่าที่ยกเว้น", "Exemptions of the law"),
    "law_rate": Text("กฎหมายเปลี่ยนอัตราภาษี", "Rates of the law"),
    "law_reduction": Text("กฎหมายเปลี่ยนการลดภาษี", "Reductions of the law"),
    "law_other": Text("หลักเกณฑ์อื่นเปลี่ยน", "Other rules"),
}
"""By the value of a `Factor`."""


def detail_of(factor: str, before: Property, after: Property) -> Text | None:
    """How a fact of one property changed, where one figure tells it."""
    tell = _TELL.get(factor)
    if tell is None:
        return None
    old, new = tell(before), tell(after)
    if old is None or new is None or old == new:
        return None
    return Text(f"{old.th} → {new.th}", f"{old.en} → {new.en}")


def _price(thing: Property) -> Text | None:
    if thing.appraised_value_satang is not None:
        value = baht_written(thing.appraised_value_satang)
        return Text(f"{value} บาท", f"{value} baht")
    if thing.land is None:
        return None
    price = baht_written(thing.land.price_per_square_wa_satang)
    return Text(f"ตารางวาละ {price} บาท", f"{price} baht per square wa")


def _area(thing: Property) -> Text | None:
    if thing.land is None:
        return None
    wa = plain(thing.land.area.square_wa)
    return Text(f"{wa} ตารางวา", f"{wa} square wa")


def _floor_price(thing: Property) -> Text:
    prices = ", ".join(baht_written(each.price_per_m2_satang) for each in thing.buildings)
    return Text(f"ตารางเมตรละ {prices} บาท", f"{prices} baht per m²")


def _age(thing: Property) -> Text:
    ages = ", ".join(str(each.age_years) for each in thing.buildings)
    return Text(f"{ages} ปี", f"{ages} years")


def _floors(thing: Property) -> Text:
    count, area = len(thing.buildings), sum(each.floor_area_m2 for each in thing.buildings)
    shown = plain(area) if area else "0"
    return Text(f"{count} หลัง {shown} ตารางเมตร", f"{count} buildings, {shown} m²")


def _use(thing: Property) -> Text:
    words = [USES[use] for use in thing.used_as]
    return Text(", ".join(each.th for each in words), ", ".join(each.en for each in words))


def _vacancy(thing: Property) -> Text:
    return Text(f"ปีที่ {thing.years_vacant}", f"year {thing.years_vacant}")


_TELL: Final[Mapping[str, Callable[[Property], Text | None]]] = {
    "land_price": _price,
    "land_area": _area,
    "building_price": _floor_price,
    "building_age": _age,
    "buildings": _floors,
    "use": _use,
    "vacancy": _vacancy,
}

"""The JSON of an answer, and the words of its steps."""

from __future__ import annotations

import re
import time

from cadastre.area import Area
from cadastre.tax import (
    ExemptionOrder,
    Kind,
    Land,
    Owner,
    Policy,
    Property,
    Use,
    UsePart,
    assess_properties,
    estimate,
    schedule_for,
)

MONEY = re.compile(r"\d+\.\d\d")


def ask(*properties, owner="individual", tax_year=2026, policy=None):
    return estimate({"tax_year": tax_year, "owner": owner, "properties": list(properties)}, policy)


def farm(value):
    return {"kind": "land", "use": "agriculture", "appraised_value": value}


def test_the_answer_has_the_published_shape():
    given = ask(
        {
            "kind": "land_and_building",
            "use": "residential",
            "land": {"rai": 2, "ngan": 1, "wa": "50", "price_per_wa": "1200"},
            "buildings": [
                {
                    "structure": "masonry",
                    "floor_area_m2": "120",
                    "price_per_m2": "7500",
                    "age_years": 12,
                }
            ],
        }
    )
    (line,) = given["lines"]
    assert set(line) >= {
        "property", "use", "value", "exemption", "taxable", "slices", "reduction", "tax", "steps",
    }  # fmt: skip
    assert line["slices"] == [
        {"from": "0.00", "to": "1914000.00", "rate": "0.0002", "tax": "382.80"}
    ]
    for amount in (given["tax"], line["value"], line["exemption"], line["taxable"], line["tax"]):
        assert MONEY.fullmatch(amount)
    assert [step["th"] for step in line["steps"]] == [
        (
            "ที่ดินเนื้อที่ 2-1-50 ไร่ คำนวณเป็น 950 ตารางวา ราคาประเมินตารางวาละ 1,200.00 บาท "
            "เป็นเงิน 1,140,000.00 บาท"
        ),
        (
            "สิ่งปลูกสร้างประเภทตึก ขนาด 120 ตารางเมตร ตารางเมตรละ 7,500.00 บาท "
            "เป็นเงิน 900,000.00 บาท อายุ 12 ปี หักค่าเสื่อมราคาร้อยละ 14 คงเหลือ 774,000.00 บาท"
        ),
        "รวมมูลค่าที่ดินและสิ่งปลูกสร้าง 1,914,000.00 บาท",
        "จัดอยู่ในประเภทการใช้ประโยชน์: ที่อยู่อาศัย (มิใช่บ้านหลังหลัก)",
        "มูลค่าส่วนแรก 1,914,000.00 บาท อัตราร้อยละ 0.02 เป็นภาษี 382.80 บาท",
        "ภาษีที่ต้องชำระ 382.80 บาท",
    ]
    assert given["unverified"] == []


def test_rounding_is_told_and_marked_unverified():
    given = ask({"kind": "land", "use": "other", "appraised_value": 1234567})
    assert "rounded to satang" in given["lines"][0]["steps"][-1]["en"]
    assert "3,703.701" in given["lines"][0]["steps"][-1]["th"]
    assert [doubt["parameter"] for doubt in given["unverified"]] == ["policy/rounding"]


def test_why_a_main_home_is_not_one_is_told():
    home = {"kind": "building", "use": "main_home", "appraised_value": 1}
    assert "ไม่มีชื่ออยู่ในทะเบียนบ้าน" in str(ask(home)["lines"])
    assert "มิใช่บุคคลธรรมดา" in str(ask(home, owner="juristic")["lines"])
    ground = {**home, "kind": "land", "in_house_registration": True}
    assert "เฉพาะที่ดิน" in str(ask(ground)["lines"])


def test_the_exemption_order_is_a_policy():
    farms = farm("40000000"), farm("60000000")
    by_order = {
        order: [line["exemption"] for line in ask(*farms, policy=Policy(order))["lines"]]
        for order in ExemptionOrder
    }
    assert by_order == {
        ExemptionOrder.HIGHEST_VALUE_FIRST: ["0.00", "50000000.00"],
        ExemptionOrder.AS_LISTED: ["40000000.00", "10000000.00"],
        ExemptionOrder.IN_PROPORTION: ["20000000.00", "30000000.00"],
    }


def test_the_order_is_no_doubt_where_it_changes_nothing():
    one_farm = ask(farm("60000000"))
    all_exempt = ask(farm("20000000"), farm("30000000"))
    assert one_farm["unverified"] == all_exempt["unverified"] == []


def test_a_later_year_says_that_its_law_is_not_confirmed():
    doubts = ask({"kind": "land", "use": "other", "appraised_value": 1000000}, tax_year=2030)
    assert "rate/other" in {doubt["parameter"] for doubt in doubts["unverified"]}


def test_a_roll_is_assessed_at_more_than_two_thousand_properties_a_second():
    schedule = schedule_for(2026)
    plot = Property(Kind.LAND, (UsePart(Use.OTHER),), land=Land(Area.from_rai(1, 2, 3), 1_200_00))
    started = time.process_time()
    for _ in range(2000):
        assess_properties(Owner.INDIVIDUAL, [plot], schedule)
    assert time.process_time() - started < 1

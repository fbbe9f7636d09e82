"""Every line in words, Thai and English, each step with its provision (algorithm, section 7).

Words are made from a finished assessment and only when asked for, so that a roll does not pay
for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from cadastre.tax.assessment import Assessment
from cadastre.tax.dated import Provision, Text
from cadastre.tax.model import (
    Building,
    ExemptionOrder,
    Kind,
    Line,
    Owner,
    Property,
    Slice,
    Structure,
    TaxClass,
    Use,
)
from cadastre.tax.money import ZERO, baht_written, percent, plain
from cadastre.tax.schedule import Schedule
from cadastre.tax.valuation import (
    building_value_satang,
    depreciation_of,
    land_value_satang,
    new_value_satang,
    value_satang,
)

AnyProvision: TypeAlias = Provision[Any]

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


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a calculation; the first provision is its reference, all may carry doubts."""

    th: str
    en: str
    provisions: tuple[AnyProvision, ...]

    @property
    def reference(self) -> str:
        return self.provisions[0].reference


def explain(assessment: Assessment, line: Line) -> tuple[Step, ...]:
    """The steps from area and price to the tax of one line, in order."""
    thing = assessment.properties[line.property_index]
    return (
        *_valuation(thing, line, assessment.schedule),
        *_classification(assessment.owner, thing, line, assessment.schedule),
        *_exemption(assessment, line),
        *_rates(thing, line, assessment.schedule),
        *_reductions(line, assessment.schedule),
        _result(line, assessment.schedule),
    )


def doubts(steps: Iterable[Step]) -> list[tuple[str, Text]]:
    """What the steps lean on that is not verified: parameter and sentence, each once."""
    found: dict[tuple[str, Text], None] = {}
    for step in steps:
        for provision in step.provisions:
            found.update(
                dict.fromkeys((provision.parameter, text) for text in provision.unverified)
            )
    return list(found)


def _valuation(thing: Property, line: Line, schedule: Schedule) -> Iterator[Step]:
    total = value_satang(thing, schedule)
    if thing.appraised_value_satang is not None:
        yield Step(
            f"ราคาประเมินทุนทรัพย์ของทรัพย์สิน {baht_written(total)} บาท",
            f"Appraised value of the property: {baht_written(total)} baht.",
            (schedule.base,),
        )
    if thing.land is not None:
        yield _land_step(thing, schedule)
    for building in thing.buildings:
        yield _building_step(thing.kind, building, schedule)
    if (thing.land is not None) + len(thing.buildings) > 1:
        yield Step(
            f"รวมมูลค่าที่ดินและสิ่งปลูกสร้าง {baht_written(total)} บาท",
            f"Together: {baht_written(total)} baht.",
            (schedule.base,),
        )
    if thing.is_mixed:
        share, value, use = percent(line.share), baht_written(line.value_satang), USES[line.use]
        yield Step(
            f"ใช้ประโยชน์หลายประเภท ส่วนที่ใช้{_as_purpose(use.th)} คิดเป็นสัดส่วนร้อยละ {share} "
            f"มูลค่าตามสัดส่วน {value} บาท",
            f"Mixed use: the part used as {use.en} is {share} % of the property, {value} baht.",
            (schedule.mixed_use,),
        )


def _as_purpose(use: str) -> str:
    return use if use.startswith("ประกอบ") else f"เป็น{use}" if use.startswith("ที่") else f" “{use}”"


def _land_step(thing: Property, schedule: Schedule) -> Step:
    land = thing.land
    if land is None:
        raise ValueError("the property has no land")
    wa = plain(land.area.square_wa)
    rai = f"{int(land.area.square_wa // 400)}-{int(land.area.square_wa % 400 // 100)}"
    rai = f"{rai}-{plain(land.area.square_wa % 100)}"
    price = baht_written(land.price_per_square_wa_satang)
    value = baht_written(land_value_satang(land))
    return Step(
        f"ที่ดินเนื้อที่ {rai} ไร่ คำนวณเป็น {wa} ตารางวา "
        f"ราคาประเมินตารางวาละ {price} บาท เป็นเงิน {value} บาท",
        f"Land of {rai} rai is {wa} square wa × {price} baht per square wa = {value} baht.",
        (schedule.base,),
    )


def _building_step(kind: Kind, building: Building, schedule: Schedule) -> Step:
    area = plain(building.floor_area_m2)
    price = baht_written(building.price_per_m2_satang)
    new = baht_written(new_value_satang(building))
    if kind is Kind.CONDOMINIUM_UNIT or building.structure is None:
        return Step(
            f"ห้องชุดเนื้อที่ {area} ตารางเมตร ราคาประเมินตารางเมตรละ {price} บาท เป็นเงิน {new} บาท",
            f"Condominium unit of {area} m² × {price} baht per m² = {new} baht.",
            (schedule.base,),
        )
    lost = percent(depreciation_of(building, schedule))
    value = baht_written(building_value_satang(building, schedule))
    structure = STRUCTURES[building.structure]
    return Step(
        f"สิ่งปลูกสร้างประเภท{structure.th} ขนาด {area} ตารางเมตร ตารางเมตรละ {price} บาท "
        f"เป็นเงิน {new} บาท อายุ {building.age_years} ปี หักค่าเสื่อมราคาร้อยละ {lost} "
        f"คงเหลือ {value} บาท",
        f"Building, {structure.en}, {area} m² × {price} baht per m² = {new} baht; "
        f"{building.age_years} years old, less {lost} % depreciation, leaves {value} baht.",
        (schedule.depreciation[building.structure],),
    )


def _classification(
    owner: Owner, thing: Property, line: Line, schedule: Schedule
) -> Iterator[Step]:
    words = CLASSES[line.tax_class]
    rate = schedule.rates[line.tax_class]
    if line.use is Use.MAIN_HOME and line.tax_class is TaxClass.RESIDENTIAL:
        why = _not_a_main_home(owner, thing)
        yield Step(
            f"แจ้งเป็นบ้านหลังหลัก แต่{why.th} จึงไม่ได้รับยกเว้นมูลค่าของฐานภาษี และคำนวณภาษีอย่างที่อยู่อาศัยอื่น",
            f"Claimed as main home, but {why.en}: there is no exemption, and it is taxed "
            "as another dwelling.",
            (schedule.exemptions[TaxClass.MAIN_HOME], rate),
        )
        return
    yield Step(
        f"จัดอยู่ในประเภทการใช้ประโยชน์: {words.th}",
        f"Class of use: {words.en}.",
        (rate,),
    )


def _not_a_main_home(owner: Owner, thing: Property) -> Text:
    if owner is not Owner.INDIVIDUAL:
        return Text("เจ้าของมิใช่บุคคลธรรมดา", "the owner is not a natural person")
    if not thing.in_house_registration:
        return Text(
            "เจ้าของไม่มีชื่ออยู่ในทะเบียนบ้านในวันที่ 1 มกราคมของปีภาษี",
            "the owner's name is not in the house registration on 1 January",
        )
    return Text("เป็นเจ้าของเฉพาะที่ดิน", "the owner has the land only")


def _exemption(assessment: Assessment, line: Line) -> Iterator[Step]:
    schedule, exempt = assessment.schedule, baht_written(line.exemption_satang)
    left = baht_written(line.taxable_satang)
    if assessment.owner is Owner.STATE:
        yield Step(
            "ทรัพย์สินของรัฐที่ใช้ในกิจการของรัฐหรือเพื่อสาธารณประโยชน์ ได้รับยกเว้นภาษี",
            "State property used for the state or the public is exempt.",
            (schedule.state_exemption,),
        )
        return
    if not line.exemption_satang and not _shared(assessment, line):
        return
    provision: AnyProvision = schedule.exemptions[line.tax_class]
    if line.tax_class is not TaxClass.AGRICULTURE:
        yield Step(
            f"หักมูลค่าของฐานภาษีที่ได้รับยกเว้นสำหรับบ้านหลังหลัก {exempt} บาท คงเหลือมูลค่าที่ต้องเสียภาษี {left} บาท",
            f"Exempt as main home: {exempt} baht; {left} baht remain taxable.",
            (provision, schedule.one_main_home),
        )
    elif provision.value is None:
        yield Step(
            "ยกเว้นภาษีสำหรับบุคคลธรรมดาซึ่งใช้ประโยชน์ในการประกอบเกษตรกรรม ในสามปีแรกของการจัดเก็บภาษี",
            "An individual's agricultural property is wholly exempt in the first three tax years.",
            (provision,),
        )
    else:
        yield from _agricultural_exemption(assessment, line, provision)


def _agricultural_exemption(
    assessment: Assessment, line: Line, provision: AnyProvision
) -> Iterator[Step]:
    exempt, left = baht_written(line.exemption_satang), baht_written(line.taxable_satang)
    shared = _shared(assessment, line)
    order = ORDERS[assessment.policy.exemption_order]
    amount = baht_written(provision.value)
    yield Step(
        f"หักมูลค่าของฐานภาษีที่ได้รับยกเว้นสำหรับเกษตรกรรมของบุคคลธรรมดา "
        f"(รวมในเขตองค์กรปกครองส่วนท้องถิ่นไม่เกิน {amount} บาท"
        + (f" {order.th}" if shared else "")
        + f") {exempt} บาท คงเหลือมูลค่าที่ต้องเสียภาษี {left} บาท",
        f"Exempt for an individual's agriculture (at most {amount} baht in one local authority"
        + (f", {order.en}" if shared else "")
        + f"): {exempt} baht; {left} baht remain taxable.",
        (provision, assessment.schedule.policy) if shared else (provision,),
    )


def _shared(assessment: Assessment, line: Line) -> bool:
    """Whether the order of the agricultural exemption, or of joint slicing, mattered here."""
    if assessment.owner is not Owner.INDIVIDUAL or line.tax_class is not TaxClass.AGRICULTURE:
        return False
    farms = [each for each in assessment.lines if each.tax_class is TaxClass.AGRICULTURE]
    return len(farms) > 1 and any(each.taxable_satang for each in farms)


def _rates(thing: Property, line: Line, schedule: Schedule) -> Iterator[Step]:
    if line.vacancy_addition:
        added, cap = percent(line.vacancy_addition), percent(schedule.vacancy.value.cap)
        yield Step(
            f"ทิ้งไว้ว่างเปล่าติดต่อกันเป็นปีที่ {thing.years_vacant} เพิ่มอัตราภาษีอีกร้อยละ {added} "
            f"แต่อัตรารวมไม่เกินร้อยละ {cap}",
            f"Vacant for year {thing.years_vacant} in a row: {added} percentage points are added, "
            f"to a rate of at most {cap} %.",
            (schedule.vacancy,),
        )
    if line.slices and line.slices[0].from_satang:
        start = baht_written(line.slices[0].from_satang)
        yield Step(
            f"คำนวณรวมเป็นฐานภาษีเดียวกันกับรายการก่อนหน้า ขั้นอัตราจึงเริ่มที่มูลค่า {start} บาท",
            f"One base with the lines before it, so the slices begin at {start} baht.",
            (schedule.base,),
        )
    for part in line.slices:
        yield _slice_step(part, schedule.rates[line.tax_class])


def _slice_step(part: Slice, rate: AnyProvision) -> Step:
    amount = baht_written(part.to_satang - part.from_satang)
    tax, points = baht_written(part.tax_satang), percent(part.rate)
    low, high = baht_written(part.from_satang), baht_written(part.to_satang)
    where = Text(f"มูลค่าส่วนที่เกิน {low} บาท ถึง {high} บาท จำนวน", f"From {low} to {high} baht:")
    if not part.from_satang:
        where = Text("มูลค่าส่วนแรก", "The first")
    return Step(
        f"{where.th} {amount} บาท อัตราร้อยละ {points} เป็นภาษี {tax} บาท",
        f"{where.en} {amount} baht × {points} % = {tax} baht.",
        (rate,),
    )


def _reductions(line: Line, schedule: Schedule) -> Iterator[Step]:
    yearly = schedule.every_property
    if line.relief is not None:
        relief = schedule.reliefs[line.relief]
        part = percent(relief.value.part)
        yield Step(
            f"ลดภาษีตามประเภททรัพย์สิน ร้อยละ {part} ของจำนวนภาษี",
            f"Reduction for this class of property: {part} % of the tax.",
            (relief,),
        )
    if yearly.value and line.gross_tax_satang:
        part, both = percent(yearly.value), line.relief is not None
        yield Step(
            f"ลดภาษีเป็นการทั่วไปในปีภาษีนี้ ร้อยละ {part} " + ("ของจำนวนที่เหลือ" if both else "ของจำนวนภาษี"),
            f"General reduction of this tax year: {part} % of "
            + ("what is left." if both else "the tax."),
            (yearly, schedule.reduction_order) if both else (yearly,),
        )
    if schedule.old_tax_limit.value is not None and line.tax_satang:
        yield _old_tax_step(line, schedule)


def _old_tax_step(line: Line, schedule: Schedule) -> Step:
    if line.old_tax_satang is None:
        return Step(
            "มิได้คำนวณการบรรเทาภาระภาษีในสามปีแรก เนื่องจากไม่ได้ระบุจำนวนภาษีตามกฎหมายเดิม",
            "The limit of the first three years was not applied: no tax of the old laws was given.",
            (schedule.old_tax_limit,),
        )
    part, old = percent(schedule.old_tax_limit.value or ZERO), baht_written(line.old_tax_satang)
    return Step(
        f"ภาษีใหม่สูงกว่าภาษีตามกฎหมายเดิมซึ่งเท่ากับ {old} บาท จึงชำระภาษีเดิมบวกร้อยละ {part} ของส่วนที่เพิ่มขึ้น",
        f"The new tax is above the old one, {old} baht: payable are the old tax and {part} % "
        "of the increase.",
        (schedule.old_tax_limit, schedule.reduction_order),
    )


def _result(line: Line, schedule: Schedule) -> Step:
    tax = baht_written(line.tax_satang)
    rounded = line.exact_tax_satang != line.tax_satang
    provisions: tuple[AnyProvision, ...] = (schedule.rates[line.tax_class],)
    if not schedule.every_property.value:
        provisions += (schedule.every_property,) if line.tax_satang else ()
    if not line.gross_tax_satang and not rounded:
        return Step("ไม่มีภาษีที่ต้องชำระ", "No tax is due.", provisions)
    if not rounded:
        return Step(f"ภาษีที่ต้องชำระ {tax} บาท", f"Tax due: {tax} baht.", provisions)
    exact = f"{line.exact_tax_satang / 100:,f}".rstrip("0")
    return Step(
        f"ภาษีคำนวณได้ {exact} บาท ปัดเป็นสตางค์ ภาษีที่ต้องชำระ {tax} บาท",
        f"Tax calculated {exact} baht, rounded to satang: {tax} baht due.",
        (schedule.rounding, *provisions),
    )

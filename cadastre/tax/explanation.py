"""Every line in words, Thai and English, each step with its provision (algorithm, section 7).

Words are made from a finished assessment and only when asked for, so that a roll does not pay
for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext

from cadastre.tax.assessment import Assessment, payable
from cadastre.tax.bases import base_of, counts_as_owner
from cadastre.tax.dated import Text
from cadastre.tax.explained_value import valuation_steps
from cadastre.tax.model import Kind, Line, Owner, Property, Reduction, Slice, TaxClass, Use
from cadastre.tax.money import EXACT, ONE, ZERO, baht_text, baht_written, half_up, percent, plain
from cadastre.tax.schedule import Schedule
from cadastre.tax.steps import AnyProvision, Step, doubts, exact_baht
from cadastre.tax.words import CLASSES, ORDERS

__all__ = ["Step", "doubts", "explain"]


def explain(assessment: Assessment, line: Line) -> tuple[Step, ...]:
    """The steps from area and price to the tax of one line, in order."""
    thing = assessment.properties[line.property_index]
    with localcontext(EXACT):
        return (
            *valuation_steps(assessment, line),
            *_classification(assessment, line),
            *_exemption(assessment, line),
            *_rates(assessment, line),
            *_reductions(thing, line, assessment.schedule),
            _result(thing, line, assessment.schedule),
        )


def members_of(assessment: Assessment, line: Line) -> list[Property]:
    """The properties that are valued as one with that of the line, itself included."""
    index = line.property_index
    base = base_of(index, assessment.properties[index])
    return [each for at, each in enumerate(assessment.properties) if base_of(at, each) == base]


def _classification(assessment: Assessment, line: Line) -> Iterator[Step]:
    schedule, thing = assessment.schedule, assessment.properties[line.property_index]
    if thing.possessed:
        yield Step(
            "ทรัพย์สินของรัฐ ผู้ครอบครองหรือทำประโยชน์เป็นผู้เสียภาษี",
            "Property of the state: who possesses or uses it is the taxpayer.",
            (schedule.possessor,),
            place=thing.place,
        )
    if thing.joint_base is not None:
        yield Step(
            "ติดต่อกันและใช้ประโยชน์ร่วมกับแปลงอื่นของเจ้าของเดียวกัน จึงคำนวณเป็นฐานภาษีเดียวกัน",
            "It adjoins other parcels of the same owner and is used with them: valued as one.",
            (schedule.joint_base,),
            place=thing.place,
        )
    words, rate = CLASSES[line.tax_class], schedule.rates[line.tax_class]
    if line.use is Use.MAIN_HOME and line.tax_class is TaxClass.RESIDENTIAL:
        why = _not_a_main_home(assessment, line)
        yield Step(
            f"แจ้งเป็นบ้านหลังหลัก แต่{why.th} จึงไม่ได้รับยกเว้นมูลค่าของฐานภาษี และคำนวณภาษีอย่างที่อยู่อาศัยอื่น",
            f"Claimed as main home, but {why.en}: there is no exemption, and it is taxed "
            "as another dwelling.",
            (schedule.exemptions[TaxClass.MAIN_HOME], rate),
            place=thing.place,
        )
        return
    yield Step(
        f"จัดอยู่ในประเภทการใช้ประโยชน์: {words.th}",
        f"Class of use: {words.en}.",
        (rate,),
        place=thing.place,
    )


def _not_a_main_home(assessment: Assessment, line: Line) -> Text:
    thing = assessment.properties[line.property_index]
    if assessment.owner is not Owner.INDIVIDUAL:
        return Text("เจ้าของมิใช่บุคคลธรรมดา", "the owner is not a natural person")
    if not counts_as_owner(thing, line.use, assessment.schedule):
        return Text("เป็นทรัพย์สินของรัฐ", "the property belongs to the state")
    members = members_of(assessment, line)
    if not any(each.in_house_registration for each in members):
        return Text(
            "เจ้าของไม่มีชื่ออยู่ในทะเบียนบ้านในวันที่ 1 มกราคมของปีภาษี",
            "the owner's name is not in the house registration on 1 January",
        )
    if all(each.kind is Kind.LAND for each in members):
        return Text("เป็นเจ้าของเฉพาะที่ดิน", "the owner has the land only")
    return Text("มิใช่บ้านที่มีชื่ออยู่ในทะเบียนบ้าน", "it is not the house of the registration")


def _exemption(assessment: Assessment, line: Line) -> Iterator[Step]:
    schedule, thing = assessment.schedule, assessment.properties[line.property_index]
    if assessment.owner is Owner.STATE:
        yield Step(
            "ทรัพย์สินของรัฐที่ใช้ในกิจการของรัฐหรือเพื่อสาธารณประโยชน์ ได้รับยกเว้นภาษี",
            "State property used for the state or the public is exempt.",
            (schedule.state_exemption,),
            result=baht_text(line.exemption_satang),
            place=thing.place,
        )
        return
    if not line.exemption_satang and line.exemption_left_satang is None:
        return
    provision: AnyProvision = schedule.exemptions[line.tax_class]
    if line.exemption_left_satang is None:
        yield Step(
            "ยกเว้นภาษีสำหรับบุคคลธรรมดาซึ่งใช้ประโยชน์ในการประกอบเกษตรกรรม ในสามปีแรกของการจัดเก็บภาษี",
            "An individual's agricultural property is wholly exempt in the first three tax years.",
            (provision,),
            result=baht_text(line.exemption_satang),
            place=thing.place,
        )
        return
    words, provisions = _exemption_words(assessment, line, provision)
    yield Step(
        words.th,
        words.en,
        provisions,
        "min(value, left)",
        {"value": baht_text(line.value_satang), "left": baht_text(line.exemption_left_satang)},
        baht_text(line.exemption_satang),
        thing.place,
    )


def _exemption_words(
    assessment: Assessment, line: Line, provision: AnyProvision
) -> tuple[Text, tuple[AnyProvision, ...]]:
    schedule = assessment.schedule
    exempt, left = baht_written(line.exemption_satang), baht_written(line.taxable_satang)
    amount = baht_written(provision.value)
    shared = line.exemption_left_satang != provision.value
    if line.tax_class is not TaxClass.AGRICULTURE:
        rest = baht_written(line.exemption_left_satang or 0)
        carried = Text(
            f" (จากวงเงินที่เหลือ {rest} บาท)" if shared else "",
            f", of {rest} baht that the house left" if shared else "",
        )
        return Text(
            f"หักมูลค่าของฐานภาษีที่ได้รับยกเว้นสำหรับบ้านหลังหลัก{carried.th} {exempt} บาท "
            f"คงเหลือมูลค่าที่ต้องเสียภาษี {left} บาท",
            f"Exempt as main home{carried.en}: {exempt} baht; {left} baht remain taxable.",
        ), (provision, schedule.one_main_home)
    order = ORDERS[assessment.policy.exemption_order]
    return Text(
        f"หักมูลค่าของฐานภาษีที่ได้รับยกเว้นสำหรับเกษตรกรรมของบุคคลธรรมดา "
        f"(รวมในเขตองค์กรปกครองส่วนท้องถิ่นไม่เกิน {amount} บาท"
        + (f" {order.th}" if shared else "")
        + f") {exempt} บาท คงเหลือมูลค่าที่ต้องเสียภาษี {left} บาท",
        f"Exempt for an individual's agriculture (at most {amount} baht in one local authority"
        + (f", {order.en}" if shared else "")
        + f"): {exempt} baht; {left} baht remain taxable.",
    ), ((provision, schedule.policy) if shared else (provision,))


def _rates(assessment: Assessment, line: Line) -> Iterator[Step]:
    schedule, thing = assessment.schedule, assessment.properties[line.property_index]
    rule = schedule.vacancy.value
    if line.vacancy_addition:
        added, cap = percent(line.vacancy_addition), percent(rule.cap)
        yield Step(
            f"ทิ้งไว้ว่างเปล่าติดต่อกันเป็นปีที่ {thing.years_vacant} เพิ่มอัตราภาษีอีกร้อยละ {added} "
            f"แต่อัตรารวมไม่เกินร้อยละ {cap}",
            f"Vacant for year {thing.years_vacant} in a row: {added} percentage points are added, "
            f"to a rate of at most {cap} %.",
            (schedule.vacancy,),
            "step × floor((years − 1) ÷ every)",
            {
                "step": plain(rule.step),
                "years": str(thing.years_vacant),
                "every": str(rule.every_years),
            },
            plain(line.vacancy_addition),
            thing.place,
        )
    if line.slices and line.slices[0].from_satang:
        start = baht_written(line.slices[0].from_satang)
        yield Step(
            f"คำนวณรวมเป็นฐานภาษีเดียวกันกับรายการก่อนหน้า ขั้นอัตราจึงเริ่มที่มูลค่า {start} บาท",
            f"One base with the lines before it, so the slices begin at {start} baht.",
            (schedule.joint_base if thing.joint_base else schedule.policy,),
            place=thing.place,
        )
    yield from _slice_steps(line, schedule, thing.place)


def _slice_steps(line: Line, schedule: Schedule, place: str) -> Iterator[Step]:
    rate = schedule.rates[line.tax_class]
    exact = line.gross_before_satang
    for part in line.slices:
        words = _slice_words(part)
        base = part.to_satang - part.from_satang
        inputs = {"amount": baht_text(base), "rate": plain(part.rate)}
        formula = "round(amount × rate)"
        if exact:
            inputs["before"] = exact_baht(exact)
            formula = "round(before + amount × rate) − round(before)"
        after = exact + base * part.rate
        if more := part.tax_satang - (half_up(after) - half_up(exact)):
            formula, inputs["carried"] = f"{formula} + carried", baht_text(more)
        yield Step(words.th, words.en, (rate,), formula, inputs, baht_text(part.tax_satang), place)
        exact = after


def _slice_words(part: Slice) -> Text:
    amount = baht_written(part.to_satang - part.from_satang)
    tax, points = baht_written(part.tax_satang), percent(part.rate)
    low, high = baht_written(part.from_satang), baht_written(part.to_satang)
    where = Text(f"มูลค่าส่วนที่เกิน {low} บาท ถึง {high} บาท จำนวน", f"From {low} to {high} baht:")
    if not part.from_satang:
        where = Text("มูลค่าส่วนแรก", "The first")
    return Text(
        f"{where.th} {amount} บาท อัตราร้อยละ {points} เป็นภาษี {tax} บาท",
        f"{where.en} {amount} baht × {points} % = {tax} baht.",
    )


def _reductions(thing: Property, line: Line, schedule: Schedule) -> Iterator[Step]:
    """In the order of the year, each from what the one before it left."""
    tax = sum((_exact(each) for each in line.slices), ZERO)
    reduced = False
    for kind in schedule.reduction_order.value:
        step, tax = _reduction(kind, line, tax, schedule, reduced=reduced)
        if step is not None:
            reduced = True
            yield _at(step, thing.place)


def _exact(part: Slice) -> Decimal:
    return (part.to_satang - part.from_satang) * part.rate


def _at(step: Step, place: str) -> Step:
    return Step(step.th, step.en, step.provisions, step.formula, step.inputs, step.result, place)


def _reduction(
    kind: Reduction, line: Line, tax: Decimal, schedule: Schedule, *, reduced: bool
) -> tuple[Step | None, Decimal]:
    """The step of one reduction, if it took part, and what it leaves of the exact tax."""
    match kind:
        case Reduction.RELIEF if line.relief is not None:
            relief = schedule.reliefs[line.relief]
            left = tax * (ONE - relief.value.part)
            words = Text(
                f"ลดภาษีตามประเภททรัพย์สิน ร้อยละ {percent(relief.value.part)} ของจำนวนภาษี",
                f"Reduction for this class of property: {percent(relief.value.part)} % of the tax.",
            )
            return _part_off(words, (relief,), tax, relief.value.part, left), left
        case Reduction.OLD_TAX_LIMIT if schedule.old_tax_limit.value is not None:
            return _old_tax_step(line, tax, schedule.old_tax_limit.value, schedule)
        case Reduction.EVERY_PROPERTY if schedule.every_property.value and line.gross_tax_satang:
            yearly = schedule.every_property
            left = tax * (ONE - yearly.value)
            words = Text(
                f"ลดภาษีเป็นการทั่วไปในปีภาษีนี้ ร้อยละ {percent(yearly.value)} "
                + ("ของจำนวนที่เหลือ" if reduced else "ของจำนวนภาษี"),
                f"General reduction of this tax year: {percent(yearly.value)} % of "
                + ("what is left." if reduced else "the tax."),
            )
            provisions = (yearly, schedule.reduction_order) if reduced else (yearly,)
            return _part_off(words, provisions, tax, yearly.value, left), left
    return None, tax


def _part_off(
    words: Text, provisions: tuple[AnyProvision, ...], tax: Decimal, part: Decimal, left: Decimal
) -> Step:
    return Step(
        words.th,
        words.en,
        provisions,
        "tax × (1 − part)",
        {"tax": exact_baht(tax), "part": plain(part)},
        exact_baht(left),
    )


def _old_tax_step(
    line: Line, tax: Decimal, part: Decimal, schedule: Schedule
) -> tuple[Step | None, Decimal]:
    if line.old_tax_satang is None:
        if not line.tax_satang:
            return None, tax
        return Step(
            "มิได้คำนวณการบรรเทาภาระภาษีในสามปีแรก เนื่องจากไม่ได้ระบุจำนวนภาษีตามกฎหมายเดิม หรือภาษีเดิมไม่ต่ำกว่า",
            "The limit of the first three years was not applied: no lower tax of the old laws "
            "was given.",
            (schedule.old_tax_limit,),
        ), tax
    old = min(Decimal(line.old_tax_satang), tax)
    left = old + part * (tax - old)
    return Step(
        f"ภาษีใหม่สูงกว่าภาษีตามกฎหมายเดิมซึ่งเท่ากับ {baht_written(line.old_tax_satang)} บาท "
        f"จึงชำระภาษีเดิมบวกร้อยละ {percent(part)} ของส่วนที่เพิ่มขึ้น",
        f"The new tax is above the old one, {baht_written(line.old_tax_satang)} baht: payable are "
        f"the old tax and {percent(part)} % of the increase.",
        (schedule.old_tax_limit, schedule.reduction_order),
        "min(old, tax) + part × (tax − min(old, tax))",
        {
            "old": baht_text(line.old_tax_satang),
            "part": plain(part),
            "tax": exact_baht(tax),
        },
        exact_baht(left),
    ), left


def _result(thing: Property, line: Line, schedule: Schedule) -> Step:
    tax, exact = baht_written(line.tax_satang), line.exact_tax_satang
    provisions: tuple[AnyProvision, ...] = (schedule.rates[line.tax_class],)
    if not schedule.every_property.value:
        provisions += (schedule.every_property,) if line.tax_satang else ()
    words = Text(f"ภาษีที่ต้องชำระ {tax} บาท", f"Tax due: {tax} baht.")
    if exact != line.tax_satang:
        provisions = (schedule.rounding, *provisions)
        words = _rounding_words(line)
    elif not line.gross_tax_satang:
        words = Text("ไม่มีภาษีที่ต้องชำระ", "No tax is due.")
    formula, inputs = "round(tax)", {"tax": exact_baht(exact)}
    if line.tax_before_satang:
        formula = "round(before + tax) − round(before)"
        inputs["before"] = exact_baht(line.tax_before_satang)
    return Step(
        words.th, words.en, provisions, formula, inputs, baht_text(line.tax_satang), thing.place
    )


def _rounding_words(line: Line) -> Text:
    tax = baht_written(line.tax_satang)
    exact = f"{line.exact_tax_satang.scaleb(-2):,f}".rstrip("0")
    if line.tax_satang != payable(line.exact_tax_satang):
        return Text(
            f"ภาษีคำนวณได้ {exact} บาท ปัดเป็นสตางค์ครั้งเดียวรวมทั้งฐานภาษี ส่วนของรายการนี้ {tax} บาท",
            f"Tax calculated {exact} baht; the joint base is rounded to satang once, "
            f"of which {tax} baht is due here.",
        )
    return Text(
        f"ภาษีคำนวณได้ {exact} บาท ปัดเป็นสตางค์ ภาษีที่ต้องชำระ {tax} บาท",
        f"Tax calculated {exact} baht, rounded to satang: {tax} baht due.",
    )

"""The steps from area and price to the value of one use of a property (algorithm, 1 and 2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from cadastre.tax.assessment import Assessment
from cadastre.tax.dated import Text
from cadastre.tax.division import ValuedPart, part_of, parts_of, values_by_use
from cadastre.tax.model import WHOLE, Building, Kind, LandDivision, Line, Property, Use
from cadastre.tax.money import baht_text, baht_written, percent, plain
from cadastre.tax.schedule import Schedule
from cadastre.tax.steps import AnyProvision, Step, figure
from cadastre.tax.valuation import (
    building_value_satang,
    depreciation_of,
    land_value_satang,
    new_value_satang,
    value_satang,
)
from cadastre.tax.words import STRUCTURES, USES, as_purpose


def valuation_steps(assessment: Assessment, line: Line) -> Iterator[Step]:
    """How the value of the line came about."""
    thing, schedule = assessment.properties[line.property_index], assessment.schedule
    if thing.appraised_value_satang is not None:
        total = thing.appraised_value_satang
        yield Step(
            f"ราคาประเมินทุนทรัพย์ของทรัพย์สิน {baht_written(total)} บาท",
            f"Appraised value of the property: {baht_written(total)} baht.",
            (schedule.base,),
            result=baht_text(total),
            place=thing.place,
        )
    if thing.is_measured:
        division = assessment.policy.land_division or schedule.land_division.value
        yield from _measured_steps(thing, line.use, schedule, division)
    else:
        if thing.land is not None:
            yield _land_step(thing, schedule)
        for building in thing.buildings:
            yield _building_step(thing, building, schedule)
        yield from _whole_steps(thing, line, schedule)
    if thing.owned is not WHOLE:
        yield _co_owner_step(assessment, line)


def _land_step(thing: Property, schedule: Schedule) -> Step:
    land = thing.land
    if land is None:
        raise ValueError("the property has no land")
    wa = plain(land.area.square_wa)
    rai = f"{int(land.area.square_wa // 400)}-{int(land.area.square_wa % 400 // 100)}"
    rai = f"{rai}-{plain(land.area.square_wa % 100)}"
    price, value = land.price_per_square_wa_satang, land_value_satang(land)
    return Step(
        f"ที่ดินเนื้อที่ {rai} ไร่ คำนวณเป็น {wa} ตารางวา "
        f"ราคาประเมินตารางวาละ {baht_written(price)} บาท เป็นเงิน {baht_written(value)} บาท",
        f"Land of {rai} rai is {wa} square wa × {baht_written(price)} baht per square wa "
        f"= {baht_written(value)} baht.",
        (schedule.base,),
        "round(square_wa × price)",
        {"square_wa": wa, "price": baht_text(price)},
        baht_text(value),
        thing.place,
    )


def _building_step(thing: Property, building: Building, schedule: Schedule) -> Step:
    if building.valued_elsewhere:
        return _elsewhere_step(thing, building, schedule)
    area = plain(building.floor_area_m2)
    price = baht_written(building.price_per_m2_satang)
    new = baht_written(new_value_satang(building))
    inputs = {"area": area, "price": baht_text(building.price_per_m2_satang)}
    place = building.place or thing.place
    if thing.kind is Kind.CONDOMINIUM_UNIT or building.structure is None:
        return Step(
            f"ห้องชุดเนื้อที่ {area} ตารางเมตร ราคาประเมินตารางเมตรละ {price} บาท เป็นเงิน {new} บาท",
            f"Condominium unit of {area} m² × {price} baht per m² = {new} baht.",
            (schedule.base,),
            "round(area × price)",
            inputs,
            baht_text(new_value_satang(building)),
            place,
        )
    lost, kept = depreciation_of(building, schedule), building_value_satang(building, schedule)
    structure, value = STRUCTURES[building.structure], baht_written(kept)
    return Step(
        f"สิ่งปลูกสร้างประเภท{structure.th} ขนาด {area} ตารางเมตร ตารางเมตรละ {price} บาท "
        f"เป็นเงิน {new} บาท อายุ {building.age_years} ปี หักค่าเสื่อมราคาร้อยละ {percent(lost)} "
        f"คงเหลือ {value} บาท",
        f"Building, {structure.en}, {area} m² × {price} baht per m² = {new} baht; "
        f"{building.age_years} years old, less {percent(lost)} % depreciation, leaves "
        f"{value} baht.",
        (schedule.depreciation[building.structure],),
        "round(area × price × (1 − depreciation))",
        inputs | {"depreciation": plain(lost)},
        baht_text(kept),
        place,
    )


def _elsewhere_step(thing: Property, building: Building, schedule: Schedule) -> Step:
    ground = plain(building.footprint_m2) if building.footprint_m2 is not None else "–"
    return Step(
        f"สิ่งปลูกสร้างบนที่ดินนี้ซึ่งคำนวณมูลค่าไว้ในรายการอื่น พื้นที่ฐาน {ground} ตารางเมตร",
        f"A building on this land that is valued elsewhere; it covers {ground} m² of it.",
        (schedule.land_division,),
        place=building.place or thing.place,
    )


def _whole_steps(thing: Property, line: Line, schedule: Schedule) -> Iterator[Step]:
    values = [land_value_satang(thing.land)] if thing.land is not None else []
    values += [
        building_value_satang(each, schedule)
        for each in thing.buildings
        if not each.valued_elsewhere
    ]
    total = value_satang(thing, schedule)
    if len(values) > 1:
        yield _sum_step(
            Text(
                f"รวมมูลค่าที่ดินและสิ่งปลูกสร้าง {baht_written(total)} บาท",
                f"Together: {baht_written(total)} baht.",
            ),
            values,
            schedule.base,
            thing.place,
        )
    if thing.is_mixed:
        yield _share_step(thing, line, total, schedule)


def _sum_step(words: Text, values: list[int], provision: AnyProvision, place: str) -> Step:
    inputs = {f"part_{at}": baht_text(value) for at, value in enumerate(values, 1)}
    return Step(
        words.th,
        words.en,
        (provision,),
        " + ".join(inputs),
        inputs,
        baht_text(sum(values)),
        place,
    )


def _share_step(thing: Property, line: Line, total: int, schedule: Schedule) -> Step:
    weights = {part.use: Fraction(part.share) for part in thing.uses}
    before = _before(weights, line.use)
    value = part_of(total, before + weights[line.use]) - part_of(total, before)
    share, use = percent(line.share), USES[line.use]
    return Step(
        f"ใช้ประโยชน์หลายประเภท ส่วนที่ใช้{as_purpose(use.th)} คิดเป็นสัดส่วนร้อยละ {share} "
        f"มูลค่าตามสัดส่วน {baht_written(value)} บาท",
        f"Mixed use: the part used as {use.en} is {share} % of the property, "
        f"{baht_written(value)} baht.",
        (schedule.mixed_use,),
        *_running(total, before, before + weights[line.use]),
        baht_text(value),
        thing.place,
    )


def _running(value: int, before: Fraction, upto: Fraction) -> tuple[str, dict[str, str]]:
    """A part by the difference of rounded running totals (`cadastre.tax.money.apportion`)."""
    inputs = {"value": baht_text(value), "upto": figure(upto)}
    if not before:
        return "round(value × upto)", inputs
    return "round(value × upto) − round(value × before)", inputs | {"before": figure(before)}


def _before(weights: Mapping[Use, Fraction], use: Use) -> Fraction:
    """The weight of the uses listed before one."""
    found = Fraction(0)
    for each, weight in weights.items():
        if each is use:
            return found
        found += weight
    return found


def _measured_steps(
    thing: Property, use: Use, schedule: Schedule, division: LandDivision
) -> Iterator[Step]:
    """The land and the buildings of which this use has a part, each with that part."""
    values: list[int] = []
    for part in parts_of(thing, schedule, division):
        if not part.weights.get(use):
            continue
        if part.building is not None:
            yield _building_step(thing, part.building, schedule)
        else:
            yield _land_step(thing, schedule)
            for building in thing.buildings:
                if building.valued_elsewhere:
                    yield _elsewhere_step(thing, building, schedule)
        step, value = _measured_step(thing, part, use, schedule)
        values.append(value)
        if len(part.weights) > 1:
            yield step
    if len(values) > 1:
        total, name = baht_written(sum(values)), USES[use]
        yield _sum_step(
            Text(
                f"รวมมูลค่าส่วนที่ใช้{as_purpose(name.th)} {total} บาท",
                f"Together, used as {name.en}: {total} baht.",
            ),
            values,
            schedule.mixed_use,
            thing.place,
        )


def _measured_step(
    thing: Property, part: ValuedPart, use: Use, schedule: Schedule
) -> tuple[Step, int]:
    whole = sum(part.weights.values(), Fraction(0))
    before = _before(part.weights, use) / whole
    upto = before + part.weights[use] / whole
    value = part_of(part.value_satang, upto) - part_of(part.value_satang, before)
    name, amount = USES[use], baht_written(value)
    measure, total = _measure(part.weights[use]), _measure(whole)
    if part.building is not None:
        what = Text("สิ่งปลูกสร้าง", "The building by floor area")
    elif part.by_buildings:
        what = Text("ที่ดินตามพื้นที่ของสิ่งปลูกสร้าง", "The land by the buildings on it")
    else:
        what = Text("ที่ดิน", "The land by area")
    step = Step(
        f"{what.th} ส่วนที่ใช้{as_purpose(name.th)} {measure} ใน {total} ส่วน มูลค่า {amount} บาท",
        f"{what.en}: {measure} of {total} parts are used as {name.en}, {amount} baht.",
        (schedule.land_division if part.by_buildings else schedule.mixed_use,),
        *_running(part.value_satang, before, upto),
        baht_text(value),
        (part.building.place if part.building is not None else "") or thing.place,
    )
    return step, value


def _measure(weight: Fraction) -> str:
    """A measured area as people read it; the formula carries the exact figure."""
    return plain(Decimal(int(weight * 100 + Fraction(1, 2))).scaleb(-2))


def _co_owner_step(assessment: Assessment, line: Line) -> Step:
    thing, schedule = assessment.properties[line.property_index], assessment.schedule
    division = assessment.policy.land_division or schedule.land_division.value
    found = values_by_use(replace(thing, owned=WHOLE), schedule, division)
    whole = next(each.value_satang for each in found if each.use is line.use)
    share, value = figure(thing.owned.share), baht_written(line.value_satang)
    return Step(
        f"คิดเฉพาะส่วนของเจ้าของรวมรายนี้ {share} มูลค่า {value} บาท",
        f"This co-owner's share of {share}: {value} baht.",
        (schedule.co_owners,),
        *_running(whole, thing.owned.before, thing.owned.before + thing.owned.share),
        baht_text(line.value_satang),
        thing.place,
    )

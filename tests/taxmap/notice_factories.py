"""Letters made by hand, without a database: to be set, looked at and read back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from cadastre.area import Area
from cadastre.payments import BillPayment, with_check_digit
from cadastre.tax import (
    Building,
    Kind,
    Land,
    Owner,
    Property,
    Structure,
    Use,
    UsePart,
    assess_properties,
    schedule_for,
)
from offices.models import Office
from taxmap.balances import Owed
from taxmap.models import Bill, Letterhead, NoticeKind, TaxYear
from taxmap.paper.notices.columns import Assessed
from taxmap.paper.notices.envelope import envelope_named
from taxmap.paper.notices.letter import Addressee, Letter, Sender, instalments_of
from taxmap.paper.notices.pages import sheet_pages
from taxmap.paper.notices.plots import Picture, Plot, picture_of
from taxmap.paper.notices.slip import barcode_symbol, qr_symbol, slip_of
from taxmap.roll_units import property_of_facts
from tests.factories import a_party, a_square, a_unit, an_assessment

STACKED = "นายกิ๊ฟท์ปั๊มน้ำมันผู้ใหญ่ฎีกาฏิฐี ญุ่นปู่ฐูปี้ทั้งนี้"
"""Tone marks over vowels above, vowels below ญ ฐ ฎ ฏ, sara am with a tone: all that can stack."""

BILLER = "099400016550100"


def a_farm(rai: int = 3, price_satang: int = 120_000) -> Property:
    return Property(
        kind=Kind.LAND, uses=(UsePart(Use.AGRICULTURE),),
        land=Land(Area.from_rai(rai, 1, Decimal("50.5")), price_satang),
    )  # fmt: skip


def a_shop(**fields: Any) -> Property:
    """A shop of two storeys, half of it a dwelling, on 120 square wa."""
    uses = (UsePart(Use.OTHER, Decimal("0.6")), UsePart(Use.RESIDENTIAL, Decimal("0.4")))
    return Property(
        kind=Kind.LAND_AND_BUILDING, uses=fields.pop("uses", uses),
        land=Land(Area.from_rai(0, 1, Decimal(20)), 12_500_000),
        buildings=(
            Building(Decimal("240.5"), 950_000, Structure.MASONRY, 12),
            Building(Decimal(36), 420_000, Structure.TIMBER, 17),
        ),
        **fields,
    )  # fmt: skip


def a_room() -> Property:
    return Property(
        kind=Kind.CONDOMINIUM_UNIT, uses=(UsePart(Use.RESIDENTIAL),),
        buildings=(Building(Decimal("34.25"), 6_500_000),),
    )  # fmt: skip


def assessed(things: Sequence[Property], owner: Owner = Owner.INDIVIDUAL) -> list[Assessed]:
    """The things with the tax that the engine finds for 2026."""
    schedule = schedule_for(2026)
    found = assess_properties(owner, things, schedule)
    return [
        Assessed(
            number=n + 1, code=f"01A{n + 1:03d}", title=f"โฉนดที่ดิน น.ส.4 {12_000 + n}", thing=thing,
            lines=tuple(line for line in found.lines if line.property_index == n),
            schedule=schedule, building_names=("ตึกแถวสองชั้น", "โรงเก็บของ"),
            condominium="อาคารชุดริมน้ำ" if thing.kind is Kind.CONDOMINIUM_UNIT else "",
            registration="3/2552", room=f"99/{n}", place="99 ถนนเทศบาล 6",
        )
        for n, thing in enumerate(things)
    ]  # fmt: skip


def a_sender(**fields: Any) -> Sender:
    authority = Office(
        code="LA-TEST", name_th="เทศบาลเมืองน้ำผึ้งปิ่นเกล้า", name_en="Honey Town",
        address_th="1 ถนนเทศบาล 1 อำเภอบางใหญ่ จังหวัดนนทบุรี 11140", phone="02 000 0000",
    )  # fmt: skip
    year = TaxYear(
        year=2026, property_list_on=date(2026, 1, 31), prices_announced_on=date(2026, 3, 31),
        assessment_on=date(2026, 4, 30), payment_on=date(2026, 6, 30),
        reminder_on=date(2026, 7, 31), arrears_reported_on=date(2026, 8, 31),
        instalments_on=[date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)],
    )  # fmt: skip
    head = Letterhead(
        department="กองคลัง ฝ่ายพัฒนารายได้", document_prefix="นบ 52003/ภ.",
        signer_name="นางสาวสุจิตรา ปิ่นเกล้า", signer_position="ผู้อำนวยการกองคลัง",
        pay_at="กองคลัง ชั้น 1 ในวันและเวลาราชการ", biller_id=BILLER,
    )  # fmt: skip
    known: dict[str, Any] = {
        "authority": authority, "head": head, "envelope": envelope_named("dl"), "year": year,
        "dated": date(2026, 4, 1), "language": "th", "is_demo": False,
        "public_url": "https://chanot.example",
    }  # fmt: skip
    return Sender(**known | fields)


def plots_of(things: Sequence[Assessed], apart_m: float = 22) -> list[Plot]:
    """Squares of 20 m in a row."""
    return [
        Plot(
            parcel_id=n, text=f"{each.number}{each.joint}", joint=each.joint,
            tax_satang=each.tax_satang, srid=32647,
            box=(660_000 + n * apart_m, 1_530_000, 660_020 + n * apart_m, 1_530_020),
            label=(660_010 + n * apart_m, 1_530_010),
        )
        for n, each in enumerate(things)
    ]  # fmt: skip


def a_letter(
    *things: Property, kind: NoticeKind = NoticeKind.ASSESSMENT, names: Sequence[str] = (STACKED,),
    lines: Sequence[str] = ("199/27 หมู่ 4 ถนนรัตนาธิเบศร์", "ตำบลบางรักพัฒนา อำเภอบางบัวทอง จังหวัดนนทบุรี"),
    **fields: Any,
) -> Letter:  # fmt: skip
    """A letter about these things, a shop and a farm unless said."""
    sender = fields.pop("sender", None) or a_sender()
    units = fields.pop("assessed", None) or assessed(things or (a_shop(), a_farm()))
    tax = sum(each.tax_satang for each in units)
    bill = Bill(
        public_id="kR3yJ0dQm8mXoJbq0a1B2c", tax_year=2026, number=1234,
        reference_1=with_check_digit("690000001234"), units=len(units), tax_satang=tax,
        value_satang=sum(each.value_satang for each in units),
        exemption_satang=sum(line.exemption_satang for each in units for line in each.lines),
    )  # fmt: skip
    owed = fields.pop("owed", None) or Owed(charged_satang=tax, due_satang=tax)
    is_notice = kind is NoticeKind.ASSESSMENT
    code = with_check_digit("000000042")
    explained = f"{sender.public_url}/tax/bills/{bill.public_id}/"
    amount = (owed.due_satang or None) if is_notice else None
    payment = BillPayment(BILLER, bill.reference_1, "25690", amount)
    parts = instalments_of(tax, sender.year) if is_notice else ()
    known: dict[str, Any] = {
        "kind": kind, "sender": sender, "bill": bill,
        "to": Addressee(tuple(names), tuple(lines), "11110"),
        "assessed": units, "owed": owed, "code": code, "barcode": barcode_symbol(code),
        "picture": picture_of(plots_of(units)) if is_notice else Picture([], []),
        "sheets": sheet_pages(units) if is_notice else [], "explanation_url": explained,
        "explanation": qr_symbol(explained),
        "slip": slip_of(payment) if owed.due_satang > 0 else None,
        "parts": tuple(
            part.with_code(
                BillPayment(BILLER, bill.reference_1, f"2569{part.number}", part.amount_satang)
            )
            for part in parts
        ),
    }  # fmt: skip
    return Letter(**known | fields)


def an_assessed_bill(
    *owners: str,
    number: int,
    parcels: Sequence[dict[str, Any]] = ({},),
    tax: bool = True,
    is_draft: bool = False,
) -> Bill:
    """A bill with its number, reference and a stored calculation for each of its shops."""
    parties = [a_party(name) for name in owners or ("สมชาย",)]
    use = "other" if tax else "main_home"
    facts = {
        "kind": "land_and_building", "uses": [[use, "1"]], "land": ["1600", 100_000],
        "buildings": [["masonry", "100", 800_000, 10]], "registered": True,
    }  # fmt: skip
    thing = property_of_facts(facts)
    found = assess_properties(Owner.INDIVIDUAL, [thing], schedule_for(2026))
    sheet = {"owner": "individual", "property": facts}
    bill = None
    for n, parcel in enumerate(parcels):
        code = f"{number % 90 + 1:02d}A{n + 1:03d}"
        lon = 100.47 + number * 0.002 + n * 0.0004
        here = {"tax_parcel_code": code, "geometry": a_square(lon=lon)}
        unit = a_unit(*parties, uses={use: 100}, parcel=here | parcel)
        made = an_assessment(
            unit, lines=sheet, tax_satang=found.tax_satang,
            value_satang=sum(line.value_satang for line in found.lines),
            exemption_satang=sum(line.exemption_satang for line in found.lines),
        )  # fmt: skip
        bill = made.bill
    assert bill is not None
    if is_draft:
        return bill
    bill.number, bill.reference_1 = number, with_check_digit(f"69{number:010d}")
    bill.save()
    return bill

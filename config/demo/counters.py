"""The demo offices' counters: what they do, how long it takes, which papers it needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Final

from appointments.models import (
    Counter,
    CounterGroup,
    Hall,
    OpeningHours,
    Service,
    ServiceDocument,
)
from offices.models.office import Office

_CARD: Final = ("บัตรประจำตัวประชาชน", "National identity card")
_HOUSE: Final = ("ทะเบียนบ้าน", "House registration")
_DEED: Final = ("โฉนดที่ดินฉบับเจ้าของ", "The owner's copy of the title deed")
_SPOUSE: Final = ("หนังสือยินยอมของคู่สมรสและสำเนาบัตร", "Consent of the spouse, with a copy of the card")
_DEATH: Final = ("มรณบัตรของเจ้ามรดก", "Death certificate of the deceased")
_WILL: Final = ("พินัยกรรม (ถ้ามี)", "The will, if there is one")
_CONTRACT: Final = ("สัญญากู้ยืมหรือหนังสือของธนาคาร", "The loan contract or the bank's letter")
_RELEASE: Final = ("หนังสือไถ่ถอนจากผู้รับจำนอง", "The mortgagee's letter of release")
_SKETCH: Final = ("แผนผังแนวเขตที่ขอแบ่ง", "A sketch of the division asked for")


@dataclass(frozen=True, slots=True)
class Work:
    """A service: code, names, slots in a row, kind of fee, papers."""

    code: str
    name_th: str
    name_en: str
    slots: int
    fee: str
    papers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Counters:
    """A counter group: names, minutes of a slot, places for all and for the office, services."""

    code: str
    name_th: str
    name_en: str
    minutes: int
    public: int
    internal: int
    prefix: str
    services: tuple[Work, ...]


LAND_OFFICE_COUNTERS: Final = (
    Counters("register", "ฝ่ายทะเบียน", "Registration", 15, 4, 1, "A", (
        Work("sale", "จดทะเบียนขาย", "Register a sale", 4, "sale", (_CARD, _HOUSE, _DEED, _SPOUSE)),
        Work("gift", "จดทะเบียนให้", "Register a gift", 4, "gift", (_CARD, _HOUSE, _DEED, _SPOUSE)),
        Work("inheritance", "จดทะเบียนรับมรดก", "Register an inheritance", 4, "inheritance",
             (_CARD, _HOUSE, _DEED, _DEATH, _WILL)),
        Work("mortgage", "จดทะเบียนจำนอง", "Register a mortgage", 3, "mortgage",
             (_CARD, _HOUSE, _DEED, _CONTRACT)),
        Work("redemption", "จดทะเบียนไถ่ถอนจำนอง", "Release a mortgage", 2, "redemption",
             (_CARD, _DEED, _RELEASE)),
    )),
    Counters("survey", "ฝ่ายรังวัด", "Surveys", 30, 2, 1, "B", (
        Work("division-survey", "ยื่นคำขอรังวัดแบ่งแยก", "Apply for a division survey", 1,
             "application", (_CARD, _HOUSE, _DEED, _SKETCH)),
        Work("boundary-survey", "ยื่นคำขอรังวัดสอบเขต", "Apply for a boundary survey", 1,
             "application", (_CARD, _HOUSE, _DEED)),
    )),
    Counters("copies", "งานบริการเอกสาร", "Documents", 15, 2, 0, "C", (
        Work("copy", "ขอสำเนาโฉนด ตรวจสอบหลักทรัพย์", "Copies of deeds, search of the register", 1,
             "application", (_CARD,)),
    )),
)  # fmt: skip
LOCAL_AUTHORITY_COUNTERS: Final = (
    Counters("tax", "งานจัดเก็บรายได้", "Revenue", 15, 2, 1, "A", (
        Work("tax-question", "สอบถามภาษีที่ดินและสิ่งปลูกสร้าง", "Ask about land and building tax", 1, "",
             (_CARD,)),
        Work("change-of-use", "แจ้งเปลี่ยนแปลงการใช้ประโยชน์", "Report a change of use", 2, "",
             (_CARD, _DEED)),
        Work("objection", "ยื่นคำร้องคัดค้านการประเมิน", "Object to an assessment", 2, "",
             (_CARD, _DEED)),
    )),
)  # fmt: skip


def counters_open(office: Office, groups: tuple[Counters, ...]) -> None:
    """A hall, and the groups with their services, papers and counters; Monday to Friday."""
    Hall.objects.create(office=office)
    number = 0
    for each in groups:
        group = CounterGroup.objects.create(
            office=office, code=each.code, name_th=each.name_th, name_en=each.name_en,
            slot_minutes=each.minutes, public_counters=each.public, internal_counters=each.internal,
        )  # fmt: skip
        services = [_service(office, group, work, each.prefix) for work in each.services]
        for _ in range(each.public + each.internal):
            number += 1
            counter = Counter.objects.create(office=office, number=str(number))
            counter.services.set(services)
    OpeningHours.objects.bulk_create(
        OpeningHours(office=office, weekday=weekday, opens_at=opens, closes_at=closes)
        for weekday in range(1, 6)
        for opens, closes in ((time(8, 30), time(12, 0)), (time(13, 0), time(16, 30)))
    )


def _service(office: Office, group: CounterGroup, work: Work, prefix: str) -> Service:
    service = Service.objects.create(
        office=office, group=group, code=work.code, name_th=work.name_th, name_en=work.name_en,
        slots=work.slots, fee=work.fee, ticket_prefix=prefix,
    )  # fmt: skip
    ServiceDocument.objects.bulk_create(
        ServiceDocument(service=service, order=order, name_th=thai, name_en=english)
        for order, (thai, english) in enumerate(work.papers)
    )
    return service

"""Everything that letters say, read for many letters at once by the same few queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import connection

from cadastre.payments import BillPayment
from cadastre.tax import Line, Owner, Property, assess_properties, schedule_for
from offices.models import AdministrativeArea
from parcels.models import Parcel, Party, TitleType
from parcels.representation import locality_of
from taxmap.balances import Owed, balances_of
from taxmap.models import Assessment, Bill, Building, NoticeKind, TaxpayerAddress
from taxmap.paper.notices.columns import Assessed
from taxmap.paper.notices.letter import (
    Addressee,
    Instalment,
    LateOffer,
    Letter,
    Sender,
    instalments_of,
    late_words,
)
from taxmap.paper.notices.pages import Page, list_pages, sheet_pages
from taxmap.paper.notices.plots import Picture, Plot, draw, picture_of
from taxmap.paper.notices.slip import Slip, barcode_symbol, qr_symbol, slip_of
from taxmap.roll_units import property_of_facts
from taxmap.services.payments import due_of
from taxmap.services.settling import BillFacts, facts_of
from web.formats import in_thai

UNITS_SQL: Final = (Path(__file__).parents[2] / "sql" / "notice_units.sql").read_text("utf-8")
JOINT_LETTERS: Final = {True: "กขคงจฉชซญฐณดตถทธนบปผพภมยรลวศสห", False: "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
THE_WHOLE: Final = 0
"""What the second reference ends with when the whole bill is paid at once; else the instalment."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A letter about a bill; ``code`` is that of its notice, empty for a preview."""

    bill: Bill
    code: str = ""


def letters_of(wanted: Sequence[Wanted], kind: NoticeKind, sender: Sender) -> list[Letter]:
    """The letters in the order asked for, ready to be set; eight queries, however many they are."""
    bills = {each.bill.pk: each.bill for each in wanted}
    on = date(sender.year.year, 1, 1)
    rows = _rows(bills)
    buildings = _building_names([row["unit_id"] for found in rows.values() for row in found], on)
    parties = _parties(bills.values())
    addresses = _addresses(parties, sender)
    areas = _areas(rows)
    owed = balances_of(bills)
    settled = facts_of(bills.values()) if kind is NoticeKind.REMINDER else {}
    letters = [
        _letter(
            each, kind, sender,
            _Facts(
                rows[each.bill.pk], buildings,
                _addressee(each.bill, rows[each.bill.pk], parties, addresses, areas),
                owed.get(each.bill.pk) or Owed(due_satang=each.bill.tax_satang),
                settled.get(each.bill.pk),
            ),
        )
        for each in wanted
    ]  # fmt: skip
    draw((each for letter in letters for each in letter.picture.maps), on)
    return letters


def addressees_of(bills: Mapping[int, Bill], sender: Sender) -> dict[int, Addressee]:
    """Who is written to about each bill, and where, without the rest of the letters."""
    rows = _rows(bills)
    parties = _parties(bills.values())
    addresses, areas = _addresses(parties, sender), _areas(rows)
    return {
        key: _addressee(bill, rows[key], parties, addresses, areas) for key, bill in bills.items()
    }


def _rows(bills: Mapping[int, Bill]) -> dict[int, list[Json]]:
    """The assessed units of each bill, by parcel code."""
    keys = Assessment.objects.filter(bill__in=bills, unit__isnull=False).values_list(
        "pk", flat=True
    )
    found: dict[int, list[Json]] = {bill: [] for bill in bills}
    with connection.cursor() as cursor:
        cursor.execute(UNITS_SQL, {"assessments": list(keys)})
        names = [column.name for column in cursor.description or ()]
        for values in cursor:
            row = dict(zip(names, values, strict=True))
            row["sheet"] = json.loads(row["sheet"])
            found[row["bill_id"]].append(row)
    return found


def _building_names(units: Iterable[int], on: date) -> dict[int, tuple[str, ...]]:
    """What the buildings of each unit are called, in the order of their codes."""
    found: dict[int, list[str]] = defaultdict(list)
    standing = Building.objects.filter(unit__in=list(units), valid_during__contains=on)
    for unit, name in standing.order_by("unit", "code").values_list("unit", "type_name"):
        found[unit].append(name)
    return {unit: tuple(names) for unit, names in found.items()}


def _parties(bills: Iterable[Bill]) -> dict[int, Party]:
    return Party.objects.in_bulk({party for bill in bills for party in bill.taxpayers})


def _addresses(parties: Mapping[int, Party], sender: Sender) -> dict[int, TaxpayerAddress]:
    kept = TaxpayerAddress.objects.filter(local_authority=sender.authority, party__in=list(parties))
    return {each.party_id: each for each in kept}


def _areas(rows: Mapping[int, list[Json]]) -> dict[str, str]:
    """Sub-district, district and province in words, by the code of the sub-district."""
    codes = {row["sub_district_id"] for found in rows.values() for row in found}
    found = AdministrativeArea.objects.filter(pk__in=codes - {None})
    return {
        area.pk: locality_of(Parcel(sub_district=area))
        for area in found.select_related("parent__parent")
    }


def _addressee(
    bill: Bill, rows: Sequence[Json], parties: Mapping[int, Party],
    addresses: Mapping[int, TaxpayerAddress], areas: Mapping[str, str],
) -> Addressee:  # fmt: skip
    """The taxpayers at the address that one of them gave, or else at the plot they live on."""
    names = tuple(parties[each].full_name for each in bill.taxpayers if each in parties)
    for party in bill.taxpayers:
        if kept := addresses.get(party):
            lines = tuple(line for line in (kept.line_1, kept.line_2) if line)
            return Addressee(names, lines, kept.postcode)
    if not rows:
        return Addressee(names, (), "")
    home = min(rows, key=home_first)
    lines = (_street(home), areas.get(home["sub_district_id"], ""))
    return Addressee(names, tuple(line for line in lines if line), "")


def home_first(row: Json) -> tuple[bool, bool, str]:
    """The plot that letters go to: a main home, else one with a house number, else the first.

    notice_plan.sql puts letters into postal order by the same rule.
    """
    uses = [use for use, *_share in row["sheet"]["property"].get("uses", [])]
    return "main_home" not in uses, not row["house_number"], row["code"]


def _street(row: Json) -> str:
    street = row["street_th"] if in_thai() else row["street_en"] or row["street_th"]
    return f"{row['house_number']} {street}".strip()


@dataclass(frozen=True, slots=True)
class _Facts:
    """What was read for one letter."""

    rows: Sequence[Json]
    buildings: Mapping[int, tuple[str, ...]]
    to: Addressee
    owed: Owed
    settled: BillFacts | None


def _letter(wanted: Wanted, kind: NoticeKind, sender: Sender, facts: _Facts) -> Letter:
    bill, owed = wanted.bill, facts.owed
    assessed = _assessed(facts.rows, facts.buildings, bill.tax_year)
    is_notice = kind is NoticeKind.ASSESSMENT
    explained = f"{sender.public_url}/tax/bills/{bill.public_id}/"
    return Letter(
        kind=kind, sender=sender, bill=bill, to=facts.to, assessed=assessed, owed=owed,
        picture=_picture(assessed, facts.rows) if is_notice else Picture([], []),
        sheets=_sheets(kind, assessed),
        code=wanted.code, barcode=barcode_symbol(wanted.code) if wanted.code else None,
        explanation_url=explained,
        explanation=qr_symbol(explained) if kind is not NoticeKind.PROPERTY_LIST else None,
        slip=_slip(kind, bill, sender, owed),
        parts=_parts(bill, sender, owed) if is_notice else (),
        late_offers=_late_offers(kind, bill, sender, facts.settled),
    )  # fmt: skip


def _sheets(kind: NoticeKind, assessed: Sequence[Assessed]) -> list[Page]:
    if kind is NoticeKind.REMINDER:
        return []
    return sheet_pages(assessed) if kind is NoticeKind.ASSESSMENT else list_pages(assessed)


def _late_offers(
    kind: NoticeKind, bill: Bill, sender: Sender, facts: BillFacts | None
) -> tuple[LateOffer, ...]:
    """What is to be paid within the time of a reminder dated today, and a month after it."""
    if kind is not NoticeKind.REMINDER or facts is None:
        return ()
    bill.reminded_on = bill.reminded_on or sender.dated
    within = sender.dated + timedelta(days=int(late_words(sender.year.payment_on)["pay_within"]))
    offers = []
    for until in (within, within + timedelta(days=30)):
        due = due_of(facts, until)
        offers.append(LateOffer(until, due.tax, due.penalty, due.surcharge, due.total))
    return tuple(offers)


def _slip(kind: NoticeKind, bill: Bill, sender: Sender, owed: Owed) -> Slip | None:
    """The payment slip; a reminder's leaves the amount open, for it depends on the day."""
    if not (sender.head.biller_id and bill.reference_1 and owed.due_satang > 0):
        return None
    if kind is NoticeKind.PROPERTY_LIST:
        return None
    amount = owed.due_satang if kind is NoticeKind.ASSESSMENT else None
    return slip_of(_payment(bill, sender, THE_WHOLE, amount))


def _payment(bill: Bill, sender: Sender, part: int, amount_satang: int | None) -> BillPayment:
    return BillPayment(
        sender.head.biller_id, bill.reference_1, f"{bill.tax_year + 543}{part}", amount_satang
    )


def _parts(bill: Bill, sender: Sender, owed: Owed) -> tuple[Instalment, ...]:
    """The instalments that are still open to somebody who has paid nothing yet."""
    if owed.received_satang or owed.due_satang != bill.tax_satang:
        return ()
    plain = instalments_of(bill.tax_satang, sender.year)
    if not (sender.head.biller_id and bill.reference_1):
        return plain
    payments = [_payment(bill, sender, each.number, each.amount_satang) for each in plain]
    return tuple(each.with_code(payment) for each, payment in zip(plain, payments, strict=True))


def _assessed(
    rows: Sequence[Json], buildings: Mapping[int, tuple[str, ...]], tax_year: int
) -> list[Assessed]:
    """The units of a bill with their calculations, made anew from the sheets that were kept."""
    schedule = schedule_for(tax_year)
    calculated = _calculated(rows, tax_year)
    groups = list(dict.fromkeys(filter(None, (_joint(row) for row in rows))))
    letters = JOINT_LETTERS[in_thai()]
    return [
        Assessed(
            number=number, code=row["code"], title=_title(row),
            thing=calculated[row["unit_id"]][0], lines=calculated[row["unit_id"]][1],
            schedule=schedule, building_names=buildings.get(row["unit_id"], ()),
            joint=letters[groups.index(_joint(row)) % len(letters)] if _joint(row) else "",
            condominium=row["condominium"], registration=row["registration"], room=row["room"],
            place=_street(row),
        )
        for number, row in enumerate(rows, start=1)
    ]  # fmt: skip


def _joint(row: Json) -> str:
    return str(row["sheet"]["property"].get("joint") or "")


def _calculated(
    rows: Sequence[Json], tax_year: int
) -> dict[int, tuple[Property, tuple[Line, ...]]]:
    """Property and lines of each unit; units that must be assessed together are, once."""
    sheets = {row["unit_id"]: row["sheet"] for row in rows}
    found: dict[int, tuple[Property, tuple[Line, ...]]] = {}
    for unit, sheet in sheets.items():
        if unit in found:
            continue
        together = sheet.get("with") or [unit]
        things = [property_of_facts(sheets[each]["property"]) for each in together]
        assessed = assess_properties(Owner(sheet["owner"]), things, schedule_for(tax_year))
        for index, each in enumerate(together):
            lines = tuple(line for line in assessed.lines if line.property_index == index)
            found[each] = things[index], lines
    return found


def _title(row: Json) -> str:
    if not row["title_type"]:
        return ""
    return f"{TitleType(row['title_type']).label} {row['deed_number']}".strip()


def _picture(assessed: Sequence[Assessed], rows: Sequence[Json]) -> Picture:
    """The plots of a bill; several units on one plot are drawn once, with all their numbers."""
    plots: dict[int, Plot] = {}
    for unit, row in zip(assessed, rows, strict=True):
        former = plots.get(row["parcel_id"])
        text = f"{unit.number}{unit.joint}"
        plots[row["parcel_id"]] = Plot(
            parcel_id=row["parcel_id"], text=f"{former.text}, {text}" if former else text,
            joint=unit.joint, tax_satang=row["tax_satang"] + (former.tax_satang if former else 0),
            srid=row["srid"], box=(row["west"], row["south"], row["east"], row["north"]),
            label=(row["label_x"], row["label_y"]),
        )  # fmt: skip
    return picture_of(list(plots.values()))

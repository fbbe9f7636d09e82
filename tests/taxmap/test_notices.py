"""Letters chosen, put into postal order, printed in parts, delivered and received."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PageObject, PdfReader

from cadastre.payments import with_check_digit
from offices.jobs import CommandRun, JobCancelled
from offices.models import AuditEntry, Job, Message, Role
from taxmap.models import (
    Bill,
    Delivery,
    Letterhead,
    Notice,
    NoticeBatch,
    NoticeKind,
    NoticePart,
    TaxpayerAddress,
)
from taxmap.paper.notices.errors import NothingToPrint
from taxmap.paper.notices.reading import Wanted, letters_of
from taxmap.services.notice_delivery import (
    LINK_LIVES,
    Received,
    batch_email,
    codes_in,
    letter_by_link,
    notices_received,
)
from taxmap.services.notice_lists import delivery_list_pdf, delivery_rows
from taxmap.services.notice_printing import batch_print, part_print
from taxmap.services.notices import (
    Selection,
    notice_batch_create,
    notice_preview,
    part_letters,
    sender_of,
)
from tests.factories import a_local_authority, a_user
from tests.taxmap.notice_factories import BILLER, an_assessed_bill
from tests.taxmap.test_paper import skeleton

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 2)


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def officer() -> Any:
    return a_user("collector", Role.TAX_OFFICER, office=a_local_authority())


class Quiet(CommandRun):
    """A run that can be told to stop after so many reports."""

    def __init__(self, stop_after: int = 10_000) -> None:
        super().__init__(io.StringIO(), office=a_local_authority())
        self.left = stop_after

    def progress(self, *_said: Any) -> None:
        self.left -= 1
        if self.left < 0:
            raise JobCancelled


def a_batch(kind: NoticeKind = NoticeKind.ASSESSMENT, **fields: Any) -> NoticeBatch:
    known: dict[str, Any] = {
        "local_authority": a_local_authority(), "tax_year": 2026, "kind": kind,
        "selection": Selection(), "dated": TODAY, "per_part": 2, "actor": None,
        "now": timezone.now(),
    }  # fmt: skip
    return notice_batch_create(**known | fields)


def printed(batch: NoticeBatch) -> list[Notice]:
    batch_print(batch, run=Quiet(), workers=0)
    return list(Notice.objects.filter(part__batch=batch).order_by("position"))


def pages_in(part: NoticePart) -> list[PageObject]:
    with part.file.open("rb") as file:
        return list(PdfReader(io.BytesIO(file.read())).pages)


def receive(codes: list[str], officer: Any, **fields: Any) -> Received:
    known: dict[str, Any] = {
        "local_authority": a_local_authority(), "codes": codes, "delivery": Delivery.REGISTERED,
        "on": timezone.localdate(), "actor": officer, "now": timezone.now(),
    }  # fmt: skip
    return notices_received(**known | fields)


# --- order and parts ------------------------------------------------------------------------------


def test_letters_lie_in_the_order_of_the_postman() -> None:
    here = {"street_th": "ถนนเทศบาล 1", "tax_parcel_code": "03B001"}
    ninth = an_assessed_bill("ก", number=1, parcels=[here | {"house_number": "9/2"}])
    tenth = an_assessed_bill("ข", number=2, parcels=[here | {"house_number": "10"}])
    second = an_assessed_bill("ค", number=3, parcels=[here | {"house_number": "9/10"}])
    away = an_assessed_bill("ง", number=4, parcels=[here | {"house_number": "1"}])
    first = an_assessed_bill("จ", number=5, parcels=[here | {"tax_parcel_code": "02A009"}])
    TaxpayerAddress.objects.create(
        local_authority=a_local_authority(), party_id=away.taxpayers[0], line_1="1 ถนนสีลม",
        postcode="10500",
    )  # fmt: skip
    notices = Notice.objects.filter(part__batch=a_batch()).order_by("position")
    assert [each.bill_id for each in notices] == [
        each.pk for each in (first, ninth, second, tenth, away)
    ]
    assert list(NoticePart.objects.order_by("number").values_list("notices_count", flat=True)) == [
        2, 2, 1,
    ]  # fmt: skip


def test_letters_are_chosen_by_zone_number_and_tax() -> None:
    bills = [an_assessed_bill(f"น{n}", number=n) for n in (1, 2, 3)]
    nothing = an_assessed_bill("ว", number=9, tax=False)
    assert nothing.tax_satang == 0
    assert a_batch().notices_count == 3
    assert a_batch(selection=Selection(with_tax=False)).notices_count == 4
    assert a_batch(selection=Selection(first=2, last=3)).notices_count == 2
    zone = bills[1].assessments.get().unit.parcel.tax_parcel_code[:2]
    assert a_batch(selection=Selection(area=zone)).notices_count == 1
    Bill.objects.filter(pk=bills[0].pk).update(notified_on=TODAY)
    assert a_batch(selection=Selection(not_yet=True)).notices_count == 2
    with pytest.raises(NothingToPrint):
        a_batch(selection=Selection(area="98"))
    with pytest.raises(NothingToPrint):
        a_batch(tax_year=2024)


def test_a_draft_gets_a_property_list_but_no_notice() -> None:
    an_assessed_bill("ก", number=1, is_draft=True)
    with pytest.raises(NothingToPrint):
        a_batch()
    batch = a_batch(NoticeKind.PROPERTY_LIST)
    notice = printed(batch)[0]
    assert notice.bill is None
    pages = pages_in(batch.parts.get())
    assert len(pages) == 2
    assert skeleton("ภ.ด.ส.3") in skeleton(pages[1].extract_text())


# --- printing -------------------------------------------------------------------------------------


def test_a_letter_is_read_by_the_same_queries_whatever_their_number() -> None:
    for n in range(1, 7):
        an_assessed_bill(f"น{n}", number=n, parcels=[{}] * n)
    bills = list(Bill.objects.order_by("number"))
    sender = sender_of(a_local_authority(), 2026, dated=TODAY)
    for kind in NoticeKind:
        counts = []
        for some in (bills[:1], bills):
            with CaptureQueriesContext(connection) as queries:
                letters = letters_of([Wanted(bill) for bill in some], kind, sender)
            assert len(letters) == len(some)
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 14, (kind, counts)


def test_a_stopped_batch_goes_on_and_repeats_nothing() -> None:
    for n in range(1, 6):
        an_assessed_bill(f"น{n}", number=n)
    batch = a_batch()
    with pytest.raises(JobCancelled):
        batch_print(batch, run=Quiet(stop_after=2), workers=0)
    done = batch.parts.exclude(printed_at=None)
    before = {part.pk: (part.printed_at, part.file.name) for part in done}
    assert 0 < len(before) < 3
    result = batch_print(batch, run=Quiet(), workers=0)
    assert result["printed"] == 5
    assert result["parts"] == result["printed_parts"] == 3
    after = {part.pk: (part.printed_at, part.file.name) for part in batch.parts.all()}
    assert before.items() <= after.items()
    pages = [len(pages_in(part)) for part in batch.parts.all()]
    assert sum(pages) == result["pages"] == 15
    assert part_print(batch.parts.first().pk) == 2
    assert {part.pk: (part.printed_at, part.file.name) for part in batch.parts.all()} == after


def test_each_letter_names_its_owner_tax_and_plot_and_keeps_the_sum() -> None:
    Letterhead.objects.create(local_authority=a_local_authority(), biller_id=BILLER)
    bill = an_assessed_bill("สมปองผู้ยิ่งใหญ่", number=77, parcels=[{}, {}])
    batch = a_batch()
    letter = part_letters(batch.parts.get())[0]
    assert letter.due_satang == bill.tax_satang == sum(each.tax_satang for each in letter.assessed)
    assert letter.slip is not None
    assert letter.slip.bill.reference_1 == bill.reference_1
    assert [len(each.own) for each in letter.picture.maps] == [2]
    notice = printed(batch)[0]
    assert notice.due_satang == bill.tax_satang
    assert notice.printed_at is not None
    first, _second, sheet = pages_in(batch.parts.get())
    assert skeleton("สมปองผู้ยิ่งใหญ่") in skeleton(first.extract_text())
    assert "78A001" in skeleton(sheet.extract_text())


@pytest.mark.django_db(transaction=True)
def test_parts_are_printed_by_processes_of_their_own(capsys: Any) -> None:
    for n in (1, 2):
        an_assessed_bill(f"น{n}", number=n)
    call_command("print_notices", "2026", "--per-part", "1", "--workers", "2", "--json")
    batch = NoticeBatch.objects.get()
    assert f'"batch": "{batch.public_id}"' in capsys.readouterr().out
    parts = batch.parts.order_by("number")
    assert [len(pages_in(part)) for part in parts] == [3, 3]
    assert not Notice.objects.filter(printed_at=None).exists()


# --- delivery -------------------------------------------------------------------------------------


def test_scanned_codes_record_the_receipt_on_the_bills(officer: Any) -> None:
    bills = [an_assessed_bill(f"น{n}", number=n) for n in (1, 2)]
    notices = printed(a_batch())
    codes = codes_in(f"{notices[0].code}\n{notices[1].code} {notices[0].code}")
    assert codes == [notices[0].code, notices[1].code]
    done = receive(codes, officer)
    assert (done.recorded, done.refused) == (2, [])
    for bill in bills:
        bill.refresh_from_db()
        assert bill.notified_on == timezone.localdate()
        assert bill.reminded_on is None
    again = receive(codes[:1], officer, on=timezone.localdate() + timedelta(days=1))
    assert [error.code for _code, error in again.refused] == ["notice_already_received"]
    bills[0].refresh_from_db()
    assert bills[0].notified_on == timezone.localdate()
    entry = AuditEntry.objects.filter(action="taxmap.notices_received").latest("pk")
    assert entry.data["refused"] == 1


def test_codes_that_cannot_be_are_handed_back_with_the_reason(officer: Any) -> None:
    an_assessed_bill("ก", number=1)
    elsewhere = a_local_authority("LA-2")
    [notice] = printed(a_batch())
    waiting = a_batch()
    unprinted = Notice.objects.get(part__batch=waiting)
    wrong_digit = notice.code[:-1] + str((int(notice.code[-1]) + 1) % 10)
    stranger = with_check_digit("999999999")
    done = receive([wrong_digit, stranger, "ก", unprinted.code], officer)
    assert done.recorded == 0
    assert [error.code for _code, error in done.refused] == [
        "notice_code_unknown", "notice_code_unknown", "notice_code_unknown", "notice_not_printed",
    ]  # fmt: skip
    too_early = receive([notice.code], officer, on=date(2026, 1, 1))
    assert [error.code for _code, error in too_early.refused] == ["delivery_impossible"]
    other = receive([notice.code], officer, local_authority=elsewhere)
    assert [error.code for _code, error in other.refused] == ["notice_code_unknown"]


def test_what_came_back_sets_no_day_and_may_be_received_later(officer: Any) -> None:
    bill = an_assessed_bill("ก", number=1)
    [notice] = printed(a_batch())
    assert receive([notice.code], officer, delivery=Delivery.RETURNED, on=None).recorded == 1
    bill.refresh_from_db()
    assert bill.notified_on is None
    assert receive([notice.code], officer, delivery=Delivery.POSTED_UP).recorded == 1
    bill.refresh_from_db()
    assert bill.notified_on == timezone.localdate()


def test_the_delivery_list_has_every_letter_once() -> None:
    for n in range(1, 4):
        an_assessed_bill(f"น{n}", number=n)
    batch = a_batch()
    _head, *rows = delivery_rows(batch)
    assert [row[0] for row in rows] == [1, 2, 3]
    assert {row[3] for row in rows} == {"น1", "น2", "น3"}
    text = skeleton(PdfReader(io.BytesIO(delivery_list_pdf(batch))).pages[0].extract_text())
    for notice in Notice.objects.all():
        assert notice.code in text


# --- e-mail ---------------------------------------------------------------------------------------


def test_who_agreed_gets_a_link_and_nobody_else(officer: Any, settings: Any) -> None:
    settings.CHANOT_MESSAGES = ["email"]
    agreed, silent = (an_assessed_bill(name, number=n) for n, name in ((1, "ลับมาก"), (2, "ข")))
    for bill, day in ((agreed, TODAY), (silent, None)):
        TaxpayerAddress.objects.create(
            local_authority=a_local_authority(), party_id=bill.taxpayers[0], line_1="1",
            postcode="11140", email=f"p{bill.pk}@example.org", email_agreed_on=day,
        )  # fmt: skip
    batch = a_batch()
    printed(batch)
    now = timezone.now()
    assert batch_email(batch=batch, actor=officer, now=now)["written"] == 1
    assert batch_email(batch=batch, actor=officer, now=now)["written"] == 0
    message = Message.objects.get()
    assert message.recipient == f"p{agreed.pk}@example.org"
    assert "ลับมาก" not in message.subject + message.body
    notice = Notice.objects.get(bill=agreed)
    assert f"/tax/notices/{notice.token}/" in message.body
    content = letter_by_link(notice.token, now)
    assert content is not None
    assert skeleton("ลับมาก") in skeleton(PdfReader(io.BytesIO(content)).pages[0].extract_text())
    assert letter_by_link(notice.token, now + LINK_LIVES) is None
    assert letter_by_link("", now) is None
    assert Client().get(f"/tax/notices/{notice.token}/").status_code == 200
    assert Client().get(f"/tax/notices/{notice.token[:-1]}/").status_code == 404


# --- pages ----------------------------------------------------------------------------------------


def test_an_officer_orders_prints_fetches_and_records(client: Client, officer: Any) -> None:
    bill = an_assessed_bill("ก", number=1)
    client.force_login(officer)
    assert client.get("/taxmap/notices/").status_code == 200
    asked = {
        "kind": "assessment", "tax_year": "2026", "area": "", "language": "th",
        "dated": "2/4/2569", "per_part": "200",
    }  # fmt: skip
    answer = client.post("/taxmap/notices/", asked)
    batch = NoticeBatch.objects.get()
    assert answer.headers["Location"] == f"/taxmap/notices/{batch.public_id}/"
    job = Job.objects.get(kind="taxmap.print_notices")
    assert batch.job == job
    assert client.get(f"/taxmap/notices/{batch.public_id}/1.pdf").status_code == 404
    [notice] = printed(batch)
    page = client.get(f"/taxmap/notices/{batch.public_id}/")
    assert f"/taxmap/notices/{batch.public_id}/1.pdf" in page.content.decode()
    for name in ("list.csv", "list.pdf"):
        assert client.get(f"/taxmap/notices/{batch.public_id}/{name}").status_code == 200
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"taxmap.notices_ordered", "taxmap.notices_printed", "taxmap.notices_fetched"} <= actions
    day = timezone.localdate()
    sent = {"codes": notice.code, "delivery": "by_hand", "on": f"{day.day}/{day.month}/{day.year}"}
    assert notice.code not in client.post("/taxmap/notices/received/", sent).content.decode()
    bill.refresh_from_db()
    assert bill.notified_on == day
    # Last, for closing a file that was streamed ends the connection of the test, too.
    file = client.get(f"/taxmap/notices/{batch.public_id}/1.pdf")
    assert b"".join(file.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    file.close()


def test_a_preview_is_recorded_and_says_that_it_is_one(officer: Any) -> None:
    bill = an_assessed_bill("ก", number=1)
    content = notice_preview(
        bill=bill, kind=NoticeKind.ASSESSMENT, dated=TODAY, language="th", actor=officer,
        now=timezone.now(),
    )  # fmt: skip
    text = skeleton(PdfReader(io.BytesIO(content)).pages[0].extract_text())
    assert skeleton("ตัวอย่าง มิใช่หนังสือแจ้ง") in text
    assert AuditEntry.objects.filter(action="taxmap.notice_previewed").count() == 1
    assert not Notice.objects.exists()


def test_addresses_and_letterhead_are_kept(client: Client, officer: Any) -> None:
    bill = an_assessed_bill("สมใจ", number=1)
    client.force_login(officer)
    assert "สมใจ" not in client.get("/taxmap/notices/addresses/").content.decode()
    asked = {"number": "1", "year": "2569"}
    assert "สมใจ" in client.post("/taxmap/notices/addresses/", asked).content.decode()
    assert AuditEntry.objects.filter(action="taxmap.taxpayers_viewed").count() == 1
    party = bill.taxpayers[0]
    kept = asked | {"party": str(party), "line_1": "9 หมู่ 2", "postcode": "1114", "email": ""}
    client.post("/taxmap/notices/addresses/", kept)
    assert not TaxpayerAddress.objects.exists()
    client.post("/taxmap/notices/addresses/", kept | {"postcode": "11140"})
    assert TaxpayerAddress.objects.get().party_id == party
    assert (
        client.post("/taxmap/notices/addresses/", {"number": "5", "year": "x"}).status_code == 404
    )
    client.post("/taxmap/notices/letterhead/", {"biller_id": "12", "envelope": "dl"})
    assert not Letterhead.objects.exists()
    client.post("/taxmap/notices/letterhead/", {"biller_id": BILLER, "envelope": "c5"})
    assert Letterhead.objects.get().envelope == "c5"


PAGES = (
    "/taxmap/notices/", "/taxmap/notices/received/", "/taxmap/notices/letterhead/",
    "/taxmap/notices/addresses/",
    "/taxmap/notices/preview.pdf?number=1&year=2026&kind=assessment&language=th",
    "/taxmap/notices/{batch}/", "/taxmap/notices/{batch}/1.pdf", "/taxmap/notices/{batch}/list.csv",
    "/taxmap/notices/{batch}/list.pdf",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_letters_are_for_those_who_may_print_and_see_owners(client: Client, page: str) -> None:
    an_assessed_bill("ก", number=1)
    batch = a_batch()
    printed(batch)
    address = page.format(batch=batch.public_id)
    assert client.get(address).status_code == 302
    cashier = a_user("cashier", Role.CASHIER, office=a_local_authority())
    client.force_login(cashier)
    assert client.get(address).status_code == 403
    stranger = a_user("stranger", Role.TAX_OFFICER, office=a_local_authority("LA-2"))
    client.force_login(stranger)
    own = "{batch}" not in page and "preview" not in page
    assert client.get(address).status_code == (200 if own else 404)
    client.force_login(a_user("collector", Role.TAX_OFFICER, office=a_local_authority()))
    answer = client.get(address)
    assert answer.status_code == 200
    answer.close()

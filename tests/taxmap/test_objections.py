"""Objections and appeals: deadlines, two persons, and notes instead of edits."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from offices.models import AuditEntry, Role, User
from taxmap.balances import balance_of
from taxmap.models import (
    Assessment,
    BillNote,
    Inspection,
    LandPrice,
    Objection,
)
from taxmap.services.facts import Source, UseFact, uses_change
from taxmap.services.notes import note_decide, note_prepare, recalculation_of, tax_of
from taxmap.services.objections import (
    appeal_receive,
    document_add,
    objection_decide,
    objection_examine,
    objection_receive,
    objection_tell,
    objection_withdraw,
)
from taxmap.valuation_errors import (
    AppealTooEarly,
    DocumentRefused,
    NoteBySamePerson,
    NoteDecided,
    NoteExceedsTax,
    NoteOfNothing,
    ObjectionBySamePerson,
    ObjectionNotOpen,
    ObjectionTwice,
    UnitNotAssessable,
)
from tests.factories import NOW, a_local_authority, a_user
from tests.taxmap.assessed import an_assessed_shop

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 15)
State = Objection.State


@pytest.fixture
def officer() -> User:
    return a_user("officer", Role.TAX_OFFICER, office=a_local_authority())


@pytest.fixture
def manager() -> User:
    return a_user("manager", Role.MANAGER, office=a_local_authority())


@pytest.fixture
def assessed(officer: User) -> Assessment:
    """A shop of 400,000 baht: 1,200 baht of tax, assessed, and received on 1 June 2026."""
    return an_assessed_shop(officer)


def it_was_a_dwelling(assessment: Assessment) -> None:
    source = Source(Inspection.Kind.OWNER_CORRECTION, DAY, "เป็นบ้านพักอาศัย")
    assert assessment.unit is not None
    uses_change(
        unit=assessment.unit, uses=[UseFact("residential", Decimal(100))], source=source,
        since=date(2025, 1, 1), now=NOW,
    )  # fmt: skip


def received(assessment: Assessment, actor: User, on: date = DAY) -> Objection:
    return objection_receive(
        assessment=assessment, grounds="ใช้อยู่อาศัย", received_on=on, actor=actor, now=NOW
    )


def examined(case: Objection, actor: User) -> Objection:
    found = recalculation_of(case.assessment)
    return objection_examine(
        objection=case, finding="พบว่าอยู่อาศัย", difference_satang=found.difference_satang,
        lines=found.sheet, actor=actor, now=NOW,
    )  # fmt: skip


def test_an_allowed_objection_becomes_a_credit_note_and_the_bill_stays(
    assessed: Assessment, officer: User, manager: User
) -> None:
    it_was_a_dwelling(assessed)
    case = examined(received(assessed, officer), officer)
    assert case.note is not None
    assert (case.note.kind, case.note.amount_satang) == (BillNote.Kind.CREDIT, 112_000)
    objection_decide(
        objection=case, outcome=State.ALLOWED, decision="เห็นชอบ", actor=manager, now=NOW
    )
    assessed.refresh_from_db()
    assert (assessed.tax_satang, tax_of(assessed)) == (120_000, 8_000)
    assert assessed.bill is not None
    assert balance_of(assessed.bill).due_satang == 8_000
    assert AuditEntry.objects.filter(action="taxmap.objection_decided").exists()


def test_a_dismissed_objection_changes_nothing(
    assessed: Assessment, officer: User, manager: User
) -> None:
    it_was_a_dwelling(assessed)
    case = examined(received(assessed, officer), officer)
    objection_decide(
        objection=case, outcome=State.DISMISSED, decision="ไม่เห็นชอบ", actor=manager, now=NOW
    )
    assert tax_of(assessed) == 120_000
    assert BillNote.objects.get().is_approved is False


def test_the_law_gives_thirty_days_and_a_late_one_is_kept_and_flagged(
    assessed: Assessment, officer: User
) -> None:
    last = date(2026, 7, 1)
    in_time = received(assessed, officer, on=last)
    assert (in_time.filed_by, in_time.is_late) == (last, False)
    objection_withdraw(objection=in_time, actor=officer, now=NOW)
    assert received(assessed, officer, on=last + timedelta(days=1)).is_late


def test_the_steps_have_their_order_and_their_persons(
    assessed: Assessment, officer: User, manager: User
) -> None:
    case = received(assessed, officer)
    with pytest.raises(ObjectionTwice):
        received(assessed, officer)
    with pytest.raises(ObjectionNotOpen):
        objection_decide(
            objection=case, outcome=State.ALLOWED, decision="–", actor=manager, now=NOW
        )
    case = examined(case, officer)
    assert case.note is None  # the register agrees with the bill
    with pytest.raises(ObjectionBySamePerson):
        objection_decide(
            objection=case, outcome=State.DISMISSED, decision="–", actor=officer, now=NOW
        )
    with pytest.raises(ObjectionNotOpen):
        objection_withdraw(objection=case, actor=officer, now=NOW)


def test_an_appeal_follows_what_the_owner_was_told(
    assessed: Assessment, officer: User, manager: User
) -> None:
    case = examined(received(assessed, officer), officer)
    objection_decide(objection=case, outcome=State.DISMISSED, decision="–", actor=manager, now=NOW)

    def appeal(on: date) -> Objection:
        return appeal_receive(
            objection=case, grounds="อุทธรณ์", received_on=on, actor=officer, now=NOW
        )

    with pytest.raises(AppealTooEarly):
        appeal(DAY)
    objection_tell(objection=case, told_on=DAY, actor=officer, now=NOW)
    filed = appeal(DAY + timedelta(days=30))
    assert (filed.kind, filed.is_late, filed.objection) == (Objection.Kind.APPEAL, False, case)
    with pytest.raises(ObjectionTwice):
        appeal(DAY)


def test_a_note_is_decided_once_by_somebody_else_and_never_exceeds_the_tax(
    assessed: Assessment, officer: User, manager: User
) -> None:
    def prepare(difference: int) -> BillNote:
        return note_prepare(
            assessment=assessed, cause=BillNote.Cause.REDUCTION, reason="ลดหย่อน",
            difference_satang=difference, actor=officer, now=NOW,
        )  # fmt: skip

    with pytest.raises(NoteOfNothing):
        prepare(0)
    with pytest.raises(NoteExceedsTax):
        prepare(-120_001)
    first, second = prepare(-100_000), prepare(-100_000)
    with pytest.raises(NoteBySamePerson):
        note_decide(note=first, approve=True, actor=officer, now=NOW)
    note_decide(note=first, approve=True, actor=manager, now=NOW)
    with pytest.raises(NoteDecided):
        note_decide(note=first, approve=False, actor=manager, now=NOW)
    with pytest.raises(NoteExceedsTax):
        note_decide(note=second, approve=True, actor=manager, now=NOW)
    assert tax_of(assessed) == 20_000


def test_what_the_register_lacks_is_told_instead_of_a_new_tax(assessed: Assessment) -> None:
    LandPrice.objects.all().delete()
    with pytest.raises(UnitNotAssessable, match="no_price"):
        recalculation_of(assessed)


def test_documents_are_kept_once_and_only_as_what_they_are(
    assessed: Assessment, officer: User, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    case = received(assessed, officer)
    for name in ("คำร้อง.pdf", "again.pdf"):
        document_add(
            objection=case, name=name, content=b"%PDF-1.7", actor=officer, now=NOW
        )  # fmt: skip
    assert case.documents.count() == 1
    for name, content in (("x.html", b"%PDF-"), ("x.pdf", b"<script>"), ("pdf", b"%PDF-")):
        with pytest.raises(DocumentRefused):
            document_add(objection=case, name=name, content=content, actor=officer, now=NOW)


def test_a_case_goes_through_its_pages(
    client: Client, assessed: Assessment, officer: User, manager: User, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    it_was_a_dwelling(assessed)
    client.force_login(officer)
    today = timezone.localdate().isoformat()
    answer = client.post(
        f"/taxmap/assessments/{assessed.pk}/objection/",
        {"received_on": today, "grounds": "ใช้อยู่อาศัย"},
    )
    address = answer.headers["Location"]
    page = client.get(address).content.decode()
    assert "1,200.00" in page
    assert "80.00" in page
    assert "เจ้าของลับ" not in page
    file = SimpleUploadedFile("a.pdf", b"%PDF-1.7")
    client.post(address, {"action": "document", "document-file": file})
    number = Objection.objects.get().documents.get().pk
    kept = client.get(f"{address}documents/{number}/")
    assert b"".join(kept.streaming_content) == b"%PDF-1.7"  # type: ignore[attr-defined]
    client.post(address, {"action": "examine", "examine-finding": "อยู่อาศัย", "examine-tax": "80"})
    assert client.post(address, {"action": "decide"}).status_code == 403
    assert client.get("/taxmap/objections/").status_code == 200
    client.force_login(manager)
    client.post(
        address, {"action": "decide", "decide-outcome": "allowed", "decide-decision": "เห็นชอบ"}
    )
    assert Objection.objects.get().state == State.ALLOWED
    assert tax_of(assessed) == 8_000


def test_a_correction_waits_for_a_second_person(
    client: Client, assessed: Assessment, officer: User, manager: User
) -> None:
    it_was_a_dwelling(assessed)
    client.force_login(officer)
    client.post(
        f"/taxmap/assessments/{assessed.pk}/correction/",
        {"cause": "register_changed", "tax": "80.00", "reason": "แก้ไขทะเบียน"},
    )
    note = BillNote.objects.get()
    assert note.lines is not None
    client.force_login(manager)
    assert "1,120.00" in client.get("/taxmap/objections/").content.decode()
    client.post(f"/taxmap/notes/{note.pk}/", {"answer": "approve"})
    assert tax_of(assessed) == 8_000

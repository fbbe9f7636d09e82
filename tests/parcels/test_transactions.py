"""A transaction's way: draft, submitted, returned or approved, registered; always two people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from psycopg.types.range import Range

from offices.models import AuditEntry, Role, User
from parcels.errors import (
    EffectiveDayImpossible,
    ParcelChangedMeanwhile,
    ParcelClaimed,
    TitleClaimed,
    TransactionChanged,
    TransactionNotYours,
    TransactionStatusWrong,
)
from parcels.models import (
    BAUnit,
    Parcel,
    ParcelVersion,
    ProposedParcel,
    Right,
    Transaction,
    TransactionTitle,
)
from parcels.registration.digest import content_digest
from parcels.services.transactions import (
    Draft,
    Proposal,
    SourceFacts,
    transaction_approve,
    transaction_draft,
    transaction_register,
    transaction_return,
    transaction_revise,
    transaction_submit,
    transaction_withdraw,
)
from tests.factories import (
    LONG_AGO,
    NOW,
    a_land_office,
    a_parcel,
    a_party,
    a_square,
    a_title,
    a_user,
    amended,
)

pytestmark = pytest.mark.django_db
Status = Transaction.Status
DAY = NOW.date()


@pytest.fixture
def maker() -> User:
    return a_user("maker", Role.LAND_OFFICER)


@pytest.fixture
def checker() -> User:
    return a_user("checker", Role.CHECKER)


@pytest.fixture
def title() -> BAUnit:
    return a_title(a_party())


def a_draft(*titles: BAUnit, **said: Any) -> Draft:
    facts: dict[str, Any] = {
        "kind": Transaction.Kind.NOTE,
        "source": SourceFacts(kind="request", reference="ท.ด. 9 ที่ 12/2569"),
        "reason": "ผู้ถือกรรมสิทธิ์ยื่นคำขอ",
        "content": {"text": "ที่ดินแปลงนี้อยู่ในเขตปฏิรูปที่ดิน"},
        "titles": titles,
    }
    return Draft(**facts | said)


def drafted(maker: User, *titles: BAUnit, **said: Any) -> Transaction:
    return transaction_draft(
        office=a_land_office(), draft=a_draft(*titles, **said), maker=maker, now=NOW
    )


def a_change(parcel: Parcel, **said: Any) -> Proposal:
    facts: dict[str, Any] = {
        "role": ProposedParcel.Role.CHANGED,
        "parcel": parcel,
        "zone_srid": parcel.zone_srid,
        "geometry": parcel.geometry,
        "legal_area_m2": parcel.legal_area_m2,
    }
    return Proposal(**facts | said)


def submitted(maker: User, *titles: BAUnit, **said: Any) -> Transaction:
    return transaction_submit(act=drafted(maker, *titles, **said), maker=maker, now=NOW)


def approved(maker: User, checker: User, *titles: BAUnit, **said: Any) -> Transaction:
    act = submitted(maker, *titles, **said)
    return transaction_approve(act=act, shown_hash=act.content_hash, checker=checker, now=NOW)


def test_a_transaction_goes_from_draft_to_registered(maker, checker, title) -> None:
    act = approved(maker, checker, title)
    transaction_register(act=act, shown_hash=act.content_hash, checker=checker, now=NOW)
    act.refresh_from_db()
    assert (act.status, act.checker, act.registered_at) == (Status.REGISTERED, checker, NOW)
    told = AuditEntry.objects.filter(subject_id=act.public_id).values_list("action", flat=True)
    assert [each.removeprefix("parcels.transaction_") for each in told.order_by("pk")] == [
        "drafted", "submitted", "approved", "registered",
    ]  # fmt: skip


def test_the_maker_neither_approves_nor_returns_nor_registers(maker, checker, title) -> None:
    act = submitted(maker, title)
    shown = act.content_hash
    with pytest.raises(TransactionNotYours):
        transaction_approve(act=act, shown_hash=shown, checker=maker, now=NOW)
    with pytest.raises(TransactionNotYours):
        transaction_return(act=act, because="ขาดเอกสาร", checker=maker, now=NOW)
    transaction_approve(act=act, shown_hash=shown, checker=checker, now=NOW)
    with pytest.raises(TransactionNotYours):
        transaction_register(act=act, shown_hash=shown, checker=maker, now=NOW)


def test_the_database_refuses_a_maker_who_checks(maker, title) -> None:
    act = submitted(maker, title)
    with pytest.raises(IntegrityError, match="the_maker_is_not_the_checker"), transaction.atomic():
        Transaction.objects.filter(pk=act.pk).update(status="approved", checker=maker)
    with pytest.raises(IntegrityError, match="another_approved"), transaction.atomic():
        Transaction.objects.filter(pk=act.pk).update(status="approved")


def test_an_approval_is_bound_to_what_was_shown(maker, checker, title) -> None:
    act = submitted(maker, title)
    shown = act.content_hash
    transaction_return(act=act, because="ข้อความไม่ครบ", checker=checker, now=NOW)
    transaction_revise(act=act, draft=a_draft(title, content={"text": "อื่น"}), maker=maker, now=NOW)
    act = transaction_submit(act=act, maker=maker, now=NOW)
    with pytest.raises(TransactionChanged):
        transaction_approve(act=act, shown_hash=shown, checker=checker, now=NOW)
    transaction_approve(act=act, shown_hash=act.content_hash, checker=checker, now=NOW)


@pytest.mark.parametrize(
    "change", [{"reason": "อื่น"}, {"content": {"text": "x"}}, {"kind": "merge"}]
)
def test_what_was_submitted_stays_as_it_was(maker, title, change) -> None:
    act = submitted(maker, title)
    with pytest.raises(IntegrityError, match="was submitted"), transaction.atomic():
        Transaction.objects.filter(pk=act.pk).update(**change)


def test_every_part_of_a_proposal_enters_its_digest(maker, title) -> None:
    parcel = a_parcel()
    digests = {
        content_digest(drafted(maker, **said))
        for said in (
            {"titles": ()},
            {"titles": (), "reason": "อีกเหตุหนึ่ง"},
            {"titles": (), "content": {"text": "x"}},
            {"titles": (), "effective_on": NOW.date()},
            {"titles": (), "source": SourceFacts(kind="request", reference="อื่น")},
        )
    }
    assert len(digests) == 5
    act = drafted(maker, proposals=[a_change(parcel)])
    before = content_digest(act)
    ProposedParcel.objects.filter(transaction=act).update(geometry=a_square(side=0.00040000001))
    assert content_digest(act) != before


def test_a_submitted_proposal_is_not_rewritten(maker) -> None:
    act = submitted(maker, proposals=[a_change(a_parcel())])
    for statement in (
        lambda: act.proposed.update(legal_area_m2=1),
        lambda: act.proposed.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="stays as it was"), transaction.atomic():
            statement()


def test_a_registered_transaction_never_changes(maker, checker, title) -> None:
    act = approved(maker, checker, title)
    act = transaction_register(act=act, shown_hash=act.content_hash, checker=checker, now=NOW)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Transaction.objects.filter(pk=act.pk).update(reason="อื่น")
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        TransactionTitle.objects.filter(transaction=act).delete()
        act.delete()
    with pytest.raises(TransactionStatusWrong):
        transaction_withdraw(act=act, because="", person=maker, now=NOW)


def test_no_step_is_left_out(maker, title) -> None:
    act = drafted(maker, title)
    with pytest.raises(IntegrityError, match="cannot go from draft"), transaction.atomic():
        Transaction.objects.filter(pk=act.pk).update(status="registered", registered_at=NOW)


def test_a_parcel_is_in_one_open_transaction(maker) -> None:
    parcel = a_parcel(ba_unit=a_title(a_party()))
    first = drafted(maker, proposals=[a_change(parcel)])
    with pytest.raises(ParcelClaimed) as refused:
        drafted(a_user("other", Role.LAND_OFFICER), proposals=[a_change(parcel)])
    assert refused.value.evidence["transaction"] == first.public_id
    assert refused.value.evidence["maker"] == "maker"
    with pytest.raises(TitleClaimed):
        drafted(maker, parcel.ba_unit)
    transaction_withdraw(act=first, because="ผู้ขอถอนเรื่อง", person=maker, now=NOW)
    drafted(maker, proposals=[a_change(parcel)])


def test_a_neighbour_is_not_claimed_but_watched(maker) -> None:
    parcel, neighbour = a_parcel(), a_parcel(land_number="2", geometry=a_square(100.4704))
    beside = a_change(neighbour, role=ProposedParcel.Role.NEIGHBOUR)
    act = drafted(maker, proposals=[a_change(parcel), beside])
    drafted(maker, proposals=[a_change(neighbour)])
    amended(neighbour, geometry=a_square(100.4704, side=0.00039))
    with pytest.raises(ParcelChangedMeanwhile) as refused:
        transaction_submit(act=act, maker=maker, now=NOW)
    assert refused.value.evidence["parcels"] == "2"


@pytest.mark.parametrize("days", [1, -5000])
def test_nothing_takes_effect_tomorrow_or_before_its_parcel_was(maker, days) -> None:
    day = NOW.date() + timedelta(days=days)
    act = drafted(maker, proposals=[a_change(a_parcel())], effective_on=day)
    with pytest.raises(EffectiveDayImpossible):
        transaction_submit(act=act, maker=maker, now=NOW)


def test_a_change_names_its_transaction() -> None:
    parcel = a_parcel()
    with pytest.raises(IntegrityError, match="without a transaction"), transaction.atomic():
        Parcel.objects.filter(pk=parcel.pk).update(land_number="9")


def test_a_change_in_law_leaves_the_past_as_it_was() -> None:
    """What held until the day of effect is still known, and what was known before is too."""
    parcel = a_parcel(land_number="1")
    day = NOW.date()
    parcel = amended(parcel, land_number="2", valid_during=Range(day, None))
    known_now = ParcelVersion.objects.get(recorded_during__endswith=None)
    known_before = ParcelVersion.objects.exclude(pk=known_now.pk).get()
    assert (known_now.land_number, known_now.valid_during) == ("1", Range(LONG_AGO, day))
    assert (known_before.land_number, known_before.valid_during) == ("1", Range(LONG_AGO, None))
    assert known_before.recorded_during.upper == parcel.recorded_during.lower
    assert known_now.recorded_during.lower == parcel.recorded_during.lower


def test_rights_only_end(title) -> None:
    for change in (
        lambda: Right.objects.filter(ba_unit=title).update(share_denominator=2),
        lambda: Right.objects.filter(ba_unit=title).update(
            valid_during=Range(LONG_AGO, NOW.date())
        ),
        lambda: Right.objects.filter(ba_unit=title).delete(),
        lambda: BAUnit.objects.filter(pk=title.pk).update(deed_number="7"),
    ):
        with pytest.raises(IntegrityError, match="can only end"), transaction.atomic():
            change()

"""The audit trail only grows, and whoever changes it behind the service is found out."""

from __future__ import annotations

import json
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offices.models import AuditEntry, AuditSeal
from offices.services import audit
from offices.services.audit import AuditBreak, audit_seal, audit_verify, entry_record
from tests.factories import NOW, a_land_office, a_user

HASH_BYTES = 32


def entries(count: int, subject: str = "parcel") -> list[AuditEntry]:
    return [
        entry_record(
            action="test.looked", subject_kind=subject, subject_id=f"s{n}",
            data={"ข้อมูล": n, "amount": 10**17 + n}, now=NOW,
        )
        for n in range(count)
    ]  # fmt: skip


def behind_the_service(sql: str, *parameters: object) -> None:
    """What a superuser can do who switches the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("SET session_replication_role = DEFAULT")


def with_its_digest(sql: str, *parameters: object) -> None:
    """The same, by somebody who knows the digest and mends it."""
    behind_the_service(sql, *parameters)
    behind_the_service("UPDATE offices_auditentry e SET digest = offices_audit_entry_digest(e)")


@pytest.fixture
def sealed(db: None) -> list[AuditEntry]:
    """Nine entries under three seals."""
    written = []
    for _ in range(3):
        written += entries(3)
        assert audit_seal(NOW) == 3
    assert audit_verify().first_break is None
    return written


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE offices_auditentry SET action = 'x'",
        "DELETE FROM offices_auditentry",
        "TRUNCATE offices_auditentry",
        "UPDATE offices_auditseal SET entry_count = 1",
        "DELETE FROM offices_auditseal",
        "TRUNCATE offices_auditseal",
    ],
)
def test_the_database_refuses_to_change_the_trail(sql: str, sealed: list[AuditEntry]) -> None:
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql)


@pytest.mark.django_db
def test_an_entry_says_who_did_what_where_and_when() -> None:
    office = a_land_office()
    somchai = a_user("somchai")
    entry = entry_record(
        action="parcels.owner_viewed", subject_kind="parcel", subject_id="abc",
        actor=somchai, office=office, data={"reason": "counter"}, now=NOW,
    )  # fmt: skip
    entry.refresh_from_db()
    assert (entry.actor, entry.office, entry.at, entry.data) == (
        somchai, office, NOW, {"reason": "counter"},
    )  # fmt: skip
    assert len(bytes(entry.digest or b"")) == HASH_BYTES


@pytest.mark.django_db
def test_an_entry_disappears_with_the_act_that_failed() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        entry_record(action="test.x", subject_kind="t", subject_id="1", now=NOW)
        _ = 1 / 0
    assert not AuditEntry.objects.exists()


def test_sealing_chains_every_entry_once(sealed: list[AuditEntry]) -> None:
    assert audit_seal(NOW) == 0
    seals = list(AuditSeal.objects.order_by("last_entry"))
    assert [(s.first_entry, s.last_entry, s.entry_count) for s in seals] == [
        (sealed[n].pk, sealed[n + 2].pk, 3) for n in (0, 3, 6)
    ]
    assert bytes(seals[0].previous_hash) == bytes(HASH_BYTES)
    assert [bytes(s.previous_hash) for s in seals[1:]] == [bytes(s.hash) for s in seals[:-1]]


def test_a_long_trail_is_sealed_in_several_links(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "ENTRIES_PER_SEAL", 4)
    entries(10)
    assert audit_seal(NOW) == 10
    assert list(AuditSeal.objects.order_by("last_entry").values_list("entry_count", flat=True)) == [
        4,
        4,
        2,
    ]
    assert audit_verify().first_break is None


def test_a_changed_entry_is_named(sealed: list[AuditEntry]) -> None:
    changed = sealed[4]
    behind_the_service(
        "UPDATE offices_auditentry SET subject_id = 'other' WHERE id = %s", changed.pk
    )
    assert audit_verify().first_break == AuditBreak("entry_changed", changed.pk, changed.pk)


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "actor_id = NULL",
        "office_id = NULL",
        "action = action || 'x'",
        "subject_kind = 'person'",
        "subject_id = ''",
        "data = data || '{\"a\": 1}'",
        "data = jsonb_set(data, '{amount}', '100000000000000001.0')",
        "digest = NULL",
        "digest = sha256('x')",
    ],
)
def test_no_column_can_be_changed_unseen(change: str, db: None) -> None:
    entry = entry_record(
        action="a.b", subject_kind="parcel", subject_id="1", actor=a_user("somsri"),
        office=a_land_office(), data={"amount": 100000000000000001}, now=NOW,
    )  # fmt: skip
    behind_the_service(f"UPDATE offices_auditentry SET {change} WHERE id = %s", entry.pk)
    assert audit_verify().first_break == AuditBreak("entry_changed", entry.pk, entry.pk)


def test_a_change_that_mends_the_digest_breaks_the_seal(sealed: list[AuditEntry]) -> None:
    with_its_digest(
        "UPDATE offices_auditentry SET subject_id = 'other' WHERE id = %s", sealed[4].pk
    )
    assert audit_verify().first_break == AuditBreak(
        "entries_replaced", sealed[2].pk + 1, sealed[5].pk
    )


def test_a_deleted_entry_is_missed(sealed: list[AuditEntry]) -> None:
    behind_the_service("DELETE FROM offices_auditentry WHERE id = %s", sealed[4].pk)
    found = audit_verify().first_break
    assert found == AuditBreak("entries_missing", sealed[2].pk + 1, sealed[5].pk)


def test_an_entry_slipped_in_is_noticed(sealed: list[AuditEntry]) -> None:
    # Ids have gaps where an act was rolled back; such a gap is no hiding place.
    behind_the_service("DELETE FROM offices_auditseal")
    behind_the_service("DELETE FROM offices_auditentry WHERE id = %s", sealed[4].pk)
    audit_seal(NOW)
    assert audit_verify().first_break is None
    with_its_digest(
        "INSERT INTO offices_auditentry (id, at, action, subject_kind, subject_id, data)"
        " VALUES (%s, now(), 'a.b', 'parcel', '1', '{}')",
        sealed[4].pk,
    )
    found = audit_verify().first_break
    assert found is not None
    assert found.kind == "entries_added"


def test_two_exchanged_entries_are_noticed(sealed: list[AuditEntry]) -> None:
    with_its_digest(
        "UPDATE offices_auditentry SET id = CASE id WHEN %s THEN -1 ELSE 0 END"
        " WHERE id IN (%s, %s)",
        sealed[3].pk, sealed[3].pk, sealed[4].pk,
    )  # fmt: skip
    with_its_digest(
        "UPDATE offices_auditentry SET id = CASE id WHEN -1 THEN %s ELSE %s END WHERE id <= 0",
        sealed[4].pk, sealed[3].pk,
    )  # fmt: skip
    found = audit_verify().first_break
    assert found == AuditBreak("entries_replaced", sealed[2].pk + 1, sealed[5].pk)


def test_a_tail_cut_off_after_sealing_is_missed(sealed: list[AuditEntry]) -> None:
    behind_the_service("DELETE FROM offices_auditentry WHERE id > %s", sealed[6].pk)
    found = audit_verify().first_break
    assert found == AuditBreak("entries_missing", sealed[5].pk + 1, sealed[8].pk)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("hash = sha256('x')", "entries_replaced"),
        ("previous_hash = sha256('x')", "chain_cut"),
        ("entry_count = 2", "entries_added"),
        ("first_entry = first_entry - 1", "entries_replaced"),
    ],
)
def test_an_edited_seal_is_noticed(change: str, kind: str, sealed: list[AuditEntry]) -> None:
    behind_the_service(f"UPDATE offices_auditseal SET {change} WHERE last_entry = %s", sealed[5].pk)
    found = audit_verify().first_break
    assert found is not None
    assert (found.kind, found.last) == (kind, sealed[5].pk)


def test_a_seal_taken_out_cuts_the_chain(sealed: list[AuditEntry]) -> None:
    behind_the_service("DELETE FROM offices_auditseal WHERE last_entry = %s", sealed[5].pk)
    found = audit_verify().first_break
    assert found == AuditBreak("chain_cut", sealed[2].pk + 1, sealed[8].pk)


def test_a_rewritten_chain_no_longer_holds_the_seal_kept_elsewhere(
    sealed: list[AuditEntry],
) -> None:
    """The chain alone cannot tell: everything was recomputed. The hash in the log can."""
    kept = audit_verify().head
    with_its_digest("DELETE FROM offices_auditentry WHERE id > %s", sealed[6].pk)
    behind_the_service("DELETE FROM offices_auditseal")
    audit_seal(NOW)
    assert audit_verify().first_break is None
    found = audit_verify(head=kept).first_break
    assert found is not None
    assert found.kind == "head_missing"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    column=st.sampled_from(["action", "subject_kind", "subject_id"]),
    victim=st.integers(0, 8),
    text=st.text("abcกข✓", min_size=1, max_size=12),
)
def test_any_edit_of_any_entry_is_found(
    column: str, victim: int, text: str, sealed: list[AuditEntry]
) -> None:
    point = transaction.savepoint()
    behind_the_service(
        f"UPDATE offices_auditentry SET {column} = %s WHERE id = %s", text, sealed[victim].pk
    )
    assert audit_verify().first_break == AuditBreak(
        "entry_changed", sealed[victim].pk, sealed[victim].pk
    )
    transaction.savepoint_rollback(point)
    assert audit_verify().first_break is None


@pytest.mark.django_db(transaction=True)
def test_a_seal_waits_for_an_entry_that_is_not_committed_yet() -> None:
    """A lower id may be committed after a higher one; no seal may pass it by."""
    written, commit = threading.Event(), threading.Event()

    def slow_act() -> None:
        try:
            with transaction.atomic():
                entries(1, subject="slow")
                written.set()
                commit.wait(10)
        finally:
            connection.close()

    act = threading.Thread(target=slow_act)
    act.start()
    assert written.wait(10)
    entries(2, subject="quick")
    assert audit_seal(NOW, patience_s=0.2) == 0
    assert not AuditSeal.objects.exists()

    sealer_result: list[int] = []

    def seal() -> None:
        try:
            sealer_result.append(audit_seal(NOW))
        finally:
            connection.close()

    sealer = threading.Thread(target=seal)
    sealer.start()
    commit.set()
    act.join()
    sealer.join()
    assert sealer_result == [3]
    assert audit_verify().first_break is None


@pytest.mark.django_db(transaction=True)
def test_without_waiting_the_late_entry_would_look_like_a_forgery(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Guards the test above: the danger it speaks of is real."""
    monkeypatch.setattr(audit, "_writers_ended", lambda *_: True)
    written, commit = threading.Event(), threading.Event()

    def slow_act() -> None:
        try:
            with transaction.atomic():
                entries(1, subject="slow")
                written.set()
                commit.wait(10)
        finally:
            connection.close()

    act = threading.Thread(target=slow_act)
    act.start()
    assert written.wait(10)
    entries(2, subject="quick")
    assert audit_seal(NOW) == 2
    commit.set()
    act.join()
    found = audit_verify().first_break
    assert found is not None
    assert found.kind == "entries_added"


@pytest.mark.django_db(transaction=True)
def test_two_sealers_make_one_chain() -> None:
    entries(50)
    start = threading.Barrier(4)
    sealed: list[int] = []

    def seal() -> None:
        try:
            start.wait(10)
            sealed.append(audit_seal(NOW))
        finally:
            connection.close()

    sealers = [threading.Thread(target=seal) for _ in range(4)]
    for sealer in sealers:
        sealer.start()
    for sealer in sealers:
        sealer.join()
    assert sum(sealed) == 50
    assert audit_verify().first_break is None


def test_the_command_reports_and_fails_on_a_break(sealed: list[AuditEntry]) -> None:
    out = StringIO()
    call_command("verify_history", "--json", stdout=out)
    report = json.loads(out.getvalue())
    assert (report["entries"], report["unsealed"], report["seals"]) == (9, 0, 3)
    assert report["first_break"] is None

    behind_the_service("UPDATE offices_auditentry SET action = 'x' WHERE id = %s", sealed[0].pk)
    out = StringIO()
    with pytest.raises(CommandError, match=f"entry {sealed[0].pk} was changed") as failure:
        call_command("verify_history", "--json", stdout=out)
    assert failure.value.returncode != 0
    assert json.loads(out.getvalue())["first_break"] == {
        "kind": "entry_changed", "first": sealed[0].pk, "last": sealed[0].pk,
    }  # fmt: skip


@pytest.mark.parametrize("head", ["00" * 32, "not hex at all"])
def test_the_command_misses_a_seal_that_is_not_there(head: str, sealed: list[AuditEntry]) -> None:
    call_command("verify_history", head=audit_verify().head, stdout=StringIO())
    with pytest.raises(CommandError, match="not in the chain"):
        call_command("verify_history", head=head, stdout=StringIO())

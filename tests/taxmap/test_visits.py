"""Visits: once under their key, never changed, and nothing sent is lost."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from offices.models import AuditEntry, Role, User
from taxmap.errors import (
    VisitFileUnreadable,
    VisitIncomplete,
    VisitKeyUsed,
    VisitOutsideRound,
    VisitTooOld,
    VisitUnreadable,
)
from taxmap.models import CollectionRound, RejectedVisit, Visit
from taxmap.services.visits import FORMAT, VisitFacts, facts_of, visit_record, visits_import
from tests.factories import NOW, a_local_authority, a_user
from tests.taxmap.rounds import a_book


@pytest.fixture
def walked(db: None) -> CollectionRound:
    return a_book(3).rounds.get()


@pytest.fixture
def officer(db: None) -> User:
    return a_user("officer", Role.TAX_OFFICER, office=a_local_authority())


def facts(**changes: Any) -> VisitFacts:
    told: dict[str, Any] = {
        "key": uuid4(), "order": 1, "outcome": "absent", "visited_at": NOW - timedelta(minutes=5)
    }  # fmt: skip
    return VisitFacts(**told | changes)


def record(walked: CollectionRound, by: User, told: VisitFacts, now: datetime = NOW) -> Visit:
    return visit_record(collection_round=walked, facts=told, by=by, now=now)


def test_the_same_visit_sent_again_is_one(walked: CollectionRound, officer: User) -> None:
    told = facts(note="ปิดบ้าน")
    first = record(walked, officer, told)
    again = record(walked, officer, told, NOW + timedelta(hours=2))
    assert first == again
    assert Visit.objects.count() == 1
    assert first.unit == walked.stops.get(order=1).unit
    assert AuditEntry.objects.filter(action="taxmap.visit_recorded").count() == 1


@pytest.mark.parametrize("change", [
    {"outcome": "refused"}, {"order": 2}, {"note": "อื่น"}, {"next_on": date(2026, 12, 1)},
])  # fmt: skip
def test_a_key_stands_for_one_visit(
    walked: CollectionRound, officer: User, change: dict[str, Any]
) -> None:
    told = facts()
    record(walked, officer, told)
    with pytest.raises(VisitKeyUsed, match="belongs to another visit"):
        record(walked, officer, facts(key=told.key, **change))
    assert Visit.objects.count() == 1


def test_what_cannot_be_is_refused_with_the_reason(walked: CollectionRound, officer: User) -> None:
    for told, error, words in (
        (facts(order=9), VisitOutsideRound, "has no stop 9"),
        (facts(outcome="promised"), VisitIncomplete, "a promise names its day"),
        (facts(outcome="other"), VisitIncomplete, "lacks note"),
        (facts(visited_at=NOW - timedelta(days=61)), VisitTooOld, "Check the clock"),
    ):
        with pytest.raises(error, match=words):
            record(walked, officer, told)
    assert not Visit.objects.exists()


def test_a_clock_that_is_ahead_is_set_to_the_receipt(
    walked: CollectionRound, officer: User
) -> None:
    visit = record(walked, officer, facts(visited_at=NOW + timedelta(days=400)))
    assert visit.visited_at == visit.recorded_at == NOW


def test_a_visit_is_never_changed_or_deleted(walked: CollectionRound, officer: User) -> None:
    visit = record(walked, officer, facts())
    for act in (
        lambda: Visit.objects.filter(pk=visit.pk).update(outcome="paid"),
        lambda: Visit.objects.filter(pk=visit.pk)._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
            act()


@pytest.mark.parametrize("wrong", [
    {"outcome": "promised"}, {"outcome": "other"},
    {"visited_at": NOW + timedelta(seconds=1), "recorded_at": NOW},
])  # fmt: skip
def test_the_database_refuses_half_a_visit(
    walked: CollectionRound, officer: User, wrong: dict[str, Any]
) -> None:
    whole: dict[str, Any] = {
        "key": uuid4(), "unit": walked.stops.get(order=1).unit, "outcome": "absent",
        "visited_by": officer, "visited_at": NOW, "recorded_at": NOW,
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.create(**whole | wrong)


# --- as a phone writes them -----------------------------------------------------------------

LINE: dict[str, Any] = {
    "key": "3f2b8c1e-0000-4000-8000-000000000001", "stop": 1, "outcome": "promised",
    "note": " จะโอน   สิ้นเดือน ", "next_on": "2026-11-30", "visited_at": "2026-11-20T02:55:00.000Z",
}  # fmt: skip


def test_a_line_is_read() -> None:
    told = facts_of(LINE)
    assert (told.order, told.outcome, told.note) == (1, "promised", "จะโอน สิ้นเดือน")
    assert told.next_on == date(2026, 11, 30)
    assert told.visited_at == NOW - timedelta(minutes=5)


@pytest.mark.parametrize(("field", "value"), [
    ("key", "x"), ("key", None), ("stop", "๑"), ("stop", -1), ("stop", "99999"), ("stop", {}),
    ("outcome", "gone"), ("outcome", ["paid"]), ("outcome", None), ("visited_at", "yesterday"),
    ("visited_at", "2026-11-20T02:55:00"), ("visited_at", "2026-13-40T02:55:00Z"),
    ("visited_at", None), ("note", "x" * 501), ("note", "a\x00b"), ("next_on", "30/11/2569"),
    ("next_on", "2026-02-30"), ("next_on", "0001-01-01"), ("next_on", {"a": 1}),
])  # fmt: skip
def test_what_is_wrong_in_a_line_is_named(field: str, value: object) -> None:
    with pytest.raises(VisitUnreadable, match=field):
        facts_of(LINE | {field: value})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


@settings(deadline=None, max_examples=80)
@given(st.dictionaries(st.sampled_from([*LINE]), json_values), json_values)
def test_no_line_breaks_the_reading(change: dict[str, Any], anything: object) -> None:
    for line in (LINE | change, anything):
        with suppress(VisitUnreadable):
            assert facts_of(line).outcome in Visit.Outcome.values


def a_file(walked: CollectionRound, *lines: Any) -> dict[str, Any]:
    return {"format": FORMAT, "round": walked.public_id, "visits": list(lines)}


def test_each_line_of_a_file_is_kept_or_set_aside(walked: CollectionRound, officer: User) -> None:
    strange = {"key": str(uuid4()), "stop": 77, "outcome": "absent", "note": "\x00",
               "visited_at": LINE["visited_at"]}  # fmt: skip
    content = a_file(walked, LINE, strange, "not a visit")
    result = visits_import(collection_round=walked, content=content, by=officer, now=NOW)
    assert (result.kept, result.known, len(result.rejected)) == (1, 0, 2)
    again = visits_import(collection_round=walked, content=content, by=officer, now=NOW)
    assert (again.kept, again.known, len(again.rejected)) == (0, 1, 2)
    assert Visit.objects.count() == 1
    kept = RejectedVisit.objects.order_by("pk")
    assert [row.code for row in kept] == ["visit_unreadable", "visit_unreadable"]
    assert json.loads(kept[0].content) == strange


def test_a_file_that_is_none_is_refused_whole(walked: CollectionRound, officer: User) -> None:
    good = a_file(walked, LINE)
    for content in (
        [], None, "x", {}, good | {"format": "other"}, good | {"round": "elsewhere"},
        good | {"visits": {}}, good | {"visits": [LINE] * 2_001},
    ):  # fmt: skip
        with pytest.raises(VisitFileUnreadable):
            visits_import(collection_round=walked, content=content, by=officer, now=NOW)
    assert not Visit.objects.exists()
    assert not RejectedVisit.objects.exists()

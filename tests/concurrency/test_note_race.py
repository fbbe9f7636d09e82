"""Two notes on one bill decided at one moment: together they never credit more than the tax."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db.models import QuerySet

from offices.models import Role, User
from taxmap.models import Assessment, BillNote
from taxmap.services import notes
from taxmap.services.notes import note_decide, note_prepare
from taxmap.valuation_errors import NoteExceedsTax
from tests.concurrency.racing import PATIENCE_S, Act, race
from tests.factories import NOW, a_local_authority, a_user
from tests.taxmap.assessed import an_assessed_shop

pytestmark = pytest.mark.django_db(transaction=True)
MORE_THAN_HALF = 100_000  # of a tax of 120,000 satang


def approves(note: BillNote, manager: User) -> Act:
    def act() -> Any:
        return note_decide(note=note, approve=True, actor=manager, now=NOW)

    return act


@pytest.fixture
def acts() -> list[Act]:
    office = a_local_authority()
    officer = a_user("officer", Role.TAX_OFFICER, office=office)
    manager = a_user("manager", Role.MANAGER, office=office)
    shop = an_assessed_shop(officer)
    waiting = [
        note_prepare(
            assessment=shop, cause=BillNote.Cause.REDUCTION, reason="ลดหย่อน", actor=officer,
            difference_satang=-MORE_THAN_HALF, now=NOW,
        )
        for _ in range(2)
    ]  # fmt: skip
    return [approves(note, manager) for note in waiting]


def test_only_one_of_two_credits_is_given(acts: list[Act]) -> None:
    outcomes = race(acts)
    assert {type(each) for each in outcomes} == {BillNote, NoteExceedsTax}
    assert BillNote.objects.filter(is_approved=True).count() == 1


def test_without_the_lock_the_race_is_real(
    acts: list[Act], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards the test above: without the lock both find room for their credit."""
    tax_of, read = notes.tax_of, threading.Barrier(2)

    def read_together(assessment: Assessment) -> int:
        tax = tax_of(assessment)
        read.wait(PATIENCE_S)
        return tax

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    monkeypatch.setattr(notes, "tax_of", read_together)
    assert not any(isinstance(each, NoteExceedsTax) for each in race(acts))

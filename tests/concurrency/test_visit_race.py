"""One visit sent many times at one moment, as a phone with a bad network does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from offices.models import AuditEntry, Role, User
from taxmap.models import CollectionRound, Visit
from taxmap.services.visits import VisitFacts, visit_record
from tests.concurrency.racing import Act, race
from tests.factories import NOW, a_local_authority, a_user
from tests.taxmap.rounds import a_book

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 8


def sends(walk: CollectionRound, facts: VisitFacts, by: User) -> Act:
    def act() -> Any:
        return visit_record(collection_round=walk, facts=facts, by=by, now=NOW)

    return act


@pytest.fixture
def acts() -> list[Act]:
    """The same visit, many times."""
    by = a_user("walker", Role.TAX_OFFICER, office=a_local_authority())
    walk = a_book(2, by=by).rounds.get()
    facts = VisitFacts(uuid4(), 1, "absent", NOW - timedelta(minutes=1))
    return [sends(walk, facts, by)] * MANY


def test_one_visit_sent_many_times_is_kept_once(acts: list[Act]) -> None:
    outcomes = race(acts)
    assert {type(each) for each in outcomes} == {Visit}
    assert len({each.pk for each in outcomes}) == Visit.objects.count() == 1
    assert AuditEntry.objects.filter(action="taxmap.visit_recorded").count() == 1


def test_without_the_key_the_race_is_real(acts: list[Act]) -> None:
    """Guards the test above: if nothing is kept twice here, that proves nothing."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE taxmap_visit DROP CONSTRAINT taxmap_visit_key_key")
    try:
        for _attempt in range(10):
            race(acts)
            if Visit.objects.count() > 1:
                break
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE taxmap_visit CASCADE")
        assert Visit.objects.count() > 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE taxmap_visit CASCADE")
            cursor.execute(
                "ALTER TABLE taxmap_visit ADD CONSTRAINT taxmap_visit_key_key UNIQUE (key)"
            )

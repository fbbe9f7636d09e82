"""Officers who change neighbouring or the same parcels at one moment: nothing is lost.

Each race has a twin without the lock that it proves; if the twin goes well, the race is none.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import QuerySet
from shapely.geometry import MultiPolygon, Polygon

from cadastre.fabric import CoverageBroken, OverlapsNeighbour
from offices.models import Role
from parcels.editing.frame import ZoneFrame
from parcels.errors import (
    ParcelChangedMeanwhile,
    ParcelClaimed,
    RegisterBusy,
    TransactionStatusWrong,
)
from parcels.models import Parcel, Transaction
from parcels.registration import shapes
from parcels.rules import RuleBroken
from parcels.services import transactions
from parcels.services.edits import edit_refresh
from parcels.services.transactions import (
    transaction_approve,
    transaction_register,
    transaction_return,
    transaction_submit,
    transaction_withdraw,
)
from tests.concurrency.racing import PATIENCE_S, Act, race
from tests.factories import NOW, a_user
from tests.parcels.editing.block import (
    ZONE,
    a_plot,
    approved,
    at,
    drafted,
    is_coverage,
    officers,
    place,
    shapes_in_force,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no fault of the locks."""
    monkeypatch.setattr(transactions, "LOCK_TIMEOUT", "30s")


def registers(act: Transaction) -> Act:
    checker = officers()[1]
    return lambda: transaction_register(
        act=act, shown_hash=act.content_hash, checker=checker, now=NOW
    )


def cut(parcel: Parcel, y: float, x: float) -> dict[str, Any]:
    """A division by a line from west to east, at a height of its own."""
    line = place((x - 1, y), (x + 41, y))
    return {"op": "divide_line", "parcel": parcel.public_id, "line": line}


def two_divisions_side_by_side() -> list[Transaction]:
    """Each puts a mark on the common side of both."""
    west, east = a_plot(0), a_plot(1)
    return [
        approved(drafted("divide", cut(west, 10, 0))),
        approved(drafted("divide", cut(east, 30, 40))),
    ]


def kinds(outcomes: list[Any]) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_of_two_divisions_of_neighbours_the_second_is_told_and_no_mark_is_lost() -> None:
    acts = two_divisions_side_by_side()
    outcomes = race([registers(act) for act in acts])
    assert kinds(outcomes) == ["ParcelChangedMeanwhile", "Transaction"]
    refused = next(each for each in outcomes if isinstance(each, ParcelChangedMeanwhile))
    assert refused.evidence["parcels"]
    assert is_coverage()
    assert len(shapes_in_force()) == 3


def two_divisions_below_one_neighbour() -> list[Transaction]:
    """Each puts a mark on the long side of the plot to the north."""
    frame = ZoneFrame(ZONE)
    ring = [at(0, 40), at(40, 40), at(80, 40), at(80, 80), at(0, 80)]
    a_plot(0, 1, geometry=frame.write(MultiPolygon([Polygon(ring)])))
    acts = []
    for column in (0, 1):
        x = 40.0 * column + 20
        line = place((x, -1), (x, 41))
        plot = a_plot(column)
        step = {"op": "divide_line", "parcel": plot.public_id, "line": line}
        acts.append(approved(drafted("divide", step)))
    return acts


def test_of_two_marks_on_one_side_neither_is_lost() -> None:
    acts = two_divisions_below_one_neighbour()
    outcomes = race([registers(act) for act in acts])
    assert kinds(outcomes) == ["ParcelChangedMeanwhile", "Transaction"]
    late = acts[[isinstance(each, ParcelChangedMeanwhile) for each in outcomes].index(True)]
    maker, checker = officers()
    late = transaction_return(act=late, because="แนวเขตเปลี่ยน", checker=checker, now=NOW)
    registers(approved(edit_refresh(act=late, maker=maker, now=NOW)))()
    assert is_coverage()
    assert len(shapes_in_force()) == 5


@pytest.fixture
def _no_row_locks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take the locks on rows and ground away, and let nobody write until two have looked."""
    looked = threading.Barrier(2)

    def look_and_wait(_registration: Any) -> None:
        looked.wait(PATIENCE_S)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    monkeypatch.setattr(shapes, "ground_hold", look_and_wait)
    return iter(())


@pytest.mark.usefixtures("_no_row_locks")
def test_without_the_locks_a_mark_is_lost() -> None:
    """Guards the test above: if this keeps the fabric whole, that one proves nothing."""
    outcomes = race([registers(act) for act in two_divisions_below_one_neighbour()])
    assert kinds(outcomes) == ["Transaction", "Transaction"]
    assert not is_coverage()


def two_registrations_of_the_same_ground() -> list[Transaction]:
    ring = {"op": "new_parcel", "ring": place((0, 0), (20, 0), (20, 20), (0, 20))}
    other = {"op": "new_parcel", "ring": place((10, 10), (30, 10), (30, 30), (10, 30))}
    return [approved(drafted("new_registration", each)) for each in (ring, other)]


def test_the_same_ground_is_registered_once() -> None:
    outcomes = race([registers(act) for act in two_registrations_of_the_same_ground()])
    (refused,) = (each for each in outcomes if not isinstance(each, Transaction))
    assert isinstance(refused, OverlapsNeighbour | CoverageBroken | RuleBroken)
    assert Parcel.objects.count() == 1


@pytest.mark.usefixtures("_no_row_locks")
def test_without_the_hold_on_the_ground_it_is_registered_twice() -> None:
    outcomes = race([registers(act) for act in two_registrations_of_the_same_ground()])
    assert kinds(outcomes) == ["Transaction", "Transaction"]
    assert not is_coverage()


def test_a_parcel_is_divided_once_and_the_second_is_told_by_whom() -> None:
    parcel = a_plot(0)
    makers = [a_user(name, Role.LAND_OFFICER) for name in ("somchai", "somsri")]
    outcomes = race(
        [lambda maker=maker: drafted("divide", cut(parcel, 20, 0), maker=maker) for maker in makers]
    )
    assert kinds(outcomes) == ["ParcelClaimed", "Transaction"]
    first = next(each for each in outcomes if isinstance(each, Transaction))
    refused = next(each for each in outcomes if isinstance(each, ParcelClaimed))
    assert refused.evidence["transaction"] == first.public_id
    assert refused.evidence["maker"] == first.maker.username


def test_one_transaction_is_registered_once_however_often_it_is_asked_for() -> None:
    parcel = a_plot(0)
    act = approved(drafted("divide", cut(parcel, 20, 0)))
    outcomes = race([registers(act)] * 6)
    assert kinds(outcomes) == ["Transaction"] + ["TransactionStatusWrong"] * 5
    assert len(shapes_in_force()) == 2


def test_an_approval_and_a_withdrawal_at_once_end_in_one_of_both() -> None:
    parcel = a_plot(0)
    act = drafted("divide", cut(parcel, 20, 0))
    maker, checker = officers()
    act = transaction_submit(act=act, maker=maker, now=NOW)
    outcomes = race(
        [
            lambda: transaction_approve(
                act=act, shown_hash=act.content_hash, checker=checker, now=NOW
            ),
            lambda: transaction_withdraw(act=act, because="x", person=maker, now=NOW),
        ]
    )
    act.refresh_from_db()
    assert act.status == "withdrawn"
    assert all(isinstance(each, Transaction | TransactionStatusWrong) for each in outcomes)
    assert not act.proposed.filter(claims=True).exists()


def test_who_waits_too_long_for_the_ground_hears_that_the_register_is_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transactions, "LOCK_TIMEOUT", "100ms")
    acts = two_registrations_of_the_same_ground()
    held, done = threading.Event(), threading.Event()
    hold = shapes.ground_hold

    def hold_and_wait(registration: Any) -> None:
        hold(registration)
        held.set()
        done.wait(PATIENCE_S)

    def second() -> Any:
        held.wait(PATIENCE_S)
        monkeypatch.setattr(shapes, "ground_hold", hold)
        try:
            return registers(acts[1])()
        finally:
            done.set()

    monkeypatch.setattr(shapes, "ground_hold", hold_and_wait)
    outcomes = race([registers(acts[0]), second])
    assert isinstance(outcomes[1], RegisterBusy)
    assert Parcel.objects.count() == 1

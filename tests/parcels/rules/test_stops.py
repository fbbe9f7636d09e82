"""A critical rule stops a transaction at every step, also when the fault came up on the way.

What does not stop it is shown to whoever decides.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.conf import settings
from django.urls import reverse

from offices.models import User
from parcels.models import BAUnit, Parcel, Restriction, Transaction
from parcels.rules import RuleBroken
from parcels.services.transactions import (
    transaction_approve,
    transaction_register,
    transaction_submit,
)
from tests.factories import NOW, a_transaction
from tests.parcels.editing.block import a_plot, drafted, officers, place

pytestmark = pytest.mark.django_db
Status = Transaction.Status


def seized(title: BAUnit) -> None:
    Restriction.objects.create(
        ba_unit=title, kind="seizure", text="หมายบังคับคดี", valid_during=title.valid_during,
        created_by=a_transaction(),
    )  # fmt: skip


def submit(act: Transaction, maker: User, _checker: User) -> None:
    transaction_submit(act=act, maker=maker, now=NOW)


def approve(act: Transaction, _maker: User, checker: User) -> None:
    act.refresh_from_db()
    transaction_approve(act=act, checker=checker, shown_hash=act.content_hash, now=NOW)


def register(act: Transaction, _maker: User, checker: User) -> None:
    act.refresh_from_db()
    transaction_register(act=act, checker=checker, shown_hash=act.content_hash, now=NOW)


STEPS: list[Callable[[Transaction, User, User], None]] = [submit, approve, register]


@pytest.mark.parametrize(
    ("free", "status"), [(0, Status.DRAFT), (1, Status.SUBMITTED), (2, Status.APPROVED)]
)
def test_land_seized_on_the_way_is_not_divided(free: int, status: Status) -> None:
    """``free`` steps are taken before the court's order arrives."""
    maker, checker = officers()
    parcel = a_plot(0)
    line = place((20, -1), (20, 41))
    act = drafted("divide", {"op": "divide_line", "parcel": parcel.public_id, "line": line})
    for step in STEPS[:free]:
        step(act, maker, checker)
    assert parcel.ba_unit
    seized(parcel.ba_unit)
    with pytest.raises(RuleBroken) as caught:
        STEPS[free](act, maker, checker)
    assert caught.value.evidence["rule"] == "land_seized"
    act.refresh_from_db()
    assert act.status == status
    assert list(Parcel.objects.all()) == [parcel]


def test_a_division_that_breaks_no_rule_is_registered() -> None:
    maker, checker = officers()
    parcel = a_plot(0)
    line = place((20, -1), (20, 41))
    act = drafted("divide", {"op": "divide_line", "parcel": parcel.public_id, "line": line})
    for step in STEPS:
        step(act, maker, checker)
    act.refresh_from_db()
    assert act.status == Status.REGISTERED
    assert Parcel.objects.exclude(pk=parcel.pk).count() == 2


def test_what_does_not_stop_it_is_shown_to_maker_and_checker(client) -> None:
    """The document has 400 m² more than the boundary; so have the two pieces together."""
    parcel = a_plot(0, legal_area_m2=Decimal(2000))
    a_plot(0, 1)
    line = place((20, -1), (20, 41))
    act = drafted("divide", {"op": "divide_line", "parcel": parcel.public_id, "line": line})
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    for person in officers():
        client.force_login(person)
        body = client.get(reverse("transaction-detail", args=[act.public_id])).content.decode()
        assert "No scan of the document" in body
        assert "Scan the document and attach it" in body
        assert body.count("Area on the deed and on the map differ") == 2
        assert body.count("there before, and not made worse") == 2
        for number in (1, 2):
            said = f"parcel ({number}) says 1000.00 m², its boundary encloses 800.00 m²: 20.00 %"
            assert said in body
        # The neighbour gets a mark and keeps its area.
        assert "No area from the deed" not in body
        assert "This cannot be registered as it is" not in body

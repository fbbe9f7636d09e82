"""The hold on transfers goes with the ground: a plot divided or merged since is held as it lies."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from offices.models import Role, User
from parcels.models import Parcel, ParcelLineage, Transaction
from parcels.registration.vetoes import vetoes_against
from parcels.services import lineage
from parcels.services.transactions import transaction_submit
from taxmap.models import Bill, ValuationUnit
from taxmap.registration_vetoes import LocalAuthorityHasToBeAsked
from taxmap.services.arrears import arrears_report, held_parcels, land_office_rows
from taxmap.services.payments import Tender, due_on, payment_take
from tests.factories import (
    NOW,
    a_local_authority,
    a_parcel,
    a_party,
    a_square,
    a_transaction,
    a_user,
    an_assessment,
)
from tests.parcels.editing.block import a_plot, children, officers, place, registered
from tests.parcels.test_registration_rights import NEW, drafted, to
from tests.taxmap.money import number_and_charge

pytestmark = pytest.mark.django_db
Kind = Transaction.Kind
TODAY = NOW.date()


def owing(parcel: Parcel) -> Bill:
    """A bill of 100 baht for a parcel, past its day and reported to the land office."""
    authority = a_local_authority()
    unit = ValuationUnit.objects.create(parcel=parcel, local_authority=authority)
    bill = an_assessment(unit).bill
    number_and_charge(bill, 1)
    arrears_report(office=authority, tax_year=2026, actor=None, now=NOW)
    return bill


def divided(parcel: Parcel, x: float = 15.0) -> list[Parcel]:
    line = place((x, -1), (x, 41))
    registered("divide", {"op": "divide_line", "parcel": parcel.public_id, "line": line})
    return children(parcel)


def merged(*parcels: Parcel) -> Parcel:
    names = [parcel.public_id for parcel in parcels]
    registered("merge", {"op": "merge", "parcels": names})
    return children(parcels[0])[0]


def passes(parcel: Parcel) -> Transaction:
    """Hand in that a parcel is given to somebody else; what was refused is handed in again."""
    maker, title = officers()[0], parcel.ba_unit
    refused = Transaction.objects.filter(titles__ba_unit=title, titles__claims=True).first()
    act = refused or drafted(maker, Kind.TRANSFER, title, to=to((NEW, 1, 1)))
    return transaction_submit(act=act, maker=maker, now=NOW)


def paid(bill: Bill) -> None:
    cashier: User = a_user("cashier", Role.CASHIER, office=bill.local_authority)
    tender = Tender("cash", due_on(bill, TODAY).total)  # type: ignore[arg-type]
    payment_take(bill=bill, tender=tender, key="all", actor=cashier, now=NOW)


def test_every_piece_of_a_divided_plot_is_held_and_a_payment_releases_all() -> None:
    plot, neighbour = a_plot(0), a_plot(1)
    bill = owing(plot)
    pieces = divided(plot)
    again = divided(max(pieces, key=lambda each: each.pk), x=30.0)
    pieces = [min(pieces, key=lambda each: each.pk), *again]
    assert len({piece.ba_unit_id for piece in pieces}) == 3
    for piece in pieces:
        with pytest.raises(LocalAuthorityHasToBeAsked) as told:
            passes(piece)
        assert piece.public_id in str(told.value)
    assert passes(neighbour).status == Transaction.Status.SUBMITTED
    paid(bill)
    for piece in pieces:
        assert passes(piece).status == Transaction.Status.SUBMITTED


@pytest.mark.parametrize("kind", [Kind.TRANSFER, Kind.TRANSFER_SHARE, Kind.INHERITANCE])
def test_a_piece_passes_in_no_way(kind: Kind) -> None:
    plot = a_plot(0)
    owing(plot)
    piece = divided(plot)[-1]
    act = drafted(officers()[0], Kind.TRANSFER, piece.ba_unit, to=to((NEW, 1, 1)))
    act.kind = kind
    assert [type(each) for each in vetoes_against(act)] == [LocalAuthorityHasToBeAsked]
    act.kind = Kind.MORTGAGE
    assert list(vetoes_against(act)) == []


def test_ground_that_owes_holds_what_it_was_merged_into() -> None:
    owner = a_party()
    plot, free = a_plot(0, owner=owner), a_plot(1, owner=owner)
    bill = owing(plot)
    whole = merged(plot, free)
    with pytest.raises(LocalAuthorityHasToBeAsked):
        passes(whole)
    assert [each.parcel for each in held_parcels(bill.local_authority, TODAY)] == [whole]
    paid(bill)
    assert passes(whole).status == Transaction.Status.SUBMITTED
    assert held_parcels(bill.local_authority, TODAY) == []


def test_the_land_office_reads_the_parcels_of_today_with_their_former_codes() -> None:
    plot = a_plot(0)
    bill = owing(plot)
    office, since = bill.local_authority, TODAY.isoformat()
    assert list(land_office_rows(office, 2026, TODAY)) == [("1001", "1", "01A001", "", since)]
    kept, new = sorted(divided(plot), key=lambda each: int(each.land_number))
    assert list(land_office_rows(office, 2026, TODAY)) == [
        (kept.ba_unit.deed_number, kept.land_number, "01A001", "01A001", since),
        (new.ba_unit.deed_number, new.land_number, "01A001/001", "01A001", since),
    ]
    assert list(land_office_rows(office, 2025, TODAY)) == []


def test_ground_given_to_the_public_is_not_on_the_list() -> None:
    plot = a_plot(0)
    bill = owing(plot)
    strip = {"op": "divide_strip", "parcel": plot.public_id, "line": place((20, -1), (20, 41)),
             "width_m": "6", "align": "centre"}  # fmt: skip
    registered("divide_public", strip, public=[0], facts={0: {"land_use": "road"}}, keeps_number=1)
    road, *rest = children(plot)
    assert road.ba_unit is None
    held = held_parcels(bill.local_authority, TODAY)
    assert {each.parcel for each in held} == set(rest)


def test_a_register_of_thousands_is_asked_by_index_and_in_few_questions(
    django_assert_max_num_queries: Any,
) -> None:
    """The walk reads the line of the asked parcels, whatever the register holds beside it."""
    plot = a_plot(0)
    owing(plot)
    piece = divided(plot)[-1]
    act = a_transaction()
    pattern = a_parcel(geometry=a_square(101.0), created_by=act)
    own = {"id", "public_id", "ba_unit"}
    facts = {f.name: getattr(pattern, f.name) for f in Parcel._meta.concrete_fields
             if f.name not in own and not f.generated}  # fmt: skip
    crowd = Parcel.objects.bulk_create([Parcel(**facts) for _ in range(4_000)])
    ParcelLineage.objects.bulk_create([
        ParcelLineage(parent=parent, child=child, transaction=act)
        for parent, child in zip(crowd[::2], crowd[1::2], strict=True)
    ])  # fmt: skip
    asked = drafted(officers()[0], Kind.TRANSFER, piece.ba_unit, to=to((NEW, 1, 1)))
    with django_assert_max_num_queries(3):
        assert len(list(vetoes_against(asked))) == 1
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE parcels_parcellineage; ANALYZE parcels_parcel")
        for walk in (lineage.UP, lineage.DOWN):
            cursor.execute(f"EXPLAIN {walk}", {"parcels": [piece.pk], "most": lineage.MOST_STEPS})
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan on parcels_parcellineage" not in plan, plan

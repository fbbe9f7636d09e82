"""What a surveyor may do with transactions: see and withdraw the own proposals, nothing else."""

from __future__ import annotations

import pytest
from django.test import Client

from offices.models import Role, User
from parcels.editing.choices import Choices
from parcels.editing.operations import operations_of
from parcels.models import Parcel as Plot
from parcels.models import Transaction
from parcels.services.edits import edit_draft
from parcels.services.transactions import SourceFacts
from tests.factories import NOW, a_land_office, a_parcel, a_party, a_title, a_user

pytestmark = pytest.mark.django_db
OWNER = "ดาวเรืองผู้ถือกรรมสิทธิ์"
LIST = "/office/transactions/"


@pytest.fixture
def parcel() -> Plot:
    return a_parcel(ba_unit=a_title(a_party(OWNER), deed_number="5001"), land_number="21")


def a_draft(parcel: Plot, maker: User, kind: str = "divide") -> Transaction:
    ops = [{"op": "divide_equal", "parcel": parcel.public_id, "count": 2}]
    return edit_draft(
        office=parcel.office, kind=kind, operations=operations_of(ops), choices=Choices(),
        source=SourceFacts(kind="survey", reference="ร.ว. 1/2569"), reason="รังวัดแบ่งแยก",
        maker=maker, now=NOW,
    )  # fmt: skip


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def test_a_surveyor_sees_the_own_proposal_without_its_owners(parcel: Plot) -> None:
    surveyor = a_user("surveyor", Role.SURVEYOR)
    act = a_draft(parcel, surveyor)
    browser = signed_in(surveyor)
    assert act.public_id in browser.get(LIST).content.decode()
    page = browser.get(f"{LIST}{act.public_id}/")
    assert page.status_code == 200
    assert OWNER not in page.content.decode()
    assert (page.context["may"].withdraw, page.context["may"].revise) == (True, False)


def test_another_transaction_of_the_office_does_not_exist_for_a_surveyor(parcel: Plot) -> None:
    act = a_draft(parcel, a_user("officer", Role.LAND_OFFICER))
    browser = signed_in(a_user("surveyor", Role.SURVEYOR))
    assert act.public_id not in browser.get(f"{LIST}?list=all").content.decode()
    assert browser.get(f"{LIST}{act.public_id}/").status_code == 404
    said = {"do": "withdraw", "because": "x"}
    assert browser.post(f"{LIST}{act.public_id}/decide/", said).status_code == 404


def test_a_surveyor_cannot_prepare_a_transfer_nor_use_the_editor(parcel: Plot) -> None:
    assert parcel.ba_unit is not None
    browser = signed_in(a_user("surveyor", Role.SURVEYOR))
    new = f"{LIST}new/?kind=transfer&title={parcel.ba_unit.public_id}"
    assert browser.get(new).status_code == 403
    assert browser.post(new, {"reason": "ขาย"}).status_code == 403
    assert browser.get("/office/editor/").status_code == 403
    assert not Transaction.objects.filter(kind="transfer").exists()


def test_a_surveyor_neither_submits_nor_registers_on_the_page_but_withdraws(parcel: Plot) -> None:
    surveyor = a_user("surveyor", Role.SURVEYOR)
    act = a_draft(parcel, surveyor)
    browser = signed_in(surveyor)
    decide = f"{LIST}{act.public_id}/decide/"
    for step in ("submit", "approve", "register", "return"):
        assert browser.post(decide, {"do": step, "because": "x"}).status_code == 403
    assert browser.post(decide, {"do": "withdraw", "because": "วัดใหม่"}).status_code == 302
    act.refresh_from_db()
    assert act.status == "withdrawn"


def test_a_surveyor_who_left_the_office_sees_the_proposal_no_more(parcel: Plot) -> None:
    surveyor = a_user("surveyor", Role.SURVEYOR)
    act = a_draft(parcel, surveyor)
    surveyor.role_assignments.all().delete()
    surveyor.role_assignments.create(office=a_land_office("LO-FAR"), role=Role.SURVEYOR)
    assert signed_in(surveyor).get(f"{LIST}{act.public_id}/").status_code == 404

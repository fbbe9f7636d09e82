"""The pages on which transactions are written, checked and decided, and the page of a title."""

from __future__ import annotations

import threading
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from psycopg.types.range import Range

from offices.models import AuditEntry, Role, RoleAssignment, User
from parcels.models import (
    BAUnit,
    GroupMember,
    Mortgage,
    ParcelVersion,
    Party,
    ProposedParcel,
    Responsibility,
    Restriction,
    Right,
    SourceFile,
    Transaction,
)
from parcels.registration.digest import content_digest
from parcels.services import sources
from parcels.services.sources import media_type_of, without_place
from parcels.services.transactions import (
    Draft,
    Proposal,
    SourceFacts,
    transaction_approve,
    transaction_draft,
    transaction_register,
    transaction_submit,
)
from tests.factories import (
    LONG_AGO,
    a_district,
    a_land_office,
    a_parcel,
    a_party,
    a_square,
    a_title,
    a_transaction,
    a_user,
)

pytestmark = pytest.mark.django_db
Kind, Status = Transaction.Kind, Transaction.Status
SELLER, BUYER = "ทองดีผู้ขาย", "บัวผู้ซื้อ"


@pytest.fixture
def maker() -> User:
    return a_user("maker", Role.LAND_OFFICER)


@pytest.fixture
def checker() -> User:
    return a_user("checker", Role.CHECKER)


@pytest.fixture
def stranger() -> User:
    elsewhere = a_land_office("LO-ELSEWHERE")
    return a_user("stranger", Role.LAND_OFFICER, Role.CHECKER, office=elsewhere)


@pytest.fixture
def title() -> BAUnit:
    title = a_title(a_party(SELLER), deed_number="4711", district=a_district())
    a_parcel(ba_unit=title)
    return title


def signed_in(user: User) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.force_login(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def said(**more: str) -> dict[str, str]:
    base = {
        "source_kind": "contract", "source_reference": "ท.ด. 13 เลขที่ 7/2569",
        "source_issued_on": "", "reason": "ขายทั้งแปลง", "effective_on": "",
    }  # fmt: skip
    return base | more


def a_receiver(at: int = 0, **more: str) -> dict[str, str]:
    row = {"who": "new", "kind": "individual", "title": "นาง", "name": BUYER, "surname": "ใจดี"}
    return {f"to-{at}-{name}": value for name, value in (row | more).items()}


def new_address(kind: str, title: BAUnit) -> str:
    return f"{reverse('transaction-new')}?kind={kind}&title={title.public_id}"


def written(client: Client, title: BAUnit, kind: str = "transfer", **more: str) -> Transaction:
    form = said(receivers="1") | a_receiver() | more
    response = client.post(new_address(kind, title), form)
    assert response.status_code == 302, response.content.decode()[:3000]
    act: Transaction = Transaction.objects.latest("pk")
    return act


def page_of(client: Client, act: Transaction) -> str:
    response = client.get(reverse("transaction-detail", args=[act.public_id]))
    assert response.status_code == 200
    return response.content.decode()


def decide(client: Client, act: Transaction, do: str, **more: str) -> Any:
    shown = {"shown": act.content_hash} if do in ("approve", "register") else {}
    address = reverse("transaction-decide", args=[act.public_id])
    response = client.post(address, {"do": do} | shown | more)
    act.refresh_from_db()
    return response


def submitted(maker: User, title: BAUnit) -> Transaction:
    act = written(signed_in(maker), title)
    assert decide(signed_in(maker), act, "submit").status_code == 302
    return act


# -- the way of a transaction -------------------------------------------------------------------


def test_a_transfer_goes_through_the_pages_from_draft_to_register(maker, checker, title) -> None:
    act = submitted(maker, title)
    page = page_of(signed_in(checker), act)
    assert SELLER in page
    assert BUYER in page
    assert act.content_hash in page
    assert decide(signed_in(checker), act, "approve").status_code == 302
    assert decide(signed_in(checker), act, "register").status_code == 302
    assert act.status == Status.REGISTERED
    holder = Right.objects.get(ba_unit=title, retired_by=None).party
    assert holder.full_name == f"นาง{BUYER} ใจดี"
    page = page_of(signed_in(checker), act)
    assert "What has changed" in page
    assert page.index(SELLER) < page.index(BUYER)


def test_the_maker_is_refused_as_checker(maker, title) -> None:
    act = submitted(maker, title)
    for do in ("approve", "return", "register"):
        assert decide(signed_in(maker), act, do, because="x").status_code == 403
    RoleAssignment.objects.create(user=maker, office=a_land_office(), role=Role.CHECKER)
    assert decide(signed_in(maker), act, "approve").status_code == 403
    assert act.status == Status.SUBMITTED


def test_for_strangers_there_is_no_transaction_and_no_title(maker, stranger, title, client) -> None:
    act = submitted(maker, title)
    own = [
        reverse("transaction-detail", args=[act.public_id]),
        reverse("transaction-edit", args=[act.public_id]),
        reverse("title-detail", args=[title.public_id]),
        new_address("transfer", title),
    ]
    for address in own:
        assert signed_in(stranger).get(address).status_code == 404, address
        assert client.get(address).status_code == 302, address
    for do in ("approve", "withdraw", "submit"):
        assert decide(signed_in(stranger), act, do, because="x").status_code == 404
    cashier = a_user("cashier", Role.CASHIER)
    assert signed_in(cashier).get(own[0]).status_code == 403
    assert signed_in(cashier).get(own[2]).status_code == 403
    inbox = signed_in(stranger).get(f"{reverse('transactions')}?list=all").content.decode()
    assert "4711" not in inbox


def test_what_changed_since_it_was_shown_is_not_approved(maker, checker, title) -> None:
    act = submitted(maker, title)
    shown = act.content_hash
    decide(signed_in(checker), act, "return", because="ชื่อผู้ซื้อไม่ตรงกับบัตร")
    edit = reverse("transaction-edit", args=[act.public_id])
    form = said(receivers="1") | a_receiver(name="บัวหลวง")
    assert signed_in(maker).post(edit, form).status_code == 302
    decide(signed_in(maker), act, "submit")
    answer = decide(signed_in(checker), act, "approve", shown=shown)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Nothing was decided" in page
    assert reverse("transaction-detail", args=[act.public_id]) in page
    assert act.status == Status.SUBMITTED


def test_a_second_decision_finds_the_first(maker, checker, title) -> None:
    act = submitted(maker, title)
    assert decide(signed_in(checker), act, "approve").status_code == 302
    answer = decide(signed_in(a_user("second", Role.CHECKER)), act, "approve")
    assert answer.status_code == 409
    assert "Reload the transaction" in answer.content.decode()


def test_a_role_taken_away_works_at_once(maker, checker, title) -> None:
    act = submitted(maker, title)
    client = signed_in(checker)
    page_of(client, act)
    RoleAssignment.objects.filter(user=checker).delete()
    assert decide(client, act, "approve").status_code == 403
    assert act.status == Status.SUBMITTED
    RoleAssignment.objects.create(
        user=checker, office=a_land_office("LO-2"), role=Role.CHECKER
    )  # fmt: skip
    assert decide(client, act, "approve").status_code == 404


def test_a_return_needs_its_reason_and_shows_it(maker, checker, title) -> None:
    act = submitted(maker, title)
    answer = decide(signed_in(checker), act, "return")
    assert answer.status_code == 422
    assert "Write the reason" in answer.content.decode()
    decide(signed_in(checker), act, "return", because="ขาดหนังสือมอบอำนาจ")
    assert "ขาดหนังสือมอบอำนาจ" in page_of(signed_in(maker), act)
    inbox = signed_in(maker).get(f"{reverse('transactions')}?list=returned").content.decode()
    assert "4711" in inbox
    decide(signed_in(maker), act, "withdraw", because="ผู้ขอถอนเรื่อง")
    assert act.status == Status.WITHDRAWN


def test_buttons_are_only_what_this_person_may_do(maker, checker, title) -> None:
    act = written(signed_in(maker), title)
    assert 'value="submit"' in page_of(signed_in(maker), act)
    assert 'value="submit"' not in page_of(signed_in(checker), act)
    decide(signed_in(maker), act, "submit")
    assert 'value="approve"' in page_of(signed_in(checker), act)
    assert 'value="approve"' not in page_of(signed_in(maker), act)
    assert 'value="register"' not in page_of(signed_in(checker), act)


def test_a_post_without_a_token_is_refused(maker, title) -> None:
    act = submitted(maker, title)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(maker)
    for name in ("transaction-decide", "transaction-files"):
        assert strict.post(reverse(name, args=[act.public_id]), {"do": "x"}).status_code == 403
    assert strict.post(new_address("transfer", title), said()).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_two_checkers_at_once_one_decides() -> None:
    maker = a_user("maker", Role.LAND_OFFICER)
    act = submitted(maker, a_title(a_party(SELLER), deed_number="4711"))
    checkers = [a_user(f"checker-{at}", Role.CHECKER) for at in range(2)]
    together, answers = threading.Barrier(2), []

    def press(user: User) -> None:
        try:
            client = signed_in(user)
            together.wait()
            address = reverse("transaction-decide", args=[act.public_id])
            form = {"do": "approve", "shown": act.content_hash}
            answers.append(client.post(address, form).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[user]) for user in checkers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 409]
    assert AuditEntry.objects.filter(action="parcels.transaction_approved").count() == 1


# -- the form -----------------------------------------------------------------------------------


def test_every_field_says_what_is_wrong_with_it(maker, title) -> None:
    form = {"receivers": "1", "to-0-who": "new", "effective_on": "31/2/2569", "to-0-share": "3/2"}
    response = signed_in(maker).post(new_address("transfer", title), form)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'href="#id_source_reference"' in page
    assert "Enter the name." in page
    assert "at most one" in page
    assert not Transaction.objects.filter(kind="transfer").exists()


def test_personal_numbers_are_not_taken(maker, title) -> None:
    form = said(receivers="1", reason="ผู้ซื้อ 1-1037-02071-81-1") | a_receiver()
    response = signed_in(maker).post(new_address("transfer", title), form)
    assert response.status_code == 422
    assert not Transaction.objects.filter(kind="transfer").exists()


def test_one_more_receiver_keeps_what_was_typed(maker, title) -> None:
    form = said(receivers="1", more="1") | a_receiver()
    page = signed_in(maker).post(new_address("transfer", title), form).content.decode()
    assert "Receiver 2" in page
    assert BUYER in page
    form = said(receivers="2") | a_receiver(0) | a_receiver(1, name="สาม")
    signed_in(maker).post(new_address("transfer", title), form)
    act = Transaction.objects.latest("pk")
    halves = [each["share"] for each in act.content["to"]]
    assert halves == [{"numerator": 1, "denominator": 2}] * 2


def test_thai_digits_and_buddhist_dates_are_read(maker, title) -> None:
    today = timezone.localdate()
    typed = f"{today.day}/{today.month}/{today.year + 543}"
    thai = typed.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    act = written(signed_in(maker), title, effective_on=thai, **{"to-0-share": "๑/๑"})
    assert act.effective_on == today


def test_a_title_in_an_open_transaction_is_not_taken_again(maker, title) -> None:
    written(signed_in(maker), title)
    other = a_user("other", Role.LAND_OFFICER)
    form = said(receivers="1") | a_receiver()
    response = signed_in(other).post(new_address("transfer", title), form)
    assert response.status_code == 422
    assert "another open transaction" in response.content.decode()


KINDS: dict[str, dict[str, str]] = {
    "transfer_share": {"share": "1/4", "receivers": "1"} | a_receiver(),
    "inheritance": {"receivers": "1"} | a_receiver(),
    "name_correction": {"kind": "individual", "name": "ทองดี", "surname": "ใหม่"},
    "mortgage": {
        "creditor": "new", "creditor_name": "ธนาคาร", "creditor_kind": "juristic",
        "amount": "1,500,000",
    },
    "mortgage_release": {},
    "title_change": {"survey_page": "88"},
    "title_cancellation": {"ground": "คำสั่งตามมาตรา 61"},
    "replacement_deed": {"because": "สูญหาย"},
    "note": {"text": "หมายเหตุ"},
}  # fmt: skip


def entered_by_note(maker: User, checker: User, title: BAUnit, **form: str) -> Transaction:
    client = signed_in(maker)
    response = client.post(new_address("note", title), said(text="อายัดตามคำสั่งศาล") | form)
    assert response.status_code == 302, response.content.decode()[:3000]
    act: Transaction = Transaction.objects.latest("pk")
    edit = client.get(reverse("transaction-edit", args=[act.public_id]))
    assert {name: edit.context["form"][name].value() for name in form} == form
    decide(client, act, "submit")
    decide(signed_in(checker), act, "approve")
    assert decide(signed_in(checker), act, "register").status_code == 302
    assert act.status == Status.REGISTERED
    return act


@pytest.mark.parametrize("kind", [*Restriction.Kind.values, "responsibility"])
def test_a_note_enters_what_stands_against_a_title_and_another_ends_it(
    kind, maker, checker, title
) -> None:
    act = entered_by_note(maker, checker, title, enters=kind)
    page = reverse("title-detail", args=[title.public_id])
    shown = "<li>\n          " if kind == "responsibility" else "<strong>"
    assert "None on this day" not in standing(signed_in(checker).get(page).content.decode())
    assert shown in standing(signed_in(checker).get(page).content.decode())
    kept = "responsibility" if kind == "responsibility" else "restriction"
    entry = {"restriction": Restriction, "responsibility": Responsibility}[kept].objects.get()
    assert entry.created_by == act
    ended = entered_by_note(maker, checker, title, ends=f"{kept}-{entry.pk}")
    entry.refresh_from_db()
    assert entry.retired_by == ended
    assert "None on this day" in standing(signed_in(checker).get(page).content.decode())


def standing(page: str) -> str:
    """The section of restrictions and responsibilities."""
    return page.partition('aria-labelledby="restrictions-title"')[2].partition("</section>")[0]


def test_a_caveat_entered_by_a_note_stops_a_sale(maker, checker, title) -> None:
    entered_by_note(maker, checker, title, enters="caveat")
    act = written(signed_in(maker), title)
    assert "caveat" in page_of(signed_in(maker), act)
    assert decide(signed_in(maker), act, "submit").status_code == 422
    assert act.status == Status.DRAFT


def test_an_entry_ends_once(maker, checker, title) -> None:
    entered_by_note(maker, checker, title, enters="servitude")
    entry = Restriction.objects.get()
    act = written(signed_in(maker), title, "note", text="ปลอด", ends=f"restriction-{entry.pk}")
    Restriction.objects.filter(pk=entry.pk).update(
        valid_during=Range(empty=True), retired_by=a_transaction()
    )
    assert decide(signed_in(maker), act, "submit").status_code == 422
    assert "does not stand against" in page_of(signed_in(maker), act)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_written_changed_and_registered(kind, maker, checker) -> None:
    facts = {"title_type": "ns3k"} if kind == "title_change" else {}
    holder = a_party(SELLER)
    title = a_title(holder, deed_number="9", district=a_district(), **facts)
    a_parcel(ba_unit=title)
    extra = dict.fromkeys(("giver", "deceased", "party"), str(holder.pk))
    if kind == "mortgage_release":
        mortgage = Mortgage.objects.create(
            ba_unit=title, creditor=a_party("ธนาคาร", Party.Kind.JURISTIC), rank=1,
            amount_satang=5, valid_during=Range(LONG_AGO, None), created_by=a_transaction(),
        )  # fmt: skip
        extra["mortgage"] = str(mortgage.pk)
    client = signed_in(maker)
    assert client.get(new_address(kind, title)).status_code == 200
    response = client.post(new_address(kind, title), said() | extra | KINDS[kind])
    assert response.status_code == 302, response.content.decode()[:4000]
    act: Transaction = Transaction.objects.get(kind=kind)
    before = content_digest(act)
    edit = reverse("transaction-edit", args=[act.public_id])
    assert client.get(edit).status_code == 200
    assert client.post(edit, said() | extra | KINDS[kind]).status_code == 302
    act.refresh_from_db()
    assert content_digest(act) == before
    decide(client, act, "submit")
    decide(signed_in(checker), act, "approve")
    assert decide(signed_in(checker), act, "register").status_code == 302
    assert act.status == Status.REGISTERED
    assert "What has changed" in page_of(signed_in(checker), act)


def test_a_fault_is_told_before_anybody_decides(maker, title) -> None:
    act = written(signed_in(maker), title, **{"to-0-share": "1/2"})
    assert "add up to 1/2" in page_of(signed_in(maker), act)
    answer = decide(signed_in(maker), act, "submit")
    assert answer.status_code == 422
    assert act.status == Status.DRAFT


# -- pictures and areas -------------------------------------------------------------------------


def test_before_and_after_stay_what_they_were_once_registered(maker, checker) -> None:
    """The picture of a registered change is drawn from history, not from the map of today."""
    title = a_title(a_party(SELLER), deed_number="5", district=a_district(), title_type="ns3k")
    parcel = a_parcel(ba_unit=title, land_number="12", legal_area_m2=Decimal("1900.25"))
    a_parcel(land_number="13", geometry=a_square(100.4704))
    draft = Draft(
        kind=Kind.TITLE_CHANGE, source=SourceFacts(kind="request", reference="1"), reason="x",
        titles=[title],
        proposals=[Proposal(
            role=ProposedParcel.Role.CHANGED, parcel=parcel, zone_srid=32647,
            geometry=a_square(side=0.0003), legal_area_m2=Decimal("1100.50"),
        )],
    )  # fmt: skip
    now = timezone.now()
    act = transaction_draft(office=title.office, draft=draft, maker=maker, now=now)
    act = transaction_submit(act=act, maker=maker, now=now)
    page = page_of(signed_in(checker), act)
    assert "1,900.25" in page
    assert "1,100.50" in page
    assert "changes by -799.75" in page
    assert "change-drawing__new" in page
    assert "change-drawing__neighbour" in page
    act = transaction_approve(act=act, shown_hash=act.content_hash, checker=checker, now=now)
    transaction_register(act=act, shown_hash=act.content_hash, checker=checker, now=now)
    assert ParcelVersion.objects.filter(parcel=parcel).exists()
    again = page_of(signed_in(checker), act)
    for path in _paths(page):
        assert path in again


def _paths(page: str) -> list[str]:
    return [
        part.split('"')[0]
        for part in page.split('class="change-drawing__subject" d="')[1:]
    ]  # fmt: skip


# -- owners -------------------------------------------------------------------------------------


def test_who_sees_holders_leaves_a_trace_and_who_may_not_sees_none(maker, checker, title) -> None:
    act = submitted(maker, title)
    looks = AuditEntry.objects.filter(action="parcels.owner_viewed", actor=checker)
    assert SELLER in page_of(signed_in(checker), act)
    entry = looks.get()
    assert (entry.subject_kind, entry.subject_id) == ("title", title.public_id)
    assert SELLER not in str(entry.data)


def test_a_title_shows_names_only_after_a_reason(checker, title) -> None:
    client = signed_in(checker)
    plain = client.get(reverse("title-detail", args=[title.public_id])).content.decode()
    assert SELLER not in plain
    assert "individual" in plain
    holders = reverse("title-holders", args=[title.public_id])
    assert SELLER not in client.post(holders, {"reason": ""}).content.decode()
    assert not AuditEntry.objects.filter(action="parcels.owner_viewed").exists()
    assert SELLER in client.post(holders, {"reason": "counter"}).content.decode()
    assert AuditEntry.objects.get(action="parcels.owner_viewed").data == {"reason": "counter"}


def test_the_members_of_a_group_are_shown_with_their_shares_after_a_reason(checker) -> None:
    group = a_party("กองมรดก", Party.Kind.GROUP)
    for name, share in (("จันทร์", 1), ("อังคาร", 2)):
        GroupMember.objects.create(
            group=group, party=a_party(name), share_numerator=share, share_denominator=3
        )
    title = a_title(group, deed_number="8")
    client = signed_in(checker)
    before = client.get(reverse("title-detail", args=[title.public_id])).content.decode()
    assert "จันทร์" not in before
    look = reverse("title-holders", args=[title.public_id])
    shown = client.post(look, {"reason": "counter"}).content.decode()
    assert "กองมรดก" in shown
    for told in ("จันทร์ 1/3", "อังคาร 2/3"):
        assert told in " ".join(shown.split()), told


def test_a_title_is_shown_as_it_was(maker, checker, title) -> None:
    act = submitted(maker, title)
    decide(signed_in(checker), act, "approve")
    decide(signed_in(checker), act, "register")
    address = reverse("title-holders", args=[title.public_id])
    past = signed_in(checker).post(address, {"reason": "counter", "on": "1/6/2563"})
    now = signed_in(checker).post(address, {"reason": "counter"})
    assert SELLER in past.content.decode()
    assert BUYER not in past.content.decode()
    assert SELLER not in now.content.decode()
    assert BUYER in now.content.decode()
    wrong = signed_in(checker).get(
        f"{reverse('title-detail', args=[title.public_id])}?on=40/1/2563"
    )
    assert wrong.status_code == 422


# -- the inbox ----------------------------------------------------------------------------------


def test_the_inbox_counts_filters_and_turns_pages_by_key(maker, checker) -> None:
    office, now = a_land_office(), timezone.now()
    for at in range(27):
        draft = Draft(
            kind=Kind.NOTE, source=SourceFacts(kind="request", reference=f"คำขอ {at}"),
            reason="x", content={"text": "x"}, titles=[a_title(deed_number=f"{900 + at}")],
        )  # fmt: skip
        act = transaction_draft(office=office, draft=draft, maker=maker, now=now)
        transaction_submit(act=act, maker=maker, now=now)
    inbox = signed_in(checker)
    first = inbox.get(reverse("transactions")).content.decode()
    assert '<span class="act-lists__count">27</span>' in first
    assert "คำขอ 26" in first
    assert "คำขอ 1<" not in first
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    second = inbox.get(reverse("transactions") + following.replace("&amp;", "&")).content.decode()
    assert [f"คำขอ {at}<" in second for at in (0, 1, 2)] == [True, True, False]
    found = inbox.get(reverse("transactions"), {"q": "คำขอ 13"}).content.decode()
    assert "คำขอ 13<" in found
    by_number = inbox.get(reverse("transactions"), {"q": "913"}).content.decode()
    assert [f"คำขอ {at}<" in by_number for at in (12, 13)] == [False, True]
    assert "คำขอ 14<" not in found
    assert "คำขอ 13<" not in inbox.get(
        reverse("transactions"), {"kind": "merge", "list": "all"}
    ).content.decode()  # fmt: skip
    home = inbox.get(reverse("office-home")).content.decode()
    assert "27" in home
    assert "wait for you" in home


# -- scanned files ------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _files_apart(tmp_path: Any) -> Any:
    with override_settings(MEDIA_ROOT=tmp_path):
        yield


def a_photograph(**info: Any) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Telephone"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (13.0, 51.0, 30.0)
    out = BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, "JPEG", exif=exif, comment="secret", **info)
    return out.getvalue()


def test_a_photograph_loses_its_place_and_no_pixel() -> None:
    for sent in (a_photograph(), a_photograph(progressive=True)):
        kept = without_place(sent + b"trailing secret")
        with Image.open(BytesIO(sent)) as before, Image.open(BytesIO(kept)) as after:
            assert before.tobytes() == after.tobytes()
            assert dict(after.getexif()) == {0x0112: 6}
            assert not after.getexif().get_ifd(0x8825)
        assert b"secret" not in kept
        assert b"Telephone" not in kept


@pytest.mark.parametrize("cut", [3, 20, 400])
def test_a_photograph_that_breaks_off_is_refused(cut) -> None:
    with pytest.raises((ValueError, OSError)):
        without_place(a_photograph()[:cut])


def test_a_file_is_taken_for_what_it_is(maker, checker, stranger, title) -> None:
    client = signed_in(maker)
    act = written(client, title)
    address = reverse("transaction-files", args=[act.public_id])
    lie = SimpleUploadedFile("deed.pdf", b"<html><script>alert(1)</script>", "application/pdf")
    assert client.post(address, {"scan": lie}).status_code == 422
    scan = SimpleUploadedFile("../../โฉนด.html", b"%PDF-1.7 page", "text/html")
    assert client.post(address, {"scan": scan}).status_code == 302
    kept = SourceFile.objects.get()
    assert (kept.media_type, kept.size) == ("application/pdf", 13)
    assert "/" not in kept.name
    place = reverse("transaction-file", args=[act.public_id, kept.public_id])
    answer = signed_in(checker).get(place)
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 page"  # type: ignore[attr-defined]
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert signed_in(stranger).get(place).status_code == 404
    assert AuditEntry.objects.filter(action="parcels.source_file_read").count() == 1


def test_a_file_is_added_only_while_its_maker_may_change_it(maker, checker, title) -> None:
    act = written(signed_in(maker), title)
    address = reverse("transaction-files", args=[act.public_id])
    colleague = a_user("colleague", Role.LAND_OFFICER)

    def send(user: User) -> int:
        scan = SimpleUploadedFile("a.pdf", b"%PDF-1.7")
        return int(signed_in(user).post(address, {"scan": scan}).status_code)

    assert send(colleague) == 403
    decide(signed_in(maker), act, "submit")
    assert send(maker) == 409
    assert not SourceFile.objects.exists()


def test_files_stay_when_a_transaction_is_written_anew(maker, title) -> None:
    client = signed_in(maker)
    scan = SimpleUploadedFile("a.pdf", b"%PDF-1.7")
    form: dict[str, Any] = said(receivers="1") | a_receiver() | {"scan": scan}
    assert client.post(new_address("transfer", title), form).status_code == 302
    act = Transaction.objects.latest("pk")
    edit = reverse("transaction-edit", args=[act.public_id])
    assert client.post(edit, said(receivers="1") | a_receiver()).status_code == 302
    act.refresh_from_db()
    assert act.source.files.get().name == "a.pdf"


def test_a_file_too_large_is_stopped(maker, title, monkeypatch) -> None:
    act = written(signed_in(maker), title)
    monkeypatch.setattr(sources, "LARGEST_SCAN", 1000)
    scan = SimpleUploadedFile("a.pdf", b"%PDF-" + b"x" * 2000)
    address = reverse("transaction-files", args=[act.public_id])
    assert signed_in(maker).post(address, {"scan": scan}).status_code == 413
    assert not SourceFile.objects.exists()


def test_the_first_bytes_tell_the_kind() -> None:
    told = {
        b"%PDF-1": "application/pdf", b"\xff\xd8\xff\xe0": "image/jpeg",
        b"\x89PNG\r\n\x1a\n": "image/png", b"II*\x00": "image/tiff", b"MM\x00*": "image/tiff",
        b"<svg": "", b"PK\x03\x04": "", b"": "",
    }  # fmt: skip
    assert {content: media_type_of(content) for content in told} == told

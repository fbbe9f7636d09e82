"""What transactions do to rights, mortgages and titles: exact shares, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.range import Range
from pydantic import ValidationError

from cadastre.errors import LandError
from offices.models import Role, User
from parcels.errors import EffectiveDayImpossible
from parcels.models import (
    AssignedNumber,
    BAUnit,
    Mortgage,
    Parcel,
    ParcelVersion,
    Party,
    ProposedParcel,
    Responsibility,
    Restriction,
    Right,
    TitleType,
    Transaction,
)
from parcels.registration import kind_named, vetoes
from parcels.registration.mortgages import next_rank
from parcels.registration.refusals import (
    GiverHoldsNothing,
    HolderNamedTwice,
    MortgageNotInForce,
    MortgageRankTaken,
    NameAlreadySo,
    OneTitleNeeded,
    PartyUnknown,
    ShareExceedsHolding,
    SharesNotOne,
    ShareTooFine,
    TitleAlreadyDeed,
    TitleNotInForce,
    TitleParcelsMissing,
    TitleRestricted,
    TitleStillMortgaged,
    TitleWithoutDistrict,
    TitleWithoutRights,
)
from parcels.registration.titles import parcels_of
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
    NOW,
    a_district,
    a_land_office,
    a_parcel,
    a_party,
    a_title,
    a_transaction,
    a_user,
)

pytestmark = pytest.mark.django_db
Kind = Transaction.Kind
TODAY = NOW.date()
NEW = {"kind": "individual", "title": "นาง", "name": "บัว", "surname": "ใหม่"}


@pytest.fixture
def maker() -> User:
    return a_user("maker", Role.LAND_OFFICER)


@pytest.fixture
def checker() -> User:
    return a_user("checker", Role.CHECKER)


def to(*shares: tuple[Party | dict[str, Any], int, int]) -> list[dict[str, Any]]:
    return [
        {"share": {"numerator": n, "denominator": d}}
        | ({"party": who.pk} if isinstance(who, Party) else {"new": who})
        for who, n, d in shares
    ]


def drafted(maker: User, kind: Kind, *titles: BAUnit, **content: Any) -> Transaction:
    proposals = [
        Proposal(
            role=ProposedParcel.Role.CHANGED, parcel=parcel, zone_srid=parcel.zone_srid,
            geometry=parcel.geometry, legal_area_m2=parcel.legal_area_m2,
        )
        for title in titles
        for parcel in parcels_of(title)
        if kind in (Kind.TITLE_CHANGE, Kind.TITLE_CANCELLATION)
    ]  # fmt: skip
    draft = Draft(
        kind=kind, source=SourceFacts(kind="request", reference="ท.ด. 1"), reason="คำขอ",
        content=content, titles=titles, proposals=proposals, effective_on=TODAY,
    )  # fmt: skip
    return transaction_draft(office=a_land_office(), draft=draft, maker=maker, now=NOW)


def registered(
    maker: User, checker: User, kind: Kind, *titles: BAUnit, **content: Any
) -> Transaction:
    act = drafted(maker, kind, *titles, **content)
    act = transaction_submit(act=act, maker=maker, now=NOW)
    act = transaction_approve(act=act, shown_hash=act.content_hash, checker=checker, now=NOW)
    act = transaction_register(act=act, shown_hash=act.content_hash, checker=checker, now=NOW)
    now_total_shares()
    return act


def now_total_shares() -> None:
    """Let the deferred constraint speak now, as at COMMIT."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def shares_of(title: BAUnit) -> dict[str, Fraction]:
    rights = Right.objects.filter(ba_unit=title, valid_during__contains=TODAY)
    return {
        each.party.full_name: Fraction(each.share_numerator, each.share_denominator)
        for each in rights.select_related("party")
    }


def faults_of(act: Transaction) -> list[type[LandError]]:
    return [type(each) for each in kind_named(act.kind).faults(act)]


def restricted(title: BAUnit, kind: str) -> Restriction:
    return Restriction.objects.create(
        ba_unit=title, kind=kind, text="ห้ามโอนภายใน 10 ปี", valid_during=Range(LONG_AGO, None),
        created_by=a_transaction(),
    )  # fmt: skip


def mortgaged(title: BAUnit, rank: int = 1, **fields: Any) -> Mortgage:
    facts: dict[str, Any] = {
        "creditor": a_party("ธนาคารทดสอบ", Party.Kind.JURISTIC), "amount_satang": 100_000_000,
        "valid_during": Range(LONG_AGO, None), "created_by": a_transaction(),
    }  # fmt: skip
    return Mortgage.objects.create(ba_unit=title, rank=rank, **facts | fields)


# -- transfers ----------------------------------------------------------------------------------


def test_a_whole_title_passes_to_several(maker, checker) -> None:
    seller, buyer = a_party("ผู้ขาย"), a_party("ผู้ซื้อ")
    title = a_title(seller)
    act = registered(maker, checker, Kind.TRANSFER, title, to=to((buyer, 2, 3), (NEW, 1, 3)))
    assert shares_of(title) == {"ผู้ซื้อ": Fraction(2, 3), "นางบัว ใหม่": Fraction(1, 3)}
    gone = Right.objects.get(party=seller)
    assert (gone.valid_during, gone.retired_by) == (Range(LONG_AGO, TODAY), act)


def test_a_share_passes_and_the_rest_stays(maker, checker) -> None:
    seller, other, buyer = a_party("ผู้ขาย"), a_party("อื่น"), a_party("ผู้ซื้อ")
    title = a_title(seller, other)
    untouched = Right.objects.get(party=other)
    registered(
        maker, checker, Kind.TRANSFER_SHARE, title, giver=seller.pk,
        share={"numerator": 1, "denominator": 6}, to=to((buyer, 1, 1)),
    )  # fmt: skip
    assert shares_of(title) == {
        "ผู้ขาย": Fraction(1, 3), "อื่น": Fraction(1, 2), "ผู้ซื้อ": Fraction(1, 6),
    }  # fmt: skip
    assert Right.objects.get(party=other).valid_during == untouched.valid_during


def test_who_holds_already_holds_one_larger_share(maker, checker) -> None:
    seller, buyer = a_party("ผู้ขาย"), a_party("ผู้ซื้อ")
    title = a_title(seller, buyer)
    registered(
        maker, checker, Kind.TRANSFER_SHARE, title, giver=seller.pk,
        share={"numerator": 1, "denominator": 2}, to=to((buyer, 1, 1)),
    )  # fmt: skip
    assert shares_of(title) == {"ผู้ซื้อ": Fraction(1)}
    assert Right.objects.filter(ba_unit=title, valid_during__contains=TODAY).count() == 1


def test_heirs_share_what_the_deceased_held(maker, checker) -> None:
    deceased, widow = a_party("ผู้ตาย"), a_party("ภรรยา")
    title = a_title(deceased, widow)
    registered(
        maker, checker, Kind.INHERITANCE, title, deceased=deceased.pk,
        to=to((widow, 1, 3), (NEW, 2, 3)),
    )  # fmt: skip
    assert shares_of(title) == {"ภรรยา": Fraction(2, 3), "นางบัว ใหม่": Fraction(1, 3)}


@pytest.mark.parametrize(
    ("kind", "content", "fault"),
    [
        (Kind.TRANSFER, lambda own, _: {"to": to((NEW, 1, 3), (NEW, 1, 3))}, SharesNotOne),
        (
            Kind.TRANSFER,
            lambda _, other: {"to": to((other, 1, 2), (other, 1, 2))},
            HolderNamedTwice,
        ),
        (
            Kind.TRANSFER,
            lambda *_: {"to": [{"party": 2**31, "share": {"numerator": 1, "denominator": 1}}]},
            PartyUnknown,
        ),
        (
            Kind.TRANSFER_SHARE,
            lambda _, other: {
                "giver": other.pk, "share": {"numerator": 1, "denominator": 9},
                "to": to((NEW, 1, 1)),
            },
            GiverHoldsNothing,
        ),
        (
            Kind.TRANSFER_SHARE,
            lambda own, _: {
                "giver": own.pk, "share": {"numerator": 2, "denominator": 3},
                "to": to((NEW, 1, 1)),
            },
            ShareExceedsHolding,
        ),
        (
            Kind.INHERITANCE,
            lambda _, other: {"deceased": other.pk, "to": to((NEW, 1, 1))},
            GiverHoldsNothing,
        ),
        (
            Kind.NAME_CORRECTION,
            lambda _, other: {"party": other.pk, "correct": NEW},
            GiverHoldsNothing,
        ),
    ],
)  # fmt: skip
def test_what_cannot_pass_is_refused_by_name(maker, kind, content, fault) -> None:
    own, second, other = a_party("หนึ่ง"), a_party("สอง"), a_party("นอก")
    act = drafted(maker, kind, a_title(own, second), **content(own, other))
    assert faults_of(act) == [fault]
    with pytest.raises(fault):
        transaction_submit(act=act, maker=maker, now=NOW)


def test_a_share_is_a_part_of_one(maker) -> None:
    with pytest.raises(ValidationError, match="at most one"):
        drafted(maker, Kind.TRANSFER, a_title(a_party()), to=to((NEW, 3, 2)))
    with pytest.raises(ValidationError, match="either a known party or a new one"):
        drafted(
            maker, Kind.TRANSFER, a_title(a_party()),
            to=[{"share": {"numerator": 1, "denominator": 1}}],
        )  # fmt: skip


def test_shares_finer_than_the_register_writes_are_refused(maker, checker) -> None:
    giver = a_party()
    title = a_title(giver)
    fine = {"numerator": 1, "denominator": 999_983}
    registered(
        maker, checker, Kind.TRANSFER_SHARE, title, giver=giver.pk, share=fine, to=to((NEW, 1, 1))
    )
    act = drafted(
        maker, Kind.TRANSFER_SHARE, title, giver=giver.pk,
        share={"numerator": 1, "denominator": 999_979}, to=to((NEW, 1, 2), (NEW, 1, 2)),
    )  # fmt: skip
    assert faults_of(act) == [ShareTooFine]


def test_nothing_passes_where_nobody_holds_or_two_titles_are_meant(maker) -> None:
    assert faults_of(drafted(maker, Kind.TRANSFER, a_title(), to=to((NEW, 1, 1)))) == [
        TitleWithoutRights
    ]
    act = drafted(maker, Kind.TRANSFER, a_title(a_party()), a_title(a_party()), to=to((NEW, 1, 1)))
    with pytest.raises(OneTitleNeeded):
        faults_of(act)


def test_nothing_passes_before_its_holder_held(maker, checker) -> None:
    title = a_title(a_party())
    registered(maker, checker, Kind.TRANSFER, title, to=to((NEW, 1, 1)))
    act = drafted(maker, Kind.TRANSFER, title, to=to((NEW, 1, 1)))
    Transaction.objects.filter(pk=act.pk).update(effective_on=LONG_AGO)
    act.refresh_from_db()
    assert EffectiveDayImpossible in faults_of(act)


@pytest.mark.parametrize("restriction", ["transfer_ban", "seizure", "caveat"])
def test_a_restriction_in_force_stops_a_transfer_until_it_ends(maker, restriction) -> None:
    title = a_title(a_party())
    entry = restricted(title, restriction)
    act = drafted(maker, Kind.TRANSFER, title, to=to((NEW, 1, 1)))
    assert faults_of(act) == [TitleRestricted]
    Restriction.objects.filter(pk=entry.pk).update(
        valid_during=Range(LONG_AGO, TODAY), retired_by=a_transaction()
    )
    assert faults_of(act) == []


def test_a_ban_on_transfer_lets_heirs_inherit_and_a_servitude_stops_nothing(maker) -> None:
    owner = a_party()
    title = a_title(owner)
    restricted(title, "transfer_ban")
    restricted(title, "servitude")
    act = drafted(maker, Kind.INHERITANCE, title, deceased=owner.pk, to=to((NEW, 1, 1)))
    assert faults_of(act) == []


class InArrears(LandError):
    code = "in_arrears"
    message = "ask the municipality"


@pytest.fixture
def arrears() -> Iterator[list[Transaction]]:
    asked: list[Transaction] = []

    @vetoes.veto(Kind.TRANSFER, Kind.TRANSFER_SHARE)
    def check(act: Transaction) -> Iterator[LandError]:
        asked.append(act)
        yield InArrears()

    yield asked
    vetoes.forget(check)


def test_a_higher_room_may_stop_a_transfer_and_nothing_else(maker, arrears) -> None:
    owner = a_party()
    title = a_title(owner)
    act = drafted(maker, Kind.TRANSFER, title, to=to((NEW, 1, 1)))
    with pytest.raises(InArrears):
        transaction_submit(act=act, maker=maker, now=NOW)
    other = drafted(
        maker, Kind.INHERITANCE, a_title(owner), deceased=owner.pk, to=to((NEW, 1, 1))
    )  # fmt: skip
    assert transaction_submit(act=other, maker=maker, now=NOW).status == "submitted"
    assert arrears == [act]


fractions = st.tuples(st.integers(1, 6), st.integers(1, 6)).map(lambda p: (min(p), max(p)))
steps = st.lists(
    st.tuples(st.integers(0, 9), fractions, st.lists(fractions, min_size=1, max_size=3)),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chain=steps)
def test_shares_total_one_after_any_chain_of_transfers(chain, maker, checker) -> None:
    with transaction.atomic():
        title = a_title(a_party("ก"), a_party("ข"))
        for choice, (n, d), wanted in chain:
            before = {
                right.party: Fraction(right.share_numerator, right.share_denominator)
                for right in Right.objects.filter(
                    ba_unit=title, valid_during__contains=TODAY
                ).order_by("pk")
            }
            giver = list(before)[choice % len(before)]
            passes = before[giver] * Fraction(n, d)
            parts = [Fraction(*each) for each in wanted]
            parts = [each / sum(parts) for each in parts]
            registered(
                maker, checker, Kind.TRANSFER_SHARE, title, giver=giver.pk,
                share={"numerator": passes.numerator, "denominator": passes.denominator},
                to=to(*[(a_party(f"{i}"), p.numerator, p.denominator)
                        for i, p in enumerate(parts)]),
            )  # fmt: skip
            after = Right.objects.filter(ba_unit=title, valid_during__contains=TODAY)
            held = {
                r.party_id: Fraction(r.share_numerator, r.share_denominator) for r in after
            }  # fmt: skip
            assert sum(held.values()) == 1
            assert held.get(giver.pk, 0) == before[giver] - passes
            assert all(held[p.pk] == s for p, s in before.items() if p != giver)


# -- names --------------------------------------------------------------------------------------


def test_a_corrected_name_is_the_same_person_with_the_same_share(maker, checker) -> None:
    wrong, other = a_party("บวั", surname="ใจดี"), a_party("อื่น")
    title = a_title(wrong, other)
    right_name = {"kind": "individual", "title": "นาง", "name": "บัว", "surname": "ใจดี"}
    registered(maker, checker, Kind.NAME_CORRECTION, title, party=wrong.pk, correct=right_name)
    assert shares_of(title) == {"นางบัว ใจดี": Fraction(1, 2), "อื่น": Fraction(1, 2)}
    assert Party.objects.get(name="บัว").corrects == wrong
    wrong.refresh_from_db()
    assert wrong.name == "บวั"


def test_a_name_is_not_corrected_to_itself(maker) -> None:
    same = a_party("บัว", surname="ใจดี")
    content = {"kind": "individual", "name": "บัว", "surname": "ใจดี"}
    act = drafted(maker, Kind.NAME_CORRECTION, a_title(same), party=same.pk, correct=content)
    assert faults_of(act) == [NameAlreadySo]


# -- mortgages ----------------------------------------------------------------------------------


def test_a_mortgage_takes_the_rank_after_all_others(maker, checker) -> None:
    title = a_title(a_party())
    first = mortgaged(title, 1)
    mortgaged(title, 2)
    registered(maker, checker, Kind.MORTGAGE_RELEASE, title, mortgage=first.pk)
    first.refresh_from_db()
    assert first.valid_during == Range(LONG_AGO, TODAY)
    assert next_rank(title, TODAY) == 3
    bank = {"new": {"kind": "juristic", "name": "ธนาคารใหม่"}}
    registered(
        maker, checker, Kind.MORTGAGE, title, creditor=bank, amount_satang=250_000_00, rank=3
    )
    found = Mortgage.objects.get(ba_unit=title, rank=3)
    assert (found.amount_satang, found.creditor.name) == (25_000_000, "ธนาคารใหม่")


def test_a_rank_is_given_once_and_a_release_ends_what_is_there(maker) -> None:
    title = a_title(a_party())
    elsewhere = mortgaged(a_title(a_party()))
    mortgaged(title, 1)
    bank = {"new": {"kind": "juristic", "name": "ธนาคาร"}}
    act = drafted(maker, Kind.MORTGAGE, title, creditor=bank, amount_satang=1, rank=1)
    assert faults_of(act) == [MortgageRankTaken]
    act = drafted(maker, Kind.MORTGAGE_RELEASE, a_title(), mortgage=elsewhere.pk)
    assert faults_of(act) == [MortgageNotInForce]


# -- titles -------------------------------------------------------------------------------------


def a_certificate(*owners: Party, **fields: Any) -> BAUnit:
    facts = {"title_type": TitleType.NS3K, "district": a_district(), "deed_number": "77"}
    return a_title(*owners, **facts | fields)


def test_a_certificate_becomes_a_deed_with_all_that_stands_against_it(maker, checker) -> None:
    title = a_certificate(a_party("ก"), a_party("ข"))
    a_title(deed_number="41", district=a_district())
    mortgage, ban = mortgaged(title), restricted(title, "transfer_ban")
    Responsibility.objects.create(
        ba_unit=title, text="รักษาคลอง", valid_during=Range(LONG_AGO, None),
        created_by=a_transaction(),
    )  # fmt: skip
    parcel = a_parcel(ba_unit=title)
    act = registered(maker, checker, Kind.TITLE_CHANGE, title, survey_page="9")
    parcel.refresh_from_db()
    deed = parcel.ba_unit
    assert deed is not None
    assert (deed.title_type, deed.deed_number, deed.survey_page) == ("chanote", "78", "9")
    assert AssignedNumber.objects.get(transaction=act).number == 78
    assert shares_of(deed) == {"ก": Fraction(1, 2), "ข": Fraction(1, 2)}
    assert shares_of(title) == {}
    carried = Mortgage.objects.get(ba_unit=deed)
    assert (carried.rank, carried.amount_satang) == (1, mortgage.amount_satang)
    assert Restriction.objects.get(ba_unit=deed).text == ban.text
    assert Responsibility.objects.filter(ba_unit=deed).count() == 1
    title.refresh_from_db()
    assert (title.valid_during, title.retired_by) == (Range(LONG_AGO, TODAY), act)
    before = ParcelVersion.objects.get(recorded_during__endswith=None, parcel=parcel)
    assert (before.ba_unit, before.valid_during) == (title, Range(LONG_AGO, TODAY))


def test_what_cannot_become_a_deed_is_told(maker) -> None:
    assert faults_of(drafted(maker, Kind.TITLE_CHANGE, a_certificate(title_type="chanote"))) == [
        TitleAlreadyDeed
    ]
    assert faults_of(drafted(maker, Kind.TITLE_CHANGE, a_certificate(district=None))) == [
        TitleWithoutDistrict
    ]
    title = a_certificate()
    act = drafted(maker, Kind.TITLE_CHANGE, title)
    a_parcel(ba_unit=title)
    assert faults_of(act) == [TitleParcelsMissing]


def test_a_cancelled_title_leaves_its_parcel_on_the_map(maker, checker) -> None:
    title = a_title(a_party())
    parcel = a_parcel(ba_unit=title)
    registered(maker, checker, Kind.TITLE_CANCELLATION, title, ground="คำสั่งตามมาตรา 61")
    parcel.refresh_from_db()
    assert (parcel.ba_unit, parcel.retired_by) == (None, None)
    assert shares_of(title) == {}
    act = drafted(maker, Kind.TRANSFER, title, to=to((NEW, 1, 1)))
    assert TitleNotInForce in faults_of(act)


def test_a_mortgaged_title_is_not_cancelled(maker) -> None:
    title = a_title(a_party())
    mortgaged(title)
    act = drafted(maker, Kind.TITLE_CANCELLATION, title, ground="คำสั่ง")
    assert faults_of(act) == [TitleStillMortgaged]


def test_a_replacement_deed_changes_no_right(maker, checker) -> None:
    title = a_title(a_party("ก"))
    parcels = Parcel.objects.count()
    registered(maker, checker, Kind.REPLACEMENT_DEED, title, because="โฉนดสูญหาย")
    assert shares_of(title) == {"ก": Fraction(1)}
    assert Parcel.objects.count() == parcels


def test_a_summary_names_no_person(maker) -> None:
    title = a_title(a_party("ความลับ"))
    contents: dict[Kind, dict[str, Any]] = {
        Kind.TRANSFER: {"to": to((NEW, 1, 2), (NEW, 1, 2))},
        Kind.NAME_CORRECTION: {"party": Party.objects.get().pk, "correct": NEW},
        Kind.MORTGAGE: {"creditor": {"new": NEW}, "amount_satang": 100, "rank": 1},
        Kind.REPLACEMENT_DEED: {"because": "สูญหาย"},
    }
    for kind, content in contents.items():
        act = drafted(maker, kind, title, **content)
        said = " ".join(kind_named(kind).summary(act))
        assert len(said) > 20
        assert not {"บัว", "ใหม่", "ความลับ"} & set(said.replace(".", " ").split())
        assert "บัว" not in said
        Transaction.objects.filter(pk=act.pk).update(status="withdrawn")
        act.titles.update(claims=False)

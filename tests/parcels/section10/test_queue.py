"""What is uncertain waits for a person, who decides once and is remembered."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from offices.models import AuditEntry, Role, User
from parcels.models import Parcel, Section10Package, Section10Row, Transaction
from parcels.services.section10 import package_result, register_as_of
from parcels.services.transactions import (
    Draft,
    SourceFacts,
    transaction_draft,
    transaction_withdraw,
)
from tests.factories import a_local_authority, a_user
from tests.parcels.section10.conftest import NOW, Town, holders_today

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(town: Town) -> User:
    return a_user("officer", Role.LAND_OFFICER, office=town.office)


@pytest.fixture
def full_town(town: Town) -> Town:
    """A town after a very dirty month."""
    town.found(100)
    town.take(town.package("march", rows=60, dirt=0.9, seed=4))
    return town


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def waiting(reason: str) -> Section10Row:
    return Section10Row.objects.filter(outcome="queued", reason=reason).order_by("pk")[0]


def decide(client: Client, row: Section10Row, **said: str):
    url = reverse("section10-decide", args=[row.package.public_id, row.public_id])
    return client.post(url, said)


def test_the_pages_show_packages_rows_and_candidates(full_town: Town, officer: User) -> None:
    client, package = signed_in(officer), Section10Package.objects.get(file_name="march.zip")
    assert "march.zip" in client.get(reverse("section10")).content.decode()
    for state in ("queued", "applied", "unchanged", "quarantined", "dismissed", "nonsense"):
        page = client.get(reverse("section10-package", args=[package.public_id]), {"state": state})
        assert page.status_code == 200
    for row in Section10Row.objects.filter(package=package).order_by("reason").distinct("reason"):
        page = client.get(reverse("section10-row", args=[package.public_id, row.public_id]))
        assert page.status_code == 200
        assert "ทองดี" not in page.content.decode()
    csv = b"".join(client.get(reverse("section10-csv", args=[package.public_id]))).decode()
    assert "status_unknown" in csv


def test_a_person_accepts_a_candidate(full_town: Town, officer: User) -> None:
    row = waiting("deed_number_differs")
    chosen = Parcel.objects.get(public_id=row.candidates[0]["parcel"])
    answer = decide(signed_in(officer), row, decision="accept", parcel=chosen.public_id)
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.outcome, row.parcel, row.decided_by) == ("applied", chosen, officer)
    assert row.party.name in holders_today(office=full_town.office)[chosen.ba_unit.deed_number][0]
    assert AuditEntry.objects.filter(action="parcels.section10_accepted").count() == 1


def test_a_row_is_decided_once(full_town: Town, officer: User) -> None:
    row, client = waiting("deed_number_differs"), signed_in(officer)
    assert decide(client, row, decision="dismiss", because="ซ้ำกับคำขอเดิม").status_code == 302
    again = decide(client, row, decision="accept", parcel=row.candidates[0]["parcel"])
    assert again.status_code == 409
    row.refresh_from_db()
    assert (row.outcome, row.decided_because) == ("dismissed", "ซ้ำกับคำขอเดิม")


def test_a_dismissal_needs_a_reason(full_town: Town, officer: User) -> None:
    row = waiting("deed_number_differs")
    assert decide(signed_in(officer), row, decision="dismiss", because=" \x00 ").status_code == 422
    row.refresh_from_db()
    assert row.outcome == "queued"


def test_only_what_was_shown_can_be_chosen(full_town: Town, officer: User) -> None:
    row = waiting("deed_number_differs")
    other = Parcel.objects.exclude(public_id=row.candidates[0]["parcel"])[0]
    client = signed_in(officer)
    assert decide(client, row, decision="accept", parcel=other.public_id).status_code == 404
    assert decide(client, row, decision="whatever").status_code == 404


def test_two_holders_of_one_day_share_when_a_person_says_so(full_town: Town, officer: User) -> None:
    deed = waiting("several_holders").content["deed_number"]
    before = holders_today(office=full_town.office)[deed]
    rows = Section10Row.objects.filter(reason="several_holders", content__deed_number=deed)
    names = {f"{row.party.title} {row.party.name} {row.party.surname}" for row in rows}
    assert len(names) == 2
    assert not names & set(before)
    for row in rows:
        decide(signed_in(officer), row, decision="accept", parcel=row.candidates[0]["parcel"])
    assert set(holders_today(office=full_town.office)[deed]) == names


def test_strangers_see_nothing(full_town: Town) -> None:
    stranger = signed_in(a_user("stranger", Role.LAND_OFFICER, office=a_local_authority("LA-FAR")))
    row = waiting("deed_number_differs")
    package = row.package.public_id
    for url in (
        reverse("section10-package", args=[package]), reverse("section10-csv", args=[package]),
        reverse("section10-row", args=[package, row.public_id]),
    ):  # fmt: skip
        assert stranger.get(url).status_code == 404
        assert Client().get(url).status_code == 302
    assert decide(stranger, row, decision="dismiss", because="x").status_code == 404


def test_a_claimed_parcel_waits_until_the_draft_is_through(town: Town, officer: User) -> None:
    town.found(12)
    march = town.package("march", rows=1, seed=3)
    parcels = Parcel.objects.filter(office=town.office).select_related("ba_unit")
    drafts = [
        transaction_draft(
            office=town.office, maker=officer, now=NOW,
            draft=Draft(
                kind=Transaction.Kind.NOTE, source=SourceFacts(kind="request", reference="1"),
                reason="คำขอ", content={"text": "ก"}, titles=[parcel.ba_unit],
            ),
        )
        for parcel in parcels
    ]  # fmt: skip
    result = town.take(march)
    assert result["queued"] == 1
    assert result["reasons"]["claimed"] == 1
    for act in drafts:
        transaction_withdraw(act=act, because="ยกเลิก", person=officer, now=NOW)
    town.take(town.package("april", month=4, rows=1, seed=9))
    taken = package_result(Section10Package.objects.get(file_name="march.zip"))
    assert (taken["queued"], taken["applied"]) == (0, 1)


def test_the_register_of_1_january_is_told_without_names(town: Town) -> None:
    town.found(20)
    package = town.package("march", rows=15, seed=5)
    town.take(package)
    before = register_as_of(authority=town.authority, day=NOW.date().replace(month=2, day=1))
    after = register_as_of(authority=town.authority, day=NOW.date())
    deeds = {each["deed_number"] for each in after["parcels"]}
    assert before["count"] == 20
    assert after["count"] == 20 + len(package["created"]) - len(package["ended"])
    assert set(package["created"]) <= deeds
    assert not set(package["created"]) & {each["deed_number"] for each in before["parcels"]}
    assert all(each["owners"] == 1 for each in before["parcels"])

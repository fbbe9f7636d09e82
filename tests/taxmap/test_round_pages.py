"""The pages of rounds: who may, what they say, and what works without a script."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from offices.models import AuditEntry, Job, Role
from taxmap.models import CollectionBook, RejectedVisit, RoundStop, Visit
from taxmap.paper.offline_round import LARGEST_BYTES
from taxmap.services.visits import FORMAT
from taxmap.views import rounds as rounds_view
from tests.factories import a_local_authority, a_user, amended
from tests.taxmap.rounds import YEAR, a_book, a_street, plots_along

pytestmark = pytest.mark.django_db
ASKED = {
    "tax_year": YEAR, "area": "", "state": "outstanding", "years": 1, "least_satang": "100.00",
    "visited": "any", "minutes": 60, "stops": 20, "minutes_per_stop": 3,
}  # fmt: skip


def officer(*roles: Role, office: Any = None, name: str = "officer") -> Client:
    client = Client()
    client.force_login(a_user(name, *roles, office=office or a_local_authority()))
    client.cookies["django_language"] = "en"
    return client


def text_of(client: Client, address: str, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_book_is_planned_from_the_page() -> None:
    a_street()
    plots_along(3)
    client = officer(Role.TAX_OFFICER)
    assert "No book of rounds yet" in text_of(client, "/taxmap/rounds/")
    answer = client.post("/taxmap/rounds/", ASKED)
    book = CollectionBook.objects.get()
    assert answer["Location"] == f"/taxmap/rounds/books/{book.public_id}/"
    page = text_of(client, answer["Location"])
    assert "0 / 3" in page
    assert "3,600.00" in page
    assert book.choices["least_satang"] == 10_000


def test_what_cannot_be_planned_is_told_on_the_page() -> None:
    client = officer(Role.TAX_OFFICER)
    page = client.post("/taxmap/rounds/", ASKED).content.decode()
    assert "No unit fits this choice" in page
    page = client.post("/taxmap/rounds/", ASKED | {"minutes": 5, "area": "99Z"}).content.decode()
    assert "greater than or equal to 15" in page
    assert not CollectionBook.objects.exists()


def test_a_cashier_looks_but_neither_plans_nor_prints_nor_records() -> None:
    book = a_book()
    (walk,) = book.rounds.all()
    cashier = officer(Role.CASHIER)
    assert "Plan the rounds" not in text_of(cashier, "/taxmap/rounds/")
    assert "On paper" not in text_of(cashier, f"/taxmap/rounds/books/{book.public_id}/")
    assert "What was found" not in text_of(cashier, f"/taxmap/rounds/{walk.public_id}/")
    for address in (
        "/taxmap/rounds/", f"/taxmap/rounds/books/{book.public_id}/print/",
        f"/taxmap/rounds/{walk.public_id}/visit/", f"/taxmap/rounds/{walk.public_id}/visits/",
    ):  # fmt: skip
        assert cashier.post(address, ASKED).status_code == 403, address
    assert cashier.get(f"/taxmap/rounds/{walk.public_id}/offline.html").status_code == 403


def test_another_authority_finds_nothing() -> None:
    book = a_book()
    (walk,) = book.rounds.all()
    stranger = officer(Role.TAX_OFFICER, office=a_local_authority("LA-OTHER"))
    assert "No book" in text_of(stranger, "/taxmap/rounds/")
    for address in (
        f"/taxmap/rounds/books/{book.public_id}/", f"/taxmap/rounds/{walk.public_id}/",
        f"/taxmap/rounds/{walk.public_id}/offline.html",
    ):  # fmt: skip
        assert stranger.get(address).status_code == 404, address
    for address in (
        f"/taxmap/rounds/books/{book.public_id}/print/",
        f"/taxmap/rounds/{walk.public_id}/visit/", f"/taxmap/rounds/{walk.public_id}/visits/",
    ):  # fmt: skip
        assert stranger.post(address).status_code == 404, address
    assert Client().get("/taxmap/rounds/").status_code == 302


def test_the_page_of_a_round_names_no_owner_and_calls_the_amount_of_now() -> None:
    book = a_book()
    (walk,) = book.rounds.all()
    page = text_of(officer(Role.TAX_OFFICER), f"/taxmap/rounds/{walk.public_id}/")
    assert "เจ้าของ" not in page
    assert "4,800.00 baht due" in page
    assert "1,200.00" in page
    assert "House 9/1" in page


def hidden_key(page: str) -> str:
    found = re.search(r'name="key"\s+value="([0-9a-f-]{36})"', page)
    assert found
    return found[1]


def test_a_visit_is_recorded_without_a_script_and_the_next_stop_opens() -> None:
    (walk,) = a_book().rounds.all()
    client = officer(Role.TAX_OFFICER)
    address = f"/taxmap/rounds/{walk.public_id}/"
    told = {"key": hidden_key(text_of(client, address)), "stop": 1, "outcome": "absent"}
    for _ in range(2):  # pressed twice
        answer = client.post(f"{address}visit/", told)
        assert answer.status_code == 302
    visit = Visit.objects.get()
    assert (visit.stop.order if visit.stop else 0, visit.outcome) == (1, "absent")
    page = text_of(client, address)
    assert "1 of 4 stops visited" in page
    opened = re.findall(r'data-stop="(\d+)"(?![^>]*hidden)[^>]*>', page)
    assert opened == ["2"]
    assert re.search(r'data-stop="3"(?![^>]*hidden)[^>]*>', text_of(client, address, stop=3))
    assert re.search(r'data-stop="2"(?![^>]*hidden)[^>]*>', text_of(client, address, stop="๙"))


def test_a_phone_gets_json() -> None:
    (walk,) = a_book().rounds.all()
    client = officer(Role.TAX_OFFICER)
    address = f"/taxmap/rounds/{walk.public_id}/visit/"
    told = {"key": str(uuid4()), "stop": 2, "outcome": "promised", "next_on": "",
            "visited_at": "2026-11-20T02:55:00Z"}  # fmt: skip
    refused = client.post(address, told, headers={"Accept": "application/json"})
    assert refused.status_code == 422
    assert refused.json()["code"] == "visit_incomplete"
    kept = client.post(
        address, told | {"next_on": "2026-12-01"}, headers={"Accept": "application/json"}
    )
    assert kept.json() == {"key": told["key"], "stop": 2, "outcome": "promised"}


def test_the_offline_file_is_whole_small_and_names_nobody() -> None:
    (walk,) = a_book(16, minutes=480).rounds.all()
    answer = officer(Role.TAX_OFFICER).get(f"/taxmap/rounds/{walk.public_id}/offline.html")
    page = answer.content.decode()
    assert "attachment" in answer["Content-Disposition"]
    assert len(answer.content) < LARGEST_BYTES
    assert "เจ้าของ" not in page
    assert page.count("data-stop=") == 16
    called = re.findall(r"""(?:src|href)\s*=\s*["'](?!data:|#)([^"']+)""", page)
    assert [address for address in called if not address.startswith("mailto:")] == []
    assert not re.search(r"https?://(?!www\.w3\.org|leafletjs\.com|github\.com)", page_code(page))


def page_code(page: str) -> str:
    """The page without what its libraries say about themselves, which lies in data: addresses."""
    return re.sub(r'"data:[^"]+"', '""', page)


def test_a_hostile_number_stays_text_in_the_offline_file() -> None:
    book = a_book(1)
    stop = RoundStop.objects.get(round__book=book)
    amended(
        stop.unit.parcel,
        land_number="</script>{{x}}{% y %}"[:20],
        house_number="{%- endraw %}{{7*7}}",
    )
    (walk,) = book.rounds.all()
    page = officer(Role.TAX_OFFICER).get(f"/taxmap/rounds/{walk.public_id}/offline.html")
    text = page.content.decode()
    assert "&lt;/script&gt;{{x}}" in text
    assert "{%- endraw %}{{7*7}}" in text


def test_the_file_of_visits_is_taken_in() -> None:
    (walk,) = a_book().rounds.all()
    client = officer(Role.TAX_OFFICER)
    line = {"key": str(uuid4()), "stop": 1, "outcome": "refused", "note": "", "next_on": "",
            "visited_at": "2026-11-20T02:55:00Z"}  # fmt: skip
    content = {"format": FORMAT, "round": walk.public_id, "visits": [line, {"stop": 1}]}
    address = f"/taxmap/rounds/{walk.public_id}/"

    def send(body: bytes) -> Any:
        file = SimpleUploadedFile("visits.json", body, content_type="application/json")
        return client.post(f"{address}visits/", {"file": file})

    # The test's clock is the machine's: the moment of the visit lies within sixty days of it or
    # the line is set aside; either way the answer says what became of it.
    assert send(json.dumps(content).encode()).status_code == 302
    page = text_of(client, address)
    assert "1 visits recorded, 0 were known already, 1 set aside" in page or (
        "0 visits recorded, 0 were known already, 2 set aside" in page
    )
    assert RejectedVisit.objects.filter(code="visit_unreadable").count() == 1
    for body in (b"", b"\xff", b"[" * 100_000, b"{}"):
        assert send(body).status_code == 422, body[:10]


def test_a_short_book_is_printed_at_once_and_a_long_one_by_a_job(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    book = a_book(2)
    client = officer(Role.TAX_OFFICER)
    address = f"/taxmap/rounds/books/{book.public_id}/print/"
    answer = client.post(address, {"paper": "A4"})
    assert answer["Content-Type"] == "application/pdf"
    assert not AuditEntry.objects.filter(action="taxmap.owners_printed").exists()
    assert client.post(address, {"paper": "A9"}).status_code == 302
    monkeypatch.setattr(rounds_view, "AT_ONCE", 1)
    answer = client.post(address, {"paper": "A3", "owners": "on"})
    job = Job.objects.get(kind="taxmap.collection_book")
    assert answer["Location"] == f"/office/jobs/{job.public_id}/"
    assert job.parameters["owners"] is True


def test_printing_names_leaves_a_trace() -> None:
    book = a_book(2)
    client = officer(Role.TAX_OFFICER)
    answer = client.post(
        f"/taxmap/rounds/books/{book.public_id}/print/", {"paper": "A4", "owners": "on"}
    )
    assert answer.content.startswith(b"%PDF")
    entry = AuditEntry.objects.get(action="taxmap.owners_printed")
    assert entry.subject_id == book.public_id
    assert entry.data == {"plots": 2}


def test_sheets_are_listed_and_ordered() -> None:
    plots_along(3)
    client = officer(Role.TAX_OFFICER)
    page = text_of(client, "/taxmap/sheets/", scale="1000", paper="A3")
    assert re.search(r"5036 I \d{4}-\d\d \(PDF\)", page)
    assert client.post("/taxmap/sheets/", {"scale": "500", "paper": "A1"}).status_code == 302
    job = Job.objects.get(kind="taxmap.tax_sheets")
    assert (job.parameters["scale"], job.parameters["paper"]) == (500, "A1")
    assert officer(Role.CASHIER, name="cashier").get("/taxmap/sheets/").status_code == 403
    wrong = client.get("/taxmap/sheets/sheet.pdf", {"sheet": "nonsense"})
    assert wrong.status_code == 422
    empty = client.get("/taxmap/sheets/sheet.pdf", {"sheet": "5136 II 6618-14"})
    assert empty.status_code == 422

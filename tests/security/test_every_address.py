"""Every address with hostile values, for strangers and for staff: no fault, no trace, no leak."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from appointments.models import Booking
from appointments.services.bookings import booking_create
from offices.models import Role, RoleAssignment, User
from tests.factories import (
    a_land_office,
    a_local_authority,
    a_party,
    a_service,
    a_slot,
    a_unit,
    a_user,
    an_assessment,
    an_offer,
)
from tests.security.addresses import addresses

pytestmark = pytest.mark.django_db

OWNER = "ดาวเรืองผู้ถือกรรมสิทธิ์"
VISITOR, PHONE = "อัญชันผู้มาติดต่อ", "+66898765432"
# As they stand in an address.
NASTY = (
    "a%00b", "%ff%ed%a0%80", "%0d%0aX-Evil:1", "%E0%B9%91%E2%80%8B", "NaN", "9" * 400,
    "0001-01-01", "020261", "%27%22%3E%3Cscript%3E", "//evil.example", "%2e%2e%2fetc",
)  # fmt: skip
# What pages and programs read from a query; a test below keeps it complete.
ASKED = (
    "after", "area", "bbox", "block", "building", "by", "cause", "checker", "code", "compare",
    "day", "deed_number", "district", "fees", "from", "iss", "kind", "known", "land_number", "lang",
    "lat", "list", "local_authority", "lon", "map_sheet", "month", "next", "number", "office", "on",
    "page", "paper", "parcel", "part", "point", "province", "q", "reason", "scale", "service",
    "sheet", "show", "slot", "state", "status", "stop", "subject", "tax_parcel_code", "theme",
    "title", "to", "transaction", "unit", "window", "x", "y", "year", "zone",
)  # fmt: skip
# Who looks at persons, and who comes in, is written down; that is all a GET may write.
# So is what somebody with a ticket was told about the wait.
MAY_GROW = (
    "offices_auditentry", "django_session", "parcels_lookupallowance", "appointments_waitestimate",
)  # fmt: skip
WRITES = re.compile(r'\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+_\w+)"?')
# Drawing takes seconds and is tried with the values that reach it, below.
SLOW = ("/taxmap/sheet.pdf", "/taxmap/export.html")


@pytest.fixture
def town() -> dict[str, str]:
    """One of everything that has an address, and secrets that no stranger may read."""
    unit = a_unit(a_party(OWNER))
    an_assessment(unit)
    office = unit.parcel.office
    service = a_service(office, fee="sale")
    slot = a_slot(service, timezone.now() + timedelta(days=2), capacity=3)
    booking: Booking = booking_create(
        slot=an_offer(slot), name=VISITOR, phone=PHONE,
        parcel=unit.parcel.public_id, now=timezone.now(),
    )  # fmt: skip
    return {"parcel": unit.parcel.public_id, "booking": booking.token, "office": office.code}


@pytest.fixture
def official(town: dict[str, str]) -> User:
    """Somebody who may do everything in both kinds of office, and administer."""
    roles = [role for role in Role if role != Role.CITIZEN]
    user = a_user("everything", *roles, office=a_land_office())
    for role in roles:
        RoleAssignment.objects.create(user=user, office=a_local_authority(), role=role)
    user.is_superuser = user.is_staff = True
    user.save()
    return user


@contextmanager
def written() -> Iterator[set[str]]:
    """The tables that are written to meanwhile."""
    tables: set[str] = set()

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        tables.update(WRITES.findall(str(sql)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables


def queries() -> Iterator[str]:
    for value in NASTY:
        yield "&".join(f"{name}={value}" for name in ASKED)


def ask(client: Client, address: str) -> tuple[int, bytes]:
    """Status and body; checks what holds for every answer."""
    client.raise_request_exception = False
    response = client.get(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    assert response.status_code < 500, address
    assert response.headers["X-Content-Type-Options"] == "nosniff", address
    if not address.startswith("/tiles/"):
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy, address
        assert "unsafe" not in policy, address
        assert "frame-ancestors 'none'" in policy, address
        assert response.headers["Referrer-Policy"] in {"same-origin", "strict-origin"}, address
    assert not response.headers.get("Location", "").startswith(("//", "http", "\\")), address
    return response.status_code, body


def assert_no_secret(body: bytes, address: str) -> None:
    text = body.decode(errors="replace")
    for secret in (OWNER, VISITOR, PHONE, "089-876-5432", "0898765432"):
        assert secret not in text, f"{secret} in {address}"


def test_the_list_of_what_is_asked_is_complete(settings: Any) -> None:
    read = re.compile(r"""\bGET(?:\.get\(|\.getlist\(|\[)["'](\w+)""")
    rooms = ("appointments", "offices", "parcels", "surveys", "taxmap", "tiles", "web", "config")
    found = {
        name
        for room in rooms
        for file in (settings.BASE_DIR / room).rglob("*.py")
        for name in read.findall(file.read_text(encoding="utf-8"))
    }
    assert found <= set(ASKED)


def test_a_stranger_with_hostile_addresses_breaks_writes_and_learns_nothing(
    client: Client, town: dict[str, str]
) -> None:
    with written() as tables:
        for value in NASTY:
            for address in addresses(lambda _, value=value: value):
                if address.startswith("/admin/") and value != NASTY[0]:
                    continue  # one door for all of it
                assert_no_secret(ask(client, address)[1], address)
    assert tables <= set(MAY_GROW)


def test_a_stranger_with_hostile_questions_breaks_writes_and_learns_nothing(
    client: Client, town: dict[str, str]
) -> None:
    every = addresses(lambda name: town["parcel"] if name == "public_id" else "1")
    known = [address for address in every if not address.startswith(("/admin/", "/design/"))]
    with written() as tables:
        for query in queries():
            for address in known:
                assert_no_secret(ask(client, f"{address}?{query}")[1], address)
    assert tables <= set(MAY_GROW)


ALONE = {
    "/search/?deed_number=1&": ("district",),
    "/search/?tax_parcel_code=01A001&": ("local_authority",),
    "/search/?": ("q", "deed_number", "map_sheet", "tax_parcel_code"),
    "/tax/estimate/?": ("parcel",),
    "/appointments/?": ("parcel", "q", "office"),
    "/appointments/?office=LO-TEST&service=copy&": ("day", "month", "parcel", "fees"),
    "/appointments/?office=LO-TEST&fees=1&service=copy&": (
        "fee-value",
        "fee-price",
        "fee-years",
        "fee-parcels",
        "fee-company",
    ),
    "/appointments/offices/?": ("parcel",),
    "/appointments/waiting/?office=LO-TEST&service=copy&": ("day", "parcel"),
    "/appointments/waiting/?office=LO-TEST&": ("service",),
    "/api/parcels?": ("q", "deed_number", "map_sheet", "tax_parcel_code", "lang"),
    "/api/parcels?deed_number=1&": ("on", "known"),
    "/api/parcels/at?lat=13.87&": ("lon", "lat"),
    "/api/parcels/at?lon=100.47&lat=13.87&": ("on", "known"),
    "/api/parcels/changes?x=12765&": ("y",),
    "/tiles/parcels/16/0/0.mvt?": ("on", "known"),
    "/search/?q=1&": ("on", "known"),
    "/?": ("on", "known"),
    "/api/appointments/slots?office=LO-TEST&service=copy&from=2026-11-23&": ("from", "to"),
}


@pytest.mark.parametrize("page", ALONE)
def test_one_hostile_answer_among_sound_ones_finds_no_fault(
    client: Client, town: dict[str, str], page: str
) -> None:
    for name in ALONE[page]:
        for value in NASTY:
            assert_no_secret(ask(client, f"{page}{name}={value}")[1], f"{page}{name}={value}")


def test_an_official_with_hostile_addresses_breaks_and_writes_nothing(
    client: Client, official: User
) -> None:
    client.force_login(official)
    with written() as tables:
        for value in NASTY:
            for address in addresses(lambda _, value=value: value):
                if not address.startswith("/admin/"):
                    ask(client, address)
    assert tables <= set(MAY_GROW)


OFFICIAL_PAGES = (
    "/office/", "/office/audit/", "/office/jobs/", "/office/imports/", "/office/appointments/",
    "/office/appointments/book/", "/office/appointments/hours/", "/office/messages/",
    "/office/surveys/", "/office/surveys/new/", "/office/surveys/classes/",
    "/office/surveys/mappings/", "/office/surveys/quality/", "/office/surveys/quality/edges/",
    "/office/exports/", "/office/section10/", "/office/transactions/",
    "/taxmap/notices/", "/taxmap/notices/received/", "/taxmap/notices/letterhead/",
    "/taxmap/notices/addresses/", "/taxmap/notices/preview.pdf",
    "/taxmap/", "/taxmap/at/", "/taxmap/collection/", "/taxmap/collection.csv",
    "/taxmap/counter/", "/taxmap/counter/journal/", "/taxmap/bank/", "/taxmap/arrears/",
    "/taxmap/arrears.csv", "/taxmap/money-requests/",
    "/taxmap/year/", "/taxmap/year/list/", "/taxmap/year/gaps/no_use/", "/taxmap/objections/",
    "/taxmap/signboards/", "/taxmap/visits-due/", "/taxmap/prices/",
)  # fmt: skip


@pytest.mark.parametrize("page", OFFICIAL_PAGES)
def test_an_official_with_hostile_questions_breaks_and_writes_nothing(
    client: Client, official: User, page: str
) -> None:
    client.force_login(official)
    with written() as tables:
        for query in queries():
            ask(client, f"{page}?{query}")
        for name in ("day", "year", "block", "code"):
            for value in NASTY:
                ask(client, f"{page}?{name}={value}")
    assert tables <= set(MAY_GROW)


@pytest.mark.parametrize("page", SLOW)
@pytest.mark.parametrize("area", ["%00", "%0aX", "%27--"])
def test_paper_of_an_impossible_area_is_not_drawn(
    client: Client, official: User, page: str, area: str
) -> None:
    client.force_login(official)
    assert ask(client, f"{page}?area={area}")[0] == 404
    assert ask(client, f"{page}?year=020261&area=99Z")[0] < 500


def test_a_stranger_is_told_nothing_by_the_pages_of_staff(
    client: Client, town: dict[str, str]
) -> None:
    for address in addresses(lambda _: town["parcel"]):
        if address.startswith(("/office/", "/taxmap/", "/admin/", "/parcels/")):
            client.raise_request_exception = False
            response = client.post(address)
            assert response.status_code in {302, 403, 404, 405}, address
            assert_no_secret(response.content, address)


def test_no_parameter_stands_in_a_comment_of_a_query(settings: Any) -> None:
    """Parameters bound by the client are written in as text: a line end would leave the comment."""
    for file in settings.BASE_DIR.glob("*/sql/*.sql"):
        for line in file.read_text(encoding="utf-8").splitlines():
            assert "%(" not in line.partition("--")[2], f"{file.name}: {line}"


def test_a_picture_opened_by_itself_has_a_policy_too(client: Client) -> None:
    response = client.get("/static/web/mark.svg")
    assert b"<svg" in b"".join(response.streaming_content)  # type: ignore[attr-defined]
    response.close()
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "question",
    ["deed_number=1&district={}", "tax_parcel_code=01A001&local_authority={}", "q={}"],
)
def test_a_citizen_id_in_the_wrong_box_is_refused_and_not_said_again(
    client: Client, town: dict[str, str], question: str
) -> None:
    for page in ("/search/", "/api/parcels"):
        status, body = ask(client, f"{page}?{question.format('1101700230708')}")
        assert status == 422
        assert b"1101700230708" not in body

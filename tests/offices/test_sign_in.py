"""Signing in and out, the lock-out, and the start page of staff."""

from __future__ import annotations

from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from offices.models import AuditEntry, Role, RoleAssignment, User
from tests.factories import NOW, PASSWORD, a_land_office, a_local_authority, a_user

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
WRONG = "quite the wrong passphrase"


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/sign-in/", {"username": name, "password": password, **more})


def actions() -> list[tuple[str, str, int | None]]:
    rows = AuditEntry.objects.order_by("id").values_list("action", "subject_id", "actor_id")
    return [(action, subject, actor) for action, subject, actor in rows]


def test_an_official_signs_in_to_the_start_page_with_a_new_session(client: Client) -> None:
    user = a_user("somchai", Role.LAND_OFFICER)
    client.get("/office/")
    client.session["planted"] = "yes"
    before = client.session.session_key
    response = sign_in(client, "somchai")
    assert response.headers["Location"] == "/office/"
    assert client.session.session_key != before
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_id, entry.actor) == (
        "offices.signed_in", str(user.pk), user,
    )  # fmt: skip
    assert entry.office == a_land_office()


def test_the_session_ends_with_the_sign_out_which_is_a_post(client: Client) -> None:
    user = a_user("somchai", Role.LAND_OFFICER)
    sign_in(client, "somchai")
    key = client.session.session_key
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert not Session.objects.filter(pk=key).exists()
    assert client.get("/office/").status_code == 302
    assert actions()[-1] == ("offices.signed_out", str(user.pk), user.pk)


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/office/jobs/", "/office/jobs/"),
        ("https://evil.example/", "/office/"),
        ("//evil.example/", "/office/"),
        ("javascript:alert(1)", "/office/"),
        ("/\\evil.example", "/office/"),
    ],
)
def test_next_leads_only_to_our_own_pages(client: Client, wanted: str, led_to: str) -> None:
    a_user("somchai", Role.LAND_OFFICER)
    assert sign_in(client, "somchai", next=wanted).headers["Location"] == led_to


def test_a_visitor_comes_back_to_the_page_that_was_asked_for(client: Client) -> None:
    response = client.get("/office/jobs/?page=2")
    assert response.headers["Location"] == "/sign-in/?next=/office/jobs/%3Fpage%3D2"


def test_a_failed_sign_in_is_written_down_without_what_was_typed(client: Client) -> None:
    user = a_user("somchai", Role.LAND_OFFICER)
    typed_into_the_wrong_field = "my-secret-passphrase-1"
    assert sign_in(client, "somchai", WRONG).status_code == 200
    assert sign_in(client, typed_into_the_wrong_field, WRONG).status_code == 200
    assert actions() == [
        ("offices.sign_in_failed", str(user.pk), None),
        ("offices.sign_in_failed", "unknown", None),
    ]
    kept = [
        str(list(model.objects.values()))
        for model in (AccessAttempt, AccessFailureLog, AccessLog, AuditEntry)
    ]
    assert AccessAttempt.objects.count() == 2
    assert not any(typed_into_the_wrong_field in text or WRONG in text for text in kept)
    assert not any("somchai" in text for text in kept)


def test_five_wrong_passwords_lock_the_account_from_that_address_only(client: Client) -> None:
    user = a_user("somchai", Role.LAND_OFFICER)
    a_user("somsri", Role.LAND_OFFICER)
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert sign_in(client, "somchai", WRONG).status_code == 200
    locked = sign_in(client, "somchai", WRONG)
    assert locked.status_code == 429
    assert locked.headers["Retry-After"] == "900"
    client.cookies["django_language"] = "en"
    page = sign_in(client, "somchai", PASSWORD)
    assert page.status_code == 429
    assert "Wait 15 minutes" in page.content.decode()
    assert ("offices.sign_in_locked", str(user.pk), None) in actions()

    assert sign_in(client, "somsri").status_code == 302
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert sign_in(elsewhere, "somchai").status_code == 302


def test_success_forgets_earlier_mistakes(client: Client) -> None:
    a_user("somchai", Role.LAND_OFFICER)
    for _ in range(3):
        for _ in range(settings.AXES_FAILURE_LIMIT - 1):
            sign_in(client, "somchai", WRONG)
        assert sign_in(client, "somchai").status_code == 302
        client.post("/sign-out/")


def test_strange_names_are_refused_politely(client: Client) -> None:
    for name in ("\x00", "a\x00b", "ก" * 500, "\U0001f600", "' OR 1=1 --"):
        assert sign_in(client, name, WRONG).status_code == 200


def test_a_closed_account_ends_open_sessions_with_the_next_request(client: Client) -> None:
    a_user("somchai", Role.LAND_OFFICER)
    sign_in(client, "somchai")
    assert client.get("/office/").status_code == 200
    User.objects.update(is_active=False)
    assert client.get("/office/").status_code == 302
    assert sign_in(client, "somchai").status_code == 200


def test_the_start_page_offers_what_the_roles_allow(client: Client) -> None:
    a_user("manager", Role.MANAGER)
    a_user("cashier", Role.CASHIER)
    a_user("admin", Role.ADMINISTRATOR)
    offered = {}
    for name in ("manager", "cashier", "admin"):
        client.force_login(User.objects.get(username=name), BACKEND)
        page = client.get("/office/").content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        offered[name] = {
            place
            for place in ("jobs", "audit", "admin:index")
            if f'href="{reverse(place)}"' in main
        }
    assert offered == {
        "manager": {"jobs", "audit"},
        "cashier": set(),
        "admin": {"jobs", "audit", "admin:index"},
    }


def test_an_account_without_a_role_is_told_what_to_do(client: Client) -> None:
    client.force_login(a_user("nobody"), BACKEND)
    client.cookies["django_language"] = "en"
    assert "You have no role yet" in client.get("/office/").content.decode()


def test_one_works_for_one_of_ones_offices(client: Client) -> None:
    here, there, foreign = a_land_office("A"), a_local_authority("B"), a_land_office("C")
    user = a_user("somchai", Role.LAND_OFFICER, office=here)
    RoleAssignment.objects.create(user=user, office=there, role=Role.MANAGER)
    client.force_login(user, BACKEND)
    assert client.get("/office/").context["office"].pk == here.pk

    response = client.post("/office/acting/", {"office": "B", "next": "/office/?x=1"})
    assert response.headers["Location"] == "/office/?x=1"
    assert client.get("/office/").context["office"].pk == there.pk

    response = client.post("/office/acting/", {"office": "A", "next": "//evil.example/"})
    assert response.headers["Location"] == "/office/"
    for code in ("C", "absent", "", "A\x00"):
        assert client.post("/office/acting/", {"office": code}).status_code == 404
    assert foreign.pk != client.get("/office/").context["office"].pk

    client.post("/office/acting/", {"office": "B"})
    RoleAssignment.objects.filter(office=there).delete()
    assert client.get("/office/").context["office"].pk == here.pk


@pytest.mark.parametrize("path", ["/office/", "/office/jobs/", "/office/audit/"])
def test_pages_of_staff_are_never_kept_by_a_browser(client: Client, path: str) -> None:
    client.force_login(a_user("m", Role.MANAGER), BACKEND)
    assert "no-store" in client.get(path).headers["Cache-Control"]


def test_the_audit_page_shows_the_office_and_narrows_down_to_one_thing(client: Client) -> None:
    from offices.services.audit import entry_record  # noqa: PLC0415

    manager = a_user("manager", Role.MANAGER)
    for number in range(60):
        entry_record(action="a.b", subject_kind="parcel", subject_id=f"p{number}",
                     office=a_land_office(), now=NOW)  # fmt: skip
    entry_record(action="secret.act", subject_kind="parcel", subject_id="p1",
                 office=a_land_office("OTHER"), now=NOW)  # fmt: skip
    client.force_login(manager, BACKEND)
    first = client.get("/office/audit/")
    assert len(first.context["entries"]) == 50
    assert "secret.act" not in first.content.decode()
    only = client.get("/office/audit/", {"kind": "parcel", "subject": "p7"})
    assert [e["entry"].subject_id for e in only.context["entries"]] == ["p7"]
    assert client.get("/office/audit/", {"kind": "\x00", "page": "x"}).status_code == 200
    assert AuditEntry.objects.filter(action="offices.trail_read").count() == 3


def test_the_audit_page_is_for_those_who_may(client: Client) -> None:
    client.force_login(a_user("o", Role.LAND_OFFICER), BACKEND)
    assert client.get("/office/audit/").status_code == 403
    assert Client().get("/office/audit/").status_code == 302


def test_the_trail_is_read_along_an_index(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT * FROM offices_auditentry"
            " WHERE subject_kind = 'parcel' AND subject_id = 'x' ORDER BY at"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "audit_by_subject" in plan

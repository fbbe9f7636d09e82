"""Django's admin: who gets in, what an administrator may touch, and what the trail keeps of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from offices.models import AuditEntry, Office, Role, RoleAssignment, User
from offices.permissions import Permission, may
from tests.factories import a_district, a_land_office, a_local_authority, a_user

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
NEW_PASSWORD = "another long passphrase"
NO_ROLES = {
    "role_assignments-TOTAL_FORMS": "0",
    "role_assignments-INITIAL_FORMS": "0",
}


@pytest.fixture
def here() -> Office:
    return a_land_office("HERE")


@pytest.fixture
def admin(here: Office) -> Client:
    """Signed in as the administrator of HERE."""
    client = Client()
    client.force_login(a_user("admin", Role.ADMINISTRATOR, office=here), BACKEND)
    return client


@pytest.fixture
def root() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root", password=NEW_PASSWORD), BACKEND)
    return client


def change_of(thing: Any) -> str:
    return reverse(f"admin:offices_{thing._meta.model_name}_change", args=[thing.pk])


def office_page(office: Office) -> str:
    return reverse("admin:offices_landoffice_change", args=[office.pk])


def office_fields(office: Office, **changed: str) -> dict[str, str]:
    return {
        "code": office.code, "name_th": office.name_th, "name_en": office.name_en,
        "zone_srid": str(office.zone_srid), "location": "", "bounds": "",
    } | changed  # fmt: skip


def account_fields(user: User, **changed: str) -> dict[str, str]:
    return {"username": user.username, "is_active": "on", **NO_ROLES} | changed


def test_only_administrators_and_superusers_get_in(admin: Client, root: Client) -> None:
    assert admin.get("/admin/").status_code == 200
    assert root.get("/admin/").status_code == 200
    for role in set(Role) - {Role.ADMINISTRATOR, Role.CITIZEN}:
        client = Client()
        client.force_login(a_user(role.value, role), BACKEND)
        assert client.get("/admin/", follow=True).status_code == 403


def test_a_visitor_signs_in_where_everybody_does() -> None:
    response = Client().get("/admin/offices/user/", follow=True)
    assert response.redirect_chain[-1][0] == "/sign-in/?next=/admin/offices/user/"


def test_being_staff_for_django_opens_nothing() -> None:
    user = a_user("old")
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client = Client()
    client.force_login(user, BACKEND)
    assert client.get("/admin/", follow=True).status_code == 403


def test_an_administrator_keeps_the_own_office_only(admin: Client, here: Office) -> None:
    there = a_land_office("THERE")
    page = admin.get(reverse("admin:offices_landoffice_changelist")).content.decode()
    assert "HERE" in page
    assert "THERE" not in page
    response = admin.post(office_page(here), office_fields(here, name_en="Renamed", zone_srid="1"))
    assert response.status_code == 302
    here.refresh_from_db()
    # The metric CRS is not for an administrator to change.
    assert (here.name_en, here.zone_srid) == ("Renamed", 32647)
    admin.post(office_page(there), office_fields(there, name_en="Taken over"))
    there.refresh_from_db()
    assert there.name_en != "Taken over"
    assert admin.get(reverse("admin:offices_landoffice_add")).status_code == 403


def test_a_changed_office_leaves_an_entry_with_fields_but_no_values(
    admin: Client, here: Office
) -> None:
    admin.post(office_page(here), office_fields(here, phone="0 2555 0000"))
    entry = AuditEntry.objects.get(action="offices.record_changed")
    assert (entry.office, entry.subject_kind, entry.subject_id) == (
        here, "landoffice", str(here.pk),
    )  # fmt: skip
    assert entry.actor == User.objects.get(username="admin")
    assert "0 2555 0000" not in str(entry.data)
    assert len(entry.data["fields"]) == 1


def test_nothing_is_deleted(root: Client, here: Office) -> None:
    user = a_user("somchai")
    for page in (change_of(user), office_page(here), change_of(a_district())):
        assert root.post(page.replace("change", "delete"), {"post": "yes"}).status_code == 403


def test_an_administrator_gives_a_new_colleague_a_role(admin: Client, here: Office) -> None:
    response = admin.post(
        reverse("admin:offices_user_add"),
        {
            "username": "newcomer", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD,
            "usable_password": "true",
            "role_assignments-TOTAL_FORMS": "1", "role_assignments-INITIAL_FORMS": "0",
            "role_assignments-0-office": str(here.pk),
            "role_assignments-0-role": "cashier",
        },
    )  # fmt: skip
    assert response.status_code == 302
    newcomer = User.objects.get(username="newcomer")
    assert may(newcomer, Permission.TAKE_PAYMENTS, here)
    given = AuditEntry.objects.get(action="offices.role_given")
    assert given.data == {"role": "cashier", "office": "HERE"}
    assert (given.subject_id, given.office) == (str(newcomer.pk), here)
    assert AuditEntry.objects.filter(action="offices.record_added").exists()


def test_a_role_elsewhere_is_not_an_administrators_to_give(admin: Client, here: Office) -> None:
    somchai = a_user("somchai", Role.SURVEYOR, office=here)
    there = a_land_office("THERE")
    assignment = somchai.role_assignments.get()
    fields = account_fields(somchai) | {
        "role_assignments-TOTAL_FORMS": "2", "role_assignments-INITIAL_FORMS": "1",
        "role_assignments-0-id": str(assignment.pk), "role_assignments-0-user": str(somchai.pk),
        "role_assignments-0-office": str(here.pk), "role_assignments-0-role": "surveyor",
        "role_assignments-1-user": str(somchai.pk),
        "role_assignments-1-office": str(there.pk), "role_assignments-1-role": "land_officer",
    }  # fmt: skip
    assert admin.post(change_of(somchai), fields).status_code == 200
    assert list(somchai.role_assignments.values_list("role", flat=True)) == ["surveyor"]

    fields |= {"role_assignments-TOTAL_FORMS": "1", "role_assignments-0-DELETE": "on"}
    assert admin.post(change_of(somchai), fields).status_code == 302
    assert not somchai.role_assignments.exists()
    assert AuditEntry.objects.get(action="offices.role_taken").data["role"] == "surveyor"


def test_nobody_changes_the_own_roles(admin: Client, here: Office) -> None:
    me = User.objects.get(username="admin")
    fields = account_fields(me) | {
        "role_assignments-TOTAL_FORMS": "1", "role_assignments-INITIAL_FORMS": "0",
        "role_assignments-0-user": str(me.pk),
        "role_assignments-0-office": str(here.pk), "role_assignments-0-role": "checker",
    }  # fmt: skip
    admin.post(change_of(me), fields)
    assert list(me.role_assignments.values_list("role", flat=True)) == ["administrator"]


def test_a_colleague_elsewhere_and_a_superuser_are_out_of_reach(
    admin: Client, root: Client, here: Office
) -> None:
    elsewhere = a_user("elsewhere", Role.SURVEYOR, office=here)
    RoleAssignment.objects.create(user=elsewhere, office=a_local_authority(), role=Role.CASHIER)
    superuser = User.objects.get(username="root")
    for user in (elsewhere, superuser):
        before = user.password
        password_page = reverse("admin:auth_user_password_change", args=[user.pk])
        passwords = {"password1": NEW_PASSWORD + "!", "password2": NEW_PASSWORD + "!"}
        assert admin.post(password_page, passwords).status_code in {302, 403, 404}
        admin.post(change_of(user), account_fields(user, first_name="Taken", last_name="over"))
        user.refresh_from_db()
        assert (user.password, user.first_name) == (before, "")


def test_an_administrator_makes_nobody_a_superuser(admin: Client, here: Office) -> None:
    somchai = a_user("somchai", Role.SURVEYOR, office=here)
    fields = account_fields(somchai, is_superuser="on", is_staff="on", user_permissions="1")
    admin.post(change_of(somchai), fields)
    somchai.refresh_from_db()
    assert (somchai.is_superuser, somchai.is_staff) == (False, False)
    assert not somchai.user_permissions.exists()


def test_a_password_is_set_with_an_entry_and_ends_open_sessions(
    admin: Client, here: Office
) -> None:
    somchai = a_user("somchai", Role.SURVEYOR, office=here)
    his = Client()
    his.force_login(somchai, BACKEND)
    response = admin.post(
        reverse("admin:auth_user_password_change", args=[somchai.pk]),
        {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"},
    )
    assert response.status_code == 302
    assert his.get("/office/").status_code == 302
    entry = AuditEntry.objects.get(action="offices.record_changed")
    assert (entry.subject_kind, entry.subject_id) == ("account", str(somchai.pk))


def test_administrative_areas_are_read_by_administrators_and_kept_by_superusers(
    admin: Client, root: Client
) -> None:
    district = a_district()
    fields = {"code": "1204", "level": "district", "parent": "12",
              "name_th": "บางใหญ่", "name_en": "Bang Yai district"}  # fmt: skip
    assert admin.get(change_of(district)).status_code == 200
    assert admin.post(change_of(district), fields).status_code == 403
    assert root.post(change_of(district), fields).status_code == 302
    district.refresh_from_db()
    assert district.name_en == "Bang Yai district"


def test_only_the_administration_allows_a_script_with_a_nonce(admin: Client, here: Office) -> None:
    page = admin.get(office_page(here))
    policy = page.headers["Content-Security-Policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'nonce="{nonce}"' in page.content.decode()
    assert "unsafe" not in policy
    again = admin.get(office_page(here)).headers["Content-Security-Policy"]
    assert nonce not in again
    assert "nonce" not in admin.get("/office/").headers["Content-Security-Policy"]

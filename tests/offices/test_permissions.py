"""The matrix of roles and permissions, written out: a change to it has to be made twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from offices.models import Office, Role, RoleAssignment, User
from offices.permissions import (
    MATRIX,
    SUPERUSER,
    NotPermitted,
    Permission,
    may,
    offices_where,
    permission_required,
    permissions_in,
    require,
)
from tests.factories import a_land_office, a_local_authority, a_user

COLUMNS = [
    Role.CITIZEN, Role.LAND_OFFICER, Role.CHECKER, Role.SURVEYOR,
    Role.TAX_OFFICER, Role.CASHIER, Role.MANAGER, Role.ADMINISTRATOR,
]  # fmt: skip

# Columns as above: citizen, land officer, checker, surveyor, tax officer, cashier, manager,
# administrator; the last one is what a superuser has without any role.
TABLE = """
VIEW_OWNERS            -  x  x  -  x  -  x  -   -
IMPORT_PARCELS         -  x  -  x  -  -  -  -   -
EXPORT_PARCELS         -  x  x  x  x  -  x  -   -
EDIT_PARCELS           -  x  -  -  -  -  -  -   -
CHECK_TRANSACTIONS     -  -  x  -  -  -  -  -   -
MANAGE_SURVEYS         -  -  -  x  -  -  -  -   -
VIEW_TAX               -  -  -  -  x  x  x  -   -
ASSESS_TAX             -  -  -  -  x  -  -  -   -
PRINT_COLLECTION_MAP   -  -  -  -  x  -  x  -   -
TAKE_PAYMENTS          -  -  -  -  -  x  -  -   -
DECIDE_TAX             -  -  -  -  -  -  x  -   -
MANAGE_APPOINTMENTS    -  x  -  -  -  -  x  -   -
MANAGE_OFFICE          -  -  -  -  -  -  x  -   -
VIEW_JOBS              -  x  x  x  x  -  x  x   x
VIEW_AUDIT             -  -  -  -  -  -  x  x   x
ADMINISTER             -  -  -  -  -  -  -  x   x
"""
ROWS = {Permission[line.split()[0]]: line.split()[1:] for line in TABLE.strip().splitlines()}
CELLS = [
    (role, permission, ROWS[permission][column] == "x")
    for permission in ROWS
    for column, role in enumerate(COLUMNS)
]


def test_the_table_names_every_role_and_every_permission() -> None:
    assert set(COLUMNS) == set(Role)
    assert set(ROWS) == set(Permission)
    assert {len(row) for row in ROWS.values()} == {len(COLUMNS) + 1}


@pytest.mark.parametrize(("role", "permission", "allowed"), CELLS)
def test_the_matrix_is_the_table(role: Role, permission: Permission, allowed: bool) -> None:
    assert (permission in MATRIX[role]) is allowed


def test_a_superuser_keeps_the_service_running_and_no_more() -> None:
    assert {permission for permission, row in ROWS.items() if row[-1] == "x"} == SUPERUSER


def test_nobody_both_prepares_and_checks_or_both_assesses_and_collects() -> None:
    for permissions in MATRIX.values():
        assert not {Permission.EDIT_PARCELS, Permission.CHECK_TRANSACTIONS} <= permissions
        assert not {Permission.ASSESS_TAX, Permission.TAKE_PAYMENTS} <= permissions


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if role != Role.CITIZEN])
def test_a_role_counts_in_its_own_office_only(role: Role) -> None:
    here, elsewhere = a_land_office(), a_local_authority()
    user = a_user("somchai", role, office=here)
    for permission in Permission:
        allowed = permission in MATRIX[role]
        assert may(user, permission, here) is allowed
        assert may(user, permission, elsewhere) is False
        assert may(user, permission) is allowed
        assert list(offices_where(user, permission)) == ([here] if allowed else [])


@pytest.mark.django_db
def test_roles_in_several_offices_add_up_within_each() -> None:
    one, two = a_land_office("LO-1"), a_land_office("LO-2")
    user = a_user("somsri", Role.SURVEYOR, Role.CHECKER, office=one)
    RoleAssignment.objects.create(user=user, office=two, role=Role.CASHIER)
    assert permissions_in(user, one) == MATRIX[Role.SURVEYOR] | MATRIX[Role.CHECKER]
    assert permissions_in(user, two) == MATRIX[Role.CASHIER]
    assert list(offices_where(user)) == [one, two]
    assert list(offices_where(user, Permission.TAKE_PAYMENTS)) == [two]


@pytest.mark.django_db
def test_a_visitor_may_do_nothing_in_any_office() -> None:
    office, visitor = a_land_office(), AnonymousUser()
    assert permissions_in(visitor, office) == permissions_in(visitor) == frozenset()
    assert not offices_where(visitor).exists()


@pytest.mark.django_db
def test_a_superuser_sees_no_owner_without_a_role() -> None:
    office = a_land_office()
    root = User.objects.create_superuser("root", password="a-long-enough-passphrase")
    assert not may(root, Permission.VIEW_OWNERS, office)
    assert may(root, Permission.ADMINISTER, office)
    assert list(offices_where(root, Permission.VIEW_OWNERS)) == []
    assert list(offices_where(root, Permission.ADMINISTER)) == [office]
    RoleAssignment.objects.create(user=root, office=office, role=Role.LAND_OFFICER)
    assert may(root, Permission.VIEW_OWNERS, office)


@pytest.mark.django_db
def test_a_closed_account_and_a_role_taken_away_lose_everything_at_once() -> None:
    """Also for the user object that a request already holds."""
    office = a_land_office()
    user = a_user("somchai", Role.LAND_OFFICER, office=office)
    root = User.objects.create_superuser("root", password="a-long-enough-passphrase")
    assert may(user, Permission.VIEW_OWNERS, office)
    User.objects.update(is_active=False)
    for closed in (user, root):
        assert permissions_in(closed, office) == frozenset()
        assert not offices_where(closed).exists()
        assert not offices_where(closed, Permission.ADMINISTER).exists()

    User.objects.update(is_active=True)
    RoleAssignment.objects.all().delete()
    assert permissions_in(user, office) == frozenset()


@pytest.mark.django_db
def test_a_stranger_is_told_nothing_and_a_colleague_why() -> None:
    office, elsewhere = a_land_office("LO-1"), a_land_office("LO-2")
    colleague = a_user("somchai", Role.SURVEYOR, office=office)
    require(colleague, Permission.MANAGE_SURVEYS, office)
    with pytest.raises(NotPermitted, match="Your roles do not include this task"):
        require(colleague, Permission.VIEW_OWNERS, office)
    with pytest.raises(Http404):
        require(colleague, Permission.VIEW_OWNERS, elsewhere)
    with pytest.raises(Http404):
        require(colleague, Permission.MANAGE_SURVEYS, elsewhere)
    with pytest.raises(NotPermitted):
        require(colleague, Permission.VIEW_OWNERS)


@pytest.mark.django_db
def test_a_guarded_view_sends_visitors_to_sign_in_and_is_never_cached() -> None:
    @permission_required(Permission.VIEW_OWNERS)
    def owners(request: HttpRequest) -> HttpResponse:
        return HttpResponse("secret")

    request = RequestFactory().get("/office/owners/?page=2")
    request.user = AnonymousUser()
    response = owners(request)
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=/office/owners/%3Fpage%3D2"

    request.user = a_user("cashier", Role.CASHIER)
    with pytest.raises(NotPermitted):
        owners(request)
    request.user = a_user("officer", Role.LAND_OFFICER)
    response = owners(request)
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_permissions_cost_few_queries(django_assert_num_queries: object) -> None:
    user = a_user("somchai", Role.LAND_OFFICER)
    office = Office.objects.get()
    with django_assert_num_queries(2):  # type: ignore[operator]
        permissions_in(user, office)


def test_the_manual_shows_the_same_matrix() -> None:
    manual = (Path(__file__).parents[2] / "docs/operations/roles.md").read_text(encoding="utf-8")
    rows = {
        cells[0].strip("`"): cells[1:]
        for line in manual.splitlines()
        if line.startswith("| `")
        and line.count("|") > len(COLUMNS)
        and (cells := [cell.strip() for cell in line.strip("|").split("|")])
    }
    shown = {
        name: ["x" if cell == "✓" else "-" for cell in cells[1:]] for name, cells in rows.items()
    }
    # The manual leaves the citizen out: nobody holds that role by assignment.
    assert shown == {permission.value: row[1:] for permission, row in ROWS.items()}

"""Who may do what, in which office. docs/operations/roles.md shows the matrix to people."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar, cast

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.db.models.enums import TextChoices
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from cadastre.errors import LandError, gettext_noop
from offices.models import Office, Role, RoleAssignment, User

Person: TypeAlias = User | AnonymousUser


class Permission(TextChoices):
    """One thing a member of staff may be allowed to do."""

    VIEW_OWNERS = "view_owners", _("See owners and rights")
    IMPORT_PARCELS = "import_parcels", _("Import parcels")
    EXPORT_PARCELS = "export_parcels", _("Export parcels")
    EDIT_PARCELS = "edit_parcels", _("Prepare changes to parcels")
    CHECK_TRANSACTIONS = "check_transactions", _("Check and register changes")
    MANAGE_SURVEYS = "manage_surveys", _("Keep surveys")
    VIEW_TAX = "view_tax", _("See the tax map")
    ASSESS_TAX = "assess_tax", _("Assess the tax")
    PRINT_COLLECTION_MAP = "print_collection_map", _("Print collection maps")
    TAKE_PAYMENTS = "take_payments", _("Take payments")
    DECIDE_TAX = "decide_tax", _("Decide corrections, waivers and refunds")
    MANAGE_APPOINTMENTS = "manage_appointments", _("Run the appointments")
    MANAGE_OFFICE = "manage_office", _("Manage the office")
    VIEW_JOBS = "view_jobs", _("See background jobs")
    VIEW_AUDIT = "view_audit", _("Read the audit trail")
    ADMINISTER = "administer", _("Administer accounts and reference data")


# Nobody who prepares a change to the register also checks it, and nobody who assesses a tax takes
# the money for it. A manager looks, and decides about the office; an administrator keeps accounts
# and sees no owner.
MATRIX: Mapping[Role, frozenset[Permission]] = {
    Role.CITIZEN: frozenset(),
    Role.LAND_OFFICER: frozenset({
        Permission.VIEW_OWNERS, Permission.IMPORT_PARCELS, Permission.EXPORT_PARCELS,
        Permission.EDIT_PARCELS, Permission.MANAGE_APPOINTMENTS, Permission.VIEW_JOBS,
    }),
    Role.CHECKER: frozenset({
        Permission.VIEW_OWNERS, Permission.EXPORT_PARCELS, Permission.CHECK_TRANSACTIONS,
        Permission.VIEW_JOBS,
    }),
    Role.SURVEYOR: frozenset({
        Permission.IMPORT_PARCELS, Permission.EXPORT_PARCELS, Permission.MANAGE_SURVEYS,
        Permission.VIEW_JOBS,
    }),
    Role.TAX_OFFICER: frozenset({
        Permission.VIEW_OWNERS, Permission.EXPORT_PARCELS, Permission.VIEW_TAX,
        Permission.ASSESS_TAX, Permission.PRINT_COLLECTION_MAP, Permission.VIEW_JOBS,
    }),
    Role.CASHIER: frozenset({Permission.VIEW_TAX, Permission.TAKE_PAYMENTS}),
    Role.MANAGER: frozenset({
        Permission.VIEW_OWNERS, Permission.EXPORT_PARCELS, Permission.VIEW_TAX,
        Permission.PRINT_COLLECTION_MAP, Permission.DECIDE_TAX, Permission.MANAGE_APPOINTMENTS,
        Permission.MANAGE_OFFICE, Permission.VIEW_JOBS, Permission.VIEW_AUDIT,
    }),
    Role.ADMINISTRATOR: frozenset({
        Permission.VIEW_JOBS, Permission.VIEW_AUDIT, Permission.ADMINISTER,
    }),
}  # fmt: skip

# A superuser keeps the service running, everywhere, and gets nothing else from being one: who
# wants to see an owner needs a role in that office, which leaves a trace.
SUPERUSER = frozenset({Permission.ADMINISTER, Permission.VIEW_JOBS, Permission.VIEW_AUDIT})


class NotPermitted(LandError):
    """The user is known here, but this is not among the user's tasks."""

    code = "not_permitted"
    message = gettext_noop(
        "Your roles do not include this task: {permission}. "
        "Ask the administrator of your office if you need it."
    )


def offices_where(user: Person, permission: Permission | None = None) -> QuerySet[Office]:
    """The offices in which ``user`` holds ``permission`` (or any role at all), by code.

    Reads the account and its roles from the database each time, so that a role taken away or an
    account closed works at once, also for a user object loaded before.
    """
    offices = Office.objects.order_by("code")
    if (permission is None or permission in SUPERUSER) and _is_superuser(user):
        return offices
    held = _roles_held(user)
    if permission is not None:
        held = held.filter(role__in=roles_with(permission))
    return offices.filter(pk__in=held.values("office_id"))


def permissions_in(user: Person, office: Office | None = None) -> frozenset[Permission]:
    """Everything ``user`` may do in ``office`` (None: in at least one office)."""
    held = _roles_held(user)
    if office is not None:
        held = held.filter(office_id=office.pk)
    found = set(SUPERUSER) if _is_superuser(user) else set()
    return frozenset(
        found.union(*(MATRIX[Role(role)] for role in held.values_list("role", flat=True)))
    )


def roles_with(permission: Permission) -> list[Role]:
    """The roles to which the matrix gives ``permission``."""
    return [role for role, permissions in MATRIX.items() if permission in permissions]


def _roles_held(user: Person) -> QuerySet[RoleAssignment]:
    return RoleAssignment.objects.filter(user_id=user.pk or 0, user__is_active=True)


def _is_superuser(user: Person) -> bool:
    return User.objects.filter(pk=user.pk or 0, is_active=True, is_superuser=True).exists()


def may(user: Person, permission: Permission, office: Office | None = None) -> bool:
    """Whether ``user`` may do this in ``office`` (None: in at least one office)."""
    return permission in permissions_in(user, office)


def require(user: Person, permission: Permission, office: Office | None = None) -> None:
    """Raise unless ``user`` may do this in ``office``.

    Whoever has no role at all in the office gets Http404, as if the thing did not exist: an answer
    of 403 would tell a stranger that it does. Colleagues of the office get NotPermitted.
    """
    if may(user, permission, office):
        return
    if office is not None and not offices_where(user).filter(pk=office.pk).exists():
        raise Http404
    raise NotPermitted(permission=permission.label)


def staff_of(request: HttpRequest) -> User:
    """The member of staff who asks; for views that ``permission_required`` guards."""
    assert isinstance(request.user, User)
    return request.user


V = TypeVar("V", bound=Callable[..., HttpResponseBase])


def permission_required(permission: Permission) -> Callable[[V], V]:
    """Let a view be opened only by somebody who holds ``permission`` in some office.

    Visitors are sent to sign in first. Which office the thing shown belongs to is for the view:
    it asks ``require(user, permission, office)`` or filters by ``offices_where``.
    """

    def decorate(view: V) -> V:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            require(request.user, permission)
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return cast("V", guarded)

    return decorate

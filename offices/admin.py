"""Reference data and accounts in Django's admin. Every change also goes into the audit trail."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import ForeignKey, Model, QuerySet
from django.forms import BaseFormSet, ModelChoiceField, ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from leaflet.admin import LeafletGeoAdminMixin

from offices.models import (
    AdministrativeArea,
    LandOffice,
    LocalAuthority,
    Office,
    RoleAssignment,
    User,
)
from offices.permissions import Permission, offices_where
from offices.services.audit import entry_record

admin.site.unregister(Group)


def administers(request: HttpRequest) -> QuerySet[Office]:
    return offices_where(request.user, Permission.ADMINISTER)


def is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


class AuditedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rights by our own matrix, nothing is deleted, and the audit trail hears of everything.

    Django calls these hooks inside the transaction of the change.
    """

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        record(request, "offices.record_added", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        record(request, "offices.record_changed", obj, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            record(request, "offices.record_deleted", obj, None)
        return super().log_deletions(request, queryset)


class ReadOnlyAdmin(AuditedAdmin):
    """Rows of the offices one administers, without any way to change them."""

    office_path = "office"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request)
        return found.filter(**{f"{self.office_path}__in": administers(request)})

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


def record(request: HttpRequest, action: str, obj: Model, message: Any) -> None:
    """An audit entry with the names of the changed fields, never their values."""
    fields = [
        field
        for part in (message if isinstance(message, list) else [])
        for field in part.get("changed", {}).get("fields", [])
    ]
    entry_record(
        action=action,
        subject_kind=subject_kind_of(obj),
        subject_id=str(obj.pk),
        actor=request.user if isinstance(request.user, User) else None,
        office=obj if isinstance(obj, Office) else first_office_of(obj),
        data={"fields": [str(field) for field in fields]} if fields else None,
        now=timezone.now(),
    )


def subject_kind_of(obj: Model) -> str:
    return "account" if isinstance(obj, User) else str(obj._meta.model_name)


def first_office_of(obj: Model) -> Office | None:
    if not isinstance(obj, User):
        return None
    return Office.objects.filter(role_assignments__user=obj).order_by("code").first()


class OfficeAdmin(LeafletGeoAdminMixin, AuditedAdmin):
    """Offices: an administrator keeps the details of the own ones, a superuser adds new ones."""

    list_display = ["code", "name_th", "name_en", "phone"]
    search_fields = ["code", "name_th", "name_en"]
    autocomplete_fields = ["province"]
    display_raw = False
    fieldsets = [
        (None, {"fields": ["code", "name_th", "name_en", "phone", "address_th", "address_en"]}),
        (pgettext_lazy("office", "Place"), {"fields": ["province", "location"]}),
        (_("Data"), {"fields": ["zone_srid", "bounds"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(pk__in=administers(request).values("pk"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return self.admin_site.has_permission(request)
        return administers(request).filter(pk=obj.pk).exists()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # The metric CRS decides how everything of an office is measured.
        return [] if obj is None or is_superuser(request) else ["code", "zone_srid"]


admin.site.register(LandOffice, OfficeAdmin)
admin.site.register(LocalAuthority, OfficeAdmin)


@admin.register(AdministrativeArea)
class AdministrativeAreaAdmin(AuditedAdmin):
    """Provinces, districts and sub-districts: everybody here reads them, a superuser keeps them."""

    list_display = ["code", "name_th", "name_en", "level", "parent"]
    list_filter = ["level"]
    list_select_related = ["parent"]
    search_fields = ["code", "name_th", "name_en"]
    autocomplete_fields = ["parent"]


class RoleInline(admin.TabularInline):  # type: ignore[type-arg]
    """Roles in the offices that the administrator keeps; nobody changes the own ones."""

    model = RoleAssignment
    extra = 1

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or is_superuser(request) or obj.pk != request.user.pk

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "office":
            kwargs["queryset"] = administers(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(User)
class AccountAdmin(AuditedAdmin, UserAdmin):  # type: ignore[type-arg]
    """Accounts: closed rather than deleted, since the audit trail names them for ever.

    An administrator keeps the accounts that have no role outside the own offices; who could set
    the password of a colleague elsewhere would have that colleague's rights.
    """

    list_display = ["username", "first_name", "last_name", "is_active", "last_login"]
    list_filter = ["is_active", "role_assignments__role"]
    inlines = [RoleInline]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password", "is_active")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Times"), {"fields": ("last_login", "date_joined")}),
    )
    superuser_fieldsets = (*fieldsets, (_("Service"), {"fields": ("is_superuser",)}))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None and is_superuser(request):
            return self.superuser_fieldsets
        return super().get_fieldsets(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        accounts = super().get_queryset(request)
        if is_superuser(request):
            return accounts
        elsewhere = RoleAssignment.objects.exclude(office__in=administers(request))
        return accounts.filter(is_superuser=False).exclude(pk__in=elsewhere.values("user_id"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return self.admin_site.has_permission(request)
        return self.get_queryset(request).filter(pk=obj.pk).exists()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def save_formset(
        self,
        request: HttpRequest,
        form: ModelForm[Any],
        formset: BaseFormSet[Any],
        change: bool,  # noqa: FBT001
    ) -> None:
        """Roles given and taken are entries of their own: they say which role and where."""
        super().save_formset(request, form, formset, change)
        given = list(getattr(formset, "new_objects", []))
        given += [obj for obj, _fields in getattr(formset, "changed_objects", [])]
        for action, roles in (
            ("offices.role_given", given),
            ("offices.role_taken", getattr(formset, "deleted_objects", [])),
        ):
            for assignment in roles:
                entry_record(
                    action=action,
                    subject_kind="account",
                    subject_id=str(assignment.user_id),
                    actor=request.user if isinstance(request.user, User) else None,
                    office=assignment.office,
                    data={"role": assignment.role, "office": assignment.office.code},
                    now=timezone.now(),
                )

"""Services, opening hours and closing days in Django's admin, each office its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, ManyToManyField, Q, QuerySet
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.models import Closure, Counter, Hall, OpeningHours, Service
from offices.admin import AuditedAdmin, administers, is_superuser


class OfficeOwnedAdmin(AuditedAdmin):
    """What belongs to an office is kept by the administrators of that office."""

    list_select_related = ["office"]
    list_filter = ["office"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(office__in=administers(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return self.admin_site.has_permission(request)
        return administers(request).filter(pk=obj.office_id).exists()

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "office":
            kwargs["queryset"] = administers(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Service)
class ServiceAdmin(OfficeOwnedAdmin):
    """Services; one that is no longer offered is switched off, since bookings name it."""

    list_display = ["name_th", "name_en", "office", "group", "slots", "is_active"]
    search_fields = ["code", "name_th", "name_en"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ARG002
        return [] if obj is None else ["office", "code"]


class OpeningHoursForm(forms.ModelForm):  # type: ignore[type-arg]
    """Hours of one weekday of one office never overlap: a counter would open twice."""

    class Meta:
        model = OpeningHours
        fields = ["office", "weekday", "opens_at", "closes_at"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        hours: dict[str, Any] = {name: self.cleaned_data.get(name) for name in self.Meta.fields}
        if all(value is not None for value in hours.values()):
            others = OpeningHours.objects.filter(
                office=hours["office"], weekday=hours["weekday"],
                opens_at__lt=hours["closes_at"], closes_at__gt=hours["opens_at"],
            )  # fmt: skip
            if others.exclude(pk=self.instance.pk).exists():
                raise ValidationError(
                    gettext("Other hours of this weekday overlap with these. Change those first.")
                )
        return cleaned


@admin.register(OpeningHours)
class OpeningHoursAdmin(OfficeOwnedAdmin):
    """Hours; two lines for a day with a lunch break. They may be deleted: no booking needs them."""

    form = OpeningHoursForm
    list_display = ["office", "weekday", "opens_at", "closes_at"]
    ordering = ["office", "weekday", "opens_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


@admin.register(Closure)
class ClosureAdmin(OfficeOwnedAdmin):
    """Closing days of the own offices; public holidays (no office) are kept by a superuser."""

    list_display = ["day", "name_th", "name_en", "office"]
    date_hierarchy = "day"
    ordering = ["-day"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        closures = super(OfficeOwnedAdmin, self).get_queryset(request)
        return closures.filter(Q(office=None) | Q(office__in=administers(request)))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.office_id is None:
            return is_superuser(request)
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "office":
            field.required = not is_superuser(request)
            field.help_text = _("Empty for a public holiday.") if is_superuser(request) else ""
        return field


@admin.register(Counter)
class CounterAdmin(OfficeOwnedAdmin):
    """Counters of the hall; one that is no longer there is switched off, since tickets name it."""

    list_display = ["number", "office", "is_active"]
    fields = ["office", "number", "services", "is_active"]
    filter_horizontal = ["services"]

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField[Any] | None:
        if db_field.name == "services":
            mine = Service.objects.filter(office__in=administers(request))
            kwargs["queryset"] = mine.select_related("office").order_by("office__code", "pk")
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Hall)
class HallAdmin(OfficeOwnedAdmin):
    """The rules by which people are called; the kiosk's address is on the page of the hall."""

    list_display = ["office", "kiosk_is_on", "early_minutes", "late_minutes", "most_calls"]

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

from appointments.models import (
    Closure,
    Counter,
    CounterGroup,
    Hall,
    OpeningHours,
    Service,
    ServiceDocument,
    SpecialOpening,
)
from appointments.services.slots import timetable_of
from cadastre.scheduling import HoursOverlap, check_hours
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


@admin.register(CounterGroup)
class CounterGroupAdmin(OfficeOwnedAdmin):
    """Counter groups: length of slots, capacity, holds, offers and how bookings are confirmed."""

    list_display = ["name_th", "name_en", "office", "slot_minutes", "public_counters", "is_active"]
    search_fields = ["code", "name_th", "name_en"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ARG002
        return [] if obj is None else ["office", "code"]


class DocumentInline(admin.TabularInline):  # type: ignore[type-arg]
    """The papers of a service; one that is not asked for any more is taken away."""

    model = ServiceDocument
    extra = 1

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or administers(request).filter(pk=obj.office_id).exists()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)


@admin.register(Service)
class ServiceAdmin(OfficeOwnedAdmin):
    """Services; one that is no longer offered is switched off, since bookings name it."""

    list_display = ["name_th", "name_en", "office", "group", "slots", "is_active"]
    search_fields = ["code", "name_th", "name_en"]
    inlines = [DocumentInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ARG002
        return [] if obj is None else ["office", "code"]


def refuse_overlap(hours: list[OpeningHours] | list[SpecialOpening]) -> None:
    """ValidationError where two of these would open a counter twice at one time."""
    try:
        check_hours([timetable_of(each) for each in hours])
    except HoursOverlap as error:
        raise ValidationError(
            gettext("Other hours of this day overlap with these. Change those first.")
        ) from error


class OpeningHoursForm(forms.ModelForm):  # type: ignore[type-arg]
    """Hours of one weekday never overlap, of all the office or of one counter group."""

    class Meta:
        model = OpeningHours
        fields = [
            "office", "group", "weekday", "opens_at", "closes_at", "every_weeks", "first_day",
            "last_day", "public_counters", "internal_counters",
        ]  # fmt: skip

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        office, group = cleaned.get("office"), cleaned.get("group")
        if group is not None and office is not None and group.office_id != office.pk:
            raise ValidationError({"group": gettext("These counters belong to another office.")})
        if not self.errors:
            mine = OpeningHours(**cleaned)
            if mine.opens_at < mine.closes_at and (mine.every_weeks == 1 or mine.first_day):
                same = OpeningHours.objects.filter(office=office, group=group, weekday=mine.weekday)
                refuse_overlap([*same.exclude(pk=self.instance.pk), mine])
        return cleaned


class SpecialOpeningForm(forms.ModelForm):  # type: ignore[type-arg]
    """Hours of one day of a counter group never overlap."""

    class Meta:
        model = SpecialOpening
        fields = [
            "group", "day", "opens_at", "closes_at", "public_counters", "internal_counters",
            "place_th", "place_en",
        ]  # fmt: skip

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if not self.errors:
            mine = SpecialOpening(**cleaned)
            if mine.opens_at < mine.closes_at:
                same = SpecialOpening.objects.filter(group=mine.group, day=mine.day)
                refuse_overlap([*same.exclude(pk=self.instance.pk), mine])
        return cleaned


@admin.register(OpeningHours)
class OpeningHoursAdmin(OfficeOwnedAdmin):
    """Hours; two lines for a day with a lunch break. They may be deleted: no booking needs them."""

    form = OpeningHoursForm
    list_display = ["office", "group", "weekday", "opens_at", "closes_at", "first_day", "last_day"]
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


@admin.register(SpecialOpening)
class SpecialOpeningAdmin(OfficeOwnedAdmin):
    """Hours of one day instead of the weekly ones; they belong to an office by their counters."""

    form = SpecialOpeningForm
    list_select_related = ["group"]
    list_display = ["day", "group", "opens_at", "closes_at", "place_th"]
    list_filter = []
    date_hierarchy = "day"
    ordering = ["-day"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        openings = super(OfficeOwnedAdmin, self).get_queryset(request)
        return openings.filter(group__office__in=administers(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj and obj.group)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "group":
            kwargs["queryset"] = CounterGroup.objects.filter(office__in=administers(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

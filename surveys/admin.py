"""Surveys in Django's admin, to look at: observations are evidence and are not typed over."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from offices.models import Office
from offices.permissions import Permission, offices_where
from surveys.models import BoundaryMark, SurveyJob, SurveyPoint


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows of the offices one administers, without any way to change them."""

    office_path = "office"

    def offices(self, request: HttpRequest) -> QuerySet[Office]:
        return offices_where(request.user, Permission.ADMINISTER)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        own = {f"{self.office_path}__in": self.offices(request)}
        return super().get_queryset(request).filter(**own)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return bool(self.admin_site.has_permission(request))

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


@admin.register(SurveyJob)
class SurveyJobAdmin(ReadOnlyAdmin):
    list_display = ["number", "purpose", "surveyed_on", "office"]
    list_select_related = ["office"]
    search_fields = ["number"]
    date_hierarchy = "surveyed_on"


@admin.register(SurveyPoint)
class SurveyPointAdmin(ReadOnlyAdmin):
    office_path = "job__office"
    list_display = ["name", "job", "method", "easting", "northing", "horizontal_accuracy_m", "fix"]
    list_filter = ["method", "fix"]
    list_select_related = ["job"]
    search_fields = ["name", "job__number"]
    exclude = ["geometry"]


@admin.register(BoundaryMark)
class BoundaryMarkAdmin(ReadOnlyAdmin):
    list_display = ["number", "survey_point", "office"]
    list_select_related = ["office", "survey_point"]
    search_fields = ["number"]
    exclude = ["geometry"]

"""Surveys in Django's admin, to look at: observations are evidence and are not typed over."""

from __future__ import annotations

from django.contrib import admin

from offices.admin import ReadOnlyAdmin
from surveys.models import BoundaryMark, SurveyJob, SurveyPoint


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

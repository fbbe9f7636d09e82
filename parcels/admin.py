"""The register in Django's admin: map sheets are kept here, parcels and titles only looked at.

Whatever changes a parcel is a registered transaction and never this admin; owners are not shown.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from leaflet.admin import LeafletGeoAdminMixin

from cadastre.digits import to_ascii_digits
from offices.admin import AuditedAdmin, ReadOnlyAdmin
from parcels.models import BAUnit, MapSheet, Parcel, RuleSetting
from parcels.rule_admin import RuleSettingAdmin


class MapSheetAdmin(LeafletGeoAdminMixin, AuditedAdmin):
    """Map sheets and their extents; changed by a superuser, looked at by administrators."""

    list_display = ["name", "scale", "zone_srid"]
    list_filter = ["scale"]
    search_fields = ["name"]
    display_raw = False


class RegisterAdmin(ReadOnlyAdmin):
    """Found by its exact number only."""

    show_full_result_count = False
    list_per_page = 20
    number = ""

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Only by an exact number, which an index answers; digits may be Thai."""
        number = to_ascii_digits(search_term.strip()).replace("\x00", "")
        return (queryset.filter(**{self.number: number}) if number else queryset), False


class ParcelAdmin(RegisterAdmin):
    """Parcels as the register has them, found by deed number."""

    number = "ba_unit__deed_number"
    search_fields = ["ba_unit__deed_number"]
    list_display = ["public_id", "ba_unit", "map_sheet", "land_number", "tax_parcel_code"]
    list_select_related = ["ba_unit", "map_sheet"]
    ordering = ["pk"]
    exclude = ["geometry"]

    def view_on_site(self, obj: Parcel) -> str:
        """The page of the plot, which has the map."""
        return reverse("parcel-detail", args=[obj.public_id])


class BAUnitAdmin(RegisterAdmin):
    """Titles without their owners, found by deed number."""

    number = "deed_number"
    search_fields = ["deed_number"]
    list_display = ["deed_number", "title_type", "district", "survey_page"]
    list_select_related = ["district"]
    ordering = ["pk"]


admin.site.register(MapSheet, MapSheetAdmin)
admin.site.register(Parcel, ParcelAdmin)
admin.site.register(BAUnit, BAUnitAdmin)
admin.site.register(RuleSetting, RuleSettingAdmin)

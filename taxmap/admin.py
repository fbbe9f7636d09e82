"""Reference data of the tax map. Assessments and payments are made by services, never here."""

from __future__ import annotations

from django.contrib import admin
from leaflet.admin import LeafletGeoAdminMixin

from offices.admin import AuditedAdmin
from taxmap.models import Building, LandPrice, Street, TaxBlock, TaxZone, UnitUse, ValuationUnit


class LandPriceInline(admin.TabularInline):  # type: ignore[type-arg]
    model = LandPrice
    extra = 0
    can_delete = False


@admin.register(Street)
class StreetAdmin(LeafletGeoAdminMixin, AuditedAdmin):
    list_display = ("name_th", "name_en", "local_authority")
    list_filter = ("local_authority",)
    search_fields = ("name_th", "name_en")
    inlines = (LandPriceInline,)


@admin.register(TaxZone)
class TaxZoneAdmin(LeafletGeoAdminMixin, AuditedAdmin):
    list_display = ("code", "local_authority")
    list_filter = ("local_authority",)


@admin.register(TaxBlock)
class TaxBlockAdmin(LeafletGeoAdminMixin, AuditedAdmin):
    list_display = ("__str__", "zone")
    list_filter = ("zone__local_authority",)
    list_select_related = ("zone",)


class UnitUseInline(admin.TabularInline):  # type: ignore[type-arg]
    model = UnitUse
    extra = 0


class BuildingInline(admin.StackedInline):  # type: ignore[type-arg]
    model = Building
    extra = 0
    can_delete = False
    exclude = ("footprint",)


@admin.register(ValuationUnit)
class ValuationUnitAdmin(AuditedAdmin):
    list_display = ("__str__", "local_authority", "street", "is_taxable")
    list_filter = ("local_authority", "is_taxable")
    list_select_related = ("local_authority", "street")
    search_fields = ("parcel__tax_parcel_code",)
    raw_id_fields = ("street",)
    readonly_fields = ("parcel",)
    inlines = (UnitUseInline, BuildingInline)

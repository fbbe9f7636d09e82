"""Reference data of the tax map. Assessments and payments are made by services, never here."""

from __future__ import annotations

from django.contrib.gis import admin
from leaflet.admin import LeafletGeoAdmin

from taxmap.models import Building, LandPrice, Street, TaxBlock, TaxZone, UnitUse, ValuationUnit


class LandPriceInline(admin.TabularInline):
    model = LandPrice
    extra = 0


@admin.register(Street)
class StreetAdmin(LeafletGeoAdmin):
    list_display = ["name_th", "name_en", "local_authority"]
    list_filter = ["local_authority"]
    search_fields = ["name_th", "name_en"]
    inlines = [LandPriceInline]


@admin.register(TaxZone)
class TaxZoneAdmin(LeafletGeoAdmin):
    list_display = ["code", "local_authority"]
    list_filter = ["local_authority"]


@admin.register(TaxBlock)
class TaxBlockAdmin(LeafletGeoAdmin):
    list_display = ["__str__", "zone"]
    list_filter = ["zone__local_authority"]
    list_select_related = ["zone"]


class UnitUseInline(admin.TabularInline):
    model = UnitUse
    extra = 0


class BuildingInline(admin.StackedInline):
    model = Building
    extra = 0
    exclude = ["footprint"]


@admin.register(ValuationUnit)
class ValuationUnitAdmin(admin.ModelAdmin):
    list_display = ["__str__", "local_authority", "street", "is_taxable"]
    list_filter = ["local_authority", "is_taxable"]
    list_select_related = ["local_authority", "street"]
    search_fields = ["parcel__tax_parcel_code"]
    raw_id_fields = ["parcel", "street"]
    inlines = [UnitUseInline, BuildingInline]

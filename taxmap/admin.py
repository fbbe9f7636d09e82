"""Reference data of the tax map. What is dated is changed by services, never here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from leaflet.admin import LeafletGeoAdminMixin

from offices.admin import AuditedAdmin
from taxmap.models import (
    Account,
    Building,
    BuildingPrice,
    Condominium,
    CondominiumPrice,
    LandPrice,
    RollStage,
    Street,
    TaxBlock,
    TaxYear,
    TaxZone,
    UnitUse,
    ValuationUnit,
)


class ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]
    """Dated facts are shown with their days; the survey page and the imports change them."""

    extra = 0
    can_delete = False

    def has_add_permission(self, *_args: Any) -> bool:
        return False

    def has_change_permission(self, *_args: Any) -> bool:
        return False


class LandPriceInline(ReadOnlyInline):
    model = LandPrice
    fields = ("satang_per_wa", "valid_during")


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
    inlines = (LandPriceInline,)


@admin.register(TaxBlock)
class TaxBlockAdmin(LeafletGeoAdminMixin, AuditedAdmin):
    list_display = ("__str__", "zone")
    list_filter = ("zone__local_authority",)
    list_select_related = ("zone",)


class UnitUseInline(ReadOnlyInline):
    model = UnitUse
    fields = ("use", "share_percent", "area_m2", "in_house_registration", "valid_during")


class BuildingInline(ReadOnlyInline):
    model = Building
    fields = ("code", "type_code", "type_name", "floor_area_m2", "built_in", "valid_during")


@admin.register(ValuationUnit)
class ValuationUnitAdmin(AuditedAdmin):
    list_display = ("__str__", "local_authority", "zone", "street", "is_taxable")
    list_filter = ("local_authority", "is_taxable")
    list_select_related = ("local_authority", "street", "zone")
    search_fields = ("parcel__tax_parcel_code",)
    raw_id_fields = ("street", "zone")
    readonly_fields = ("parcel", "owner", "condominium_unit")
    inlines = (UnitUseInline, BuildingInline)


class CondominiumPriceInline(ReadOnlyInline):
    model = CondominiumPrice
    fields = ("floor", "satang_per_m2", "valid_during")


@admin.register(Condominium)
class CondominiumAdmin(AuditedAdmin):
    list_display = ("name", "registration", "local_authority")
    list_filter = ("local_authority",)
    search_fields = ("name", "registration")
    inlines = (CondominiumPriceInline,)


@admin.register(BuildingPrice)
class BuildingPriceAdmin(AuditedAdmin):
    list_display = ("type_code", "type_name", "satang_per_m2", "valid_during")
    list_filter = ("local_authority",)
    search_fields = ("type_code", "type_name")

    def has_change_permission(self, *_args: Any) -> bool:
        return False

    def has_add_permission(self, *_args: Any) -> bool:
        return False

    def has_delete_permission(self, *_args: Any) -> bool:
        return False


@admin.register(TaxYear)
class TaxYearAdmin(AuditedAdmin):
    """Which neighbours the authority values as one; the steps of the year have their own page."""

    list_display = ("year", "local_authority", "stage", "joint_parcels")
    fields = ("year", "local_authority", "stage", "joint_parcels")

    def get_readonly_fields(self, _request: HttpRequest, year: TaxYear | None = None) -> list[str]:
        closed = year is None or year.stage == RollStage.ASSESSED
        return [name for name in self.fields if closed or name != "joint_parcels"]

    def has_add_permission(self, *_args: Any) -> bool:
        return False

    def has_delete_permission(self, *_args: Any) -> bool:
        return False


@admin.register(Account)
class AccountAdmin(AuditedAdmin):
    """The codes that an authority's own books use; accounts themselves are opened by the ledger."""

    list_display = ("__str__", "local_authority", "type")
    list_filter = ("local_authority",)
    list_select_related = ("local_authority",)
    readonly_fields = ("local_authority", "purpose", "type")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

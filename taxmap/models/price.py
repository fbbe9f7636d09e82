"""The Treasury Department's appraised prices, each for a period; what was read of its files.

docs/algorithms/valuation.md tells which price wins; migrations/sql/0003 holds the rule.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from taxmap.models.property import holds_some_time
from taxmap.querysets import DatedQuerySet


def _one_at_a_time(name: str, *columns: str) -> ExclusionConstraint:
    same = [(column, RangeOperators.EQUAL) for column in columns]
    return ExclusionConstraint(
        name=name, expressions=[*same, ("valid_during", RangeOperators.OVERLAPS)]
    )


class LandPrice(models.Model):
    """Appraised price of land: of one parcel, else of its street, else of its zone."""

    zone = models.ForeignKey(
        "taxmap.TaxZone", models.PROTECT, null=True, blank=True,
        related_name="prices", db_comment="เขต; null for a price of a street or a parcel",
    )  # fmt: skip
    street = models.ForeignKey(
        "taxmap.Street", models.PROTECT, null=True, blank=True,
        related_name="prices", db_comment="ถนน; null for a price of a zone or a parcel",
    )  # fmt: skip
    parcel = models.ForeignKey(
        "parcels.Parcel", models.PROTECT, null=True, blank=True,
        related_name="land_prices", db_comment="แปลงที่ดิน; null for a price of a zone or a street",
    )  # fmt: skip
    satang_per_wa = models.PositiveBigIntegerField(db_comment="ราคาประเมิน (สตางค์ต่อตารางวา)")
    valid_during = DateRangeField(db_comment="ใช้ระหว่าง [from, to)")

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("land price")
        verbose_name_plural = _("land prices")
        db_table_comment = "ราคาประเมินที่ดินรายเขต รายถนน และรายแปลง (ภ.ด.ส.1)"
        constraints = [
            _one_at_a_time("zone_has_one_price_at_a_time", "zone"),
            _one_at_a_time("street_has_one_price_at_a_time", "street"),
            _one_at_a_time("parcel_has_one_price_at_a_time", "parcel"),
            models.CheckConstraint(
                condition=Q(zone__isnull=False, street=None, parcel=None)
                | Q(zone=None, street__isnull=False, parcel=None)
                | Q(zone=None, street=None, parcel__isnull=False),
                name="land_price_is_of_a_zone_a_street_or_a_parcel",
            ),
            holds_some_time("land_price_holds_some_time"),
        ]

    def __str__(self) -> str:
        return str(self.satang_per_wa)


class BuildingPrice(models.Model):
    """Appraised price of a type of building, of one authority's own list or of its province."""

    province = models.ForeignKey(
        "offices.AdministrativeArea", models.PROTECT, null=True, blank=True, related_name="+",
        db_comment="จังหวัด; null for the list of one authority",
    )  # fmt: skip
    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, null=True, blank=True, related_name="+",
        db_comment="อปท.; null for the list of a province",
    )  # fmt: skip
    type_code = models.CharField(max_length=10, db_comment="รหัสแบบ (กรมธนารักษ์) เช่น 509/2")
    type_name = models.CharField(max_length=160, db_comment="ชื่อแบบ")
    satang_per_m2 = models.PositiveBigIntegerField(db_comment="ราคาประเมิน (สตางค์ต่อตร.ม.)")
    valid_during = DateRangeField(db_comment="ใช้ระหว่าง [from, to)")

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("building price")
        verbose_name_plural = _("building prices")
        db_table_comment = "ราคาประเมินสิ่งปลูกสร้างตามแบบ (ภ.ด.ส.1)"
        constraints = [
            _one_at_a_time("province_prices_a_building_type_once", "province", "type_code"),
            _one_at_a_time("authority_prices_a_building_type_once", "local_authority", "type_code"),
            models.CheckConstraint(
                condition=Q(province__isnull=False, local_authority=None)
                | Q(province=None, local_authority__isnull=False),
                name="building_price_is_of_a_province_or_an_authority",
            ),
            holds_some_time("building_price_holds_some_time"),
        ]

    def __str__(self) -> str:
        return f"{self.type_code}: {self.satang_per_m2}"


class CondominiumPrice(models.Model):
    """Appraised price in a condominium: of one floor, or of every floor without its own."""

    condominium = models.ForeignKey(
        "taxmap.Condominium", models.PROTECT, related_name="prices", db_comment="อาคารชุด"
    )
    floor = models.CharField(
        max_length=10, blank=True, db_comment="ชั้น; blank for floors without a price of their own"
    )
    satang_per_m2 = models.PositiveBigIntegerField(db_comment="ราคาประเมิน (สตางค์ต่อตร.ม.)")
    valid_during = DateRangeField(db_comment="ใช้ระหว่าง [from, to)")

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("condominium price")
        verbose_name_plural = _("condominium prices")
        db_table_comment = "ราคาประเมินห้องชุด (ภ.ด.ส.2)"
        constraints = [
            _one_at_a_time("condominium_floor_has_one_price_at_a_time", "condominium", "floor"),
            holds_some_time("condominium_price_holds_some_time"),
        ]

    def __str__(self) -> str:
        return f"{self.floor}: {self.satang_per_m2}"


class PriceImport(models.Model):
    """One file of prices that was read: what became of its rows."""

    class Layout(models.TextChoices):
        PARCELS = "parcels", _("land prices by parcel")
        STREETS = "streets", _("land prices by street")
        ZONES = "zones", _("land prices by zone")
        BUILDINGS = "buildings", _("building prices by type")
        CONDOMINIUMS = "condominiums", _("condominium prices")

    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    layout = models.CharField(max_length=12, choices=Layout, db_comment="รูปแบบแฟ้ม")
    filename = models.CharField(max_length=200, db_comment="ชื่อแฟ้ม")
    sha256 = models.CharField(max_length=64, db_comment="SHA-256 ของแฟ้ม")
    encoding = models.CharField(max_length=10, db_comment="รหัสอักขระ: utf-8 or cp874")
    valid_from = models.DateField(db_comment="ราคาใช้ตั้งแต่")
    rows = models.PositiveIntegerField(db_comment="จำนวนแถวที่อ่าน")
    added = models.PositiveIntegerField(db_comment="ราคาใหม่")
    changed = models.PositiveIntegerField(db_comment="ราคาที่เปลี่ยน; the former one ended")
    unchanged = models.PositiveIntegerField(db_comment="ราคาเดิม")
    elsewhere = models.PositiveIntegerField(default=0, db_comment="แถวของท้องที่อื่น")
    rejected = models.PositiveIntegerField(db_comment="แถวที่ไม่รับ")
    imported_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้นำเข้า"
    )
    imported_at = models.DateTimeField(db_comment="เวลาที่นำเข้า")

    class Meta:
        verbose_name = _("import of prices")
        verbose_name_plural = _("imports of prices")
        db_table_comment = "การนำเข้าบัญชีราคาประเมิน"
        constraints = [
            models.UniqueConstraint(
                fields=["local_authority", "sha256", "valid_from"],
                name="price_file_is_imported_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    rows=models.F("added")
                    + models.F("changed")
                    + models.F("unchanged")
                    + models.F("elsewhere")
                    + models.F("rejected")
                ),
                name="every_row_of_a_price_file_is_counted",
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    def counts(self) -> dict[str, int | str]:
        """What became of the file, for a program: every row is in one of the counts."""
        columns = ("rows", "added", "changed", "unchanged", "elsewhere", "rejected")
        return {"layout": self.layout} | {name: getattr(self, name) for name in columns}


class PriceRejection(models.Model):
    """A row of a price file that was not taken, and why."""

    price_import = models.ForeignKey(
        PriceImport, models.CASCADE, related_name="rejections", db_comment="การนำเข้า"
    )
    line = models.PositiveIntegerField(db_comment="บรรทัดในแฟ้ม")
    text = models.TextField(db_comment="ข้อความในแถว")
    reason = models.CharField(max_length=30, db_comment="เหตุที่ไม่รับ: a stable code")

    class Meta:
        verbose_name = _("rejected price")
        verbose_name_plural = _("rejected prices")
        db_table_comment = "แถวราคาที่ไม่รับ พร้อมเหตุผล"

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"

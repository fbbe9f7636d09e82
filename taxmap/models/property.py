"""LA_ValuationUnit (ISO 19152-4): what is taxed as one, with its buildings and uses."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _


class TaxUse(models.TextChoices):
    """Use classes of the Land and Building Tax Act, s.37."""

    AGRICULTURE = "agriculture", _("agriculture")
    MAIN_HOME = "main_home", _("main home")
    RESIDENTIAL = "residential", _("other residential")
    OTHER = "other", _("commercial and other")
    VACANT = "vacant", _("vacant or unused")


class Structure(models.TextChoices):
    MASONRY = "masonry", _("masonry")
    HALF_TIMBER = "half_timber", _("half masonry, half timber")
    TIMBER = "timber", _("timber")


class ValuationUnit(models.Model):
    """A parcel with what stands on it, as the local authority values it."""

    parcel = models.OneToOneField(
        "parcels.Parcel", models.PROTECT, related_name="valuation_unit", db_comment="แปลงที่ดิน"
    )
    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    street = models.ForeignKey(
        "taxmap.Street", models.PROTECT, null=True, blank=True, related_name="units",
        db_comment="ถนนที่ใช้ราคาประเมิน",
    )  # fmt: skip
    satang_per_wa = models.PositiveBigIntegerField(
        null=True,
        blank=True,
        db_comment="ราคาประเมินเฉพาะแปลง (สตางค์ต่อตารางวา); null takes the street's price",
    )
    in_house_registration = models.BooleanField(
        default=False, db_comment="เจ้าของมีชื่อในทะเบียนบ้านในวันที่ 1 มกราคม"
    )
    vacant_since = models.PositiveSmallIntegerField(
        null=True, blank=True, db_comment="ปีภาษีแรกที่ว่างเปล่าติดต่อกัน (ค.ศ.)"
    )
    is_taxable = models.BooleanField(
        default=True, db_comment="อยู่ในข่ายภาษี; false for public land (s.8)"
    )

    class Meta:
        verbose_name = _("valuation unit")
        verbose_name_plural = _("valuation units")
        db_table_comment = "หน่วยประเมิน (LA_ValuationUnit)"

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class UnitUse(models.Model):
    """The share of a unit that is put to one use; shares of a unit total 100."""

    unit = models.ForeignKey(
        ValuationUnit, models.CASCADE, related_name="uses", db_comment="หน่วยประเมิน"
    )
    use = models.CharField(max_length=12, choices=TaxUse, db_comment="ลักษณะการใช้ประโยชน์")
    share_percent = models.DecimalField(max_digits=7, decimal_places=4, db_comment="สัดส่วน (ร้อยละ)")

    class Meta:
        verbose_name = _("use")
        verbose_name_plural = _("uses")
        db_table_comment = "การใช้ประโยชน์ในหน่วยประเมิน"
        constraints = [
            models.UniqueConstraint(fields=["unit", "use"], name="use_is_listed_once_per_unit"),
            models.CheckConstraint(
                condition=models.Q(share_percent__gt=0, share_percent__lte=100),
                name="use_share_is_a_percentage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.use} {self.share_percent} %"


class Building(models.Model):
    """สิ่งปลูกสร้าง: a building of a valuation unit."""

    unit = models.ForeignKey(
        ValuationUnit, models.PROTECT, related_name="buildings", db_comment="หน่วยประเมิน"
    )
    code = models.CharField(max_length=10, db_comment="รหัสสิ่งปลูกสร้างในแปลง เช่น B001")
    type_code = models.CharField(max_length=10, db_comment="รหัสแบบ (กรมธนารักษ์)")
    type_name = models.CharField(max_length=120, db_comment="ชื่อแบบ")
    structure = models.CharField(max_length=12, choices=Structure, db_comment="ลักษณะโครงสร้าง")
    floors = models.PositiveSmallIntegerField(db_comment="จำนวนชั้น")
    floor_area_m2 = models.DecimalField(
        max_digits=12, decimal_places=2, db_comment="พื้นที่ใช้สอย (ตร.ม.)"
    )
    built_in = models.PositiveSmallIntegerField(db_comment="ปีที่สร้างเสร็จ (ค.ศ.)")
    satang_per_m2 = models.PositiveBigIntegerField(db_comment="ราคาประเมิน (สตางค์ต่อตร.ม.)")
    footprint = models.PolygonField(srid=4326, null=True, db_comment="รูปอาคาร, lon/lat WGS 84")

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        db_table_comment = "สิ่งปลูกสร้าง"
        constraints = [
            models.UniqueConstraint(fields=["unit", "code"], name="building_is_coded_once"),
            models.CheckConstraint(
                condition=models.Q(floor_area_m2__gt=0, floors__gte=1),
                name="building_has_a_floor",
            ),
        ]

    def __str__(self) -> str:
        return self.code

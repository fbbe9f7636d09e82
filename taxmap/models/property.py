"""LA_ValuationUnit (ISO 19152-4): what is taxed as one, with its buildings and uses by day."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from taxmap.querysets import DatedQuerySet


def holds_some_time(name: str) -> models.CheckConstraint:
    """A dated fact begins on a day and lasts at least one."""
    return models.CheckConstraint(
        condition=Q(valid_during__isempty=False, valid_during__lower_inf=False), name=name
    )


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


class UnitKind(models.TextChoices):
    LAND = "land", _("land with its buildings")
    BUILDING = "building", _("buildings on somebody else's land")
    CONDOMINIUM_UNIT = "condominium_unit", _("condominium unit")


class ValuationUnit(models.Model):
    """What one set of owners is taxed for at one place, as the local authority values it.

    Most are a parcel with the buildings that belong to its owner. Buildings of somebody else on
    that parcel are a unit of their own, with ``owner``; so is each unit of a condominium, owned by
    the holders of its own title.
    """

    parcel = models.ForeignKey(
        "parcels.Parcel", models.PROTECT, related_name="valuation_units",
        db_comment="แปลงที่ดิน; the ground on which a building or condominium stands",
    )  # fmt: skip
    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    owner = models.ForeignKey(
        "parcels.Party", models.PROTECT, null=True, blank=True, related_name="+",
        db_comment="เจ้าของสิ่งปลูกสร้างบนที่ดินผู้อื่น; null: who holds the title",
    )  # fmt: skip
    condominium_unit = models.OneToOneField(
        "taxmap.CondominiumUnit", models.PROTECT, null=True, blank=True,
        related_name="valuation_unit", db_comment="ห้องชุด; null for land and buildings",
    )  # fmt: skip
    zone = models.ForeignKey(
        "taxmap.TaxZone", models.PROTECT, null=True, blank=True,
        related_name="units", db_comment="เขต (Zone) ที่ใช้ราคาประเมินเมื่อไม่มีราคารายแปลงและรายถนน",
    )  # fmt: skip
    street = models.ForeignKey(
        "taxmap.Street", models.PROTECT, null=True, blank=True, related_name="units",
        db_comment="ถนนที่ใช้ราคาประเมิน",
    )  # fmt: skip
    is_taxable = models.BooleanField(
        default=True, db_comment="อยู่ในข่ายภาษี; false for public land (s.8)"
    )

    class Meta:
        verbose_name = _("valuation unit")
        verbose_name_plural = _("valuation units")
        db_table_comment = "หน่วยประเมิน (LA_ValuationUnit)"
        constraints = [
            models.UniqueConstraint(
                fields=["parcel"],
                condition=Q(owner=None, condominium_unit=None),
                name="parcel_has_one_unit_of_land",
            ),
            models.UniqueConstraint(
                fields=["parcel", "owner"], name="owner_has_one_unit_of_buildings_on_a_parcel"
            ),
            models.CheckConstraint(
                condition=Q(owner=None) | Q(condominium_unit=None),
                name="condominium_unit_is_owned_by_its_title",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def kind(self) -> UnitKind:
        """Land, buildings of another owner, or a condominium unit."""
        if self.condominium_unit_id is not None:
            return UnitKind.CONDOMINIUM_UNIT
        return UnitKind.LAND if self.owner_id is None else UnitKind.BUILDING


class UnitUse(models.Model):
    """The share of a unit that is put to one use for some time.

    On every day on which a unit has uses their shares total 100; a trigger sees to it at commit.
    """

    unit = models.ForeignKey(
        ValuationUnit, models.PROTECT, related_name="uses", db_comment="หน่วยประเมิน"
    )
    use = models.CharField(max_length=12, choices=TaxUse, db_comment="ลักษณะการใช้ประโยชน์")
    share_percent = models.DecimalField(max_digits=7, decimal_places=4, db_comment="สัดส่วน (ร้อยละ)")
    area_m2 = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True,
        db_comment="พื้นที่ที่วัดได้ (ตร.ม.) ซึ่งใช้คิดสัดส่วน; null where the share was stated",
    )  # fmt: skip
    in_house_registration = models.BooleanField(
        default=False, db_comment="เจ้าของมีชื่อในทะเบียนบ้าน; only for a main home"
    )
    valid_during = DateRangeField(db_comment="ใช้เช่นนี้ระหว่าง [from, to)")
    opened_by = models.ForeignKey(
        "taxmap.Inspection", models.PROTECT, null=True, blank=True, related_name="uses_opened",
        db_comment="การสำรวจหรือคำขอที่บันทึก; null for the first load",
    )  # fmt: skip
    closed_by = models.ForeignKey(
        "taxmap.Inspection", models.PROTECT, null=True, blank=True, related_name="uses_closed",
        db_comment="การสำรวจหรือคำขอที่ให้สิ้นสุด",
    )  # fmt: skip

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("use")
        verbose_name_plural = _("uses")
        db_table_comment = "การใช้ประโยชน์ในหน่วยประเมิน ตามช่วงเวลา"
        constraints = [
            ExclusionConstraint(
                name="use_is_listed_once_at_a_time",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    ("use", RangeOperators.EQUAL),
                    ("valid_during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(share_percent__gt=0, share_percent__lte=100),
                name="use_share_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(area_m2=None) | Q(area_m2__gt=0), name="use_area_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(in_house_registration=False) | Q(use="main_home"),
                name="only_a_main_home_is_registered",
            ),
            holds_some_time("use_holds_some_time"),
        ]

    def __str__(self) -> str:
        return f"{self.use} {self.share_percent} %"


class Building(models.Model):
    """สิ่งปลูกสร้าง: a building as it stood for some time; its price is `BuildingPrice`'s."""

    unit = models.ForeignKey(
        ValuationUnit, models.PROTECT, related_name="buildings", db_comment="หน่วยประเมิน"
    )
    code = models.CharField(max_length=10, db_comment="รหัสสิ่งปลูกสร้างในแปลง เช่น B001")
    type_code = models.CharField(max_length=10, db_comment="รหัสแบบ (กรมธนารักษ์)")
    type_name = models.CharField(max_length=160, db_comment="ชื่อแบบ")
    structure = models.CharField(max_length=12, choices=Structure, db_comment="ลักษณะโครงสร้าง")
    floors = models.PositiveSmallIntegerField(db_comment="จำนวนชั้น")
    floor_area_m2 = models.DecimalField(
        max_digits=12, decimal_places=2, db_comment="พื้นที่ใช้สอย (ตร.ม.)"
    )
    built_in = models.PositiveSmallIntegerField(db_comment="ปีที่สร้างเสร็จ (ค.ศ.)")
    footprint = models.PolygonField(
        srid=4326, null=True, blank=True, db_comment="รูปอาคาร, lon/lat WGS 84"
    )
    valid_during = DateRangeField(db_comment="มีอยู่เช่นนี้ระหว่าง [from, to)")
    opened_by = models.ForeignKey(
        "taxmap.Inspection", models.PROTECT, null=True, blank=True,
        related_name="buildings_opened",
        db_comment="การสำรวจหรือคำขอที่บันทึก; null for the first load",
    )  # fmt: skip
    closed_by = models.ForeignKey(
        "taxmap.Inspection", models.PROTECT, null=True, blank=True,
        related_name="buildings_closed", db_comment="การสำรวจหรือคำขอที่ให้สิ้นสุด",
    )  # fmt: skip

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        db_table_comment = "สิ่งปลูกสร้าง ตามช่วงเวลา"
        constraints = [
            ExclusionConstraint(
                name="building_is_coded_once_at_a_time",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    ("valid_during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(floor_area_m2__gt=0, floors__gte=1), name="building_has_a_floor"
            ),
            holds_some_time("building_holds_some_time"),
        ]

    def __str__(self) -> str:
        return self.code

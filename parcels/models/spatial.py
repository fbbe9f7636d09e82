"""Spatial unit package of LADM (ISO 19152): parcels and the map sheets they are drawn on."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import OpClass
from django.db.models import F, Func, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from offices.models.public_id import public_id_field
from parcels.querysets import ParcelQuerySet

from .versioned import VersionedObject


class LandUse(models.TextChoices):
    """What the land is used for, as anyone can see it from the street."""

    AGRICULTURE = "agriculture", _("agriculture")
    RESIDENTIAL = "residential", _("residential")
    COMMERCIAL = "commercial", _("commercial")
    MIXED = "mixed", _("mixed use")
    VACANT = "vacant", _("vacant")
    PUBLIC = "public", _("public institution")
    ROAD = "road", _("road")
    WATER = "water", _("waterway")
    UNKNOWN = "unknown", _("unknown")


class MapSheet(models.Model):
    """ระวาง: one sheet of the cadastral map; land numbers are unique on it."""

    name = models.CharField(
        max_length=30, db_comment="ชื่อระวาง เช่น 5136 II 6618-14; canonical spelling"
    )
    scale = models.PositiveIntegerField(db_comment="มาตราส่วน 1:n")
    zone_srid = models.PositiveIntegerField(db_comment="โซนพิกัด (EPSG)")
    extent = models.PolygonField(srid=4326, null=True, db_comment="ขอบเขตระวาง, lon/lat WGS 84")

    class Meta:
        verbose_name = _("map sheet")
        verbose_name_plural = _("map sheets")
        db_table_comment = "ระวางแผนที่"
        constraints = [
            models.UniqueConstraint(fields=["name", "scale"], name="map_sheet_is_named_once")
        ]

    def __str__(self) -> str:
        return self.name


class ParcelState(VersionedObject):
    """What the register says of a parcel at one moment."""

    changed_by = models.ForeignKey(
        "parcels.Transaction", models.PROTECT, null=True, blank=True, related_name="+",
        db_comment="รายการที่ทำให้เป็นสภาพนี้; null while as it was created",
    )  # fmt: skip
    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="สำนักงานที่ดิน"
    )
    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, null=True, blank=True, related_name="+",
        db_comment="องค์กรปกครองส่วนท้องถิ่น",
    )  # fmt: skip
    ba_unit = models.ForeignKey(
        "parcels.BAUnit", models.PROTECT, null=True, blank=True, related_name="%(class)s_set",
        db_comment="เอกสารสิทธิ; null where there is none",
    )  # fmt: skip
    map_sheet = models.ForeignKey(
        MapSheet, models.PROTECT, null=True, blank=True, related_name="+", db_comment="ระวาง"
    )
    land_number = models.CharField(max_length=30, blank=True, db_comment="เลขที่ดิน")
    tax_parcel_code = models.CharField(
        max_length=30, blank=True, db_comment="รหัสแปลงที่ดินในแผนที่ภาษี เช่น 01A001"
    )
    sub_district = models.ForeignKey(
        "offices.AdministrativeArea", models.PROTECT, null=True, blank=True, related_name="+",
        db_comment="ตำบล",
    )  # fmt: skip
    house_number = models.CharField(max_length=40, blank=True, db_comment="บ้านเลขที่")
    street_th = models.CharField(max_length=120, blank=True, db_comment="ถนน ซอย (ไทย)")
    street_en = models.CharField(max_length=120, blank=True, db_comment="ถนน ซอย (อังกฤษ)")
    land_use = models.CharField(
        max_length=12, choices=LandUse, default=LandUse.UNKNOWN, db_comment="การใช้ที่ดินที่เห็นได้"
    )
    legal_area_m2 = models.DecimalField(
        max_digits=16, decimal_places=2, null=True, blank=True,
        db_comment="เนื้อที่ตามเอกสารสิทธิ (ตร.ม.), exact; null if unknown",
    )  # fmt: skip
    geometry = models.MultiPolygonField(
        srid=4326, db_comment="รูปแปลง, lon/lat WGS 84; vertices on a 1 mm grid in the zone"
    )
    zone_srid = models.PositiveIntegerField(db_comment="โซนพิกัด (EPSG) that areas are computed in")

    class Meta:
        abstract = True


def _in_zone() -> Func:
    return Func(F("geometry"), F("zone_srid"), function="ST_Transform")


class Parcel(ParcelState):
    """LA_SpatialUnit: a parcel, as the register knows it now.

    Superseded states are kept in ParcelVersion by trigger; rows are never deleted.
    ``legal_area_m2`` (printed on the deed) and ``calculated_area_m2`` (from the geometry, in the
    zone) are two facts: a difference is a finding, never corrected silently.
    """

    public_id = public_id_field()
    geometry_3857 = models.GeneratedField(
        expression=Func(F("geometry"), 3857, function="ST_Transform"),
        output_field=models.MultiPolygonField(srid=3857), db_persist=True,
        db_comment="รูปแปลงสำหรับตัดแผ่นแผนที่ (EPSG:3857), generated",
    )  # fmt: skip
    calculated_area_m2 = models.GeneratedField(
        expression=Func(_in_zone(), function="ST_Area"),
        output_field=models.FloatField(), db_persist=True,
        db_comment="เนื้อที่คำนวณจากรูปแปลง (ตร.ม.), generated",
    )  # fmt: skip
    label_point = models.GeneratedField(
        expression=Func(F("geometry"), function="ST_PointOnSurface"),
        output_field=models.PointField(srid=4326), db_persist=True,
        db_comment="จุดวางป้ายชื่อในแปลง, generated",
    )  # fmt: skip

    objects = ParcelQuerySet.as_manager()

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        db_table_comment = "แปลงที่ดิน (LA_SpatialUnit)"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(geometry__isvalid=True), name="parcel_geometry_is_valid"
            ),
            models.CheckConstraint(
                condition=Q(legal_area_m2=None) | Q(legal_area_m2__gt=0),
                name="legal_area_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(land_use__in=LandUse.values), name="land_use_is_known"
            ),
            models.CheckConstraint(
                # What ends on the day it began was in force on no day.
                condition=Q(valid_during__isempty=False) | Q(retired_by__isnull=False),
                name="parcel_validity_is_not_empty",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["map_sheet", "land_number"], name="parcel_by_land_number"),
            models.Index(
                fields=["tax_parcel_code"], name="parcel_by_tax_code",
                opclasses=["text_pattern_ops"],
            ),
            models.Index(
                fields=["street_th", "house_number"], name="parcel_by_address",
                opclasses=["text_pattern_ops", "text_pattern_ops"],
            ),
            models.Index(
                fields=["house_number"], name="parcel_by_house_number",
                opclasses=["text_pattern_ops"],
            ),
            models.Index(
                OpClass(Upper("street_en"), name="text_pattern_ops"),
                name="parcel_by_english_street",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.public_id

    def has_ended(self, on: date) -> bool:
        """Whether it was in force before ``on`` and is no more, or never was for a whole day."""
        period = self.valid_during
        return period.isempty or (period.upper is not None and period.upper <= on)


class ParcelVersion(ParcelState):
    """A superseded state of a parcel, written by trigger; recorded periods never overlap."""

    parcel = models.ForeignKey(
        Parcel, models.PROTECT, related_name="versions", db_comment="แปลงที่ดิน"
    )

    class Meta:
        verbose_name = _("parcel version")
        verbose_name_plural = _("parcel versions")
        db_table_comment = "ประวัติแปลงที่ดิน: superseded states, append-only"
        constraints: ClassVar = [
            ExclusionConstraint(
                name="parcel_versions_do_not_overlap",
                expressions=[
                    ("parcel", RangeOperators.EQUAL),
                    ("valid_during", RangeOperators.OVERLAPS),
                    ("recorded_during", RangeOperators.OVERLAPS),
                ],
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["map_sheet", "land_number"], name="former_by_land_number"),
            models.Index(
                fields=["tax_parcel_code"], name="former_by_tax_code",
                opclasses=["text_pattern_ops"],
            ),
            models.Index(
                fields=["street_th", "house_number"], name="former_by_address",
                opclasses=["text_pattern_ops", "text_pattern_ops"],
            ),
            models.Index(
                fields=["house_number"], name="former_by_house_number",
                opclasses=["text_pattern_ops"],
            ),
            models.Index(
                OpClass(Upper("street_en"), name="text_pattern_ops"),
                name="former_by_english_street",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.parcel_id} {self.recorded_during}"

"""Surveying and representation package of LADM (ISO 19152): jobs, points and boundary marks."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from surveys.querysets import SurveyJobQuerySet


class SurveyJob(models.Model):
    """งานรังวัด: one field job under one number."""

    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="สำนักงานที่ดิน"
    )
    number = models.CharField(max_length=40, db_comment="เลขที่งานรังวัด (ร.ว.)")
    purpose = models.CharField(max_length=200, db_comment="วัตถุประสงค์")
    surveyed_on = models.DateField(db_comment="วันที่รังวัด")

    objects = SurveyJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey job")
        verbose_name_plural = _("survey jobs")
        db_table_comment = "งานรังวัด"
        constraints = [
            models.UniqueConstraint(fields=["office", "number"], name="survey_job_is_numbered_once")
        ]

    def __str__(self) -> str:
        return self.number


class SurveyPoint(models.Model):
    """A point as observed, in the CRS and epoch it was observed in, with its accuracy."""

    class Method(models.TextChoices):
        RTK_NETWORK = "rtk_network", _("RTK network")
        STATIC_GNSS = "static_gnss", _("static GNSS")
        TOTAL_STATION = "total_station", _("total station")

    class Fix(models.TextChoices):
        FIXED = "fixed", _("fixed")
        FLOAT = "float", _("float")
        SINGLE = "single", _("single")

    job = models.ForeignKey(SurveyJob, models.PROTECT, related_name="points", db_comment="งานรังวัด")
    name = models.CharField(max_length=40, db_comment="ชื่อจุด")
    method = models.CharField(max_length=16, choices=Method, db_comment="วิธีรังวัด")
    easting = models.DecimalField(
        max_digits=12, decimal_places=4, db_comment="พิกัดตะวันออก (ม.) as observed"
    )
    northing = models.DecimalField(
        max_digits=12, decimal_places=4, db_comment="พิกัดเหนือ (ม.) as observed"
    )
    ellipsoidal_height_m = models.DecimalField(
        max_digits=9, decimal_places=4, null=True, db_comment="ความสูงเหนือทรงรี (ม.)"
    )
    srid = models.PositiveIntegerField(db_comment="ระบบพิกัดที่รังวัด (EPSG)")
    horizontal_accuracy_m = models.DecimalField(
        max_digits=7, decimal_places=4, null=True, db_comment="ความถูกต้องทางราบ (ม.), RMS"
    )
    vertical_accuracy_m = models.DecimalField(
        max_digits=7, decimal_places=4, null=True, db_comment="ความถูกต้องทางดิ่ง (ม.), RMS"
    )
    fix = models.CharField(max_length=8, choices=Fix, blank=True, db_comment="ชนิดผลลัพธ์ RTK")
    satellites = models.PositiveSmallIntegerField(null=True, db_comment="จำนวนดาวเทียม")
    pdop = models.DecimalField(max_digits=5, decimal_places=2, null=True, db_comment="PDOP")
    observed_at = models.DateTimeField(db_comment="เวลาที่รังวัด (epoch of the coordinates)")
    geometry = models.PointField(srid=4326, db_comment="ตำแหน่ง, lon/lat WGS 84")

    class Meta:
        verbose_name = _("survey point")
        verbose_name_plural = _("survey points")
        db_table_comment = "จุดรังวัดดาวเทียมและภาคพื้นดิน (LA_Point)"
        constraints = [
            models.UniqueConstraint(fields=["job", "name"], name="survey_point_is_named_once"),
            models.CheckConstraint(
                condition=models.Q(horizontal_accuracy_m=None)
                | models.Q(horizontal_accuracy_m__gte=0),
                name="accuracy_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BoundaryMark(models.Model):
    """หลักเขต: the mark in the ground at a corner of a parcel."""

    number = models.CharField(max_length=20, db_comment="หมายเลขหลักเขต")
    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="สำนักงานที่ดิน"
    )
    survey_point = models.ForeignKey(
        SurveyPoint, models.PROTECT, null=True, blank=True, related_name="marks",
        db_comment="จุดรังวัดที่ให้ตำแหน่ง",
    )  # fmt: skip
    geometry = models.PointField(srid=4326, db_comment="ตำแหน่ง, lon/lat WGS 84")

    class Meta:
        verbose_name = _("boundary mark")
        verbose_name_plural = _("boundary marks")
        db_table_comment = "หลักเขตที่ดิน"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "number"], name="boundary_mark_is_numbered_once"
            )
        ]

    def __str__(self) -> str:
        return self.number

"""Sources of LADM (ISO 19152): surveys a boundary rests on, and the scanned files of documents."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.models.public_id import public_id_field


class SpatialSource(models.Model):
    """LA_SpatialSource: the survey, plan or field notes that say where a boundary runs."""

    class SurveyClass(models.TextChoices):
        FIRST = "first", _("first class: coordinates from control points")
        SECOND = "second", _("second class: by map sheet or local coordinates")
        UNKNOWN = "unknown", _("unknown")

    kind = models.CharField(max_length=40, db_comment="ประเภท: รายการรังวัด แผนที่ ฯลฯ")
    reference = models.CharField(max_length=200, db_comment="เลขที่รายการรังวัด")
    surveyed_on = models.DateField(null=True, blank=True, db_comment="วันที่รังวัด; null if unknown")
    survey_class = models.CharField(
        max_length=8, choices=SurveyClass, default=SurveyClass.UNKNOWN,
        db_comment="ชั้นของการรังวัด",
    )  # fmt: skip

    class Meta:
        verbose_name = _("spatial source")
        verbose_name_plural = _("spatial sources")
        db_table_comment = "รายการรังวัด (LA_SpatialSource)"

    def __str__(self) -> str:
        return self.reference


class SourceFile(models.Model):
    """A scanned file of a source document. Staff only; kept as sent, never changed."""

    public_id = public_id_field()
    source = models.ForeignKey(
        "parcels.AdministrativeSource", models.PROTECT, null=True, related_name="files",
        db_comment="เอกสารที่เป็นเหตุ",
    )  # fmt: skip
    spatial_source = models.ForeignKey(
        SpatialSource, models.PROTECT, null=True, related_name="files", db_comment="รายการรังวัด"
    )
    file = models.FileField(upload_to="sources/", max_length=200, db_comment="แฟ้มสแกน")
    name = models.CharField(max_length=200, db_comment="ชื่อแฟ้มตามที่ส่งมา")
    media_type = models.CharField(max_length=60, db_comment="ชนิดแฟ้มที่ตรวจพบ")
    size = models.PositiveIntegerField(db_comment="ขนาด (bytes)")
    sha256 = models.CharField(max_length=64, db_comment="SHA-256 ของแฟ้ม")
    uploaded_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้ส่งแฟ้ม"
    )
    uploaded_at = models.DateTimeField(db_comment="เวลาที่ส่งแฟ้ม")

    class Meta:
        verbose_name = _("scanned file")
        verbose_name_plural = _("scanned files")
        db_table_comment = "แฟ้มสแกนของเอกสาร"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(source__isnull=False, spatial_source=None)
                | models.Q(source=None, spatial_source__isnull=False),
                name="a_file_belongs_to_one_source",
            )
        ]

    def __str__(self) -> str:
        return self.name

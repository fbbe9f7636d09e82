from __future__ import annotations

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from offices.models.public_id import public_id_field


class ImportRun(models.Model):
    """One reading of one file: read = imported + quarantined, always."""

    public_id = public_id_field()
    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="สำนักงาน"
    )
    transaction = models.OneToOneField(
        "parcels.Transaction", models.PROTECT, null=True, related_name="import_run",
        db_comment="รายการจดทะเบียนของการนำเข้า",
    )  # fmt: skip
    file_name = models.CharField(max_length=255, db_comment="ชื่อแฟ้ม")
    sha256 = models.CharField(max_length=64, db_comment="SHA-256 ของแฟ้ม")
    layer = models.CharField(max_length=200, blank=True, db_comment="ชั้นข้อมูล")
    driver = models.CharField(max_length=40, db_comment="รูปแบบแฟ้ม (GDAL driver)")
    crs = models.CharField(max_length=200, db_comment="ระบบพิกัดและค่าพารามิเตอร์ที่ใช้แปลง")
    metric_srid = models.PositiveIntegerField(
        default=32647, db_comment="ระบบพิกัดเมตรที่ใช้ตรวจและคำนวณ (EPSG)"
    )
    encoding = models.CharField(max_length=40, blank=True, db_comment="รหัสอักขระ")
    options = models.JSONField(default=dict, db_comment="ตัวเลือก: field mapping and others")
    read = models.PositiveIntegerField(default=0, db_comment="จำนวนที่อ่าน")
    imported = models.PositiveIntegerField(default=0, db_comment="จำนวนที่นำเข้า")
    quarantined = models.PositiveIntegerField(default=0, db_comment="จำนวนที่กักไว้")
    reasons = models.JSONField(default=dict, db_comment="เหตุที่กัก: code to count")
    warnings = models.JSONField(default=dict, db_comment="ข้อสังเกต: code to count; null unknown")
    repeated = models.BooleanField(
        default=False, db_comment="สั่งให้นำเข้าแฟ้มเดิมซ้ำ: asked for although imported before"
    )
    started_at = models.DateTimeField(db_comment="เวลาที่เริ่ม")
    finished_at = models.DateTimeField(null=True, db_comment="เวลาที่เสร็จ")

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        db_table_comment = "การนำเข้าข้อมูลแปลงที่ดิน"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(read=models.F("imported") + models.F("quarantined")),
                name="every_feature_read_is_accounted_for",
            ),
            models.UniqueConstraint(
                fields=["office", "sha256", "layer"],
                condition=models.Q(repeated=False),
                name="a_file_is_imported_once",
            ),
        ]
        indexes = [models.Index(fields=["office", "-started_at"], name="import_by_office")]

    def __str__(self) -> str:
        return f"{self.file_name} {self.started_at:%Y-%m-%d}"


class QuarantinedFeature(models.Model):
    """A feature that could not be taken, kept whole with the reason and the place."""

    import_run = models.ForeignKey(
        ImportRun, models.CASCADE, related_name="quarantine", db_comment="การนำเข้า"
    )
    position = models.PositiveIntegerField(db_comment="ลำดับในแฟ้ม, from 0")
    code = models.CharField(max_length=60, db_comment="รหัสเหตุผล")
    evidence = models.JSONField(default=dict, db_comment="หลักฐานของเหตุผล")
    place = models.PointField(
        srid=4326, null=True, db_comment="ตำแหน่งที่ผิด, lon/lat; null if not on earth"
    )
    attributes = models.JSONField(default=dict, db_comment="ข้อมูลในแฟ้ม")
    geometry_text = models.TextField(blank=True, db_comment="รูปแปลงในแฟ้ม (WKT)")

    class Meta:
        verbose_name = _("quarantined feature")
        verbose_name_plural = _("quarantined features")
        db_table_comment = "ข้อมูลที่กักไว้พร้อมเหตุผล"
        constraints = [
            models.UniqueConstraint(
                fields=["import_run", "position"], name="feature_is_quarantined_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.import_run_id}#{self.position} {self.code}"

from __future__ import annotations

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _


class RasterLayer(models.Model):
    """An image under the map: a cloud-optimised GeoTIFF in the imagery folder."""

    name = models.SlugField(max_length=60, unique=True, db_comment="ชื่อชั้นใน URL")
    title_th = models.CharField(_("Thai title"), max_length=200, db_comment="ชื่อภาษาไทย")
    title_en = models.CharField(_("English title"), max_length=200, db_comment="ชื่อภาษาอังกฤษ")
    attribution = models.CharField(
        _("attribution"), max_length=300, blank=True, db_comment="ที่มาของภาพ"
    )
    file_name = models.CharField(max_length=200, unique=True, db_comment="แฟ้มในโฟลเดอร์ภาพถ่าย")
    source_sha256 = models.CharField(max_length=64, db_comment="SHA-256 ของแฟ้มต้นฉบับ")
    source_srid = models.CharField(max_length=40, db_comment="ระบบพิกัดของแฟ้มต้นฉบับ")
    bounds = models.PolygonField(srid=4326, db_comment="ขอบเขต, lon/lat WGS 84")
    min_zoom = models.PositiveSmallIntegerField(db_comment="ระดับซูมต่ำสุด")
    max_zoom = models.PositiveSmallIntegerField(db_comment="ระดับซูมสูงสุด")
    rendering = models.JSONField(
        default=dict, db_comment="วิธีแสดงภาพ: bands (1-based) and stretch (min, max)"
    )
    captured_on = models.DateField(
        _("captured on"), null=True, blank=True, db_comment="วันที่ถ่ายภาพ; null if unknown"
    )
    is_public = models.BooleanField(_("public"), default=True, db_comment="เปิดเผยต่อสาธารณะ")
    created_at = models.DateTimeField(db_comment="เวลาที่นำเข้า")

    class Meta:
        verbose_name = _("raster layer")
        verbose_name_plural = _("raster layers")
        db_table_comment = "ชั้นภาพถ่าย: imagery under the map"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(min_zoom__lte=models.F("max_zoom"), max_zoom__lte=24),
                name="raster_zooms_are_ordered",
            )
        ]

    def __str__(self) -> str:
        return self.name

"""The tax map (Ministry of Interior regulation B.E. 2550): zones, blocks and streets."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _


class TaxZone(models.Model):
    """เขต (Zone): two digits, 01 to 99."""

    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    code = models.CharField(max_length=2, db_comment="รหัสเขต 01-99")
    geometry = models.MultiPolygonField(srid=4326, db_comment="ขอบเขต, lon/lat WGS 84")

    class Meta:
        verbose_name = _("tax zone")
        verbose_name_plural = _("tax zones")
        db_table_comment = "เขตในแผนที่ภาษี (Zone)"
        constraints = [
            models.UniqueConstraint(
                fields=["local_authority", "code"], name="tax_zone_is_coded_once"
            )
        ]

    def __str__(self) -> str:
        return self.code


class TaxBlock(models.Model):
    """เขตย่อย (Block): one letter within a zone."""

    zone = models.ForeignKey(TaxZone, models.PROTECT, related_name="blocks", db_comment="เขต")
    code = models.CharField(max_length=1, db_comment="รหัสเขตย่อย A-Z")
    geometry = models.MultiPolygonField(srid=4326, db_comment="ขอบเขต, lon/lat WGS 84")

    class Meta:
        verbose_name = _("tax block")
        verbose_name_plural = _("tax blocks")
        db_table_comment = "เขตย่อยในแผนที่ภาษี (Block)"
        constraints = [
            models.UniqueConstraint(fields=["zone", "code"], name="tax_block_is_coded_once")
        ]

    def __str__(self) -> str:
        return f"{self.zone}{self.code}"


class Street(models.Model):
    """A street, soi or canal path that land is priced by."""

    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    name_th = models.CharField(max_length=120, db_comment="ชื่อถนน ซอย")
    name_en = models.CharField(max_length=120, db_comment="ชื่อภาษาอังกฤษ")
    centreline = models.LineStringField(srid=4326, db_comment="แนวกึ่งกลาง, lon/lat WGS 84")

    class Meta:
        verbose_name = _("street")
        verbose_name_plural = _("streets")
        db_table_comment = "ถนนและซอยที่ใช้กำหนดราคาประเมินที่ดิน"

    def __str__(self) -> str:
        return self.name_th

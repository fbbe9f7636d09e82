"""What an office asks of its surveys, and how it reads its receivers' files."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from web.formats import in_thai


class QualityClass(models.Model):
    """ชั้นของการรังวัด: the limits that points of one class of survey keep.

    ``limits`` is what `cadastre.pointquality` reads, each limit with its source and whether that
    source was verified: the figures of the regulation itself are not at hand.
    """

    office = models.ForeignKey(
        "offices.Office", models.CASCADE, related_name="+", verbose_name=_("office"),
        db_comment="สำนักงาน",
    )  # fmt: skip
    code = models.SlugField(_("code"), max_length=40, db_comment="รหัสชั้นการรังวัด")
    name_th = models.CharField(_("Thai name"), max_length=200, db_comment="ชื่อภาษาไทย")
    name_en = models.CharField(_("English name"), max_length=200, db_comment="ชื่อภาษาอังกฤษ")
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_comment="ลำดับ")
    limits = models.JSONField(_("limits"), default=dict, db_comment="เกณฑ์พร้อมที่มา")

    class Meta:
        verbose_name = _("class of survey")
        verbose_name_plural = _("classes of survey")
        db_table_comment = "ชั้นและเกณฑ์คุณภาพของการรังวัด"
        constraints = [
            models.UniqueConstraint(fields=["office", "code"], name="quality_class_is_coded_once")
        ]

    def __str__(self) -> str:
        return self.name_th if in_thai() else self.name_en


class ColumnMapping(models.Model):
    """Which column of a receiver's CSV says what, as an office saved it."""

    office = models.ForeignKey(
        "offices.Office", models.CASCADE, related_name="+", db_comment="สำนักงาน"
    )
    name = models.CharField(_("name"), max_length=80, db_comment="ชื่อรูปแบบ เช่น เครื่องรับ รุ่น")
    columns = models.JSONField(db_comment="คอลัมน์และหน่วย (cadastre.fieldfiles.ColumnMapping)")

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        db_table_comment = "รูปแบบคอลัมน์ของไฟล์จากเครื่องรับ"
        constraints = [
            models.UniqueConstraint(fields=["office", "name"], name="mapping_is_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="mapping_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

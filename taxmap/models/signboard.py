"""ป้าย: what the Signboard Tax Act taxes, by kind, size and quarter of installation."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.contrib.postgres.fields import DateRangeField
from django.utils.translation import gettext_lazy as _

from taxmap.models.property import holds_some_time
from taxmap.querysets import DatedQuerySet


class Lettering(models.TextChoices):
    """The types of the tariff: 1 Thai only, 2 Thai with others, 3 no Thai; ก moves, ข does not."""

    THAI_MOVING = "1ก", _("1ก Thai only, moving or changing")
    THAI_STILL = "1ข", _("1ข Thai only")
    MIXED_MOVING = "2ก", _("2ก Thai with other letters or pictures, moving or changing")
    MIXED_STILL = "2ข", _("2ข Thai with other letters or pictures")
    OTHER_MOVING = "3ก", _("3ก no Thai, or Thai below other letters, moving or changing")
    OTHER_STILL = "3ข", _("3ข no Thai, or Thai below other letters")


class Signboard(models.Model):
    """One signboard, on a plot or elsewhere."""

    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    code = models.CharField(max_length=30, db_comment="รหัสป้าย เช่น 50A001-P001")
    unit = models.ForeignKey(
        "taxmap.ValuationUnit", models.PROTECT, null=True, blank=True, related_name="signboards",
        db_comment="แปลงที่ติดตั้ง",
    )  # fmt: skip
    owner = models.ForeignKey(
        "parcels.Party", models.PROTECT, related_name="+", db_comment="เจ้าของป้าย"
    )
    lettering = models.CharField(max_length=2, choices=Lettering, db_comment="ประเภทป้าย")
    text = models.CharField(max_length=200, db_comment="ข้อความ")
    width_cm = models.PositiveIntegerField(db_comment="กว้าง (ซม.)")
    height_cm = models.PositiveIntegerField(db_comment="สูง (ซม.)")
    sides = models.PositiveSmallIntegerField(default=1, db_comment="จำนวนด้าน")
    location = models.PointField(srid=4326, null=True, blank=True, db_comment="ตำแหน่ง, lon/lat")
    valid_during = DateRangeField(db_comment="ติดตั้งระหว่าง [from, to)")

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("signboard")
        verbose_name_plural = _("signboards")
        db_table_comment = "ป้าย"
        constraints = [
            models.UniqueConstraint(
                fields=["local_authority", "code"], name="signboard_is_coded_once"
            ),
            models.CheckConstraint(
                condition=models.Q(width_cm__gt=0, height_cm__gt=0, sides__gt=0),
                name="signboard_has_a_size",
            ),
            holds_some_time("signboard_hangs_some_time"),
        ]

    def __str__(self) -> str:
        return self.code

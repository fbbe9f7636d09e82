"""การสำรวจ: on whose word a unit's buildings and uses are recorded as they are."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Inspection(models.Model):
    """A visit, a notification or a decision on which facts of a unit were opened or closed."""

    class Kind(models.TextChoices):
        FIELD = "field", _("survey in the field")
        OFFICE = "office", _("record in the office")
        NOTIFICATION = "notification", _("owner's notification of change of use (ภ.ด.ส.5)")
        OWNER_CORRECTION = "owner_correction", _("correction asked for by the owner")
        OBJECTION = "objection", _("decision on an objection")
        ROLL_OVER = "roll_over", _("division or consolidation in the register")

    unit = models.ForeignKey(
        "taxmap.ValuationUnit", models.PROTECT, related_name="inspections", db_comment="หน่วยประเมิน"
    )
    kind = models.CharField(max_length=16, choices=Kind, db_comment="ที่มา")
    inspected_on = models.DateField(db_comment="วันที่สำรวจ หรือวันที่รับคำขอ")
    reason = models.CharField(max_length=300, db_comment="เหตุผลหรือสิ่งที่พบ")
    reference = models.CharField(max_length=60, blank=True, db_comment="เลขที่หนังสือ")
    recorded_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+",
        db_comment="ผู้บันทึก; null for a job of the system",
    )  # fmt: skip
    recorded_at = models.DateTimeField(db_comment="เวลาที่บันทึก")

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        db_table_comment = "การสำรวจทรัพย์สินและคำขอแก้ไข"
        indexes = [models.Index(fields=["unit", "inspected_on"], name="inspection_by_unit_and_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.inspected_on}"

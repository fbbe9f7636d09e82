from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Assessment(models.Model):
    """The tax of one valuation unit, or one signboard, for one year, with what explains it."""

    bill = models.ForeignKey(
        "taxmap.Bill", models.CASCADE, related_name="assessments",
        db_comment="แบบแจ้งการประเมิน",
    )  # fmt: skip
    unit = models.ForeignKey(
        "taxmap.ValuationUnit", models.PROTECT, null=True, related_name="assessments",
        db_index=False, db_comment="หน่วยประเมิน; null for a signboard",
    )  # fmt: skip
    signboard = models.ForeignKey(
        "taxmap.Signboard", models.PROTECT, null=True, related_name="assessments",
        db_index=False, db_comment="ป้าย; null for a valuation unit",
    )  # fmt: skip
    tax_year = models.PositiveSmallIntegerField(db_comment="ปีภาษี (ค.ศ.)")
    value_satang = models.BigIntegerField(db_comment="ราคาประเมินทุนทรัพย์ (สตางค์)")
    exemption_satang = models.BigIntegerField(db_comment="มูลค่าที่ได้รับยกเว้น (สตางค์)")
    tax_satang = models.BigIntegerField(db_comment="ภาษีที่ต้องชำระ (สตางค์)")
    joint_group = models.PositiveBigIntegerField(
        null=True, db_comment="แปลงติดกันที่คำนวณรวมกัน (ม.38): the lowest unit id of the group"
    )
    lines = models.JSONField(db_comment="รายการคำนวณ (ภ.ด.ส.7)")
    assessed_at = models.DateTimeField(db_comment="เวลาที่ประเมิน")

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        db_table_comment = "การประเมินภาษีที่ดินและสิ่งปลูกสร้าง"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "tax_year"], name="unit_is_assessed_once_a_year"
            ),
            models.UniqueConstraint(
                fields=["signboard", "tax_year"], name="signboard_is_assessed_once_a_year"
            ),
            models.CheckConstraint(
                condition=models.Q(unit__isnull=False, signboard=None)
                | models.Q(unit=None, signboard__isnull=False),
                name="assessment_is_of_a_unit_or_a_signboard",
            ),
            models.CheckConstraint(
                condition=models.Q(value_satang__gte=0, tax_satang__gte=0, exemption_satang__gte=0),
                name="assessment_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.tax_year}"

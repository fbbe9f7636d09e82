"""What one taxpayer owes one local authority for one year, and how it was corrected."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.models.public_id import public_id_field


class BillKind(models.TextChoices):
    LAND_BUILDING = "land_building", _("land and building tax")
    SIGNBOARD = "signboard", _("signboard tax")


class Bill(models.Model):
    """แบบแจ้งการประเมิน: everything one set of owners owes for one year, as one sum.

    Before the roll is assessed a bill is a draft that each run may write anew; after that only a
    `BillNote` changes what is owed. ``tax_satang`` is the sum of its assessments, always.
    ``public_id`` is printed on the notice: who holds it may read the explanation, without names.
    """

    public_id = public_id_field()
    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    kind = models.CharField(
        max_length=14, choices=BillKind, default=BillKind.LAND_BUILDING, db_comment="ประเภทภาษี"
    )
    tax_year = models.PositiveSmallIntegerField(db_comment="ปีภาษี (ค.ศ.)")
    taxpayers = ArrayField(
        models.BigIntegerField(), db_comment="ผู้เสียภาษี: parties_party.id, ascending; owe together"
    )
    number = models.PositiveIntegerField(
        null=True, db_comment="เลขที่แบบแจ้ง ในปีและ อปท.; null while a draft"
    )
    reference_1 = models.CharField(
        max_length=20, blank=True, db_comment="เลขอ้างอิง 1 พร้อมเลขตรวจสอบ; blank while a draft"
    )
    units = models.PositiveIntegerField(db_comment="จำนวนรายการที่ประเมิน")
    value_satang = models.BigIntegerField(db_comment="ราคาประเมินรวม (สตางค์)")
    exemption_satang = models.BigIntegerField(db_comment="มูลค่าที่ได้รับยกเว้นรวม (สตางค์)")
    tax_satang = models.BigIntegerField(db_comment="ภาษีรวม (สตางค์)")
    assessed_at = models.DateTimeField(db_comment="เวลาที่ประเมิน")
    notified_on = models.DateField(
        null=True, blank=True, db_comment="วันที่ได้รับแบบแจ้งการประเมิน (ภ.ด.ส.6)"
    )
    reminded_on = models.DateField(null=True, blank=True, db_comment="วันที่ได้รับหนังสือแจ้งเตือน")
    reported_on = models.DateField(
        null=True, blank=True, db_comment="วันที่แจ้งสำนักงานที่ดินว่าค้างชำระ (ม.59)"
    )

    class Meta:
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        db_table_comment = "แบบแจ้งการประเมิน: one for each set of owners, authority, year and kind"
        constraints = [
            models.UniqueConstraint(
                fields=["local_authority", "tax_year", "kind", "taxpayers"],
                name="taxpayers_have_one_bill_a_year",
            ),
            models.UniqueConstraint(
                fields=["local_authority", "tax_year", "kind", "number"],
                name="bill_number_is_given_once",
            ),
            models.UniqueConstraint(
                fields=["reference_1"],
                condition=~models.Q(reference_1=""),
                name="bill_reference_is_given_once",
            ),
            models.CheckConstraint(
                condition=models.Q(value_satang__gte=0, exemption_satang__gte=0, tax_satang__gte=0),
                name="bill_is_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(number=None, reference_1="")
                | (models.Q(number__isnull=False) & ~models.Q(reference_1="")),
                name="bill_has_number_and_reference_together",
            ),
        ]
        indexes = [GinIndex(fields=["taxpayers"], name="bill_by_taxpayer")]

    def __str__(self) -> str:
        return f"{self.number or '–'}/{self.tax_year}"


class BillNote(models.Model):
    """A credit or supplementary note on one assessment: the only way an assessed bill changes.

    Somebody prepares it, somebody else decides; a decided note is never touched again.
    """

    class Kind(models.TextChoices):
        CREDIT = "credit", _("credit note")
        SUPPLEMENTARY = "supplementary", _("supplementary note")

    class Cause(models.TextChoices):
        OBJECTION = "objection", _("objection (ภ.ด.ส.10)")
        APPEAL = "appeal", _("appeal (ภ.ด.ส.11)")
        OWNER_CORRECTION = "owner_correction", _("correction asked for by the owner")
        REGISTER_CHANGED = "register_changed", _("the register was corrected")
        REDUCTION = "reduction", _("reduction or exemption granted (ss. 55-57)")

    assessment = models.ForeignKey(
        "taxmap.Assessment", models.PROTECT, related_name="notes", db_comment="การประเมิน"
    )
    kind = models.CharField(max_length=14, choices=Kind, db_comment="ลดหนี้ หรือ เพิ่มหนี้")
    cause = models.CharField(max_length=18, choices=Cause, db_comment="เหตุ")
    amount_satang = models.PositiveBigIntegerField(db_comment="จำนวนเงิน (สตางค์)")
    reason = models.TextField(db_comment="เหตุผล")
    lines = models.JSONField(null=True, db_comment="รายการคำนวณใหม่; null for a plain amount")
    prepared_by = models.ForeignKey(
        "offices.User", models.PROTECT, related_name="+", db_comment="ผู้จัดทำ"
    )
    prepared_at = models.DateTimeField(db_comment="เวลาที่จัดทำ")
    decided_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้อนุมัติ"
    )
    decided_at = models.DateTimeField(null=True, db_comment="เวลาที่อนุมัติหรือไม่อนุมัติ")
    is_approved = models.BooleanField(null=True, db_comment="อนุมัติ; null while undecided")

    class Meta:
        verbose_name = _("correction of a bill")
        verbose_name_plural = _("corrections of bills")
        db_table_comment = "ใบลดหนี้และใบเพิ่มหนี้"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_satang__gt=0), name="note_is_not_nothing"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None, decided_at=None, is_approved=None)
                | models.Q(
                    decided_by__isnull=False, decided_at__isnull=False, is_approved__isnull=False
                ),
                name="note_is_decided_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("prepared_by")),
                name="note_is_decided_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_satang}"

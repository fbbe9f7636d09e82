"""The year of the tax in one local authority: how far the roll is, and by when each step is due."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class RollStage(models.TextChoices):
    """How far the roll of a year is; it goes forward only (ss. 26-48 of the Act)."""

    DRAFT = "draft", _("draft")
    LISTED = "listed", _("list announced")
    ASSESSED = "assessed", _("assessed")


class JointParcels(models.TextChoices):
    """Which neighbouring plots of one taxpayer are valued as one (s. 38); the text was not read."""

    SAME_USE = "same_use", _("neighbours with the same uses")
    ANY_USE = "any_use", _("all neighbours")
    NEVER = "never", _("every plot by itself")


class TaxYear(models.Model):
    """ปีภาษี: one year of one local authority, with the calendar that it announced.

    The days start as those of `cadastre.tax.calendar_of`; an authority may announce later ones.
    """

    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    year = models.PositiveSmallIntegerField(_("tax year"), db_comment="ปีภาษี (ค.ศ.)")
    stage = models.CharField(
        max_length=10, choices=RollStage, default=RollStage.DRAFT, db_comment="ขั้นตอนของปีภาษี"
    )
    property_list_on = models.DateField(
        _("property list (ภ.ด.ส.3)"), db_comment="วันสุดท้ายที่ประกาศบัญชีรายการ (ภ.ด.ส.3/4)"
    )
    prices_announced_on = models.DateField(
        _("prices announced (ภ.ด.ส.1)"), db_comment="วันสุดท้ายที่ประกาศราคาประเมิน (ภ.ด.ส.1/2)"
    )
    assessment_on = models.DateField(
        _("assessment (ภ.ด.ส.6)"), db_comment="วันสุดท้ายที่แจ้งการประเมิน (ภ.ด.ส.6)"
    )
    payment_on = models.DateField(_("payment"), db_comment="วันสุดท้ายที่ชำระโดยไม่มีเบี้ยปรับ")
    reminder_on = models.DateField(_("reminder"), db_comment="วันสุดท้ายที่มีหนังสือแจ้งเตือน")
    arrears_reported_on = models.DateField(
        _("arrears to the land office"), db_comment="วันสุดท้ายที่แจ้งรายการค้างชำระต่อสำนักงานที่ดิน"
    )
    instalments_on = ArrayField(
        models.DateField(), verbose_name=_("instalments"), db_comment="วันสุดท้ายของแต่ละงวด"
    )
    joint_parcels = models.CharField(
        _("adjoining plots"), max_length=10, choices=JointParcels, default=JointParcels.SAME_USE,
        db_comment="แปลงติดกันของเจ้าของเดียวกันที่คำนวณรวมกัน (ม.38)",
    )  # fmt: skip
    roll_digest = models.CharField(
        max_length=64, blank=True, db_comment="SHA-256 ของบัญชีการประเมินเมื่อปิดการประเมิน"
    )
    announcement = models.CharField(
        _("announcement"), max_length=200, blank=True, db_comment="ประกาศที่กำหนดวัน"
    )
    prices_published_at = models.DateTimeField(
        null=True, blank=True, db_comment="เวลาที่ประกาศราคาประเมิน (ภ.ด.ส.1/2); null: not yet public"
    )
    list_published_at = models.DateTimeField(
        null=True, blank=True, db_comment="เวลาที่ประกาศบัญชีรายการ (ภ.ด.ส.3/4)"
    )
    rolled_over_at = models.DateTimeField(
        null=True, blank=True, db_comment="เวลาที่ยกข้อมูลจากปีก่อนครั้งล่าสุด"
    )

    class Meta:
        verbose_name = _("tax year")
        verbose_name_plural = _("tax years")
        db_table_comment = "ปีภาษีของ อปท. และกำหนดเวลา"
        constraints = [
            models.UniqueConstraint(
                fields=["local_authority", "year"], name="authority_has_a_tax_year_once"
            ),
            models.CheckConstraint(
                condition=models.Q(assessment_on__lte=models.F("payment_on"))
                & models.Q(payment_on__lte=models.F("reminder_on"))
                & models.Q(reminder_on__lte=models.F("arrears_reported_on")),
                name="steps_of_a_tax_year_follow_each_other",
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)

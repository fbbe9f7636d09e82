"""Reports of banks: what came in through them, line by line, and for which bill."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class BankReport(models.Model):
    """รายงานการรับชำระของธนาคาร: one imported file, each byte of it once."""

    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    sha256 = models.CharField(max_length=64, db_comment="SHA-256 ของแฟ้ม")
    file_name = models.CharField(max_length=200, blank=True, db_comment="ชื่อแฟ้ม")
    bank_code = models.CharField(max_length=3, db_comment="รหัสธนาคาร")
    company_account = models.CharField(max_length=10, db_comment="เลขที่บัญชีของ อปท.")
    effective_on = models.DateField(db_comment="วันที่มีผล")
    lines = models.PositiveIntegerField(db_comment="จำนวนบรรทัดรายการ")
    duplicates = models.PositiveIntegerField(db_comment="บรรทัดที่นำเข้าแล้วจากแฟ้มอื่น")
    total_satang = models.BigIntegerField(db_comment="ยอดรวมตามแฟ้ม (สตางค์)")
    entry = models.OneToOneField(
        "taxmap.Entry", models.PROTECT, null=True, related_name="+",
        db_comment="รายการรับเงินเข้าบัญชีพัก; null when nothing new came",
    )  # fmt: skip
    imported_at = models.DateTimeField(db_comment="เวลาที่นำเข้า")
    imported_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้นำเข้า"
    )

    class Meta:
        verbose_name = _("bank report")
        verbose_name_plural = _("bank reports")
        db_table_comment = "แฟ้มรายงานการรับชำระจากธนาคาร"
        constraints = [
            models.UniqueConstraint(
                fields=["local_authority", "sha256"], name="bank_report_is_imported_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.bank_code} {self.effective_on}"


class BankLine(models.Model):
    """One payment that a bank reports. Equal lines of one day are told apart by ``occurrence``."""

    report = models.ForeignKey(
        BankReport, models.PROTECT, related_name="bank_lines", db_comment="แฟ้มแรกที่พบ"
    )
    line_number = models.PositiveIntegerField(db_comment="ลำดับในแฟ้ม")
    key = models.CharField(
        max_length=64, db_comment="SHA-256 ของเนื้อหารายการ; with occurrence it names the line"
    )
    occurrence = models.PositiveIntegerField(db_comment="ลำดับของรายการที่เหมือนกันทุกประการ")
    bank_code = models.CharField(max_length=3, db_comment="รหัสธนาคาร")
    paid_on = models.DateField(db_comment="วันที่ชำระ")
    paid_at = models.TimeField(db_comment="เวลาที่ชำระ")
    payer = models.CharField(max_length=50, blank=True, db_comment="ชื่อผู้ชำระตามธนาคาร")
    reference_1 = models.CharField(max_length=20, blank=True, db_comment="เลขอ้างอิง 1")
    reference_2 = models.CharField(max_length=20, blank=True, db_comment="เลขอ้างอิง 2")
    reference_3 = models.CharField(max_length=20, blank=True, db_comment="เลขอ้างอิง 3")
    transaction_code = models.CharField(max_length=3, blank=True, db_comment="รหัสรายการของธนาคาร")
    cheque_number = models.CharField(max_length=10, blank=True, db_comment="เลขที่เช็ค")
    amount_satang = models.PositiveBigIntegerField(db_comment="จำนวนเงิน (สตางค์)")
    why_suspense = models.CharField(
        max_length=20, blank=True, db_comment="เหตุที่จับคู่ไม่ได้; blank when matched at once"
    )
    confirms = models.OneToOneField(
        "taxmap.Payment", models.PROTECT, null=True, related_name="confirmed_by",
        db_comment="การชำระด้วย QR/โอนที่เคาน์เตอร์รับไว้แล้ว",
    )  # fmt: skip
    settled_by = models.ForeignKey(
        "taxmap.Entry", models.PROTECT, null=True, related_name="+",
        db_comment="รายการที่ธนาคารโอนเข้าบัญชี",
    )  # fmt: skip

    class Meta:
        verbose_name = _("line of a bank report")
        verbose_name_plural = _("lines of bank reports")
        db_table_comment = "รายการรับชำระในแฟ้มธนาคาร"
        constraints = [
            models.UniqueConstraint(
                fields=["key", "occurrence"], name="bank_line_is_imported_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_satang__gt=0), name="bank_line_is_not_nothing"
            ),
        ]
        indexes = [
            models.Index(
                fields=["report"], condition=Q(settled_by=None), name="bank_line_unsettled"
            ),
            models.Index(
                fields=["report", "line_number"],
                condition=~Q(why_suspense=""),
                name="bank_line_in_suspense",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference_1} {self.amount_satang}"

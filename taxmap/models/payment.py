"""Money taken: payments, their receipts, the cashier's day, and agreements to pay in parts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.models.public_id import public_id_field


class Means(models.TextChoices):
    """How money came."""

    CASH = "cash", _("cash")
    CHEQUE = "cheque", _("cheque")
    QR = "qr", _("QR code")
    TRANSFER = "transfer", _("bank transfer")


class Payment(models.Model):
    """การรับชำระ: money received for one bill. It is never changed; a reversal undoes it once.

    What of it paid tax, penalty and surcharge of which assessment is in the ledger.
    """

    public_id = public_id_field()
    bill = models.ForeignKey(
        "taxmap.Bill", models.PROTECT, related_name="payments", db_comment="แบบแจ้งการประเมิน"
    )
    entry = models.OneToOneField(
        "taxmap.Entry", models.PROTECT, related_name="payment", db_comment="รายการบัญชี"
    )
    means = models.CharField(max_length=8, choices=Means, db_comment="วิธีชำระ")
    amount_satang = models.PositiveBigIntegerField(db_comment="จำนวนเงิน (สตางค์)")
    paid_on = models.DateField(db_comment="วันที่ชำระ")
    received_at = models.DateTimeField(db_comment="เวลาที่บันทึกรับ")
    cashier = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+",
        db_comment="เจ้าหน้าที่ผู้รับเงิน; null for a bank report",
    )  # fmt: skip
    tendered_satang = models.PositiveBigIntegerField(
        null=True, db_comment="เงินสดที่รับมา (สตางค์); the rest is change"
    )
    cheque_number = models.CharField(max_length=10, blank=True, db_comment="เลขที่เช็ค")
    cheque_bank = models.CharField(max_length=60, blank=True, db_comment="ธนาคารของเช็ค")
    cheque_on = models.DateField(null=True, db_comment="วันที่ในเช็ค")
    bank_line = models.ForeignKey(
        "taxmap.BankLine", models.PROTECT, null=True, related_name="payments",
        db_comment="บรรทัดในรายงานธนาคาร",
    )  # fmt: skip
    bank_match = models.PositiveSmallIntegerField(
        default=1, db_comment="ครั้งที่จับคู่บรรทัดนี้; the former matches are reversed"
    )

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        db_table_comment = "การรับชำระภาษี"
        constraints = [
            models.CheckConstraint(condition=Q(amount_satang__gt=0), name="payment_is_not_nothing"),
            models.CheckConstraint(
                condition=Q(tendered_satang=None) | Q(tendered_satang__gte=F("amount_satang")),
                name="change_is_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(means="cheque") | ~Q(cheque_number="", cheque_on=None),
                name="cheque_is_described",
            ),
            models.UniqueConstraint(
                fields=["bank_line", "bank_match"], name="bank_line_is_matched_once_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["bill", "paid_on", "id"], name="payment_by_bill"),
            models.Index(fields=["cashier", "received_at"], name="payment_by_cashier"),
        ]

    def __str__(self) -> str:
        return f"{self.means} {self.amount_satang}"


class ReceiptSeries(models.Model):
    """The counter that gives receipts of one series their numbers, without gaps."""

    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    series = models.CharField(max_length=8, db_comment="เล่มที่/ชุด")
    fiscal_year = models.PositiveSmallIntegerField(db_comment="ปีงบประมาณ (ค.ศ. ของปีที่สิ้นสุด)")
    last_number = models.PositiveIntegerField(default=0, db_comment="เลขที่ล่าสุด")

    class Meta:
        verbose_name = _("series of receipts")
        verbose_name_plural = _("series of receipts")
        db_table_comment = "ตัวนับเลขที่ใบเสร็จรับเงิน: its row is locked while a number is given"
        constraints = [
            models.UniqueConstraint(
                fields=["local_authority", "series", "fiscal_year"], name="receipt_series_is_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.series}/{self.fiscal_year}"


class Receipt(models.Model):
    """ใบเสร็จรับเงิน: the proof of one payment. A void one keeps its number."""

    public_id = public_id_field()
    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    series = models.CharField(max_length=8, db_comment="เล่มที่/ชุด")
    fiscal_year = models.PositiveSmallIntegerField(db_comment="ปีงบประมาณ (ค.ศ. ของปีที่สิ้นสุด)")
    number = models.PositiveIntegerField(db_comment="เลขที่")
    payment = models.OneToOneField(
        Payment, models.PROTECT, related_name="receipt", db_comment="การรับชำระ"
    )
    tax_satang = models.PositiveBigIntegerField(db_comment="ภาษี (สตางค์)")
    penalty_satang = models.PositiveBigIntegerField(db_comment="เบี้ยปรับ (สตางค์)")
    surcharge_satang = models.PositiveBigIntegerField(db_comment="เงินเพิ่ม (สตางค์)")
    overpaid_satang = models.PositiveBigIntegerField(db_comment="รับไว้เกิน (สตางค์)")
    issued_at = models.DateTimeField(db_comment="เวลาที่ออก")
    void_reason = models.CharField(max_length=300, blank=True, db_comment="เหตุผลที่ยกเลิก")
    voided_at = models.DateTimeField(null=True, db_comment="เวลาที่ยกเลิก")
    voided_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้อนุมัติให้ยกเลิก"
    )

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        db_table_comment = "ใบเสร็จรับเงิน: numbered without gaps, voided but never deleted"
        constraints = [
            models.UniqueConstraint(
                fields=["local_authority", "series", "fiscal_year", "number"],
                name="receipt_number_is_given_once",
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_by=None, void_reason="")
                | (Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason="")),
                name="void_receipt_has_reason_and_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.number}/{self.fiscal_year}"


class InstalmentPlan(models.Model):
    """การผ่อนชำระ: the taxpayers of a bill asked in time to pay in monthly parts (s. 52)."""

    bill = models.OneToOneField(
        "taxmap.Bill", models.PROTECT, related_name="instalment_plan",
        db_comment="แบบแจ้งการประเมิน",
    )  # fmt: skip
    agreed_on = models.DateField(db_comment="วันที่ขอผ่อนชำระ")
    agreed_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้รับคำขอ"
    )

    class Meta:
        verbose_name = _("payment by instalments")
        verbose_name_plural = _("payments by instalments")
        db_table_comment = "การผ่อนชำระภาษี"

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class CashUp(models.Model):
    """การปิดยอดประจำวัน: what a cashier counted, against what the ledger expects.

    A closed day stays closed: what the cashier takes afterwards belongs to the next day.
    """

    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    cashier = models.ForeignKey(
        "offices.User", models.PROTECT, related_name="+", db_comment="เจ้าหน้าที่ผู้รับเงิน"
    )
    day = models.DateField(db_comment="วันที่")
    expected = models.JSONField(db_comment="ยอดตามบัญชี ตามวิธีชำระ (สตางค์)")
    counted = models.JSONField(db_comment="ยอดที่นับได้ ตามวิธีชำระ (สตางค์)")
    explanation = models.CharField(max_length=300, blank=True, db_comment="คำชี้แจงผลต่าง")
    prepared_at = models.DateTimeField(db_comment="เวลาที่ปิดยอด")
    checked_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้ตรวจรับเงิน"
    )
    checked_at = models.DateTimeField(null=True, db_comment="เวลาที่ตรวจรับ")
    entry = models.OneToOneField(
        "taxmap.Entry", models.PROTECT, null=True, related_name="+", db_comment="รายการบัญชีนำส่งเงิน"
    )

    class Meta:
        verbose_name = _("daily cash-up")
        verbose_name_plural = _("daily cash-ups")
        db_table_comment = "การปิดยอดประจำวันของเจ้าหน้าที่รับเงิน"
        constraints = [
            models.UniqueConstraint(
                fields=["local_authority", "cashier", "day"], name="a_day_is_closed_once"
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("cashier")),
                name="cash_is_checked_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None, checked_at=None)
                | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="cash_up_is_checked_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cashier_id} {self.day}"

"""What two people decide about money: waivers, refunds, reversals, matches by hand."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class MoneyRequest(models.Model):
    """คำขอเกี่ยวกับเงิน: one person prepares it, another decides; only an approval moves money."""

    class Kind(models.TextChoices):
        WAIVER = "waiver", _("waiver")
        REFUND = "refund", _("refund")
        REVERSAL = "reversal", _("reversal of a payment")
        MATCH = "match", _("match of a bank payment with a bill")
        LINE_REFUND = "line_refund", _("return of a bank payment")

    class Component(models.TextChoices):
        TAX = "tax", _("tax")
        PENALTY = "penalty", _("penalty")
        SURCHARGE = "surcharge", _("surcharge")

    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    kind = models.CharField(max_length=11, choices=Kind, db_comment="ประเภทคำขอ")
    bill = models.ForeignKey(
        "taxmap.Bill", models.PROTECT, null=True, related_name="money_requests",
        db_comment="แบบแจ้งการประเมิน",
    )  # fmt: skip
    payment = models.ForeignKey(
        "taxmap.Payment", models.PROTECT, null=True, related_name="money_requests",
        db_comment="การรับชำระที่ขอกลับรายการ",
    )  # fmt: skip
    bank_line = models.ForeignKey(
        "taxmap.BankLine", models.PROTECT, null=True, related_name="money_requests",
        db_comment="บรรทัดของธนาคาร",
    )  # fmt: skip
    component = models.CharField(
        max_length=9, choices=Component, blank=True, db_comment="สิ่งที่งดหรือลด"
    )
    amount_satang = models.PositiveBigIntegerField(db_comment="จำนวนเงิน (สตางค์)")
    reason = models.CharField(max_length=300, db_comment="เหตุผลและคำสั่งหรือประกาศที่อ้าง")
    pay_to = models.CharField(max_length=120, blank=True, db_comment="บัญชีที่คืนเงินเข้า")
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
        verbose_name = _("request about money")
        verbose_name_plural = _("requests about money")
        db_table_comment = "คำของด ลด คืน กลับรายการ และจับคู่ยอด"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_satang__gt=0) & ~Q(reason=""),
                name="money_request_has_amount_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, is_approved=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False, is_approved__isnull=False),
                name="money_request_is_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("prepared_by")),
                name="money_request_is_decided_by_another_person",
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(kind="reversal", is_approved=True),
                name="payment_is_reversed_once",
            ),
            models.UniqueConstraint(
                fields=["bank_line"],
                condition=Q(kind="line_refund", is_approved=True),
                name="bank_line_is_returned_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["local_authority", "prepared_at"],
                condition=Q(is_approved=None),
                name="money_request_to_decide",
            ),
            models.Index(
                fields=["bill"], condition=Q(is_approved=True), name="money_request_of_bill"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_satang}"

"""The double-entry ledger: what is owed and what was received. It only grows.

docs/algorithms/ledger.md tells which legs each entry has. Triggers of the migration refuse every
change and every entry that does not add up to nothing.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class AccountPurpose(models.TextChoices):
    """What an account is for; every authority has one of each."""

    CASH = "cash", _("cash in the till")
    CHEQUES = "cheques", _("cheques not yet cleared")
    BANK = "bank", _("bank")
    BANK_CLEARING = "bank_clearing", _("bank payments not yet settled")
    TAX_DUE = "tax_due", _("tax due")
    PENALTY_DUE = "penalty_due", _("penalty due")
    SURCHARGE_DUE = "surcharge_due", _("surcharge due")
    OVERPAID = "overpaid", _("overpayments owed to taxpayers")
    SUSPENSE = "suspense", _("money of unknown bills")
    LAND_BUILDING_TAX = "land_building_tax", _("land and building tax")
    SIGNBOARD_TAX = "signboard_tax", _("signboard tax")
    PENALTY = "penalty", _("penalties")
    SURCHARGE = "surcharge", _("surcharges")
    WAIVED = "waived", _("tax, penalties and surcharges waived")
    CASH_DIFFERENCE = "cash_difference", _("cash over and short")


class AccountType(models.TextChoices):
    ASSET = "asset", _("asset")
    LIABILITY = "liability", _("liability")
    INCOME = "income", _("income")
    EXPENSE = "expense", _("expense")


class Account(models.Model):
    """An account of one authority. The code is that of its accounting system and may be changed."""

    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    purpose = models.CharField(max_length=18, choices=AccountPurpose, db_comment="บัญชีนี้ใช้ทำอะไร")
    type = models.CharField(max_length=9, choices=AccountType, db_comment="หมวดบัญชี")
    code = models.CharField(_("account code"), max_length=20, db_comment="รหัสบัญชีตามผังบัญชีของ อปท.")

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        db_table_comment = "ผังบัญชี: one account of each purpose for each authority"
        constraints = [
            models.UniqueConstraint(
                fields=["local_authority", "purpose"], name="authority_has_an_account_once"
            ),
            models.UniqueConstraint(
                fields=["local_authority", "code"], name="account_code_is_given_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.get_purpose_display()}"


class Entry(models.Model):
    """รายการบัญชี: one event with the legs that it moves, adding up to nothing.

    ``happened_on`` is the day the law counts (the day paid); ``booked_on`` the day of the journal,
    which is later when the cashier's day was closed already.
    """

    class Kind(models.TextChoices):
        CHARGE = "charge", _("charge of a bill")
        NOTE = "note", _("correction of a bill")
        LATE_CHARGE = "late_charge", _("penalty and surcharge")
        PAYMENT = "payment", _("payment")
        ALLOCATION = "allocation", _("allocation of money received")
        WAIVER = "waiver", _("waiver")
        REFUND = "refund", _("refund")
        SUSPENSE = "suspense", _("money of an unknown bill")
        CHEQUE_CLEARED = "cheque_cleared", _("cheque cleared")
        CASH_UP = "cash_up", _("cash handed over")
        BANK_SETTLEMENT = "bank_settlement", _("bank settlement")

    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    kind = models.CharField(max_length=15, choices=Kind, db_comment="ประเภทรายการ")
    bill = models.ForeignKey(
        "taxmap.Bill", models.PROTECT, null=True, related_name="entries",
        db_comment="แบบแจ้งการประเมิน",
    )  # fmt: skip
    happened_on = models.DateField(db_comment="วันที่เกิดรายการตามกฎหมาย เช่น วันที่ชำระ")
    booked_on = models.DateField(db_comment="วันที่ลงบัญชี")
    posted_at = models.DateTimeField(db_comment="เวลาที่บันทึก")
    actor = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+",
        db_comment="ผู้บันทึก; null when a command did it",
    )  # fmt: skip
    channel = models.CharField(
        max_length=12, default="system", db_comment="ช่องทาง: counter, bank_report, decision, system"
    )
    source = models.CharField(
        max_length=60, blank=True, db_comment="เอกสารต้นเรื่อง เช่น note:12, request:7"
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by",
        db_comment="รายการที่กลับ; an entry is reversed once",
    )  # fmt: skip
    idempotency_key = models.CharField(
        max_length=64, null=True, db_comment="คีย์กันบันทึกซ้ำ ต่อผู้ใช้และช่องทาง"
    )
    request_hash = models.CharField(
        max_length=64, blank=True, db_comment="SHA-256 ของคำสั่ง; the same key repeats the same order"
    )
    transaction_id = models.BigIntegerField(
        default=0, db_comment="ธุรกรรมของฐานข้อมูลที่บันทึก; legs come with it, never later"
    )

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        db_table_comment = "รายการบัญชี: never changed, never deleted"
        constraints = [
            models.UniqueConstraint(
                fields=["actor", "channel", "idempotency_key"],
                nulls_distinct=True,
                name="an_order_is_posted_once",
            ),
            models.UniqueConstraint(
                fields=["bill"],
                condition=Q(kind="charge", reverses=None),
                name="bill_is_charged_once",
            ),
            models.CheckConstraint(
                condition=Q(reverses=None) | ~Q(reverses=F("id")), name="entry_reverses_another"
            ),
        ]
        indexes = [
            models.Index(fields=["local_authority", "booked_on", "id"], name="entry_by_day"),
            models.Index(fields=["bill", "id"], name="entry_by_bill"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Leg(models.Model):
    """One amount on one account: above nothing is debit, below is credit."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="legs", db_comment="รายการบัญชี")
    account = models.ForeignKey(Account, models.PROTECT, related_name="legs", db_comment="บัญชี")
    satang = models.BigIntegerField(db_comment="จำนวนเงิน (สตางค์); เดบิตเป็นบวก เครดิตเป็นลบ")
    assessment = models.ForeignKey(
        "taxmap.Assessment", models.PROTECT, null=True, related_name="legs",
        db_comment="การประเมิน",
    )  # fmt: skip
    bill = models.ForeignKey(
        "taxmap.Bill", models.PROTECT, null=True, related_name="legs",
        db_comment="แบบแจ้งการประเมิน",
    )  # fmt: skip

    class Meta:
        verbose_name = _("leg")
        verbose_name_plural = _("legs")
        db_table_comment = "ขาของรายการบัญชี: never changed, never deleted"
        constraints = [models.CheckConstraint(condition=~Q(satang=0), name="leg_is_not_nothing")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.satang}"


class Balance(models.Model):
    """What one charged assessment owes; a trigger keeps it from the legs, nobody writes it."""

    assessment = models.OneToOneField(
        "taxmap.Assessment", models.PROTECT, primary_key=True, related_name="balance",
        db_comment="การประเมิน",
    )  # fmt: skip
    bill = models.ForeignKey(
        "taxmap.Bill", models.PROTECT, null=True, related_name="balances",
        db_comment="แบบแจ้งการประเมิน",
    )  # fmt: skip
    charged_satang = models.BigIntegerField(default=0, db_comment="ภาษีที่ตั้งหนี้ รวมใบลด/เพิ่มหนี้ (สตางค์)")
    penalty_satang = models.BigIntegerField(default=0, db_comment="เบี้ยปรับที่ตั้งหนี้ (สตางค์)")
    surcharge_satang = models.BigIntegerField(default=0, db_comment="เงินเพิ่มที่ตั้งหนี้ (สตางค์)")
    received_satang = models.BigIntegerField(default=0, db_comment="ที่ได้รับชำระ (สตางค์)")
    waived_satang = models.BigIntegerField(default=0, db_comment="ที่งดหรือลดให้ (สตางค์)")
    tax_due_satang = models.BigIntegerField(default=0, db_comment="ภาษีคงค้าง (สตางค์)")
    penalty_due_satang = models.BigIntegerField(default=0, db_comment="เบี้ยปรับคงค้าง (สตางค์)")
    surcharge_due_satang = models.BigIntegerField(default=0, db_comment="เงินเพิ่มคงค้าง (สตางค์)")
    due_satang = models.GeneratedField(
        expression=F("tax_due_satang") + F("penalty_due_satang") + F("surcharge_due_satang"),
        output_field=models.BigIntegerField(),
        db_persist=True,
        db_comment="คงค้างรวม (สตางค์)",
    )

    class Meta:
        verbose_name = _("balance")
        verbose_name_plural = _("balances")
        db_table = "taxmap_balance"
        db_table_comment = "ยอดคงค้างของแต่ละรายการประเมิน: the sum of its legs, kept by a trigger"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    tax_due_satang=F("charged_satang")
                    + F("penalty_satang")
                    + F("surcharge_satang")
                    - F("received_satang")
                    - F("waived_satang")
                    - F("penalty_due_satang")
                    - F("surcharge_due_satang")
                ),
                name="balance_is_what_was_charged_less_what_was_settled",
            )
        ]
        indexes = [
            models.Index(
                fields=["bill"], condition=~Q(due_satang=0), name="balance_outstanding_by_bill"
            )
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.due_satang}"

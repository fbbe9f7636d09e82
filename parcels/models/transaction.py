from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Transaction(models.Model):
    """รายการจดทะเบียน: the act that changed the register, its source, maker, checker and reason."""

    class Kind(models.TextChoices):
        IMPORT = "import", _("import of existing records")
        NEW_REGISTRATION = "new_registration", _("new registration")
        DATA_REPAIR = "data_repair", _("data repair")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        RETURNED = "returned", _("returned")
        APPROVED = "approved", _("approved")
        REGISTERED = "registered", _("registered")

    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="สำนักงานที่ดิน"
    )
    kind = models.CharField(max_length=24, choices=Kind, db_comment="ประเภทรายการ")
    status = models.CharField(max_length=12, choices=Status, db_comment="สถานะ")
    source = models.ForeignKey(
        "parcels.AdministrativeSource", models.PROTECT, related_name="transactions",
        db_comment="เอกสารที่เป็นเหตุ",
    )  # fmt: skip
    reason = models.CharField(max_length=500, db_comment="เหตุผล")
    maker = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+",
        db_comment="ผู้จัดทำ; null when a command did it",
    )  # fmt: skip
    checker = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้ตรวจสอบ"
    )
    created_at = models.DateTimeField(db_comment="เวลาที่จัดทำ")
    registered_at = models.DateTimeField(null=True, db_comment="เวลาที่จดทะเบียน")

    class Meta:
        verbose_name = _("transaction")
        verbose_name_plural = _("transactions")
        db_table_comment = "รายการจดทะเบียน: every change of the register belongs to one"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(maker=None)
                | models.Q(checker=None)
                | ~models.Q(maker=models.F("checker")),
                name="the_maker_is_not_the_checker",
            ),
            models.CheckConstraint(
                condition=models.Q(status="registered", registered_at__isnull=False)
                | (~models.Q(status="registered") & models.Q(registered_at=None)),
                name="registered_transactions_have_their_time",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="transaction_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

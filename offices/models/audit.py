from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """What was done or looked up, by whom, on what. Written in the transaction of the act itself.

    Append-only: a trigger refuses UPDATE, DELETE and TRUNCATE. ``digest`` is filled by a trigger
    from the row; seals chain the digests (see AuditSeal).
    """

    at = models.DateTimeField(db_comment="เวลา (UTC)")
    actor = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_index=False,
        db_comment="ผู้กระทำ; null for a citizen or the service itself",
    )  # fmt: skip
    office = models.ForeignKey(
        "offices.Office", models.PROTECT, null=True, related_name="+", db_index=False,
        db_comment="สำนักงาน",
    )  # fmt: skip
    action = models.CharField(
        max_length=60, db_comment="การกระทำ: stable dotted name such as parcels.owner_viewed"
    )
    subject_kind = models.CharField(max_length=40, db_comment="ประเภทของสิ่งที่ถูกกระทำ")
    subject_id = models.CharField(max_length=64, db_comment="รหัสของสิ่งที่ถูกกระทำ")
    data = models.JSONField(default=dict, db_comment="รายละเอียด, without personal data")
    digest = models.BinaryField(
        max_length=32, editable=False, null=True, db_comment="SHA-256 of the row, by trigger"
    )

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        db_table_comment = "บันทึกการใช้งาน (append-only)"
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "at"], name="audit_by_subject"),
            models.Index(fields=["office", "at"], name="audit_by_office"),
            # Most entries are of citizens and of the service itself: they have no actor.
            models.Index(
                fields=["actor", "at"], name="audit_by_actor", condition=Q(actor__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action} {self.subject_kind} {self.subject_id}"


class AuditSeal(models.Model):
    """A link of the chain over the audit trail: SHA-256 of the previous link and the digests since.

    Sealing in batches keeps the chain out of the way of people at work: no act waits for another.
    """

    first_entry = models.BigIntegerField(db_comment="รายการแรก (audit entry id)")
    last_entry = models.BigIntegerField(unique=True, db_comment="รายการสุดท้าย (audit entry id)")
    entry_count = models.PositiveIntegerField(db_comment="จำนวนรายการ")
    previous_hash = models.BinaryField(max_length=32, db_comment="hash of the seal before")
    hash = models.BinaryField(max_length=32, unique=True, db_comment="hash of this seal")
    sealed_at = models.DateTimeField(db_comment="เวลาที่ปิดผนึก (UTC)")

    class Meta:
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")
        db_table_comment = "ผนึกของบันทึกการใช้งาน (hash chain)"

    def __str__(self) -> str:
        return f"{self.first_entry}-{self.last_entry}"

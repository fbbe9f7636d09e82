"""LA_VersionedObject (ISO 19152): when a fact holds in law, and when the register knew it."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField
from django.db import models
from django.db.models.functions import Now


class VersionedObject(models.Model):
    """Validity in law and in the register, and the transactions that began and ended it.

    An object that ended stays in its table with a closed ``valid_during``; a state that was
    superseded is kept by trigger in the history table with a closed ``recorded_during``.
    """

    valid_during = DateRangeField(db_comment="มีผลทางกฎหมายระหว่าง [from, to)")
    recorded_during = DateTimeRangeField(
        db_default=models.Func(Now(), None, function="tstzrange"),
        editable=False,
        db_comment="อยู่ในทะเบียนระหว่าง [from, to)",
    )
    created_by = models.ForeignKey(
        "parcels.Transaction", models.PROTECT, related_name="+", db_comment="รายการจดทะเบียนที่ก่อให้เกิด"
    )
    retired_by = models.ForeignKey(
        "parcels.Transaction", models.PROTECT, null=True, blank=True, related_name="+",
        db_comment="รายการจดทะเบียนที่ทำให้สิ้นสุด",
    )  # fmt: skip

    class Meta:
        abstract = True

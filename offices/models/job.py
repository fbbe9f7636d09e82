from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .public_id import public_id_field


class JobStatus(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("job", "waiting")
    RUNNING = "running", _("running")
    SUCCEEDED = "succeeded", _("finished")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("stopped")


class Job(models.Model):
    """Long work done in the background, with its progress, cursor to resume from and result."""

    public_id = public_id_field()
    kind = models.CharField(max_length=60, db_comment="ประเภทงาน: name in the job registry")
    parameters = models.JSONField(default=dict, db_comment="ค่าที่กำหนดให้งาน")
    office = models.ForeignKey(
        "offices.Office", models.PROTECT, null=True, blank=True, related_name="+",
        db_comment="สำนักงานเจ้าของงาน",
    )  # fmt: skip
    requested_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, blank=True, related_name="+",
        db_comment="ผู้สั่งงาน",
    )  # fmt: skip
    status = models.CharField(
        max_length=12, choices=JobStatus, default=JobStatus.QUEUED, db_comment="สถานะ"
    )
    done = models.BigIntegerField(default=0, db_comment="ทำแล้ว (units of work)")
    total = models.BigIntegerField(null=True, db_comment="ทั้งหมด; null while unknown")
    step = models.CharField(max_length=200, blank=True, db_comment="ขั้นตอนที่กำลังทำ")
    cursor = models.JSONField(null=True, db_comment="จุดที่จะทำต่อ: where to resume")
    attempt = models.PositiveIntegerField(
        default=1, db_comment="ครั้งที่: number of the attempt; a former one may save nothing more"
    )
    cancel_requested = models.BooleanField(default=False, db_comment="ขอให้หยุด")
    result = models.JSONField(null=True, db_comment="ผลลัพธ์")
    result_file = models.FileField(
        upload_to="results/", blank=True, max_length=200, db_comment="แฟ้มผลลัพธ์"
    )
    error_code = models.CharField(max_length=60, blank=True, db_comment="รหัสข้อผิดพลาด")
    error_kind = models.CharField(
        max_length=120, blank=True, db_comment="ชนิดข้อผิดพลาด: which of the errors with that code"
    )
    error_evidence = models.JSONField(default=dict, db_comment="หลักฐานของข้อผิดพลาด")
    created_at = models.DateTimeField(db_comment="เวลาที่สั่ง")
    started_at = models.DateTimeField(null=True, db_comment="เวลาที่เริ่ม")
    beat_at = models.DateTimeField(null=True, db_comment="เวลาที่รายงานครั้งล่าสุด")
    finished_at = models.DateTimeField(null=True, db_comment="เวลาที่จบ")

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        db_table_comment = "งานเบื้องหลัง: background jobs"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=JobStatus.values), name="job_status_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(done__gte=0)
                & (models.Q(total=None) | models.Q(total__gte=models.F("done"))),
                name="job_progress_is_within_total",
            ),
        ]
        indexes = [models.Index(fields=["office", "-created_at"], name="job_by_office")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

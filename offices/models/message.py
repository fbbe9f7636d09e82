from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """A message to somebody outside, kept until it is sent; its text and address go then.

    One that could not be sent keeps them for some days, so that it can be sent again.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("could not be sent")

    office = models.ForeignKey(
        "offices.Office", models.PROTECT, null=True, related_name="+", db_comment="สำนักงานผู้ส่ง"
    )
    channel = models.CharField(max_length=12, db_comment="ช่องทาง: name of a sender")
    recipient = models.CharField(
        max_length=200, blank=True, db_comment="ผู้รับ; personal data, empty once sent or forgotten"
    )
    subject = models.CharField(max_length=200, db_comment="เรื่อง; no personal data")
    body = models.TextField(
        blank=True, db_comment="ข้อความ; holds secret addresses, empty once sent or forgotten"
    )
    about_kind = models.CharField(max_length=40, db_comment="เกี่ยวกับ (ประเภท)")
    about_id = models.CharField(max_length=60, db_comment="เกี่ยวกับ (เลขที่อ้างอิง)")
    status = models.CharField(
        max_length=8, choices=Status, default=Status.WAITING, db_comment="สถานะ"
    )
    attempts = models.PositiveSmallIntegerField(default=0, db_comment="จำนวนครั้งที่ส่ง")
    try_at = models.DateTimeField(db_comment="ส่งเมื่อ; the next attempt")
    useless_at = models.DateTimeField(null=True, db_comment="หมดประโยชน์เมื่อ; null: never")
    fault = models.CharField(
        max_length=80, blank=True, db_comment="ชนิดความผิดพลาดล่าสุด; no text of others' servers"
    )
    created_at = models.DateTimeField(db_comment="เวลาที่สั่งส่ง")
    sent_at = models.DateTimeField(null=True, db_comment="เวลาที่ส่งแล้ว")

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        db_table_comment = "ข้อความถึงประชาชนที่รอส่งและส่งแล้ว (outbox)"
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(recipient="", body=""),
                name="a_message_sent_forgets_its_person",
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False)
                | (~Q(status="sent") & Q(sent_at=None)),
                name="a_message_sent_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["try_at"], name="messages_due", condition=Q(status="waiting"))
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.about_kind} {self.about_id}"

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.querysets import BookingQuerySet
from offices.models.public_id import public_id_field


class Booking(models.Model):
    """A place in a slot, held by whoever has the token."""

    class Status(models.TextChoices):
        BOOKED = "booked", _("booked")
        CANCELLED = "cancelled", _("cancelled")

    token = public_id_field()
    reference = models.CharField(max_length=12, unique=True, db_comment="เลขที่คิว อ่านได้")
    slot = models.ForeignKey(
        "appointments.Slot", models.PROTECT, related_name="bookings", db_comment="ช่วงเวลา"
    )
    name = models.CharField(
        max_length=120, blank=True, db_comment="ชื่อผู้จอง; personal data, empty once forgotten"
    )
    phone = models.CharField(
        max_length=20, blank=True, db_comment="โทรศัพท์; personal data, empty once forgotten"
    )
    parcel_public_id = models.CharField(max_length=32, blank=True, db_comment="รหัสแปลงที่ดินที่เกี่ยวข้อง")
    status = models.CharField(
        max_length=12, choices=Status, default=Status.BOOKED, db_comment="สถานะ"
    )
    created_at = models.DateTimeField(db_comment="เวลาที่จอง")
    changed_at = models.DateTimeField(db_comment="เวลาที่เปลี่ยนครั้งล่าสุด")

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        db_table_comment = "การจองคิว; personal data, staff only"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["booked", "cancelled"]), name="booking_status_is_known"
            ),
            models.UniqueConstraint(
                fields=["slot", "phone"], condition=Q(status="booked") & ~Q(phone=""),
                name="one_booking_per_phone_and_slot",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["phone"], name="booking_by_phone", condition=Q(status="booked"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference


class IdempotencyRecord(models.Model):
    """The stored answer to a request that may be sent again."""

    key = models.CharField(
        max_length=80, primary_key=True, db_comment="SHA-256 ของ Idempotency-Key ของผู้ส่ง"
    )
    request_digest = models.CharField(max_length=64, db_comment="SHA-256 ของคำขอ")
    status = models.PositiveSmallIntegerField(db_comment="รหัส HTTP ที่ตอบ")
    answer = models.JSONField(db_comment="คำตอบที่เก็บไว้")
    created_at = models.DateTimeField(db_comment="เวลา")

    class Meta:
        verbose_name = _("idempotency record")
        verbose_name_plural = _("idempotency records")
        db_table_comment = "คำตอบที่เก็บไว้สำหรับคำขอซ้ำ"

    def __str__(self) -> str:
        return self.key

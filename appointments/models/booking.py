from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.querysets import BookingQuerySet
from offices.models.public_id import public_id_field


class Need(models.TextChoices):
    """What the office prepares for a visitor."""

    WHEELCHAIR = "wheelchair", _("comes with a wheelchair")
    INTERPRETER = "interpreter", _("needs an interpreter")
    ELDERLY = "elderly", _("elderly, pregnant or with a small child")


class Booking(models.Model):
    """A visit to come, held by whoever has the token."""

    class Status(models.TextChoices):
        HELD = "held", _("held")
        BOOKED = "booked", _("booked")
        ARRIVED = "arrived", _("arrived")
        SERVED = "served", _("served")
        MISSED = "missed", _("missed")
        PASSED = "passed", _("over")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("expired")

    class Channel(models.TextChoices):
        PUBLIC = "public", _("by the citizen")
        INTERNAL = "internal", _("by the office")

    # Unique by constraints: a unique text would get a second index, for LIKE, that nobody asks.
    token = public_id_field(unique=False)
    reference = models.CharField(max_length=12, db_comment="เลขที่คิว อ่านได้")
    slot = models.ForeignKey(
        "appointments.Slot", models.PROTECT, related_name="bookings",
        db_comment="ช่วงเวลาแรก; all of them are in bookingplace",
    )  # fmt: skip
    service = models.ForeignKey(
        "appointments.Service", models.PROTECT, related_name="bookings", db_index=False,
        db_comment="บริการหลัก",
    )  # fmt: skip
    also = models.ManyToManyField(
        "appointments.Service", related_name="+", blank=True, verbose_name=_("services beside it")
    )
    name = models.CharField(
        max_length=120, blank=True, db_comment="ชื่อผู้จอง; personal data, empty once forgotten"
    )
    is_name_verified = models.BooleanField(
        default=False, db_default=False, db_comment="ชื่อยืนยันด้วย ThaID; the number is not kept"
    )
    phone = models.CharField(
        max_length=20, blank=True, db_comment="โทรศัพท์; personal data, empty once forgotten"
    )
    email = models.CharField(
        max_length=200, blank=True, db_default="",
        db_comment="อีเมล; personal data, empty once forgotten",
    )  # fmt: skip
    parcel_public_id = models.CharField(max_length=32, blank=True, db_comment="รหัสแปลงที่ดินที่เกี่ยวข้อง")
    people = models.PositiveSmallIntegerField(default=1, db_default=1, db_comment="จำนวนผู้มา")
    needs = models.JSONField(default=list, db_default=[], db_comment="สิ่งที่ต้องเตรียม [Need]")
    documents_ready = models.JSONField(
        default=list, db_default=[], db_comment="เอกสารที่ผู้จองเตรียมแล้ว (pk ของ ServiceDocument)"
    )
    language = models.CharField(max_length=5, blank=True, db_default="", db_comment="ภาษาของผู้จอง")
    channel = models.CharField(
        max_length=8, choices=Channel, default=Channel.PUBLIC, db_default=Channel.PUBLIC,
        db_comment="ช่องทาง",
    )  # fmt: skip
    status = models.CharField(
        max_length=12, choices=Status, default=Status.BOOKED, db_comment="สถานะ"
    )
    held_until = models.DateTimeField(null=True, db_comment="กันที่ไว้ถึง; null unless held")
    confirmed_at = models.DateTimeField(null=True, db_comment="ยืนยันด้วยรหัสเมื่อ; null: not asked for")
    code_digest = models.CharField(
        max_length=64, blank=True, db_default="", db_comment="SHA-256 ของรหัสยืนยัน"
    )
    code_tries = models.PositiveSmallIntegerField(
        default=0, db_default=0, db_comment="จำนวนครั้งที่ใส่รหัสผิด"
    )
    reminded_at = models.DateTimeField(null=True, db_comment="เตือนเมื่อ")
    created_at = models.DateTimeField(db_comment="เวลาที่จอง")
    changed_at = models.DateTimeField(db_comment="เวลาที่เปลี่ยนครั้งล่าสุด")

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        db_table_comment = "การจองคิว; personal data, staff only"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "held", "booked", "arrived", "served", "missed", "passed", "cancelled",
                        "expired",
                    ]
                ),
                name="booking_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="held", held_until__isnull=False)
                | (~Q(status="held") & Q(held_until=None)),
                name="a_hold_ends",
            ),
            models.UniqueConstraint(fields=["token"], name="booking_token_is_drawn_once"),
            models.UniqueConstraint(fields=["reference"], name="booking_reference_is_given_once"),
            # The number first: this is the index that tells what a number holds, too.
            models.UniqueConstraint(
                fields=["phone", "slot"],
                condition=Q(status__in=["held", "booked", "arrived"]) & ~Q(phone=""),
                name="one_booking_per_phone_and_slot",
            ),
            models.UniqueConstraint(
                fields=["service", "parcel_public_id", "phone"],
                condition=Q(status__in=["held", "booked", "arrived"])
                & ~Q(phone="") & ~Q(parcel_public_id=""),
                name="one_live_booking_per_plot_service_and_phone",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["held_until"], name="holds_that_end", condition=Q(status="held"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference


class BookingPlace(models.Model):
    """One slot of a booking. Slots count the live ones by a trigger, whoever writes them."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="places", db_comment="การจอง")
    slot = models.ForeignKey(
        "appointments.Slot", models.PROTECT, related_name="places", db_comment="ช่วงเวลา"
    )
    is_internal = models.BooleanField(default=False, db_default=False, db_comment="ใช้ที่ของเจ้าหน้าที่")
    is_live = models.BooleanField(default=True, db_default=True, db_comment="ยังกันที่อยู่")
    release_at = models.DateTimeField(
        null=True, db_comment="คืนที่เมื่อ; a cancelled place comes back after a random delay"
    )

    class Meta:
        verbose_name = _("place in a slot")
        verbose_name_plural = _("places in slots")
        db_table_comment = "ที่นั่งของการจองในแต่ละช่วงเวลา"
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "slot"], condition=Q(is_live=True),
                name="a_booking_has_one_place_in_a_slot",
            ),
            models.CheckConstraint(
                condition=Q(is_live=True) | Q(release_at=None), name="only_live_places_are_released"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["release_at"],
                name="places_to_release",
                condition=Q(release_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.booking_id}/{self.slot_id}"


class WaitingListEntry(models.Model):
    """Somebody who takes a place if one comes free; who has the token holds the entry."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        OFFERED = "offered", _("a place is offered")
        TAKEN = "taken", _("took a place")
        LEFT = "left", _("left the list")
        ENDED = "ended", _("the days have passed")

    token = public_id_field()
    service = models.ForeignKey(
        "appointments.Service", models.PROTECT, related_name="waiting", db_comment="บริการ"
    )
    first_day = models.DateField(db_comment="ตั้งแต่วันที่")
    last_day = models.DateField(db_comment="ถึงวันที่")
    people = models.PositiveSmallIntegerField(default=1, db_comment="จำนวนผู้มา")
    name = models.CharField(max_length=120, blank=True, db_comment="ชื่อ; personal data")
    phone = models.CharField(max_length=20, blank=True, db_comment="โทรศัพท์; personal data")
    email = models.CharField(max_length=200, blank=True, db_comment="อีเมล; personal data")
    parcel_public_id = models.CharField(max_length=32, blank=True, db_comment="รหัสแปลงที่ดิน")
    language = models.CharField(max_length=5, blank=True, db_comment="ภาษา")
    status = models.CharField(
        max_length=8, choices=Status, default=Status.WAITING, db_comment="สถานะ"
    )
    offered = models.ForeignKey(
        Booking, models.PROTECT, null=True, related_name="+",
        db_comment="การจองที่เสนอให้ (กันที่ไว้); null unless offered or taken",
    )  # fmt: skip
    offers = models.PositiveSmallIntegerField(default=0, db_comment="จำนวนครั้งที่เสนอแล้ว")
    declined = models.JSONField(
        default=list, db_default=[], db_comment="ช่วงเวลาที่เสนอแล้วไม่รับ (pk ของ Slot)"
    )
    created_at = models.DateTimeField(db_comment="เวลาที่เข้ารายชื่อ")
    changed_at = models.DateTimeField(db_comment="เวลาที่เปลี่ยนครั้งล่าสุด")

    class Meta:
        verbose_name = _("entry of the waiting list")
        verbose_name_plural = _("waiting list")
        db_table_comment = "รายชื่อรอคิว; personal data, staff only"
        constraints = [
            models.UniqueConstraint(
                fields=["service", "phone"],
                condition=Q(status__in=["waiting", "offered"]) & ~Q(phone=""),
                name="a_phone_waits_once_for_a_service",
            ),
            models.CheckConstraint(
                condition=Q(first_day__lte=models.F("last_day")), name="waiting_days_are_in_order"
            ),
        ]
        indexes = [
            models.Index(
                fields=["service", "created_at"], name="waiting_in_order",
                condition=Q(status="waiting"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.service_id} {self.created_at:%Y-%m-%d %H:%M}"


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

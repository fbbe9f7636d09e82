"""The waiting room of one day: tickets, who called them, and what people were told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.models.public_id import public_id_field


class Hall(models.Model):
    """โถงบริการ: how the waiting room of an office is run. An office without a row has no kiosk."""

    office = models.OneToOneField(
        "offices.Office", models.CASCADE, related_name="hall", verbose_name=_("office"),
        db_comment="สำนักงาน",
    )  # fmt: skip
    kiosk_key = public_id_field()
    kiosk_is_on = models.BooleanField(
        _("tickets are given at the kiosk"), default=True, db_default=True,
        db_comment="เปิดให้กดบัตรคิวที่ตู้",
    )  # fmt: skip
    tickets_a_minute = models.PositiveSmallIntegerField(
        _("most tickets a minute"), default=20, db_default=20,
        db_comment="ออกบัตรคิวที่ตู้ได้ไม่เกิน (ใบต่อนาที)",
    )  # fmt: skip
    prefix = models.CharField(
        _("letter of tickets"), max_length=2, default="A", db_default="A",
        db_comment="อักษรนำหน้าเลขคิวของบริการที่ไม่ได้กำหนดไว้เอง",
    )  # fmt: skip
    early_minutes = models.PositiveSmallIntegerField(
        _("bookings arrive at most so many minutes early"), default=60, db_default=60,
        db_comment="เช็กอินได้ก่อนเวลานัดไม่เกิน (นาที)",
    )  # fmt: skip
    late_minutes = models.PositiveSmallIntegerField(
        _("bookings keep their time when so many minutes late"), default=10, db_default=10,
        db_comment="มาช้าไม่เกินเท่านี้ยังคงเวลานัด (นาที)",
    )  # fmt: skip
    most_calls = models.PositiveSmallIntegerField(
        _("calls before somebody counts as missed"), default=3, db_default=3,
        db_comment="เรียกกี่ครั้งจึงถือว่าไม่มา",
    )  # fmt: skip

    class Meta:
        verbose_name = _("hall")
        verbose_name_plural = _("halls")
        db_table_comment = "โถงบริการของสำนักงาน"
        constraints = [
            models.CheckConstraint(
                condition=Q(most_calls__gte=1, tickets_a_minute__gte=1), name="a_hall_calls_people"
            )
        ]

    def __str__(self) -> str:
        return str(self.office_id)


class TicketSeries(models.Model):
    """The last number given on a day under one letter; its row is locked to give the next."""

    office = models.ForeignKey(
        "offices.Office", models.CASCADE, related_name="+", db_comment="สำนักงาน"
    )
    day = models.DateField(db_comment="วันที่")
    prefix = models.CharField(max_length=2, db_comment="อักษรนำหน้า")
    last = models.PositiveIntegerField(default=0, db_comment="เลขล่าสุด")

    class Meta:
        verbose_name = _("series of tickets")
        verbose_name_plural = _("series of tickets")
        db_table_comment = "ลำดับเลขบัตรคิวของวัน"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "day", "prefix"], name="tickets_are_counted_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.prefix}"


class Ticket(models.Model):
    """บัตรคิว: somebody who is in the hall, walked in or arrived with a booking."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CALLED = "called", _("called")
        SERVING = "serving", _("being served")
        PARKED = "parked", _("returned for papers")
        FINISHED = "finished", _("finished")
        MISSED = "missed", _("did not come when called")
        LEFT = "left", _("left")

    public_id = public_id_field()
    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="tickets", db_comment="สำนักงาน"
    )
    day = models.DateField(db_comment="วันที่")
    number = models.CharField(max_length=8, db_comment="เลขบัตรคิว เช่น A012")
    service = models.ForeignKey(
        "appointments.Service", models.PROTECT, related_name="tickets", db_comment="บริการ"
    )
    booking = models.OneToOneField(
        "appointments.Booking", models.PROTECT, null=True, related_name="ticket",
        db_comment="การจอง; null for a walk-in",
    )  # fmt: skip
    parcel_public_id = models.CharField(max_length=32, blank=True, db_comment="รหัสแปลงที่ดินที่เกี่ยวข้อง")
    needs = models.JSONField(default=list, db_comment="สิ่งที่ต้องเตรียม [Need]")
    priority = models.PositiveSmallIntegerField(
        default=0, db_comment="ลำดับความสำคัญ; 0 none, the higher the earlier"
    )
    due_at = models.DateTimeField(
        db_comment="เวลาที่ถึงคิว: walk-ins when they came, bookings at their time"
    )
    status = models.CharField(
        max_length=8, choices=Status, default=Status.WAITING, db_comment="สถานะ"
    )
    counter = models.ForeignKey(
        "appointments.Counter", models.PROTECT, null=True, related_name="+",
        db_comment="ช่องบริการที่เรียก; null while waiting",
    )  # fmt: skip
    only_counter = models.ForeignKey(
        "appointments.Counter", models.PROTECT, null=True, related_name="+",
        db_comment="ช่องบริการที่ต้องไป; null: any that does the service",
    )  # fmt: skip
    clerk = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="เจ้าหน้าที่ที่เรียก"
    )
    calls = models.PositiveSmallIntegerField(default=0, db_comment="จำนวนครั้งที่เรียก")
    created_at = models.DateTimeField(db_comment="เวลาที่ได้บัตรคิว")
    called_at = models.DateTimeField(null=True, db_comment="เวลาที่เรียกครั้งล่าสุด")
    serving_at = models.DateTimeField(null=True, db_comment="เวลาที่เริ่มให้บริการ")
    ended_at = models.DateTimeField(null=True, db_comment="เวลาที่เสร็จสิ้น")

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        db_table_comment = "บัตรคิวของวัน"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "day", "number"], name="ticket_is_numbered_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["counter"], condition=Q(status__in=["called", "serving"]),
                name="a_counter_has_one_visitor",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["called", "serving"]) | Q(counter__isnull=False),
                name="who_is_called_has_a_counter",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["office", "day", "due_at"], name="tickets_waiting",
                condition=Q(status="waiting"),
            ),
            models.Index(fields=["office", "day", "status"], name="tickets_of_the_day"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number


class TicketEvent(models.Model):
    """What happened to a ticket, for ever."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="events", db_comment="บัตรคิว")
    kind = models.CharField(max_length=20, db_comment="เหตุการณ์ (รหัส)")
    at = models.DateTimeField(db_comment="เวลา")
    actor = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+",
        db_comment="เจ้าหน้าที่; null: the visitor or the service itself",
    )  # fmt: skip
    counter = models.ForeignKey(
        "appointments.Counter", models.PROTECT, null=True, related_name="+", db_comment="ช่องบริการ"
    )
    data = models.JSONField(default=dict, db_comment="รายละเอียด")

    class Meta:
        verbose_name = _("event of a ticket")
        verbose_name_plural = _("events of tickets")
        db_table_comment = "ลำดับเหตุการณ์ของบัตรคิว; insert only"
        indexes = [
            models.Index(fields=["ticket", "at"], name="ticket_events_in_order"),
            models.Index(fields=["kind", "at"], name="ticket_events_by_kind"),
        ]

    def __str__(self) -> str:
        return self.kind


class WaitEstimate(models.Model):
    """What somebody was told about the wait, to be held against what it was."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="estimates", db_comment="บัตรคิว")
    told_at = models.DateTimeField(db_comment="เวลาที่บอก")
    ahead = models.PositiveSmallIntegerField(db_comment="จำนวนคิวก่อนหน้า")
    counters = models.PositiveSmallIntegerField(db_comment="จำนวนช่องที่เปิด")
    low_s = models.PositiveIntegerField(db_comment="อย่างเร็ว (วินาที)")
    expected_s = models.PositiveIntegerField(db_comment="ที่คาด (วินาที)")
    high_s = models.PositiveIntegerField(db_comment="อย่างช้า (วินาที)")

    class Meta:
        verbose_name = _("estimate of a wait")
        verbose_name_plural = _("estimates of waits")
        db_table_comment = "เวลารอที่แจ้งไว้ เพื่อเทียบกับที่รอจริง"
        constraints = [
            models.CheckConstraint(
                condition=Q(low_s__lte=models.F("expected_s"), expected_s__lte=models.F("high_s")),
                name="an_estimate_lies_in_its_range",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.expected_s} s"

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appointments.querysets import ClosureQuerySet, SlotQuerySet
from offices.models.public_id import public_id_field
from web.formats import in_thai

WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]


class Service(models.Model):
    """What a citizen comes for, with the time it takes at the counter."""

    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="services", verbose_name=_("office"),
        db_comment="สำนักงาน",
    )  # fmt: skip
    code = models.SlugField(_("code"), max_length=40, db_comment="รหัสบริการใน URL")
    name_th = models.CharField(_("Thai name"), max_length=200, db_comment="ชื่อภาษาไทย")
    name_en = models.CharField(_("English name"), max_length=200, db_comment="ชื่อภาษาอังกฤษ")
    bring_th = models.TextField(_("what to bring, Thai"), blank=True, db_comment="เอกสารที่ต้องนำมา")
    bring_en = models.TextField(
        _("what to bring, English"), blank=True, db_comment="เอกสารที่ต้องนำมา (อังกฤษ)"
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), db_comment="ระยะเวลาต่อราย (นาที)")
    capacity = models.PositiveSmallIntegerField(
        _("people served at a time"), default=1, db_comment="จำนวนรายต่อช่วงเวลา"
    )
    is_active = models.BooleanField(_("can be booked"), default=True, db_comment="เปิดให้จอง")

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        db_table_comment = "บริการที่จองคิวได้"
        constraints = [
            models.UniqueConstraint(fields=["office", "code"], name="service_is_coded_once"),
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=480, capacity__gte=1),
                name="service_takes_some_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_th if in_thai() else self.name_en

    @property
    def bring(self) -> str:
        """What to bring, in the language of the page."""
        return self.bring_th if in_thai() else self.bring_en


class OpeningHours(models.Model):
    """When an office is open on one weekday; two rows for a day with a lunch break."""

    office = models.ForeignKey(
        "offices.Office", models.CASCADE, related_name="opening_hours", verbose_name=_("office"),
        db_comment="สำนักงาน",
    )  # fmt: skip
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), choices=WEEKDAYS, db_comment="วันในสัปดาห์ 1 = จันทร์ … 7 = อาทิตย์"
    )
    opens_at = models.TimeField(_("opens at"), db_comment="เวลาเปิด (Asia/Bangkok)")
    closes_at = models.TimeField(_("closes at"), db_comment="เวลาปิด (Asia/Bangkok)")

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        db_table_comment = "เวลาทำการ"
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__gte=1, weekday__lte=7, opens_at__lt=F("closes_at")),
                name="office_opens_before_it_closes",
            ),
            models.UniqueConstraint(
                fields=["office", "weekday", "opens_at"], name="opening_is_listed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens_at:%H:%M}-{self.closes_at:%H:%M}"


class Closure(models.Model):
    """A day off: a public holiday (no office) or a closing day of one office."""

    office = models.ForeignKey(
        "offices.Office", models.CASCADE, null=True, blank=True, related_name="closures",
        verbose_name=_("office"),
        db_comment="สำนักงาน; null for a public holiday",
    )  # fmt: skip
    day = models.DateField(_("day"), db_comment="วันที่")
    name_th = models.CharField(_("reason in Thai"), max_length=200, db_comment="เหตุ (ไทย)")
    name_en = models.CharField(
        _("reason in English"), max_length=200, blank=True, db_comment="เหตุ (อังกฤษ)"
    )

    objects = ClosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("closing day")
        verbose_name_plural = _("closing days")
        db_table_comment = "วันหยุด"
        constraints = [
            models.UniqueConstraint(fields=["office", "day"], name="day_is_closed_once"),
            models.UniqueConstraint(
                fields=["day"], condition=Q(office=None), name="holiday_is_listed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name_th}"

    @property
    def name(self) -> str:
        """Why it is closed, in the language of the page as far as it was written."""
        return self.name_th if in_thai() else self.name_en or self.name_th


class Slot(models.Model):
    """ช่วงเวลา: a time at which ``capacity`` people can be served. Never oversold."""

    public_id = public_id_field()
    # slot_starts_once begins with the service: an index of its own would only mislead the planner.
    service = models.ForeignKey(
        Service, models.PROTECT, related_name="slots", db_index=False, db_comment="บริการ"
    )
    starts_at = models.DateTimeField(db_comment="เวลาเริ่ม")
    ends_at = models.DateTimeField(db_comment="เวลาสิ้นสุด")
    capacity = models.PositiveSmallIntegerField(db_comment="จำนวนที่รับได้")
    taken = models.PositiveSmallIntegerField(
        default=0, editable=False, db_comment="จำนวนที่จองแล้ว; counted by a trigger on bookings"
    )

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        db_table_comment = "ช่วงเวลานัดหมาย"
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity")), name="slot_is_never_oversold"
            ),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="slot_starts_before_it_ends"
            ),
            models.UniqueConstraint(fields=["service", "starts_at"], name="slot_starts_once"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def remaining(self) -> int:
        """How many places are left."""
        return self.capacity - self.taken

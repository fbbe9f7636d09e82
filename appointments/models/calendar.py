from __future__ import annotations

from django.contrib.gis.db import models
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


class OpeningHours(models.Model):
    """When an office is open on one weekday; two rows for a day with a lunch break."""

    office = models.ForeignKey(
        "offices.Office", models.CASCADE, related_name="opening_hours", verbose_name=_("office"),
        db_comment="สำนักงาน",
    )  # fmt: skip
    group = models.ForeignKey(
        "appointments.CounterGroup", models.CASCADE, null=True, blank=True, related_name="+",
        verbose_name=_("counter group"), db_comment="กลุ่มช่องบริการ; null: all of the office",
    )  # fmt: skip
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), choices=WEEKDAYS, db_comment="วันในสัปดาห์ 1 = จันทร์ … 7 = อาทิตย์"
    )
    opens_at = models.TimeField(_("opens at"), db_comment="เวลาเปิด (Asia/Bangkok)")
    closes_at = models.TimeField(_("closes at"), db_comment="เวลาปิด (Asia/Bangkok)")
    every_weeks = models.PositiveSmallIntegerField(
        _("every so many weeks"), default=1, db_default=1,
        db_comment="ทุกกี่สัปดาห์ นับจากสัปดาห์ของ first_day",
    )  # fmt: skip
    first_day = models.DateField(_("from"), null=True, blank=True, db_comment="ตั้งแต่วันที่")
    last_day = models.DateField(_("until"), null=True, blank=True, db_comment="ถึงวันที่")
    public_counters = models.PositiveSmallIntegerField(
        _("counters for public bookings"), null=True, blank=True,
        db_comment="จำนวนรายที่ประชาชนจองได้; null: that of the group",
    )  # fmt: skip
    internal_counters = models.PositiveSmallIntegerField(
        _("counters for bookings by the office"), null=True, blank=True,
        db_comment="จำนวนรายที่เจ้าหน้าที่จองได้; null: that of the group",
    )  # fmt: skip

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        db_table_comment = "เวลาทำการ"
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__gte=1, weekday__lte=7, opens_at__lt=F("closes_at")),
                name="office_opens_before_it_closes",
            ),
            models.CheckConstraint(
                condition=Q(every_weeks=1) | Q(every_weeks__gt=1, first_day__isnull=False),
                name="weeks_are_counted_from_a_day",
            ),
            models.UniqueConstraint(
                fields=["office", "group", "weekday", "opens_at", "first_day"],
                name="opening_is_listed_once", nulls_distinct=False,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens_at:%H:%M}-{self.closes_at:%H:%M}"


class SpecialOpening(models.Model):
    """Hours of one day that stand in for the weekly ones; with a place, a mobile office."""

    group = models.ForeignKey(
        "appointments.CounterGroup", models.CASCADE, related_name="special_openings",
        verbose_name=_("counter group"), db_comment="กลุ่มช่องบริการ",
    )  # fmt: skip
    day = models.DateField(_("day"), db_comment="วันที่")
    opens_at = models.TimeField(_("opens at"), db_comment="เวลาเปิด (Asia/Bangkok)")
    closes_at = models.TimeField(_("closes at"), db_comment="เวลาปิด (Asia/Bangkok)")
    public_counters = models.PositiveSmallIntegerField(
        _("counters for public bookings"), null=True, blank=True,
        db_comment="จำนวนรายที่ประชาชนจองได้; null: that of the group",
    )  # fmt: skip
    internal_counters = models.PositiveSmallIntegerField(
        _("counters for bookings by the office"), null=True, blank=True,
        db_comment="จำนวนรายที่เจ้าหน้าที่จองได้; null: that of the group",
    )  # fmt: skip
    place_th = models.CharField(
        _("place in Thai"), max_length=200, blank=True, db_comment="สถานที่ (หน่วยเคลื่อนที่)"
    )
    place_en = models.CharField(
        _("place in English"), max_length=200, blank=True, db_comment="สถานที่ (อังกฤษ)"
    )
    location = models.PointField(
        _("location"), srid=4326, null=True, blank=True, db_comment="ตำแหน่งหน่วยเคลื่อนที่"
    )

    class Meta:
        verbose_name = _("special opening")
        verbose_name_plural = _("special openings")
        db_table_comment = "วันทำการพิเศษและหน่วยเคลื่อนที่"
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")), name="special_day_opens_before_it_closes"
            ),
            models.UniqueConstraint(
                fields=["group", "day", "opens_at"], name="special_opening_is_listed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.opens_at:%H:%M}-{self.closes_at:%H:%M}"

    @property
    def place(self) -> str:
        """Where it is, in the language of the page; empty at the office itself."""
        return self.place_th if in_thai() else self.place_en or self.place_th


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
    """ช่วงเวลา: a time at which ``capacity`` people can be served. Never oversold.

    ``internal_capacity`` are places beyond it that only the office gives away. Whoever locks
    several slots does so in the order of group and time (docs/algorithms/locking.md).
    """

    public_id = public_id_field(unique=False)
    # slot_starts_once begins with the group: an index of its own would only mislead the planner.
    group = models.ForeignKey(
        "appointments.CounterGroup", models.PROTECT, related_name="slots", db_index=False,
        db_comment="กลุ่มช่องบริการ",
    )  # fmt: skip
    starts_at = models.DateTimeField(db_comment="เวลาเริ่ม")
    ends_at = models.DateTimeField(db_comment="เวลาสิ้นสุด")
    capacity = models.PositiveSmallIntegerField(db_comment="จำนวนที่ประชาชนจองได้")
    internal_capacity = models.PositiveSmallIntegerField(
        default=0, db_default=0, db_comment="จำนวนที่เจ้าหน้าที่จองได้เพิ่ม"
    )
    taken = models.PositiveSmallIntegerField(
        default=0, editable=False, db_comment="จำนวนที่จองแล้ว; counted by a trigger on places"
    )
    internal_taken = models.PositiveSmallIntegerField(
        default=0, db_default=0, editable=False,
        db_comment="จำนวนที่เจ้าหน้าที่จองแล้ว; counted by a trigger on places",
    )  # fmt: skip

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        db_table_comment = "ช่วงเวลานัดหมาย"
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity"), internal_taken__lte=F("internal_capacity")),
                name="slot_is_never_oversold",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="slot_starts_before_it_ends"
            ),
            models.UniqueConstraint(fields=["group", "starts_at"], name="slot_starts_once"),
            models.UniqueConstraint(fields=["public_id"], name="slot_is_named_once"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def remaining(self) -> int:
        """How many places everybody may book are left."""
        return self.capacity - self.taken

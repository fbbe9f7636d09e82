"""What an office does for people at its counters, and what each visit takes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from web.formats import in_thai


class CounterGroup(models.Model):
    """กลุ่มช่องบริการ: counters that serve the same services and share one row of times.

    Its times are ``slot_minutes`` long; at each of them ``public_counters`` people are served whom
    everybody may book, and ``internal_counters`` more whom only the office books.
    """

    class Confirmation(models.TextChoices):
        NONE = "none", _("not asked for")
        CODE = "code", _("by a one-time code")

    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="counter_groups", verbose_name=_("office"),
        db_comment="สำนักงาน",
    )  # fmt: skip
    code = models.SlugField(_("code"), max_length=40, db_comment="รหัสกลุ่มช่องบริการ")
    name_th = models.CharField(_("Thai name"), max_length=200, db_comment="ชื่อภาษาไทย")
    name_en = models.CharField(_("English name"), max_length=200, db_comment="ชื่อภาษาอังกฤษ")
    slot_minutes = models.PositiveSmallIntegerField(
        _("minutes of a slot"), default=15, db_comment="ความยาวช่วงเวลา (นาที)"
    )
    public_counters = models.PositiveSmallIntegerField(
        _("counters for public bookings"), default=1, db_comment="จำนวนรายที่ประชาชนจองได้ต่อช่วงเวลา"
    )
    internal_counters = models.PositiveSmallIntegerField(
        _("counters for bookings by the office"), default=0,
        db_comment="จำนวนรายที่เจ้าหน้าที่จองได้เพิ่มต่อช่วงเวลา",
    )  # fmt: skip
    notice_minutes = models.PositiveSmallIntegerField(
        _("shortest notice in minutes"), default=30, db_comment="ต้องจองล่วงหน้าอย่างน้อย (นาที)"
    )
    days_ahead = models.PositiveSmallIntegerField(
        _("days that can be booked ahead"), default=45, db_comment="จองล่วงหน้าได้ไม่เกิน (วัน)"
    )
    hold_minutes = models.PositiveSmallIntegerField(
        _("minutes a place is held"), default=10, db_comment="เวลาที่กันที่ไว้ระหว่างกรอกข้อมูล (นาที)"
    )
    release_from_minutes = models.PositiveSmallIntegerField(
        _("a cancelled place is free again after at least (minutes)"), default=5,
        db_comment="คืนที่ว่างหลังยกเลิกอย่างเร็ว (นาที); a random delay hinders trading",
    )  # fmt: skip
    release_to_minutes = models.PositiveSmallIntegerField(
        _("and at most (minutes)"), default=20, db_comment="คืนที่ว่างหลังยกเลิกอย่างช้า (นาที)"
    )
    bookings_per_phone = models.PositiveSmallIntegerField(
        _("bookings a telephone number may hold"), default=3,
        db_comment="จำนวนการจองที่หมายเลขโทรศัพท์หนึ่งถือได้พร้อมกันในสำนักงาน",
    )  # fmt: skip
    offer_minutes = models.PositiveSmallIntegerField(
        _("minutes a place is offered to who waits"), default=30, db_default=30,
        db_comment="เวลาที่กันที่ไว้ให้ผู้อยู่ในรายชื่อรอ (นาที)",
    )  # fmt: skip
    confirmation = models.CharField(
        _("how a booking is confirmed"), max_length=4, choices=Confirmation,
        default=Confirmation.NONE, db_default=Confirmation.NONE, db_comment="วิธียืนยันการจอง",
    )  # fmt: skip
    is_active = models.BooleanField(_("can be booked"), default=True, db_comment="เปิดให้จอง")

    class Meta:
        verbose_name = _("counter group")
        verbose_name_plural = _("counter groups")
        db_table_comment = "กลุ่มช่องบริการ"
        constraints = [
            models.UniqueConstraint(fields=["office", "code"], name="counter_group_is_coded_once"),
            models.CheckConstraint(
                condition=Q(slot_minutes__gte=5, slot_minutes__lte=480),
                name="slots_take_some_time",
            ),
            models.CheckConstraint(
                condition=Q(release_to_minutes__gte=models.F("release_from_minutes")),
                name="a_place_is_free_again_in_order",
            ),
            models.CheckConstraint(
                condition=Q(offer_minutes__gte=1), name="an_offer_lasts_some_time"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_th if in_thai() else self.name_en


class Service(models.Model):
    """What a citizen comes for, with the slots in a row that it takes."""

    class Fee(models.TextChoices):
        NONE = "", _("no fee is estimated")
        SALE = "sale", _("sale")
        GIFT = "gift", _("gift")
        INHERITANCE = "inheritance", _("inheritance")
        MORTGAGE = "mortgage", _("mortgage")
        REDEMPTION = "redemption", _("redemption of a mortgage")
        APPLICATION = "application", _("application only")

    # Its group belongs to the same office: service_is_of_its_groups_office (migration 0006).
    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="services", verbose_name=_("office"),
        db_comment="สำนักงาน",
    )  # fmt: skip
    group = models.ForeignKey(
        CounterGroup, models.PROTECT, related_name="services", verbose_name=_("counter group"),
        db_comment="กลุ่มช่องบริการ",
    )  # fmt: skip
    code = models.SlugField(_("code"), max_length=40, db_comment="รหัสบริการใน URL")
    name_th = models.CharField(_("Thai name"), max_length=200, db_comment="ชื่อภาษาไทย")
    name_en = models.CharField(_("English name"), max_length=200, db_comment="ชื่อภาษาอังกฤษ")
    bring_th = models.TextField(_("what to bring, Thai"), blank=True, db_comment="เอกสารที่ต้องนำมา")
    bring_en = models.TextField(
        _("what to bring, English"), blank=True, db_comment="เอกสารที่ต้องนำมา (อังกฤษ)"
    )
    slots = models.PositiveSmallIntegerField(
        _("slots in a row"), default=1, db_comment="จำนวนช่วงเวลาติดกันที่ใช้"
    )
    most_people = models.PositiveSmallIntegerField(
        _("most people of one visit"), default=6, db_comment="จำนวนผู้มาสูงสุดต่อการจอง"
    )
    fee = models.CharField(
        _("fee that is estimated"), max_length=12, choices=Fee, blank=True, default="",
        db_comment="ประเภทค่าธรรมเนียมที่ประมาณการ",
    )  # fmt: skip
    ticket_prefix = models.CharField(
        _("letter of its tickets"), max_length=2, blank=True, default="",
        db_comment="อักษรนำหน้าเลขคิวหน้างาน; empty: that of the office",
    )  # fmt: skip
    is_active = models.BooleanField(_("can be booked"), default=True, db_comment="เปิดให้จอง")

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        db_table_comment = "บริการที่จองคิวได้"
        constraints = [
            models.UniqueConstraint(fields=["office", "code"], name="service_is_coded_once"),
            models.CheckConstraint(
                condition=Q(slots__gte=1, slots__lte=32, most_people__gte=1),
                name="service_takes_some_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def minutes(self) -> int:
        """How long it takes at the counter."""
        return self.slots * self.group.slot_minutes

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_th if in_thai() else self.name_en

    @property
    def bring(self) -> str:
        """What to bring, in the language of the page."""
        return self.bring_th if in_thai() else self.bring_en


class ServiceDocument(models.Model):
    """A paper that a service asks for; a citizen ticks it, a clerk sees what is missing."""

    service = models.ForeignKey(
        Service, models.CASCADE, related_name="documents", db_comment="บริการ"
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_comment="ลำดับ")
    name_th = models.CharField(_("Thai name"), max_length=300, db_comment="เอกสาร")
    name_en = models.CharField(_("English name"), max_length=300, db_comment="เอกสาร (อังกฤษ)")
    when_th = models.CharField(
        _("only if, Thai"), max_length=200, blank=True, db_comment="เฉพาะกรณี; empty: always"
    )
    when_en = models.CharField(
        _("only if, English"), max_length=200, blank=True, db_comment="เฉพาะกรณี (อังกฤษ)"
    )

    class Meta:
        verbose_name = _("document of a service")
        verbose_name_plural = _("documents of services")
        db_table_comment = "เอกสารที่บริการต้องใช้"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_th if in_thai() else self.name_en

    @property
    def when(self) -> str:
        """In which case it is needed, in the language of the page."""
        return self.when_th if in_thai() else self.when_en


class Counter(models.Model):
    """ช่องบริการ: one place where people are served, with the services it does."""

    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="counters", verbose_name=_("office"),
        db_comment="สำนักงาน",
    )  # fmt: skip
    number = models.CharField(
        pgettext_lazy("counter", "number"), max_length=10, db_comment="หมายเลขช่อง"
    )
    services = models.ManyToManyField(
        Service, related_name="counters", verbose_name=_("services"), blank=True
    )
    clerk = models.ForeignKey(
        "offices.User", models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("clerk at the counter"), db_comment="เจ้าหน้าที่ประจำช่องขณะนี้; null: closed",
    )  # fmt: skip
    opened_at = models.DateTimeField(null=True, blank=True, db_comment="เปิดช่องเมื่อ")
    is_active = models.BooleanField(_("in use"), default=True, db_comment="ใช้งาน")

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")
        db_table_comment = "ช่องบริการ"
        constraints = [
            models.UniqueConstraint(fields=["office", "number"], name="counter_is_numbered_once"),
            models.UniqueConstraint(
                fields=["clerk"], condition=Q(clerk__isnull=False), name="a_clerk_is_at_one_counter"
            ),
        ]

    def __str__(self) -> str:
        return self.number

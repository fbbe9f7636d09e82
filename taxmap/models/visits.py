"""Going out to collect: books of rounds through the streets, their stops, and what was found."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.models.public_id import public_id_field


class CollectionBook(models.Model):
    """สมุดสายเดินเก็บภาษี: the rounds planned at one time for one choice of units."""

    public_id = public_id_field()
    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    tax_year = models.PositiveSmallIntegerField(db_comment="ปีภาษี (ค.ศ.)")
    area = models.CharField(
        max_length=3, blank=True, db_comment="เขตและเขตย่อย เช่น 01A; blank for all"
    )
    choices = models.JSONField(
        db_comment="เงื่อนไขที่เลือก: state, least due, years, minutes, stops, minutes at a stop"
    )
    unreached = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_comment="taxmap_valuationunit.id ที่ไม่มีถนนเข้าถึง",
    )
    made_by = models.ForeignKey(
        "offices.User", models.PROTECT, related_name="+", db_comment="ผู้จัดทำ"
    )
    made_at = models.DateTimeField(db_comment="เวลาที่จัดทำ")

    class Meta:
        verbose_name = _("book of rounds")
        verbose_name_plural = _("books of rounds")
        db_table_comment = "สมุดสายเดินเก็บภาษี"
        indexes = [
            models.Index(fields=["local_authority", "-made_at"], name="book_of_an_authority")
        ]

    def __str__(self) -> str:
        return f"{self.area or '–'} {self.tax_year}"


class CollectionRound(models.Model):
    """สายเดิน: one closed walk of one officer. Amounts are not kept: they are read when needed."""

    public_id = public_id_field()
    book = models.ForeignKey(
        CollectionBook, models.PROTECT, related_name="rounds", db_comment="สมุดสายเดิน"
    )
    number = models.PositiveSmallIntegerField(db_comment="ลำดับที่ของสายในสมุด")
    walk = models.LineStringField(
        srid=4326, null=True, db_comment="แนวเดิน, lon/lat WGS 84; null where nothing is to walk"
    )
    length_m = models.PositiveIntegerField(db_comment="ระยะเดินรวม (เมตร)")
    minutes = models.PositiveSmallIntegerField(db_comment="เวลาเดินและเข้าพบโดยประมาณ (นาที)")

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        db_table_comment = "สายเดินเก็บภาษี"
        constraints = [
            models.UniqueConstraint(fields=["book", "number"], name="round_is_numbered_once")
        ]

    def __str__(self) -> str:
        return str(self.number)


class RoundStop(models.Model):
    """จุดเข้าพบ: one unit in a round."""

    round = models.ForeignKey(
        CollectionRound, models.CASCADE, related_name="stops", db_comment="สายเดิน"
    )
    order = models.PositiveSmallIntegerField(db_comment="ลำดับที่เข้าพบ 1..")
    unit = models.ForeignKey(
        "taxmap.ValuationUnit", models.PROTECT, related_name="stops", db_comment="หน่วยประเมิน"
    )
    bill = models.ForeignKey(
        "taxmap.Bill", models.SET_NULL, null=True, related_name="+",
        db_comment="แบบแจ้งการประเมินของปี; null when there is none",
    )  # fmt: skip
    walk_m = models.PositiveIntegerField(db_comment="ระยะเดินจากจุดก่อน (เมตร)")

    class Meta:
        verbose_name = _("stop")
        verbose_name_plural = _("stops")
        db_table_comment = "จุดเข้าพบในสายเดิน"
        constraints = [
            models.UniqueConstraint(fields=["round", "order"], name="stop_has_one_place"),
            models.UniqueConstraint(fields=["round", "unit"], name="unit_is_once_in_a_round"),
            models.CheckConstraint(
                condition=models.Q(order__gte=1), name="stops_are_counted_from_one"
            ),
        ]

    def __str__(self) -> str:
        return str(self.order)


class Visit(models.Model):
    """การออกพบ: what an officer found at a plot. Never changed: a later visit is another line."""

    class Outcome(models.TextChoices):
        PROMISED = "promised", pgettext_lazy("visit", "will pay")
        PAID = "paid", pgettext_lazy("visit", "shows that it is paid")
        HANDED_OVER = "handed_over", pgettext_lazy("visit", "notice handed over")
        ABSENT = "absent", pgettext_lazy("visit", "nobody there")
        REFUSED = "refused", pgettext_lazy("visit", "refuses")
        WRONG_ADDRESS = "wrong_address", pgettext_lazy("visit", "wrong address")
        OTHER = "other", pgettext_lazy("visit", "other, see note")

    key = models.UUIDField(unique=True, db_comment="รหัสที่อุปกรณ์ออกให้; the same visit twice is one")
    unit = models.ForeignKey(
        "taxmap.ValuationUnit", models.PROTECT, related_name="visits", db_comment="หน่วยประเมิน"
    )
    stop = models.ForeignKey(
        RoundStop, models.PROTECT, null=True, related_name="visits",
        db_comment="จุดเข้าพบในสายเดิน; null outside rounds",
    )  # fmt: skip
    outcome = models.CharField(max_length=14, choices=Outcome, db_comment="ผลการออกพบ")
    note = models.CharField(max_length=500, blank=True, db_comment="หมายเหตุ")
    next_on = models.DateField(null=True, blank=True, db_comment="วันที่นัดหรือจะไปอีก")
    visited_by = models.ForeignKey(
        "offices.User", models.PROTECT, related_name="+", db_comment="ผู้ออกพบ"
    )
    visited_at = models.DateTimeField(db_comment="เวลาที่ออกพบ ตามอุปกรณ์")
    recorded_at = models.DateTimeField(db_comment="เวลาที่ระบบได้รับ")

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        db_table_comment = "การออกพบผู้เสียภาษี"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(outcome="promised") | models.Q(next_on__isnull=False),
                name="promise_names_its_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome="other") | ~models.Q(note=""),
                name="other_outcome_is_described",
            ),
            models.CheckConstraint(
                condition=models.Q(visited_at__lte=models.F("recorded_at")),
                name="visit_is_recorded_after_it_was",
            ),
        ]
        indexes = [models.Index(fields=["unit", "-visited_at", "-id"], name="last_visit_of_a_unit")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.visited_at:%Y-%m-%d}"


class RejectedVisit(models.Model):
    """A line of a visits file that could not be kept, as it came, with the reason."""

    round = models.ForeignKey(
        CollectionRound, models.PROTECT, related_name="rejected", db_comment="สายเดิน"
    )
    content = models.TextField(db_comment="รายการตามที่ได้รับ (JSON)")
    code = models.CharField(max_length=60, db_comment="รหัสเหตุที่ไม่รับ")
    evidence = models.JSONField(db_comment="รายละเอียดของเหตุ")
    sent_by = models.ForeignKey("offices.User", models.PROTECT, related_name="+", db_comment="ผู้ส่ง")
    sent_at = models.DateTimeField(db_comment="เวลาที่ได้รับ")

    class Meta:
        verbose_name = _("rejected visit")
        verbose_name_plural = _("rejected visits")
        db_table_comment = "รายการออกพบที่ไม่รับ พร้อมเหตุผล"

    def __str__(self) -> str:
        return self.code

"""Signs that tax is missing, what became of each, and the outlines of buildings seen from above."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.models.public_id import public_id_field


class BuildingOutline(models.Model):
    """The outline of a building from imagery or another map: seen, not yet registered."""

    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    source = models.CharField(max_length=120, db_comment="ที่มา เช่น ภาพถ่ายทางอากาศ ปี 2568")
    reference = models.CharField(max_length=80, db_comment="รหัสในแหล่งที่มา")
    seen_on = models.DateField(db_comment="วันที่เห็น")
    geometry = models.PolygonField(srid=4326, db_comment="รูปอาคาร, lon/lat WGS 84")

    class Meta:
        verbose_name = _("observed building outline")
        verbose_name_plural = _("observed building outlines")
        db_table_comment = "รูปอาคารที่สำรวจจากภาพถ่ายหรือแผนที่อื่น"
        constraints = [
            models.UniqueConstraint(
                fields=["local_authority", "source", "reference"], name="outline_is_imported_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.reference}"


class Cause(models.TextChoices):
    """Why tax may be missing; docs/algorithms/missing-tax.md states each rule."""

    NO_UNIT = "no_unit", _("parcel that the tax map does not know")
    NO_OWNER = "no_owner", _("no owner")
    NO_PRICE = "no_price", _("no land price")
    NO_USE = "no_use", _("no use")
    NOT_ASSESSED = "not_assessed", _("not assessed for another reason")
    BUILDING_ON_VACANT = "building_on_vacant", _("building on vacant land")
    UNREGISTERED_BUILDING = "unregistered_building", _("building seen but not registered")
    AREA_DIFFERS = "area_differs", _("area of the document unlike the map")
    USE_UNLIKE_NEIGHBOURS = "use_unlike_neighbours", _("use unlike the neighbours'")
    FARM_IN_TOWN = "farm_in_town", _("agriculture in the middle of town")


class Lead(models.Model):
    """ข้อสังเกต: one parcel (or one outline on it) where one cause says that tax may be missing.

    What people said of it stays through every search; ``gone_at`` tells that the last search found
    it no more.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("lead", "open")
        LOOKED_AT = "looked_at", pgettext_lazy("lead", "looked at")
        SETTLED = "settled", pgettext_lazy("lead", "settled")

    public_id = public_id_field()
    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    cause = models.CharField(max_length=24, choices=Cause, db_comment="เหตุ")
    parcel = models.ForeignKey(
        "parcels.Parcel", models.PROTECT, related_name="+", db_comment="แปลงที่ดิน"
    )
    outline = models.ForeignKey(
        BuildingOutline, models.PROTECT, null=True, related_name="+",
        db_comment="รูปอาคารที่เห็น; null for other causes",
    )  # fmt: skip
    tax_year = models.PositiveSmallIntegerField(db_comment="ปีภาษีที่ค้นล่าสุด (ค.ศ.)")
    at_stake_satang = models.PositiveBigIntegerField(
        null=True, db_comment="ภาษีโดยประมาณที่อาจขาดไป (สตางค์); null: cannot be estimated"
    )
    facts = models.JSONField(default=dict, db_comment="ข้อเท็จจริงที่พบ; no personal data")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN, db_comment="สถานะ")
    found_at = models.DateTimeField(db_comment="พบครั้งแรกเมื่อ")
    gone_at = models.DateTimeField(null=True, db_comment="ค้นไม่พบแล้วเมื่อ; null while found")

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        db_table_comment = "ข้อสังเกตว่าภาษีอาจขาดไป"
        constraints = [
            models.UniqueConstraint(
                fields=["cause", "parcel", "outline"],
                nulls_distinct=False,
                name="lead_is_kept_once",
            ),
            models.CheckConstraint(
                condition=Q(cause="unregistered_building", outline__isnull=False)
                | (~Q(cause="unregistered_building") & Q(outline=None)),
                name="lead_names_the_outline_it_is_about",
            ),
        ]
        indexes = [
            models.Index(
                "local_authority",
                "cause",
                "state",
                F("at_stake_satang").desc(nulls_last=True),
                "id",
                name="lead_by_cause_and_state",
            )
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.parcel_id}"


class LeadNote(models.Model):
    """What somebody found out about a lead. Never changed: another note follows it."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="notes", db_comment="ข้อสังเกต")
    state = models.CharField(max_length=10, choices=Lead.State, db_comment="สถานะหลังบันทึกนี้")
    text = models.CharField(max_length=500, db_comment="บันทึก")
    written_by = models.ForeignKey(
        "offices.User", models.PROTECT, related_name="+", db_comment="ผู้บันทึก"
    )
    written_at = models.DateTimeField(db_comment="เวลาที่บันทึก")

    class Meta:
        verbose_name = _("note on a lead")
        verbose_name_plural = _("notes on leads")
        db_table_comment = "บันทึกการตรวจสอบข้อสังเกต"
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="lead_note_says_something")
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.state}"

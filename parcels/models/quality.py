"""What the rules of the fabric find, what became of it, and what each office tolerates."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.models.public_id import public_id_field


class Severity(models.TextChoices):
    """How much a finding matters; the order is that of the inbox."""

    CRITICAL = "critical", _("critical")
    MEDIUM = "medium", _("medium")
    WARNING = "warning", _("warning")


class FabricCheck(models.Model):
    """One run of the rules over the parcels of an office that are in force."""

    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="สำนักงาน"
    )
    transaction = models.ForeignKey(
        "parcels.Transaction", models.PROTECT, null=True, related_name="+",
        db_comment="รายการจดทะเบียนที่เป็นเหตุ; null when the whole office was checked",
    )  # fmt: skip
    requested_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้สั่งตรวจ"
    )
    on_date = models.DateField(db_comment="ตรวจสภาพแปลง ณ วันที่")
    parcels = models.PositiveIntegerField(default=0, db_comment="จำนวนแปลงที่ตรวจ")
    findings = models.JSONField(default=dict, db_comment="จำนวนที่พบ: rule to count")
    new = models.PositiveIntegerField(default=0, db_comment="พบใหม่")
    reopened = models.PositiveIntegerField(default=0, db_comment="เปิดใหม่เพราะพบอีก")
    gone = models.PositiveIntegerField(default=0, db_comment="ไม่พบแล้ว")
    started_at = models.DateTimeField(db_comment="เวลาที่เริ่ม")
    finished_at = models.DateTimeField(null=True, db_comment="เวลาที่เสร็จ; null: not finished")

    class Meta:
        verbose_name = _("check of the fabric")
        verbose_name_plural = _("checks of the fabric")
        db_table_comment = "การตรวจสอบโครงข่ายแปลงที่ดิน"
        indexes = [models.Index(fields=["office", "-started_at"], name="fabric_check_by_office")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.started_at:%Y-%m-%d}"


class Finding(models.Model):
    """One fault at one place: seen by a rule, worked on by people, gone when it is gone.

    ``fingerprint`` is the same in every run for the same fault of the same parcels, so that what
    people said of it stays with it. ``explained_measure`` is how large it was when somebody
    explained it: if it grows beyond, or comes back after it was gone, it is open again.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        ASSIGNED = "assigned", _("assigned")
        EXPLAINED = "explained", _("explained")
        SETTLED = "settled", _("settled")

    UNSETTLED: ClassVar = (Status.OPEN, Status.ASSIGNED, Status.EXPLAINED)

    public_id = public_id_field()
    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="สำนักงาน"
    )
    rule = models.CharField(max_length=60, db_comment="รหัสหลักเกณฑ์ (parcels/rules/rules.yaml)")
    severity = models.CharField(max_length=8, choices=Severity, db_comment="ระดับความสำคัญ")
    fingerprint = models.CharField(max_length=64, db_comment="ลายนิ้วมือ: the same fault in every run")
    parcel = models.ForeignKey(
        "parcels.Parcel", models.PROTECT, null=True, related_name="findings",
        db_comment="แปลงที่พบ; null for a finding on a title",
    )  # fmt: skip
    other_parcel = models.ForeignKey(
        "parcels.Parcel", models.PROTECT, null=True, related_name="+", db_comment="แปลงคู่กรณี"
    )
    ba_unit = models.ForeignKey(
        "parcels.BAUnit", models.PROTECT, null=True, related_name="findings",
        db_comment="เอกสารสิทธิที่พบ",
    )  # fmt: skip
    place = models.PointField(
        srid=4326, null=True, db_comment="ตำแหน่ง, lon/lat; null without a map"
    )
    shape = models.GeometryField(srid=4326, null=True, db_comment="รูปของข้อบกพร่อง, lon/lat")
    measure = models.FloatField(null=True, db_comment="ขนาดของข้อบกพร่อง, in unit")
    unit = models.CharField(max_length=12, blank=True, db_comment="หน่วย: m2, m, count, percent")
    evidence = models.JSONField(default=dict, db_comment="หลักฐาน; no personal data")
    status = models.CharField(
        max_length=10, choices=Status, default=Status.OPEN, db_comment="สถานะ"
    )
    assignee = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้รับผิดชอบ"
    )
    explanation = models.CharField(max_length=500, blank=True, db_comment="คำชี้แจง")
    explained_measure = models.FloatField(null=True, db_comment="ขนาดเมื่อชี้แจง")
    first_seen_at = models.DateTimeField(db_comment="พบครั้งแรกเมื่อ")
    last_seen_at = models.DateTimeField(db_comment="พบครั้งล่าสุดเมื่อ")
    settled_at = models.DateTimeField(null=True, db_comment="แก้ไขเสร็จหรือไม่พบแล้วเมื่อ")

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        db_table_comment = "ข้อบกพร่องที่ตรวจพบในโครงข่ายแปลงที่ดิน"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "fingerprint"], name="a_fault_is_one_finding"
            ),
            models.CheckConstraint(
                condition=~Q(status="assigned") | Q(assignee__isnull=False),
                name="assigned_findings_have_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status="explained") | ~Q(explanation=""),
                name="explained_findings_say_why",
            ),
            models.CheckConstraint(
                condition=Q(status="settled", settled_at__isnull=False)
                | (~Q(status="settled") & Q(settled_at=None)),
                name="settled_findings_have_their_time",
            ),
            models.CheckConstraint(
                condition=Q(parcel__isnull=False) | Q(ba_unit__isnull=False),
                name="a_finding_is_about_something",
            ),
        ]
        indexes = [
            # The inbox leafs through these: never more than a page is read.
            models.Index(fields=["office", "status", "id"], name="finding_by_status"),
            models.Index(fields=["office", "rule", "status", "id"], name="finding_by_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.pk}"

    @property
    def is_settled(self) -> bool:
        """Whether nobody has to do anything about it any more."""
        return self.status == self.Status.SETTLED


class FindingEvent(models.Model):
    """What happened to a finding, by a run of the rules or by a person."""

    class Kind(models.TextChoices):
        FOUND = "found", _("found")
        ASSIGNED = "assigned", _("assigned")
        EXPLAINED = "explained", _("explained")
        SETTLED = "settled", _("settled")
        REOPENED = "reopened", _("reopened")
        GONE = "gone", _("no longer found")
        CAME_BACK = "came_back", _("found again")
        GREW = "grew", _("larger than explained")

    finding = models.ForeignKey(
        Finding, models.PROTECT, related_name="events", db_comment="ข้อบกพร่อง"
    )
    kind = models.CharField(max_length=10, choices=Kind, db_comment="เหตุการณ์")
    at = models.DateTimeField(db_comment="เวลา")
    actor = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+",
        db_comment="ผู้ดำเนินการ; null: a run of the rules",
    )  # fmt: skip
    fabric_check = models.ForeignKey(
        FabricCheck, models.PROTECT, null=True, related_name="events", db_comment="การตรวจที่พบ"
    )
    measure = models.FloatField(null=True, db_comment="ขนาดในขณะนั้น")
    note = models.CharField(max_length=500, blank=True, db_comment="หมายเหตุ")

    class Meta:
        verbose_name = _("event of a finding")
        verbose_name_plural = _("events of findings")
        db_table_comment = "ประวัติของข้อบกพร่อง"
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.kind}"


class RuleSetting(models.Model):
    """What one office tolerates where it differs from the rule's own value."""

    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="สำนักงาน"
    )
    rule = models.CharField(max_length=60, db_comment="รหัสหลักเกณฑ์")
    name = models.CharField(max_length=40, db_comment="ชื่อค่าที่ตั้ง เช่น tolerance_m2")
    value = models.DecimalField(max_digits=12, decimal_places=4, db_comment="ค่า, in the unit named")
    reason = models.CharField(max_length=300, db_comment="เหตุผลหรือคำสั่งที่อ้างอิง")

    class Meta:
        verbose_name = _("setting of a rule")
        verbose_name_plural = _("settings of rules")
        db_table_comment = "ค่าคลาดเคลื่อนที่ยอมให้ของแต่ละสำนักงาน"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "rule", "name"], name="a_rule_is_set_once_in_an_office"
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="tolerances_are_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.rule}.{self.name} = {self.value}"

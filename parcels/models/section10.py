"""What the Department of Lands sends each month under section 10, and what became of every row."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.models.public_id import public_id_field

from .transaction import Transaction


class Section10Package(models.Model):
    """One monthly package (ข้อมูลมาตรา 10): a file of this content is taken once for an authority.

    ``finished_at`` is null while rows are still to come; the same file then goes on where it
    stopped. What became of the rows is counted from the rows, never stored.
    """

    public_id = public_id_field()
    authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+",
        db_comment="องค์กรปกครองส่วนท้องถิ่นที่ได้รับข้อมูล",
    )  # fmt: skip
    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+",
        db_comment="สำนักงานที่ดินเจ้าของทะเบียนที่ข้อมูลเปลี่ยน",
    )  # fmt: skip
    source = models.OneToOneField(
        "parcels.AdministrativeSource", models.PROTECT, related_name="section10_package",
        db_comment="เอกสารที่เป็นเหตุ",
    )  # fmt: skip
    maker = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+",
        db_comment="ผู้ส่งแฟ้ม; null when a command did it",
    )  # fmt: skip
    file_name = models.CharField(max_length=255, db_comment="ชื่อแฟ้ม")
    sha256 = models.CharField(max_length=64, db_comment="SHA-256 ของแฟ้ม")
    month = models.DateField(null=True, db_comment="เดือนของข้อมูล: its first day; null if not said")
    files = models.JSONField(
        default=list, db_comment="แฟ้มในชุด: name, what it is, encoding, number of rows"
    )
    shapes = models.PositiveIntegerField(default=0, db_comment="จำนวนรูปแปลงในชุด")
    shapes_refused = models.JSONField(default=dict, db_comment="รูปแปลงที่ใช้ไม่ได้: code to count")
    warnings = models.JSONField(default=dict, db_comment="ข้อสังเกต: code to count")
    datum_parameters = models.CharField(
        max_length=40, blank=True, db_comment="ค่าพารามิเตอร์แปลงพื้นหลักฐาน Indian 1975"
    )
    read = models.PositiveIntegerField(default=0, db_comment="จำนวนแถวที่อ่าน")
    started_at = models.DateTimeField(db_comment="เวลาที่เริ่ม")
    finished_at = models.DateTimeField(null=True, db_comment="เวลาที่เสร็จ; null: not finished")

    class Meta:
        verbose_name = _("section 10 package")
        verbose_name_plural = _("section 10 packages")
        db_table_comment = "ชุดข้อมูลมาตรา 10 จากกรมที่ดิน"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "sha256"], name="a_package_is_taken_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["office", "-started_at"], name="section10_by_office"),
            models.Index(fields=["authority", "-started_at"], name="section10_by_authority"),
        ]

    def __str__(self) -> str:
        return self.file_name


class Section10Row(models.Model):
    """One row of a package and what became of it: read = the sum over the outcomes, always.

    Names of owners stand in Party alone, national ids nowhere: ``content`` and ``raw`` have
    neither.
    """

    class Table(models.TextChoices):
        PARCEL = "parcel", _("title deeds")
        NS3A = "ns3a", _("certificates of utilisation (N.S.3 K.)")
        CONSTRUCTION = "construction", _("buildings")

    class Outcome(models.TextChoices):
        APPLIED = "applied", _("applied")
        UNCHANGED = "unchanged", _("nothing to change")
        QUEUED = "queued", _("waits for a person")
        QUARANTINED = "quarantined", _("in quarantine")
        DISMISSED = "dismissed", _("dismissed")

    STANDING: ClassVar = (Outcome.APPLIED, Outcome.QUEUED, Outcome.DISMISSED)

    public_id = public_id_field()
    package = models.ForeignKey(
        Section10Package, models.PROTECT, related_name="rows", db_comment="ชุดข้อมูล"
    )
    authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+",
        db_comment="องค์กรปกครองส่วนท้องถิ่น: of the package, for the constraint",
    )  # fmt: skip
    table = models.CharField(max_length=12, choices=Table, db_comment="ตาราง")
    file_name = models.CharField(max_length=200, db_comment="ชื่อแฟ้มในชุด")
    line = models.PositiveIntegerField(db_comment="บรรทัดในแฟ้ม, from 1")
    outcome = models.CharField(max_length=12, choices=Outcome, db_comment="ผล")
    reason = models.CharField(
        max_length=60, blank=True, db_comment="รหัสเหตุผล: why it waits, is refused or unchanged"
    )
    evidence = models.JSONField(default=dict, db_comment="หลักฐานของเหตุผล")
    status_text = models.CharField(max_length=120, blank=True, db_comment="สถานะดำเนินการ ตามแฟ้ม")
    kind = models.CharField(
        max_length=24, blank=True, choices=Transaction.Kind, db_comment="ประเภทรายการ"
    )
    change = models.CharField(
        max_length=20, blank=True, db_comment="ประเภทการเปลี่ยนแปลงตามต้นทาง เช่น TRANSFER"
    )
    effective_on = models.DateField(null=True, db_comment="วันที่จดทะเบียนตามแฟ้ม")
    content = models.JSONField(default=dict, db_comment="ข้อมูลที่อ่านได้; no names, no ids")
    raw = models.TextField(blank=True, db_comment="แถวตามแฟ้ม: names and ids masked")
    digest = models.BinaryField(
        max_length=16, db_comment="ลายนิ้วมือของแถว: tells it when it comes again"
    )
    party = models.ForeignKey(
        "parcels.Party", models.PROTECT, null=True, related_name="+",
        db_comment="ผู้ถือสิทธิตามแถว",
    )  # fmt: skip
    geometry = models.MultiPolygonField(
        srid=4326, null=True, db_comment="รูปแปลงในชุดที่ตรงกับแถว, lon/lat WGS 84"
    )
    candidates = models.JSONField(default=list, db_comment="แปลงที่อาจตรงกัน: parcel, by what, score")
    parcel = models.ForeignKey(
        "parcels.Parcel", models.PROTECT, null=True, related_name="+", db_comment="แปลงที่เปลี่ยน"
    )
    transaction = models.OneToOneField(
        "parcels.Transaction", models.PROTECT, null=True, related_name="section10_row",
        db_comment="รายการจดทะเบียนของแถว",
    )  # fmt: skip
    decided_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้ตัดสิน"
    )
    decided_at = models.DateTimeField(null=True, db_comment="เวลาที่ตัดสิน")
    decided_because = models.CharField(max_length=500, blank=True, db_comment="เหตุผลของผู้ตัดสิน")

    class Meta:
        verbose_name = _("section 10 row")
        verbose_name_plural = _("section 10 rows")
        db_table_comment = "แถวของข้อมูลมาตรา 10 และผลของแต่ละแถว"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["package", "file_name", "line"], name="a_row_is_taken_once"
            ),
            models.UniqueConstraint(
                fields=["authority", "digest"],
                condition=Q(outcome__in=["applied", "queued", "dismissed"]),
                name="the_same_row_counts_once",
            ),
            models.CheckConstraint(
                condition=Q(outcome="applied", transaction__isnull=False)
                | (~Q(outcome="applied") & Q(transaction=None)),
                name="what_is_applied_has_its_transaction",
            ),
            models.CheckConstraint(
                condition=Q(outcome="applied") | ~Q(reason=""),
                name="what_is_not_applied_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="dismissed")
                | (Q(decided_at__isnull=False) & ~Q(decided_because="")),
                name="a_dismissal_has_a_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["package", "outcome", "line"], name="section10_row_by_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.package_id} {self.file_name}:{self.line}"

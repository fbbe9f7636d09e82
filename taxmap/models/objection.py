"""คำคัดค้านและอุทธรณ์: how an owner contests an assessment (ss. 73-82 of the Act)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.models.public_id import public_id_field


class Objection(models.Model):
    """An objection (ภ.ด.ส.10) to one assessment, or the appeal (ภ.ด.ส.11) against its decision.

    Somebody examines it and proposes, somebody else decides; what it changes is a `BillNote`.
    """

    class Kind(models.TextChoices):
        OBJECTION = "objection", _("objection (ภ.ด.ส.10)")
        APPEAL = "appeal", _("appeal (ภ.ด.ส.11)")

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        EXAMINED = "examined", _("examined, to be decided")
        ALLOWED = "allowed", _("allowed")
        PARTLY_ALLOWED = "partly_allowed", _("allowed in part")
        DISMISSED = "dismissed", pgettext_lazy("objection", "dismissed")
        WITHDRAWN = "withdrawn", pgettext_lazy("objection", "withdrawn")

    public_id = public_id_field()
    kind = models.CharField(max_length=10, choices=Kind, db_comment="คำคัดค้าน หรือ อุทธรณ์")
    state = models.CharField(
        max_length=14, choices=State, default=State.RECEIVED, db_comment="ขั้นตอน"
    )
    assessment = models.ForeignKey(
        "taxmap.Assessment", models.PROTECT, related_name="objections", db_comment="การประเมิน"
    )
    objection = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="appeal",
        db_comment="คำคัดค้านที่อุทธรณ์; null for an objection",
    )  # fmt: skip
    received_on = models.DateField(_("received on"), db_comment="วันที่รับคำร้อง")
    filed_by = models.DateField(db_comment="วันสุดท้ายที่ยื่นได้")
    decide_by = models.DateField(db_comment="วันสุดท้ายที่ต้องวินิจฉัย")
    is_late = models.BooleanField(default=False, db_comment="ยื่นเกินกำหนด")
    grounds = models.TextField(_("grounds"), db_comment="เหตุที่คัดค้าน")
    received_by = models.ForeignKey(
        "offices.User", models.PROTECT, related_name="+", db_comment="ผู้รับคำร้อง"
    )
    finding = models.TextField(
        pgettext_lazy("objection", "finding"), blank=True, db_comment="ผลการตรวจสอบ"
    )
    examined_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, blank=True,
        related_name="+", db_comment="ผู้ตรวจสอบ",
    )  # fmt: skip
    decision = models.TextField(_("decision"), blank=True, db_comment="คำวินิจฉัย")
    decided_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, blank=True,
        related_name="+", db_comment="ผู้วินิจฉัย",
    )  # fmt: skip
    decided_on = models.DateField(null=True, blank=True, db_comment="วันที่วินิจฉัย")
    told_on = models.DateField(
        _("told the owner on"), null=True, blank=True, db_comment="วันที่ผู้เสียภาษีได้รับแจ้งผล"
    )
    note = models.OneToOneField(
        "taxmap.BillNote", models.PROTECT, null=True, blank=True,
        related_name="objection", db_comment="ใบลดหนี้หรือเพิ่มหนี้; null: the tax stays",
    )  # fmt: skip

    class Meta:
        verbose_name = _("objection or appeal")
        verbose_name_plural = _("objections and appeals")
        db_table_comment = "คำคัดค้านและอุทธรณ์การประเมิน (ภ.ด.ส.10, ภ.ด.ส.11)"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="objection", objection=None)
                | Q(kind="appeal", objection__isnull=False),
                name="appeal_is_against_a_decided_objection",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["received", "examined", "withdrawn"], decided_by=None)
                | Q(
                    state__in=["allowed", "partly_allowed", "dismissed"],
                    decided_by__isnull=False,
                    decided_on__isnull=False,
                ),
                name="objection_is_decided_by_somebody_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("examined_by")),
                name="objection_is_decided_by_another_person",
            ),
            models.UniqueConstraint(
                fields=["assessment"],
                condition=Q(kind="objection", state__in=["received", "examined"]),
                name="assessment_has_one_open_objection",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.received_on}"


class ObjectionDocument(models.Model):
    """What the owner handed in with an objection."""

    objection = models.ForeignKey(
        Objection, models.PROTECT, related_name="documents", db_comment="คำคัดค้าน"
    )
    name = models.CharField(max_length=200, db_comment="ชื่อแฟ้ม")
    file = models.FileField(upload_to="objections/%Y/", db_comment="แฟ้ม")
    sha256 = models.CharField(max_length=64, db_comment="SHA-256 ของแฟ้ม")
    added_at = models.DateTimeField(db_comment="เวลาที่เพิ่ม")

    class Meta:
        verbose_name = _("document of an objection")
        verbose_name_plural = _("documents of objections")
        db_table_comment = "เอกสารประกอบคำคัดค้าน"
        constraints = [
            models.UniqueConstraint(
                fields=["objection", "sha256"], name="objection_document_is_kept_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

"""Survey jobs: what is asked for, who does it, and how far it has come."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from surveys.querysets import SurveyJobQuerySet


class SurveyJob(models.Model):
    """งานรังวัด: one field job under one number, from the request to the proposal."""

    class Kind(models.TextChoices):
        BOUNDARY = "boundary", _("boundary survey")
        DIVISION = "division", _("survey for a division")
        RE_SURVEY = "re_survey", _("re-survey")
        CONTROL = "control", _("control survey")
        OTHER = "other", _("other survey")

    class Status(models.TextChoices):
        REQUESTED = "requested", _("requested")
        PLANNED = "planned", _("planned")
        OBSERVED = "observed", _("observed")
        COMPUTED = "computed", _("computed")
        CHECKED = "checked", _("checked")
        PROPOSED = "proposed", _("proposed to the register")
        CLOSED = "closed", _("closed")
        WITHDRAWN = "withdrawn", pgettext_lazy("survey", "withdrawn")

    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="สำนักงานที่ดิน"
    )
    number = models.CharField(_("number"), max_length=40, db_comment="เลขที่งานรังวัด (ร.ว.)")
    purpose = models.CharField(_("purpose"), max_length=200, db_comment="วัตถุประสงค์")
    kind = models.CharField(
        _("kind"), max_length=12, choices=Kind, default=Kind.OTHER, db_default=Kind.OTHER,
        db_comment="ประเภทการรังวัด",
    )  # fmt: skip
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.REQUESTED,
        db_default=Status.OBSERVED, db_comment="สถานะ; a job loaded in bulk was observed",
    )  # fmt: skip
    quality_class = models.ForeignKey(
        "surveys.QualityClass", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("class of survey"), db_comment="ชั้นของการรังวัด; null: the office's first",
    )  # fmt: skip
    surveyor = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("surveyor"), db_comment="ช่างรังวัด",
    )  # fmt: skip
    requested_on = models.DateField(
        _("requested on"), null=True, blank=True, db_comment="วันที่รับคำขอ"
    )
    planned_on = models.DateField(_("planned for"), null=True, blank=True, db_comment="วันนัดรังวัด")
    surveyed_on = models.DateField(
        _("surveyed on"), null=True, blank=True, db_comment="วันที่รังวัด; null until observed"
    )
    zone_srid = models.PositiveIntegerField(
        null=True, blank=True, db_comment="เขตยูทีเอ็มที่คำนวณ (EPSG); null: the office's zone"
    )
    transaction = models.ForeignKey(
        "parcels.Transaction", models.PROTECT, null=True, blank=True, related_name="+",
        db_comment="รายการจดทะเบียนที่เสนอจากงานนี้",
    )  # fmt: skip

    objects = SurveyJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey job")
        verbose_name_plural = _("survey jobs")
        db_table_comment = "งานรังวัด"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "number"], name="survey_job_is_numbered_once"
            ),
            models.CheckConstraint(
                condition=~Q(status="proposed") | Q(transaction__isnull=False),
                name="a_proposed_job_has_its_transaction",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class SurveyJobParcel(models.Model):
    """A parcel that the job surveys."""

    job = models.ForeignKey(SurveyJob, models.CASCADE, related_name="parcels", db_comment="งานรังวัด")
    parcel = models.ForeignKey(
        "parcels.Parcel", models.PROTECT, related_name="+", db_comment="แปลงที่ดินที่รังวัด"
    )

    class Meta:
        verbose_name = _("surveyed parcel")
        verbose_name_plural = _("surveyed parcels")
        db_table_comment = "แปลงที่ดินในงานรังวัด"
        constraints = [
            models.UniqueConstraint(fields=["job", "parcel"], name="parcel_is_in_a_job_once")
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.parcel_id}"


class SurveyJobEvent(models.Model):
    """What happened to a job, for ever: who moved it on, imported, repeated, adjusted, checked."""

    job = models.ForeignKey(SurveyJob, models.PROTECT, related_name="events", db_comment="งานรังวัด")
    action = models.CharField(max_length=40, db_comment="การดำเนินการ (รหัส)")
    at = models.DateTimeField(db_comment="เวลา")
    actor = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+",
        db_comment="ผู้ดำเนินการ; null: a command line",
    )  # fmt: skip
    note = models.CharField(max_length=500, blank=True, db_comment="หมายเหตุ")
    data = models.JSONField(default=dict, db_comment="รายละเอียด")

    class Meta:
        verbose_name = _("event of a survey job")
        verbose_name_plural = _("events of survey jobs")
        db_table_comment = "ลำดับการดำเนินการของงานรังวัด; insert only"
        indexes = [models.Index(fields=["job", "at"], name="job_events_in_order")]

    def __str__(self) -> str:
        return self.action

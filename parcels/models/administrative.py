"""Administrative package of LADM (ISO 19152): titles, rights and their sources."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.models.public_id import public_id_field

from .versioned import VersionedObject


class TitleType(models.TextChoices):
    """Title documents under the Land Code; the numbers are LTAX Online's document codes."""

    CHANOTE = "chanote", _("title deed (N.S.4)")
    NS3K = "ns3k", _("certificate of utilisation, aerial (N.S.3 K.)")
    NS3 = "ns3", _("certificate of utilisation (N.S.3)")
    SK1 = "sk1", _("possession claim (S.K.1)")
    SPK401 = "spk401", _("land reform right (S.P.K. 4-01)")
    NSL = "nsl", _("state land certificate (N.S.L.)")
    STATE_PROPERTY = "state_property", _("state property")
    OTHER = "other", _("other document")


class AdministrativeSource(models.Model):
    """LA_AdministrativeSource: the document that says why the register changed."""

    kind = models.CharField(max_length=40, db_comment="ประเภทเอกสาร")
    reference = models.CharField(max_length=200, db_comment="เลขที่หรือชื่อเอกสาร")
    issued_on = models.DateField(null=True, blank=True, db_comment="วันที่ออก; null if unknown")
    sha256 = models.CharField(max_length=64, blank=True, db_comment="SHA-256 ของแฟ้ม")

    class Meta:
        verbose_name = _("administrative source")
        verbose_name_plural = _("administrative sources")
        db_table_comment = "เอกสารที่เป็นเหตุ (LA_AdministrativeSource)"

    def __str__(self) -> str:
        return self.reference


class BAUnit(VersionedObject):
    """LA_BAUnit: a title, the unit against which rights are registered.

    A title, and what is registered against it, never changes but by ending: a trigger sees to it.
    """

    public_id = public_id_field()
    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="สำนักงานที่ดิน"
    )
    title_type = models.CharField(max_length=16, choices=TitleType, db_comment="ประเภทเอกสารสิทธิ")
    deed_number = models.CharField(max_length=30, blank=True, db_comment="เลขที่เอกสารสิทธิ")
    district = models.ForeignKey(
        "offices.AdministrativeArea", models.PROTECT, null=True, blank=True, related_name="+",
        db_comment="อำเภอที่เลขโฉนดสังกัด",
    )  # fmt: skip
    book = models.CharField(max_length=20, blank=True, db_comment="เล่ม")
    page = models.CharField(max_length=20, blank=True, db_comment="หน้า")
    survey_page = models.CharField(max_length=20, blank=True, db_comment="หน้าสำรวจ")

    class Meta:
        verbose_name = _("title")
        verbose_name_plural = _("titles")
        db_table_comment = "หน่วยที่ดินตามเอกสารสิทธิ (LA_BAUnit)"
        indexes = [
            models.Index(fields=["deed_number", "district"], name="ba_unit_by_deed_number"),
            models.Index(fields=["survey_page"], name="ba_unit_by_survey_page"),
        ]

    def __str__(self) -> str:
        return f"{self.get_title_type_display()} {self.deed_number}"


class Right(VersionedObject):
    """LA_Right: a party's share in a title. Ownership shares in force total exactly one."""

    class Kind(models.TextChoices):
        OWNERSHIP = "ownership", _("ownership")
        POSSESSION = "possession", _("possession")

    ba_unit = models.ForeignKey(
        BAUnit, models.PROTECT, related_name="rights", db_comment="เอกสารสิทธิ"
    )
    party = models.ForeignKey(
        "parcels.Party", models.PROTECT, related_name="rights", db_comment="ผู้ถือสิทธิ"
    )
    kind = models.CharField(
        max_length=12, choices=Kind, default=Kind.OWNERSHIP, db_comment="ประเภทสิทธิ"
    )
    share_numerator = models.PositiveIntegerField(default=1, db_comment="ส่วน (ตัวเศษ)")
    share_denominator = models.PositiveIntegerField(default=1, db_comment="ส่วน (ตัวส่วน)")

    class Meta:
        verbose_name = _("right")
        verbose_name_plural = _("rights")
        db_table_comment = "สิทธิ (LA_Right) with exact shares"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    share_numerator__gte=1, share_numerator__lte=models.F("share_denominator")
                ),
                name="share_is_a_part_of_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.share_numerator}/{self.share_denominator}"


class Restriction(VersionedObject):
    """LA_Restriction: what may not be done with the land, such as a ban on transfer."""

    class Kind(models.TextChoices):
        TRANSFER_BAN = "transfer_ban", _("ban on transfer")
        SEIZURE = "seizure", _("seizure or attachment")
        CAVEAT = "caveat", _("caveat")
        SERVITUDE = "servitude", _("servitude")
        OTHER = "other", _("other restriction")

    ba_unit = models.ForeignKey(
        BAUnit, models.PROTECT, related_name="restrictions", db_comment="เอกสารสิทธิ"
    )
    kind = models.CharField(max_length=16, choices=Kind, db_comment="ประเภทข้อจำกัด")
    text = models.CharField(max_length=500, db_comment="ข้อความที่จดแจ้ง")

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        db_table_comment = "ข้อจำกัด (LA_Restriction)"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Responsibility(VersionedObject):
    """LA_Responsibility: what the holder must do, such as keep a canal bank clear."""

    ba_unit = models.ForeignKey(
        BAUnit, models.PROTECT, related_name="responsibilities", db_comment="เอกสารสิทธิ"
    )
    text = models.CharField(max_length=500, db_comment="ภาระหน้าที่")

    class Meta:
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibilities")
        db_table_comment = "ภาระหน้าที่ (LA_Responsibility)"

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Mortgage(VersionedObject):
    """LA_Mortgage: a title as security for a debt; one of each rank at a time."""

    ba_unit = models.ForeignKey(
        BAUnit, models.PROTECT, related_name="mortgages", db_comment="เอกสารสิทธิ"
    )
    creditor = models.ForeignKey(
        "parcels.Party", models.PROTECT, related_name="mortgages", db_comment="ผู้รับจำนอง"
    )
    rank = models.PositiveSmallIntegerField(default=1, db_comment="ลำดับจำนอง")
    amount_satang = models.BigIntegerField(db_comment="วงเงินจำนอง (สตางค์)")

    class Meta:
        verbose_name = _("mortgage")
        verbose_name_plural = _("mortgages")
        db_table_comment = "จำนอง (LA_Mortgage); never public"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(amount_satang__gt=0, rank__gte=1),
                name="a_mortgage_has_amount_and_rank",
            ),
            ExclusionConstraint(
                name="one_mortgage_of_a_rank_at_a_time",
                expressions=[
                    ("ba_unit", RangeOperators.EQUAL),
                    ("rank", RangeOperators.EQUAL),
                    ("valid_during", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

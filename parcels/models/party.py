from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Party(models.Model):
    """LA_Party: who holds rights. Never public; each look-up by staff is logged."""

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", _("individual")
        JURISTIC = "juristic", _("juristic person")
        STATE = "state", _("state")
        RELIGIOUS = "religious", _("religious body")
        GROUP = "group", _("group")

    kind = models.CharField(max_length=12, choices=Kind, db_comment="ประเภทผู้ถือสิทธิ")
    title = models.CharField(max_length=60, blank=True, db_comment="คำนำหน้าชื่อ")
    name = models.CharField(max_length=200, db_comment="ชื่อ หรือชื่อนิติบุคคล")
    surname = models.CharField(max_length=120, blank=True, db_comment="นามสกุล")
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by",
        db_comment="แก้ชื่อจากรายการเดิม: the same person under the name written before",
    )  # fmt: skip

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        db_table_comment = "ผู้ถือสิทธิ (LA_Party); personal data, staff only"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["individual", "juristic", "state", "religious", "group"]
                ),
                name="party_kind_is_known",
            )
        ]

    def __str__(self) -> str:
        # No name here: the text of an object reaches logs and error reports.
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def full_name(self) -> str:
        """The name as written on a deed: no space between title and given name."""
        return f"{self.title}{self.name} {self.surname}".strip()


class GroupMember(models.Model):
    """LA_GroupParty: who belongs to a party that is a group, with an equal or a stated share."""

    group = models.ForeignKey(Party, models.PROTECT, related_name="members", db_comment="กลุ่มผู้ถือสิทธิ")
    party = models.ForeignKey(Party, models.PROTECT, related_name="groups", db_comment="สมาชิก")
    share_numerator = models.PositiveIntegerField(default=1, db_comment="ส่วน (ตัวเศษ)")
    share_denominator = models.PositiveIntegerField(default=1, db_comment="ส่วน (ตัวส่วน)")

    class Meta:
        verbose_name = _("group member")
        verbose_name_plural = _("group members")
        db_table_comment = "สมาชิกของกลุ่มผู้ถือสิทธิ (LA_GroupParty)"
        constraints = [
            models.UniqueConstraint(fields=["group", "party"], name="a_member_is_named_once"),
            models.CheckConstraint(
                condition=~models.Q(group=models.F("party")), name="no_group_is_its_own_member"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    share_numerator__gte=1, share_numerator__lte=models.F("share_denominator")
                ),
                name="member_share_is_a_part_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.party_id}"

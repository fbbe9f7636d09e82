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

    kind = models.CharField(max_length=12, choices=Kind, db_comment="ประเภทผู้ถือสิทธิ")
    title = models.CharField(max_length=60, blank=True, db_comment="คำนำหน้าชื่อ")
    name = models.CharField(max_length=200, db_comment="ชื่อ หรือชื่อนิติบุคคล")
    surname = models.CharField(max_length=120, blank=True, db_comment="นามสกุล")

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        db_table_comment = "ผู้ถือสิทธิ (LA_Party); personal data, staff only"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["individual", "juristic", "state", "religious"]),
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

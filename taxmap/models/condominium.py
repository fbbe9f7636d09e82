"""อาคารชุด: condominiums and the units in them, valued by the square metre (ภ.ด.ส.2, 4, 8)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Condominium(models.Model):
    """A registered condominium, on whose parcel its units are valued."""

    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    registration = models.CharField(max_length=30, db_comment="เลขทะเบียนอาคารชุด เช่น 3/2552")
    name = models.CharField(max_length=160, db_comment="ชื่ออาคารชุด")

    class Meta:
        verbose_name = _("condominium")
        verbose_name_plural = _("condominiums")
        db_table_comment = "อาคารชุด"
        constraints = [
            models.UniqueConstraint(
                fields=["local_authority", "registration"], name="condominium_is_registered_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CondominiumUnit(models.Model):
    """ห้องชุด: one unit with its own title."""

    condominium = models.ForeignKey(
        Condominium, models.PROTECT, related_name="units", db_comment="อาคารชุด"
    )
    building = models.CharField(max_length=30, blank=True, db_comment="อาคาร; blank where only one")
    floor = models.CharField(max_length=10, db_comment="ชั้น")
    number = models.CharField(max_length=30, db_comment="เลขที่ห้องชุด")
    floor_area_m2 = models.DecimalField(
        max_digits=12, decimal_places=2, db_comment="พื้นที่ห้องชุด (ตร.ม.)"
    )
    ba_unit = models.ForeignKey(
        "parcels.BAUnit", models.PROTECT, null=True, blank=True, related_name="+",
        db_comment="หนังสือกรรมสิทธิ์ห้องชุด (อ.ช.2)",
    )  # fmt: skip

    class Meta:
        verbose_name = _("condominium unit")
        verbose_name_plural = _("condominium units")
        db_table_comment = "ห้องชุด"
        constraints = [
            models.UniqueConstraint(
                fields=["condominium", "number"], name="condominium_unit_is_numbered_once"
            ),
            models.CheckConstraint(
                condition=models.Q(floor_area_m2__gt=0), name="condominium_unit_has_an_area"
            ),
        ]

    def __str__(self) -> str:
        return self.number

from __future__ import annotations

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from web.formats import in_thai


class AdministrativeArea(models.Model):
    """A province, district or sub-district with the Department of Provincial Administration's code.

    The code carries the hierarchy: 12 is a province, 1204 a district in it, 120401 a sub-district.
    """

    class Level(models.TextChoices):
        PROVINCE = "province", _("province")
        DISTRICT = "district", _("district")
        SUB_DISTRICT = "sub_district", _("sub-district")

    code = models.CharField(
        _("code"), max_length=6, primary_key=True, db_comment="รหัสเขตปกครอง 2, 4 หรือ 6 หลัก"
    )
    level = models.CharField(
        _("level"), max_length=12, choices=Level, db_comment="ระดับ: จังหวัด อำเภอ ตำบล"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children",
        verbose_name=_("part of"),
        db_comment="เขตปกครองที่สังกัด; null for a province",
    )  # fmt: skip
    name_th = models.CharField(_("Thai name"), max_length=120, db_comment="ชื่อภาษาไทย")
    name_en = models.CharField(_("English name"), max_length=120, db_comment="ชื่อภาษาอังกฤษ")

    class Meta:
        verbose_name = _("administrative area")
        verbose_name_plural = _("administrative areas")
        db_table_comment = "เขตปกครอง: provinces, districts and sub-districts"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level="province", code__regex=r"^\d{2}$", parent=None)
                | models.Q(level="district", code__regex=r"^\d{4}$", parent__isnull=False)
                | models.Q(level="sub_district", code__regex=r"^\d{6}$", parent__isnull=False),
                name="administrative_area_code_fits_its_level",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_th if in_thai() else self.name_en

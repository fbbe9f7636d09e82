from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LookupAllowance(models.Model):
    """How much a visitor has looked up lately, as the moment when the allowance is full again.

    One row a visitor, and only while it matters: rows of the past are removed by later look-ups.
    The table is UNLOGGED; a crash empties it, which harms nobody.
    """

    visitor = models.BinaryField(
        primary_key=True,
        max_length=16,
        db_comment="ลายนิ้วมือของผู้เยี่ยมชม (keyed digest)",
    )
    full_at = models.DateTimeField(db_index=True, db_comment="เวลาที่สิทธิการค้นเต็มอีกครั้ง")

    class Meta:
        verbose_name = _("look-up allowance")
        verbose_name_plural = _("look-up allowances")
        db_table_comment = "จำนวนการค้นแปลงที่เหลือของผู้เยี่ยมชม (unlogged)"

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.full_at:%H:%M:%S}"

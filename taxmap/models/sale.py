"""Prices that were really paid, against which appraised values are held (cadastre.ratios)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SaleFile(models.Model):
    """One file of sales that somebody read in, with what became of its lines."""

    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    name = models.CharField(max_length=200, db_comment="ชื่อแฟ้ม")
    sha256 = models.CharField(max_length=64, db_comment="SHA-256 ของแฟ้ม")
    accepted = models.PositiveIntegerField(db_comment="จำนวนรายการที่รับไว้")
    known = models.PositiveIntegerField(db_comment="จำนวนรายการที่มีอยู่แล้ว")
    rejected = models.PositiveIntegerField(db_comment="จำนวนบรรทัดที่ใช้ไม่ได้")
    read_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+",
        db_comment="ผู้นำเข้า; null when a command did it",
    )  # fmt: skip
    read_at = models.DateTimeField(db_comment="เวลาที่นำเข้า")

    class Meta:
        verbose_name = _("file of sales")
        verbose_name_plural = _("files of sales")
        db_table_comment = "แฟ้มราคาซื้อขายที่นำเข้า"

    def __str__(self) -> str:
        return self.name


class Sale(models.Model):
    """One price paid for one parcel. An excluded one stays, with the reason and who said so."""

    file = models.ForeignKey(SaleFile, models.PROTECT, related_name="sales", db_comment="แฟ้มที่มา")
    unit = models.ForeignKey(
        "taxmap.ValuationUnit", models.PROTECT, related_name="sales", db_comment="หน่วยประเมิน"
    )
    sold_on = models.DateField(db_comment="วันที่ซื้อขาย")
    price_satang = models.PositiveBigIntegerField(db_comment="ราคาซื้อขาย (สตางค์)")
    excluded_because = models.CharField(
        max_length=300, blank=True, db_comment="เหตุที่ไม่นำมาคำนวณ; blank: counted"
    )
    excluded_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้ตัดออก"
    )
    excluded_at = models.DateTimeField(null=True, db_comment="เวลาที่ตัดออก")

    class Meta:
        verbose_name = _("sale")
        verbose_name_plural = _("sales")
        db_table_comment = "ราคาซื้อขายจริงของแปลงที่ดิน"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "sold_on", "price_satang"], name="sale_is_kept_once"
            ),
            models.CheckConstraint(condition=Q(price_satang__gt=0), name="sale_has_a_price"),
            models.CheckConstraint(
                condition=Q(excluded_because="", excluded_by=None, excluded_at=None)
                | (
                    ~Q(excluded_because="")
                    & Q(excluded_by__isnull=False, excluded_at__isnull=False)
                ),
                name="sale_is_excluded_with_reason_and_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.sold_on}"


class RejectedSale(models.Model):
    """A line of a file that is no sale we can use, as it stood there, with the reason."""

    file = models.ForeignKey(SaleFile, models.CASCADE, related_name="rejects", db_comment="แฟ้มที่มา")
    line = models.PositiveIntegerField(db_comment="บรรทัดที่")
    text = models.CharField(max_length=500, db_comment="ข้อความในบรรทัด")
    reason = models.CharField(max_length=200, db_comment="เหตุที่ใช้ไม่ได้; English msgid")

    class Meta:
        verbose_name = _("rejected sale")
        verbose_name_plural = _("rejected sales")
        db_table_comment = "บรรทัดราคาซื้อขายที่ใช้ไม่ได้"

    def __str__(self) -> str:
        return f"{self.file_id}:{self.line}"

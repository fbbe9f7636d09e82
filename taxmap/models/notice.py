"""What is sent to taxpayers: whose letterhead, where to, printed when, received when."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cadastre.payments import with_check_digit
from offices.models.public_id import public_id_field

_BILLER = RegexValidator(r"\A\d{13}(\d{2})?\Z", _("A biller number has 15 digits (or 13)."))
_POSTCODE = RegexValidator(r"\A\d{5}\Z", _("A postcode has 5 digits."))


class NoticeKind(models.TextChoices):
    PROPERTY_LIST = "property_list", _("property list (ภ.ด.ส.3/4)")
    ASSESSMENT = "assessment", _("notice of assessment (ภ.ด.ส.6)")
    REMINDER = "reminder", _("reminder letter")


class Delivery(models.TextChoices):
    """How a notice reached the taxpayer, or that it did not."""

    REGISTERED = "registered", _("registered post")
    POST = "post", _("ordinary post")
    BY_HAND = "by_hand", _("handed over")
    POSTED_UP = "posted_up", _("posted up at the place")
    EMAIL = "email", _("e-mail")
    RETURNED = "returned", _("came back undelivered")


class Letterhead(models.Model):
    """หัวหนังสือ: who writes, signs and is paid; one for each local authority."""

    local_authority = models.OneToOneField(
        "offices.Office", models.PROTECT, related_name="letterhead", db_comment="อปท."
    )
    department = models.CharField(
        _("department"), max_length=120, blank=True, db_comment="ส่วนราชการ"
    )
    telephone = models.CharField(_("telephone"), max_length=60, blank=True, db_comment="โทรศัพท์")
    document_prefix = models.CharField(
        _("document number begins with"), max_length=40, blank=True, db_comment="ที่ (เลขที่หนังสือ)"
    )
    signer_name = models.CharField(
        _("who signs"), max_length=120, blank=True, db_comment="ผู้ลงนาม (พนักงานประเมิน)"
    )
    signer_position = models.CharField(
        _("position"), max_length=160, blank=True, db_comment="ตำแหน่งผู้ลงนาม"
    )
    pay_at = models.CharField(
        _("where to pay"), max_length=300, blank=True, db_comment="สถานที่ชำระภาษี"
    )
    biller_id = models.CharField(
        _("biller number"), max_length=15, blank=True, validators=[_BILLER],
        db_comment="Biller ID 15 หลัก; blank: no QR code and no barcode are printed",
    )  # fmt: skip
    envelope = models.CharField(
        _("envelope"), max_length=20, default="dl", db_comment="ซองหน้าต่าง: key of envelopes.yaml"
    )

    class Meta:
        verbose_name = _("letterhead")
        verbose_name_plural = _("letterheads")
        db_table_comment = "หัวหนังสือแจ้งของ อปท."

    def __str__(self) -> str:
        return str(self.local_authority_id)


class TaxpayerAddress(models.Model):
    """Where the letters of a taxpayer go; without one they go to the plot."""

    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    party = models.ForeignKey(
        "parcels.Party", models.PROTECT, related_name="+", db_comment="ผู้เสียภาษี"
    )
    line_1 = models.CharField(
        _("house number, village, street"), max_length=120, db_comment="เลขที่ หมู่ ซอย ถนน"
    )
    line_2 = models.CharField(
        _("sub-district, district, province"), max_length=120, blank=True,
        db_comment="ตำบล อำเภอ จังหวัด",
    )  # fmt: skip
    postcode = models.CharField(
        _("postcode"), max_length=5, validators=[_POSTCODE], db_comment="รหัสไปรษณีย์"
    )
    email = models.EmailField(_("e-mail"), blank=True, db_comment="อีเมล")
    email_agreed_on = models.DateField(
        _("agreed to e-mail on"), null=True, blank=True, db_comment="วันที่ยินยอมรับสำเนาทางอีเมล"
    )

    class Meta:
        verbose_name = _("address of a taxpayer")
        verbose_name_plural = _("addresses of taxpayers")
        db_table_comment = "ที่อยู่จัดส่งของผู้เสียภาษี; personal data, staff only"
        constraints = [
            models.UniqueConstraint(
                fields=["local_authority", "party"], name="taxpayer_has_one_address_here"
            ),
            models.CheckConstraint(
                condition=models.Q(email_agreed_on=None) | ~models.Q(email=""),
                name="who_agrees_to_email_has_an_address",
            ),
        ]

    def __str__(self) -> str:
        # No address here: the text of an object reaches logs and error reports.
        return f"{self._meta.verbose_name} {self.pk}"


class NoticeBatch(models.Model):
    """Notices printed together, in postal order, in parts of so many."""

    public_id = public_id_field()
    local_authority = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="อปท."
    )
    kind = models.CharField(max_length=13, choices=NoticeKind, db_comment="ชนิดหนังสือ")
    tax_year = models.PositiveSmallIntegerField(db_comment="ปีภาษี (ค.ศ.)")
    language = models.CharField(max_length=2, default="th", db_comment="ภาษาของหนังสือ: th, en")
    dated = models.DateField(db_comment="วันที่ในหนังสือ")
    selection = models.JSONField(default=dict, db_comment="เงื่อนไขที่เลือก; no personal data")
    notices_count = models.PositiveIntegerField(db_comment="จำนวนฉบับ")
    per_part = models.PositiveIntegerField(db_comment="จำนวนฉบับต่อแฟ้ม")
    job = models.ForeignKey(
        "offices.Job", models.SET_NULL, null=True, related_name="+", db_comment="งานเบื้องหลัง"
    )
    ordered_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้สั่งพิมพ์"
    )
    ordered_at = models.DateTimeField(db_comment="เวลาที่สั่งพิมพ์")

    class Meta:
        verbose_name = _("batch of notices")
        verbose_name_plural = _("batches of notices")
        db_table_comment = "ชุดหนังสือแจ้งที่พิมพ์พร้อมกัน"
        indexes = [
            models.Index(fields=["local_authority", "-ordered_at"], name="notice_batch_by_office")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(notices_count__gt=0, per_part__gt=0),
                name="notice_batch_is_not_empty",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class NoticePart(models.Model):
    """One PDF of a batch; it is either whole or not there."""

    batch = models.ForeignKey(
        NoticeBatch, models.CASCADE, related_name="parts", db_comment="ชุดหนังสือแจ้ง"
    )
    number = models.PositiveIntegerField(db_comment="แฟ้มที่, from 1")
    notices_count = models.PositiveIntegerField(db_comment="จำนวนฉบับ")
    pages = models.PositiveIntegerField(null=True, db_comment="จำนวนหน้า; null: not printed yet")
    file = models.FileField(upload_to="notices/", blank=True, db_comment="แฟ้ม PDF")
    printed_at = models.DateTimeField(null=True, db_comment="เวลาที่พิมพ์; null: not printed yet")

    class Meta:
        verbose_name = _("part of a batch")
        verbose_name_plural = _("parts of batches")
        db_table_comment = "แฟ้ม PDF ของชุดหนังสือแจ้ง"
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="part_is_numbered_once"),
            models.CheckConstraint(
                condition=models.Q(pages=None, printed_at=None, file="")
                | (models.Q(pages__gt=0, printed_at__isnull=False) & ~models.Q(file="")),
                name="part_is_printed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"


class Notice(models.Model):
    """One letter to the owners who owe together, and what became of it."""

    part = models.ForeignKey(
        NoticePart, models.CASCADE, related_name="notices", db_comment="แฟ้มที่อยู่"
    )
    position = models.PositiveIntegerField(db_comment="ลำดับในชุด ตามลำดับไปรษณีย์, from 1")
    bill = models.ForeignKey(
        "taxmap.Bill", models.PROTECT, null=True, related_name="notices",
        db_comment="แบบแจ้งการประเมิน; null for a property list, which comes before the bill",
    )  # fmt: skip
    taxpayers = ArrayField(models.BigIntegerField(), db_comment="ผู้รับ: parcels_party.id, ascending")
    units = ArrayField(
        models.BigIntegerField(), default=list, db_comment="หน่วยประเมินในบัญชีรายการ; of a list only"
    )
    due_satang = models.BigIntegerField(null=True, db_comment="จำนวนเงินที่พิมพ์ (สตางค์)")
    printed_at = models.DateTimeField(null=True, db_comment="เวลาที่พิมพ์; null: not printed yet")
    delivery = models.CharField(
        max_length=10, choices=Delivery, blank=True, db_comment="วิธีส่ง; blank: not known yet"
    )
    registered_number = models.CharField(
        max_length=20, blank=True, db_comment="เลขพัสดุไปรษณีย์ลงทะเบียน"
    )
    received_on = models.DateField(null=True, db_comment="วันที่ได้รับ")
    recorded_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้บันทึกการรับ"
    )
    recorded_at = models.DateTimeField(null=True, db_comment="เวลาที่บันทึกการรับ")
    token = models.CharField(
        max_length=32, blank=True, db_comment="รหัสลับในลิงก์ของสำเนาทางอีเมล; blank: none was sent"
    )
    emailed_at = models.DateTimeField(null=True, db_comment="เวลาที่สั่งส่งสำเนาทางอีเมล")

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        db_table_comment = "หนังสือแจ้งผู้เสียภาษี: letters printed, and when they were received"
        constraints = [
            models.UniqueConstraint(fields=["part", "position"], name="notice_has_its_place"),
            models.UniqueConstraint(
                fields=["token"], condition=~models.Q(token=""), name="notice_link_is_given_once"
            ),
            models.CheckConstraint(
                condition=models.Q(received_on=None)
                | (~models.Q(delivery__in=["", "returned"]) & models.Q(printed_at__isnull=False)),
                name="notice_received_was_printed_and_delivered",
            ),
            models.CheckConstraint(
                condition=models.Q(token="", emailed_at=None)
                | (~models.Q(token="") & models.Q(emailed_at__isnull=False)),
                name="notice_emailed_has_a_link",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def code(self) -> str:
        """What its barcode says: its number with a check digit."""
        return with_check_digit(f"{self.pk:09d}")

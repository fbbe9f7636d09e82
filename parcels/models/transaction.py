"""Transactions: the only way by which the register changes, and what an open one proposes."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.models.public_id import public_id_field


class Transaction(models.Model):
    """รายการจดทะเบียน: the act that changed the register, its source, maker, checker and reason.

    ``content`` says what else than the shapes of parcels is to change, in the form of its kind
    (parcels.registration); ``content_hash`` is the digest of all that was submitted, to which an
    approval is bound. From submission on the database refuses changes of what was submitted, and
    of a registered transaction any change.
    """

    class Kind(models.TextChoices):
        IMPORT = "import", _("import of existing records")
        NEW_REGISTRATION = "new_registration", _("new registration")
        DIVIDE = "divide", _("division")
        MERGE = "merge", _("merger")
        DIVIDE_PUBLIC = "divide_public", _("division for public use")
        BOUNDARY_CORRECTION = "boundary_correction", _("boundary correction after survey")
        RE_SURVEY = "re_survey", _("re-survey")
        AREA_CORRECTION = "area_correction", _("area correction")
        TITLE_CHANGE = "title_change", _("change of title document")
        TRANSFER = "transfer", _("transfer")
        TRANSFER_SHARE = "transfer_share", _("transfer of a share")
        INHERITANCE = "inheritance", _("inheritance")
        MORTGAGE = "mortgage", _("mortgage")
        MORTGAGE_RELEASE = "mortgage_release", _("release of a mortgage")
        NAME_CORRECTION = "name_correction", _("name correction")
        TITLE_CANCELLATION = "title_cancellation", _("cancellation of a title")
        REPLACEMENT_DEED = "replacement_deed", _("replacement deed")
        NOTE = "note", _("note in the index")
        DATA_REPAIR = "data_repair", _("data repair")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        RETURNED = "returned", _("returned")
        APPROVED = "approved", _("approved")
        REGISTERED = "registered", _("registered")
        WITHDRAWN = "withdrawn", _("withdrawn")

    OPEN: ClassVar = (Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.APPROVED)
    EDITABLE: ClassVar = (Status.DRAFT, Status.RETURNED)

    public_id = public_id_field()
    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="สำนักงานที่ดิน"
    )
    kind = models.CharField(max_length=24, choices=Kind, db_comment="ประเภทรายการ")
    status = models.CharField(max_length=12, choices=Status, db_comment="สถานะ")
    source = models.ForeignKey(
        "parcels.AdministrativeSource", models.PROTECT, related_name="transactions",
        db_comment="เอกสารที่เป็นเหตุ",
    )  # fmt: skip
    spatial_source = models.ForeignKey(
        "parcels.SpatialSource", models.PROTECT, null=True, blank=True,
        related_name="transactions", db_comment="รายการรังวัดที่อ้างอิง",
    )  # fmt: skip
    reason = models.CharField(max_length=500, db_comment="เหตุผล")
    effective_on = models.DateField(
        null=True, blank=True, db_comment="มีผลทางกฎหมายตั้งแต่; null: the day it is registered"
    )
    content = models.JSONField(default=dict, db_comment="สาระของรายการตามประเภท; no citizen ids")
    content_hash = models.CharField(
        max_length=64, blank=True, db_comment="SHA-256 ของสาระที่เสนอ; what an approval is bound to"
    )
    maker = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+",
        db_comment="ผู้จัดทำ; null when a command did it",
    )  # fmt: skip
    checker = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้ตรวจสอบ"
    )
    returned_because = models.CharField(
        max_length=500, blank=True, db_comment="เหตุผลที่ส่งคืนหรือถอนเรื่อง"
    )
    created_at = models.DateTimeField(db_comment="เวลาที่จัดทำ")
    submitted_at = models.DateTimeField(null=True, db_comment="เวลาที่เสนอ")
    decided_at = models.DateTimeField(null=True, db_comment="เวลาที่ส่งคืนหรือเห็นชอบ")
    registered_at = models.DateTimeField(null=True, db_comment="เวลาที่จดทะเบียน")

    class Meta:
        verbose_name = _("transaction")
        verbose_name_plural = _("transactions")
        db_table_comment = "รายการจดทะเบียน: every change of the register belongs to one"
        constraints = [
            models.CheckConstraint(
                condition=Q(maker=None) | Q(checker=None) | ~Q(maker=F("checker")),
                name="the_maker_is_not_the_checker",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "registered"])
                | Q(maker=None)
                | Q(kind="import")
                | Q(checker__isnull=False),
                name="what_a_person_made_another_approved",
            ),
            models.CheckConstraint(
                condition=Q(status="registered", registered_at__isnull=False)
                | (~Q(status="registered") & Q(registered_at=None)),
                name="registered_transactions_have_their_time",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["submitted", "approved"])
                | (~Q(content_hash="") & Q(submitted_at__isnull=False)),
                name="submitted_transactions_have_their_hash",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned") | ~Q(returned_because=""),
                name="a_return_has_a_reason",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="transaction_has_a_reason"),
        ]
        indexes = [
            models.Index(fields=["office", "status", "-created_at"], name="transaction_by_office")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it may still change the register."""
        return self.status in self.OPEN

    @property
    def is_editable(self) -> bool:
        """Whether its maker may still change it."""
        return self.status in self.EDITABLE


class ProposedParcel(models.Model):
    """What a transaction does to one parcel: the state of the map if it is registered.

    Subjects (retired, changed) are claimed: a parcel is the subject of one open transaction at a
    time. Neighbours only gain or lose marks on a common boundary; they are not claimed, and
    ``base_recorded_at`` tells whether they changed in the meantime.
    """

    class Role(models.TextChoices):
        RETIRED = "retired", _("ends")
        CHANGED = "changed", _("changes")
        PIECE = "piece", _("new parcel")
        NEIGHBOUR = "neighbour", _("neighbour with a new mark")

    SUBJECTS: ClassVar = (Role.RETIRED, Role.CHANGED)

    transaction = models.ForeignKey(
        Transaction, models.PROTECT, related_name="proposed", db_comment="รายการจดทะเบียน"
    )
    position = models.PositiveSmallIntegerField(db_comment="ลำดับ")
    role = models.CharField(max_length=12, choices=Role, db_comment="บทบาทในรายการ")
    parcel = models.ForeignKey(
        "parcels.Parcel", models.PROTECT, null=True, related_name="proposed",
        db_comment="แปลงเดิม; null for a new parcel until it is registered",
    )  # fmt: skip
    base_recorded_at = models.DateTimeField(
        null=True, db_comment="สภาพแปลงที่ใช้เป็นฐาน: lower(recorded_during) of the parcel drawn upon"
    )
    geometry = models.MultiPolygonField(
        srid=4326, null=True, db_comment="รูปแปลงใหม่, lon/lat WGS 84; null when the parcel ends"
    )
    zone_srid = models.PositiveIntegerField(db_comment="โซนพิกัด (EPSG)")
    legal_area_m2 = models.DecimalField(
        max_digits=16, decimal_places=2, null=True, db_comment="เนื้อที่ตามกฎหมายใหม่ (ตร.ม.)"
    )
    keeps_number = models.BooleanField(
        default=False, db_comment="แปลงคงเหลือ: keeps title, land number and tax code of the parent"
    )
    becomes_public = models.BooleanField(
        default=False, db_comment="ตกเป็นที่สาธารณประโยชน์: gets no title"
    )
    facts = models.JSONField(
        default=dict, db_comment="ข้อมูลอื่นของแปลง: what differs from the parcel it comes from"
    )
    claims = models.BooleanField(
        default=False, db_comment="จองแปลงไว้: subject of an open transaction"
    )

    class Meta:
        verbose_name = _("proposed parcel")
        verbose_name_plural = _("proposed parcels")
        db_table_comment = "แปลงตามรายการที่เสนอ: what a transaction proposes"
        ordering = ["transaction", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["transaction", "position"], name="proposed_parcels_are_numbered"
            ),
            models.UniqueConstraint(
                fields=["parcel"], condition=Q(claims=True),
                name="a_parcel_is_in_one_open_transaction",
            ),
            models.UniqueConstraint(
                fields=["transaction", "parcel"], name="a_parcel_is_proposed_once"
            ),
            models.CheckConstraint(
                condition=Q(role="retired", geometry=None)
                | (~Q(role="retired") & Q(geometry__isnull=False)),
                name="only_what_ends_has_no_shape",
            ),
            models.CheckConstraint(
                condition=Q(role="piece")
                | Q(parcel__isnull=False, base_recorded_at__isnull=False),
                name="what_exists_is_named",
            ),
            models.CheckConstraint(
                condition=Q(geometry=None) | Q(geometry__isvalid=True),
                name="proposed_geometry_is_valid",
            ),
            models.CheckConstraint(
                condition=Q(legal_area_m2=None) | Q(legal_area_m2__gt=0),
                name="proposed_legal_area_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(claims=False) | Q(role__in=["retired", "changed"]),
                name="only_subjects_are_claimed",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.transaction_id}/{self.position} {self.role}"


class TransactionTitle(models.Model):
    """A title that a transaction concerns; an open one claims it, so that no other may."""

    transaction = models.ForeignKey(
        Transaction, models.PROTECT, related_name="titles", db_comment="รายการจดทะเบียน"
    )
    ba_unit = models.ForeignKey(
        "parcels.BAUnit", models.PROTECT, related_name="transactions", db_comment="เอกสารสิทธิ"
    )
    claims = models.BooleanField(default=False, db_comment="จองไว้: the transaction is open")

    class Meta:
        verbose_name = _("title concerned")
        verbose_name_plural = _("titles concerned")
        db_table_comment = "เอกสารสิทธิที่เกี่ยวข้องกับรายการ"
        constraints = [
            models.UniqueConstraint(
                fields=["transaction", "ba_unit"], name="a_title_is_named_once"
            ),
            models.UniqueConstraint(
                fields=["ba_unit"], condition=Q(claims=True),
                name="a_title_is_in_one_open_transaction",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.transaction_id} {self.ba_unit_id}"


class ParcelLineage(models.Model):
    """Which parcel came from which, and by which transaction."""

    parent = models.ForeignKey(
        "parcels.Parcel", models.PROTECT, related_name="children", db_comment="แปลงเดิม"
    )
    child = models.ForeignKey(
        "parcels.Parcel", models.PROTECT, related_name="parents", db_comment="แปลงที่เกิดขึ้น"
    )
    transaction = models.ForeignKey(
        Transaction, models.PROTECT, related_name="lineage", db_comment="รายการจดทะเบียน"
    )

    class Meta:
        verbose_name = _("lineage")
        verbose_name_plural = _("lineages")
        db_table_comment = "ที่มาของแปลง: lineage, both ways"
        constraints = [
            models.UniqueConstraint(fields=["parent", "child"], name="a_parent_is_named_once"),
            models.CheckConstraint(
                condition=~Q(parent=F("child")), name="no_parcel_comes_from_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} → {self.child_id}"


class NumberSeries(models.Model):
    """The last number given out of one kind in one scope; its row is locked to draw the next."""

    class Kind(models.TextChoices):
        DEED = "deed", _("deed number in a district")
        LAND = "land", _("land number on a map sheet")
        SURVEY_PAGE = "survey_page", _("survey page in a sub-district")
        TAX_LOT = "tax_lot", _("lot in a block of the tax map")

    kind = models.CharField(max_length=12, choices=Kind, db_comment="ประเภทเลข")
    scope = models.CharField(max_length=40, db_comment="ขอบเขตที่เลขไม่ซ้ำ: code or id")
    last = models.PositiveIntegerField(db_comment="เลขสุดท้ายที่ให้ไป")

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        db_table_comment = "ลำดับเลขโฉนด เลขที่ดิน และหน้าสำรวจ"
        constraints = [
            models.UniqueConstraint(fields=["kind", "scope"], name="a_series_is_kept_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.scope}: {self.last}"


class AssignedNumber(models.Model):
    """A number given by a transaction; the constraint stands behind the lock on its series."""

    kind = models.CharField(max_length=12, choices=NumberSeries.Kind, db_comment="ประเภทเลข")
    scope = models.CharField(max_length=40, db_comment="ขอบเขตที่เลขไม่ซ้ำ")
    number = models.PositiveIntegerField(db_comment="เลขที่ให้")
    transaction = models.ForeignKey(
        Transaction, models.PROTECT, related_name="numbers", db_comment="รายการที่ได้เลขนี้"
    )

    class Meta:
        verbose_name = _("assigned number")
        verbose_name_plural = _("assigned numbers")
        db_table_comment = "เลขที่ให้ไปแล้ว"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "scope", "number"], name="a_number_is_given_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.scope} {self.number}"

"""Surveying and representation package of LADM (ISO 19152): points and boundary marks."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SurveyPoint(models.Model):
    """A point of a job with its position in force, in the CRS and epoch it was observed in.

    Every position it ever had is a `PointResult`; this row repeats the one in force.
    """

    class Method(models.TextChoices):
        RTK_NETWORK = "rtk_network", _("RTK network")
        STATIC_GNSS = "static_gnss", _("static GNSS")
        TOTAL_STATION = "total_station", _("total station")
        PLAN = "plan", _("from a plan")

    class Purpose(models.TextChoices):
        CORNER = "corner", _("boundary corner")
        CONTROL = "control", _("control point")
        CHECK = "check", _("known mark for checking")
        DETAIL = "detail", _("detail")

    class Verdict(models.TextChoices):
        PASS = "pass", _("passes")
        WARN = "warn", _("passes with remarks")
        FAIL = "fail", _("fails")
        UNKNOWN = "", _("not judged")

    class Fix(models.TextChoices):
        FIXED = "fixed", _("fixed")
        FLOAT = "float", _("float")
        DGNSS = "dgnss", _("differential")
        SINGLE = "single", _("single")

    job = models.ForeignKey(
        "surveys.SurveyJob", models.PROTECT, related_name="points", db_comment="งานรังวัด"
    )
    name = models.CharField(max_length=40, db_comment="ชื่อจุด")
    method = models.CharField(max_length=16, choices=Method, db_comment="วิธีรังวัด")
    easting = models.DecimalField(
        max_digits=12, decimal_places=4, db_comment="พิกัดตะวันออก (ม.) as observed"
    )
    northing = models.DecimalField(
        max_digits=12, decimal_places=4, db_comment="พิกัดเหนือ (ม.) as observed"
    )
    ellipsoidal_height_m = models.DecimalField(
        max_digits=9, decimal_places=4, null=True, db_comment="ความสูงเหนือทรงรี (ม.)"
    )
    srid = models.PositiveIntegerField(db_comment="ระบบพิกัดที่รังวัด (EPSG)")
    horizontal_accuracy_m = models.DecimalField(
        max_digits=7, decimal_places=4, null=True, db_comment="ความถูกต้องทางราบ (ม.), RMS"
    )
    vertical_accuracy_m = models.DecimalField(
        max_digits=7, decimal_places=4, null=True, db_comment="ความถูกต้องทางดิ่ง (ม.), RMS"
    )
    fix = models.CharField(max_length=8, choices=Fix, blank=True, db_comment="ชนิดผลลัพธ์ RTK")
    satellites = models.PositiveSmallIntegerField(null=True, db_comment="จำนวนดาวเทียม")
    pdop = models.DecimalField(max_digits=5, decimal_places=2, null=True, db_comment="PDOP")
    observed_at = models.DateTimeField(
        null=True, db_comment="เวลาที่รังวัด (epoch of the coordinates); null if the file knows none"
    )
    geometry = models.PointField(srid=4326, db_comment="ตำแหน่ง, lon/lat WGS 84")
    purpose = models.CharField(
        max_length=8, choices=Purpose, default=Purpose.CORNER, db_default=Purpose.CORNER,
        db_comment="หน้าที่ของจุด",
    )  # fmt: skip
    verdict = models.CharField(
        max_length=4, choices=Verdict, blank=True, default="", db_default="",
        db_comment="ผลการตรวจคุณภาพ",
    )  # fmt: skip
    known_easting = models.DecimalField(
        max_digits=12, decimal_places=4, null=True, db_comment="พิกัดตะวันออกที่ทราบค่า (ม.)"
    )
    known_northing = models.DecimalField(
        max_digits=12, decimal_places=4, null=True, db_comment="พิกัดเหนือที่ทราบค่า (ม.)"
    )

    class Meta:
        verbose_name = _("survey point")
        verbose_name_plural = _("survey points")
        db_table_comment = "จุดรังวัดดาวเทียมและภาคพื้นดิน (LA_Point)"
        constraints = [
            models.UniqueConstraint(fields=["job", "name"], name="survey_point_is_named_once"),
            models.CheckConstraint(
                condition=models.Q(horizontal_accuracy_m=None)
                | models.Q(horizontal_accuracy_m__gte=0),
                name="accuracy_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PointResult(models.Model):
    """A position that a point was given, for ever: averaged, adjusted, or taken from a plan."""

    class How(models.TextChoices):
        SINGLE = "single", _("one observation")
        MEAN = "mean", _("mean of observations")
        ADJUSTED = "adjusted", _("adjusted in a network")
        PLAN = "plan", _("from a plan")

    point = models.ForeignKey(
        SurveyPoint, models.PROTECT, related_name="results", db_comment="จุดรังวัด"
    )
    how = models.CharField(max_length=8, choices=How, db_comment="วิธีได้มา")
    computation = models.ForeignKey(
        "surveys.Computation", models.PROTECT, null=True, related_name="results",
        db_comment="การคำนวณโครงข่าย; null for a mean",
    )  # fmt: skip
    easting = models.DecimalField(max_digits=12, decimal_places=4, db_comment="พิกัดตะวันออก (ม.)")
    northing = models.DecimalField(max_digits=12, decimal_places=4, db_comment="พิกัดเหนือ (ม.)")
    height_m = models.DecimalField(
        max_digits=9, decimal_places=4, null=True, db_comment="ความสูงเหนือทรงรี (ม.)"
    )
    srid = models.PositiveIntegerField(db_comment="ระบบพิกัด (EPSG)")
    covariance = models.JSONField(
        null=True, db_comment="ความแปรปรวนร่วม [ee, en, eu, nn, nu, uu] m²; null if unknown"
    )
    verdict = models.CharField(
        max_length=4, choices=SurveyPoint.Verdict, blank=True, db_comment="ผลการตรวจคุณภาพ"
    )
    reasons = models.JSONField(default=list, db_comment="เหตุผลของผลการตรวจ [{code, evidence}]")
    epochs_used = models.PositiveIntegerField(null=True, db_comment="จำนวนค่าที่ใช้")
    skipped = models.JSONField(
        default=list, db_comment="ค่ารังวัดที่ไม่ใช้ [{observation, code, evidence}]"
    )
    computed_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้คำนวณ"
    )
    computed_at = models.DateTimeField(db_comment="เวลาที่คำนวณ")

    class Meta:
        verbose_name = _("result of a point")
        verbose_name_plural = _("results of points")
        db_table_comment = "พิกัดทุกครั้งของจุดรังวัด; insert only"
        indexes = [models.Index(fields=["point", "computed_at"], name="results_in_order")]

    def __str__(self) -> str:
        return f"{self.point_id} {self.computed_at:%Y-%m-%d}"


class Computation(models.Model):
    """One adjustment of a job's network: what went in, what came out."""

    job = models.ForeignKey(
        "surveys.SurveyJob", models.PROTECT, related_name="computations", db_comment="งานรังวัด"
    )
    choices = models.JSONField(default=dict, db_comment="ตัวเลือก: จุดตรึง ค่าที่ไม่ใช้ ระดับความเชื่อมั่น")
    input_sha256 = models.CharField(max_length=64, db_comment="SHA-256 ของข้อมูลที่ใช้")
    report = models.JSONField(db_comment="ผลการปรับแก้")
    passed = models.BooleanField(null=True, db_comment="ผ่านการทดสอบรวม; null without redundancy")
    computed_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้คำนวณ"
    )
    computed_at = models.DateTimeField(db_comment="เวลาที่คำนวณ")

    class Meta:
        verbose_name = _("computation")
        verbose_name_plural = _("computations")
        db_table_comment = "การปรับแก้โครงข่ายของงานรังวัด; insert only"

    def __str__(self) -> str:
        return f"{self.job_id} {self.computed_at:%Y-%m-%d}"


class BoundaryMark(models.Model):
    """หลักเขต: the mark in the ground at a corner of a parcel."""

    class Monument(models.TextChoices):
        CONCRETE = "concrete", _("concrete post")
        METAL = "metal", _("metal pin")
        PIPE = "pipe", _("iron pipe")
        WALL = "wall", _("corner of a wall or building")
        TREE = "tree", _("tree or natural mark")
        NONE = "none", _("no mark in the ground")
        UNKNOWN = "", _("unknown")

    class Condition(models.TextChoices):
        FOUND = "found", pgettext_lazy("mark", "found")
        NEW = "new", _("newly set")
        DAMAGED = "damaged", _("damaged")
        MISSING = "missing", _("missing")
        UNKNOWN = "", _("unknown")

    number = models.CharField(max_length=20, db_comment="หมายเลขหลักเขต")
    office = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_comment="สำนักงานที่ดิน"
    )
    survey_point = models.ForeignKey(
        SurveyPoint, models.PROTECT, null=True, blank=True, related_name="marks",
        db_comment="จุดรังวัดที่ให้ตำแหน่ง",
    )  # fmt: skip
    geometry = models.PointField(srid=4326, db_comment="ตำแหน่ง, lon/lat WGS 84")
    monument = models.CharField(
        max_length=8, choices=Monument, blank=True, default="", db_default="",
        db_comment="ชนิดหลักเขต",
    )  # fmt: skip
    condition = models.CharField(
        max_length=8, choices=Condition, blank=True, default="", db_default="",
        db_comment="สภาพหลักเขต",
    )  # fmt: skip

    class Meta:
        verbose_name = _("boundary mark")
        verbose_name_plural = _("boundary marks")
        db_table_comment = "หลักเขตที่ดิน"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "number"], name="boundary_mark_is_numbered_once"
            )
        ]

    def __str__(self) -> str:
        return self.number


class MarkPosition(models.Model):
    """Where a boundary mark was found or set, by which result of which job; every one of them."""

    mark = models.ForeignKey(
        BoundaryMark, models.PROTECT, related_name="positions", db_comment="หลักเขต"
    )
    result = models.ForeignKey(
        PointResult, models.PROTECT, related_name="+", db_comment="พิกัดของจุดรังวัด"
    )
    since = models.DateTimeField(db_comment="เวลาที่รังวัด")
    recorded_at = models.DateTimeField(db_comment="เวลาที่บันทึก")

    class Meta:
        verbose_name = _("position of a mark")
        verbose_name_plural = _("positions of marks")
        db_table_comment = "ตำแหน่งของหลักเขตทุกครั้งที่รังวัด; insert only"
        constraints = [
            models.UniqueConstraint(fields=["mark", "result"], name="a_result_places_a_mark_once")
        ]

    def __str__(self) -> str:
        return f"{self.mark_id} {self.since:%Y-%m-%d}"

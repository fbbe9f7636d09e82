"""Everything as observed, for ever: files, their rejected records, occupations, observations.

Rows of this file are inserted and never changed or deleted (migration 0003).
"""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.models.public_id import public_id_field


class FieldFile(models.Model):
    """A file as it came from a receiver or a total station; ``read = accepted + rejected``."""

    public_id = public_id_field()
    job = models.ForeignKey(
        "surveys.SurveyJob", models.PROTECT, related_name="files", db_comment="งานรังวัด"
    )
    name = models.CharField(max_length=200, db_comment="ชื่อแฟ้มตามที่ส่งมา")
    format = models.CharField(max_length=24, db_comment="รูปแบบที่อ่าน (cadastre.fieldfiles)")
    file = models.FileField(upload_to="surveys/", max_length=200, db_comment="แฟ้มตามที่ส่งมา")
    sha256 = models.CharField(max_length=64, db_comment="SHA-256 ของแฟ้ม")
    srid = models.PositiveIntegerField(
        null=True, db_comment="ระบบพิกัดของแฟ้ม (EPSG); null: geodetic or total station"
    )
    datum_parameters = models.CharField(
        max_length=20, blank=True, db_comment="ชุดพารามิเตอร์แปลงพื้นหลักฐานที่ใช้"
    )
    header = models.JSONField(default=dict, db_comment="ข้อมูลส่วนหัวของแฟ้ม")
    read = models.PositiveIntegerField(db_comment="จำนวนรายการที่อ่าน")
    accepted = models.PositiveIntegerField(db_comment="จำนวนที่รับ")
    rejected = models.PositiveIntegerField(db_comment="จำนวนที่ไม่รับ")
    ignored = models.JSONField(default=dict, db_comment="บรรทัดที่ไม่ใช่ข้อมูลรังวัด ตามชนิด")
    imported_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้นำเข้า"
    )
    imported_at = models.DateTimeField(db_comment="เวลาที่นำเข้า")

    class Meta:
        verbose_name = _("field file")
        verbose_name_plural = _("field files")
        db_table_comment = "แฟ้มจากสนาม"
        constraints = [
            models.UniqueConstraint(fields=["job", "sha256"], name="a_field_file_is_imported_once"),
            models.CheckConstraint(
                condition=Q(read=F("accepted") + F("rejected")), name="no_record_is_dropped"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RejectedRecord(models.Model):
    """A record that could not be taken: its line, its text and the reason."""

    file = models.ForeignKey(
        FieldFile, models.PROTECT, related_name="rejects", db_comment="แฟ้มจากสนาม"
    )
    line = models.PositiveIntegerField(db_comment="บรรทัดที่ นับจาก 1")
    text = models.TextField(db_comment="ข้อความตามแฟ้ม")
    code = models.CharField(max_length=60, db_comment="รหัสเหตุที่ไม่รับ")
    evidence = models.JSONField(default=dict, db_comment="รายละเอียดของเหตุ")

    class Meta:
        verbose_name = _("rejected record")
        verbose_name_plural = _("rejected records")
        db_table_comment = "รายการจากสนามที่ไม่รับ พร้อมเหตุ"
        indexes = [models.Index(fields=["file", "line"], name="rejects_in_order")]

    def __str__(self) -> str:
        return f"{self.line}: {self.code}"


class Occupation(models.Model):
    """One stay of an instrument on a point."""

    job = models.ForeignKey(
        "surveys.SurveyJob", models.PROTECT, related_name="occupations", db_comment="งานรังวัด"
    )
    file = models.ForeignKey(
        FieldFile, models.PROTECT, related_name="occupations", db_comment="แฟ้มจากสนาม"
    )
    point_name = models.CharField(max_length=40, db_comment="ชื่อจุด")
    started_at = models.DateTimeField(null=True, db_comment="เวลาเริ่ม; null if the file knows none")
    ended_at = models.DateTimeField(null=True, db_comment="เวลาสิ้นสุด")
    receiver = models.CharField(max_length=80, blank=True, db_comment="เครื่องรับ/กล้อง")
    antenna = models.CharField(max_length=80, blank=True, db_comment="รุ่นจานรับสัญญาณ")
    antenna_height_m = models.DecimalField(
        max_digits=6, decimal_places=4, null=True, db_comment="ความสูงจานรับสัญญาณ (ม.)"
    )
    base = models.CharField(max_length=80, blank=True, db_comment="สถานีฐาน/mount point")
    operator = models.CharField(max_length=120, blank=True, db_comment="ผู้รังวัด")
    code = models.CharField(max_length=80, blank=True, db_comment="รหัสจุดในสนาม")

    class Meta:
        verbose_name = _("occupation")
        verbose_name_plural = _("occupations")
        db_table_comment = "การตั้งเครื่องรับที่จุด"
        indexes = [
            models.Index(fields=["job", "point_name", "started_at"], name="occupations_of_a_point")
        ]

    def __str__(self) -> str:
        return self.point_name


class Observation(models.Model):
    """A position as a receiver gave it: one epoch, or the one result that its file keeps."""

    class Form(models.TextChoices):
        GEODETIC = "geodetic", _("latitude, longitude, height")
        ECEF = "ecef", _("earth-centred X, Y, Z")
        BASELINE = "baseline", _("baseline east, north, up")
        GRID = "grid", _("easting, northing, height")

    class Fix(models.TextChoices):
        FIXED = "fixed", _("fixed")
        FLOAT = "float", _("float")
        DGNSS = "dgnss", _("differential")
        SINGLE = "single", _("single")
        UNKNOWN = "", _("unknown")

    occupation = models.ForeignKey(
        Occupation, models.PROTECT, related_name="observations", db_comment="การตั้งเครื่อง"
    )
    line = models.PositiveIntegerField(db_comment="บรรทัดที่ นับจาก 1")
    observed_at = models.DateTimeField(null=True, db_comment="เวลา (UTC); null if unknown")
    form = models.CharField(max_length=8, choices=Form, db_comment="รูปแบบพิกัด")
    first = models.FloatField(db_comment="ละติจูด / X / E ตามแฟ้ม (องศา หรือ ม.)")
    second = models.FloatField(db_comment="ลองจิจูด / Y / N ตามแฟ้ม")
    third = models.FloatField(null=True, db_comment="ความสูง / Z / U ตามแฟ้ม (ม.)")
    geometry = models.PointField(
        srid=4326, null=True, db_comment="ตำแหน่ง lon/lat WGS 84; null: a baseline without its base"
    )
    height_m = models.FloatField(null=True, db_comment="ความสูงเหนือทรงรี (ม.)")
    fix = models.CharField(max_length=8, choices=Fix, blank=True, db_comment="ชนิดผลลัพธ์")
    covariance = models.JSONField(
        null=True, db_comment="ความแปรปรวนร่วม [ee, en, eu, nn, nu, uu] m²; null if unknown"
    )
    epochs = models.PositiveIntegerField(
        null=True, db_comment="จำนวน epoch ที่เครื่องรับเฉลี่ยเอง; 1 for a single epoch, null if unknown"
    )
    pdop = models.FloatField(null=True, db_comment="PDOP")
    satellites = models.PositiveSmallIntegerField(null=True, db_comment="จำนวนดาวเทียม")
    ratio = models.FloatField(null=True, db_comment="AR ratio")
    age_s = models.FloatField(null=True, db_comment="อายุค่าแก้ (วินาที)")
    raw = models.TextField(db_comment="ข้อความตามแฟ้ม")

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        db_table_comment = "ค่ารังวัดดาวเทียมตามที่รับ"
        indexes = [models.Index(fields=["occupation", "line"], name="observations_in_order")]

    def __str__(self) -> str:
        return f"{self.occupation_id}/{self.line}"


class Reading(models.Model):
    """A direction, angle or distance as an instrument gave it."""

    class Kind(models.TextChoices):
        DIRECTION = "direction", _("direction")
        ZENITH = "zenith", _("zenith angle")
        SLOPE_DISTANCE = "slope_distance", _("slope distance")
        AZIMUTH = "azimuth", _("azimuth")
        ANGLE = "angle", _("angle from the backsight")
        DISTANCE = "distance", _("horizontal distance")
        ARC = "arc", _("length of a curve")
        HEIGHT_DIFFERENCE = "height_difference", _("height difference")

    occupation = models.ForeignKey(
        Occupation, models.PROTECT, related_name="readings", db_comment="การตั้งกล้อง"
    )
    line = models.PositiveIntegerField(db_comment="บรรทัดที่ นับจาก 1")
    target = models.CharField(max_length=40, db_comment="จุดเป้าหมาย")
    backsight = models.CharField(
        max_length=40, blank=True, default="", db_comment="จุดหลังที่วัดมุมจาก; empty unless an angle"
    )
    kind = models.CharField(max_length=20, choices=Kind, db_comment="ชนิดค่ารังวัด")
    value = models.FloatField(db_comment="ค่า (เรเดียน หรือ ม.)")
    sigma = models.FloatField(null=True, db_comment="ส่วนเบี่ยงเบนมาตรฐาน; null if unknown")
    face = models.PositiveSmallIntegerField(null=True, db_comment="หน้ากล้อง 1/2")
    target_height_m = models.FloatField(null=True, db_comment="ความสูงเป้า (ม.)")
    raw = models.TextField(db_comment="ข้อความตามแฟ้ม")

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        db_table_comment = "ค่ามุมและระยะตามที่อ่าน"
        indexes = [models.Index(fields=["occupation", "line"], name="readings_in_order")]

    def __str__(self) -> str:
        return f"{self.occupation_id}/{self.line}"


class Photo(models.Model):
    """A photograph of a mark or an occupation; staff only, its place taken out."""

    public_id = public_id_field()
    job = models.ForeignKey(
        "surveys.SurveyJob", models.PROTECT, related_name="photos", db_comment="งานรังวัด"
    )
    point_name = models.CharField(max_length=40, db_comment="ชื่อจุด")
    file = models.FileField(upload_to="surveys/", max_length=200, db_comment="ภาพถ่าย")
    media_type = models.CharField(max_length=60, db_comment="ชนิดแฟ้มที่ตรวจพบ")
    uploaded_by = models.ForeignKey(
        "offices.User", models.PROTECT, null=True, related_name="+", db_comment="ผู้ส่งภาพ"
    )
    uploaded_at = models.DateTimeField(db_comment="เวลาที่ส่งภาพ")

    class Meta:
        verbose_name = _("photograph")
        verbose_name_plural = _("photographs")
        db_table_comment = "ภาพถ่ายหมุดและการรังวัด"

    def __str__(self) -> str:
        return self.point_name

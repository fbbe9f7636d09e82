from __future__ import annotations

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from web.formats import in_thai


class OfficeKind(models.TextChoices):
    LAND_OFFICE = "land_office", _("land office")
    LOCAL_AUTHORITY = "local_authority", _("local authority")


class Office(models.Model):
    """An office that answers for land or tax in an area; staff act in the name of one.

    ``zone_srid`` is the metric CRS its parcels are measured in: 32647 or 32648 in Thailand,
    any projected CRS in metres elsewhere. Geometry outside ``bounds`` is refused.
    """

    code = models.CharField(
        _("code"), max_length=20, unique=True, db_comment="รหัสสำนักงาน (DOL or DLA code)"
    )
    kind = models.CharField(
        max_length=16, choices=OfficeKind, editable=False, db_comment="ประเภท: สำนักงานที่ดิน หรือ อปท."
    )
    name_th = models.CharField(_("Thai name"), max_length=200, db_comment="ชื่อภาษาไทย")
    name_en = models.CharField(_("English name"), max_length=200, db_comment="ชื่อภาษาอังกฤษ")
    address_th = models.CharField(
        _("address in Thai"), max_length=300, blank=True, db_comment="ที่อยู่ภาษาไทย"
    )
    address_en = models.CharField(
        _("address in English"), max_length=300, blank=True, db_comment="ที่อยู่ภาษาอังกฤษ"
    )
    phone = models.CharField(_("telephone"), max_length=40, blank=True, db_comment="โทรศัพท์")
    location = models.PointField(
        _("location"), srid=4326, null=True, blank=True, db_comment="ที่ตั้ง, lon/lat WGS 84"
    )
    province = models.ForeignKey(
        "offices.AdministrativeArea", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("province"),
        db_comment="จังหวัดที่ตั้ง; null outside Thailand",
    )  # fmt: skip
    zone_srid = models.PositiveIntegerField(
        _("metric CRS"), default=32647, db_comment="โซนพิกัด: EPSG code of the metric CRS"
    )
    bounds = models.PolygonField(
        _("bounds"), srid=4326, null=True, blank=True,
        db_comment="ขอบเขตที่รับข้อมูล; null accepts the whole area of use of the CRS",
    )  # fmt: skip

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        db_table_comment = "สำนักงาน: land offices and local authorities"

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_th if in_thai() else self.name_en

    @property
    def address(self) -> str:
        """The address in the language of the page."""
        return self.address_th if in_thai() else self.address_en


class KindManager(models.Manager["Office"]):
    """The offices of one kind; what it creates is of that kind."""

    def __init__(self, kind: OfficeKind) -> None:
        super().__init__()
        self.kind = kind

    def get_queryset(self) -> models.QuerySet[Office]:
        return super().get_queryset().filter(kind=self.kind)


class LandOffice(Office):
    """สำนักงานที่ดิน: keeps the register of parcels and titles."""

    objects = KindManager(OfficeKind.LAND_OFFICE)  # type: ignore[misc, assignment]

    class Meta:
        proxy = True
        verbose_name = _("land office")
        verbose_name_plural = _("land offices")

    def save(self, *args: object, **kwargs: object) -> None:
        self.kind = OfficeKind.LAND_OFFICE
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class LocalAuthority(Office):
    """องค์กรปกครองส่วนท้องถิ่น: keeps the tax map and collects the tax."""

    objects = KindManager(OfficeKind.LOCAL_AUTHORITY)  # type: ignore[misc, assignment]

    class Meta:
        proxy = True
        verbose_name = _("local authority")
        verbose_name_plural = _("local authorities")

    def save(self, *args: object, **kwargs: object) -> None:
        self.kind = OfficeKind.LOCAL_AUTHORITY
        super().save(*args, **kwargs)  # type: ignore[arg-type]

"""The demo town's offices: what they keep, when they are open, and who works there."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

import holidays
import numpy as np
from django.contrib.gis.geos import Point, Polygon
from pyproj import Transformer

from appointments.models import Closure
from config.demo.counters import LAND_OFFICE_COUNTERS, LOCAL_AUTHORITY_COUNTERS, counters_open
from config.demo.town import (
    DISTRICT_CODE,
    LAND_CLASSES,
    MUNICIPALITY_EN,
    MUNICIPALITY_TH,
    PROVINCE_CODE,
    SRID,
    Town,
)
from offices.models import (
    AdministrativeArea,
    LandOffice,
    LocalAuthority,
    Role,
    RoleAssignment,
    User,
)
from offices.models.office import Office
from surveys.services.quality import quality_classes_ensure

LAND_OFFICE_CODE = "DEMO-LAND"
LOCAL_AUTHORITY_CODE = "DEMO-TAX"
_MARGIN_M = 500.0


ACCOUNTS = (
    ("land", Role.LAND_OFFICER, LAND_OFFICE_CODE),
    ("checker", Role.CHECKER, LAND_OFFICE_CODE),
    ("surveyor", Role.SURVEYOR, LAND_OFFICE_CODE),
    ("tax", Role.TAX_OFFICER, LOCAL_AUTHORITY_CODE),
    ("cashier", Role.CASHIER, LOCAL_AUTHORITY_CODE),
    ("manager", Role.MANAGER, LOCAL_AUTHORITY_CODE),
    ("admin", Role.ADMINISTRATOR, LAND_OFFICE_CODE),
)


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account as it is printed once."""

    username: str
    password: str
    role: Role
    office: Office


def areas_create(town: Town) -> AdministrativeArea:
    """The real province, district and sub-districts around the town; returns the province."""
    province, _ = AdministrativeArea.objects.get_or_create(
        code=PROVINCE_CODE,
        defaults={"level": "province", "name_th": "นนทบุรี", "name_en": "Nonthaburi"},
    )
    district, _ = AdministrativeArea.objects.get_or_create(
        code=DISTRICT_CODE,
        defaults={
            "level": "district",
            "parent": province,
            "name_th": "บางใหญ่",
            "name_en": "Bang Yai",
        },
    )
    for sub_district in town.sub_districts:
        AdministrativeArea.objects.get_or_create(
            code=sub_district.code,
            defaults={
                "level": "sub_district",
                "parent": district,
                "name_th": sub_district.name_th,
                "name_en": sub_district.name_en,
            },
        )
    return province


def offices_create(town: Town) -> tuple[Office, Office]:
    """One land office and one local authority that serve the town, with services and hours."""
    province = areas_create(town)
    to_lonlat = Transformer.from_crs(SRID, 4326, always_xy=True)
    low, high = town.outline.min(axis=0) - _MARGIN_M, town.outline.max(axis=0) + _MARGIN_M
    west, south, east, north = to_lonlat.transform_bounds(*low, *high)
    common = {
        "province": province,
        "zone_srid": SRID,
        "bounds": Polygon.from_bbox((west, south, east, north)),
        "location": Point(*to_lonlat.transform(*_seat(town)), srid=4326),
        "address_th": "ถนนเทศบาล อำเภอบางใหญ่ จังหวัดนนทบุรี (เมืองสาธิต)",
        "address_en": "Thetsaban Road, Bang Yai, Nonthaburi (demo town)",
        "phone": "0 2000 0000",
    }
    land_office = LandOffice.objects.create(
        code=LAND_OFFICE_CODE,
        name_th="สำนักงานที่ดินจังหวัดนนทบุรี สาขาบางโฉนด (สาธิต)",
        name_en="Nonthaburi Land Office, Bang Chanot Branch (demo)",
        **common,
    )
    authority = LocalAuthority.objects.create(
        code=LOCAL_AUTHORITY_CODE,
        name_th=f"{MUNICIPALITY_TH} (สาธิต)",
        name_en=f"{MUNICIPALITY_EN} (demo)",
        **common,
    )
    quality_classes_ensure(land_office)
    counters_open(land_office, LAND_OFFICE_COUNTERS)
    counters_open(authority, LOCAL_AUTHORITY_COUNTERS)
    return land_office, authority


def _seat(town: Town) -> tuple[float, float]:
    """The middle of the municipal office's plot, or of the town where it has none yet."""
    plots = np.flatnonzero(town.parcels.land_class == LAND_CLASSES.index("office"))
    ring = town.parcels.rings[int(plots[0])] if len(plots) else town.outline
    east, north = ring[:-1].mean(axis=0)
    return float(east), float(north)


def holidays_create(years: range) -> int:
    """Thai public holidays, substitution days included; future years are predictions."""
    thai = holidays.country_holidays("TH", years=years, language="th")
    english = holidays.country_holidays("TH", years=years, language="en_US")
    known: set[date] = set(Closure.objects.filter(office=None).values_list("day", flat=True))
    return len(
        Closure.objects.bulk_create(
            Closure(day=day, name_th=name[:200], name_en=english.get(day, "")[:200])
            for day, name in sorted(thai.items())
            if day not in known
        )
    )


def accounts_create() -> list[Account]:
    """One account a role, with a random passphrase that is shown once."""
    made = []
    for username, role, code in ACCOUNTS:
        office = Office.objects.get(code=code)
        password = secrets.token_urlsafe(12)
        user = User.objects.create_user(
            username=username, password=password, is_staff=role == Role.ADMINISTRATOR
        )
        RoleAssignment.objects.create(user=user, office=office, role=role)
        made.append(Account(username, password, role, office))
    return made

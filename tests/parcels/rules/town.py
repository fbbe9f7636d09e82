"""A small clean town for the rules: parcels on the millimetre grid that share their marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection

from cadastre.geodesy import transformer
from offices.models import AdministrativeArea
from offices.models.office import Office
from parcels.models import BAUnit, MapSheet, Parcel
from tests.factories import (
    a_district,
    a_land_office,
    a_local_authority,
    a_parcel,
    a_party,
    a_title,
)

EAST, NORTH = 658_000.0, 1_534_000.0
SIDE = 40.0
Corner = tuple[float, float]
_TO_DEGREES = transformer(32647, 4326)


def lon_lat(x: float, y: float) -> Corner:
    """Metres from the corner of the town to degrees."""
    lon, lat = _TO_DEGREES.transform(EAST + x, NORTH + y)
    return float(lon), float(lat)


def ground(*corners: Corner) -> MultiPolygon:
    """A parcel's boundary by its corners in metres from the corner of the town."""
    ring = [lon_lat(*corner) for corner in (*corners, corners[0])]
    return MultiPolygon(Polygon(ring), srid=4326)


def square(column: float, row: float, side: float = SIDE) -> MultiPolygon:
    """The plot in this column and row."""
    x, y = column * SIDE, row * SIDE
    return ground((x, y), (x + side, y), (x + side, y + side), (x, y + side))


def sub_district(code: str = "120401") -> AdministrativeArea:
    a_district()
    name = {"name_th": f"ตำบล {code}", "name_en": f"Sub-district {code}"}
    return AdministrativeArea.objects.get_or_create(
        code=code, defaults={"level": "sub_district", "parent_id": code[:4], **name}
    )[0]


def the_office() -> Office:
    """The land office, with bounds of two kilometres around the town."""
    office = a_land_office()
    if office.bounds is None:
        office.bounds = ground((-1000, -1000), (1000, -1000), (1000, 1000), (-1000, 1000))[0]
        office.save()
    return office


def the_sheet() -> MapSheet:
    extent = ground((-500, -500), (500, -500), (500, 500), (-500, 500))[0]
    return MapSheet.objects.get_or_create(
        name="5136 IV 5834-1", scale=1000, zone_srid=32647, defaults={"extent": extent}
    )[0]


def a_plot(column: float = 0, row: float = 0, **fields: Any) -> Parcel:
    """A parcel of 1,600 m² in this column and row, with everything a parcel should have."""
    office = the_office()
    number = str(Parcel.objects.count() + 1)
    if "ba_unit" not in fields:
        fields["ba_unit"] = a_deed(number)
    facts: dict[str, Any] = {
        "office": office,
        "map_sheet": the_sheet(),
        "land_number": number,
        "local_authority": a_local_authority(),
        "tax_parcel_code": f"01A{int(number):03d}",
        "sub_district": sub_district(),
        "land_use": "residential",
        "legal_area_m2": Decimal("1600.00"),
        "geometry": square(column, row),
    }
    return a_parcel(**facts | fields)


def a_deed(number: str, **fields: Any) -> BAUnit:
    district = fields.pop("district", None) or a_district()
    owners = fields.pop("owners", None)
    holders = [a_party()] if owners is None else owners
    return a_title(*holders, office=the_office(), deed_number=number, district=district, **fields)


def a_town(columns: int = 3, rows: int = 3) -> list[Parcel]:
    """Plots side by side, row by row, in which no rule finds anything."""
    return [a_plot(column, row) for row in range(rows) for column in range(columns)]


@contextmanager
def past_the_guards(*constraints: tuple[str, str]) -> Iterator[None]:
    """Write what the register refuses: without triggers, and without these constraints.

    ``constraints`` are (table, name); the transaction of the test brings them back.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, name in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = DEFAULT")


def codes(hits: Iterable[Any]) -> list[str]:
    return sorted({hit.rule for hit in hits})

"""A street with plots that owe, for tests of rounds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.gis.geos import LineString

from offices.models import Office, Role, User
from taxmap.models import CollectionBook, Street, ValuationUnit
from taxmap.services.collection_rounds import Choice, book_make
from tests.factories import (
    NOW,
    a_local_authority,
    a_party,
    a_square,
    a_unit,
    a_user,
    an_assessment,
)

YEAR = 2026
LON, LAT = 100.47, 13.87


def a_street(authority: Office | None = None, north: float = 0.0) -> Street:
    """A street of about 600 m from west to east, 30 m south of the plots of `plots_along`."""
    line = LineString((LON, LAT + north), (LON + 0.006, LAT + north), srid=4326)
    return Street.objects.create(
        local_authority=authority or a_local_authority(), name_th="ถนนน้ำผึ้ง", name_en="Honey Road",
        centreline=line,
    )  # fmt: skip


def plots_along(count: int, *, tax_satang: int = 120_000, **unit: Any) -> list[ValuationUnit]:
    """Plots in a row north of the street, 01A001 in the west, each with an owner and tax due."""
    found = []
    for n in range(1, count + 1):
        each = a_unit(
            a_party(f"เจ้าของที่{n}"), uses={"other": 100},
            parcel={"tax_parcel_code": f"01A{n:03d}", "land_number": str(100 + n),
                    "house_number": f"9/{n}",
                    "geometry": a_square(lon=LON + n * 0.0004, lat=LAT + 0.0001, side=0.0003)},
            **unit,
        )  # fmt: skip
        an_assessment(each, tax_satang=tax_satang)
        found.append(each)
    return found


def a_book(count: int = 4, by: User | None = None, **choice: Any) -> CollectionBook:
    """A book of rounds along the street, made a moment ago."""
    a_street()
    plots_along(count)
    return book_make(
        authority=a_local_authority(), choice=Choice(YEAR, **choice),
        by=by or a_user("planner", Role.TAX_OFFICER, office=a_local_authority()),
        now=NOW - timedelta(hours=1),
    )  # fmt: skip

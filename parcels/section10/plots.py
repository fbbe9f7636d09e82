"""The plots that a package is made of: from the register, or from nothing on a grid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import shapely
from django.db.models import Count, Q
from shapely.geometry import MultiPolygon, Polygon, box

from cadastre.area import Area
from cadastre.errors import LandError
from cadastre.geodesy import INDIAN_1975_47N, INDIAN_1975_48N, WGS84, reproject, transform_point
from cadastre.geodesy.sheets import sheet_at
from cadastre.identifiers import MapSheet
from offices.models import Office
from parcels.models import Parcel, TitleType
from parcels.section10.generating import Plot

INDIAN: Final = {47: INDIAN_1975_47N, 48: INDIAN_1975_48N}
_SIDE_M: Final = 40.0
_PER_ROW: Final = 20


def plots_of(authority: Office, zone: int, most: int = 20_000) -> list[Plot]:
    """Parcels in force of an authority with a title deed, a Thai map sheet and a land number."""
    held = Count("ba_unit__rights", filter=Q(ba_unit__rights__retired_by=None))
    parcels = (
        Parcel.objects.filter(
            local_authority=authority, retired_by=None, ba_unit__title_type=TitleType.CHANOTE,
            map_sheet__isnull=False, legal_area_m2__isnull=False,
            ba_unit__deed_number__regex=r"^[1-9]\d{0,6}$", land_number__regex=r"^[1-9]\d{0,6}$",
        )
        .select_related("ba_unit", "map_sheet").annotate(holders=held)
        .order_by("ba_unit__deed_number", "pk")[:most]
    )  # fmt: skip
    found = list(parcels)
    times = Counter(parcel.ba_unit.deed_number for parcel in found)
    return [plot for parcel in found for plot in _plot(parcel, zone, times)]


def _plot(parcel: Parcel, zone: int, times: Counter[str]) -> Iterator[Plot]:
    assert parcel.ba_unit is not None
    assert parcel.map_sheet is not None
    assert parcel.legal_area_m2 is not None
    number = parcel.ba_unit.deed_number
    name, scale = parcel.map_sheet.name.split(" (")[0], parcel.map_sheet.scale
    try:
        sheet = MapSheet.parse(f"{name} (1:{scale})")
    except LandError:
        return
    shape = reproject(shapely.from_wkb(bytes(parcel.geometry.wkb)), WGS84, INDIAN[zone])
    assert isinstance(shape, MultiPolygon)
    polygon = shape.geoms[0]
    if len(shape.geoms) == 1 and not polygon.interiors:
        held = parcel.holders  # type: ignore[attr-defined]  # annotated above
        yield Plot(
            number, sheet, parcel.land_number, _on_deed(parcel.legal_area_m2), polygon, held,
            repeated=times[number] > 1,
        )  # fmt: skip


def _on_deed(area_m2: Decimal) -> Decimal:
    """The area as the columns of a package can write it: hundredths of a square wa."""
    return Area(area_m2).rounded(Decimal("0.01")).square_metres.quantize(Decimal("0.01"))


def plots_from_scratch(lon: float, lat: float, zone: int, count: int) -> list[Plot]:
    """Squares of one rai side by side, with numbers of their own, from a place eastward."""
    srid = INDIAN[zone]
    x0, y0 = (float(round(each)) for each in transform_point(lon, lat, WGS84, srid))
    plots = []
    for at in range(count):
        row, column = divmod(at, _PER_ROW)
        x, y = x0 + column * _SIDE_M, y0 + row * _SIDE_M
        shape: Polygon = box(x, y, x + _SIDE_M, y + _SIDE_M)
        sheet = sheet_at(x + _SIDE_M / 2, y + _SIDE_M / 2, srid, 1000)
        plots.append(Plot(str(10_001 + at), sheet, str(1 + at), Decimal("1600.00"), shape))
    return plots

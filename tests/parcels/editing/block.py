"""A small block of square plots on the millimetre grid, with titles, for tests of edits."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon

from cadastre.geodesy import UTM_47N, WGS84
from offices.models import AdministrativeArea, Role, User
from offices.models.office import Office
from parcels.editing.choices import Choices
from parcels.editing.frame import ZoneFrame
from parcels.editing.operations import Step, operations_of
from parcels.models import Parcel, ParcelLineage, SpatialSource, Transaction
from parcels.services.edits import edit_draft
from parcels.services.transactions import (
    SourceFacts,
    transaction_approve,
    transaction_register,
    transaction_submit,
)
from tests.factories import (
    NOW,
    a_district,
    a_land_office,
    a_local_authority,
    a_map_sheet,
    a_parcel,
    a_party,
    a_title,
    a_user,
)

EAST, NORTH, SIDE = 658_000.0, 1_534_000.0, 40.0
ZONE = UTM_47N


def a_sub_district() -> AdministrativeArea:
    return AdministrativeArea.objects.get_or_create(
        code="120401",
        defaults={
            "level": "sub_district", "parent": a_district(),
            "name_th": "บางม่วง", "name_en": "Bang Muang",
        },
    )[0]  # fmt: skip


def at(x: float, y: float) -> tuple[float, float]:
    """A point of the zone, counted in metres from the corner of the block."""
    return EAST + x, NORTH + y


def place(*points: tuple[float, float]) -> dict[str, Any]:
    """Points of the block as the editor sends them."""
    return {"crs": ZONE, "points": [list(at(*point)) for point in points]}


def a_plot(column: int, row: int = 0, **fields: Any) -> Parcel:
    """A square plot of 40 m with a title of its own; ``column`` and ``row`` say where."""
    frame = ZoneFrame(ZONE)
    x, y = column * SIDE, row * SIDE
    ring = [at(x, y), at(x + SIDE, y), at(x + SIDE, y + SIDE), at(x, y + SIDE)]
    number = 1 + column + 100 * row
    owner = fields.pop("owner", None)
    title = fields.pop("title", None) or a_title(
        owner or a_party(f"เจ้าของ {number}"), deed_number=str(1000 + number),
        district=a_district(), survey_page=str(200 + number),
    )  # fmt: skip
    defaults: dict[str, Any] = {
        "geometry": frame.write(MultiPolygon([Polygon(ring)])),
        "zone_srid": ZONE,
        "land_number": str(number),
        "legal_area_m2": Decimal("1600.00"),
        "ba_unit": title,
        "sub_district": a_sub_district(),
        "local_authority": a_local_authority(),
        "map_sheet": a_map_sheet(),
        "tax_parcel_code": f"01A{number:03d}",
    }
    return a_parcel(**defaults | fields)


def officers() -> tuple[User, User]:
    """Who makes and who checks."""
    found = {user.username: user for user in User.objects.filter(username__in=["maker", "checker"])}
    maker = found.get("maker") or a_user("maker", Role.LAND_OFFICER)
    return maker, found.get("checker") or a_user("checker", Role.CHECKER)


SOURCE = SourceFacts(kind="request", reference="ท.ด. 9 ที่ 12/2569")


def drafted(
    kind: str,
    *steps: dict[str, Any],
    maker: User | None = None,
    office: Office | None = None,
    **choices: Any,
) -> Transaction:
    return edit_draft(
        office=office or a_land_office(),
        kind=kind,
        operations=operations_of(steps),
        choices=Choices.model_validate(choices),
        source=SOURCE,
        reason="ผู้ถือกรรมสิทธิ์ยื่นคำขอ",
        maker=maker or officers()[0],
        now=NOW,
        spatial_source=a_survey() if kind in {"boundary_correction", "re_survey"} else None,
    )


def a_survey() -> SpatialSource:
    return SpatialSource.objects.create(kind="survey", reference="ร.ว. 9 ที่ 5/2569")


def approved(act: Transaction) -> Transaction:
    maker, checker = act.maker, officers()[1]
    assert maker is not None
    act = transaction_submit(act=act, maker=maker, now=NOW)
    return transaction_approve(act=act, shown_hash=act.content_hash, checker=checker, now=NOW)


def registered(kind: str, *steps: dict[str, Any], **choices: Any) -> Transaction:
    """An edit taken all the way."""
    act = approved(drafted(kind, *steps, **choices))
    return register(act)


def register(act: Transaction) -> Transaction:
    checker = officers()[1]
    return transaction_register(act=act, shown_hash=act.content_hash, checker=checker, now=NOW)


def steps(*said: dict[str, Any]) -> Sequence[Step]:
    return operations_of(said)


def children(parcel: Parcel) -> list[Parcel]:
    lineage = ParcelLineage.objects.filter(parent=parcel).select_related("child__ba_unit")
    return [each.child for each in lineage.order_by("child")]


def shapes_in_force(srid: int = ZONE) -> list[MultiPolygon]:
    """All parcels in force, in metres on the grid."""
    frame = ZoneFrame(srid)
    return [frame.read(p.geometry) for p in Parcel.objects.filter(retired_by=None).order_by("pk")]


def is_coverage() -> bool:
    """Whether the parcels in force fit together: no overlap, no mark that only one has."""
    return bool(shapely.coverage_is_valid(shapes_in_force()))


def lonlats(parcel: Parcel) -> set[tuple[float, float]]:
    assert parcel.geometry.srid == WGS84
    return {tuple(point[:2]) for part in parcel.geometry.coords for ring in part for point in ring}

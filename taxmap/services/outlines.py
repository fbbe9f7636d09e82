"""Taking in outlines of buildings seen from above: GeoJSON, gate first, rejects told one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.contrib.gis.geos import Polygon
from django.db import transaction

from cadastre.errors import LandError, gettext_noop
from cadastre.planar import polygons_of_geojson
from offices.models import Office, User
from offices.services.audit import entry_record
from taxmap.models import BuildingOutline

MOST_VERTICES: Final = 2_000
BATCH: Final = 1_000


class OutlinesUnreadable(LandError):
    code = "outlines_unreadable"
    message = gettext_noop(
        "This file of outlines cannot be read: {reason}. It needs a GeoJSON FeatureCollection of "
        "polygons in longitude and latitude (WGS 84)."
    )


class Rejected(NamedTuple):
    """A feature that was not taken: its place in the file, counted from one, and why."""

    number: int
    reference: str
    reason: str


def outlines_import(
    *, local_authority: Office, content: bytes, source: str, seen_on: date, actor: User | None,
    now: datetime,
) -> tuple[int, int, list[Rejected]]:  # fmt: skip
    """Keep each polygon once by its id; how many are new, how many known, and the rejects.

    A feature is known by its ``id`` (or property ``id``), else by its place in the file. Raises
    `OutlinesUnreadable`, and then keeps nothing.
    """
    taken: dict[str, BuildingOutline] = {}
    rejects: list[Rejected] = []
    for number, feature in enumerate(_features(content), start=1):
        reference = _reference(feature, number)
        try:
            shape = _shape(feature)
        except (LandError, ValueError) as error:
            rejects.append(Rejected(number, reference, str(error)))
            continue
        taken[reference] = BuildingOutline(
            local_authority=local_authority, source=source, reference=reference, seen_on=seen_on,
            geometry=shape,
        )  # fmt: skip
    with transaction.atomic():
        of_source = BuildingOutline.objects.filter(local_authority=local_authority, source=source)
        before = of_source.count()
        BuildingOutline.objects.bulk_create(taken.values(), batch_size=BATCH, ignore_conflicts=True)
        new = of_source.count() - before
        entry_record(
            action="taxmap.outlines_imported", subject_kind="office",
            subject_id=local_authority.code, actor=actor, office=local_authority, now=now,
            data={"source": source, "new": new, "rejected": len(rejects)},
        )  # fmt: skip
    return new, len(taken) - new, rejects


def _features(content: bytes) -> Iterator[Mapping[str, Any]]:
    try:
        read = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise OutlinesUnreadable(reason=str(error)) from error
    features = read.get("features") if isinstance(read, dict) else None
    if not isinstance(features, list):
        raise OutlinesUnreadable(reason="there is no list of features")
    yield from features


def _reference(feature: object, number: int) -> str:
    if isinstance(feature, dict):
        properties = feature.get("properties")
        given = feature.get("id", properties.get("id") if isinstance(properties, dict) else None)
        if isinstance(given, str | int):
            return str(given)[:80]
    return f"#{number}"


def _shape(feature: object) -> Polygon:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        raise ValueError("there is no geometry")  # noqa: TRY004 – the file is wrong, not the type
    polygons = polygons_of_geojson(geometry)
    if len(polygons) != 1:
        raise ValueError("a building is one polygon")
    rings = [[(x, y) for x, y, *_z in ring] for ring in polygons[0]]
    if sum(map(len, rings)) > MOST_VERTICES:
        raise ValueError("it has more than 2,000 corners")
    if not all(-180 <= x <= 180 and -90 <= y <= 90 for ring in rings for x, y in ring):
        raise ValueError("it is not in degrees of longitude and latitude")
    shape = Polygon(*rings, srid=4326)
    if not shape.valid:
        raise ValueError(f"it is not valid: {shape.valid_reason}")
    return shape

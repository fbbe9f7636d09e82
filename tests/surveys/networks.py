"""A job with a small network of a total station, its observations made from known places."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import Point

from cadastre.geodesy import grid_factors, transform_point
from surveys.models import FieldFile, Occupation, Reading, SurveyJob, SurveyPoint
from surveys.occupations import NAME_LENGTH
from tests.surveys.field import EAST, NORTH, NOW, ZONE

TRUE: dict[str, tuple[float, float]] = {
    "A": (EAST, NORTH), "B": (EAST + 180.0, NORTH + 12.0), "1": (EAST + 30.0, NORTH + 61.5),
    "2": (EAST + 75.25, NORTH + 88.75), "3": (EAST + 121.0, NORTH + 49.0),
}  # fmt: skip
SECOND = math.pi / 180 / 3600


def azimuth(a: tuple[float, float], b: tuple[float, float]) -> float:
    return math.atan2(b[0] - a[0], b[1] - a[1]) % math.tau


def a_known_point(job: SurveyJob, name: str, place: tuple[float, float], **fields: Any) -> None:
    lon, lat = transform_point(*place, ZONE, 4326)
    east, north = (Decimal(f"{value:.4f}") for value in place)
    said = {
        "purpose": SurveyPoint.Purpose.CONTROL, "known_easting": east, "known_northing": north,
        "method": SurveyPoint.Method.PLAN,
    }  # fmt: skip
    SurveyPoint.objects.create(
        job=job, name=name, easting=east, northing=north, srid=ZONE,
        geometry=Point(lon, lat, srid=4326), **said | fields,
    )  # fmt: skip


def a_field_file(job: SurveyJob, name: str = "station.gsi") -> FieldFile:
    return FieldFile.objects.create(
        job=job, name=name, format="leica_gsi", file="surveys/none.gsi", sha256=name.ljust(64, "0"),
        read=1, accepted=1, rejected=0, imported_at=NOW,
    )  # fmt: skip


def a_network(
    job: SurveyJob,
    places: Mapping[str, tuple[float, float]] = TRUE,
    *,
    stations: tuple[str, ...] = ("A", "1", "2", "3", "B"),
    gross_m: float = 0.0,
) -> None:
    """Directions and slope distances from every station to every other point, a little off.

    ``gross_m`` is added to the first distance from 1 to 3. A and B have known coordinates.
    """
    for name in ("A", "B"):
        a_known_point(job, name, places[name])
    file = a_field_file(job)
    scale = grid_factors(places["A"], ZONE).combined_scale(0.0)
    line = 0
    for turn, station in enumerate(stations):
        occupation = Occupation.objects.create(
            job=job, file=file, point_name=station[:NAME_LENGTH], receiver="TS"
        )
        rows = []
        for target, place in places.items():
            if target == station:
                continue
            line += 1
            wave = math.sin(7.1 * line)
            length = math.dist(places[station], place) / scale + 0.004 * wave
            if (station, target) == ("1", "3"):
                length += gross_m
            tilt = math.radians(88.5)
            angle = azimuth(places[station], place) - 0.7 * turn + 7 * SECOND * math.cos(5.3 * line)
            readings = (
                ("direction", angle % math.tau), ("zenith", tilt),
                ("slope_distance", length / math.sin(tilt)),
            )  # fmt: skip
            rows += [
                Reading(
                    occupation=occupation, line=line, target=target, kind=kind, value=value, face=1,
                    raw=f"{station} {target} {kind}",
                )
                for kind, value in readings
            ]  # fmt: skip
        Reading.objects.bulk_create(rows)

"""Places as the editor sends them: numbers in a reference system, or text as people type it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cadastre.digits import typed_text
from cadastre.fabric import Point
from cadastre.geodesy import (
    DEFAULT_DATUM_PARAMETERS,
    WGS84,
    CoordinatesUnreadable,
    Position,
    parse_coordinates,
    transform_point,
    zone_of_srid,
)
from cadastre.planar import INTERACTIVE_VERTICES
from parcels.editing.errors import OnePlaceExpected

LONGEST_TEXT: Final = 200 * INTERACTIVE_VERTICES
MM_PER_M: Final = 1000

Number = Annotated[float, Field(allow_inf_nan=False)]


class Coordinates(BaseModel):
    """Points in order: ``points`` as numbers (east before north) in ``crs``, or ``text``.

    ``crs`` is an EPSG code: 4326, a zone, or Indian 1975 (24047, 24048) by the parameters that
    ``datum`` names. Text has one point on each line; it may leave the ``crs`` to be understood.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    crs: int | None = None
    points: tuple[tuple[Number, Number], ...] = Field((), max_length=INTERACTIVE_VERTICES)
    text: str = Field("", max_length=LONGEST_TEXT)
    datum: str = DEFAULT_DATUM_PARAMETERS

    @model_validator(mode="before")
    @classmethod
    def _one_point(cls, said: Any) -> Any:
        if isinstance(said, dict) and "point" in said:
            rest = {key: value for key, value in said.items() if key != "point"}
            return rest | {"points": [said["point"]]}
        return said

    @model_validator(mode="after")
    def _one_form(self) -> Coordinates:
        if bool(self.points) is bool(self.text.strip()):
            raise ValueError("give points or text")
        if self.points and self.crs is None:
            raise ValueError("name the crs of the points")
        return self

    def within(self, zone_srid: int) -> list[Point]:
        """The points in metres of a zone, at their nearest millimetre.

        Raises `CoordinatesUnreadable`, `CoordinatesOutsideCrs`, `CrsUnknown`.
        """
        if self.points:
            srid = self.crs or WGS84
            return [self._metres(point, srid, zone_srid) for point in self.points]
        lines = [line for line in re.split(r"[\r\n]+", self.text) if line.strip()]
        return [self._read(line, zone_srid) for line in lines]

    def one(self, zone_srid: int) -> Point:
        """The only point; `OnePlaceExpected` if there are more."""
        found = self.within(zone_srid)
        if len(found) != 1:
            raise OnePlaceExpected(count=len(found))
        return found[0]

    def _metres(self, point: tuple[float, float], srid: int, zone_srid: int) -> Point:
        x, y = point if srid == zone_srid else transform_point(*point, srid, zone_srid, self.datum)
        return round(x * MM_PER_M) / MM_PER_M + 0.0, round(y * MM_PER_M) / MM_PER_M + 0.0

    def _read(self, line: str, zone_srid: int) -> Point:
        if self.crs is not None and self.crs != WGS84:
            return self._metres(_pair(line), self.crs, zone_srid)
        places = parse_coordinates(line)
        place = next((each for each in places if _in_zone(each, zone_srid)), places[0])
        given = (place.given_x, place.given_y)
        return self._metres(given, place.given_srid, zone_srid)


def _in_zone(place: Position, zone_srid: int) -> bool:
    zone = zone_of_srid(place.given_srid)
    return zone is None or zone == zone_of_srid(zone_srid)


_NUMBER = r"-?\d{1,8}(?:\.\d{1,6})?"
_PAIR = re.compile(
    rf"(?:(?:[^\d\s]\S*|\d{{1,4}})\s+)?[EXex]?\s*[:=]?\s*(?P<x>{_NUMBER})\s*(?:[mM]\.?|ม\.?|เมตร)?"
    rf"[\s,;/]+[NYny]?\s*[:=]?\s*(?P<y>{_NUMBER})\s*(?:[mM]\.?|ม\.?|เมตร)?",
    re.ASCII,
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))", re.ASCII)


def _pair(line: str) -> tuple[float, float]:
    """Easting and northing of one line, which may begin with a mark's name or number.

    In Thailand a northing has seven digits and an easting six, so their order speaks for itself.
    """
    written = typed_text(line[:200])
    match = _PAIR.fullmatch(written) or _PAIR.fullmatch(_THOUSANDS.sub("", written))
    if match is None:
        raise CoordinatesUnreadable(text=line[:80])
    x, y = float(match["x"]), float(match["y"])
    return (y, x) if x > 1_000_000 > y >= 0 else (x, y)

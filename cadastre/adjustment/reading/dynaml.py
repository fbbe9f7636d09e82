"""DynaML station and measurement files, the XML of DynAdjust.

Angles are written ddd.mmssss, their standard deviations in arc seconds, variances in m².
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from cadastre.adjustment.network import (
    GRS80,
    Network,
    Point,
    Role,
    geocentric,
    geodetic,
    local_axes,
)
from cadastre.adjustment.observations import (
    Angle,
    Azimuth,
    Component,
    Coordinate,
    Direction,
    Distance,
    Group,
    Matrix,
    Observation,
    Single,
    SlopeDistance,
    Vector,
    ZenithAngle,
)
from cadastre.adjustment.reading.frames import Xyz, carried, decimal_year, is_frame
from cadastre.adjustment.reading.xml import Element
from cadastre.geodesy.transform import transform_point

ARC_SECOND: Final = math.pi / 180 / 3600
FALLBACK_FRAME: Final = "GDA2020"
NEEDS_GEOID: Final = {"H": "orthometric height", "L": "levelled difference", "M": "sea level arc"}
NEEDS_DEFLECTIONS: Final = {
    "I": "astronomic latitude",
    "J": "astronomic longitude",
    "K": "astronomic azimuth",
}
XYZ: Final = (Component.X, Component.Y, Component.Z)


@dataclass(slots=True)
class _Reading:
    frame: str = ""
    points: dict[str, Point] = field(default_factory=dict)
    observations: list[Observation] = field(default_factory=list)
    sets: int = 0


def read_dynaml(roots: list[Element]) -> Network:
    """One network of station and measurement files. Raises `NetworkFileUnreadable`."""
    reading = _Reading()
    for root in roots:
        if root.tag != "DnaXmlFormat":
            root.refuse("this is not a DynaML file")
        for station in root:
            if station.tag == "DnaStation":
                reading.frame = reading.frame or root.get("referenceframe", FALLBACK_FRAME)
                _station(station, reading)
    if not reading.points:
        roots[0].refuse("there are no stations; give the station file as well")
    for root in roots:
        for each in root:
            if each.tag == "DnaMeasurement":
                _measurement(each, reading, root)
            elif each.tag != "DnaStation":
                each.refuse(f"unknown element {each.tag}")
    return Network(
        points=reading.points,
        observations=tuple(reading.observations),
        ellipsoid=GRS80,
        a_posteriori=False,
    )


def hp_radians(text: str) -> float:
    """Radians of ddd.mmssss; raises ValueError when minutes or seconds reach 60."""
    sign = -1.0 if text.strip().startswith("-") else 1.0
    whole, _, rest = text.strip().lstrip("+-").partition(".")
    digits = (rest + "0000")[: max(len(rest), 4)]
    minutes, seconds = int(digits[:2]), float(f"{digits[2:4]}.{digits[4:] or '0'}")
    if minutes >= 60 or seconds >= 60:
        raise ValueError(text)
    return sign * math.radians(int(whole or "0") + minutes / 60 + seconds / 3600)


def _angle(element: Element, text: str) -> float:
    try:
        return hp_radians(text)
    except ValueError:
        element.refuse(f"an angle is written ddd.mmssss: {text!r}")


# -- stations --------------------------------------------------------------------------------------


def _station(element: Element, reading: _Reading) -> None:
    name, kind = element.find("Name"), element.find("Type")
    written = element.child("StationCoord")
    if not name or written is None:
        element.refuse("a station without name or coordinates")
    x, y = written.find("XAxis"), written.find("YAxis")
    height = written.number(written.find("Height") or "0", "Height")
    if kind in {"LLH", "LLh"}:
        at = geocentric(_angle(written, x), _angle(written, y), height, GRS80)
    elif kind == "XYZ":
        at = (written.number(x, "XAxis"), written.number(y, "YAxis"), height)
    elif kind in {"UTM", "ENH", "ENh"}:
        at = _from_grid(written, x, y, height)
    else:
        element.refuse(f"coordinates of type {kind!r} are not read")
    constraints = (element.find("Constraints") or "FFF").upper()
    if len(constraints) != 3 or constraints.strip("CF"):
        element.refuse(f"constraints are three letters C or F: {constraints!r}")
    if constraints[2] == "C" and kind in {"LLH", "ENH", "UTM"}:
        element.refuse("a height above the geoid is held fixed; give the ellipsoidal one (LLh)")
    north, east, up = (Role.FIXED if letter == "C" else Role.FREE for letter in constraints)
    reading.points[name] = Point(at, (east, north, up))


def _from_grid(element: Element, x: str, y: str, height: float) -> tuple[float, float, float]:
    """Easting and northing of a UTM zone written as 55 or S55."""
    zone = element.find("HemisphereZone") or element.find("HemisphereZone".lower())
    digits = zone.lstrip("NnSs")
    if not digits.isdigit() or not 1 <= int(digits) <= 60:
        element.refuse(f"a UTM zone is missing: {zone!r}")
    south = not zone.upper().startswith("N")
    srid = (32700 if south else 32600) + int(digits)
    lon, lat = transform_point(element.number(x, "XAxis"), element.number(y, "YAxis"), srid, 4326)
    return geocentric(math.radians(lat), math.radians(lon), height, GRS80)


# -- measurements ----------------------------------------------------------------------------------


def _measurement(element: Element, reading: _Reading, root: Element) -> None:
    if element.find("Ignore"):
        return
    kind = element.find("Type")
    if kind in _SCALARS:
        reading.observations.append(_scalar(element, reading, kind))
    elif kind == "D":
        _directions(element, reading)
    elif kind in {"G", "X"}:
        _baselines(element, reading, root)
    elif kind == "Y":
        _positions(element, reading, root)
    elif kind in NEEDS_GEOID:
        element.refuse(
            f"type {kind}, a {NEEDS_GEOID[kind]}, needs a geoid model, which is not read"
        )
    elif kind in NEEDS_DEFLECTIONS:
        element.refuse(
            f"type {kind}, an {NEEDS_DEFLECTIONS[kind]}, needs deflections of the vertical"
        )
    else:
        element.refuse(f"measurements of type {kind!r} are not read")


def _declared(element: Element, reading: _Reading, tag: str) -> str:
    name = element.find(tag)
    if name not in reading.points:
        element.refuse(f"station {name!r} is not in the station file")
    return name


def _sigma(element: Element, unit: float) -> float:
    value = element.number(element.find("StdDev"), "StdDev")
    if value <= 0:
        element.refuse("a standard deviation is not positive")
    return value * unit


def _metres(element: Element, what: str = "Value") -> float:
    return element.number(element.find(what), what)


def _offset(element: Element, what: str) -> float:
    return element.number(element.find(what) or "0", what)


def _scalar(element: Element, reading: _Reading, kind: str) -> Single:
    make, points = _SCALARS[kind]
    names = [_declared(element, reading, tag) for tag in ("First", "Second", "Third")[:points]]
    return make(element, names)


def _horizontal_angle(element: Element, names: list[str]) -> Single:
    station, back, fore = names
    return Angle(
        value=_angle(element, element.find("Value")), sigma=_sigma(element, ARC_SECOND),
        station=station, back=back, fore=fore,
    )  # fmt: skip


def _azimuth(element: Element, names: list[str]) -> Single:
    value = _angle(element, element.find("Value"))
    return Azimuth(value=value, sigma=_sigma(element, ARC_SECOND), start=names[0], end=names[1])


def _arc(element: Element, names: list[str]) -> Single:
    return Distance(value=_metres(element), sigma=_sigma(element, 1), start=names[0], end=names[1])


def _slope(element: Element, names: list[str]) -> Single:
    return SlopeDistance(
        value=_metres(element), sigma=_sigma(element, 1), start=names[0], end=names[1],
        instrument_m=_offset(element, "InstHeight"), target_m=_offset(element, "TargHeight"),
    )  # fmt: skip


def _zenith(element: Element, names: list[str]) -> Single:
    value = _angle(element, element.find("Value"))
    return ZenithAngle(
        value=value if element.find("Type") == "V" else math.pi / 2 - value,
        sigma=_sigma(element, ARC_SECOND), start=names[0], end=names[1],
        instrument_m=_offset(element, "InstHeight"), target_m=_offset(element, "TargHeight"),
    )  # fmt: skip


def _coordinate(component: Component) -> Callable[[Element, list[str]], Single]:
    def make(element: Element, names: list[str]) -> Single:
        if component is Component.HEIGHT:
            value, sigma = _metres(element), _sigma(element, 1)
        else:
            value = _angle(element, element.find("Value"))
            sigma = _sigma(element, ARC_SECOND)
        return Coordinate(value=value, sigma=sigma, point=names[0], component=component)

    return make


_SCALARS: Final[Mapping[str, tuple[Callable[[Element, list[str]], Single], int]]] = {
    "A": (_horizontal_angle, 3),
    "B": (_azimuth, 2),
    "E": (_arc, 2),
    "P": (_coordinate(Component.LATITUDE), 1),
    "Q": (_coordinate(Component.LONGITUDE), 1),
    "R": (_coordinate(Component.HEIGHT), 1),
    "S": (_slope, 2),
    "V": (_zenith, 2),
    "Z": (_zenith, 2),
}


def _directions(element: Element, reading: _Reading) -> None:
    """A set of directions: the reference and the others share one orientation."""
    reading.sets += 1
    station, name = _declared(element, reading, "First"), str(reading.sets)
    sights = [(element, "Second")]
    sights += [
        (each, "Target") for each in element if each.tag == "Directions" and not each.find("Ignore")
    ]
    for each, tag in sights:
        value = _angle(each, each.find("Value"))
        end = _declared(each, reading, tag)
        reading.observations.append(
            Direction(value=value, sigma=_sigma(each, ARC_SECOND), start=station, end=end, set=name)
        )


# -- satellites ------------------------------------------------------------------------------------


def _frame(element: Element, reading: _Reading, root: Element) -> tuple[str, float]:
    """Frame and epoch of a measurement."""
    frame = element.find("ReferenceFrame") or root.get("referenceframe") or reading.frame
    epoch = element.find("Epoch") or root.get("epoch", "01.01.2020")
    if frame.upper() != reading.frame.upper() and not (is_frame(frame) and is_frame(reading.frame)):
        element.refuse(f"there is no way from {frame!r} to {reading.frame!r}")
    try:
        return frame, decimal_year(epoch)
    except ValueError:
        element.refuse(f"an epoch is written dd.mm.yyyy: {epoch!r}")


def _parts(element: Element, names: tuple[str, str, str] = ("X", "Y", "Z")) -> Xyz:
    x, y, z = (element.number(element.find(name), name) for name in names)
    return x, y, z


def _place(reading: _Reading, name: str) -> Xyz:
    x, y, z = reading.points[name].at
    assert x is not None and y is not None and z is not None  # noqa: PT018
    return x, y, z


def _baselines(element: Element, reading: _Reading, root: Element) -> None:
    frame, year = _frame(element, reading, root)
    vectors: list[Vector] = []
    blocks = [each for each in element if each.tag == "GPSBaseline"]
    starts = [each.text.strip() for each in element if each.tag == "First"]
    ends = [each.text.strip() for each in element if each.tag == "Second"]
    if not blocks or not len(blocks) == len(starts) == len(ends):
        element.refuse("every baseline needs First and Second")
    for start, end, block in zip(starts, ends, blocks, strict=True):
        for name in (start, end):
            if name not in reading.points:
                block.refuse(f"station {name!r} is not in the station file")
        from_, leg = _place(reading, start), _parts(block)
        to = (from_[0] + leg[0], from_[1] + leg[1], from_[2] + leg[2])
        a, b = carried(from_, frame, reading.frame, year), carried(to, frame, reading.frame, year)
        value = (b[0] - a[0], b[1] - a[1], b[2] - a[2])
        vectors.append(Vector(start=start, end=end, value=value))
    covariance = _covariance(element, blocks, "GPSCovariance", [_place(reading, s) for s in starts])
    reading.observations.append(Group(observations=tuple(vectors), covariance=covariance))


def _positions(element: Element, reading: _Reading, root: Element) -> None:
    frame, year = _frame(element, reading, root)
    blocks = [each for each in element if each.tag == "Clusterpoint"]
    names = [each.text.strip() for each in element if each.tag == "First"]
    written = element.find("Coords") or "XYZ"
    if not blocks or len(blocks) != len(names) or written not in {"XYZ", "LLh"}:
        element.refuse("a cluster of points needs First for each, and XYZ or LLh coordinates")
    singles: list[Coordinate] = []
    for name, block in zip(names, blocks, strict=True):
        if name not in reading.points:
            block.refuse(f"station {name!r} is not in the station file")
        at = _parts(block)
        if written == "LLh":
            latitude, longitude = (_angle(block, block.find(axis)) for axis in "XY")
            at = geocentric(latitude, longitude, at[2], GRS80)
        for component, value in zip(XYZ, carried(at, frame, reading.frame, year), strict=True):
            singles.append(Coordinate(value=value, sigma=1.0, point=name, component=component))
    places = [_place(reading, name) for name in names]
    covariance = _covariance(element, blocks, "PointCovariance", places, angular=written == "LLh")
    reading.observations.append(Group(observations=tuple(singles), covariance=covariance))


def _covariance(
    element: Element, blocks: list[Element], tag: str, places: list[Xyz], *, angular: bool = False
) -> Matrix:
    """The matrix of a cluster: its blocks on and right of the diagonal, scaled as the file says."""
    size = 3 * len(blocks)
    matrix = np.zeros((size, size))
    for i, block in enumerate(blocks):
        own = {name: block.number(block.find(f"Sigma{name}"), f"Sigma{name}") for name in _OWN}
        matrix[3 * i : 3 * i + 3, 3 * i : 3 * i + 3] = [
            [own["XX"], own["XY"], own["XZ"]],
            [own["XY"], own["YY"], own["YZ"]],
            [own["XZ"], own["YZ"], own["ZZ"]],
        ]
        others = [each for each in block if each.tag == tag]
        if others and len(others) != len(blocks) - 1 - i:
            block.refuse(f"{len(blocks) - 1 - i} covariances with later members are needed")
        for j, each in enumerate(others, start=i + 1):
            part = [
                [each.number(each.find(f"m{r}{c}"), f"m{r}{c}") for c in (1, 2, 3)]
                for r in (1, 2, 3)
            ]
            matrix[3 * i : 3 * i + 3, 3 * j : 3 * j + 3] = part
            matrix[3 * j : 3 * j + 3, 3 * i : 3 * i + 3] = np.transpose(part)
    return _scaled(element, matrix, places, angular=angular)


_OWN: Final = ("XX", "XY", "XZ", "YY", "YZ", "ZZ")


def _scaled(element: Element, matrix: Matrix, places: list[Xyz], *, angular: bool) -> Matrix:
    """Apply the scales of the whole matrix and of latitude, longitude and height."""
    whole, latitude, longitude, height = (
        element.number(element.find(name) or "1", name)
        for name in ("Vscale", "Pscale", "Lscale", "Hscale")
    )
    if min(whole, latitude, longitude, height) <= 0:
        element.refuse("a scale of the variances is not positive")
    where = geodetic(np.array(places), GRS80)
    axes = local_axes(where)
    scale = np.diag(np.sqrt([longitude, latitude, height]))
    turn = np.zeros_like(matrix)
    for i, (place, local) in enumerate(zip(where, axes, strict=True)):
        block = local @ scale @ local.T
        if angular:
            block = local @ scale @ _metres_of_degrees(place)
        turn[3 * i : 3 * i + 3, 3 * i : 3 * i + 3] = block
    result: Matrix = whole * (turn @ matrix @ turn.T)
    return result


def _metres_of_degrees(place: Matrix) -> Matrix:
    """East, north, up in metres of latitude, longitude (radians) and height."""
    latitude, _, height = place
    root = math.sqrt(1 - GRS80.e2 * math.sin(latitude) ** 2)
    normal, meridian = GRS80.a / root, GRS80.a * (1 - GRS80.e2) / root**3
    return np.array([
        [0.0, (normal + height) * math.cos(latitude), 0.0],
        [meridian + height, 0.0, 0.0],
        [0.0, 0.0, 1.0],
    ])  # fmt: skip

"""GNU Gama local network files (``.gkf``): the XML that its manual describes.

Millimetres and centesimal (or, where a value is written d-m-s, sexagesimal) seconds of standard
deviations become metres and radians; the file's axes become east and north.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np

from cadastre.adjustment.network import Network, Place, Point, Role, Roles
from cadastre.adjustment.observations import (
    Angle,
    Azimuth,
    Component,
    Coordinate,
    Direction,
    Distance,
    Group,
    HeightDifference,
    Observation,
    Single,
    SlopeDistance,
    Vector,
    ZenithAngle,
    points_of,
    rows_of,
)
from cadastre.adjustment.reading.axes import Axes
from cadastre.adjustment.reading.gama_weights import matrix_of, order_of, signs_of
from cadastre.adjustment.reading.xml import Element

MM: Final = 1e-3
GON: Final = math.pi / 200
CC: Final = GON / 10_000
ARC_SECOND: Final = math.pi / 180 / 3600
PARAMETERS: Final = frozenset({
    "sigma-apr", "conf-pr", "tol-abs", "sigma-act", "update-constrained-coordinates",
    "algorithm", "angular", "angles", "latitude", "ellipsoid", "cov-band", "iterations",
    "language", "encoding",
})  # fmt: skip
_SEXAGESIMAL = re.compile(r"\s*([+-]?)(\d+)-(\d+)-(\d+(?:\.\d*)?)\s*")


@dataclass(slots=True)
class _Reading:
    """What the enclosing elements say."""

    axes: Axes
    clockwise: bool
    sigma_apriori: float = 10.0
    a_posteriori: bool = True
    confidence: float = 0.95
    defaults: Mapping[str, str] = field(default_factory=dict)
    points: dict[str, Point] = field(default_factory=dict)
    observations: list[Observation] = field(default_factory=list)
    seen: list[tuple[Element, Single]] = field(default_factory=list)
    sets: int = 0


class _Found(NamedTuple):
    """An observation, the unit of its standard deviation, and whether it has one of its own."""

    one: Single
    unit: float
    weighed: bool


def read_gama(root: Element) -> tuple[Network, Axes]:
    """The network of a file and the axes it is written in. Raises `NetworkFileUnreadable`."""
    network = root.child("network")
    if root.tag != "gama-local" or network is None:
        root.refuse("this is not a GNU Gama network")
    axes = network.get("axes-xy", "ne")
    handed = network.get("angles", "left-handed")
    if axes not in Axes.CODES or handed not in {"left-handed", "right-handed"}:
        network.refuse(f"unknown axes {axes!r} or angles {handed!r}")
    reading = _Reading(Axes(axes), handed == "left-handed")
    for part in network:
        if part.tag == "parameters":
            _parameters(part, reading)
        elif part.tag == "points-observations":
            reading.defaults = part.attributes
            for each in part:
                _section(each, reading)
        elif part.tag != "description":
            part.refuse(f"unknown element {part.tag}")
    return (
        Network(
            points=_touched(reading),
            observations=tuple(reading.observations),
            a_posteriori=reading.a_posteriori,
            sigma_apriori=reading.sigma_apriori,
            confidence=reading.confidence,
        ),
        reading.axes,
    )


def _parameters(element: Element, reading: _Reading) -> None:
    for name in element.attributes.keys() - PARAMETERS:
        element.refuse(f"unknown parameter {name}")
    reading.sigma_apriori = element.number(element.get("sigma-apr", "10"), "sigma-apr")
    reading.confidence = element.number(element.get("conf-pr", "0.95"), "conf-pr")
    reading.a_posteriori = element.get("sigma-act", "aposteriori") == "aposteriori"
    if not (0 < reading.confidence < 1 and reading.sigma_apriori > 0):
        element.refuse("conf-pr lies between 0 and 1, sigma-apr is positive")


def _touched(reading: _Reading) -> dict[str, Point]:
    """The points; what no observation determines of a new point does not take part."""
    level, height = set[str](), set[str]()
    for element, one in reading.seen:
        names = points_of(one)
        for name in names:
            if name not in reading.points:
                element.refuse(f"point {name!r} is not declared")
        if not isinstance(one, _ONLY_LEVEL) and not _is_level(one):
            height.update(names)
        if not isinstance(one, HeightDifference) and not _is_height(one):
            level.update(names)
    result = dict(reading.points)
    for name, point in result.items():
        east, north, up = point.roles
        if name not in level and east is not Role.FIXED:
            east = north = Role.ABSENT
        if name not in height and up is not Role.FIXED:
            up = Role.ABSENT
        result[name] = Point(point.at, (east, north, up))
    return result


_ONLY_LEVEL: Final = (Distance, Direction, Angle, Azimuth)


def _is_height(one: Single) -> bool:
    return isinstance(one, Coordinate) and one.component is Component.HEIGHT


def _is_level(one: Single) -> bool:
    return isinstance(one, Coordinate) and one.component is not Component.HEIGHT


def _section(element: Element, reading: _Reading) -> None:
    if element.tag == "point":
        _point(element, reading)
    elif element.tag in _SECTIONS:
        _SECTIONS[element.tag](element, reading)
    else:
        element.refuse(f"unknown element {element.tag}")


# -- points ----------------------------------------------------------------------------------------


def _point(element: Element, reading: _Reading) -> None:
    name = element.get("id")
    if not name:
        element.refuse("a point without id")
    east, north, up = _place(element, reading)
    before = reading.points.get(name, Point(roles=(Role.ABSENT,) * 3))
    level, height = (before.roles[0], before.roles[2])
    for attribute, capital, small in (
        ("adj", Role.DATUM, Role.FREE),
        ("fix", Role.FIXED, Role.FIXED),
    ):
        for letter in element.get(attribute):
            role = capital if letter.isupper() else small
            if letter in "xyXY":
                level = role
            elif letter in "zZ":
                height = role
            else:
                element.refuse(f"unknown kind of point {element.get(attribute)!r}")
    roles: Roles = (level, level, height)
    kept = tuple(
        old if new is None else new for old, new in zip(before.at, (east, north, up), strict=True)
    )
    reading.points[name] = Point((kept[0], kept[1], kept[2]), roles)


def _place(element: Element, reading: _Reading) -> Place:
    texts = {letter: element.get(letter) for letter in "xyz"}
    if bool(texts["x"]) != bool(texts["y"]):
        element.refuse("x and y belong together")
    height = element.number(texts["z"], "z") if texts["z"] else None
    if not texts["x"]:
        return None, None, height
    x, y = (element.number(texts[letter], letter) for letter in "xy")
    east, north = reading.axes.east_north(x, y)
    return east, north, height


# -- observations ----------------------------------------------------------------------------------


def _angle(element: Element, text: str) -> tuple[float, float]:
    """A value in radians and the unit of its standard deviation."""
    if found := _SEXAGESIMAL.fullmatch(text):
        sign, degrees, minutes, seconds = found.groups()
        value = int(degrees) + int(minutes) / 60 + float(seconds) / 3600
        return math.radians(-value if sign == "-" else value), ARC_SECOND
    return element.number(text, "val") * GON, CC


def _sigma(element: Element, reading: _Reading, kind: str, length: float = 0.0) -> float:
    """The standard deviation as written, or the one that holds for the kind; NaN for none."""
    if text := element.get("stdev"):
        return element.number(text, "stdev")
    parts = reading.defaults.get(f"{kind}-stdev", "").split()
    if not parts:
        return math.nan
    numbers = [element.number(part, f"{kind}-stdev") for part in parts]
    a, b, c = [*numbers, *(0.0, 1.0)[len(numbers) - 1 :]][:3]
    return a + b * math.pow(length / 1000, c)


def _observed(element: Element, reading: _Reading, station: str, height: str) -> _Found:
    """An observation of an ``obs``."""
    start, end, text = element.get("from", station), element.get("to"), element.get("val")
    if element.tag == "angle":
        back, fore = element.get("bs"), element.get("fs")
        value, unit = _angle(element, text)
        if not reading.clockwise:
            back, fore = fore, back
        sigma, weighed = _weight(element, _sigma(element, reading, "angle") * unit)
        angle = Angle(value=value, sigma=sigma, station=start, back=back, fore=fore)
        return _Found(angle, unit, weighed)
    sighted: dict[str, Any] = {
        "start": start,
        "end": end,
        "instrument_m": element.number(element.get("from_dh", height or "0"), "from_dh"),
        "target_m": element.number(element.get("to_dh", "0"), "to_dh"),
    }
    if element.tag in {"distance", "s-distance"}:
        value = element.number(text, "val")
        sigma, weighed = _weight(element, _sigma(element, reading, "distance", value) * MM)
        if element.tag == "distance":
            level = Distance(value=value, sigma=sigma, start=start, end=end)
            return _Found(level, MM, weighed)
        return _Found(SlopeDistance(value=value, sigma=sigma, **sighted), MM, weighed)
    value, unit = _angle(element, text)
    if element.tag == "z-angle":
        sigma, weighed = _weight(element, _sigma(element, reading, "zenith-angle") * unit)
        return _Found(ZenithAngle(value=value, sigma=sigma, **sighted), unit, weighed)
    sigma, weighed = _weight(element, _sigma(element, reading, element.tag) * unit)
    if element.tag == "azimuth":
        return _Found(Azimuth(value=value, sigma=sigma, start=start, end=end), unit, weighed)
    value = value if reading.clockwise else -value
    named = str(reading.sets)
    direction = Direction(value=value, sigma=sigma, start=start, end=end, set=named)
    return _Found(direction, unit, weighed)


def _weight(element: Element, sigma: float) -> tuple[float, bool]:
    """The standard deviation and whether there is one; a covariance matrix may still follow."""
    if math.isnan(sigma):
        return 1.0, False
    if sigma <= 0:
        element.refuse("a standard deviation is not positive")
    return sigma, True


_OBSERVED: Final = frozenset({"direction", "distance", "angle", "s-distance", "z-angle", "azimuth"})


def _obs(element: Element, reading: _Reading) -> None:
    reading.sets += 1
    station, height = element.get("from"), element.get("from_dh")
    found: list[_Found] = []
    for each in element:
        if each.tag in _OBSERVED:
            found.append(_observed(each, reading, station, height))
        elif each.tag == "dh":
            found.append(_levelled(each, reading))
        elif each.tag != "cov-mat":
            each.refuse(f"unknown observation {each.tag}")
    _grouped(element, reading, found)


def _levelled(element: Element, reading: _Reading) -> _Found:
    value = element.number(element.get("val"), "val")
    sigma = math.nan
    if text := element.get("stdev"):
        sigma = element.number(text, "stdev") * MM
    elif text := element.get("dist"):
        sigma = reading.sigma_apriori * math.sqrt(element.number(text, "dist")) * MM
    start, end = element.get("from"), element.get("to")
    sigma, weighed = _weight(element, sigma)
    levelled = HeightDifference(value=value, sigma=sigma, start=start, end=end)
    return _Found(levelled, MM, weighed)


def _heights(element: Element, reading: _Reading) -> None:
    found = [_levelled(each, reading) for each in element if each.tag == "dh"]
    _grouped(element, reading, found)


def _coordinates(element: Element, reading: _Reading) -> None:
    """Observed coordinates; they also serve as start values."""
    found: list[_Found] = []
    for each in element:
        if each.tag != "point":
            continue
        name = each.get("id")
        before = reading.points.get(name, Point(roles=(Role.ABSENT,) * 3))
        east, north, up = _place(each, reading)
        for component, value in _axes_order(reading.axes, east, north, up):
            one = Coordinate(value=value, sigma=1.0, point=name, component=component)
            found.append(_Found(one, MM, weighed=False))
        if each.get("adj") or each.get("fix"):
            _point(each, reading)
        elif name in reading.points:
            known = [
                new if old is None else old
                for old, new in zip(before.at, (east, north, up), strict=True)
            ]
            reading.points[name] = Point((known[0], known[1], known[2]), before.roles)
    _grouped(element, reading, found)


def _axes_order(
    axes: Axes, east: float | None, north: float | None, up: float | None
) -> list[tuple[Component, float]]:
    """Components in the order x, y, z of the file."""
    level = [(Component.EAST, east), (Component.NORTH, north)]
    ordered = [*(level if axes.x_is_east else level[::-1]), (Component.HEIGHT, up)]
    return [(component, value) for component, value in ordered if value is not None]


def _vectors(element: Element, reading: _Reading) -> None:
    found: list[_Found] = []
    for each in element:
        if each.tag == "vec":
            dx, dy, dz = (each.number(each.get(name), name) for name in ("dx", "dy", "dz"))
            east, north = reading.axes.east_north(dx, dy)
            one = Vector(
                start=each.get("from"), end=each.get("to"), value=(east, north, dz),
                instrument_m=each.number(each.get("from_dh", "0"), "from_dh"),
                target_m=each.number(each.get("to_dh", "0"), "to_dh"),
            )  # fmt: skip
            found.append(_Found(one, MM, weighed=False))
    _grouped(element, reading, found)


_SECTIONS: Final = {
    "obs": _obs,
    "height-differences": _heights,
    "coordinates": _coordinates,
    "vectors": _vectors,
}


# -- weights ---------------------------------------------------------------------------------------


def _grouped(element: Element, reading: _Reading, found: list[_Found]) -> None:
    """Add observations with their standard deviations, or with the covariance matrix given."""
    reading.seen += [(element, one) for one, _, _ in found]
    written = element.child("cov-mat")
    if written is None:
        if not all(weighed for _, _, weighed in found):
            element.refuse(
                "an observation has neither a standard deviation nor a covariance matrix"
            )
        reading.observations.extend(one for one, _, _ in found)
        return
    sizes = [rows_of(one) for one, _, _ in found]
    covariance = matrix_of(written, sum(sizes))
    units = np.repeat([unit for _, unit, _ in found], sizes)
    singles = tuple(one for one, _, _ in found)
    scale = units * signs_of(singles, reading.axes, clockwise=reading.clockwise)
    covariance = covariance * np.outer(scale, scale)
    order = order_of(singles, reading.axes)
    group = Group(
        observations=singles,
        covariance=covariance[np.ix_(order, order)],
    )
    reading.observations.append(group)

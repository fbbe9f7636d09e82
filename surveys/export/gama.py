"""A network as a GNU Gama file (``.gkf``) that `read_network` reads back the same.

x is north and y east, angles run clockwise. Coordinates and lengths come back bit for bit, angles
and standard deviations to the last place of a double. Sets are renamed by their place in the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Final

from cadastre.adjustment import (
    Angle,
    Azimuth,
    Component,
    Coordinate,
    Direction,
    Distance,
    Group,
    Network,
    Observation,
    Point,
    Role,
    Single,
)

MM: Final = 1e-3
GON: Final = math.pi / 200
CC: Final = GON / 10_000
_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<gama-local xmlns="http://www.gnu.org/software/gama/gama-local">
<network axes-xy="ne" angles="left-handed">
<description>{description}</description>
<parameters sigma-apr="1" conf-pr="{confidence!r}" sigma-act="{actual}"/>
<points-observations>
"""
_FOOT: Final = "</points-observations>\n</network>\n</gama-local>\n"
# XML 1.0 has no place for these, not even escaped.
_IMPOSSIBLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_gama(network: Network, *, description: str) -> bytes:
    """The file, UTF-8, of a network in the plane: what `surveys.networks` builds.

    Directions, angles, azimuths, distances, and coordinates with their covariance. Raises
    ValueError for other kinds, for a network in space, and for one with heights.
    """
    if network.ellipsoid is not None:
        raise ValueError("this writes networks of a plane")
    actual = "aposteriori" if network.a_posteriori else "apriori"
    lines = [_HEAD.format(
        description=_text(description), confidence=network.confidence, actual=actual
    )]  # fmt: skip
    lines += [_point(name, point) for name, point in network.points.items()]
    for _, run in groupby(network.observations, key=_section):
        lines += _written(list(run))
    return "".join([*lines, _FOOT]).encode()


def _section(each: Observation) -> tuple[str, object]:
    """What stands in one element: a set of directions, a run of others, or one group."""
    if isinstance(each, Group):
        return "group", id(each)
    if isinstance(each, Direction):
        return "set", (each.start, each.set)
    return "run", None


def _point(name: str, point: Point) -> str:
    east, north, _ = point.at
    role = point.roles[0]
    if role is not point.roles[1] or point.roles[2] is not Role.ABSENT:
        raise ValueError(f"{name} is not a point of the plane")
    place = "" if east is None or north is None else f' x="{north!r}" y="{east!r}"'
    kind = {Role.FIXED: ' fix="xy"', Role.FREE: ' adj="xy"', Role.DATUM: ' adj="XY"'}.get(role, "")
    return f'<point id="{_text(name)}"{place}{kind}/>\n'


def _written(run: list[Observation]) -> Iterator[str]:
    first = run[0]
    if isinstance(first, Group):
        yield from _coordinates(first)
        return
    station = f' from="{_text(first.start)}"' if isinstance(first, Direction) else ""
    yield f"<obs{station}>\n"
    for each in run:
        assert not isinstance(each, Group)
        yield _observation(each)
    yield "</obs>\n"


def _observation(each: Single) -> str:
    if isinstance(each, Distance):
        told, value, sigma = _ends(each), each.value, each.sigma / MM
        return f'<distance{told} val="{value!r}" stdev="{sigma!r}"/>\n'
    if isinstance(each, Direction | Azimuth | Angle):
        tag = type(each).__name__.lower()
        value, sigma = each.value / GON, each.sigma / CC
        return f'<{tag}{_ends(each)} val="{value!r}" stdev="{sigma!r}"/>\n'
    raise ValueError(f"a {type(each).__name__} has no place in this file")


def _ends(each: Direction | Azimuth | Angle | Distance) -> str:
    if isinstance(each, Angle):
        told = {"from": each.station, "bs": each.back, "fs": each.fore}
    elif isinstance(each, Direction):
        told = {"to": each.end}
    else:
        told = {"from": each.start, "to": each.end}
    return "".join(f' {name}="{_text(value)}"' for name, value in told.items())


def _coordinates(group: Group) -> Iterator[str]:
    """Pairs of north and east with the full covariance, in mm²."""
    ones = group.observations
    pairs = list(zip(ones[::2], ones[1::2], strict=True))
    yield "<coordinates>\n"
    for north, east in pairs:
        if not (_is(north, Component.NORTH) and _is(east, Component.EAST)):
            raise ValueError("coordinates are written in pairs of north and east")
        assert isinstance(north, Coordinate)
        assert isinstance(east, Coordinate)
        yield f'<point id="{_text(north.point)}" x="{north.value!r}" y="{east.value!r}"/>\n'
    size = len(ones)
    yield f'<cov-mat dim="{size}" band="{size - 1}">\n'
    for row in range(size):
        yield " ".join(repr(float(v) / MM**2) for v in group.covariance[row, row:]) + "\n"
    yield "</cov-mat>\n</coordinates>\n"


def _is(each: Single, component: Component) -> bool:
    return isinstance(each, Coordinate) and each.component is component


def _text(value: str) -> str:
    """Text for an attribute; white space that a reader would level is written as references."""
    escaped = escape(_IMPOSSIBLE.sub("\N{REPLACEMENT CHARACTER}", value))
    return escaped.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")

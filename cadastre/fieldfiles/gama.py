"""Points of GNU Gama: the input of gama-local (``.gkf``) and the XML of its results.

``axes-xy`` says where x and y point ("ne" where nothing is said). Observations are counted and
left to `cadastre.adjustment`, which reads the whole network.
"""

from __future__ import annotations

import re

from cadastre.fieldfiles.columns import Options
from cadastre.fieldfiles.errors import UnitUnknown, ValueMissing
from cadastre.fieldfiles.formats import FieldFormat, Source
from cadastre.fieldfiles.records import PointCoordinates
from cadastre.fieldfiles.tally import Tally
from cadastre.fieldfiles.text import named, optional_number
from cadastre.fieldfiles.xml import Element, read_elements, root_name

_OBSERVED = frozenset({"obs", "height-differences", "vectors", "coordinates"})
_SECTIONS = ("fixed", "adjusted", "approximate")
_SIGNS = {"n": 1.0, "s": -1.0, "e": 1.0, "w": -1.0}


def recognises(source: Source) -> bool:
    return root_name(source) in ("gama-local", "gama-local-adjustment")


def read(source: Source, tally: Tally, options: Options) -> None:  # noqa: ARG001
    match = re.search(r"\baxes-xy\s*=\s*[\"'](\w{1,8})[\"']", source.text)
    axes = (match[1] if match else "ne").lower()
    results = root_name(source) == "gama-local-adjustment"
    tally.facts["axes-xy"] = axes
    # In results <coordinates> encloses the points; in the input it holds observed ones.
    wanted = frozenset(_SECTIONS) if results else _OBSERVED | {"point"}

    def take(element: Element) -> None:
        if element.tag in ("fixed", "adjusted"):
            for point in element.all("point"):
                _take(tally, axes, point, _children(point), element.tag)
        elif element.tag == "point":
            _take(tally, axes, element, element.attributes, "")
        else:
            tally.ignore(element.tag)

    read_elements(source, tally, wanted, take)


def _children(point: Element) -> dict[str, str]:
    """Results write ``<x>``; a capital letter marks a constrained coordinate."""
    return {child.tag.lower(): child.text.strip() for child in point.children}


def _take(tally: Tally, axes: str, point: Element, values: dict[str, str], state: str) -> None:
    if not any(values.get(axis, "").strip() for axis in ("x", "y", "z")):
        tally.ignore("point without coordinates")
        return
    with tally.piece(point.line, point.raw) as found:
        point.whole()
        x, y, z = (optional_number(values.get(axis), field=axis, line=point.line) for axis in "xyz")
        if (x is None) != (y is None):
            raise ValueMissing(line=point.line, field="x" if x is None else "y")
        north, east = _north_east(point.line, axes, x, y)
        told = {n: v for n, v in values.items() if n in ("fix", "adj")}
        found.append(
            PointCoordinates(
                line=point.line,
                raw=point.raw,
                point=named(values.get("id"), field="id", line=point.line),
                north=north,
                east=east,
                height=z,
                attributes=told | ({"state": state} if state else {}),
            )
        )


def _north_east(
    line: int, axes: str, x: float | None, y: float | None
) -> tuple[float | None, float | None]:
    first, second = axes[:1], axes[1:]
    if {first, second} not in ({"n", "e"}, {"n", "w"}, {"s", "e"}, {"s", "w"}):
        raise UnitUnknown(line=line, field="axes-xy", text=axes)
    if x is None or y is None:
        return None, None
    along_x, along_y = x * _SIGNS[first], y * _SIGNS[second]
    return (along_x, along_y) if first in "ns" else (along_y, along_x)


FORMAT = FieldFormat("gama", "GNU Gama XML", recognises, read)

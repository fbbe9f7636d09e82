"""Every finding of a file on a map: one page that opens anywhere, without a network.

Leaflet, its style and ours lie in the page itself. Docs: docs/operations/check-fabric.md.
"""

from __future__ import annotations

import base64
import math
import re
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from cadastre.geodesy import WGS84, transformer
from cadastre.planar import IMPORT_VERTICES, BoundaryFault, polygons_of_wkb
from parcels.importing.faults import DUPLICATE_CODE, MISSING_CODE, FileFaults, FileFinding
from parcels.importing.reasons import reason_of
from parcels.rules.catalogue import rules
from parcels.rules.wording import worded

Rings = list[list[list[float]]]
DECIMALS: Final = 9
"""Of a degree: a tenth of a millimetre, so that the smallest overlap keeps its form."""
AROUND: Final = 0.25
"""Neighbours are drawn within this part of the extent of the parcels concerned."""
STYLES: Final = (
    "npm/leaflet/leaflet.css",
    "web/css/fonts.css",
    "web/css/tokens.css",
    "parcels/findings.css",
    "parcels/fault_map.css",
)
SCRIPTS: Final = {"leaflet": "npm/leaflet/leaflet.js", "script": "parcels/fault_map.js"}
_FONT: Final = re.compile(r'url\("\.\./\.\./(npm/[^"]+\.woff2)"\)')
_PICTURE: Final = re.compile(r"url\(images/[^)]+\)")


def fault_map(found: FileFaults) -> str:
    """HTML of the map in the language of the moment; ``found`` was asked for with shapes."""
    drawn = _Drawn(found)
    findings = [
        _described(number, each, found, drawn) for number, each in enumerate(found.findings)
    ]
    kinds = [
        {"title": _title(code), "severity": _severity(code), "findings": of_code}
        for code in found.counts
        if (of_code := [each for each in findings if each["code"] == code])
    ]
    context = {
        "facts": found.facts,
        "parcels": found.parcels,
        "number": len(findings),
        "kinds": kinds,
        "data": {
            "findings": [
                {name: each[name] for name in ("severity", "at", "plots", "shape")}
                for each in findings
            ],
            "plots": drawn.concerned,
            "around": drawn.around(),
        },
        "styles": [_inline(name, "text/css") for name in STYLES],
    }
    scripts = {name: _inline(path, "text/javascript") for name, path in SCRIPTS.items()}
    return render_to_string("parcels/fault_map.html", context | scripts)


def _inline(name: str, kind: str) -> str:
    """A static file as an address that holds all of it and its fonts; pictures fall away."""
    text = _static(name).decode()
    text = _FONT.sub(lambda font: f'url("{_address(_static(font[1]), "font/woff2")}")', text)
    return _address(_PICTURE.sub("none", text).encode(), f"{kind};charset=utf-8")


def _static(name: str) -> bytes:
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(name)
    return Path(path).read_bytes()


def _address(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


# -- words -------------------------------------------------------------------------------------


def _title(code: str) -> str:
    if code == DUPLICATE_CODE:
        return _("The same number twice in the file")
    if code == MISSING_CODE:
        return _("A feature without a number")
    return rules()[code].title


def _severity(code: str) -> str:
    return rules()[code].severity if code in rules() else "warning"


def _described(
    number: int, finding: FileFinding, found: FileFaults, drawn: _Drawn
) -> dict[str, Any]:
    """A finding in words, and what the map draws of it."""
    concerned = [each for each in (finding.first, finding.second) if each is not None]
    place = finding.place
    return {
        "number": number,
        "code": finding.code,
        "severity": _severity(finding.code),
        "message": _message(finding, found),
        "at": place and [round(place[1], DECIMALS), round(place[0], DECIMALS)],
        "plots": [str(each) for each in concerned if drawn.keep(each)],
        "shape": None if finding.shape is None else drawn.lat_lon(finding.shape, WGS84),
    }


def _message(finding: FileFinding, found: FileFaults) -> str:
    names = {"parcel": _name(found, finding.first), "other": _name(found, finding.second)}
    if finding.code == DUPLICATE_CODE:
        return _("%(parcel)s has the number of %(other)s.") % names
    if finding.code == MISSING_CODE:
        return _("%(parcel)s has no number.") % names
    said = worded(rules()[finding.code], {**names, "measure": finding.measure})
    return f"{said} {reason_of(finding.detail, {})}" if finding.detail else said


def _name(found: FileFaults, position: int | None) -> str:
    """The number in the file and the position, by which the report tells it."""
    if position is None:
        return "–"
    name = found.plots[position].name if found.plots else ""
    return f"{name} (#{position})" if name else f"#{position}"


# -- drawing -----------------------------------------------------------------------------------


class _Drawn:
    """Boundaries of the file as Leaflet takes them: polygons of rings of latitude, longitude."""

    def __init__(self, found: FileFaults) -> None:
        self._plots = found.plots or {}
        self._srid, self._parameters = found.srid, found.datum_parameters
        self.concerned: dict[str, list[Rings]] = {}

    def keep(self, position: int) -> bool:
        """Draw this feature; False for one without a boundary that can be drawn."""
        if str(position) not in self.concerned:
            wkb = self._plots[position].wkb
            polygons = self.lat_lon(wkb, self._srid) if wkb else None
            if polygons is None:
                return False
            self.concerned[str(position)] = polygons
        return True

    def lat_lon(self, wkb: bytes, srid: int) -> list[Rings] | None:
        """What can be drawn of a stranger's boundary, None where nothing can."""
        polygons = _polygons(wkb)
        change = transformer(srid, WGS84, self._parameters) if srid != WGS84 else None
        drawn = [[_ring(ring, change) for ring in rings] for rings in polygons]
        kept = [[ring for ring in rings if ring] for rings in drawn]
        return [rings for rings in kept if rings] or None

    def around(self) -> list[list[Rings]]:
        """The other features near those concerned."""
        boxes = np.array([_box(polygons) for polygons in self.concerned.values()])
        others = [each for each in self._plots if str(each) not in self.concerned]
        if not len(boxes) or not others:
            return []
        south, west, north, east = boxes.T
        more = AROUND * np.maximum(north - south, east - west)
        places = shapely.box(west - more, south - more, east + more, north + more)
        drawn = {
            each: polygons
            for each in others
            if (wkb := self._plots[each].wkb) and (polygons := self.lat_lon(wkb, self._srid))
        }
        extents = np.array([_box(polygons) for polygons in drawn.values()]).reshape(-1, 4)
        near = shapely.STRtree(places).query(
            shapely.box(extents[:, 1], extents[:, 0], extents[:, 3], extents[:, 2])
        )
        shown = list(drawn.values())
        return [shown[i] for i in np.unique(near[0]).tolist()]


def _polygons(wkb: bytes) -> list[Any]:
    try:
        return list(polygons_of_wkb(wkb, IMPORT_VERTICES))
    except BoundaryFault:
        return []


def _ring(ring: Any, change: Any) -> list[list[float]]:
    points = np.asarray(ring, dtype=np.float64).reshape(-1, 2)
    lon, lat = change.transform(points[:, 0], points[:, 1]) if change else points.T
    return [
        [round(y, DECIMALS), round(x, DECIMALS)]
        for x, y in zip(lon, lat, strict=True)
        if math.isfinite(x) and math.isfinite(y)
    ]


def _box(polygons: list[Rings]) -> NDArray[np.float64]:
    """South, west, north and east."""
    points = np.array([point for rings in polygons for ring in rings for point in ring])
    return np.concatenate([points.min(axis=0), points.max(axis=0)])

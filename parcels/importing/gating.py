"""The geometry gate of an import, in the child process that `gate_child` started.

A boundary goes in as the file has it and comes out on the millimetre grid of the metric system, in
EPSG:4326, valid there, too; or it comes out as a fault with its place. The work is done here and
not in the parent because a valid but hostile boundary can keep GEOS busy for hours, and only a
process can be stopped.
"""

from __future__ import annotations

import hashlib
import math
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from cadastre.errors import LandError
from cadastre.geodesy import (
    INDIAN_1975_47N,
    INDIAN_1975_48N,
    UTM_47N,
    UTM_48N,
    WGS84,
    CoordinatesOutsideCrs,
    transformer,
)
from cadastre.planar import (
    IMPORT_VERTICES,
    AreaTooSmall,
    BoundaryFault,
    CoordinateNotFinite,
    GeometryNestedTooDeep,
    GeometryUnreadable,
    SnappedAway,
    check_polygons,
    polygons_of_wkb,
    snap,
)
from parcels.importing.errors import OutsideOffice
from parcels.importing.frames import (
    LARGEST_WKB,
    Item,
    encode_json,
    pack_item,
    read_frame,
    unpack_items,
    write_frame,
)
from parcels.importing.plain import are_plain

Rings = list[list[tuple[float, float]]]
Points = NDArray[np.float64]

_OTHER_ZONE: Final = {
    UTM_47N: UTM_48N, UTM_48N: UTM_47N,
    INDIAN_1975_47N: INDIAN_1975_48N, INDIAN_1975_48N: INDIAN_1975_47N,
}  # fmt: skip
_INDIAN_TWIN: Final = {UTM_47N: INDIAN_1975_47N, UTM_48N: INDIAN_1975_48N}
SMALLEST_PARCEL_M2: Final = 0.01
SMALLEST_OVERLAP_M2: Final = 0.01
_PLACE = re.compile(r"\[(\S+) (\S+)\]")


def serve(granted: list[str]) -> None:  # noqa: ARG001 (the same shape as the reader's)
    """Answer batch for batch until standard input ends."""
    source, out = sys.stdin.buffer, sys.stdout.buffer
    first = read_frame(source)
    if first is None:
        return
    gate = _Gate(**first.json())
    while (frame := read_frame(source)) is not None:
        if frame.kind == b"Z":
            write_frame(out, b"I", encode_json({"overlaps": gate.overlaps()}))
        else:
            answers = gate.check(list(unpack_items(frame.body)))
            write_frame(out, b"B", b"".join(map(pack_item, answers)))


@dataclass
class _Feature:
    """One boundary on its way through the gate."""

    position: int
    wkb: bytes
    rings: list[Rings] = field(default_factory=list)
    geometry: BaseGeometry | None = None
    warnings: list[str] = field(default_factory=list)
    fault: LandError | None = None
    place: tuple[float, float] | None = None
    ewkb: bytes | None = None
    same: str = ""


class _Gate:
    """``srid`` and ``zone`` are EPSG codes; ``bounds`` is WKT in EPSG:4326, empty for anywhere."""

    def __init__(self, srid: int, zone: int, parameters: str, bounds: str) -> None:
        self.srid, self.zone, self.parameters = srid, zone, parameters
        self.geographic = pyproj.CRS.from_epsg(srid).is_geographic
        self.to_zone = transformer(srid, zone, parameters)
        self.to_lonlat = transformer(zone, WGS84, parameters)
        self.bounds = shapely.from_wkt(bounds) if bounds else None
        if self.bounds is not None:
            shapely.prepare(self.bounds)
        self.accepted: list[BaseGeometry] = []

    def check(self, items: Sequence[Item]) -> list[Item]:
        features = [self._parsed(item) for item in items]
        self._pass_plain([f for f in features if f.fault is None])
        self._project([f for f in features if f.fault is None and f.geometry is None])
        for feature in features:
            self._judge(feature)
        self._snap([f for f in features if f.fault is None])
        return [self._answer(feature) for feature in features]

    def _parsed(self, item: Item) -> _Feature:
        feature = _Feature(item.position, item.wkb or b"")
        try:
            feature.rings = [
                [list(ring) for ring in rings]  # type: ignore[arg-type]
                for rings in polygons_of_wkb(feature.wkb, IMPORT_VERTICES)
            ]
        except BoundaryFault as fault:
            feature.fault = fault
            return feature
        for number, ring in enumerate(ring for rings in feature.rings for ring in rings):
            for position, (x, y) in enumerate(ring):
                if not (math.isfinite(x) and math.isfinite(y)):
                    feature.fault = CoordinateNotFinite(
                        ring=number, position=position, value=f"{x}, {y}"
                    )
                    return feature
        return feature

    def _pass_plain(self, features: Sequence[_Feature]) -> None:
        """Give those boundaries their geometry that need no closer look."""
        given = shapely.from_wkb([f.wkb for f in features], on_invalid="ignore")
        given = shapely.force_2d(given)
        if self.geographic:
            low_x, low_y, high_x, high_y = shapely.bounds(given).T
            within = (low_x >= -180) & (high_x <= 180) & (low_y >= -90) & (high_y <= 90)
            given[~within] = None
        metres = given if self.srid == self.zone else shapely.transform(given, _by(self.to_zone))
        for i in np.flatnonzero(are_plain(metres)):
            features[int(i)].geometry = metres[i]

    def _project(self, features: Sequence[_Feature]) -> None:
        """Bring all rings into the metric system with one call of PROJ."""
        rings = [ring for f in features for polygon in f.rings for ring in polygon]
        if not rings or self.srid == self.zone:
            return
        given = np.array([point for ring in rings for point in ring], dtype=np.float64)
        moved = np.column_stack(self.to_zone.transform(given[:, 0], given[:, 1]))
        if self.geographic:
            # PROJ wraps longitudes; a file that needs it is in another system.
            moved[(np.abs(given[:, 0]) > 180) | (np.abs(given[:, 1]) > 90)] = math.inf
        at = 0
        for feature in features:
            for polygon in feature.rings:
                for i, ring in enumerate(polygon):
                    part = moved[at : at + len(ring)]
                    lost = ~np.isfinite(part).all(axis=1)
                    if lost.any() and feature.fault is None:
                        x, y = ring[int(np.argmax(lost))]
                        feature.fault = CoordinatesOutsideCrs(x=x, y=y, srid=self.srid)
                    polygon[i] = list(map(tuple, part.tolist()))
                    at += len(ring)

    def _judge(self, feature: _Feature) -> None:
        if feature.fault is not None or feature.geometry is not None:
            return
        found = check_polygons(feature.rings, IMPORT_VERTICES)
        feature.warnings = [finding.code for finding in found.findings]
        feature.geometry = found.geometry or _with_crumbs(feature.rings, found.faults)
        if feature.geometry is None:
            feature.fault = found.faults[0]
            feature.place = self._lonlat(found.faults[0].place)

    def _snap(self, features: Sequence[_Feature]) -> None:
        """On the grid by rounding, which moves neighbours alike; where that breaks one, by GEOS."""
        if not features:
            return
        given = np.empty(len(features), dtype=object)
        given[:] = [f.geometry for f in features]
        given = _multi(given)
        snapped = shapely.transform(given, lambda xy: np.round(xy * 1000) / 1000)
        for i in map(int, np.flatnonzero(~shapely.is_valid(snapped))):
            try:
                snapped[i] = snap(given[i])
            except SnappedAway as fault:
                features[i].fault = fault
                features[i].place = self._lonlat(_point_of(given[i]))
        lonlat = shapely.transform(snapped, _by(self.to_lonlat))
        ewkb = shapely.to_wkb(shapely.set_srid(lonlat, WGS84), include_srid=True, byte_order=1)
        normal = shapely.to_wkb(shapely.normalize(lonlat))
        inside = self.bounds is None or shapely.covers(self.bounds, lonlat)
        inside = np.broadcast_to(inside, len(features))
        valid = shapely.is_valid(lonlat)
        for i, feature in enumerate(features):
            if feature.fault is not None:
                continue
            if not valid[i]:
                feature.fault = SnappedAway(grid="0.001")
                feature.place = _fault_place(lonlat[i])
            elif not inside[i]:
                feature.fault = OutsideOffice(hint=self._hint(_point_of(snapped[i])))
                feature.place = _point_of(lonlat[i])
            else:
                feature.ewkb = ewkb[i]
                feature.same = hashlib.blake2b(normal[i], digest_size=8).hexdigest()
                self.accepted.append(snapped[i])

    def _hint(self, metres: tuple[float, float]) -> str:
        """Which slip would explain that a boundary lies elsewhere."""
        lon, lat = self.to_lonlat.transform(*metres)
        if self._within(lat, lon):
            return "swapped"
        back = transformer(self.zone, self.srid, self.parameters)
        x, y = back.transform(*metres)
        for hint, table in (("zone", _OTHER_ZONE), ("datum", _INDIAN_TWIN)):
            other = table.get(self.srid)
            if other is not None:
                place = transformer(other, WGS84, self.parameters).transform(x, y)
                if self._within(*place):
                    return hint
        return ""

    def _within(self, lon: float, lat: float) -> bool:
        if self.bounds is None or not (math.isfinite(lon) and math.isfinite(lat)):
            return False
        return bool(shapely.intersects_xy(self.bounds, lon, lat))

    def _lonlat(self, metres: tuple[float, float] | None) -> tuple[float, float] | None:
        if metres is None:
            return None
        lon, lat = self.to_lonlat.transform(*metres)
        return (lon, lat) if math.isfinite(lon) and math.isfinite(lat) else None

    def _answer(self, feature: _Feature) -> Item:
        if feature.ewkb is None:
            fault = feature.fault or SnappedAway(grid="0.001")
            place = feature.place
            if place is None and feature.rings and not isinstance(fault, CoordinateNotFinite):
                first = next((ring[0] for rings in feature.rings for ring in rings if ring), None)
                place = self._lonlat(first) if first else None
            evidence = {key: _plain(value) for key, value in fault.evidence.items()}
            facts: dict[str, Any] = {"fault": fault.code, "evidence": evidence, "place": place}
            return Item(feature.position, facts, _written(feature.wkb, fault))
        facts = {"warnings": feature.warnings, "same": feature.same}
        return Item(feature.position, facts, feature.ewkb)

    def overlaps(self) -> int:
        """How many pairs of accepted parcels cover more than 0.01 m² of the same ground."""
        if len(self.accepted) < 2:
            return 0
        tree = shapely.STRtree(self.accepted)
        geometries = tree.geometries
        first, second = tree.query(geometries, predicate="intersects")
        once = first < second
        first, second = first[once], second[once]
        shapely.prepare(geometries)
        meet = shapely.relate_pattern(geometries[first], geometries[second], "T********")
        common = shapely.intersection(geometries[first[meet]], geometries[second[meet]])
        return int(np.count_nonzero(shapely.area(common) > SMALLEST_OVERLAP_M2))


def _with_crumbs(rings: list[Rings], faults: Sequence[BoundaryFault]) -> MultiPolygon | None:
    """The parcel whose only fault is a part or hole of a few square centimetres.

    Overlays leave such crumbs behind; the parcel as a whole is one, so it is taken with a warning.
    """
    if not all(isinstance(fault, AreaTooSmall) for fault in faults):
        return None
    whole = MultiPolygon([Polygon(polygon[0], polygon[1:]) for polygon in rings])
    return whole if whole.is_valid and whole.area >= SMALLEST_PARCEL_M2 else None


def _multi(geometries: NDArray[Any]) -> NDArray[Any]:
    """The same with every polygon as a multipolygon of one part."""
    single = shapely.get_type_id(geometries) == 3
    if single.any():
        count = int(single.sum())
        geometries[single] = shapely.multipolygons(geometries[single], indices=np.arange(count))
    return geometries


def _written(wkb: bytes, fault: LandError) -> bytes | None:
    """The geometry as WKT, as the file had it; None for what GEOS must not see or cannot write."""
    if isinstance(fault, GeometryNestedTooDeep | GeometryUnreadable):
        return None
    try:
        text = shapely.to_wkt(shapely.from_wkb(wkb), rounding_precision=12, trim=True).encode()
    except shapely.errors.ShapelyError:
        return None
    return text if len(text) <= LARGEST_WKB else None


def _by(change: pyproj.Transformer) -> Callable[[Points], Points]:
    return lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1]))


def _point_of(geometry: MultiPolygon) -> tuple[float, float]:
    x, y = shapely.get_coordinates(geometry)[0]
    return float(x), float(y)


def _fault_place(geometry: BaseGeometry) -> tuple[float, float] | None:
    match = _PLACE.search(shapely.is_valid_reason(geometry))
    return (float(match[1]), float(match[2])) if match else None


def _plain(value: object) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if isinstance(value, int | str) or value is None else str(value)

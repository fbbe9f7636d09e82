"""Rules that the mathematics of coverages checks (cadastre.coverage), in metres of each zone."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from cadastre.coverage import Fault, Finding, Tolerances, find_faults
from cadastre.geodesy import reproject, transformer
from parcels.rules.catalogue import Rule, Settings
from parcels.rules.checking import WGS84, Hit, Scope, ask, neighbourhood

Progress = Callable[[str, int, int], None]
MM_PER_M: Final = 1000
BESIDE_M: Final = 0.01
SEVERAL_PLACES: Final = frozenset({Fault.GAP, Fault.UNSHARED_VERTEX})


def fabric_hits(
    rules: Collection[Rule], scope: Scope, progress: Progress | None = None
) -> Iterator[Hit]:
    """What is wrong with the boundaries; call within `checked_state`.

    With ``scope.only``: the faults in which one of these parcels takes part.
    """
    wanted = [Fault(rule.code) for rule in rules]
    if not wanted or scope.only == ():
        return
    near = None if scope.only is None else neighbourhood(scope.only)
    for (zone,) in ask("_zones", scope.parameters()):
        keys, shapes = _boundaries(scope, zone, near)
        found = find_faults(
            keys, shapes, tolerances_of(scope.settings), only=wanted, progress=progress
        )
        within = _within(scope, keys, shapes)
        yield from (_hit(each, zone) for each in found if within(each))


def tolerances_of(settings: Settings) -> Tolerances:
    """The tolerances of an office in the form that the mathematics takes."""
    named = {
        name: float(value)
        for fault in Fault
        for name, value in settings.get(fault.value, {}).items()
    }
    return Tolerances(**named)


def _boundaries(
    scope: Scope, zone: int, near: list[int] | None
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Keys and boundaries in metres, each vertex on the millimetre grid of legal coordinates."""
    asked = scope.parameters() | {"zone": zone, "near": near}
    asked["mixed"] = True if near is not None else ask("_mixed", asked)[0][0]
    rows = ask("_geometries", asked)
    keys = np.array([row[0] for row in rows], dtype=np.int64)
    shapes = shapely.from_wkb([bytes(row[1]) for row in rows])
    change = transformer(WGS84, zone)

    def each(points: NDArray[np.float64]) -> NDArray[np.float64]:
        metres = np.column_stack(change.transform(points[:, 0], points[:, 1]))
        # Adding zero turns -0.0 into 0.0, which is another bit pattern for the same place.
        return np.rint(metres * MM_PER_M) / MM_PER_M + 0.0

    return keys, shapely.transform(np.asarray(shapes, dtype=object), each)


def _within(
    scope: Scope, keys: NDArray[np.int64], shapes: NDArray[Any]
) -> Callable[[Finding], bool]:
    """Whether a finding is about the parcels that were asked for."""
    if scope.only is None:
        return lambda _finding: True
    only = set(scope.only)
    asked = shapes[np.isin(keys, scope.only)]

    def within(finding: Finding) -> bool:
        if finding.first in only or finding.second in only:
            return True
        # A gap lies between more parcels than the two that are named.
        shape = finding.shape
        return finding.fault is Fault.GAP and bool(
            (shapely.distance(asked, shape) < BESIDE_M).any()
        )

    return within


def _hit(finding: Finding, zone: int) -> Hit:
    x, y = finding.place
    somewhere = math.isfinite(x) and math.isfinite(y)
    lon_lat = transformer(zone, WGS84).transform(x, y) if somewhere else None
    shape = finding.shape
    return Hit(
        rule=finding.fault.value,
        parcel=finding.first,
        other=finding.second,
        place=(float(lon_lat[0]), float(lon_lat[1])) if lon_lat else None,
        shape=None if shape is None else reproject(shape, zone, WGS84),
        measure=finding.measure,
        spot=f"{x:.2f} {y:.2f}" if finding.fault in SEVERAL_PLACES else "",
    )

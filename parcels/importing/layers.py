"""Which layer holds the parcels, and which of its geometries is the boundary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from parcels.importing.errors import LayerNeeded, LayerUnknown, NoPolygonLayer

# OGRwkbGeometryType, dimensions taken off: polygon, multipolygon, curve polygon, multisurface,
# surface, polyhedral surface, TIN, triangle; and those that may hold one: unknown, collection.
_POLYGONAL: Final = frozenset({3, 6, 10, 12, 14, 15, 16, 17})
_PERHAPS: Final = frozenset({0, 7})
_PARCEL_WORDS: Final = (
    "parcel", "plot", "parcelle", "parcely", "perceel", "parzelle", "grundstueck",
    "cadastralparcel", "แปลง", "ที่ดิน", "lot",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Geometry:
    """One geometry column of a layer."""

    name: str
    kind: int

    @property
    def is_polygonal(self) -> bool:
        return (self.kind & 0x7FFFFFFF) % 1000 in _POLYGONAL

    @property
    def may_be_polygonal(self) -> bool:
        return self.is_polygonal or (self.kind & 0x7FFFFFFF) % 1000 in _PERHAPS


@dataclass(frozen=True, slots=True)
class Layer:
    name: str
    geometries: tuple[Geometry, ...]

    @property
    def boundary(self) -> Geometry | None:
        """The polygons of the layer, not its label points; else what might hold polygons."""
        sure = [g for g in self.geometries if g.is_polygonal]
        return next(iter(sure or [g for g in self.geometries if g.may_be_polygonal]), None)


def choose_layer(layers: Sequence[Layer], wanted: str) -> Layer:
    """The layer named, the only one with polygons, or the only one whose name means parcels.

    Raises `LayerUnknown`, `NoPolygonLayer`, or `LayerNeeded` listing the choices.
    """
    if wanted:
        for layer in layers:
            if layer.name == wanted:
                return layer
        raise LayerUnknown(layer=wanted, layers=_listed(layers))
    polygons = [layer for layer in layers if layer.boundary is not None]
    if not polygons:
        raise NoPolygonLayer(layers=_listed(layers))
    if len(polygons) > 1:
        for accept in (_is_word, _holds_word):
            named = [layer for layer in polygons if accept(layer.name.lower())]
            if len(named) == 1:
                return named[0]
        raise LayerNeeded(layers=_listed(polygons))
    return polygons[0]


def _is_word(name: str) -> bool:
    return any(name in {word, word + "s", word + "_id"} for word in _PARCEL_WORDS)


def _holds_word(name: str) -> bool:
    return any(word in name for word in _PARCEL_WORDS if len(word) > 3)


def _listed(layers: Sequence[Layer]) -> str:
    return ", ".join(layer.name for layer in layers[:50])

"""The layers that tiles are cut from. Rooms above register theirs in ``tile_layers.py``.

``tiles`` knows no domain: a layer is a name, a query and who may see it. docs/algorithms/tiles.md
tells what the query is given and what it owes.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise

MAX_ZOOM = 24
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TileLayer:
    """One layer of vector tiles, at /tiles/<name>/{z}/{x}/{y}.mvt.

    ``sql`` names a file inside a room, such as ``parcels/sql/parcel_tile.sql``. It holds one SELECT
    that returns one bytea (the MVT, empty or NULL when nothing is there) and is given ``%(z)s``,
    ``%(x)s``, ``%(y)s``, ``%(today)s`` (a date, in Thailand) and ``%(offices)s`` (ids of the
    offices in which the viewer holds ``permission``; empty for a public layer). It projects the
    envelope, never the column, so that the index serves.

    ``as_of_sql`` answers the same for a moment of the past: instead of ``%(today)s`` it is given
    ``%(on)s`` (a day in law) and ``%(known)s`` (what the register said at that instant; NULL for
    now). A layer without it has no past.

    ``permission`` is a member of ``offices.permissions.Permission``; None shows the layer to all.
    ``fields`` maps each attribute to what it means. ``table`` and ``geometry`` name an indexed
    column that spans the layer, from which TileJSON takes its bounds.
    """

    name: str
    sql: str
    minzoom: int
    maxzoom: int
    as_of_sql: str = ""
    fields: Mapping[str, str | Promise] = field(default_factory=dict)
    permission: str | None = None
    title: str | Promise = ""
    attribution: str | Promise = ""
    table: str = ""
    geometry: str = "geometry"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name == "raster":
            raise ImproperlyConfigured(f"{self.name!r} cannot be the name of a tile layer.")
        if not 0 <= self.minzoom <= self.maxzoom <= MAX_ZOOM:
            raise ImproperlyConfigured(f"The zooms of tile layer {self.name} are out of order.")


_layers: dict[str, TileLayer] = {}


def register(layer: TileLayer) -> TileLayer:
    """Serve this layer; called from ``<room>/tile_layers.py`` at start-up."""
    if layer.name in _layers:
        raise ImproperlyConfigured(f"There are two tile layers called {layer.name}.")
    # A missing file stops the start, not the first visitor.
    _ = statement_of(layer), layer.as_of_sql and as_of_statement_of(layer)
    _layers[layer.name] = layer
    return layer


def layer_named(name: str) -> TileLayer | None:
    """The layer of that name, or None."""
    return _layers.get(name)


def layers() -> Iterable[TileLayer]:
    """Every layer, in the order of registration."""
    return tuple(_layers.values())


@functools.cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def statement_of(layer: TileLayer) -> str:
    """The query of the layer; ImproperlyConfigured when its file is missing."""
    return _statement(layer, layer.sql)


def as_of_statement_of(layer: TileLayer) -> str:
    """The query of the layer for a moment of the past; ImproperlyConfigured where there is none."""
    return _statement(layer, layer.as_of_sql)


def _statement(layer: TileLayer, name: str) -> str:
    room, _, rest = name.partition("/")
    try:
        return _read(Path(apps.get_app_config(room).path) / rest)
    except (LookupError, OSError) as error:
        raise ImproperlyConfigured(f"Tile layer {layer.name}: no query at {name}.") from error

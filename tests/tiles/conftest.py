"""What tests of tiles share: addresses, decoding, and a small fabric to cut."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from django.test import Client

from tiles.addresses import Tile

EXTENT = 4096


def tile_at(lon: float, lat: float, z: int) -> Tile:
    """The tile of zoom ``z`` that holds a point."""
    x = (lon + 180) / 360 * 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z
    return Tile(z, int(x), int(y))


def to_degrees(tile: Tile, column: float, row: float) -> tuple[float, float]:
    """Position of tile coordinates (4,096 to a side, from the north-west)."""
    x = (tile.x + column / EXTENT) / 2**tile.z
    y = (tile.y + row / EXTENT) / 2**tile.z
    return x * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))


def address(layer: str, tile: Tile, suffix: str = "mvt") -> str:
    return f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.{suffix}"


def features(content: bytes, layer: str) -> list[dict[str, Any]]:
    """The features of one layer, coordinates from the north-west as in the file."""
    decoded = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})
    found: list[dict[str, Any]] = decoded.get(layer, {}).get("features", [])
    return found


@pytest.fixture
def features_at(client: Client, db: None) -> Callable[..., list[dict[str, Any]]]:
    """Ask the service for a tile, as a map does, and decode it."""

    def ask(layer: str, tile: Tile, **headers: str) -> list[dict[str, Any]]:
        response = client.get(address(layer, tile), **headers)  # type: ignore[arg-type]
        assert response.status_code == 200
        return features(response.content, layer)

    return ask


@pytest.fixture
def imagery_dir(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.IMAGERY_DIR = tmp_path / "imagery"
    return settings.IMAGERY_DIR

"""What a map in a page has to know: where the data lies, and which layers there are."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from tiles.models import RasterLayer
from tiles.raster import image_named
from tiles.registry import layer_named
from tiles.vector import layer_bounds

THAILAND_BOUNDS = (97.3, 5.5, 105.7, 20.5)
VECTOR_LAYERS = ("parcels", "zones", "buildings")
MOST_IMAGES = 20


def map_settings(*, shape: dict[str, Any] | None = None) -> dict[str, Any]:
    """Bounds (west, south, east, north), layers and addresses, as the map scripts read them.

    ``shape`` is a GeoJSON geometry to show at once.
    """
    parcels = layer_named("parcels")
    bounds = layer_bounds(parcels) if parcels else None
    return {
        "bounds": bounds or THAILAND_BOUNDS,
        "layers": {name: _vector(name) for name in VECTOR_LAYERS if layer_named(name)},
        "imagery": _imagery(),
        "shape": shape,
        "at": "/api/parcels/at",
        "changes": "/api/parcels/changes",
        "today": timezone.localdate().isoformat(),
        "find": "/api/parcels",
        "plot": reverse("parcel-detail", args=["PUBLIC_ID"]),
    }


def _vector(name: str) -> dict[str, Any]:
    layer = layer_named(name)
    assert layer is not None
    return {
        "url": f"/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt",
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "attribution": str(layer.attribution),
    }


def _imagery() -> list[dict[str, Any]]:
    names = RasterLayer.objects.filter(is_public=True).order_by("-captured_on", "name")
    images = [image_named(name) for name in names.values_list("name", flat=True)[:MOST_IMAGES]]
    return [
        {
            "url": f"/tiles/raster/{image.name}/{{z}}/{{x}}/{{y}}.webp?v={image.version}",
            "title": image.title,
            "attribution": image.attribution,
            "bounds": list(image.bounds),
            "minzoom": image.min_zoom,
            "maxzoom": image.max_zoom,
        }
        for image in images
        if image is not None
    ]

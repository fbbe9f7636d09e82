"""Tiles for whoever has to be asked who they are, and what describes a layer."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from tiles import raster
from tiles.addresses import RasterDescription, VectorDescription, address_of
from tiles.answers import PRIVATE_TILE
from tiles.audience import offices_of
from tiles.registry import TileLayer, layer_named
from tiles.serving import tile_answer
from tiles.vector import layer_bounds
from tiles.wsgi import question_of

PUBLIC_DESCRIPTION = "public, max-age=60"


@require_safe
def below_tiles(request: HttpRequest, path: str) -> HttpResponse:
    """Everything under /tiles/: a tile, a TileJSON document or a short 404."""
    match address_of(path):
        case VectorDescription(layer=name):
            return vector_description(request, name)
        case RasterDescription(layer=name):
            return raster_description(request, name)
    answer = tile_answer(
        path,
        question_of(request.META),
        now=timezone.now(),
        offices=lambda permission: offices_of(request.user, permission),
    )
    assert answer is not None
    return HttpResponse(answer.body, status=answer.status, headers=answer.headers)


def vector_description(request: HttpRequest, name: str) -> HttpResponse:
    """TileJSON 3.0 of a vector layer."""
    layer = layer_named(name)
    public = layer is not None and layer.permission is None
    if layer is None or not (public or offices_of(request.user, layer.permission)):
        raise Http404
    document = {
        "tiles": [_template(request, f"/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt")],
        "name": str(layer.title) or name,
        "attribution": str(layer.attribution),
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "vector_layers": [_fields_of(layer)],
    }
    if bounds := layer_bounds(layer):
        document["bounds"] = list(bounds)
    return _tilejson(document, public=public)


def raster_description(request: HttpRequest, name: str) -> HttpResponse:
    """TileJSON 3.0 of imagery; the address of its tiles names the version."""
    image = raster.image_named(name)
    if image is None or not (image.is_public or offices_of(request.user, None)):
        raise Http404
    path = f"/tiles/raster/{name}/{{z}}/{{x}}/{{y}}.webp?v={image.version}"
    document = {
        "tiles": [_template(request, path)],
        "name": image.title,
        "attribution": image.attribution,
        "minzoom": image.min_zoom,
        "maxzoom": image.max_zoom,
        "bounds": list(image.bounds),
    }
    return _tilejson(document, public=image.is_public)


def _fields_of(layer: TileLayer) -> dict[str, Any]:
    return {
        "id": layer.name,
        "description": str(layer.title),
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "fields": {name: str(meaning) for name, meaning in layer.fields.items()},
    }


def _template(request: HttpRequest, path: str) -> str:
    """An absolute address; the braces of the template stay as they are."""
    return f"{request.scheme}://{request.get_host()}{path}"


def _tilejson(document: dict[str, Any], *, public: bool) -> HttpResponse:
    head = {"tilejson": "3.0.0", "scheme": "xyz", "version": "1.0.0"}
    response = JsonResponse(head | document, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = PUBLIC_DESCRIPTION if public else PRIVATE_TILE
    patch_vary_headers(response, ["Cookie"])  # names follow the reader's language
    return response

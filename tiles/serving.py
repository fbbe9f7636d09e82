"""From an address to an answer. The thin WSGI path and the Django views both end here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tiles import answers, raster
from tiles.addresses import RasterTile, VectorTile, address_of
from tiles.answers import Answer, Question
from tiles.registry import layer_named
from tiles.vector import TileTooSlow, tile_content

# The offices in which the viewer holds a permission (or any role, for None).
Offices = Callable[[str | None], list[int]]


def tile_answer(
    path: str, question: Question, *, today: date, offices: Offices | None = None
) -> Answer | None:
    """Answer for a path below /tiles/; None when only a full request can tell.

    That is the case for a layer's description and, while ``offices`` is None, for every layer that
    is not public. Nothing is asked of the database for an address that no tile can have.
    """
    match address_of(path):
        case None:
            return answers.not_found()
        case VectorTile() as address:
            return _vector(address, question, today, offices)
        case RasterTile() as address:
            return _raster(address, question, offices)
        case _:
            return None


def _vector(
    address: VectorTile, question: Question, today: date, offices: Offices | None
) -> Answer | None:
    layer = layer_named(address.layer)
    if layer is None or not layer.minzoom <= address.tile.z <= layer.maxzoom:
        return answers.not_found()
    seen: list[int] = []
    if layer.permission is not None:
        if offices is None:
            return None
        seen = offices(layer.permission)
        if not seen:
            return answers.not_found(cache=answers.PRIVATE_TILE)
    try:
        content = tile_content(layer, address.tile, today=today, offices=seen)
    except TileTooSlow:
        return answers.busy()
    cache = answers.PUBLIC_TILE if layer.permission is None else answers.PRIVATE_TILE
    return answers.vector_answer(content, question, cache=cache)


def _raster(address: RasterTile, question: Question, offices: Offices | None) -> Answer | None:
    layer = raster.image_named(address.layer)
    if layer is None:
        return answers.not_found(cache=answers.PRIVATE_TILE)
    if not layer.is_public:
        if offices is None:
            return None
        if not offices(None):
            return answers.not_found(cache=answers.PRIVATE_TILE)
    content = raster.tile_image(layer, address.tile, address.format)
    return answers.image_answer(
        content,
        question,
        image_type=answers.IMAGE_TYPES[address.format],
        cache=_image_cache(layer, question.version),
    )


def _image_cache(layer: raster.Image, version: str) -> str:
    if not layer.is_public:
        return answers.PRIVATE_TILE
    current = version == layer.version
    return answers.PUBLIC_IMAGE_VERSION if current else answers.PUBLIC_IMAGE

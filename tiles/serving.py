"""From an address to an answer. The thin WSGI path and the Django views both end here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from django.utils import timezone

from cadastre.errors import InvalidInput
from cadastre.moment import KNOWN, ON, Moment, moment_of
from tiles import answers, raster
from tiles.addresses import RasterTile, VectorTile, address_of
from tiles.answers import Answer, Question
from tiles.registry import TileLayer, layer_named
from tiles.vector import TileTooSlow, tile_content, tile_content_as_of

# The offices in which the viewer holds a permission (or any role, for None).
Offices = Callable[[str | None], list[int]]

# Longer than any transaction runs: what was recorded before then is there for everybody to see.
SETTLED_AFTER = timedelta(days=1)
MOST_ASKED = 8


def tile_answer(
    path: str, question: Question, *, now: datetime, offices: Offices | None = None
) -> Answer | None:
    """Answer for a path below /tiles/; None when only a full request can tell.

    That is the case for a layer's description and, while ``offices`` is None, for every layer that
    is not public. Nothing is asked of the database for an address that no tile can have.
    """
    match address_of(path):
        case None:
            return answers.not_found()
        case VectorTile() as address:
            return _vector(address, question, now, offices)
        case RasterTile() as address:
            return _raster(address, question, offices)
        case _:
            return None


def _vector(
    address: VectorTile, question: Question, now: datetime, offices: Offices | None
) -> Answer | None:
    layer = layer_named(address.layer)
    if layer is None or not layer.minzoom <= address.tile.z <= layer.maxzoom:
        return answers.not_found()
    moment = None
    if question.query:
        try:
            moment = _moment_asked(layer, question.query, now)
        except InvalidInput as error:
            return answers.refused(str(error))
    seen: list[int] = []
    if layer.permission is not None:
        if offices is None:
            return None
        seen = offices(layer.permission)
        if not seen:
            return answers.not_found(cache=answers.PRIVATE_TILE)
    try:
        if moment is None:
            today = timezone.localdate(now)
            content = tile_content(layer, address.tile, today=today, offices=seen)
        else:
            content = tile_content_as_of(layer, address.tile, moment, offices=seen)
    except TileTooSlow:
        return answers.busy()
    cache = _cache(layer, moment, now)
    return answers.vector_answer(content, question, cache=cache)


def _moment_asked(layer: TileLayer, query: str, now: datetime) -> Moment:
    """The moment in the query of a tile; whatever else is in there is refused, not ignored."""
    try:
        asked = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_ASKED, errors="strict")
    except ValueError:  # too many, or bytes that are no text
        raise InvalidInput(path=("query",), reason="it cannot be read") from None
    names = [name for name, _ in asked]
    for name in names:
        if name not in {ON, KNOWN}:
            raise InvalidInput(path=(name[:40],), reason="a tile takes on and known")
        if not layer.as_of_sql:
            raise InvalidInput(path=(name,), reason=f"the layer {layer.name} has no past")
    if len(set(names)) < len(names):
        raise InvalidInput(path=(names[-1],), reason="it is given more than once")
    return moment_of(dict(asked), now=now)


def _cache(layer: TileLayer, moment: Moment | None, now: datetime) -> str:
    if layer.permission is not None:
        return answers.PRIVATE_TILE
    if moment is not None and moment.is_settled(now, SETTLED_AFTER):
        return answers.SETTLED_TILE
    return answers.PUBLIC_TILE


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

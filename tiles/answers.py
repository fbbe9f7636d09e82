"""How a tile travels: entity tags, compression, caching. Knows neither Django nor the database."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from http import HTTPStatus

from isal import igzip

MVT = "application/vnd.mapbox-vector-tile"
IMAGE_TYPES = {"webp": "image/webp", "png": "image/png"}

# A public tile is asked for again after seconds, so that an edit shows at once to who reloads; what
# needs a permission is kept by nobody but the browser, which asks every time.
PUBLIC_TILE = "public, max-age=10, stale-while-revalidate=60"
PRIVATE_TILE = "private, no-cache"
# An image address that names its version never changes; one without may, at the next import.
PUBLIC_IMAGE = "public, max-age=300, stale-while-revalidate=3600"
PUBLIC_IMAGE_VERSION = "public, max-age=31536000, immutable"
# What the register said a day ago no longer changes; how it is drawn may, with the next release.
SETTLED_TILE = "public, max-age=86400, immutable"
NO_SUCH_ADDRESS = "public, max-age=3600"


@dataclass(frozen=True, slots=True)
class Question:
    """What the headers of a request say that matters to a tile."""

    if_none_match: str = ""
    accept_encoding: str = ""
    version: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body, for whichever server sends them."""

    status: HTTPStatus
    headers: dict[str, str]
    body: bytes = b""


def vector_answer(content: bytes, question: Question, *, cache: str) -> Answer:
    """A vector tile, compressed where the reader takes gzip."""
    packed = bool(content) and _takes_gzip(question.accept_encoding)
    headers = {
        "ETag": entity_tag(content, suffix="-gz" if packed else ""),
        "Cache-Control": cache,
        "Content-Type": MVT,
        "Vary": "Accept-Encoding" if "public" in cache else "Accept-Encoding, Cookie",
    }
    if _matches(question.if_none_match, headers["ETag"]):
        return _not_modified(headers)
    if packed:
        headers["Content-Encoding"] = "gzip"
        content = igzip.compress(content, compresslevel=1, mtime=0)
    return Answer(HTTPStatus.OK, headers, content)


def image_answer(content: bytes, question: Question, *, image_type: str, cache: str) -> Answer:
    """An image tile; images are compressed already."""
    headers = {
        "ETag": entity_tag(content),
        "Cache-Control": cache,
        "Content-Type": image_type,
    }
    if "private" in cache:
        headers["Vary"] = "Cookie"
    if _matches(question.if_none_match, headers["ETag"]):
        return _not_modified(headers)
    return Answer(HTTPStatus.OK, headers, content)


def not_found(*, cache: str = NO_SUCH_ADDRESS) -> Answer:
    """No such tile. The same words whether it is absent or not for this viewer."""
    headers = {"Cache-Control": cache, "Content-Type": "text/plain; charset=utf-8"}
    if "private" in cache:
        headers["Vary"] = "Cookie"
    return Answer(HTTPStatus.NOT_FOUND, headers, b"There is no such tile.\n")


def refused(reason: str) -> Answer:
    """A question that no tile answers, and why."""
    headers = {"Cache-Control": "no-store", "Content-Type": "text/plain; charset=utf-8"}
    return Answer(HTTPStatus.BAD_REQUEST, headers, f"{reason}\n".encode())


def busy() -> Answer:
    """The database did not finish in time; a map asks again by itself."""
    headers = {
        "Cache-Control": "no-store",
        "Content-Type": "text/plain; charset=utf-8",
        "Retry-After": "5",
    }
    return Answer(HTTPStatus.SERVICE_UNAVAILABLE, headers, b"Busy at the moment. Try again.\n")


def entity_tag(content: bytes, *, suffix: str = "") -> str:
    """A strong entity tag: the same bytes, the same tag, in every process and after a restart."""
    return f'"{blake2b(content, digest_size=12).hexdigest()}{suffix}"'


def _not_modified(headers: dict[str, str]) -> Answer:
    kept = {k: v for k, v in headers.items() if k in {"ETag", "Cache-Control", "Vary"}}
    return Answer(HTTPStatus.NOT_MODIFIED, kept)


def _matches(if_none_match: str, tag: str) -> bool:
    if not if_none_match:
        return False
    known = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return tag in known or "*" in known


def _takes_gzip(accept_encoding: str) -> bool:
    """RFC 9110 12.5.3, for the one coding we speak; the weight only matters when it is zero."""
    for part in accept_encoding.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() in {"gzip", "x-gzip"}:
            return weight.strip().removeprefix("q=").strip("0.") != "" or not weight.strip()
    return False

"""Length-prefixed frames between a process and its child; neither side believes a length."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import IO, Any, Final, NamedTuple

LARGEST_FRAME: Final = 64 * 2**20
LARGEST_WKB: Final = 16 * 2**20
LARGEST_ATTRIBUTES: Final = 2**20
_HEAD: Final = struct.Struct("<cI")
_ITEM: Final = struct.Struct("<Iii")


class FrameBroken(Exception):
    """What arrived is not a frame: the other side failed or lies."""


class Frame(NamedTuple):
    """``kind`` is one letter: I information, E error, B batch, Z end."""

    kind: bytes
    body: bytes

    def json(self) -> Any:
        """The body as JSON; `FrameBroken` when it is none."""
        return decode_json(self.body)


class Item(NamedTuple):
    """One feature: its place in the file from 0, facts about it, its WKB (None: no geometry)."""

    position: int
    facts: Any
    wkb: bytes | None


def decode_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FrameBroken("not JSON") from error


def encode_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def write_frame(stream: IO[bytes], kind: bytes, body: bytes) -> None:
    """One frame, flushed; a body above the limit is a bug of the writer."""
    if len(body) > LARGEST_FRAME:
        raise FrameBroken("too large to send")
    stream.write(_HEAD.pack(kind, len(body)))
    stream.write(body)
    stream.flush()


def read_frame(stream: IO[bytes]) -> Frame | None:
    """The next frame, or None at a clean end of the stream."""
    head = stream.read(_HEAD.size)
    if not head:
        return None
    if len(head) < _HEAD.size:
        raise FrameBroken("ends within a frame")
    kind, length = _HEAD.unpack(head)
    if length > LARGEST_FRAME or kind not in {b"I", b"E", b"B", b"Z"}:
        raise FrameBroken("not a frame")
    body = stream.read(length)
    if len(body) != length:
        raise FrameBroken("ends within a frame")
    return Frame(kind, body)


def pack_item(item: Item) -> bytes:
    facts = encode_json(item.facts)
    wkb = item.wkb or b""
    head = _ITEM.pack(item.position, len(facts), -1 if item.wkb is None else len(wkb))
    return head + facts + wkb


def unpack_items(body: bytes) -> Iterator[Item]:
    """The features of a batch. Raises `FrameBroken` at the first length that does not fit."""
    at = 0
    while at < len(body):
        if at + _ITEM.size > len(body):
            raise FrameBroken("ends within a feature")
        position, facts_size, wkb_size = _ITEM.unpack_from(body, at)
        at += _ITEM.size
        end = at + facts_size + max(wkb_size, 0)
        sizes_fit = 0 <= facts_size <= LARGEST_ATTRIBUTES and -1 <= wkb_size <= LARGEST_WKB
        if not sizes_fit or end > len(body):
            raise FrameBroken("a feature larger than its batch")
        facts = decode_json(body[at : at + facts_size])
        wkb = None if wkb_size < 0 else body[at + facts_size : end]
        yield Item(position, facts, wkb)
        at = end

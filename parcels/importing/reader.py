"""The parent's side of reading: start the child, believe nothing, yield features."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from cadastre.errors import LandError
from parcels.importing import errors
from parcels.importing.child import Child, ChildFailed
from parcels.importing.frames import (
    Frame,
    FrameBroken,
    Item,
    decode_json,
    encode_json,
    unpack_items,
)
from parcels.importing.source import Source

MOST_FEATURES: Final = 5_000_000
_REFUSALS: Final[dict[str, type[LandError]]] = {
    kind.code: kind
    for kind in (
        errors.UnsafeFile, errors.FileUnreadable, errors.ReadingStopped, errors.LayerNeeded,
        errors.LayerUnknown, errors.NoPolygonLayer,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dataset:
    """What the child says of a file, and its features in file order."""

    layer: str
    driver: str
    columns: tuple[str, ...]
    crs: str
    features: int | None
    isolation: tuple[str, ...]
    batches: Iterator[list[Item]]


@contextmanager
def open_dataset(source: Source, *, layer: str = "") -> Iterator[Dataset]:
    """Open a file in a child process that is gone afterwards, whatever happens.

    Raises the refusals of `parcels.importing.errors`, also while batches are read.
    """
    driver = source.format.driver
    with Child("parcels.importing.reader_child", folder=source.path.parent) as child:
        request = {
            "path": str(source.path), "driver": driver, "layer": layer,
            "encoding": source.encoding,
        }  # fmt: skip
        frame = _heard(child, driver, encode_json(request) + b"\n")
        yield _dataset(frame, driver, child)


def _heard(child: Child, driver: str, request: bytes = b"") -> Frame:
    try:
        if request:
            child.stdin.write(request)
            child.stdin.close()
        frame = child.hear()
    except (ChildFailed, BrokenPipeError) as failed:
        raise _stopped(driver, getattr(failed, "reason", "ended")) from None
    if frame.kind == b"E":
        raise _refusal(frame, driver)
    return frame


def _stopped(driver: str, reason: str) -> LandError:
    if reason == "time":
        return errors.ReadingStopped(limit="60 s")
    if reason == "memory":
        return errors.ReadingStopped(limit="2 GB")
    return errors.FileUnreadable(driver=driver, reason="the reader broke off")


def _refusal(frame: Frame, driver: str) -> LandError:
    try:
        said = frame.json()
        kind = _REFUSALS[said["code"]]
        evidence = {str(key)[:20]: str(value)[:2_000] for key, value in said["evidence"].items()}
        refused = kind(**evidence)
        refused.render()
    except (FrameBroken, LookupError, TypeError, ValueError, AttributeError):
        return _stopped(driver, "ended")
    return refused


def _dataset(frame: Frame, driver: str, child: Child) -> Dataset:
    try:
        said = frame.json()
        count = int(said["features"])
        return Dataset(
            layer=str(said["layer"])[:200],
            driver=driver,
            columns=tuple(str(name)[:200] for name in said["columns"][:2_000]),
            crs=str(said["crs"])[:20_000],
            features=count if count >= 0 else None,
            isolation=tuple(str(word)[:40] for word in said["isolation"][:5]),
            batches=_batches(child, driver),
        )
    except (FrameBroken, KeyError, TypeError, ValueError):
        raise _stopped(driver, "ended") from None


def _batches(child: Child, driver: str) -> Iterator[list[Item]]:
    expected = 0
    while (frame := _heard(child, driver)).kind == b"B":
        try:
            items = [_checked(item) for item in unpack_items(frame.body)]
        except FrameBroken:
            raise _stopped(driver, "ended") from None
        positions = [item.position for item in items]
        if positions != list(range(expected, expected + len(items))) or not items:
            raise _stopped(driver, "ended")
        expected += len(items)
        if expected > MOST_FEATURES:
            raise errors.ReadingStopped(limit=f"{MOST_FEATURES:,} features")
        yield items
    if frame.kind != b"Z" or decode_json(frame.body) != {}:
        raise _stopped(driver, "ended")


def _checked(item: Item) -> Item:
    if not isinstance(item.facts, dict) or not isinstance(item.facts.get("attributes"), dict):
        raise FrameBroken("facts are not facts")
    return item

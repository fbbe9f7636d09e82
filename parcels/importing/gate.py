"""The parent's side of the geometry gate: batches in, verdicts out, whatever a boundary does."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from parcels.importing.child import Child, ChildFailed
from parcels.importing.errors import GeometryTooComplex, ReadingStopped
from parcels.importing.frames import (
    FrameBroken,
    Item,
    encode_json,
    pack_item,
    unpack_items,
    write_frame,
)

BATCH_SECONDS: Final = 30.0
FEATURE_SECONDS: Final = 5.0
OVERLAP_SECONDS: Final = 30.0
MOST_COMPLEX: Final = 20
MOST_FOR_OVERLAPS: Final = 300_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of one feature: its EWKB (MultiPolygon, EPSG:4326), or a code."""

    position: int
    ewkb: bytes | None
    code: str = ""
    evidence: dict[str, Any] = dataclasses.field(default_factory=dict)
    place: tuple[float, float] | None = None
    warnings: tuple[str, ...] = ()
    same: str = ""
    wkt: str = ""


@dataclass(frozen=True, slots=True)
class GateSettings:
    """``srid`` of the file, ``zone`` to measure in, datum parameters by name, bounds as WKT."""

    srid: int
    zone: int
    parameters: str
    bounds: str = ""


class Gate:
    """Checks boundaries in a child process, which is replaced when one is too much for it."""

    def __init__(self, settings: GateSettings) -> None:
        self._settings = settings
        self._child: Child | None = None
        self._complex = 0
        self._seen = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._drop()

    def check(self, items: Sequence[Item]) -> list[Verdict]:
        """A verdict for every item, in order; each item needs a WKB.

        A boundary that keeps GEOS busy for more than five seconds, or brings it down, is
        `GeometryTooComplex`; `ReadingStopped` after twenty of them.
        """
        self._seen += len(items)
        try:
            return self._asked(items, BATCH_SECONDS)
        except ChildFailed:
            return [self._alone(item) for item in items]

    def overlaps(self) -> int | None:
        """Pairs of accepted parcels that overlap; None where that could not be counted."""
        if self._child is None or self._complex or self._seen > MOST_FOR_OVERLAPS:
            return 0 if self._seen == 0 else None
        try:
            write_frame(self._child.stdin, b"Z", b"")
            return int(self._child.hear(within_s=OVERLAP_SECONDS).json()["overlaps"])
        except (ChildFailed, FrameBroken, OSError, KeyError, ValueError):
            self._drop()
            return None

    def _alone(self, item: Item) -> Verdict:
        try:
            return self._asked([item], FEATURE_SECONDS)[0]
        except ChildFailed:
            self._complex += 1
            if self._complex > MOST_COMPLEX:
                raise ReadingStopped(limit=f"{MOST_COMPLEX} × {FEATURE_SECONDS:.0f} s") from None
            return Verdict(item.position, None, GeometryTooComplex.code)

    def _asked(self, items: Sequence[Item], within_s: float) -> list[Verdict]:
        try:
            child = self._child or self._start()
            write_frame(child.stdin, b"B", b"".join(map(pack_item, items)))
            answers = list(unpack_items(child.hear(within_s=within_s).body))
            return [_verdict(a, i.position) for a, i in zip(answers, items, strict=True)]
        except (ChildFailed, FrameBroken, OSError, KeyError, TypeError, ValueError) as failed:
            self._drop()
            raise ChildFailed(str(failed)) from None

    def _start(self) -> Child:
        self._child = Child("parcels.importing.gate_child")
        write_frame(self._child.stdin, b"I", encode_json(dataclasses.asdict(self._settings)))
        return self._child

    def _drop(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


def _verdict(answer: Item, position: int) -> Verdict:
    if answer.position != position:
        raise FrameBroken("an answer to another question")
    facts = answer.facts
    if "fault" not in facts:
        return Verdict(
            answer.position, answer.wkb, warnings=tuple(facts["warnings"]), same=facts["same"]
        )
    place = facts["place"]
    return Verdict(
        answer.position,
        None,
        facts["fault"],
        facts["evidence"],
        tuple(place) if place else None,
        wkt=(answer.wkb or b"").decode(),
    )

"""The faults of a file, without importing it: its boundaries, its fabric, its numbers."""

from __future__ import annotations

import dataclasses
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cadastre.coverage import Fault, Tolerances
from cadastre.geodesy import WGS84, transformer
from cadastre.planar import IMPORT_VERTICES, BoundaryFault, polygons_of_wkb
from parcels.importing.attributes import plain_text
from parcels.importing.child import Child, ChildFailed
from parcels.importing.errors import FeatureTooLarge, GeometryMissing, ReadingStopped
from parcels.importing.frames import (
    FrameBroken,
    Item,
    encode_json,
    pack_item,
    unpack_items,
    write_frame,
)
from parcels.importing.pipeline import FileReading, ImportOptions, open_file

COMPARE_SECONDS: Final = 900.0
# Columns that name a parcel, the first of them that the file has counts.
NAMING: Final = ("tax_parcel_code", "deed_number", "land_number")
DUPLICATE_CODE: Final = "duplicate_code"
MISSING_CODE: Final = "missing_code"

Progress = Callable[[int, int | None, str], None]


@dataclass(frozen=True, slots=True)
class FileFinding:
    """A fault of a file. Parcels are told by their position in it, from 0.

    ``place`` is longitude and latitude, None where the feature has no usable coordinate;
    ``measure`` is in ``unit`` (``m2``, ``m`` or ``count``); ``detail`` is the reason why a boundary
    is invalid, or the number that is there twice: then ``second`` is where it was first.
    ``shape`` is the ground of the fault as WKB in EPSG:4326, where it is wanted and has one.
    """

    code: str
    first: int
    second: int | None
    place: tuple[float, float] | None
    measure: float
    unit: str
    detail: str = ""
    shape: bytes | None = None

    def told(self) -> dict[str, Any]:
        """Everything but the shape."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "shape"}


@dataclass(frozen=True, slots=True)
class Plot:
    """A feature as a map shows it: the number it has in the file, and its boundary as there."""

    name: str
    wkb: bytes | None


@dataclass
class FileFaults:
    """What was found in a file of ``parcels`` features.

    ``plots`` are all features by their position, in the system ``srid`` with ``datum_parameters``;
    None where they were not wanted. ``facts`` say what was read and how it was measured.
    """

    srid: int
    datum_parameters: str
    parcels: int = 0
    findings: list[FileFinding] = field(default_factory=list)
    plots: dict[int, Plot] | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """How often each kind of fault occurs; kinds that do not occur are 0."""
        found = Counter(finding.code for finding in self.findings)
        kinds = [*(fault.value for fault in Fault), DUPLICATE_CODE, MISSING_CODE]
        return {kind: found[kind] for kind in kinds}

    def report(self) -> dict[str, Any]:
        """What ``check_fabric --json`` prints."""
        return {
            "parcels": self.parcels,
            "findings": self.counts,
            **self.facts,
            "places": [each.told() for each in self.findings],
        }


def file_faults(
    file: Path,
    options: ImportOptions,
    tolerances: Tolerances,
    progress: Progress,
    *,
    with_shapes: bool = False,
) -> FileFaults:
    """Read a stranger's file, compare its parcels with each other and tell every fault.

    Nothing is written and nothing is left out: a feature that an import would refuse is a finding
    `Fault.INVALID_RING`. ``with_shapes`` also keeps what a map of the faults draws. Raises the
    refusals of `parcels.importing.errors`.
    """
    started = time.monotonic()
    with open_file(file, options, None) as reading:
        found = FileFaults(reading.srid, reading.options.datum_parameters)
        found.plots = {} if with_shapes else None
        sound = list(_sound(reading, found, progress))
        found.findings += _compared(reading, sound, tolerances, progress, with_shapes=with_shapes)
        found.facts = {
            "seconds": round(time.monotonic() - started, 3),
            "file": reading.source.name,
            "layer": reading.dataset.layer,
            "crs": reading.crs,
            "metric_crs": f"EPSG:{reading.zone}",
            "datum_parameters": reading.datum_parameters,
            "tolerances": dataclasses.asdict(tolerances),
        }
        return found


def _sound(reading: FileReading, found: FileFaults, progress: Progress) -> Iterator[Item]:
    """The features that can be compared; whatever else is told of the others goes to ``found``."""
    names = _Names(reading)
    for batch in reading.judged():
        for item, verdict in batch:
            found.parcels += 1
            place = None
            if verdict is not None and verdict.ewkb is not None:
                yield Item(item.position, {}, item.wkb)
            else:
                missing = FeatureTooLarge if "wkb_size" in item.facts else GeometryMissing
                code = verdict.code if verdict else missing.code
                place = verdict.place if verdict else None
                found.findings.append(
                    FileFinding(Fault.INVALID_RING, item.position, None, place, 1, "count", code)
                )
            name = names.note(item)
            if found.plots is not None:
                found.plots[item.position] = Plot(name, item.wkb)
        progress(found.parcels, reading.dataset.features, "reading")
    found.findings += names.findings()


class _Names:
    """The numbers by which a file tells its parcels apart."""

    def __init__(self, reading: FileReading) -> None:
        columns = reading.plan.columns
        parameters = reading.options.datum_parameters
        self._to_lonlat = transformer(reading.srid, WGS84, parameters)
        self._column = next((columns[name] for name in NAMING if name in columns), None)
        self._first: dict[str, int] = {}
        self._findings: list[FileFinding] = []

    def note(self, item: Item) -> str:
        """The number of a feature, empty where it has none."""
        if self._column is None:
            return ""
        name = plain_text(item.facts["attributes"].get(self._column))
        before = self._first.setdefault(name, item.position)
        if not name:
            self._tell(MISSING_CODE, item, None, "")
        elif before != item.position:
            self._tell(DUPLICATE_CODE, item, before, name)
        return name[:80]

    def findings(self) -> Iterable[FileFinding]:
        return self._findings

    def _tell(self, code: str, item: Item, before: int | None, name: str) -> None:
        place = self._corner(item)
        self._findings.append(
            FileFinding(code, item.position, before, place, 1, "count", name[:80])
        )

    def _corner(self, item: Item) -> tuple[float, float] | None:
        """The first corner of a feature; None where it has none that can be read."""
        try:
            x, y = polygons_of_wkb(item.wkb or b"", IMPORT_VERTICES)[0][0][0]
        except (BoundaryFault, IndexError):
            return None
        lon, lat = self._to_lonlat.transform(x, y)
        return (lon, lat) if math.isfinite(lon) and math.isfinite(lat) else None


def _compared(
    reading: FileReading,
    sound: list[Item],
    tolerances: Tolerances,
    progress: Progress,
    *,
    with_shapes: bool,
) -> Iterator[FileFinding]:
    """What the child finds among features that are sound by themselves."""
    settings = {
        "srid": reading.srid, "zone": reading.zone,
        "parameters": reading.options.datum_parameters,
        "tolerances": dataclasses.asdict(tolerances), "shapes": with_shapes,
    }  # fmt: skip
    deadline = time.monotonic() + COMPARE_SECONDS
    positions = {item.position for item in sound}
    try:
        with Child("parcels.importing.faults_child") as child:
            write_frame(child.stdin, b"I", encode_json(settings))
            for start in range(0, len(sound), 1_000):
                packed = map(pack_item, sound[start : start + 1_000])
                write_frame(child.stdin, b"B", b"".join(packed))
            write_frame(child.stdin, b"Z", b"{}")
            while (frame := child.hear(within_s=deadline - time.monotonic())).kind != b"Z":
                if frame.kind == b"I":
                    said = frame.json()
                    progress(int(said["done"]), int(said["of"]), str(said["step"])[:40])
                    continue
                for answer in unpack_items(frame.body):
                    yield _finding(answer, positions)
    except (ChildFailed, FrameBroken, OSError, KeyError, TypeError, ValueError) as failed:
        limit = "2 GB" if getattr(failed, "reason", "") == "memory" else f"{COMPARE_SECONDS:.0f} s"
        raise ReadingStopped(limit=limit) from None


def _finding(answer: Item, positions: set[int]) -> FileFinding:
    """A finding of the child's, which is not believed: it names parcels that it was given."""
    said = answer.facts
    second = said["second"]
    if answer.position not in positions or not (second is None or second in positions):
        raise FrameBroken("a parcel that was not in the file")
    place = said["place"]
    return FileFinding(
        Fault(said["code"]).value, answer.position, second,
        None if place is None else (float(place[0]), float(place[1])),
        float(said["measure"]), str(said["unit"])[:10], shape=answer.wkb,
    )  # fmt: skip

"""A file on its way to the register: opened, placed, gated, read; every feature accounted for."""

from __future__ import annotations

import json
import math
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from cadastre.errors import LandError
from cadastre.geodesy import (
    DEFAULT_DATUM_PARAMETERS,
    INDIAN_1975_47N,
    INDIAN_1975_48N,
    INDIAN_1975_GEOGRAPHIC,
    THAILAND,
    UTM_47N,
    UTM_48N,
    WGS84,
    CrsUnknown,
    metric_srid_of,
    normalise_srid,
    transformer,
)
from cadastre.planar import IMPORT_VERTICES, BoundaryFault, polygons_of_wkb
from parcels.importing.attributes import AttributeReader, Attributes, mask_ids
from parcels.importing.columns import ColumnPlan, plan_columns
from parcels.importing.errors import CrsMissing, FeatureTooLarge, GeometryMissing
from parcels.importing.frames import LARGEST_WKB, Item
from parcels.importing.gate import Gate, GateSettings, Verdict
from parcels.importing.reader import Dataset, open_dataset
from parcels.importing.sniff import Format
from parcels.importing.source import LARGEST_FILE, Source, source_of

INDIAN_1975: Final = frozenset({INDIAN_1975_GEOGRAPHIC, INDIAN_1975_47N, INDIAN_1975_48N})
_PLACED_BY: Final = 200
_BANGKOK: Final = (100.5, 13.75)
_MARGIN_DEGREES: Final = 1.0


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What somebody says about a file; empty means: as the file says."""

    layer: str = ""
    srid: int | None = None
    encoding: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    datum_parameters: str = DEFAULT_DATUM_PARAMETERS
    largest_file: int = LARGEST_FILE


@dataclass(frozen=True, slots=True)
class Territory:
    """Where an office's parcels lie: the metric system it measures in, its bounds as WKT."""

    zone: int
    bounds: str

    @classmethod
    def of(cls, zone: int, bounds: str) -> Territory:
        """``bounds`` in EPSG:4326; empty takes the area of use of the zone and one degree more.

        In the zones of Thailand it takes the whole country, too: provinces cross the meridian.
        """
        if not bounds:
            use = pyproj.CRS.from_epsg(zone).area_of_use
            area: BaseGeometry = shapely.box(*(use.bounds if use else (-180, -90, 180, 90)))
            area = shapely.buffer(area, _MARGIN_DEGREES, join_style="mitre")
            if zone in {UTM_47N, UTM_48N}:
                area = shapely.union(area, shapely.box(*THAILAND))
            bounds = shapely.to_wkt(area)
        return cls(zone, bounds)


@dataclass(frozen=True, slots=True)
class Accepted:
    position: int
    ewkb: bytes
    attributes: Attributes
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """A feature for the quarantine, whole."""

    position: int
    code: str
    evidence: Mapping[str, Any]
    place: tuple[float, float] | None
    values: Mapping[str, Any]
    geometry: str


@dataclass
class Tally:
    """What became of the features read so far."""

    imported: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)

    @property
    def quarantined(self) -> int:
        return self.reasons.total()

    @property
    def read(self) -> int:
        return self.imported + self.quarantined

    def turn_down(self, code: str) -> None:
        """A feature that was accepted is refused after all, by the register."""
        self.imported -= 1
        self.reasons[code] += 1


Outcome = tuple[list[Accepted], list[Refused]]
Judged = tuple[Item, Verdict | None]


class FileReading:
    """A file that was opened: what it is, and its features in batches."""

    def __init__(
        self, source: Source, dataset: Dataset, options: ImportOptions, territory: Territory | None
    ) -> None:
        self.source, self.dataset, self.options = source, dataset, options
        self.srid = _srid(dataset, options)
        self.tally = Tally()
        self.overlaps: int | None = 0
        self._batches = dataset.batches
        self._first = next(self._batches, [])
        centre = self._centre()
        self.zone = territory.zone if territory else metric_srid_of(self.srid, *centre)
        self.bounds = territory.bounds if territory else ""
        # Asked here, since a child can only fail: raises TransformationUnknown.
        transformer(self.srid, self.zone, options.datum_parameters)
        self.thai = self.zone in {UTM_47N, UTM_48N} and THAILAND.contains(*centre)
        self.plan: ColumnPlan = plan_columns(dataset.columns, options.fields, thai=self.thai)

    @property
    def crs(self) -> str:
        return f"EPSG:{self.srid}"

    @property
    def layer_of_file(self) -> str:
        """The layer as part of the file's identity: "" where it only repeats the file's name."""
        named_after_file = self.source.format in {Format.GEOJSON, Format.SHAPEFILE}
        return "" if named_after_file and not self.source.packed else self.dataset.layer

    @property
    def datum_parameters(self) -> str:
        """The parameters used, where the file is on Indian 1975."""
        return self.options.datum_parameters if self.srid in INDIAN_1975 else ""

    def outcomes(self) -> Iterator[Outcome]:
        """Every feature of the file, in file order, as accepted or refused."""
        reader = AttributeReader(self.plan, thai=self.thai)
        seen: set[str] = set()
        for judged in self.judged(count_overlaps=True):
            yield self._outcome(judged, reader, seen)

    def judged(self, *, count_overlaps: bool = False) -> Iterator[list[Judged]]:
        """Every feature of the file, in file order, with what the gate says of its boundary."""
        settings = GateSettings(self.srid, self.zone, self.options.datum_parameters, self.bounds)
        with Gate(settings) as gate:
            batch = self._first
            while batch:
                verdicts = {
                    v.position: v for v in gate.check([i for i in batch if i.wkb is not None])
                }
                yield [(item, verdicts.get(item.position)) for item in batch]
                batch = next(self._batches, [])
            if count_overlaps:
                self.overlaps = gate.overlaps()

    def _outcome(
        self, judged: Sequence[Judged], reader: AttributeReader, seen: set[str]
    ) -> Outcome:
        accepted, refused = [], []
        for item, verdict in judged:
            values = item.facts["attributes"]
            if verdict is None or verdict.ewkb is None:
                refused.append(_refused(item, verdict))
                continue
            try:
                attributes = reader.read(values)
            except LandError as error:
                refused.append(_refused(item, None, error))
                continue
            accepted.append(Accepted(item.position, verdict.ewkb, attributes, values))
            self._note(verdict, seen)
        self.tally.imported += len(accepted)
        self.tally.reasons.update(each.code for each in refused)
        return accepted, refused

    def _note(self, verdict: Verdict, seen: set[str]) -> None:
        self.tally.warnings.update(set(verdict.warnings))
        if verdict.same in seen:
            self.tally.warnings["duplicate_geometry"] += 1
        seen.add(verdict.same)

    def _centre(self) -> tuple[float, float]:
        """About the middle of the first features, lon/lat; Bangkok where there are none."""
        points = []
        for item in self._first[:_PLACED_BY]:
            try:
                x, y = polygons_of_wkb(item.wkb or b"", IMPORT_VERTICES)[0][0][0]
            except (BoundaryFault, IndexError):
                continue
            if math.isfinite(x) and math.isfinite(y):
                points.append((float(x), float(y)))
        if not points:
            return _BANGKOK
        x, y = (statistics.median(each) for each in zip(*points, strict=True))
        change = transformer(self.srid, WGS84, self.options.datum_parameters)
        lon, lat = change.transform(x, y)
        # UTM ends at 84° north; whatever lies beyond is no place either.
        within = math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and -80 <= lat <= 84
        return (lon, lat) if within else _BANGKOK


@contextmanager
def open_file(
    file: Path, options: ImportOptions, territory: Territory | None, *, name: str = ""
) -> Iterator[FileReading]:
    """Open a stranger's file. Raises the refusals of `parcels.importing.errors`."""
    with ExitStack() as stack:
        source = stack.enter_context(
            source_of(
                file, name=name, layer=options.layer, encoding=options.encoding,
                limit=options.largest_file,
            )
        )  # fmt: skip
        dataset = stack.enter_context(open_dataset(source, layer=options.layer))
        yield FileReading(source, dataset, options, territory)


def _srid(dataset: Dataset, options: ImportOptions) -> int:
    """The reference system: as asked, else the file's own; `CrsMissing` for none, never a guess."""
    if options.srid is not None:
        return normalise_srid(options.srid)
    if not dataset.crs:
        raise CrsMissing(text="")
    try:
        return normalise_srid(dataset.crs)
    except CrsUnknown:
        if "indian" in dataset.crs.lower() and "1975" in dataset.crs:
            return _indian_1975(dataset.crs)
        raise


def _indian_1975(wkt: str) -> int:
    """Indian 1975 as other programs name it; its zone by the name or the central meridian."""
    crs = pyproj.CRS.from_wkt(wkt)
    if crs.is_geographic:
        return INDIAN_1975_GEOGRAPHIC
    parameters = crs.coordinate_operation.params if crs.coordinate_operation else []
    meridians = [float(p.value) for p in parameters if "longitude" in p.name.lower()]
    found = {99.0: INDIAN_1975_47N, 105.0: INDIAN_1975_48N}.get(sum(meridians))
    if found is None:
        raise CrsUnknown(text=wkt[:80])
    return found


def _refused(item: Item, verdict: Verdict | None, error: LandError | None = None) -> Refused:
    if error is None and verdict is None:
        size = item.facts.get("wkb_size")
        error = FeatureTooLarge(size=size, limit=LARGEST_WKB) if size else GeometryMissing()
    wkt = verdict.wkt if verdict else ""
    code = error.code if error else verdict.code if verdict else ""
    evidence = error.evidence if error else verdict.evidence if verdict else {}
    return Refused(
        item.position,
        code,
        {
            key: value if isinstance(value, int | float) else str(value)
            for key, value in evidence.items()
        },
        verdict.place if verdict else None,
        masked(item.facts["attributes"]),
        wkt or _text_of(item.wkb),
    )


def _plain(value: object) -> Any:
    return value if isinstance(value, int | float | str) else str(value)


def _text_of(wkb: bytes | None) -> str:
    """A geometry that nothing else can write: as WKT if its rings can be read, else as WKB."""
    if wkb is None:
        return ""
    try:
        polygons = polygons_of_wkb(wkb, IMPORT_VERTICES)
    except BoundaryFault:
        return "WKB " + wkb.hex()
    parts = (
        "(" + ",".join("(" + ",".join(f"{x!r} {y!r}" for x, y in r) + ")" for r in rings) + ")"
        for rings in polygons
    )
    return f"MULTIPOLYGON ({','.join(parts)})"


def masked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes with national ids masked; nothing else is changed."""
    if not any(_long_digits(value) for value in values.values()):
        return dict(values)
    return {
        key: mask_ids(str(value)) if isinstance(value, str | int) and not isinstance(value, bool)
        and mask_ids(str(value)) != str(value) else value
        for key, value in values.items()
    }  # fmt: skip


def _long_digits(value: object) -> bool:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return sum(map(str.isdigit, text)) >= 13

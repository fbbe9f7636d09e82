"""The parcel editor: random operations on an evolving fabric, every result proved."""

from __future__ import annotations

import math
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Literal

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from bench.evolving import TOWN, Fabric, town
from bench.harness import SEED, Bench, say
from cadastre.errors import LandError
from cadastre.fabric import (
    Edit,
    Plot,
    Point,
    check_edit,
    cut_off_area,
    delete_mark,
    divide_by_line,
    divide_by_ring,
    divide_by_strip,
    divide_equally,
    insert_mark,
    merge,
    move_mark,
    replace_boundary,
)
from cadastre.planar import Severity

OPERATIONS_PER_TOWN = 5_000
BREAKS = {"area_not_conserved", "outline_moved", "mark_moved", "coverage_broken", "piece_invalid"}
WEIGHTS = {
    "line": 24, "bent_line": 10, "ring": 8, "island": 4, "equally": 10, "area": 14, "strip": 8,
    "merge": 34, "move": 6, "insert": 4, "delete": 3, "replace": 5,
}  # fmt: skip
FRACTION_PROVED_TWICE = 0.1


@dataclass
class Tally:
    """What happened."""

    done: Counter[str] = field(default_factory=Counter)
    refused: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    breaks: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    twice: Counter[str] = field(default_factory=Counter)
    worst: float = 0.0
    timed: Counter[str] = field(default_factory=Counter)
    ours: Counter[str] = field(default_factory=Counter)
    gate: Counter[str] = field(default_factory=Counter)
    bare: Counter[str] = field(default_factory=Counter)

    def broke(self, what: str, kind: str, plot: Plot | None) -> None:
        self.breaks[what] += 1
        if len(self.examples) < 20:
            self.examples.append(f"{what} in {kind}: {plot.geometry.wkt[:3000] if plot else ''}")


Operation = Callable[[Sequence[Plot], Sequence[Plot]], Edit]
"""Makes the edit of these subjects among these plots."""
ALIGNMENTS: tuple[Literal["centre", "left", "right"], ...] = ("centre", "left", "right")


class Editor:
    """Chooses random operations and carries them out."""

    def __init__(self, fabric: Fabric, rng: random.Random, tally: Tally) -> None:
        self.fabric, self.rng, self.tally = fabric, rng, tally

    def step(self) -> None:
        """One operation: made, proved, and applied if the gate lets it pass."""
        kind = self.rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        key = self.rng.choice(list(self.fabric.plots))
        parent = Plot(key, self.fabric.plots[key])
        around = self.fabric.around(parent.geometry)
        chosen = self._chosen(kind, parent, around)
        if chosen is None:
            self.tally.refused[kind]["no_candidate"] += 1
            return
        before, operation = chosen
        began = time.process_time()
        try:
            edit = operation(before, around)
        except LandError as refusal:
            self.tally.refused[kind][refusal.code] += 1
            return
        ours = time.process_time() - began
        began = time.process_time()
        findings = check_edit(before, edit, around)
        gate = time.process_time() - began
        faults = {each.code for each in findings if each.severity is Severity.FAULT}
        if self.rng.random() < FRACTION_PROVED_TWICE:
            self._write_otherwise(kind, before, around, operation, edit)
        if edit.keeps_ground:
            self._prove(kind, before, edit, around)
            for code in faults & BREAKS:
                self.tally.broke(code, kind, parent)
            self.tally.timed[kind] += 1
            self.tally.ours[kind] += ours
            self.tally.gate[kind] += gate
            self.tally.bare[kind] += bare_seconds(before, edit)
        if faults:
            self.tally.refused[kind].update(f"gate: {code}" for code in faults)
            return
        self.tally.done[kind] += 1
        self.fabric.apply(before, edit)

    # -- choosing ----------------------------------------------------------------------------------

    def _chosen(
        self, kind: str, parent: Plot, around: list[Plot]
    ) -> tuple[list[Plot], Operation] | None:
        rng, whole = self.rng, parent.geometry
        ring = list(whole.geoms[0].exterior.coords)[:-1]
        i = rng.randrange(len(ring))
        side = (ring[i - 1], ring[i])
        if kind == "merge":
            return self._merge(parent, around)
        if kind in {"move", "delete", "insert", "replace"}:
            return self._at_mark(kind, parent, around, ring, i)
        operation: Operation
        if kind in {"line", "bent_line"}:
            line = self._line(whole, bent=kind == "bent_line")
            operation = lambda own, near: divide_by_line(own[0], line, near)  # noqa: E731
        elif kind == "strip":
            road = self._line(whole, bent=rng.random() < 0.3)
            width = Decimal(rng.choice(["1", "2.5", "4", "6"]))
            align = rng.choice(ALIGNMENTS)
            operation = lambda own, near: divide_by_strip(own[0], road, width, near, align)  # noqa: E731
        elif kind == "equally":
            count, along = rng.randint(2, 5), rng.choice([None, side])
            operation = lambda own, near: divide_equally(own[0], count, along, near)  # noqa: E731
        elif kind == "area":
            area = Decimal(whole.area * rng.uniform(0.1, 0.9)).quantize(Decimal("0.01"))
            operation = lambda own, near: cut_off_area(own[0], area, side, near)  # noqa: E731
        else:
            corners = self._corner(ring, i) if kind == "ring" else self._island(whole)
            operation = lambda own, near: divide_by_ring(own[0], corners, near)  # noqa: E731
        return [parent], operation

    def _at_mark(
        self, kind: str, parent: Plot, around: list[Plot], ring: list[Point], i: int
    ) -> tuple[list[Plot], Operation] | None:
        rng, mark = self.rng, ring[i]
        to = (mark[0] + rng.uniform(-0.5, 0.5), mark[1] + rng.uniform(-0.5, 0.5))
        if kind == "move":
            return [], lambda _, near: move_mark(mark, to, near)
        if kind == "delete":
            return [], lambda _, near: delete_mark(mark, near)
        if kind == "insert":
            t = rng.uniform(0.1, 0.9)
            before = ring[i - 1]
            at = (
                before[0] + t * (mark[0] - before[0]),
                before[1] + t * (mark[1] - before[1]),
            )
            return [], lambda _, near: insert_mark((before, mark), at, near)
        moved = [to if point == mark else point for point in ring]
        first, *others = parent.geometry.geoms
        drawn = MultiPolygon([Polygon(moved, first.interiors), *others])
        shape = shapely.transform(drawn, lambda xy: np.round(xy, 3))
        gives = {plot.key for plot in around if plot.key != parent.key}
        return [parent], lambda own, near: replace_boundary(own[0], shape, near, gives)

    def _line(self, whole: MultiPolygon, *, bent: bool) -> list[Point]:
        rng = self.rng
        x0, y0, x1, y1 = whole.bounds
        x, y = rng.uniform(x0, x1), rng.uniform(y0, y1)
        reach, angle = 1.2 * math.hypot(x1 - x0, y1 - y0), rng.uniform(0, math.tau)
        ahead, back = (
            (x + s * reach * math.cos(angle), y + s * reach * math.sin(angle)) for s in (1, -1)
        )
        if rng.random() < 0.2:  # from a mark, as an editor that snaps would have it
            back = rng.choice(list(whole.geoms[0].exterior.coords))
        if not bent:
            return [back, ahead]
        middle = [
            (x + rng.uniform(-0.3, 0.3) * (x1 - x0), y + rng.uniform(-0.3, 0.3) * (y1 - y0))
            for _ in range(rng.randint(1, 3))
        ]
        return [back, *middle, ahead]

    def _corner(self, ring: list[Point], i: int) -> list[Point]:
        """A piece at a corner of the parcel: the mark and points along the sides it ends."""
        a, b, c = ring[i - 1], ring[i], ring[(i + 1) % len(ring)]
        s, t = self.rng.uniform(0.2, 1), self.rng.uniform(0.2, 1)
        p = (b[0] + s * (a[0] - b[0]), b[1] + s * (a[1] - b[1]))
        q = (b[0] + t * (c[0] - b[0]), b[1] + t * (c[1] - b[1]))
        return [p, b, q]

    def _island(self, whole: MultiPolygon) -> list[Point]:
        circle = shapely.maximum_inscribed_circle(whole.geoms[0], tolerance=0.1)
        (x, y), radius = circle.coords[0], 0.6 * circle.length
        turn = self.rng.uniform(0, math.tau)
        return [
            (x + radius * math.cos(turn + k), y + radius * math.sin(turn + k)) for k in (0, 2, 4)
        ]

    def _merge(self, parent: Plot, around: list[Plot]) -> tuple[list[Plot], Operation] | None:
        beside = [plot for plot in around if plot.key != parent.key]
        if not beside:
            return None
        # Small with small, so that no plot grows without end.
        small = sorted(beside, key=lambda plot: (plot.geometry.area, plot.key))
        other = small[min(int(self.rng.expovariate(1)), len(small) - 1)]
        parents = [parent, other]
        everyone = list({p.key: p for p in (*around, *self.fabric.around(other.geometry))}.values())
        around[:] = everyone
        return parents, merge

    # -- proving -----------------------------------------------------------------------------------

    def _prove(self, kind: str, before: Sequence[Plot], edit: Edit, around: Sequence[Plot]) -> None:
        """What must hold whatever the gate says, computed apart from it."""
        tally = self.tally
        area = math.fsum(p.geometry.area for p in before)
        got = math.fsum(piece.area for piece in edit.pieces)
        bound = 0.0005 * new_boundary_m(before, edit)
        if bound:
            tally.worst = max(tally.worst, abs(got - area) / bound)
        if abs(got - area) > bound + 1e-6:
            tally.broke("area beyond bound", kind, before[0])
        sound = {plot.key for plot in around if shapely.is_valid(plot.geometry)}
        changed = [geometry for key, geometry in edit.changed.items() if key in sound]
        if not all(shapely.is_valid(each) for each in (*edit.pieces, *changed)):
            tally.broke("invalid result", kind, before[0])
        if len(before) == 1 and self.rng.random() < FRACTION_PROVED_TWICE:
            self._merge_again(kind, before[0], edit, around)

    def _write_otherwise(
        self,
        kind: str,
        before: Sequence[Plot],
        around: Sequence[Plot],
        operation: Operation,
        edit: Edit,
    ) -> None:
        """The same land written otherwise must give the same answer, bit for bit."""
        self.tally.twice["written otherwise"] += 1
        twins = [Plot(plot.key, self._rewritten(plot.geometry)) for plot in before]
        order = list(around)
        self.rng.shuffle(order)
        try:
            again = operation(twins, order)
        except LandError as refusal:
            self.tally.broke(f"refused when written otherwise: {refusal.code}", kind, twins[0])
            return
        if again.pieces != edit.pieces or again.new_marks != edit.new_marks:
            self.tally.broke("answer depends on writing", kind, before[0] if before else None)
        if dict(again.changed) != dict(edit.changed):
            self.tally.broke("neighbours depend on writing", kind, before[0] if before else None)

    def _rewritten(self, geometry: MultiPolygon) -> MultiPolygon:
        """Rings from another vertex, the other way round, with a point written twice."""
        polygons = []
        for part in reversed(geometry.geoms):
            rings = []
            for ring in (part.exterior, *reversed(part.interiors)):
                points = list(ring.coords)[:-1]
                start = self.rng.randrange(len(points))
                turned = points[start:] + points[:start]
                rings.append([turned[0], *turned[:: self.rng.choice([1, -1])]])
            polygons.append(Polygon(rings[0], rings[1:]))
        return MultiPolygon(polygons)

    def _merge_again(self, kind: str, parent: Plot, edit: Edit, around: Sequence[Plot]) -> None:
        """Divide, then merge: the parent's ground and marks, and at most the new marks besides."""
        pieces = [Plot(-1 - i, piece) for i, piece in enumerate(edit.pieces)]
        others = [
            Plot(p.key, edit.changed.get(p.key, p.geometry)) for p in around if p.key != parent.key
        ]
        try:
            whole = merge(pieces, others).pieces[0]
        except LandError as refusal:
            if len(parent.geometry.geoms) == 1:
                self.tally.broke(f"not merged again: {refusal.code}", kind, parent)
            return
        self.tally.twice["divide then merge"] += 1
        old = {tuple(xy) for xy in shapely.get_coordinates(parent.geometry).tolist()}
        now = {tuple(xy) for xy in shapely.get_coordinates(whole).tolist()}
        of_others = {
            tuple(xy) for p in others for xy in shapely.get_coordinates(p.geometry).tolist()
        }
        if now - old - of_others:
            self.tally.broke("merging leaves marks", kind, parent)
        apart = shapely.hausdorff_distance(
            shapely.boundary(whole), shapely.boundary(parent.geometry)
        )
        if apart > 0.001:
            self.tally.broke("merging moves the outline", kind, parent)


def sides_of(geometry: MultiPolygon) -> set[tuple[Point, Point]]:
    found = set()
    for part in geometry.geoms:
        for ring in (part.exterior, *part.interiors):
            coords = list(ring.coords)
            found |= {(min(s), max(s)) for s in pairwise(coords)}
    return found


def new_boundary_m(before: Sequence[Plot], edit: Edit) -> float:
    """The cut, and the sides of the subjects that the result divides or loses."""
    old = set().union(*(sides_of(plot.geometry) for plot in before))
    now = set().union(*(sides_of(piece) for piece in edit.pieces))
    return float(edit.new_boundary.length) + math.fsum(math.dist(*side) for side in old - now)


def bare_seconds(before: Sequence[Plot], edit: Edit) -> float:
    """What shapely alone takes: noding and polygonizing as its split does, or its union."""
    began = time.process_time()
    if len(before) > 1:
        shapely.union_all([plot.geometry for plot in before])
    else:
        lines = shapely.union_all([shapely.boundary(before[0].geometry), edit.new_boundary])
        faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
        shapely.contains(before[0].geometry, shapely.point_on_surface(faces))
    return time.process_time() - began


def measure(bench: Bench) -> None:
    """Random operations, counted; the program fails on a single broken invariant."""
    tally, total = Tally(), bench.options.operations
    began = time.process_time()
    for start in range(0, total, OPERATIONS_PER_TOWN):
        number = start // OPERATIONS_PER_TOWN
        editor = Editor(town(SEED + number), random.Random(SEED + number), tally)
        for _ in range(min(OPERATIONS_PER_TOWN, total - start)):
            editor.step()
        say(f"editing: {min(start + OPERATIONS_PER_TOWN, total):,} of {total:,} operations")
    ours, gate, bare = (sum(each.values()) for each in (tally.ours, tally.gate, tally.bare))
    bench.sizes |= {"operations": total, "parcels": TOWN}
    made = max(1, sum(tally.timed.values()))
    bench.compare("time", "ms of processor per edit", {
        "edit": lambda: 1000 * ours / made,
        "edit_and_gate": lambda: 1000 * (ours + gate) / made,
        "bare_shapely": lambda: 1000 * bare / made,
    }, rounds=1)  # fmt: skip
    bench.facts |= {
        "processor_seconds": round(time.process_time() - began, 1),
        "done": dict(tally.done),
        "refused": {kind: dict(found) for kind, found in tally.refused.items()},
        "proved_twice": dict(tally.twice),
        "largest_area_error_by_bound": round(tally.worst, 4),
        "invariant_breaks": sum(tally.breaks.values()),
        "breaks": dict(tally.breaks),
        "examples": tally.examples,
    }
    if tally.breaks:
        bench.write()
        raise SystemExit(f"invariants broken: {dict(tally.breaks)}")

"""Least squares: ours against the bare sparse solve of the same normal equations, and GNU Gama."""

from __future__ import annotations

import os

# Before numpy comes in: threads of BLAS that wait for each other would be measured, not the work.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import math
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import scipy.sparse
import scipy.sparse.linalg

from bench.harness import SEED, Bench
from cadastre.adjustment import (
    PLANE_ROLES,
    Direction,
    Distance,
    Network,
    Point,
    Role,
    adjust,
)
from cadastre.adjustment.columns import columns_of
from cadastre.adjustment.equations import State, linearise

STATIONS: Final = (100, 1_000, 10_000)
# Gama stores the envelope of a station order of its own: 10,000 stations would take it hours.
MOST_FOR_GAMA: Final = 1_000
SPACING_M: Final = 100.0
SIGMA_M: Final = 0.005
SIGMA: Final = 3 * math.pi / 180 / 3600
START_ERROR_M: Final = 0.02
FIXED: Final = (Role.FIXED, Role.FIXED, Role.ABSENT)
# The bound that was set, for networks large enough that fixed costs of a second language vanish.
BOUND: Final = 3.0


def measure(bench: Bench) -> None:
    """Each size in turn; a result that is not that of the bare solve stops the program."""
    ours = {stations: _compare(bench, stations) for stations in STATIONS}
    for less, more in pairwise(STATIONS):
        power = math.log(ours[more] / ours[less]) / math.log(more / less)
        bench.facts[f"growth from {less} to {more}"] = f"n^{power:.2f}"
    bench.facts["bound"] = BOUND
    bench.facts["gama_local"] = shutil.which("gama-local") is not None


def _compare(bench: Bench, stations: int) -> float:
    """One size; our median."""
    network = _network(stations)
    normal, right = _normal_equations(network)
    case, steps = f"{stations} stations", adjust(network).iterations
    bench.sizes[case] = {
        "observations": len(network.observations),
        "unknowns": len(right),
        "nonzeros": normal.nnz,
    }
    bench.facts[f"{case}: difference of standard deviations"] = _same(network, normal)
    contestants: dict[str, Callable[[], float | dict[str, Any]]] = {
        "ours": lambda: _processor(lambda: adjust(network)),
        "bare_spsolve": lambda: _processor(lambda: scipy.sparse.linalg.spsolve(normal, right)),
        "bare_splu_symmetric": lambda: _processor(lambda: _symmetric(normal, right)),
        "bare_every_step": lambda: _processor(
            lambda: [scipy.sparse.linalg.spsolve(normal, right) for _ in range(steps)]
        ),
    }
    gama = shutil.which("gama-local")
    with TemporaryDirectory() as folder:
        if gama and stations <= MOST_FOR_GAMA:
            path = Path(folder) / "network.gkf"
            path.write_text("\n".join(_gkf(network)), encoding="utf-8")
            contestants["gama_local"] = lambda: _gama(gama, path)
        bench.compare(case, "s", contestants)
    medians = {
        name: float(np.median(np.array(raw, float))) for name, raw in bench.rounds[case].items()
    }
    for name in ("bare_spsolve", "bare_splu_symmetric", "bare_every_step"):
        bench.facts[f"{case}: ours / {name}"] = round(medians["ours"] / medians[name], 2)
    return medians["ours"]


def _processor(work: Callable[[], object]) -> float:
    """Processor seconds: the machine may be busy with other things."""
    began = time.process_time()
    work()
    return time.process_time() - began


def _symmetric(normal: Any, right: Any) -> Any:
    """The fastest way SuperLU has for a symmetric matrix."""
    factor = scipy.sparse.linalg.splu(
        normal, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )  # fmt: skip
    return factor.solve(right)


def _gama(program: str, path: Path) -> float:
    """Processor seconds of the whole program, reading and writing included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([program, str(path), "--text", "/dev/null"], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _network(stations: int) -> Network:
    """Points about every 100 m that see six neighbours: directions from each, distances once."""
    random = np.random.default_rng(SEED)
    side = round(math.sqrt(stations))
    number = np.arange(side * side)
    grid = np.stack([number % side, number // side], axis=1) * SPACING_M
    places = grid + random.uniform(-20, 20, grid.shape) + (665_000.0, 1_520_000.0)
    start = places + random.normal(0, START_ERROR_M, grid.shape)
    legs = np.array(list(_legs(side)))
    turns = random.uniform(0, math.tau, len(places))
    observations: list[Direction | Distance] = []
    for a, b in [*legs, *legs[:, ::-1]]:
        east, north = places[b] - places[a]
        reading = math.atan2(east, north) - turns[a] + random.normal(0, SIGMA)
        observations.append(
            Direction(value=float(reading), sigma=SIGMA, start=f"P{a}", end=f"P{b}")
        )
    for a, b in legs:
        length = math.dist(places[a], places[b]) + random.normal(0, SIGMA_M)
        observations.append(
            Distance(value=float(length), sigma=SIGMA_M, start=f"P{a}", end=f"P{b}")
        )
    corners = {0, side - 1, side * side - 1}
    points = {
        f"P{i}": Point(
            (float((places if i in corners else start)[i, 0]),
             float((places if i in corners else start)[i, 1]), None),
            FIXED if i in corners else PLANE_ROLES,
        )
        for i in number.tolist()
    }  # fmt: skip
    return Network(points, tuple(observations))


def _legs(side: int) -> Iterator[tuple[int, int]]:
    for row in range(side):
        for column in range(side):
            here = row * side + column
            if column + 1 < side:
                yield here, here + 1
            if row + 1 < side:
                yield here, here + side
            if column + 1 < side and row + 1 < side:
                yield here, here + side + 1


def _normal_equations(network: Network) -> tuple[Any, Any]:
    """Of the first step, in the order of the points: what everybody has to solve."""
    columns = columns_of(network)
    places = np.array([(*point.at[:2], 0.0) for point in network.points.values()], float)
    state = State(places, np.zeros(len(columns.set_station)))
    linear = linearise(columns, state, None, np.zeros(len(places)), network.names)
    free = np.array([point.roles[0] is Role.FREE for point in network.points.values()])
    index = np.full(len(free), -1)
    index[free] = np.arange(free.sum())
    ends, rows = columns.points[:, :2], np.arange(len(columns.value))
    unknown = 2 * index[ends][:, :, None] + np.arange(2)
    unknown = np.where(index[ends][:, :, None] >= 0, unknown, -1).reshape(len(rows), 4)
    orientation = np.where(columns.sets >= 0, 2 * int(free.sum()) + columns.sets, -1)
    unknown = np.concatenate([unknown, orientation[:, None]], axis=1)
    values = (
        np.concatenate(
            [linear.partials[:, :2, :2].reshape(len(rows), 4), -np.ones((len(rows), 1))], axis=1
        )
        / np.sqrt(columns.variances())[:, None]
    )
    used = unknown >= 0
    shape = (len(rows), 2 * int(free.sum()) + len(columns.set_station))
    design = scipy.sparse.csr_matrix(
        (values[used], (np.repeat(rows, used.sum(axis=1)), unknown[used])), shape
    )
    normal = (design.T @ design).tocsc()
    return normal, design.T @ (linear.misclosures / np.sqrt(columns.variances()))


def _same(network: Network, normal: Any) -> float:
    """Largest relative difference of some standard deviations from those of the bare solve."""
    found, factor = adjust(network), scipy.sparse.linalg.splu(normal)
    free = [name for name, point in network.points.items() if point.roles[0] is Role.FREE]
    worst = 0.0
    for place in np.linspace(0, len(free) - 1, 12).astype(int):
        unit = np.zeros(normal.shape[0])
        unit[2 * place] = 1.0
        bare = math.sqrt(factor.solve(unit)[2 * place])
        east = found.standard_deviations(free[place])[0] / found.scale
        worst = max(worst, abs(east / bare - 1))
    assert worst < 1e-2, "the precision told is not that of the normal equations"
    return worst


def _gkf(network: Network) -> Iterator[str]:
    """The same network for GNU Gama."""
    yield '<?xml version="1.0"?>'
    yield '<gama-local xmlns="http://www.gnu.org/software/gama/gama-local">'
    yield '<network axes-xy="en" angles="left-handed"><parameters sigma-apr="1"/>'
    yield "<points-observations>"
    for name, point in network.points.items():
        role = "adj" if point.roles[0] is Role.FREE else "fix"
        yield f'<point id="{name}" x="{point.at[0]!r}" y="{point.at[1]!r}" {role}="xy"/>'
    by_station: dict[str, list[str]] = {}
    for one in network.singles():
        assert isinstance(one, Direction | Distance)
        if isinstance(one, Direction):
            value, sigma = one.value % math.tau * 200 / math.pi, one.sigma * 2e6 / math.pi
            text = f'<direction to="{one.end}" val="{value:.9f}" stdev="{sigma:.6f}"/>'
        else:
            text = f'<distance to="{one.end}" val="{one.value:.6f}" stdev="{one.sigma * 1000}"/>'
        by_station.setdefault(one.start, []).append(text)
    for station, texts in by_station.items():
        yield f'<obs from="{station}">{"".join(texts)}</obs>'
    yield "</points-observations></network></gama-local>"

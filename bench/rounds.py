"""Rounds on foot in the demo town: how long they take to plan, and how near the shortest they are.

Each round is compared with three lengths: the spanning tree, the 1-tree that subgradient steps
raise (Held and Karp: no closed walk is shorter), and going always to the nearest plot.
"""

from __future__ import annotations

import time
from typing import Any, Final

import numpy as np
import shapely

from bench.harness import SEED, Bench
from cadastre.routing import Walks, network_of, plan_rounds
from cadastre.routing.distances import Millimetres
from cadastre.routing.tours import length_of, nearest_tour, spanning_tree
from config.demo.generator import generate_town

TOWN: Final = 5_000
CHOSEN: Final = (300, 1_000)
STEPS: Final = 200


def measure(bench: Bench) -> None:
    """Each number of plots in turn."""
    town: Any = generate_town(TOWN, SEED, year=2026)
    streets, plots = shapes_of(town)
    network = network_of(streets)
    bench.facts["streets"] = len(streets)
    for count in CHOSEN:
        chosen = np.sort(np.random.default_rng(SEED).choice(len(plots), count, replace=False))
        began = time.perf_counter()
        plan = plan_rounds(network, [plots[n] for n in chosen])
        seconds = time.perf_counter() - began
        walked = sum(sum(each.legs_m) for each in plan.rounds)
        trees = ones = nearest = 0.0
        for each in plan.rounds:
            walks = Walks(network, [place for n in each.stops if (place := plan.places[n])]).matrix
            lowest = np.argsort(each.stops)
            trees += spanning_tree(walks)[1] / 1000
            ones += one_tree_m(walks)
            own = walks[np.ix_(lowest, lowest)]
            nearest += length_of(nearest_tour(own), own) / 1000
        bench.facts[f"{count} plots"] = {
            "rounds": len(plan.rounds), "unreached": len(plan.unreached),
            "kilometres": round(walked / 1000, 1), "seconds": round(seconds, 2),
            "by the tree": round(walked / trees, 3), "by a 1-tree": round(walked / ones, 3),
            "by nearest-first": round(walked / nearest, 3),
        }  # fmt: skip
        assert sum(len(each.stops) for each in plan.rounds) + len(plan.unreached) == count


def shapes_of(town: Any) -> tuple[list[shapely.LineString], list[shapely.Geometry]]:
    """Centrelines and taxable plots of the town, in metres of its zone."""
    lines = town.streets.lines
    rings = town.parcels.rings
    taxed = np.flatnonzero(town.parcels.lot > 0)
    return (
        [shapely.LineString(lines[n]) for n in range(len(lines))],
        [shapely.Polygon(rings[int(n)]) for n in taxed],
    )


def one_tree_m(walks: Millimetres) -> float:
    """Held and Karp's bound in metres: the best 1-tree after `STEPS` subgradient steps."""
    count = len(walks)
    if count < 3:
        return length_of(range(count), walks) / 1000
    weight, best, step = np.zeros(count), 0.0, float(walks.max()) / count
    for _ in range(STEPS):
        priced = walks + np.rint(weight[:, None] + weight[None, :]).astype(np.int64)
        inner = priced[1:, 1:]
        parent, total = spanning_tree(inner - inner.min())
        total += int(inner.min()) * (count - 2)
        first, second = np.argsort(priced[0, 1:], kind="stable")[:2] + 1
        degree = np.zeros(count)
        for child in range(1, count - 1):
            degree[[child + 1, parent[child] + 1]] += 1
        degree[[0, first, second]] += (2, 1, 1)
        total += int(priced[0, first] + priced[0, second])
        best = max(best, total - 2 * float(np.rint(weight).sum()))
        weight += step * (degree - 2)
        step *= 0.97
    return best / 1000

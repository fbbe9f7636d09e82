"""Plots shared out among rounds: walks that one person closes within a set time.

docs/algorithms/collection-rounds.md tells the steps and what holds for every answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from shapely.geometry.base import BaseGeometry

from cadastre.routing.distances import Millimetres, Walks
from cadastre.routing.network import REACH_M, Place, StreetNetwork
from cadastre.routing.tours import (
    Tour,
    improved,
    insertion_tour,
    length_of,
    nearest_tour,
    spanning_tree,
    tree_tour,
)

START_M: Final = 1200.0
"""A new round is begun rather than walk this much farther: it costs a ride and a parking place."""

_LONG_PASSES: Final = 12
"""The walk through all plots is improved this often; each round is improved to its end later."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a round goes: metres walked a minute, and minutes at each plot."""

    metres_per_minute: float = 65.0
    minutes_per_stop: float = 4.0


@dataclass(frozen=True, slots=True)
class Limit:
    """What one round may take: minutes walking and calling, and plots."""

    minutes: float = 120.0
    stops: int = 40


@dataclass(frozen=True, slots=True)
class Round:
    """One closed walk. ``stops`` are numbers of plots in order of calling.

    ``legs_m`` are the metres to each stop from the one before, the first from the last; ways from
    the street to the plots and back are in ``metres`` only. ``bound_m`` is a length that no walk to
    these plots can beat. ``is_over`` says that this one plot alone takes longer than the limit.
    """

    stops: tuple[int, ...]
    legs_m: tuple[float, ...]
    metres: float
    minutes: float
    bound_m: float
    is_over: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """All rounds, and the plots that no street comes near."""

    rounds: tuple[Round, ...]
    unreached: tuple[int, ...]
    places: tuple[Place | None, ...]


def plan_rounds(
    network: StreetNetwork,
    plots: Sequence[BaseGeometry],
    limit: Limit = Limit(),
    pace: Pace = Pace(),
    reach_m: float = REACH_M,
) -> Plan:
    """Share plots (metres, in the plane of the network) out among rounds.

    Every plot is in exactly one round or in ``unreached``. No round exceeds the limit unless it is
    a single plot that does so alone. Rounds and the direction of each begin with the lowest plot.
    """
    places = tuple(network.place(plot, reach_m) for plot in plots)
    reached = [n for n, place in enumerate(places) if place is not None]
    walks = Walks(network, [place for place in places if place is not None])
    access = np.array([2000 * place.access for place in walks.places]).round().astype(np.int64)
    sharing = _Sharing(walks.matrix, access, limit, pace)
    tours = [tour for group in walks.components() for tour in sharing.rounds_of(group)]
    rounds = sorted(
        (sharing.round_of(_from_lowest(tour), reached) for tour in tours),
        key=lambda each: each.stops[0],
    )
    unreached = tuple(n for n, place in enumerate(places) if place is None)
    return Plan(tuple(rounds), unreached, places)


def _from_lowest(tour: Tour) -> Tour:
    """The same closed walk from its lowest place, towards the lower of its neighbours."""
    at = tour.index(min(tour))
    turned = tour[at:] + tour[:at]
    if len(turned) > 2 and turned[-1] < turned[1]:
        turned[1:] = turned[:0:-1]
    return turned


@dataclass(frozen=True)
class _Sharing:
    walks: Millimetres
    access: Millimetres
    limit: Limit
    pace: Pace

    def rounds_of(self, group: Sequence[int]) -> list[Tour]:
        """The rounds of places that streets join: one walk through all of them, cut and mended."""
        rows = np.array(group)
        own = self.walks[np.ix_(rows, rows)]
        through = improved(tree_tour(own), own, _LONG_PASSES)
        pieces = self._cut([group[n] for n in _from_longest_leg(through, own)])
        return self._joined([self._best(piece) for piece in pieces])

    def minutes_of(self, metres: float, stops: int) -> float:
        return metres / self.pace.metres_per_minute + stops * self.pace.minutes_per_stop

    def _fits(self, walk_mm: int, places: Sequence[int]) -> bool:
        if len(places) > self.limit.stops:
            return False
        metres = (walk_mm + int(self.access[list(places)].sum())) / 1000
        return self.minutes_of(metres, len(places)) <= self.limit.minutes

    def _cut(self, tour: Tour) -> list[Tour]:
        """The tour cut where rounds and the starts between them cost least (shortest path)."""
        start = round(START_M * 1000)
        best: list[tuple[int, int]] = [(0, -1)]
        for end in range(1, len(tour) + 1):
            inner, options = 0, []
            for begin in range(end - 1, max(end - 1 - max(self.limit.stops, 1), -1), -1):
                piece = tour[begin:end]
                if begin < end - 1:
                    inner += int(self.walks[tour[begin], tour[begin + 1]])
                closed = inner + int(self.walks[piece[-1], piece[0]])
                if len(piece) == 1 or self._fits(closed, piece):
                    options.append((best[begin][0] + closed + start, begin))
            best.append(min(options))
        pieces, end = [], len(tour)
        while end:
            begin = best[end][1]
            pieces.append(tour[begin:end])
            end = begin
        return pieces[::-1]

    def _best(self, places: Sequence[int]) -> Tour:
        """The shortest closed walk found through some places, never above the nearest-first one."""
        rows = np.array(places)
        own = self.walks[np.ix_(rows, rows)]
        begun = (list(range(len(rows))), nearest_tour(own), insertion_tour(own))
        tours = [improved(tour, own) for tour in begun]
        best = min(tours, key=lambda tour: length_of(tour, own))
        return [int(rows[n]) for n in best]

    def _joined(self, tours: list[Tour]) -> list[Tour]:
        """Neighbouring rounds made one where the limit allows and a start is saved."""
        kept = tours[:1]
        for tour in tours[1:]:
            both = self._best(sorted(kept[-1] + tour)) if self._may_join(kept[-1], tour) else None
            if both is not None and self._is_better(both, kept[-1], tour):
                kept[-1] = both
            else:
                kept.append(tour)
        return kept

    def _may_join(self, one: Tour, other: Tour) -> bool:
        """Whether two rounds could be one, going by what cannot be shortened."""
        places = one + other
        return self._fits(0, places)

    def _is_better(self, both: Tour, one: Tour, other: Tour) -> bool:
        length = length_of(both, self.walks)
        apart = length_of(one, self.walks) + length_of(other, self.walks) + START_M * 1000
        return length < apart and self._fits(length, both)

    def round_of(self, tour: Tour, reached: Sequence[int]) -> Round:
        before = [tour[-1], *tour[:-1]]
        legs = [int(self.walks[a, b]) for a, b in zip(before, tour, strict=True)]
        rows = np.array(tour)
        access = int(self.access[rows].sum())
        metres = (sum(legs) + access) / 1000
        _parents, tree = spanning_tree(self.walks[np.ix_(rows, rows)])
        return Round(
            stops=tuple(reached[n] for n in tour),
            legs_m=tuple(leg / 1000 for leg in legs),
            metres=metres,
            minutes=self.minutes_of(metres, len(tour)),
            bound_m=(tree + access) / 1000,
            is_over=not self._fits(sum(legs), tour),
        )


def _from_longest_leg(tour: Tour, walks: Millimetres) -> Tour:
    """The tour opened at its longest leg, which no round then has to walk."""
    legs = [int(walks[a, b]) for a, b in pairwise([*tour, tour[0]])]
    at = (legs.index(max(legs)) + 1) % len(tour)
    return tour[at:] + tour[:at]

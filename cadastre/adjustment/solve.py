"""Weighted least squares by Gauss-Newton. See ``docs/algorithms/adjustment.md``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from cadastre.adjustment.columns import Columns, columns_of
from cadastre.adjustment.datum import Datum, datum_of
from cadastre.adjustment.equations import Linear, State, linearise
from cadastre.adjustment.errors import DatumDefect, NotConverged, NothingToAdjust, PointMissing
from cadastre.adjustment.fronts import Factor, Undetermined, factorise
from cadastre.adjustment.network import Network, Role, geodetic, local_axes
from cadastre.adjustment.observations import Component, Matrix
from cadastre.adjustment.plan import Plan, plan_of
from cadastre.adjustment.result import Adjustment, Iteration
from cadastre.adjustment.start import with_start_values
from cadastre.adjustment.statistics import statistics_of

CONVERGED_M: Final = 1e-7
MOST_ITERATIONS: Final = 30
MOST_HALVINGS: Final = 12
# The factor of a linearisation serves while steps are below this share of the shortest leg.
SAME_FACTOR: Final = 1e-5
# Steps this small may raise the sum of squares by rounding alone.
ROUNDING_M: Final = 1e-5
COMPONENTS: Final = (Component.EAST, Component.NORTH, Component.HEIGHT)

Report = Callable[[Iteration], object]


def adjust(network: Network, *, report: Report = lambda _: None) -> Adjustment:
    """Adjust a network; ``report`` hears of every iteration.

    Raises `DatumDefect` when the observations do not determine every unknown, `NotConverged`,
    `StartValuesMissing`, `PointMissing`, `PointsCoincide`, `CovarianceUnusable`.
    """
    network = with_start_values(network)
    return _Solver(network, columns_of(network), report).run()


@dataclass(slots=True)
class _Solver:
    network: Network
    columns: Columns
    report: Report

    def run(self) -> Adjustment:
        roles = np.array([point.roles for point in self.network.points.values()], object)
        free = ((roles == Role.FREE) | (roles == Role.DATUM)).reshape(-1, 3)
        if not len(self.columns.value) or not free.any():
            raise NothingToAdjust
        start = self._places(roles)
        plan = plan_of(self.columns, free, start)
        state = State(start, np.zeros(len(self.columns.set_station)))
        state, linear = self._oriented(state)
        datum = None
        if (roles == Role.DATUM).any():
            datum = datum_of(self.network, self.columns, plan, linear, start)
        return self._iterate(plan, state, linear, datum)

    def _places(self, roles: np.ndarray) -> Matrix:
        """Coordinates at the start. Absent components count as 0 and are never looked at."""
        places = np.array([point.at for point in self.network.points.values()], np.float64)
        used = np.unique(self.columns.points[self.columns.points >= 0])
        missing = np.isnan(places) & (roles != Role.ABSENT)
        for point, component in np.argwhere(missing):
            if point in used or roles[point, component] is not Role.FIXED:
                raise PointMissing(
                    point=self.network.names[point], component=COMPONENTS[component].value
                )
        return np.nan_to_num(places)

    def _linear(self, state: State) -> Linear:
        geoid = np.array([point.geoid_m for point in self.network.points.values()])
        return linearise(self.columns, state, self.network.ellipsoid, geoid, self.network.names)

    def _oriented(self, state: State) -> tuple[State, Linear]:
        """Orientations at the start: the circular mean of azimuth minus reading in each set."""
        linear, sets = self._linear(state), self.columns.sets
        if not len(state.orientations):
            return state, linear
        rows = np.flatnonzero(sets >= 0)
        # Observed minus computed is minus the orientation here.
        apart = np.exp(-1j * linear.misclosures[rows])
        sums = np.bincount(sets[rows], apart.real) + 1j * np.bincount(sets[rows], apart.imag)
        misclosures = linear.misclosures.copy()
        misclosures[rows] = np.angle(np.exp(1j * np.angle(sums))[sets[rows]] / apart)
        return State(state.places, np.angle(sums)), Linear(misclosures, linear.partials)

    def _iterate(self, plan: Plan, state: State, linear: Linear, datum: Datum | None) -> Adjustment:
        table, start = plan.columns, state.places
        used = table >= 0
        shortest = self._shortest(state)
        history: list[Iteration] = []
        factor: Factor | None = None
        factored = linear.derivatives
        since_factor, largest = np.inf, np.inf
        squares = self._squares(linear)
        for number in range(1, MOST_ITERATIONS + 1):
            derivatives = linear.derivatives
            if factor is None or since_factor > SAME_FACTOR * shortest:
                factor, factored = self._factor(plan, derivatives, datum), derivatives
                since_factor = 0.0
            weighted = derivatives * self.columns.weighted(linear.misclosures)[:, None]
            right = np.asarray(
                np.bincount(table[used], weighted[used], minlength=plan.unknowns), np.float64
            )
            step = factor.solve(right)
            if datum:
                step = datum.settle(step, self._moved(plan, start, state))
            state, linear, squares, share = self._advance(plan, state, squares, step)
            moves = np.abs(_by_point(plan, share * step))
            point, _ = np.unravel_index(np.argmax(moves), moves.shape)
            largest = float(moves.max())
            since_factor += largest
            history.append(Iteration(number, largest, self.network.names[point], squares))
            self.report(history[-1])
            if largest < CONVERGED_M:
                found = statistics_of(self.columns, factor, datum, factored, linear.misclosures)
                return Adjustment(
                    self.network, self.columns, state, plan, factor, datum, found, tuple(history)
                )
        raise NotConverged(iterations=MOST_ITERATIONS)

    def _factor(self, plan: Plan, derivatives: Matrix, datum: Datum | None) -> Factor:
        extra = None
        if datum:
            extra = np.zeros(plan.unknowns)
            used = plan.columns >= 0
            squares = derivatives**2 / self.columns.variances()[:, None]
            scale = np.bincount(plan.columns[used], squares[used], minlength=plan.unknowns)
            extra[datum.held] = scale[datum.held]
        try:
            return factorise(plan, derivatives, extra)
        except Undetermined as cause:
            raise DatumDefect(unknowns=self._suspects(plan, cause.unknown)) from None

    def _suspects(self, plan: Plan, unknown: int) -> str:
        """The point of an unknown that nothing determines, and some it hangs together with."""
        point, _ = plan.owner(unknown)
        if point < 0:
            point = int(self.columns.set_station[np.flatnonzero(plan.of_set == unknown)[0]])
        rows = self.columns.points[(self.columns.points == point).any(axis=1)]
        free = [p for p in rows.ravel() if p >= 0 and (plan.of_point[p] >= 0).any()]
        names = [self.network.names[place] for place in dict.fromkeys([point, *free])]
        return ", ".join(names[:4])

    def _advance(
        self, plan: Plan, state: State, squares: float, step: Matrix
    ) -> tuple[State, Linear, float, float]:
        """Take the step, halved until the weighted squares do not grow."""
        share = 1.0
        largest = float(np.abs(_by_point(plan, step)).max())
        for _ in range(MOST_HALVINGS):
            there = self._stepped(plan, state, share * step)
            found = self._linear(there)
            sum_ = self._squares(found)
            if sum_ <= squares or share * largest < ROUNDING_M:
                break
            share /= 2
        return there, found, sum_, share

    def _stepped(self, plan: Plan, state: State, step: Matrix) -> State:
        moves = _by_point(plan, step)
        if self.network.ellipsoid is not None:
            axes = local_axes(geodetic(state.places, self.network.ellipsoid))
            moves = np.einsum("pij,pj->pi", axes, moves)
        return State(state.places + moves, state.orientations + step[plan.of_set])

    def _moved(self, plan: Plan, start: Matrix, state: State) -> Matrix:
        """What the coordinates have moved since the start, as a step."""
        moves = state.places - start
        if self.network.ellipsoid is not None:
            axes = local_axes(geodetic(start, self.network.ellipsoid))
            moves = np.einsum("pji,pj->pi", axes, moves)
        result = np.zeros(plan.unknowns)
        here = plan.of_point >= 0
        result[plan.of_point[here]] = moves[here]
        return result

    def _squares(self, linear: Linear) -> float:
        return float(linear.misclosures @ self.columns.weighted(linear.misclosures))

    def _shortest(self, state: State) -> float:
        """Length of the shortest leg, metres; nothing is short in a network without legs."""
        points = self.columns.points
        legs = np.concatenate([points[:, [0, 1]], points[:, [0, 2]]])
        legs = legs[legs[:, 1] >= 0]
        lengths = np.linalg.norm(state.places[legs[:, 0]] - state.places[legs[:, 1]], axis=1)
        lengths = lengths[lengths > 0]
        return float(lengths.min()) if lengths.size else 1.0


def _by_point(plan: Plan, step: Matrix) -> Matrix:
    return np.where(plan.of_point >= 0, step[plan.of_point], 0.0)

"""What the observations leave open of the whole network, and inner constraints that close it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cadastre.adjustment.columns import Columns, Indices, Kind
from cadastre.adjustment.equations import Linear
from cadastre.adjustment.errors import DatumDefect
from cadastre.adjustment.fronts import Factor
from cadastre.adjustment.network import Network, Role, geodetic, local_axes
from cadastre.adjustment.observations import Matrix
from cadastre.adjustment.plan import Plan

NDArrayBool: TypeAlias = NDArray[np.bool_]

# Squared share of its size below which a movement of the network changes no observation.
VANISHES: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Datum:
    """Inner constraints over the datum coordinates.

    ``moves`` are the movements left open (unknown × defect), ``inside`` marks datum unknowns,
    ``held`` the unknowns that carry a weight while the normal equations are solved.
    """

    moves: Matrix
    inside: NDArrayBool
    held: Indices
    project: Matrix

    @property
    def defect(self) -> int:
        return int(self.moves.shape[1])

    def settle(self, step: Matrix, done: Matrix) -> Matrix:
        """The step after which the datum points have moved least since the start."""
        inside = np.where(self.inside, step + done, 0.0)
        settled: Matrix = step - self.project @ (self.moves.T @ inside)
        return settled

    def spread(self, factor: Factor) -> tuple[Matrix, Matrix]:
        """What takes Q into the datum: Q·E·G and GᵀE·Q·E·G."""
        picked = np.where(self.inside[:, None], self.moves, 0.0)
        across = factor.solve(picked)
        return across, picked.T @ across

    def shifted(self, q: Matrix, i: Indices, j: Indices, spread: tuple[Matrix, Matrix]) -> Matrix:
        """A block of S·Q·Sᵀ from that of Q; ``i`` and ``j`` number its rows and columns."""
        across, middle = spread
        result: Matrix = (
            q
            - self.project[i] @ np.swapaxes(across[j], -1, -2)
            - across[i] @ np.swapaxes(self.project[j], -1, -2)
            + self.project[i] @ middle @ np.swapaxes(self.project[j], -1, -2)
        )
        return result


def datum_of(
    network: Network, columns: Columns, plan: Plan, linear: Linear, places: Matrix
) -> Datum | None:
    """The inner constraints a free network needs; None when nothing is left open.

    Raises `DatumDefect` when the datum points cannot carry what is left open.
    """
    roles = np.array([point.roles for point in network.points.values()], object)
    moves, turns = _candidates(network, places, roles)
    fixed = moves[roles == Role.FIXED]
    changes = _changes(columns, linear, moves, turns)
    normal = fixed.T @ fixed + changes.T @ changes
    values, vectors = np.linalg.eigh(normal)
    open_ = vectors[:, values < VANISHES * max(float(values[-1]), 1.0)]
    if not open_.size:
        return None
    unknown = np.zeros((plan.unknowns, open_.shape[1]))
    here = plan.of_point >= 0
    unknown[plan.of_point[here]] = (moves @ open_)[here]
    unknown[plan.of_set] = turns[columns.set_station] @ open_
    inside = np.zeros(plan.unknowns, bool)
    inside[plan.of_point[(roles == Role.DATUM) & here]] = True
    carried = unknown[inside].T @ unknown[inside]
    if np.linalg.matrix_rank(carried, tol=VANISHES * max(np.trace(carried), 1.0)) < len(carried):
        names = [
            network.names[place] for place in np.flatnonzero((roles == Role.DATUM).any(axis=1))
        ]
        raise DatumDefect(unknowns=", ".join(names[:4]))
    held = _held(np.where(inside[:, None], unknown, 0.0))
    return Datum(unknown, inside, held, unknown @ np.linalg.inv(carried))


def _candidates(network: Network, places: Matrix, roles: np.ndarray) -> tuple[Matrix, Matrix]:
    """Movements (point × component × candidate) and how they turn orientations (point × ...)."""
    known = np.nan_to_num(places)
    centred = known - known.mean(axis=0)
    centred /= max(float(np.abs(centred).max()), 1.0)
    x, y, z = centred.T
    o = np.zeros_like(x)
    turns_about = [(o, z, -y), (-z, o, x), (y, -x, o)]
    shifts = [(o + 1, o, o), (o, o + 1, o), (o, o, o + 1)]
    scales = [(x, y, z)] if network.ellipsoid else [(x, y, o), (o, o, z)]
    stacked = [np.stack(move, axis=1) for move in (*shifts, *turns_about, *scales)]
    moves = np.stack(stacked, axis=2)
    turns = np.zeros((len(x), moves.shape[2]))
    size = max(float(np.abs(known - known.mean(axis=0)).max()), 1.0)
    if network.ellipsoid is None:
        turns[:, 5] = 1 / size
    else:
        axes = local_axes(geodetic(places, network.ellipsoid))
        moves = np.einsum("pji,pjk->pik", axes, moves)
        turns[:, 3:6] = axes[:, :, 2] / size
    moves = np.where((roles == Role.ABSENT)[:, :, None], 0.0, moves)
    # Some move nothing: heights of a plane network, a turn about a line of points.
    flat = moves.reshape(-1, moves.shape[2])
    values, vectors = np.linalg.eigh(flat.T @ flat)
    real = vectors[:, values > VANISHES * values[-1]]
    return moves @ real, turns @ real


def _changes(columns: Columns, linear: Linear, moves: Matrix, turns: Matrix) -> Matrix:
    """How every observation changes with every candidate, in shares of its sensitivity."""
    changes = np.zeros((len(columns.value), moves.shape[2]))
    for place in range(3):
        there = np.where(
            columns.points[:, place, None, None] >= 0, moves[columns.points[:, place]], 0
        )
        changes += np.einsum("rc,rck->rk", linear.partials[:, place], there)
    directions = columns.kind == Kind.DIRECTION
    changes[directions] -= turns[columns.points[directions, 0]]
    sensitivity = np.abs(linear.partials).sum(axis=(1, 2))
    changes /= np.where(sensitivity > 0, sensitivity, 1.0)[:, None]
    return changes


def _held(moves: Matrix) -> Indices:
    """As many unknowns as there are movements, chosen so that holding them stops all."""
    rest, held = moves.copy(), []
    for _ in range(moves.shape[1]):
        row = int(np.argmax((rest**2).sum(axis=1)))
        held.append(row)
        along = rest[row] / np.linalg.norm(rest[row])
        rest = rest - np.outer(rest @ along, along)
    return np.array(held, np.intp)

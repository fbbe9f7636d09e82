"""Multifrontal Cholesky of the normal equations, and the part of their inverse that is needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from cadastre.adjustment.observations import Matrix
from cadastre.adjustment.plan import Front, Plan

# A pivot smaller than this share of its diagonal element is rounding: nothing determines it.
SMALLEST_PIVOT: Final = 1e-12


class Undetermined(ArithmeticError):
    """No observation determines this unknown once those before it are known."""

    def __init__(self, unknown: int) -> None:
        super().__init__(unknown)
        self.unknown = unknown


@dataclass(frozen=True, slots=True)
class Factor:
    """Inverse Cholesky factors of the pivots of every front and what lies below them."""

    plan: Plan
    pivots: list[Matrix]
    below: list[Matrix]

    def solve(self, right: Matrix) -> Matrix:
        """Solve for one right-hand side or, as columns, for several."""
        x = right.copy()
        for front, inverse, below in zip(self.plan.fronts, self.pivots, self.below, strict=True):
            part = inverse @ x[front.start : front.stop]
            x[front.start : front.stop] = part
            if front.boundary.size:
                x[front.boundary] -= below @ part
        for front, inverse, below in self._backwards():
            part = x[front.start : front.stop]
            if front.boundary.size:
                part = part - below.T @ x[front.boundary]
            x[front.start : front.stop] = inverse.T @ part
        return x

    def _backwards(self) -> Iterator[tuple[Front, Matrix, Matrix]]:
        return zip(
            reversed(self.plan.fronts), reversed(self.pivots), reversed(self.below), strict=True
        )

    def selected_inverse(self) -> Iterator[tuple[Front, Matrix]]:
        """Every front, parents first, with the elements of the inverse among its unknowns.

        The last row and column belong to no unknown and are zero.
        """
        waiting: dict[int, Matrix] = {}
        children = np.bincount(
            [front.parent + 1 for front in self.plan.fronts], minlength=len(self.plan.fronts) + 1
        )[1:]
        for place in range(len(self.plan.fronts) - 1, -1, -1):
            front, inverse, below = self.plan.fronts[place], self.pivots[place], self.below[place]
            p, size = front.pivots, front.size
            whole = np.zeros((size + 1, size + 1))
            own = inverse.T @ inverse
            if front.boundary.size:
                outer = waiting[front.parent][front.into_parent[:, None], front.into_parent]
                link = below @ inverse
                across = outer @ link
                own += link.T @ across
                whole[p:size, p:size] = outer
                whole[p:size, :p] = -across
                whole[:p, p:size] = -across.T
            whole[:p, :p] = own
            if front.parent >= 0:
                children[front.parent] -= 1
                if not children[front.parent]:
                    waiting.pop(front.parent, None)
            if children[place]:
                waiting[place] = whole
            yield front, whole


def factorise(plan: Plan, derivatives: Matrix, extra: Matrix) -> Factor:
    """Factor ÃᵀÃ + diag(extra), where ``derivatives`` are the rows of A. Raises `Undetermined`."""
    diagonal, products = _products(plan, derivatives)
    diagonal = diagonal + extra
    updates: dict[int, Matrix] = {}
    arriving: list[list[int]] = [[] for _ in plan.fronts]
    factor = Factor(plan, [], [])
    for place, front in enumerate(plan.fronts):
        whole = _assembled(front, products)
        p, size = front.pivots, front.size
        for child in arriving[place]:
            into, update = plan.fronts[child].into_parent, updates.pop(child)
            whole[into[:, None], into] += update
        span = slice(front.start, front.stop)
        whole[np.arange(p), np.arange(p)] += extra[span]
        root = _root(whole[:p, :p], diagonal[span], front.start)
        inverse = np.asarray(np.linalg.inv(root), np.float64)
        below = whole[p:size, :p] @ inverse.T
        factor.pivots.append(inverse)
        factor.below.append(below)
        if front.parent >= 0:
            updates[place] = whole[p:size, p:size] - below @ below.T
            arriving[front.parent].append(place)
    return factor


def _products(plan: Plan, derivatives: Matrix) -> tuple[Matrix, list[Matrix]]:
    """Diagonal of the normal matrix, and what every block adds to it (blocks × u × u)."""
    diagonal = np.zeros(plan.unknowns)
    products: list[Matrix] = []
    for family in plan.families:
        rows = family.weighted(derivatives)
        if rows.shape[1] == 1:
            product = rows[:, 0, :, None] * rows[:, 0, None, :]
        else:
            product = np.swapaxes(rows, 1, 2) @ rows
        own = np.einsum("bii->bi", product)
        used = family.unknowns >= 0
        diagonal += np.bincount(family.unknowns[used], own[used], minlength=plan.unknowns)
        products.append(product)
    return diagonal, products


def _assembled(front: Front, products: list[Matrix]) -> Matrix:
    """What the blocks of a front add up to."""
    width = front.size + 1
    whole = np.zeros(width * width)
    for piece in front.pieces:
        some = products[piece.family][piece.low : piece.high].ravel()
        whole += np.bincount(piece.grid, some, minlength=width * width)
    return whole.reshape(width, width)


def _root(inner: Matrix, diagonal: Matrix, start: int) -> Matrix:
    """Cholesky factor of the pivots; names the first unknown that is not determined."""
    try:
        root = np.asarray(np.linalg.cholesky(inner), np.float64)
    except np.linalg.LinAlgError:
        raise Undetermined(start + _first_bad(inner, diagonal)) from None
    weak = np.flatnonzero(np.diagonal(root) ** 2 <= SMALLEST_PIVOT * diagonal)
    if weak.size:
        raise Undetermined(start + int(weak[0]))
    return root


def _first_bad(inner: Matrix, diagonal: Matrix) -> int:
    rest = inner.copy()
    for k in range(len(rest)):
        if not rest[k, k] > SMALLEST_PIVOT * diagonal[k]:
            return k
        column = rest[k + 1 :, k] / rest[k, k]
        rest[k + 1 :, k + 1 :] -= np.outer(column, rest[k, k + 1 :])
    return int(np.argmin(np.diagonal(inner) / np.maximum(diagonal, np.finfo(float).tiny)))

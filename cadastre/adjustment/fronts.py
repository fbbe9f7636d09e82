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
SMALL_TRIANGLE: Final = 32


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


def factorise(plan: Plan, derivatives: Matrix, extra: Matrix | None = None) -> Factor:
    """Factor ÃᵀÃ + diag(extra), where ``derivatives`` are the rows of A. Raises `Undetermined`."""
    diagonal, products = _products(plan, derivatives)
    if extra is not None:
        diagonal += extra
    roots = np.full(plan.unknowns, np.inf)
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
        inner = whole[:p, :p]
        if extra is not None:
            inner[np.arange(p), np.arange(p)] += extra[span]
        try:
            root = np.asarray(np.linalg.cholesky(inner), np.float64)
        except np.linalg.LinAlgError:
            _check(roots, diagonal)
            raise Undetermined(front.start + _first_bad(inner, diagonal[span])) from None
        roots[span] = root.diagonal()
        inverse = _inverse(root)
        below = whole[p:size, :p] @ inverse.T
        factor.pivots.append(inverse)
        factor.below.append(below)
        if front.parent >= 0:
            updates[place] = whole[p:size, p:size] - below @ below.T
            arriving[front.parent].append(place)
    _check(roots, diagonal)
    return factor


def _inverse(lower: Matrix) -> Matrix:
    """Inverse of a lower triangular matrix by halves, several times quicker than a general one."""
    n = len(lower)
    if n <= SMALL_TRIANGLE:
        return np.asarray(np.linalg.inv(lower), np.float64)
    half = n // 2
    first, last = _inverse(lower[:half, :half]), _inverse(lower[half:, half:])
    whole = np.zeros((n, n))
    whole[:half, :half], whole[half:, half:] = first, last
    whole[half:, :half] = -(last @ (lower[half:, :half] @ first))
    return whole


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
    whole = np.zeros(0 if front.pieces else width * width)
    for family, low, high, grid in front.pieces:
        part = np.bincount(grid, products[family][low:high].ravel(), minlength=width * width)
        whole = whole + part if whole.size else np.asarray(part, np.float64)
    return whole.reshape(width, width)


def _check(roots: Matrix, diagonal: Matrix) -> None:
    """Name the first unknown whose pivot is nothing but rounding."""
    weak = np.flatnonzero(roots**2 <= SMALLEST_PIVOT * diagonal)
    if weak.size:
        raise Undetermined(int(weak[0]))


def _first_bad(inner: Matrix, diagonal: Matrix) -> int:
    rest = inner.copy()
    for k in range(len(rest)):
        if not rest[k, k] > SMALLEST_PIVOT * diagonal[k]:
            return k
        column = rest[k + 1 :, k] / rest[k, k]
        rest[k + 1 :, k + 1 :] -= np.outer(column, rest[k, k + 1 :])
    return int(np.argmin(np.diagonal(inner) / np.maximum(diagonal, np.finfo(float).tiny)))

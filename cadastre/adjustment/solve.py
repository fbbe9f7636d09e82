"""Weighted least squares by Gauss-Newton. See ``docs/algorithms/adjustment.md``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cadastre.adjustment.observations import Equation, Observation, Unknown
from cadastre.adjustment.result import Adjustment, Residual
from cadastre.errors import LandError, gettext_noop

Matrix = NDArray[np.float64]

CONVERGED_M: Final = 1e-7
MOST_ITERATIONS: Final = 30
SMALLEST_SINGULAR: Final = 1e-9
UNCHECKED_REDUNDANCY: Final = 1e-9


class DatumDefect(LandError):
    code = "datum_defect"
    message = gettext_noop(
        "The observations do not determine all coordinates; undetermined are among others: "
        "{unknowns}. Add observations, or hold more known points fixed."
    )


class NotConverged(LandError):
    code = "adjustment_not_converged"
    message = gettext_noop(
        "The adjustment did not settle after {iterations} steps. Check the approximate "
        "coordinates and look for an observation with a gross error."
    )


class NothingToAdjust(LandError):
    code = "nothing_to_adjust"
    message = gettext_noop(
        "There are no observations or no free coordinates. Add observations and approximate "
        "coordinates for the new points."
    )


class PointMissing(LandError):
    code = "point_missing"
    message = gettext_noop(
        "Point {point} is observed but has neither a known nor an approximate {component}. "
        "Give it one."
    )


class _System(NamedTuple):
    """Observation equations scaled by their weights: ``design`` · dx ≈ ``misclosures``."""

    design: Matrix
    misclosures: Matrix


def adjust(
    observations: Sequence[Observation],
    approximate: Mapping[Unknown, float],
    fixed: Mapping[Unknown, float],
) -> Adjustment:
    """Adjust a network, weights 1/sigma².

    ``approximate`` are the coordinates to be found with a first guess, ``fixed`` those held.
    Raises `DatumDefect` when the observations do not determine every unknown.
    """
    unknowns = tuple(sorted(set(approximate) - set(fixed)))
    if not observations or not unknowns:
        raise NothingToAdjust
    values = {**approximate, **fixed}
    for iteration in range(1, MOST_ITERATIONS + 1):
        system = _equations(observations, values, unknowns)
        step = _solve(system, unknowns)
        for unknown, change in zip(unknowns, step, strict=True):
            values[unknown] += float(change)
        if np.abs(step).max() < CONVERGED_M:
            return _result(observations, values, unknowns, iteration)
    raise NotConverged(iterations=MOST_ITERATIONS)


def _equations(
    observations: Sequence[Observation],
    values: Mapping[Unknown, float],
    unknowns: tuple[Unknown, ...],
) -> _System:
    column = {unknown: place for place, unknown in enumerate(unknowns)}
    design = np.zeros((len(observations), len(unknowns)))
    misclosures = np.zeros(len(observations))
    for row, observation in enumerate(observations):
        equation = _equation(observation, values)
        misclosures[row] = observation.misclosure(equation.computed) / observation.sigma
        for unknown, partial in equation.partials.items():
            if unknown in column:
                design[row, column[unknown]] += partial / observation.sigma
    return _System(design, misclosures)


def _equation(observation: Observation, values: Mapping[Unknown, float]) -> Equation:
    try:
        return observation.equation(values)
    except KeyError as missing:
        unknown = missing.args[0]
        raise PointMissing(point=unknown.point, component=unknown.component.value) from None


def _solve(system: _System, unknowns: tuple[Unknown, ...]) -> Matrix:
    """The least-squares step through the singular values, which also show a datum defect."""
    scale = np.linalg.norm(system.design, axis=0)
    free = [unknowns[place].point for place in np.flatnonzero(scale == 0)]
    if free:
        raise DatumDefect(unknowns=", ".join(dict.fromkeys(free)))
    left, singular, right = np.linalg.svd(system.design / scale, full_matrices=False)
    if len(singular) < len(unknowns) or singular[-1] < SMALLEST_SINGULAR * singular[0]:
        loose = np.argsort(-np.abs(right[-1]))[:4]
        raise DatumDefect(
            unknowns=", ".join(dict.fromkeys(unknowns[place].point for place in loose))
        )
    step: Matrix = right.T @ ((left.T @ system.misclosures) / singular) / scale
    return step


def _result(
    observations: Sequence[Observation],
    values: dict[Unknown, float],
    unknowns: tuple[Unknown, ...],
    iterations: int,
) -> Adjustment:
    design, misclosures = _equations(observations, values, unknowns)
    scale = np.linalg.norm(design, axis=0)
    cofactors = np.linalg.inv((design / scale).T @ (design / scale)) / np.outer(scale, scale)
    freedom = len(observations) - len(unknowns)
    sigma0 = math.sqrt(float(misclosures @ misclosures) / freedom) if freedom else None
    # Share of each observation's error that shows in its own residual; they sum to the freedom.
    redundancies = 1 - np.einsum("ij,jk,ik->i", design, cofactors, design)
    residuals = tuple(
        _residual(observation, -float(misclosure), float(redundancy), sigma0)
        for observation, misclosure, redundancy in zip(
            observations, misclosures, redundancies, strict=True
        )
    )
    return Adjustment(values, unknowns, cofactors, residuals, freedom, sigma0, iterations)


def _residual(
    observation: Observation, scaled: float, redundancy: float, sigma0: float | None
) -> Residual:
    standardised = None
    if sigma0 and redundancy > UNCHECKED_REDUNDANCY:
        standardised = scaled / (sigma0 * math.sqrt(redundancy))
    residual = scaled * observation.sigma
    return Residual(
        observation, residual, observation.value + residual, max(redundancy, 0.0), standardised
    )

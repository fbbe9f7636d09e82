"""Quantiles of the chi-square distribution, for the limits of the global test."""

from __future__ import annotations

import math
from typing import Final

_ENOUGH: Final = 1e-15


def chi_square_probability(x: float, freedom: int) -> float:
    """P(X ≤ x): the regularised lower incomplete gamma function of freedom/2 and x/2."""
    if x <= 0:
        return 0.0
    a, half = freedom / 2, x / 2
    front = math.exp(a * math.log(half) - half - math.lgamma(a))
    if half < a + 1:
        return front * _series(a, half)
    return 1 - front * _continued_fraction(a, half)


def _series(a: float, x: float) -> float:
    term = total = 1 / a
    n = a
    while term > total * _ENOUGH:
        n += 1
        term *= x / n
        total += term
    return total


def _continued_fraction(a: float, x: float) -> float:
    """Upper incomplete gamma over its front factor (Lentz's evaluation)."""
    b = x + 1 - a
    c, d = math.inf, 1 / b
    value = d
    for i in range(1, 10_000):
        step = -i * (i - a)
        b += 2
        d = 1 / (step * d + b)
        c = b + step / c
        value *= c * d
        if abs(c * d - 1) < _ENOUGH:
            break
    return value


def chi_square_quantile(probability: float, freedom: int) -> float:
    """The x that X stays below with this probability, by bisection to double precision."""
    if not 0 < probability < 1 or freedom < 1:
        raise ValueError("a probability between 0 and 1 and at least one degree of freedom")
    low, high = 0.0, float(freedom)
    while chi_square_probability(high, freedom) < probability:
        low, high = high, high * 2
    while (middle := (low + high) / 2) not in {low, high}:
        if chi_square_probability(middle, freedom) < probability:
            low = middle
        else:
            high = middle
    return middle

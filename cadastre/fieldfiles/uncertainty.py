"""Variances of a position, in the axes in which the receiver gave them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Self

Axes = Literal["enu", "ecef"]


@dataclass(frozen=True, slots=True)
class Covariance:
    """m². ``enu``: first east, second north, third up; ``ecef``: x, y, z.

    Covariances are None where the receiver gives standard deviations only: unknown is not zero.
    """

    axes: Axes
    var_1: float
    var_2: float
    var_3: float | None
    cov_12: float | None = None
    cov_13: float | None = None
    cov_23: float | None = None

    @classmethod
    def of_sigmas(cls, axes: Axes, first: float, second: float, third: float | None = None) -> Self:
        return cls(axes, first * first, second * second, None if third is None else third * third)

    @property
    def sigmas(self) -> tuple[float, float, float | None]:
        third = None if self.var_3 is None else math.sqrt(self.var_3)
        return math.sqrt(self.var_1), math.sqrt(self.var_2), third

    @property
    def horizontal_sigma_m(self) -> float | None:
        """Root of the sum of the variances east and north (DRMS); None for ECEF axes."""
        return math.sqrt(self.var_1 + self.var_2) if self.axes == "enu" else None

    @property
    def vertical_sigma_m(self) -> float | None:
        return self.sigmas[2] if self.axes == "enu" else None

    def in_enu(self, latitude: float, longitude: float) -> Covariance:
        """The same covariance in local axes at a place in degrees; needs all six terms."""
        if self.axes == "enu":
            return self
        terms = (self.var_1, self.cov_12, self.cov_13, self.var_2, self.cov_23, self.var_3)
        if any(term is None for term in terms):
            raise ValueError("an incomplete covariance cannot be turned")
        xx, xy, xz, yy, yz, zz = (float(term) for term in terms if term is not None)
        matrix = ((xx, xy, xz), (xy, yy, yz), (xz, yz, zz))
        axes = _local_axes(math.radians(latitude), math.radians(longitude))
        turned = [
            [sum(a[i] * matrix[i][j] * b[j] for i in range(3) for j in range(3)) for b in axes]
            for a in axes
        ]
        return Covariance(
            "enu",
            # Rounding of the file can make a variance of nearly nothing negative.
            max(turned[0][0], 0.0),
            max(turned[1][1], 0.0),
            max(turned[2][2], 0.0),
            turned[0][1],
            turned[0][2],
            turned[1][2],
        )


def _local_axes(lat: float, lon: float) -> tuple[tuple[float, float, float], ...]:
    sin_lat, cos_lat, sin_lon, cos_lon = math.sin(lat), math.cos(lat), math.sin(lon), math.cos(lon)
    return (
        (-sin_lon, cos_lon, 0.0),
        (-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat),
        (cos_lat * cos_lon, cos_lat * sin_lon, sin_lat),
    )

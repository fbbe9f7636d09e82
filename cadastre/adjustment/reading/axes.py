"""The axes a file is written in: which way its x and y point."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from cadastre.adjustment.observations import Matrix


class Axes:
    """Two letters of n, s, e, w: where x and where y point."""

    CODES: ClassVar = frozenset({"ne", "sw", "es", "wn", "en", "nw", "se", "ws"})

    def __init__(self, code: str) -> None:
        self.code = code
        self.x_is_east = code[0] in "ew"
        self.sign_x = 1.0 if code[0] in "ne" else -1.0
        self.sign_y = 1.0 if code[1] in "ne" else -1.0

    @property
    def are_clockwise(self) -> bool:
        """Whether the turn from x to y is clockwise on the map."""
        return self.code in {"ne", "es", "sw", "wn"}

    def east_north(self, x: float, y: float) -> tuple[float, float]:
        """East and north of the file's x and y."""
        x, y = self.sign_x * x, self.sign_y * y
        return (x, y) if self.x_is_east else (y, x)

    def x_y(self, east: float, north: float) -> tuple[float, float]:
        """The file's x and y of east and north."""
        x, y = (east, north) if self.x_is_east else (north, east)
        return self.sign_x * x, self.sign_y * y

    def turned(self, covariance: Matrix) -> Matrix:
        """A covariance of east, north, up along x, y, z."""
        order = [0, 1, 2] if self.x_is_east else [1, 0, 2]
        signs = np.array([self.sign_x, self.sign_y, 1.0])
        result: Matrix = covariance[np.ix_(order, order)] * np.outer(signs, signs)
        return result

"""Covariance matrices of GNU Gama files, carried to east, north and up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cadastre.adjustment.observations import (
    Component,
    Coordinate,
    Direction,
    Matrix,
    Single,
    Vector,
    rows_of,
)
from cadastre.adjustment.reading.axes import Axes
from cadastre.adjustment.reading.xml import Element


def matrix_of(element: Element, size: int) -> Matrix:
    """The symmetric matrix of a ``cov-mat``: a band by rows."""
    dimension, band = (int(element.number(element.get(name), name)) for name in ("dim", "band"))
    numbers = [element.number(text, "an element") for text in element.text.split()]
    expected = dimension * (band + 1) - band * (band + 1) // 2
    if dimension != size or len(numbers) != expected or not 0 <= band < max(dimension, 1):
        element.refuse(
            f"a matrix of {size} rows is needed; dim={dimension}, band={band} and "
            f"{len(numbers)} elements do not make one"
        )
    matrix, rest = np.zeros((size, size)), iter(numbers)
    for row in range(size):
        for column in range(row, min(row + band + 1, size)):
            matrix[row, column] = matrix[column, row] = next(rest)
    return matrix


def signs_of(singles: Sequence[Single], axes: Axes, *, clockwise: bool) -> Matrix:
    """What the file's axes and sense of turning do to the sign of each row.

    Where axes and angles turn against each other GNU Gama mirrors y in coordinates and vectors but
    not in their covariances. Networks are published with that, so it is part of the format.
    """
    mirrored = axes.sign_y if axes.are_clockwise == clockwise else -axes.sign_y
    signs: list[float] = []
    for one in singles:
        if isinstance(one, Vector):
            signs += [axes.sign_x, mirrored, 1.0]
        elif isinstance(one, Coordinate):
            is_x = (one.component is Component.EAST) == axes.x_is_east
            level = axes.sign_x if is_x else mirrored
            signs.append(1.0 if one.component is Component.HEIGHT else level)
        else:
            turned = isinstance(one, Direction) and not clockwise
            signs.append(-1.0 if turned else 1.0)
    return np.array(signs)


def order_of(singles: Sequence[Single], axes: Axes) -> list[int]:
    """Rows of vectors are written x, y, z and kept east, north, up."""
    order: list[int] = []
    for one in singles:
        first = len(order)
        if isinstance(one, Vector) and not axes.x_is_east:
            order += [first + 1, first, first + 2]
        else:
            order += range(first, first + rows_of(one))
    return order

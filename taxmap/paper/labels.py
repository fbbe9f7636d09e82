"""Room for words on a map: no label is set where another already stands."""

from __future__ import annotations

import math
from typing import Final

CELL_MM: Final = 0.7


class Labels:
    """What is written so far on one map, in millimetres; turned labels count as they lie."""

    def __init__(self, width_mm: float, height_mm: float) -> None:
        self._width, self._height = width_mm, height_mm
        self._taken: set[tuple[int, int]] = set()

    def place(self, x: float, y: float, width: float, height: float, degrees: float = 0.0) -> bool:
        """Take the room of a label centred at x, y; False, and nothing taken, if there is none.

        A label must lie wholly on the map.
        """
        turn = math.radians(degrees)
        cos, sin = math.cos(turn), math.sin(turn)
        cells = set()
        for i in _steps(width):
            for j in _steps(height):
                here_x, here_y = x + i * cos - j * sin, y + i * sin + j * cos
                if not (0 <= here_x <= self._width and 0 <= here_y <= self._height):
                    return False
                cells.add((math.floor(here_x / CELL_MM), math.floor(here_y / CELL_MM)))
        if cells & self._taken:
            return False
        self._taken |= cells
        return True


def _steps(length: float) -> list[float]:
    """From one end of a length to the other about its middle, at most a cell apart."""
    count = max(math.ceil(length / CELL_MM), 1)
    return [length * (n / count - 0.5) for n in range(count + 1)]

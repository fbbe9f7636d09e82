"""What hangs together."""

from __future__ import annotations

import numpy as np

from cadastre.coverage.faults import Ints


def joined(count: int, a: Ints, b: Ints) -> Ints:
    """For each of ``count`` things the least number reached over the links ``a[i]`` – ``b[i]``."""
    least = np.arange(count, dtype=np.int64)
    while len(a):
        lower = np.minimum(least[a], least[b])
        np.minimum.at(least, least[a], lower)
        np.minimum.at(least, least[b], lower)
        while not np.array_equal(further := least[least], least):
            least = further
        apart = least[a] != least[b]
        a, b = a[apart], b[apart]
    return least

"""How well the area of a parcel is known, as a room that knows it tells the others.

The register holds shapes, not their accuracy. Who surveys registers a measure here; who reckons
with areas asks here; neither needs to know the other.
"""

from __future__ import annotations

from collections.abc import Callable

from parcels.models import Parcel

Measure = Callable[[Parcel], float | None]

_measures: list[Measure] = []


def register(measure: Measure) -> Measure:
    """Offer a measure: ± in m² that holds the true area in 95 of 100 cases, None if not known."""
    _measures.append(measure)
    return measure


def area_band_m2(parcel: Parcel) -> float | None:
    """± in m² at 95 %, by the first measure that knows it; None where nobody does."""
    found = (measure(parcel) for measure in _measures)
    return next((band for band in found if band is not None), None)

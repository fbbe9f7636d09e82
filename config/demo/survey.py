"""Corner marks observed with network RTK, a few blocks at a time."""

from __future__ import annotations

import numpy as np

from .draw import Drawing
from .lots import CLASS
from .town import FIX_TYPES, SurveyPoints


def survey_points(drawing: Drawing, year: int, rng: np.random.Generator) -> SurveyPoints:
    """Every corner of about one superblock in twenty (at least six), each observed once.

    A superblock is one job on one day of the two years before ``year``. The observed position lies
    within the stated accuracy of the corner; a float solution is poorer than a fixed one.
    """
    lots, noded = drawing.lots, drawing.noded
    plots = lots.land_class < CLASS["street"]
    present = np.unique(lots.superblock[plots])
    chosen = rng.permutation(present)[: max(6, len(present) // 20)]
    parcel = np.flatnonzero(plots & np.isin(lots.superblock, chosen))
    vertex, first = np.unique(noded.corner[parcel].ravel(), return_index=True)
    parcel, corner = parcel[first // 4], noded.corner_at[parcel].ravel()[first]
    _, job = np.unique(lots.superblock[parcel], return_inverse=True)
    order = np.lexsort((vertex, job))
    vertex, parcel, corner, job = vertex[order], parcel[order], corner[order], job[order]

    n = len(vertex)
    fix = (rng.random(n) < 0.03).astype(np.int8)
    accuracy = np.where(fix == FIX_TYPES.index("fixed"), 1.0, 9.0) * rng.uniform(0.008, 0.022, n)
    accuracy = np.round(accuracy, 4)
    away = accuracy * np.minimum(np.abs(rng.normal(0, 0.5, n)), 0.97)
    bearing = rng.uniform(0, 2 * np.pi, n)
    true = drawing.xy[vertex]
    first_day = np.datetime64(f"{year - 2}-01-05T02:00:00", "s")
    day = rng.integers(0, 700, int(job.max()) + 1)[job]
    start = np.searchsorted(job, job)
    minute = (np.arange(n) - start) * 2 % 420
    return SurveyPoints(
        job=job.astype(np.int32),
        parcel=parcel,
        corner=corner,
        easting=np.round(true[:, 0] + away * np.sin(bearing), 4),
        northing=np.round(true[:, 1] + away * np.cos(bearing), 4),
        # The geoid lies about 30 m below the ellipsoid here; the ground at about 2 m.
        height=np.round(-28.4 + rng.normal(0, 0.35, n), 4),
        accuracy_h=accuracy,
        accuracy_v=np.round(accuracy * rng.uniform(1.5, 2.1, n), 4),
        observed_at=first_day + (day * 86_400 + minute * 60).astype("timedelta64[s]"),
        fix=fix,
        satellites=rng.integers(11, 27, n).astype(np.int16),
        pdop=np.round(rng.uniform(1.0, 2.4, n) + fix, 2),
    )

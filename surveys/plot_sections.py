"""For staff, on the page of a plot: how well its boundary and its area are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from offices.permissions import Permission
from parcels.area_bands import register as register_band
from parcels.models import Parcel
from parcels.plot_sections import PlotSection, register
from surveys.boundary_quality import KnownBoundary, boundaries_known

FOR_STAFF: Final = frozenset({
    Permission.EDIT_PARCELS, Permission.CHECK_TRANSACTIONS, Permission.MANAGE_SURVEYS,
    Permission.VIEW_TAX,
})  # fmt: skip


def boundary_of(parcel: Parcel) -> KnownBoundary | None:
    """The boundary of a parcel with its quality."""
    return boundaries_known([parcel.pk]).get(parcel.pk)


def band_of(parcel: Parcel) -> float | None:
    """± of the area in m²."""
    boundary = boundary_of(parcel)
    return boundary.area_band_m2 if boundary else None


def boundary_quality(parcel: Parcel, _on: date) -> Mapping[str, Any] | None:
    """Area ± and how many sides are of which class."""
    boundary = boundary_of(parcel)
    if boundary is None:
        return None
    kinds = Counter(
        (edge.quality.class_name, _words(edge.quality), edge.quality.band_m)
        for edge in boundary.edges
    )
    sides = [
        {"class": name, "words": words, "band": band, "count": count}
        for (name, words, band), count in sorted(
            kinds.items(), key=lambda each: (each[0][2] is None, each[0][2] or 0)
        )
    ]
    return {"area": boundary.area.square_metres, "band": boundary.area_band_m2, "sides": sides}


def _words(quality: Any) -> str:
    template, values = quality.words
    return str(_(template).format_map(values))


register_band(band_of)
register(PlotSection(
    name="boundary_quality", template="surveys/plot_section.html", context=boundary_quality,
    order=200, permissions=FOR_STAFF,
))  # fmt: skip

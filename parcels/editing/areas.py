"""The legal areas of what an edit makes: conserved exactly. docs/algorithms/transactions.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from cadastre.area import Area, total_area
from cadastre.errors import LandError
from parcels.editing.errors import LegalAreaMissing, LegalAreasDoNotSum

LegalAreas: TypeAlias = tuple[list[Area | None], list[LandError]]


def measured(square_metres: float) -> Area:
    """An area from coordinates as a deed would state it: to 0.1 square wa, half up."""
    return Area.measured(square_metres).rounded()


def conserved(
    legal: Sequence[Decimal | None], calculated: Sequence[float], stated: Mapping[int, Decimal]
) -> LegalAreas:
    """The legal area of the parcels before, divided among pieces of these calculated areas.

    Pieces with a stated area get it; the rest goes to the others by their calculated areas, in
    steps of 0.1 square wa (`Area.apportion`). All stated areas must make up the whole exactly.
    Without a legal area before, only what is stated is known.
    """
    given = {index: Area(area) for index, area in stated.items()}
    known = [Area(area) for area in legal if area is not None]
    if len(known) < len(legal) or not legal:
        return [given.get(index) for index in range(len(calculated))], []
    whole, said = total_area(known), total_area(given.values())
    open_ones = [index for index in range(len(calculated)) if index not in given]
    wrong = LegalAreasDoNotSum(stated=f"{said.square_metres:f}", legal=f"{whole.square_metres:f}")
    if not open_ones:
        return [given[i] for i in range(len(calculated))], [] if said == whole else [wrong]
    if said >= whole:
        return [given.get(index) for index in range(len(calculated))], [wrong]
    shares = (whole - said).apportion([calculated[index] for index in open_ones])
    areas = given | dict(zip(open_ones, shares, strict=True))
    found: list[LandError] = [
        LegalAreaMissing(name=f"#{index + 1}") for index in open_ones if not areas[index]
    ]
    return [areas[index] for index in range(len(calculated))], found

"""What the tax officer records: uses and their shares, visible land use, vacancy, prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .lots import CLASS, Lots
from .town import LAND_USES, USES, Bools, Ints, ParcelUses

USE = {name: number for number, name in enumerate(USES)}

# class: patterns of (chance, ((use, per cent), ...)); the first use is also the building's
PATTERNS: dict[str, tuple[tuple[float, tuple[tuple[str, int], ...]], ...]] = {
    "shop_house": (
        (0.36, (("other", 50), ("main_home", 50))),
        (0.14, (("other", 40), ("residential", 60))),
        (0.27, (("other", 100),)),
        (0.17, (("main_home", 100),)),
        (0.06, (("vacant", 100),)),
    ),
    "townhouse": ((0.66, (("main_home", 100),)), (0.34, (("residential", 100),))),
    "detached": ((0.77, (("main_home", 100),)), (0.23, (("residential", 100),))),
    "house": (
        (0.74, (("main_home", 100),)),
        (0.16, (("residential", 100),)),
        (0.1, (("main_home", 70), ("other", 30))),
    ),
    "commercial": ((1.0, (("other", 100),)),),
    "factory": ((1.0, (("other", 100),)),),
    "condominium": ((1.0, (("residential", 100),)),),
    "orchard": (
        (0.97, (("agriculture", 100),)),
        (0.03, (("agriculture", 80), ("residential", 20))),
    ),
    "rice": ((1.0, (("agriculture", 100),)),),
    "idle": ((1.0, (("vacant", 100),)),),
    "market": ((1.0, (("other", 100),)),),
    "park": ((1.0, (("residential", 100),)),),
}
LAND_USE = {
    "shop_house": "commercial", "townhouse": "residential", "detached": "residential",
    "house": "residential", "commercial": "commercial", "factory": "commercial",
    "condominium": "residential", "orchard": "agriculture", "rice": "agriculture",
    "idle": "vacant", "market": "commercial", "street": "road", "canal": "water",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Valued:
    """Columns of parcels that the tax map needs, and the table of uses."""

    uses: ParcelUses
    land_use: Ints
    is_taxable: Bools
    main_use: Ints
    vacant_since: Ints
    in_house_registration: Bools


def value(lots: Lots, common: Bools, year: int, rng: np.random.Generator) -> Valued:
    """Draw the use of every taxable parcel. ``common`` gardens are taxable, parks not."""
    n = len(lots)
    exempt = np.isin(
        lots.land_class, [CLASS[k] for k in ("temple", "school", "hospital", "office")]
    )
    taxable = ~exempt & (lots.land_class < CLASS["street"])
    taxable &= (lots.land_class != CLASS["park"]) | common
    parts, main = _uses(lots, taxable, rng)
    land_use = np.full(n, LAND_USES.index("public"))
    for name, use in LAND_USE.items():
        land_use[lots.land_class == CLASS[name]] = LAND_USES.index(use)
    mixed = np.bincount(parts.parcel, minlength=n) > 1
    land_use[mixed] = LAND_USES.index("mixed")
    land_use[main == USE["vacant"]] = LAND_USES.index("vacant")
    empty = main == USE["vacant"]
    years = np.minimum(1 + rng.geometric(0.3, n), 12)
    vacant_since = np.where(empty, year - years, 0)
    home = np.zeros(n, bool)
    home[parts.parcel[parts.use == USE["main_home"]]] = True
    return Valued(parts, land_use.astype(np.int8), taxable, main, vacant_since, home)


def _uses(lots: Lots, taxable: Bools, rng: np.random.Generator) -> tuple[ParcelUses, Ints]:
    """The table of uses, and the first use of each parcel (-1 if not taxable)."""
    draw = rng.random(len(lots))
    main = np.full(len(lots), -1, np.int64)
    columns: list[tuple[Ints, Ints, Ints]] = []
    for name, patterns in PATTERNS.items():
        here = np.flatnonzero(taxable & (lots.land_class == CLASS[name]))
        edges = np.cumsum([chance for chance, _ in patterns])[:-1]
        chosen = np.searchsorted(edges, draw[here], side="right")
        for number, (_, uses) in enumerate(patterns):
            rows = here[chosen == number]
            main[rows] = USE[uses[0][0]]
            for use, share in uses:
                columns.append(
                    (
                        rows,
                        np.full(len(rows), USE[use], np.int8),
                        np.full(len(rows), share, np.int8),
                    )
                )
    parcel, use_column, share_column = (np.concatenate(c) for c in zip(*columns, strict=True))
    order = np.argsort(parcel, kind="stable")
    return ParcelUses(parcel[order], use_column[order], share_column[order]), main

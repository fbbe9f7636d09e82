"""What the roll reads: the register as it was on 1 January, in relations of this transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from cadastre.tax.columns import AREA_SCALE, KINDS, OWNERS, STRUCTURES, USES, Units
from taxmap.binary_rows import Ints, read_columns
from taxmap.models import JointParcels
from taxmap.roll_units import STAGES, Unit, roll_parameters, stage_sql, unit_of_row

_SQL = Path(__file__).parents[1] / "sql"
NEIGHBOURS_SQL, PLOTS_SQL = (
    (_SQL / f"roll_{name}.sql").read_text(encoding="utf-8") for name in ("neighbours", "plots")
)
KEYS = {
    "roll_asked": "unit_id, holder", "roll_holder": "holder", "roll_use": "unit_id",
    "roll_building": "unit_id", "roll_unit": "unit_id, taxpayer",
}  # fmt: skip
"""What the planner has to know of each relation."""
_USE_TURN = np.argsort(np.argsort([use.value for use in USES]))
"""Uses of the same share follow each other by name."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that can be assessed, as columns ordered by taxpayer and unit."""

    ids: Ints
    units: Units
    """``joint`` is the lowest unit of the group of neighbours that is valued as one, or 0."""
    second_homes: int

    def __len__(self) -> int:
        return len(self.ids)


def relations_make(cursor: Any, *, authority: int, on: date) -> None:
    """Lay the stages of `roll_units` down for the whole authority, until the transaction ends."""
    given = roll_parameters(on, authority=authority)
    # Whole tables meet whole tables; statistics of rows just loaded would say otherwise.
    cursor.execute("SET LOCAL work_mem = '256MB'; SET LOCAL enable_nestloop = off")
    for name in STAGES:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
        cursor.execute(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {stage_sql(name)}", given)
        cursor.execute(f"ANALYZE {name} ({KEYS[name]})")


def troubles_of(cursor: Any) -> dict[str, int]:
    """How many units cannot be assessed, by what is missing."""
    cursor.execute(
        "SELECT trouble, count(*) FROM roll_unit WHERE trouble IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    return dict(cursor.fetchall())


def units_among(cursor: Any, ids: Ints) -> dict[int, Unit]:
    """The rows of these units, by their keys."""
    cursor.execute("SELECT * FROM roll_unit WHERE unit_id = ANY(%s::bigint[])", [ids.tolist()])
    return {row[0]: unit_of_row(row) for row in cursor}


def facts_read(cursor: Any, joint: JointParcels, on: date) -> Facts:
    """The facts as columns, with one main home a taxpayer and neighbours put together."""
    found = read_columns(cursor, "roll_unit WHERE trouble IS NULL", {
        "id": "unit_id", "taxpayer": "taxpayer", "owner": _place_of("owner", OWNERS),
        "kind": _place_of("kind", KINDS), "registered": "registered::int",
        "years_vacant": "years_vacant", "area": f"coalesce(area_m2, 0) * {AREA_SCALE}",
        "price": "coalesce(satang_per_wa, 0)",
        "home": "(registered AND kind <> 'land' AND use_names ~ 'main_home')::int",
    })  # fmt: skip
    order = np.lexsort((found["id"], found["taxpayer"]))
    found = {name: column[order] for name, column in found.items()}
    ids, registered = found["id"], found["registered"].astype(np.bool_)
    others = _other_homes(cursor, found)
    registered[others] = False
    groups = _groups(cursor, ids, joint, on)
    units = Units(
        taxpayer=found["taxpayer"], owner=found["owner"], kind=found["kind"], registered=registered,
        years_vacant=found["years_vacant"], area=found["area"], price=found["price"],
        joint=groups, **_uses(cursor, ids), **_buildings(cursor, ids),
    )  # fmt: skip
    return Facts(ids, units, len(others))


def _place_of(column: str, names: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    return f"array_position(ARRAY[{listed}], {column}::text) - 1"


def _row_of(ids: Ints, wanted: Ints) -> tuple[Ints, Any]:
    """The rows of wanted units, and which of them are there."""
    if not len(ids):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    order = np.argsort(ids, kind="stable")
    place = np.searchsorted(ids, wanted, sorter=order)
    rows = order[np.minimum(place, len(ids) - 1)].astype(np.int64)
    return rows, ids[rows] == wanted


def _uses(cursor: Any, ids: Ints) -> dict[str, Ints]:
    found = read_columns(cursor, "roll_use", {
        "unit": "unit_id", "use": _place_of("use", USES), "share": "share_percent * 10000",
    })  # fmt: skip
    rows, there = _row_of(ids, found["unit"])
    found = {name: column[there] for name, column in found.items()}
    rows = rows[there]
    order = np.lexsort((_USE_TURN[found["use"]], -found["share"], rows))
    return {
        "use_unit": rows[order], "use": found["use"][order], "share": found["share"][order]
    }  # fmt: skip


def _buildings(cursor: Any, ids: Ints) -> dict[str, Ints]:
    found = read_columns(cursor, "roll_building", {
        "unit": "unit_id",
        "structure": f"coalesce({_place_of('structure', STRUCTURES)}, -1)",
        "floor_area": f"floor_m2 * {AREA_SCALE}", "floor_price": "coalesce(satang_per_m2, 0)",
        "age": "coalesce(age, 0)",
    })  # fmt: skip
    rows, there = _row_of(ids, found.pop("unit"))
    order = np.argsort(rows[there], kind="stable")
    columns = {name: column[there][order] for name, column in found.items()}
    return {"building_unit": rows[there][order]} | columns


def _other_homes(cursor: Any, found: dict[str, Ints]) -> Ints:
    """Nobody is registered in two houses: the lowest parcel code stays the main home."""
    homes = np.flatnonzero(found["home"])
    taxpayers, times = np.unique(found["taxpayer"][homes], return_counts=True)
    several = homes[np.isin(found["taxpayer"][homes], taxpayers[times > 1])]
    if not len(several):
        return several
    ids, people = found["id"][several].tolist(), found["taxpayer"][several].tolist()
    cursor.execute("SELECT unit_id, code FROM roll_unit WHERE unit_id = ANY(%s::bigint[])", [ids])
    codes = dict(cursor.fetchall())
    turn = sorted(zip(people, (codes[each] for each in ids), several.tolist(), strict=True))
    others = [
        row for before, (person, _, row) in pairwise([(0, "", 0), *turn]) if person == before[0]
    ]
    return np.array(others, np.int64)


def _groups(cursor: Any, ids: Ints, joint: JointParcels, on: date) -> Ints:
    """The group of each unit, named after its lowest unit; 0 for one by itself."""
    groups = np.zeros(len(ids), np.int64)
    if joint is JointParcels.NEVER:
        return groups
    plots_make(cursor, on)
    cursor.execute("SET LOCAL enable_nestloop = on; SET LOCAL enable_hashjoin = off")
    cursor.execute(NEIGHBOURS_SQL, {"any_use": joint is JointParcels.ANY_USE})
    lowest = lowest_of(cursor.fetchall())
    cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL enable_hashjoin = on")
    if lowest:
        members = np.array(list(lowest), np.int64)
        rows, there = _row_of(ids, members)
        groups[rows[there]] = np.array(list(lowest.values()), np.int64)[there]
    return groups


def plots_make(cursor: Any, on: date) -> None:
    """The land of taxpayers who have several plots, in its zone, ready to be matched."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.roll_plot")
    cursor.execute(f"CREATE TEMP TABLE roll_plot ON COMMIT DROP AS {PLOTS_SQL}", {"on": on})
    cursor.execute("CREATE INDEX ON roll_plot USING gist (taxpayer, geometry)")
    cursor.execute("ANALYZE roll_plot")


def lowest_of(pairs: list[tuple[int, int]]) -> dict[int, int]:
    """The lowest of all that hang together, of every one that stands in a pair."""
    parent: dict[int, int] = {}

    def root(each: int) -> int:
        while parent.setdefault(each, each) != each:
            parent[each] = parent[parent[each]]
            each = parent[each]
        return each

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return {each: root(each) for each in parent}

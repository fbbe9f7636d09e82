"""The yearly roll: every taxable unit of a local authority, assessed as of 1 January.

The register is read by set-based SQL, calculated in columns (`cadastre.tax.columns`), and written
by set-based SQL that touches only what changed; all in one transaction, so that a run that is
killed leaves nothing behind. docs/algorithms/roll.md tells what is decided here and why.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.db import connection, transaction

from cadastre.tax import Owner, Schedule, Use, assess_properties, schedule_for
from cadastre.tax.columns import OWNERS, USES, Figures, assess_columns
from cadastre.tax.money import baht_text
from offices.jobs import Run
from offices.models import Office
from offices.services.audit import entry_record
from taxmap.binary_rows import Ints, write_columns
from taxmap.calculation import Json, sheet_of
from taxmap.errors import RollDoesNotBalance
from taxmap.models import JointParcels, RollStage, TaxYear
from taxmap.roll_units import Unit, property_of_facts
from taxmap.services.roll_facts import (
    Facts,
    facts_read,
    lowest_of,
    relations_make,
    troubles_of,
    units_among,
)
from taxmap.services.year import year_open

_SQL: Final = Path(__file__).parents[1] / "sql"
MERGE: Final = (
    "roll_bills_new", "roll_assessments_gone", "roll_assessments_changed", "roll_assessments_new",
    "roll_bills_changed", "roll_bills_gone",
)  # fmt: skip
"""What writes, in its order: a unit moves to its new bill before the old one goes."""
_STEPS: Final = 4
_FARM: Final = USES.index(Use.AGRICULTURE)
DIFFERENCES_TOLD: Final = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """A unit that would now be assessed otherwise; None where it is not assessed at all."""

    unit: int
    stored_satang: int | None
    now_satang: int | None


def roll_assess(
    *, local_authority: Office, tax_year: int, now: datetime, job: Run, dry_run: bool = False
) -> dict[str, Any]:
    """Assess every taxable unit of ``local_authority`` for ``tax_year`` (common era).

    Running it again writes only what differs from what is kept. ``dry_run`` writes nothing. A year
    that is assessed stays as it is: the differences are told, for notes. Raises `NotInForceYet`
    before 2020 and `RollDoesNotBalance`.
    """
    began = time.monotonic()
    schedule = schedule_for(tax_year)
    with transaction.atomic(), connection.cursor() as cursor:
        year = _year_taken(local_authority, tax_year, job, now)
        job.progress(0, _STEPS, "Reading the register")
        asked = {"authority": local_authority.pk, "year": tax_year, "now": now}
        relations_make(cursor, authority=local_authority.pk, on=date(tax_year, 1, 1))
        facts = facts_read(cursor, JointParcels(year.joint_parcels), date(tax_year, 1, 1))
        job.progress(1, _STEPS, "Assessing the tax")
        figures = _assess(cursor, facts, schedule)
        job.progress(2, _STEPS, "Comparing with what is kept")
        result = _stage(cursor, facts, figures, asked)
        if year.stage == RollStage.ASSESSED:
            result |= _told(differences_of(cursor, asked))
        elif dry_run:
            result["changed_since"] = len(differences_of(cursor, asked))
        else:
            job.progress(3, _STEPS, "Writing the bills")
            result["changed_since"] = _merge(cursor, asked, first=not _has_bills(cursor, asked))
            _check(cursor, asked, int(figures.tax.sum()))
            entry_record(
                action="taxmap.roll_assessed", subject_kind="office",
                subject_id=local_authority.code, actor=job.requested_by, office=local_authority,
                data={"tax_year": tax_year} | result, now=now,
            )  # fmt: skip
        job.progress(_STEPS, _STEPS, "Writing the bills")
    return result | {
        "tax_year": tax_year, "office": local_authority.code, "stage": year.stage,
        "dry_run": dry_run, "seconds": round(time.monotonic() - began, 2),
    }  # fmt: skip


def _year_taken(local_authority: Office, tax_year: int, job: Run, now: datetime) -> TaxYear:
    """The year, locked until the transaction ends: rolls and their closing take turns."""
    opened = year_open(
        local_authority=local_authority, year=tax_year, actor=job.requested_by, now=now
    )
    return TaxYear.objects.select_for_update().get(pk=opened.pk)


def run_sql(cursor: Any, name: str, given: dict[str, Any]) -> int:
    """Run one of our queries; how many rows it wrote."""
    cursor.execute((_SQL / f"{name}.sql").read_text(encoding="utf-8"), given)
    return int(cursor.rowcount)


def _assess(cursor: Any, facts: Facts, schedule: Schedule) -> Figures:
    """Figures of every unit; what the columns leave is calculated by the Decimal engine."""
    figures = assess_columns(facts.units, schedule)
    cursor.execute("DROP TABLE IF EXISTS pg_temp.roll_sheet")
    cursor.execute("CREATE TEMP TABLE roll_sheet (unit_id bigint, lines jsonb) ON COMMIT DROP")
    left = np.flatnonzero(~figures.simple)
    if not len(left):
        return figures
    units = units_among(cursor, facts.ids[left])
    with cursor.copy("COPY roll_sheet FROM STDIN") as copy:
        for rows in _together(facts, left):
            sheets = _sheets(facts, rows, units)
            _assess_together(OWNERS[facts.units.owner[rows[0]]], sheets, rows, figures, schedule)
            for row, sheet in zip(rows, sheets, strict=True):
                text = json.dumps(sheet, separators=(",", ":"))
                copy.write_row((int(facts.ids[row]), text))
    return figures


def _sheets(facts: Facts, rows: list[int], units: dict[int, Unit]) -> list[Json]:
    """What is kept of units that are assessed together; a second home is no main home."""
    ids = [int(facts.ids[row]) for row in rows]
    companions = ids if len(ids) > 1 else []
    return [
        sheet_of(
            units[each]._replace(registered=bool(facts.units.registered[row])),
            joint=int(facts.units.joint[row]),
            companions=companions,
        )
        for each, row in zip(ids, rows, strict=True)
    ]


def _assess_together(
    owner: Owner, sheets: list[Json], rows: list[int], figures: Figures, schedule: Schedule
) -> None:
    things = [property_of_facts(sheet["property"]) for sheet in sheets]
    for column in (figures.value, figures.exemption, figures.tax):
        column[rows] = 0
    for line in assess_properties(owner, things, schedule).lines:
        row = rows[line.property_index]
        figures.value[row] += line.value_satang
        figures.exemption[row] += line.exemption_satang
        figures.tax[row] += line.tax_satang


def _together(facts: Facts, left: Ints) -> list[list[int]]:
    """The rows that must be assessed in one call: neighbours, and farms of one taxpayer.

    Farms that want more than the common exemption are all among ``left``; so are all neighbours.
    """
    pairs: list[tuple[int, int]] = []
    first_of: dict[tuple[str, int], int] = {}
    farms = set(facts.units.use_unit[facts.units.use == _FARM].tolist())
    for row in left.tolist():
        keys = [("group", int(facts.units.joint[row]))] if facts.units.joint[row] else []
        if row in farms:
            keys.append(("farms of", int(facts.units.taxpayer[row])))
        pairs += [(first_of.setdefault(key, row), row) for key in keys] or [(row, row)]
    found: dict[int, list[int]] = defaultdict(list)
    lowest = lowest_of(pairs)
    for row in left.tolist():
        found[lowest[row]].append(row)
    return list(found.values())


def _stage(cursor: Any, facts: Facts, figures: Figures, asked: dict[str, Any]) -> dict[str, Any]:
    """Lay the finished rows and bills beside what is kept; the counts so far."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.roll_figure")
    cursor.execute(
        "CREATE TEMP TABLE roll_figure (unit_id bigint, value_satang bigint,"
        " exemption_satang bigint, tax_satang bigint, registered bigint, joint_group bigint)"
        " ON COMMIT DROP"
    )
    write_columns(cursor, "roll_figure", {
        "unit_id": facts.ids, "value_satang": figures.value, "exemption_satang": figures.exemption,
        "tax_satang": figures.tax, "registered": facts.units.registered,
        "joint_group": facts.units.joint,
    })  # fmt: skip
    cursor.execute("ANALYZE roll_figure (unit_id)")
    _make(cursor, "roll_row", "roll_rows", asked)
    _make(cursor, "roll_bill", "roll_bills", asked)
    troubles = troubles_of(cursor)
    groups = facts.units.joint[facts.units.joint != 0]
    cursor.execute("SELECT count(*) FROM roll_bill")
    (bills,) = cursor.fetchone()
    value, tax = int(figures.value.sum()), int(figures.tax.sum())
    return {
        "units": len(facts) + sum(troubles.values()), "assessed": len(facts),
        "skipped": troubles, "owners": bills, "bills": bills,
        "value": baht_text(value), "tax": baht_text(tax), "tax_satang": tax,
        "second_homes": facts.second_homes, "joint_groups": len(np.unique(groups)),
        "joint_units": len(groups), "changed_since": 0,
    }  # fmt: skip


def _make(cursor: Any, table: str, name: str, asked: dict[str, Any]) -> None:
    query = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(f"CREATE TEMP TABLE {table} ON COMMIT DROP AS {query}", asked)
    cursor.execute(f"ANALYZE {table} (taxpayer)")


def _has_bills(cursor: Any, asked: dict[str, Any]) -> bool:
    cursor.execute(
        "SELECT EXISTS (SELECT FROM taxmap_bill WHERE local_authority_id = %(authority)s"
        " AND tax_year = %(year)s AND kind = 'land_building')", asked,
    )  # fmt: skip
    return bool(cursor.fetchone()[0])


def _merge(cursor: Any, asked: dict[str, Any], *, first: bool) -> int:
    """Write what differs; how many assessments were added, changed or removed."""
    given = asked | {"first": first}
    counts = {name: run_sql(cursor, name, given) for name in MERGE if not first or "_new" in name}
    return sum(count for name, count in counts.items() if "assessments" in name)


def differences_of(cursor: Any, asked: dict[str, Any]) -> list[Difference]:
    """Where the staged roll differs from the assessments that are kept."""
    run_sql(cursor, "roll_differences", asked)
    return [Difference(*row) for row in cursor.fetchall()]


def _told(found: list[Difference]) -> dict[str, Any]:
    first = found[:DIFFERENCES_TOLD]
    return {
        "differences": len(found),
        "differing": [[each.unit, each.stored_satang, each.now_satang] for each in first],
    }


def _check(cursor: Any, asked: dict[str, Any], calculated: int) -> None:
    """What the tables now hold is what was calculated."""
    run_sql(cursor, "roll_totals", asked)
    billed, assessed, apart = cursor.fetchone()
    if apart or not billed == assessed == calculated:
        raise RollDoesNotBalance(year=asked["year"], lines=calculated, stored=assessed)

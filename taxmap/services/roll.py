"""The yearly roll: every taxable unit of a local authority, assessed owner by owner.

docs/algorithms/collection-map.md, section 1, tells what is decided here and why.
"""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum

from cadastre.tax import Owner, Property, assess_properties, schedule_for
from offices.jobs import Run
from offices.models import Office
from offices.services.audit import entry_record
from taxmap.calculation import sheet_of
from taxmap.errors import RollDoesNotBalance
from taxmap.models import Assessment, Balance
from taxmap.roll_units import Unit, owner_kind, property_of, with_one_main_home

_SQL = Path(__file__).parents[1] / "sql"
OWNERS_SQL = (_SQL / "roll_owners.sql").read_text(encoding="utf-8")
UNITS_SQL = (_SQL / "roll_units.sql").read_text(encoding="utf-8")
UNITS_PER_BATCH = 2000
_LOCK_SPACE = 7_203
"""Advisory locks of the roll, by office: two runs of one authority take turns."""

COLUMNS = (
    "unit_id", "tax_year", "value_satang", "exemption_satang", "tax_satang", "lines", "assessed_at",
)  # fmt: skip
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Payer:
    """Owners that owe together, by the ids of their parties, and the units they owe for."""

    key: str
    kinds: tuple[str, ...]
    units: tuple[int, ...]


@dataclass
class Tally:
    """What the roll has done so far; it travels in the cursor of the job."""

    units: int = 0
    owners: int = 0
    assessed: int = 0
    replaced: int = 0
    kept_paid: int = 0
    kept_differs: int = 0
    second_homes: int = 0
    tax_satang: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


def roll_assess(
    *, local_authority: Office, tax_year: int, now: datetime, job: Run
) -> dict[str, Any]:
    """Assess every taxable unit of ``local_authority`` for ``tax_year`` (common era).

    Running it again replaces assessments without payments; paid ones are kept and counted. Stops
    and goes on between batches. Raises `NotInForceYet` before 2020 and `RollDoesNotBalance`.
    """
    began = time.monotonic()
    schedule_for(tax_year)
    payers = _payers(local_authority, date(tax_year, 1, 1))
    total = sum(len(payer.units) for payer in payers)
    after, tally = _resumed(job.cursor)
    done = tally.units
    left = payers if after is None else [payer for payer in payers if payer.key > after]
    for batch in _batches(left):
        job.progress(done, total, "Assessing the tax")
        with transaction.atomic():
            _take_turn(local_authority)
            _assess_batch(batch, tax_year, now, tally)
            done = tally.units
            job.save_cursor({"after": batch[-1].key, "tally": vars(tally)})
    with transaction.atomic():
        _take_turn(local_authority)
        dropped = _drop_what_is_no_longer_taxed(local_authority, tax_year, payers)
        result = _result(local_authority, tax_year, tally, dropped)
        entry_record(
            action="taxmap.roll_assessed", subject_kind="office", subject_id=local_authority.code,
            actor=job.requested_by, office=local_authority, data=result, now=now,
        )  # fmt: skip
    job.progress(total, total, "Assessing the tax")
    return result | {"seconds": round(time.monotonic() - began, 2)}


def _payers(local_authority: Office, on: date) -> list[Payer]:
    with connection.cursor() as cursor:
        cursor.execute(OWNERS_SQL, {"authority": local_authority.pk, "on": on})
        return [Payer(key, tuple(kinds), tuple(units)) for key, kinds, units in cursor]


def _resumed(cursor: Any) -> tuple[str | None, Tally]:
    """The last owners that a stopped run assessed, and its counts so far."""
    if not cursor:
        return None, Tally()
    tally = Tally(**cursor["tally"])
    tally.skipped = Counter(tally.skipped)
    return cursor["after"], tally


def _batches(payers: Sequence[Payer]) -> Iterator[list[Payer]]:
    """Whole owners, about `UNITS_PER_BATCH` units at a time."""
    batch: list[Payer] = []
    size = 0
    for payer in payers:
        batch.append(payer)
        size += len(payer.units)
        if size >= UNITS_PER_BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _take_turn(local_authority: Office) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, local_authority.pk])


def _assess_batch(batch: list[Payer], tax_year: int, now: datetime, tally: Tally) -> None:
    ids = [unit for payer in batch for unit in payer.units]
    units = units_of(ids, date(tax_year, 1, 1))
    rows: list[Row] = []
    for payer in batch:
        rows += _assess_payer(payer, [units[each] for each in payer.units], tax_year, now, tally)
    paid = _make_room(ids, tax_year, tally)
    fresh = [row for row in rows if row[0] not in paid]
    tally.kept_differs += sum(row[0] in paid and paid[row[0]] != row[4] for row in rows)
    _copy(fresh)
    _check(fresh, tax_year)
    tally.units += len(ids)
    tally.assessed += len(fresh)
    tally.tax_satang += sum(row[4] for row in fresh)


def units_of(ids: list[int], on: date) -> dict[int, Unit]:
    """What is taxed of these units, as it stood on that day, by their keys."""
    with connection.cursor() as cursor:
        cursor.execute(UNITS_SQL, {"units": ids, "on": on})
        return {row[0]: Unit(*row) for row in cursor}


def _assess_payer(
    payer: Payer, units: list[Unit], tax_year: int, now: datetime, tally: Tally
) -> list[Row]:
    """The rows of one owner's units; the engine is called once for all of them."""
    if not payer.key:
        tally.skipped["no_owner"] += len(units)
        return []
    owner = owner_kind(payer.kinds)
    found = [(unit, property_of(unit, owner, tax_year)) for unit in units]
    tally.skipped.update(thing for _unit, thing in found if isinstance(thing, str))
    kept = [(unit, thing) for unit, thing in found if isinstance(thing, Property)]
    if not kept:
        return []
    tally.owners += 1
    things, second_homes = with_one_main_home(kept)
    tally.second_homes += second_homes
    return _rows([unit for unit, _thing in kept], owner, things, tax_year, now)


def _rows(
    units: list[Unit], owner: Owner, things: list[Property], tax_year: int, now: datetime
) -> list[Row]:
    assessed = assess_properties(owner, things, schedule_for(tax_year))
    lines = defaultdict(list)
    for line in assessed.lines:
        lines[line.property_index].append(line)
    rows = [
        (
            unit.id,
            tax_year,
            sum(line.value_satang for line in lines[index]),
            sum(line.exemption_satang for line in lines[index]),
            sum(line.tax_satang for line in lines[index]),
            json.dumps(sheet_of(assessed, things[index], lines[index]), separators=(",", ":")),
            now,
        )
        for index, unit in enumerate(units)
    ]
    if sum(row[4] for row in rows) != assessed.tax_satang:
        raise RollDoesNotBalance(
            year=tax_year, lines=assessed.tax_satang, stored=sum(row[4] for row in rows)
        )
    return rows


def _make_room(ids: list[int], tax_year: int, tally: Tally) -> dict[int, int]:
    """Delete what nobody paid for; unit and tax of the assessments that were paid and stay."""
    former = Assessment.objects.filter(unit__in=ids, tax_year=tax_year)
    # A cashier may be taking a payment this moment: wait for the row, and only then look for
    # payments, in a statement of its own that sees what was committed meanwhile.
    locked = dict(former.select_for_update(of=("self",)).order_by("pk").values_list("pk", "unit"))
    with_money = set(
        Balance.objects.filter(assessment__in=locked).values_list("assessment", flat=True)
    )
    free = [pk for pk in locked if pk not in with_money]
    Assessment.objects.filter(pk__in=free).delete()
    tally.replaced += len(free)
    tally.kept_paid += len(with_money)
    return dict(former.filter(pk__in=with_money).values_list("unit", "tax_satang"))


def _copy(rows: list[Row]) -> None:
    with connection.cursor() as cursor:
        statement = f"COPY taxmap_assessment ({', '.join(COLUMNS)}) FROM STDIN"
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


def _check(rows: list[Row], tax_year: int) -> None:
    """What the table now holds is what was calculated."""
    of_these = Assessment.objects.filter(tax_year=tax_year, unit__in=[row[0] for row in rows])
    stored = of_these.aggregate(total=Sum("tax_satang"))["total"] or 0
    expected = sum(row[4] for row in rows)
    if stored != expected:
        raise RollDoesNotBalance(year=tax_year, lines=expected, stored=stored)


def _drop_what_is_no_longer_taxed(
    local_authority: Office, tax_year: int, payers: list[Payer]
) -> int:
    """Assessments of a former run whose unit has left the roll, as long as nobody paid."""
    taxed = [unit for payer in payers for unit in payer.units]
    stale = Assessment.objects.filter(
        unit__local_authority=local_authority, tax_year=tax_year, balance=None
    ).exclude(unit__in=taxed)
    return stale.delete()[0]


def _result(local_authority: Office, tax_year: int, tally: Tally, dropped: int) -> dict[str, Any]:
    """Counts for the job page: every unit is assessed, kept because paid, or skipped with why."""
    return {
        "tax_year": tax_year,
        "office": local_authority.code,
        "units": tally.units,
        "owners": tally.owners,
        "assessed": tally.assessed,
        "kept_paid": tally.kept_paid,
        "kept_differs": tally.kept_differs,
        "skipped": dict(tally.skipped),
        "second_homes": tally.second_homes,
        "replaced": tally.replaced,
        "dropped": dropped,
        "tax_satang": tally.tax_satang,
    }

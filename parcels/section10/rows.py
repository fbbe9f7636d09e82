"""A line of a table as a row of the package: read, or in quarantine with its reason."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Final

from parcels.models import Section10Row
from parcels.section10 import cells as read
from parcels.section10.cells import Cells, Holder
from parcels.section10.errors import CellUnreadable
from parcels.section10.lines import Line
from parcels.section10.words import Status, Table, TableForm, status_of

Outcome = Section10Row.Outcome
SPATIAL: Final = frozenset({"shape", "divide", "merge", "new"})
NEEDS_HOLDER: Final = frozenset({"holder", "name"})
TURNS: Final = (
    "new", "divide", "merge", "shape", "name", "holder", "share", "record", "release", "cancel"
)  # fmt: skip
"""What happens first on one day: a title comes to be, changes, and ends."""
RIVALS: Final = "rivals"
"""In the evidence of a row: how many rows say who holds the title on that day."""


def row_of(line: Line, form: TableForm, file_name: str) -> tuple[Section10Row, Holder | None]:
    """The row, not saved, without an outcome where it can be applied; its holder apart.

    A holder's name goes into a Party and nowhere else, so the caller decides.
    """
    row = Section10Row(
        table=form.table, file_name=file_name[:200], line=line.number, outcome="",
        raw=line.raw, status_text=read.without_ids(line.cells.get("status", ""))[:120],
        digest=_digest(line, form),
    )  # fmt: skip
    try:
        return row, _read(row, line, form)
    except CellUnreadable as error:
        quarantine(row, error.reason, {key: str(value) for key, value in error.evidence.items()})
    return row, None


def quarantine(row: Section10Row, reason: str, evidence: dict[str, Any] | None = None) -> None:
    """Set a row aside for good, with the reason."""
    row.outcome, row.reason, row.evidence = Outcome.QUARANTINED, reason, evidence or {}


def turn_of(row: Section10Row) -> int:
    """The place of a row among those of its day."""
    status = None if row.outcome else status_of(row.status_text)
    return TURNS.index(status.effect) if status else len(TURNS)


def changes_holders(row: Section10Row) -> bool:
    """Whether the row, where it is read, says who holds the title from its day on."""
    status = status_of(row.status_text) if row.content and not row.outcome else None
    return status is not None and _needs_holder(status)


def land_key(content: dict[str, Any]) -> str:
    """What joins a row with its shape: the sheet's five parts and the land number."""
    sheet, land = content.get("sheet_key", ""), content.get("land_number", "")
    return f"{sheet}|{land}" if sheet and land else ""


def _read(row: Section10Row, line: Line, form: TableForm) -> Holder | None:
    if line.fault:
        quarantine(row, line.fault)
        return None
    cells = line.cells
    row.effective_on = read.day_of(cells)
    if form.table == Table.CONSTRUCTION:
        return None
    status = status_of(cells.get("status", ""))
    if status is None:
        quarantine(row, "status_unknown", {"status": row.status_text})
        return None
    row.kind, row.change = status.kind, status.change
    row.content = _content(cells, form)
    holder = read.holder_of(cells)
    if not row.content["deed_number"]:
        raise CellUnreadable("deed_number_missing", "deed_number", cells.get("deed_number", ""))
    if holder is None and _needs_holder(status):
        raise CellUnreadable("holder_missing", "holder_name", "")
    return holder


def _needs_holder(status: Status) -> bool:
    return status.effect in NEEDS_HOLDER


def _content(cells: Cells, form: TableForm) -> dict[str, Any]:
    """What the row says of title and parcel, as JSON."""
    sheet = read.map_sheet(cells)
    area = read.legal_area_m2(cells)
    air = [cells.get(field, "") for field in ("air_1", "air_2", "air_3", "scale")]
    return {
        "title_type": form.title_type,
        "deed_number": read.number_of(cells, "deed_number"),
        "survey_page": read.number_of(cells, "survey_page"),
        "land_number": read.number_of(cells, "land_number"),
        "sheet": str(sheet) if sheet else "",
        "scale": sheet.scale if sheet else 0,
        "sheet_key": sheet.key if sheet else "",
        "air_photo": "|".join(air) if any(air[:3]) else "",
        "legal_area_m2": str(area) if area else None,
        "amount_satang": read.amount_satang(cells),
    }


def _digest(line: Line, form: TableForm) -> bytes:
    """What tells the row when it comes again: its table and cells, national ids left out."""
    said = sorted((key, read.without_ids(cell)) for key, cell in line.cells.items() if cell)
    known = [each for each in said if each[0] != "holder_id"]
    text = repr((form.table.value, known, line.raw if line.fault else ""))
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()

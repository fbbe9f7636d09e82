"""A package on its way in: a stranger's ZIP, opened in a folder that is gone afterwards."""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cadastre.errors import gettext_noop
from parcels.importing.archive import unpack
from parcels.importing.errors import FileTooLarge
from parcels.importing.sniff import Packing, packing_of
from parcels.models import Section10Row
from parcels.section10.cells import Holder
from parcels.section10.errors import NotASection10Package, Section10TooManyRows
from parcels.section10.lines import TableLines
from parcels.section10.rows import RIVALS, changes_holders, row_of, turn_of
from parcels.section10.words import is_ignored, is_shape_file, table_of_file

LARGEST_PACKAGE: Final = 200 * 10**6
MOST_ROWS: Final = 100_000


@dataclass(slots=True)
class OpenPackage:
    """The files of a package, told apart; ``folder`` is ours and goes with the context."""

    name: str
    sha256: str
    folder: Path
    tables: list[Path] = field(default_factory=list)
    shape_files: list[Path] = field(default_factory=list)
    shapefiles: list[Path] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)

    def rows(self) -> list[tuple[Section10Row, Holder | None]]:
        """Every row of every table by day, then by what it changes; rows without a day first.

        The order of the lines means nothing: a row says what it says wherever it stands.

        Raises `Section10ColumnsMissing` and `Section10TooManyRows`.
        """
        found: list[tuple[Section10Row, Holder | None]] = []
        for path in self.tables:
            form = table_of_file(path.name)
            assert form is not None
            lines = TableLines(path, form)
            before = len(found)
            for line in lines:
                found.append(row_of(line, form, path.name))
                if len(found) > MOST_ROWS:
                    raise Section10TooManyRows(limit=f"{MOST_ROWS:,}")
            said = {"name": path.name, "table": form.table.value, "encoding": lines.encoding}
            self.files.append(said | {"rows": len(found) - before})
        _mark_rivals(found)
        return sorted(found, key=_order)


def _order(found: tuple[Section10Row, Holder | None]) -> tuple[str, int, str, bytes]:
    """By day; on one day titles come to be, change, and end; the rest is the same for any order."""
    row = found[0]
    day = row.effective_on.isoformat() if row.effective_on else ""
    return day, turn_of(row), row.table, bytes(row.digest)


def _mark_rivals(found: list[tuple[Section10Row, Holder | None]]) -> None:
    """Tell the rows that change the holders of one title on one day: neither may go first."""
    said: dict[tuple[Any, ...], set[bytes]] = defaultdict(set)
    rows = [row for row, _holder in found if changes_holders(row)]
    for row in rows:
        said[_entry(row)].add(bytes(row.digest))
    for row in rows:
        if (number := len(said[_entry(row)])) > 1:
            row.evidence = {RIVALS: number}


def _entry(row: Section10Row) -> tuple[Any, ...]:
    return row.content["title_type"], row.content["deed_number"], row.effective_on


@contextmanager
def open_package(file: Path, *, name: str = "") -> Iterator[OpenPackage]:
    """Unpack and sort the files. Raises the refusals of `parcels.importing.errors`."""
    name = name or file.name
    if not file.is_file():
        raise FileNotFoundError(f"There is no file {file}.")
    if file.stat().st_size > LARGEST_PACKAGE:
        raise FileTooLarge(limit_mb=LARGEST_PACKAGE // 10**6)
    if packing_of(file, name) is not Packing.ZIP:
        raise NotASection10Package(name=name, reason=gettext_noop("it is not a ZIP file"))
    with tempfile.TemporaryDirectory(prefix="chanot-section10-") as folder:
        package = OpenPackage(name, _sha256(file), Path(folder))
        for path in sorted(unpack(file, Packing.ZIP, Path(folder), name)):
            _sort(package, path)
        if not package.tables:
            raise NotASection10Package(name=name, reason=gettext_noop("it holds no table"))
        yield package


def _sort(package: OpenPackage, path: Path) -> None:
    if is_ignored(path.name):
        package.files.append({"name": path.name, "ignored": True})
    elif table_of_file(path.name):
        package.tables.append(path)
    elif is_shape_file(path.name):
        package.shape_files.append(path)
    elif path.suffix == ".shp":
        package.shapefiles.append(path)
    elif path.suffix not in {".shx", ".dbf", ".prj", ".cpg"}:
        package.files.append({"name": path.name, "ignored": True})


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

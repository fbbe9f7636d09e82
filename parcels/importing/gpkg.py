"""What a GeoPackage may hold. Runs in the reader child, before GDAL sees the file."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Final

from cadastre.errors import gettext_noop

# Triggers that GeoPackage writers put there: R-tree upkeep, feature counts, the standard's checks.
_TRIGGER: Final = re.compile(
    r"(?i)(rtree_|trigger_(insert|delete)_feature_count_|gpkg_|fgti_|fgtd_|fgtu)"
)
# A trigger that only raises an error, as the standard's on tile tables do, is harmless.
_WRITES: Final = re.compile(r"(?is)\bbegin\b.*\b(insert|update|delete|replace)\b")
_CALLS: Final = re.compile(
    r"(?i)\b(load_extension|fts3_tokenizer|writefile|readfile|edit|attach|pragma)\b\s*[('\"\w]"
)
_VIRTUAL: Final = re.compile(r"(?i)create\s+virtual\s+table\s+.+?\s+using\s+(\w+)", re.DOTALL)
_MODULES: Final = frozenset({"rtree"})


def fault_of(path: Path) -> tuple[str, str] | None:
    """Why the file must not be opened, in a few words and by the name of what is wrong; or None."""
    try:
        # mode=ro and immutable: no journal is replayed, nothing is written beside the file.
        with sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True) as database:
            database.execute("PRAGMA trusted_schema=OFF")
            database.execute("PRAGMA cell_size_check=ON")
            return _fault(database)
    except sqlite3.Error:
        return gettext_noop("the database in it is damaged"), ""


def _fault(database: sqlite3.Connection) -> tuple[str, str] | None:
    (checked,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if checked != "ok":
        return gettext_noop("the database in it is damaged"), ""
    shown = {row[0].lower() for row in database.execute("SELECT table_name FROM gpkg_contents")}
    for kind, name, sql in database.execute("SELECT type, name, sql FROM sqlite_master"):
        text = sql or ""
        if kind == "trigger" and not _TRIGGER.match(name) and _writes(text):
            return gettext_noop("a trigger called “{entry}”"), name[:40]
        if kind == "view" and name.lower() in shown:
            return gettext_noop("a view in place of a layer: “{entry}”"), name[:40]
        if _CALLS.search(text):
            return gettext_noop("SQL that reaches outside the file, in “{entry}”"), name[:40]
        virtual = _VIRTUAL.match(text)
        if virtual and virtual[1].lower() not in _MODULES:
            return gettext_noop("a virtual table: “{entry}”"), name[:40]
    return None


def _writes(trigger: str) -> bool:
    return bool(_WRITES.search(re.sub(r"'(?:[^']|'')*'", "''", trigger)))

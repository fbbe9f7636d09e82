"""Writing the parcels of an office into a file, whole or not at all, and saying so in the trail."""

from __future__ import annotations

import tempfile
import time
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final

from cadastre.errors import gettext_noop
from offices.jobs import Run
from offices.models import User
from offices.permissions import Permission, require
from offices.services.audit import entry_record
from parcels.export import geopackage, ladm, parquet
from parcels.export.rows import Selection, batches

WRITING = gettext_noop("Writing parcels")
RESULT_WORDS: Final = (
    gettext_noop("format"), gettext_noop("known"), gettext_noop("on"), gettext_noop("owners"),
    gettext_noop("bytes"), gettext_noop("parcels"), gettext_noop("office"), gettext_noop("seconds"),
)  # fmt: skip
"""What the page of the job calls the parts of a result."""


class ExportFormat(Enum):
    """A kind of file, and how its name ends."""

    GPKG = "gpkg"
    PARQUET = "parquet"
    LADM_JSON = "ladm-json"

    @property
    def suffix(self) -> str:
        return ".json" if self is ExportFormat.LADM_JSON else f".{self.value}"

    @property
    def label(self) -> str:
        """What people call it."""
        return LABELS[self]


LABELS: Final = {
    ExportFormat.GPKG: "GeoPackage (QGIS)",
    ExportFormat.PARQUET: "GeoParquet 1.1",
    ExportFormat.LADM_JSON: "JSON (LADM, ISO 19152)",
}
FORMATS: Final = tuple(each.value for each in ExportFormat)


def parcels_export(
    *, selection: Selection, form: ExportFormat, target: Path, person: User | None, run: Run,
    now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """Write the file beside its place and move it there when it is whole.

    Only for whoever may export there, with owners only for whoever may see them there as well
    (`NotPermitted`, Http404), or from the command line; the trail keeps who took what.
    """
    started = time.monotonic()
    if person is not None:
        require(person, Permission.EXPORT_PARCELS, selection.office)
        if selection.with_owners:
            require(person, Permission.VIEW_OWNERS, selection.office)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".export-") as folder:
        # GDAL writes the name of the file into it.
        draft = Path(folder) / target.name
        written = _write(selection, form, draft, run)
        entry_record(
            action="parcels.exported", subject_kind="office", subject_id=selection.office.code,
            actor=person, office=selection.office, now=now,
            data={
                "format": form.value, "parcels": written, "owners": selection.with_owners,
                "on": selection.on.isoformat(),
            },
        )  # fmt: skip
        draft.replace(target)
    return {
        "office": selection.office.code,
        "format": form.value,
        "parcels": written,
        "on": selection.on.isoformat(),
        "known": selection.known.isoformat() if selection.known else None,
        "owners": selection.with_owners,
        "bytes": target.stat().st_size,
        "seconds": round(time.monotonic() - started, 2),
    }


def _write(selection: Selection, form: ExportFormat, draft: Path, run: Run) -> int:
    def told(written: int) -> None:
        run.progress(written, None, WRITING)

    rows = batches(selection)
    if form is ExportFormat.LADM_JSON:
        return ladm.write(rows, draft, told, selection=selection)
    writer = geopackage.write if form is ExportFormat.GPKG else parquet.write
    return writer(rows, draft, told, with_owners=selection.with_owners)

"""Background work of the register."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offices.jobs import Run, job_kind
from offices.permissions import Permission
from parcels.importing.pipeline import ImportOptions
from parcels.services.imports import file_import, upload_discard


@job_kind("parcels.import", title=_("Import of parcels"), permission=Permission.IMPORT_PARCELS)
def import_parcels(
    run: Run, *, path: str, name: str, options: dict[str, Any], again: bool
) -> dict[str, Any]:
    """Import an uploaded file into the office of the job; the upload goes when it is through."""
    assert run.office is not None
    result = file_import(
        file=Path(path),
        name=name,
        options=ImportOptions(**options),
        office=run.office,
        maker=run.requested_by,
        run=run,
        now=timezone.now(),
        again=again,
    )
    upload_discard(path=Path(path))
    return result

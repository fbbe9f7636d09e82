"""Importing a file of parcels into the register of an office, or only checking it."""

from __future__ import annotations

import contextlib
import time
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from cadastre.errors import gettext_noop
from offices.jobs import Run
from offices.models import Office, User
from offices.services.audit import entry_record
from parcels.importing.errors import AlreadyImported
from parcels.importing.pipeline import FileReading, ImportOptions, Territory, open_file
from parcels.importing.register import RegisterWriter
from parcels.models import AdministrativeSource, ImportRun, Transaction

# Steps of a job, translated for each reader.
READING = gettext_noop("Reading and checking parcels")


AUDITED = ("sha256", "layer", "crs", "read", "imported", "quarantined")


def file_check(
    *, file: Path, options: ImportOptions, office: Office | None, run: Run
) -> dict[str, Any]:
    """Read and check a file, and write nothing; needs no office and no database."""
    started = time.monotonic()
    with open_file(file, options, territory_of(office)) as reading:
        for _ in reading.outcomes():
            run.progress(reading.tally.read, reading.dataset.features, READING)
        return _result(reading, started) | {"dry_run": True}


def file_import(
    *,
    file: Path,
    options: ImportOptions,
    office: Office,
    maker: User | None,
    run: Run,
    now: datetime,
    name: str = "",
    again: bool = False,
) -> dict[str, Any]:
    """Import a file: one transaction for all of it, its parcels, quarantine, source and audit.

    A file sent twice at the same moment is imported once: the second waits at the constraint
    ``a_file_is_imported_once`` until the first is through. Raises
    `AlreadyImported` (unless ``again``), the refusals of `parcels.importing.errors`, and
    `JobCancelled` when stopped; then nothing was written.
    """
    started = time.monotonic()
    with (
        open_file(file, options, territory_of(office), name=name) as reading,
        transaction.atomic(),
    ):
        if not again:
            _refuse_repetition(office, reading)
        imported = _import_begin(reading, office=office, maker=maker, now=now, again=again)
        writer = RegisterWriter(imported, reading.tally)
        for accepted, refused in reading.outcomes():
            writer.add(accepted, refused)
            run.progress(reading.tally.read, reading.dataset.features, READING)
        writer.flush()
        result = _result(reading, started)
        _import_finish(imported, result, now=now)
    return result | {"import": imported.public_id, "office": office.code, "dry_run": False}


def territory_of(office: Office | None) -> Territory | None:
    """Where parcels of the office may lie; None without an office."""
    if office is None:
        return None
    return Territory.of(office.zone_srid, office.bounds.wkt if office.bounds else "")


def _refuse_repetition(office: Office, reading: FileReading) -> None:
    former = (
        ImportRun.objects.filter(
            office=office, sha256=reading.source.sha256, layer=reading.layer_of_file
        )
        .order_by("started_at")
        .last()
    )
    if former is not None:
        raise AlreadyImported(
            run=former.public_id,
            day=former.started_at.date().isoformat(),
            imported=former.imported,
        )


def _import_begin(
    reading: FileReading, *, office: Office, maker: User | None, now: datetime, again: bool
) -> ImportRun:
    source = AdministrativeSource.objects.create(
        kind="file", reference=reading.source.name[:200], sha256=reading.source.sha256
    )
    act = Transaction.objects.create(
        office=office,
        kind=Transaction.Kind.IMPORT,
        status=Transaction.Status.REGISTERED,
        source=source,
        reason=f"Import of {reading.source.name[:200]}",
        maker=maker,
        created_at=now,
        registered_at=now,
    )
    suffix = f" ({reading.datum_parameters})" if reading.datum_parameters else ""
    options = asdict(reading.options) | {
        "recognised": reading.plan.recognised,
        "isolation": reading.dataset.isolation,
    }
    try:
        with transaction.atomic():
            imported = ImportRun.objects.create(
                office=office,
                transaction=act,
                file_name=reading.source.name[:255],
                sha256=reading.source.sha256,
                layer=reading.layer_of_file,
                driver=reading.dataset.driver,
                crs=reading.crs + suffix,
                metric_srid=reading.zone,
                encoding=reading.source.encoding,
                options=options,
                repeated=again,
                started_at=now,
            )
    except IntegrityError:
        _refuse_repetition(office, reading)
        raise
    imported.refresh_from_db(fields=["public_id"])
    return imported


def _import_finish(imported: ImportRun, result: dict[str, Any], *, now: datetime) -> None:
    for name in ("read", "imported", "quarantined", "reasons", "warnings"):
        setattr(imported, name, result[name])
    imported.finished_at = now + timedelta(seconds=result["seconds"])
    imported.save()
    assert imported.transaction is not None
    entry_record(
        action="parcels.imported",
        subject_kind="import",
        subject_id=imported.public_id,
        actor=imported.transaction.maker,
        office=imported.office,
        data={
            key: result[key]
            for key in ("sha256", "read", "imported", "quarantined", "crs", "layer")
        },
        now=now,
    )


def _result(reading: FileReading, started: float) -> dict[str, Any]:
    tally = reading.tally
    warnings: dict[str, int | None] = dict(sorted(tally.warnings.items()))
    if reading.overlaps != 0:
        warnings["overlap"] = reading.overlaps
    return {
        "read": tally.read,
        "imported": tally.imported,
        "quarantined": tally.quarantined,
        "reasons": dict(sorted(tally.reasons.items())),
        "warnings": warnings,
        "crs": reading.crs,
        "datum_parameters": reading.datum_parameters or None,
        "metric_crs": f"EPSG:{reading.zone}",
        "encoding": reading.source.encoding,
        "driver": reading.dataset.driver,
        "layer": reading.dataset.layer,
        "columns": dict(reading.plan.columns),
        "isolation": list(reading.dataset.isolation),
        "sha256": reading.source.sha256,
        "seconds": round(time.monotonic() - started, 2),
    }


def upload_discard(*, path: Path) -> None:
    """Delete an uploaded file and the folder that was made for it."""
    path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        path.parent.rmdir()

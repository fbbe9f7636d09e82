"""Taking a field file into a job: everything as observed, or nothing at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, islice
from pathlib import PurePath
from typing import Any, Final, TypeVar

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models as db
from django.db import transaction
from django.utils import timezone

from cadastre import fieldfiles
from cadastre.fieldfiles import ColumnMapping
from offices.models import User
from parcels.importing.archive import safe_name
from surveys.errors import FieldFileEmpty
from surveys.evidence import (
    header_of,
    observations_of,
    occupation_of,
    readings_of,
    rejects_of,
)
from surveys.geopackage import geojson_of, is_geopackage
from surveys.models import FieldFile, Observation, Occupation, Reading, RejectedRecord, SurveyJob
from surveys.occupations import Stay, stays_of
from surveys.positions import Systems, systems_checked
from surveys.services.jobs import (
    survey_job_event,
    survey_job_locked,
    survey_job_move,
    survey_job_open_for_facts,
)

BATCH: Final = 2_000
TOLD: Final = ("sha256", "format", "read", "accepted", "rejected", "occupations")
Row = TypeVar("Row", bound=db.Model)


@dataclass(frozen=True, slots=True)
class Imported:
    """A file in its job; ``again``: it was there before and nothing was done."""

    file: FieldFile
    occupations: int
    points: int
    unplaced: int
    again: bool

    @property
    def result(self) -> dict[str, Any]:
        """What `import_survey` answers with."""
        file = self.file
        return {
            "read": file.read, "accepted": file.accepted, "rejected": file.rejected,
            "occupations": self.occupations, "points": self.points, "unplaced": self.unplaced,
            "ignored": file.ignored, "format": file.format, "sha256": file.sha256,
            "srid": file.srid, "file": file.public_id, "job": file.job.number, "again": self.again,
        }  # fmt: skip


def zone_of(job: SurveyJob) -> int:
    """The EPSG code of the zone in which a job is computed."""
    return job.zone_srid or job.office.zone_srid


def field_file_import(
    *,
    job: SurveyJob,
    name: str,
    content: bytes,
    by: User | None,
    now: datetime,
    format: str | None = None,  # noqa: A002 - the word of the command line
    mapping: ColumnMapping | None = None,
    srid: int | None = None,
    datum: str = "",
    point: str = "",
    day: date | None = None,
) -> Imported:
    """Take a file in: one transaction for the file, its rejects, occupations and observations.

    ``format`` and ``mapping`` say what the file does not tell itself; ``srid`` is the EPSG code of
    its coordinates (0: a local system, None: the file's own or the job's zone), ``datum`` the set
    of datum parameters, ``point`` the point that a log without names was made on, ``day`` the day
    a log without dates begins.

    A file that the job has already is not taken twice: the answer is that of the first time.
    Raises `FieldFileUnreadable`, `FieldFileEmpty`, `ColumnMappingUnusable`,
    `SurveyJobStatusWrong`, the errors of `cadastre.geodesy` and, for a GeoPackage, those of
    `parcels.importing.errors`.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    if (former := job.files.filter(sha256=sha256).first()) is not None:
        return _counted(former, again=True)
    name = safe_name(name or "field-file")[-200:]
    read = _read(name, content, format=format, mapping=mapping, day=day)
    if not read.read:
        raise FieldFileEmpty(name=name, format=read.format)
    systems = systems_checked(
        srid=srid, file_crs=read.crs, zone_srid=zone_of(job),
        local=bool(read.setups or read.readings or read.parcels),
        parameters=datum or settings.CHANOT_DATUM_PARAMETERS,
    )  # fmt: skip
    stays = stays_of(read.records, stem=PurePath(name).stem or "point", point=point.strip())
    with transaction.atomic():
        job = survey_job_locked(job)
        survey_job_open_for_facts(job)
        # Whoever sent the same file at the same moment waited for the row of the job.
        if (former := job.files.filter(sha256=sha256).first()) is not None:
            return _counted(former, again=True)
        file = _file_kept(job, read, content, sha256, systems, by=by, now=now)
        _rows_kept(RejectedRecord, rejects_of(read, file))
        _stays_kept(file, read, stays, systems)
        imported = _counted(file, again=False)
        moments = [moment for stay in stays for moment in stay.times]
        if job.surveyed_on is None and moments:
            job.surveyed_on = timezone.localdate(min(moments))
        data = {key: imported.result[key] for key in TOLD}
        if read.accepted:
            survey_job_move(job=job, action="observed", by=by, now=now, note=name, data=data)
        else:
            survey_job_event(job=job, action="nothing_taken", by=by, now=now, note=name, data=data)
    return imported


def _read(name: str, content: bytes, **how: Any) -> fieldfiles.FieldFile:
    if not is_geopackage(content):
        return fieldfiles.read_field_file(name, content, **how)
    points = fieldfiles.read_field_file(name, geojson_of(content), **how | {"format": "geojson"})
    return replace(points, format="geopackage")


def _file_kept(
    job: SurveyJob,
    read: fieldfiles.FieldFile,
    content: bytes,
    sha256: str,
    systems: Systems,
    *,
    by: User | None,
    now: datetime,
) -> FieldFile:
    file = FieldFile(
        job=job, name=read.name, format=read.format, sha256=sha256, srid=systems.grid_srid,
        datum_parameters=systems.datum_parameters, header=header_of(read), read=read.read,
        accepted=read.accepted, rejected=len(read.rejected), ignored=dict(read.ignored),
        imported_by=by, imported_at=now,
    )  # fmt: skip
    # Named by its content: what an attempt that was killed leaves is written over by the next one.
    path, storage = f"surveys/{job.pk}/{sha256}", file.file.storage
    storage.delete(path)
    file.file.name = storage.save(path, ContentFile(content))
    file.save()
    file.refresh_from_db(fields=["public_id"])
    return file


def _stays_kept(
    file: FieldFile,
    read: fieldfiles.FieldFile,
    stays: list[Stay],
    systems: Systems,
) -> None:
    occupations = [occupation_of(stay, file, read) for stay in stays]
    Occupation.objects.bulk_create(occupations, batch_size=BATCH)
    pairs = list(zip(stays, occupations, strict=True))
    told = {(each.point, each.north, each.east) for each in read.points}
    positions = (observations_of(stay, row, systems, told) for stay, row in pairs)
    _rows_kept(Observation, chain.from_iterable(positions))
    _rows_kept(Reading, (r for stay, row in pairs for r in readings_of(stay, row)))


def _rows_kept(kind: type[Row], rows: Iterable[Row]) -> None:
    """Insert rows in batches while they are made."""
    pending: Iterator[Row] = iter(rows)
    while batch := list(islice(pending, BATCH)):
        kind._default_manager.bulk_create(batch)


def _counted(file: FieldFile, *, again: bool) -> Imported:
    names = file.occupations.values_list("point_name", flat=True)
    return Imported(
        file=file,
        occupations=file.occupations.count(),
        points=names.distinct().count(),
        unplaced=Observation.objects.filter(occupation__file=file, geometry=None).count(),
        again=again,
    )


def outside_office(file: FieldFile) -> int:
    """How many observations of a file lie outside the office: a wrong zone, mostly."""
    bounds = file.job.office.bounds
    if bounds is None:
        return 0
    placed = Observation.objects.filter(occupation__file=file).exclude(geometry=None)
    return placed.exclude(geometry__coveredby=bounds).count()

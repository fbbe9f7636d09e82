"""An import as a background job, followed through the death of its worker.

import_job.py order FILE   make a file of many parcels, order its import, print the job's number
import_job.py under-way N  wait until job N has read a part of the file
import_job.py resume N     wait until job N counts as interrupted, and resume it
import_job.py check N      wait for its end; exit 1 unless every parcel is there exactly once
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django
import numpy as np
import pyogrio
import shapely

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.utils import timezone  # noqa: E402 - models need Django set up

from offices.models import Job, JobStatus, LandOffice  # noqa: E402
from offices.services.jobs import is_resumable, job_enqueue, job_resume  # noqa: E402
from parcels.models import ImportRun, Parcel, QuarantinedFeature  # noqa: E402

SIDE = 250
PARCELS = SIDE * SIDE
OFFICE = "DRILL"
PATIENCE_S = 240


def order(path: Path) -> int:
    """Squares of 20 m, wall to wall, south of the demo town."""
    east, north = np.meshgrid(np.arange(SIDE) * 20.0 + 650_000, np.arange(SIDE) * 20.0 + 1_520_000)
    low_east, low_north = east.ravel(), north.ravel()
    squares = shapely.box(low_east, low_north, low_east + 20, low_north + 20)
    numbers = np.arange(1, PARCELS + 1).astype(str).astype(object)
    path.unlink(missing_ok=True)
    pyogrio.raw.write(
        path, shapely.to_wkb(squares), [numbers], fields=np.array(["land_number"], dtype=object),
        geometry_type="Polygon", crs="EPSG:32647", layer="parcels",
    )  # fmt: skip
    office = LandOffice.objects.create(
        code=OFFICE, name_th="ฝึกซ้อม", name_en="Drill", zone_srid=32647
    )
    job = job_enqueue(
        kind="parcels.import",
        parameters={"path": str(path), "name": path.name, "options": {}, "again": False},
        office=office,
        now=timezone.now(),
    )
    sys.stdout.write(f"{job.pk}\n")
    return 0


def await_job(pk: int, come: Callable[[Job], bool]) -> Job:
    """Look at the job until ``come`` is true of it."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        job = Job.objects.get(pk=pk)
        if come(job):
            return job
        time.sleep(0.1)
    sys.exit(f"The job did not get there: {job.status}, {job.done} of {job.total} done.")


def under_way(pk: int) -> int:
    """Somewhere in the middle, so that there is something to lose."""
    job = await_job(pk, lambda job: job.finished_at is not None or job.done > PARCELS // 10)
    sys.stdout.write(f"{job.done} of {job.total} read\n")
    return 0 if job.status == JobStatus.RUNNING else 1


def resume(pk: int) -> int:
    """As somebody would on the job's page, once the worker has been silent for long enough."""
    half = Parcel.objects.filter(office__code=OFFICE).count()
    job = await_job(pk, lambda job: is_resumable(job, timezone.now()))
    job_resume(job=job, by=None, now=timezone.now())
    sys.stdout.write(f"resumed; {half} parcels had been left behind by the dead worker\n")
    return 1 if half else 0


def check(pk: int) -> int:
    """Read = imported + quarantined = what the register holds, by one import."""
    job = await_job(pk, lambda job: job.finished_at is not None)
    result = {
        "status": job.status,
        "attempts": job.attempt,
        "in_file": PARCELS,
        "read": (job.result or {}).get("read"),
        "imports": ImportRun.objects.filter(office__code=OFFICE).count(),
        "parcels": Parcel.objects.filter(office__code=OFFICE).count(),
        "quarantined": QuarantinedFeature.objects.filter(
            import_run__office__code=OFFICE
        ).count(),
    }  # fmt: skip
    sys.stdout.write(json.dumps(result) + "\n")
    whole = result["read"] == PARCELS == result["parcels"] + result["quarantined"]
    return 0 if job.status == JobStatus.SUCCEEDED and whole and result["imports"] == 1 else 1


def main(arguments: list[str]) -> int:
    """See the module's text."""
    match arguments:
        case ["order", file]:
            return order(Path(file))
        case ["under-way", pk]:
            return under_way(int(pk))
        case ["resume", pk]:
            return resume(int(pk))
        case ["check", pk]:
            return check(int(pk))
    sys.stderr.write(__doc__ or "")
    return os.EX_USAGE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

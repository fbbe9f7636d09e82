"""Background work of the register."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offices.jobs import Run, job_kind
from offices.models import Office
from offices.permissions import Permission
from offices.services.jobs import job_enqueue
from parcels.importing.pipeline import ImportOptions
from parcels.models import Transaction
from parcels.services.fabric_checks import findings_update, neighbourhood_update
from parcels.services.imports import file_import, upload_discard
from parcels.services.section10 import PackageOrder, package_import
from parcels.signals import transaction_registered


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


@job_kind("parcels.section10", title=_("Section 10 package"), permission=Permission.IMPORT_PARCELS)
def take_section10(run: Run, *, path: str, name: str, authority: str, month: str) -> dict[str, Any]:
    """Take an uploaded package into the register of the job's office; resumed, it goes on."""
    assert run.office is not None
    order = PackageOrder(
        authority=Office.objects.get(code=authority),
        office=run.office,
        month=date.fromisoformat(month) if month else None,
        name=name,
    )
    result = package_import(
        file=Path(path), order=order, maker=run.requested_by, run=run, now=timezone.now()
    )
    upload_discard(path=Path(path))
    return result


@job_kind("parcels.check_fabric", title=_("Check of the parcel fabric"))
def check_fabric(run: Run) -> dict[str, Any]:
    """Look at all parcels in force of the job's office and bring its findings up to date."""
    assert run.office is not None
    return findings_update(office=run.office, run=run, now=timezone.now())


@job_kind("parcels.check_neighbourhood", title=_("Check after a registration"))
def check_neighbourhood(run: Run, *, transaction: str) -> dict[str, Any]:
    """Look again at the parcels and titles that a registered transaction touched."""
    act = Transaction.objects.select_related("office").get(public_id=transaction)
    return neighbourhood_update(act=act, run=run, now=timezone.now())


@receiver(transaction_registered, dispatch_uid="parcels.check_neighbourhood")
def _check_what_was_registered(transaction: Transaction, **_sent: Any) -> None:
    job_enqueue(
        kind="parcels.check_neighbourhood",
        parameters={"transaction": transaction.public_id},
        office=transaction.office,
        requested_by=transaction.checker,
        now=timezone.now(),
    )

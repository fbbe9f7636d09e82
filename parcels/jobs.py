"""Background work of the register."""

from __future__ import annotations

import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offices.jobs import Run, job_kind
from offices.models import Office
from offices.permissions import Permission
from offices.services.jobs import job_enqueue
from parcels.export.rows import Selection
from parcels.importing.pipeline import ImportOptions
from parcels.models import Transaction
from parcels.services.exports import ExportFormat, parcels_export
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


EXPORT_KINDS = ("parcels.export", "parcels.export_with_owners")
"""Without and with holders: who may fetch the file is not the same."""


@job_kind(EXPORT_KINDS[False], title=_("Export of parcels"), permission=Permission.EXPORT_PARCELS)
def export_parcels(run: Run, *, form: str, on: str, known: str) -> dict[str, Any]:
    """Write the parcels of the job's office into a file for download."""
    return _exported(run, ExportFormat(form), on, known, with_owners=False)


@job_kind(
    EXPORT_KINDS[True], title=_("Export of parcels with holders"),
    permission=Permission.VIEW_OWNERS,
)  # fmt: skip
def export_parcels_with_owners(run: Run, *, form: str, on: str, known: str) -> dict[str, Any]:
    """The same with the names of holders."""
    return _exported(run, ExportFormat(form), on, known, with_owners=True)


def _exported(
    run: Run, form: ExportFormat, on: str, known: str, *, with_owners: bool
) -> dict[str, Any]:
    assert run.office is not None
    selection = Selection(
        office=run.office, on=date.fromisoformat(on), with_owners=with_owners,
        known=datetime.fromisoformat(known) if known else None,
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        target = Path(folder) / f"parcels-{run.office.code}-{on}{form.suffix}"
        result = parcels_export(
            selection=selection, form=form, target=target, person=run.requested_by, run=run,
            now=timezone.now(),
        )  # fmt: skip
        run.attach(target.name, target)
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

"""Taking a section 10 package into the register, and deciding about the rows that wait.

Every row is one registered transaction, one entry in quarantine, one in the queue, or nothing to
change; batches commit together with their rows, so that a run that was killed goes on where it
stopped. docs/algorithms/section10.md.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count

from cadastre.errors import gettext_noop
from cadastre.geodesy import DEFAULT_DATUM_PARAMETERS
from offices.jobs import Run
from offices.models import Office, User
from offices.services.audit import entry_record
from parcels.models import (
    AdministrativeSource,
    Parcel,
    Section10Package,
    Section10Row,
)
from parcels.section10.cells import Holder
from parcels.section10.effects import Refusal
from parcels.section10.errors import (
    Section10CannotApply,
    Section10OfficeUnknown,
    Section10RowDecided,
)
from parcels.section10.matching import Register
from parcels.section10.package import OpenPackage, open_package
from parcels.section10.reasons import reason_of
from parcels.section10.rows import SPATIAL
from parcels.section10.settling import register_row, settle, take
from parcels.section10.shapes import Shapes, shapes_of
from parcels.section10.words import status_of
from parcels.services.imports import territory_of

READING = gettext_noop("Reading the package")
APPLYING = gettext_noop("Applying the rows to the register")
BATCH_ROWS: Final = 100
RETRIED: Final = ("claimed", "no_parcel_found", "no_shape_for_new_parcel", "parents_unclear")
"""Reasons that may have gone by the time the next package comes."""
_AS_OF: Final = (Path(__file__).parents[1] / "sql" / "section10_as_of.sql").read_text("utf-8")
Outcome = Section10Row.Outcome
Pending = tuple[Section10Row, Holder | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageOrder:
    """What somebody says of a package: for whom it is, whose register it changes."""

    authority: Office
    office: Office
    month: date | None = None
    datum_parameters: str = DEFAULT_DATUM_PARAMETERS
    name: str = ""


def office_for(authority: Office) -> Office:
    """The land office that keeps the most parcels of an authority; `Section10OfficeUnknown`."""
    found = (
        Parcel.objects.filter(local_authority=authority, retired_by=None)
        .values("office").annotate(parcels=Count("pk")).order_by("-parcels", "office").first()
    )  # fmt: skip
    if found is None:
        raise Section10OfficeUnknown(authority=authority.name)
    return Office.objects.get(pk=found["office"])


def package_import(
    *, file: Path, order: PackageOrder, maker: User | None, run: Run, now: datetime
) -> dict[str, Any]:
    """Take a package; the same file again goes on where it stopped, or says that it is known.

    Raises the refusals of `parcels.importing.errors` and `parcels.section10.errors`, and
    `JobCancelled` when stopped; what was committed before stays and is not done again.
    """
    started = time.monotonic()
    with open_package(file, name=order.name) as opened:
        package = Section10Package.objects.filter(
            authority=order.authority, sha256=opened.sha256
        ).first()
        if package is not None and package.finished_at is not None:
            return package_result(package) | {"known": True, "seconds": _since(started)}
        run.progress(0, None, READING)
        rows = opened.rows()
        shapes = shapes_of(opened, _territory(order), order.datum_parameters)
        begun = partial(_package_begin, opened, order, shapes, len(rows))
        package = package or begun(maker=maker, now=now)
        _apply_all(package, _waiting(package, rows), shapes, run, now)
    with transaction.atomic():
        _locked_office(package)
        rows_retry(package=package, now=now)
        package.finished_at = now
        package.save(update_fields=["finished_at", "warnings"])
        result = package_result(package)
        _record(package, "parcels.section10_imported", package.maker, now, _counts_of(result))
    isolation = {"isolation": list(shapes.isolation)}
    return result | isolation | {"known": False, "seconds": _since(started)}


def package_check(*, file: Path, order: PackageOrder, run: Run, now: datetime) -> dict[str, Any]:
    """What `package_import` would do; everything is done and taken back."""
    with transaction.atomic():
        result = package_import(file=file, order=order, maker=None, run=run, now=now)
        transaction.set_rollback(True)
    return result | {"dry_run": True}


def _territory(order: PackageOrder) -> Any:
    territory = territory_of(order.office)
    assert territory is not None
    return territory


def _since(started: float) -> float:
    return round(time.monotonic() - started, 2)


def _package_begin(
    opened: OpenPackage, order: PackageOrder, shapes: Shapes, read: int, *,
    maker: User | None, now: datetime,
) -> Section10Package:  # fmt: skip
    with transaction.atomic():
        source = AdministrativeSource.objects.create(
            kind="section10", reference=opened.name[:200], issued_on=order.month,
            sha256=opened.sha256,
        )  # fmt: skip
        package, made = Section10Package.objects.get_or_create(
            authority=order.authority, sha256=opened.sha256,
            defaults={
                "office": order.office, "source": source, "maker": maker,
                "file_name": opened.name[:255], "month": order.month, "files": opened.files,
                "shapes": shapes.read, "shapes_refused": dict(sorted(shapes.refused.items())),
                "datum_parameters": order.datum_parameters, "read": read, "started_at": now,
            },
        )  # fmt: skip
        if not made:
            source.delete()
    package.refresh_from_db()
    return package


def _waiting(package: Section10Package, rows: list[Pending]) -> list[Pending]:
    """The rows that no former run has dealt with."""
    done = set(package.rows.values_list("file_name", "line"))
    return [each for each in rows if (each[0].file_name, each[0].line) not in done]


def _apply_all(
    package: Section10Package, rows: list[Pending], shapes: Shapes, run: Run, now: datetime
) -> None:
    register = Register(package.office, package.authority)
    for start in range(0, len(rows), BATCH_ROWS):
        run.progress(package.read - len(rows) + start, package.read, APPLYING)
        with transaction.atomic():
            _locked_office(package)
            for row, holder in rows[start : start + BATCH_ROWS]:
                row.package, row.authority = package, package.authority
                take(row, holder, shapes, register, now)
    run.progress(package.read, package.read, APPLYING)


def _locked_office(package: Section10Package) -> None:
    """Packages of one land office are applied one after the other."""
    Office.objects.select_for_update(no_key=True).get(pk=package.office_id)


# --- the queue --------------------------------------------------------------------------------


def rows_retry(*, package: Section10Package, now: datetime) -> int:
    """Try the rows again that wait for something that may have happened; how many were applied."""
    waiting = Section10Row.objects.select_related("package__office", "package__authority").filter(
        authority=package.authority_id, package__office=package.office_id,
        outcome=Outcome.QUEUED, reason__in=RETRIED,
    )  # fmt: skip
    register, applied = Register(package.office, package.authority), 0
    for row in waiting.order_by("effective_on", "package_id", "file_name", "line"):
        settle(row, register, now)
        row.save()
        applied += row.outcome == Outcome.APPLIED
    return applied


def row_accept(
    *, row: Section10Row, parcel: Parcel | None, person: User, now: datetime
) -> Section10Row:
    """Apply a waiting row to the parcel that a person names, or (None) as a new parcel.

    What the register knows of a later day stays; the row is then recorded with the title only.
    Raises `Section10RowDecided`, and `Section10CannotApply` with the reason.
    """
    with transaction.atomic():
        _locked_office(row.package)
        row = _waiting_row(row)
        register = Register(row.package.office, row.package.authority)
        try:
            register_row(row, register, parcel, now, decided=True)
        except Refusal as refusal:
            raise Section10CannotApply(reason=reason_of(refusal.reason)) from None
        row.decided_by, row.decided_at = person, now
        row.save()
        told = {"row": row.public_id, "parcel": row.parcel.public_id if row.parcel else ""}
        _record(row.package, "parcels.section10_accepted", person, now, told)
    return row


def row_dismiss(*, row: Section10Row, because: str, person: User, now: datetime) -> Section10Row:
    """Leave a waiting row out for good, with the reason. Raises `Section10RowDecided`."""
    with transaction.atomic():
        _locked_office(row.package)
        row = _waiting_row(row)
        row.outcome, row.decided_because = Outcome.DISMISSED, because.strip()[:500]
        row.decided_by, row.decided_at = person, now
        row.save()
        _record(row.package, "parcels.section10_dismissed", person, now, {"row": row.public_id})
    return row


def _waiting_row(row: Section10Row) -> Section10Row:
    row = Section10Row.objects.select_for_update(of=("self",)).select_related(
        "package__office", "package__authority", "package__source", "party"
    ).get(pk=row.pk)  # fmt: skip
    if row.outcome != Outcome.QUEUED:
        raise Section10RowDecided
    return row


def creates_parcels(row: Section10Row) -> bool:
    """Whether a person may make a new parcel of this row."""
    status = status_of(row.status_text)
    return row.geometry is not None and status is not None and status.effect in SPATIAL - {"shape"}


# --- what is told -----------------------------------------------------------------------------


def outcome_counts(packages: Sequence[Section10Package]) -> dict[int, Counter[str]]:
    """How many rows of each package came to which outcome, by the package's key."""
    counted: dict[int, Counter[str]] = {package.pk: Counter() for package in packages}
    rows = Section10Row.objects.filter(package__in=packages)
    for pk, outcome, number in rows.values_list("package", "outcome").annotate(Count("pk")):
        counted[pk][outcome] = number
    return counted


def package_result(package: Section10Package) -> dict[str, Any]:
    """The figures of a package: read = applied + unchanged + queued + quarantined + dismissed."""
    counts = outcome_counts([package])[package.pk]
    rows = package.rows
    reasons = rows.exclude(reason="").values_list("reason").annotate(number=Count("pk"))
    changes = rows.filter(outcome=Outcome.APPLIED).values_list("change").annotate(Count("pk"))
    joined = rows.exclude(geometry=None).count()
    return {
        "package": package.public_id,
        "authority": package.authority.code,
        "office": package.office.code,
        "month": package.month.isoformat() if package.month else None,
        "sha256": package.sha256,
        "read": package.read,
        **{outcome.value: counts[outcome] for outcome in Outcome},
        "reasons": dict(sorted(reasons)),
        "changes": dict(sorted(changes)),
        "shapes": {"read": package.shapes, "refused": package.shapes_refused, "joined": joined},
        "datum_parameters": package.datum_parameters,
        "files": package.files,
    }


def register_as_of(*, authority: Office, day: date) -> dict[str, Any]:
    """The parcels of an authority in force on a day, with area and number of holders."""
    parameters: dict[str, Any] = {"authority": authority.pk, "day": day}
    with connection.cursor() as cursor:
        cursor.execute(_AS_OF, parameters)
        names = [column.name for column in cursor.description or ()]
        parcels = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    return {
        "authority": authority.code,
        "as_of": day.isoformat(),
        "count": len(parcels),
        "legal_area_m2": sum((p["legal_area_m2"] or 0 for p in parcels), start=0),
        "parcels": parcels,
    }


def _counts_of(result: dict[str, Any]) -> dict[str, Any]:
    return {name: result[name] for name in ("sha256", "read", *(o.value for o in Outcome))}


def _record(
    package: Section10Package, action: str, actor: User | None, now: datetime, data: dict[str, Any]
) -> None:
    entry_record(
        action=action, subject_kind="section10_package", subject_id=package.public_id, actor=actor,
        office=package.office, data=data, now=now,
    )  # fmt: skip

"""What people do with findings: give them to somebody, explain, settle and reopen them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from cadastre.errors import LandError, gettext_noop
from offices.models import Office, Role, RoleAssignment, User
from offices.permissions import Permission, may, roles_with
from offices.services.audit import entry_record
from parcels.models import Finding, FindingEvent

MAY_WORK: Final = (
    Permission.EDIT_PARCELS,
    Permission.CHECK_TRANSACTIONS,
    Permission.MANAGE_OFFICE,
)
"""Who sees and works on the findings of an office."""

Status = Finding.Status
Happened = FindingEvent.Kind


class FindingIsSettled(LandError):
    code = "finding_is_settled"
    message = gettext_noop(
        "This finding is settled. Reopen it first if something is still to be done."
    )


class ReasonMissing(LandError):
    code = "reason_missing"
    message = gettext_noop("Say why in a few words, so that others understand it later.")


class AssigneeUnknown(LandError):
    code = "assignee_unknown"
    message = gettext_noop(
        "This person does not work on the findings of the office. Choose somebody from the list."
    )


def finding_assign(*, finding: Finding, assignee: User, actor: User, now: datetime) -> Finding:
    """Give a finding to somebody of the office."""
    with transaction.atomic():
        finding = _locked(finding)
        if finding.is_settled:
            raise FindingIsSettled
        if not any(may(assignee, permission, finding.office) for permission in MAY_WORK):
            raise AssigneeUnknown
        finding.status, finding.assignee = Status.ASSIGNED, assignee
        finding.save(update_fields=["status", "assignee"])
        _record(finding, Happened.ASSIGNED, actor, now, note=assignee.name)
    return finding


def finding_explain(*, finding: Finding, reason: str, actor: User, now: datetime) -> Finding:
    """Say why the fault may stay as it is, at its present size."""
    with transaction.atomic():
        finding = _locked(finding)
        if finding.is_settled:
            raise FindingIsSettled
        if not reason.strip():
            raise ReasonMissing
        finding.status, finding.explanation = Status.EXPLAINED, reason.strip()[:500]
        finding.explained_measure = finding.measure
        finding.save(update_fields=["status", "explanation", "explained_measure"])
        _record(finding, Happened.EXPLAINED, actor, now, note=finding.explanation)
    return finding


def finding_settle(*, finding: Finding, note: str, actor: User, now: datetime) -> Finding:
    """Say that it is done; the next run opens it again if the fault is still there."""
    with transaction.atomic():
        finding = _locked(finding)
        if finding.is_settled:
            raise FindingIsSettled
        finding.status, finding.settled_at = Status.SETTLED, now
        finding.save(update_fields=["status", "settled_at"])
        _record(finding, Happened.SETTLED, actor, now, note=note.strip()[:500])
    return finding


def finding_reopen(*, finding: Finding, note: str, actor: User, now: datetime) -> Finding:
    """Take back what was said: the finding is open, and nobody's."""
    with transaction.atomic():
        finding = _locked(finding)
        if finding.status != Status.OPEN:
            finding.status, finding.settled_at, finding.assignee = Status.OPEN, None, None
            finding.save(update_fields=["status", "settled_at", "assignee"])
            _record(finding, Happened.REOPENED, actor, now, note=note.strip()[:500])
    return finding


def _locked(finding: Finding) -> Finding:
    return Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)


def _record(
    finding: Finding, kind: FindingEvent.Kind, actor: User, now: datetime, *, note: str
) -> None:
    FindingEvent.objects.create(
        finding=finding, kind=kind, at=now, actor=actor, measure=finding.measure, note=note
    )
    entry_record(
        action=f"parcels.finding_{kind}",
        subject_kind="finding",
        subject_id=finding.public_id,
        actor=actor,
        office=finding.office,
        data={"rule": finding.rule},
        now=now,
    )


def people_of(office: Office) -> list[User]:
    """Who may work on the findings of the office, by name."""
    roles: set[Role] = {role for permission in MAY_WORK for role in roles_with(permission)}
    held = RoleAssignment.objects.filter(office=office, role__in=roles, user__is_active=True)
    found = User.objects.filter(pk__in=held.values("user_id"))
    return sorted(found, key=lambda person: (person.name, person.pk))

"""Runs of the rules over the register: what is new, what is back, what is gone.

docs/algorithms/fabric-rules.md tells how a run works and what keeps a finding the same.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from shapely import to_wkb

from cadastre.errors import gettext_noop
from offices.jobs import Run
from offices.models import Office
from offices.services.audit import entry_record
from parcels.models import (
    FabricCheck,
    Finding,
    FindingEvent,
    Parcel,
    ProposedParcel,
    Transaction,
)
from parcels.rules.catalogue import Moment, Rule, rules_at
from parcels.rules.checking import Hit, Scope, checked_state, parcels_checked, sql_hits
from parcels.rules.fabric_rules import fabric_hits

GROWTH: Final = 0.01
"""An explained fault opens again when it grew by more than this part of it and this many units."""

BATCH: Final = 2000
BOUNDARIES = gettext_noop("Checking boundaries")
RULES = gettext_noop("Checking rules")
Status = Finding.Status
Happened = FindingEvent.Kind
Step = tuple[Rule, ...]


def findings_update(
    *,
    office: Office,
    run: Run,
    now: datetime,
    only: Iterable[int] | None = None,
    titles: Iterable[int] | None = None,
    act: Transaction | None = None,
) -> dict[str, Any]:
    """Look at the parcels of an office that are in force, and bring its findings up to date.

    ``only`` restricts it to faults in which these parcels, or ``titles``, take part. Goes on from
    the cursor of ``run``: a step is one rule, or all that the mathematics of coverages checks.
    """
    started = time.monotonic()
    check = _check_begun(office, run, now, act)
    scope = Scope.of(office, check.on_date, only=only, titles=titles)
    done = list((run.cursor or {}).get("done", ()))
    steps = [step for step in _steps() if step[0].code not in done]
    for step in steps:
        began = timezone.now()
        hits = list(_found(step, scope, run, len(done)))
        with transaction.atomic():
            _keep(check, step, scope, hits, began)
            done.append(step[0].code)
            run.save_cursor({"check": check.pk, "done": done})
    check.finished_at = now + timedelta(seconds=time.monotonic() - started)
    check.save(update_fields=["finished_at"])
    told = {"office": office.code, "new": check.new, "reopened": check.reopened, "gone": check.gone}
    entry_record(
        action="parcels.fabric_checked",
        subject_kind="fabric_check",
        subject_id=str(check.pk),
        actor=run.requested_by,
        office=office,
        data=told | {"parcels": check.parcels},
        now=now,
    )
    seconds = round(time.monotonic() - started, 2)
    return told | {"parcels": check.parcels, "findings": check.findings, "seconds": seconds}


def fabric_report(*, office: Office, on: date, run: Run) -> dict[str, Any]:
    """What the rules find in the parcels that were in force on a day; nothing is stored."""
    started = time.monotonic()
    scope = Scope.of(office, on)
    counts: Counter[str] = Counter()
    for number, step in enumerate(_steps()):
        counts.update(hit.rule for hit in _found(step, scope, run, number))
    with checked_state(on):
        parcels = parcels_checked(scope)
    seconds = round(time.monotonic() - started, 2)
    return {"parcels": parcels, "findings": _sorted(counts), "seconds": seconds}


def neighbourhood_update(*, act: Transaction, run: Run, now: datetime) -> dict[str, Any]:
    """Look again at what a registered transaction touched: its parcels and its titles."""
    parcels = set(act.proposed.exclude(parcel=None).values_list("parcel_id", flat=True))
    titles = set(act.titles.values_list("ba_unit_id", flat=True))
    parcels |= set(Parcel.objects.filter(ba_unit__in=titles).values_list("pk", flat=True))
    of_parcels = Parcel.objects.filter(pk__in=parcels).exclude(ba_unit=None)
    titles |= set(of_parcels.values_list("ba_unit_id", flat=True))
    return findings_update(
        office=act.office, run=run, now=now, only=parcels, titles=titles, act=act
    )


def _steps() -> list[Step]:
    """One step for all boundaries, which are read once, then one for each rule in SQL."""
    wanted = rules_at(Moment.AUDIT)
    boundaries = tuple(rule for rule in wanted if rule.check == "coverage")
    return [boundaries, *((rule,) for rule in wanted if rule.check == "sql")]


def _check_begun(office: Office, run: Run, now: datetime, act: Transaction | None) -> FabricCheck:
    """The check this run goes on with, or a new one."""
    former = (run.cursor or {}).get("check")
    if former is not None:
        return FabricCheck.objects.get(pk=former, office=office)
    return FabricCheck.objects.create(
        office=office,
        transaction=act,
        requested_by=run.requested_by,
        on_date=timezone.localdate(now),
        started_at=now,
    )


def _found(step: Step, scope: Scope, run: Run, number: int) -> Iterator[Hit]:
    """What the rules of one step find, in one look at the register."""
    total = len(_steps())

    def heard(_what: str, _done: int, _of: int) -> None:
        run.progress(number, total, BOUNDARIES)

    with checked_state(scope.on):
        if step[0].check == "coverage":
            heard("", 0, 0)
            yield from fabric_hits(step, scope, heard)
        else:
            run.progress(number, total, RULES)
            yield from sql_hits(step[0], scope)


def _keep(check: FabricCheck, step: Step, scope: Scope, hits: list[Hit], began: datetime) -> None:
    """Write down what one step found, and what it found no more."""
    # Two runs over one office take turns; whoever only refers to the office is not held up.
    Office.objects.select_for_update(no_key=True).get(pk=check.office_id)
    touched = _touched_since(check.office, began)
    hits = [hit for hit in hits if not touched & {hit.parcel, hit.other}]
    codes = [rule.code for rule in step]
    known = _known(check, codes, hits)
    severities = {rule.code: rule.severity for rule in step}
    units = {rule.code: rule.unit for rule in step}
    new: list[Finding] = []
    seen: list[Finding] = []
    events: list[FindingEvent] = []
    for hit in {hit.fingerprint: hit for hit in hits}.values():
        finding = known.get(hit.fingerprint)
        if finding is None:
            finding = Finding(
                office=check.office, fingerprint=hit.fingerprint, first_seen_at=check.started_at
            )
            new.append(finding)
            events.append(_event(finding, Happened.FOUND, check, hit.measure))
        else:
            seen.append(finding)
            events.extend(_reopened(finding, hit, check))
        _describe(finding, hit, check)
        finding.severity, finding.unit = severities[hit.rule], units[hit.rule]
    Finding.objects.bulk_create(new, batch_size=BATCH)
    Finding.objects.bulk_update(seen, _UPDATED, batch_size=BATCH)
    gone = _gone(check, codes, scope, touched)
    events.extend(gone)
    FindingEvent.objects.bulk_create(events, batch_size=BATCH)
    if not check.parcels:
        with checked_state(scope.on):
            check.parcels = parcels_checked(scope)
    counts = Counter(check.findings) + Counter(hit.rule for hit in hits)
    check.findings = _sorted(counts)
    check.new += len(new)
    check.gone += len(gone)
    check.reopened += len(events) - len(new) - len(gone)
    check.save()


_UPDATED: Final = (
    "severity", "unit", "parcel", "other_parcel", "ba_unit", "place", "shape", "measure",
    "evidence", "last_seen_at", "status", "assignee", "settled_at",
)  # fmt: skip


def _touched_since(office: Office, began: datetime) -> set[int | None]:
    """Parcels that were changed since they were looked at: their own check tells of them."""
    lately = ProposedParcel.objects.filter(
        transaction__office=office, transaction__registered_at__gte=began
    )
    return set(lately.exclude(parcel=None).values_list("parcel_id", flat=True))


def _known(check: FabricCheck, codes: list[str], hits: list[Hit]) -> dict[str, Finding]:
    if not hits:
        return {}
    found = Finding.objects.filter(office=check.office, rule__in=codes)
    if len(hits) <= BATCH:
        found = found.filter(fingerprint__in=[hit.fingerprint for hit in hits])
    return {finding.fingerprint: finding for finding in found.defer("shape")}


def _describe(finding: Finding, hit: Hit, check: FabricCheck) -> None:
    finding.rule = hit.rule
    finding.parcel_id, finding.other_parcel_id = hit.parcel, hit.other
    finding.ba_unit_id = hit.title
    finding.place = Point(*hit.place, srid=4326) if hit.place else None
    finding.shape = GEOSGeometry(memoryview(to_wkb(hit.shape)), srid=4326) if hit.shape else None
    finding.measure, finding.evidence = hit.measure, hit.evidence
    finding.last_seen_at = check.started_at


def _reopened(finding: Finding, hit: Hit, check: FabricCheck) -> Iterator[FindingEvent]:
    """Open a finding again that came back, or that grew beyond what was explained."""
    if finding.status == Status.SETTLED:
        kind = Happened.CAME_BACK
    elif finding.status == Status.EXPLAINED and _grew(finding.explained_measure, hit.measure):
        kind = Happened.GREW
    else:
        return
    finding.status, finding.settled_at, finding.assignee = Status.OPEN, None, None
    yield _event(finding, kind, check, hit.measure)


def _grew(explained: float | None, measured: float | None) -> bool:
    if explained is None or measured is None:
        return False
    return measured > explained + max(GROWTH, GROWTH * explained)


def _gone(
    check: FabricCheck, codes: list[str], scope: Scope, touched: set[int | None]
) -> list[FindingEvent]:
    """Settle what was not found any more, and say so."""
    lost = Finding.objects.filter(
        office=check.office,
        rule__in=codes,
        status__in=Finding.UNSETTLED,
        last_seen_at__lt=check.started_at,
    )
    if scope.only is not None:
        about = Q(parcel__in=scope.only) | Q(other_parcel__in=scope.only)
        lost = lost.filter(about | Q(ba_unit__in=scope.titles or ()))
    lost = lost.exclude(Q(parcel__in=touched) | Q(other_parcel__in=touched))
    found = list(lost.defer("shape", "place"))
    lost_keys = [finding.pk for finding in found]
    Finding.objects.filter(pk__in=lost_keys).update(
        status=Status.SETTLED, settled_at=check.started_at
    )
    return [_event(finding, Happened.GONE, check, finding.measure) for finding in found]


def _event(
    finding: Finding, kind: FindingEvent.Kind, check: FabricCheck, measure: float | None
) -> FindingEvent:
    return FindingEvent(
        finding=finding, kind=kind, at=check.started_at, fabric_check=check, measure=measure
    )


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return {code: counts[code] for code in sorted(counts)}

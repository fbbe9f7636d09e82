"""Edits of the parcel fabric: what they would do, and the transaction that proposes them.

The steps of an edit are done on the fabric as it is now, each time it is previewed or drafted, and
are kept in the transaction, so that a stale one can be drawn anew. docs/algorithms/transactions.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from offices.models import User
from offices.models.office import Office
from parcels.editing.around import fabric_around
from parcels.editing.choices import Choices
from parcels.editing.loading import bench_load
from parcels.editing.operations import Step
from parcels.editing.outcome import Outcome, Result, outcome_of
from parcels.editing.preview import EditPreview, preview_of
from parcels.editing.steps import apply_steps
from parcels.models import ProposedParcel, SpatialSource, Transaction
from parcels.registration.eligibility import shape_faults
from parcels.registration.shapes import EditContent
from parcels.services.transactions import (
    Draft,
    Proposal,
    SourceFacts,
    transaction_draft,
    transaction_revise,
)

Role = ProposedParcel.Role

__all__ = ["SurveyFacts", "edit_draft", "edit_preview", "edit_refresh", "fabric_around"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyFacts:
    """The survey that a boundary rests on."""

    reference: str
    surveyed_on: date | None = None
    survey_class: SpatialSource.SurveyClass = SpatialSource.SurveyClass.UNKNOWN


def edit_preview(
    *,
    office: Office,
    kind: str,
    operations: Sequence[Step],
    now: datetime,
    choices: Choices | None = None,
    act: Transaction | None = None,
) -> EditPreview:
    """What the steps would make of the fabric as it is now. Nothing is stored.

    Raises what keeps a step from being done (`EditRefused` and its kin, `ParcelNotEditable`,
    `StepNotOfKind`); what is wrong with the result stands in its findings. ``act`` is the
    transaction being edited, which does not count as pending.
    """
    choices = choices or Choices()
    outcome = _done(office, kind, operations, choices)
    day = timezone.localdate(now)
    also = list(shape_faults(kind, proposals_of(outcome), choices, office, day))
    return preview_of(outcome, also, act)


def edit_draft(
    *,
    office: Office,
    kind: str,
    operations: Sequence[Step],
    choices: Choices,
    source: SourceFacts,
    reason: str,
    maker: User,
    now: datetime,
    act: Transaction | None = None,
    effective_on: date | None = None,
    spatial_source: SpatialSource | SurveyFacts | None = None,
) -> Transaction:
    """Draft a transaction of this edit, or write the draft ``act`` anew.

    The fabric is read and claimed in one database transaction. Raises what `edit_preview` raises,
    and the claims of `transaction_draft`; faults of the result keep it from being submitted, not
    from being kept as a draft.
    """
    with transaction.atomic():
        outcome = _done(office, kind, operations, choices)
        draft = Draft(
            kind=Transaction.Kind(kind),
            source=source,
            reason=reason,
            content=_content(operations, choices),
            proposals=proposals_of(outcome),
            effective_on=effective_on,
            spatial_source=_survey(spatial_source, act),
        )
        if act is None:
            return transaction_draft(office=office, draft=draft, maker=maker, now=now)
        transaction_revise(act=act, draft=draft, maker=maker, now=now)
        act.refresh_from_db()
        return act


def edit_refresh(*, act: Transaction, maker: User, now: datetime) -> Transaction:
    """Draw a draft or returned transaction anew on the fabric as it is now."""
    content = EditContent.model_validate(act.content)
    source = act.source
    return edit_draft(
        office=act.office,
        kind=act.kind,
        operations=content.operations,
        choices=content.choices,
        source=SourceFacts(
            kind=source.kind, reference=source.reference, issued_on=source.issued_on
        ),
        reason=act.reason,
        maker=maker,
        now=now,
        act=act,
        effective_on=act.effective_on,
        spatial_source=act.spatial_source,
    )


def proposals_of(outcome: Outcome) -> list[Proposal]:
    """The proposals of an edit: what ends, what changes, the new pieces, then the neighbours."""
    bench = outcome.bench
    retired = [
        Proposal(
            role=Role.RETIRED, zone_srid=bench.parcels[key].zone_srid, parcel=bench.parcels[key]
        )
        for key in bench.retired
    ]
    becoming = [_proposed(outcome, result) for result in outcome.results]
    neighbours = [
        Proposal(
            role=Role.NEIGHBOUR,
            zone_srid=parcel.zone_srid,
            parcel=parcel,
            geometry=bench.frame.write(shape, parcel.geometry),
        )
        for parcel, shape in outcome.neighbours.items()
    ]
    return [*retired, *becoming, *neighbours]


def _proposed(outcome: Outcome, result: Result) -> Proposal:
    frame, parcel = outcome.bench.frame, result.parcel
    return Proposal(
        role=Role.CHANGED if parcel else Role.PIECE,
        zone_srid=parcel.zone_srid if parcel else frame.zone_srid,
        parcel=parcel,
        geometry=frame.write(result.shape, parcel.geometry if parcel else None),
        legal_area_m2=result.legal_area.square_metres if result.legal_area else None,
        keeps_number=result.keeps_number,
        becomes_public=result.becomes_public,
        facts=result.facts,
    )


def _survey(
    said: SpatialSource | SurveyFacts | None, act: Transaction | None
) -> SpatialSource | None:
    """The survey as it is kept; that of the draft stays while nothing else is said of it."""
    if not isinstance(said, SurveyFacts):
        return said
    facts, before = asdict(said), act.spatial_source if act else None
    if before is not None and all(getattr(before, name) == facts[name] for name in facts):
        return before
    return SpatialSource.objects.create(kind="survey", **facts)


def _done(office: Office, kind: str, operations: Sequence[Step], choices: Choices) -> Outcome:
    bench = bench_load(office=office, operations=operations)
    apply_steps(bench, kind, operations)
    return outcome_of(bench, kind, operations, choices)


def _content(operations: Sequence[Step], choices: Choices) -> dict[str, Any]:
    return {
        "operations": [step.model_dump(mode="json") for step in operations],
        "choices": choices.model_dump(mode="json"),
    }

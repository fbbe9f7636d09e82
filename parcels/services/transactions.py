"""Transactions from draft to registration: who may do what when, and one atomic step at the end.

docs/algorithms/transactions.md tells the way of a transaction, its claims and its locks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.contrib.gis.geos import MultiPolygon
from django.db import IntegrityError, OperationalError, connection, transaction
from django.dispatch import Signal
from django.utils import timezone

from cadastre.errors import LandError
from offices.models import Office, User
from offices.services.audit import entry_record
from parcels.errors import (
    EffectiveDayImpossible,
    ParcelChangedMeanwhile,
    ParcelClaimed,
    RegisterBusy,
    TitleClaimed,
    TransactionChanged,
    TransactionNotYours,
    TransactionStatusWrong,
)
from parcels.models import (
    AdministrativeSource,
    BAUnit,
    Parcel,
    ProposedParcel,
    SpatialSource,
    Transaction,
    TransactionTitle,
)
from parcels.registration import Registration, kind_named
from parcels.registration.digest import content_digest
from parcels.rules import critical_outcomes
from parcels.signals import transaction_given_back, transaction_registered

LOCK_TIMEOUT: Final = "3s"
_LOCK_NOT_AVAILABLE, _DEADLOCK_DETECTED = "55P03", "40P01"
Status = Transaction.Status


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """The document that is the reason of a transaction."""

    kind: str
    reference: str
    issued_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is to become of one parcel; geometry in EPSG:4326, None for a parcel that ends."""

    role: ProposedParcel.Role
    zone_srid: int
    parcel: Parcel | None = None
    geometry: MultiPolygon | None = None
    legal_area_m2: Decimal | None = None
    keeps_number: bool = False
    becomes_public: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that a maker says of a transaction. ``content`` has the form of the kind."""

    kind: Transaction.Kind
    source: SourceFacts
    reason: str
    content: dict[str, Any] = field(default_factory=dict)
    proposals: Sequence[Proposal] = ()
    titles: Sequence[BAUnit] = ()
    effective_on: date | None = None
    spatial_source: SpatialSource | None = None


@contextmanager
def short_locks() -> Iterator[None]:
    """One transaction that rather says "busy" (RegisterBusy) than waits for long."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
            yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") in {_LOCK_NOT_AVAILABLE, _DEADLOCK_DETECTED}:
            raise RegisterBusy from error
        raise


def transaction_draft(*, office: Office, draft: Draft, maker: User, now: datetime) -> Transaction:
    """Begin a transaction; its parcels and titles are claimed until it ends.

    Raises `ParcelClaimed` or `TitleClaimed` where another open transaction holds one, pydantic's
    ValidationError for content that is not of its kind.
    """
    content = kind_named(draft.kind).content.model_validate(draft.content)
    with short_locks():
        act = Transaction.objects.create(
            office=office,
            kind=draft.kind,
            status=Status.DRAFT,
            source=_source(draft.source),
            spatial_source=draft.spatial_source,
            reason=draft.reason.strip(),
            effective_on=draft.effective_on,
            content=content.model_dump(mode="json"),
            maker=maker,
            created_at=now,
        )
        act.refresh_from_db(fields=["public_id"])
        _propose(act, draft)
        _record("parcels.transaction_drafted", act, maker, now)
    return act


def transaction_revise(*, act: Transaction, draft: Draft, maker: User, now: datetime) -> None:
    """Write a draft or a returned transaction anew; what it proposed before is replaced."""
    content = kind_named(draft.kind).content.model_validate(draft.content)
    with short_locks():
        act = _locked(act)
        _require_editable(act, maker)
        act.proposed.all().delete()
        act.titles.all().delete()
        act.kind, act.reason = draft.kind, draft.reason.strip()
        act.content = content.model_dump(mode="json")
        act.effective_on, act.spatial_source = draft.effective_on, draft.spatial_source
        act.source = _source(draft.source)
        act.content_hash = ""
        act.save()
        _propose(act, draft)
        _record("parcels.transaction_revised", act, maker, now)


def transaction_submit(*, act: Transaction, maker: User, now: datetime) -> Transaction:
    """Hand it to the checkers; from here on its content is fixed by its hash.

    Raises what forbids it: the kind's faults, `ParcelChangedMeanwhile`, critical findings.
    """
    with short_locks():
        act = _locked(act)
        _require_editable(act, maker)
        _require_sound(act, now)
        act.status = Status.SUBMITTED
        act.submitted_at, act.returned_because = now, ""
        act.content_hash = content_digest(act)
        act.save()
        _record("parcels.transaction_submitted", act, maker, now)
    return act


def transaction_return(
    *, act: Transaction, because: str, checker: User, now: datetime
) -> Transaction:
    """Give it back to its maker with the reason; also after approval, while not registered."""
    with short_locks():
        act = _locked(act)
        _require_status(act, Status.SUBMITTED, Status.APPROVED)
        _require_other(act, checker)
        act.status, act.checker, act.decided_at = Status.RETURNED, checker, now
        act.returned_because = because.strip()
        act.save()
        _record("parcels.transaction_returned", act, checker, now)
        _tell(transaction_given_back, act)
    return act


def transaction_approve(
    *, act: Transaction, shown_hash: str, checker: User, now: datetime
) -> Transaction:
    """Approve exactly what was shown: ``shown_hash`` is the hash of the page the checker read.

    Raises `TransactionChanged` when the content is another by now, `TransactionNotYours` for the
    maker, and whatever forbids registering it.
    """
    with short_locks():
        act = _locked(act)
        _require_status(act, Status.SUBMITTED)
        _require_other(act, checker)
        _require_shown(act, shown_hash)
        _require_sound(act, now)
        act.status, act.checker, act.decided_at = Status.APPROVED, checker, now
        act.save()
        _record("parcels.transaction_approved", act, checker, now)
    return act


def transaction_register(
    *, act: Transaction, shown_hash: str, checker: User, now: datetime
) -> Transaction:
    """Change the register, in one step or not at all. Any checker but the maker may do it.

    Locks the transaction, its parcels and neighbours, its titles, then the series of numbers.
    """
    with short_locks():
        act = _locked(act)
        _require_status(act, Status.APPROVED)
        _require_other(act, checker)
        _require_shown(act, shown_hash)
        held = _hold(act, now)
        _require_sound(act, now)
        kind_named(act.kind).apply(held)
        _release_claims(act)
        act.status, act.registered_at, act.effective_on = Status.REGISTERED, now, held.day
        act.save()
        _record("parcels.transaction_registered", act, checker, now)
        _tell(transaction_registered, act)
    return act


def transaction_withdraw(
    *, act: Transaction, because: str, person: User, now: datetime
) -> Transaction:
    """Give it up, and with it its claims. For its maker, or a checker when the maker is away."""
    with short_locks():
        act = _locked(act)
        _require_status(act, *Transaction.OPEN)
        _release_claims(act)
        act.status, act.returned_because = Status.WITHDRAWN, because.strip()
        act.save()
        _record("parcels.transaction_withdrawn", act, person, now)
        _tell(transaction_given_back, act)
    return act


def _tell(signal: Signal, act: Transaction) -> None:
    """Tell the rooms above, once it is certain."""
    transaction.on_commit(lambda: signal.send_robust(sender=Transaction, transaction=act))


# -- what is required --------------------------------------------------------------------------


def _locked(act: Transaction) -> Transaction:
    return Transaction.objects.select_for_update(of=("self",)).get(pk=act.pk)


def _require_status(act: Transaction, *expected: Transaction.Status) -> None:
    if act.status not in expected:
        raise TransactionStatusWrong(status=act.get_status_display())


def _require_editable(act: Transaction, maker: User) -> None:
    _require_status(act, *Transaction.EDITABLE)
    if act.maker_id != maker.pk:
        raise TransactionNotYours


def _require_other(act: Transaction, checker: User) -> None:
    if act.maker_id == checker.pk:
        raise TransactionNotYours


def _require_shown(act: Transaction, shown_hash: str) -> None:
    if not act.content_hash or {shown_hash, content_digest(act)} != {act.content_hash}:
        raise TransactionChanged


def _require_sound(act: Transaction, now: datetime) -> None:
    """Raise the first thing that forbids the transaction: by date, base, kind or rule."""
    _day_of(act, now)
    stale = [
        each.parcel.land_number or each.parcel.public_id
        for each in act.proposed.select_related("parcel").order_by("position")
        if each.parcel and each.parcel.recorded_during.lower != each.base_recorded_at
    ]
    if stale:
        raise ParcelChangedMeanwhile(parcels=", ".join(stale))
    faults: list[LandError] = [*kind_named(act.kind).faults(act), *critical_outcomes(act)]
    if faults:
        raise faults[0]


def _day_of(act: Transaction, now: datetime) -> date:
    """The day it takes effect in law; `EffectiveDayImpossible` before its parcels or in future."""
    today = timezone.localdate(now)
    day = act.effective_on or today
    lowers = [
        each.parcel.valid_during.lower
        for each in act.proposed.filter(role__in=ProposedParcel.SUBJECTS).select_related("parcel")
        if each.parcel
    ]
    if day > today or any(lower and lower > day for lower in lowers):
        raise EffectiveDayImpossible(day=day.isoformat())
    return day


# -- claims and locks --------------------------------------------------------------------------


def _source(facts: SourceFacts) -> AdministrativeSource:
    return AdministrativeSource.objects.create(
        kind=facts.kind, reference=facts.reference.strip(), issued_on=facts.issued_on
    )


def _propose(act: Transaction, draft: Draft) -> None:
    """Write the proposal down and claim its subjects, in the order of their keys."""
    rows = [_proposed(act, position, each) for position, each in enumerate(draft.proposals)]
    titles = {title.pk for title in draft.titles}
    claimed = (row.parcel.ba_unit_id for row in rows if row.claims and row.parcel)
    titles.update(title for title in claimed if title)
    for row in sorted(rows, key=lambda row: (row.parcel_id or 0, row.position)):
        with _claim(ParcelClaimed, ProposedParcel.objects.filter(parcel=row.parcel_id)):
            row.save(force_insert=True)
    for title in sorted(titles):
        with _claim(TitleClaimed, TransactionTitle.objects.filter(ba_unit=title)):
            TransactionTitle.objects.create(transaction=act, ba_unit_id=title, claims=True)


def _proposed(act: Transaction, position: int, proposal: Proposal) -> ProposedParcel:
    parcel = proposal.parcel
    return ProposedParcel(
        transaction=act,
        position=position,
        role=proposal.role,
        parcel=parcel,
        base_recorded_at=parcel.recorded_during.lower if parcel else None,
        geometry=proposal.geometry,
        zone_srid=proposal.zone_srid,
        legal_area_m2=proposal.legal_area_m2,
        keeps_number=proposal.keeps_number,
        becomes_public=proposal.becomes_public,
        facts=proposal.facts,
        claims=proposal.role in ProposedParcel.SUBJECTS,
    )


@contextmanager
def _claim(refusal: type[LandError], holders: Any) -> Iterator[None]:
    """Turn the refusal of a claim's constraint into who holds it."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "in_one_open_transaction" not in str(error):
            raise
        holder = holders.filter(claims=True).select_related("transaction__maker").first()
        act = holder.transaction if holder else None
        raise refusal(
            transaction=act.public_id if act else "",
            kind=str(act.get_kind_display()) if act else "",
            maker=act.maker.get_full_name() or act.maker.username if act and act.maker else "",
        ) from error


def _release_claims(act: Transaction) -> None:
    act.proposed.filter(claims=True).update(claims=False)
    act.titles.filter(claims=True).update(claims=False)


def _hold(act: Transaction, now: datetime) -> Registration:
    """Lock what the transaction touches: parcels and neighbours, then titles, each by its key."""
    proposed = list(act.proposed.order_by("position"))
    keys = [each.parcel_id for each in proposed if each.parcel_id]
    parcels = Parcel.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    titles = (
        BAUnit.objects.select_for_update(of=("self",))
        .filter(pk__in=act.titles.values("ba_unit_id"))
        .order_by("pk")
    )
    return Registration(
        act=act,
        day=_day_of(act, now),
        now=now,
        proposed=proposed,
        parcels={parcel.pk: parcel for parcel in parcels},
        titles={title.pk: title for title in titles},
    )


def _record(action: str, act: Transaction, actor: User, now: datetime) -> None:
    entry_record(
        action=action,
        subject_kind="transaction",
        subject_id=act.public_id,
        actor=actor,
        office=act.office,
        data={"kind": act.kind, "hash": act.content_hash},
        now=now,
    )

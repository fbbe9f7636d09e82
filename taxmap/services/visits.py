"""Visits: recorded once, never changed, also when the network repeats itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from cadastre.errors import LandError
from offices.models import User
from offices.services.audit import entry_record
from taxmap.errors import (
    VisitFileUnreadable,
    VisitIncomplete,
    VisitKeyUsed,
    VisitOutsideRound,
    VisitTooOld,
    VisitUnreadable,
)
from taxmap.models import CollectionRound, RejectedVisit, RoundStop, Visit

OLDEST: Final = timedelta(days=60)
"""A phone whose clock is farther back than this is wrong, or the file is not of this round."""

FORMAT: Final = "chanot-visits/1"
MOST_IN_A_FILE: Final = 2_000
_LONGEST_NOTE: Final = 500
_LONGEST_LINE: Final = 10_000


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What the officer found. ``key`` is drawn by the phone when the button is pressed."""

    key: UUID
    order: int
    outcome: str
    visited_at: datetime
    note: str = ""
    next_on: date | None = None


@transaction.atomic
def visit_record(
    *, collection_round: CollectionRound, facts: VisitFacts, by: User, now: datetime
) -> Visit:
    """Keep one visit of a stop; the same facts under the same key give the visit already kept.

    A phone's clock that is ahead is set to the moment of receipt. Raises `VisitOutsideRound`,
    `VisitIncomplete`, `VisitTooOld`, or `VisitKeyUsed` when the key was used for something else.
    """
    stop = RoundStop.objects.filter(round=collection_round, order=facts.order).first()
    if stop is None:
        raise VisitOutsideRound(stop=facts.order, round=collection_round.number)
    _check(facts, now)
    visit, is_new = Visit.objects.get_or_create(
        key=facts.key,
        defaults={
            "unit_id": stop.unit_id, "stop": stop, "outcome": facts.outcome, "note": facts.note,
            "next_on": facts.next_on, "visited_by": by,
            "visited_at": min(facts.visited_at, now), "recorded_at": now,
        },
    )  # fmt: skip
    if is_new:
        entry_record(
            action="taxmap.visit_recorded", subject_kind="collection_round",
            subject_id=collection_round.public_id, actor=by,
            office=collection_round.book.local_authority,
            data={"stop": stop.order, "outcome": facts.outcome}, now=now,
        )  # fmt: skip
    elif not _is_the_same(visit, stop, facts):
        raise VisitKeyUsed(key=str(facts.key))
    return visit


def _check(facts: VisitFacts, now: datetime) -> None:
    if facts.outcome == Visit.Outcome.PROMISED and facts.next_on is None:
        raise VisitIncomplete(stop=facts.order, missing="next_on")
    if facts.outcome == Visit.Outcome.OTHER and not facts.note:
        raise VisitIncomplete(stop=facts.order, missing="note")
    if facts.visited_at < now - OLDEST:
        raise VisitTooOld(stop=facts.order, days=OLDEST.days)


def _is_the_same(visit: Visit, stop: RoundStop, facts: VisitFacts) -> bool:
    return (visit.stop_id, visit.outcome, visit.note, visit.next_on) == (
        stop.pk, facts.outcome, facts.note, facts.next_on,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file: new visits, those already kept, and those set aside with reasons."""

    kept: int
    known: int
    rejected: tuple[RejectedVisit, ...]


def visits_import(
    *,
    collection_round: CollectionRound,
    content: object,
    by: User,
    now: datetime,
) -> ImportResult:
    """Take the visits that the offline file wrote out; each line is kept or set aside on its own.

    The same file may be sent again: its lines are known by their keys, and a line set aside
    before is not set aside twice. Raises `VisitFileUnreadable` when it is no file of this round.
    """
    lines = _lines(content, collection_round)
    kept = known = 0
    rejected = []
    for line in lines:
        try:
            facts = facts_of(line)
            before = Visit.objects.filter(key=facts.key).exists()
            visit_record(collection_round=collection_round, facts=facts, by=by, now=now)
        except LandError as error:
            rejected.append(_set_aside(collection_round, line, error, by, now))
        else:
            kept, known = kept + (not before), known + before
    return ImportResult(kept, known, tuple(rejected))


def _lines(content: object, collection_round: CollectionRound) -> Sequence[Any]:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise VisitFileUnreadable(expected=FORMAT)
    if content.get("round") != collection_round.public_id:
        raise VisitFileUnreadable(expected=f"{FORMAT}, {collection_round.public_id}")
    lines = content.get("visits")
    if not isinstance(lines, list) or len(lines) > MOST_IN_A_FILE:
        raise VisitFileUnreadable(expected=f"visits, ≤ {MOST_IN_A_FILE}")
    return lines


def _set_aside(
    collection_round: CollectionRound,
    line: Any,
    error: LandError,
    by: User,
    now: datetime,
) -> RejectedVisit:
    return RejectedVisit.objects.get_or_create(
        round=collection_round,
        content=json.dumps(line, ensure_ascii=True, sort_keys=True)[:_LONGEST_LINE],
        code=error.code,
        defaults={
            "evidence": {key: str(value) for key, value in error.evidence.items()},
            "sent_by": by, "sent_at": now,
        },
    )[0]  # fmt: skip


def facts_of(line: Mapping[str, Any] | Any) -> VisitFacts:
    """Read one visit as a phone sends it. Raises `VisitUnreadable` naming the field."""
    if not isinstance(line, Mapping):
        raise VisitUnreadable(field="visit")
    return VisitFacts(
        key=_key(line.get("key")),
        order=_order(line.get("stop")),
        outcome=_outcome(line.get("outcome")),
        visited_at=_moment(line.get("visited_at")),
        note=_note(line.get("note", "")),
        next_on=_day(line.get("next_on")),
    )


def _key(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise VisitUnreadable(field="key") from None


def _order(value: object) -> int:
    text = str(value)
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):
        raise VisitUnreadable(field="stop")
    return int(text)


def _outcome(value: object) -> str:
    if not isinstance(value, str) or value not in set(Visit.Outcome):
        raise VisitUnreadable(field="outcome")
    return value


def _moment(value: object) -> datetime:
    try:
        moment = parse_datetime(str(value))
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        raise VisitUnreadable(field="visited_at")
    return moment


def _note(value: object) -> str:
    text = " ".join(str(value or "").split())
    if len(text) > _LONGEST_NOTE or not text.isprintable():
        raise VisitUnreadable(field="note")
    return text


def _day(value: object) -> date | None:
    if value is None or value == "":
        return None
    try:
        day = parse_date(str(value))
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2200:
        raise VisitUnreadable(field="next_on")
    return day

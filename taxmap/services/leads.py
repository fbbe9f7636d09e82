"""Searching for signs of missing tax, and writing down what somebody found out about one."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from cadastre.errors import LandError, gettext_noop
from offices.jobs import Run
from offices.models import Office, User
from offices.services.audit import entry_record
from taxmap.lead_rules import Asked, Found, found_by
from taxmap.models import Lead, LeadNote

SEARCHING = gettext_noop("Searching for missing tax")
_LOCK_SPACE: Final = 7_311
"""Advisory locks of searches, by office: two searches of one authority take turns."""
EACH: Final = 500

Key = tuple[str, int, int | None]


class LeadNoteEmpty(LandError):
    code = "lead_note_empty"
    message = gettext_noop("Write what you found out, so that nobody looks at it a second time.")


def leads_search(
    *, local_authority: Office, tax_year: int, run: Run, now: datetime
) -> dict[str, Any]:
    """Run every rule; keep what is new, mark what is gone, open again what came back.

    Notes and states of people stay. All of it or nothing: one transaction.
    """
    started = time.monotonic()
    asked = Asked(local_authority, tax_year, timezone.localdate(now))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, local_authority.pk]
            )
        found: dict[Key, Found] = {}
        for each in found_by(asked):
            found[_key(each)] = each
            if len(found) % EACH == 0:
                run.progress(len(found), None, SEARCHING)
        before = {
            (lead.cause, lead.parcel_id, lead.outline_id): lead
            for lead in Lead.objects.filter(local_authority=local_authority)
        }
        back = [lead.pk for key, lead in before.items() if key in found and lead.gone_at]
        gone = [lead.pk for key, lead in before.items() if key not in found and not lead.gone_at]
        Lead.objects.filter(pk__in=back).update(state=Lead.State.OPEN)
        Lead.objects.filter(pk__in=gone).update(gone_at=now)
        _keep(found, asked, now)
    run.progress(len(found), len(found), SEARCHING)
    return {
        "leads": len(found),
        "new": len(found.keys() - before.keys()),
        "back": len(back),
        "gone": len(gone),
        "causes": dict(Counter(str(each.cause) for each in found.values())),
        "at_stake_satang": sum(each.at_stake_satang or 0 for each in found.values()),
        "seconds": round(time.monotonic() - started, 2),
    }


def _key(found: Found) -> Key:
    return str(found.cause), found.parcel_id, found.outline_id


def _keep(found: dict[Key, Found], asked: Asked, now: datetime) -> None:
    Lead.objects.bulk_create(
        [
            Lead(
                local_authority=asked.authority, cause=each.cause, parcel_id=each.parcel_id,
                outline_id=each.outline_id, tax_year=asked.tax_year, facts=each.facts,
                at_stake_satang=each.at_stake_satang, found_at=now,
            )
            for each in found.values()
        ],
        update_conflicts=True, unique_fields=["cause", "parcel", "outline"],
        update_fields=["tax_year", "facts", "at_stake_satang", "gone_at"], batch_size=2_000,
    )  # fmt: skip


@transaction.atomic
def lead_note(*, lead: Lead, state: Lead.State, text: str, actor: User, now: datetime) -> LeadNote:
    """Write down what was found out, and how the lead stands from now on.

    Raises `LeadNoteEmpty`: a state without a word helps nobody.
    """
    if not text.strip():
        raise LeadNoteEmpty
    locked = Lead.objects.select_for_update(of=("self",)).select_related("local_authority").get(
        pk=lead.pk
    )  # fmt: skip
    note = LeadNote.objects.create(
        lead=locked, state=state, text=text.strip()[:500], written_by=actor, written_at=now
    )
    locked.state = state
    locked.save(update_fields=["state"])
    entry_record(
        action="taxmap.lead_noted", subject_kind="lead", subject_id=locked.public_id, actor=actor,
        office=locked.local_authority, data={"cause": locked.cause, "state": str(state)}, now=now,
    )  # fmt: skip
    return note

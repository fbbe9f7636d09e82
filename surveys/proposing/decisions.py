"""What a person decided about the points of a job, kept as an event of the job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from offices.models import User
from surveys.models import SurveyJob
from surveys.proposing.matching import Decision, Fate
from surveys.services.jobs import (
    survey_job_event,
    survey_job_locked,
    survey_job_open_for_facts,
)

ACTION: Final = "matched"


@dataclass(frozen=True, slots=True)
class Decisions:
    """The last word on each point, the corners that go, and the order of a dividing line.

    ``consent`` says how neighbours agreed, ``note`` explains the remarks of the pre-check.
    """

    points: Mapping[str, Decision] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    line: tuple[str, ...] = ()
    consent: str = ""
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the event keeps it."""
        return {
            "points": {
                name: {"fate": each.fate.value, "corner": each.corner}
                for name, each in self.points.items()
            },
            "gone": sorted(self.gone),
            "line": list(self.line),
            "consent": self.consent,
            "note": self.note,
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Decisions:
        """Back from an event."""
        return cls(
            points={
                name: Decision(Fate(each["fate"]), each.get("corner", ""))
                for name, each in kept.get("points", {}).items()
            },
            gone=frozenset(kept.get("gone", ())),
            line=tuple(kept.get("line", ())),
            consent=kept.get("consent", ""),
            note=kept.get("note", ""),
        )


def decisions_of(job: SurveyJob) -> Decisions:
    """What was decided last; nothing, if nobody decided anything."""
    last = job.events.filter(action=ACTION).order_by("-at", "-pk").first()
    return Decisions.of_json(last.data) if last is not None else Decisions()


@transaction.atomic
def decisions_keep(
    *, job: SurveyJob, decisions: Decisions, by: User | None, now: datetime
) -> Decisions:
    """Keep what was decided in the place of what was decided before, which stays in the events.

    Raises `SurveyJobStatusWrong` for a job that is proposed or over.
    """
    job = survey_job_locked(job)
    survey_job_open_for_facts(job)
    if decisions != decisions_of(job):
        survey_job_event(job=job, action=ACTION, by=by, now=now, data=decisions.as_json())
    return decisions

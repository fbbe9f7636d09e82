"""What the demo's land office has been doing: changes to look back on, and some that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from pydantic import TypeAdapter

from offices.jobs import Run
from offices.models import User
from offices.models.office import Office
from parcels.editing.choices import Choices
from parcels.editing.operations import Operation
from parcels.models import LandUse, Parcel, Transaction
from parcels.services.edits import edit_draft
from parcels.services.transactions import (
    SourceFacts,
    transaction_approve,
    transaction_register,
    transaction_return,
    transaction_submit,
)

Kind, Status = Transaction.Kind, Transaction.Status
_OPERATIONS: Final = TypeAdapter(list[Operation])
# Plots worth dividing: 200 to 1,000 square wa.
_SMALLEST_M2, _LARGEST_M2 = 800, 4_000


@dataclass(frozen=True, slots=True)
class Story:
    """One change: what is done to a parcel, how long ago, and how far it has come.

    A merger joins again what the story before it divided.
    """

    kind: Transaction.Kind
    reason: str
    days_ago: int
    fate: Transaction.Status
    step: dict[str, Any]
    choices: dict[str, Any]
    because: str = ""


STORIES: Final = (
    Story(Kind.DIVIDE, "แบ่งแยกในนามเดิม", 95, Status.REGISTERED,
          {"op": "divide_equal", "count": 3}, {"keeps_number": 0}),
    Story(Kind.DIVIDE, "แบ่งแยกเพื่อขายบางส่วน", 70, Status.REGISTERED,
          {"op": "cut_area", "area": "0-1-0", "side": 0}, {"keeps_number": 1}),
    Story(Kind.DIVIDE, "แบ่งแยกให้บุตรคนละแปลง", 41, Status.REGISTERED,
          {"op": "divide_equal", "count": 4}, {"keeps_number": 0}),
    Story(Kind.DIVIDE, "แบ่งแยกในนามเดิม", 12, Status.REGISTERED,
          {"op": "divide_equal", "count": 2}, {"keeps_number": 0}),
    Story(Kind.MERGE, "รวมโฉนดที่แบ่งแยกไว้กลับเป็นแปลงเดียว", 3, Status.REGISTERED,
          {"op": "merge"}, {}),
    Story(Kind.DIVIDE, "แบ่งแยกในนามเดิม", 0, Status.SUBMITTED,
          {"op": "divide_equal", "count": 3}, {"keeps_number": 0}),
    Story(Kind.DIVIDE, "แบ่งแยกเพื่อขายบางส่วน", 0, Status.RETURNED,
          {"op": "cut_area", "area": "0-0-60", "side": 0}, {"keeps_number": 1},
          "ยังไม่แนบรูปแผนที่จากการรังวัด โปรดแนบแล้วเสนอใหม่"),
)  # fmt: skip


def changes_create(*, land_office: Office, seed: int, now: datetime, job: Run) -> dict[str, int]:
    """Prepare, check and register the stories through the same services as people do.

    Returns how many transactions there are of each status.
    """
    people = {user.username: user for user in User.objects.filter(username__in=("land", "checker"))}
    maker, checker = people["land"], people["checker"]
    told: dict[str, int] = {}
    plots = iter(_plots(land_office, seed))
    plot: Parcel | None = None
    for number, story in enumerate(STORIES, start=1):
        job.progress(number - 1, len(STORIES), "registering changes")
        if story.kind is Kind.MERGE and plot:
            about: dict[str, Any] = {
                "parcels": [heir.child.public_id for heir in plot.children.all()]
            }
        elif plot := next(plots, None):
            about = {"parcel": plot.public_id}
        else:
            break
        act = edit_draft(
            office=land_office,
            kind=story.kind,
            operations=_OPERATIONS.validate_python([story.step | about]),
            choices=Choices.model_validate(story.choices),
            source=SourceFacts(kind="request", reference=f"ท.ด. 9 ที่ {number}/{now.year + 543}"),
            reason=story.reason,
            maker=maker,
            now=now,
            effective_on=(now - timedelta(days=story.days_ago)).date() if story.days_ago else None,
        )
        _go_on(act, story, maker=maker, checker=checker, now=now)
        told[story.fate.value] = told.get(story.fate.value, 0) + 1
    return told


def _go_on(act: Transaction, story: Story, *, maker: User, checker: User, now: datetime) -> None:
    act = transaction_submit(act=act, maker=maker, now=now)
    shown = act.content_hash
    if story.fate is Status.RETURNED:
        transaction_return(act=act, because=story.because, checker=checker, now=now)
    if story.fate is Status.REGISTERED:
        act = transaction_approve(act=act, shown_hash=shown, checker=checker, now=now)
        transaction_register(act=act, shown_hash=shown, checker=checker, now=now)


def _plots(office: Office, seed: int) -> list[Parcel]:
    """Titled plots here and there in the town, the same for the same seed."""
    worth = Parcel.objects.filter(
        office=office, ba_unit__isnull=False, land_use=LandUse.RESIDENTIAL,
        legal_area_m2__range=(_SMALLEST_M2, _LARGEST_M2),
    ).order_by("pk").values_list("pk", flat=True)  # fmt: skip
    chosen = np.random.default_rng(seed).permutation(list(worth))[: len(STORIES)]
    found = Parcel.objects.in_bulk([int(pk) for pk in chosen])
    return [found[int(pk)] for pk in chosen]

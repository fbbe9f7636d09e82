"""What stands against a title on a day; owners for staff of its office only, each look recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from offices.models import User
from offices.permissions import Permission, Person, may
from offices.services.audit import entry_record
from parcels.models import (
    BAUnit,
    Mortgage,
    Parcel,
    ParcelVersion,
    Responsibility,
    Restriction,
    Right,
)
from parcels.services.owners import LookReason


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleState:
    """A title on one day. Rights and mortgages carry parties: show them after `title_looked_at`."""

    rights: list[Right]
    mortgages: list[Mortgage]
    restrictions: list[Restriction]
    responsibilities: list[Responsibility]


def title_state(title: BAUnit, on: date) -> TitleState:
    """Everything in force against ``title`` on that day."""
    holds = {"ba_unit": title, "valid_during__contains": on}
    return TitleState(
        rights=list(
            Right.objects.filter(**holds)
            .select_related("party")
            .prefetch_related("party__members__party")
            .order_by("kind", "pk")
        ),
        mortgages=list(
            Mortgage.objects.filter(**holds).select_related("creditor").order_by("rank")
        ),
        restrictions=list(Restriction.objects.filter(**holds).order_by("pk")),
        responsibilities=list(Responsibility.objects.filter(**holds).order_by("pk")),
    )


def title_parcels(title: BAUnit, on: date) -> list[Parcel | ParcelVersion]:
    """The parcels that the title covered on that day, each in its state of that day."""
    holds = {"ba_unit": title, "valid_during__contains": on}
    now = Parcel.objects.filter(**holds).select_related("map_sheet", "sub_district")
    # What held until a later change in law stands in the history, recorded until now.
    earlier = ParcelVersion.objects.filter(**holds, recorded_during__endswith=None)
    found = [*now, *earlier.select_related("map_sheet", "sub_district", "parcel")]
    return sorted(found, key=lambda state: (len(state.land_number), state.land_number))


def may_see_holders(user: Person, title: BAUnit) -> bool:
    """Whether the user may see who holds ``title``, in the office that keeps it."""
    return may(user, Permission.VIEW_OWNERS, title.office)


@transaction.atomic
def title_looked_at(*, title: BAUnit, user: User, reason: LookReason, now: datetime) -> None:
    """Write down that somebody is shown who holds ``title``; before it is shown."""
    entry_record(
        action="parcels.owner_viewed",
        subject_kind="title",
        subject_id=title.public_id,
        actor=user,
        office=title.office,
        data={"reason": reason.value},
        now=now,
    )

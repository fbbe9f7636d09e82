"""Owners and rights of a parcel: for staff of its offices only, and every look is written down."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offices.models import Office
from offices.permissions import Permission, Person, offices_where
from offices.services.audit import entry_record
from parcels.models import Parcel, Right


class LookReason(models.TextChoices):
    """Why an official looks at the owners of a parcel; goes into the audit trail as a code."""

    COUNTER = "counter", _("somebody at the counter")
    REGISTRATION = "registration", _("registration or its check")
    SURVEY = "survey", _("survey")
    TAX = "tax", _("land and building tax")
    COMPLAINT = "complaint", _("complaint or correction")
    COURT = "court", _("order of a court or an authority")


def office_to_look_for(user: Person, parcel: Parcel) -> Office | None:
    """The office in whose name ``user`` may see the owners of ``parcel``; None for everybody else.

    The land office that keeps the title, or else the local authority that taxes it.
    """
    if not user.is_authenticated:
        return None
    allowed = offices_where(user, Permission.VIEW_OWNERS)
    concerned = [parcel.office_id, parcel.local_authority_id]
    return (
        allowed.filter(pk__in=[pk for pk in concerned if pk is not None])
        .order_by(models.Case(models.When(pk=parcel.office_id, then=0), default=1))
        .first()
    )


@transaction.atomic
def owners_view(
    *, parcel: Parcel, user: Person, office: Office, reason: LookReason, now: datetime
) -> list[Right]:
    """The rights in force in the parcel's title, with their holders, and an entry that says so.

    Nobody sees an owner without the entry: both are one transaction. The caller has asked
    `office_to_look_for`.
    """
    today = timezone.localdate(now)
    held = Right.objects.filter(ba_unit=parcel.ba_unit_id, valid_during__contains=today)
    rights = list(held.select_related("party").order_by("kind", "pk"))
    entry_record(
        action="parcels.owner_viewed",
        subject_kind="parcel",
        subject_id=parcel.public_id,
        actor=user,  # type: ignore[arg-type]  # office_to_look_for let nobody else in
        office=office,
        data={"reason": reason.value, "rights": len(rights)},
        now=now,
    )
    return rights

"""What the page of a transaction tells its checker: people, times, pictures, rights, buttons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadastre.errors import LandError
from offices.models import AuditEntry, User
from offices.permissions import Permission, permissions_in
from offices.trail import described
from parcels.models import BAUnit, Mortgage, Party, Right, Transaction
from parcels.registration import kind_named
from parcels.registration.holdings import Holding, day_of, holdings_of, rights_held
from parcels.registration.mortgages import MortgageContent, MortgageReleaseContent
from parcels.registration.rights import outcome
from parcels.rules import Outcome, outcomes_now
from parcels.transaction_inbox import is_own_proposal

Status = Transaction.Status
TONES: Final = {
    Status.DRAFT: "", Status.SUBMITTED: "blue", Status.RETURNED: "gold", Status.APPROVED: "blue",
    Status.REGISTERED: "green", Status.WITHDRAWN: "",
}  # fmt: skip
Kind = Transaction.Kind
SPATIAL: Final = (
    Kind.NEW_REGISTRATION, Kind.DIVIDE, Kind.MERGE, Kind.DIVIDE_PUBLIC, Kind.BOUNDARY_CORRECTION,
    Kind.RE_SURVEY, Kind.AREA_CORRECTION, Kind.DATA_REPAIR,
)  # fmt: skip
"""Made in the map editor; everything else is made with a form."""
OF_RIGHTS: Final = (
    Kind.TRANSFER, Kind.TRANSFER_SHARE, Kind.INHERITANCE, Kind.NAME_CORRECTION, Kind.MORTGAGE,
    Kind.MORTGAGE_RELEASE, Kind.TITLE_CHANGE, Kind.TITLE_CANCELLATION, Kind.REPLACEMENT_DEED,
    Kind.NOTE,
)  # fmt: skip
_CHANGES_HOLDERS: Final = (
    Kind.TRANSFER, Kind.TRANSFER_SHARE, Kind.INHERITANCE, Kind.NAME_CORRECTION
)  # fmt: skip
EXPLAINED: Final = {
    Kind.TRANSFER: _("The whole title goes to somebody else: sale, gift, exchange."),
    Kind.TRANSFER_SHARE: _("One holder gives a part of the title to somebody else."),
    Kind.INHERITANCE: _("All that somebody who died held goes to the heirs."),
    Kind.NAME_CORRECTION: _("The same person under another name, or a name written wrongly."),
    Kind.MORTGAGE: _("The title becomes security for a debt, in the next free rank."),
    Kind.MORTGAGE_RELEASE: _("A mortgage ends because the debt is paid."),
    Kind.TITLE_CHANGE: _("A certificate of utilisation becomes a title deed with a new number."),
    Kind.TITLE_CANCELLATION: _("A title ends by order; its parcel stays on the map."),
    Kind.REPLACEMENT_DEED: _("A new paper for a deed that was lost or destroyed."),
    Kind.NOTE: _("A note in the index of a title that changes nothing."),
    Kind.NEW_REGISTRATION: _("A parcel that is not on the map yet."),
    Kind.DIVIDE: _("One parcel becomes several; one of them keeps the number."),
    Kind.MERGE: _("Several parcels of the same holders become one."),
    Kind.DIVIDE_PUBLIC: _("A part of a parcel becomes a public way or place."),
    Kind.BOUNDARY_CORRECTION: _("The boundary on the map is corrected after a survey."),
    Kind.RE_SURVEY: _("A parcel is measured anew as a whole."),
    Kind.AREA_CORRECTION: _("The area on the deed is corrected; the shape stays."),
    Kind.DATA_REPAIR: _("A mistake of the records is put right; nothing changes in law."),
}


@dataclass(frozen=True, slots=True)
class Abilities:
    """What this person may do with the transaction now."""

    revise: bool
    submit: bool
    give_back: bool
    approve: bool
    register: bool
    withdraw: bool

    @property
    def anything(self) -> bool:
        return self.revise or self.give_back or self.approve or self.register or self.withdraw


def abilities(act: Transaction, user: User) -> Abilities:
    """The buttons; the services ask again when one is pressed."""
    held = permissions_in(user, act.office)
    mine = act.maker_id == user.pk and Permission.EDIT_PARCELS in held
    own = mine or is_own_proposal(user, act)
    checks = act.maker_id != user.pk and Permission.CHECK_TRANSACTIONS in held
    return Abilities(
        revise=mine and act.is_editable,
        submit=mine and act.is_editable,
        give_back=checks and act.status in (Status.SUBMITTED, Status.APPROVED),
        approve=checks and act.status == Status.SUBMITTED,
        register=checks and act.status == Status.APPROVED,
        withdraw=act.is_open and (own or checks),
    )


def timeline(act: Transaction) -> list[dict[str, Any]]:
    """Every step taken, by whom and when, oldest first; from the audit trail."""
    entries = AuditEntry.objects.filter(
        subject_kind="transaction", subject_id=act.public_id
    ).exclude(action="parcels.owner_viewed")
    return [described(each) for each in entries.select_related("actor").order_by("at", "pk")]


def summary_of(act: Transaction) -> list[str]:
    """What it will do, in sentences of its kind; nothing for one made by a command."""
    try:
        return kind_named(act.kind).summary(act)
    except KeyError:
        return []


def judged_now(act: Transaction) -> tuple[list[LandError], list[Outcome]]:
    """What would forbid it today, by its kind or a critical rule, and what else the rules say.

    Nothing for a transaction that is closed.
    """
    if not act.is_open:
        return [], []
    try:
        said = outcomes_now(act)
        stopping = [each.error for each in said if each.stopping]
        return [*kind_named(act.kind).faults(act), *stopping], [o for o in said if not o.stopping]
    except LandError as error:
        return [error], []
    except KeyError:
        return [], []


def titles_of(act: Transaction) -> list[BAUnit]:
    """The titles concerned, in the order of their keys."""
    named = act.titles.select_related("ba_unit__office", "ba_unit__district").order_by("ba_unit")
    return [each.ba_unit for each in named]


def holders_of(act: Transaction, titles: Iterable[BAUnit]) -> dict[str, list[Holding]] | None:
    """Who holds the title before and after; None for a kind that changes no holder."""
    chosen = list(titles)
    if act.kind not in _CHANGES_HOLDERS or len(chosen) != 1:
        return None
    if act.status == Status.REGISTERED:
        return _holders_registered(act, chosen[0])
    before = holdings_of(rights_held(chosen[0], day_of(act)))
    try:
        after = outcome(act, holdings_of(rights_held(chosen[0], day_of(act))))
    except LandError:
        after = []
    return {"before": before, "after": after}


def _holders_registered(act: Transaction, title: BAUnit) -> dict[str, list[Holding]]:
    rights = Right.objects.filter(ba_unit=title).select_related("party").order_by("pk")
    earlier = Q(created_by__registered_at__lt=act.registered_at)
    later = Q(retired_by=None) | Q(retired_by__registered_at__gt=act.registered_at)
    return {
        "before": holdings_of(rights.filter(earlier & (later | Q(retired_by=act)))),
        "after": holdings_of(rights.filter(later & (earlier | Q(created_by=act)))),
    }


def mortgage_of(act: Transaction) -> dict[str, Any] | None:
    """The mortgage that begins or ends by it: rank, amount in satang and creditor."""
    if act.kind == Kind.MORTGAGE:
        content = MortgageContent.model_validate(act.content)
        try:
            creditor: Party | None = content.creditor.found()
        except LandError:
            creditor = None
        return {"rank": content.rank, "amount": content.amount_satang, "creditor": creditor}
    if act.kind == Kind.MORTGAGE_RELEASE:
        key = MortgageReleaseContent.model_validate(act.content).mortgage
        found = Mortgage.objects.filter(pk=key).select_related("creditor").first()
        if found:
            return {
                "rank": found.rank, "amount": found.amount_satang, "creditor": found.creditor
            }  # fmt: skip
    return None

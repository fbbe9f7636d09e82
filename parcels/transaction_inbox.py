"""Which transactions wait for whom: the lists, filters and pages of the inbox."""

from __future__ import annotations

from typing import Final

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from offices.models import Office
from offices.permissions import Permission, Person, may, offices_where, require
from parcels.models import Transaction, TransactionTitle

PER_PAGE: Final = 25
LISTS: Final = {
    "check": _("To check"), "mine": _("Mine"), "returned": _("Returned to me"), "all": _("All"),
}  # fmt: skip
WORK: Final = (Permission.EDIT_PARCELS, Permission.CHECK_TRANSACTIONS)
SURVEYED: Final = (
    Transaction.Kind.BOUNDARY_CORRECTION, Transaction.Kind.RE_SURVEY, Transaction.Kind.DIVIDE,
)  # fmt: skip
"""What whoever keeps surveys may propose from a survey, and follow until it is registered."""
Status = Transaction.Status


def offices_of_work(user: Person) -> QuerySet[Office]:
    """The offices in which the user prepares or checks."""
    return offices_where(user, WORK[0]) | offices_where(user, WORK[1])


def visible_transactions(user: Person) -> QuerySet[Transaction]:
    """The transactions of those offices, without imports, which have pages of their own.

    Whoever keeps surveys sees the own proposals, and those only.
    """
    own = Q(
        maker=user.pk or 0, kind__in=SURVEYED,
        office__in=offices_where(user, Permission.MANAGE_SURVEYS),
    )  # fmt: skip
    found = Transaction.objects.filter(Q(office__in=offices_of_work(user)) | own)
    return found.exclude(kind=Transaction.Kind.IMPORT)


def is_own_proposal(user: Person, act: Transaction) -> bool:
    """Whether the user proposed this from a survey and still keeps surveys at its office."""
    proposed = act.kind in SURVEYED and act.maker_id == user.pk
    return proposed and may(user, Permission.MANAGE_SURVEYS, act.office)


def require_maker(user: Person, act: Transaction) -> None:
    """Raise unless the user prepares transactions at its office, or proposed this one."""
    if not is_own_proposal(user, act):
        require(user, Permission.EDIT_PARCELS, act.office)


def waiting_for(user: Person, office: Office) -> int:
    """How many transactions of the office wait for this person: to check, or returned."""
    acts = Transaction.objects.filter(office=office)
    waiting = Q(pk=None)
    if may(user, Permission.CHECK_TRANSACTIONS, office):
        waiting |= Q(status__in=[Status.SUBMITTED, Status.APPROVED]) & ~Q(maker=user.pk)
    if may(user, Permission.EDIT_PARCELS, office):
        waiting |= Q(status=Status.RETURNED, maker=user.pk)
    return acts.filter(waiting).count()


def listed(acts: QuerySet[Transaction], name: str, user: Person) -> QuerySet[Transaction]:
    if name == "check":
        mine = acts.filter(office__in=offices_where(user, Permission.CHECK_TRANSACTIONS))
        return mine.filter(status__in=[Status.SUBMITTED, Status.APPROVED]).exclude(maker=user.pk)
    if name == "mine":
        return acts.filter(maker=user.pk, status__in=Transaction.OPEN)
    if name == "returned":
        return acts.filter(maker=user.pk, status=Status.RETURNED)
    return acts


def filtered(
    acts: QuerySet[Transaction], *, kind: str, state: str, q: str
) -> QuerySet[Transaction]:
    if kind:
        acts = acts.filter(kind=kind[:24])
    if state:
        acts = acts.filter(status=state[:12])
    if text := q.strip()[:100]:
        of_title = TransactionTitle.objects.filter(ba_unit__deed_number=text).values("transaction")
        acts = acts.filter(
            Q(source__reference__icontains=text) | Q(reason__icontains=text) | Q(pk__in=of_title)
        )
    return acts


def paged(acts: QuerySet[Transaction], after: str) -> tuple[list[Transaction], str]:
    """The next rows, newest first, and where the following page begins; a key, no number."""
    if after and len(after) <= 40 and (last := acts.filter(public_id=after).first()):
        acts = acts.filter(
            Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk)
        )
    titles = TransactionTitle.objects.select_related("ba_unit").order_by("ba_unit")
    rows = list(
        acts.select_related("office", "maker", "checker", "source")
        .prefetch_related(Prefetch("titles", queryset=titles))
        .order_by("-created_at", "-pk")[: PER_PAGE + 1]
    )
    return rows[:PER_PAGE], rows[PER_PAGE - 1].public_id if len(rows) > PER_PAGE else ""

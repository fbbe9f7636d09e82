"""The audit trail for those who may read it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from offices.acting import acting_office
from offices.models import AuditEntry, User
from offices.permissions import Permission, permission_required
from offices.services.audit import entry_record
from offices.trail import described

ENTRIES_ON_A_PAGE = 50


@require_safe
@permission_required(Permission.VIEW_AUDIT)
def trail(request: HttpRequest) -> HttpResponse:
    """The entries of the acting office, newest first, narrowed down to one subject if asked.

    A superuser also sees what belongs to no office, such as sign-ins. Reading is itself written
    down: who watches is watched.
    """
    office = acting_office(request, Permission.VIEW_AUDIT)
    assert isinstance(request.user, User)
    shown = Q(office=office)
    if request.user.is_superuser:
        shown |= Q(office=None)
    entries = AuditEntry.objects.filter(shown).select_related("actor", "office")
    kind = request.GET.get("kind", "").replace("\x00", "")[:40]
    subject = request.GET.get("subject", "").replace("\x00", "")[:64]
    if kind:
        entries = entries.filter(subject_kind=kind)
    if subject:
        entries = entries.filter(subject_id=subject)
    page = Paginator(entries.order_by("-id"), ENTRIES_ON_A_PAGE).get_page(request.GET.get("page"))
    entry_record(
        action="offices.trail_read", subject_kind=kind or "trail", subject_id=subject or "all",
        actor=request.user, office=office, now=timezone.now(),
    )  # fmt: skip
    context = {
        "office": office,
        "page": page,
        "entries": [described(entry) for entry in page],
        "kind": kind,
        "subject": subject,
    }
    return render(request, "offices/audit.html", context)

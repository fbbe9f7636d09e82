"""One round on a phone: the next stop, what is due, and what was found there."""

from __future__ import annotations

import json
import uuid
from datetime import date, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from offices.permissions import Permission, may, permission_required, require, staff_of
from taxmap.errors import VisitFileUnreadable
from taxmap.models import CollectionRound, Visit
from taxmap.paper.offline_round import offline_round
from taxmap.round_page import page_data
from taxmap.services.visits import FORMAT, facts_of, visit_record, visits_import
from taxmap.visits import StopRow, stop_rows

LARGEST_FILE: Final = 2 * 1024 * 1024
TILES: Final = "/tiles/parcels/{z}/{x}/{y}.mvt"
DEEPEST_TILE: Final = 18
DAYS_OFFERED: Final = (1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 30, 60)


def round_or_404(request: HttpRequest, public_id: str, permission: Permission) -> CollectionRound:
    """The round, for who holds the permission in its authority."""
    rounds = CollectionRound.objects.select_related("book__local_authority")
    found = rounds.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    require(request.user, permission, found.book.local_authority)
    return found


@require_safe
@permission_required(Permission.VIEW_TAX)
def walk(request: HttpRequest, public_id: str) -> HttpResponse:
    """The round on the map and its stops; ``?stop=`` opens one, else the first not yet visited."""
    found = round_or_404(request, public_id, Permission.VIEW_TAX)
    book = found.book
    rows = stop_rows([found], book)
    current = _current(rows, request.GET.get("stop", ""), book.made_at)
    days = [timezone.localdate() + timedelta(days=each) for each in DAYS_OFFERED]
    context: dict[str, Any] = {
        "shell_template": "web/tax.html", "round": found, "book": book,
        "stops": [(row, uuid.uuid4(), is_visited(row, book.made_at)) for row in rows],
        "current": current, "count": len(rows), "days": days, "outcomes": Visit.Outcome.choices,
        "visited": sum(is_visited(row, book.made_at) for row in rows),
        "due_satang": sum(row.due_satang for row in rows),
        "may_record": may(request.user, Permission.PRINT_COLLECTION_MAP, book.local_authority),
        "map_data": page_data(found, rows)
        | {"words": _words(), "current": current, "tiles": TILES, "deepest": DEEPEST_TILE},
        "rejected": found.rejected.order_by("-sent_at", "-pk")[:20],
    }  # fmt: skip
    return render(request, "taxmap/rounds/walk.html", context)


def is_visited(row: StopRow, since: Any) -> bool:
    """Whether somebody was there after the book was made."""
    return row.last is not None and row.last.visited_at >= since


def _current(rows: list[StopRow], asked: str, since: Any) -> int:
    orders = [row.stop.order for row in rows]
    if asked.isascii() and asked.isdecimal() and len(asked) < 5 and int(asked) in orders:
        return int(asked)
    left = [row.stop.order for row in rows if not is_visited(row, since)]
    return (left or orders or [0])[0]


def _words() -> dict[str, str]:
    return {
        "zoomIn": gettext("Zoom in"), "zoomOut": gettext("Zoom out"),
        "waiting": gettext("{count} visits wait for the network. They are kept on this phone."),
        "sent": gettext("Everything is sent."),
        "signIn": gettext(
            "Your session has ended. Open this page again and sign in; the visits on this phone "
            "are kept."
        ),
        "refused": gettext("Stop {stop} was not accepted: {reason}"),
        "done": gettext("All stops of this round are visited."),
        "kept": gettext("Visit of stop {stop} recorded."),
        "discard": gettext("Remove"),
    }  # fmt: skip


@require_POST
@permission_required(Permission.PRINT_COLLECTION_MAP)
def visit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Record one visit; a page without a script goes on to the next stop."""
    found = round_or_404(request, public_id, Permission.PRINT_COLLECTION_MAP)
    now = timezone.now()
    line = {name: request.POST.get(name, "") for name in ("key", "stop", "outcome", "note")}
    facts = facts_of(
        line | {
            "next_on": request.POST.get("next_on") or None,
            "visited_at": request.POST.get("visited_at") or now.isoformat(),
        }
    )  # fmt: skip
    kept = visit_record(collection_round=found, facts=facts, by=staff_of(request), now=now)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"key": str(kept.key), "stop": facts.order, "outcome": kept.outcome})
    messages.success(request, _words()["kept"].format(stop=facts.order))
    return redirect("taxmap-round", found.public_id)


@require_safe
@permission_required(Permission.PRINT_COLLECTION_MAP)
def offline(request: HttpRequest, public_id: str) -> HttpResponse:
    """The round as one file for a phone without a network."""
    found = round_or_404(request, public_id, Permission.PRINT_COLLECTION_MAP)
    rows = stop_rows([found], found.book)
    today: date = timezone.localdate()
    page = offline_round(found, rows, today=today)
    name = f"round-{found.book.local_authority.code}-{found.number}-{today.isoformat()}.html"
    return HttpResponse(
        page, content_type="text/html; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


@require_POST
@permission_required(Permission.PRINT_COLLECTION_MAP)
def visits_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the file of visits that the offline file wrote out."""
    found = round_or_404(request, public_id, Permission.PRINT_COLLECTION_MAP)
    sent = request.FILES.get("file")
    if sent is None or not 0 < (sent.size or 0) <= LARGEST_FILE:
        raise VisitFileUnreadable(expected=f"{FORMAT}, ≤ {LARGEST_FILE // 1024} kB")
    try:
        content = json.loads(sent.read().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise VisitFileUnreadable(expected=FORMAT) from None
    result = visits_import(
        collection_round=found, content=content, by=staff_of(request), now=timezone.now()
    )
    told = gettext("{kept} visits recorded, {known} were known already, {rejected} set aside.")
    counts = {"kept": result.kept, "known": result.known, "rejected": len(result.rejected)}
    notice = messages.warning if result.rejected else messages.success
    notice(request, told.format(**counts))
    return redirect("taxmap-round", found.public_id)

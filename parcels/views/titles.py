"""The page of a title for staff of its office: what stands against it, now or on an earlier day."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cadastre.errors import LandError
from offices.permissions import Permission, offices_where, permissions_in, require, staff_of
from parcels.change_drawing import parcels_picture
from parcels.forms import OwnerLookForm
from parcels.models import BAUnit, Transaction
from parcels.services.owners import LookReason
from parcels.services.titles import may_see_holders, title_looked_at, title_parcels, title_state
from parcels.transaction_page import TONES
from web.era import parse_date

OPENED_BY: Final = {
    Permission.VIEW_OWNERS, Permission.EDIT_PARCELS, Permission.CHECK_TRANSACTIONS
}  # fmt: skip
MOST_TRANSACTIONS: Final = 100


@never_cache
@require_safe
def title_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """The title without names; ``?on=`` shows it as it was on a day."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return _page(request, _title_or_404(request, public_id))


@never_cache
@require_POST
def title_holders(request: HttpRequest, public_id: str) -> HttpResponse:
    """The title with its holders and creditors, after a reason was given."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    title = _title_or_404(request, public_id)
    require(request.user, Permission.VIEW_OWNERS, title.office)
    form = OwnerLookForm(request.POST)
    if not form.is_valid():
        return _page(request, title, form=form, status=422)
    reason = LookReason(form.cleaned_data["reason"])
    title_looked_at(title=title, user=staff_of(request), reason=reason, now=timezone.now())
    return _page(request, title, form=form, named=True)


def _title_or_404(request: HttpRequest, public_id: str) -> BAUnit:
    if len(public_id) > 40 or "\x00" in public_id:
        raise Http404
    titles = BAUnit.objects.filter(office__in=offices_where(request.user))
    title = get_object_or_404(titles.select_related("office", "district"), public_id=public_id)
    if not permissions_in(request.user, title.office) & OPENED_BY:
        require(request.user, Permission.VIEW_OWNERS, title.office)
    return title


def _page(
    request: HttpRequest,
    title: BAUnit,
    *,
    form: OwnerLookForm | None = None,
    named: bool = False,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    asked = (request.POST if request.method == "POST" else request.GET).get("on", "")
    on, wrong = _day(asked.replace("\x00", "")[:40], today)
    parcels = title_parcels(title, on)
    user = staff_of(request)
    held = permissions_in(user, title.office)
    context = {
        "title": title, "on": on, "asked": asked, "wrong": wrong, "is_past": on < today,
        "state": title_state(title, on), "parcels": parcels,
        "picture": parcels_picture(parcels, on), "history": _history(title),
        "in_force": not title.retired_by_id and not title.valid_during.isempty,
        "may_see": may_see_holders(user, title), "named": named, "now": timezone.now(),
        "form": form or OwnerLookForm(), "prepares": Permission.EDIT_PARCELS in held,
        "works": held & {Permission.EDIT_PARCELS, Permission.CHECK_TRANSACTIONS},
        "successor": _successor(title),
    }  # fmt: skip
    return render(
        request, "parcels/titles/detail.html", context, status=422 if wrong else status
    )  # fmt: skip


def _day(text: str, today: date) -> tuple[date, str]:
    """The day asked for, and what is wrong with it; today when nothing is asked."""
    if not text.strip():
        return today, ""
    try:
        day = parse_date(text)
    except LandError as error:
        return today, error.render(gettext)
    return (day, "") if day <= today else (today, gettext("That day is in the future."))


def _history(title: BAUnit) -> list[dict[str, Any]]:
    """The transactions that concern the title, newest first, and the one that made it."""
    acts = Transaction.objects.filter(titles__ba_unit=title) | Transaction.objects.filter(
        pk__in=[title.created_by_id, title.retired_by_id or title.created_by_id]
    )
    chosen = acts.distinct().select_related("maker", "checker", "source")
    return [
        {"act": act, "tone": TONES[Transaction.Status(act.status)]}
        for act in chosen.order_by("-created_at", "-pk")[:MOST_TRANSACTIONS]
    ]


def _successor(title: BAUnit) -> BAUnit | None:
    """The title made by the transaction that ended this one."""
    if not title.retired_by_id:
        return None
    return BAUnit.objects.filter(created_by=title.retired_by_id).order_by("pk").first()

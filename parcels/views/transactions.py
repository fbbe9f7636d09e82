"""The inbox of transactions, the page on which one is checked, and what is decided there."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from cadastre.errors import LandError
from offices.permissions import (
    NotPermitted,
    Permission,
    may,
    require,
    staff_of,
)
from offices.services.audit import entry_record
from parcels.act_sections import sections_of
from parcels.change_drawing import Change, parcels_picture
from parcels.errors import (
    ParcelChangedMeanwhile,
    RegisterBusy,
    TransactionChanged,
    TransactionNotYours,
    TransactionStatusWrong,
)
from parcels.models import SourceFile, Transaction
from parcels.services.owners import LookReason
from parcels.services.sources import ScanUploadHandler, source_file_add
from parcels.services.titles import may_see_holders, title_looked_at, title_parcels
from parcels.services.transactions import (
    transaction_approve,
    transaction_register,
    transaction_return,
    transaction_submit,
    transaction_withdraw,
)
from parcels.transaction_forms import source_kind_label
from parcels.transaction_inbox import (
    LISTS,
    WORK,
    filtered,
    listed,
    paged,
    require_maker,
    visible_transactions,
)
from parcels.transaction_page import (
    SPATIAL,
    TONES,
    abilities,
    holders_of,
    judged_now,
    mortgage_of,
    summary_of,
    timeline,
    titles_of,
)

Status = Transaction.Status
CONFLICTS: Final = (TransactionChanged, TransactionStatusWrong, ParcelChangedMeanwhile)

View = Callable[..., HttpResponseBase]


def registrar_required(view: View) -> View:
    """Let a view be opened by whoever prepares, checks or proposes transactions somewhere."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not any(may(request.user, each) for each in (*WORK, Permission.MANAGE_SURVEYS)):
            raise NotPermitted(permission=Permission.CHECK_TRANSACTIONS.label)
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return guarded


def transaction_or_404(request: HttpRequest, public_id: str) -> Transaction:
    """The transaction, for staff of its office; for anybody else it does not exist."""
    if len(public_id) > 40 or "\x00" in public_id:
        raise Http404
    acts = visible_transactions(request.user).select_related(
        "office", "source", "spatial_source", "maker", "checker"
    )
    return get_object_or_404(acts, public_id=public_id)


# -- the inbox ----------------------------------------------------------------------------------


@require_safe
@registrar_required
def transactions(request: HttpRequest) -> HttpResponse:
    """What waits for this person, and everything else of the office."""
    user = staff_of(request)
    acts = visible_transactions(user)
    lists = {name: listed(acts, name, user) for name in LISTS}
    chosen = request.GET.get("list", "")
    if chosen not in LISTS:
        chosen = "check" if may(user, Permission.CHECK_TRANSACTIONS) else "mine"
    asked = {name: request.GET.get(name, "").replace("\x00", "") for name in ("kind", "state", "q")}
    found = filtered(lists[chosen], **asked)
    rows, after = paged(found, request.GET.get("after", "").replace("\x00", ""))
    query = request.GET.copy()
    query["after"] = after
    context = {
        "lists": [
            (name, label, lists[name].count() if name != "all" else None)
            for name, label in LISTS.items()
        ],
        "chosen": chosen, "asked": asked,
        "rows": [(act, TONES[Status(act.status)]) for act in rows],
        "next": query.urlencode() if after else "", "paged": "after" in request.GET,
        "kinds": [(k.value, k.label) for k in Transaction.Kind if k != Transaction.Kind.IMPORT],
        "states": Status.choices, "filtered": any(asked.values()),
        "prepares": may(user, Permission.EDIT_PARCELS),
    }  # fmt: skip
    return render(request, "parcels/transactions/list.html", context)


# -- one transaction ----------------------------------------------------------------------------


@require_safe
@registrar_required
def transaction_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything a checker needs, on one page."""
    return _detail(request, transaction_or_404(request, public_id))


def _detail(
    request: HttpRequest, act: Transaction, *, error: str = "", status: int = 200
) -> HttpResponse:
    user, titles = staff_of(request), titles_of(act)
    change = Change(act)
    today = timezone.localdate()
    named = bool(titles) and all(may_see_holders(user, title) for title in titles)
    holders = holders_of(act, titles)
    faults, remarks = judged_now(act)
    if named and (holders or mortgage_of(act)):
        for title in titles:
            title_looked_at(
                title=title, user=user, reason=LookReason.REGISTRATION, now=timezone.now()
            )
    context = {
        "act": act, "tone": TONES[Status(act.status)], "titles": titles,
        "may": abilities(act, user), "steps": timeline(act), "summary": summary_of(act),
        "faults": [fault.render(gettext) for fault in faults], "remarks": remarks,
        "change": change, "holders": holders, "mortgage": mortgage_of(act), "named": named,
        "picture": None if change else _place(titles, today),
        "source_kind": source_kind_label(act.source.kind),
        "files": act.source.files.select_related("uploaded_by").order_by("pk"),
        "is_spatial": act.kind in SPATIAL, "error": error, "sections": sections_of(act),
    }  # fmt: skip
    return render(request, "parcels/transactions/detail.html", context, status=status)


def _place(titles: list[Any], today: Any) -> Any:
    return parcels_picture([s for title in titles for s in title_parcels(title, today)], today)


@require_POST
@registrar_required
def transaction_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Submit, return, approve, register or withdraw; nothing is decided that was not shown."""
    act = transaction_or_404(request, public_id)
    step = request.POST.get("do", "")
    because = request.POST.get("because", "").replace("\x00", "").strip()[:500]
    if step not in _STEPS:
        raise Http404
    _require_for(request, act, step)
    if step in ("return", "withdraw") and not because:
        error = gettext("Write the reason, so that others know what to do.")
        return _detail(request, act, error=error, status=422)
    try:
        _STEPS[step](act, request, because)
    except (TransactionNotYours, RegisterBusy):
        raise
    except LandError as refusal:
        return refused(request, act, refusal)
    messages.success(request, _DONE[step])
    return redirect("transaction-detail", public_id=act.public_id)


def refused(request: HttpRequest, act: Transaction, refusal: LandError) -> HttpResponse:
    """Why nothing was done, and the way back to the transaction as it is now."""
    context = {
        "act": act, "code": refusal.code, "why": refusal.render(gettext),
        "conflict": isinstance(refusal, CONFLICTS),
    }  # fmt: skip
    status = 409 if isinstance(refusal, CONFLICTS) else 422
    return render(request, "parcels/transactions/refused.html", context, status=status)


def _require_for(request: HttpRequest, act: Transaction, step: str) -> None:
    user = staff_of(request)
    if step == "withdraw":
        # Its maker may, and so may a checker when the maker is away; no other colleague.
        if act.maker_id == user.pk:
            require_maker(user, act)
        else:
            require(user, WORK[1], act.office)
    else:
        require(user, WORK[0] if step == "submit" else WORK[1], act.office)


def _submit(act: Transaction, request: HttpRequest, _because: str) -> None:
    transaction_submit(act=act, maker=staff_of(request), now=timezone.now())


def _return(act: Transaction, request: HttpRequest, because: str) -> None:
    transaction_return(
        act=act, because=because, checker=staff_of(request), now=timezone.now()
    )  # fmt: skip


def _approve(act: Transaction, request: HttpRequest, _because: str) -> None:
    shown = request.POST.get("shown", "")
    transaction_approve(
        act=act, shown_hash=shown, checker=staff_of(request), now=timezone.now()
    )  # fmt: skip


def _register(act: Transaction, request: HttpRequest, _because: str) -> None:
    shown = request.POST.get("shown", "")
    transaction_register(
        act=act, shown_hash=shown, checker=staff_of(request), now=timezone.now()
    )  # fmt: skip


def _withdraw(act: Transaction, request: HttpRequest, because: str) -> None:
    transaction_withdraw(
        act=act, because=because, person=staff_of(request), now=timezone.now()
    )  # fmt: skip


_STEPS: Final = {
    "submit": _submit, "return": _return, "approve": _approve, "register": _register,
    "withdraw": _withdraw,
}  # fmt: skip
_DONE: Final = {
    "submit": _("Handed to the checkers."),
    "return": _("Returned to its maker with your reason."),
    "approve": _("Approved. It can be registered now."),
    "register": _("Registered. The register has changed."),
    "withdraw": _("Withdrawn. Its parcels and titles are free again."),
}


# -- scanned files ------------------------------------------------------------------------------


@csrf_exempt  # the check comes after the upload is capped, which it would otherwise start
@require_POST
@registrar_required
def transaction_files(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Add a scanned file to the source document."""
    request.upload_handlers = [ScanUploadHandler(request)]
    return _add_file(request, public_id)


@csrf_protect
def _add_file(request: HttpRequest, public_id: str) -> HttpResponse:
    act = transaction_or_404(request, public_id)
    require(request.user, Permission.EDIT_PARCELS, act.office)
    uploaded = request.FILES.get("scan")
    if uploaded is None:
        return _detail(request, act, error=gettext("Choose a file."), status=422)
    try:
        source_file_add(act=act, uploaded=uploaded, user=staff_of(request), now=timezone.now())
    except TransactionNotYours:
        raise
    except LandError as refusal:
        return refused(request, act, refusal)
    messages.success(request, _("The file is kept with the source document."))
    return redirect("transaction-detail", public_id=act.public_id)


@require_safe
@registrar_required
def transaction_file(request: HttpRequest, public_id: str, file_id: str) -> HttpResponseBase:
    """A scanned file, as a download; documents name people, so each look is written down."""
    act = transaction_or_404(request, public_id)
    require(request.user, Permission.VIEW_OWNERS, act.office)
    files = SourceFile.objects.filter(source=act.source_id)
    if len(file_id) > 40 or "\x00" in file_id:
        raise Http404
    kept = get_object_or_404(files, public_id=file_id)
    entry_record(
        action="parcels.source_file_read", subject_kind="transaction", subject_id=act.public_id,
        actor=staff_of(request), office=act.office, data={"sha256": kept.sha256},
        now=timezone.now(),
    )  # fmt: skip
    response = FileResponse(
        kept.file.open("rb"), as_attachment=True, filename=kept.name, content_type=kept.media_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

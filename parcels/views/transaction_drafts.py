"""Writing a transaction: choosing its kind and its title, the form, and writing it anew."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from cadastre.digits import typed_text
from cadastre.errors import LandError
from offices.permissions import Permission, offices_where, permission_required, require, staff_of
from parcels.errors import RegisterBusy, TransactionNotYours, TransactionStatusWrong
from parcels.models import BAUnit, ProposedParcel, Transaction
from parcels.registration.titles import parcels_of
from parcels.services.owners import LookReason
from parcels.services.sources import ScanUploadHandler, source_file_add, source_files_keep
from parcels.services.titles import may_see_holders, title_looked_at
from parcels.services.transactions import (
    Draft,
    Proposal,
    transaction_draft,
    transaction_revise,
)
from parcels.transaction_forms import FORMS, ActForm
from parcels.transaction_initial import initial_of, receivers_of
from parcels.transaction_page import EXPLAINED, OF_RIGHTS, SPATIAL, titles_of
from parcels.views.transactions import transaction_or_404

MOST_TITLES: Final = 30
_WITH_PARCELS: Final = (Transaction.Kind.TITLE_CHANGE, Transaction.Kind.TITLE_CANCELLATION)


def title_or_404(request: HttpRequest, public_id: str) -> BAUnit:
    """A title of an office in which the user prepares transactions."""
    if len(public_id) > 40 or "\x00" in public_id:
        raise Http404
    titles = BAUnit.objects.filter(office__in=offices_where(request.user, Permission.EDIT_PARCELS))
    return get_object_or_404(titles.select_related("office", "district"), public_id=public_id)


@csrf_exempt  # the check comes after the upload is capped, which it would otherwise start
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.EDIT_PARCELS)
def transaction_new(request: HttpRequest) -> HttpResponseBase:
    """Choose a kind, find the title, write the transaction."""
    if request.method == "POST":
        request.upload_handlers = [ScanUploadHandler(request)]
    return _new(request)


@csrf_protect
def _new(request: HttpRequest) -> HttpResponse:
    kind, title_id = request.GET.get("kind", ""), request.GET.get("title", "")
    title = title_or_404(request, title_id) if title_id else None
    if kind not in FORMS:
        return _choose_kind(request, title)
    if title is None:
        return _find_title(request, Transaction.Kind(kind))
    return _written(request, Transaction.Kind(kind), title, None)


@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.EDIT_PARCELS)
def transaction_edit(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Write a draft or a returned transaction anew."""
    if request.method == "POST":
        request.upload_handlers = [ScanUploadHandler(request)]
    return _edit(request, public_id)


@csrf_protect
def _edit(request: HttpRequest, public_id: str) -> HttpResponse:
    act = transaction_or_404(request, public_id)
    require(request.user, Permission.EDIT_PARCELS, act.office)
    if act.maker_id != staff_of(request).pk:
        raise TransactionNotYours
    if not act.is_editable:
        raise TransactionStatusWrong(status=act.get_status_display())
    titles = titles_of(act)
    if act.kind not in FORMS or len(titles) != 1:
        raise Http404
    return _written(request, Transaction.Kind(act.kind), titles[0], act)


def _choose_kind(request: HttpRequest, title: BAUnit | None) -> HttpResponse:
    def told(kinds: tuple[Transaction.Kind, ...]) -> list[dict[str, Any]]:
        return [{"value": k.value, "label": k.label, "text": EXPLAINED[k]} for k in kinds]

    parcel = parcels_of(title)[:1] if title else []
    context = {
        "of_rights": told(OF_RIGHTS), "spatial": told(SPATIAL), "title": title,
        "parcel": parcel[0] if parcel else None,
    }  # fmt: skip
    return render(request, "parcels/transactions/choose.html", context)


def _find_title(request: HttpRequest, kind: Transaction.Kind) -> HttpResponse:
    number = typed_text(request.GET.get("deed_number", "").replace("\x00", "")[:30])
    offices = offices_where(request.user, Permission.EDIT_PARCELS)
    titles = BAUnit.objects.filter(office__in=offices, deed_number=number, retired_by=None)
    found = titles.select_related("office", "district").order_by("district", "pk")[:MOST_TITLES]
    context = {
        "kind": kind, "number": number, "titles": list(found) if number else [],
        "explained": EXPLAINED[kind],
    }  # fmt: skip
    return render(request, "parcels/transactions/find_title.html", context)


def _written(
    request: HttpRequest, kind: Transaction.Kind, title: BAUnit, act: Transaction | None
) -> HttpResponse:
    user = staff_of(request)
    names = may_see_holders(user, title)
    if names:
        title_looked_at(title=title, user=user, reason=LookReason.REGISTRATION, now=timezone.now())
    posted = request.POST if request.method == "POST" else None
    form = FORMS[kind](
        posted, request.FILES or None, title=title, names=names,
        initial=initial_of(act) if act else None, rows=receivers_of(act) if act else (),
    )  # fmt: skip
    status = 200
    if posted is not None and "more" not in posted:
        saved = _saved(request, kind, form, act) if form.is_valid() else None
        if saved is not None:
            return redirect("transaction-detail", public_id=saved.public_id)
        status = 422
    context = {
        "kind": kind, "explained": EXPLAINED[kind], "title": title, "form": form,
        "act": act, "names": names,
        "asked_for_more": posted is not None and "more" in posted,
    }  # fmt: skip
    return render(request, "parcels/transactions/form.html", context, status=status)


def _saved(
    request: HttpRequest, kind: Transaction.Kind, form: ActForm, act: Transaction | None
) -> Transaction | None:
    """The transaction with its scanned file, or None and the reason in the form."""
    user, now = staff_of(request), timezone.now()
    draft = _draft(kind, form)
    try:
        with transaction.atomic():
            if act is None:
                act = transaction_draft(office=form.title.office, draft=draft, maker=user, now=now)
            else:
                before = act.source
                transaction_revise(act=act, draft=draft, maker=user, now=now)
                act.refresh_from_db()
                source_files_keep(before=before, after=act.source)
            if (scan := form.cleaned_data.get("scan")) is not None:
                source_file_add(act=act, uploaded=scan, user=user, now=now)
    except (RegisterBusy, TransactionNotYours):
        raise
    except LandError as error:
        field = "scan" if error.code.startswith("scan") else None
        form.add_error(field, error.render(gettext))
        return None
    messages.success(request, _("Saved as a draft. Check it and hand it to the checkers."))
    return act


def _draft(kind: Transaction.Kind, form: ActForm) -> Draft:
    return Draft(
        kind=kind,
        source=form.source(),
        reason=form.cleaned_data["reason"],
        content=form.content(),
        titles=[form.title],
        proposals=_same_shapes(form.title) if kind in _WITH_PARCELS else (),
        effective_on=form.cleaned_data["effective_on"],
    )


def _same_shapes(title: BAUnit) -> list[Proposal]:
    """The parcels of the title as they are: their title changes and nothing else."""
    return [
        Proposal(
            role=ProposedParcel.Role.CHANGED, parcel=parcel, zone_srid=parcel.zone_srid,
            geometry=parcel.geometry, legal_area_m2=parcel.legal_area_m2,
        )
        for parcel in parcels_of(title)
    ]  # fmt: skip

"""The cashier's desk: find a bill, see what is due today and why, take money, give a receipt."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.db import OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadastre.errors import LandError
from offices.models import Office
from offices.permissions import Permission, may, permission_required, require, staff_of
from offices.services.audit import entry_record
from taxmap.balances import balance_of, balances_of
from taxmap.bill_search import bills_found, bills_of_name
from taxmap.models import Bill, MoneyRequest, Payment, Receipt
from taxmap.payment_forms import ReasonForm, RefundForm, TenderForm, WaiverForm
from taxmap.services.money_requests import (
    cheque_clear,
    refund_prepare,
    reversal_prepare,
    waiver_prepare,
)
from taxmap.services.payments import due_of, instalments_agree, payment_take
from taxmap.services.settling import facts_of
from taxmap.views.collection import office_of

DESK = Permission.TAKE_PAYMENTS
PAPERS = ("a5", "80mm")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DESK)
def counter(request: HttpRequest) -> HttpResponse:
    """Look for a bill. A look by the payer's name is sent by POST and written down."""
    office = office_of(request, DESK)
    asked, name = request.GET.get("q", ""), request.POST.get("name", "")
    if request.method == "POST":
        bills = _by_name(request, office, name)
    else:
        bills = list(bills_found(office, asked))
    if len(bills) == 1 and request.method != "POST":
        return redirect("taxmap-counter-bill", bills[0].public_id)
    owed = balances_of(bill.pk for bill in bills)
    context = {
        "office": office, "asked": asked, "name": name, "looked": bool(asked.strip() or name),
        "bills": [(bill, owed.get(bill.pk)) for bill in bills], "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, "taxmap/money/counter.html", context)


@transaction.atomic
def _by_name(request: HttpRequest, office: Office, name: str) -> list[Bill]:
    bills = list(bills_of_name(office, name))
    entry_record(
        action="taxmap.bills_looked_up_by_name", subject_kind="office", subject_id=office.code,
        actor=staff_of(request), office=office, data={"found": len(bills)}, now=timezone.now(),
    )  # fmt: skip
    return bills


def bill_named(request: HttpRequest, public_id: str, permission: Permission = DESK) -> Bill:
    """An assessed bill of an office in which the user may do this; else 404."""
    bill = get_object_or_404(
        Bill.objects.select_related("local_authority"), public_id=public_id, number__isnull=False
    )
    require(request.user, permission, bill.local_authority)
    return bill


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DESK)
def counter_bill(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is due on a bill today; sending the form takes the money, once."""
    bill = bill_named(request, public_id)
    status, trouble = 200, ""
    form = TenderForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        key = request.POST.get("key", "")[:64] or secrets.token_urlsafe(16)
        try:
            payment, _new = payment_take(
                bill=bill, tender=form.tender(), key=key, actor=staff_of(request),
                now=timezone.now(),
            )  # fmt: skip
            return redirect("taxmap-receipt", payment.receipt.public_id)
        except LandError as error:
            trouble = error.render(gettext)
        except OperationalError:
            trouble = gettext("A colleague is taking money for this bill. Try again in a moment.")
    if form is not None:
        status = 422
    return render(
        request, "taxmap/money/bill.html", _bill_context(request, bill, form, trouble),
        status=status,
    )  # fmt: skip


def _bill_context(
    request: HttpRequest, bill: Bill, form: TenderForm | None, trouble: str
) -> dict[str, Any]:
    facts = facts_of([bill])[bill.pk]
    today = timezone.localdate()
    due = due_of(facts, today) if facts.assessments else None
    payments = (
        Payment.objects.filter(bill=bill)
        .select_related("receipt", "entry__reversed_by", "cashier")
        .order_by("paid_on", "pk")
    )
    total = due.total if due else 0
    return {
        "bill": bill, "office": bill.local_authority, "due": due, "owed": balance_of(bill),
        "due_on": facts.due_on, "is_late": today > facts.due_on, "trouble": trouble,
        "charges": facts.charges(today) if due else [], "in_parts": facts.in_parts,
        "form": form or TenderForm(initial={"amount": total}),
        "key": request.POST.get("key") or secrets.token_urlsafe(16),
        "assessments": bill.assessments.select_related("unit__parcel", "balance").order_by("pk"),
        "payments": payments, "waiver": WaiverForm(auto_id="waiver-%s"),
        "refund": RefundForm(auto_id="refund-%s"),

        "requests": MoneyRequest.objects.filter(bill=bill).order_by("-prepared_at")[:20],
        "may_part": bool(due and not facts.payments and today <= facts.due_on),
    }  # fmt: skip


@require_POST
@permission_required(DESK)
def bill_request(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for a waiver or a refund, or note that the payer asked to pay in parts."""
    bill = bill_named(request, public_id)
    what, actor, now = request.POST.get("what", ""), staff_of(request), timezone.now()
    form = {"waiver": WaiverForm, "refund": RefundForm}.get(what, ReasonForm)(request.POST)
    try:
        if what == "instalments":
            instalments_agree(bill, actor=actor, now=now)
            messages.success(request, gettext("The bill is paid in parts from now on."))
        elif not form.is_valid():
            messages.error(request, gettext("Enter the amount and the reason."))
        elif what == "waiver":
            waiver_prepare(
                bill=bill, component=MoneyRequest.Component(form.cleaned_data["component"]),
                satang=form.cleaned_data["amount"], reason=form.cleaned_data["reason"],
                actor=actor, now=now,
            )  # fmt: skip
            messages.success(request, gettext("Prepared. A second person decides."))
        elif what == "refund":
            refund_prepare(
                bill=bill, satang=form.cleaned_data["amount"],
                pay_to=form.cleaned_data["pay_to"], reason=form.cleaned_data["reason"],
                actor=actor, now=now,
            )  # fmt: skip
            messages.success(request, gettext("Prepared. A second person decides."))
        else:
            raise Http404
    except LandError as error:
        messages.error(request, error.render(gettext))
    return redirect("taxmap-counter-bill", bill.public_id)


@require_POST
@permission_required(DESK)
def payment_request(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask that a payment be reversed, or note that its cheque was cleared."""
    payment = get_object_or_404(
        Payment.objects.select_related("bill__local_authority", "entry"), public_id=public_id
    )
    require(request.user, DESK, payment.bill.local_authority)
    actor, now = staff_of(request), timezone.now()
    try:
        if request.POST.get("what") == "cleared":
            cheque_clear(payment, on=timezone.localdate(now), actor=actor, now=now)
            messages.success(request, gettext("The cheque is cleared."))
        else:
            reason = request.POST.get("reason", "").replace("\x00", "")
            reversal_prepare(payment=payment, reason=reason, actor=actor, now=now)
            messages.success(request, gettext("Prepared. A second person decides."))
    except LandError as error:
        messages.error(request, error.render(gettext))
    return redirect("taxmap-counter-bill", payment.bill.public_id)


@require_GET
@permission_required(Permission.VIEW_TAX)
def receipt(request: HttpRequest, public_id: str) -> HttpResponse:
    """A receipt to print, on half a page (A5) or on a roll of 80 mm."""
    found = get_object_or_404(
        Receipt.objects.select_related(
            "local_authority", "payment__bill", "payment__cashier", "payment__entry"
        ),
        public_id=public_id,
    )
    require(request.user, Permission.VIEW_TAX, found.local_authority)
    paper = request.GET.get("paper", "")
    payment = found.payment
    context = {
        "receipt": found, "payment": payment, "bill": payment.bill,
        "office": found.local_authority, "paper": paper if paper in PAPERS else PAPERS[0],
        "change": (payment.tendered_satang or payment.amount_satang) - payment.amount_satang,
        "at_desk": may(request.user, DESK, found.local_authority),
    }  # fmt: skip
    return render(request, "taxmap/money/receipt.html", context)

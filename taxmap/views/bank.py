"""Reports of banks: import, what is in suspense, settlement."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from cadastre.errors import LandError
from cadastre.payments import check_reference
from offices.models import Office
from offices.permissions import Permission, permission_required, require, staff_of
from taxmap.models import BankLine, BankReport, Bill
from taxmap.payment_forms import BankFileForm, LineForm
from taxmap.services.bank_reports import bank_report_import, bank_report_settle, suspense_lines
from taxmap.services.money_requests import line_refund_prepare, match_prepare
from taxmap.views.collection import office_of

DESK = Permission.TAKE_PAYMENTS
ROWS_PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DESK)
def reports(request: HttpRequest) -> HttpResponse:
    """The reports of an authority, and its suspense; sending a file imports it."""
    office = office_of(request, DESK)
    form = BankFileForm(request.POST or None, request.FILES or None)
    status, trouble = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _imported(request, office, form)
            except LandError as error:
                trouble = error.render(gettext)
    found = BankReport.objects.filter(local_authority=office).order_by("-imported_at", "-pk")
    lines = Paginator(suspense_lines(office), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "office": office, "form": form, "trouble": trouble, "lines": lines,
        "reports": [
            (each, BankLine.objects.filter(report=each, settled_by=None).exists())
            for each in found[:30]
        ],
        "line_form": LineForm(), "suspense_total": sum(
            suspense_lines(office).values_list("amount_satang", flat=True)
        ),
    }  # fmt: skip
    return render(request, "taxmap/money/bank.html", context, status=status)


def _imported(request: HttpRequest, office: Office, form: BankFileForm) -> HttpResponse:
    file = form.cleaned_data["file"]
    result = bank_report_import(
        file.read(), local_authority=office, actor=staff_of(request), now=timezone.now(),
        file_name=file.name or "",
    )  # fmt: skip
    words = gettext(
        "{lines} lines: {matched} paid their bill, {suspense} wait for a match, {duplicates} were "
        "imported before."
    )
    messages.success(request, words.format(**result.as_json()))
    return redirect("taxmap-bank")


@require_POST
@permission_required(DESK)
def line_request(request: HttpRequest, number: int) -> HttpResponse:
    """Ask that money in suspense pay a bill, or be returned."""
    line = get_object_or_404(BankLine.objects.select_related("report__local_authority"), pk=number)
    office = line.report.local_authority
    require(request.user, DESK, office)
    form = LineForm(request.POST)
    actor, now = staff_of(request), timezone.now()
    try:
        if not form.is_valid():
            messages.error(request, gettext("Enter a bill or an account, and the reason."))
        elif reference := form.cleaned_data["reference"]:
            bill = Bill.objects.filter(
                local_authority=office, reference_1=check_reference(reference)
            ).first()
            if bill is None:
                messages.error(request, gettext("No bill of this authority has this reference."))
            else:
                match_prepare(
                    line=line, bill=bill, reason=form.cleaned_data["reason"], actor=actor, now=now
                )
                messages.success(request, gettext("Prepared. A second person decides."))
        elif pay_to := form.cleaned_data["pay_to"]:
            line_refund_prepare(
                line=line, pay_to=pay_to, reason=form.cleaned_data["reason"], actor=actor, now=now
            )
            messages.success(request, gettext("Prepared. A second person decides."))
        else:
            messages.error(request, gettext("Enter a bill or an account, and the reason."))
    except LandError as error:
        messages.error(request, error.render(gettext))
    return redirect("taxmap-bank")


@require_POST
@permission_required(DESK)
def settle(request: HttpRequest, number: int) -> HttpResponse:
    """The bank has paid out a report."""
    report = get_object_or_404(BankReport.objects.select_related("local_authority"), pk=number)
    require(request.user, DESK, report.local_authority)
    try:
        bank_report_settle(report, actor=staff_of(request), now=timezone.now())
        messages.success(request, gettext("The report is settled."))
    except LandError as error:
        messages.error(request, error.render(gettext))
    return redirect("taxmap-bank")

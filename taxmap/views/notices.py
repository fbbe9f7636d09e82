"""Letters to taxpayers: previewed, printed in batches, fetched, received.

Letters name owners, so every look at one needs the permission to see owners and is recorded.
"""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cadastre.errors import LandError
from offices.models import Office
from offices.permissions import Permission, permission_required, require, staff_of
from offices.services.audit import entry_record
from offices.services.jobs import job_enqueue
from taxmap.collection import blocks_of, tax_years_of
from taxmap.models import Bill, BillKind, Delivery, NoticeBatch, NoticeKind
from taxmap.notice_forms import BatchForm, PreviewForm, ReceivedForm
from taxmap.services.notice_delivery import batch_email, letter_by_link, notices_received
from taxmap.services.notice_lists import delivery_list_pdf, delivery_rows
from taxmap.services.notices import batch_progress, notice_batch_create, notice_preview
from taxmap.views.collection import office_of
from web.spreadsheet import csv_response

PER_PAGE: Final = 20
PRINTS: Final = Permission.PRINT_COLLECTION_MAP


def _printing_office(request: HttpRequest) -> Office:
    """The authority whose letters the officer may print: they name its owners."""
    office = office_of(request, PRINTS)
    require(request.user, Permission.VIEW_OWNERS, office)
    return office


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PRINTS)
def home(request: HttpRequest) -> HttpResponse:
    """The batches of an authority; a POST orders another, which a job prints."""
    office = _printing_office(request)
    today = timezone.localdate()
    years = tax_years_of(office, today.year)
    form = BatchForm(
        request.POST or None, years=years, blocks=blocks_of(office),
        initial={
            "kind": NoticeKind.ASSESSMENT, "dated": today, "language": get_language(),
            "tax_year": years[0],
        },
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("taxmap-notice-batch", _ordered(request, office, form).public_id)
        except LandError as error:
            form.add_error(None, error.render(gettext))
    found = (
        NoticeBatch.objects.filter(local_authority=office)
        .annotate(
            parts_count=Count("parts"),
            parts_printed=Count("parts", filter=Q(parts__printed_at__isnull=False)),
        )
        .order_by("-ordered_at", "-pk")
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"office": office, "form": form, "page": page, "years": years,
               "kinds": NoticeKind.choices}  # fmt: skip
    return render(request, "taxmap/notices/home.html", context)


def _ordered(request: HttpRequest, office: Office, form: BatchForm) -> NoticeBatch:
    """The batch with the job that prints it: both or neither."""
    asked, now = form.cleaned_data, timezone.now()
    with transaction.atomic():
        batch = notice_batch_create(
            local_authority=office, tax_year=asked["tax_year"], kind=NoticeKind(asked["kind"]),
            selection=form.selection(), dated=asked["dated"], language=asked["language"],
            per_part=asked["per_part"], actor=staff_of(request), now=now,
        )  # fmt: skip
        batch.job = job_enqueue(
            kind="taxmap.print_notices", parameters={"batch": batch.public_id}, office=office,
            requested_by=staff_of(request), now=now,
        )  # fmt: skip
        batch.save(update_fields=["job"])
    return batch


@require_safe
@permission_required(PRINTS)
def preview(request: HttpRequest) -> HttpResponse:
    """One letter as PDF, marked as a preview; nothing is counted as printed."""
    office = _printing_office(request)
    form = PreviewForm(request.GET)
    if not form.is_valid():
        raise Http404
    asked = form.cleaned_data
    bill = Bill.objects.filter(
        local_authority=office, kind=BillKind.LAND_BUILDING, tax_year=asked["year"],
        number=asked["number"],
    ).select_related("local_authority").first()  # fmt: skip
    if bill is None:
        raise Http404
    content = notice_preview(
        bill=bill, kind=NoticeKind(asked["kind"]), dated=timezone.localdate(),
        language=asked["language"], actor=staff_of(request), now=timezone.now(),
    )  # fmt: skip
    return _pdf(content, f"preview-{asked['kind']}-{bill.number}-{bill.tax_year}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def _batch_or_404(request: HttpRequest, public_id: str) -> NoticeBatch:
    """The batch, for who may print the letters of its authority and see its owners."""
    batch = (
        NoticeBatch.objects.filter(public_id=public_id)
        .select_related("local_authority", "job", "ordered_by")
        .first()
    )
    if batch is None:
        raise Http404
    require(request.user, PRINTS, batch.local_authority)
    require(request.user, Permission.VIEW_OWNERS, batch.local_authority)
    return batch


@require_safe
@permission_required(PRINTS)
def batch(request: HttpRequest, public_id: str) -> HttpResponse:
    """One batch: how far it is, its files, what became of its letters."""
    found = _batch_or_404(request, public_id)
    delivered = dict(
        found.parts.filter(notices__delivery__gt="")
        .values_list("notices__delivery")
        .annotate(count=Count("notices"))
    )
    context: dict[str, Any] = {
        "batch": found, "office": found.local_authority, "progress": batch_progress(found),
        "parts": found.parts.order_by("number"), "job": found.job,
        "delivered": [(Delivery(key).label, count) for key, count in sorted(delivered.items())],
        "emailed": found.parts.filter(notices__emailed_at__isnull=False).count(),
    }  # fmt: skip
    return render(request, "taxmap/notices/batch.html", context)


@require_safe
@permission_required(PRINTS)
def part_file(request: HttpRequest, public_id: str, number: int) -> FileResponse:
    """One printed part; who fetches it is written down."""
    found = _batch_or_404(request, public_id)
    part = found.parts.filter(number=number).exclude(file="").first()
    if part is None:
        raise Http404
    try:
        opened = part.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    _fetched(request, found, f"part {number}")
    name = f"{found.kind}-{found.tax_year}-{number:04d}.pdf"
    return FileResponse(opened, as_attachment=True, filename=name, content_type="application/pdf")


def _fetched(request: HttpRequest, found: NoticeBatch, what: str) -> None:
    with transaction.atomic():
        entry_record(
            action="taxmap.notices_fetched", subject_kind="notice_batch",
            subject_id=found.public_id, actor=staff_of(request), office=found.local_authority,
            data={"what": what}, now=timezone.now(),
        )  # fmt: skip


@require_safe
@permission_required(PRINTS)
def delivery_csv(request: HttpRequest, public_id: str) -> StreamingHttpResponse:
    """The delivery list for the post office, as a file for a spreadsheet."""
    found = _batch_or_404(request, public_id)
    _fetched(request, found, "list.csv")
    rows = delivery_rows(found)
    return csv_response(rows, filename=f"delivery-{found.kind}-{found.tax_year}.csv")


@require_safe
@permission_required(PRINTS)
def delivery_pdf(request: HttpRequest, public_id: str) -> HttpResponse:
    """The delivery list on paper, with room for numbers and signatures."""
    found = _batch_or_404(request, public_id)
    _fetched(request, found, "list.pdf")
    return _pdf(delivery_list_pdf(found), f"delivery-{found.kind}-{found.tax_year}.pdf")


@require_POST
@permission_required(PRINTS)
def email(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write to everybody of the batch who agreed to e-mail."""
    found = _batch_or_404(request, public_id)
    counts = batch_email(batch=found, actor=staff_of(request), now=timezone.now())
    messages.success(request, gettext("{written} messages were written.").format(**counts))
    return redirect("taxmap-notice-batch", found.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PRINTS)
def received(request: HttpRequest) -> HttpResponse:
    """Record the receipt of letters, one or many, by their codes."""
    office = _printing_office(request)
    form = ReceivedForm(request.POST or None)
    context: dict[str, Any] = {"office": office, "form": form}
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        done = notices_received(
            local_authority=office, codes=asked["codes"], delivery=Delivery(asked["delivery"]),
            on=asked["on"], registered_number=asked["registered_number"],
            actor=staff_of(request), now=timezone.now(),
        )  # fmt: skip
        context |= {
            "recorded": done.recorded,
            "refused": [(code, error.render(gettext)) for code, error in done.refused],
            "done": True,
            "form": ReceivedForm(initial={"delivery": asked["delivery"], "on": asked["on"]}),
        }
    return render(request, "taxmap/notices/received.html", context)


@require_safe
@never_cache
def by_link(_request: HttpRequest, token: str) -> HttpResponse:
    """The letter that a taxpayer was e-mailed a link to."""
    content = letter_by_link(token, timezone.now())
    if content is None:
        raise Http404
    response = _pdf(content, "letter.pdf")
    response["X-Robots-Tag"] = "noindex"
    return response

"""Books of rounds: made from a choice, watched by the chief, printed for the street."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cadastre.errors import LandError
from offices.permissions import Permission, may, permission_required, require, staff_of
from offices.services.jobs import job_enqueue
from taxmap.collection import blocks_of, tax_years_of
from taxmap.models import CollectionBook, RoundStop, ValuationUnit
from taxmap.paper.book import BookRequest, book_pdf
from taxmap.round_forms import BookPaperForm, RoundsForm
from taxmap.services.collection_rounds import book_make
from taxmap.services.round_papers import owners_opened
from taxmap.views.collection import office_of
from taxmap.visits import progress_of, stop_rows

AT_ONCE: Final = 60
"""Stops of a book that a page waits for; a longer book is made in the background."""

PER_PAGE: Final = 20


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.VIEW_TAX)
def books(request: HttpRequest) -> HttpResponse:
    """The books of an authority; a POST makes another."""
    office = office_of(request)
    may_make = may(request.user, Permission.PRINT_COLLECTION_MAP, office)
    years = tax_years_of(office, timezone.localdate().year)
    form = RoundsForm(request.POST or None, years=years, blocks=blocks_of(office))
    if request.method == "POST":
        require(request.user, Permission.PRINT_COLLECTION_MAP, office)
        if form.is_valid():
            try:
                book = book_make(
                    authority=office, choice=form.choice(), by=staff_of(request), now=timezone.now()
                )
            except LandError as error:
                form.add_error(None, error.render(gettext))
            else:
                return redirect("taxmap-book", book.public_id)
    found = (
        CollectionBook.objects.filter(local_authority=office)
        .select_related("made_by")
        .annotate(stops=Count("rounds__stops"), round_count=Count("rounds", distinct=True))
        .order_by("-made_at", "-pk")
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"office": office, "form": form, "page": page, "may_make": may_make}
    return render(request, "taxmap/rounds/books.html", context)


def book_or_404(request: HttpRequest, public_id: str) -> CollectionBook:
    """The book, for who may see the tax of its authority."""
    books = CollectionBook.objects.select_related("local_authority", "made_by")
    book = books.filter(public_id=public_id).first()
    if book is None:
        raise Http404
    require(request.user, Permission.VIEW_TAX, book.local_authority)
    return book


@require_safe
@permission_required(Permission.VIEW_TAX)
def book(request: HttpRequest, public_id: str) -> HttpResponse:
    """One book: how far each round is, what is still due, and the ways to take it along."""
    found = book_or_404(request, public_id)
    rounds = progress_of(found)
    dues: dict[int, int] = {}
    for row in stop_rows([each.round for each in rounds], found):
        dues[row.stop.round_id] = dues.get(row.stop.round_id, 0) + row.due_satang
    office = found.local_authority
    context: dict[str, Any] = {
        "book": found, "office": office, "form": BookPaperForm(initial={"paper": "A4"}),
        "rounds": [(each, dues.get(each.round.pk, 0)) for each in rounds],
        "stops": sum(each.stops for each in rounds),
        "visited": sum(each.visited for each in rounds),
        "due_satang": sum(dues.values()),
        "unreached": ValuationUnit.objects.filter(pk__in=found.unreached).select_related("parcel")
        .order_by("parcel__tax_parcel_code", "pk"),
        "may_print": may(request.user, Permission.PRINT_COLLECTION_MAP, office),
        "may_see_owners": may(request.user, Permission.VIEW_OWNERS, office),
    }  # fmt: skip
    return render(request, "taxmap/rounds/book.html", context)


@require_POST
@permission_required(Permission.PRINT_COLLECTION_MAP)
def book_print(request: HttpRequest, public_id: str) -> HttpResponse:
    """The book as PDF: at once when it is short, else by a job; owners for who may see them."""
    found = book_or_404(request, public_id)
    office, now = found.local_authority, timezone.now()
    require(request.user, Permission.PRINT_COLLECTION_MAP, office)
    form = BookPaperForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Choose A4 or A3."))
        return redirect("taxmap-book", found.public_id)
    paper, with_owners = form.cleaned_data["paper"], form.cleaned_data["owners"]
    if with_owners:
        require(request.user, Permission.VIEW_OWNERS, office)
    if RoundStop.objects.filter(round__book=found).count() > AT_ONCE:
        job = job_enqueue(
            kind="taxmap.collection_book", office=office, requested_by=staff_of(request), now=now,
            parameters={
                "book": found.public_id, "paper": paper, "owners": with_owners,
                "language": get_language() or settings.LANGUAGE_CODE,
            },
        )  # fmt: skip
        return redirect("job-detail", job.public_id)
    by = staff_of(request)
    if with_owners:
        owners_opened(book=found, by=by, now=now)
    asked = BookRequest(found, paper, by.name, with_owners, now)
    name = f"collection-book-{office.code}-{found.area or 'all'}-{found.tax_year}.pdf"
    return HttpResponse(
        book_pdf(asked), content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip

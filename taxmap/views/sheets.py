"""Tax-map sheets by the UTM division: chosen from a list, one at a time or all by a job."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from cadastre.identifiers import MapSheet
from offices.permissions import Permission, permission_required, staff_of
from offices.services.jobs import job_enqueue
from taxmap.paper.tax_sheet import SheetRequest, tax_sheet_pdf
from taxmap.paper.tax_sheets import PARTS_PER_SIDE, SCALES, sheet_file_name, sheets_of
from taxmap.views.collection import office_of

PER_PAGE: Final = 50
STANDARD_SCALE: Final = 1_000
_LONGEST_NAME: Final = 100


def _scale_of(text: str) -> int:
    return next((scale for scale in SCALES if str(scale) == text), STANDARD_SCALE)


def _paper_of(text: str) -> str:
    return text if text in PARTS_PER_SIDE else "A3"


def _checker_of(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()[:_LONGEST_NAME]


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.PRINT_COLLECTION_MAP)
def sheets(request: HttpRequest) -> HttpResponse:
    """The sheets of a scale on which the authority has plots; a POST orders all of them."""
    office = office_of(request, Permission.PRINT_COLLECTION_MAP)
    asked = request.POST if request.method == "POST" else request.GET
    scale, paper = _scale_of(asked.get("scale", "")), _paper_of(asked.get("paper", ""))
    checker = _checker_of(asked.get("checker", ""))
    if request.method == "POST":
        job = job_enqueue(
            kind="taxmap.tax_sheets", office=office, requested_by=staff_of(request),
            parameters={"scale": scale, "paper": paper, "checker": checker,
                        "language": get_language() or settings.LANGUAGE_CODE},
            now=timezone.now(),
        )  # fmt: skip
        return redirect("job-detail", job.public_id)
    found = sheets_of(office, scale, timezone.localdate())
    page = Paginator(list(found.items()), PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "office": office, "scale": scale, "scales": SCALES, "paper": paper,
        "papers": list(PARTS_PER_SIDE), "checker": checker, "page": page, "count": len(found),
    }  # fmt: skip
    return render(request, "taxmap/sheets.html", context)


@require_safe
@permission_required(Permission.PRINT_COLLECTION_MAP)
def sheet_file(request: HttpRequest) -> HttpResponse:
    """One sheet as PDF: a page on A1, its quarters on A3."""
    office = office_of(request, Permission.PRINT_COLLECTION_MAP)
    sheet = MapSheet.parse(request.GET.get("sheet", ""))
    asked = SheetRequest(
        authority=office, sheet=sheet, paper=_paper_of(request.GET.get("paper", "")),
        prepared_by=staff_of(request).name, checked_by=_checker_of(request.GET.get("checker", "")),
        today=timezone.localdate(),
    )  # fmt: skip
    name = sheet_file_name(sheet, asked.paper)
    return HttpResponse(
        tax_sheet_pdf(asked), content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip

"""One parcel on paper."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from parcels.as_of import parcels_at
from parcels.extract.sheet import Request, extract_pdf
from parcels.models import Parcel
from parcels.services.lookups import lookup_spend
from parcels.views.moments import moment_asked

LOOKUPS_EACH: Final = 5
"""An extract tells of the neighbours as well, and takes the machine far longer than a page."""


@require_safe
def parcel_extract(request: HttpRequest, public_id: str) -> HttpResponse:
    """The information extract as PDF, for anybody; with ``on`` or ``known`` as it was then."""
    moment, now = moment_asked(request), timezone.now()
    today = timezone.localdate()
    lookup_spend(request=request, now=now, parcels=LOOKUPS_EACH)
    if len(public_id) > 40:
        raise Http404
    if moment is not None:
        found = parcels_at(moment, lambda parcels: parcels.named(public_id), 1)
    else:
        found = list(Parcel.objects.with_facts().named(public_id)[:1])
    if not found:
        raise Http404
    parcel = found[0]
    if moment is None:
        if parcel.has_ended(today):
            return redirect("parcel-detail", public_id)  # which tells what lies there now
        if (since := parcel.valid_during.lower) is not None and since > today:
            raise Http404
    page = reverse("parcel-detail", args=[public_id])
    asked = f"?{moment.query}" if moment else ""
    content = extract_pdf(Request(
        parcel=parcel, moment=moment, now=now, today=today,
        permalink=request.build_absolute_uri(page + asked),
    ))  # fmt: skip
    return HttpResponse(content, content_type="application/pdf", headers={
        "Content-Disposition": f'inline; filename="parcel-{public_id}.pdf"',
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    })  # fmt: skip

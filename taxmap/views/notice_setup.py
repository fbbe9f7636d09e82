"""What letters need before they are printed: the letterhead, and where taxpayers live."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from offices.models import Office
from offices.permissions import Permission, permission_required, require, staff_of
from offices.services.audit import entry_record
from parcels.models import Party
from taxmap.models import Bill, BillKind, Letterhead, TaxpayerAddress
from taxmap.notice_forms import AddressForm, LetterheadForm
from taxmap.views.collection import office_of


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.PRINT_COLLECTION_MAP)
def letterhead(request: HttpRequest) -> HttpResponse:
    """Who writes, signs and is paid."""
    office = office_of(request, Permission.PRINT_COLLECTION_MAP)
    kept = Letterhead.objects.filter(local_authority=office).first()
    head = kept or Letterhead(local_authority=office)
    form = LetterheadForm(request.POST or None, instance=head)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            _recorded(request, office, "taxmap.letterhead_changed", "office", office.code)
        messages.success(request, gettext("The letterhead is kept; letters from now on have it."))
        return redirect("taxmap-letterhead")
    return render(request, "taxmap/notices/letterhead.html", {"office": office, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.PRINT_COLLECTION_MAP)
def addresses(request: HttpRequest) -> HttpResponse:
    """Where the letters about one bill go. Names are shown by a POST, which is written down."""
    office = office_of(request, Permission.PRINT_COLLECTION_MAP)
    require(request.user, Permission.VIEW_OWNERS, office)
    context: dict[str, Any] = {"office": office, "this_year": timezone.localdate().year}
    if request.method == "POST":
        bill = _bill(office, request.POST)
        _recorded(request, office, "taxmap.taxpayers_viewed", "bill", bill.public_id)
        context |= {"bill": bill, "forms": _forms(request, office, bill)}
    return render(request, "taxmap/notices/addresses.html", context)


def _bill(office: Office, asked: Any) -> Bill:
    """The bill named by its number and year, in either era."""
    number, year = asked.get("number", ""), asked.get("year", "")
    if not all(each.isascii() and each.isdigit() and len(each) < 10 for each in (number, year)):
        raise Http404
    found = Bill.objects.filter(
        local_authority=office, kind=BillKind.LAND_BUILDING, number=int(number),
        tax_year=int(year) - (543 if int(year) > 2400 else 0),
    ).first()  # fmt: skip
    if found is None:
        raise Http404
    return found


def _forms(request: HttpRequest, office: Office, bill: Bill) -> list[tuple[Party, AddressForm]]:
    """A form for each taxpayer; the one that was sent is kept when it is sound."""
    kept = {
        each.party_id: each
        for each in TaxpayerAddress.objects.filter(local_authority=office, party__in=bill.taxpayers)
    }
    forms = []
    for party in Party.objects.filter(pk__in=bill.taxpayers).order_by("pk"):
        address = kept.get(party.pk) or TaxpayerAddress(local_authority=office, party=party)
        sent = request.POST.get("party") == str(party.pk)
        form = AddressForm(
            request.POST if sent else None, instance=address, auto_id=f"id_{party.pk}_%s"
        )
        if sent and form.is_valid():
            with transaction.atomic():
                form.save()
                _recorded(request, office, "taxmap.address_changed", "party", str(party.pk))
            messages.success(request, gettext("The address is kept."))
        forms.append((party, form))
    return forms


def _recorded(request: HttpRequest, office: Office, action: str, kind: str, subject: str) -> None:
    entry_record(
        action=action, subject_kind=kind, subject_id=subject, actor=staff_of(request),
        office=office, now=timezone.now(),
    )  # fmt: skip

"""Condominiums and their units."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from offices.permissions import Permission, may, permission_required, require, staff_of
from offices.services.audit import entry_record
from taxmap.condominium_forms import CondominiumForm, FlatForm
from taxmap.models import Condominium, Inspection
from taxmap.services.facts import Source
from taxmap.services.units import condominium_unit_register
from taxmap.views.collection import office_of

ROWS_PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.VIEW_TAX)
def condominiums(request: HttpRequest) -> HttpResponse:
    """The condominiums of an authority; sending the form registers one."""
    office = office_of(request)
    form = CondominiumForm(request.POST or None, office=office)
    if request.method == "POST":
        require(request.user, Permission.ASSESS_TAX, office)
        if form.is_valid():
            with transaction.atomic():
                stored = Condominium.objects.create(local_authority=office, **form.cleaned_data)
                entry_record(
                    action="taxmap.condominium_registered", subject_kind="condominium",
                    subject_id=stored.registration, actor=staff_of(request), office=office,
                    now=timezone.now(),
                )  # fmt: skip
            return redirect("taxmap-condominium", stored.pk)
    found = Condominium.objects.filter(local_authority=office).annotate(flats=Count("units"))
    context = {
        "office": office, "form": form, "found": found.order_by("name", "pk"),
        "may_assess": may(request.user, Permission.ASSESS_TAX, office),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "taxmap/condominiums.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.VIEW_TAX)
def condominium(request: HttpRequest, number: int) -> HttpResponse:
    """The units of one condominium; sending the form registers one."""
    office = office_of(request)
    found = get_object_or_404(Condominium, local_authority=office, pk=min(number, 2**62))
    form = FlatForm(request.POST or None, condominium=found)
    if request.method == "POST":
        require(request.user, Permission.ASSESS_TAX, office)
        if form.is_valid() and form.parcel is not None:
            condominium_unit_register(
                condominium=found, parcel=form.parcel, flat=form.flat(), now=timezone.now(),
                source=Source(
                    Inspection.Kind.OFFICE, timezone.localdate(),
                    form.cleaned_data["deed_number"] or "–", actor=staff_of(request),
                ),
            )  # fmt: skip
            messages.success(request, gettext("The unit is registered. Record its use next."))
            return redirect("taxmap-condominium", found.pk)
    units = found.units.select_related("valuation_unit__parcel").order_by("number", "pk")
    page = Paginator(units, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    context = {
        "found": found, "form": form, "page": page,
        "prices": found.prices.in_force(today).order_by("floor"),
        "may_assess": may(request.user, Permission.ASSESS_TAX, office),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "taxmap/condominium.html", context, status=status)

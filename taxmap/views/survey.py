"""Recording buildings and uses of a unit, outdoors on a phone or in the office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from cadastre.errors import LandError
from offices.models import Office
from offices.permissions import Permission, permission_required, require, staff_of
from taxmap.deadlines import notification_rule
from taxmap.models import Building, BuildingPrice, Inspection, ValuationUnit
from taxmap.readiness import units_not_visited_since
from taxmap.services.facts import (
    building_correct,
    building_end,
    building_record,
    inspection_record,
    uses_change,
)
from taxmap.services.units import unit_of_buildings_open
from taxmap.valuation_forms import (
    BuildingEndForm,
    BuildingRecordForm,
    OtherOwnerForm,
    SourceForm,
    UsesForm,
)
from taxmap.views.collection import office_of
from web.era import parse_date
from web.formats import format_date

UNITS_PER_PAGE = 50
Save = Callable[[HttpRequest, ValuationUnit, Any], str]


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.ASSESS_TAX)
def survey(request: HttpRequest, public_id: str) -> HttpResponse:
    """The unit as it is known, and the forms that change it; ``?unit=`` for others on the plot."""
    unit, others = _units_of(request, public_id)
    today = timezone.localdate()
    forms = _forms(request, unit, today)
    status = 200
    action = request.POST.get("action", "") if request.method == "POST" else ""
    if action in forms:
        form = forms[action]
        if form.is_valid():
            try:
                messages.success(request, _SAVE[action](request, unit, form))
            except LandError as error:
                form.add_error(None, error.render(gettext))
            else:
                return redirect(_address(unit))
        status = 422
    elif request.method == "POST":
        raise Http404
    context = {
        "unit": unit, "parcel": unit.parcel, "others": others, "today": today, "forms": forms,
        "action": action, "uses": unit.uses.in_force(today).order_by("-share_percent"),
        "buildings": unit.buildings.in_force(today).order_by("code"),
        "history": _history(unit), "address": _address(unit),
        "correcting": _building_asked(request, unit), "form": forms.get(action),
    }  # fmt: skip
    return render(request, "taxmap/survey.html", context, status=status)


def _units_of(request: HttpRequest, public_id: str) -> tuple[ValuationUnit, list[ValuationUnit]]:
    """The unit asked for and every unit on the same parcel, the land first."""
    units = list(
        ValuationUnit.objects.filter(parcel__public_id=public_id)
        .select_related("parcel__map_sheet", "local_authority", "condominium_unit", "street")
        .order_by("condominium_unit__number", "owner", "pk")
    )
    units.sort(key=lambda unit: (unit.kind != "land", unit.pk))
    if not units:
        raise Http404
    require(request.user, Permission.ASSESS_TAX, units[0].local_authority)
    asked = request.GET.get("unit", "")
    chosen = next((unit for unit in units if str(unit.pk) == asked), units[0])
    return chosen, units


def _address(unit: ValuationUnit) -> str:
    address = reverse("taxmap-unit-survey", args=[unit.parcel.public_id])
    return address if unit.kind == "land" else f"{address}?unit={unit.pk}"


def building_types(authority: Office, on: date) -> dict[str, str]:
    """Names of the Treasury Department's types by code, as priced on that day."""
    lists = BuildingPrice.objects.in_force(on).filter(
        Q(local_authority=authority) | Q(province=authority.province_id)
    )
    return dict(lists.order_by("type_code").values_list("type_code", "type_name"))


def _building_asked(request: HttpRequest, unit: ValuationUnit) -> Building | None:
    code = request.GET.get("building", "").replace("\x00", "")[:10]
    found = unit.buildings.filter(code=code).open_ended() if code else unit.buildings.none()
    building: Building | None = found.first()
    return building


def _forms(request: HttpRequest, unit: ValuationUnit, today: date) -> dict[str, Form]:
    """Every form of the page by its action; the one that was sent has the data."""
    sent = request.POST.get("action", "") if request.method == "POST" else ""

    def data(action: str) -> Any:
        return request.POST if sent == action else None

    building = _building_asked(request, unit)
    types = building_types(unit.local_authority, today)
    return {
        "uses": UsesForm(data("uses"), prefix="uses", initial=_uses_now(unit, today)),
        "building": BuildingRecordForm(
            data("building"), prefix="building", types=types,
            initial=_building_now(building) if building else {},
        ),
        "end": BuildingEndForm(data("end"), prefix="end"),
        "visit": SourceForm(data("visit"), prefix="visit"),
        "other": OtherOwnerForm(data("other"), prefix="other"),
    }  # fmt: skip


def _uses_now(unit: ValuationUnit, today: date) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for part in unit.uses.in_force(today):
        known[f"share_{part.use}"] = f"{part.share_percent.normalize():f}"
        known["registered"] = known.get("registered", False) or part.in_house_registration
    return known


def _building_now(building: Building) -> dict[str, Any]:
    columns = ("type_code", "structure", "floors", "floor_area_m2", "built_in")
    known = {column: getattr(building, column) for column in columns}
    known["footprint"] = building.footprint.geojson if building.footprint else ""
    return known


def _save_uses(request: HttpRequest, unit: ValuationUnit, form: UsesForm) -> str:
    since = form.cleaned_data["since"]
    source = form.source(staff_of(request))
    uses_change(unit=unit, uses=form.uses(), since=since, source=source, now=timezone.now())
    if source.kind == Inspection.Kind.NOTIFICATION:
        allowed = notification_rule(source.inspected_on).value
        late = source.inspected_on - since - timedelta(days=allowed)
        if late.days > 0:
            text = gettext(
                "The use is recorded. The notification came {late} days after the {allowed} days "
                "that the law gives."
            )
            return text.format(late=late.days, allowed=allowed)
    return gettext("The use is recorded.")


def _save_building(request: HttpRequest, unit: ValuationUnit, form: BuildingRecordForm) -> str:
    fact, since = form.fact(), form.cleaned_data["since"]
    source, now = form.source(staff_of(request)), timezone.now()
    former = _building_asked(request, unit)
    if former is None:
        stored = building_record(unit=unit, building=fact, since=since, source=source, now=now)
    else:
        stored = building_correct(
            building=former, as_is=fact, since=since, source=source, now=now
        )  # fmt: skip
    return gettext("Building {code} is recorded.").format(code=stored.code)


def _save_end(request: HttpRequest, unit: ValuationUnit, form: BuildingEndForm) -> str:
    former = _building_asked(request, unit)
    if former is None:
        raise Http404
    ended_on = form.cleaned_data["ended_on"]
    building_end(
        building=former, on=ended_on, source=form.source(staff_of(request)), now=timezone.now()
    )
    text = gettext("Building {code} has ended on {day}.")
    return text.format(code=former.code, day=format_date(ended_on))


def _save_visit(request: HttpRequest, unit: ValuationUnit, form: SourceForm) -> str:
    inspection_record(unit=unit, source=form.source(staff_of(request)), now=timezone.now())
    return gettext("The visit is recorded; nothing else has changed.")


def _save_other(request: HttpRequest, unit: ValuationUnit, form: OtherOwnerForm) -> str:
    with transaction.atomic():
        owner = form.party()
        owner.save()
        unit_of_buildings_open(
            parcel=unit.parcel, local_authority=unit.local_authority, owner=owner,
            source=form.source(staff_of(request)), now=timezone.now(),
        )  # fmt: skip
    return gettext("The unit is opened. Choose it above and record its buildings and uses.")


_SAVE: dict[str, Save] = {
    "uses": _save_uses, "building": _save_building, "end": _save_end, "visit": _save_visit,
    "other": _save_other,
}  # fmt: skip


def _history(unit: ValuationUnit) -> list[Inspection]:
    found = unit.inspections.select_related("recorded_by").order_by("-inspected_on", "-pk")
    return list(found.prefetch_related("uses_opened", "buildings_opened", "buildings_closed")[:20])


@require_GET
@permission_required(Permission.ASSESS_TAX)
def to_visit(request: HttpRequest) -> HttpResponse:
    """Units that nobody surveyed since a day: the worklist of the field."""
    office = office_of(request, Permission.ASSESS_TAX)
    today = timezone.localdate()
    try:
        since = parse_date(request.GET.get("from", "").replace("\x00", ""))
    except LandError:
        since = today.replace(month=1, day=1)
    units = units_not_visited_since(office, since, today).select_related("parcel", "street")
    page = Paginator(units, UNITS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"office": office, "since": since, "page": page, "count": page.paginator.count}
    return render(request, "taxmap/to_visit.html", context)

"""The office's parcel editor: its page, and the questions it asks while an officer works."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.gis.geos import Polygon
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from cadastre.area import Area
from cadastre.errors import LandError
from cadastre.geodesy import WGS84
from cadastre.planar import BoundaryFault, Severity
from offices.acting import acting_office
from offices.models import Office
from offices.permissions import Permission, permission_required, staff_of
from parcels.editing.frame import ZoneFrame
from parcels.editing.loading import subjects_load
from parcels.editing.operations import Step, operations_of
from parcels.editing.preview import EditPreview, subject_facts
from parcels.errors import TransactionNotYours, TransactionStatusWrong
from parcels.models import Parcel, ProposedParcel, Transaction
from parcels.services.edits import edit_draft, edit_preview, fabric_around
from parcels.services.search import parcels_search
from parcels.views.editor_page import page_context
from parcels.views.editor_requests import (
    area_json,
    bounds_of,
    deed_area,
    draft_of,
    edit_of,
    parcel_json,
    pending_json,
    transaction_address,
    transaction_json,
)
from web.formats import format_date, format_rai_ngan_wa

Json = dict[str, Any]
LONGEST_SEARCH = 120


@require_safe
@permission_required(Permission.EDIT_PARCELS)
def editor(request: HttpRequest) -> HttpResponse:
    """The editor. ``?parcel=`` chooses a parcel, ``?kind=`` the kind, ``?transaction=`` a draft."""
    office = _office(request)
    begun = _begun(request, office)
    return render(request, "parcels/editor/editor.html", page_context(office, begun))


@require_safe
@permission_required(Permission.EDIT_PARCELS)
def editor_parcels(request: HttpRequest) -> JsonResponse:
    """The parcels in a view (``?bbox=``) with open transactions, or those named by ``?q=``."""
    office, today = _office(request), timezone.localdate()
    if asked := request.GET.get("q", ""):
        found = parcels_search(text=asked[:LONGEST_SEARCH], on=today).parcels
        named = [parcel for parcel in found if parcel.office_id == office.pk]
        return JsonResponse({"parcels": _parcels_as_they_are(request, named), "pending": []})
    bounds = bounds_of(request.GET.get("bbox", ""))
    around = fabric_around(office=office, bounds=bounds, on=today)
    claims = _claims(request, [each["open"] for each in around if each["open"]])
    parcels = [
        parcel_json(each, editable=each["editable"], claim=claims.get(each["open"] or ""))
        for each in around
    ]
    return JsonResponse({"parcels": parcels, "pending": _pending(request, bounds)})


@require_POST
@permission_required(Permission.EDIT_PARCELS)
def editor_preview(request: HttpRequest) -> JsonResponse:
    """What the steps would make of the fabric as it is now; nothing is stored."""
    office, edit = _office(request), edit_of(request)
    act = _own_draft(request, office, edit.transaction) if edit.transaction else None
    try:
        steps = edit.steps()
        with _Placed(office, steps):
            found = edit_preview(
                office=office, kind=edit.kind, operations=steps, choices=edit.choices,
                now=timezone.now(), act=act,
            )  # fmt: skip
    except LandError as error:
        if not edit.tentative:
            raise
        return JsonResponse({"refused": error.render(gettext)})
    return JsonResponse(_preview_json(request, found))


@require_POST
@permission_required(Permission.EDIT_PARCELS)
def editor_draft(request: HttpRequest) -> JsonResponse:
    """Keep the edit as a draft transaction, or write one's draft anew."""
    office, draft = _office(request), draft_of(request)
    act = _own_draft(request, office, draft.transaction) if draft.transaction else None
    steps = draft.steps()
    with _Placed(office, steps):
        act = edit_draft(
            office=office, kind=draft.kind, operations=steps, choices=draft.choices,
            source=draft.source.facts(), reason=draft.reason, maker=staff_of(request),
            now=timezone.now(), act=act,
            spatial_source=draft.survey.facts() if draft.survey else None,
        )  # fmt: skip
    return JsonResponse({"transaction": act.public_id, "url": transaction_address(act.public_id)})


# -- what the page begins with -------------------------------------------------------------------


def _begun(request: HttpRequest, office: Office) -> Json:
    """The parcels, steps and choices that the address asks for, and what is said if it cannot."""
    begun: Json = {
        "kind": request.GET.get("kind", ""), "subjects": [], "operations": [], "choices": {},
        "transaction": None, "source": None, "survey": None, "reason": "", "refused": "",
    }  # fmt: skip
    try:
        if wanted := request.GET.get("transaction", ""):
            return begun | _reopened(request, office, wanted)
        if wanted := request.GET.get("parcel", ""):
            parcel = _in_force(office).filter(public_id=wanted.replace("\x00", "")).first()
            if parcel is None:
                return begun | {"refused": gettext("This parcel is not in force at your office.")}
            return begun | {"subjects": _parcels_as_they_are(request, [parcel])}
    except LandError as error:
        return begun | {"refused": error.render(gettext)}
    return begun


def _reopened(request: HttpRequest, office: Office, public_id: str) -> Json:
    act = _own_draft(request, office, public_id)
    steps = operations_of(act.content.get("operations", []))
    day = act.source.issued_on
    return {
        "kind": act.kind,
        "subjects": _parcels_as_they_are(request, subjects_load(office, steps)),
        "operations": [each.model_dump(mode="json", exclude_defaults=True) for each in steps],
        "choices": act.content.get("choices", {}),
        "transaction": act.public_id,
        "source": {
            "kind": act.source.kind,
            "reference": act.source.reference,
            "date": format_date(day, "short") if day else "",
        },
        "survey": _survey(act),
        "reason": act.reason,
    }


def _survey(act: Transaction) -> Json | None:
    survey = act.spatial_source
    if survey is None:
        return None
    day = survey.surveyed_on
    return {
        "reference": survey.reference,
        "date": format_date(day, "short") if day else "",
        "survey_class": survey.survey_class,
    }


def _office(request: HttpRequest) -> Office:
    office = acting_office(request, Permission.EDIT_PARCELS)
    assert office is not None  # the guard let nobody in who edits nowhere
    return office


def _own_draft(request: HttpRequest, office: Office, public_id: str) -> Transaction:
    """A draft of one's own; Http404 for what is not of the office."""
    drafts = Transaction.objects.filter(office=office).select_related(
        "source", "spatial_source", "maker"
    )
    act = drafts.filter(public_id=public_id.replace("\x00", "")).first()
    if act is None:
        raise Http404
    if act.maker_id != staff_of(request).pk:
        raise TransactionNotYours
    if not act.is_editable:
        raise TransactionStatusWrong(status=act.get_status_display())
    return act


def _in_force(office: Office) -> Any:
    on = timezone.localdate()
    return Parcel.objects.in_force(on).filter(office=office).select_related("ba_unit")


# -- how it is told -------------------------------------------------------------------------------


def _parcels_as_they_are(request: HttpRequest, parcels: list[Parcel]) -> list[Json]:
    held = ProposedParcel.objects.filter(parcel__in=parcels, claims=True)
    claims = {
        each.parcel_id: transaction_json(each.transaction, staff_of(request))
        for each in held.select_related("transaction__maker")
    }
    return [
        parcel_json(
            subject_facts(parcel)
            | {"geometry": json.loads(parcel.geometry.json), "zone_srid": parcel.zone_srid},
            editable=True,
            claim=claims.get(parcel.pk),
        )
        for parcel in parcels
    ]


def _claims(request: HttpRequest, public_ids: list[str]) -> dict[str, Json]:
    acts = Transaction.objects.filter(public_id__in=public_ids).select_related("maker")
    return {act.public_id: transaction_json(act, staff_of(request)) for act in acts}


def _pending(request: HttpRequest, bounds: tuple[float, float, float, float]) -> list[Json]:
    """Open transactions in the view."""
    box = Polygon.from_bbox(bounds)
    box.srid = WGS84
    held = Q(claims=True, parcel__geometry__bboverlaps=box)
    new = Q(role=ProposedParcel.Role.PIECE, geometry__bboverlaps=box)
    proposed = (
        ProposedParcel.objects.filter(held | new, transaction__status__in=Transaction.OPEN)
        .select_related("transaction__maker", "parcel")
        .order_by("transaction", "-claims", "position")
    )
    return pending_json(proposed, staff_of(request))


def _preview_json(request: HttpRequest, found: EditPreview) -> Json:
    acts = _claims(request, [each["public_id"] for each in found.open_transactions])
    totals = found.totals
    drawn = Area.measured(totals["calculated_after_m2"])
    return {
        "zone": found.zone_srid,
        "pieces": [_piece_json(each) for each in found.pieces],
        "neighbours": [
            {
                "geometry": each["geometry"],
                "label": each["land_number"] or gettext("land without a number"),
            }
            for each in found.neighbours
        ],
        "replaces": [each["public_id"] for each in (*found.subjects, *found.neighbours)],
        "marks": found.new_marks,
        "findings": [
            each | {"severity": "error" if each["severity"] == Severity.FAULT else "warning"}
            for each in found.findings
        ],
        "totals": {
            "area": area_json(f"{drawn.square_metres:.2f}", format_rai_ngan_wa(drawn)),
            "legal": area_json(totals["legal_before_m2"], totals["legal_before_text"]),
            "legal_after": area_json(totals["legal_after_m2"], totals["legal_after_text"]),
        },
        "open_transactions": list(acts.values()),
        "is_sound": found.is_sound,
    }


def _piece_json(piece: Json) -> Json:
    drawn = Area.measured(piece["area_m2"])
    return {
        "index": piece["index"],
        "name": piece["parcel"] or piece["name"],
        "label": (
            gettext("land number {number}").format(number=piece["land_number"])
            if piece["land_number"]
            else gettext("piece {number}").format(number=piece["name"].lstrip("#"))
        ),
        "geometry": piece["geometry"],
        "area": area_json(f"{drawn.square_metres:.2f}", piece["area_text"]),
        "deed_area": deed_area(drawn),
        "legal": area_json(piece["legal_area_m2"], piece["legal_area_text"]),
        "sides": [
            {"line": [each["from"], each["to"]], "text": f"{each['length_m']:.3f}"}
            for each in piece["sides"]
        ],
    }


class _Placed:
    """Gives a refusal its place in longitude and latitude, so that the map can show it."""

    def __init__(self, office: Office, steps: tuple[Step, ...]) -> None:
        self.office, self.steps = office, steps

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, BoundaryFault) or error.place is None:
            return
        subjects = subjects_load(self.office, self.steps)
        zone = subjects[0].zone_srid if subjects else self.office.zone_srid
        error.evidence["place"] = ZoneFrame(zone).lonlat(error.place)

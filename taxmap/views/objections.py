"""Objections, appeals and notes: the inbox with days left, and the page of each case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadastre.errors import LandError
from offices.models import Office
from offices.permissions import Permission, may, permission_required, require, staff_of
from taxmap.cases import cases_of, notes_waiting
from taxmap.models import Assessment, BillNote, Objection, ObjectionDocument
from taxmap.objection_forms import (
    DecideForm,
    DocumentForm,
    ExamineForm,
    NoteForm,
    ReceiveForm,
    ToldForm,
)
from taxmap.services.notes import (
    Recalculation,
    note_decide,
    note_prepare,
    recalculation_of,
    tax_of,
)
from taxmap.services.objections import (
    DECISIONS,
    OPEN,
    appeal_receive,
    document_add,
    objection_decide,
    objection_examine,
    objection_receive,
    objection_tell,
    objection_withdraw,
)
from taxmap.views.collection import office_of

ROWS_PER_PAGE = 50
State = Objection.State
ASSESS, DECIDE = Permission.ASSESS_TAX, Permission.DECIDE_TAX


@require_GET
@permission_required(Permission.VIEW_TAX)
def objections(request: HttpRequest) -> HttpResponse:
    """What waits, the nearest deadline first; ``?state=all`` shows decided cases, too."""
    office = office_of(request)
    found = cases_of(office)
    shows_all = request.GET.get("state") == "all"
    if not shows_all:
        found = found.filter(state__in=OPEN)
    page = Paginator(found.order_by("decide_by", "pk"), ROWS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    today = timezone.localdate()
    for case in page:
        days = (case.decide_by - today).days if case.state in OPEN else None
        case.days_left = days  # type: ignore[attr-defined]
    context = {
        "office": office, "page": page, "shows_all": shows_all,
        "notes": notes_waiting(office).order_by("prepared_at")[:ROWS_PER_PAGE],
    }  # fmt: skip
    return render(request, "taxmap/objections.html", context)


def _assessment(request: HttpRequest, number: int) -> Assessment:
    """An assessment of a bill that stands."""
    found = get_object_or_404(
        Assessment.objects.select_related(
            "bill__local_authority", "unit__parcel", "signboard"
        ).filter(bill__number__isnull=False),
        pk=min(number, 2**62),
    )
    assert found.bill is not None
    require(request.user, Permission.VIEW_TAX, found.bill.local_authority)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ASSESS)
def receive(request: HttpRequest, number: int) -> HttpResponse:
    """Take in an objection to one assessment."""
    assessment = _assessment(request, number)
    require(request.user, ASSESS, _office(assessment))
    form = ReceiveForm(request.POST or None, initial={"received_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            case = objection_receive(
                assessment=assessment, grounds=form.cleaned_data["grounds"],
                received_on=form.cleaned_data["received_on"], actor=staff_of(request),
                now=timezone.now(),
            )  # fmt: skip
        except LandError as error:
            form.add_error(None, error.render(gettext))
        else:
            return redirect("taxmap-objection", case.public_id)
    context = {"assessment": assessment, "form": form}
    status = 422 if form.errors else 200
    return render(request, "taxmap/objection_receive.html", context, status=status)


def _office(assessment: Assessment) -> Office:
    assert assessment.bill is not None
    return assessment.bill.local_authority


def _case(request: HttpRequest, public_id: str) -> Objection:
    case = Objection.objects.filter(public_id=public_id.replace("\x00", "")[:32]).select_related(
        "assessment__bill__local_authority", "assessment__unit__parcel", "note", "objection",
        "received_by", "examined_by", "decided_by",
    ).first()  # fmt: skip
    if case is None:
        raise Http404
    require(request.user, Permission.VIEW_TAX, _office(case.assessment))
    return case


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.VIEW_TAX)
def objection(request: HttpRequest, public_id: str) -> HttpResponse:
    """One case: what was contested, what was found, old and new lines, and the next step."""
    case = _case(request, public_id)
    office = _office(case.assessment)
    action = request.POST.get("action", "") if request.method == "POST" else ""
    recalculated, trouble = _recalculated(case.assessment)
    forms = _forms(request, case, recalculated, action)
    if request.method == "POST":
        if action not in _STEPS:
            raise Http404
        permission, step = _STEPS[action]
        require(request.user, permission, office)
        form = forms.get(action)
        if form is None or form.is_valid():
            try:
                step(request, case, form, recalculated)
            except LandError as error:
                messages.error(request, error.render(gettext))
            return redirect("taxmap-objection", case.public_id)
    context = {
        "case": case, "assessment": case.assessment, "forms": forms, "trouble": trouble,
        "form": forms.get(action), "recalculated": recalculated, "tax_now": tax_of(case.assessment),
        "documents": case.documents.order_by("added_at"), "is_open": case.state in OPEN,
        "is_decided": case.state in DECISIONS, "appeal": getattr(case, "appeal", None),
        "may_assess": may(request.user, ASSESS, office),
        "may_decide": may(request.user, DECIDE, office)
        and case.examined_by_id != staff_of(request).pk,
    }  # fmt: skip
    return render(request, "taxmap/objection.html", context, status=422 if action else 200)


def _recalculated(assessment: Assessment) -> tuple[Recalculation | None, str]:
    try:
        return recalculation_of(assessment), ""
    except LandError as error:
        return None, error.render(gettext)


def _forms(
    request: HttpRequest, case: Objection, recalculated: Recalculation | None, action: str
) -> dict[str, Form]:
    def data(name: str) -> Any:
        return request.POST if action == name else None

    today = timezone.localdate()
    tax = recalculated.now_satang if recalculated else tax_of(case.assessment)
    return {
        "document": DocumentForm(data("document"), request.FILES or None, prefix="document"),
        "examine": ExamineForm(data("examine"), prefix="examine", initial={"tax": tax}),
        "decide": DecideForm(data("decide"), prefix="decide"),
        "tell": ToldForm(data("tell"), prefix="tell", initial={"told_on": today}),
        "appeal": ReceiveForm(data("appeal"), prefix="appeal", initial={"received_on": today}),
    }


def _document(request: HttpRequest, case: Objection, form: Any, _found: Any) -> None:
    file = form.cleaned_data["file"]
    document_add(
        objection=case, name=file.name, content=file.read(), actor=staff_of(request),
        now=timezone.now(),
    )  # fmt: skip


def _examine(request: HttpRequest, case: Objection, form: Any, found: Recalculation | None) -> None:
    tax = form.cleaned_data["tax"]
    follows = found is not None and found.now_satang == tax
    objection_examine(
        objection=case, finding=form.cleaned_data["finding"],
        difference_satang=tax - tax_of(case.assessment),
        lines=found.sheet if found is not None and follows else None,
        actor=staff_of(request), now=timezone.now(),
    )  # fmt: skip


def _decide(request: HttpRequest, case: Objection, form: Any, _found: Any) -> None:
    objection_decide(
        objection=case, outcome=State(form.cleaned_data["outcome"]),
        decision=form.cleaned_data["decision"], actor=staff_of(request), now=timezone.now(),
    )  # fmt: skip


def _tell(request: HttpRequest, case: Objection, form: Any, _found: Any) -> None:
    objection_tell(
        objection=case, told_on=form.cleaned_data["told_on"], actor=staff_of(request),
        now=timezone.now(),
    )  # fmt: skip


def _appeal(request: HttpRequest, case: Objection, form: Any, _found: Any) -> None:
    appeal_receive(
        objection=case, grounds=form.cleaned_data["grounds"],
        received_on=form.cleaned_data["received_on"], actor=staff_of(request), now=timezone.now(),
    )  # fmt: skip


def _withdraw(request: HttpRequest, case: Objection, _form: Any, _found: Any) -> None:
    objection_withdraw(objection=case, actor=staff_of(request), now=timezone.now())


Do = Callable[[HttpRequest, Objection, Any, Any], None]
_STEPS: dict[str, tuple[Permission, Do]] = {
    "document": (ASSESS, _document), "examine": (ASSESS, _examine), "decide": (DECIDE, _decide),
    "tell": (ASSESS, _tell), "appeal": (ASSESS, _appeal), "withdraw": (ASSESS, _withdraw),
}  # fmt: skip


@require_GET
@permission_required(Permission.VIEW_TAX)
def document(request: HttpRequest, public_id: str, number: int) -> FileResponse:
    """A document of a case, as a download."""
    case = _case(request, public_id)
    kept = get_object_or_404(ObjectionDocument, objection=case, pk=min(number, 2**62))
    return FileResponse(
        kept.file.open("rb"), as_attachment=True, filename=kept.name,
        content_type="application/octet-stream",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ASSESS)
def correction(request: HttpRequest, number: int) -> HttpResponse:
    """Old and new lines of an assessment, and the note that corrects it."""
    assessment = _assessment(request, number)
    require(request.user, ASSESS, _office(assessment))
    found, trouble = _recalculated(assessment)
    tax = tax_of(assessment)
    initial = {"tax": found.now_satang if found else tax}
    form = NoteForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data["tax"]
        follows = found is not None and found.now_satang == asked
        try:
            note_prepare(
                assessment=assessment, cause=BillNote.Cause(form.cleaned_data["cause"]),
                difference_satang=asked - tax, reason=form.cleaned_data["reason"],
                lines=found.sheet if found is not None and follows else None,
                actor=staff_of(request), now=timezone.now(),
            )  # fmt: skip
        except LandError as error:
            form.add_error(None, error.render(gettext))
        else:
            messages.success(request, gettext("The note waits for a decision."))
            return redirect("taxmap-objections")
    context = {
        "assessment": assessment, "form": form, "recalculated": found, "trouble": trouble,
        "tax_now": tax,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "taxmap/correction.html", context, status=status)


@require_POST
@permission_required(DECIDE)
def note_step(request: HttpRequest, number: int) -> HttpResponse:
    """Approve or refuse a note that belongs to no objection."""
    office = office_of(request, DECIDE)
    note = get_object_or_404(notes_waiting(office), pk=min(number, 2**62))
    try:
        note_decide(
            note=note, approve=request.POST.get("answer") == "approve", actor=staff_of(request),
            now=timezone.now(),
        )  # fmt: skip
    except LandError as error:
        messages.error(request, error.render(gettext))
    else:
        messages.success(request, gettext("The decision is recorded."))
    return redirect("taxmap-objections")

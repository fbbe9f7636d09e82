"""The one place where an error becomes an answer: problem+json for programs, a page for people."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from cadastre.errors import InvalidInput, LandError, dotted

log = structlog.get_logger()

# Every code that Chanot answers with, and its HTTP status. A test keeps the list complete.
STATUS = {
    "adjustment_not_converged": 422,
    "already_booked": 409,
    "already_imported": 409,
    "archive_refused": 422,
    "archive_too_large": 413,
    "area_invalid": 422,
    "area_too_small": 422,
    "area_unreadable": 422,
    "bad_attribute": 422,
    "barcode_invalid": 422,
    "bearing_unreadable": 422,
    "bill_payment_invalid": 422,
    "booking_ended": 409,
    "booking_too_far_ahead": 422,
    "booking_too_late": 409,
    "booking_unknown": 404,
    "buddhist_year": 422,
    "busy": 503,
    "coordinate_not_finite": 422,
    "coordinates_outside_crs": 422,
    "coordinates_unreadable": 422,
    "crs_unknown": 422,
    "date_does_not_exist": 422,
    "date_unreadable": 422,
    "datum_defect": 422,
    "datum_parameters_unknown": 422,
    "day_in_buddhist_era": 422,
    "day_passed": 409,
    "day_unreadable": 422,
    "deed_number_invalid": 422,
    "demo_exists": 409,
    "duplicate_point": 422,
    "encoding_unknown": 422,
    "encoding_wrong": 422,
    "feature_refused": 422,
    "feature_too_large": 422,
    "field_mapping_invalid": 422,
    "field_missing": 422,
    "field_unknown": 422,
    "file_too_large": 413,
    "file_unreadable": 422,
    "geometry_missing": 422,
    "geometry_nested_too_deep": 422,
    "geometry_too_complex": 422,
    "geometry_unreadable": 422,
    "geometry_unsupported": 422,
    "hole_equals_shell": 422,
    "hole_outside": 422,
    "hours_invalid": 422,
    "hours_overlap": 422,
    "idempotency_key_reused": 422,
    "imagery_bands_unusable": 422,
    "imagery_damaged": 422,
    "imagery_not_georeferenced": 422,
    "imagery_not_geotiff": 415,
    "imagery_refused": 422,
    "imagery_too_hard": 422,
    "imagery_too_large": 422,
    "import_refused": 422,
    "invalid_input": 422,
    "job_cancelled": 409,
    "job_failed_unexpectedly": 500,
    "job_not_resumable": 409,
    "job_not_stoppable": 409,
    "land_error": 400,
    "land_number_invalid": 422,
    "layer_name_unusable": 422,
    "layer_needed": 422,
    "layer_unknown": 422,
    "malformed_body": 400,
    "map_sheet_invalid": 422,
    "map_too_large": 422,
    "name_unusable": 422,
    "no_area": 422,
    "no_intersection": 422,
    "no_local_authority": 404,
    "no_parcel_here": 404,
    "no_polygon_layer": 422,
    "not_a_decimal": 422,
    "not_a_list": 422,
    "not_an_object": 422,
    "not_found": 404,
    "not_json": 422,
    "not_one_of": 422,
    "not_permitted": 403,
    "not_positive": 422,
    "not_text": 422,
    "not_vacant": 422,
    "not_whole": 422,
    "not_yes_or_no": 422,
    "nothing_to_adjust": 422,
    "nothing_to_draw": 404,
    "office_unknown": 404,
    "only_people_are_registered": 422,
    "outside_office": 422,
    "outside_sheet_index": 422,
    "parameter_missing": 422,
    "parameter_repeated": 422,
    "parameter_unusable": 422,
    "parcel_code_invalid": 422,
    "parcel_codes_used_up": 409,
    "parcel_unknown": 404,
    "part_missing": 422,
    "part_not_of_kind": 422,
    "parts_overlap": 422,
    "payment_exceeds_tax": 409,
    "payment_of_nothing": 422,
    "payment_reference_used": 409,
    "personal_number_not_searched": 422,
    "phone_number_invalid": 422,
    "point_missing": 422,
    "qr_payload_invalid": 422,
    "quality_unusable": 422,
    "range_invalid": 422,
    "reading_stopped": 422,
    "reference_invalid": 422,
    "relief_needs_registration": 422,
    "relief_not_for_owner": 422,
    "relief_not_for_use": 422,
    "reversal_exceeds_payments": 409,
    "ring_not_closed": 422,
    "ring_too_short": 422,
    "roll_does_not_balance": 500,
    "second_main_home": 422,
    "self_crossing": 422,
    "service_unknown": 404,
    "shares_not_whole": 422,
    "slot_closed": 409,
    "slot_full": 409,
    "slot_unknown": 404,
    "snapped_away": 422,
    "spike": 422,
    "survey_page_invalid": 422,
    "tax_law_not_in_force": 422,
    "too_many_bookings": 409,
    "too_many_lookups": 429,
    "too_many_sheets": 422,
    "too_many_vertices": 422,
    "transformation_unknown": 422,
    "traverse_incomplete": 422,
    "unknown_job_kind": 400,
    "unsafe_file": 422,
    "unsupported_file": 415,
    "use_or_uses": 422,
    "use_twice": 422,
    "value_twice": 422,
    "visit_parcel_unknown": 422,
    "worker_stopping": 503,
    "wrong_length": 422,
}

TITLES = {
    400: _("The request could not be understood"),
    401: _("Please sign in"),
    403: _("You may not do this"),
    404: _("Not found"),
    405: _("This address does not work that way"),
    409: _("Something changed in the meantime"),
    410: _("No longer available"),
    413: _("Too large"),
    415: _("This kind of file cannot be used"),
    422: _("Please check what was entered"),
    429: _("Too many requests"),
    500: _("Something went wrong on our side"),
    503: _("Busy at the moment"),
}

# What the schema of a request can find fault with, by pydantic's type of error.
SCHEMA_FAULTS: defaultdict[str, Promise] = defaultdict(
    lambda: _("this value does not fit; see the description of the interface"),
    missing=_("this field is required"),
    extra_forbidden=_("this field is not known here"),
    string_type=_("this must be text"),
    string_too_short=_("this is too short"),
    string_too_long=_("this is too long"),
    string_pattern_mismatch=_("this is not written in the expected form"),
    int_type=_("this must be a whole number"),
    int_parsing=_("this must be a whole number"),
    float_parsing=_("this must be a number"),
    decimal_parsing=_("this must be a number"),
    greater_than_equal=_("this is too small"),
    less_than_equal=_("this is too large"),
    date_from_datetime_parsing=_("this must be a date such as 2026-11-30"),
    date_parsing=_("this must be a date such as 2026-11-30"),
    literal_error=_("this is not one of the possible values"),
    enum=_("this is not one of the possible values"),
)

NEXT_STEPS = {
    400: [_("Go back, check the address or the form, and try again.")],
    403: [_("Sign in with an account that has this right, or ask your administrator.")],
    404: [_("Check the address."), _("Look for the parcel on the map.")],
    410: [_("Start again from the map.")],
    413: [_("Send a smaller file, or divide it.")],
    422: [_("Go back and correct the fields named above.")],
    429: [_("Wait a minute and try again.")],
    500: [_("Try again in a few minutes."), _("What you had saved is safe.")],
    503: [_("Wait a minute and try again.")],
}


def status_of(error: LandError) -> int:
    """HTTP status of an error, by its code or that of the nearest class it refines."""
    for kind in type(error).__mro__:
        if (code := getattr(kind, "code", None)) in STATUS:
            return STATUS[str(code)]
    return 400


def _plain(value: object) -> Any:
    """Evidence as JSON can say it."""
    return json.loads(json.dumps(value, default=str))


def problem(
    *, status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None, **more: Any
) -> HttpResponse:
    """An answer in the form of RFC 9457, in the language of the request."""
    body: dict[str, Any] = {
        "type": f"urn:chanot:problem:{code}",
        "title": str(TITLES.get(status, TITLES[400])),
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors:
        body["errors"] = errors
    return HttpResponse(
        json.dumps(body | {k: v for k, v in more.items() if k not in body}, ensure_ascii=False),
        status=status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store"},
    )


def problem_of(error: LandError) -> HttpResponse:
    """The problem document of one of our own errors."""
    errors = None
    more = {k: _plain(v) for k, v in error.evidence.items()}
    if isinstance(error, InvalidInput):
        errors = [{"field": p.field, "message": p.render(gettext)} for p in error.problems]
        more = {}
    answer = problem(
        status=status_of(error),
        code=error.code,
        detail=error.render(gettext),
        errors=errors,
        **more,
    )
    return _with_retry(answer, error)


def _with_retry(answer: HttpResponse, error: LandError) -> HttpResponse:
    """Who comes too often is told when to come again."""
    if (seconds := error.evidence.get("retry_after_seconds")) is not None:
        answer["Retry-After"] = str(seconds)
    return answer


def _land_error(_request: HttpRequest, error: LandError) -> HttpResponse:
    return problem_of(error)


def _schema_error(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = []
    for fault in error.errors:
        # pydantic's location begins with where the value came from: body, its parameter, …
        path = tuple(fault["loc"])[1:] if fault["loc"][:1] != ("body",) else tuple(fault["loc"])[2:]
        errors.append({"field": dotted(path), "message": str(SCHEMA_FAULTS[fault["type"]])})
    fields = ", ".join(e["field"] for e in errors)
    return problem(
        status=422,
        code="invalid_input",
        detail=gettext("These fields cannot be used: {fields}.").format(fields=fields),
        errors=errors,
    )


def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    if isinstance(cause, LandError):
        return problem_of(cause)
    if isinstance(cause, RequestDataTooBig):
        return problem(status=413, code="too_large", detail=gettext("The request is too large."))
    code = {400: "malformed_body", 401: "sign_in_required", 429: "too_many_requests"}
    title = TITLES.get(error.status_code, TITLES[400])
    return problem(
        status=error.status_code, code=code.get(error.status_code, "refused"), detail=str(title)
    )


def _too_large(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return problem(status=413, code="too_large", detail=gettext("The request is too large."))


def _not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem(status=404, code="not_found", detail=gettext("There is nothing here."))


def _forbidden(_request: HttpRequest, _error: PermissionDenied) -> HttpResponse:
    return problem(status=403, code="not_permitted", detail=str(TITLES[403]))


def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("request_failed", route=route_of(request), exc_info=error)
    detail = gettext("The fault has been recorded. Please try again in a few minutes.")
    return problem(status=500, code="internal_error", detail=detail)


def install_problem_handlers(api: NinjaAPI) -> None:
    """Make every failure of the JSON API a problem document."""
    api.add_exception_handler(LandError, _land_error)
    api.add_exception_handler(ValidationError, _schema_error)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(RequestDataTooBig, _too_large)
    api.add_exception_handler(Http404, _not_found)
    api.add_exception_handler(PermissionDenied, _forbidden)
    api.add_exception_handler(Exception, _unexpected)


def route_of(request: HttpRequest) -> str:
    """The pattern that matched, never the address itself: addresses hold secret tokens."""
    return request.resolver_match.route if request.resolver_match else "?"


def error_page(
    request: HttpRequest, *, status: int, detail: str = "", code: str = ""
) -> HttpResponse:
    """A page that says what happened, why, and what to do next."""
    if _asks_for_json(request):
        title = str(TITLES.get(status, TITLES[400]))
        return problem(status=status, code=code or "refused", detail=detail or title)
    context = page_context(status, code=code, detail=detail)
    return render(request, "web/errors/error.html", context, status=status)


def page_context(status: int, *, code: str, detail: str = "") -> dict[str, Any]:
    """What the error page shows."""
    return {
        "status": status,
        "title": TITLES.get(status, TITLES[400]),
        "detail": detail,
        "code": code,
        "next_steps": NEXT_STEPS.get(status, NEXT_STEPS[400]),
    }


def _asks_for_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or request.get_preferred_type(
        ["text/html", "application/json", "application/problem+json"]
    ) not in {"text/html", None}


class LandErrorMiddleware:
    """Turns our own errors, raised in a page view, into a helpful page with the right status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, LandError):
            return None
        if _asks_for_json(request):
            return problem_of(error)
        page = error_page(
            request, status=status_of(error), detail=error.render(gettext), code=error.code
        )
        return _with_retry(page, error)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return error_page(request, status=status, code="refused")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return error_page(request, status=403, code="not_permitted")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return error_page(request, status=404, code="not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort: no database, no session, no context processor may be needed for it."""
    if _asks_for_json(request):
        return problem(status=500, code="internal_error", detail=str(TITLES[500]))
    context = page_context(500, code="internal_error")
    return HttpResponse(render_to_string("web/errors/error.html", context), status=500)

"""What operators and load balancers ask: alive, ready, and how busy."""

from __future__ import annotations

import hmac
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView


@require_safe
@never_cache
def alive(_request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    """The process can do its work: the database answers and has PostGIS."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT postgis_lib_version()")
            version = cursor.fetchone()[0]
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return JsonResponse({"status": "ok", "postgis": version})


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics: for who has the token, or asks on this very machine without a proxy."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        permitted = hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    else:
        local = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
        permitted = local and "X-Forwarded-For" not in request.headers
    if not permitted:
        raise Http404
    return ExportToDjangoView(request)

"""What a booking is measured against: a view with one INSERT, among our own addresses and alone.

As settings module (``DJANGO_SETTINGS_MODULE=bench.inserting``) it is the service's own with one
address more, behind the same middleware; as ``bench.inserting:bare`` it is a Django of its own
without any middleware. Both keep their database connections as the service does.
"""

from __future__ import annotations

import os

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config.settings import *  # noqa: F403 - a settings module is its names
from config.settings import database_from

ROOT_URLCONF = "bench.inserting_urls"


@csrf_exempt
def insert(request: HttpRequest) -> HttpResponse:
    """Read the body, insert a row, answer with JSON."""
    read = len(request.body)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_insert (slot_id, phone) VALUES (%s, %s)", [read, "+66812345678"]
        )
    answer = JsonResponse({"token": "", "read": read}, status=201)
    answer["Content-Length"] = str(len(answer.content))
    return answer


def alive(request: HttpRequest) -> HttpResponse:
    """Tells that the server has started."""
    return HttpResponse(
        f"{request.method}", headers={"Content-Length": str(len(request.method or ""))}
    )


urlpatterns = [path("", alive), path("bench/insert", insert)]


def bare() -> object:
    """A Django with these two views, no application and no middleware."""
    from django.core.wsgi import get_wsgi_application

    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, MIDDLEWARE=[], LOGGING_CONFIG=None,
        DATABASES={"default": database_from(os.environ["DATABASE_URL"])},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True,
    )  # fmt: skip
    return get_wsgi_application()

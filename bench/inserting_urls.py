"""The addresses of the service and one more: a view with one INSERT."""

from __future__ import annotations

from django.urls import path

from bench.inserting import insert
from config import urls

urlpatterns = [path("bench/insert", insert), *urls.urlpatterns]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500

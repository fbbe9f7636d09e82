from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from taxmap.views import estimate

urlpatterns: list[URLPattern | URLResolver] = [
    path("tax/estimate/", estimate.tax_estimate, name="tax-estimate"),
]

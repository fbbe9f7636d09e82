"""Addresses of bills: by the code on the notice, and by officers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from taxmap.views import bills

urlpatterns: list[URLPattern | URLResolver] = [
    path("tax/bills/<str:public_id>/", bills.tax_bill, name="tax-bill"),
    path("tax/bills/<str:public_id>/trace.json", bills.tax_bill_trace, name="tax-bill-trace"),
    path("taxmap/bills/<int:bill_id>/", bills.office_bill, name="taxmap-bill"),
]

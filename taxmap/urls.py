from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from taxmap.bill_urls import urlpatterns as bills
from taxmap.insight_urls import urlpatterns as insight
from taxmap.money_urls import urlpatterns as money
from taxmap.notice_urls import urlpatterns as notices
from taxmap.round_urls import urlpatterns as rounds
from taxmap.valuation_urls import urlpatterns as valuation
from taxmap.views import collection, estimate, exports

urlpatterns: list[URLPattern | URLResolver] = [
    path("tax/estimate/", estimate.tax_estimate, name="tax-estimate"),
    path("taxmap/", collection.home, name="taxmap-home"),
    path("taxmap/at/", collection.unit_at, name="taxmap-unit-at"),
    path("taxmap/units/<str:public_id>/", collection.unit_detail, name="taxmap-unit"),
    path("taxmap/units/<str:public_id>/owner/", collection.unit_owner, name="taxmap-unit-owner"),
    path("taxmap/collection/", collection.collection, name="taxmap-collection"),
    path("taxmap/collection.csv", collection.collection_csv, name="taxmap-collection-csv"),
    path("taxmap/sheet.pdf", exports.sheet, name="taxmap-sheet"),
    path("taxmap/export.html", exports.export, name="taxmap-export"),
    *bills,
    *insight,
    *money,
    *notices,
    *rounds,
    *valuation,
]

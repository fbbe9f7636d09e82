"""Addresses of what the tax office learns from its map: figures, dashboard, worklists, lists."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from taxmap.views import dashboard, figures, lists, missing, ratios

urlpatterns: list[URLPattern | URLResolver] = [
    path("taxmap/dashboard/", dashboard.dashboard, name="taxmap-dashboard"),
    path("taxmap/figures/", figures.figures, name="taxmap-figures"),
    path("taxmap/lists/", lists.lists, name="taxmap-lists"),
    path("taxmap/missing/", missing.missing, name="taxmap-missing"),
    path("taxmap/missing/search/", missing.search, name="taxmap-missing-search"),
    path("taxmap/missing/<str:public_id>/", missing.lead, name="taxmap-lead"),
    path("taxmap/ratios/", ratios.ratios, name="taxmap-ratios"),
    path("taxmap/ratios/files/<int:number>/", ratios.sale_file, name="taxmap-sale-file"),
    path("taxmap/ratios/sales/<int:number>/", ratios.sale_change, name="taxmap-sale"),
    path("taxmap/register/", lists.register, name="taxmap-register"),
]

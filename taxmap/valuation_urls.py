"""Addresses of the valuation: the year, prices, surveys, objections, signboards."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from taxmap.views import prices, survey, year

urlpatterns: list[URLPattern | URLResolver] = [
    path("tax/prices/<str:authority>/", prices.prices, name="tax-prices"),
    path("taxmap/year/", year.year, name="taxmap-year"),
    path("taxmap/year/steps/<slug:step>/", year.year_step, name="taxmap-year-step"),
    path("taxmap/year/gaps/<slug:kind>/", year.gap, name="taxmap-gap"),
    path("taxmap/year/list/", year.property_list, name="taxmap-property-list"),
    path("taxmap/prices/", prices.price_imports, name="taxmap-price-imports"),
    path("taxmap/prices/<int:number>/", prices.price_import, name="taxmap-price-import"),
    path("taxmap/units/<str:public_id>/survey/", survey.survey, name="taxmap-unit-survey"),
    path("taxmap/visits-due/", survey.to_visit, name="taxmap-to-visit"),
]

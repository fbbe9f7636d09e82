"""Addresses of the valuation: the year, prices, surveys, objections, signboards."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from taxmap.views import condominiums, objections, prices, signboards, survey, year

urlpatterns: list[URLPattern | URLResolver] = [
    path("tax/prices/<str:authority>/", prices.prices, name="tax-prices"),
    path("taxmap/year/", year.year, name="taxmap-year"),
    path("taxmap/year/steps/<slug:step>/", year.year_step, name="taxmap-year-step"),
    path("taxmap/year/gaps/<slug:kind>/", year.gap, name="taxmap-gap"),
    path("taxmap/year/list/", year.property_list, name="taxmap-property-list"),
    path("taxmap/prices/", prices.price_imports, name="taxmap-price-imports"),
    path("taxmap/prices/<int:number>/", prices.price_import, name="taxmap-price-import"),
    path("taxmap/units/<str:public_id>/survey/", survey.survey, name="taxmap-unit-survey"),
    path("taxmap/objections/", objections.objections, name="taxmap-objections"),
    path("taxmap/objections/<str:public_id>/", objections.objection, name="taxmap-objection"),
    path(
        "taxmap/objections/<str:public_id>/documents/<int:number>/",
        objections.document,
        name="taxmap-objection-document",
    ),
    path(
        "taxmap/assessments/<int:number>/objection/",
        objections.receive,
        name="taxmap-objection-receive",
    ),
    path(
        "taxmap/assessments/<int:number>/correction/",
        objections.correction,
        name="taxmap-correction",
    ),
    path("taxmap/notes/<int:number>/", objections.note_step, name="taxmap-note-step"),
    path("taxmap/signboards/", signboards.signboards, name="taxmap-signboards"),
    path(
        "taxmap/signboards/steps/<slug:step>/",
        signboards.signboard_step,
        name="taxmap-signboard-step",
    ),
    path(
        "taxmap/signboards/<int:number>/down/",
        signboards.signboard_down,
        name="taxmap-signboard-down",
    ),
    path("taxmap/condominiums/", condominiums.condominiums, name="taxmap-condominiums"),
    path("taxmap/condominiums/<int:number>/", condominiums.condominium, name="taxmap-condominium"),
    path("taxmap/visits-due/", survey.to_visit, name="taxmap-to-visit"),
]

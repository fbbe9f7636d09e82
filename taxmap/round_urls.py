"""Addresses of going out to collect, and of the tax-map sheets."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from taxmap.views import round_walk, rounds, sheets

urlpatterns: list[URLPattern | URLResolver] = [
    path("taxmap/rounds/", rounds.books, name="taxmap-books"),
    path("taxmap/rounds/books/<str:public_id>/", rounds.book, name="taxmap-book"),
    path("taxmap/rounds/books/<str:public_id>/print/", rounds.book_print, name="taxmap-book-print"),
    path("taxmap/rounds/<str:public_id>/", round_walk.walk, name="taxmap-round"),
    path("taxmap/rounds/<str:public_id>/visit/", round_walk.visit, name="taxmap-visit"),
    path("taxmap/rounds/<str:public_id>/offline.html", round_walk.offline,
         name="taxmap-round-offline"),
    path("taxmap/rounds/<str:public_id>/visits/", round_walk.visits_file, name="taxmap-visits"),
    path("taxmap/sheets/", sheets.sheets, name="taxmap-sheets"),
    path("taxmap/sheets/sheet.pdf", sheets.sheet_file, name="taxmap-tax-sheet"),
]  # fmt: skip

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from parcels.views import (
    citizen,
    editor,
    exports,
    extract,
    findings,
    imports,
    plot,
    section10,
    titles,
    transaction_drafts,
    transactions,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", citizen.citizen_map, name="map"),
    path("search/", citizen.parcel_search, name="parcel-search"),
    path("parcels/<str:public_id>/", plot.parcel_detail, name="parcel-detail"),
    path("parcels/<str:public_id>/owners/", plot.parcel_owners, name="parcel-owners"),
    path("parcels/<str:public_id>/extract.pdf", extract.parcel_extract, name="parcel-extract"),
]

urlpatterns += [
    path("office/imports/", imports.imports, name="imports"),
    path("office/imports/<str:public_id>/", imports.import_detail, name="import-detail"),
    path(
        "office/imports/<str:public_id>/quarantine.geojson",
        imports.quarantine_geojson,
        name="import-quarantine-geojson",
    ),
    path(
        "office/imports/<str:public_id>/quarantine.csv",
        imports.quarantine_csv,
        name="import-quarantine-csv",
    ),
]

urlpatterns += [path("office/exports/", exports.exports, name="exports")]

urlpatterns += [
    path("office/editor/", editor.editor, name="editor"),
    path("office/editor/parcels/", editor.editor_parcels, name="editor-parcels"),
    path("office/editor/preview/", editor.editor_preview, name="editor-preview"),
    path("office/editor/draft/", editor.editor_draft, name="editor-draft"),
]

urlpatterns += [
    path("office/transactions/", transactions.transactions, name="transactions"),
    path("office/transactions/new/", transaction_drafts.transaction_new, name="transaction-new"),
    path(
        "office/transactions/<str:public_id>/",
        transactions.transaction_detail,
        name="transaction-detail",
    ),
    path(
        "office/transactions/<str:public_id>/edit/",
        transaction_drafts.transaction_edit,
        name="transaction-edit",
    ),
    path(
        "office/transactions/<str:public_id>/decide/",
        transactions.transaction_decide,
        name="transaction-decide",
    ),
    path(
        "office/transactions/<str:public_id>/files/",
        transactions.transaction_files,
        name="transaction-files",
    ),
    path(
        "office/transactions/<str:public_id>/files/<str:file_id>/",
        transactions.transaction_file,
        name="transaction-file",
    ),
    path("office/titles/<str:public_id>/", titles.title_detail, name="title-detail"),
    path("office/titles/<str:public_id>/holders/", titles.title_holders, name="title-holders"),
]

urlpatterns += [
    path("office/section10/", section10.packages, name="section10"),
    path("office/section10/<str:public_id>/", section10.package_detail, name="section10-package"),
    path("office/section10/<str:public_id>/rows.csv", section10.package_csv, name="section10-csv"),
    path(
        "office/section10/<str:public_id>/<str:row_id>/",
        section10.row_detail,
        name="section10-row",
    ),
    path(
        "office/section10/<str:public_id>/<str:row_id>/decide/",
        section10.row_decide,
        name="section10-decide",
    ),
]

urlpatterns += [
    path("office/findings/", findings.findings, name="findings"),
    path("office/findings/check/", findings.findings_check, name="findings-check"),
    path("office/findings/<str:public_id>/", findings.finding_detail, name="finding-detail"),
]

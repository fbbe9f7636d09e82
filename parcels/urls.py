from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from parcels.views import citizen, imports, plot

urlpatterns: list[URLPattern | URLResolver] = [
    path("", citizen.citizen_map, name="map"),
    path("search/", citizen.parcel_search, name="parcel-search"),
    path("parcels/<str:public_id>/", plot.parcel_detail, name="parcel-detail"),
    path("parcels/<str:public_id>/owners/", plot.parcel_owners, name="parcel-owners"),
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

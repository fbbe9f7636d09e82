"""The parcel fabric and its map sheets, for everybody."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tiles.registry import TileLayer, register

register(
    TileLayer(
        name="parcels",
        sql="parcels/sql/parcel_tile.sql",
        as_of_sql="parcels/sql/parcel_tile_as_of.sql",
        minzoom=14,
        maxzoom=18,
        title=_("Parcels"),
        attribution=_("Parcels: the land offices in charge"),
        fields={
            "land_use": _("What the land is used for, as anyone can see it"),
            "land_number": _("Land number on its map sheet, from zoom 16"),
        },
        table="parcels_parcel",
    )
)
register(
    TileLayer(
        name="mapsheets",
        sql="parcels/sql/map_sheet_tile.sql",
        minzoom=10,
        maxzoom=16,
        title=_("Map sheets"),
        attribution=_("Map sheets: Department of Lands"),
        fields={"name": _("Name of the map sheet"), "scale": _("Scale, 1:n")},
        table="parcels_mapsheet",
        geometry="extent",
    )
)

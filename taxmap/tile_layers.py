"""The tax map's public side: zones, blocks and the outlines of buildings. No value, no tax."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from taxmap import collection_layers  # noqa: F401 – registers the layer of tax officers
from tiles.registry import TileLayer, register

ATTRIBUTION = _("Tax map: the local authorities in charge")

register(
    TileLayer(
        name="zones",
        sql="taxmap/sql/zone_tile.sql",
        minzoom=8,
        maxzoom=16,
        title=_("Tax zones"),
        attribution=ATTRIBUTION,
        fields={"code": _("Code of the zone, such as 01")},
        table="taxmap_taxzone",
    )
)
register(
    TileLayer(
        name="blocks",
        sql="taxmap/sql/block_tile.sql",
        minzoom=10,
        maxzoom=16,
        title=_("Tax blocks"),
        attribution=ATTRIBUTION,
        fields={"code": _("Codes of zone and block, such as 01A")},
        table="taxmap_taxblock",
    )
)
register(
    TileLayer(
        name="buildings",
        sql="taxmap/sql/building_tile.sql",
        minzoom=16,
        maxzoom=18,
        title=_("Buildings"),
        attribution=ATTRIBUTION,
        fields={"floors": _("Number of floors")},
        table="taxmap_building",
        geometry="footprint",
    )
)

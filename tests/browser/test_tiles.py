"""The map library itself reads our tiles, full and empty."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.factories import a_parcel
from tests.tiles.conftest import tile_at

READ = """async ([z, x, y]) => {
    const source = new protomapsL.ZxySource("/tiles/parcels/{z}/{x}/{y}.mvt", false);
    const layers = await source.get({ z, x, y }, 256);
    return [...layers].map(([name, found]) => [name, found.map((f) => f.props)]);
}"""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_protomaps_leaflet_reads_full_and_empty_tiles(open_page: Callable[..., Page]) -> None:
    a_parcel(land_number="12")
    here = tile_at(100.4702, 13.8702, 16)
    page = open_page("/tiles/parcels.json")
    page.add_script_tag(url="/static/npm/leaflet/leaflet.js")
    page.add_script_tag(url="/static/npm/protomaps-leaflet/protomaps-leaflet.js")
    full = page.evaluate(READ, [here.z, here.x, here.y])
    empty = page.evaluate(READ, [here.z, here.x + 50, here.y])
    assert full == [["parcels", [{"land_number": "12", "land_use": "unknown"}]]]
    assert empty == []

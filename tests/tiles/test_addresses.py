"""One spelling for each tile; anything else is turned away before a query runs."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tiles.addresses import RasterTile, Tile, VectorDescription, VectorTile, address_of

NOT_TILES = [
    "parcels/-1/0/0.mvt",
    "parcels/32/0/0.mvt",
    "parcels/25/0/0.mvt",
    "parcels/99999999999/0/0.mvt",
    "parcels/2/4/0.mvt",
    "parcels/2/0/4.mvt",
    "parcels/16/1e3/0.mvt",
    "parcels/16/1.0/0.mvt",
    "parcels/016/1/0.mvt",
    "parcels/16/01/0.mvt",
    "parcels/๑๖/1/0.mvt",
    "parcels/16/+1/0.mvt",
    "parcels/16/ 1/0.mvt",
    "parcels/16/1/0.mvt.php",
    "parcels/16/1/0.mvt\n",
    "parcels/16/1/0",
    "parcels/16/1/0.pbf",
    "parcels/../16/1/0.mvt",
    "Parcels/16/1/0.mvt",
    "raster/ortho/16/1/0.jpg",
    "raster/../ortho/16/1/0.webp",
    "raster/16/1/0.webp",
    "raster.json/",
    "",
]


@pytest.mark.parametrize("path", NOT_TILES)
def test_what_is_not_a_tile_is_turned_away_without_the_database(client: Client, path: str) -> None:
    """This test has no database: a query would fail it."""
    response = client.get("/tiles/" + path.replace("\n", "%0A").replace("+", "%2B"))
    assert response.status_code == 404
    assert address_of(path) is None
    if path:
        assert "public" in response["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    ["parcels/13/0/0.mvt", "parcels/19/0/0.mvt", "owners/16/0/0.mvt", "buildings/14/0/0.mvt"],
)
def test_zooms_and_layers_that_are_not_offered_cost_no_query(client: Client, path: str) -> None:
    response = client.get(f"/tiles/{path}")
    assert response.status_code == 404
    assert "public" in response["Cache-Control"]


def test_only_reading_is_offered(client: Client) -> None:
    assert client.post("/tiles/parcels/16/1/1.mvt").status_code == 405


@given(z=st.integers(0, 24), data=st.data())
def test_every_tile_of_the_pyramid_has_an_address(z: int, data: st.DataObject) -> None:
    x = data.draw(st.integers(0, 2**z - 1))
    y = data.draw(st.integers(0, 2**z - 1))
    tile = Tile(z, x, y)
    assert address_of(f"parcels/{z}/{x}/{y}.mvt") == VectorTile("parcels", tile)
    assert address_of(f"raster/a-b/{z}/{x}/{y}.png") == RasterTile("a-b", tile, "png")


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    address_of(text)
    assert address_of(f"parcels/{text}/0/0.mvt") is None or text.isascii()


def test_descriptions() -> None:
    assert address_of("survey_points.json") == VectorDescription("survey_points")

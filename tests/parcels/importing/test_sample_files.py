"""Real files of many origins give the counts that their SOURCES.md states."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from cadastre.errors import LandError
from parcels.importing.pipeline import ImportOptions, open_file

pytestmark = pytest.mark.sample_data


def check(file: Path, **options: Any) -> dict[str, Any]:
    """What becomes of a file without an office, and what was said of it."""
    with open_file(file, ImportOptions(**options), None) as reading:
        outcomes = [outcome for batch in reading.outcomes() for outcome in (*batch[0], *batch[1])]
        positions = sorted(outcome.position for outcome in outcomes)
        tally = reading.tally
        assert positions == list(range(tally.read)), "every feature once, none lost"
        assert tally.read == tally.imported + tally.quarantined
        return {
            "counts": (tally.read, tally.quarantined),
            "reasons": dict(tally.reasons),
            "warnings": dict(tally.warnings) | {"overlap": reading.overlaps},
            "crs": reading.crs,
            "zone": reading.zone,
            "encoding": reading.source.encoding,
            "layer": reading.dataset.layer,
            "isolation": reading.dataset.isolation,
            "columns": dict(reading.plan.columns),
            "datum": reading.datum_parameters,
            "outcomes": outcomes,
        }


# file, options, features read, of these invalid, reference system, metric system
FILES: list[tuple[str, dict[str, Any], int, int, str, int]] = [
    ("parcels/bubenec/bubenec.gpkg", {}, 407, 0, "EPSG:3857", 32633),
    ("parcels/bubenec/bubenec.gpkg", {"layer": "buildings"}, 144, 0, "EPSG:3857", 32633),
    ("parcels/cambridge_fy2013/parcels_fy2013.gpkg", {}, 13_159, 24, "EPSG:4326", 32619),
    (
        "parcels/cambridge_fy2013/ASSESSING_ParcelsFY2013.topojson",
        {"srid": 4326}, 13_159, 24, "EPSG:4326", 32619,
    ),
    ("parcels/edigeo_13029/edigeo-130290000A01.tar.bz2", {}, 389, 0, "EPSG:2154", 2154),
    ("parcels/edigeo_13029/edigeo_13029A.gpkg", {}, 389, 0, "EPSG:2154", 2154),
    ("parcels/hu_sample/parcels.shp", {}, 53, 0, "EPSG:3857", 32634),
    ("parcels/hu_sample/buildings.shp", {}, 105, 0, "EPSG:3857", 32634),
    ("parcels/brk_gml/kadastralekaart_perceel.gml", {}, 11, 0, "EPSG:28992", 28992),
    ("parcels/brk_gml/kadastralekaart_pand.gml", {"srid": 28992}, 22, 0, "EPSG:28992", 28992),
    ("parcels/farm/1_vietnam_areas.gpkg", {}, 100, 0, "EPSG:32648", 32648),
    ("parcels/farm/GSAA_2024.zip", {}, 100, 0, "EPSG:4258", 32629),
    ("parcels/farm/india_10k.zip", {}, 100, 0, "EPSG:4326", 0),
    ("parcels/farm/brpgewaspercelen_definitief_2023.gpkg", {}, 100, 0, "EPSG:28992", 28992),
    ("parcels/farm/lwb_nutzungsflaechen_v2_0_lv95.gpkg", {}, 100, 0, "EPSG:2056", 2056),
    ("parcels/dirty/dc-parcel-lots.geojson", {}, 1_258, 1, "EPSG:4326", 32618),
    ("parcels/ruian_obec/ruian_obec.gpkg", {}, 3_172, 0, "EPSG:5514", 5514),
    ("parcels/ruian_obec/OB_UKSH.xml.gz", {}, 3_172, 0, "EPSG:5514", 5514),
    ("thailand/changwat_tis620_indian1975/changwat.shp", {}, 77, 0, "EPSG:24047", 32647),
    ("thailand/th_adm1.geojson", {}, 77, 0, "EPSG:4326", 0),
    ("thailand/th_adm2.geojson", {}, 928, 0, "EPSG:4326", 0),
    ("thailand/th_adm3_simplified.gpkg", {}, 7_425, 0, "EPSG:4326", 0),
]  # fmt: skip


@pytest.mark.parametrize("case", FILES, ids=lambda case: " ".join([case[0], *case[1]]))
def test_counts_are_those_of_the_sources(
    sample_data: Path, case: tuple[str, dict[str, Any], int, int, str, int]
) -> None:
    file, options, read, invalid, crs, zone = case
    found = check(sample_data / file, **options)
    assert found["counts"] == (read, invalid), found["reasons"]
    assert found["crs"] == crs
    assert zone in {0, found["zone"]}
    assert "limits" in found["isolation"]


def test_cambridge_keeps_its_duplicate_and_its_overlaps_as_warnings(sample_data: Path) -> None:
    found = check(sample_data / "parcels/cambridge_fy2013/parcels_fy2013.gpkg")
    assert found["reasons"] == {"self_crossing": 9, "spike": 15}
    assert found["warnings"]["duplicate_geometry"] == 1
    assert 40 <= found["warnings"]["overlap"] <= 55
    refused = [each for each in found["outcomes"] if hasattr(each, "code")]
    for each in refused:
        assert each.place is not None
        assert -71.2 < each.place[0] < -71.0
        assert 42.3 < each.place[1] < 42.5
        assert "POLYGON" in each.geometry
        assert each.values["GlobalID"]


def test_boundaries_and_not_label_points_are_read_from_dutch_gml(sample_data: Path) -> None:
    found = check(sample_data / "parcels/brk_gml/kadastralekaart_perceel.gml")
    areas = [outcome.attributes.legal_area_m2 for outcome in found["outcomes"]]
    assert areas[0] == 222
    assert all(areas)
    assert found["outcomes"][0].attributes.land_number == "2298"


def test_edigeo_keeps_its_registered_area(sample_data: Path) -> None:
    found = check(sample_data / "parcels/edigeo_13029/edigeo-130290000A01.tar.bz2")
    first = found["outcomes"][0].attributes
    assert (first.tax_parcel_code, first.legal_area_m2) == ("0290000A0215", 21_947)


def test_cp874_without_any_declaration_comes_out_as_thai(sample_data: Path) -> None:
    found = check(sample_data / "thailand/changwat_tis620_indian1975/changwat.shp")
    names = {outcome.values["PROV_NAM_T"] for outcome in found["outcomes"]}
    assert found["encoding"] == "CP874"
    assert {"นนทบุรี", "เชียงใหม่", "อำนาจเจริญ", "กรุงเทพมหานคร"} <= names
    assert all("\u0e00" <= character <= "\u0e7f" for name in names for character in name)


def test_indian_1975_takes_the_named_parameters_and_never_projs_default(sample_data: Path) -> None:
    """The sample was written by PROJ's own default, so the right way back lands 190 m away."""
    changwat = sample_data / "thailand/changwat_tis620_indian1975/changwat.shp"
    reference = check(sample_data / "thailand/th_adm1.geojson")
    by_name = {o.values["ADM1_TH"]: shapely.from_wkb(o.ewkb) for o in reference["outcomes"]}
    centres = []
    for parameters in ("EPSG:1537", "EPSG:1304"):
        found = check(changwat, datum_parameters=parameters)
        assert found["datum"] == parameters
        first = found["outcomes"][0]
        centres.append(shapely.from_wkb(first.ewkb).centroid)
        apart = centres[-1].distance(by_name[first.values["PROV_NAM_T"]].centroid)
        assert 150 < apart * 110_000 < 230
    assert 0.5 < centres[0].distance(centres[1]) * 110_000 < 5


def test_a_published_point_of_indian_1975_is_met(tmp_path: Path) -> None:
    """24048 (412000, 1602000), a corner of a municipality's map sheets, is known to 1e-14°."""
    x, y = 412_000, 1_602_000
    ring = [[x, y], [x + 40, y], [x + 40, y + 40], [x, y + 40], [x, y]]
    square = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {}, "geometry": square}
    file = tmp_path / "sheet.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    found = check(file, srid=24048)
    lon, lat = shapely.get_coordinates(shapely.from_wkb(found["outcomes"][0].ewkb))[0]
    # The millimetre grid is 1e-8 degrees.
    assert (lon, lat) == pytest.approx((104.17952875418199, 14.492126025637537), abs=1e-8)


@pytest.mark.parametrize(
    ("file", "options", "code"),
    [
        ("parcels/cambridge_fy2013/ASSESSING_ParcelsFY2013.topojson", {}, "crs_unknown"),
        ("parcels/brk_gml/kadastralekaart_pand.gml", {}, "crs_unknown"),
        ("parcels/cambridge_fy2013/SubParcelLinesFY2013.geojson", {}, "no_polygon_layer"),
        ("parcels/bubenec/bubenec.gpkg", {"layer": "nowhere"}, "layer_unknown"),
        ("thailand/treasury_samples.json", {}, "unsupported_file"),
        ("thailand/holidays_th_2019_2027.csv", {}, "unsupported_file"),
        ("parcels/hu_sample/parcels.shp", {"srid": 999_999}, "crs_unknown"),
        ("parcels/hu_sample/parcels.shp", {"encoding": "klingon"}, "encoding_unknown"),
        (
            "thailand/changwat_tis620_indian1975/changwat.shp",
            {"encoding": "utf-8"}, "encoding_wrong",
        ),
        (
            "parcels/hu_sample/parcels.shp",
            {"fields": {"deed_number": "NOWHERE"}}, "field_mapping_invalid",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_known_is_asked_for(
    sample_data: Path, file: str, options: dict[str, Any], code: str
) -> None:
    with pytest.raises(LandError) as caught:
        check(sample_data / file, **options)
    assert caught.value.code == code
    assert caught.value.render()


def test_points_asked_for_by_name_are_all_quarantined(sample_data: Path) -> None:
    found = check(sample_data / "parcels/ruian_obec/ruian_obec.gpkg", layer="addresses")
    assert found["counts"] == (212, 212)
    assert found["reasons"] == {"geometry_unsupported": 212}
    assert found["outcomes"][0].geometry.startswith("POINT")

"""``check_fabric --file``: every fault of a file, nothing imported, nothing left out."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely
from django.core.management import CommandError, call_command

from parcels.importing import faults

UTM = "EPSG:32647"
EAST, NORTH = 660_000.0, 1_530_000.0

Pairs = dict[tuple[int, int], float]


def check(file: Path, **options: Any) -> dict[str, Any]:
    told = io.StringIO()
    call_command("check_fabric", file=file, json=True, stdout=told, stderr=io.StringIO(), **options)
    found: dict[str, Any] = json.loads(told.getvalue())
    return found


def written(folder: Path, shapes: list[Any], codes: list[Any], crs: str = UTM) -> Path:
    """A GeoPackage of such boundaries (None: a feature without), metres from the place above."""
    moved = [
        None if each is None else shapely.affinity.translate(each, EAST, NORTH) for each in shapes
    ]
    path = folder / "plots.gpkg"
    pyogrio.raw.write(
        path,
        np.array([None if each is None else shapely.to_wkb(each) for each in moved], dtype=object),
        [np.array(codes, dtype=object)],
        fields=np.array(["tax_parcel_code"], dtype=object),
        geometry_type="Polygon",
        crs=crs,
        layer="plots",
    )
    return path


def counted(found: dict[str, Any]) -> dict[str, int]:
    return {code: number for code, number in found["findings"].items() if number}


BOW = shapely.Polygon([(50, 0), (60, 10), (60, 0), (50, 10)])


def test_every_fault_of_a_file_is_told_and_no_feature_is_left_out(tmp_path: Path) -> None:
    shapes = [
        shapely.box(0, 0, 10, 10), shapely.box(9, 0, 20, 10), shapely.box(2, 2, 3, 3), BOW, None,
        shapely.box(80, 0, 90, 10), shapely.box(80, 0, 90, 10),
    ]  # fmt: skip
    codes = ["01A001", "01A002", "01A001", None, "01A005", "01A006", "no code at all"]
    found = check(written(tmp_path, shapes, codes))
    assert found["parcels"] == 7
    assert counted(found) == {
        "overlap": 1, "contained": 1, "duplicate": 1, "invalid_ring": 2, "unshared_vertex": 4,
        "duplicate_code": 1, "missing_code": 1,
    }  # fmt: skip
    assert found["crs"] == found["metric_crs"] == UTM
    told = {
        place["code"]: (place["first"], place["second"], place["measure"], place["detail"])
        for place in found["places"]
    }
    assert told["overlap"] == (0, 1, pytest.approx(10), "")
    assert told["contained"] == (2, 0, pytest.approx(1), "")
    assert told["duplicate"][:2] == (5, 6)
    assert told["duplicate_code"] == (2, 0, 1, "01A001")
    assert told["missing_code"][:2] == (3, None)
    invalid = [place for place in found["places"] if place["code"] == "invalid_ring"]
    assert [(p["first"], p["detail"]) for p in invalid] == [
        (3, "self_crossing"), (4, "geometry_missing"),
    ]  # fmt: skip
    expected = pyproj.Transformer.from_crs(UTM, 4326, always_xy=True).transform(
        EAST + 55, NORTH + 5
    )
    assert invalid[0]["place"] == pytest.approx(expected, abs=1e-8)
    assert invalid[1]["place"] is None


def test_areas_of_a_file_in_degrees_are_square_metres(tmp_path: Path) -> None:
    to_degrees = pyproj.Transformer.from_crs(UTM, 4326, always_xy=True)
    path = written(tmp_path, [shapely.box(0, 0, 10, 10), shapely.box(9, 0, 20, 10)], ["a", "b"])
    _, _, wkb, _ = pyogrio.raw.read(path)
    degrees = shapely.transform(
        shapely.from_wkb(wkb), lambda xy: np.column_stack(to_degrees.transform(xy[:, 0], xy[:, 1]))
    )
    other = tmp_path / "degrees.gpkg"
    pyogrio.raw.write(
        other, shapely.to_wkb(degrees), [], fields=np.array([], dtype=object),
        geometry_type="Polygon", crs="EPSG:4326", layer="plots",
    )  # fmt: skip
    found = check(other)
    assert found["metric_crs"] == UTM
    (overlap,) = [place for place in found["places"] if place["code"] == "overlap"]
    assert overlap["measure"] == pytest.approx(10, abs=1e-4)


def test_the_reference_system_can_be_said(tmp_path: Path) -> None:
    path = written(tmp_path, [shapely.box(0, 0, 10, 10)], ["a"])
    assert check(path, crs="EPSG:32648")["crs"] == "EPSG:32648"


def test_progress_goes_to_standard_error_and_words_to_standard_output(tmp_path: Path) -> None:
    path = written(tmp_path, [shapely.box(0, 0, 10, 10), shapely.box(9, 0, 20, 10)], ["a", "b"])
    told, progress = io.StringIO(), io.StringIO()
    call_command("check_fabric", file=path, stdout=told, stderr=progress)
    assert "2  parcels" in told.getvalue()
    assert "1  overlap" in told.getvalue()
    assert "reading" in progress.getvalue()
    assert "overlap" in progress.getvalue()


def test_a_file_that_is_none_is_refused_with_its_code(tmp_path: Path) -> None:
    path = tmp_path / "plots.gpkg"
    path.write_bytes(b"no geopackage")
    told = io.StringIO()
    with pytest.raises(CommandError, match="unsupported_file"):
        call_command("check_fabric", file=path, json=True, stdout=told, stderr=io.StringIO())
    assert json.loads(told.getvalue())["error"] == "unsupported_file"


def test_a_comparison_without_end_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, [shapely.box(0, 0, 10, 10)], ["a"])
    monkeypatch.setattr(faults, "COMPARE_SECONDS", 0.0)
    began = time.monotonic()
    with pytest.raises(CommandError, match="reading_stopped"):
        check(path)
    assert time.monotonic() - began < 20


# -- the files of the collection, beside the counts that come with them --------------------------

CAMBRIDGE = "parcels/cambridge_fy2013/parcels_fy2013.gpkg"
LOTS = "parcels/dirty/dc-parcel-lots.geojson"
BUBENEC = "parcels/bubenec/bubenec.gpkg"


def drawn(file: Path, zone: int) -> tuple[Any, Any]:
    """The boundaries as in the file, and in the metres of the zone."""
    meta, _, wkb, _ = pyogrio.raw.read(file)
    given = shapely.force_2d(shapely.from_wkb(wkb))
    change = pyproj.Transformer.from_crs(meta["crs"], zone, always_xy=True)
    return given, shapely.transform(
        given, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1]))
    )


def common(given: Any) -> Pairs:
    """What any two boundaries have in common, by comparing each with its neighbours."""
    one, other = shapely.STRtree(given).query(given, predicate="intersects")
    one, other = one[one < other], other[one < other]
    areas = shapely.area(shapely.intersection(given[one], given[other]))
    return {(int(i), int(j)): float(a) for i, j, a in zip(one, other, areas, strict=True) if a}


def pairs_of(found: dict[str, Any]) -> set[tuple[int, int]]:
    return {
        (min(each["first"], each["second"]), max(each["first"], each["second"]))
        for each in found["places"]
        if each["code"] in {"overlap", "contained", "duplicate"}
    }


@pytest.mark.sample_data
def test_cambridge_differs_by_the_overlaps_of_invalid_parcels(sample_data: Path) -> None:
    found = check(sample_data / CAMBRIDGE)
    assert found["parcels"] == 13_159
    assert found["findings"] | {"gap": 0, "sliver": 0, "unshared_vertex": 0} == {
        "overlap": 46, "contained": 0, "duplicate": 1, "gap": 0, "sliver": 0,
        "unshared_vertex": 0, "invalid_ring": 24, "duplicate_code": 76, "missing_code": 6,
    }  # fmt: skip
    degrees, _ = drawn(sample_data / CAMBRIDGE, 32619)
    invalid = set(np.flatnonzero(~shapely.is_valid(degrees)).tolist())
    assert {p["first"] for p in found["places"] if p["code"] == "invalid_ring"} == invalid
    repaired = {pair for pair, area in common(shapely.make_valid(degrees)).items() if area > 1e-12}
    assert len(repaired) == 55
    assert pairs_of(found) == {pair for pair in repaired if not invalid & set(pair)}


@pytest.mark.sample_data
def test_the_lots_differ_by_overlaps_that_exist_in_degrees_only(sample_data: Path) -> None:
    found = check(sample_data / LOTS)
    assert found["parcels"] == 1_258
    assert [found["findings"][c] for c in ("overlap", "contained", "duplicate")] == [26, 1, 0]
    assert found["findings"]["invalid_ring"] == 1
    degrees, metres = drawn(sample_data / LOTS, 32618)
    sound = shapely.is_valid(degrees)
    degrees, metres = np.where(sound, degrees, None), np.where(sound, metres, None)
    in_degrees = {pair for pair, area in common(degrees).items() if area > 1e-12}
    in_metres = common(metres)
    assert len(in_degrees) == 34
    phantoms = in_degrees - pairs_of(found)
    assert pairs_of(found) < in_degrees
    assert len(phantoms) == 7
    assert max(in_metres.get(pair, 0.0) for pair in phantoms) < 0.003


@pytest.mark.sample_data
def test_bubenec_differs_by_the_scale_of_web_mercator(sample_data: Path) -> None:
    found = check(sample_data / BUBENEC, layer="plots")
    assert found["parcels"] == 407
    assert [found["findings"][c] for c in ("overlap", "contained", "duplicate")] == [3, 0, 0]
    assert found["findings"]["invalid_ring"] == 0
    meta, _, wkb, _ = pyogrio.raw.read(sample_data / BUBENEC, layer="plots")
    assert meta["crs"] == "EPSG:3857"
    given = shapely.from_wkb(wkb)
    published = {pair: area for pair, area in common(given).items() if area > 0.01}
    assert len(published) == 15
    scale = np.cos(np.radians(50.1)) ** 2
    true = {pair for pair, area in published.items() if area * scale > 0.01}
    assert pairs_of(found) == true
    assert int((shapely.get_num_interior_rings(shapely.get_parts(given)) > 0).sum()) == 17

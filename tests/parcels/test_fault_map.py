"""``check_fabric --file --map``: every finding of a file on a map that needs no network."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import CommandError, call_command

from tests.parcels.test_check_fabric_file import BOW, BUBENEC, CAMBRIDGE, LOTS, written

Page = tuple[dict[str, Any], dict[str, Any], str]


def mapped(file: Path, folder: Path, **options: Any) -> Page:
    """The report, what the map draws, and the page."""
    told, page = io.StringIO(), folder / "map.html"
    call_command(
        "check_fabric", file=file, map=page, json=True, stdout=told, stderr=io.StringIO(),
        **{"language": "en"} | options,
    )  # fmt: skip
    text = page.read_text(encoding="utf-8")
    said = re.search(r'<script id="faults" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert said
    return json.loads(told.getvalue()), json.loads(said[1]), text


def drawn(polygons: list[Any]) -> Any:
    """What Leaflet draws, as a shape in longitude and latitude."""
    turned = [[[(lon, lat) for lat, lon in ring] for ring in rings] for rings in polygons]
    return shapely.union_all([shapely.Polygon(rings[0], rings[1:]) for rings in turned])


def assert_all_is_shown(page: Page) -> None:
    """Each finding is in the list with its words and on the map at its place."""
    report, data, text = page
    places = report["places"]
    assert len(data["findings"]) == len(places) == sum(report["findings"].values())
    listed = re.findall(r'data-finding="(\d+)"', text)
    assert Counter(listed) == Counter(str(number) for number in range(len(places)))
    for place, finding in zip(places, data["findings"], strict=True):
        assert (place["place"] is None) == (finding["at"] is None)
        named = [str(each) for each in (place["first"], place["second"]) if each is not None]
        if place["place"]:
            assert finding["at"] == pytest.approx(place["place"][::-1], abs=1e-8)
            assert finding["plots"] == named
            assert set(named) <= set(data["plots"])


def test_the_map_shows_every_finding_with_parcels_and_ground(tmp_path: Path) -> None:
    shapes = [
        shapely.box(0, 0, 10, 10), shapely.box(9, 0, 20, 10), BOW, None, shapely.box(0, 11, 10, 12),
        shapely.box(500, 0, 510, 10),
    ]  # fmt: skip
    page = mapped(written(tmp_path, shapes, ["a", "b", "a", "", "e", "far"]), tmp_path)
    assert_all_is_shown(page)
    report, data, text = page
    assert report["findings"]["overlap"] == 1
    overlap = data["findings"][[p["code"] for p in report["places"]].index("overlap")]
    one, two = (drawn(data["plots"][each]) for each in overlap["plots"])
    common = shapely.intersection(one, two)
    ground = drawn(overlap["shape"])
    assert shapely.symmetric_difference(common, ground).area < 0.001 * common.area
    assert "a (#0) and parcel b (#1) both cover the same 10.00 m²" in text
    assert "a (#2) has the number of a (#0)." in text
    assert "#3 has no number." in text
    # The one beside them is drawn as well, the one far away is not.
    assert len(data["around"]) == 1


def test_a_finding_without_any_place_is_listed_and_cannot_be_chosen(tmp_path: Path) -> None:
    page = mapped(written(tmp_path, [None], ["a"]), tmp_path)
    assert_all_is_shown(page)
    assert re.search(r'data-finding="0"\s+aria-pressed="false"\s+disabled', page[2])


def test_the_page_is_whole_by_itself_and_speaks_two_languages(tmp_path: Path) -> None:
    file = written(tmp_path, [shapely.box(0, 0, 10, 10), shapely.box(9, 0, 20, 10)], ["<b>", "b"])
    english = mapped(file, tmp_path)[2]
    thai = mapped(file, tmp_path, language="th")[2]
    for text in (english, thai):
        addresses = re.findall(r'(?:src|href)="([^"]{0,30})', text)
        assert len(addresses) == 7
        assert all(address.startswith("data:") for address in addresses)
        assert "<b>" not in text
    assert "Two parcels on the same ground" in english
    assert '<html lang="th">' in thai
    assert "Two parcels on the same ground" not in thai


def test_a_clean_file_says_so(tmp_path: Path) -> None:
    _report, data, text = mapped(written(tmp_path, [shapely.box(0, 0, 9, 9)], ["a"]), tmp_path)
    assert data["findings"] == []
    assert "Nothing was found." in text


def test_a_map_is_drawn_of_a_file_only(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="inbox"):
        call_command("check_fabric", map=tmp_path / "map.html", stderr=io.StringIO())


@pytest.mark.sample_data
@pytest.mark.parametrize(
    ("file", "layer", "number"), [(CAMBRIDGE, "", 167), (LOTS, "", 159), (BUBENEC, "plots", 121)]
)
def test_every_finding_of_the_collected_files_is_on_their_map(
    sample_data: Path, tmp_path: Path, file: str, layer: str, number: int
) -> None:
    page = mapped(sample_data / file, tmp_path, layer=layer)
    assert_all_is_shown(page)
    data = page[1]
    assert len(data["findings"]) == number
    assert all(finding["at"] and finding["plots"] for finding in data["findings"])
    covered = [f["shape"] for f, p in zip(data["findings"], page[0]["places"], strict=True)
               if p["code"] in ("overlap", "contained", "duplicate", "gap", "sliver")]  # fmt: skip
    assert covered
    assert all(covered)

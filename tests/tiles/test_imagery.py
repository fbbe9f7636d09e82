"""Imagery, from any GeoTIFF to the tiles that a map shows: the right pixels in the right place."""

from __future__ import annotations

import io
import json
import math
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import rasterio
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from PIL import Image as Picture
from rasterio.transform import from_origin
from rasterio.warp import transform as reproject
from rio_cogeo.cogeo import cog_validate

from offices.models import Role
from tests.factories import NOW, a_user
from tests.tiles.conftest import tile_at
from tiles import raster
from tiles.addresses import Tile
from tiles.errors import (
    ImageryBandsUnusable,
    ImageryDamaged,
    ImageryNotGeoreferenced,
    ImageryNotGeoTiff,
    ImageryTooHard,
    ImageryTooLarge,
    LayerNameUnusable,
)
from tiles.geotiff import header_check
from tiles.models import RasterLayer
from tiles.services.imagery import imagery_import

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("imagery_dir")]
Pixels = npt.NDArray[np.uint8]
EAST, NORTH = 660_000.0, 1_534_000.0


@pytest.fixture
def pixels_of(client: Client) -> Callable[..., Pixels]:
    """Ask for a tile, as a map does; rows, columns, red-green-blue-alpha."""

    def ask(layer: str, tile: Tile, suffix: str = "webp") -> Pixels:
        response = client.get(f"/tiles/raster/{layer}/{tile.z}/{tile.x}/{tile.y}.{suffix}")
        assert response.status_code == 200
        assert response["Content-Type"] == f"image/{suffix}"
        picture = Picture.open(io.BytesIO(response.content))
        assert picture.size == (256, 256)
        assert picture.format == suffix.upper()
        return np.asarray(picture.convert("RGBA"))

    return ask


def place_in_tile(lon: float, lat: float, z: int) -> tuple[Tile, int, int]:
    """The tile and the row and column of the pixel in it that hold a point."""
    tile = tile_at(lon, lat, z)
    x = ((lon + 180) / 360 * 2**z - tile.x) * 256
    y = ((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z - tile.y) * 256
    return tile, int(y), int(x)


def a_geotiff(path: Path, bands: npt.NDArray[Any], **profile: Any) -> Path:
    """Write bands (count, rows, columns) at a known place in UTM zone 47, 1 m pixels."""
    settings = {
        "driver": "GTiff", "count": len(bands), "height": bands.shape[1], "width": bands.shape[2],
        "dtype": bands.dtype, "crs": "EPSG:32647", "transform": from_origin(EAST, NORTH, 1, 1),
    } | profile  # fmt: skip
    with rasterio.open(path, "w", **settings) as target:
        target.write(bands)
    return path


def a_smooth_picture(bands: int = 3, rows: int = 300, columns: int = 400) -> Pixels:
    """Soft gradients that differ by band, so that a wrong place or band shows."""
    y, x = np.mgrid[0:rows, 0:columns]
    waves = [
        60 + 50 * np.sin(x / (30 + 7 * b)) + 60 * np.cos(y / (40 + 5 * b)) for b in range(bands)
    ]
    return np.clip(np.stack(waves) + 60, 0, 255).astype("uint8")


# The real files and the bands to show.
REAL = {
    "naip_2014_rgbn_cog.tif": [1, 2, 3],
    "landsat7_olinda_6band.tif": [3, 2, 1],
    "nz_aerial_rgba.tif": None,
    "dsm_2m_cog.tif": [1],
    "dtm_2m_cog.tif": None,
    "olinda_dem_utm25s.tif": None,
}


def patch_differences(
    source: Any, layer: RasterLayer, pixels_of: Callable[..., Pixels], *, shift: int
) -> list[float]:
    """Largest difference, over the colours, of 3 x 3 patches across the image from the source.

    ``shift`` compares with the ground that many pixels to the south-east instead.
    """
    values = source.read(layer.rendering["bands"], masked=True).astype("float64")
    if stretch := layer.rendering["stretch"]:
        low, high = (np.array(v)[:, None, None] for v in zip(*stretch, strict=True))
        values = np.ma.clip((values - low) / (high - low), 0, 1) * 255
    valid = source.dataset_mask() > 0
    differences = []
    for row in np.linspace(12, source.height - 21, 7).astype(int):
        for column in np.linspace(12, source.width - 21, 7).astype(int):
            if not valid[row - 3 : row + 12, column - 3 : column + 12].all():
                continue
            east, north = source.xy(row, column)
            (lon,), (lat,) = reproject(source.crs, "EPSG:4326", [east], [north])
            tile, y, x = place_in_tile(lon, lat, layer.max_zoom)
            if not (3 <= y < 253 and 3 <= x < 253):
                continue
            seen = pixels_of("real", tile)[y - 1 : y + 2, x - 1 : x + 2]
            assert (seen[..., 3] == 255).all()
            i, j = row + shift, column + shift
            wanted = values[:, i - 1 : i + 2, j - 1 : j + 2].mean(axis=(1, 2)).filled(0)
            colour = seen[..., :3].astype(float).mean(axis=(0, 1))
            differences.append(float(np.abs(colour - wanted).max()))
    return differences


@pytest.mark.sample_data
@pytest.mark.parametrize("file", REAL)
def test_real_images_are_served_where_they_are(
    sample_data: Path, file: str, pixels_of: Callable[..., Pixels]
) -> None:
    """Patches across the image agree with the source at the same ground, and only there."""
    path = sample_data / "raster" / file
    expected = json.loads((path.parent / "expected.json").read_text())[file]
    layer = imagery_import(path=path, name="real", bands=REAL[file], now=NOW)
    assert layer.source_srid == f"EPSG:{expected['crs']}"
    with rasterio.open(path) as source:
        assert [source.width, source.height] == expected["size"]
        assert list(source.bounds) == pytest.approx(expected["bounds"], abs=0.01)
        right = patch_differences(source, layer, pixels_of, shift=0)
        wrong = patch_differences(source, layer, pixels_of, shift=6)
    assert len(right) >= 10
    assert np.median(right) < 6
    assert np.mean(np.array(right) < 40) > 0.9
    assert np.median(wrong) > 2 * np.median(right), "a shifted image would be noticed"


@pytest.mark.parametrize("suffix", ["webp", "png"])
def test_each_pixel_is_in_its_place(
    tmp_path: Path, pixels_of: Callable[..., Pixels], suffix: str
) -> None:
    picture = a_smooth_picture()
    layer = imagery_import(
        path=a_geotiff(tmp_path / "p.tif", picture), name="p", quality=100, now=NOW
    )
    for row, column in ((30, 40), (150, 200), (280, 390), (10, 300), (250, 20)):
        (lon,), (lat,) = reproject(
            "EPSG:32647", "EPSG:4326", [EAST + column + 0.5], [NORTH - row - 0.5]
        )
        for z in range(layer.max_zoom - 1, layer.max_zoom + 3):
            tile, y, x = place_in_tile(lon, lat, z)
            seen = pixels_of("p", tile, suffix)[y, x]
            assert seen[3] == 255
            assert np.abs(seen[:3].astype(int) - picture[:, row, column]).max() <= 14


def test_stored_and_decoded_tiles_agree(tmp_path: Path, imagery_dir: Path) -> None:
    """The short way (the block as stored) and the long way (rio-tiler) show the same."""
    layer = imagery_import(
        path=a_geotiff(tmp_path / "p.tif", a_smooth_picture(3, 900, 1100)), name="p", quality=100,
        now=NOW,
    )  # fmt: skip
    opened = raster._Opened(imagery_dir / layer.file_name)
    short = 0
    (lon,), (lat,) = reproject("EPSG:32647", "EPSG:4326", [EAST + 500], [NORTH - 400])
    for z in range(layer.min_zoom, layer.max_zoom + 1):
        tile = tile_at(lon, lat, z)
        stored = opened.stored_block(tile)
        if stored is None:
            continue
        short += 1
        seen = np.asarray(Picture.open(io.BytesIO(stored)).convert("RGBA"))
        image = opened.reader.tile(tile.x, tile.y, tile.z, tilesize=256)
        visible = seen[..., 3] == 255
        assert (np.asarray(image.mask) == seen[..., 3]).all()
        assert (np.moveaxis(np.asarray(image.data), 0, -1)[visible] == seen[visible][:, :3]).all()
    opened.close()
    assert short >= 3, "the file holds its zooms in the form in which they are served"


def test_the_file_is_cloud_optimised_and_aligned(tmp_path: Path, imagery_dir: Path) -> None:
    source = a_geotiff(tmp_path / "strips.tif", a_smooth_picture(3, 900, 1100))
    assert not cog_validate(source)[0]
    layer = imagery_import(path=source, name="p", now=NOW)
    made = imagery_dir / layer.file_name
    assert cog_validate(made)[0]
    with rasterio.open(made) as dataset:
        assert dataset.crs.to_epsg() == 3857
        assert dataset.tags(ns="TILING_SCHEME")["NAME"] == "GOOGLEMAPSCOMPATIBLE"
        assert dataset.overviews(1)
    assert [p.name for p in imagery_dir.iterdir()] == [layer.file_name], "no leftovers"


def test_nodata_and_the_outside_are_transparent(
    tmp_path: Path, pixels_of: Callable[..., Pixels]
) -> None:
    heights = np.full((1, 300, 300), 12.0, "float32")
    heights[0, :, :150] = -9999.0
    heights[0, 200:, :] = np.nan
    heights[0, :200, 150:] += np.linspace(0, 5, 150)
    layer = imagery_import(
        path=a_geotiff(tmp_path / "dem.tif", heights, nodata=-9999.0), name="dem", now=NOW
    )

    def alpha(column: float, row: float) -> int:
        (lon,), (lat,) = reproject("EPSG:32647", "EPSG:4326", [EAST + column], [NORTH - row])
        tile, y, x = place_in_tile(lon, lat, layer.max_zoom)
        return int(pixels_of("dem", tile)[y, x, 3])

    assert alpha(220, 100) == 255
    assert alpha(80, 100) == 0
    assert alpha(220, 250) == 0
    assert alpha(-20, 100) == 0
    assert alpha(320, 100) == 0


def test_alpha_of_the_source_is_kept(tmp_path: Path, pixels_of: Callable[..., Pixels]) -> None:
    picture = a_smooth_picture(4)
    picture[3] = 255
    picture[3, :, 200:] = 0
    path = a_geotiff(tmp_path / "rgba.tif", picture, photometric="RGB", alpha="YES")
    layer = imagery_import(path=path, name="rgba", now=NOW)
    assert layer.rendering["bands"] == [1, 2, 3]
    for column, expected in ((100, 255), (300, 0)):
        (lon,), (lat,) = reproject("EPSG:32647", "EPSG:4326", [EAST + column], [NORTH - 150])
        tile, y, x = place_in_tile(lon, lat, layer.max_zoom)
        assert pixels_of("rgba", tile)[y, x, 3] == expected


def test_beyond_the_bounds_a_tile_is_clear_and_costs_no_file(
    tmp_path: Path, imagery_dir: Path, pixels_of: Callable[..., Pixels]
) -> None:
    layer = imagery_import(
        path=a_geotiff(tmp_path / "p.tif", a_smooth_picture()), name="p", now=NOW
    )
    (imagery_dir / layer.file_name).unlink()
    for suffix in ("webp", "png"):
        assert not pixels_of("p", Tile(16, 0, 0), suffix).any()


def test_a_relief_is_light_towards_the_north_west(
    tmp_path: Path, pixels_of: Callable[..., Pixels]
) -> None:
    y, x = np.mgrid[0:300, 0:300]
    hill = np.clip(100 - np.hypot(x - 150, y - 150), 0, None).astype("float32")[None]
    layer = imagery_import(
        path=a_geotiff(tmp_path / "hill.tif", hill), name="hill", shaded=True, now=NOW
    )
    shade = {}
    for name, column, row in (("nw", 115, 115), ("se", 185, 185), ("flat", 10, 10)):
        (lon,), (lat,) = reproject("EPSG:32647", "EPSG:4326", [EAST + column], [NORTH - row])
        tile, j, i = place_in_tile(lon, lat, layer.max_zoom)
        shade[name] = int(pixels_of("hill", tile)[j, i, 0])
    assert shade["nw"] > shade["flat"] > shade["se"]
    assert shade["flat"] == pytest.approx(255 * math.sin(math.radians(45)), abs=3)


def test_sixteen_bits_are_stretched(tmp_path: Path, pixels_of: Callable[..., Pixels]) -> None:
    ramp = np.tile(np.linspace(1000, 3000, 400).astype("uint16"), (1, 300, 1))
    path = a_geotiff(tmp_path / "ramp.tif", ramp)
    layer = imagery_import(path=path, name="ramp", stretch=[(1000.0, 3000.0)], now=NOW)
    (lon,), (lat,) = reproject("EPSG:32647", "EPSG:4326", [EAST + 100], [NORTH - 150])
    tile, y, x = place_in_tile(lon, lat, layer.max_zoom)
    assert pixels_of("ramp", tile)[y, x, 0] == pytest.approx(255 * 100 / 400, abs=2)
    automatic = imagery_import(path=path, name="auto", now=NOW)
    ((low, high),) = automatic.rendering["stretch"]
    assert (low, high) == pytest.approx((1040, 2960), abs=12)


def test_a_palette_becomes_its_colours(tmp_path: Path, pixels_of: Callable[..., Pixels]) -> None:
    classes = np.full((1, 300, 300), 7, "uint8")
    path = a_geotiff(tmp_path / "classes.tif", classes, photometric="palette")
    with rasterio.open(path, "r+") as target:
        target.write_colormap(1, {7: (200, 30, 90, 255)})
    layer = imagery_import(path=path, name="classes", quality=100, now=NOW)
    (lon,), (lat,) = reproject("EPSG:32647", "EPSG:4326", [EAST + 150], [NORTH - 150])
    tile, y, x = place_in_tile(lon, lat, layer.max_zoom)
    assert list(pixels_of("classes", tile)[y, x]) == [200, 30, 90, 255]


# --- registering and serving ---


def test_the_same_file_is_worked_on_once(tmp_path: Path, imagery_dir: Path) -> None:
    path = a_geotiff(tmp_path / "p.tif", a_smooth_picture())
    first = imagery_import(path=path, name="p", now=NOW)
    made = (imagery_dir / first.file_name).stat().st_mtime_ns
    renamed = path.rename(tmp_path / "other-name.tif")
    second = imagery_import(path=renamed, name="p", title_th="ใหม่", is_public=False, now=NOW)
    assert second.pk == first.pk
    assert second.file_name == first.file_name
    assert (imagery_dir / first.file_name).stat().st_mtime_ns == made
    assert RasterLayer.objects.get().title_th == "ใหม่"
    assert not RasterLayer.objects.get().is_public
    third = imagery_import(path=renamed, name="p", bands=[3, 2, 1], now=NOW)
    assert third.pk == first.pk
    assert third.file_name != first.file_name


@pytest.mark.django_db(transaction=True)
def test_a_new_image_takes_the_place_of_the_old(
    tmp_path: Path, imagery_dir: Path, client: Client
) -> None:
    versions = []
    for shift in (0, 40, 80):
        path = a_geotiff(tmp_path / f"{shift}.tif", a_smooth_picture() // 2 + np.uint8(shift))
        imagery_import(path=path, name="p", now=NOW)
        document = client.get("/tiles/raster/p.json").json()
        versions.append(document["tiles"][0].partition("?v=")[2])
    assert len(set(versions)) == 3
    kept = {p.name for p in imagery_dir.iterdir()}
    assert kept == {f"p-{versions[1]}.tif", f"p-{versions[2]}.tif"}, "one before the last is kept"


def test_image_tiles_are_cached_by_version(tmp_path: Path, client: Client) -> None:
    layer = imagery_import(
        path=a_geotiff(tmp_path / "p.tif", a_smooth_picture()), name="p", now=NOW
    )
    document = client.get("/tiles/raster/p.json").json()
    assert document["tilejson"] == "3.0.0"
    assert (document["minzoom"], document["maxzoom"]) == (layer.min_zoom, layer.max_zoom)
    west, south, east, north = document["bounds"]
    (lon, *_), (lat, *_) = reproject("EPSG:32647", "EPSG:4326", [EAST + 200], [NORTH - 150])
    assert west < lon < east
    assert south < lat < north
    tile = tile_at(lon, lat, layer.max_zoom)
    template = document["tiles"][0].removeprefix("http://testserver")
    where = template.format(z=tile.z, x=tile.x, y=tile.y)
    named = client.get(where)
    assert "immutable" in named["Cache-Control"]
    plain = client.get(where.partition("?")[0])
    assert "immutable" not in plain["Cache-Control"]
    assert client.get(where.replace("?v=", "?v=0"))["Cache-Control"] == plain["Cache-Control"]
    assert plain["ETag"] == named["ETag"]
    again = client.get(where, headers={"If-None-Match": named["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_private_imagery_is_for_staff(tmp_path: Path, client: Client) -> None:
    layer = imagery_import(
        path=a_geotiff(tmp_path / "p.tif", a_smooth_picture()), name="p", is_public=False, now=NOW
    )
    (lon, *_), (lat, *_) = reproject("EPSG:32647", "EPSG:4326", [EAST + 200], [NORTH - 150])
    tile = tile_at(lon, lat, layer.max_zoom)
    where = f"/tiles/raster/p/{tile.z}/{tile.x}/{tile.y}.webp"
    hidden, absent = client.get(where), client.get(where.replace("/p/", "/q/"))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content
    assert hidden["Cache-Control"] == absent["Cache-Control"]
    assert client.get("/tiles/raster/p.json").status_code == 404
    client.force_login(a_user("outsider"))
    assert client.get(where).status_code == 404
    client.force_login(a_user("officer", Role.LAND_OFFICER))
    shown = client.get(where)
    assert shown.status_code == 200
    assert "private" in shown["Cache-Control"]
    assert "Cookie" in shown["Vary"]
    assert client.get("/tiles/raster/p.json").status_code == 200


def test_the_command_reports_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = a_geotiff(tmp_path / "p.tif", a_smooth_picture())
    call_command(
        "import_imagery", str(path), "--name", "town", "--bands", "3,2,1", "--captured-on",
        "2026-01-31", "--title-th", "ภาพถ่าย", "--private", "--json",
    )  # fmt: skip
    result = json.loads(capsys.readouterr().out)
    assert result["layer"] == "town"
    assert result["crs"] == "EPSG:32647"
    layer = RasterLayer.objects.get(name="town")
    assert layer.rendering["bands"] == [3, 2, 1]
    assert (layer.title_th, layer.is_public) == ("ภาพถ่าย", False)
    assert str(layer.captured_on) == "2026-01-31"


def test_the_command_fails_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "x.tif").write_bytes(b"not an image at all")
    with pytest.raises(CommandError, match="not a GeoTIFF"):
        call_command("import_imagery", str(tmp_path / "x.tif"), "--name", "x")
    with pytest.raises(CommandError, match="no file"):
        call_command("import_imagery", str(tmp_path / "absent.tif"))


@pytest.mark.parametrize("name", ["", "../up", "a/b", "a b", "ภาพ", "x" * 61, "raster.json"])
def test_names_that_would_not_fit_an_address_are_refused(tmp_path: Path, name: str) -> None:
    path = a_geotiff(tmp_path / "p.tif", a_smooth_picture())
    with pytest.raises(LayerNameUnusable):
        imagery_import(path=path, name=name, now=NOW)


# --- files that mean harm ---


def test_a_vrt_named_tif_reads_nothing(tmp_path: Path, imagery_dir: Path) -> None:
    canary = a_geotiff(tmp_path / "canary.tif", a_smooth_picture())
    vrt = tmp_path / "innocent.tif"
    vrt.write_text(
        '<VRTDataset rasterXSize="400" rasterYSize="300"><VRTRasterBand dataType="Byte" band="1">'
        f"<SimpleSource><SourceFilename>{canary}</SourceFilename><SourceBand>1</SourceBand>"
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )
    with pytest.raises(ImageryNotGeoTiff):
        imagery_import(path=vrt, name="vrt", now=NOW)
    assert not imagery_dir.exists()


def test_a_sparse_giant_is_refused_from_its_header(tmp_path: Path, imagery_dir: Path) -> None:
    giant = tmp_path / "giant.tif"
    with rasterio.open(
        giant, "w", driver="GTiff", width=100_000, height=100_000, count=1, dtype="uint8",
        tiled=True, sparse_ok=True, crs="EPSG:32647", transform=from_origin(EAST, NORTH, 0.1, 0.1),
    ):  # fmt: skip
        pass
    assert giant.stat().st_size < 5_000_000
    with pytest.raises(ImageryTooLarge) as refused:
        imagery_import(path=giant, name="giant", now=NOW)
    assert refused.value.evidence["found"] == "10,000,000,000"
    assert not imagery_dir.exists()


def test_a_smaller_giant_without_pixels_is_refused_too(tmp_path: Path) -> None:
    hollow = tmp_path / "hollow.tif"
    with rasterio.open(
        hollow, "w", driver="GTiff", width=40_000, height=40_000, count=1, dtype="uint8",
        tiled=True, sparse_ok=True, crs="EPSG:32647", transform=from_origin(EAST, NORTH, 0.1, 0.1),
    ):  # fmt: skip
        pass
    with pytest.raises(ImageryTooLarge):
        header_check(hollow)


def tiff(entries: list[tuple[int, int, int, int]], following: int) -> bytes:
    """A little-endian TIFF of one directory at offset 8."""
    table = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return (
        struct.pack("<2sHI", b"II", 42, 8)
        + struct.pack("<H", len(entries))
        + table
        + struct.pack("<I", following)
    )


SIZE = [(256, 4, 1, 10), (257, 4, 1, 10)]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (tiff(SIZE, 8), ImageryDamaged),  # a directory that follows itself
        (tiff(SIZE, 10**9), ImageryDamaged),
        (tiff([*SIZE, (277, 3, 1, 65_535)], 0), ImageryTooLarge),
        (tiff([(256, 4, 1, 0), (257, 4, 1, 10)], 0), ImageryDamaged),
        (tiff([(256, 4, 1, 10)], 0), ImageryDamaged),
        (tiff([(256, 2, 1, 10), (257, 4, 1, 10)], 0), ImageryDamaged),
        (tiff([*SIZE, (258, 3, 65_535, 10**9)], 0), ImageryDamaged),
        (tiff(SIZE, 0)[:20], ImageryDamaged),
        (struct.pack("<2sHI", b"II", 42, 0), ImageryDamaged),
        (b"II*\0", ImageryNotGeoTiff),
        (b"", ImageryNotGeoTiff),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, ImageryNotGeoTiff),
    ],
)
def test_lying_headers_are_refused(tmp_path: Path, content: bytes, error: type[Exception]) -> None:
    path = tmp_path / "lie.tif"
    path.write_bytes(content)
    with pytest.raises(error) as refused:
        header_check(path)
    assert "lie.tif" in str(refused.value)


def test_many_directories_are_refused(tmp_path: Path) -> None:
    table = struct.pack("<H", 2) + b"".join(struct.pack("<HHII", *e) for e in SIZE)
    parts = [struct.pack("<2sHI", b"II", 42, 8)]
    step = len(table) + 4
    parts += [table + struct.pack("<I", 8 + step * (i + 1)) for i in range(100)]
    (tmp_path / "many.tif").write_bytes(b"".join(parts))
    with pytest.raises(ImageryTooLarge):
        header_check(tmp_path / "many.tif")


def test_pixels_cut_off_are_noticed(tmp_path: Path, imagery_dir: Path) -> None:
    path = a_geotiff(tmp_path / "cut.tif", a_smooth_picture(3, 900, 900), compress="deflate")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ImageryDamaged) as refused:
        imagery_import(path=path, name="cut", now=NOW)
    assert refused.value.evidence["file"] == "cut.tif"
    assert list(imagery_dir.iterdir()) == []
    assert not RasterLayer.objects.exists()


def test_an_image_without_a_place_is_never_guessed(tmp_path: Path) -> None:
    no_crs = a_geotiff(tmp_path / "a.tif", a_smooth_picture(), crs=None)
    with pytest.raises(ImageryNotGeoreferenced):
        imagery_import(path=no_crs, name="a", now=NOW)
    absurd = a_geotiff(
        tmp_path / "b.tif", a_smooth_picture(), transform=from_origin(EAST, NORTH, 1e-9, 1e-9)
    )
    with pytest.raises(ImageryNotGeoreferenced):
        imagery_import(path=absurd, name="b", now=NOW)


@pytest.mark.parametrize("bands", [[9, 2, 1], [1, 2], [0, 1, 2]])
def test_bands_that_are_not_there_are_refused(tmp_path: Path, bands: list[int]) -> None:
    path = a_geotiff(tmp_path / "p.tif", a_smooth_picture())
    with pytest.raises(ImageryBandsUnusable):
        imagery_import(path=path, name="p", bands=bands, now=NOW)


def test_a_child_that_hangs_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiles.services.imagery.WALL_SECONDS", 0.05)
    with pytest.raises(ImageryTooHard):
        imagery_import(path=a_geotiff(tmp_path / "p.tif", a_smooth_picture()), name="p", now=NOW)


def test_the_child_has_no_memory_to_waste() -> None:
    """The limit is real: what asks for more ends, and says so."""
    greedy = (
        "import tiles.imagery_child as child\n"
        "child.MEMORY_BYTES = 2**29\nchild.give_up()\n"
        "try:\n    bytearray(2**30)\nexcept MemoryError:\n    print('stopped')"
    )
    done = subprocess.run(
        [sys.executable, "-c", greedy], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stdout.strip() == "stopped"


def test_files_beside_the_image_have_no_say(
    tmp_path: Path, pixels_of: Callable[..., Pixels]
) -> None:
    """A sidecar that moves the image, or overviews of another one, are not read."""
    path = a_geotiff(tmp_path / "p.tif", a_smooth_picture())
    (tmp_path / "p.tif.aux.xml").write_text(
        "<PAMDataset><GeoTransform>0,1,0,0,0,-1</GeoTransform></PAMDataset>"
    )
    (tmp_path / "p.tfw").write_text("1\n0\n0\n-1\n0\n0\n")
    layer = imagery_import(path=path, name="p", now=NOW)
    west, south, *_ = layer.bounds.extent
    (lon,), (lat,) = reproject("EPSG:32647", "EPSG:4326", [EAST], [NORTH - 300])
    assert (west, south) == pytest.approx((lon, lat), abs=1e-4)

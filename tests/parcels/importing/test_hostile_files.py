"""Files made to do harm end quickly, with a refusal that helps, and harm nothing."""

from __future__ import annotations

import io
import json
import math
import random
import socket
import sqlite3
import stat
import struct
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely

from cadastre.errors import LandError
from parcels.importing.pipeline import ImportOptions, open_file

SQUARE = [[100.5, 13.8], [100.5004, 13.8], [100.5004, 13.8004], [100.5, 13.8004], [100.5, 13.8]]
CANARY = "1103700123450"


def check(file: Path, **options: Any) -> tuple[int, int, dict[str, int]]:
    """Features read and quarantined, and the reasons."""
    with open_file(file, ImportOptions(**options), None) as reading:
        for _ in reading.outcomes():
            pass
        return reading.tally.read, reading.tally.quarantined, dict(reading.tally.reasons)


def outcome_of(file: Path) -> str:
    """The code of the refusal, or whether something of it would have been imported."""
    try:
        read, quarantined, _ = check(file)
    except LandError as error:
        return error.code
    return "all quarantined" if read == quarantined else "imported"


def collection(*geometries: Any) -> dict[str, Any]:
    features = [
        {"type": "Feature", "properties": {"n": n}, "geometry": geometry}
        for n, geometry in enumerate(geometries)
    ]
    return {"type": "FeatureCollection", "features": features}


def polygon(ring: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


def geojson(folder: Path, *geometries: Any) -> Path:
    file = folder / "parcels.geojson"
    file.write_text(json.dumps(collection(*geometries)))
    return file


@pytest.fixture(autouse=True)
def ends_quickly() -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < 75


@pytest.fixture
def listener() -> Iterator[tuple[int, list[Any]]]:
    """A port that nobody may call, and who did."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    calls: list[Any] = []
    ended = threading.Event()

    def wait() -> None:
        while not ended.is_set():
            try:
                calls.append(server.accept())
            except TimeoutError:
                continue

    thread = threading.Thread(target=wait)
    thread.start()
    yield server.getsockname()[1], calls
    ended.set()
    thread.join()
    server.close()


VRT = """<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{target}</SrcDataSource>
<!-- http://www.opengis.net/gml --></OGRVRTLayer></OGRVRTDataSource>"""


@pytest.mark.parametrize("name", ["x.geojson", "x.gml", "x.json", "x.shp", "x.gpkg", "x.xml"])
def test_a_virtual_format_opens_no_other_file(tmp_path: Path, name: str) -> None:
    canary = tmp_path / "canary.csv"
    canary.write_text(f"id,WKT\n{CANARY},POINT(1 2)\n")
    file = tmp_path / name
    file.write_text(VRT.format(target=canary))
    with pytest.raises(LandError) as caught:
        check(file)
    assert caught.value.code == "unsupported_file"
    assert CANARY not in str(caught.value)


def test_the_control_pyogrio_alone_would_have_opened_it(tmp_path: Path) -> None:
    """Guards the test above: if GDAL stopped doing this, that proves nothing."""
    canary = tmp_path / "canary.csv"
    canary.write_text(f"id,WKT\n{CANARY},POINT(1 2)\n")
    file = tmp_path / "x.geojson"
    file.write_text(VRT.format(target=canary).replace('name="x"', 'name="canary"'))
    assert CANARY in str(pyogrio.raw.read(file)[3])


@pytest.mark.parametrize(
    "reference", ["xsi:schemaLocation='u {url} u {url}'", "xlink:href='{url}'"]
)
def test_nobody_is_called(tmp_path: Path, listener: tuple[int, list[Any]], reference: str) -> None:
    port, calls = listener
    file = tmp_path / "x.gml"
    said = reference.format(url=f"http://127.0.0.1:{port}/x.xsd")
    file.write_text(
        "<c xmlns:gml='http://www.opengis.net/gml' xmlns:xlink='http://www.w3.org/1999/xlink' "
        f"xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' {said}>"
        f"<gml:featureMember><p><a {said if 'xlink' in said else ''}>1</a></p>"
        "</gml:featureMember></c>"
    )
    with pytest.raises(LandError):
        check(file, srid=4326)
    vrt = tmp_path / "x.geojson"
    vrt.write_text(VRT.format(target=f"/vsicurl/http://127.0.0.1:{port}/x.geojson"))
    with pytest.raises(LandError):
        check(vrt)
    assert calls == []


@pytest.mark.parametrize(
    "document_type",
    [
        "<!DOCTYPE c [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE c SYSTEM 'http://127.0.0.1:9/x.dtd'>",
        "<!DOCTYPE c [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>",
    ],
)
def test_xml_entities_are_refused(tmp_path: Path, document_type: str) -> None:
    file = tmp_path / "x.gml"
    file.write_text(
        f"<?xml version='1.0'?>{document_type}"
        "<c xmlns:gml='http://www.opengis.net/gml'><gml:featureMember/></c>"
    )
    with pytest.raises(LandError) as caught:
        check(file, srid=4326)
    assert caught.value.code == "unsafe_file"


# --- archives ---------------------------------------------------------------------------------


def zipped(folder: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    file = folder / "data.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return file


def a_link() -> zipfile.ZipInfo:
    link = zipfile.ZipInfo("link.geojson")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return link


ARCHIVES: list[tuple[str, list[tuple[Any, bytes]], str]] = [
    ("bomb", [("big.geojson", bytes(200_000_000))], "archive_too_large"),
    ("many", [(f"{i}.shp", b"") for i in range(101)], "archive_too_large"),
    ("climbs", [("../../escape.geojson", b"{}")], "archive_refused"),
    ("absolute", [("/tmp/escape.geojson", b"{}")], "archive_refused"),  # noqa: S108
    ("backslash", [("..\\..\\escape.geojson", b"{}")], "archive_refused"),
    ("drive", [("C:escape.geojson", b"{}")], "archive_refused"),
    ("link", [(a_link(), b"/etc/passwd")], "archive_refused"),
    ("nested", [("inner.zip", b"PK\x03\x04")], "archive_refused"),
    ("reserved", [("CON.shp", b"x")], "archive_refused"),
    ("twins", [("a/x.shp", b"1"), ("b/x.shp", b"2")], "archive_refused"),
    ("empty", [("readme.txt", b"nothing here")], "unsupported_file"),
    ("hidden", [("x.geojson", VRT.format(target="/etc/passwd").encode())], "unsupported_file"),
    ("layers", [("a.shp", b"1"), ("b.shp", b"2")], "layer_needed"),
]


@pytest.mark.parametrize(
    ("entries", "code"), [each[1:] for each in ARCHIVES], ids=[each[0] for each in ARCHIVES]
)
def test_archives_are_judged_before_they_are_unpacked(
    tmp_path: Path, entries: list[tuple[Any, bytes]], code: str
) -> None:
    with pytest.raises(LandError) as caught:
        check(zipped(tmp_path, *entries))
    assert caught.value.code == code, str(caught.value)
    assert not list(tmp_path.parent.rglob("escape*"))


def test_a_declared_size_is_not_believed(tmp_path: Path) -> None:
    file = zipped(tmp_path, ("big.geojson", b" " * 30_000_000))
    data = bytearray(file.read_bytes())
    directory = data.rfind(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = struct.pack("<I", 100)
    data[22:26] = struct.pack("<I", 100)
    file.write_bytes(data)
    with pytest.raises(LandError) as caught:
        check(file)
    assert caught.value.code in {"archive_refused", "archive_too_large", "unsupported_file"}


def test_an_archive_with_a_password_is_refused(tmp_path: Path) -> None:
    file = zipped(tmp_path, ("x.geojson", b"{}"))
    data = bytearray(file.read_bytes())
    data[6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(data)
    with pytest.raises(LandError) as caught:
        check(file)
    assert caught.value.code == "archive_refused"


def test_tar_archives_with_links_or_bombs_are_refused(tmp_path: Path) -> None:
    for kind, size in ((tarfile.SYMTYPE, 0), (tarfile.REGTYPE, 300_000_000)):
        file = tmp_path / "x.tar.bz2"
        member = tarfile.TarInfo("X.THF")
        member.type, member.size, member.linkname = kind, size, "/etc/passwd"
        with tarfile.open(file, "w:bz2") as archive:
            archive.addfile(member, io.BytesIO(bytes(size)))
        with pytest.raises(LandError) as caught:
            check(file)
        assert caught.value.code in {"archive_refused", "archive_too_large"}


def test_garbage_under_every_name_is_refused(tmp_path: Path) -> None:
    noise = random.Random(7)  # noqa: S311
    names = ["x.zip", "x.shp", "x.gpkg", "x.geojson", "x.gml", "x.thf", "x.tar.bz2", "x.xml.gz"]
    magics = [b"PK\x03\x04", b"\x00\x00\x27\x0a", b"SQLite format 3\x00" + bytes(52) + b"GPKG",
              b'{"type":"FeatureCollection",', b"<a xmlns='http://www.opengis.net/gml'>",
              b"BOMT 12:RTYSA", b"BZh9", b"\x1f\x8b\x08"]  # fmt: skip
    for name, magic in zip(names, magics, strict=True):
        file = tmp_path / name
        file.write_bytes(magic + noise.randbytes(5_000))
        with pytest.raises(LandError) as caught:
            check(file)
        assert caught.value.render()


# --- databases --------------------------------------------------------------------------------


def geopackage(folder: Path, *statements: str) -> Path:
    file = folder / "x.gpkg"
    shape = shapely.to_wkb(shapely.Polygon(SQUARE))
    pyogrio.raw.write(
        file, [shape], [], [], geometry_type="Polygon", crs="EPSG:4326", layer="plots"
    )
    with sqlite3.connect(file) as database:
        for statement in statements:
            database.execute(statement)
    database.close()
    return file


def test_a_plain_geopackage_passes(tmp_path: Path) -> None:
    assert check(geopackage(tmp_path)) == (1, 0, {})


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TRIGGER evil AFTER INSERT ON plots BEGIN DELETE FROM gpkg_contents; END",),
        (
            "ALTER TABLE plots RENAME TO hidden",
            "CREATE VIEW plots AS SELECT * FROM hidden WHERE load_extension('x') IS NULL",
        ),
        ("CREATE VIEW spy AS SELECT readfile('/etc/passwd') AS x",),
        ("CREATE VIRTUAL TABLE spy USING fts4(x)",),
    ],
    ids=["trigger", "view", "function", "virtual table"],
)
def test_geopackages_with_code_in_them_are_refused(
    tmp_path: Path, statements: tuple[str, ...]
) -> None:
    with pytest.raises(LandError) as caught:
        check(geopackage(tmp_path, *statements))
    assert caught.value.code == "unsafe_file"


def test_a_table_with_a_hostile_name_is_only_a_name(tmp_path: Path) -> None:
    file = tmp_path / "x.gpkg"
    shape = shapely.to_wkb(shapely.Polygon(SQUARE))
    name = 'x"; DROP TABLE gpkg_contents; --'
    pyogrio.raw.write(file, [shape], [], [], geometry_type="Polygon", crs="EPSG:4326", layer=name)
    assert check(file, layer=name) == (1, 0, {})


def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    file = geopackage(tmp_path)
    data = bytearray(file.read_bytes())
    for at in range(4_096, len(data), 97):
        data[at] ^= 0xFF
    file.write_bytes(data)
    with pytest.raises(LandError) as caught:
        check(file)
    assert caught.value.code in {"unsafe_file", "file_unreadable"}


# --- geometry ---------------------------------------------------------------------------------


def a_random_ring(count: int) -> list[list[float]]:
    noise = random.Random(1)  # noqa: S311
    ring = [[100 + noise.random() / 100, 13 + noise.random() / 100] for _ in range(count)]
    return [*ring, ring[0]]


def a_comb(teeth: int) -> list[list[float]]:
    """A valid polygon with ``teeth`` long thin teeth."""
    step = 0.01 / teeth
    ring = [[100.0, 13.0]]
    for i in range(teeth):
        x = 100 + i * step
        ring += [[x, 13.01], [x + step / 3, 13.01], [x + step / 3, 13.0002], [x + step, 13.0002]]
    return [*ring, [100.01, 13.0], [100.0, 13.0]]


def nested(depth: int) -> str:
    inside = json.dumps(polygon(SQUARE))
    start = '{"type":"GeometryCollection","geometries":['
    return start * depth + inside + "]}" * depth


GEOMETRIES: list[tuple[str, Callable[[], Any], str]] = [
    ("random ring", lambda: polygon(a_random_ring(800)), "self_crossing"),
    ("long random ring", lambda: polygon(a_random_ring(15_000)), "self_crossing"),
    ("huge comb", lambda: polygon(a_comb(20_000)), "too_many_vertices"),
    ("huge number", lambda: polygon([[1e308, 13], [1e308, 14], [-1e308, 14], [1e308, 13]]), ""),
    ("elsewhere", lambda: polygon([[y, x] for x, y in SQUARE]), ""),
    ("bow tie", lambda: polygon([[100, 13], [100.001, 13.001], [100.001, 13], [100, 13.001],
                                 [100, 13]]), "self_crossing"),
    ("line", lambda: {"type": "LineString", "coordinates": SQUARE}, "geometry_unsupported"),
    ("null", lambda: None, "geometry_missing"),
    ("no area", lambda: polygon([[100, 13], [100.001, 13], [100.002, 13], [100, 13]]), ""),
    ("one spot", lambda: polygon([[100, 13]] * 4), "ring_too_short"),
    ("hole is shell", lambda: {"type": "Polygon", "coordinates": [SQUARE, SQUARE]}, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "reason"), [each[1:] for each in GEOMETRIES], ids=[each[0] for each in GEOMETRIES]
)
def test_one_bad_boundary_is_quarantined_and_its_neighbour_imported(
    tmp_path: Path, make: Callable[[], Any], reason: str
) -> None:
    read, quarantined, reasons = check(geojson(tmp_path, polygon(SQUARE), make()))
    assert (read, quarantined) == (2, 1), reasons
    assert not reason or reasons == {reason: 1}


def test_numbers_that_are_none_are_quarantined(tmp_path: Path) -> None:
    ring = [[100.5, 13.8], [math.nan, 13.8], [100.6, math.inf], [100.5, 13.8]]
    file = tmp_path / "x.gpkg"
    numbers = [number for point in ring for number in point]
    shape = struct.pack("<BIII8d", 1, 3, 1, 4, *numbers)
    pyogrio.raw.write(file, [shape], [], [], geometry_type="Polygon", crs="EPSG:4326", layer="x")
    assert check(file) == (1, 1, {"coordinate_not_finite": 1})


def test_valid_combs_do_not_hang_the_overlay(tmp_path: Path) -> None:
    """Two valid combs that cross: their intersection alone takes PostGIS half a minute."""
    comb = a_comb(1_000)
    across = [[y + 87, x - 87] for x, y in comb]
    read, quarantined, reasons = check(geojson(tmp_path, polygon(comb), polygon(across)))
    assert read == 2
    assert quarantined == reasons.get("geometry_too_complex", 0)


@pytest.mark.parametrize("depth", [3, 40, 30_000])
def test_nested_collections_bring_nothing_down(tmp_path: Path, depth: int) -> None:
    file = tmp_path / "x.geojson"
    geometry = nested(depth)
    file.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},'
        f'"geometry":{geometry}}}]}}'
    )
    assert outcome_of(file) in {"file_unreadable", "all quarantined"}


def test_a_shapefile_that_lies_about_its_length_is_refused(tmp_path: Path) -> None:
    shape = shapely.to_wkb(shapely.Polygon(SQUARE))
    file = tmp_path / "x.shp"
    pyogrio.raw.write(file, [shape], [], [], geometry_type="Polygon", crs="EPSG:4326")
    data = bytearray(file.read_bytes())
    data[104:108] = struct.pack(">I", 0x7FFFFFF0)
    data[144:152] = struct.pack("<II", 0x7FFFFFFF, 0x7FFFFFFF)
    file.write_bytes(data)
    assert outcome_of(file) in {"file_unreadable", "all quarantined"}
    (tmp_path / "x.shx").unlink()
    with pytest.raises(LandError) as caught:
        check(file)
    assert caught.value.code == "file_unreadable"

"""Imports into the register: counted, written once, stoppable, and told to the audit trail."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cadastre.errors import LandError
from cadastre.identifiers import citizen_id_check_digit
from offices.jobs import CommandRun, JobCancelled
from offices.models import AuditEntry, Office
from parcels.importing.pipeline import ImportOptions
from parcels.models import (
    AdministrativeSource,
    BAUnit,
    ImportRun,
    MapSheet,
    Parcel,
    QuarantinedFeature,
    Transaction,
)
from parcels.services import imports
from parcels.services.imports import file_check, file_import
from tests.factories import NOW, a_district, a_land_office

Feature = tuple[dict[str, Any], Any]


def square(lon: float = 100.47, lat: float = 13.87, side: float = 0.0004) -> dict[str, Any]:
    ring = [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def geojson(folder: Path, *features: Feature, name: str = "แปลง.geojson") -> Path:
    file = folder / name
    rows = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    content = {"type": "FeatureCollection", "features": rows}
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return file


def run_import(file: Path, office: Office | None = None, **options: Any) -> dict[str, Any]:
    again = options.pop("again", False)
    office = office or a_land_office()
    return file_import(
        file=file, options=ImportOptions(**options), office=office, maker=None,
        run=CommandRun(io.StringIO(), office=office), now=NOW, again=again,
    )  # fmt: skip


DEED = {
    "เลขที่โฉนด": "๑๒๓๔๕", "เลขที่ดิน": 12, "หน้าสำรวจ": "678", "UTMMAP1": "5136", "UTMMAP2": "4",
    "UTMMAP3": "5834", "UTMMAP4": "01", "UTMSCALE": "1000", "ไร่": 2, "งาน": 1, "ตารางวา": "50.5",
    "อำเภอ": "บางใหญ่", "บ้านเลขที่": "99/1", "ถนน": "ถนนกาญจนาภิเษก", "การใช้ที่ดิน": "อยู่อาศัย",
    "รหัสแปลงที่ดิน": "01A001",
}  # fmt: skip


@pytest.mark.django_db
def test_a_thai_file_fills_title_sheet_and_parcel(tmp_path: Path) -> None:
    a_district()
    result = run_import(geojson(tmp_path, (DEED, square())))
    assert (result["read"], result["imported"], result["reasons"]) == (1, 1, {})
    parcel = Parcel.objects.select_related("ba_unit", "map_sheet").get()
    title, sheet = parcel.ba_unit, parcel.map_sheet
    assert title is not None
    assert sheet is not None
    assert (title.title_type, title.deed_number, title.survey_page) == ("chanote", "12345", "678")
    assert title.district_id == "1204"
    assert (sheet.name, sheet.scale) == ("5136 IV 5834-01", 1000)
    assert sheet.extent is not None
    assert parcel.land_number == "12"
    assert parcel.legal_area_m2 == Decimal("3802.00")
    assert (parcel.house_number, parcel.street_th) == ("99/1", "ถนนกาญจนาภิเษก")
    assert (parcel.land_use, parcel.tax_parcel_code) == ("residential", "01A001")
    assert parcel.created_by_id == title.created_by_id
    assert parcel.valid_during.lower == NOW.date()
    assert 1_900 < parcel.calculated_area_m2 < 1_930
    assert len(parcel.public_id) == 22


@pytest.mark.django_db
def test_every_import_has_its_source_transaction_and_audit_entry(tmp_path: Path) -> None:
    result = run_import(geojson(tmp_path, ({}, square()), ({"n": 1}, None)))
    run = ImportRun.objects.get(public_id=result["import"])
    act = Transaction.objects.get(import_run=run)
    assert (act.kind, act.status, act.registered_at) == ("import", "registered", NOW)
    assert AdministrativeSource.objects.get(transactions=act).sha256 == run.sha256
    assert (run.read, run.imported, run.quarantined) == (2, 1, 1)
    assert run.reasons == {"geometry_missing": 1}
    assert run.crs == "EPSG:4326"
    entry = AuditEntry.objects.get(action="parcels.imported")
    assert entry.subject_id == run.public_id
    assert entry.data["imported"] == 1


@pytest.mark.django_db
def test_what_cannot_be_taken_is_kept_whole(tmp_path: Path) -> None:
    bow = {"type": "Polygon", "coordinates": [[[100.47, 13.87], [100.48, 13.88], [100.48, 13.87],
                                               [100.47, 13.88], [100.47, 13.87]]]}  # fmt: skip
    run_import(geojson(tmp_path, ({"name": "ก", "เลขที่ดิน": 1}, bow), ({"เลขที่ดิน": "ว่าง"}, square())))
    crossing, unreadable = QuarantinedFeature.objects.order_by("position")
    assert crossing.code == "self_crossing"
    assert crossing.attributes == {"name": "ก", "เลขที่ดิน": "1"}
    assert crossing.geometry_text.startswith("POLYGON ((100.47 13.87")
    assert crossing.place is not None
    assert (crossing.place.x, crossing.place.y) == pytest.approx((100.475, 13.875), abs=1e-6)
    assert unreadable.code == "bad_attribute"
    assert unreadable.evidence == {"column": "เลขที่ดิน", "value": "ว่าง", "field": "land_number"}


@pytest.mark.django_db
def test_national_ids_do_not_stay_in_quarantine(tmp_path: Path) -> None:
    body = "110370012345"
    number = body + citizen_id_check_digit(body)
    written = f"{number[0]}-{number[1:5]}-{number[5:10]}-{number[10:12]}-{number[12]}"
    values = {"เลขบัตร": number, "note": f"ID {written} only"}
    run_import(geojson(tmp_path, (values, None)))
    kept = QuarantinedFeature.objects.get()
    assert kept.attributes == {"เลขบัตร": "x" * 13, "note": "ID " + "x" * 13 + " only"}


@pytest.mark.django_db
def test_the_same_file_is_not_imported_twice(tmp_path: Path) -> None:
    file = geojson(tmp_path, ({}, square()))
    first = run_import(file)
    renamed = file.rename(tmp_path / "renamed.geojson")
    with pytest.raises(LandError) as caught:
        run_import(renamed)
    assert caught.value.code == "already_imported"
    assert caught.value.evidence["run"] == first["import"]
    assert Parcel.objects.count() == 1
    assert run_import(renamed, again=True)["imported"] == 1
    assert run_import(renamed, a_land_office("LO-OTHER"))["imported"] == 1


@pytest.mark.django_db
def test_parcels_of_one_deed_share_its_title(tmp_path: Path) -> None:
    a_district()
    one, two = {"deed_no": 7}, {"deed_no": 7, "land_no": 3}
    run_import(geojson(tmp_path, (one, square()), (two, square(100.48))))
    assert BAUnit.objects.count() == 1
    assert Parcel.objects.filter(ba_unit__deed_number="7").count() == 2
    run_import(geojson(tmp_path, (one, square(100.49)), name="more.geojson"))
    assert BAUnit.objects.count() == 1
    assert MapSheet.objects.count() == 0


@pytest.mark.django_db
def test_a_district_that_does_not_exist_is_a_bad_attribute(tmp_path: Path) -> None:
    a_district()
    result = run_import(geojson(tmp_path, ({"อำเภอ": "เมืองลับแล"}, square()), ({}, square(100.48))))
    assert (result["read"], result["imported"]) == (2, 1)
    assert result["reasons"] == {"bad_attribute": 1}
    assert QuarantinedFeature.objects.get().code == "bad_attribute"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("feature", "srid", "hint"),
    [
        ({"type": "Polygon", "coordinates": [[[13.87, 100.47], [13.88, 100.47], [13.88, 100.48],
                                              [13.87, 100.47]]]}, None, ""),
        (square(99.0, 18.0), None, ""),
        ({"type": "Polygon", "coordinates": [[[658_900, 1_533_700], [658_950, 1_533_700],
                                              [658_950, 1_533_750], [658_900, 1_533_700]]]},
         32648, "zone"),
    ],
    ids=["swapped", "elsewhere", "zone"],
)  # fmt: skip
def test_what_lies_outside_the_office_is_kept_with_a_hint(
    tmp_path: Path, feature: Any, srid: int | None, hint: str
) -> None:
    bounds = shapely.box(100.3, 13.7, 100.6, 14.0)
    office = a_land_office("LO-B", bounds=bounds.wkt)
    result = run_import(geojson(tmp_path, ({}, feature)), office, srid=srid)
    assert result["quarantined"] == 1
    kept = QuarantinedFeature.objects.get()
    if kept.code == "outside_office":
        assert kept.evidence["hint"] == hint
    else:
        assert kept.code == "coordinates_outside_crs"


@pytest.mark.django_db
def test_indian_1975_labelled_wgs84_is_suspected(tmp_path: Path) -> None:
    """Bounds of 300 m: the plot lies inside only after the datum shift of 390 m."""
    right = shapely.box(100.36478, 15.22197, 100.36678, 15.22397)
    office = a_land_office("LO-I", bounds=right.wkt)
    x, y = 647_023, 1_683_144
    ring = [[x, y], [x + 20, y], [x + 20, y + 20], [x, y + 20], [x, y]]
    plot = {"type": "Polygon", "coordinates": [ring]}
    run_import(geojson(tmp_path, ({}, plot)), office, srid=32647)
    assert QuarantinedFeature.objects.get().evidence["hint"] == "datum"
    assert run_import(geojson(tmp_path, ({"a": 1}, plot)), office, srid=24047)["imported"] == 1


@pytest.mark.django_db
def test_stopping_leaves_nothing_behind(tmp_path: Path) -> None:
    class Stopped(CommandRun):
        def progress(self, *args: Any, **more: Any) -> None:  # noqa: ARG002
            raise JobCancelled

    file = geojson(tmp_path, ({}, square()))
    with pytest.raises(JobCancelled):
        file_import(
            file=file, options=ImportOptions(), office=a_land_office(), maker=None,
            run=Stopped(io.StringIO()), now=NOW,
        )  # fmt: skip
    assert not ImportRun.objects.exists()
    assert not Transaction.objects.exists()
    assert run_import(file)["imported"] == 1


@pytest.mark.django_db
def test_the_database_counts_too(tmp_path: Path) -> None:
    run = ImportRun.objects.get(public_id=run_import(geojson(tmp_path, ({}, square())))["import"])
    run.imported = 7
    with pytest.raises(IntegrityError), transaction.atomic():
        run.save()


def test_a_check_needs_no_database(tmp_path: Path) -> None:
    """No database mark: touching one would fail."""
    file = geojson(tmp_path, ({}, square()), ({}, None))
    run = CommandRun(io.StringIO())
    result = file_check(file=file, options=ImportOptions(), office=None, run=run)
    assert (result["read"], result["imported"], result["quarantined"]) == (2, 1, 1)


# --- the command ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_answers_in_json(tmp_path: Path) -> None:
    file = geojson(tmp_path, ({"DEED": "55"}, square()), ({}, None))
    office = a_land_office()
    out = io.StringIO()
    call_command(
        "import_parcels", str(file), office=office.code, fields=["deed_number=DEED"], json=True,
        stdout=out, stderr=io.StringIO(),
    )  # fmt: skip
    result = json.loads(out.getvalue())
    promised = {"read", "imported", "quarantined", "reasons", "crs", "encoding", "seconds"}
    assert promised <= set(result)
    assert (result["read"], result["imported"], result["quarantined"]) == (2, 1, 1)
    assert BAUnit.objects.get().deed_number == "55"
    out = io.StringIO()
    with pytest.raises(CommandError, match="already_imported"):
        call_command(
            "import_parcels", str(file), office=office.code, json=True, stdout=out,
            stderr=io.StringIO(),
        )  # fmt: skip
    assert json.loads(out.getvalue())["error"] == "already_imported"


@pytest.mark.django_db
def test_the_command_wants_an_office_or_a_dry_run(tmp_path: Path) -> None:
    file = geojson(tmp_path, ({}, square()))
    for options in ({}, {"office": "NOBODY"}, {"dry_run": True, "office": "NOBODY"}):
        with pytest.raises(CommandError):
            call_command("import_parcels", str(file), stdout=io.StringIO(), **options)
    with pytest.raises(CommandError):
        call_command("import_parcels", str(tmp_path / "nothing.shp"), dry_run=True)
    call_command(
        "import_parcels", str(file), dry_run=True, stdout=io.StringIO(), stderr=io.StringIO()
    )
    assert not ImportRun.objects.exists()


# --- real files -------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.sample_data
@pytest.mark.parametrize(
    ("file", "options", "zone", "read", "quarantined"),
    [
        ("parcels/bubenec/bubenec.gpkg", {}, 32633, 407, 0),
        ("parcels/dirty/dc-parcel-lots.geojson", {}, 32618, 1_258, 1),
        ("parcels/cambridge_fy2013/parcels_fy2013.gpkg", {}, 32619, 13_159, 24),
        ("parcels/edigeo_13029/edigeo-130290000A01.tar.bz2", {}, 2154, 389, 0),
        ("parcels/brk_gml/kadastralekaart_perceel.gml", {}, 28992, 11, 0),
        ("thailand/changwat_tis620_indian1975/changwat.shp", {}, 32647, 77, 0),
        ("thailand/th_adm2.geojson", {}, 32647, 928, 0),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_real_files_reach_the_register(
    sample_data: Path, *, file: str, options: dict[str, Any], zone: int, read: int, quarantined: int
) -> None:
    office = a_land_office("LO-REAL", zone_srid=zone)
    result = run_import(sample_data / file, office, **options)
    counts = (result["read"], result["imported"], result["quarantined"])
    assert counts == (read, read - quarantined, quarantined), result["reasons"]
    assert Parcel.objects.filter(office=office).count() == result["imported"]
    assert QuarantinedFeature.objects.count() == quarantined
    assert not Parcel.objects.exclude(geometry__isvalid=True).exists()


# --- properties -------------------------------------------------------------------------------

numbers = st.one_of(
    st.floats(100.40, 100.50),
    st.floats(13.80, 13.90),
    st.floats(),
    st.integers(-(10**18), 10**18),
)
points = st.lists(numbers, min_size=0, max_size=4)
rings = st.lists(points, max_size=8)
geometries = st.one_of(
    st.none(),
    st.builds(square, st.floats(100.40, 100.50), st.floats(13.80, 13.90)),
    st.builds(lambda r: {"type": "Polygon", "coordinates": r}, st.lists(rings, max_size=3)),
    st.builds(lambda p: {"type": "Point", "coordinates": p}, points),
    st.builds(lambda g: {"type": "GeometryCollection", "geometries": [g]}, st.builds(square)),
)
values = st.one_of(st.none(), st.text(max_size=8), st.integers(), st.floats(), st.booleans())
properties = st.dictionaries(
    st.sampled_from(["เลขที่ดิน", "ไร่", "deed_no", "ML", "การใช้ที่ดิน", "x"]), values, max_size=4
)


@settings(
    max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],

    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(features=st.lists(st.tuples(properties, geometries), max_size=6))
def test_read_is_imported_plus_quarantined_whatever_the_file(
    tmp_path: Path, features: list[Feature]
) -> None:
    file = geojson(tmp_path, *features, ({}, square()))
    result = file_check(
        file=file, options=ImportOptions(), office=None, run=CommandRun(io.StringIO())
    )
    assert result["read"] == result["imported"] + result["quarantined"]
    assert result["read"] == len(features) + 1
    assert sum(result["reasons"].values()) == result["quarantined"]
    assert result["imported"] >= 1


# --- the race ---------------------------------------------------------------------------------


def race(act: Callable[[], Any], count: int = 2) -> list[str]:
    """What each of ``count`` threads that start together came to: "done" or the code."""
    barrier, ends = threading.Barrier(count), []

    def one() -> None:
        barrier.wait()
        try:
            act()
        except LandError as error:
            ends.append(error.code)
        else:
            ends.append("done")
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


@pytest.mark.django_db(transaction=True)
def test_a_file_sent_twice_at_once_is_imported_once(tmp_path: Path) -> None:
    file, office = geojson(tmp_path, ({}, square())), a_land_office()
    assert race(lambda: run_import(file, office)) == ["already_imported", "done"]
    assert Parcel.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_constraint_the_race_is_real(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards the test above: the look-up alone lets both through."""
    file, office = geojson(tmp_path, ({}, square())), a_land_office()
    looked = threading.Barrier(2)
    look = imports._refuse_repetition

    def look_together(*args: Any) -> None:
        look(*args)
        looked.wait(timeout=30)

    monkeypatch.setattr(imports, "_refuse_repetition", look_together)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX a_file_is_imported_once")
    try:
        assert race(lambda: run_import(file, office)) == ["done", "done"]
    finally:
        ImportRun.objects.update(repeated=True)
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX a_file_is_imported_once ON parcels_importrun"
                " (office_id, sha256, layer) WHERE NOT repeated"
            )
    assert Parcel.objects.count() == 2

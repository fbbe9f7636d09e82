"""The parcels of an office as files that other programs read: whole, exact, without owners."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pyogrio
import pyproj
import pytest
import shapely
from django.core.management import CommandError, call_command
from django.http import Http404
from django.test import Client
from django.urls import reverse
from psycopg.types.range import Range

from offices.jobs import CommandRun, JobCancelled
from offices.models import AuditEntry, Job, Role
from offices.permissions import NotPermitted
from offices.services.jobs import job_run
from parcels.export.rows import COLUMNS, Selection
from parcels.models import Parcel
from parcels.services.exports import ExportFormat, parcels_export
from tests.factories import (
    NOW,
    a_land_office,
    a_local_authority,
    a_parcel,
    a_party,
    a_square,
    a_title,
    a_user,
    amended,
)

pytestmark = pytest.mark.django_db
OWNER = "ดาวเรืองผู้ถือกรรมสิทธิ์"
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def small_batches(monkeypatch) -> None:
    monkeypatch.setattr("parcels.export.rows.BATCH_ROWS", 3)


@pytest.fixture
def parcels() -> list[Parcel]:
    title = a_title(a_party(OWNER), a_party("สมปอง"), deed_number="77")
    found = [
        a_parcel(geometry=a_square(100.4 + i / 1000), land_number=str(i), legal_area_m2=area)
        for i, area in enumerate([Decimal("1900.04"), None, Decimal(1), Decimal(2), Decimal(3)])
    ]
    return [*found, a_parcel(geometry=a_square(100.5), land_number="=1+1", ba_unit=title)]


def exported(folder: Path, form: str, person: Any = None, run: Any = None, **said: Any) -> Path:
    target = folder / f"out{ExportFormat(form).suffix}"
    selection = Selection(**{"office": a_land_office(), "on": TODAY} | said)
    result = parcels_export(
        selection=selection, form=ExportFormat(form), target=target, person=person,
        run=run or CommandRun(StringIO()), now=NOW,
    )  # fmt: skip
    assert result["bytes"] == target.stat().st_size
    return target


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Attributes and WKB of a file, in one form."""
    if path.suffix == ".parquet":
        return [row | {"geometry": row["geometry"]} for row in pq.read_table(path).to_pylist()]
    if path.suffix == ".gpkg":
        meta, _, shapes, columns = pyogrio.raw.read(path)
        cells = [column.tolist() for column in columns]
        return [
            dict(zip(meta["fields"], row, strict=True)) | {"geometry": bytes(shape)}
            for *row, shape in zip(*cells, shapes, strict=True)
        ]
    units = json.loads(path.read_text(encoding="utf-8"))["LA_SpatialUnit"]
    return [
        {"public_id": each["suID"], "land_number": each["label"],
         "geometry": shapely.to_wkb(shapely.from_geojson(json.dumps(each["geometry"])))}
        for each in units
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["gpkg", "parquet", "ladm-json"])
def test_every_parcel_comes_back_as_it_is(tmp_path, parcels, form) -> None:
    rows = {row["public_id"]: row for row in rows_of(exported(tmp_path, form))}
    assert set(rows) == {parcel.public_id for parcel in parcels}
    for parcel in parcels:
        row = rows[parcel.public_id]
        assert row["land_number"] == parcel.land_number
        shape = shapely.from_wkb(bytes(parcel.geometry.wkb))
        tolerance = 1e-9 if form == "ladm-json" else 0
        assert shapely.equals_exact(shapely.from_wkb(row["geometry"]), shape, tolerance)


@pytest.mark.parametrize("form", ["gpkg", "parquet"])
def test_areas_are_told_and_unknown_ones_are_unknown(tmp_path, parcels, form) -> None:
    rows = {row["land_number"]: row for row in rows_of(exported(tmp_path, form))}
    assert rows["0"]["legal_area_m2"] == 1900.04
    assert (
        rows["1"]["legal_area_m2"] in {None, float("nan")}
        or rows["1"]["legal_area_m2"] != (rows["1"]["legal_area_m2"])
    )
    assert rows["0"]["calculated_area_m2"] == pytest.approx(parcels[0].calculated_area_m2, abs=1e-4)


@pytest.mark.parametrize("form", ["gpkg", "parquet", "ladm-json"])
def test_owners_are_told_only_when_asked_for(tmp_path, parcels, form) -> None:
    assert OWNER.encode() not in readable(exported(tmp_path, form))
    assert OWNER.encode() in readable(exported(tmp_path, form, with_owners=True))


def readable(path: Path) -> bytes:
    """The text of a file: Parquet packs its own."""
    if path.suffix == ".parquet":
        return str(pq.read_table(path).drop_columns(["geometry"]).to_pylist()).encode()
    return path.read_bytes()


def test_who_may_not_see_owners_gets_none(tmp_path, parcels) -> None:
    surveyor = a_user("surveyor", Role.SURVEYOR)
    stranger = a_user("stranger", Role.LAND_OFFICER, office=a_local_authority("LA-FAR"))
    for person, refusal in ((surveyor, NotPermitted), (stranger, Http404)):
        with pytest.raises(refusal):
            exported(tmp_path, "gpkg", person=person, with_owners=True)
    assert list(tmp_path.iterdir()) == []
    exported(tmp_path, "gpkg", person=a_user("officer", Role.LAND_OFFICER), with_owners=True)
    entry = AuditEntry.objects.get(action="parcels.exported")
    assert entry.actor.username == "officer"
    assert entry.data["owners"] is True


def test_the_geoparquet_metadata_follow_the_standard(tmp_path, parcels) -> None:
    file = pq.ParquetFile(exported(tmp_path, "parquet"))
    geo = json.loads(file.schema_arrow.metadata[b"geo"] if b"geo" in (
        file.schema_arrow.metadata or {}) else file.metadata.metadata[b"geo"])  # fmt: skip
    column = geo["columns"][geo["primary_column"]]
    assert geo["version"] == "1.1.0"
    assert (column["encoding"], column["geometry_types"]) == ("WKB", ["MultiPolygon"])
    assert pyproj.CRS.from_json_dict(column["crs"]) == pyproj.CRS("OGC:CRS84")
    assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    assert file.num_row_groups == 2
    boxes = [row["bbox"] for row in file.read().to_pylist()]
    assert column["bbox"] == [
        min(b["xmin"] for b in boxes), min(b["ymin"] for b in boxes),
        max(b["xmax"] for b in boxes), max(b["ymax"] for b in boxes),
    ]  # fmt: skip
    assert set(COLUMNS) <= set(file.schema_arrow.names)


def test_the_geopackage_is_one_layer_of_multipolygons(tmp_path, parcels) -> None:
    info = pyogrio.read_info(exported(tmp_path, "gpkg"))
    assert (info["layer_name"], info["geometry_type"]) == ("parcels", "MultiPolygon")
    assert (info["crs"], info["features"]) == ("EPSG:4326", 6)


def test_ladm_objects_are_joined(tmp_path, parcels) -> None:
    path = exported(tmp_path, "ladm-json", with_owners=True)
    whole = json.loads(path.read_text(encoding="utf-8"))
    units = {each["suID"]: each for each in whole["LA_SpatialUnit"]}
    titles = {each["uID"]: each for each in whole["LA_BAUnit"]}
    parties = {each["pID"]: each for each in whole["LA_Party"]}
    sources = {each["sID"] for each in whole["LA_AdministrativeSource"]}
    assert {each["source"] for each in units.values()} <= sources
    assert titles[units[parcels[-1].public_id]["baunit"]]["name"] == "77"
    shares = [(r["share"]["numerator"], r["share"]["denominator"]) for r in whole["LA_RRR"]]
    assert shares == [(1, 2), (1, 2)]
    assert {parties[r["party"]]["name"] for r in whole["LA_RRR"]} == {OWNER, "สมปอง"}
    assert "LA_Party" not in json.loads(exported(tmp_path, "ladm-json").read_text("utf-8"))


@pytest.mark.parametrize("form", ["gpkg", "parquet", "ladm-json"])
def test_an_empty_register_is_an_empty_file(tmp_path, form) -> None:
    path = exported(tmp_path, form, office=a_land_office("LO-EMPTY"))
    assert rows_of(path) == []


def test_the_past_is_told_as_it_was(tmp_path, parcels) -> None:
    day = date(2025, 6, 1)
    changed = amended(parcels[0], land_number="900")
    known = changed.recorded_during.lower
    amended(parcels[1], valid_during=Range(parcels[1].valid_during.lower, day))
    on = {row["land_number"] for row in rows_of(exported(tmp_path, "parquet", on=day))}
    before = {
        row["land_number"]
        for row in rows_of(exported(tmp_path, "parquet", known=known - timedelta(microseconds=1)))
    }
    assert {"900"} <= on
    assert "1" not in on
    assert {"0", "1"} <= before
    assert "900" not in before


class Stops(CommandRun):
    def progress(self, *_said: Any, **_more: Any) -> None:
        raise JobCancelled


def test_a_stopped_export_leaves_the_former_file(tmp_path, parcels) -> None:
    path = exported(tmp_path, "gpkg")
    before = path.read_bytes()
    with pytest.raises(JobCancelled):
        exported(tmp_path, "gpkg", run=Stops(StringIO()))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_command_tells_what_it_wrote(tmp_path, parcels, capsys) -> None:
    target = tmp_path / "parcels.gpkg"
    call_command(
        "export_parcels", "--office", "LO-TEST", "--format", "gpkg", "--out", target, "--json"
    )
    assert json.loads(capsys.readouterr().out)["parcels"] == 6
    assert AuditEntry.objects.get(action="parcels.exported").data["owners"] is False


# -- the page and the job -------------------------------------------------------------------------


def ordered(client: Client, **said: Any) -> Any:
    form = {"office": "LO-TEST", "format": "gpkg"} | said
    return client.post(reverse("exports"), form)


@pytest.mark.django_db(transaction=True)
def test_an_order_becomes_a_job_and_the_job_a_file(client, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    a_parcel(land_number="7")
    client.force_login(a_user("surveyor", Role.SURVEYOR))
    answer = ordered(client, on="1/1/2569")
    job = Job.objects.get()
    assert answer["Location"] == reverse("job-detail", args=[job.public_id])
    job_run(job_id=job.pk, attempt=job.attempt)
    job.refresh_from_db()
    assert job.status == "succeeded", job.error_evidence
    assert job.result["parcels"] == 1
    assert job.result["on"] == "2026-01-01"
    assert "parcels-LO-TEST-2026-01-01.gpkg" in client.get(answer["Location"]).content.decode()
    fetched = client.get(reverse("job-result", args=[job.public_id]))
    assert b"".join(fetched.streaming_content).startswith(b"SQLite format 3")
    assert AuditEntry.objects.filter(action="parcels.exported", actor__username="surveyor").exists()
    assert AuditEntry.objects.filter(action="jobs.result_fetched").exists()


def test_holders_are_ordered_only_by_whoever_may_see_them(client) -> None:
    a_land_office()
    client.force_login(a_user("surveyor", Role.SURVEYOR))
    assert ordered(client, with_owners="on").status_code == 422
    assert not Job.objects.exists()
    client.force_login(a_user("officer", Role.LAND_OFFICER))
    assert ordered(client, with_owners="on").status_code == 302
    assert Job.objects.get().kind == "parcels.export_with_owners"


@pytest.mark.django_db(transaction=True)
def test_a_file_with_holders_is_not_for_colleagues_who_may_not_see_them(
    client, settings, tmp_path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    a_parcel(ba_unit=a_title(a_party(OWNER)))
    client.force_login(a_user("officer", Role.LAND_OFFICER))
    ordered(client, with_owners="on", format="ladm-json")
    job = Job.objects.get()
    job_run(job_id=job.pk, attempt=job.attempt)
    file = reverse("job-result", args=[job.public_id])
    assert OWNER.encode() in b"".join(client.get(file).streaming_content)
    client.force_login(a_user("surveyor", Role.SURVEYOR))
    assert client.get(file).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_role_lost_before_the_job_runs_stops_it(client) -> None:
    officer = a_user("officer", Role.LAND_OFFICER)
    client.force_login(officer)
    ordered(client, with_owners="on")
    officer.role_assignments.all().delete()
    job = Job.objects.get()
    job_run(job_id=job.pk, attempt=job.attempt)
    job.refresh_from_db()
    assert job.status == "failed"
    assert not job.result_file


def test_another_office_is_not_exported(client) -> None:
    a_local_authority("LA-FAR")
    client.force_login(a_user("officer", Role.LAND_OFFICER))
    assert ordered(client, office="LA-FAR").status_code == 422
    assert ordered(client, on="1/1/2599").status_code == 422
    assert not Job.objects.exists()


def test_the_page_is_for_who_may_export(client) -> None:
    page = reverse("exports")
    assert client.get(page).status_code == 302
    client.force_login(a_user("cashier", Role.CASHIER, office=a_local_authority()))
    assert client.get(page).status_code == 403
    client.force_login(a_user("officer", Role.LAND_OFFICER))
    assert client.get(page).status_code == 200


def test_a_moment_that_is_none_is_refused_by_the_command(parcels, tmp_path) -> None:
    for said in ({"on": "2569-01-01"}, {"known": "nonsense"}):
        with pytest.raises(CommandError):
            call_command(
                "export_parcels", office="LO-TEST", format="gpkg", out=tmp_path / "x.gpkg", **said
            )

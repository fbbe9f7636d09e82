"""The staff pages of imports: who may, what is sent, what is shown and what can be fetched."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from offices.models import Job, Role
from offices.services.jobs import job_run
from parcels.models import ImportRun, Parcel, QuarantinedFeature
from tests.factories import a_land_office, a_user
from tests.parcels.importing.test_imports import geojson, run_import, square

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def officer(client: Client, settings: Any, tmp_path: Path) -> Client:
    settings.DATA_DIR = tmp_path / "data"
    client.force_login(
        a_user("officer", Role.LAND_OFFICER), "django.contrib.auth.backends.ModelBackend"
    )
    return client


def form(content: bytes, name: str = "town.geojson", **more: Any) -> dict[str, Any]:
    a_land_office()
    return {
        "file": SimpleUploadedFile(name, content),
        "office": "LO-TEST",
        "datum_parameters": "EPSG:1537",
    } | more


def a_run(folder: Path) -> ImportRun:
    evil = {"name": "=HYPERLINK(1)", "<b>": "<script>alert(1)</script>", "n": -5}
    result = run_import(geojson(folder, ({}, square()), (evil, None)))
    return ImportRun.objects.get(public_id=result["import"])


@pytest.mark.django_db(transaction=True)
def test_a_file_sent_becomes_a_job_and_the_job_an_import(officer: Client, tmp_path: Path) -> None:
    content = geojson(tmp_path, ({}, square()), ({}, None)).read_bytes()
    answer = officer.post(reverse("imports"), form(content, columns="", encoding="utf-8"))
    job = Job.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("job-detail", args=[job.public_id])
    kept = Path(job.parameters["path"])
    assert kept.read_bytes() == content
    assert kept.stat().st_mode & 0o077 == 0
    job_run(job_id=job.pk, attempt=job.attempt)
    job.refresh_from_db()
    assert job.status == "succeeded", job.error_evidence
    assert job.result["imported"] == 1
    assert Parcel.objects.count() == 1
    assert ImportRun.objects.get().transaction.maker.username == "officer"
    assert not kept.exists()


def test_what_is_wrong_with_the_form_is_said(officer: Client) -> None:
    answer = officer.post(
        reverse("imports"), form(b"{}", srid="999999", encoding="klingon", columns="nonsense")
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"srid", "encoding", "columns"}
    assert not Job.objects.exists()


def test_a_file_above_the_limit_is_stopped_on_its_way(officer: Client, settings: Any) -> None:
    settings.IMPORT_LARGEST_FILE = 100_000
    answer = officer.post(reverse("imports"), form(b" " * 150_000))
    assert answer.status_code == 413
    answer = officer.post(reverse("imports"), form(b" " * 400_000))
    assert answer.status_code == 413
    assert not Job.objects.exists()


def test_the_streaming_form_is_protected(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        a_user("officer", Role.LAND_OFFICER), "django.contrib.auth.backends.ModelBackend"
    )
    assert client.post(reverse("imports"), form(b"{}")).status_code == 403


def test_only_who_may_import_sees_imports(client: Client, tmp_path: Path) -> None:
    run = a_run(tmp_path)
    pages = [reverse("imports"), reverse("import-detail", args=[run.public_id])]
    pages += [
        reverse(f"import-quarantine-{kind}", args=[run.public_id]) for kind in ("csv", "geojson")
    ]
    assert {client.get(page).status_code for page in pages} == {302}
    client.force_login(a_user("cashier", Role.CASHIER), BACKEND)
    assert {client.get(page).status_code for page in pages} == {403}
    elsewhere = a_user("elsewhere", Role.LAND_OFFICER, office=a_land_office("LO-ELSE"))
    client.force_login(elsewhere, BACKEND)
    assert [client.get(page).status_code for page in pages] == [200, 404, 404, 404]
    client.force_login(a_user("officer", Role.LAND_OFFICER), BACKEND)
    assert {client.get(page).status_code for page in pages} == {200}


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_page_shows_counts_reasons_and_places(
    officer: Client, tmp_path: Path, language: str
) -> None:
    bow = {"type": "Polygon", "coordinates": [[[100.47, 13.87], [100.48, 13.88], [100.48, 13.87],
                                               [100.47, 13.88], [100.47, 13.87]]]}  # fmt: skip
    evil = {"<b>": "<script>alert(1)</script>"}
    result = run_import(geojson(tmp_path, ({}, square()), (evil, bow), ({}, None)))
    officer.cookies["django_language"] = language
    answer = officer.get(reverse("import-detail", args=[result["import"]]))
    page = answer.content.decode()
    assert "self_crossing" in page
    assert "geometry_missing" in page
    assert "<script>alert" not in page
    assert [place["position"] for place in answer.context["places"]] == [1]
    only = officer.get(
        reverse("import-detail", args=[result["import"]]), {"reason": "self_crossing"}
    )
    assert len(only.context["entries"]) == 1
    assert result["import"] in officer.get(reverse("imports")).content.decode()


@pytest.mark.parametrize("reason", ["%00", "a%00b", "x" * 500, "%27"])
def test_a_reason_that_is_none_shows_nothing(officer: Client, tmp_path: Path, reason: str) -> None:
    run = a_run(tmp_path)
    assert officer.get(f"/office/imports/{run.public_id}/?reason={reason}").status_code == 200


def test_downloads_hold_everything_and_run_nothing(officer: Client, tmp_path: Path) -> None:
    run = a_run(tmp_path)
    answer = officer.get(reverse("import-quarantine-csv", args=[run.public_id]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(text))
    found = dict(zip(head, row, strict=True))
    assert found["name"] == "'=HYPERLINK(1)"
    assert found["n"] == "-5"
    assert found["code"] == "geometry_missing"
    assert answer["Content-Disposition"].startswith("attachment")
    answer = officer.get(reverse("import-quarantine-geojson", args=[run.public_id]))
    content = json.loads(b"".join(answer.streaming_content))
    assert content["features"][0]["properties"]["name"] == "=HYPERLINK(1)"
    assert QuarantinedFeature.objects.count() == len(content["features"]) == 1

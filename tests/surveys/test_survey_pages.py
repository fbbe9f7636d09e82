"""Pages of survey jobs: who sees them, what they tell, and what they refuse."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from offices.models import Role
from surveys.models import (
    ColumnMapping,
    FieldFile,
    Photo,
    QualityClass,
    SurveyJob,
    SurveyPoint,
)
from surveys.services.points import points_compute
from tests.factories import a_land_office, a_parcel, a_user
from tests.surveys.field import NOW, a_survey, a_surveyor, rtk_file, rtk_rows, taken
from tests.surveys.test_surveys import signed_in

pytestmark = pytest.mark.django_db


def an_upload(content: str, name: str = "rtk.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode(), content_type="text/csv")


@pytest.fixture
def job() -> SurveyJob:
    """A job with a point that fails, one line rejected, a photograph and a mapping."""
    found = a_survey()
    taken(found, rtk_file(rtk_rows("A", floats=65), ["B,six,,,,,,,,,,"]))
    points_compute(job=found, by=None, now=NOW)
    Photo.objects.create(
        job=found, point_name="A", file="surveys/none.jpg", media_type="image/jpeg",
        uploaded_at=NOW,
    )  # fmt: skip
    ColumnMapping.objects.create(
        office=found.office, name="ทดสอบ", columns={"columns": {"point": 1, "north": 2, "east": 3}}
    )
    return found


def addresses(job: SurveyJob) -> list[str]:
    file, point = job.files.get(), job.points.get()
    return [
        reverse("survey-job", args=[job.pk]), reverse("survey-job-plan", args=[job.pk]),
        reverse("survey-job-sheet", args=[job.pk]), reverse("survey-job-csv", args=[job.pk]),
        reverse("survey-file", args=[file.public_id]),
        reverse("survey-file-rejects", args=[file.public_id]),
        reverse("survey-file-original", args=[file.public_id]),
        reverse("survey-point", args=[job.pk, point.pk]),
    ]  # fmt: skip


def posts(job: SurveyJob) -> list[str]:
    point, stay = job.points.get(), job.occupations.order_by("pk").first()
    assert stay is not None
    return [
        reverse("survey-job-plan", args=[job.pk]), reverse("survey-job-decide", args=[job.pk]),
        reverse("survey-file-send", args=[job.pk]), reverse("survey-photos", args=[job.pk]),
        reverse("survey-point-purpose", args=[job.pk, point.pk]),
        reverse("survey-occupation", args=[job.pk, stay.pk]),
    ]  # fmt: skip


def body(response: Any) -> str:
    content = b"".join(response) if response.streaming else response.content
    return str(content.decode())


def test_only_surveyors_of_the_office_open_the_pages_of_a_job(job: SurveyJob) -> None:
    there = a_land_office("THERE")
    surveyor = signed_in(a_surveyor())
    stranger = signed_in(a_surveyor("stranger", there))
    officer = signed_in(a_user("officer", Role.LAND_OFFICER))
    photo = reverse("survey-photo", args=[job.photos.get().public_id])
    for address in addresses(job):
        response = surveyor.get(address)
        assert response.status_code == 200, address
        assert body(response), address
        assert "no-store" in response.headers["Cache-Control"]
        assert stranger.get(address).status_code == 404, address
        assert officer.get(address).status_code == 403, address
        assert Client().get(address).status_code == 302, address
    assert stranger.get(photo).status_code == 404
    for address in posts(job):
        assert stranger.post(address).status_code == 404, address
        assert officer.post(address).status_code == 403, address
        assert Client().post(address).status_code == 302, address


def test_a_mapping_and_a_class_of_another_office_do_not_exist(job: SurveyJob) -> None:
    stranger = signed_in(a_surveyor("stranger", a_land_office("THERE")))
    mapping, quality = ColumnMapping.objects.get(), QualityClass.objects.all()[0]
    assert stranger.post(reverse("survey-mapping-forget", args=[mapping.pk])).status_code == 404
    assert stranger.get(reverse("survey-class", args=[quality.pk])).status_code == 404
    assert "ทดสอบ" not in body(stranger.get(reverse("survey-mappings")))


def test_who_manages_the_office_sets_its_limits_and_a_surveyor_only_reads_them() -> None:
    a_survey()
    quality = QualityClass.objects.get(code="boundary")
    address = reverse("survey-class", args=[quality.pk])
    surveyor, manager = signed_in(a_surveyor()), signed_in(a_user("boss", Role.MANAGER))
    page = body(surveyor.get(address))
    assert "unverified" in page
    assert "TSA/RICS" in page
    assert surveyor.post(address, {"pdop_max": "9"}).status_code == 403
    assert manager.post(address, {"pdop_max": "-1"}).status_code == 422
    assert manager.post(address, {"pdop_max": "6", "mark_checks": "on"}).status_code == 302
    quality.refresh_from_db()
    assert list(quality.limits["limits"]) == ["pdop_max"]
    assert quality.limits["limits"]["pdop_max"]["value"] == 6
    assert not quality.limits["limits"]["pdop_max"]["verified"]


def test_a_point_says_in_words_why_it_fails(job: SurveyJob) -> None:
    point = job.points.get()
    page = body(signed_in(a_surveyor()).get(reverse("survey-point", args=[job.pk, point.pk])))
    assert "5 usable epochs of 70; 60 are needed" in page
    assert "The solution is “float”; accepted is only: fixed." in page
    assert "2–66" in page  # the lines of the file
    assert page.count("survey-picture__ellipse") == 2
    assert "style=" not in page


def test_a_reject_is_shown_with_its_line_and_as_csv(job: SurveyJob) -> None:
    file, client = job.files.get(), signed_in(a_surveyor())
    page = body(client.get(reverse("survey-file", args=[file.public_id])))
    assert "six" in page
    rows = list(csv.reader(StringIO(body(client.get(
        reverse("survey-file-rejects", args=[file.public_id])
    )).removeprefix("\ufeff"))))  # fmt: skip
    assert rows[1][0] == "72"
    assert rows[1][2] == "B,six,,,,,,,,,,"


def test_jobs_are_listed_by_status_and_by_surveyor(job: SurveyJob) -> None:
    me = a_surveyor()
    mine = a_survey(surveyor=me)
    client = signed_in(me)
    everything = body(client.get(reverse("survey-jobs")))
    assert job.number in everything
    assert mine.number in everything
    only_mine = body(client.get(reverse("survey-jobs"), {"list": "mine"}))
    assert (job.number in only_mine, mine.number in only_mine) == (False, True)
    computed = body(client.get(reverse("survey-jobs"), {"state": "computed"}))
    assert (job.number in computed, mine.number in computed) == (True, False)


def test_a_job_names_parcels_of_its_office_only() -> None:
    here = a_parcel(land_number="77")
    there = a_parcel(office=a_land_office("THERE"), land_number="88")
    client = signed_in(a_surveyor())
    said = {"number": "1/2569", "purpose": "สอบเขต", "kind": "boundary"}
    address = reverse("survey-job-new")
    refused = client.post(address, said | {"parcels": f"/parcels/{there.public_id}/"})
    assert refused.status_code == 422
    assert client.post(address, said | {"parcels": "ไม่มีแปลงนี้"}).status_code == 422
    kept = client.post(address, said | {"parcels": f"https://x/parcels/{here.public_id}/"})
    assert kept.status_code == 302
    assert SurveyJob.objects.get().parcels.get().parcel == here
    assert client.post(address, said).status_code == 422  # its number is taken
    assert SurveyJob.objects.count() == 1


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(settings: Any) -> None:
    settings.CHANOT_SURVEY_LARGEST_FILE_MB = 1
    job = a_survey()
    client = signed_in(a_surveyor())
    client.raise_request_exception = False
    large = an_upload("x" * 1_400_000)
    response = client.post(reverse("survey-file-send", args=[job.pk]), {"file": large})
    assert response.status_code == 413
    assert not FieldFile.objects.exists()


def test_a_form_without_its_token_is_refused() -> None:
    job = a_survey()
    client = Client(enforce_csrf_checks=True)
    client.force_login(a_surveyor(), "django.contrib.auth.backends.ModelBackend")
    upload = {"file": an_upload(rtk_file(rtk_rows("A", epochs=2)))}
    assert client.post(reverse("survey-file-send", args=[job.pk]), upload).status_code == 403
    assert not FieldFile.objects.exists()


def test_a_script_is_answered_in_json() -> None:
    job = a_survey()
    client = signed_in(a_surveyor())
    address = reverse("survey-file-send", args=[job.pk])
    content = rtk_file(rtk_rows("A", epochs=2))
    sent = client.post(address, {"file": an_upload(content)}, HTTP_ACCEPT="application/json")
    assert sent.json()["location"] == reverse("survey-file", args=[job.files.get().public_id])
    bad = client.post(address, {"file": an_upload("what is this")}, HTTP_ACCEPT="application/json")
    assert bad.status_code == 422
    assert "what" in bad.json()["detail"] or "rtk.csv" in bad.json()["detail"]


def test_a_photograph_loses_its_place() -> None:
    job = a_survey()
    picture = Image.new("RGB", (40, 30), "green")
    exif = Image.Exif()
    exif[0x010F] = "SecretMaker"
    exif.get_ifd(0x8825)[1] = "N"
    out = BytesIO()
    picture.save(out, "JPEG", exif=exif)
    client = signed_in(a_surveyor())
    photo = SimpleUploadedFile("หมุด.jpg", out.getvalue(), content_type="image/jpeg")
    client.post(reverse("survey-photos", args=[job.pk]), {"point_name": "A", "photo": photo})
    kept = Photo.objects.get()
    shown = b"".join(client.get(reverse("survey-photo", args=[kept.public_id])))  # type: ignore[arg-type]
    assert b"SecretMaker" in out.getvalue()
    assert b"SecretMaker" not in shown
    with Image.open(BytesIO(shown)) as again:
        assert again.size == (40, 30)
        assert not again.getexif()
    png = SimpleUploadedFile("x.png", b"\x89PNG\r\n\x1a\n" + bytes(40), content_type="image/png")
    client.post(reverse("survey-photos", args=[job.pk]), {"point_name": "A", "photo": png})
    assert Photo.objects.count() == 1


def test_a_job_page_takes_few_queries_however_many_points(
    django_assert_max_num_queries: Any,
) -> None:
    job = a_survey()
    taken(job, rtk_file(*(rtk_rows(f"P{n:02}", n, epochs=2) for n in range(30))))
    points_compute(job=job, by=None, now=NOW)
    assert SurveyPoint.objects.count() == 30
    client = signed_in(a_surveyor())
    with django_assert_max_num_queries(40):
        client.get(reverse("survey-job", args=[job.pk]))

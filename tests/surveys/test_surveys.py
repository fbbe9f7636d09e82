"""Survey jobs: how observed points fit the register, and who may see them."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from offices.models import Office, Role, User
from surveys.models import BoundaryMark, SurveyJob, SurveyPoint
from surveys.offsets import decimal_year, point_offsets
from tests.factories import a_land_office, a_parcel, a_user

BACKEND = "django.contrib.auth.backends.ModelBackend"
ZONE = 32647
EAST, NORTH = 659_000.0, 1_534_000.0
TODAY = date(2026, 11, 20)
TOLERANCE_MM = 40


def in_zone(east: float, north: float) -> Point:
    place = Point(east, north, srid=ZONE)
    place.transform(4326)
    return place


def a_zone_square(side_m: float = 40) -> MultiPolygon:
    square = Polygon.from_bbox((EAST, NORTH, EAST + side_m, NORTH + side_m))
    square.srid = ZONE
    square.transform(4326)
    return MultiPolygon(square, srid=4326)


def a_job(number: str = "ร.ว. 1/2569", office: Office | None = None) -> SurveyJob:
    return SurveyJob.objects.create(
        office=office or a_land_office(), number=number, purpose="รังวัดสอบเขต",
        surveyed_on=date(2026, 3, 2),
    )  # fmt: skip


def a_point(job: SurveyJob, name: str, east: float, north: float, **fields: Any) -> SurveyPoint:
    """A fixed RTK point, accurate to 15 mm, at these metres from the corner."""
    observed = {
        "method": "rtk_network", "srid": ZONE, "horizontal_accuracy_m": Decimal("0.0150"),
        "fix": "fixed", "satellites": 18, "pdop": Decimal("1.40"),
        "observed_at": datetime(2026, 3, 2, 3, 0, tzinfo=UTC),
        "easting": Decimal(f"{EAST + east:.4f}"), "northing": Decimal(f"{NORTH + north:.4f}"),
        "geometry": in_zone(EAST + east, NORTH + north),
    }  # fmt: skip
    return SurveyPoint.objects.create(job=job, name=name, **observed | fields)


def offsets_of(job: SurveyJob) -> dict[str, Any]:
    found = point_offsets(job, on=TODAY, tolerance_mm=TOLERANCE_MM)
    return {each.point.name: each for each in found}


def signed_in(user: User, language: str = "en") -> Client:
    client = Client()
    client.force_login(user, BACKEND)
    client.cookies["django_language"] = language
    return client


@pytest.mark.django_db
def test_the_offset_is_measured_in_millimetres_from_the_nearest_corner() -> None:
    a_parcel(geometry=a_zone_square(), land_number="77")
    job = a_job()
    a_point(job, "A", 0.030, -0.040)
    a_point(job, "B", 39.990, 40.000)
    found = offsets_of(job)
    assert found["A"].corner.offset_mm == pytest.approx(50, abs=0.01)
    assert found["A"].corner.east_mm == pytest.approx(30, abs=0.01)
    assert found["A"].corner.north_mm == pytest.approx(-40, abs=0.01)
    assert found["B"].corner.offset_mm == pytest.approx(10, abs=0.01)
    assert found["A"].corner.land_number == "77"
    assert (found["A"].is_off, found["B"].is_off) == (True, False)


@pytest.mark.django_db
def test_each_reason_to_look_again_is_named() -> None:
    a_parcel(geometry=a_zone_square())
    job = a_job()
    a_point(job, "good", 0, 0)
    a_point(job, "poor", 0, 0, horizontal_accuracy_m=Decimal("0.0401"))
    a_point(job, "limit", 0, 0, horizontal_accuracy_m=Decimal("0.0400"))
    a_point(job, "float", 0, 0, fix="float")
    a_point(job, "inside", 20, 20)
    a_point(job, "silent", 0, 0, horizontal_accuracy_m=None, fix="", method="total_station")
    found = offsets_of(job)
    assert {name for name, each in found.items() if each.is_flagged} == {"poor", "float", "inside"}
    assert found["poor"].is_inaccurate
    assert found["float"].is_unfixed
    assert found["inside"].corner is None


@pytest.mark.django_db
def test_a_parcel_no_longer_in_force_has_no_corners() -> None:
    a_parcel(geometry=a_zone_square(), valid_during=(date(2020, 1, 1), date(2026, 1, 1)))
    job = a_job()
    a_point(job, "A", 0, 0)
    assert offsets_of(job)["A"].corner is None


@pytest.mark.django_db
def test_a_job_takes_three_queries_however_many_points() -> None:
    a_parcel(geometry=a_zone_square())
    job = a_job()
    for n in range(12):
        point = a_point(job, f"P{n:02}", 0, n / 1000)
        BoundaryMark.objects.create(
            number=f"ก{n}", office=job.office, survey_point=point, geometry=point.geometry
        )
    with CaptureQueriesContext(connection) as queries:
        found = offsets_of(job)
    assert len(queries) == 3
    assert found["P03"].marks == ("ก3",)


@given(st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_decimal_year_lies_in_its_year(moment: datetime) -> None:
    assert moment.year <= decimal_year(moment) < moment.year + 1


def test_the_middle_of_a_year_is_its_half() -> None:
    assert decimal_year(datetime(2025, 7, 2, 12, tzinfo=UTC)) == 2025.5


@pytest.mark.django_db
def test_only_those_who_keep_surveys_of_the_office_see_a_job() -> None:
    here, there = a_land_office("A"), a_land_office("B")
    address = f"/office/surveys/{a_job(office=here).pk}/"
    surveyor = signed_in(a_user("surveyor", Role.SURVEYOR, office=here))
    stranger = signed_in(a_user("stranger", Role.SURVEYOR, office=there))
    officer = signed_in(a_user("officer", Role.LAND_OFFICER, office=here))
    for path in (address, f"{address}points.csv"):
        assert surveyor.get(path).status_code == 200
        assert stranger.get(path).status_code == 404
        assert officer.get(path).status_code == 403
        assert Client().get(path).status_code == 302
    assert "ร.ว. 1/2569" in surveyor.get("/office/surveys/").content.decode()
    assert "ร.ว. 1/2569" not in stranger.get("/office/surveys/").content.decode()


@pytest.mark.django_db
def test_jobs_are_found_by_a_part_of_their_number() -> None:
    a_job("ร.ว. 12/2569"), a_job("ร.ว. 7/2568")
    client = signed_in(a_user("surveyor", Role.SURVEYOR))
    page = client.get("/office/surveys/", {"number": "12/"}).content.decode()
    assert "ร.ว. 12/2569" in page
    assert "ร.ว. 7/2568" not in page
    assert "No survey jobs here" in client.get("/office/surveys/?number=%00x").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [
    ("en", ["WGS 84 / UTM zone 47N (EPSG:32647)", "2026.165", "659000.0300", "off the corner"]),
    ("th", ["2 มีนาคม 2569", "ห่างจากมุมแปลง"]),
])  # fmt: skip
def test_the_page_shows_coordinates_as_observed(language: str, words: list[str]) -> None:
    a_parcel(geometry=a_zone_square())
    job = a_job()
    a_point(job, "A", 0.030, -0.040)
    client = signed_in(a_user("surveyor", Role.SURVEYOR), language)
    page = client.get(f"/office/surveys/{job.pk}/").content.decode()
    for word in words:
        assert word in page


@pytest.mark.django_db
def test_the_file_holds_every_point_and_no_formula() -> None:
    a_parcel(geometry=a_zone_square(), land_number="@SUM(1)")
    job = a_job()
    a_point(job, "=1+1", -0.003, -0.004)
    a_point(job, "far", 500, 500)
    client = signed_in(a_user("surveyor", Role.SURVEYOR))
    content = b"".join(client.get(f"/office/surveys/{job.pk}/points.csv")).decode()  # type: ignore[arg-type]
    assert content.startswith("\ufeff")
    head, *rows = csv.reader(StringIO(content.removeprefix("\ufeff")))
    assert {len(row) for row in rows} == {len(head)}
    formula, far = (dict(zip(head, row, strict=True)) for row in rows)
    assert formula["Point"] == "'=1+1"
    assert formula["Land number"] == "'@SUM(1)"
    assert formula["Easting (m)"] == "658999.9970"
    assert formula["Offset east (mm)"] == "-3.0"
    assert formula["Offset (mm)"] == "5.0"
    assert (formula["To be checked"], far["To be checked"]) == ("0", "1")
    assert far["Offset (mm)"] == ""


@pytest.mark.django_db
def test_the_tolerance_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    a_parcel(geometry=a_zone_square())
    job = a_job()
    a_point(job, "A", 0.010, 0)
    client = signed_in(a_user("surveyor", Role.SURVEYOR))
    assert "off the corner" not in client.get(f"/office/surveys/{job.pk}/").content.decode()
    monkeypatch.setattr(settings, "CHANOT_SURVEY_TOLERANCE_MM", 5)
    assert "off the corner" in client.get(f"/office/surveys/{job.pk}/").content.decode()


@pytest.mark.django_db
def test_administration_shows_surveys_and_changes_none() -> None:
    job = a_job()
    point = a_point(job, "A", 0, 0)
    mark = BoundaryMark.objects.create(
        number="1", office=job.office, survey_point=point, geometry=point.geometry
    )
    administrator = a_user("administrator", Role.ADMINISTRATOR)
    administrator.is_staff = True
    administrator.save()
    client = signed_in(administrator)
    for kind, row in (("surveyjob", job), ("surveypoint", point), ("boundarymark", mark)):
        assert client.get(f"/admin/surveys/{kind}/").status_code == 200
        address = f"/admin/surveys/{kind}/{row.pk}/change/"
        assert client.get(address).status_code == 200
        assert client.post(address, {"number": "9"}).status_code == 403
        assert client.get(f"/admin/surveys/{kind}/add/").status_code == 403

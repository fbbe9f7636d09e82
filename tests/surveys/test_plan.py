"""The plan of survey: a true scale, surveyed corners in their places, and nothing written twice."""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastre.cogo import Place, parse_bearing
from cadastre.geodesy import transform_point
from surveys.errors import NothingToDraw
from surveys.models import BoundaryMark, PointResult, SurveyJob, SurveyJobParcel, SurveyPoint
from surveys.paper.picture import (
    BEYOND,
    PAPERS,
    ROOM_MM,
    SCALES,
    Room,
    Written,
    fitting,
    picture_of,
)
from surveys.paper.plan import PlanRequest, plan_html, plan_pdf
from surveys.paper.shapes import plan_parcels
from surveys.proposing.decisions import Decisions, decisions_keep
from surveys.proposing.ground import key_of
from surveys.proposing.matching import Decision, Fate
from tests.factories import a_land_office, a_parcel, a_party, a_title
from tests.surveys.field import EAST, NORTH, NOW, ZONE, a_survey, a_surveyor
from tests.surveys.networks import a_known_point

TODAY = date(2026, 11, 21)


def a_plot(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """A rectangle in metres from the corner of the town."""
    shape = Polygon.from_bbox((EAST + west, NORTH + south, EAST + east, NORTH + north))
    shape.srid = ZONE
    shape.transform(4326)
    return MultiPolygon(shape, srid=4326)


def a_corner_point(
    job: SurveyJob, name: str, east: float, north: float, *, sigma: float = 0.01, **mark: Any
) -> SurveyPoint:
    place = EAST + east, NORTH + north
    a_known_point(
        job, name, place, purpose="corner", known_easting=None, known_northing=None,
        method="rtk_network", verdict="pass",
    )  # fmt: skip
    point = job.points.get(name=name)
    PointResult.objects.create(
        point=point, how="mean", easting=point.easting, northing=point.northing, srid=ZONE,
        covariance=[sigma**2, 0.0, None, sigma**2, None, None], verdict="pass", computed_at=NOW,
    )  # fmt: skip
    if mark:
        lon, lat = transform_point(*place, ZONE, 4326)
        BoundaryMark.objects.create(
            office=job.office, survey_point=point, geometry=Point(lon, lat, srid=4326), **mark
        )
    return point


def a_drawn_job(*, surveyed: bool = True) -> SurveyJob:
    """A job on one plot of 40 × 40 m between three neighbours."""
    job = a_survey(surveyor=a_surveyor("นายช่าง"))
    plot = a_parcel(geometry=a_plot(0, 0, 40, 40), land_number="77", legal_area_m2=Decimal(1600))
    for number, box in (("78", (40, 0, 80, 40)), ("76", (-40, 0, 0, 40)), ("12", (0, 40, 40, 75))):
        a_parcel(geometry=a_plot(*box), land_number=number)
    SurveyJobParcel.objects.create(job=job, parcel=plot)
    if surveyed:
        a_corner_point(
            job, "P1", 0.012, 40.0, number="ก 1021", monument="concrete", condition="found"
        )
        a_corner_point(job, "P2", 40.0, 40.0, number="ก 1022", monument="metal", condition="new")
        a_corner_point(job, "P3", 40.5, 0.25)
    return job


def request_of(job: SurveyJob, **said: Any) -> PlanRequest:
    return PlanRequest(job=job, today=TODAY, now=NOW, **said)


@given(
    wide=st.floats(1, 3_000), high=st.floats(1, 3_000),
    paper=st.sampled_from(["", *PAPERS]),
)  # fmt: skip
def test_the_scale_is_the_largest_of_the_series_that_fits(
    wide: float, high: float, paper: str
) -> None:
    name, scale = fitting((0, 0, wide, high), paper)
    series = (*SCALES, *BEYOND)

    def fits(scale: int, name: str) -> bool:
        _, _, width, height = PAPERS[name]
        per_m = 1000 / scale
        return wide * per_m <= width - 2 * ROOM_MM and high * per_m <= height - 2 * ROOM_MM

    assert fits(scale, name)
    if at := series.index(scale):
        assert not fits(series[at - 1], name)
    if not paper:
        assert name == "A4" or scale > 500


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.floats(0, 180), st.floats(0, 150), st.floats(-90, 90), st.integers(1, 18)),
        max_size=25,
    )
)
def test_no_text_covers_another(places: list[tuple[float, float, float, int]]) -> None:
    room, kept = Room(182, 150), []
    for x, y, angle, letters in places:
        written = Written("8" * letters, x, y, angle)
        if room.take(written):
            kept.append(written)
    middles = [(each.x, each.y) for each in kept]
    for at, one in enumerate(middles):
        for other in middles[at + 1 :]:
            assert math.dist(one, other) >= 2.4
    assert not any(room.take(each) for each in kept)


@pytest.mark.django_db
def test_surveyed_corners_take_their_place_and_the_others_keep_theirs() -> None:
    job = a_drawn_job()
    (plan,) = plan_parcels(job, [each.parcel for each in job.parcels.all()])
    (ring,) = plan.rings
    assert [corner.name for corner in ring] == ["ก 1021", "ก 1022", "P3", "(4)"]
    assert ring[0].place == (EAST + 0.012, NORTH + 40)
    assert ring[2].place == (EAST + 40.5, NORTH + 0.25)
    assert ring[3].point is None
    assert ring[0].sigma_mm == pytest.approx((10, 10))
    for side in plan.sides:
        assert 0 <= parse_bearing(side.azimuth) < 360
    assert plan.sides[0].azimuth == "90-00-00"
    assert plan.sides[0].length_m == pytest.approx(39.988)
    assert plan.band_m2 is not None
    assert plan.band_m2 > 0


@pytest.mark.django_db
def test_a_point_that_fails_and_one_that_is_far_move_no_corner() -> None:
    job = a_drawn_job(surveyed=False)
    a_corner_point(job, "F", 0.1, 0.1)
    job.points.update(verdict="fail")
    a_corner_point(job, "far", 41.5, 0.0)
    (plan,) = plan_parcels(job, [each.parcel for each in job.parcels.all()])
    assert {corner.point for corner in plan.corners} == {None}
    assert plan.area.square_metres == pytest.approx(1600, abs=0.1)


@pytest.mark.django_db
def test_what_a_person_decides_holds_on_the_plan_as_in_the_proposal() -> None:
    job = a_drawn_job()
    key = key_of(Place(EAST, NORTH + 40))
    decided = Decisions(points={"P3": Decision(Fate.NONE), "P1": Decision(Fate.KEEPS, key)})
    decisions_keep(job=job, decisions=decided, by=None, now=NOW)
    (plan,) = plan_parcels(job, [each.parcel for each in job.parcels.all()])
    first, _, third, _ = plan.rings[0]
    assert (first.name, first.place) == ("ก 1021", (EAST, NORTH + 40))
    assert first.point is not None
    assert (third.point, third.place) == (None, (EAST + 40, NORTH))


@pytest.mark.django_db
def test_a_boundary_of_two_parcels_is_written_once() -> None:
    job = a_drawn_job()
    other = a_parcel(geometry=a_plot(40, -30, 80, 0), land_number="90")
    SurveyJobParcel.objects.create(job=job, parcel=other)
    wide = a_parcel(geometry=a_plot(0, -30, 40, 0), land_number="91")
    SurveyJobParcel.objects.create(job=job, parcel=wide)
    drawn = plan_parcels(job, [each.parcel for each in job.parcels.order_by("pk")])
    picture = picture_of(drawn, [])
    texts = [each.text for each in picture.sides]
    assert len(texts) == 10
    assert len(picture.names) == len({c for each in drawn for c in each.corners}) == 8


@pytest.mark.django_db
def test_the_drawing_is_at_the_scale_it_names() -> None:
    job = a_drawn_job(surveyed=False)
    drawn = plan_parcels(job, [each.parcel for each in job.parcels.all()])
    for paper in PAPERS:
        picture = picture_of(drawn, [], paper)
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", picture.parcels[0])]
        xs = numbers[::2]
        assert max(xs) - min(xs) == pytest.approx(40_000 / picture.frame.scale, abs=0.02)
        assert picture.eastings
        first, second = picture.eastings[:2]
        across = (second.metres - first.metres) * 1000 / picture.frame.scale
        assert second.at - first.at == pytest.approx(across, abs=0.02)


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [
    ("th", ("รูปแผนที่", "ก 1021", "นายช่าง", "ร่าง")), ("en", ("Plan of survey", "not surveyed")),
])  # fmt: skip
def test_the_plan_says_what_a_plan_says_and_names_no_owner(
    language: str, words: tuple[str, ...]
) -> None:
    job = a_drawn_job()
    parcel = job.parcels.get().parcel
    title = a_title(a_party("นางเจ้าของ"), office=job.office)
    type(parcel).objects.filter(pk=parcel.pk).update(ba_unit=title, changed_by=parcel.created_by)
    with translation.override(language):
        html = plan_html(request_of(job))
        assert plan_pdf(request_of(job)).startswith(b"%PDF")
    for word in (*words, "77", "78", "76", "12", "1:500", job.number):
        assert word in html, word
    assert "เจ้าของ" not in html


@pytest.mark.django_db
def test_a_job_without_parcels_has_no_plan() -> None:
    with pytest.raises(NothingToDraw):
        plan_html(request_of(a_survey()))


@pytest.mark.django_db
def test_papers_are_for_those_who_keep_surveys_at_the_office(client: Client) -> None:
    job = a_drawn_job()
    names = ("survey-plan-pdf", "survey-landxml", "survey-gama")
    addresses = [reverse(name, args=[job.pk]) for name in names]
    client.force_login(a_surveyor("stranger", a_land_office("LO-FAR")))
    assert {client.get(address).status_code for address in addresses} == {404}
    client.force_login(a_surveyor())
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer["Content-Disposition"].startswith("attachment")
    assert client.get(addresses[0], {"paper": "A9"}).status_code == 200
    empty = a_survey()
    answer = client.get(reverse("survey-plan-pdf", args=[empty.pk]), follow=True)
    assert answer.redirect_chain[0][0] == reverse("survey-job", args=[empty.pk])

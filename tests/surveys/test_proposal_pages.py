"""The pages of a proposal, the map of boundary quality, and who may see what of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from offices.models import Role
from parcels.models import Transaction
from surveys.boundary_quality import boundaries_known
from surveys.models import BoundaryMark, SurveyJob
from tests.factories import a_land_office, a_local_authority, a_party, a_unit, a_user, amended
from tests.surveys.field import a_surveyor
from tests.surveys.proposing import a_checked_job, a_plot, ground, shot
from tests.surveys.test_proposals import CORNERS, all_corners, proposed
from tests.surveys.test_surveys import a_job, a_point, signed_in

pytestmark = pytest.mark.django_db


def address(job: SurveyJob, step: str = "") -> str:
    return reverse(f"survey-proposal{step}", args=[job.pk])


def ready_job(by: Any) -> SurveyJob:
    job = a_checked_job(a_plot(), surveyor=by)
    all_corners(job, C=(0.2, 0.1))
    return job


def test_the_page_shows_marks_areas_and_the_button() -> None:
    surveyor = a_surveyor()
    job = ready_job(surveyor)
    page = signed_in(surveyor).get(address(job))
    view = page.context["view"]
    moved = view.marks[0]
    assert (moved["name"], moved["east_mm"], moved["north_mm"]) == ("C", 200, 100)
    assert (moved["distance_mm"], moved["ellipse"]["major_mm"]) == (224, 24.5)
    area = view.facts["areas"][0]
    assert area["difference"] == pytest.approx(6.0, abs=0.01)
    assert area["after_band"] < area["before_band"]
    assert "survey-proposal-lodge" not in page.content.decode()
    assert address(job, "-lodge") in page.content.decode()
    assert view.facts["times"] == 50


def test_lodging_by_the_page_makes_a_transaction_of_the_surveyor() -> None:
    surveyor = a_surveyor()
    job = ready_job(surveyor)
    browser = signed_in(surveyor)
    unexplained = browser.post(address(job, "-lodge"), {"note": " "})
    assert unexplained.status_code == 422
    assert "The proposal has 1 remarks" in unexplained.content.decode()
    assert browser.post(address(job, "-lodge"), {"note": "ตรวจแล้ว"}).status_code == 302
    job.refresh_from_db()
    assert job.transaction is not None
    assert (job.status, job.transaction.maker) == ("proposed", surveyor)
    act = f"/office/transactions/{job.transaction.public_id}/"
    assert browser.get(act).status_code == 200
    assert browser.post(address(job, "-lodge"), {"note": ""}).status_code == 409
    assert Transaction.objects.filter(maker=surveyor).count() == 1


def test_a_proposal_with_problems_is_not_lodged_and_shows_them_all() -> None:
    surveyor = a_surveyor()
    job = a_checked_job(a_plot(), surveyor=surveyor)
    shot(job, "A", 0, 0, verdict="fail")
    shot(job, "X", 20, 20)
    browser = signed_in(surveyor)
    answer = browser.post(address(job, "-lodge"), {"note": "x"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Point A fails" in text
    assert "No corner lies within 1.00 m of point X" in text
    assert text.count("data-place=") >= 3
    assert not Transaction.objects.filter(maker=surveyor).exists()


def test_decisions_of_the_page_are_kept_and_used() -> None:
    surveyor = a_surveyor()
    job = ready_job(surveyor)
    shot(job, "X", 20, 20)
    browser = signed_in(surveyor)
    form = browser.get(address(job)).context["form"]
    said = {name: form[name].initial for name in form.fields if name.startswith("point-")}
    name = next(n for n, field in form.fields.items() if field.label == "X")
    assert said[name] == ""
    assert browser.post(address(job, "-match"), said).status_code == 422
    assert browser.post(address(job, "-match"), said | {name: "none"}).status_code == 302
    assert [e.data["points"] for e in job.events.filter(action="matched")] == [
        {"X": {"fate": "none", "corner": ""}}
    ]
    assert browser.get(address(job)).context["view"].stopping == []


def test_a_checker_sees_the_vectors_once_they_are_proposed() -> None:
    surveyor, checker = a_surveyor(), a_user("checker", Role.CHECKER)
    job = ready_job(surveyor)
    browser = signed_in(checker)
    assert browser.get(address(job)).status_code == 404
    act = proposed(job, surveyor)
    page = browser.get(f"/office/transactions/{act.public_id}/").content.decode()
    assert "The survey behind it" in page
    assert f'href="{address(job)}"' in page
    shown = browser.get(address(job))
    assert shown.status_code == 200
    assert shown.context["form"] is None
    assert browser.post(address(job, "-lodge")).status_code == 403
    assert browser.post(address(job, "-match")).status_code == 403


@pytest.mark.parametrize("role", [Role.TAX_OFFICER, Role.CASHIER, Role.ADMINISTRATOR])
def test_who_has_no_such_task_sees_no_proposal(role: Role) -> None:
    job = ready_job(a_surveyor())
    assert signed_in(a_user("other", role)).get(address(job)).status_code == 403


def test_strangers_find_no_proposal() -> None:
    surveyor = a_surveyor()
    job = ready_job(surveyor)
    proposed(job, surveyor)
    assert Client().get(address(job)).status_code == 302
    far = a_land_office("LO-FAR")
    for role in (Role.SURVEYOR, Role.CHECKER):
        browser = signed_in(a_user(f"far-{role}", role, office=far))
        assert browser.get(address(job)).status_code == 404
    assert signed_in(a_surveyor("far", far)).post(address(job, "-lodge")).status_code == 404


# -- boundary quality -----------------------------------------------------------------------------


def with_marks(job: SurveyJob, *names: str) -> None:
    for name in names:
        point = a_point(job, name, *CORNERS[name])
        BoundaryMark.objects.create(
            number=name, office=job.office, survey_point=point, geometry=point.geometry
        )


def test_an_edge_is_surveyed_mixed_or_from_its_sheet() -> None:
    plot = a_plot()
    with_marks(a_job(), "A", "B")
    known = boundaries_known([plot.pk])[plot.pk]
    said = [(e.quality.class_name, e.quality.words[0].split(" ")[0]) for e in known.edges]
    assert sorted(said) == [("A", "surveyed"), ("D", "digitised"), ("D", "one"), ("D", "one")]
    assert known.edges[0].quality.band_m == pytest.approx(1.96 * 0.015 / 2**0.5, rel=1e-3)
    assert known.edges[2].quality.band_m == pytest.approx(1.96 * 1.2, rel=1e-3)
    assert known.area.square_metres == pytest.approx(1600, abs=0.1)


def test_the_area_is_known_as_well_as_its_corners() -> None:
    plot = a_plot()
    rough = boundaries_known([plot.pk])[plot.pk].area_band_m2
    with_marks(a_job(), *"ABCD")
    fine = boundaries_known([plot.pk])[plot.pk].area_band_m2
    # A square of side s whose corners err by sigma in each axis: sigma of the area is s√2·sigma.
    assert rough == pytest.approx(1.96 * 40 * 2**0.5 * 1.2, rel=1e-2)
    assert fine == pytest.approx(1.96 * 40 * 2**0.5 * 0.015 / 2**0.5, rel=1e-3)


def test_a_parcel_without_a_sheet_has_no_known_area() -> None:
    plot = amended(a_plot(), map_sheet=None)
    boundary = boundaries_known([plot.pk])[plot.pk]
    assert boundary.area_band_m2 is None
    assert {edge.quality.class_name for edge in boundary.edges} == {"unknown"}


def test_the_edges_of_a_view_take_one_query_for_all_parcels() -> None:
    for number in range(6):
        a_plot(str(number), (40.0 * number, 0))
    browser = signed_in(a_surveyor())
    extent = ground((0, 0), (240, 0), (240, 40)).extent
    edges = f"{reverse('boundary-edges')}?bbox={','.join(map(str, extent))}"
    browser.get(edges)
    with CaptureQueriesContext(connection) as queries:
        found = browser.get(edges).json()
    assert sum("parcels_mapsheet" in each["sql"] for each in queries) == 1
    assert len(found["features"]) == 19  # shared sides once
    feature = found["features"][0]["properties"]
    assert feature == {
        "class": "D", "band_m": pytest.approx(2.352, abs=0.001),
        "words": "digitised from sheet 1:4,000",
    }  # fmt: skip


def test_the_mark_at_a_corner_is_found_by_its_index() -> None:
    plot = a_plot()
    with_marks(a_job(), "A", "B")
    sql = (settings.BASE_DIR / "surveys/sql/corner_quality.sql").read_text()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", {"parcels": [plot.pk]})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan using surveys_boundarymark_geometry" in plan


def test_edges_are_for_staff_of_the_office_only() -> None:
    a_plot()
    edges = (
        f"{reverse('boundary-edges')}?bbox={','.join(map(str, ground(*CORNERS.values()).extent))}"
    )
    assert Client().get(edges).status_code == 302
    assert signed_in(a_user("cashier", Role.CASHIER)).get(edges).status_code == 403
    far = a_surveyor("far", a_land_office("LO-FAR"))
    assert signed_in(far).get(edges).json()["features"] == []
    assert (
        signed_in(a_surveyor()).get(reverse("boundary-edges"), {"bbox": "1,2"}).status_code == 422
    )


def test_the_plot_page_tells_staff_the_area_and_nobody_else() -> None:
    plot = a_plot()
    page = reverse("parcel-detail", args=[plot.public_id])
    assert "±" not in Client().get(page).content.decode()
    far = a_surveyor("far", a_land_office("LO-FAR"))
    assert "±" not in signed_in(far).get(page).content.decode()
    told = signed_in(a_surveyor()).get(page).content.decode()
    assert "± 133." in told
    assert "digitised from sheet 1:4,000" in told


def test_a_tax_officer_sees_what_the_area_does_to_the_tax() -> None:
    authority = a_local_authority()
    plain = a_plot()
    unit = a_unit(
        a_party(), uses={"other": 100},
        parcel={"geometry": plain.geometry, "map_sheet": plain.map_sheet},
    )  # fmt: skip
    page = reverse("parcel-detail", args=[unit.parcel.public_id])
    told = signed_in(a_user("tax", Role.TAX_OFFICER, office=authority)).get(page)
    assert "What the accuracy of the area does to the tax" in told.content.decode()
    hidden = signed_in(a_surveyor()).get(page).content.decode()
    assert "What the accuracy of the area" not in hidden
    assert "What the accuracy of the area" not in Client().get(page).content.decode()

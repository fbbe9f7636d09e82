"""From the points of a job to a registered boundary, and back when the register gives it back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from offices.models import Role, User
from parcels.models import Parcel as Plot
from parcels.models import Transaction
from parcels.services.transactions import (
    transaction_approve,
    transaction_register,
    transaction_return,
    transaction_withdraw,
)
from surveys.boundary_quality import boundaries_known
from surveys.errors import SurveyProposalFaulty, SurveyRemarksUnexplained
from surveys.models import BoundaryMark, MarkPosition, SurveyJob
from surveys.proposing.decisions import Decisions, decisions_keep, decisions_of
from surveys.proposing.lodging import survey_job_propose
from surveys.proposing.matching import Decision, Fate
from surveys.proposing.plan import Plan
from surveys.proposing.precheck import problems_of
from tests.factories import a_user
from tests.surveys.field import NOW, a_surveyor
from tests.surveys.proposing import a_checked_job, a_plot, ground, shot
from tests.surveys.test_surveys import EAST, NORTH

pytestmark = pytest.mark.django_db(transaction=True)
CORNERS = {"A": (0, 0), "B": (40, 0), "C": (40, 40), "D": (0, 40)}


def all_corners(job: SurveyJob, **moved: tuple[float, float]) -> None:
    for name, (x, y) in CORNERS.items():
        dx, dy = moved.get(name, (0.0, 0.0))
        shot(job, name, x + dx, y + dy)


def codes(job: SurveyJob, decisions: Decisions | None = None) -> dict[str, bool]:
    return {each.code: each.stopping for each in problems_of(Plan(job, NOW, decisions))}


def proposed(
    job: SurveyJob, by: User, *, note: str = "ตรวจแล้ว", consent: str = "บันทึกถ้อยคำ ท.ด. 16"
) -> Transaction:
    said = replace(decisions_of(job), consent=consent)
    if job.status == "checked":
        decisions_keep(job=job, decisions=said, by=by, now=NOW)
    return survey_job_propose(job=job, by=by, now=NOW, note=note)


def registered(act: Transaction, checker: User) -> None:
    act.refresh_from_db()
    transaction_approve(act=act, shown_hash=act.content_hash, checker=checker, now=NOW)
    act.refresh_from_db()
    transaction_register(act=act, shown_hash=act.content_hash, checker=checker, now=NOW)


def corners_of(parcel: Plot) -> set[tuple[float, float]]:
    known = boundaries_known([parcel.pk])[parcel.pk]
    return {
        (round(c.at.east - EAST, 3), round(c.at.north - NORTH, 3)) for c in known.rings[0]
    }  # fmt: skip


def test_a_correction_moves_the_corner_and_closes_the_job() -> None:
    plot, surveyor = a_plot(), a_surveyor()
    job = a_checked_job(plot, surveyor=surveyor)
    all_corners(job, C=(0.2, 0.1))
    assert not any(codes(job).values()), codes(job)
    act = proposed(job, surveyor)
    job.refresh_from_db()
    assert (job.status, job.transaction, act.status) == ("proposed", act, "submitted")
    assert (act.kind, act.maker) == ("boundary_correction", surveyor)
    assert act.spatial_source is not None
    assert (act.source.reference, act.spatial_source.survey_class) == (job.number, "first")
    registered(act, a_user("checker", Role.CHECKER))
    job.refresh_from_db()
    assert job.status == "closed"
    assert (40.2, 40.1) in corners_of(plot)
    assert {mark.number for mark in BoundaryMark.objects.all()} == {*"ABCD"}
    mark = BoundaryMark.objects.get(number="C")
    assert mark.survey_point is not None
    assert (mark.survey_point.name, mark.positions.count()) == ("C", 1)


def test_marks_keep_all_their_positions_over_time() -> None:
    plot, surveyor, checker = a_plot(), a_surveyor(), a_user("checker", Role.CHECKER)
    for moved in ((0.2, 0.1), (0.5, 0.1)):
        job = a_checked_job(plot, surveyor=surveyor)
        all_corners(job, C=moved)
        registered(proposed(job, surveyor), checker)
    mark = BoundaryMark.objects.get(number="C")
    assert mark.positions.count() == 2
    assert MarkPosition.objects.count() == 8
    assert (40.5, 40.1) in corners_of(plot)
    known = boundaries_known([plot.pk])[plot.pk]
    assert {edge.quality.words[0] for edge in known.edges} == {"surveyed"}


def test_a_survey_that_only_confirms_changes_nothing() -> None:
    plot, surveyor, checker = a_plot(), a_surveyor(), a_user("checker", Role.CHECKER)
    first = a_checked_job(plot, surveyor=surveyor)
    all_corners(first, C=(0.2, 0.1))
    registered(proposed(first, surveyor), checker)
    again = a_checked_job(plot, surveyor=surveyor)
    all_corners(again, C=(0.21, 0.095), A=(0.012, 0.0))
    assert codes(again)["nothing_changes"]
    fates = {each.shot.name: each.fate for each in Plan(again, NOW).ground.matches}
    assert set(fates.values()) == {Fate.KEEPS}


def test_a_neighbour_who_shares_the_corner_moves_along_and_must_agree() -> None:
    plot, next_door, surveyor = a_plot(), a_plot("78", (40, 0)), a_surveyor()
    job = a_checked_job(plot, surveyor=surveyor)
    all_corners(job, C=(0.2, 0.1))
    found = codes(job)
    assert found["consent_missing"]
    assert not found["neighbours_affected"]
    with pytest.raises(SurveyProposalFaulty):
        proposed(job, surveyor, consent="")
    registered(proposed(job, surveyor), a_user("checker", Role.CHECKER))
    assert (40.2, 40.1) in corners_of(plot) & corners_of(next_door)


def test_the_pre_check_lists_every_problem_at_once_with_its_place() -> None:
    plot = a_plot()
    job = a_checked_job(plot, kind="re_survey")
    SurveyJob.objects.filter(pk=job.pk).update(status="computed")
    job.refresh_from_db()
    shot(job, "A", 0, 0, verdict="fail")
    shot(job, "B", 40.6, 0)
    shot(job, "X", 20, 20)
    shot(job, "Y", 0.3, 0.2, verdict="")
    found = problems_of(Plan(job, NOW))
    assert {each.code for each in found} >= {
        "job_not_checked", "point_fails", "point_not_judged", "point_unmatched",
        "corner_without_point", "displacement_large",
    }  # fmt: skip
    placed = {each.code for each in found if each.place is not None}
    assert {"point_fails", "point_unmatched", "corner_without_point"} <= placed
    assert sum(each.code == "point_unmatched" for each in found) == 3
    assert [each.stopping for each in found] == sorted((e.stopping for e in found), reverse=True)
    assert {codes(job)[name] for name in ("point_fails", "corner_without_point")} == {True}


def test_a_person_decides_between_two_corners() -> None:
    plot = a_plot(size=(40, 0.9))
    job = a_checked_job(plot)
    shot(job, "P", 0.1, 0.45)
    assert codes(job)["point_unmatched"]
    key = Plan(job, NOW).ground.matches[0].candidates[1][0].key
    said = Decisions(points={"P": Decision(Fate.MOVES, key)})
    decisions_keep(job=job, decisions=said, by=None, now=NOW)
    plan = Plan(job, NOW)
    assert "point_unmatched" not in {each.code for each in problems_of(plan)}
    assert plan.vectors[0].distance_m == pytest.approx(0.461, abs=1e-3)
    assert job.events.filter(action="matched").count() == 1


def test_remarks_are_explained_before_a_checker_sees_them() -> None:
    plot, surveyor = a_plot(), a_surveyor()
    job = a_checked_job(plot, surveyor=surveyor)
    all_corners(job, C=(0.4, 0.3))
    assert codes(job) == {"displacement_large": False, "area_changes": False}
    with pytest.raises(SurveyRemarksUnexplained):
        proposed(job, surveyor, note="  ")
    assert "หมุดถูกเลื่อน" in proposed(job, surveyor, note="หมุดถูกเลื่อน").reason


def test_a_new_mark_comes_between_two_corners_and_another_goes() -> None:
    geometry_with_spare = [(0, 0), (20, 0), (40, 0), (40, 40), (0, 40)]
    plot, surveyor = a_plot(geometry=ground(*geometry_with_spare)), a_surveyor()
    job = a_checked_job(plot, surveyor=surveyor)
    all_corners(job)
    shot(job, "E", 40.3, 21)
    shot(job, "F", 40.25, 30)
    spare = next(
        each.key for each in [s.corner for s in Plan(job, NOW).ground.standing.values()]
        if each.at.east == EAST + 20
    )  # fmt: skip
    new = Decision(Fate.NEW)
    said = Decisions(points={"E": new, "F": new}, gone=frozenset({spare}))
    decisions_keep(job=job, decisions=said, by=None, now=NOW)
    assert not any(codes(job).values()), codes(job)
    registered(proposed(job, surveyor), a_user("checker", Role.CHECKER))
    assert corners_of(plot) == {(0, 0), (40, 0), (40.3, 21), (40.25, 30), (40, 40), (0, 40)}
    assert {mark.number for mark in BoundaryMark.objects.all()} == {*"ABCDEF"}


def test_a_re_survey_replaces_the_ring_with_its_neighbours_and_states_the_area() -> None:
    plot, next_door, surveyor = a_plot(), a_plot("78", (40, 0)), a_surveyor()
    job = a_checked_job(plot, kind="re_survey", surveyor=surveyor)
    all_corners(job, B=(0.3, 0.0), C=(0.2, 0.1), D=(0.1, 0.2))
    act = proposed(job, surveyor)
    assert act.kind == "re_survey"
    registered(act, a_user("checker", Role.CHECKER))
    assert {(40.3, 0.0), (40.2, 40.1)} <= corners_of(plot) & corners_of(next_door)
    plot.refresh_from_db()
    assert plot.legal_area_m2 is not None
    assert float(plot.legal_area_m2) == pytest.approx(plot.calculated_area_m2, abs=0.21)


def test_a_division_runs_through_the_surveyed_points() -> None:
    plot, surveyor = a_plot(), a_surveyor()
    job = a_checked_job(plot, kind="division", surveyor=surveyor)
    new = Decision(Fate.NEW)
    for name, (x, y) in {"N1": (20, 0.012), "N2": (21, 20), "N10": (20.5, 40.008)}.items():
        shot(job, name, x, y)
    said = Decisions(points=dict.fromkeys(("N1", "N2", "N10"), new))
    decisions_keep(job=job, decisions=said, by=None, now=NOW)
    assert not any(codes(job).values()), codes(job)
    act = proposed(job, surveyor)
    registered(act, a_user("checker", Role.CHECKER))
    pieces = Plot.objects.filter(created_by=act)
    assert pieces.count() == 2
    assert all({(20.0, 0.0), (21.0, 20.0), (20.5, 40.0)} <= corners_of(each) for each in pieces)
    assert {mark.number for mark in BoundaryMark.objects.all()} == {"N1", "N2", "N10"}


def test_a_returned_proposal_leads_back_and_is_written_anew() -> None:
    plot, surveyor, checker = a_plot(), a_surveyor(), a_user("checker", Role.CHECKER)
    job = a_checked_job(plot, surveyor=surveyor)
    all_corners(job, C=(0.2, 0.1))
    act = proposed(job, surveyor)
    transaction_return(act=act, because="ขาดลายมือชื่อข้างเคียง", checker=checker, now=NOW)
    job.refresh_from_db()
    assert (job.status, job.transaction) == ("checked", act)
    assert not any(codes(job).values()), codes(job)
    assert proposed(job, surveyor) == act
    act.refresh_from_db()
    assert act.status == "submitted"


def test_a_withdrawn_proposal_leads_back_and_another_is_made() -> None:
    plot, surveyor = a_plot(), a_surveyor()
    job = a_checked_job(plot, surveyor=surveyor)
    all_corners(job, C=(0.2, 0.1))
    act = proposed(job, surveyor)
    transaction_withdraw(act=act, because="วัดใหม่", person=surveyor, now=NOW)
    job.refresh_from_db()
    assert job.status == "checked"
    assert proposed(job, surveyor) != act


def test_a_parcel_in_another_open_transaction_is_told() -> None:
    plot, surveyor = a_plot(), a_surveyor()
    job = a_checked_job(plot, surveyor=surveyor)
    all_corners(job, C=(0.2, 0.1))
    proposed(job, surveyor)
    other = a_checked_job(plot, surveyor=surveyor)
    all_corners(other, C=(0.2, 0.1))
    assert codes(other)["parcel_in_other_transaction"]

"""All that stands against a proposal, at once, each with its place on the map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from parcels.models import ProposedParcel, Transaction
from parcels.registration.denials import ConsentMissing
from parcels.rules.catalogue import settings_of
from surveys.models import SurveyJob, SurveyPoint
from surveys.proposing.matching import Doubt, Fate
from surveys.proposing.plan import Plan
from surveys.services.jobs import GNSS

Kind = Transaction.Kind
LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right (``stopping``) or to explain. ``place`` is longitude, latitude.

    ``link`` is the page on which it can be put right.
    """

    code: str
    message: str
    stopping: bool = True
    place: LonLat | None = None
    link: str = ""


def problems_of(plan: Plan) -> list[Problem]:
    """Everything, what stops the proposal first."""
    found = [
        *_of_job(plan), *_of_parcels(plan), *_of_points(plan), *_of_matches(plan),
        *_of_corners(plan), *_of_vectors(plan), *_of_areas(plan), *_of_edit(plan),
    ]  # fmt: skip
    return sorted(found, key=lambda problem: not problem.stopping)


def _of_job(plan: Plan) -> Iterator[Problem]:
    job = plan.job
    if plan.kind is None:
        yield Problem("kind_proposes_nothing", _(
            "A job of this kind (%(kind)s) proposes nothing. Open a boundary survey, a re-survey "
            "or a survey for a division."
        ) % {"kind": job.get_kind_display()})  # fmt: skip
    if job.status != SurveyJob.Status.CHECKED:
        text = _("The job is “%(status)s”. It is proposed after somebody has checked it.")
        said = {"status": job.get_status_display()}
        link = reverse("survey-job", args=[job.pk])
        yield Problem("job_not_checked", text % said, link=link)


def _of_parcels(plan: Plan) -> Iterator[Problem]:
    ground = plan.ground
    for parcel in ground.ended:
        yield Problem("parcel_ended", _(
            "Parcel %(parcel)s is not in force any more. Plan the job for what it has become."
        ) % {"parcel": parcel.land_number}, place=_label(parcel))  # fmt: skip
    if not ground.parcels and not ground.ended:
        yield Problem("job_without_parcel", _("The job names no parcel, so it changes none."))
    if plan.kind == Kind.DIVIDE and len(ground.parcels) > 1:
        yield Problem("division_of_one", _("A division is of one parcel. Name one in the job."))
    for parcel in ground.parcels:
        if parcel.zone_srid != ground.zone_srid:
            yield Problem("zones_differ", _(
                "Parcel %(parcel)s lies in another UTM zone than the first of the job. Make a job "
                "of its own for it."
            ) % {"parcel": parcel.land_number}, place=_label(parcel))  # fmt: skip
    held = ProposedParcel.objects.filter(
        parcel__in=ground.parcels, claims=True, transaction__status__in=Transaction.OPEN
    ).exclude(transaction=plan.job.transaction_id)
    for each in held.select_related("parcel", "transaction__maker"):
        act, claimed = each.transaction, each.parcel
        assert claimed is not None
        yield Problem("parcel_in_other_transaction", _(
            "Parcel %(parcel)s is in another open transaction: %(kind)s, by %(maker)s. It must be "
            "registered or withdrawn first."
        ) % {
            "parcel": claimed.land_number, "kind": act.get_kind_display(),
            "maker": act.maker.name if act.maker else "–",
        }, place=_label(claimed))  # fmt: skip


def _of_points(plan: Plan) -> Iterator[Problem]:
    for point in plan.ground.points:
        at, link = _at(point), reverse("survey-point", args=[plan.job.pk, point.pk])
        if point.verdict == SurveyPoint.Verdict.FAIL:
            yield Problem("point_fails", _(
                "Point %(point)s fails the limits of the class. Observe it again, or make it a "
                "detail."
            ) % {"point": point.name}, place=at, link=link)  # fmt: skip
        elif not point.verdict and point.method in GNSS:
            yield Problem("point_not_judged", _("Point %(point)s was not judged.") % {
                "point": point.name
            }, place=at, link=link)  # fmt: skip
        elif point.verdict == SurveyPoint.Verdict.WARN:
            yield Problem("point_with_remarks", _(
                "Point %(point)s passes with remarks."
            ) % {"point": point.name}, stopping=False, place=at, link=link)  # fmt: skip


def _of_matches(plan: Plan) -> Iterator[Problem]:
    reach = settings.CHANOT_SURVEY_REACH_MM / 1000
    for each in plan.ground.matches:
        if each.fate is not Fate.OPEN:
            continue
        said = {"point": each.shot.name, "reach": f"{reach:.2f}"}
        text = {
            Doubt.FAR: _(
                "No corner lies within %(reach)s m of point %(point)s. Decide below: a corner, a "
                "new mark, or no mark."
            ),
            Doubt.TWO_CORNERS: _(
                "Point %(point)s could be more than one corner. Decide below which one it is."
            ),
            Doubt.TWO_POINTS: _(
                "Point %(point)s and another point were taken for the same corner. Decide below "
                "which one it is."
            ),
        }[each.doubt or Doubt.FAR]
        at = plan.ground.lonlat(each.shot.at)
        yield Problem("point_unmatched", text % said, place=at, link="#match")


def _of_corners(plan: Plan) -> Iterator[Problem]:
    """Corners without a point: a re-survey needs them all, a division only its line."""
    ground = plan.ground
    used = {each.corner.key for each in ground.matches if each.corner}
    if plan.kind in {None, Kind.DIVIDE}:
        return
    for key, each in ground.standing.items():
        if key in used or key in ground.decisions.gone:
            continue
        text = (
            _("Not surveyed: %(corner)s. A re-survey measures every corner.")
            if plan.kind == Kind.RE_SURVEY
            else _("Not surveyed: %(corner)s. It stays where it is.")
        )
        said = text % {"corner": ground.name_of(key)}
        stops = plan.kind == Kind.RE_SURVEY
        yield Problem("corner_without_point", said, stops, each.known.lonlat)


def _of_vectors(plan: Plan) -> Iterator[Problem]:
    limit = settings.CHANOT_SURVEY_DISPLACEMENT_MM / 1000
    if plan.kind == Kind.DIVIDE:
        limit = settings.CHANOT_SURVEY_TOLERANCE_MM / 1000
    for vector in plan.vectors:
        distance = vector.distance_m
        if plan.kind == Kind.DIVIDE and distance is not None and distance > limit:
            yield Problem("division_moves_nothing", _(
                "Point %(point)s lies %(distance)s m from its corner, and a division moves no "
                "corner. Correct the boundary first, or say why not."
            ) % {"point": vector.point.name, "distance": f"{distance:.3f}"},
                stopping=False, place=vector.after_lonlat)  # fmt: skip
        elif distance is not None and distance > limit:
            yield Problem("displacement_large", _(
                "Mark %(mark)s lies %(distance)s m from where the register has it, more than "
                "%(limit)s m. Say why."
            ) % {
                "mark": vector.mark or vector.point.name, "distance": f"{distance:.3f}",
                "limit": f"{limit:.2f}",
            }, stopping=False, place=vector.after_lonlat)  # fmt: skip
        if plan.ground.quality_of(vector.point) is None:
            text = _("The accuracy of point %(point)s is not known, nor is that of the area then.")
            said = text % {"point": vector.point.name}
            yield Problem("accuracy_unknown", said, stopping=False, place=vector.after_lonlat)


def _of_areas(plan: Plan) -> Iterator[Problem]:
    tolerated = settings_of(plan.job.office).get("area_difference", {})
    for each in plan.areas:
        difference, band = each.difference_m2, each.after_band_m2
        if each.is_significant and difference is not None and band is not None:
            yield Problem("area_changes", _(
                "The area of %(parcel)s changes by %(difference)s m², more than the ± %(band)s m² "
                "to which it is known."
            ) % {
                "parcel": each.name, "difference": f"{difference:+.2f}", "band": f"{band:.2f}",
            }, stopping=False)  # fmt: skip
        legal = each.legal_after_m2
        if legal is None or not tolerated:
            continue
        apart = abs(each.after.square_metres - float(legal))
        most = max(
            float(tolerated["tolerance_m2"]),
            float(legal) * float(tolerated["tolerance_percent"]) / 100,
        )
        if apart > most:
            yield Problem("area_off_the_deed", _(
                "The new boundary of %(parcel)s makes %(area)s m² and the deed says %(legal)s m². "
                "The office tolerates %(most)s m²."
            ) % {
                "parcel": each.name, "area": f"{each.after.square_metres:.2f}",
                "legal": f"{legal:.2f}", "most": f"{most:.2f}",
            }, stopping=False)  # fmt: skip


def _of_edit(plan: Plan) -> Iterator[Problem]:
    ground = plan.ground
    ready = plan.kind is not None and ground.boundaries
    if ready and not plan.steps:
        yield Problem("nothing_changes", _(
            "No boundary would change: every surveyed corner is where the register has it."
        ) if plan.kind != Kind.DIVIDE else _(
            "The dividing line needs two points at least. Say below which points it runs through."
        ))  # fmt: skip
    preview = plan.preview
    if plan.refusal is not None:
        place = plan.refusal.evidence.get("x"), plan.refusal.evidence.get("y")
        yield Problem(
            plan.refusal.code, plan.refusal.render(_), place=_in_degrees(plan, place)
        )  # fmt: skip
    if preview is None:
        return
    for finding in preview.findings:
        stops, link = finding["severity"] == "fault", ""
        if finding["code"] == ConsentMissing.code:
            link = "#match"
        yield Problem(finding["code"], finding["message"], stops, finding["place"], link)
    if plan.neighbours:
        yield Problem("neighbours_affected", _(
            "The boundaries of neighbours change too: %(parcels)s. They must agree in writing."
        ) % {"parcels": ", ".join(plan.neighbours)}, stopping=False)  # fmt: skip


def _in_degrees(plan: Plan, place: tuple[object, object]) -> LonLat | None:
    x, y = place
    if isinstance(x, float) and isinstance(y, float):
        return plan.ground.frame.lonlat((x, y))
    return None


def _at(point: SurveyPoint) -> LonLat:
    return point.geometry.x, point.geometry.y


def _label(parcel: Any) -> LonLat:
    return parcel.label_point.x, parcel.label_point.y

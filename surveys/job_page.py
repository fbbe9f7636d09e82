"""What the page of a survey job shows: its steps, its points, and the data of its map."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from surveys.ellipses import EXAGGERATION, ellipse_ring, results_in_force
from surveys.models import SurveyJob, SurveyPoint
from surveys.offsets import PointOffset
from tiles.registry import layer_named

MOST_ON_MAP: Final = 2_000
Status = SurveyJob.Status
TONES: Final[dict[str, str]] = {
    Status.REQUESTED: "", Status.PLANNED: "blue", Status.OBSERVED: "gold",
    Status.COMPUTED: "gold", Status.CHECKED: "green", Status.PROPOSED: "green",
    Status.CLOSED: "", Status.WITHDRAWN: "red",
}  # fmt: skip
STEPS: Final[tuple[str | Promise, ...]] = (
    _("Request"), _("Plan"), _("Observations"), _("Quality of points"), _("Adjustment"),
    _("Check"), _("Proposal"),
)  # fmt: skip


def step_names() -> list[str]:
    """The names of the steps in the language of the page."""
    return [str(step) for step in STEPS]


def step_now(job: SurveyJob) -> int:
    """The number of the step that comes next, from 1; beyond the last when nothing is left to do.

    A network is adjusted only where there is one, so that step is passed as soon as every point
    has a position that does not fail.
    """
    if job.status == Status.REQUESTED:
        return 2
    if job.status == Status.PLANNED:
        return 3
    if job.status in {Status.CHECKED, Status.WITHDRAWN}:
        return 7
    if job.status in {Status.PROPOSED, Status.CLOSED}:
        return 8
    if job.status == Status.OBSERVED or job.points.filter(verdict="fail").exists():
        return 4
    return 6 if job.computations.exists() or not job.occupations.filter(
        readings__isnull=False
    ).exists() else 5  # fmt: skip


def points_shown(offsets: list[PointOffset], show: str) -> list[PointOffset]:
    """All points, or those to be checked, or those that fail."""
    if show == "flagged":
        return [each for each in offsets if each.is_flagged]
    if show == "failing":
        return [each for each in offsets if each.point.verdict == SurveyPoint.Verdict.FAIL]
    return offsets


def job_map(job: SurveyJob, offsets: list[PointOffset]) -> dict[str, Any]:
    """Where the job lies (west, south, east, north), its ellipses, and the words of the map."""
    around = job.points.aggregate(bounds=Extent("geometry"))["bounds"]
    if around is None:
        around = job.parcels.aggregate(bounds=Extent("parcel__geometry"))["bounds"]
    return {
        "job": job.number,
        "bounds": around,
        "tolerance": settings.CHANOT_SURVEY_TOLERANCE_MM / 1000,
        "points": _points(job, [each.point for each in offsets[:MOST_ON_MAP]]),
        "exaggeration": EXAGGERATION,
        "layers": {
            name: {
                "url": f"/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt",
                "minzoom": layer.minzoom,
                "maxzoom": layer.maxzoom,
            }
            for name in ("parcels", "survey_points")
            if (layer := layer_named(name))
        },
        "words": {"zoomIn": gettext("Zoom in"), "zoomOut": gettext("Zoom out")},
    }


def _points(job: SurveyJob, points: list[SurveyPoint]) -> list[dict[str, Any]]:
    """Points that were judged or have an ellipse; the tiles draw the others."""
    results = results_in_force(job)
    shown = []
    for point in points:
        result = results.get(point.pk)
        ring = ellipse_ring(point, result.covariance) if result is not None else []
        if point.verdict or ring:
            shown.append({
                "name": point.name, "verdict": point.verdict, "ring": ring,
                "at": [point.geometry.y, point.geometry.x],
            })  # fmt: skip
    return shown

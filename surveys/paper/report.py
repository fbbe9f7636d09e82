"""The report of a job: request, files, verdicts with reasons, adjustment, and what happened."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, Final

from django.db.models import Case, When
from django.template.loader import render_to_string

from parcels.representation import title_of
from surveys.adjustment_page import AdjustmentPage
from surveys.ellipses import results_in_force
from surveys.models import PointResult, RejectedRecord, SurveyJob, SurveyPoint
from surveys.reasons import reason_in_words
from surveys.services.quality import quality_class_of
from web.paper import font_faces, pdf_of

MOST_POINTS: Final = 150
MOST_REJECTS: Final = 100
MOST_EVENTS: Final = 100
MOST_DOUBTFUL: Final = 40


def report_pdf(job: SurveyJob, *, now: datetime) -> bytes:
    """The report as PDF; long lists end with how many are not printed."""
    return pdf_of(report_html(job, now=now))


def report_html(job: SurveyJob, *, now: datetime) -> str:
    """The report before it becomes a PDF."""
    files = list(job.files.select_related("imported_by").order_by("imported_at", "pk"))
    rejects = RejectedRecord.objects.filter(file__job=job).select_related("file")
    view = AdjustmentPage(job)
    verdicts = Counter(job.points.values_list("verdict", flat=True))
    events = list(job.events.select_related("actor").order_by("at", "pk")[: MOST_EVENTS + 1])
    context = {
        "job": job, "now": now, "fonts": font_faces(), "files": files,
        "totals": {
            name: sum(getattr(file, name) for file in files)
            for name in ("read", "accepted", "rejected")
        },
        "parcels": [_parcel(each.parcel) for each in job.parcels.select_related("parcel")],
        "rejects": [_reject(each) for each in rejects.order_by("file_id", "line")[:MOST_REJECTS]],
        "rejected_more": max(rejects.count() - MOST_REJECTS, 0),
        "verdicts": [
            (str(SurveyPoint.Verdict(code).label), verdicts[code])
            for code in SurveyPoint.Verdict.values if verdicts[code]
        ],
        "points": _points(job), "points_more": max(job.points.count() - MOST_POINTS, 0),
        "quality_class": quality_class_of(job),
        "view": view, "doubtful": view.rows[:MOST_DOUBTFUL], "events": events[:MOST_EVENTS],
        "events_more": len(events) > MOST_EVENTS,
    }  # fmt: skip
    return render_to_string("surveys/pdf/report.html", context)


def _parcel(parcel: Any) -> dict[str, Any]:
    return {"parcel": parcel, "title": title_of(parcel)}


def _reject(each: RejectedRecord) -> dict[str, Any]:
    return {
        "file": each.file.name, "line": each.line, "text": each.text[:80],
        "why": reason_in_words(each.code, each.evidence),
    }  # fmt: skip


def _points(job: SurveyJob) -> list[dict[str, Any]]:
    """Points with the reasons of their last observations: those that fail first, then by name."""
    judged = {
        row.point_id: row
        for row in PointResult.objects.filter(point__job=job)
        .exclude(how=PointResult.How.ADJUSTED)
        .order_by("point_id", "-computed_at", "-pk")
        .distinct("point_id")
        .defer("skipped")
    }
    force = results_in_force(job)
    found = []
    doubt = Case(When(verdict="fail", then=0), When(verdict="warn", then=1), default=2)
    for point in job.points.order_by(doubt, "name")[:MOST_POINTS]:
        result, now = judged.get(point.pk), force.get(point.pk)
        reasons = result.reasons if result else []
        found.append({
            "point": point, "how": now.get_how_display() if now else "–",
            "reasons": [
                reason_in_words(each["code"], each["evidence"])
                for each in reasons if each["level"] != "pass"
            ],
        })  # fmt: skip
    return found

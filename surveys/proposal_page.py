"""What the page of a proposal shows: as it would be now, or as it was handed to the register."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from surveys.ellipses import METRES_IN_A_DEGREE
from surveys.models import SurveyJob
from surveys.proposing.facts import facts_of
from surveys.proposing.lodging import facts_proposed
from surveys.proposing.plan import Plan
from surveys.proposing.precheck import Problem, problems_of
from tiles.registry import layer_named

Status = SurveyJob.Status
HANDED_OVER: Final = frozenset({Status.PROPOSED, Status.CLOSED})


class ProposalPage:
    """The facts of a proposal, the problems that stand against it, and the data of its map."""

    def __init__(self, job: SurveyJob, now: datetime) -> None:
        self.job = job
        kept = facts_proposed(job) if job.status in HANDED_OVER else None
        self.plan = Plan(job, now) if kept is None else None
        self.problems: list[Problem] = problems_of(self.plan) if self.plan else []
        self.facts: dict[str, Any] = kept or facts_of(self.plan)  # type: ignore[arg-type]

    @property
    def stopping(self) -> list[Problem]:
        """What must be put right first."""
        return [each for each in self.problems if each.stopping]

    @property
    def remarks(self) -> list[Problem]:
        """What must be explained."""
        return [each for each in self.problems if not each.stopping]

    @property
    def marks(self) -> list[dict[str, Any]]:
        """The marks, those that move farthest first."""
        return sorted(
            self.facts["marks"], key=lambda each: (-(each["distance_mm"] or 0), each["name"])
        )

    @property
    def note(self) -> str:
        """What was already written to the checker."""
        return self.plan.ground.decisions.note if self.plan else ""

    @cached_property
    def map_data(self) -> dict[str, Any]:
        """Shapes, marks, problems and words of the map."""
        facts = self.facts
        layer = layer_named("parcels")
        return {
            "bounds": self._bounds(),
            "before": facts["before"],
            "after": facts["after"],
            "times": facts["times"],
            "metres": METRES_IN_A_DEGREE,
            "marks": [
                {name: each[name] for name in (
                    "name", "mark", "fate", "before", "after", "observed", "distance_mm",
                    "ellipse", "is_new", "moves",
                )}
                for each in facts["marks"]
            ],
            "problems": [
                {"at": each.place, "stopping": each.stopping, "text": each.message}
                for each in self.problems if each.place
            ],
            "parcels": layer and {
                "url": "/tiles/parcels/{z}/{x}/{y}.mvt",
                "minzoom": layer.minzoom, "maxzoom": layer.maxzoom,
            },
            "edges": reverse("boundary-edges"),
            "words": {
                "zoomIn": _("Zoom in"), "zoomOut": _("Zoom out"), "new": _("new mark"),
                "mm": _("{name}: {distance} mm"), "stays": _("{name}: stays"),
                "band": _("± {band} m, {basis}"),
            },
        }  # fmt: skip

    def _bounds(self) -> list[float] | None:
        """West, south, east, north of all that is drawn."""
        places = [
            point
            for shape in self.facts["before"]
            for part in shape["coordinates"]
            for ring in part
            for point in ring
        ]
        places += [each["observed"] for each in self.facts["marks"]]
        if not places:
            return None
        lons, lats = [p[0] for p in places], [p[1] for p in places]
        return [min(lons), min(lats), max(lons), max(lats)]

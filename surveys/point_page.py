"""What the page of a survey point shows, from the rows kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from django.utils.translation import gettext

from cadastre.geodesy import WGS84, transformer
from surveys.ellipses import Ellipse, ellipse_of
from surveys.models import PointResult, SurveyJob, SurveyJobEvent, SurveyPoint
from surveys.occupied import Stay, Visited, set_aside, visited_points
from surveys.pictures import Course, Dot, Plane, courses, scatter, target
from surveys.reasons import advice_on, reason_in_words
from surveys.services.quality import quality_class_of, settings_of

RESULTS_SHOWN: Final = 30
SKIPPED_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class StayShown:
    """A row of the table of occupations."""

    stay: Stay
    epochs: int
    skipped: int
    event: SurveyJobEvent | None


@dataclass(frozen=True, slots=True)
class SkippedShown:
    """Epochs that were left out for one reason."""

    occupation: int
    words: str
    count: int
    lines: str


class PointPage:
    """Everything about one point; each part is computed when the template asks for it."""

    def __init__(self, job: SurveyJob, point: SurveyPoint) -> None:
        self._job, self._point = job, point

    @cached_property
    def results(self) -> list[PointResult]:
        """Every position that the point was given, the latest first."""
        results = self._point.results.select_related("computed_by", "computation")
        return list(results.order_by("-computed_at", "-pk")[:RESULTS_SHOWN])

    @cached_property
    def result(self) -> PointResult | None:
        """The result in force."""
        return self.results[0] if self.results else None

    @cached_property
    def judged(self) -> PointResult | None:
        """The last result from observations: an adjusted position has none of its own reasons."""
        found = [each for each in self.results if each.how != PointResult.How.ADJUSTED]
        return found[0] if found else None

    @cached_property
    def reasons(self) -> list[dict[str, str]]:
        """Why, in words: what fails first, then remarks."""
        kept = self.judged.reasons if self.judged else []
        order = {"fail": 0, "warn": 1, "pass": 2}
        return [
            {
                "level": str(each["level"]), "source": str(each.get("source", "")),
                "verified": each.get("verified", True),
                "words": reason_in_words(each["code"], each["evidence"]),
            }
            for each in sorted(kept, key=lambda each: order.get(each["level"], 3))
        ]  # fmt: skip

    @cached_property
    def advice(self) -> list[str]:
        """What to do about it, once for each kind of reason."""
        kept = self.judged.reasons if self.judged else []
        told = [advice_on(each["code"]) for each in kept if each["level"] == "fail"]
        return list(dict.fromkeys(text for text in told if text))

    @cached_property
    def visited(self) -> Visited:
        """The point with its occupations."""
        found = visited_points(self._job, names=[self._point.name])
        return found[0] if found else Visited(self._point.name)

    @cached_property
    def skipped(self) -> dict[int, dict[str, Any]]:
        """What was left out, by the key of the observation."""
        kept = self.judged.skipped if self.judged else []
        return {int(each["observation"]): each for each in kept}

    @property
    def stays(self) -> list[StayShown]:
        """The occupations with their counts."""
        events = set_aside(self._job)
        return [
            StayShown(
                stay, sum(o.epochs or 1 for o in stay.observations),
                sum(o.pk in self.skipped for o in stay.observations), events.get(stay.row.pk),
            )
            for stay in self.visited.stays
        ]  # fmt: skip

    @property
    def skipped_rows(self) -> list[SkippedShown]:
        """What was left out, by occupation and reason, with the lines of the file."""
        groups: dict[tuple[int, str], list[int]] = {}
        for stay in self.visited.stays:
            for observation in stay.observations:
                if (each := self.skipped.get(observation.pk)) is not None:
                    words = reason_in_words(each["code"], each["evidence"])
                    groups.setdefault((stay.number, words), []).append(observation.line)
        return [
            SkippedShown(number, words, len(lines), ranges(lines))
            for (number, words), lines in list(groups.items())[:SKIPPED_SHOWN]
        ]

    @cached_property
    def ellipse(self) -> Ellipse | None:
        """The 95 % ellipse of the position in force."""
        return ellipse_of(self.result.covariance) if self.result else None

    @cached_property
    def ellipse_words(self) -> str:
        """The ellipse for those who cannot see it."""
        if self.ellipse is None:
            return gettext("The uncertainty of this point is not known.")
        bearing = self.ellipse.bearing_degrees
        return gettext(
            "The error ellipse of 95 in 100 reaches {major} mm in the direction {bearing}° and "
            "{minor} mm across."
        ).format(
            major=f"{self.ellipse.major_m * 1000:.1f}", minor=f"{self.ellipse.minor_m * 1000:.1f}",
            bearing=f"{bearing:.0f}",
        )  # fmt: skip

    @cached_property
    def dots(self) -> list[Dot]:
        """Every epoch in millimetres from the position in force."""
        easting, northing = float(self._point.easting), float(self._point.northing)
        height = self._point.ellipsoidal_height_m
        rows = [(stay, o) for stay in self.visited.stays for o in stay.observations]
        places = np.array([o.geometry.coords[:2] for _, o in rows if o.geometry]).reshape(-1, 2)
        zone = transformer(WGS84, self._point.srid)
        east, north = zone.transform(places[:, 0], places[:, 1])
        dots = []
        for (stay, o), e, n in zip(rows, east, north, strict=True):
            up = None
            if height is not None and o.height_m is not None:
                up = (o.height_m - float(height)) * 1000
            used = not stay.set_aside and o.pk not in self.skipped
            dots.append(Dot(
                float(e - easting) * 1000, float(n - northing) * 1000, up, o.observed_at, used,
                stay.number,
            ))  # fmt: skip
        return dots

    @cached_property
    def scatter(self) -> Plane | None:
        return scatter(self.dots, self.ellipse)

    @cached_property
    def courses(self) -> list[Course]:
        return courses(self.dots)

    @cached_property
    def target(self) -> Plane | None:
        """The means of the occupations, with the ring within which they must agree."""
        groups: dict[int, list[Dot]] = {}
        for dot in self.dots:
            if dot.used:
                groups.setdefault(dot.occupation, []).append(dot)
        means = [
            (number, sum(d.east for d in own) / len(own), sum(d.north for d in own) / len(own))
            for number, own in groups.items()
        ]
        limit = settings_of(quality_class_of(self._job)).agreement_horizontal_max_m
        return target(means, self.ellipse, limit.value * 1000 if limit else None)


def ranges(lines: list[int]) -> str:
    """Lines of a file as people write them: ``7–12, 15``."""
    runs: list[list[int]] = []
    for line in sorted(set(lines)):
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    shown = [f"{a}–{b}" if a != b else f"{a}" for a, b in runs[:8]]
    return ", ".join(shown) + (" …" if len(runs) > 8 else "")

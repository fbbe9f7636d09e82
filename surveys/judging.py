"""One point judged: verdict, reasons and skipped epochs as they are kept, and its position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from cadastre.pointquality import (
    Level,
    MarkCheck,
    Position,
    QualityClass,
    Reason,
    Verdict,
    in_zone,
    judge,
    screen,
)
from surveys import models
from surveys.evidence import plain
from surveys.models import PointResult
from surveys.occupied import SET_ASIDE, Stay, Visited

STEP: Final = Decimal("0.0001")
USELESS: Final = "occupation_useless"


@dataclass(frozen=True)
class Judgement:
    """What `points_compute` keeps of a point."""

    visited: Visited
    zone: int
    verdict: Verdict | None
    counted: tuple[Stay, ...]
    left_out: tuple[Stay, ...]
    settings: QualityClass

    @property
    def place(self) -> Position | None:
        """The position in force: the mean, or the place itself where nothing can be averaged."""
        if self.verdict is not None and self.verdict.position is not None:
            return self.verdict.position
        stays = self.visited.counted or self.visited.stays
        first = next((o for stay in stays for o in stay.observations), None)
        if first is None or first.geometry is None:
            return None
        return Position(first.geometry.x, first.geometry.y, first.height_m)

    @cached_property
    def used(self) -> list[models.Observation]:
        """The observations behind the position."""
        if self.verdict is None or not self.verdict.occupations:
            return [o for stay in self.visited.stays for o in stay.observations][:1]
        by_number = {str(stay.number): stay for stay in self.counted}
        return [
            by_number[mean.name].observations[index]
            for mean in self.verdict.occupations
            for index in mean.used
        ]

    @cached_property
    def as_kept(self) -> dict[str, Any]:
        """The columns of a `PointResult`, in the form in which they come back from the database."""
        place = self.place
        assert place is not None
        verdict = self.verdict
        covariance = verdict.covariance if verdict is not None else None
        on_grid, turned = in_zone(Position(place.lon, place.lat), covariance, self.zone)
        averaged = len(self.used) > 1
        return {
            "how": self._how(averaged=averaged),
            "easting": _to_step(on_grid.east), "northing": _to_step(on_grid.north),
            "height_m": None if place.height_m is None else _to_step(place.height_m),
            "srid": self.zone, "covariance": _terms(covariance, turned),
            "verdict": verdict.level.value if verdict is not None else "",
            "reasons": self._reasons(), "epochs_used": sum(o.epochs or 1 for o in self.used),
            "skipped": self._skipped(),
        }  # fmt: skip

    def _how(self, *, averaged: bool) -> str:
        if self.verdict is None:
            return PointResult.How.PLAN
        return PointResult.How.MEAN if averaged else PointResult.How.SINGLE

    def _reasons(self) -> list[dict[str, Any]]:
        reasons = [_kept(reason) for reason in self.verdict.reasons] if self.verdict else []
        for stay in self.left_out:
            code = SET_ASIDE if stay.set_aside else USELESS
            reasons.append({
                "code": code, "level": "pass", "evidence": {"occupation": str(stay.number)},
            })  # fmt: skip
        return reasons

    def _skipped(self) -> list[dict[str, Any]]:
        """Every epoch of every occupation that is not behind the position, with its reason."""
        if self.verdict is None:
            return []
        by_number = {str(stay.number): stay for stay in self.counted}
        found = [
            (by_number[mean.name], skip.index, skip.reason)
            for mean in self.verdict.occupations
            for skip in mean.skipped
        ]
        useless = [by_number[each.name] for each in self.verdict.unusable]
        for stay in [*useless, *(each for each in self.left_out if not each.set_aside)]:
            usable, skipped = screen(stay.judged, self.settings)
            found += [(stay, skip.index, skip.reason) for skip in skipped]
            if stay in self.left_out:
                useless_one = Reason(USELESS, Level.WARN, {"occupation": str(stay.number)})
                found += [(stay, index, useless_one) for index in usable]
        return [
            {
                "observation": stay.observations[index].pk, "code": reason.code,
                "evidence": plain(reason.evidence),
            }
            for stay, index, reason in found
        ]  # fmt: skip


def judgement_of(
    visited: Visited, settings: QualityClass, checks: Sequence[MarkCheck], zone: int
) -> Judgement:
    """Judge a point by its occupations.

    Occupations that give too few usable epochs are left out, and told so, when the others alone
    do not fail; so a point that was repeated does not fail for ever. Coordinates that no receiver
    observed are not judged.
    """
    stays = [stay for stay in visited.counted if stay.measured]
    aside = tuple(stay for stay in visited.stays if stay.set_aside)
    if not stays:
        return Judgement(visited, zone, None, (), aside, settings)
    verdict = judge([stay.judged for stay in stays], settings, checks)
    if verdict.level is Level.FAIL:
        useless = {
            reason.evidence["occupation"]
            for reason in verdict.reasons
            if reason.code == "few_epochs" and reason.level is Level.FAIL
        }
        good = [stay for stay in stays if str(stay.number) not in useless]
        if good and useless:
            again = judge([stay.judged for stay in good], settings, checks)
            if again.level is not Level.FAIL:
                left = tuple(stay for stay in stays if stay not in good)
                return Judgement(visited, zone, again, tuple(good), (*left, *aside), settings)
    return Judgement(visited, zone, verdict, tuple(stays), aside, settings)


def _kept(reason: Reason) -> dict[str, Any]:
    kept = {
        "code": reason.code, "level": reason.level.value, "evidence": plain(reason.evidence),
    }  # fmt: skip
    if reason.limit is not None:
        kept["source"] = reason.limit.source
        kept["verified"] = reason.limit.verified
    return kept


def _terms(covariance: Any, turned: Any) -> list[float | None] | None:
    """[ee, en, eu, nn, nu, uu] in the axes of the zone; the terms with up stay as they are."""
    if covariance is None:
        return None
    up = [float(row[2]) for row in covariance] if len(covariance) > 2 else [None] * 3
    return [
        float(turned[0][0]), float(turned[0][1]), up[0], float(turned[1][1]), up[1], up[2],
    ]  # fmt: skip


def _to_step(metres: float) -> Decimal:
    return Decimal(repr(metres)).quantize(STEP)

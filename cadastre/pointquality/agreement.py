"""Whether two occupations of a point, or a mark and its known position, agree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

import numpy as np

from cadastre.pointquality.averaging import OccupationMean, average
from cadastre.pointquality.local import LocalFrame
from cadastre.pointquality.model import MarkCheck, Matrix
from cadastre.pointquality.reasons import Reason
from cadastre.pointquality.settings import Level, Limit, QualityClass


@dataclass(frozen=True, slots=True)
class Agreement:
    """Second minus first, metres; ``chance`` of so large a difference if the sigmas are right.

    ``minutes_apart`` is from the end of one to the start of the other, 0 when they overlap.
    """

    first: str
    second: str
    east_m: float
    north_m: float
    up_m: float | None
    minutes_apart: float | None
    chance: float | None

    @property
    def horizontal_m(self) -> float:
        return math.hypot(self.east_m, self.north_m)


@dataclass(frozen=True, slots=True)
class MarkResult:
    """A check on a known mark: observed minus known, metres; no mean where no epoch passed."""

    check: MarkCheck
    mean: OccupationMean | None
    east_m: float
    north_m: float
    up_m: float | None
    passed: bool


def agreements(
    means: Sequence[OccupationMean], settings: QualityClass
) -> tuple[list[Agreement], list[Reason]]:
    """Every pair of occupations compared, and what is wrong with each pair."""
    found: list[Agreement] = []
    reasons: list[Reason] = []
    for first, second in combinations(means, 2):
        names: dict[str, object] = {"first": first.name, "second": second.name}
        same = first.frame.same_as(second.frame)
        if first.frame != second.frame and not same:
            frames = {"first_frame": str(first.frame), "second_frame": str(second.frame)}
            code = "frames_unknown" if same is None else "frames_differ"
            level = Level.WARN if same is None else Level.FAIL
            reasons.append(Reason(code, level, names | frames))
            if same is False:
                continue
        pair = _compare(first, second)
        found.append(pair)
        reasons += _pair_reasons(pair, names, settings)
    return found, reasons


def _compare(first: OccupationMean, second: OccupationMean) -> Agreement:
    difference = LocalFrame(first.position).metres([second.position])[0]
    return Agreement(
        first.name,
        second.name,
        float(difference[0]),
        float(difference[1]),
        float(difference[2]) if math.isfinite(difference[2]) else None,
        minutes_between(first, second),
        _chance(difference, first.covariance, second.covariance),
    )


def _chance(difference: Matrix, first: Matrix | None, second: Matrix | None) -> float | None:
    if first is None or second is None:
        return None
    axes = min(len(first), len(second))
    whole = first[:axes, :axes] + second[:axes, :axes]
    return chi_square_tail(
        float(difference[:axes] @ np.linalg.solve(whole, difference[:axes])), axes
    )


def chi_square_tail(squared: float, axes: int) -> float:
    """The chance of a larger squared distance with two or three degrees of freedom."""
    if axes == 2:
        return math.exp(-squared / 2)
    return math.erfc(math.sqrt(squared / 2)) + math.sqrt(2 * squared / math.pi) * math.exp(
        -squared / 2
    )


def minutes_between(first: OccupationMean, second: OccupationMean) -> float | None:
    """From the end of the earlier to the start of the later; None without times."""
    if first.started_at is None or first.ended_at is None:
        return None
    if second.started_at is None or second.ended_at is None:
        return None
    gap = max(second.started_at - first.ended_at, first.started_at - second.ended_at)
    return max(gap, timedelta()).total_seconds() / 60


def _pair_reasons(
    pair: Agreement, names: dict[str, object], settings: QualityClass
) -> list[Reason]:
    reasons = [
        *beyond("disagree_horizontally", pair.horizontal_m, settings.agreement_horizontal_max_m,
                names),
        *beyond("disagree_vertically", pair.up_m, settings.agreement_vertical_max_m, names),
    ]  # fmt: skip
    limit = settings.agreement_chance_min
    if limit and pair.chance is not None and pair.chance < limit.value:
        evidence = names | {"value": f"{pair.chance * 100:.2g}"}
        reasons.append(Reason("differ_beyond_sigma", limit.on_breach, evidence, limit))
    return reasons


def beyond(
    code: str, value: float | None, limit: Limit | None, names: dict[str, object]
) -> list[Reason]:
    """The reason when a difference in metres is above its limit; nothing where either is not."""
    if limit is None or value is None or abs(value) <= limit.value:
        return []
    evidence = names | {"value": f"{abs(value):.3f}", "limit": f"{limit.value:.3f}"}
    return [Reason(code, limit.on_breach, evidence, limit)]


def mark_result(check: MarkCheck, settings: QualityClass) -> tuple[MarkResult, list[Reason]]:
    """A known mark as observed, and what is wrong with it."""
    names: dict[str, object] = {"mark": check.mark}
    mean = average(check.occupation, settings)
    if mean is None:
        nan = math.nan
        reason = Reason("mark_unusable", Level.FAIL, names)
        return MarkResult(check, None, nan, nan, None, passed=False), [reason]
    east, north, up = (float(v) for v in LocalFrame(check.known).metres([mean.position])[0])
    height = up if math.isfinite(up) else None
    reasons = [
        *beyond("mark_off_horizontally", math.hypot(east, north),
                settings.mark_horizontal_max_m, names),
        *beyond("mark_off_vertically", height, settings.mark_vertical_max_m, names),
    ]  # fmt: skip
    passed = not any(reason.level is Level.FAIL for reason in reasons)
    return MarkResult(check, mean, east, north, height, passed), reasons


def marks_missing(
    means: Sequence[OccupationMean], marks: Sequence[MarkResult], settings: QualityClass
) -> list[Reason]:
    """Occupations without a passed check before or after them, within the hours set."""
    limit = settings.mark_within_hours
    if not settings.mark_checks or limit is None:
        return []
    reach = timedelta(hours=limit.value)
    passed = [m.mean for m in marks if m.passed and m.mean is not None]
    reasons = []
    for mean in means:
        if mean.started_at is None or mean.ended_at is None:
            continue
        before = [mean.started_at - m.ended_at for m in passed if m.ended_at]
        after = [m.started_at - mean.ended_at for m in passed if m.started_at]
        evidence = {"occupation": mean.name, "limit": f"{limit.value:g}"}
        for code, gaps in (("mark_missing_before", before), ("mark_missing_after", after)):
            if not any(timedelta() <= gap <= reach for gap in gaps):
                reasons.append(Reason(code, limit.on_breach, evidence, limit))
    return reasons

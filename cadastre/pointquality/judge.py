"""Is this point good enough? A verdict with every reason in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from cadastre.pointquality.agreement import (
    Agreement,
    MarkResult,
    agreements,
    mark_result,
    marks_missing,
    minutes_between,
)
from cadastre.pointquality.averaging import (
    OccupationMean,
    average,
    checks_of,
    fix_known,
    normalised_scatter,
    screen,
    weighted_mean,
)
from cadastre.pointquality.local import LocalFrame
from cadastre.pointquality.model import MarkCheck, Matrix, Occupation, Position
from cadastre.pointquality.reasons import Reason
from cadastre.pointquality.settings import Level, QualityClass

INDEPENDENT_AFTER_MINUTES: Final = 30.0
"""What makes two visits two sessions where the class asks for no separation."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a point is worth.

    ``position`` and ``covariance`` (east, north and, with heights, up; m²) are None when no
    occupation is usable; the covariance also when nothing tells it. ``sessions`` is how many
    independent visits stand behind them. Every epoch is in an occupation's ``used`` or in
    ``skipped`` of it; occupations without a usable epoch are in ``unusable``.
    """

    level: Level
    reasons: tuple[Reason, ...]
    position: Position | None
    covariance: Matrix | None
    sessions: int
    occupations: tuple[OccupationMean, ...]
    unusable: tuple[Occupation, ...]
    agreements: tuple[Agreement, ...]
    marks: tuple[MarkResult, ...]


def judge(
    occupations: Sequence[Occupation],
    settings: QualityClass,
    checks: Sequence[MarkCheck] = (),
) -> Verdict:
    """Judge a point by its occupations and the checks on known marks around them.

    See ``docs/algorithms/point-quality.md`` for every step. Never raises for bad data: what is
    bad is a reason.
    """
    reasons: list[Reason] = []
    means: list[OccupationMean] = []
    unusable: list[Occupation] = []
    for occupation in occupations:
        mean = average(occupation, settings)
        if mean is None:
            unusable.append(occupation)
        else:
            means.append(mean)
        reasons += _occupation_reasons(occupation, mean, settings)
    reasons += _number_and_times(means, settings)
    pairs, pair_reasons = agreements(means, settings)
    judged = [mark_result(check, settings) for check in checks]
    marks = [result for result, _ in judged]
    reasons += [*pair_reasons, *(reason for _, own in judged for reason in own)]
    reasons += marks_missing(means, marks, settings)
    split = any(reason.code == "frames_differ" for reason in reasons)
    position, covariance, sessions = (None, None, 0) if split else _combined(means, settings)
    return Verdict(
        _worst(reasons, usable=bool(means)),
        tuple(reasons),
        position,
        covariance,
        sessions,
        tuple(means),
        tuple(unusable),
        tuple(pairs),
        tuple(marks),
    )


def _worst(reasons: Sequence[Reason], *, usable: bool) -> Level:
    levels = {reason.level for reason in reasons}
    if Level.FAIL in levels or not usable:
        return Level.FAIL
    return Level.WARN if Level.WARN in levels else Level.PASS


def _occupation_reasons(
    occupation: Occupation, mean: OccupationMean | None, settings: QualityClass
) -> list[Reason]:
    name: dict[str, object] = {"occupation": occupation.name}
    skipped = mean.skipped if mean else screen(occupation, settings)[1]
    epochs = mean.epochs if mean else 0
    total = sum(epoch.count for epoch in occupation.epochs)
    reasons: list[Reason] = []
    limit = settings.epochs_min
    needed = int(limit.value) if limit else 1
    if epochs < max(needed, 1):
        evidence = name | {"value": epochs, "total": total, "limit": needed}
        level = limit.on_breach if limit and epochs else Level.FAIL
        reasons.append(Reason("few_epochs", level, evidence, limit))
    share = settings.skipped_share_max
    most = share.value * len(occupation.epochs) if share else len(occupation.epochs)
    if skipped and (mean is None or len(skipped) > most):
        main, _ = Counter(s.reason.code for s in skipped).most_common(1)[0]
        evidence = name | {"value": len(skipped), "total": len(occupation.epochs), "main": main}
        level = share.on_breach if share else Level.WARN
        reasons.append(Reason("many_epochs_skipped", level, evidence, share))
    return reasons + (_mean_reasons(occupation, mean, settings) if mean else [])


def _mean_reasons(
    occupation: Occupation, mean: OccupationMean, settings: QualityClass
) -> list[Reason]:
    """What the file leaves out, and scatter that its sigmas do not explain."""
    name: dict[str, object] = {"occupation": occupation.name}
    used = [occupation.epochs[i] for i in mean.used]
    missing = [] if all(map(fix_known, used)) else ["fix"]
    for columns in zip(*(checks_of(epoch, settings) for epoch in used), strict=True):
        if columns[0].limit is not None and any(check.value is None for check in columns):
            missing += [columns[0].what]
    reasons = []
    if mean.scatter_ratio is None:
        reasons.append(Reason("sigma_not_reported", Level.WARN, name))
        missing = [what for what in missing if not what.startswith("sigma_")]
    elif mean.scatter_ratio > 1.5 and len(used) > 2:
        evidence = name | {"value": f"{mean.scatter_ratio:.1f}"}
        reasons.append(Reason("scatter_beyond_sigma", Level.WARN, evidence))
    return reasons + [Reason("not_recorded", Level.WARN, name | {"what": w}) for w in missing]


def _number_and_times(means: Sequence[OccupationMean], settings: QualityClass) -> list[Reason]:
    reasons = []
    limit = settings.occupations_min
    if limit and len(means) < limit.value:
        counted: dict[str, object] = {"value": len(means), "limit": int(limit.value)}
        reasons.append(Reason("few_occupations", limit.on_breach, counted, limit))
    timeless = [m for m in means if m.started_at is None]
    if len(means) > 1 or settings.mark_checks:
        reasons += [Reason("times_unknown", Level.WARN, {"occupation": m.name}) for m in timeless]
    apart = settings.separation_min_minutes
    if apart and limit and len(means) >= limit.value > 1 and not timeless:
        clusters = _clusters(means, apart.value)
        if len(clusters) < limit.value:
            first, second = _nearest(means)
            minutes = minutes_between(first, second) or 0.0
            names: dict[str, object] = {"first": first.name, "second": second.name}
            evidence = names | {"value": f"{minutes:.0f}", "limit": f"{apart.value:g}"}
            reasons.append(Reason("occupations_close", apart.on_breach, evidence, apart))
    return reasons


def _nearest(means: Sequence[OccupationMean]) -> tuple[OccupationMean, OccupationMean]:
    return min(pairwise(_in_time(means)), key=lambda pair: minutes_between(*pair) or 0.0)


def _in_time(means: Sequence[OccupationMean]) -> list[OccupationMean]:
    timed = [m for m in means if m.started_at is not None]
    return sorted(timed, key=lambda m: (m.started_at, m.ended_at))


def _clusters(means: Sequence[OccupationMean], apart: float) -> list[list[OccupationMean]]:
    """Sessions: occupations closer in time than ``apart`` minutes belong together.

    Those without times are one session with the first: nothing shows that they are independent.
    """
    sessions: list[list[OccupationMean]] = []
    for mean in _in_time(means):
        near = sessions and min(minutes_between(mean, m) or 0.0 for m in sessions[-1]) < apart
        if near:
            sessions[-1].append(mean)
        else:
            sessions.append([mean])
    timeless = [m for m in means if m.started_at is None]
    if timeless:
        sessions[:1] = [[*timeless, *(sessions[0] if sessions else [])]]
    return sessions


def _combined(
    means: Sequence[OccupationMean], settings: QualityClass
) -> tuple[Position | None, Matrix | None, int]:
    """Mean over sessions: within one no gain of precision, between them the weighted mean."""
    if not means:
        return None, None, 0
    apart = settings.separation_min_minutes
    sessions = _clusters(means, apart.value if apart else INDEPENDENT_AFTER_MINUTES)
    local = LocalFrame(means[0].position)
    metres = local.metres([m.position for m in means])
    sized = [len(m.covariance) for m in means if m.covariance is not None]
    axes = min([*sized, 3 if np.isfinite(metres).all() else 2])
    if len(sized) < len(means):
        return local.position(metres[:, :axes].mean(axis=0).tolist()), None, len(sessions)
    centres, covariances = [], []
    for session in sessions:
        own = np.array([m.covariance[:axes, :axes] for m in session if m.covariance is not None])
        rows = local.metres([m.position for m in session])[:, :axes]
        centre, whole = weighted_mean(rows, own)
        centres.append(centre)
        # Together they know no more than one of them; their disagreement counts.
        covariances.append(whole * len(session) * max(normalised_scatter(rows - centre, own), 1.0))
    between = np.array(covariances)
    mean, whole = weighted_mean(np.array(centres), between)
    grown = max(normalised_scatter(np.array(centres) - mean, between), 1.0)
    return local.position(mean.tolist()), whole * grown, len(sessions)

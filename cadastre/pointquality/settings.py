"""The limits of a class of survey, each with its source. See ``docs/algorithms/point-quality.md``.

They are settings of an office. None of the defaults is a limit of the Department of Lands'
regulation, which could not be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final


class Level(StrEnum):
    """How a reason counts; the worst one is the verdict."""

    PASS = "pass"  # noqa: S105  (a verdict)
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure, where it comes from, and whether it was read there."""

    value: float
    source: str
    verified: bool = False
    on_breach: Level = Level.FAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityClass:
    """The limits of one class of survey; None is a limit that does not apply.

    ``mark_checks`` asks for a check on a known mark before and after each occupation.
    ``regulation_verified`` is set by an office that has entered the limits that bind it.
    """

    name: str
    fixes: frozenset[str] = frozenset({"fixed"})
    mark_checks: bool = True
    regulation_verified: bool = False
    pdop_max: Limit | None = None
    satellites_min: Limit | None = None
    ratio_min: Limit | None = None
    age_max_s: Limit | None = None
    sigma_horizontal_max_m: Limit | None = None
    sigma_vertical_max_m: Limit | None = None
    epochs_min: Limit | None = None
    occupations_min: Limit | None = None
    separation_min_minutes: Limit | None = None
    agreement_horizontal_max_m: Limit | None = None
    agreement_vertical_max_m: Limit | None = None
    agreement_chance_min: Limit | None = None
    mark_horizontal_max_m: Limit | None = None
    mark_vertical_max_m: Limit | None = None
    mark_within_hours: Limit | None = None
    outlier_factor: Limit | None = None
    skipped_share_max: Limit | None = None

    def limits(self) -> Iterator[tuple[str, Limit]]:
        """Every limit that applies, by name, in the order in which a page shows them."""
        for field in fields(self):
            if isinstance(limit := getattr(self, field.name), Limit):
                yield field.name, limit

    def changed(self, **values: Limit | float | None) -> QualityClass:
        """The class with other limits; a bare number is an office's own, without a source."""
        known = {field.name for field in fields(self) if field.name not in _NO_LIMITS}
        if unknown := set(values) - known:
            raise ValueError(f"no such limit: {', '.join(sorted(unknown))}")
        changes: dict[str, Any] = {}
        for name, value in values.items():
            if isinstance(value, int | float):
                before = getattr(self, name)
                level = before.on_breach if before is not None else Level.FAIL
                changes[name] = Limit(float(value), "set by the office", on_breach=level)
            else:
                changes[name] = value
        return replace(self, **changes)


_NO_LIMITS: Final = frozenset({"name", "fixes", "mark_checks", "regulation_verified"})

_NGS: Final = "NOAA/NGS, User Guidelines for Single Base Real Time GNSS Positioning, 2011"
_TSA: Final = "TSA/RICS, Guidance Notes for GNSS Network RTK Surveying, 2012"
_JANSSEN: Final = "Janssen, Haasdyk and McElroy, Real-time GNSS field procedures, 2012"
_OWN: Final = "own choice; the regulation's limit is not verified"
_BENCHMARK: Final = "4 cm, benchmark of a Thai thesis; the regulation's limit is not verified"
_WARN: Final = Level.WARN

BOUNDARY: Final = QualityClass(
    name="boundary",
    pdop_max=Limit(4, _OWN),
    satellites_min=Limit(5, f"{_NGS}: five to initialise", verified=True),
    age_max_s=Limit(10, _OWN),
    sigma_horizontal_max_m=Limit(0.03, _OWN),
    sigma_vertical_max_m=Limit(0.05, _OWN),
    epochs_min=Limit(60, f"{_JANSSEN}: one to two minutes", verified=True),
    occupations_min=Limit(2, f"{_TSA}; {_JANSSEN}", verified=True),
    separation_min_minutes=Limit(
        30, f"{_TSA}: 20 minutes and more; {_JANSSEN}: 10-30", verified=True
    ),
    agreement_horizontal_max_m=Limit(0.04, _BENCHMARK),
    agreement_vertical_max_m=Limit(0.08, _OWN),
    agreement_chance_min=Limit(0.01, "usual 99 % test", verified=True, on_breach=_WARN),
    mark_horizontal_max_m=Limit(0.04, _BENCHMARK),
    mark_vertical_max_m=Limit(0.08, _OWN),
    mark_within_hours=Limit(12, _OWN),
    outlier_factor=Limit(3.5, "Iglewicz and Hoaglin, 1993; NIST/SEMATECH handbook", verified=True),
    skipped_share_max=Limit(0.5, _OWN, on_breach=_WARN),
)

CONTROL: Final = replace(
    BOUNDARY,
    name="control",
    pdop_max=Limit(3, _OWN),
    satellites_min=Limit(7, f"{_NGS}: seven recommended", verified=True),
    age_max_s=Limit(5, _OWN),
    sigma_horizontal_max_m=Limit(0.02, _OWN),
    sigma_vertical_max_m=Limit(0.03, _OWN),
    epochs_min=Limit(180, f"{_TSA}: windows of three minutes", verified=True),
    separation_min_minutes=Limit(45, f"{_TSA}: 45 minutes", verified=True),
    agreement_horizontal_max_m=Limit(0.03, _OWN),
    agreement_vertical_max_m=Limit(0.05, _OWN),
    mark_horizontal_max_m=Limit(0.03, _OWN),
    mark_vertical_max_m=Limit(0.05, _OWN),
    skipped_share_max=Limit(0.25, _OWN, on_breach=_WARN),
)

QUALITY_CLASSES: Final[Mapping[str, QualityClass]] = MappingProxyType(
    {settings.name: settings for settings in (BOUNDARY, CONTROL)}
)

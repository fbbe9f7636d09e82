"""Why a point passes, passes with remarks or fails: codes, figures, and words for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from cadastre.errors import gettext_noop
from cadastre.pointquality.settings import Level, Limit

MESSAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "position_missing": gettext_noop("The epoch has no usable position."),
        "fix_not_accepted": gettext_noop("The solution is “{fix}”; accepted is only: {accepted}."),
        "pdop_high": gettext_noop("PDOP {value} is above the limit of {limit}."),
        "few_satellites": gettext_noop("{value} satellites are fewer than the {limit} required."),
        "ratio_low": gettext_noop("The ratio of {value} is below the limit of {limit}."),
        "correction_old": gettext_noop(
            "The correction was {value} s old; at most {limit} s are allowed."
        ),
        "sigma_horizontal_high": gettext_noop(
            "The horizontal standard deviation of {value} m is above the limit of {limit} m."
        ),
        "sigma_vertical_high": gettext_noop(
            "The vertical standard deviation of {value} m is above the limit of {limit} m."
        ),
        "sigma_missing": gettext_noop(
            "The epoch has no standard deviation, although others of its occupation have one."
        ),
        "scatter_outlier": gettext_noop(
            "The epoch lies {value} m from the middle of its occupation, farther than {limit} m."
        ),
        "few_epochs": gettext_noop(
            "Occupation {occupation}: {value} usable epochs of {total}; {limit} are needed. Stay "
            "longer, or move away from trees and walls."
        ),
        "many_epochs_skipped": gettext_noop(
            "Occupation {occupation}: {value} of {total} epochs were skipped, mostly because of: "
            "{main}."
        ),
        "not_recorded": gettext_noop(
            "Occupation {occupation}: the file does not record {what}, so this limit could not be "
            "checked."
        ),
        "sigma_not_reported": gettext_noop(
            "Occupation {occupation}: the receiver reported no standard deviations; the scatter of "
            "its epochs stands in for them."
        ),
        "scatter_beyond_sigma": gettext_noop(
            "Occupation {occupation}: its epochs scatter {value} times as much as the receiver's "
            "standard deviations say; the covariance was enlarged."
        ),
        "few_occupations": gettext_noop(
            "{value} usable occupations; {limit} are needed. Occupy the point again."
        ),
        "occupations_close": gettext_noop(
            "Occupations {first} and {second} are {value} minutes apart; {limit} are needed before "
            "they count as independent."
        ),
        "times_unknown": gettext_noop(
            "Occupation {occupation} has no times, so its distance in time from the others is "
            "unknown."
        ),
        "disagree_horizontally": gettext_noop(
            "Occupations {first} and {second} differ by {value} m horizontally; at most {limit} m "
            "are allowed. Occupy the point a third time."
        ),
        "disagree_vertically": gettext_noop(
            "Occupations {first} and {second} differ by {value} m in height; at most {limit} m are "
            "allowed. Check the antenna heights."
        ),
        "differ_beyond_sigma": gettext_noop(
            "Occupations {first} and {second} differ by more than their standard deviations "
            "explain (chance {value} %)."
        ),
        "frames_differ": gettext_noop(
            "Occupations {first} ({first_frame}) and {second} ({second_frame}) are in different "
            "reference frames and were not averaged."
        ),
        "frames_unknown": gettext_noop(
            "Whether occupations {first} ({first_frame}) and {second} ({second_frame}) are in the "
            "same reference frame is unknown."
        ),
        "mark_off_horizontally": gettext_noop(
            "Known mark {mark}: {value} m off horizontally; at most {limit} m are allowed. Check "
            "the base, the mount point and the mark."
        ),
        "mark_off_vertically": gettext_noop(
            "Known mark {mark}: {value} m off in height; at most {limit} m are allowed. Check the "
            "antenna height."
        ),
        "mark_unusable": gettext_noop(
            "The check on known mark {mark} has no usable epoch, so it checks nothing."
        ),
        "mark_missing_before": gettext_noop(
            "No passed check on a known mark within {limit} hours before occupation {occupation}."
        ),
        "mark_missing_after": gettext_noop(
            "No passed check on a known mark within {limit} hours after occupation {occupation}."
        ),
    }
)
"""English templates, marked for translation; the evidence of a `Reason` fills them in."""

WHAT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fix": gettext_noop("the kind of solution"),
        "pdop": gettext_noop("PDOP"),
        "satellites": gettext_noop("the number of satellites"),
        "ratio": gettext_noop("the ratio"),
        "age": gettext_noop("the age of the correction"),
        "sigma_horizontal": gettext_noop("the horizontal standard deviation"),
        "sigma_vertical": gettext_noop("the vertical standard deviation"),
        "height": gettext_noop("the height"),
    }
)
"""What a file may leave out, in words."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding; ``limit`` is the setting that was broken, with its source."""

    code: str
    level: Level
    evidence: Mapping[str, object]
    limit: Limit | None = None

    def render(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """The finding in words, in the language that ``translate`` gives the templates."""
        words = dict(self.evidence)
        for key, table in (("what", WHAT), ("main", _SHORT)):
            if key in words:
                words[key] = translate(table[str(words[key])])
        return translate(MESSAGES[self.code]).format_map(words)


_SHORT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "position_missing": gettext_noop("no position"),
        "fix_not_accepted": gettext_noop("kind of solution"),
        "pdop_high": gettext_noop("PDOP"),
        "few_satellites": gettext_noop("few satellites"),
        "ratio_low": gettext_noop("low ratio"),
        "correction_old": gettext_noop("old correction"),
        "sigma_horizontal_high": gettext_noop("horizontal standard deviation"),
        "sigma_vertical_high": gettext_noop("vertical standard deviation"),
        "sigma_missing": gettext_noop("no standard deviation"),
        "scatter_outlier": gettext_noop("scatter"),
    }
)

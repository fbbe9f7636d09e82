"""Why a line was not taken or a point does not pass, in the reader's language.

Kept are a code and its evidence; the words are looked up when they are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cadastre.errors import LandError
from cadastre.pointquality import MESSAGES, Level, Reason

OURS: Final[Mapping[str, str | Promise]] = {
    "occupation_set_aside": _("Occupation {occupation} was set aside by hand and is not used."),
    "occupation_useless": _(
        "Occupation {occupation} gave too few usable epochs and is not used; the others suffice."
    ),
    "network_adjusted": _("Adjusted with the network of the job, computation {number}."),
}
_AGAIN: Final = _("Occupy the point again, at another time of the day, and send the new file.")
_WAIT: Final = _(
    "Wait for a fixed solution with open sky before you store; move the pole away from trees, "
    "walls and metal roofs, or set an auxiliary point and measure from it."
)
_MARK: Final = _(
    "Observe a known mark before and after the points, and enter its known coordinates on its page "
    "(what the point is for: known mark)."
)
_ASIDE: Final = _(
    "Occupy the point once more; then set the occupation aside that disagrees with the others."
)
ADVICE: Final[Mapping[str, str | Promise]] = {
    "few_epochs": _WAIT, "many_epochs_skipped": _WAIT, "few_occupations": _AGAIN,
    "occupations_close": _AGAIN, "disagree_horizontally": _ASIDE, "disagree_vertically": _ASIDE,
    "frames_differ": _("Set the base or the network to one reference frame, and repeat."),
    "mark_off_horizontally": _(
        "The known mark does not come out: check the base station, the mount point, the datum and "
        "whether the mark has been disturbed. Nothing observed between is to be trusted."
    ),
    "mark_off_vertically": _("Check the antenna height at the known mark."),
    "mark_unusable": _MARK, "mark_missing_before": _MARK, "mark_missing_after": _MARK,
}  # fmt: skip


def reason_in_words(code: str, evidence: Mapping[str, Any]) -> str:
    """The message of a reason that was kept as code and evidence; the code if it is unknown."""
    try:
        if code in OURS:
            return str(OURS[code]).format_map(dict(evidence))
        if code in MESSAGES:
            return Reason(code, Level.WARN, dict(evidence)).render(gettext)
        kind = _kinds().get(code)
        return code if kind is None else gettext(kind.message).format_map(dict(evidence))
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        return code


def advice_on(code: str) -> str:
    """What to do about a reason; empty where the reason says it itself."""
    return str(ADVICE.get(code, ""))


@cache
def _kinds() -> dict[str, type[LandError]]:
    return {kind.code: kind for kind in _below(LandError)}


def _below(kind: type[LandError]) -> Iterator[type[LandError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)

"""Why a row waits, is in quarantine or changes nothing, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from cadastre.errors import gettext_noop
from parcels.importing.reasons import reason_of as feature_reason_of

REASONS: Mapping[str, str] = {
    # in quarantine
    "day_unreadable": gettext_noop("the date is not written as day/month/year of the Buddhist era"),
    "day_does_not_exist": gettext_noop("there is no such day in the calendar"),
    "day_in_future": gettext_noop("the date lies in the future"),
    "amount_unreadable": gettext_noop("the amount of money cannot be read"),
    "area_unreadable": gettext_noop("the area in rai, ngan and square wa cannot be right"),
    "map_sheet_unreadable": gettext_noop("the map sheet cannot be right"),
    "deed_number_unreadable": gettext_noop("the deed number cannot be read"),
    "deed_number_missing": gettext_noop("there is no deed number"),
    "land_number_unreadable": gettext_noop("the land number cannot be read"),
    "survey_page_unreadable": gettext_noop("the survey page cannot be read"),
    "holder_missing": gettext_noop("the new holder is not named"),
    "status_unknown": gettext_noop("nobody has said yet what this status means"),
    "row_unreadable": gettext_noop("the row has not as many cells as the table has columns"),
    "row_too_long": gettext_noop("the row is longer than any row can be"),
    "encoding_unknown": gettext_noop("it is not clear how the text of the row is encoded"),
    # nothing to change
    "row_known": gettext_noop("the same row came before"),
    "building_not_in_register": gettext_noop(
        "it is about a building, which the register of land does not keep"
    ),
    "title_already_ended": gettext_noop("the title had ended before"),
    # waits for a person
    "no_parcel_found": gettext_noop("no parcel of the register fits"),
    "found_by_shape_only": gettext_noop("only the shape fits; deed and land number do not"),
    "deed_number_differs": gettext_noop(
        "the land number is that of a parcel with another deed number"
    ),
    "land_number_differs": gettext_noop(
        "the deed number and the land number point to different parcels"
    ),
    "deed_number_repeated": gettext_noop("several parcels have this deed number"),
    "claimed": gettext_noop("the parcel is in an open transaction here, which goes first"),
    "older_than_register": gettext_noop("the register already knows of something later"),
    "several_holders": gettext_noop(
        "several rows of one day say who holds the title, and neither in which order nor with "
        "which shares"
    ),
    "holder_unclear": gettext_noop("it is not clear which of the holders changed the name"),
    "shape_elsewhere": gettext_noop("the shape in the package lies elsewhere than the parcel"),
    "no_shape_for_new_parcel": gettext_noop("the new parcel has no shape in the package"),
    "parents_unclear": gettext_noop("it is not clear which parcels the new one comes from"),
    # shapes
    "shape_ambiguous": gettext_noop("there are several different shapes for one land number"),
    "shape_repeated": gettext_noop("the same shape comes more than once"),
    "shape_without_key": gettext_noop("the shape has no map sheet or land number"),
}


def reason_of(code: str, evidence: Mapping[str, Any] | None = None) -> str:
    """The reason as a sentence's part; a reason of the shape check as that check writes it."""
    if code in REASONS:
        return gettext(REASONS[code])
    return feature_reason_of(code, dict(evidence or {}))

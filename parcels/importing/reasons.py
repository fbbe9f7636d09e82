"""Why a feature is in quarantine, in the reader's language, from the code and evidence kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from django.utils.translation import gettext

from cadastre.errors import LandError, gettext_noop
from cadastre.geodesy import CoordinatesOutsideCrs
from cadastre.planar import BoundaryFault
from parcels.importing.errors import HINTS, FeatureRefused

FIELD_NAMES: Mapping[str, str] = {
    "deed_number": gettext_noop("deed number"),
    "title_type": gettext_noop("kind of title document"),
    "book": gettext_noop("book"),
    "page": gettext_noop("page"),
    "survey_page": gettext_noop("survey page"),
    "land_number": gettext_noop("land number"),
    "map_sheet": gettext_noop("map sheet"),
    "map_sheet_1": gettext_noop("map sheet"),
    "map_sheet_scale": gettext_noop("scale of the map sheet"),
    "tax_parcel_code": gettext_noop("tax parcel code"),
    "legal_area_m2": gettext_noop("legal area in square metres"),
    "legal_area": gettext_noop("legal area"),
    "rai": gettext_noop("rai"),
    "ngan": gettext_noop("ngan"),
    "wa": gettext_noop("square wa"),
    "wa_hundredths": gettext_noop("hundredths of a square wa"),
    "house_number": gettext_noop("house number"),
    "street": gettext_noop("street"),
    "land_use": gettext_noop("land use"),
    "district": gettext_noop("district"),
    "sub_district": gettext_noop("sub-district"),
}
WARNINGS: Mapping[str, str] = {
    "duplicate_geometry": gettext_noop("the same boundary as another parcel of the file"),
    "overlap": gettext_noop("pairs of parcels that cover the same ground"),
    "duplicate_point": gettext_noop("a point of the boundary repeated"),
    "area_too_small": gettext_noop("a part or hole of a few square centimetres"),
}


def reason_of(code: str, evidence: Mapping[str, Any]) -> str:
    """The message of an error that was kept as its code and evidence; the code if it is unknown."""
    kind = _kinds().get(code)
    if kind is None:
        return code
    known = dict(evidence)
    if "hint" in known:
        known["hint"] = gettext(HINTS.get(str(known["hint"]), HINTS[""]))
    if code == "bad_attribute":
        name = str(known.get("field"))
        known["field"] = gettext(FIELD_NAMES[name]) if name in FIELD_NAMES else name
    try:
        return kind(**known).render(gettext)
    except (KeyError, ValueError, TypeError):
        return code


@cache
def _kinds() -> dict[str, type[LandError]]:
    kinds: list[type[LandError]] = [CoordinatesOutsideCrs]
    kinds += [*_below(BoundaryFault), *_below(FeatureRefused)]
    return {kind.code: kind for kind in kinds}


def _below(kind: type[LandError]) -> Iterator[type[LandError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)

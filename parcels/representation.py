"""What the public is told about a parcel: one description for the API, the map and the plot page.

No owner, no mortgage, no tax status, no key of the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.contrib.gis.geos import MultiPolygon
from django.utils.translation import gettext, pgettext

from cadastre.area import Area
from offices.models import AdministrativeArea, Office
from parcels.models import Parcel
from parcels.services.former import Former
from parcels.services.lineage import Relative
from parcels.services.search import Found, Place
from web.formats import format_rai_ngan_wa, in_thai

HUNDREDTH = Decimal("0.01")
# A difference of areas that is worth a second look; a finding, never an error.
NOTABLE_SHARE = Decimal("0.01")
DEGREE_DECIMALS = 8  # about a millimetre


@dataclass(frozen=True, slots=True)
class AreaComparison:
    """The area on the deed beside the area of the drawn shape, in exact square metres."""

    legal: Area | None
    calculated: Area

    @property
    def difference_m2(self) -> Decimal | None:
        """Calculated less legal, to a hundredth of a square metre; None without a legal area."""
        if self.legal is None:
            return None
        difference = self.calculated.square_metres - self.legal.square_metres
        return difference.quantize(HUNDREDTH, ROUND_HALF_UP)

    @property
    def larger(self) -> bool:
        """Whether the drawn shape is the larger one."""
        return self.difference_m2 is not None and self.difference_m2 > 0

    @property
    def size(self) -> Decimal | None:
        """The difference without its sign."""
        return None if self.difference_m2 is None else abs(self.difference_m2)

    @property
    def percent(self) -> str:
        """The difference as a share of the legal area, in percent: ``1.2``, ``< 0.1``."""
        if self.legal is None or self.size is None:
            return ""
        share = self.size / self.legal.square_metres * 100
        tenths = share.quantize(Decimal("0.1"), ROUND_HALF_UP)
        return str(tenths) if tenths else "< 0.1"

    @property
    def notable(self) -> bool:
        """Whether the two differ by more than a hundredth."""
        if self.legal is None or self.size is None:
            return False
        return self.size > NOTABLE_SHARE * self.legal.square_metres


def areas_of(parcel: Parcel) -> AreaComparison:
    """Both areas of a parcel."""
    legal = None if parcel.legal_area_m2 is None else Area(parcel.legal_area_m2)
    return AreaComparison(legal, Area.measured(parcel.calculated_area_m2))


def area_facts(area: Area) -> dict[str, Any]:
    """An area as exact square metres, and in rai, ngan and square wa."""
    rai, ngan, wa = area.to_rai()
    return {
        "m2": str(area.square_metres.quantize(HUNDREDTH, ROUND_HALF_UP)),
        "rai": rai,
        "ngan": ngan,
        "wa": str(wa),
        "text": format_rai_ngan_wa(area),
    }


def title_of(parcel: Parcel) -> str:
    """The kind of title and its number: ``title deed (N.S.4) 12345``; empty without a title."""
    title = parcel.ba_unit
    return "" if title is None else f"{title.get_title_type_display()} {title.deed_number}".strip()


def address_of(parcel: Parcel) -> str:
    """House number and street in the language of the page."""
    return f"{parcel.house_number} {street_of(parcel)}".strip()


def street_of(parcel: Parcel) -> str:
    """The street in the language of the page, in Thai where there is no English name."""
    return parcel.street_th if in_thai() else parcel.street_en or parcel.street_th


def areas_above(parcel: Parcel) -> dict[str, AdministrativeArea]:
    """Sub-district, district and province, as far as they are known."""
    found = {}
    area = parcel.sub_district
    if area is None and parcel.ba_unit is not None:
        area = parcel.ba_unit.district
    while area is not None:
        found[str(area.level)] = area
        area = area.parent
    return found


BANGKOK_CODE = "10"
"""The code of the province, with which those of its districts begin."""


def locality_of(parcel: Parcel) -> str:
    """Sub-district, district and province as people write them; Bangkok has its own words."""
    above = areas_above(parcel)
    names = {level: area.name for level, area in above.items()}
    if any(area.code.startswith(BANGKOK_CODE) for area in above.values()):
        patterns = {
            "sub_district": pgettext("Bangkok", "{name} sub-district"),
            "district": pgettext("Bangkok", "{name} district"),
            "province": "{name}",
        }
    else:
        patterns = {
            "sub_district": gettext("{name} sub-district"),
            "district": gettext("{name} district"),
            "province": gettext("{name} province"),
        }
    written = [text.format(name=names[level]) for level, text in patterns.items() if level in names]
    return _joined(written)


def whole_address_of(parcel: Parcel) -> str:
    """House number, street and locality."""
    return _joined([address_of(parcel), locality_of(parcel)])


def _joined(parts: list[str]) -> str:
    """Thai addresses have no commas."""
    return (" " if in_thai() else ", ").join(part for part in parts if part)


def _office(office: Office | None) -> dict[str, str] | None:
    if office is None:
        return None
    return {
        "code": office.code, "name": office.name, "phone": office.phone, "address": office.address
    }  # fmt: skip


def _choice(parcel: Parcel, field: str) -> str:
    return str(getattr(parcel, f"get_{field}_display")())


def parcel_properties(parcel: Parcel) -> dict[str, Any]:
    """The public facts of a parcel, for JSON."""
    title, sheet, areas = parcel.ba_unit, parcel.map_sheet, areas_of(parcel)
    above = areas_above(parcel)
    named = {
        level: {"code": above[level].code, "name": above[level].name} if level in above else None
        for level in ("sub_district", "district", "province")
    }
    return {
        "title_type": title.title_type if title else None,
        "title_type_name": str(title.get_title_type_display()) if title else None,
        "deed_number": (title.deed_number or None) if title else None,
        "survey_page": (title.survey_page or None) if title else None,
        "map_sheet": sheet.name if sheet else None,
        "scale": sheet.scale if sheet else None,
        "land_number": parcel.land_number or None,
        "legal_area": area_facts(areas.legal) if areas.legal else None,
        "calculated_area_m2": str(areas.calculated.square_metres.quantize(HUNDREDTH)),
        "calculated_area_text": format_rai_ngan_wa(areas.calculated),
        "land_use": parcel.land_use,
        "land_use_name": _choice(parcel, "land_use"),
        "tax_parcel_code": parcel.tax_parcel_code or None,
        "address": address_of(parcel) or None,
        **named,
        "locality": locality_of(parcel) or None,
        "land_office": _office(parcel.office),
        "local_authority": _office(parcel.local_authority),
        "centre": [round(parcel.label_point.x, 7), round(parcel.label_point.y, 7)],
    }


def parcel_feature(parcel: Parcel) -> dict[str, Any]:
    """A GeoJSON feature (RFC 7946) with the public facts of a parcel."""
    since, until = parcel.valid_during.lower, parcel.valid_during.upper
    return {
        "type": "Feature",
        "id": parcel.public_id,
        "public_id": parcel.public_id,
        "valid_from": since and since.isoformat(),
        "valid_to": until and until.isoformat(),
        "geometry": geojson_of(parcel.geometry),
        "properties": parcel_properties(parcel),
    }


def number_facts(parcel: Parcel) -> dict[str, Any]:
    """By which numbers a parcel goes or went, for JSON."""
    title, sheet = parcel.ba_unit, parcel.map_sheet
    return {
        "public_id": parcel.public_id,
        "title_type": title.title_type if title else None,
        "title_type_name": str(title.get_title_type_display()) if title else None,
        "deed_number": (title.deed_number or None) if title else None,
        "map_sheet": sheet.name if sheet else None,
        "land_number": parcel.land_number or None,
        "tax_parcel_code": parcel.tax_parcel_code or None,
    }


def relative_facts(relative: Relative) -> dict[str, Any]:
    """A parcel that another came of, or that came of it, for JSON."""
    return number_facts(relative.parcel) | {
        "transaction": relative.kind or None,
        "from": relative.on.isoformat() if relative.on else None,
    }


def former_facts(former: Former) -> dict[str, Any]:
    """An old number and what lies there today, for JSON."""
    return number_facts(former.parcel) | {
        "until": former.until.isoformat() if former.until else None,
        "current": [number_facts(parcel) for parcel in former.current],
    }


def geojson_of(geometry: MultiPolygon) -> dict[str, Any]:
    """A multi-polygon as GeoJSON, to a millimetre."""

    def ring(points: Any) -> list[list[float]]:
        return [[round(x, DEGREE_DECIMALS), round(y, DEGREE_DECIMALS)] for x, y, *_ in points]

    polygons = [[ring(one) for one in polygon] for polygon in geometry.coords]
    return {"type": "MultiPolygon", "coordinates": polygons}


def place_facts(place: Place) -> dict[str, Any]:
    """A place to look at, for JSON."""
    return {"kind": place.kind, "label": place.label, "bounds": list(place.bounds)}


def found_facts(found: Found) -> dict[str, Any]:
    """The answer to a search, for JSON."""
    return {
        "parcels": [parcel_feature(parcel) for parcel in found.parcels],
        "places": [place_facts(place) for place in found.places],
        "former": [former_facts(former) for former in found.former],
        "understood_as": found.understood_as,
        "more": found.more,
    }

"""The public look-ups of /api/parcels: exact questions, public facts, parcels in force today."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from parcels.errors import (
    NoParcelHere,
    ParameterMissing,
    ParameterRepeated,
    ParameterUnusable,
    ParcelUnknown,
)
from parcels.models import Parcel
from parcels.representation import found_facts, parcel_feature
from parcels.services.lookups import lookup_spend
from parcels.services.search import (
    Found,
    parcel_at,
    parcels_by_deed,
    parcels_by_land_number,
    parcels_by_tax_code,
    parcels_search,
)

router = Router()

CACHE = "private, max-age=60"
LONGEST_ID = 40
Degrees = Annotated[float, Field(allow_inf_nan=False)]
NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"  # PostgreSQL takes no NUL, and nobody types a bell
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_CONTROLS)]
Written = Annotated[str, Field(max_length=120, pattern=NO_CONTROLS)]


class AreaOut(Schema):
    """An area: exact square metres, and rai, ngan, square wa to a tenth."""

    m2: str
    rai: int
    ngan: int
    wa: str
    text: str = Field(description="as people write it, in the language of the answer")


class AdministrativeAreaOut(Schema):
    code: str
    name: str


class OfficeOut(Schema):
    code: str
    name: str
    phone: str
    address: str


class PropertiesOut(Schema):
    """What is public about a parcel. Never owners, mortgages or the state of its tax."""

    title_type: str | None
    title_type_name: str | None
    deed_number: str | None
    survey_page: str | None
    map_sheet: str | None
    scale: int | None
    land_number: str | None
    legal_area: AreaOut | None = Field(description="the area printed on the deed")
    calculated_area_m2: str = Field(description="the area of the geometry, in its UTM zone")
    calculated_area_text: str = Field(description="the same as people write it")
    land_use: str
    land_use_name: str
    tax_parcel_code: str | None
    address: str | None
    sub_district: AdministrativeAreaOut | None
    district: AdministrativeAreaOut | None
    province: AdministrativeAreaOut | None
    locality: str | None = Field(description="the three of them as people write them")
    land_office: OfficeOut | None
    local_authority: OfficeOut | None
    centre: list[float] = Field(description="a point inside, longitude and latitude")


class GeometryOut(Schema):
    type: Literal["MultiPolygon"]
    coordinates: list[list[list[list[float]]]]


class ParcelOut(Schema):
    """A parcel as a GeoJSON feature, EPSG:4326, longitude before latitude."""

    type: Literal["Feature"]
    id: str
    public_id: str
    geometry: GeometryOut
    properties: PropertiesOut


class PlaceOut(Schema):
    """Somewhere to look at: a position, or a map sheet whose parcels are not listed."""

    kind: Literal["position", "sheet"]
    label: str
    bounds: list[float] = Field(description="west, south, east, north")


class FoundOut(Schema):
    parcels: list[ParcelOut] = Field(description="at most 20, in force today")
    places: list[PlaceOut]
    understood_as: Literal["deed", "sheet", "code", "position", "address", "nothing"]
    more: bool = Field(description="whether there are more than are told")


class Asked(Schema):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    lang: Literal["th", "en"] | None = Field(None, description="language of names and messages")


class AtQuery(Asked):
    lon: Degrees = Field(ge=-180, le=180, description="longitude, degrees of WGS 84")
    lat: Degrees = Field(ge=-90, le=90, description="latitude, degrees of WGS 84")


class SearchQuery(Asked):
    q: Text | None = Field(None, description="anything the search box understands")
    deed_number: Written | None = None
    province: Written = Field("", description="code or name; with deed_number")
    district: Written = Field("", description="code or name; with deed_number")
    map_sheet: Written | None = Field(None, description="such as 5136 II 6618-14")
    land_number: Written | None = None
    tax_parcel_code: Written | None = Field(None, description="such as 01A001")
    local_authority: Written = Field("", description="its code; with tax_parcel_code")


# Which parameters go together; the first of each row decides.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "q": (),
    "deed_number": ("province", "district"),
    "map_sheet": ("land_number",),
    "tax_parcel_code": ("local_authority",),
}


def _begin(request: HttpRequest, asked: Asked) -> None:
    """Speak the language asked for, and refuse a parameter that is unknown or given twice.

    A typing error must not widen a search.
    """
    if asked.lang:
        translation.activate(asked.lang)
    for name, values in request.GET.lists():
        if name not in type(asked).model_fields:
            raise ParameterUnusable(path=(name[:40],))
        if len(values) > 1:
            raise ParameterRepeated(path=(name,))


def _finish(response: HttpResponse) -> None:
    response["Cache-Control"] = CACHE
    response["X-Robots-Tag"] = "noindex"


@router.get("/at", response=ParcelOut, summary="The parcel under a point")
def at(request: HttpRequest, response: HttpResponse, asked: Query[AtQuery]) -> dict[str, Any]:
    """The parcel in force today under a point; 404 ``no_parcel_here`` where there is none."""
    _begin(request, asked)
    lookup_spend(request=request, now=timezone.now())
    parcel = parcel_at(lon=asked.lon, lat=asked.lat, on=timezone.localdate())
    if parcel is None:
        raise NoParcelHere(lon=f"{asked.lon:.6f}", lat=f"{asked.lat:.6f}")
    _finish(response)
    return parcel_feature(parcel)


@router.get("", response=FoundOut, summary="Find parcels by an exact name")
def find(request: HttpRequest, response: HttpResponse, asked: Query[SearchQuery]) -> dict[str, Any]:
    """Parcels by deed number, map sheet and land number, tax parcel code, or free text in ``q``.

    Nothing is listed wholesale: at most 20 parcels, and each counts against the visitor's
    allowance (429 ``too_many_lookups`` with ``Retry-After``).
    """
    _begin(request, asked)
    question = _question(asked)
    now = timezone.now()
    lookup_spend(request=request, now=now)
    found = _find(question, asked)
    # The question counted as one parcel; what it told beyond that counts too.
    lookup_spend(request=request, now=now, parcels=len(found.parcels) - 1, forced=True)
    _finish(response)
    return found_facts(found)


def _question(asked: SearchQuery) -> str:
    """Which of the questions is asked; parameters of another are refused."""
    given = {name for name, value in asked if value and name != "lang"}
    question = next((name for name in QUESTIONS if name in given), None)
    if question is None:
        raise ParameterMissing(path=(next(iter(sorted(given)), "q"),))
    if stray := given - {question, *QUESTIONS[question]}:
        raise ParameterUnusable(path=(min(stray),))
    if question == "map_sheet" and not asked.land_number:
        raise ParameterMissing(path=("land_number",))
    return question


def _find(question: str, asked: SearchQuery) -> Found:
    today = timezone.localdate()
    match question:
        case "deed_number":
            return parcels_by_deed(
                number=asked.deed_number or "", province=asked.province, district=asked.district,
                on=today,
            )  # fmt: skip
        case "map_sheet":
            return parcels_by_land_number(
                sheet=asked.map_sheet or "", number=asked.land_number or "", on=today
            )
        case "tax_parcel_code":
            return parcels_by_tax_code(
                code=asked.tax_parcel_code or "", local_authority=asked.local_authority, on=today
            )
    return parcels_search(text=asked.q or "", on=today)


@router.get("/{public_id}", response=ParcelOut, summary="One parcel by its public id")
def one(
    request: HttpRequest, response: HttpResponse, public_id: str, asked: Query[Asked]
) -> dict[str, Any]:
    """A parcel in force today by its random public id; the same 404 for any other id."""
    _begin(request, asked)
    parcel = None
    if "\x00" not in public_id and len(public_id) <= LONGEST_ID:
        in_force = Parcel.objects.in_force(timezone.localdate())
        parcel = in_force.with_facts().filter(public_id=public_id).first()
    if parcel is None:
        raise ParcelUnknown
    _finish(response)
    return parcel_feature(parcel)

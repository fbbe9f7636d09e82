"""The public look-ups of /api/parcels: exact questions, public facts, parcels in force today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from cadastre.moment import Moment, moment_of
from parcels.as_of import changed_since, parcels_at
from parcels.errors import (
    NoParcelHere,
    ParameterMissing,
    ParameterRepeated,
    ParameterUnusable,
    ParcelEnded,
    ParcelNotThen,
    ParcelUnknown,
)
from parcels.models import Parcel
from parcels.representation import found_facts, parcel_feature, relative_facts
from parcels.services.changes import CHANGES_ZOOM, changes_near
from parcels.services.lineage import predecessors, successors, today_of
from parcels.services.lookups import lookup_spend
from parcels.services.search import (
    MOST_RESULTS,
    Found,
    When,
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
Instant = Annotated[str, Field(max_length=40, pattern=NO_CONTROLS)]
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
    valid_from: date | None = Field(description="the first day of this state; null if unknown")
    valid_to: date | None = Field(description="the day from which it holds no more; null if open")
    known: str | None = Field(
        None, description="what the register said at this instant; null: what it says now"
    )
    current: str | None = Field(
        None, description="where the parcel of today is told, if it has changed since the moment"
    )
    geometry: GeometryOut
    properties: PropertiesOut


class NumbersOut(Schema):
    """By which numbers a parcel goes, or went."""

    public_id: str
    title_type: str | None
    title_type_name: str | None
    deed_number: str | None
    map_sheet: str | None
    land_number: str | None
    tax_parcel_code: str | None


class RelativeOut(NumbersOut):
    """A parcel that this one came of, or that came of it."""

    transaction: str | None = Field(description="what was registered; null where it is not public")
    from_: date | None = Field(alias="from", description="since when the newer parcel exists")


class FormerOut(NumbersOut):
    """A parcel that once went by the number asked for."""

    until: date | None = Field(description="the day from which it did so no more, where known")
    current: list[NumbersOut] = Field(description="what lies there today")


class ParcelWithLineOut(ParcelOut):
    """A parcel, what it came of and what became of it."""

    predecessors: list[RelativeOut]
    successors: list[RelativeOut]


class ChangesOut(Schema):
    """On which days parcels around a place began, changed or ended."""

    days: list[tuple[date, int]] = Field(description="a day and how many parcels changed on it")


class PlaceOut(Schema):
    """Somewhere to look at: a position, or a map sheet whose parcels are not listed."""

    kind: Literal["position", "sheet"]
    label: str
    bounds: list[float] = Field(description="west, south, east, north")


class FoundOut(Schema):
    parcels: list[ParcelOut] = Field(description="at most 20, in force today")
    places: list[PlaceOut]
    former: list[FormerOut] = Field(
        description="where nothing goes by the number today: what once did, and what it is now"
    )
    understood_as: Literal["deed", "sheet", "code", "position", "address", "nothing"]
    more: bool = Field(description="whether there are more than are told")


class Asked(Schema):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    lang: Literal["th", "en"] | None = Field(None, description="language of names and messages")


class AskedOfAMoment(Asked):
    on: Instant | None = Field(None, description="day in law, such as 2024-02-29; default today")
    known: Instant | None = Field(
        None, description="what the register said by then: a day (its end in Thailand) or an "
        "instant such as 2024-02-29T15:30; default now",
    )  # fmt: skip


class ChangesQuery(Asked):
    x: int = Field(ge=0, lt=2**CHANGES_ZOOM, description="column of the tile at zoom 14")
    y: int = Field(ge=0, lt=2**CHANGES_ZOOM, description="row of the tile at zoom 14, from north")


class AtQuery(AskedOfAMoment):
    lon: Degrees = Field(ge=-180, le=180, description="longitude, degrees of WGS 84")
    lat: Degrees = Field(ge=-90, le=90, description="latitude, degrees of WGS 84")


class SearchQuery(AskedOfAMoment):
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


def _moment(asked: AskedOfAMoment, now: datetime) -> Moment | None:
    """The moment asked for, or None for the parcels of today."""
    written = {name: text for name in ("on", "known") if (text := getattr(asked, name)) is not None}
    return moment_of(written, now=now) if written else None


def _as_of(
    features: Iterable[dict[str, Any]], parcels: list[Parcel], moment: Moment | None
) -> None:
    """Say of features as of a moment what was known, and where the parcel of today is told."""
    if moment is None:
        return
    changed = changed_since(parcels, timezone.localdate())
    for feature, parcel in zip(features, parcels, strict=True):
        current = changed.get(parcel.pk)
        feature["known"] = moment.known and moment.known.isoformat()
        feature["current"] = f"/api/parcels/{current}" if current else None


def _finish(response: HttpResponse) -> None:
    response["Cache-Control"] = CACHE
    response["X-Robots-Tag"] = "noindex"


@router.get("/at", response=ParcelOut, summary="The parcel under a point")
def at(request: HttpRequest, response: HttpResponse, asked: Query[AtQuery]) -> dict[str, Any]:
    """The parcel in force under a point; 404 ``no_parcel_here`` where there is none."""
    _begin(request, asked)
    now = timezone.now()
    moment = _moment(asked, now)
    lookup_spend(request=request, now=now)
    parcel = parcel_at(lon=asked.lon, lat=asked.lat, on=moment or timezone.localdate(now))
    if parcel is None:
        raise NoParcelHere(lon=f"{asked.lon:.6f}", lat=f"{asked.lat:.6f}")
    _finish(response)
    feature = parcel_feature(parcel)
    _as_of([feature], [parcel], moment)
    return feature


@router.get("/changes", response=ChangesOut, summary="Days on which parcels changed")
def changes(
    request: HttpRequest, response: HttpResponse, asked: Query[ChangesQuery]
) -> dict[str, Any]:
    """The days on which parcels began, changed or ended around a place, with how many did.

    The place is a tile of zoom 14, some 2.4 km wide, so that no single parcel is told by it.
    """
    _begin(request, asked)
    response["Cache-Control"] = "public, max-age=300"
    response["X-Robots-Tag"] = "noindex"
    return {"days": changes_near(asked.x, asked.y, until=timezone.localdate())}


@router.get("", response=FoundOut, summary="Find parcels by an exact name")
def find(request: HttpRequest, response: HttpResponse, asked: Query[SearchQuery]) -> dict[str, Any]:
    """Parcels by deed number, map sheet and land number, tax parcel code, or free text in ``q``.

    Nothing is listed wholesale: at most 20 parcels, and each counts against the visitor's
    allowance (429 ``too_many_lookups`` with ``Retry-After``).
    """
    _begin(request, asked)
    question = _question(asked)
    now = timezone.now()
    moment = _moment(asked, now)
    lookup_spend(request=request, now=now)
    found = _find(question, asked, moment or timezone.localdate(now))
    # The question counted as one parcel; what it told beyond that counts too.
    lookup_spend(request=request, now=now, parcels=found.told - 1, forced=True)
    _finish(response)
    facts = found_facts(found)
    _as_of(facts["parcels"], found.parcels, moment)
    return facts


def _question(asked: SearchQuery) -> str:
    """Which of the questions is asked; parameters of another are refused."""
    given = {name for name, value in asked if value and name not in {"lang", "on", "known"}}
    question = next((name for name in QUESTIONS if name in given), None)
    if question is None:
        raise ParameterMissing(path=(next(iter(sorted(given)), "q"),))
    if stray := given - {question, *QUESTIONS[question]}:
        raise ParameterUnusable(path=(min(stray),))
    if question == "map_sheet" and not asked.land_number:
        raise ParameterMissing(path=("land_number",))
    return question


def _find(question: str, asked: SearchQuery, when: When) -> Found:
    match question:
        case "deed_number":
            return parcels_by_deed(
                number=asked.deed_number or "", province=asked.province, district=asked.district,
                on=when,
            )  # fmt: skip
        case "map_sheet":
            return parcels_by_land_number(
                sheet=asked.map_sheet or "", number=asked.land_number or "", on=when
            )
        case "tax_parcel_code":
            return parcels_by_tax_code(
                code=asked.tax_parcel_code or "", local_authority=asked.local_authority, on=when
            )
    return parcels_search(text=asked.q or "", on=when)


@router.get("/{public_id}", response=ParcelWithLineOut, summary="One parcel by its public id")
def one(
    request: HttpRequest, response: HttpResponse, public_id: str, asked: Query[AskedOfAMoment]
) -> dict[str, Any]:
    """A parcel by its random public id, with what it came of and what became of it.

    410 ``parcel_ended`` with the ids of what lies there today, if it is in force no more.
    """
    _begin(request, asked)
    now = timezone.now()
    moment, today = _moment(asked, now), timezone.localdate(now)
    lookup_spend(request=request, now=now)
    found: list[Parcel] = []
    if sound := "\x00" not in public_id and len(public_id) <= LONGEST_ID:
        found = parcels_at(moment or today, lambda parcels: parcels.named(public_id), 1)
    if not found and moment:
        raise ParcelNotThen(on=moment.on.isoformat())
    if not found and sound:
        _say_if_ended(public_id, today)
    if not found:
        raise ParcelUnknown
    (parcel,) = found
    _finish(response)
    feature = parcel_feature(parcel) | {
        "predecessors": [relative_facts(each) for each in predecessors(parcel)],
        "successors": [relative_facts(each) for each in successors(parcel)],
    }
    _as_of([feature], [parcel], moment)
    return feature


def _say_if_ended(public_id: str, today: date) -> None:
    """Raise `ParcelEnded` for the id of a parcel that was in force once."""
    parcel = Parcel.objects.filter(public_id=public_id).first()
    if parcel is not None and parcel.has_ended(today):
        here = today_of([parcel], today, MOST_RESULTS)[parcel.pk]
        raise ParcelEnded(successors=[each.public_id for each in here])

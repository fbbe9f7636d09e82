"""New parcels and titles: what goes over from those before, and the numbers they get."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from parcels.models import (
    BAUnit,
    LandUse,
    Mortgage,
    NumberSeries,
    Parcel,
    ParcelLineage,
    ProposedParcel,
    Responsibility,
    Restriction,
    Right,
    TitleType,
)
from parcels.models.versioned import VersionedObject
from parcels.registration.numbers import Series, draw_numbers
from parcels.registration.registering import Registration

CARRIED: Final[tuple[type[Any], ...]] = (Right, Mortgage, Restriction, Responsibility)
DEEDS_IN_A_BOOK: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a new parcel is filed; the scopes of its numbers follow from it."""

    district: str | None
    sub_district: str | None
    map_sheet: int | None

    @classmethod
    def of(cls, parcel: Parcel) -> Place:
        """Where a parcel and its title are filed."""
        return cls(
            district=parcel.ba_unit.district_id if parcel.ba_unit else None,
            sub_district=parcel.sub_district_id,
            map_sheet=parcel.map_sheet_id,
        )

    def series(self, *, titled: bool) -> list[Series]:
        """The series that a new parcel here draws from."""
        scopes = (
            (NumberSeries.Kind.DEED, self.district if titled else None),
            (NumberSeries.Kind.LAND, self.map_sheet),
            (NumberSeries.Kind.SURVEY_PAGE, self.sub_district if titled else None),
        )
        return [(kind, str(scope)) for kind, scope in scopes if scope is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The numbers of one new parcel; empty where there is no series to draw from."""

    deed: str = ""
    land: str = ""
    survey_page: str = ""


def numbers_draw(
    registration: Registration, place: Place, count: int, *, titled: bool
) -> list[Numbers]:
    """The numbers of ``count`` new parcels that are filed in one place, in their order."""
    series = place.series(titled=titled)
    drawn = draw_numbers(registration.act, dict.fromkeys(series, count))
    by_kind: Mapping[str, Sequence[int]] = {kind: drawn.get((kind, s), []) for kind, s in series}

    def at(kind: str, index: int) -> str:
        found = by_kind.get(kind, [])
        return str(found[index]) if found else ""

    return [
        Numbers(
            deed=at(NumberSeries.Kind.DEED, index),
            land=at(NumberSeries.Kind.LAND, index),
            survey_page=at(NumberSeries.Kind.SURVEY_PAGE, index),
        )
        for index in range(count)
    ]


def title_issue(
    registration: Registration, *, title_type: str, district: str | None, numbers: Numbers
) -> BAUnit:
    """A new title under its numbers; book and page follow, since a book holds a hundred deeds."""
    book, page = "", ""
    if title_type == TitleType.CHANOTE and numbers.deed:
        whole, rest = divmod(int(numbers.deed) - 1, DEEDS_IN_A_BOOK)
        book, page = str(whole + 1), str(rest + 1)
    return BAUnit.objects.create(
        office=registration.act.office,
        title_type=title_type,
        deed_number=numbers.deed,
        district_id=district,
        book=book,
        page=page,
        survey_page=numbers.survey_page,
        valid_during=registration.since,
        created_by=registration.act,
    )


def against(registration: Registration, title: BAUnit) -> list[VersionedObject]:
    """Rights, mortgages, restrictions and responsibilities in force on the day, locked."""
    return [
        thing
        for model in CARRIED
        for thing in model.objects.select_for_update()
        .filter(ba_unit=title, valid_during__contains=registration.day, retired_by=None)
        .order_by("pk")
    ]


def carry_over(registration: Registration, things: Iterable[VersionedObject], to: BAUnit) -> None:
    """The same entries against another title, from the day of the transaction on."""
    own = {"id", "valid_during", "recorded_during", "created_by", "retired_by", "ba_unit"}
    for thing in things:
        facts = {f.name: getattr(thing, f.name) for f in thing._meta.fields if f.name not in own}
        type(thing)._default_manager.create(
            **facts | {"ba_unit": to},
            valid_during=registration.since,
            created_by=registration.act,
        )


def title_end(registration: Registration, title: BAUnit, things: Iterable[VersionedObject]) -> None:
    """End a title and all that stands against it."""
    for thing in things:
        registration.end(thing)
    registration.end(title)


def piece_create(
    registration: Registration, proposed: ProposedParcel, parents: Sequence[Parcel], **facts: Any
) -> Parcel:
    """The registered parcel of a proposed piece, with where it came from.

    What ``facts`` leaves out is as it was with the first of the parents.
    """
    inherited: dict[str, Any] = {}
    if parents:
        first = parents[0]
        inherited = {
            name: getattr(first, name)
            for name in (
                "office_id", "local_authority_id", "map_sheet_id", "sub_district_id",
                "street_th", "street_en", "land_use",
            )
        }  # fmt: skip
    if proposed.becomes_public:
        facts |= {"ba_unit": None, "land_number": "", "tax_parcel_code": ""}
        inherited["land_use"] = LandUse.PUBLIC
    assert proposed.geometry is not None  # a constraint says so
    parcel = Parcel.objects.create(
        **inherited | facts | proposed.facts,
        legal_area_m2=proposed.legal_area_m2,
        geometry=proposed.geometry,
        zone_srid=proposed.zone_srid,
        valid_during=registration.since,
        created_by=registration.act,
    )
    for parent in parents:
        ParcelLineage.objects.create(parent=parent, child=parcel, transaction=registration.act)
    proposed.parcel = parcel
    proposed.save(update_fields=["parcel"])
    return parcel

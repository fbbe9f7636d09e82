"""The question of a tax estimate: strict JSON in, plain values out.

Unknown fields, numbers with a binary point, digits other than 0-9 and anything oversized are
refused; every refusal names its field.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from cadastre.area import Area
from cadastre.errors import FieldPath, InvalidInput
from cadastre.tax.answer import AnswerJson, answer
from cadastre.tax.assessment import Assessment, assess_properties
from cadastre.tax.errors import (
    BuddhistYear,
    FieldMissing,
    FieldUnknown,
    InvalidDeclaration,
    NoArea,
    NotADay,
    NotADecimal,
    NotAList,
    NotAnObject,
    NotAPart,
    NotJson,
    NotOneOf,
    NotPositive,
    NotText,
    NotWhole,
    NotYesOrNo,
    SharesNotWhole,
    UseOrUses,
    UseTwice,
    WrongLength,
)
from cadastre.tax.fields import Day, Exact, OneOf, Part, Whole
from cadastre.tax.model import (
    WHOLE,
    Building,
    Kind,
    Land,
    OwnedShare,
    Owner,
    Policy,
    Property,
    Relief,
    Structure,
    Use,
    UseArea,
    UsePart,
)
from cadastre.tax.money import satang
from cadastre.tax.schedule import schedule_for

FIRST_TAX_YEAR: Final = 2020
LAST_TAX_YEAR: Final = 2100
BUDDHIST_ERA: Final = 543
"""Only to recognise a year given in the wrong era: here years are common era."""

Price: TypeAlias = Annotated[Decimal, Exact(10, 2)]
Place: TypeAlias = Annotated[str, Field(max_length=40)]
UseWord: TypeAlias = Annotated[Use, OneOf(Use)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class UseAreaGiven(_Strict):
    """A use and the area measured for it."""

    use: UseWord
    area_m2: Annotated[Decimal, Exact(10, 4)]


Used: TypeAlias = Annotated[list[UseAreaGiven], Field(max_length=100)]


class LandGiven(_Strict):
    """Land as the deed writes it, and the Treasury's price in baht per square wa.

    ``used`` are its areas by use, where they were measured.
    """

    rai: Annotated[int, Whole(0, 1_000_000)] = 0
    ngan: Annotated[int, Whole(0, 3)] = 0
    wa: Annotated[Decimal, Exact(2, 4)] = Decimal(0)
    price_per_wa: Price
    used: Used = []


class BuildingGiven(_Strict):
    """A building, or the floor of a condominium unit: structure and age then play no part.

    ``used`` are its floor areas by use, ``footprint_m2`` the ground it covers on this land.
    ``valued_elsewhere`` belongs to another owner, or is valued with another property.
    """

    structure: Annotated[Structure, OneOf(Structure)] | None = None
    floor_area_m2: Annotated[Decimal, Exact(8, 4)]
    price_per_m2: Price
    age_years: Annotated[int, Whole(0, 500)] | None = None
    used: Used = []
    footprint_m2: Annotated[Decimal, Exact(8, 4)] | None = None
    valued_elsewhere: bool = False
    place: Place = ""


class UseGiven(_Strict):
    """One of several uses and its share of the used area: of 1, or in percent."""

    use: UseWord
    share: Annotated[Decimal, Exact(3, 6)]


class OwnedGiven(_Strict):
    """A co-owner's share, and those of the co-owners listed before: ``"1/3"`` or ``"0.25"``."""

    share: Annotated[Fraction, Part()]
    before: Annotated[Fraction, Part()] = Fraction(0)


class PropertyGiven(_Strict):
    """One tax base. Either its parts or ``appraised_value``; ``use``, ``uses`` or areas by use.

    ``place`` is the caller's reference to where it lies; it comes back with every step.
    """

    kind: Annotated[Kind, OneOf(Kind)]
    use: UseWord | None = None
    uses: Annotated[list[UseGiven], Field(max_length=len(Use))] | None = None
    land: LandGiven | None = None
    buildings: Annotated[list[BuildingGiven], Field(max_length=100)] | None = None
    appraised_value: Annotated[Decimal, Exact(13, 2)] | None = None
    in_house_registration: bool = False
    years_vacant: Annotated[int, Whole(0, 500)] = 0
    relief: Annotated[Relief, OneOf(Relief)] | None = None
    relief_since: Annotated[date, Day()] | None = None
    joint_base: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    owned: OwnedGiven | None = None
    possessed: bool = False
    old_tax: Annotated[Decimal, Exact(13, 2)] | None = None
    place: Place = ""


class Declaration(_Strict):
    """Everything one owner has in one local authority, in one tax year (common era)."""

    tax_year: Annotated[int, Whole(0, 9999)]
    owner: Annotated[Owner, OneOf(Owner)]
    properties: Annotated[list[PropertyGiven], Field(min_length=1, max_length=100)]


def read_declaration(data: object) -> Declaration:
    """Read a declaration from decoded JSON, or from the bytes or text of a request.

    Raises `InvalidDeclaration` with every field that is wrong.
    """
    try:
        if isinstance(data, bytes | str):
            return Declaration.model_validate_json(data)
        return Declaration.model_validate(data)
    except ValidationError as error:
        raise InvalidDeclaration([_problem(each) for each in error.errors()]) from None


def assess(declaration: Declaration, policy: Policy | None = None) -> Assessment:
    """Assess a declaration under the law of its year; raises `InvalidDeclaration`."""
    if problems := list(_contradictions(declaration)):
        raise InvalidDeclaration(problems)
    properties = [_property(each) for each in declaration.properties]
    schedule = schedule_for(declaration.tax_year)
    return assess_properties(declaration.owner, properties, schedule, policy)


def estimate(data: object, policy: Policy | None = None) -> AnswerJson:
    """From the JSON of a question to the JSON of its answer; raises `InvalidDeclaration`."""
    return answer(assess(read_declaration(data), policy))


PROBLEMS: Final[dict[str, type[InvalidInput]]] = {
    "missing": FieldMissing,
    "extra_forbidden": FieldUnknown,
    "decimal": NotADecimal,
    "whole": NotWhole,
    "one_of": NotOneOf,
    "list_type": NotAList,
    "bool_type": NotYesOrNo,
    "string_type": NotText,
    "part": NotAPart,
    "day": NotADay,
    "string_too_short": NotText,
    "string_too_long": NotText,
}
"""What each type of pydantic error is called here; anything else is not an object."""


def _problem(error: ErrorDetails) -> InvalidInput:
    path: FieldPath = error["loc"]
    context = error.get("ctx", {})
    match error["type"]:
        case "decimal" | "whole" | "one_of" as kind:
            return PROBLEMS[kind](path=path, **context)
        case "too_long" | "too_short":
            most = len(Use) if path[-1] == "uses" else 100
            return WrongLength(path=path, least=context.get("min_length", 0), most=most)
        case "json_invalid":
            return NotJson(path=path, reason=str(context.get("error", "")))
        case kind:
            return PROBLEMS.get(kind, NotAnObject)(path=path)


def _contradictions(declaration: Declaration) -> Iterator[InvalidInput]:
    """What cannot even be written as a `Property`; `checks` finds the rest."""
    year = declaration.tax_year
    if FIRST_TAX_YEAR + BUDDHIST_ERA <= year <= LAST_TAX_YEAR + BUDDHIST_ERA:
        yield BuddhistYear(path=("tax_year",), given=year, year=year - BUDDHIST_ERA)
    elif not FIRST_TAX_YEAR <= year <= LAST_TAX_YEAR:
        yield NotWhole(path=("tax_year",), least=FIRST_TAX_YEAR, most=LAST_TAX_YEAR)
    for index, given in enumerate(declaration.properties):
        path: FieldPath = ("properties", index)
        yield from _use_contradictions(given, path)
        land, owned = given.land, given.owned
        if land is not None and not (land.rai or land.ngan or land.wa):
            yield NoArea(path=(*path, "land"))
        for place, building in enumerate(given.buildings or ()):
            if not building.floor_area_m2:
                yield NotPositive(path=(*path, "buildings", place, "floor_area_m2"))
        if owned is not None and not 0 < owned.share <= 1 - owned.before:
            yield NotAPart(path=(*path, "owned", "share"))


def _use_contradictions(given: PropertyGiven, path: FieldPath) -> Iterator[InvalidInput]:
    uses = given.uses or []
    measured = any(part.used for part in (given.land, *(given.buildings or ())) if part is not None)
    if (given.use is not None and uses) or not (given.use is not None or uses or measured):
        yield UseOrUses(path=(*path, "use"))
        return
    seen: set[Use] = set()
    for place, part in enumerate(uses):
        if part.use in seen:
            yield UseTwice(path=(*path, "uses", place, "use"))
        seen.add(part.use)
        if not part.share:
            yield NotPositive(path=(*path, "uses", place, "share"))
    total = sum(part.share for part in uses)
    if uses and total not in (1, 100):
        yield SharesNotWhole(path=(*path, "uses"), total=total)


def _property(given: PropertyGiven) -> Property:
    value = given.appraised_value
    return Property(
        kind=given.kind,
        uses=_uses(given),
        land=None if given.land is None else _land(given.land),
        buildings=tuple(_building(each, given.kind) for each in given.buildings or ()),
        appraised_value_satang=None if value is None else satang(value),
        in_house_registration=given.in_house_registration,
        years_vacant=given.years_vacant,
        relief=given.relief,
        joint_base=given.joint_base,
        owned=OwnedShare(given.owned.share, given.owned.before) if given.owned else WHOLE,
        possessed=given.possessed,
        old_tax_satang=None if given.old_tax is None else satang(given.old_tax),
        place=given.place,
        relief_since=given.relief_since,
    )


def _uses(given: PropertyGiven) -> tuple[UsePart, ...]:
    if given.use is not None:
        return (UsePart(given.use),)
    uses = given.uses or []
    whole = sum(part.share for part in uses)
    return tuple(UsePart(part.use, part.share / whole) for part in uses)


def _land(given: LandGiven) -> Land:
    area = Area.from_rai(given.rai, given.ngan, given.wa)
    return Land(area, satang(given.price_per_wa), _used(given.used))


def _used(given: list[UseAreaGiven]) -> tuple[UseArea, ...]:
    return tuple(UseArea(part.use, part.area_m2) for part in given)


def _building(given: BuildingGiven, kind: Kind) -> Building:
    unit = kind is Kind.CONDOMINIUM_UNIT
    return Building(
        floor_area_m2=given.floor_area_m2,
        price_per_m2_satang=satang(given.price_per_m2),
        structure=None if unit else given.structure,
        age_years=None if unit else given.age_years,
        used=_used(given.used),
        footprint_m2=given.footprint_m2,
        valued_elsewhere=given.valued_elsewhere,
        place=given.place,
    )

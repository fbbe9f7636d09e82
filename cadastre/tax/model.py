"""The things that are taxed, as immutable values. Money is satang, years are common era."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

from cadastre.area import Area
from cadastre.tax.money import ONE, ZERO


class Owner(StrEnum):
    INDIVIDUAL = "individual"
    JURISTIC = "juristic"
    STATE = "state"


class Kind(StrEnum):
    LAND = "land"
    LAND_AND_BUILDING = "land_and_building"
    BUILDING = "building"
    CONDOMINIUM_UNIT = "condominium_unit"


class Use(StrEnum):
    """What the owner declares."""

    AGRICULTURE = "agriculture"
    MAIN_HOME = "main_home"
    RESIDENTIAL = "residential"
    OTHER = "other"
    VACANT = "vacant"


class TaxClass(StrEnum):
    """What the law makes of it; names the rate parameter."""

    AGRICULTURE = "agriculture"
    MAIN_HOME = "main_home"
    MAIN_HOME_BUILDING = "main_home_building"
    RESIDENTIAL = "residential"
    OTHER = "other"
    VACANT = "vacant"


class Structure(StrEnum):
    MASONRY = "masonry"
    HALF_TIMBER = "half_timber"
    TIMBER = "timber"


class Relief(StrEnum):
    """Reductions of the decree under section 55; names the reduction parameter."""

    INHERITED_HOME = "inherited_home"
    POWER_PLANT = "power_plant"
    DAM = "dam"
    NPA = "npa"
    PROJECT_IN_DEVELOPMENT = "project_in_development"
    PRIVATE_SCHOOL = "private_school"


class Reduction(StrEnum):
    """What may be taken off a tax; ``policy/reduction_order`` lists them in the order of the year.

    Each is taken off what the one before it left.
    """

    RELIEF = "relief"
    OLD_TAX_LIMIT = "old_tax_limit"
    EVERY_PROPERTY = "every_property"


class ExemptionOrder(StrEnum):
    """How an owner's agricultural exemption is shared among the lines that may have it."""

    HIGHEST_VALUE_FIRST = "highest_value_first"
    AS_LISTED = "as_listed"
    IN_PROPORTION = "in_proportion"


class LandDivision(StrEnum):
    """How land under buildings of different uses is divided among them."""

    FOOTPRINT = "footprint"
    FLOOR_AREA = "floor_area"


@dataclass(frozen=True, slots=True)
class Policy:
    """Where the law's detail was not found, the local authority decides.

    ``land_division`` None is that of the year's law (``policy/land_under_buildings``).
    """

    exemption_order: ExemptionOrder = ExemptionOrder.HIGHEST_VALUE_FIRST
    joint_agriculture: bool = False
    land_division: LandDivision | None = None


@dataclass(frozen=True, slots=True)
class UsePart:
    """A use and its declared share, as a fraction of one."""

    use: Use
    share: Decimal = ONE


@dataclass(frozen=True, slots=True)
class UseArea:
    """A use and the area measured for it: ground of a parcel, or floor of a building."""

    use: Use
    area_m2: Decimal


@dataclass(frozen=True, slots=True)
class Land:
    """The land of one parcel; ``used`` where its areas by use were measured.

    Measured areas are weights: they need not add up to the area on the document.
    """

    area: Area
    price_per_square_wa_satang: int
    used: tuple[UseArea, ...] = ()


@dataclass(frozen=True, slots=True)
class Building:
    """A building, or the floor of a condominium unit (then without structure and age).

    ``used`` are its floor areas by use, where measured. ``footprint_m2`` is the ground that it
    covers on *this* parcel. ``valued_elsewhere`` is a building of another owner, or one across
    several parcels that is valued with another of them: its footprint divides the land here, its
    value belongs there. ``place`` is the caller's reference, shown and never read.
    """

    floor_area_m2: Decimal
    price_per_m2_satang: int
    structure: Structure | None = None
    age_years: int | None = None
    used: tuple[UseArea, ...] = ()
    footprint_m2: Decimal | None = None
    valued_elsewhere: bool = False
    place: str = ""


class CoOwners(StrEnum):
    """Who is assessed for property that several own together."""

    ONE_TAXPAYER = "one_taxpayer"
    EACH_BY_SHARE = "each_by_share"


@dataclass(frozen=True, slots=True)
class OwnedShare:
    """What one co-owner is assessed for, where each is a taxpayer (``policy/co_owners``).

    ``before`` is what the co-owners listed earlier have: a share is the difference of rounded
    running totals, so that the values of all co-owners add up to the value of the property.
    """

    share: Fraction = Fraction(1)
    before: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        if self.share <= 0 or self.before < 0 or self.before + self.share > 1:
            raise ValueError("a co-owner's share lies between 0 and 1")


WHOLE: Final = OwnedShare()


@dataclass(frozen=True, slots=True)
class Property:
    """One tax base of one taxpayer: a parcel with what stands on it, a building, a unit.

    ``uses`` are declared shares of whatever of its land and buildings has no measured areas. Land
    with neither is divided by the buildings on it. ``years_vacant`` counts the tax year itself: 4
    means the fourth year in a row without use. Properties with the same ``joint_base`` are valued
    as one (section 38). ``possessed`` is property of the state that the taxpayer possesses or
    uses. ``old_tax_satang`` is the tax of the laws before the Act, for the limit of section 97.
    ``place`` is the caller's reference to where it lies, shown and never read. ``relief_since`` is
    the first day of a relief that lasts some years; without it the officer counts them.
    """

    kind: Kind
    uses: tuple[UsePart, ...] = ()
    land: Land | None = None
    buildings: tuple[Building, ...] = ()
    appraised_value_satang: int | None = None
    in_house_registration: bool = False
    years_vacant: int = 0
    relief: Relief | None = None
    joint_base: str | None = None
    owned: OwnedShare = WHOLE
    possessed: bool = False
    old_tax_satang: int | None = None
    place: str = ""
    relief_since: date | None = None
    is_measured: bool = field(init=False, repr=False, compare=False)
    """Whether any of it is divided by measured areas."""

    def __post_init__(self) -> None:
        measured = self.land is not None and bool(self.land.used)
        for each in self.buildings:
            measured = measured or bool(each.used)
        object.__setattr__(self, "is_measured", measured)
        if self.uses or not measured:
            shares = [part.share for part in self.uses]
            if sum(shares) != 1 or min(shares) <= 0:
                raise ValueError("the shares of a property's uses are positive and total one")
        if self.appraised_value_satang is not None and self.appraised_value_satang < 0:
            raise ValueError("an appraised value is not negative")
        if self.old_tax_satang is not None and self.old_tax_satang < 0:
            raise ValueError("an old tax is not negative")

    @property
    def used_as(self) -> tuple[Use, ...]:
        """Every use that has a part of the value, each once, in the order of land and buildings."""
        if not self.is_measured:
            return tuple(part.use for part in self.uses)
        parts: list[UsePart | UseArea] = []
        if self.land is not None:
            parts += self.land.used or self.uses
            if not parts:
                parts += (part for each in self.buildings for part in each.used)
        for building in self.buildings:
            if not building.valued_elsewhere:
                parts += building.used or self.uses
        return tuple(dict.fromkeys(part.use for part in parts))

    @property
    def is_mixed(self) -> bool:
        return len(self.used_as) > 1


class Slice(NamedTuple):
    """The part of the taxable base from ``from_satang`` to ``to_satang``, and its tax."""

    from_satang: int
    to_satang: int
    rate: Decimal
    tax_satang: int


class Line(NamedTuple):
    """The tax of one use of one property.

    ``share`` is as declared; of measured areas, the part of the value, written to six decimals.
    ``exact_tax_satang`` is the tax before its only rounding. ``relief`` is set when it was
    applied, ``old_tax_satang`` when the limit of section 97 was. ``exemption_left_satang`` is what
    the exemption still had for this line (None: no exemption, or one without limit).
    ``gross_before_satang`` and ``tax_before_satang`` are the exact taxes of the earlier lines of a
    joint base, before and after reductions: with them a line can be recomputed by itself.
    """

    property_index: int
    use: Use
    share: Decimal
    tax_class: TaxClass
    value_satang: int
    exemption_satang: int
    vacancy_addition: Decimal
    slices: tuple[Slice, ...]
    relief: Relief | None
    exact_tax_satang: Decimal
    tax_satang: int
    old_tax_satang: int | None = None
    exemption_left_satang: int | None = None
    gross_before_satang: Decimal = ZERO
    tax_before_satang: Decimal = ZERO

    @property
    def taxable_satang(self) -> int:
        return self.value_satang - self.exemption_satang

    @property
    def gross_tax_satang(self) -> int:
        """Tax of the slices, before reductions."""
        return sum(part.tax_satang for part in self.slices)

    @property
    def reduction_satang(self) -> int:
        return self.gross_tax_satang - self.tax_satang

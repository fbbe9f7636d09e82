"""The things that are taxed, as immutable values. Money is satang, years are common era."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from cadastre.area import Area
from cadastre.tax.money import ONE


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


class ExemptionOrder(StrEnum):
    """How an owner's agricultural exemption is shared among the lines that may have it."""

    HIGHEST_VALUE_FIRST = "highest_value_first"
    AS_LISTED = "as_listed"
    IN_PROPORTION = "in_proportion"


@dataclass(frozen=True, slots=True)
class Policy:
    """Where the law's detail was not found, the local authority decides."""

    exemption_order: ExemptionOrder = ExemptionOrder.HIGHEST_VALUE_FIRST
    joint_agriculture: bool = False


@dataclass(frozen=True, slots=True)
class Land:
    area: Area
    price_per_square_wa_satang: int


@dataclass(frozen=True, slots=True)
class Building:
    """A building, or the floor of a condominium unit (then without structure and age)."""

    floor_area_m2: Decimal
    price_per_m2_satang: int
    structure: Structure | None = None
    age_years: int | None = None


@dataclass(frozen=True, slots=True)
class UsePart:
    """A use and its share of the property, as a fraction of one."""

    use: Use
    share: Decimal = ONE


@dataclass(frozen=True, slots=True)
class Property:
    """One tax base of one owner: a parcel with what stands on it, a building, a unit.

    ``years_vacant`` counts the tax year itself: 4 means the fourth year in a row without use.
    Lines of properties with the same ``joint_base`` are sliced as one base (section 38).
    """

    kind: Kind
    uses: tuple[UsePart, ...]
    land: Land | None = None
    buildings: tuple[Building, ...] = ()
    appraised_value_satang: int | None = None
    in_house_registration: bool = False
    years_vacant: int = 0
    relief: Relief | None = None
    joint_base: str | None = None

    def __post_init__(self) -> None:
        shares = [part.share for part in self.uses]
        if sum(shares) != 1 or min(shares) <= 0:
            raise ValueError("the shares of a property's uses are positive and total one")
        if self.appraised_value_satang is not None and self.appraised_value_satang < 0:
            raise ValueError("an appraised value is not negative")

    @property
    def is_mixed(self) -> bool:
        return len(self.uses) > 1


@dataclass(frozen=True, slots=True)
class Slice:
    """The part of the taxable base from ``from_satang`` to ``to_satang``, and its tax."""

    from_satang: int
    to_satang: int
    rate: Decimal
    tax_satang: int


@dataclass(frozen=True, slots=True)
class Line:
    """The tax of one use of one property.

    ``exact_tax_satang`` is the tax before its only rounding. ``relief`` is set when it was applied.
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

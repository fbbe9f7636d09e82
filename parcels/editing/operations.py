"""The steps of an edit, as the editor in the browser sends them and a transaction keeps them.

``parcel`` names a parcel by its public id, or a piece made by an earlier step by the name that the
preview gives it (``#1``). ``side`` is the place of a side in the boundary as it is served, counted
from 0 along its rings, or the two marks at its ends.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final, Literal, TypeAlias, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from cadastre.area import Area
from cadastre.cogo import parse_bearing
from cadastre.digits import typed_text
from cadastre.fabric.model import MOST_PIECES
from parcels.editing.errors import OperationUnreadable
from parcels.editing.places import Coordinates

MOST_STEPS: Final = 200
MOST_PARCELS: Final = 50
MOST_RINGS: Final = 50

Name: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=32, pattern=r"^(#\d{1,4}|[\w-]{6,32})$")
]


def _as_metres(said: Any) -> Any:
    """A distance typed with Thai digits, or a number that JSON gave."""
    if isinstance(said, float):
        return Decimal(repr(said))
    return typed_text(said) if isinstance(said, str) else said


def _readable_area(said: str) -> str:
    square_metres(said)
    return said


def _readable_bearing(said: str) -> str:
    parse_bearing(said)
    return said


def square_metres(said: str) -> Decimal:
    """An area as an officer writes it (``1-0-50.5``, ``800 m²``); a bare number is m²."""
    written = typed_text(said).replace(",", "")
    try:
        return Area(Decimal(written)).square_metres
    except InvalidOperation:
        return Area.parse(said).square_metres


Metres = Annotated[
    Decimal, BeforeValidator(_as_metres), Field(gt=0, le=100_000, allow_inf_nan=False)
]
AreaText = Annotated[
    str,
    BeforeValidator(lambda said: str(said) if isinstance(said, int | float) else said),
    StringConstraints(min_length=1, max_length=100),
    AfterValidator(_readable_area),
]
Bearing = Annotated[
    str, StringConstraints(min_length=1, max_length=60), AfterValidator(_readable_bearing)
]


class Step(BaseModel):
    """One step of an edit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def places(self) -> list[Coordinates]:
        """All that it says about places; the plots around them take part in the step."""
        said = [getattr(self, name) for name in type(self).model_fields]
        flat = [part for each in said for part in (each if isinstance(each, tuple) else (each,))]
        return [each for each in flat if isinstance(each, Coordinates)]

    def parcels_named(self) -> list[str]:
        """The parcels and pieces it is about."""
        named = [getattr(self, name, ()) for name in ("parcel", "parcels", "gives")]
        return [name for each in named for name in ((each,) if isinstance(each, str) else each)]


Side: TypeAlias = int | Coordinates


class DivideLine(Step):
    op: Literal["divide_line"]
    parcel: Name
    line: Coordinates


class DivideRing(Step):
    op: Literal["divide_ring"]
    parcel: Name
    ring: Coordinates


class Leg(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    bearing: Bearing
    distance: Metres


class DivideTraverse(Step):
    op: Literal["divide_traverse"]
    parcel: Name
    start: Coordinates
    legs: tuple[Leg, ...] = Field(min_length=1, max_length=500)


class DivideEqual(Step):
    op: Literal["divide_equal"]
    parcel: Name
    count: int = Field(ge=2, le=MOST_PIECES)
    side: Side | None = None


class CutArea(Step):
    op: Literal["cut_area"]
    parcel: Name
    area: AreaText
    side: Side


class DivideStrip(Step):
    op: Literal["divide_strip"]
    parcel: Name
    line: Coordinates
    width_m: Metres
    align: Literal["centre", "left", "right"] = "centre"


class Merge(Step):
    op: Literal["merge"]
    parcels: tuple[Name, ...] = Field(min_length=2, max_length=MOST_PARCELS)


class MoveMark(Step):
    op: Literal["move_mark"]
    mark: Coordinates
    to: Coordinates


class InsertMark(Step):
    op: Literal["insert_mark"]
    side: Coordinates
    at: Coordinates


class DeleteMark(Step):
    op: Literal["delete_mark"]
    mark: Coordinates


Rings = Annotated[tuple[Coordinates, ...], Field(min_length=1, max_length=MOST_RINGS)]
"""The outer boundary, then its holes."""


def _rings(said: Any) -> Any:
    """One ring may be sent as ``ring``."""
    if isinstance(said, dict) and "ring" in said and "rings" not in said:
        rest = {key: value for key, value in said.items() if key != "ring"}
        return rest | {"rings": [said["ring"]]}
    return said


class Replace(Step):
    op: Literal["replace"]
    parcel: Name
    rings: Rings
    gives: tuple[Name, ...] = Field((), max_length=MOST_PARCELS)


class NewParcel(Step):
    op: Literal["new_parcel"]
    rings: Rings


class Choose(Step):
    """Take a parcel into the transaction without changing its shape."""

    op: Literal["choose"]
    parcel: Name


Operation = Annotated[
    DivideLine
    | DivideRing
    | DivideTraverse
    | DivideEqual
    | CutArea
    | DivideStrip
    | Merge
    | MoveMark
    | InsertMark
    | DeleteMark
    | Annotated[Replace, BeforeValidator(_rings)]
    | Annotated[NewParcel, BeforeValidator(_rings)]
    | Choose,
    Field(discriminator="op"),
]
Operations = Annotated[tuple[Operation, ...], Field(max_length=MOST_STEPS)]

_READER: Final[TypeAdapter[tuple[Step, ...]]] = TypeAdapter(Operations)


def operations_of(said: object) -> tuple[Operation, ...]:
    """Steps from decoded JSON; `OperationUnreadable` names the step and the entry at fault.

    An area or a bearing that cannot be read is refused by its own error.
    """
    try:
        return cast("tuple[Operation, ...]", _READER.validate_python(said))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        path = first["loc"]
        number = path[0] + 1 if path and isinstance(path[0], int) else 1
        raise OperationUnreadable(path=path, number=number, reason=first["msg"]) from None

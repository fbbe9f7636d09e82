"""What the parcel editor sends, read strictly, and what it is told of parcels and transactions."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Annotated, Any, Final, NoReturn, TypeVar

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from cadastre.area import Area
from cadastre.errors import LandError
from cadastre.planar import INTERACTIVE_VERTICES
from offices.models import User
from parcels.editing.choices import Choices
from parcels.editing.operations import Operation, operations_of
from parcels.editing.steps import STEPS_OF_KIND
from parcels.models import ProposedParcel, SpatialSource, Transaction
from parcels.services.edits import SurveyFacts
from parcels.services.transactions import SourceFacts
from parcels.views.editor_errors import (
    BoundsUnusable,
    EditRequestTooLarge,
    EditRequestUnreadable,
)
from web.era import parse_date
from web.formats import format_rai_ngan_wa

LARGEST_BODY: Final = 512_000
WIDEST_VIEW_DEGREES: Final = 0.2
Json = dict[str, Any]
M = TypeVar("M", bound=BaseModel)


class SourceIn(BaseModel):
    """The document that is the reason, as typed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    kind: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,30}$")]
    reference: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    date: Annotated[str, StringConstraints(max_length=60)] = ""

    def facts(self) -> SourceFacts:
        """As the register keeps it; `InvalidInput` names the date."""
        return SourceFacts(kind=self.kind, reference=self.reference, issued_on=self._day())

    def _day(self) -> dt.date | None:
        return _day(self.date, "source")


class SurveyIn(BaseModel):
    """The survey that shows the new boundary, as typed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    reference: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    date: Annotated[str, StringConstraints(max_length=60)] = ""
    survey_class: SpatialSource.SurveyClass = SpatialSource.SurveyClass.UNKNOWN

    def facts(self) -> SurveyFacts:
        """As the register keeps it; `InvalidInput` names the date."""
        return SurveyFacts(
            reference=self.reference,
            surveyed_on=_day(self.date, "survey"),
            survey_class=self.survey_class,
        )


def _day(text: str, part: str) -> dt.date | None:
    if not text:
        return None
    try:
        return parse_date(text)
    except LandError as error:
        raise EditRequestUnreadable(path=(part, "date"), reason=error.render(gettext)) from error


class EditIn(BaseModel):
    """Steps of one kind of transaction. ``transaction`` is the draft that is edited on.

    ``tentative``: the last step is still being drawn, so a refusal is no failure.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    kind: Annotated[str, StringConstraints(max_length=24)]
    operations: list[Any]
    choices: Choices = Choices()
    tentative: bool = False
    transaction: Annotated[str, StringConstraints(pattern=r"^[\w-]{6,32}$")] | None = None

    def steps(self) -> tuple[Operation, ...]:
        """The steps, checked; raises what is wrong with the first that cannot be read."""
        steps = operations_of(self.operations)
        if sum(_vertices(step) for step in steps) > INTERACTIVE_VERTICES:
            raise EditRequestTooLarge(limit=INTERACTIVE_VERTICES)
        return steps


class DraftIn(EditIn):
    """An edit to be kept as a draft, with its source and reason."""

    source: SourceIn
    survey: SurveyIn | None = None
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)] = Field()


def edit_of(request: HttpRequest) -> EditIn:
    """The edit in the body of a request; `EditRequestUnreadable`, `EditRequestTooLarge`."""
    return _read(request, EditIn)


def draft_of(request: HttpRequest) -> DraftIn:
    """The draft in the body of a request; `EditRequestUnreadable`, `EditRequestTooLarge`."""
    return _read(request, DraftIn)


def bounds_of(text: str) -> tuple[float, float, float, float]:
    """West, south, east, north of ``bbox``; `BoundsUnusable` for anything that is no small box."""
    try:
        west, south, east, north = (float(part) for part in text[:120].split(","))
    except ValueError:
        raise BoundsUnusable from None
    within = -180 <= west < east <= 180 and -90 <= south < north <= 90
    if not within or max(east - west, north - south) > WIDEST_VIEW_DEGREES:
        raise BoundsUnusable
    return west, south, east, north


def parcel_json(facts: Json, *, editable: bool, claim: Json | None) -> Json:
    """A parcel as the editor reads it, from what `fabric_around` tells."""
    number, deed = facts["land_number"], facts["deed_number"]
    calculated = Area.measured(facts["calculated_area_m2"])
    return {
        "id": facts["public_id"],
        "geometry": facts["geometry"],
        "zone": facts["zone_srid"],
        "name": _name(number, deed),
        "short": number or deed,
        "numbers": gettext("title no. {number}").format(number=deed) if deed and number else "",
        "legal": area_json(facts["legal_area_m2"], facts["legal_area_text"]),
        "calculated": area_json(f"{calculated.square_metres:.2f}", format_rai_ngan_wa(calculated)),
        "editable": editable,
        "claim": claim,
    }


def _name(number: str, deed: str) -> str:
    if number:
        return gettext("land number {number}").format(number=number)
    return gettext("title no. {number}").format(number=deed) if deed else gettext("no number")


def area_json(square_metres: str | None, text: str) -> Json | None:
    """An area as exact decimal text of m² and as people write it."""
    return None if square_metres is None else {"m2": square_metres, "text": text}


def transaction_json(act: Transaction, reader: User) -> Json:
    """Who works on something, at what, and where to see it."""
    maker = act.maker
    return {
        "id": act.public_id,
        "kind_name": str(act.get_kind_display()),
        "status_name": str(act.get_status_display()),
        "maker": (maker.get_full_name() or maker.username) if maker else "",
        "own": act.maker_id == reader.pk,
        "url": transaction_address(act.public_id),
    }


def transaction_address(public_id: str) -> str:
    """The page of a transaction."""
    return reverse("transaction-detail", args=[public_id])


def pending_json(proposed: Iterable[ProposedParcel], reader: User) -> list[Json]:
    """Open transactions with the ground they claim, or that of their new parcels."""
    acts: dict[int, Json] = {}
    for each in proposed:
        shape = each.parcel.geometry if each.claims and each.parcel else each.geometry
        facts = acts.setdefault(
            each.transaction_id, transaction_json(each.transaction, reader) | {"geometries": []}
        )
        if shape is not None:
            facts["geometries"].append(json.loads(shape.json))
    return list(acts.values())


def editable_kinds() -> list[str]:
    """The kinds of transaction that are drawn, as the editor offers them."""
    return [str(kind) for kind in STEPS_OF_KIND]


def deed_area(area: Area) -> str:
    """An area in rai-ngan-square wa as deeds write it, to 0.1 square wa: ``0-1-71.5``."""
    return str(area.rounded().to_rai())


def _vertices(step: Operation) -> int:
    places = step.places()
    return sum(len(each.points) or each.text.count("\n") + 1 for each in places)


def _read(request: HttpRequest, model: type[M]) -> M:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
        raise EditRequestTooLarge(limit=INTERACTIVE_VERTICES)
    try:
        said = json.loads(request.body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise EditRequestUnreadable(path=(), reason=gettext("It is not JSON.")) from None
    try:
        found = model.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise EditRequestUnreadable(path=first["loc"], reason=first["msg"]) from None
    _require_kind(found)
    return found


def _require_kind(edit: BaseModel) -> None:
    if getattr(edit, "kind", "") not in STEPS_OF_KIND:
        raise EditRequestUnreadable(path=("kind",), reason=gettext("There is no such kind."))


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)

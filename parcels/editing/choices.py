"""What an officer decides about the pieces of an edit, besides where their boundaries run."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from parcels.editing.operations import AreaText
from parcels.models import LandUse, TitleType

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Index = Annotated[int, Field(ge=0, le=10_000)]


class Facts(BaseModel):
    """What is known of one resulting parcel; what is left out stays as it was.

    A number is written by hand only where data are repaired; all others are drawn.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    house_number: Short | None = None
    street_th: Long | None = None
    street_en: Long | None = None
    land_use: LandUse | None = None
    land_number: Short | None = None
    tax_parcel_code: Short | None = None


class Holder(BaseModel):
    """Who gets a new title, and which share of it. ``party`` is the key of a registered party."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    party: int
    share_numerator: int = Field(1, ge=1)
    share_denominator: int = Field(1, ge=1, le=1_000_000)


class NewTitle(BaseModel):
    """The title issued for land that had none, and where it is filed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title_type: TitleType = TitleType.CHANOTE
    sub_district: Annotated[str, StringConstraints(pattern=r"^\d{6}$")] | None = None
    map_sheet: int | None = None
    local_authority: Annotated[str, StringConstraints(max_length=20)] | None = None
    tax_block: Annotated[str, StringConstraints(pattern=r"^\d{2}[A-Z]$")] | None = None
    holders: tuple[Holder, ...] = ()


class Choices(BaseModel):
    """Decisions by the index of a resulting parcel in the preview.

    ``keeps_number``  the piece that goes on with title, land number and tax code
    ``public``        pieces that become public land
    ``areas``         legal areas stated, as ``0-1-20.5`` or in m²
    ``consent``       how the neighbours who give or get ground agreed
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    keeps_number: Index | None = None
    public: tuple[Index, ...] = ()
    areas: dict[Index, AreaText] = {}
    facts: dict[Index, Facts] = {}
    consent: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    title: NewTitle | None = None

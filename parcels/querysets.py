"""The questions people ask about parcels, in the words of a land office.

Every one of them is answered from an index; tests/parcels/test_search_plans.py holds them to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Self

from django.contrib.gis.geos import Point
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from cadastre.moment import Moment

# What a street's name begins with on a sign, and what people leave out when they type it.
STREET_WORDS = ("ถนน", "ซอย", "ซอยหมู่บ้าน", "ซอยบ้าน", "ตรอก")
STREET_WORDS_EN = ("", "SOI ", "SOI BAN ")


class ParcelQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Predicates on parcels, or on their former states; they combine."""

    def in_force(self, on: date) -> Self:
        """Parcels that exist in law on that day."""
        return self.filter(valid_during__contains=on)

    def as_of(self, moment: Moment) -> Self:
        """States in force on a day, as the register had them at an instant (or has them now)."""
        found = self.in_force(moment.on)
        if moment.known is None:
            return found.filter(recorded_during__upper_inf=True)
        return found.filter(recorded_during__contains=moment.known)

    def named(self, public_id: str) -> Self:
        """The parcel of this public id, or its states."""
        of_parcel = "" if hasattr(self.model, "public_id") else "parcel__"
        return self.filter(**{f"{of_parcel}public_id": public_id})

    def at(self, lon: float, lat: float) -> Self:
        """Parcels under a point of WGS 84; on a common boundary, both neighbours."""
        return self.filter(geometry__intersects=Point(lon, lat, srid=4326))

    def by_deed(self, deed_number: str, districts: Collection[str] | None = None) -> Self:
        """Parcels of the title with this number, in these districts (codes) or in any."""
        found = self.filter(ba_unit__deed_number=deed_number)
        return found if districts is None else found.filter(ba_unit__district__in=districts)

    def by_land_number(self, sheet_names: Iterable[str], land_number: str) -> Self:
        """Parcels with this land number on a map sheet that goes by one of these names."""
        return self.filter(map_sheet__name__in=list(sheet_names), land_number=land_number)

    def by_tax_code(self, code: str, local_authority: str = "") -> Self:
        """Parcels with this code on the tax map, of one local authority (its code) or of any."""
        found = self.filter(tax_parcel_code=code)
        return found.filter(local_authority__code=local_authority) if local_authority else found

    def by_address(self, *, house_number: str = "", street: str = "", exact: bool = False) -> Self:
        """Parcels at a house number, on streets whose name begins with ``street``, or both.

        The word for street or lane may be left out; English names are found in any case.
        ``exact`` wants the whole name of the street.
        """
        found = self
        if house_number:
            found = found.filter(house_number=house_number)
        if not street:
            return found
        if street.isascii():
            names = [word + street.upper() for word in STREET_WORDS_EN]
            found = found.alias(street_upper=Upper("street_en"))
            field = "street_upper"
            if exact:
                names += [f"{street.upper()} ROAD"]
        else:
            named = street.startswith(STREET_WORDS)
            names = [street, *([] if named else [word + street for word in STREET_WORDS])]
            field = "street_th"
        if exact:
            return found.filter(**{f"{field}__in": names})
        return found.filter(Q(*((f"{field}__startswith", n) for n in names), _connector=Q.OR))

    def overlapping(self, parcel: models.Model) -> Self:
        """Other parcels that share ground, not only boundary, with ``parcel``."""
        shape = parcel.geometry  # type: ignore[attr-defined]
        return self.filter(
            # relate alone reads every row; intersects brings in the spatial index.
            geometry__intersects=shape,
            geometry__relate=(shape, "T********"),
        ).exclude(pk=parcel.pk)

    def with_facts(self) -> Self:
        """With all that a public description of a parcel reads, in one query."""
        facts = self.select_related(
            "office", "local_authority", "map_sheet", "ba_unit__district__parent",
            "sub_district__parent__parent",
        )  # fmt: skip
        return facts.defer("geometry_3857") if hasattr(self.model, "geometry_3857") else facts

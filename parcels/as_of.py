"""Parcels as they were: every question of the register, asked of a moment of the past.

A parcel's state at a moment is its own row or one of its history, whichever holds on both time
lines; docs/algorithms/history.md tells why there is never more than one. A former state is handed
on as a parcel, so that whatever describes parcels describes the past as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeAlias

from django.contrib.gis.db.models import PointField
from django.db.models import F, FloatField, ForeignKey, Func

from cadastre.moment import Moment
from parcels.models import Parcel, ParcelVersion
from parcels.models.spatial import ParcelState
from parcels.querysets import ParcelQuerySet

Question: TypeAlias = Callable[[ParcelQuerySet], ParcelQuerySet]


def parcels_at(when: date | Moment, question: Question, most: int) -> list[Parcel]:
    """At most ``most`` parcels that answer ``question``, as they were at a moment.

    A date asks for the parcels in force then as they are known now and have not changed since;
    a `Moment` asks both time lines. Parcels of the past are not rows: they cannot be saved.
    """
    if not isinstance(when, Moment):
        return list(question(Parcel.objects.in_force(when).with_facts())[:most])
    present = question(Parcel.objects.as_of(when).with_facts())[:most]
    former = question(former_states().as_of(when))[:most]
    found = [*present, *(parcel_as_it_was(state) for state in former)]
    return sorted(found, key=lambda parcel: parcel.pk)[:most]


def former_states() -> ParcelQuerySet:
    """The history of parcels, with all that a description reads."""
    return (
        ParcelQuerySet(ParcelVersion)
        .with_facts()
        .select_related("parcel")
        .defer("parcel__geometry", "parcel__geometry_3857")
        .annotate(
            calculated_area_m2=Func(
                Func(F("geometry"), F("zone_srid"), function="ST_Transform"),
                function="ST_Area", output_field=FloatField(),
            ),
            label_point=Func(
                F("geometry"), function="ST_PointOnSurface", output_field=PointField(srid=4326)
            ),
        )
    )  # fmt: skip


def parcel_as_it_was(state: ParcelVersion) -> Parcel:
    """A former state in the form of the parcel that it was."""
    parcel = Parcel(pk=state.parcel_id, public_id=state.parcel.public_id)
    for field in ParcelState._meta.fields:
        if isinstance(field, ForeignKey) and field.is_cached(state):
            setattr(parcel, field.name, getattr(state, field.name))
        else:
            setattr(parcel, field.attname, getattr(state, field.attname))
    parcel.calculated_area_m2 = state.calculated_area_m2  # type: ignore[attr-defined]
    parcel.label_point = state.label_point  # type: ignore[attr-defined]
    parcel.is_former = True  # type: ignore[attr-defined]
    return parcel


def is_former(parcel: Parcel) -> bool:
    """Whether this is a state that the register has changed or ended since."""
    return getattr(parcel, "is_former", False)


def changed_since(parcels: Iterable[Parcel], today: date) -> dict[int, str | None]:
    """Of parcels told as of a moment: by key, the public id of those that differ today.

    None where the parcel is in force no more; what has not changed is not in the answer.
    """
    former = [parcel.pk for parcel in parcels if is_former(parcel) or parcel.has_ended(today)]
    here = dict(Parcel.objects.in_force(today).filter(pk__in=former).values_list("pk", "public_id"))
    return {pk: here.get(pk) for pk in former}

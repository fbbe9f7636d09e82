"""What a change of the fabric means, in plain sentences; never who holds a title."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from parcels.models import LandUse, Parcel, ProposedParcel, Transaction
from web.formats import format_rai_ngan_wa, format_square_metres

Kind = Transaction.Kind
Role = ProposedParcel.Role

_FIELDS: Final = {
    "house_number": gettext_lazy("House number"),
    "street_th": gettext_lazy("Street (Thai)"),
    "street_en": gettext_lazy("Street (English)"),
    "land_use": gettext_lazy("Land use"),
    "land_number": gettext_lazy("Land number"),
    "tax_parcel_code": gettext_lazy("Tax parcel code"),
}


def shape_summary(act: Transaction) -> list[str]:
    """What the transaction will change, or changed, sentence by sentence."""
    proposed = list(act.proposed.select_related("parcel__ba_unit").order_by("position"))
    parents = [each.parcel for each in proposed if each.role == Role.RETIRED and each.parcel]
    pieces = [each for each in proposed if each.role == Role.PIECE]
    changed = [each for each in proposed if each.role == Role.CHANGED]
    said = [*_parents(act, parents, len(pieces)), *_pieces(act, pieces)]
    for each in changed:
        said += _change(act, each)
    if parents:
        said.append(_areas(parents, pieces))
    if act.kind == Kind.DATA_REPAIR:
        said.append(_("This repairs the record: what is written now was so all along."))
    if consent := act.content.get("choices", {}).get("consent"):
        said.append(_("Consent of those concerned: %(consent)s") % {"consent": consent})
    said += _neighbours([each for each in proposed if each.role == Role.NEIGHBOUR])
    return said


def _parents(act: Transaction, parents: Sequence[Parcel], count: int) -> Iterable[str]:
    if act.kind == Kind.MERGE:
        yield _("Parcels %(parcels)s become one.") % {"parcels": _together(parents)}
        yield _("Their titles end; a new title with the same rights takes their place.")
        return
    for parcel in parents:
        yield ngettext(
            "%(parcel)s is divided into %(count)d parcel.",
            "%(parcel)s is divided into %(count)d parcels.",
            count,
        ) % {"parcel": named(parcel), "count": count}


def _pieces(act: Transaction, pieces: Sequence[ProposedParcel]) -> Iterable[str]:
    for number, each in enumerate(pieces, start=1):
        facts = {
            "number": number,
            "area": _area(each.legal_area_m2),
            "becomes": _becomes(act, each),
        }
        yield _("Piece %(number)d, %(area)s: %(becomes)s.") % facts


def _becomes(act: Transaction, piece: ProposedParcel) -> str:
    if piece.becomes_public:
        return _("becomes public land without a title")
    if piece.keeps_number:
        return _("keeps the title, the land number and the tax parcel code")
    if piece.parcel is not None:
        return _("is %(parcel)s") % {"parcel": named(piece.parcel)}
    if act.kind == Kind.MERGE:
        return _("gets the next numbers, and the lowest tax parcel code of those before")
    return _("gets the next deed number, land number, survey page and tax parcel code")


def _change(act: Transaction, each: ProposedParcel) -> Iterable[str]:
    parcel = each.parcel
    assert parcel is not None
    # After registration the parcel is as proposed; its state before is in its history.
    before = parcel.versions.filter(recorded_during__endswith=parcel.recorded_during.lower).first()
    old = before if act.status == Transaction.Status.REGISTERED and before else parcel
    name = named(parcel)
    if each.geometry is not None and each.geometry.wkb != old.geometry.wkb:
        yield _("%(parcel)s gets another boundary.") % {"parcel": name}
    if each.legal_area_m2 == old.legal_area_m2:
        yield _("The legal area of %(parcel)s stays %(area)s.") % {
            "parcel": name, "area": _area(each.legal_area_m2),
        }  # fmt: skip
    else:
        yield _("The legal area of %(parcel)s changes from %(before)s to %(after)s.") % {
            "parcel": name,
            "before": _area(old.legal_area_m2),
            "after": _area(each.legal_area_m2),
        }
    for field, value in each.facts.items():
        yield _("%(field)s of %(parcel)s: “%(before)s” becomes “%(after)s”.") % {
            "field": _FIELDS[field],
            "parcel": name,
            "before": _value(field, getattr(old, field)),
            "after": _value(field, value),
        }


def _value(field: str, value: str) -> str:
    return str(LandUse(value).label) if field == "land_use" else value


def _areas(parents: Sequence[Parcel], pieces: Sequence[ProposedParcel]) -> str:
    before, after = (
        None if None in areas else sum((area for area in areas if area is not None), Decimal(0))
        for areas in (
            [parcel.legal_area_m2 for parcel in parents],
            [each.legal_area_m2 for each in pieces],
        )
    )
    if before is None or after is None:
        return _("There is no legal area for all of them, so it cannot be compared.")
    if before == after:
        return _("The legal area in all stays %(area)s (%(metres)s).") % {
            "area": format_rai_ngan_wa(before),
            "metres": format_square_metres(before),
        }
    return _("The legal area in all changes from %(before)s to %(after)s.") % {
        "before": format_rai_ngan_wa(before),
        "after": format_rai_ngan_wa(after),
    }


def _neighbours(neighbours: Sequence[ProposedParcel]) -> Iterable[str]:
    if neighbours:
        parcels = [each.parcel for each in neighbours if each.parcel]
        yield _(
            "Neighbours that get a mark on the common boundary, and change in nothing else: "
            "%(parcels)s."
        ) % {"parcels": _together(parcels)}


def named(parcel: Parcel) -> str:
    """A parcel as people call it: by its land number and, where there is one, its deed."""
    if parcel.ba_unit and parcel.ba_unit.deed_number:
        return _("land number %(land)s (deed %(deed)s)") % {
            "land": parcel.land_number or "–",
            "deed": parcel.ba_unit.deed_number,
        }
    return _("land number %(land)s") % {"land": parcel.land_number or "–"}


def _together(parcels: Iterable[Parcel]) -> str:
    nameless = _("land without a number")
    return ", ".join(dict.fromkeys(parcel.land_number or nameless for parcel in parcels))


def _area(area: Decimal | None) -> str:
    return _("legal area unknown") if area is None else format_rai_ngan_wa(area)

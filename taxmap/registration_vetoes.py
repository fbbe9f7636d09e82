"""What unpaid tax has against a transfer (ss. 59-60): asked by the land office's transactions.

It is a query, not a mark: a payment releases the parcel at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from cadastre.errors import LandError, gettext_noop
from parcels.models import Parcel, Transaction
from parcels.registration.vetoes import veto
from parcels.services.lineage import ancestors
from taxmap.services.arrears import held_units

Kind = Transaction.Kind


class LocalAuthorityHasToBeAsked(LandError):
    """No amount, no year, no status: what is owed is between the owner and the authority."""

    code = "local_authority_to_be_asked"
    message = gettext_noop(
        "Before {parcel} can pass to somebody else, the local authority has something to settle "
        "with its owner. Ask the owner to contact {authority}; afterwards this goes on at once."
    )


@veto(Kind.TRANSFER, Kind.TRANSFER_SHARE, Kind.INHERITANCE)
def tax_in_arrears(act: Transaction) -> Iterator[LandError]:
    """The parcels of its titles that a local authority reported and that are not paid yet.

    The hold goes along the lineage: a piece is held by any plot that it came of. Buildings of
    somebody else on a parcel do not hold the ground; a condominium unit holds itself.
    """
    titles = act.titles.values("ba_unit")
    parcels = {each.pk: each for each in Parcel.objects.filter(ba_unit__in=titles).order_by("pk")}
    lines = ancestors(parcels)
    plots = set(parcels).union(*lines.values())
    of_land = Q(parcel__in=plots, owner=None, condominium_unit=None)
    held = held_units().filter(of_land | Q(condominium_unit__ba_unit__in=titles))
    for unit in held.order_by("pk"):
        pieces = [each for pk, each in parcels.items() if unit.parcel_id in lines.get(pk, ())]
        parcel = pieces[-1] if pieces else unit.parcel
        yield LocalAuthorityHasToBeAsked(parcel=str(parcel), authority=unit.local_authority)

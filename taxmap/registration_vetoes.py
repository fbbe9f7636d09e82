"""What unpaid tax has against a transfer (ss. 59-60): asked by the land office's transactions.

It is a query, not a mark: a payment releases the parcel at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from cadastre.errors import LandError, gettext_noop
from parcels.models import Transaction
from parcels.registration.vetoes import veto
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

    Buildings of somebody else on a parcel do not hold the ground; a condominium unit holds itself.
    """
    titles = act.titles.values("ba_unit")
    of_land = Q(parcel__ba_unit__in=titles, owner=None, condominium_unit=None)
    held = held_units().filter(of_land | Q(condominium_unit__ba_unit__in=titles))
    for unit in held.order_by("pk"):
        yield LocalAuthorityHasToBeAsked(parcel=str(unit.parcel), authority=unit.local_authority)

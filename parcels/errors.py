"""What the register refuses to tell, and why."""

from __future__ import annotations

from cadastre.errors import InvalidInput, LandError, gettext_noop


class NoParcelHere(LandError):
    code = "no_parcel_here"
    message = gettext_noop(
        "There is no registered parcel at latitude {lat}, longitude {lon}. It may be a road or "
        "water without a title, or land outside the area that this service covers."
    )


class ParcelUnknown(LandError):
    code = "parcel_unknown"
    message = gettext_noop(
        "There is no parcel at this address. Check that the whole address was copied, or look for "
        "the parcel on the map."
    )


class ParcelEnded(LandError):
    code = "parcel_ended"
    message = gettext_noop(
        "This parcel ended: it was divided, merged or replaced. “successors” names what lies there "
        "today; with “on” it is told as it was on an earlier day."
    )


class ParcelNotThen(LandError):
    code = "parcel_not_then"
    message = gettext_noop(
        "The register has no parcel at this address for the moment asked, {on}. Ask for a later "
        "day, or look for the parcel on the map of that day."
    )


class TooManyLookups(LandError):
    code = "too_many_lookups"
    message = gettext_noop(
        "You have looked up many parcels in a short time. So that nobody copies the register, "
        "please wait {retry_after_seconds} seconds and try again."
    )


class PersonalNumberNotSearched(LandError):
    # The number itself is nowhere in the error: errors reach logs.
    code = "personal_number_not_searched"
    message = gettext_noop(
        "This looks like a personal identification number. Parcels are not found by person here, "
        "and the number was not kept. Search by deed number, map sheet, address or position."
    )


class ParameterUnusable(InvalidInput):
    code = "parameter_unusable"
    message = gettext_noop("“{field}” cannot be used here.")


class ParameterRepeated(InvalidInput):
    code = "parameter_repeated"
    message = gettext_noop("“{field}” is given more than once.")


class ParameterMissing(InvalidInput):
    code = "parameter_missing"
    message = gettext_noop(
        "Say what to look for: deed_number (with province and district), map_sheet and "
        "land_number, tax_parcel_code (with local_authority), or q."
    )


class RegisterBusy(LandError):
    code = "register_busy"
    message = gettext_noop(
        "Somebody else is changing the same parcels right now. Nothing was changed; please try "
        "again in a moment."
    )


class ParcelClaimed(LandError):
    code = "parcel_claimed"
    message = gettext_noop(
        "This parcel is in another open transaction: {kind}, prepared by {maker}. Look at that "
        "transaction first, or ask for it to be registered or withdrawn."
    )


class TitleClaimed(LandError):
    code = "title_claimed"
    message = gettext_noop(
        "This title is in another open transaction: {kind}, prepared by {maker}. Look at that "
        "transaction first, or ask for it to be registered or withdrawn."
    )


class ParcelChangedMeanwhile(LandError):
    code = "parcel_changed_meanwhile"
    message = gettext_noop(
        "The register has changed since this was drawn: parcel {parcels}. Nothing was overwritten. "
        "Open the transaction in the editor, look at what is new and draw it again."
    )


class TransactionChanged(LandError):
    code = "transaction_changed"
    message = gettext_noop(
        "The transaction is no longer what the page showed you. Nothing was decided. Reload the "
        "page, check what is there now and decide again."
    )


class TransactionNotYours(LandError):
    code = "transaction_not_yours"
    message = gettext_noop(
        "Two people are needed for every change: whoever prepares a transaction cannot check it, "
        "and nobody else rewrites it."
    )


class TransactionStatusWrong(LandError):
    code = "transaction_status_wrong"
    message = gettext_noop(
        "This is not possible any more: the transaction is {status}. Reload the page to see it as "
        "it is now."
    )


class EffectiveDayImpossible(LandError):
    code = "effective_day_impossible"
    message = gettext_noop(
        "The change cannot take effect on {day}: that day is in the future, or before the parcels "
        "came to be as they are. Give another day or leave it to the day of registration."
    )

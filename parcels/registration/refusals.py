"""What keeps a title from being transferred, mortgaged, changed or cancelled, and what to do."""

from __future__ import annotations

from cadastre.errors import LandError, gettext_noop


class OneTitleNeeded(LandError):
    code = "one_title_needed"
    message = gettext_noop(
        "This kind of transaction is about exactly one title, and {count} are named. Make a "
        "transaction for each title."
    )


class TitleNotInForce(LandError):
    code = "title_not_in_force"
    message = gettext_noop(
        "{title} is not in force on the day of this transaction. Look at its history and take the "
        "title that replaced it."
    )


class TitleWithoutRights(LandError):
    code = "title_without_rights"
    message = gettext_noop(
        "Nobody holds a right in {title}, so nothing can be done with such a right. Register who "
        "holds it first."
    )


class TitleRestricted(LandError):
    code = "title_restricted"
    message = gettext_noop(
        "{title} is under a restriction: {restriction} (“{text}”). This transaction is not "
        "possible until it is lifted."
    )


class EntryNotInForce(LandError):
    code = "entry_not_in_force"
    message = gettext_noop(
        "The restriction or responsibility that is to end does not stand against {title} on that "
        "day. Look at the title and choose one that is in force."
    )


class SharesNotOne(LandError):
    code = "shares_not_one"
    message = gettext_noop(
        "The shares add up to {total} and not to one. Correct them so that they add up to exactly "
        "one."
    )


class ShareTooFine(LandError):
    code = "share_too_fine"
    message = gettext_noop(
        "A share would become {share}, finer than the register can write. Choose simpler shares."
    )


class HolderNamedTwice(LandError):
    code = "holder_named_twice"
    message = gettext_noop(
        "One and the same holder is named twice. Name each holder once, with the whole share."
    )


class GiverHoldsNothing(LandError):
    code = "giver_holds_nothing"
    message = gettext_noop(
        "Whoever gives the share holds no right in {title}. Choose one of the holders in force."
    )


class ShareExceedsHolding(LandError):
    code = "share_exceeds_holding"
    message = gettext_noop(
        "A share of {share} cannot be transferred: the giver holds only {held}. Enter a smaller "
        "share."
    )


class PartyUnknown(LandError):
    code = "party_unknown"
    message = gettext_noop(
        "A holder chosen here is not in the register. Choose the holder again or enter the name."
    )


class NameAlreadySo(LandError):
    code = "name_already_so"
    message = gettext_noop(
        "The holder already has this name in the register. Enter the name as it is to be."
    )


class MortgageRankTaken(LandError):
    code = "mortgage_rank_taken"
    message = gettext_noop(
        "Rank {rank} is not the next free rank of mortgages on {title}: that is {free}. Open the "
        "transaction again and save it with the new rank."
    )


class MortgageNotInForce(LandError):
    code = "mortgage_not_in_force"
    message = gettext_noop(
        "This mortgage is not in force on {title}. Look at the title: it may be released already."
    )


class TitleStillMortgaged(LandError):
    code = "title_still_mortgaged"
    message = gettext_noop(
        "{title} is still mortgaged (rank {rank}). Register the release of the mortgage first."
    )


class TitleAlreadyDeed(LandError):
    code = "title_already_deed"
    message = gettext_noop(
        "{title} cannot be changed to a title deed: only certificates of utilisation can."
    )


class TitleWithoutDistrict(LandError):
    code = "title_without_district"
    message = gettext_noop(
        "{title} belongs to no district, and deed numbers are given by district. Have its district "
        "recorded as a data repair first."
    )


class TitleParcelsMissing(LandError):
    code = "title_parcels_missing"
    message = gettext_noop(
        "Not all parcels of {title} are in this transaction. Make it again from the page of the "
        "title."
    )

"""Why parcels cannot be divided, merged or corrected as proposed, and what to do."""

from __future__ import annotations

from cadastre.errors import LandError, gettext_noop


class DivisionOfOneParcel(LandError):
    code = "division_of_one_parcel"
    message = gettext_noop(
        "A division is of one registered parcel, and {count} are divided here. Merge them first, "
        "or make a transaction for each."
    )


class DivisionWithoutPieces(LandError):
    code = "division_without_pieces"
    message = gettext_noop("A division leaves at least two pieces; this leaves {count}. Draw on.")


class KeeperMissing(LandError):
    code = "keeper_missing"
    message = gettext_noop(
        "Choose the one piece that keeps the title and the numbers. It cannot become public land."
    )


class PublicPieceMissing(LandError):
    code = "public_piece_missing"
    message = gettext_noop("Choose which piece becomes public land.")


class MergerOfSeveralParcels(LandError):
    code = "merger_of_several_parcels"
    message = gettext_noop(
        "A merger makes one parcel of two or more; here {count} parcels become {pieces}. "
        "Choose parcels that lie side by side."
    )


class OfficesDiffer(LandError):
    code = "offices_differ"
    message = gettext_noop(
        "Parcels {one} and {other} belong to different offices or local authorities and cannot "
        "be merged."
    )


class SheetsDiffer(LandError):
    code = "sheets_differ"
    message = gettext_noop(
        "Parcels {one} and {other} lie on different map sheets, so their land numbers cannot "
        "become one. Have one of them transferred to the other sheet first."
    )


class SubDistrictsDiffer(LandError):
    code = "sub_districts_differ"
    message = gettext_noop(
        "Parcels {one} and {other} lie in different sub-districts and cannot be merged."
    )


class TitlesDiffer(LandError):
    code = "titles_differ"
    message = gettext_noop(
        "Parcels {one} and {other} have titles of different kinds or districts. Change the lesser "
        "title first, then merge."
    )


class OwnersDiffer(LandError):
    code = "owners_differ"
    message = gettext_noop(
        "Parcels {one} and {other} are not held by the same people in the same shares. Register "
        "the transfer first, then merge."
    )


class MortgagesDiffer(LandError):
    code = "mortgages_differ"
    message = gettext_noop(
        "Parcels {one} and {other} do not stand under the same mortgages. Register releases or an "
        "extension of the mortgage to both first, then merge."
    )


class TitleHoldsMore(LandError):
    code = "title_holds_more"
    message = gettext_noop(
        "{title} holds another parcel that is not merged, and would end. Merge all its parcels, or "
        "divide the title first."
    )


class TitleEnded(LandError):
    code = "title_ended"
    message = gettext_noop("{title} has ended. Look at its history; the drawing is out of date.")


class DistrictUnknown(LandError):
    code = "district_unknown"
    message = gettext_noop(
        "{title} belongs to no district, so no new deed number can be given. Have its district "
        "recorded first."
    )


class PlaceUnknown(LandError):
    code = "place_unknown"
    message = gettext_noop(
        "For “{name}” the sub-district, map sheet or local authority is missing or unknown. "
        "Choose it from the list."
    )


class NewSharesNotOne(LandError):
    code = "new_shares_not_one"
    message = gettext_noop("The shares of the new title make {total}, and they must make one.")


class HolderUnknown(LandError):
    code = "holder_unknown"
    message = gettext_noop("A holder of the new title is not in the register. Choose again.")


class ParcelOfOtherOffice(LandError):
    code = "parcel_of_other_office"
    message = gettext_noop(
        "Parcel {name} belongs to another office, which alone can change its boundary. Ask that "
        "office."
    )


class ConsentMissing(LandError):
    code = "consent_missing"
    message = gettext_noop(
        "The ground of several parcels changes ({parcels}). Write down how their holders agreed, "
        "with the document."
    )


class AreaAlreadySo(LandError):
    code = "area_already_so"
    message = gettext_noop("The legal area of parcel {name} is already this. State the right one.")

"""What the tax map refuses, with the reason."""

from __future__ import annotations

from cadastre.errors import LandError, gettext_noop


class RollDoesNotBalance(LandError):
    code = "roll_does_not_balance"
    message = gettext_noop(
        "The roll of {year} was stopped: its lines add up to {lines} satang, the stored tax to "
        "{stored}. Nothing of this batch was kept. Tell your administrator."
    )


class PaymentOfNothing(LandError):
    code = "payment_of_nothing"
    message = gettext_noop("A payment of zero cannot be recorded. Enter the amount received.")


class SheetDoesNotAgree(LandError):
    code = "sheet_does_not_agree"
    message = gettext_noop(
        "The calculation of assessment {assessment} now gives {now} satang, {stored} were "
        "assessed. The law of that year was changed in this service after the roll. Tell your "
        "administrator."
    )


class RollOutOfTurn(LandError):
    code = "roll_out_of_turn"
    message = gettext_noop(
        "The roll of {year} is at the step “{stage}”, so this step is not its turn. Open the year "
        "and take the steps in their order."
    )


class RollIsEmpty(LandError):
    code = "roll_is_empty"
    message = gettext_noop("The roll of {year} has no bills. Assess it first.")


class NoLocalAuthority(LandError):
    code = "no_local_authority"
    message = gettext_noop(
        "There is no local authority called {code}. Give one of these codes: {known}."
    )


class MapTooLarge(LandError):
    code = "map_too_large"
    message = gettext_noop(
        "This map would show {count} plots; one file holds at most {most}. "
        "Choose a zone or a block."
    )


class NothingToDraw(LandError):
    code = "nothing_to_draw"
    message = gettext_noop(
        "There are no plots in zone {zone}, block {block}. Choose another zone or block."
    )


class TooManySheets(LandError):
    code = "too_many_sheets"
    message = gettext_noop(
        "At 1:{scale} this map needs {sheets} sheets; at most {most} are made at once. Choose a "
        "smaller scale, larger paper, or one block."
    )


class SymbolsUnusable(LandError):
    code = "symbols_unusable"
    message = gettext_noop(
        "The signs of the tax-map sheets cannot be used: {place} must be {expected}. Correct the "
        "file named in CHANOT_TAX_MAP_SYMBOLS, or take the setting away."
    )


class NoSheetsHere(LandError):
    code = "no_sheets_here"
    message = gettext_noop(
        "The sheets of the Thai division lie in UTM zones 47 and 48 only; this authority is "
        "measured in EPSG:{srid}. Print the collection map instead."
    )


class EmptySheet(LandError):
    code = "empty_sheet"
    message = gettext_noop(
        "No plot with a tax parcel code lies on the sheet {sheet}. Choose a sheet from the list."
    )


class TooManyUnits(LandError):
    code = "too_many_units"
    message = gettext_noop(
        "{count} units fit this choice; one book holds at most {most}. Choose a zone or block, a "
        "higher amount, or a narrower state."
    )


class NothingToCollect(LandError):
    code = "nothing_to_collect"
    message = gettext_noop(
        "No unit fits this choice. Choose another state, a lower amount or a larger area."
    )


class VisitOutsideRound(LandError):
    code = "visit_outside_round"
    message = gettext_noop(
        "Round {round} has no stop {stop}. The visit belongs to another round, or the book was "
        "made anew since."
    )


class VisitIncomplete(LandError):
    code = "visit_incomplete"
    message = gettext_noop(
        "The visit of stop {stop} lacks {missing}: a promise names its day, and other outcomes "
        "are described in the note."
    )


class VisitTooOld(LandError):
    code = "visit_too_old"
    message = gettext_noop(
        "The visit of stop {stop} is dated more than {days} days back. Check the clock of the "
        "phone, and record the visit again."
    )


class VisitKeyUsed(LandError):
    code = "visit_key_used"
    message = gettext_noop(
        "The key {key} belongs to another visit. Open the page again and record this visit anew."
    )


class VisitUnreadable(LandError):
    code = "visit_unreadable"
    message = gettext_noop("The visit cannot be read: {field} is missing or wrong.")


class VisitFileUnreadable(LandError):
    code = "visit_file_unreadable"
    message = gettext_noop(
        "This is not a file of visits of this round ({expected} is expected). Save the visits in "
        "the offline file again and send that file on the page of its round."
    )

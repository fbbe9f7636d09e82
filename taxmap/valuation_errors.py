"""What the valuation refuses: price files, dated facts, the year, objections, signboards."""

from __future__ import annotations

from cadastre.errors import LandError, gettext_noop


class PriceFileUnreadable(LandError):
    code = "price_file_unreadable"
    message = gettext_noop(
        "This is not a price list that is known here: its first line reads “{found}”. Send a CSV "
        "file in UTF-8 or TIS-620 whose first line names the columns of the Treasury Department, "
        "such as UTMMAP1, UTMMAP2, UTMMAP3, UTMMAP4, UTMSCALE, LAND_NO, EVAPRICE."
    )


class UsesNotWhole(LandError):
    code = "uses_not_whole"
    message = gettext_noop(
        "The uses add up to {total} percent. They must add up to 100: change one of the shares, "
        "or enter the areas and leave the percent empty."
    )


class BuildingEnded(LandError):
    code = "building_ended"
    message = gettext_noop(
        "Building {building} has already ended on {day}. What was recorded then stays; record "
        "another building if one stands there now."
    )


class BuildingEndsBeforeItBegins(LandError):
    code = "building_ends_before_it_begins"
    message = gettext_noop(
        "Building {building} is recorded since {began}; it cannot end on {day}. Enter a later day, "
        "or correct the building if it was recorded by mistake."
    )


class CalendarOutOfOrder(LandError):
    code = "calendar_out_of_order"
    message = gettext_noop(
        "“{later}” ({later_day}) comes before “{earlier}” ({earlier_day}). The steps of a tax year "
        "follow each other: correct one of the two days."
    )


class YearNotDraft(LandError):
    code = "year_not_draft"
    message = gettext_noop(
        "The roll of {year} has left the draft, so its calendar and list stay as announced. "
        "Corrections of single bills go through notes."
    )


class YearNotReady(LandError):
    code = "year_not_ready"
    message = gettext_noop(
        "The list of {year} cannot be announced yet: {what}. Finish that step on the page of the "
        "year first."
    )


class ObjectionTwice(LandError):
    code = "objection_twice"
    message = gettext_noop(
        "There is already an open objection to this assessment. Add the new document to it."
    )


class ObjectionNotOpen(LandError):
    code = "objection_not_open"
    message = gettext_noop(
        "This step does not fit: the case is “{state}”. Open it again to see how far it is."
    )


class ObjectionBySamePerson(LandError):
    code = "objection_by_same_person"
    message = gettext_noop(
        "You examined this case, so somebody else decides it. Ask a colleague who may decide."
    )


class AppealTooEarly(LandError):
    code = "appeal_too_early"
    message = gettext_noop(
        "An appeal follows a decided objection of which the owner was told. Record the decision "
        "and the day on which the owner received it first."
    )


class NoteBySamePerson(LandError):
    code = "note_by_same_person"
    message = gettext_noop(
        "You prepared this note, so somebody else decides it. Ask a colleague who may decide."
    )


class NoteDecided(LandError):
    code = "note_decided"
    message = gettext_noop(
        "This note was decided on {day} and stays as it is. Prepare another one if the bill is "
        "still wrong."
    )


class NoteExceedsTax(LandError):
    code = "note_exceeds_tax"
    message = gettext_noop(
        "A credit of {amount} baht is more than the tax of {tax} baht. Credit at most the tax."
    )


class NoteOfNothing(LandError):
    code = "note_of_nothing"
    message = gettext_noop("A note of zero corrects nothing. The tax is already what it should be.")


class UnitNotAssessable(LandError):
    code = "unit_not_assessable"
    message = gettext_noop(
        "The tax cannot be calculated anew from the register: {trouble}. Complete the survey of "
        "the unit first, or enter the amount."
    )


class DocumentRefused(LandError):
    code = "document_refused"
    message = gettext_noop(
        "“{name}” cannot be kept. Send a PDF, JPEG or PNG of at most {limit} MB."
    )


class SignboardEnded(LandError):
    code = "signboard_ended"
    message = gettext_noop(
        "Signboard {signboard} cannot come down then: look at {day}. Enter a day on which it hung."
    )


class SignsNotReady(LandError):
    code = "signs_not_ready"
    message = gettext_noop(
        "There is no draft bill of signboards for {year}. Assess the signboards first."
    )

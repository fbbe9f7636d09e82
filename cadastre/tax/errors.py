"""What can be wrong with a question about tax, each wrong field by its path."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cadastre.errors import InvalidInput, LandError, gettext_noop


class NotInForceYet(LandError, LookupError):
    """A parameter was asked about a day before its first value."""

    code = "tax_law_not_in_force"
    message = gettext_noop(
        "{parameter} has no value on {day}: the first is in force from {first}. "
        "Ask about that day or a later one."
    )


class TraceUnreadable(LandError, ValueError):
    """A file that is not a trace of a calculation, or tells of impossible facts."""

    code = "trace_unreadable"
    message = gettext_noop(
        "The trace cannot be recomputed: {reason}. Ask the office that gave it to you for a "
        "complete one."
    )


class TraceDoesNotAgree(LandError):
    """A trace whose facts, assessed anew, give another tax."""

    code = "trace_does_not_agree"
    message = gettext_noop(
        "The trace of {year} tells a tax of {written} baht; its facts give {recomputed} baht. "
        "Recompute the trace to see which figure differs, then compare again."
    )


class DaysOutOfOrder(LandError):
    """Days of a tax year that do not follow each other."""

    code = "days_out_of_order"
    message = gettext_noop(
        "In the calendar of the tax year, {later} on {after} comes before {earlier} on {before}. "
        "Correct one of the two days."
    )


class SignWithoutSize(LandError):
    """A sign that has no area or no side."""

    code = "sign_without_size"
    message = gettext_noop(
        "A sign of {width} × {height} cm with {sides} sides cannot be taxed. Measure its width, "
        "its height and its sides; each is more than zero."
    )


class SignNotUpYet(LandError):
    """A sign that was put up after the tax year."""

    code = "sign_not_up_yet"
    message = gettext_noop(
        "The sign was put up on {day}, after the tax year {year}. Assess it for the year in which "
        "it was put up, or correct the day."
    )


class InvalidDeclaration(InvalidInput):
    """A declaration that cannot be assessed, with every problem found in it."""

    def __init__(self, problems: Sequence[InvalidInput]) -> None:
        first = problems[0]
        super().__init__(path=first.path, reason=str(first))
        self._problems = tuple(problems)

    @property
    def problems(self) -> tuple[InvalidInput, ...]:
        return self._problems

    def render(self, translate: Callable[[str], str] = gettext_noop) -> str:
        return "\n".join(problem.render(translate) for problem in self._problems)

    def __reduce__(self) -> tuple[object, ...]:
        return (InvalidDeclaration, (self._problems,))


class FieldMissing(InvalidInput):
    code = "field_missing"
    message = gettext_noop("{field} is missing. Add it and send the request again.")


class FieldUnknown(InvalidInput):
    code = "field_unknown"
    message = gettext_noop(
        "{field} is not a field of this request. Remove it, or check how it is spelt."
    )


class NotOneOf(InvalidInput):
    code = "not_one_of"
    message = gettext_noop("{field} must be one of these: {expected}.")


class NotADecimal(InvalidInput):
    code = "not_a_decimal"
    message = gettext_noop(
        'Write {field} as digits in quotation marks, such as "1200.50", or as a whole number: '
        "at most {digits} digits before the point and {decimals} after it, not below zero. "
        "Numbers with a point outside quotation marks are refused, because they lose satang."
    )


class NotWhole(InvalidInput):
    code = "not_whole"
    message = gettext_noop("{field} must be a whole number from {least} to {most}.")


class BuddhistYear(InvalidInput):
    code = "buddhist_year"
    message = gettext_noop(
        "{field} is given in the common era here. B.E. {given} is {year}; write that."
    )


class WrongLength(InvalidInput):
    code = "wrong_length"
    message = gettext_noop("{field} must have from {least} to {most} entries.")


class NotAnObject(InvalidInput):
    code = "not_an_object"
    message = gettext_noop("{field} must be an object with named fields.")


class NotAList(InvalidInput):
    code = "not_a_list"
    message = gettext_noop("{field} must be a list, even for a single entry.")


class NotYesOrNo(InvalidInput):
    code = "not_yes_or_no"
    message = gettext_noop("{field} must be true or false, without quotation marks.")


class NotText(InvalidInput):
    code = "not_text"
    message = gettext_noop("{field} must be text of 1 to 40 characters.")


class NotJson(InvalidInput):
    code = "not_json"
    message = gettext_noop(
        "The request could not be read as JSON: {reason}. "
        "Check commas, brackets and quotation marks."
    )


class NotPositive(InvalidInput):
    code = "not_positive"
    message = gettext_noop("{field} must be more than zero.")


class UseOrUses(InvalidInput):
    code = "use_or_uses"
    message = gettext_noop(
        "Give the use of the property either in “use”, or in “uses” with a share for each, "
        "not both and not neither. Check {field}."
    )


class NotADay(InvalidInput):
    code = "not_a_day"
    message = gettext_noop(
        'Write {field} as a day of the common era in quotation marks, such as "2026-01-31".'
    )


class NotAPart(InvalidInput):
    code = "not_a_part"
    message = gettext_noop(
        'Write {field} in quotation marks as a fraction such as "1/3" or a decimal such as '
        '"0.25": more than zero, and with the shares listed before it at most one.'
    )


class UseNotKnown(InvalidInput):
    code = "use_not_known"
    message = gettext_noop(
        "{field} is missing: this part of the property has no measured areas by use, and the "
        "property declares no use. Add the areas, or give the use."
    )


class SharesNotWhole(InvalidInput):
    code = "shares_not_whole"
    message = gettext_noop(
        "The shares in {field} add up to {total}. They must add up to exactly 1 "
        "(or to exactly 100, as percent). Correct the shares."
    )


class UseTwice(InvalidInput):
    code = "use_twice"
    message = gettext_noop("{field} repeats a use. Put its shares together into one entry.")


class NoArea(InvalidInput):
    code = "no_area"
    message = gettext_noop("{field} has no area. Fill in the rai, ngan and square wa of the deed.")


class ValueTwice(InvalidInput):
    code = "value_twice"
    message = gettext_noop(
        "{field} stands instead of land and buildings. Give either the appraised value, "
        "or the land and buildings it is calculated from."
    )


class PartMissing(InvalidInput):
    code = "part_missing"
    message = gettext_noop(
        "A property of the kind {kind} needs {field}, or an appraised_value instead."
    )


class PartNotOfKind(InvalidInput):
    code = "part_not_of_kind"
    message = gettext_noop(
        "A property of the kind {kind} cannot have {field}. Remove it, or choose another kind."
    )


class NotVacant(InvalidInput):
    code = "not_vacant"
    message = gettext_noop(
        "{field} counts years without use, but no part of this property is vacant. "
        "Make it 0, or give the use as vacant."
    )


class OldTaxTooLate(InvalidInput):
    code = "old_tax_too_late"
    message = gettext_noop(
        "{field}: the tax of the laws before the Act limits the tax of 2020 to 2022 (B.E. 2563 "
        "to 2565) only, not of {year}. Leave it out."
    )


class OnlyPeopleAreRegistered(InvalidInput):
    code = "only_people_are_registered"
    message = gettext_noop(
        "{field} is for a person whose name is in the house registration; the owner here is "
        "{owner}. Make it false, or correct the owner."
    )


class SecondMainHome(InvalidInput):
    code = "second_main_home"
    message = gettext_noop(
        "{field}: a person has one main home, and properties[{first}] is already it. "
        "Give this one as residential."
    )


class ReliefNotForUse(InvalidInput):
    code = "relief_not_for_use"
    message = gettext_noop(
        "{field}: the reduction {relief} belongs to property in the use {expected}. "
        "Remove it, or correct the use."
    )


class ReliefNotForOwner(InvalidInput):
    code = "relief_not_for_owner"
    message = gettext_noop(
        "{field}: the reduction {relief} is for an owner who is {expected}. "
        "Remove it, or correct the owner."
    )


class ReliefOver(InvalidInput):
    code = "relief_over"
    message = gettext_noop(
        "{field}: the reduction {relief} lasts {years} years and has ended before 1 January of "
        "the tax year. Remove it, or correct its first day."
    )


class ReliefNeedsRegistration(InvalidInput):
    code = "relief_needs_registration"
    message = gettext_noop(
        "{field}: the reduction {relief} needs the owner's name in the house registration on "
        "1 January. Remove it, or set in_house_registration."
    )

"""What the tax map refuses, with the reason."""

from __future__ import annotations

from cadastre.errors import LandError, gettext_noop


class RollDoesNotBalance(LandError):
    code = "roll_does_not_balance"
    message = gettext_noop(
        "The roll of {year} was stopped: its lines add up to {lines} satang, the stored tax to "
        "{stored}. Nothing of this batch was kept. Tell your administrator."
    )


class PaymentExceedsTax(LandError):
    code = "payment_exceeds_tax"
    message = gettext_noop(
        "{amount} satang were offered, but {due} satang are still to pay for this assessment. "
        "Take the amount that is due, or look for the assessment that was meant."
    )


class ReversalExceedsPayments(LandError):
    code = "reversal_exceeds_payments"
    message = gettext_noop(
        "{amount} satang cannot be reversed: only {paid} satang were received for this assessment."
    )


class PaymentOfNothing(LandError):
    code = "payment_of_nothing"
    message = gettext_noop("A payment of zero cannot be recorded. Enter the amount received.")


class PaymentReferenceUsed(LandError):
    code = "payment_reference_used"
    message = gettext_noop(
        "The reference {reference} is already recorded. Each receipt is recorded once; check "
        "whether this payment was entered before."
    )


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

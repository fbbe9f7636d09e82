"""What the cashier's desk, the bank's reports and the ledger refuse, with the reason."""

from __future__ import annotations

from cadastre.errors import LandError, gettext_noop


class EntryAlreadyReversed(LandError):
    code = "entry_already_reversed"
    message = gettext_noop(
        "This payment is reversed already (entry {entry}). A reversal happens once; take a new "
        "payment if money came again."
    )


class BillNotCharged(LandError):
    code = "bill_not_charged"
    message = gettext_noop(
        "The bill {bill} is not charged yet, or there is nothing to pay on it. Money can be taken "
        "once the roll of its year is assessed."
    )


class MoreGivenBackThanLeft(LandError):
    code = "more_given_back_than_left"
    message = gettext_noop(
        "On the bill {bill} {missing} satang more would be given back than were paid too much. "
        "Reverse the refund's cause first, or refund less."
    )


class NoteNotDecided(LandError):
    code = "note_not_decided"
    message = gettext_noop(
        "The correction {note} is not approved, or its assessment has no bill. A second person "
        "approves it first."
    )


class TenderedTooLittle(LandError):
    code = "tendered_too_little"
    message = gettext_noop(
        "{tendered} baht were handed over for {amount} baht. Enter the amount that is paid, or "
        "take the rest."
    )


class ChequeNotDescribed(LandError):
    code = "cheque_not_described"
    message = gettext_noop("A cheque is taken with its number, its bank and its date.")


class OrderChanged(LandError):
    code = "order_changed"
    message = gettext_noop(
        "This page has taken a payment already, and the figures sent now are others. Nothing was "
        "taken twice. Look at today's journal, and open the bill again for a new payment."
    )


class InstalmentsNotPossible(LandError):
    code = "instalments_not_possible"
    message = gettext_noop(
        "This bill cannot be paid in parts: it is too small, partly paid or past its day. "
        "It is asked for before the last day to pay."
    )


class ReceiptAlreadyVoid(LandError):
    code = "receipt_already_void"
    message = gettext_noop("The receipt {number} is void already. It keeps its number.")


class SamePersonDecides(LandError):
    code = "same_person_decides"
    message = gettext_noop(
        "Whoever prepared this, or took the money, cannot decide about it. Ask a colleague who may "
        "decide."
    )


class TaxReasonMissing(LandError):
    code = "tax_reason_missing"
    message = gettext_noop("Write the reason; it stays with the papers of this bill.")


class RequestUnusable(LandError):
    code = "money_request_unusable"
    message = gettext_noop(
        "This cannot be asked for: {amount} baht, where {most} baht are possible. Correct the "
        "amount."
    )


class RequestDecided(LandError):
    code = "money_request_decided"
    message = gettext_noop("This request is decided already. Prepare a new one if it is needed.")


class DayAlreadyClosed(LandError):
    code = "cash_day_closed"
    message = gettext_noop(
        "This day is closed already. What is taken from now on belongs to the next day."
    )


class DifferenceUnexplained(LandError):
    code = "cash_difference_unexplained"
    message = gettext_noop(
        "{counted} baht were counted, {expected} are expected. Count again, or explain the "
        "difference; it is kept either way."
    )


class BankReportAlreadyImported(LandError):
    code = "bank_report_already_imported"
    message = gettext_noop(
        "This file was imported on {day} already. Nothing was imported twice; choose the next file."
    )


class BankReportOfAnother(LandError):
    code = "bank_report_of_another"
    message = gettext_noop(
        "Line {line} of the file pays the biller {biller}, which is not {office}. Import it for "
        "the local authority it belongs to."
    )


class BankLineClaimed(LandError):
    code = "bank_line_claimed"
    message = gettext_noop(
        "This bank payment has been matched or returned already. Look at the bill it paid."
    )


class ChequeNotWaiting(LandError):
    code = "cheque_not_waiting"
    message = gettext_noop(
        "This cheque is cleared or its payment reversed already; nothing is waiting for the bank."
    )


class NothingToSettle(LandError):
    code = "nothing_to_settle"
    message = gettext_noop("The bank has settled every line of this report already.")

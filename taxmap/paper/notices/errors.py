"""What the printing of notices refuses, with the reason."""

from __future__ import annotations

from cadastre.errors import LandError, gettext_noop


class NoticeRanOver(LandError):
    code = "notice_ran_over"
    message = gettext_noop(
        "The letters were to have {planned} pages but have {printed}, so their page numbers would "
        "be wrong and nothing was kept. Print the letters singly to find the long one, shorten its "
        "texts, and tell your administrator."
    )


class NothingToPrint(LandError):
    code = "nothing_to_print"
    message = gettext_noop(
        "No bill of {year} matches what you chose, so there is nothing to print. Choose another "
        "zone, state or range of numbers; notices can be printed once the roll is assessed."
    )


class NoticeCodeUnknown(LandError):
    code = "notice_code_unknown"
    message = gettext_noop(
        "“{code}” is not the code of a notice of your authority. Scan the barcode in the address "
        "again, or type its ten digits."
    )


class DeliveryImpossible(LandError):
    code = "delivery_impossible"
    message = gettext_noop(
        "The notice {code} cannot have been received on {day}: it was printed on {printed}. Check "
        "the day."
    )


class NoticeNotPrinted(LandError):
    code = "notice_not_printed"
    message = gettext_noop(
        "The notice {code} has not been printed yet, so nobody can have received it. Let its batch "
        "finish first."
    )


class NoticeAlreadyReceived(LandError):
    code = "notice_already_received"
    message = gettext_noop(
        "The receipt of notice {code} on {day} is already recorded. Penalties and times to object "
        "count from that day; ask a manager if it is wrong."
    )

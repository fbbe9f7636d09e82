"""What became of printed notices: received, come back, sent along by e-mail.

The day on which a notice was received starts the times to object and the higher penalties, so it
is recorded once, with who recorded it. docs/algorithms/notices.md, section 7.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from cadastre.digits import typed_text
from cadastre.errors import LandError
from cadastre.payments import has_check_digit
from offices.models import Office, User
from offices.services.audit import entry_record
from offices.services.messages import message_write
from taxmap.models import Bill, Delivery, Notice, NoticeBatch, NoticeKind, TaxpayerAddress
from taxmap.paper.notices.errors import (
    DeliveryImpossible,
    NoticeAlreadyReceived,
    NoticeCodeUnknown,
    NoticeNotPrinted,
)
from taxmap.paper.notices.reading import Wanted, letters_of
from taxmap.paper.notices.setting import notices_pdf
from taxmap.services.notices import sender_of
from web.formats import format_date, format_year

CODE_DIGITS: Final = 10
MOST_CODES: Final = 2_000
LINK_LIVES: Final = timedelta(days=90)
RECEIPT_OF: Final = {
    NoticeKind.ASSESSMENT: "notified_on", NoticeKind.REMINDER: "reminded_on",
}  # fmt: skip
"""The day that the receipt of a notice sets on its bill."""


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a list of codes; every code that was refused keeps its reason."""

    recorded: int
    refused: Sequence[tuple[str, LandError]]


def codes_in(text: str) -> list[str]:
    """The codes of a text that a scanner or a person typed, one after another, each once."""
    words = (typed_text(word).replace("-", "") for word in text.split()[:MOST_CODES])
    return list(dict.fromkeys(word for word in words if word))


@transaction.atomic
def notices_received(
    *, local_authority: Office, codes: Iterable[str], delivery: Delivery, on: date | None,
    actor: User, now: datetime, registered_number: str = "",
) -> Received:  # fmt: skip
    """Record how notices were delivered and when received; ``on`` is None for those that came back.

    What can be recorded is recorded; the rest is handed back with its reason.
    """
    wanted = list(codes)
    numbers = {code: int(code[:-1]) for code in wanted if _is_code(code)}
    found = {
        each.pk: each
        for each in Notice.objects.select_for_update(of=("self",))
        .filter(pk__in=numbers.values(), part__batch__local_authority=local_authority)
        .select_related("part__batch")
        .order_by("pk")
    }
    bills = {
        bill.pk: bill
        for bill in Bill.objects.select_for_update()
        .filter(pk__in=[each.bill_id for each in found.values() if each.bill_id])
        .order_by("pk")
    }
    refused: list[tuple[str, LandError]] = []
    recorded = 0
    for code in wanted:
        notice = found.get(numbers.get(code, 0))
        try:
            _record(code, notice, bills, delivery, on)
        except LandError as error:
            refused.append((code, error))
            continue
        assert notice is not None
        notice.registered_number = registered_number[:20] if len(wanted) == 1 else ""
        notice.recorded_by, notice.recorded_at = actor, now
        notice.save()
        recorded += 1
    entry_record(
        action="taxmap.notices_received", subject_kind="office", subject_id=local_authority.code,
        actor=actor, office=local_authority, now=now,
        data={"recorded": recorded, "refused": len(refused), "delivery": delivery.value,
              "on": on.isoformat() if on else None},
    )  # fmt: skip
    return Received(recorded, refused)


def _is_code(code: str) -> bool:
    return len(code) == CODE_DIGITS and has_check_digit(code)


def _record(
    code: str, notice: Notice | None, bills: dict[int, Bill], delivery: Delivery, on: date | None
) -> None:
    """Write the receipt into the notice and its bill, or raise why not."""
    if notice is None:
        raise NoticeCodeUnknown(code=code[:20])
    if notice.printed_at is None:
        raise NoticeNotPrinted(code=code)
    if notice.received_on is not None:
        raise NoticeAlreadyReceived(code=code, day=format_date(notice.received_on))
    notice.delivery = delivery
    if delivery is Delivery.RETURNED or on is None:
        return
    printed = timezone.localdate(notice.printed_at)
    if on < min(printed, notice.part.batch.dated):
        raise DeliveryImpossible(code=code, day=format_date(on), printed=format_date(printed))
    notice.received_on = on
    column = RECEIPT_OF.get(NoticeKind(notice.part.batch.kind))
    bill = bills.get(notice.bill_id or 0)
    if column is None or bill is None:
        return
    if getattr(bill, column) is not None:
        raise NoticeAlreadyReceived(code=code, day=format_date(getattr(bill, column)))
    setattr(bill, column, on)
    bill.save(update_fields=[column])


def batch_email(*, batch: NoticeBatch, actor: User, now: datetime) -> dict[str, int]:
    """Write to everybody of a batch who agreed to e-mail, with a link to the letter.

    The message holds no name and no amount. Who was written to before is not written to again.
    """
    counts = {"written": 0, "no_channel": 0}
    for notice, address in _to_email(batch):
        with transaction.atomic():
            counts["written" if _email(notice, address, batch, now) else "no_channel"] += 1
    entry_record(
        action="taxmap.notices_emailed", subject_kind="notice_batch", subject_id=batch.public_id,
        actor=actor, office=batch.local_authority, data=dict(counts), now=now,
    )  # fmt: skip
    return counts


def _to_email(batch: NoticeBatch) -> Iterator[tuple[Notice, str]]:
    """Printed notices of a batch that were not e-mailed yet, with an address that was agreed."""
    notices = list(
        Notice.objects.filter(
            part__batch=batch, printed_at__isnull=False, token="", bill__isnull=False
        ).order_by("position")
    )
    agreed = TaxpayerAddress.objects.filter(
        local_authority=batch.local_authority, email_agreed_on__isnull=False,
        party__in={party for each in notices for party in each.taxpayers},
    )  # fmt: skip
    addresses = dict(agreed.values_list("party", "email"))
    for notice in notices:
        for party in notice.taxpayers:
            if party in addresses:
                yield notice, addresses[party]
                break


def _email(notice: Notice, address: str, batch: NoticeBatch, now: datetime) -> bool:
    notice.token, notice.emailed_at = secrets.token_urlsafe(24), now
    path = reverse("taxmap-notice-link", args=[notice.token])
    sender = sender_of(
        batch.local_authority, batch.tax_year, dated=batch.dated, language=batch.language
    )
    with translation.override(batch.language):
        words = {
            "authority": batch.local_authority.name,
            "year": format_year(batch.tax_year),
            "link": f"{sender.public_url}{path}",
            "day": format_date(timezone.localdate(now + LINK_LIVES)),
        }
        subject = gettext("{authority}: letter about your tax {year}").format(**words)
        body = gettext(
            "A letter about your land and building tax of {year} is ready:\n{link}\n\n"
            "It is a copy of what comes by post. The link works until {day}. Whoever has it can "
            "read the letter, so please do not pass it on.\n{authority}"
        ).format(**words)
    message = message_write(
        email=address, subject=subject[:200], body=body, about=("notice", str(notice.pk)),
        office=batch.local_authority, now=now, useless_at=now + LINK_LIVES,
    )  # fmt: skip
    if message is None:
        return False
    notice.save(update_fields=["token", "emailed_at"])
    return True


def letter_by_link(token: str, now: datetime) -> bytes | None:
    """The letter that a link leads to, made anew; None for no letter or a link that has ended."""
    if not token:
        return None
    notice = (
        Notice.objects.filter(token=token, emailed_at__gt=now - LINK_LIVES)
        .select_related("bill", "part__batch__local_authority")
        .first()
    )
    if notice is None or notice.bill is None:
        return None
    batch = notice.part.batch
    sender = sender_of(
        batch.local_authority, batch.tax_year, dated=batch.dated, language=batch.language
    )
    with translation.override(batch.language):
        wanted = [Wanted(notice.bill, notice.code)]
        return notices_pdf(letters_of(wanted, NoticeKind(batch.kind), sender))[0]

"""Bookings that are confirmed by a one-time code, where the counter group asks for one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from appointments.errors import BookingEnded, CodeWrong, NoChannel
from appointments.models import Booking
from appointments.services.bookings import (
    booking_cancel,
    booking_confirm,
    booking_detail,
    booking_get,
    short_locks,
)
from appointments.services.messages import tell_code
from offices.messages import channel_for

DIGITS: Final = 6
MOST_TRIES: Final = 5


def code_send(*, token: str, now: datetime, **details: Any) -> Booking:
    """Keep the details with the hold and send a code; NoChannel where none reaches the person.

    The hold starts anew once, so that a mail has time to arrive. Raises what `booking_confirm`
    raises.
    """
    if channel_for(phone=details.get("phone", ""), email=details.get("email", "")) is None:
        raise NoChannel(path=("email",))
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    with short_locks():
        booking = booking_detail(token=token, now=now, **details)
        if not booking.code_digest:
            minutes = booking.service.group.hold_minutes
            booking.held_until = min(now + timedelta(minutes=minutes), booking.slot.starts_at)
        booking.code_digest, booking.code_tries = _digest(token, code), 0
        booking.save(update_fields=["held_until", "code_digest", "code_tries"])
        tell_code(booking, code, now=now)
    return booking


def code_confirm(*, token: str, code: str, now: datetime) -> Booking:
    """Confirm by the code that was sent; CodeWrong, and after the last try BookingEnded."""
    with short_locks():
        booking = Booking.objects.select_for_update().get(pk=booking_get(token=token).pk)
        if booking.status != Booking.Status.HELD or not booking.code_digest:
            return booking_confirm(token=token, now=now)
        right = hmac.compare_digest(booking.code_digest, _digest(token, code.strip()))
        if not right:
            booking.code_tries += 1
            booking.save(update_fields=["code_tries"])
    if right:
        return booking_confirm(token=token, now=now, confirmed_at=now)
    if booking.code_tries >= MOST_TRIES:
        booking_cancel(token=token, now=now)
        raise BookingEnded
    raise CodeWrong(path=("code",), left=MOST_TRIES - booking.code_tries)


def _digest(token: str, code: str) -> str:
    return hashlib.sha256(f"{token} {code}".encode()).hexdigest()

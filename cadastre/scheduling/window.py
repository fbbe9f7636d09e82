"""How late and how early a slot can be booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cadastre.errors import LandError, gettext_noop
from cadastre.scheduling.hours import BANGKOK


class TooLate(LandError):
    code = "booking_too_late"
    message = gettext_noop(
        "This time can no longer be booked: it starts in less than {notice_minutes} minutes or "
        "has begun. Choose a later time, or take a number at the office."
    )


class TooFarAhead(LandError):
    code = "booking_too_far_ahead"
    message = gettext_noop(
        "Bookings are open until {last_day}. Choose an earlier day, or come back nearer the time."
    )


@dataclass(frozen=True, slots=True)
class BookingWindow:
    """From ``notice`` before a slot back to ``days_ahead`` Thai calendar days (0: today only)."""

    notice: timedelta = timedelta(hours=1)
    days_ahead: int = 30

    def __post_init__(self) -> None:
        if self.notice < timedelta() or self.days_ahead < 0:
            raise ValueError("notice and days ahead are zero or more")

    def days(self, now: datetime) -> tuple[date, date]:
        """The first and last Thai day on which a slot could be booked at ``now`` (aware)."""
        first = _thai(now + self.notice).date()
        return first, _thai(now).date() + timedelta(days=self.days_ahead)

    def check(self, starts: datetime, now: datetime) -> None:
        """Raise `TooLate` or `TooFarAhead` unless a slot starting then can be booked ``now``."""
        if starts < now + self.notice or starts <= now:
            raise TooLate(notice_minutes=int(self.notice.total_seconds() // 60))
        last_day = self.days(now)[1]
        if _thai(starts).date() > last_day:
            raise TooFarAhead(last_day=last_day)

    def allows(self, starts: datetime, now: datetime) -> bool:
        """`check` as a question."""
        try:
            self.check(starts, now)
        except (TooLate, TooFarAhead):
            return False
        return True


def _thai(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(BANGKOK)

"""What the worker does for the queue, each minute and each night."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from django.db import connections
from procrastinate.contrib.django import app

from appointments.services.idempotency import records_forget
from appointments.services.messages import reminders_write
from appointments.services.releases import places_release
from appointments.services.retention import bookings_forget, bookings_pass
from appointments.services.slots import slots_generate_ahead
from appointments.services.waiting_list import entries_end

log = structlog.get_logger(__name__)


@app.periodic(cron="10 17 * * *")  # 00:10 in Thailand
@app.task(name="appointments.slots_generate", queue="upkeep", queueing_lock="slots_generate")
def slots_generate_daily(timestamp: int) -> None:
    """Each night: offer the times of one more day, and of whatever hours were added."""
    try:
        new = slots_generate_ahead(now=datetime.fromtimestamp(timestamp, tz=UTC))
        log.info("slots_generated", new=new)
    finally:
        connections.close_all()


@app.periodic(cron="40 17 * * *")
@app.task(name="appointments.booking_forget", queue="upkeep", queueing_lock="booking_forget")
def booking_forget(timestamp: int) -> None:
    """Each night: drop names and telephone numbers, and answers that nobody asks for again."""
    now = datetime.fromtimestamp(timestamp, tz=UTC)
    try:
        log.info("bookings_forgotten", bookings=bookings_forget(now=now))
        records_forget(now=now)
    finally:
        connections.close_all()


@app.periodic(cron="* * * * *")
@app.task(name="appointments.places_release", queue="upkeep", queueing_lock="places_release")
def places_release_each_minute(timestamp: int) -> None:
    """Each minute: what holds left behind and what was cancelled goes to who waits, or to all."""
    try:
        places_release(now=datetime.fromtimestamp(timestamp, tz=UTC))
    finally:
        connections.close_all()


@app.periodic(cron="5 17 * * *")  # 00:05 in Thailand
@app.task(name="appointments.visits_pass", queue="upkeep", queueing_lock="visits_pass")
def visits_pass(timestamp: int) -> None:
    """Each night: the visits of the day before are over, whatever became of them."""
    try:
        now = datetime.fromtimestamp(timestamp, tz=UTC)
        log.info("visits_passed", bookings=bookings_pass(now=now), waiting=entries_end(now=now))
    finally:
        connections.close_all()


@app.periodic(cron="0 9 * * *")  # 16:00 in Thailand
@app.task(name="appointments.visitors_remind", queue="upkeep", queueing_lock="visitors_remind")
def visitors_remind(timestamp: int) -> None:
    """Each afternoon: remind those whose visit is tomorrow."""
    try:
        told = reminders_write(now=datetime.fromtimestamp(timestamp, tz=UTC))
        log.info("visitors_reminded", told=told)
    finally:
        connections.close_all()

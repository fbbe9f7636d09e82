"""What the worker does each night for the queue."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from django.db import connections
from procrastinate.contrib.django import app

from appointments.services.idempotency import records_forget
from appointments.services.retention import bookings_forget
from appointments.services.slots import slots_generate_ahead

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

"""A day played in its own time: waits that are told come true as often as promised."""

from __future__ import annotations

import random
from datetime import timedelta
from heapq import heappop, heappush

import pytest

from appointments.hall_errors import NobodyWaiting
from appointments.models import Ticket
from appointments.services.hall import (
    Desk,
    counter_open,
    ticket_call_next,
    ticket_finish,
    ticket_serve,
)
from appointments.services.tickets import ticket_take
from appointments.services.waiting import Calibration, calibration, estimate_tell
from offices.models import Role
from tests.factories import NOW, a_counter, a_service, a_user

pytestmark = pytest.mark.django_db
VISITORS, COUNTERS = 150, 3
BEGINS = NOW - timedelta(hours=2)  # eight in the morning


def a_day(seed: int, real_mean_s: float) -> list[Calibration]:
    """Visitors come somewhat faster than they are served until noon; visits are log-normal."""
    draw = random.Random(seed)  # noqa: S311 -- the same day each time
    service = a_service(minutes=10, ticket_prefix="A")
    desks = []
    for number in range(COUNTERS):
        clerk = a_user(f"clerk{number}", Role.LAND_OFFICER)
        desks.append(Desk(a_counter(service, number=str(number)), clerk))
        counter_open(counter=desks[-1].counter, clerk=clerk, now=BEGINS)
    due: list[tuple[float, int, int]] = []  # second of the day, order, desk or -1 for somebody new
    second = 0.0
    for visitor in range(VISITORS):
        heappush(due, (second, visitor, -1))
        second += draw.expovariate(1 / 190)
    free, serving = set(range(COUNTERS)), {}
    order = VISITORS
    while due:
        second, _, desk = heappop(due)
        now = BEGINS + timedelta(seconds=second)
        if desk < 0:
            estimate_tell(ticket=ticket_take(service=service, now=now), now=now)
        else:
            ticket_finish(desk=desks[desk], ticket=serving.pop(desk), now=now)
            free.add(desk)
        for each in sorted(free):
            try:
                ticket = ticket_call_next(desk=desks[each], now=now)
            except NobodyWaiting:
                break
            serving[each] = ticket_serve(desk=desks[each], ticket=ticket, now=now)
            free.discard(each)
            order += 1
            lasts = draw.lognormvariate(0, 0.5) * real_mean_s / 1.1331
            heappush(due, (second + lasts, order, each))
    assert set(Ticket.objects.values_list("status", flat=True)) == {"finished"}
    return calibration(office=service.office, last=NOW.date())


@pytest.mark.parametrize("real_mean_s", [600, 720], ids=["as planned", "a fifth slower"])
def test_what_is_told_comes_true_as_often_as_promised(real_mean_s: float) -> None:
    everybody, *bands = a_day(2569, real_mean_s)
    assert everybody.visits == VISITORS
    assert len(bands) >= 2
    assert 0.65 <= everybody.within <= 0.95
    assert everybody.told_s == pytest.approx(everybody.waited_s, rel=0.25)

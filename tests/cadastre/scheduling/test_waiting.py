"""Waits: published cases, what must hold for every hall, and whether four of five lie within."""

from __future__ import annotations

import random
from heapq import heapreplace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastre.scheduling import OpenCounter, ServiceTime, Waiting, estimate, service_time

TEN = 600.0
ONE = {1: ServiceTime(TEN, 0)}
ME = Waiting(1)


def counters(number: int, **first: float) -> list[OpenCounter]:
    """Counters for service 1; the first one has a visitor."""
    busy = OpenCounter(frozenset({1}), 0, busy_with=1, **first)
    return [busy, *(OpenCounter(frozenset({1}), at) for at in range(1, number))]


# eAppointment's own: one called, one waiting, ten minutes each.
@pytest.mark.parametrize(("number", "minutes"), [(1, 20), (2, 10)])
def test_one_called_and_one_waiting(number: int, minutes: int) -> None:
    told = estimate(ME, [ME], counters(number), ONE)
    assert told is not None
    assert (told.low_s, told.expected_s, told.high_s) == (minutes * 60,) * 3


def test_a_visit_that_lasts_is_nearly_over_and_one_that_lasts_too_long_is_not_over() -> None:
    times = {1: ServiceTime(TEN, 300)}
    waits = [
        estimate(ME, [], counters(1, busy_s=passed), times).expected_s  # type: ignore[union-attr]
        for passed in (0, 200, 400, 3600)
    ]
    assert waits[0] > waits[1] > waits[2] > 120
    # Whoever is served for an hour already is a difficult case.
    assert waits[3] > waits[2]


def test_nobody_is_held_up_by_those_whom_no_counter_serves() -> None:
    times = ONE | {2: ServiceTime(TEN, 60)}
    free = [OpenCounter(frozenset({1}), 1)]
    assert estimate(ME, [Waiting(2)] * 5, free, times).expected_s == 0  # type: ignore[union-attr]
    assert estimate(Waiting(2), [], free, times) is None
    assert estimate(ME, [], [], times) is None


def test_who_must_go_to_one_counter_waits_for_it() -> None:
    both = counters(2)
    assert estimate(Waiting(1, only_counter=0), [], both, ONE).expected_s == TEN  # type: ignore[union-attr]
    assert estimate(Waiting(1, only_counter=1), [], both, ONE).expected_s == 0  # type: ignore[union-attr]
    # Somebody sent there from another service is served although the counter does not offer it.
    times = ONE | {2: ServiceTime(TEN, 60)}
    assert estimate(Waiting(2, only_counter=1), [], both, times).expected_s == 0  # type: ignore[union-attr]


@given(st.integers(0, 60), st.integers(1, 9), st.floats(60, 7200), st.floats(0, 2))
def test_more_people_wait_longer_and_more_counters_shorten_it(
    ahead: int, number: int, mean: float, spread: float
) -> None:
    times = {1: ServiceTime(mean, mean * spread)}
    told = estimate(ME, [ME] * ahead, counters(number), times)
    more = estimate(ME, [ME] * (ahead + 1), counters(number), times)
    helped = estimate(ME, [ME] * ahead, counters(number + 1), times)
    assert told
    assert more
    assert helped
    assert 0 <= told.low_s <= told.expected_s <= told.high_s
    assert helped.expected_s <= told.expected_s <= more.expected_s


def test_measured_times_outweigh_the_plan_only_when_there_are_many() -> None:
    assert service_time([], 600) == ServiceTime(600, 300)
    assert service_time([1200], 600).mean_s == pytest.approx(600 + 600 / 11)
    assert service_time([1200] * 200, 600).mean_s == pytest.approx(1200, rel=0.05)
    with pytest.raises(ValueError, match="some time"):
        service_time([], 0)


def test_a_key_that_was_forgotten_counts_as_four_medians() -> None:
    honest = service_time([600] * 99 + [2400], 600)
    assert service_time([600] * 99 + [86_400], 600) == honest
    assert service_time([0] + [600] * 99, 600) == service_time([150] + [600] * 99, 600)


@pytest.mark.parametrize(("number", "ahead"), [(1, 1), (1, 5), (3, 12), (5, 40)])
def test_four_waits_of_five_lie_within(number: int, ahead: int) -> None:
    """Visits drawn log-normal, about as skewed as real ones; the truth by playing the queue."""
    draw = random.Random(2569)  # noqa: S311 -- a repeatable game
    times = {1: ServiceTime(TEN, TEN * 0.5332)}  # of exp(N(μ, ½²))
    busy = [OpenCounter(frozenset({1}), at, busy_with=1) for at in range(number)]
    told = estimate(ME, [ME] * ahead, busy, times)
    assert told
    within, total, waits = 0, 4000, []
    for _ in range(total):
        free = sorted(draw.lognormvariate(0, 0.5) * TEN / 1.1331 for _ in range(number))
        for _ in range(ahead):
            heapreplace(free, free[0] + draw.lognormvariate(0, 0.5) * TEN / 1.1331)
        waits.append(free[0])
        within += told.low_s <= free[0] <= told.high_s
    assert 0.75 <= within / total <= 0.85
    middle = sorted(waits)[total // 2]
    assert told.expected_s == pytest.approx(middle, rel=0.05)

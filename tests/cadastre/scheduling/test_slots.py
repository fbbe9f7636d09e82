from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastre.scheduling import (
    BANGKOK,
    BookingWindow,
    Break,
    Closure,
    HoursInvalid,
    HoursOverlap,
    OpeningHours,
    TooFarAhead,
    TooLate,
    check_hours,
    runs_of,
    slots_for,
    waiting_time,
)

LUNCH = Break(time(12), time(13))
OFFICE_HOURS = [OpeningHours(day, time(8, 30), time(16, 30), (LUNCH,)) for day in range(5)]
MONDAY = date(2026, 11, 23)


def at(hour, minute=0, day=MONDAY):
    return datetime.combine(day, time(hour, minute), BANGKOK)


def starts(slots):
    return [f"{slot.starts:%H:%M}" for slot in slots]


minutes_of_day = st.integers(0, 24 * 60 - 1)


@st.composite
def opening_hours(draw, weekday):
    edges = sorted(draw(st.sets(minutes_of_day, min_size=2, max_size=6)))
    if len(edges) % 2:
        edges.pop()
    times = [time(*divmod(edge, 60)) for edge in edges]
    breaks = tuple(Break(a, b) for a, b in zip(times[1:-1:2], times[2:-1:2], strict=True))
    return OpeningHours(weekday, times[0], times[-1], breaks)


weeks = st.sets(st.integers(0, 6)).flatmap(
    lambda days: st.tuples(*(opening_hours(day) for day in sorted(days)))
)
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@st.composite
def closures(draw, first):
    begins = datetime.combine(first, time(), UTC) + timedelta(minutes=draw(st.integers(0, 20_000)))
    return Closure(begins, begins + timedelta(minutes=draw(st.integers(1, 3_000))))


@given(weeks, days, st.integers(0, 20), st.integers(1, 180), st.data())
def test_slots_lie_in_hours_and_never_overlap(hours, first, more, minutes, data):
    last = first + timedelta(days=more)
    holidays = data.draw(st.sets(st.dates(first, last), max_size=5))
    shut = data.draw(st.lists(closures(first), max_size=4))
    slots = slots_for(first, last, hours, shut, minutes=minutes, capacity=3, holidays=holidays)
    for a, b in pairwise(slots):
        assert a.ends <= b.starts
    for slot in slots:
        assert slot.starts.tzinfo is BANGKOK
        assert slot.starts.utcoffset() == timedelta(hours=7)
        assert slot.ends - slot.starts == timedelta(minutes=minutes)
        assert slot.capacity == 3
        day = slot.starts.date()
        assert first <= day <= last
        assert day not in holidays
        (of_day,) = [each for each in hours if each.weekday == day.weekday()]
        assert of_day.opens <= slot.starts.time()
        assert slot.ends <= datetime.combine(day, of_day.closes, BANGKOK)
        for pause in of_day.breaks:
            assert not (slot.starts.time() < pause.ends and pause.begins < slot.ends.time())
        for closure in shut:
            assert slot.ends <= closure.begins or closure.ends <= slot.starts


@given(weeks, days, st.integers(1, 180), st.data())
def test_a_closure_takes_slots_away_and_moves_none(hours, first, minutes, data):
    last = first + timedelta(days=7)
    closure = data.draw(closures(first))
    before = slots_for(first, last, hours, minutes=minutes, capacity=1)
    after = slots_for(first, last, hours, [closure], minutes=minutes, capacity=1)
    kept = [slot for slot in before if not closure.covers(slot.starts, slot.ends)]
    assert after == kept


@given(weeks, days, st.integers(1, 60), st.integers(0, 10), st.integers(0, 10))
def test_a_range_is_the_sum_of_its_days(hours, first, minutes, a, b):
    middle, last = first + timedelta(days=a), first + timedelta(days=a + b + 1)
    whole = slots_for(first, last, hours, minutes=minutes, capacity=1)
    one = slots_for(first, middle, hours, minutes=minutes, capacity=1)
    two = slots_for(middle + timedelta(days=1), last, hours, minutes=minutes, capacity=1)
    assert whole == one + two


@given(weeks, days, st.integers(1, 180))
def test_no_time_that_a_slot_would_fit_in_is_wasted(hours, day, minutes):
    slots = slots_for(day, day, hours, minutes=minutes, capacity=1)
    expected = 0
    for each in hours:
        if each.apply_on(day):
            for opens, closes in each.sessions():
                length = datetime.combine(day, closes) - datetime.combine(day, opens)
                expected += length // timedelta(minutes=minutes)
    assert len(slots) == expected


def test_an_ordinary_day():
    slots = slots_for(MONDAY, MONDAY, OFFICE_HOURS, minutes=60, capacity=2)
    assert starts(slots) == ["08:30", "09:30", "10:30", "13:00", "14:00", "15:00"]


def test_a_meeting_in_the_morning_shifts_nobody():
    meeting = Closure(at(9, 45), at(10))
    slots = slots_for(MONDAY, MONDAY, OFFICE_HOURS, [meeting], minutes=30, capacity=2)
    assert starts(slots)[:5] == ["08:30", "09:00", "10:00", "10:30", "11:00"]


def test_a_timetable_changes_on_its_day():
    old = OpeningHours(0, time(8, 30), time(9, 30), last_day=MONDAY)
    new = OpeningHours(0, time(9), time(10), first_day=MONDAY + timedelta(days=1))
    slots = slots_for(MONDAY, MONDAY + timedelta(days=7), [old, new], minutes=60, capacity=1)
    assert [slot.starts for slot in slots] == [at(8, 30), at(9, day=MONDAY + timedelta(days=7))]


def test_no_slot_on_a_real_public_holiday(sample_data):
    lines = (sample_data / "thailand" / "holidays_th_2019_2027.csv").read_text().splitlines()
    holidays = {date.fromisoformat(row["date"]) for row in csv.DictReader(lines)}
    for year in range(2019, 2028):
        slots = slots_for(
            date(year, 1, 1),
            date(year, 12, 31),
            OFFICE_HOURS,
            minutes=60,
            capacity=1,
            holidays=holidays,
        )
        worked = {slot.starts.date() for slot in slots}
        assert not worked & holidays
        assert date(year, 1, 1) not in worked
        assert all(day.weekday() < 5 for day in worked)
        assert len(worked) == sum(
            (date(year, 1, 1) + timedelta(days=n)).weekday() < 5
            and date(year, 1, 1) + timedelta(days=n) not in holidays
            for n in range((date(year, 12, 31) - date(year, 1, 1)).days + 1)
        )


@pytest.mark.parametrize(
    ("opens", "closes", "breaks"),
    [
        (time(9), time(9), ()),
        (time(10), time(9), ()),
        (time(9), time(12), (Break(time(8), time(10)),)),
        (time(9), time(12), (Break(time(11), time(13)),)),
        (time(9), time(12), (Break(time(10), time(10)),)),
        (time(9), time(12), (Break(time(11), time(10)),)),
        (time(9), time(17), (Break(time(10), time(12)), Break(time(11), time(13)))),
        (time(9, tzinfo=UTC), time(17), ()),
    ],
)
def test_impossible_hours_are_refused(opens, closes, breaks):
    with pytest.raises(HoursInvalid, match="open before it closes"):
        OpeningHours(0, opens, closes, breaks)


def test_hours_that_open_a_counter_twice_are_refused():
    morning = OpeningHours(0, time(8), time(12))
    with pytest.raises(HoursOverlap, match="08:00-12:00"):
        check_hours([OpeningHours(0, time(11), time(15)), morning])
    check_hours([morning, OpeningHours(0, time(12), time(15)), OpeningHours(1, time(8), time(12))])
    with pytest.raises(HoursInvalid):
        OpeningHours(7, time(8), time(12))


def test_arguments_that_make_no_sense():
    for minutes, capacity in ((0, 1), (-5, 1), (1441, 1), (30, -1)):
        with pytest.raises(ValueError, match="slot lasts"):
            slots_for(MONDAY, MONDAY, OFFICE_HOURS, minutes=minutes, capacity=capacity)
    with pytest.raises(ValueError, match="400"):
        slots_for(MONDAY, MONDAY + timedelta(days=401), OFFICE_HOURS, minutes=5, capacity=1)
    with pytest.raises(ValueError, match="closure"):
        Closure(at(10), at(10))
    with pytest.raises(ValueError, match="closure"):
        Closure(datetime(2026, 1, 1), datetime(2026, 1, 2))  # noqa: DTZ001
    assert not slots_for(MONDAY, MONDAY - timedelta(days=1), OFFICE_HOURS, minutes=5, capacity=1)


def test_a_service_of_three_slots_does_not_straddle_lunch():
    slots = slots_for(MONDAY, MONDAY, OFFICE_HOURS, minutes=60, capacity=1)
    assert [starts(run) for run in runs_of(slots, 3)] == [
        ["08:30", "09:30", "10:30"],
        ["13:00", "14:00", "15:00"],
    ]
    assert len(runs_of(slots, 1)) == 6
    assert not runs_of(slots, 4)
    with pytest.raises(ValueError, match="at least one"):
        runs_of(slots, 0)


def test_the_booking_window_has_two_edges():
    window = BookingWindow(notice=timedelta(minutes=30), days_ahead=7)
    now = at(10)
    assert window.allows(at(10, 30), now)
    assert not window.allows(at(10, 29), now)
    week = MONDAY + timedelta(days=7)
    assert window.allows(at(23, 59, week), now)
    with pytest.raises(TooFarAhead, match="2026-11-30"):
        window.check(at(0, 0, week + timedelta(days=1)), now)
    with pytest.raises(TooLate, match="30 minutes"):
        window.check(at(9), now)
    assert not BookingWindow(timedelta(), 7).allows(now, now)


def test_the_window_counts_thai_days_whatever_the_clock_of_the_server():
    window = BookingWindow(notice=timedelta(), days_ahead=0)
    late_evening_utc = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # 01:00 on Monday in Bangkok
    assert window.days(late_evening_utc) == (MONDAY, MONDAY)
    assert window.allows(at(9), late_evening_utc)
    with pytest.raises(ValueError, match="time zone"):
        window.days(datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="zero or more"):
        BookingWindow(timedelta(minutes=-1), 1)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(BANGKOK)),  # noqa: DTZ001
    st.integers(0, 100_000),
    st.integers(0, 3_000),
    st.integers(0, 60),
)
def test_what_the_window_allows_lies_in_its_days(now, ahead, notice, days_ahead):
    window = BookingWindow(timedelta(minutes=notice), days_ahead)
    begins = now + timedelta(minutes=ahead)
    if window.allows(begins, now):
        first, last = window.days(now)
        assert first <= begins.date() <= last
        assert not window.allows(begins, begins)


# One customer being served, one waiting, ten minutes each.
@pytest.mark.parametrize(
    ("counters", "optimistic", "expected"), [(1, 8, 20), (2, 0, 10), (4, 0, 5)]
)
def test_the_wait_of_the_next_ticket(counters, optimistic, expected):
    wait = waiting_time(2, counters, timedelta(minutes=10))
    assert wait == (timedelta(minutes=optimistic), timedelta(minutes=expected))


@given(st.integers(0, 500), st.integers(1, 30), st.integers(0, 120))
def test_more_people_wait_longer_and_more_counters_shorten_it(ahead, counters, minutes):
    average = timedelta(minutes=minutes)
    wait = waiting_time(ahead, counters, average)
    assert timedelta() <= wait.optimistic <= wait.expected
    assert waiting_time(ahead + 1, counters, average) >= wait
    assert waiting_time(ahead, counters + 1, average) <= wait


def test_no_counter_no_estimate():
    assert waiting_time(3, 0, timedelta(minutes=10)) is None
    with pytest.raises(ValueError, match="negative"):
        waiting_time(-1, 1, timedelta(minutes=10))

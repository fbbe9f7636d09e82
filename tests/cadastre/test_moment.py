"""Moments of the past as they are written in addresses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastre.errors import InvalidInput
from cadastre.moment import THAILAND, Moment, moment_of

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # ten in the morning in Thailand


def test_nothing_asked_is_today_as_known_now():
    assert moment_of({}, now=NOW) == Moment(date(2026, 11, 20))
    # At half past midnight in Thailand it is still yesterday in Greenwich.
    assert moment_of({}, now=datetime(2026, 11, 19, 17, 30, tzinfo=UTC)).on == date(2026, 11, 20)


def test_a_known_day_means_its_end_in_thailand():
    known = moment_of({"known": "2024-02-29"}, now=NOW).known
    assert known == datetime(2024, 2, 29, 16, 59, 59, 999999, tzinfo=UTC)
    assert moment_of({"known": "2026-11-20"}, now=NOW).known is None


def test_the_day_in_law_is_that_of_what_was_known_unless_said():
    assert moment_of({"known": "2024-02-28T18:00Z"}, now=NOW).on == date(2024, 2, 29)
    assert moment_of({"known": "2024-02-28", "on": "2020-01-01"}, now=NOW).on == date(2020, 1, 1)


def test_an_instant_without_an_offset_is_thai_time():
    thai, zulu = "2024-02-29T15:30", "2024-02-29T08:30:00.000Z"
    assert moment_of({"known": thai}, now=NOW).known == moment_of({"known": zulu}, now=NOW).known


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"on": "2026-02-29"}, "moment_unreadable"),
        ({"on": "2569-02-28"}, "moment_in_buddhist_era"),
        ({"on": "2567-02-29"}, "moment_in_buddhist_era"),
        ({"on": "2026-11-21"}, "moment_to_come"),
        ({"known": "2026-11-21"}, "moment_to_come"),
        ({"known": "2026-11-20T10:00:01"}, "moment_to_come"),
        ({"on": "2024-02-29T10:00"}, "moment_unreadable"),
        ({"known": "2024-02-29T25:00"}, "moment_unreadable"),
        ({"known": "0001-01-01T00:00+14:00"}, "moment_unreadable"),
        *(
            ({"on": text}, "moment_unreadable")
            for text in ("", "๒๐๒๔-๐๑-๐๑", "20240101", "x", "0000-01-01")
        ),
    ],
)  # fmt: skip
def test_what_is_no_moment_of_the_past_is_refused_with_its_name(asked, code):
    with pytest.raises(InvalidInput) as caught:
        moment_of(asked, now=NOW)
    assert caught.value.code == code
    assert caught.value.evidence["field"] == next(iter(asked))
    assert next(iter(asked)) in str(caught.value)


@given(
    st.dates(date(1890, 1, 1), date(2026, 11, 19)),
    st.datetimes(datetime(1921, 1, 1), datetime(2026, 11, 19)),  # noqa: DTZ001
)
def test_a_moment_written_and_read_again_is_the_same(on, known):
    asked = {"on": on.isoformat(), "known": known.replace(tzinfo=THAILAND).isoformat()}
    moment = moment_of(asked, now=NOW)
    assert moment.on == on
    assert moment.known == known.replace(tzinfo=THAILAND)
    assert moment_of(dict(parse_qsl(moment.query)), now=NOW) == moment


def test_a_moment_is_settled_when_nothing_under_way_can_add_to_it():
    day = timedelta(days=1)
    assert moment_of({"known": "2026-11-18"}, now=NOW).is_settled(NOW, day)
    assert not moment_of({"known": "2026-11-19"}, now=NOW).is_settled(NOW, day)
    assert not moment_of({"on": "2020-01-01"}, now=NOW).is_settled(NOW, day)

"""Charts: round steps, marks within the frame, texts that cannot break out."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from web.charts import BOTTOM, LEFT, RIGHT, TOP, Axis, Chart, Tick, round_steps, round_top

finite = st.floats(-1e9, 1e9, allow_nan=False)


def test_steps_are_round() -> None:
    assert round_steps(0, 1) == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert round_steps(0, 730) == [0, 200, 400, 600]
    assert round_steps(0.83, 1.21) == [0.9, 1.0, 1.1, 1.2]
    assert round_steps(3, 3) == [3]


@given(finite, st.floats(1e-3, 1e9))
def test_steps_lie_within_and_are_a_handful(low, reach) -> None:
    steps = round_steps(low, low + reach)
    slack = (reach + abs(low)) * 1e-6
    assert 2 <= len(steps) <= 11 or reach < abs(low) * 1e-9
    assert all(low - slack <= step <= low + reach + slack for step in steps)


@given(st.floats(0.001, 1e12))
def test_the_top_is_above_the_highest(highest) -> None:
    assert highest < round_top(highest) <= 3 * highest


@given(finite, finite)
def test_every_mark_lies_in_the_frame(x, y) -> None:
    chart = Chart("t", Axis(-5, 100, "x"), Axis(0, 10, "y"))
    across, down = chart.place(x, y)
    assert LEFT <= across <= chart.width - RIGHT
    assert TOP <= down <= chart.height - BOTTOM


def test_the_picture_is_well_formed_whatever_it_says() -> None:
    hostile = '<script>alert("1")</script>&'
    chart = Chart(hostile, Axis(0, 10, hostile), Axis(0, 10, hostile))
    chart.x_ticks.append(Tick(1.5, hostile))
    chart.add_line([(0, 0), (10, 5)], "now", hostile)
    chart.add_dot(1, 2, "far", hostile)
    chart.add_bar(2, 3, 4, "rest", hostile)
    page = render_to_string("web/components/chart.html", {"chart": chart})
    assert "<script" not in page
    figure = ET.fromstring(page[page.index("<figure") :])  # noqa: S314 – our own page
    picture = figure.find("svg")
    assert picture is not None
    assert picture.get("aria-label") == hostile
    assert [each.find("title").text for each in picture.iter("circle")] == [hostile]  # type: ignore[union-attr]
    bar = picture.find("rect")
    assert bar is not None
    assert float(bar.get("height", "0")) > 0

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastre.adjustment.chi_square import chi_square_probability, chi_square_quantile


# Printed tables of the distribution.
@pytest.mark.parametrize(
    ("probability", "freedom", "table"),
    [
        (0.025, 1, 0.000982),
        (0.95, 1, 3.841),
        (0.025, 3, 0.2158),
        (0.975, 3, 9.348),
        (0.95, 10, 18.307),
        (0.99, 30, 50.892),
        (0.025, 100, 74.222),
        (0.975, 100, 129.561),
    ],
)
def test_the_printed_tables(probability, freedom, table):
    assert chi_square_quantile(probability, freedom) == pytest.approx(table, rel=6e-4)


@given(st.floats(0.001, 0.999))
def test_two_degrees_of_freedom_have_a_closed_form(probability):
    expected = -2 * math.log(1 - probability)
    assert chi_square_quantile(probability, 2) == pytest.approx(expected, rel=1e-11)


@given(st.floats(0.001, 0.999), st.integers(1, 2000))
def test_quantile_and_probability_are_inverse(probability, freedom):
    x = chi_square_quantile(probability, freedom)
    assert chi_square_probability(x, freedom) == pytest.approx(probability, abs=1e-10)


def test_arguments_that_make_no_sense():
    assert chi_square_probability(-1, 3) == 0
    for probability, freedom in ((0, 3), (1, 3), (0.5, 0)):
        with pytest.raises(ValueError, match="probability"):
            chi_square_quantile(probability, freedom)

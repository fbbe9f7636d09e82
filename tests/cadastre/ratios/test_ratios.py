"""The ratio study: the published tables to their printed digits, and what holds for any sale."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cadastre.ratios import (
    STANDARDS,
    Sample,
    Verdict,
    cod,
    fences_of,
    median_ratio,
    prb,
    prd,
    study,
)
from cadastre.ratios.intervals import of_median, of_resampling, student_quantile
from cadastre.ratios.measures import cods

amounts = st.floats(1_000, 1e8)
sales = st.lists(st.tuples(amounts, amounts), min_size=5, max_size=30).map(
    lambda pairs: Sample.of(*(list(column) for column in zip(*pairs, strict=True)))
)


@pytest.fixture(scope="session")
def published(sample_data):
    folder = sample_data / "valuation"
    return folder, json.loads((folder / "expected.json").read_text())


def sample_of(path: Path) -> Sample:
    with path.open() as lines:
        rows = list(csv.DictReader(lines))
    value = "estimate" if "estimate" in rows[0] else "assessed"
    return Sample.of([float(row[value]) for row in rows], [float(r["sale_price"]) for r in rows])


@pytest.mark.sample_data
@pytest.mark.parametrize("table", ["iaao_table_1_1", "iaao_table_d_1"])
def test_the_tables_of_the_iaao_come_out_to_the_digit(published, table) -> None:
    folder, expected = published
    sample, told = sample_of(folder / f"{table}.csv"), expected[table]
    assert round(cod(sample), 1) == told["cod"]
    # Table 1-1 prints two decimals of PRD, table D-1 three.
    decimals = len(str(told["prd"]).split(".")[1])
    assert round(prd(sample), decimals) == told["prd"]
    assert round(prb(sample).slope, len(str(told["prb"]).split(".")[1])) == told["prb"]


@pytest.mark.sample_data
def test_a_county_of_979_sales_comes_out_as_published(published) -> None:
    folder, expected = published
    sample, told = sample_of(folder / "ccao_ratios_sample.csv"), expected["ccao_ratios_sample"]
    assert cod(sample) == pytest.approx(told["cod"], rel=1e-14)
    assert prd(sample) == pytest.approx(told["prd"], rel=1e-14)
    # Printed with seven decimals, cut off, not rounded.
    assert np.floor(prb(sample).slope * 1e7) / 1e7 == pytest.approx(told["prb"], abs=1e-12)


@pytest.mark.sample_data
def test_the_published_interval_is_one_that_a_hundred_resamples_give(published) -> None:
    """It was drawn at random: its ends lie among those of 300 such draws, and ours near them."""
    folder, expected = published
    sample = sample_of(folder / "ccao_ratios_sample.csv")
    told = expected["ccao_ratios_sample"]["cod_ci95_boot"]
    draws = [of_resampling(sample, cods, resamples=100, seed=seed) for seed in range(300)]
    for place, end in enumerate(told):
        ends = [draw[place] for draw in draws]
        assert np.quantile(ends, 0.005) <= end <= np.quantile(ends, 0.995)
    ours = study(sample).cod.interval
    assert ours == pytest.approx(tuple(np.mean(draws, axis=0)), rel=0.01)
    assert ours == pytest.approx(tuple(told), rel=0.025)


def test_a_small_case_by_hand() -> None:
    # ratios .8 .9 1 1.1 1.2: median 1, mean distance .12; Σ values 509, Σ prices 500
    sample = Sample.of([80, 90, 100, 110, 120], [100] * 5)
    assert median_ratio(sample) == 1
    assert cod(sample) == pytest.approx(12)
    assert prd(sample) == pytest.approx(1)
    assert prb(Sample.of([100, 200, 400], [100, 200, 400])).slope == pytest.approx(0)


def test_dear_property_appraised_low_is_seen() -> None:
    prices = [100.0 * 2**n for n in range(8)]
    regressive = Sample.of([p * (1 - 0.05 * n) for n, p in enumerate(prices)], prices)
    assert prd(regressive) > STANDARDS["prd"].high
    assert study(regressive).prb.verdict is Verdict.OUTSIDE
    assert prb(regressive).slope < 0


@given(sales, st.floats(0.01, 100))
def test_the_currency_changes_nothing(sample, factor) -> None:
    other = Sample.of(list(sample.values * factor), list(sample.prices * factor))
    assert cod(other) == pytest.approx(cod(sample), rel=1e-9, abs=1e-9)
    assert prd(other) == pytest.approx(prd(sample), rel=1e-9)
    assert (prb(sample) is None) == (prb(other) is None) or len(set(sample.prices)) < 3
    if (a := prb(sample)) and (b := prb(other)):
        assert b.slope == pytest.approx(a.slope, rel=1e-5, abs=1e-6)


@given(sales, st.floats(0.1, 10))
def test_another_level_of_appraisal_changes_the_median_alone(sample, factor) -> None:
    other = Sample.of(list(sample.values * factor), list(sample.prices))
    assert median_ratio(other) == pytest.approx(median_ratio(sample) * factor, rel=1e-9)
    assert cod(other) == pytest.approx(cod(sample), rel=1e-9, abs=1e-9)
    assert prd(other) == pytest.approx(prd(sample), rel=1e-9)


@given(sales, st.randoms())
def test_the_order_of_sales_does_not_matter(sample, random) -> None:
    places = list(range(len(sample)))
    random.shuffle(places)
    other = sample.take(np.array(places))
    assert cod(other) == pytest.approx(cod(sample), rel=1e-9, abs=1e-9)
    assert prd(other) == pytest.approx(prd(sample), rel=1e-9)


@given(amounts, st.floats(0.2, 3), st.integers(5, 20))
def test_equal_ratios_have_no_dispersion_and_no_bias(price, ratio, count) -> None:
    prices = [price * (1 + n) for n in range(count)]
    sample = Sample.of([p * ratio for p in prices], prices)
    assert cod(sample) == pytest.approx(0, abs=1e-9)
    assert prd(sample) == pytest.approx(1)
    assert prb(sample).slope == pytest.approx(0, abs=1e-9)


@given(st.lists(st.floats(0.1, 5), min_size=1, max_size=60))
def test_the_interval_of_the_median_is_the_exact_one_of_the_binomial(ratios) -> None:
    interval = of_median(np.array(ratios))
    rank = int(stats.binom.ppf(0.025, len(ratios), 0.5))
    # ppf gives the first rank whose sum reaches the tail; one that meets it exactly does not occur
    if rank == 0:
        assert interval is None
    else:
        ordered = sorted(ratios)
        assert interval == (ordered[rank - 1], ordered[-rank])
        assert interval.low <= np.median(ratios) <= interval.high


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 34, 977])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_students_t_is_that_of_scipy(freedom, level) -> None:
    assert student_quantile(level, freedom) == pytest.approx(
        stats.t.ppf((1 + level) / 2, freedom), rel=1e-9
    )


def test_the_slope_and_its_interval_are_those_of_least_squares() -> None:
    generator = np.random.default_rng(1)
    prices = generator.uniform(1e5, 1e7, 40)
    sample = Sample.of(list(prices * generator.uniform(0.6, 1.2, 40)), list(prices))
    median = np.median(sample.ratios)
    line = stats.linregress(
        np.log2((sample.prices + sample.values / median) / 2), (sample.ratios - median) / median
    )
    reach = stats.t.ppf(0.975, 38) * line.stderr
    told = study(sample).prb
    assert told.figure == pytest.approx(line.slope)
    assert told.interval == pytest.approx((line.slope - reach, line.slope + reach))


def test_the_interval_of_the_median_holds_what_it_promises() -> None:
    """Of many towns with a known median, 95 per cent or a little more of the intervals hold it."""
    generator = np.random.default_rng(7)
    held = sum(
        interval.low <= 0.9 <= interval.high
        for interval in (of_median(0.9 * np.exp(generator.normal(0, 0.2, 25))) for _ in range(400))
    )
    assert 0.93 <= held / 400 <= 0.99


def test_far_sales_are_found_and_still_counted() -> None:
    values = [90.0, 95, 100, 105, 110, 100, 98, 102, 300]
    sample = Sample.of(values, [100.0] * 9)
    fences = fences_of(sample.ratios)
    assert [ratio for ratio in sample.ratios if fences.is_outlier(ratio)] == [3.0]
    assert fences.is_extreme(3.0)
    assert study(sample).sales == 9


@pytest.mark.parametrize(
    ("values", "prices"),
    [([1.0], []), ([0.0], [1.0]), ([1.0], [-1.0]), ([float("nan")], [1.0]), ([1.0], [1e999])],
)
def test_what_is_no_sale_is_refused(values, prices) -> None:
    with pytest.raises(ValueError, match="value"):
        Sample.of(values, prices)


def test_too_few_sales_say_nothing() -> None:
    assert study(Sample.of([1, 2, 3, 4], [1, 2, 3, 4])) is None
    assert of_median(np.array([1.0] * 5)) is None
    assert of_median(np.array([1.0] * 6)) == (1, 1)
    assert prb(Sample.of([5] * 5, [5] * 5)) is None

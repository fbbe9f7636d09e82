"""Real receiver files through the gate: what fails, what passes, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from cadastre.fieldfiles import read_field_file
from cadastre.pointquality import (
    BOUNDARY,
    Covariance,
    Epoch,
    Level,
    MarkCheck,
    Occupation,
    Position,
    judge,
)

GEONET = "rtklib_geonet"


def epochs_of(sample_data, name):
    path = sample_data / "survey" / "gnss" / name
    found = []
    for seen in read_field_file(path.name, path.read_bytes()).observations:
        where, told = seen.position, seen.quality
        own = told.covariance
        found.append(
            Epoch(
                Position(where.longitude, where.latitude, where.height_m),
                seen.epoch,
                own
                and Covariance(own.var_1, own.cov_12, own.cov_13, own.var_2, own.cov_23, own.var_3),
                told.fix.value,
                told.pdop,
                told.satellites,
                told.ratio,
                told.age_s,
            )
        )
    return found


@pytest.fixture
def kinematic(sample_data):
    """115 epochs of half a minute, all fixed: 57 minutes on one antenna."""
    return epochs_of(sample_data, f"{GEONET}/0759_kinematic_llh_t.pos")


def between(epochs, first_minute, last_minute, name):
    start = epochs[0].at
    return Occupation(
        name,
        [e for e in epochs if timedelta(minutes=first_minute) <= e.at - start
         <= timedelta(minutes=last_minute)],
    )  # fmt: skip


# RTKLIB's files know no PDOP; ten minutes of half-minute epochs are 20.
FILE_CLASS = BOUNDARY.changed(pdop_max=None, epochs_min=15)


def mark_of(sample_data):
    """The static solution of the same antenna, its last epoch: an hour of data."""
    return epochs_of(sample_data, f"{GEONET}/0759_static_llh.pos")[-1].position


def test_two_fixed_occupations_between_checks_on_the_mark_pass(sample_data, kinematic):
    known = mark_of(sample_data)
    checks = [
        MarkCheck("0759", known, between(kinematic, 0, 7, "check 1")),
        MarkCheck("0759", known, between(kinematic, 50, 57, "check 2")),
    ]
    visits = [between(kinematic, 7.5, 15, "first"), between(kinematic, 45.5, 49.5, "second")]
    verdict = judge(visits, FILE_CLASS.changed(epochs_min=8), checks)
    assert [reason.render() for reason in verdict.reasons] == []
    assert verdict.level is Level.PASS
    assert verdict.sessions == 2
    assert [mark.passed for mark in verdict.marks] == [True, True]
    (pair,) = verdict.agreements
    assert pair.minutes_apart == pytest.approx(31, abs=0.6)
    assert pair.horizontal_m < 0.01
    # A few millimetres at best: nobody is promised 6 mm / √24.
    sigma = np.sqrt(np.diag(verdict.covariance))
    assert 0.002 < sigma[0] < 0.006
    assert sigma[2] > 0.008
    truth = known.lat - verdict.position.lat
    assert abs(truth * 111_000) < 0.01


def test_a_single_solution_fails_and_says_that_it_is_one(sample_data):
    epochs = epochs_of(sample_data, f"{GEONET}/0759_single.pos")
    verdict = judge([Occupation("A", epochs)], FILE_CLASS)
    assert verdict.level is Level.FAIL
    assert (verdict.position, verdict.covariance) == (None, None)
    (unusable,) = verdict.unusable
    assert len(unusable.epochs) == 115
    words = [reason.render() for reason in verdict.reasons]
    assert words[0].startswith("Occupation A: 0 usable epochs of 115; 15 are needed.")
    assert "115 of 115 epochs were skipped, mostly because of: kind of solution" in words[1]


def test_an_nmea_log_without_sigmas_warns_that_its_scatter_stands_in(sample_data):
    epochs = epochs_of(sample_data, f"{GEONET}/0759_kinematic.nmea")
    assert len(epochs) == 115
    halves = [Occupation("first", epochs[:40]), Occupation("second", epochs[-10:])]
    settings = replace(FILE_CLASS.changed(epochs_min=8), mark_checks=False)
    verdict = judge(halves, settings)
    assert verdict.level is Level.WARN
    assert {reason.code for reason in verdict.reasons} == {"sigma_not_reported"}
    assert 0.001 < np.sqrt(verdict.occupations[0].covariance[0, 0]) < 0.01


def test_a_log_that_floats_and_then_fixes_keeps_only_its_fixed_epochs(sample_data):
    epochs = epochs_of(sample_data, "demo5_rover_first300.pos")
    verdict = judge([Occupation("A", epochs)], FILE_CLASS.changed(separation_min_minutes=None))
    (mean,) = verdict.occupations
    floats = {s.index for s in mean.skipped if s.reason.code == "fix_not_accepted"}
    assert floats == {i for i, e in enumerate(epochs) if e.fix == "float"}
    assert len(floats) == 68
    assert len(mean.used) + len(mean.skipped) == len(epochs) == 301
    assert set(mean.used).isdisjoint(s.index for s in mean.skipped)
    # One second apart, the errors of neighbours are nearly the same.
    assert min(mean.autocorrelation) > 0.8
    assert mean.effective_epochs < 20
    # The receiver's own 6 mm stay 6 mm, whatever the number of epochs.
    assert np.sqrt(mean.covariance[0, 0]) == pytest.approx(0.0059, abs=0.0003)


@pytest.mark.parametrize("name", ["demo5_rover_first300.pos", f"{GEONET}/0759_kinematic_llh_t.pos"])
def test_dividing_by_the_number_of_epochs_would_promise_too_much(sample_data, name):
    """The reason for the rule: means of 28 fixed epochs scatter beyond σ/√28, never beyond σ."""
    fixed = [e for e in epochs_of(sample_data, name) if e.fix == "fixed"]
    parts = [Occupation(str(i), fixed[i : i + 28]) for i in range(0, len(fixed) - 27, 28)]
    settings = FILE_CLASS.changed(epochs_min=1, outlier_factor=None)
    means = [judge([part], settings).occupations[0] for part in parts]
    north = np.std([mean.position.lat for mean in means], ddof=1) * 111_132
    promised = np.mean([np.sqrt(mean.covariance[1, 1]) for mean in means])
    assert north > promised / np.sqrt(28)
    assert north < promised


def test_without_times_positions_are_still_judged(kinematic):
    timeless = Occupation("A", [replace(e, at=None) for e in kinematic])
    verdict = judge([timeless], FILE_CLASS)
    assert "times_unknown" in {reason.code for reason in verdict.reasons}
    assert verdict.position is not None

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastre.geodesy import parse_frame
from cadastre.pointquality import (
    BOUNDARY,
    CONTROL,
    MESSAGES,
    QUALITY_CLASSES,
    Covariance,
    Epoch,
    Level,
    LocalFrame,
    MarkCheck,
    Occupation,
    Position,
    Reason,
    average,
    judge,
)

MARK = Position(100.5, 13.75, 20.0)
GROUND = LocalFrame(MARK)
NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)
OWN = Covariance.of_sigmas(0.006, 0.008, 0.015)


def epoch(east=0.0, north=0.0, up=0.0, **told):
    facts = {"covariance": OWN, "fix": "fixed", "pdop": 1.6, "satellites": 18, "age_s": 1.0}
    return Epoch(GROUND.position((east, north, up)), **(facts | told))


def visit(name="first", minute=0, count=60, shift=(0, 0, 0), **told):
    """A minute of epochs with the wave that multipath makes, a few millimetres high."""
    epochs = []
    for second in range(count):
        wave = 0.003 * math.sin(second / 9)
        where = (shift[0] + wave, shift[1] - wave, shift[2] + 2 * wave)
        at = NOON + timedelta(minutes=minute, seconds=second)
        epochs.append(epoch(*where, at=at, **told))
    return Occupation(name, epochs)


def check(minute, shift=(0, 0, 0), **told):
    return MarkCheck("BM7", MARK, visit("check", minute, shift=shift, **told))


def good(**changes):
    parts = {
        "occupations": [visit(), visit("second", 40)],
        "checks": [check(-10), check(60)],
        "settings": BOUNDARY,
    }
    return judge(**(parts | changes))


def codes(verdict, level=None):
    return [r.code for r in verdict.reasons if level is None or r.level is level]


def test_two_visits_that_agree_between_two_checks_pass():
    verdict = good()
    assert verdict.level is Level.PASS
    assert verdict.reasons == ()
    assert verdict.sessions == 2
    assert GROUND.metres([verdict.position])[0] == pytest.approx((0, 0, 0), abs=0.002)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("fix_not_accepted", {"fix": "float"}),
        ("pdop_high", {"pdop": 4.1}),
        ("few_satellites", {"satellites": 4}),
        ("correction_old", {"age_s": 10.5}),
        ("sigma_horizontal_high", {"covariance": Covariance.of_rms(0.031, 0.02)}),
        ("sigma_vertical_high", {"covariance": Covariance.of_rms(0.01, 0.051)}),
        ("sigma_missing", {"covariance": None}),
        ("sigma_missing", {"covariance": Covariance.of_sigmas(0.0, 0.0, 0.0)}),
        ("pdop_high", {"pdop": math.nan}),
    ],
)
def test_a_bad_epoch_is_skipped_with_its_reason_and_the_mean_does_not_see_it(code, told):
    sound = visit().epochs
    bad = epoch(5.0, 5.0, 5.0, **told)
    mean = average(Occupation("A", [*sound, bad]), BOUNDARY)
    (skipped,) = mean.skipped
    assert (skipped.index, skipped.reason.code) == (60, code)
    assert mean.position == average(Occupation("A", sound), BOUNDARY).position


def test_an_epoch_without_a_position_is_skipped():
    for lon, lat in ((math.nan, 13.0), (100.0, 97.0)):
        lost = Epoch(Position(lon, lat, 1.0), fix="fixed")
        mean = average(Occupation("A", [*visit().epochs, lost]), BOUNDARY)
        assert [s.reason.code for s in mean.skipped] == ["position_missing"]


def test_limits_themselves_are_still_good():
    at_limit = visit(pdop=4.0, satellites=5, age_s=10.0, covariance=Covariance.of_rms(0.03, 0.05))
    assert average(at_limit, BOUNDARY).skipped == ()


@given(st.integers(0, 59), st.floats(0.06, 50), st.sampled_from([0, 1, 2]))
def test_a_jump_is_named_by_the_scatter_and_nothing_else_is(place, jump, axis):
    epochs = list(visit().epochs)
    shift = [0.0, 0.0, 0.0]
    shift[axis] = jump
    epochs[place] = epoch(*shift)
    mean = average(Occupation("A", epochs), BOUNDARY)
    assert [s.index for s in mean.skipped] == [place]
    assert mean.skipped[0].reason.code == "scatter_outlier"


def test_a_burst_without_any_scatter_loses_no_epoch():
    still = [epoch() for _ in range(30)] + [epoch(0.002, 0, 0)]
    assert average(Occupation("A", still), BOUNDARY).skipped == ()


def test_sixty_epochs_promise_no_more_than_one():
    one, sixty = average(visit(count=1), BOUNDARY), average(visit(count=60), BOUNDARY)
    assert sixty.covariance == pytest.approx(one.covariance, rel=1e-9)
    assert np.diag(one.covariance) == pytest.approx([0.006**2, 0.008**2, 0.015**2])


def test_correlations_rounded_beyond_one_are_dropped_and_the_epoch_is_kept():
    rounded = Covariance(1e-8, 4e-8, 0.0, 1e-8, 0.0, 4e-8)
    assert (rounded.matrix(3) == np.diag([1e-8, 1e-8, 4e-8])).all()
    sound = Covariance(1e-8, 5e-9, 0.0, 1e-8, 0.0, 4e-8)
    assert sound.matrix(2)[0, 1] == 5e-9
    mean = average(visit(covariance=rounded), BOUNDARY)
    assert len(mean.used) == 60


def test_better_epochs_weigh_more():
    vague = Covariance.of_sigmas(0.02, 0.02, 0.04)
    mixed = [epoch(0, 0, 0), epoch(0.01, 0, 0, covariance=vague)]
    mean = average(Occupation("A", mixed), BOUNDARY)
    east = GROUND.metres([mean.position])[0][0]
    assert east == pytest.approx(0.01 * 0.006**2 / (0.006**2 + 0.02**2), abs=1e-6)


def test_scatter_beyond_the_reported_sigma_enlarges_the_covariance_and_warns():
    boast = Covariance.of_sigmas(0.0005, 0.0005, 0.001)
    verdict = good(occupations=[visit(covariance=boast), visit("second", 40)])
    assert codes(verdict) == ["scatter_beyond_sigma"]
    assert verdict.level is Level.WARN
    mean = verdict.occupations[0]
    assert mean.scatter_ratio > 2
    assert mean.covariance[0, 0] == pytest.approx((0.0005 * mean.scatter_ratio) ** 2)


def test_without_reported_sigmas_the_scatter_stands_in_undivided():
    verdict = good(occupations=[visit(covariance=None), visit("second", 40)])
    assert codes(verdict) == ["sigma_not_reported"]
    scatter = np.var([0.003 * math.sin(i / 9) for i in range(60)], ddof=1)
    assert verdict.occupations[0].covariance[0, 0] == pytest.approx(scatter, rel=1e-3)
    lone = average(visit(count=1, covariance=None), BOUNDARY)
    assert lone.covariance is None


def test_what_the_file_leaves_out_warns_and_is_not_taken_as_good():
    silent = visit(pdop=None, satellites=None, age_s=None, fix="")
    verdict = good(occupations=[silent, visit("second", 40)])
    assert verdict.level is Level.WARN
    assert [r.evidence["what"] for r in verdict.reasons] == ["fix", "pdop", "satellites", "age"]
    assert verdict.reasons[0].render().startswith("Occupation first: the file does not record")


def test_positions_without_heights_are_judged_in_the_plane():
    flat = [
        Occupation(name, [replace(e, position=e.position._replace(height_m=None),
                                  covariance=Covariance.of_sigmas(0.006, 0.008))
                          for e in visit(name, minute).epochs])
        for name, minute in (("first", 0), ("second", 40))
    ]  # fmt: skip
    verdict = good(occupations=flat)
    assert verdict.covariance.shape == (2, 2)
    assert verdict.position.height_m is None
    assert {r.evidence["what"] for r in verdict.reasons} == {"sigma_vertical"}
    assert verdict.agreements[0].up_m is None


def test_too_few_epochs_and_occupations_fail():
    verdict = good(occupations=[visit(count=59)])
    assert codes(verdict, Level.FAIL) == ["few_epochs", "few_occupations"]
    assert verdict.reasons[0].limit is BOUNDARY.epochs_min
    assert verdict.position is not None
    nothing = judge([], BOUNDARY)
    assert (nothing.level, nothing.position, nothing.sessions) == (Level.FAIL, None, 0)


def test_a_receivers_own_mean_counts_its_epochs():
    averaged = [Occupation(n, [epoch(at=NOON + timedelta(minutes=m), count=60)])
                for n, m in (("first", 0), ("second", 40))]  # fmt: skip
    assert good(occupations=averaged).level is Level.PASS


def test_visits_too_close_in_time_fail_and_gain_nothing():
    verdict = good(occupations=[visit(), visit("second", 30)])  # 29 minutes after the end
    assert codes(verdict) == ["occupations_close"]
    assert "are 29 minutes apart; 30 are needed" in verdict.reasons[0].render()
    assert verdict.sessions == 1
    assert verdict.covariance == pytest.approx(verdict.occupations[0].covariance, rel=1e-6)
    apart = good()
    assert apart.covariance == pytest.approx(verdict.covariance / 2, rel=1e-6)


def test_without_a_separation_asked_for_a_burst_cut_in_two_is_still_one_session():
    halves = [visit(), visit("second", 2)]
    lax = good(occupations=halves, settings=BOUNDARY.changed(separation_min_minutes=None))
    assert (lax.level, lax.sessions) == (Level.PASS, 1)
    assert lax.covariance == pytest.approx(lax.occupations[0].covariance, rel=1e-6)


def test_three_visits_of_which_two_are_close_are_two_sessions():
    verdict = good(
        occupations=[visit(), visit("second", 5), visit("third", 50)],
        checks=[check(-10), check(60)],
    )
    assert (verdict.level, verdict.sessions) == (Level.PASS, 2)


def test_visits_that_disagree_fail_in_the_direction_in_which_they_do():
    verdict = good(occupations=[visit(), visit("second", 40, shift=(0.03, -0.03, 0.01))])
    assert codes(verdict, Level.FAIL) == ["disagree_horizontally"]
    assert "differ by 0.042 m horizontally; at most 0.040 m" in verdict.reasons[0].render()
    (pair,) = verdict.agreements
    assert (pair.east_m, pair.north_m) == pytest.approx((0.03, -0.03), abs=1e-5)
    high = good(occupations=[visit(), visit("second", 40, shift=(0, 0, -0.081))])
    assert codes(high, Level.FAIL) == ["disagree_vertically"]
    # What does not agree is not half as uncertain: the covariance grows with the difference.
    assert verdict.covariance[0, 0] > good().covariance[0, 0]


def test_a_difference_within_the_limit_but_beyond_the_sigmas_warns():
    verdict = good(occupations=[visit(), visit("second", 40, shift=(0.035, 0, 0))])
    assert codes(verdict) == ["differ_beyond_sigma"]
    assert verdict.level is Level.WARN
    assert verdict.agreements[0].chance < 0.01


def test_the_chance_is_that_of_the_chi_square_distribution():
    # Tables: 11.345 for three, 9.210 for two degrees of freedom leave 1 %.
    settings = BOUNDARY.changed(sigma_horizontal_max_m=None, sigma_vertical_max_m=None)
    for squared, up in ((11.345, 1.0), (9.210, None)):
        own = Covariance.of_sigmas(1.0, 1.0, up)
        first = visit(covariance=own)
        second = visit("second", 40, shift=(math.sqrt(2 * squared), 0, 0), covariance=own)
        (pair,) = judge([first, second], settings).agreements
        assert pair.chance == pytest.approx(0.01, abs=2e-5)


def test_marks_must_be_checked_before_and_after():
    assert codes(good(checks=[])) == ["mark_missing_before", "mark_missing_after"] * 2
    assert codes(good(checks=[check(-10)])) == ["mark_missing_after"] * 2
    assert codes(good(checks=[check(-10), check(41 + 12 * 60 + 1)])) == [
        "mark_missing_after"
    ] * 1 + ["mark_missing_after"]
    assert good(checks=[], settings=replace(BOUNDARY, mark_checks=False)).level is Level.PASS


def test_a_mark_that_is_off_checks_nothing():
    verdict = good(checks=[check(-10, shift=(0.041, 0, 0)), check(60)])
    assert codes(verdict) == ["mark_off_horizontally"] + ["mark_missing_before"] * 2
    assert "Known mark BM7: 0.041 m off horizontally" in verdict.reasons[0].render()
    assert verdict.marks[0].east_m == pytest.approx(0.041, abs=1e-4)
    high = good(checks=[check(-10, shift=(0, 0, -0.09)), check(60)])
    assert codes(high)[0] == "mark_off_vertically"
    blind = good(checks=[check(-10, fix="single"), check(60)])
    assert codes(blind)[0] == "mark_unusable"
    assert math.isnan(blind.marks[0].east_m)


def test_different_frames_are_never_averaged_and_unknown_ones_warn():
    old, new = parse_frame("ITRF2008@2013.1"), parse_frame("ITRF2014@2021.5")
    visits = [replace(visit(), frame=old), replace(visit("second", 40), frame=new)]
    verdict = good(occupations=visits)
    assert codes(verdict) == ["frames_differ"]
    assert (verdict.level, verdict.position, verdict.agreements) == (Level.FAIL, None, ())
    unsaid = good(occupations=[replace(visit(), frame=old), visit("second", 40)])
    assert (unsaid.level, codes(unsaid)) == (Level.WARN, ["frames_unknown"])
    assert unsaid.position is not None


def test_most_epochs_skipped_warns_with_the_main_reason():
    floats = [replace(e, fix="float") for e in visit(count=90).epochs]
    verdict = good(
        occupations=[Occupation("first", [*visit().epochs, *floats]), visit("second", 40)]
    )
    assert codes(verdict) == ["many_epochs_skipped"]
    assert verdict.reasons[0].evidence["main"] == "fix_not_accepted"


@given(st.lists(st.sampled_from(["fixed", "float", "single", ""]), min_size=1, max_size=30))
def test_no_epoch_is_lost(fixes):
    epochs = [epoch(fix=fix, at=NOON + timedelta(seconds=i)) for i, fix in enumerate(fixes)]
    verdict = judge([Occupation("A", epochs)], BOUNDARY)
    if verdict.occupations:
        (mean,) = verdict.occupations
        assert sorted([*mean.used, *(s.index for s in mean.skipped)]) == list(range(len(fixes)))
    else:
        assert verdict.unusable[0].epochs == epochs


def test_every_limit_has_a_source_and_says_whether_it_was_read_there():
    for settings in QUALITY_CLASSES.values():
        limits = dict(settings.limits())
        assert len(limits) >= 15
        assert all(limit.source for limit in limits.values())
        assert not settings.regulation_verified
        assert not limits["agreement_horizontal_max_m"].verified
        assert limits["outlier_factor"].verified
    tighter = [n for n, limit in CONTROL.limits() if n.endswith("_max_m")]
    assert all(getattr(CONTROL, n).value < getattr(BOUNDARY, n).value for n in tighter)


def test_an_office_sets_its_own_limits_and_misspelt_ones_are_refused():
    own = BOUNDARY.changed(pdop_max=6, ratio_min=3, agreement_chance_min=0.05)
    assert (own.pdop_max.value, own.pdop_max.source) == (6, "set by the office")
    assert own.agreement_chance_min.on_breach is Level.WARN  # as before
    assert average(visit(ratio=2.9), own) is None
    assert average(visit(ratio=3.0), own).skipped == ()
    with pytest.raises(ValueError, match="pdop_maximum"):
        BOUNDARY.changed(pdop_maximum=6)
    with pytest.raises(ValueError, match="name"):
        BOUNDARY.changed(name=6)


def test_every_reason_reads_as_a_sentence():
    numbers = "fix accepted value limit occupation total first second first_frame second_frame mark"
    filled = dict.fromkeys(numbers.split(), "7") | {"what": "pdop", "main": "scatter_outlier"}
    for code in MESSAGES:
        words = Reason(code, Level.WARN, filled).render()
        assert "{" not in words
        assert words[0].isupper() or words[0].isdigit()
        assert words.endswith((".", "%)."))

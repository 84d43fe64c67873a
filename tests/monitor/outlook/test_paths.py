"""Paths of the months to come: coherent, drawn alike each time, and as sure as they say."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from gongmai.core.period.types import Period
from gongmai.monitor.outlook.queries.targets import path_rules
from gongmai.monitor.outlook.rules.paths import draw_months, fit_growth, simulate, sum_groups
from gongmai.monitor.outlook.rules.targets import (
    Levers,
    firm_effects,
    months_left,
    needed_growth,
    probability,
    project_of,
    pull,
)

RULES = replace(path_rules(), paths=200)
SERIES, KNOWN, AHEAD = 400, 44, 7
BINS = ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.01))


def draw_leaves(seed: int, leaves: int = 6, months: int = 40):
    random = np.random.default_rng(seed)
    base = random.uniform(50, 500, (leaves, months))
    growth = 1.05 + random.normal(0, 0.05, (leaves, months))
    return base * growth, base


@given(seed=st.integers(0, 50), split=st.integers(1, 5))
@settings(max_examples=15, deadline=None)
def test_parts_add_up_to_the_whole_on_every_path(seed, split):
    actual, base = draw_leaves(seed)
    made = simulate(fit_growth(actual, base, RULES), base[:, -7:], RULES)
    groups = [np.arange(6), np.arange(split), np.arange(split, 6)]
    sums = sum_groups(made, groups)
    assert sums[:, 0] == pytest.approx(sums[:, 1] + sums[:, 2], rel=1e-6)
    assert (made >= 0).all()


def test_the_same_question_gets_the_same_paths():
    actual, base = draw_leaves(1)
    fit = fit_growth(actual, base, RULES)
    assert (simulate(fit, base[:, -5:], RULES) == simulate(fit, base[:, -5:], RULES)).all()


def test_errors_are_drawn_in_blocks_of_neighbouring_months():
    drawn = draw_months(30, 7, RULES)
    assert drawn.shape == (200, 7)
    steps = np.diff(drawn, axis=1)
    inside = np.ones(6, dtype=bool)
    inside[RULES.block - 1 :: RULES.block] = False
    assert (steps[:, inside] == 1).all()
    assert (drawn >= 0).all()
    assert (drawn < 30).all()


def test_leaves_that_moved_together_still_do():
    random = np.random.default_rng(3)
    base = np.full((2, 44), 100.0)
    shock = random.normal(0, 0.05, 44)
    actual = base * (1.05 + shock)
    made = simulate(fit_growth(actual, base, RULES), base[:, :4], RULES)
    assert np.corrcoef(made[0, 0], made[0, 1])[0, 1] > 0.999


def test_what_never_varied_is_certain():
    base = np.full((1, 40), 100.0)
    made = simulate(fit_growth(base * 1.1, base, RULES), base[:, :7], RULES)
    assert made == pytest.approx(110)


def test_too_few_months_are_refused():
    base = np.full((1, 5), 100.0)
    with pytest.raises(ValueError, match="too few"):
        fit_growth(base, base, RULES)


def test_probabilities_hold_in_four_hundred_made_up_series():
    """In each bin of stated probability, targets are reached as often as stated, within binomial bounds."""
    random = np.random.default_rng(20)
    stated, reached = np.empty(SERIES), np.empty(SERIES, dtype=bool)
    for number in range(SERIES):
        growth, values = 0.08, list(100 * random.uniform(0.7, 1.3, 11))
        for _ in range(KNOWN + AHEAD):
            growth = 0.06 + 0.7 * (growth - 0.06) + random.normal(0, 0.02)
            values.append(values[-11] * (1 + growth))
        actual, base = np.array(values[11:])[None], np.array(values[:-11])[None]
        fit = fit_growth(actual[:, :KNOWN], base[:, :KNOWN], RULES)
        totals = simulate(fit, base[:, KNOWN:], RULES).sum(axis=(0, 1), dtype=np.float64)
        target = base[:, KNOWN:].sum() * (1.06 + random.normal(0, 0.03))
        stated[number] = probability(totals, target)
        reached[number] = actual[:, KNOWN:].sum() >= target
    for low, high in BINS:
        mine = (stated >= low) & (stated < high)
        least, most = binom.interval(0.998, mine.sum(), stated[mine].mean())
        assert mine.sum() >= 20
        assert least <= reached[mine].sum() <= most, (low, stated[mine].mean(), reached[mine].mean())


@given(target=st.floats(1e3, 1e9), so_far=st.floats(0, 1e9), base=st.floats(1e3, 1e9))
def test_growth_that_is_needed_reaches_the_target_exactly(target, so_far, base):
    needed = needed_growth(target, so_far, base)
    assert needed is not None
    reached = so_far + base * (1 + needed)
    assert reached == pytest.approx(max(target, so_far), rel=1e-9)
    assert needed_growth(target, so_far, 0) is None


def test_growth_needed_of_the_demonstration_target():
    # 8,300 less 3,252.1 so far, on 4,393.4 of last year: +14.9 %
    assert needed_growth(8300, 3252.08, 4393.39) == pytest.approx(0.149, abs=0.0005)


def test_effects_of_firms_add_up_to_the_change_of_their_leaf():
    month, base = np.array([120.0, 80.0, 0.0]), np.array([100.0, 90.0, 10.0])
    level, weight, ahead = 1.1, 0.3, 1400.0
    so_far, projection = firm_effects(
        month, base, np.full(3, level), weight, np.full(3, base.sum()), np.full(3, ahead)
    )
    assert so_far.sum() == pytest.approx(month.sum() - base.sum() * level)
    new_level = level + weight * (month.sum() / base.sum() - level)
    assert projection.sum() == pytest.approx(so_far.sum() + ahead * (new_level - level))


def test_levers_change_only_what_they_say():
    left = months_left(Period(2023, 5))
    made = np.full((7, 3, 2), 100, dtype=np.float32)
    levers = Levers(
        stop="X", stop_from=7, project=50, project_from=9, fall=0.1, fall_industry="31", fall_from=8
    )
    changed = pull(
        made, levers, left, leaf_industries=("31", "20", "20"), stop_leaf=1, stop_share=np.full(7, 0.4)
    )
    assert changed[0] == pytest.approx(100)
    assert changed[1:, 1] == pytest.approx(60)
    assert changed[1, 0] == pytest.approx(100)
    assert changed[2:, 0] == pytest.approx(90)
    assert changed[:, 2] == pytest.approx(100)
    assert list(project_of(levers, left)) == [0, 0, 0, 50, 50, 50, 50]
    assert (made == 100).all()


def test_the_merged_first_period_has_two_months_of_a_project():
    assert list(project_of(Levers(project=50), (Period(2024, 2), Period(2024, 3)))) == [100, 50]

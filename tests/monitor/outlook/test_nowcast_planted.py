"""The nowcast on made-up cities: electricity that speaks, electricity that is noise, returns that come in."""

import datetime as dt

import numpy as np
import pytest

from gongmai.monitor.outlook.queries.nowcast_board import errors_of, make_board
from gongmai.monitor.outlook.queries.nowcast_rules import inputs, parameters
from gongmai.monitor.outlook.rules import nowcasting as rules
from tests.monitor.outlook.planted import TARGET, day_after, make_history, truth

RULES = parameters(dt.date(2023, 7, 1))
RETURNS, ELECTRICITY, TREND, NAIVE = range(4)


def test_the_inputs_stand_in_the_order_of_the_catalogue():
    assert [each.code for each in inputs()] == ["returns", "electricity", "trend", "naive"]


def test_electricity_that_follows_output_wins_and_carries_the_weight():
    history = make_history(signal=True)
    board = make_board(history, day_after(1), RULES)
    assert board.wins is True
    assert not board.made.filed.any()
    assert board.weights[ELECTRICITY] > 0.9
    naive = board.made.estimates[:, NAIVE].sum()
    made = board.firm_estimates.sum()
    assert abs(made / truth(history) - 1) < 0.02
    assert abs(made / truth(history) - 1) < abs(naive / truth(history) - 1)


def test_electricity_that_is_noise_loses_its_weight():
    speaks = make_board(make_history(signal=True, seed=3), day_after(1), RULES)
    silent = make_board(make_history(signal=False, seed=3), day_after(1), RULES)
    assert silent.weights[ELECTRICITY] < 0.6
    assert speaks.weights[ELECTRICITY] > 0.9
    slope = np.nanstd(silent.errors[:, ELECTRICITY]) / np.nanstd(speaks.errors[:, ELECTRICITY])
    assert slope > 3


def test_where_nothing_beats_last_years_month_it_is_the_estimate():
    fallen = [
        board
        for seed in range(8)
        if (board := make_board(_without_growth(seed), day_after(1), RULES)).wins is False
    ]
    assert fallen
    for board in fallen:
        assert board.weights.tolist() == [0, 0, 0, 1]
        assert board.firm_estimates.sum() == pytest.approx(board.made.estimates[:, NAIVE].sum())


def _without_growth(seed):
    """Every month is last year's but for noise of the firms, and electricity swings by itself."""
    history = make_history(signal=False, seed=seed, growth_spread=0.0)
    random = np.random.default_rng(seed + 100)
    year = np.arange(history.value.shape[1]) % 11
    level = history.value[:, :11][:, year] * np.exp(random.normal(0, 0.2, history.value.shape))
    history.value[:, :-1] = level[:, :-1]
    return history


def test_returns_so_far_take_over_as_they_arrive():
    history = make_history(signal=False, respond=0.5, seed=5)
    before, after = (make_board(history, day_after(days), RULES) for days in (1, 5))
    assert before.weights[RETURNS] == 0
    assert after.weights[RETURNS] > 0.95
    assert 0.35 < after.made.filed.mean() < 0.65
    assert abs(after.firm_estimates.sum() / truth(history) - 1) < 0.01


def test_what_arrives_later_changes_nothing_now():
    one, other = make_history(signal=True, respond=0.4), make_history(signal=True, respond=0.4)
    moment = day_after(5)
    later = np.isfinite(other.arrived) & (other.arrived > moment.timestamp())
    for row, each in enumerate(other.so_far):
        if each.at > moment:
            other.so_far[row] = type(each)(each.enterprise_id, each.period, each.at, 1e9, None, False, False)
    other.value[later] = 1e9
    for month, days in other.power.months.items():
        if month > TARGET.key:
            days[:] = 1e9
    a, b = make_board(one, moment, RULES), make_board(other, moment, RULES)
    assert np.array_equal(a.firm_estimates, b.firm_estimates)
    assert np.array_equal(a.weights, b.weights)


def test_a_past_month_is_judged_with_the_returns_of_its_own_stage():
    board = make_board(make_history(signal=False, respond=0.5), day_after(5), RULES)
    shares = [each.filed.mean() for each in board.past]
    assert all(0.3 < share < 0.7 for share in shares)
    assert len(board.past) == RULES["record_months"] + RULES["warm_up"]


def test_counties_and_industries_add_up_and_the_record_replays_rolling_weights():
    history = make_history(signal=True, respond=0.5)
    board = make_board(history, day_after(5), RULES)
    for name in ("unit", "industry_division"):
        numbers = history.dimensions[name][board.made.rows, board.made.column]
        parts = [board.firm_estimates[numbers == each].sum() for each in np.unique(numbers)]
        assert sum(parts) == pytest.approx(board.firm_estimates.sum())
    past = board.past[-1]
    assert errors_of(past, np.ones(len(past.rows), bool)) == pytest.approx(board.errors[-1], nan_ok=True)
    weights = rules.weigh(board.errors[:-1], RULES["record_months"], RULES["least_errors"])
    assert board.rolling[-1] == pytest.approx(weights)


def test_a_return_in_another_unit_waits_for_its_review():
    history = make_history(signal=True, respond=0.5)
    moment = day_after(5)
    row = next(row for row, each in enumerate(history.so_far) if each.at < moment)
    each = history.so_far[row]
    sound = make_board(history, moment, RULES)
    history.so_far[row] = type(each)(
        each.enterprise_id, each.period, each.at, each.value * 1000, None, False, False
    )
    slipped = make_board(history, moment, RULES)
    assert (sound.made.slips.sum(), slipped.made.slips.sum()) == (0, 1)
    assert not slipped.made.filed[row]
    assert slipped.firm_estimates.sum() == pytest.approx(sound.firm_estimates.sum(), rel=0.01)
    history.so_far[row] = type(each)(
        each.enterprise_id, each.period, each.at, each.value * 1000, None, True, False
    )
    assert make_board(history, moment, RULES).made.filed[row]

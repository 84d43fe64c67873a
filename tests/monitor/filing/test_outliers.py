"""The outlier methods: worked examples, what must not change them, and the same from the engine."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.core.panel.queries import engine
from gongmai.monitor.filing.rules.outlier_sql import outliers_sql
from gongmai.monitor.filing.rules.outliers import (
    Bounds,
    Pair,
    combine,
    doubt,
    hb_scores,
    quantile,
    robust_z,
)

SMALL = Bounds(group=4, z_periods=4)
figures = st.integers(min_value=1, max_value=10**7)
pairs = st.lists(st.tuples(figures, figures), min_size=4, max_size=40)


def make(values: list[tuple[float, float]]) -> list[Pair]:
    return [Pair(number, now, base, ("g",)) for number, (now, base) in enumerate(values)]


def test_the_effect_of_a_ratio_is_its_distance_from_the_median_times_size() -> None:
    # ratios 0.5, 1, 1, 1, 2 with U = 0: distances -1, 0, 0, 0, 1; quartiles -0, 0, 0 -> the outer two have
    # no yardstick and lie beyond all bounds
    found = hb_scores(make([(5, 10), (10, 10), (10, 10), (10, 10), (20, 10)]), Bounds(exponent=0, group=4))
    assert [found[n].score for n in range(5)] == [-math.inf, 0, 0, 0, math.inf]
    assert found[0].centre == 1


def test_a_worked_example_by_hand() -> None:
    # ratios .8, .9, 1, 1.1, 1.2, 3; median 1.05; U = 0
    # distances 1-1.05/.8=-.3125, 1-1.05/.9=-.16667, -.05, 1.1/1.05-1=.047619, .142857, 1.857143
    # quartiles (linear): q1 = -.1375, median -.0011905, q3 = .1190476
    values = [(80, 100), (90, 100), (100, 100), (110, 100), (120, 100), (300, 100)]
    found = hb_scores(make(values), Bounds(exponent=0, group=4))
    assert found[5].score == pytest.approx((1.857143 + 0.0011905) / (0.1190476 + 0.0011905), rel=1e-4)
    assert found[0].score == pytest.approx((-0.3125 + 0.0011905) / (0.1375 - 0.0011905), rel=1e-4)


@given(pairs, st.integers(min_value=2, max_value=1000))
def test_the_unit_of_money_changes_no_score(values: list[tuple[int, int]], factor: int) -> None:
    plain, scaled = (
        hb_scores(make(values), SMALL),
        hb_scores(make([(a * factor, b * factor) for a, b in values]), SMALL),
    )
    for firm, outlying in plain.items():
        other = scaled[firm].score
        assert outlying.score == pytest.approx(other, rel=1e-5, abs=1e-5) or abs(outlying.score) > 1e6


@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_the_firms_changes_no_score(
    values: list[tuple[int, int]], shuffler: random.Random
) -> None:
    made = make(values)
    mixed = list(made)
    shuffler.shuffle(mixed)
    assert hb_scores(made, SMALL) == hb_scores(mixed, SMALL)


def test_a_small_group_is_compared_in_the_broader_one() -> None:
    made = [Pair(n, 100 + n, 100, ("131", "13", "")) for n in range(3)]
    made += [Pair(n, 100 + n, 100, ("132", "13", "")) for n in range(3, 8)]
    found = hb_scores(made, SMALL)
    assert (found[0].group, found[0].members) == ("13", 8)
    assert (found[5].group, found[5].members) == ("132", 5)


def test_without_enough_firms_nothing_is_said() -> None:
    assert hb_scores(make([(1, 1), (2, 1)]), SMALL) == {}
    assert hb_scores(make([(0, 5), (5, 0), (-1, 3), (3, 3)]), SMALL) == {}


def test_a_larger_firm_weighs_more_with_the_same_ratio() -> None:
    values = [(100 + n, 100) for n in range(-5, 6)] + [(200, 100), (20_000, 10_000)]
    found = hb_scores(make(values), SMALL)
    assert found[12].score > found[11].score > 0


def test_a_robust_z_by_hand() -> None:
    # median .1; deviations .1 0 .1 .2 .0 -> MAD .1; z = .6745 * (.6 - .1) / .1
    assert robust_z(0.6, [0.0, 0.1, 0.2, 0.3, 0.1], SMALL) == pytest.approx(0.6745 * 0.5 / 0.1)


def test_the_deviation_has_a_floor_and_history_a_least_length() -> None:
    assert robust_z(0.11, [0.1] * 8, SMALL) == pytest.approx(0.6745 * 0.01 / 0.05)
    assert robust_z(9, [0.1] * 3, SMALL) is None


@given(st.lists(st.floats(-3, 3), min_size=4, max_size=30), st.floats(-3, 3), st.floats(-5, 5))
def test_what_all_periods_share_changes_no_z(history: list[float], value: float, shift: float) -> None:
    moved = robust_z(value + shift, [each + shift for each in history], SMALL)
    assert robust_z(value, history, SMALL) == pytest.approx(moved, rel=1e-6, abs=1e-6)


@given(st.floats(-1e6, 1e6))
def test_doubt_is_a_half_at_the_limit_and_grows_with_distance(distance: float) -> None:
    assert 0 <= doubt(distance, 3.5) <= 1
    assert doubt(abs(distance) + 1, 3.5) >= doubt(distance, 3.5)
    assert doubt(3.5, 3.5) == 0.5
    assert doubt(None, 3.5) == 0


def test_doubts_add_up_like_independent_witnesses() -> None:
    assert combine([]) == 0
    assert combine([0.5, 0.5]) == 0.75
    assert combine([0.2, 1.0]) == 1


def test_quantiles_are_interpolated() -> None:
    assert quantile([1, 2, 3, 4], 0.25) == 1.75
    with pytest.raises(ValueError, match="no values"):
        quantile([], 0.5)


def test_the_engine_scores_a_city_as_the_rules_do() -> None:
    dice = random.Random(7)
    rows = []
    for firm in range(300):
        base = round(dice.lognormvariate(8, 1.5)) + 1
        now = round(base * dice.lognormvariate(0.05, 0.3))
        rows.append((firm, now, base, f"13{firm % 9}" if firm < 250 else "20x", f"{13 + firm // 250}"))
    bounds = Bounds(group=20)
    expected = hb_scores([Pair(f, n, b, (fine, broad, "")) for f, n, b, fine, broad in rows], bounds)
    columns = [["output"] * len(rows), *map(list, zip(*rows, strict=True))]
    columns[2], columns[3] = [float(v) for v in columns[2]], [float(v) for v in columns[3]]
    sql = outliers_sql(["output"], bounds, month=True, history=False)
    found = {row["firm"]: row for row in engine.engine().query(sql, columns, sources={}).to_pylist()}
    assert found.keys() == expected.keys()
    for firm, outlying in expected.items():
        assert found[firm]["hb"] == pytest.approx(outlying.score, rel=1e-9, abs=1e-12)
        assert found[firm]["members"] == outlying.members
        assert found[firm]["z"] is None

"""What other figures say about output."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.monitor.filing.rules.contradiction import WITNESSES, Growths, Weights, contradictions

WEIGHTS = Weights({"electricity": 35, "revenue": 25, "tax": 20, "workforce": 10, "energy": 10}, group=10)


def calm(number: int, **witnesses: float | None) -> Growths:
    """A firm whose witnesses go with its output."""
    said: dict[str, float | None] = dict.fromkeys(WITNESSES, 0.05 + number % 5 / 100)
    return Growths(number, "13", 0.05 + number % 3 / 100, {**said, **witnesses})


CITY = [calm(number) for number in range(30)]


def test_output_up_and_electricity_down_contradict() -> None:
    odd = Growths(99, "13", 0.4, {"electricity": -0.12, "revenue": 0.39, "tax": 0.4, "workforce": 0.35})
    found = contradictions([*CITY, odd], WEIGHTS)[99]
    assert found.parts[0].witness == "electricity"
    assert found.parts[0].growth == -0.12
    assert found.score == pytest.approx(found.parts[0].points)
    assert found.missing == ("energy",)
    assert found.known == pytest.approx(0.9)
    assert found.parts[0].points == pytest.approx(100 * 35 / 90)


def test_a_missing_witness_says_nothing_rather_than_nought() -> None:
    odd = Growths(99, "13", 0.4, {"electricity": -0.12, "revenue": None})
    alone = contradictions([*CITY, odd], WEIGHTS)[99]
    assert alone.score == 100
    assert alone.known == pytest.approx(0.35)
    silent = Growths(98, "13", 0.4, dict.fromkeys(WITNESSES))
    assert 98 not in contradictions([*CITY, silent], WEIGHTS)
    assert 97 not in contradictions([*CITY, Growths(97, "13", None, {"electricity": 1.0})], WEIGHTS)


def test_what_is_usual_in_the_industry_contradicts_nobody() -> None:
    shifted = [Growths(n, "44", 0.3, {"electricity": 0.0 + n % 3 / 100}) for n in range(20)]
    found = contradictions([*CITY, *shifted], WEIGHTS)
    assert all(found[n].score == 0 for n in range(20))


@given(st.floats(-0.9, 9), st.dictionaries(st.sampled_from(WITNESSES), st.floats(-0.9, 9), min_size=1))
def test_the_score_is_the_sum_of_its_parts_between_0_and_100(output: float, said: dict[str, float]) -> None:
    found = contradictions([*CITY, Growths(99, "13", output, said)], WEIGHTS)[99]
    assert found.score == pytest.approx(sum(part.points for part in found.parts))
    assert 0 <= found.score <= 100 + 1e-9
    assert set(found.missing) | {part.witness for part in found.parts} == set(WITNESSES)

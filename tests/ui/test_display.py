"""Numbers as readers see them."""

import pytest

from gongmai.ui.templatetags import display


@pytest.mark.parametrize(
    ("fraction", "printed"),
    [
        (0.10399986, "+10.4%"),
        (0.1035, "+10.4%"),
        (-0.0004, "0.0%"),
        (-0.0104, "-1.0%"),
        (12.5, "+1,250.0%"),
        (None, "–"),
    ],
)
def test_growth_is_rounded_half_up_and_a_rounded_zero_has_no_sign(fraction, printed):
    assert display.signed(fraction) == printed


def test_money_kept_in_thousand_yuan_is_shown_rounded_in_yi_and_wan():
    assert display.yi(718_660_321) == "7,186.6"
    assert display.yi(-6_832_600, 2) == "-68.33"
    assert display.wan(12_345, 0) == "1,235"
    assert display.yi(None) == "–"


def test_points_and_shares_are_rounded():
    assert display.points(0.11896) == "+11.90"
    assert display.percent(0.73785) == "73.8%"
    assert display.decimal(1234.565) == "1,234.57"

import pytest
import yaml

from gongmai.core.formula.queries import row_evaluator
from gongmai.core.formula.rules.catalogue import check_validity
from gongmai.core.formula.rules.examples import run_examples
from gongmai.core.formula.types import View
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.queries import catalogue
from gongmai.monitor.indicator.rules import printing
from gongmai.monitor.indicator.types import IndicatorError

SHAPES = {"money", "count", "percent", "points", "number", "days"}
CODES = [entry.code for entry in catalogue.indicators()]


def test_every_indicator_is_dated_sourced_and_named_in_both_languages():
    assert check_validity([entry.formula for entry in catalogue.indicators()]) == []
    assert {entry.shape for entry in catalogue.indicators()} <= SHAPES
    assert all(set(entry.about) == {"zh-Hans", "en"} for entry in catalogue.indicators())


@pytest.mark.parametrize("code", CODES)
def test_the_worked_examples_of_an_indicator_hold(code):
    entry = catalogue.get_indicator(code, Period(2022, 12))
    assert entry.formula.examples
    for example in entry.formula.examples:
        column = catalogue.get_column(code, example.get("item", "output"), Period(2022, 12))
        checked = column.checked
        assert run_examples(_with(checked, example), row_evaluator()) == []


def _with(checked, example):
    from dataclasses import replace

    return replace(checked, formula=replace(checked.formula, examples=(example,)))


def test_an_indicator_has_the_views_of_its_formula():
    for entry in catalogue.indicators():
        column = catalogue.get_column(entry.code, "output", Period(2022, 12))
        assert entry.views <= column.checked.views, entry.code


def test_an_item_that_cannot_be_added_up_is_refused():
    with pytest.raises(IndicatorError):
        catalogue.get_column("growth", "outlook", Period(2022, 12))


def test_finances_have_no_month_of_their_own():
    assert catalogue.views_of("profit") == {View.CUMULATIVE}


def test_every_row_of_the_handbook_that_returns_can_answer_is_listed():
    wanted = {
        "sales_ratio", "export_share", "profit_margin", "cost_per_100", "expense_per_100",
        "revenue_per_100_assets", "revenue_per_worker", "leverage", "finished_goods_days",
        "collection_days", "loss_share", "loss_amount", "growth_breadth", "stopped_share",
        "energy_per_va", "energy_per_va_change", "rd_intensity",
    }  # fmt: skip
    assert wanted <= set(CODES)


@pytest.mark.parametrize(
    ("value", "base", "note", "rate_is_printed"),
    [
        (110, 100, "", True),
        (0, 100, "", True),
        (-10, 100, printing.TURNED_TO_LOSS, True),
        (10, -100, printing.TURNED_TO_PROFIT, False),
        (0, -100, printing.TURNED_TO_PROFIT, False),
        (-50, -100, printing.LOSS_REDUCED, False),
        (-150, -100, printing.LOSS_INCREASED, False),
        (-100, -100, printing.LOSS_REDUCED, False),
        (5, 0, printing.NO_BASE, False),
        (0, 0, "", True),
        (None, -1, "", True),
    ],
)
def test_a_growth_rate_is_replaced_by_a_note_where_the_base_is_a_loss(value, base, note, rate_is_printed):
    assert printing.growth_note(value, base) == note
    assert printing.rate_is_printed(note) is rate_is_printed


@pytest.mark.parametrize(
    ("growth", "change", "total", "reason"),
    [
        (0.004, 1, 1, printing.SMALL_GROWTH),
        (-0.004, 1, 1, printing.SMALL_GROWTH),
        (0.005, 1, 1, ""),
        (0.1, -1, 5, printing.MIXED_SIGNS),
        (-0.1, -1, -5, ""),
        (None, 1, 1, ""),
    ],
)
def test_a_contribution_that_misleads_is_flagged(growth, change, total, reason):
    assert printing.contribution_hidden(growth, change, total) == reason


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(0.25, 1, "0.3"), (-0.25, 1, "-0.3"), (-0.04, 1, "0.0"), (2.675, 2, "2.68"), (73.75, 1, "73.8")],
)
def test_printed_figures_round_half_up(value, digits, text):
    assert str(printing.round_half_up(value, digits)) == text


def test_the_catalogue_file_names_no_indicator_twice():
    entries = yaml.safe_load(catalogue.FILE.read_text(encoding="utf-8"))["formulas"]
    keys = [(entry["code"], entry["valid_from"]) for entry in entries]
    assert len(keys) == len(set(keys))

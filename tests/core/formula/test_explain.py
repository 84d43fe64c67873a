# ruff: noqa: E501 - tables of examples are read in columns
"""Explanations: each condition with value, threshold, distance and missing facts, in two languages."""

from collections.abc import Sequence
from typing import Any

import pytest

from gongmai.adapters.sqlite_rows import SqliteRowEvaluator
from gongmai.core.formula.queries import build_vocabulary, describe, explain_with
from gongmai.core.formula.rules.check import check
from gongmai.core.formula.types import Checked, Explanation, Formula, Mode, Value, Verdict, View

SALES_RATE = Formula("sales_rate", {"zh-Hans": "产品销售率", "en": "sales ratio"}, "sales / output")
VOCABULARY = build_vocabulary(
    [
        {
            "code": "output",
            "kind": "flow",
            "unit": "kcny",
            "label": {"zh-Hans": "工业总产值", "en": "output"},
        },
        {
            "code": "sales",
            "kind": "flow",
            "unit": "kcny",
            "label": {"zh-Hans": "工业销售产值", "en": "sales"},
        },
        {
            "code": "workers",
            "kind": "stock",
            "unit": "person",
            "label": {"zh-Hans": "用工人数", "en": "workers"},
        },
        {"code": "patents", "kind": "level", "label": {"zh-Hans": "专利数", "en": "patents"}},
    ],
    definitions={"sales_rate": SALES_RATE},
)
EVALUATOR = SqliteRowEvaluator()


def explained(text: str, *rows: dict[str, Any], mode: Mode = Mode.ROW) -> Explanation:
    formula = check(Formula("x", {}, text, mode), VOCABULARY)
    filed = [{"period": 202206 - len(rows) + 1 + number, **row} for number, row in enumerate(rows)]

    def evaluate(parts: Sequence[Checked]) -> Sequence[Value]:
        if mode is Mode.AGGREGATE:
            group = EVALUATOR.evaluate_group(parts, [{**row, "enterprise_id": 1} for row in filed])[0]
            return [group[part.code] for part in parts]
        return EVALUATOR.evaluate(parts, filed)  # type: ignore[return-value]

    return explain_with(formula, evaluate, View.MONTH)


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("sales_rate < 0.7", "产品销售率 < 70%", "sales ratio < 70%"),
        ("output / base(output) - 1 < -0.3", "工业总产值 ÷ 上年同期工业总产值 − 100% < -30%", "output ÷ output a year earlier − 100% < -30%"),
        ("output >= in_unit(2000, '万元')", "工业总产值 ≥ 2,000 万元", "output ≥ 2,000 10k yuan"),
        ("(output + sales) * 2 > 0", "（工业总产值 + 工业销售产值） × 2 > 0", "(output + sales) × 2 > 0"),
        ("workers > 0 or sales is unknown", "用工人数 > 0 或 工业销售产值未知", "workers > 0 or sales is unknown"),
        ("for_months(output = 0, 3)", "连续 3 期工业总产值 = 0", "for 3 periods running output = 0"),
        ("median_last(output, 6)", "前 6 期工业总产值的中位数", "the median output of the 6 periods before"),
        ("avg_last(output / workers, 6)", "前 6 期（工业总产值 ÷ 用工人数）的平均", "the average (output ÷ workers) of the 6 periods before"),
        ("base(ytd(output))", "上年同期工业总产值累计", "cumulative output a year earlier"),
        ("size in ('L', 'M')", "企业规模 属于 L、M", "size is one of L, M"),
        ("has_tag('giant')", "带有标签“giant”", 'carries the tag "giant"'),
    ],
)  # fmt: skip
def test_a_formula_reads_in_both_languages(text: str, chinese: str, english: str) -> None:
    assert describe(check(Formula("x", {}, text), VOCABULARY)) == {"zh-Hans": chinese, "en": english}


def test_every_condition_shows_its_value_threshold_and_distance() -> None:
    found = explained("sales_rate < 0.7 and workers >= 300", {"sales": 60, "output": 100, "workers": 290})
    assert found.verdict is Verdict.FALSE
    slow, staff = found.parts
    assert (slow.verdict, slow.value, slow.threshold) == (Verdict.TRUE, 0.6, 0.7)
    assert slow.distance == pytest.approx(-0.1)
    assert slow.shown == {"zh-Hans": "60%", "en": "60%"}
    assert (staff.verdict, staff.distance, staff.unit) == (Verdict.FALSE, -10, "person")
    assert staff.shown == {"zh-Hans": "290 人", "en": "290 persons"}


def test_what_is_missing_is_named_only_where_it_matters() -> None:
    found = explained("sales_rate < 0.7 and workers >= 300", {"output": 100, "workers": 400})
    assert found.verdict is Verdict.UNKNOWN
    assert found.missing == ("sales",)
    assert [part.missing for part in found.parts] == [("sales",), ()]
    settled = explained("sales_rate < 0.7 and workers >= 300", {"output": 100, "workers": 200})
    assert settled.verdict is Verdict.FALSE
    assert settled.missing == ()


def test_a_range_shows_the_end_that_is_nearer() -> None:
    found = explained("sales_rate between 0.7 and 1.3", {"sales": 150, "output": 100})
    assert (found.verdict, found.threshold) == (Verdict.FALSE, 1.3)
    assert found.distance == pytest.approx(0.2)


def test_chains_are_flat_and_negations_keep_their_part() -> None:
    found = explained(
        "patents > 1 and workers > 1 and not (output > 0)", {"patents": 2, "workers": 2, "output": 5}
    )
    assert [part.op for part in found.parts] == [">", ">", "not"]
    assert found.parts[2].parts[0].verdict is Verdict.TRUE


def test_a_number_opens_to_the_facts_behind_it() -> None:
    found = explained("output / prev(output) - 1", {"output": 80}, {"output": 100})
    assert found.value == pytest.approx(0.25)
    assert found.shown["zh-Hans"] == "25%"
    assert [(part.text["en"], part.value) for part in found.parts] == [
        ("output", 100),
        ("output of the period before", 80),
    ]


def test_a_missing_period_names_the_cell_that_was_looked_for() -> None:
    assert explained("output > prev(output)", {"output": 80}).missing == ("output",)


def test_a_group_opens_to_its_aggregates() -> None:
    found = explained(
        "sum(output) / sum(base(output)) - 1", {"output": 110, "output__base": 100}, mode=Mode.AGGREGATE
    )
    assert [(part.text["zh-Hans"], part.value) for part in found.parts] == [
        ("工业总产值合计", 110),
        ("上年同期工业总产值合计", 100),
    ]


def test_a_run_of_periods_opens_to_each_of_them() -> None:
    rows = [
        {"output": 1, "output__base": 2},
        {"output": 3, "output__base": 2},
        {"output": 1, "output__base": 2},
    ]
    found = explained("for_months(output < base(output), 3)", *rows)
    assert found.verdict is Verdict.FALSE
    assert [part.verdict for part in found.parts] == [Verdict.TRUE, Verdict.FALSE, Verdict.TRUE]
    assert found.parts[1].text["zh-Hans"] == "上期（工业总产值 < 上年同期工业总产值）"

# ruff: noqa: E501 - tables of examples are read in columns
"""What formulas mean: three-valued logic, safe arithmetic, types, units, spans."""

from typing import Any

import pytest

from gongmai.adapters.sqlite_rows import SqliteRowEvaluator
from gongmai.core.formula.queries import build_vocabulary
from gongmai.core.formula.rules.check import check
from gongmai.core.formula.rules.staged import compile_grouped, compile_rows, period_before
from gongmai.core.formula.types import Dialect, Formula, FormulaError, Mode, View

LABEL = {"zh-Hans": "甲", "en": "it"}
VOCABULARY = build_vocabulary(
    [
        {"code": "output", "kind": "flow", "unit": "kcny", "label": LABEL},
        {"code": "tax", "kind": "flow", "unit": "cny10k", "label": LABEL},
        {"code": "revenue", "kind": "cumulative", "unit": "kcny", "label": LABEL},
        {"code": "workers", "kind": "stock", "unit": "person", "label": LABEL},
        {"code": "energy", "kind": "cumulative", "unit": "tce", "label": LABEL},
        {"code": "load", "kind": "level", "unit": "percent", "label": LABEL},
        {"code": "rate", "kind": "reference", "unit": "ratio", "label": LABEL},
        {"code": "score", "kind": "level", "label": LABEL},
        {"code": "mood", "kind": "choice", "options": ["up", "down"], "label": LABEL},
    ]
)
EVALUATOR = SqliteRowEvaluator()
T, F, U = True, False, None


def value(text: str, view: View = View.MONTH, **cells: Any) -> Any:
    formula = check(Formula("x", {}, text), VOCABULARY)
    return EVALUATOR.evaluate([formula], [{"period": 202206, **cells}], view=view)[0]


def refusal(text: str, mode: Mode = Mode.ROW, unit: str | None = None) -> str:
    with pytest.raises(FormulaError) as refused:
        check(Formula("x", {}, text, mode, unit=unit), VOCABULARY)
    return refused.value.code


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [(T, T, T, T), (T, F, F, T), (T, U, U, T), (F, F, F, F), (F, U, F, U), (U, U, U, U), (F, T, F, T), (U, T, U, T), (U, F, F, U)],
)  # fmt: skip
def test_and_and_or_keep_unknown_apart_from_false(left: Any, right: Any, both: Any, either: Any) -> None:
    cells = {"is_new": left, "on_roster": right}
    assert value("is_new and on_roster", **cells) is both
    assert value("is_new or on_roster", **cells) is either


@pytest.mark.parametrize(("inner", "opposite", "holds", "known"), [(T, F, T, T), (F, T, F, T), (U, U, F, F)])
def test_not_keeps_unknown_and_is_settles_it(inner: Any, opposite: Any, holds: Any, known: Any) -> None:
    assert value("not is_new", is_new=inner) is opposite
    assert value("is_new is true", is_new=inner) is holds
    assert value("is_new is known", is_new=inner) is known
    assert value("is_new is not known", is_new=inner) is (not known)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("score / 0", None),
        ("1 / (score - score)", None),
        ("ln(0)", None),
        ("ln(-1)", None),
        ("log10(100)", 2.0),
        ("floor(log10(1e12))", 12.0),
        ("sqrt(-1)", None),
        ("power(0, -1)", None),
        ("power(-8, 0.5)", None),
        ("power(score, 2)", 4.0),
        ("power(power(power(1e18 * score, 10), 10), 10)", None),
        ("least(score, rate)", None),
        ("greatest(score, 3)", 3.0),
        ("coalesce(rate, 7)", 7.0),
        ("round(2.5)", 3.0),
        ("round(-2.5)", -3.0),
        ("round(1234, -2)", 1200.0),
        ("round(0.125, 2)", 0.13),
        ("floor(-1.5)", -2.0),
        ("ceil(1.2)", 2.0),
        ("sign(-4) / 2", -0.5),
        ("1 / 3 * 3", 1.0),
        ("case when rate > 1 then 1 when score > 1 then 2 end", 2.0),
        ("case when score > 9 then 1 end", None),
        ("score in (1, 2)", True),
        ("rate not in (1, 2)", None),
        ("score between 2 and 3", True),
        ("mood = 'up'", True),
        ("mood = 'down' or rate is unknown", True),
        ("month + year", 2028.0),
        ("months", 6.0),
        ("has_tag('a')", True),
        ("has_tag('b')", False),
    ],
)
def test_arithmetic_is_safe(text: str, expected: Any) -> None:
    assert value(text, score=2, mood="up", tags="|a|bb|") == expected


def test_a_cell_beyond_the_range_of_the_language_is_unknown() -> None:
    assert value("score", score=1e19) is None
    assert value("score", score=float("nan")) is None
    assert value("score + score", score=1e18) == 2e18


def test_the_view_chooses_between_month_and_cumulative() -> None:
    cells = {"output": 1, "output__ytd": 2, "output__base": 3, "output__ytd_base": 4, "revenue__ytd": 5}
    read = ("output", "ytd(output)", "base(output)", "base(ytd(output))", "ytd(base(output))", "ytd(revenue)")
    assert [value(text, **cells) for text in read] == [1, 2, 3, 4, 4, 5]
    assert [value(text, View.CUMULATIVE, **cells) for text in read] == [2, 2, 4, 4, 4, 5]
    assert value("revenue", View.CUMULATIVE, **cells) == 5
    with pytest.raises(FormulaError, match="view"):
        value("revenue", **cells)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("output + tax", "unit_scale"),
        ("output > tax", "unit_scale"),
        ("output + workers", "unit_mismatch"),
        ("output > 2000", "bare_number"),
        ("output / tax > 1", "unit_factor"),
        ("output / tax", "unit_factor"),
        ("ln(output)", "needs_pure_number"),
        ("sqrt(output)", "needs_pure_number"),
        ("least(output, tax)", "unit_scale"),
        ("coalesce(output, workers)", "unit_mismatch"),
        ("case when score > 1 then output else tax end", "unit_scale"),
        ("output > in_unit(1, 'person')", "unit_mismatch"),
        ("to_unit(output, 'person')", "unit_mismatch"),
        ("load > rate", "unit_scale"),
        ("output between 1 and 2", "bare_number"),
    ],
)
def test_unlike_units_are_refused(text: str, code: str) -> None:
    assert refusal(text) == code


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("output + to_unit(tax, '千元')", "kcny"),
        ("output / workers", "kcny/person"),
        ("output / workers * workers", "kcny"),
        ("ytd(energy) / to_unit(ytd(output), '万元')", "tce/cny10k"),
        ("output / base(output) - 1", "1"),
        ("output * rate", "kcny"),
        ("sqrt(output * output)", "kcny"),
        ("power(output, 2)", "kcny*kcny"),
        ("avg_last(output, 6)", "kcny"),
        ("-output + 0", "kcny"),
        ("count_last(output > 0, 3)", "1"),
        ("in_unit(2000, '万元') - output", "kcny"),
        ("case when output > in_unit(1, '亿元') then output else 0 end", "kcny"),
    ],
)
def test_units_are_derived(text: str, unit: str) -> None:
    found = check(Formula("x", {}, text), VOCABULARY).unit
    assert found is not None
    assert found.name == unit


def test_a_bare_number_is_plain_where_the_unit_has_no_siblings() -> None:
    assert value("workers > 300", workers=301) is True
    assert value("load > 70", load=71) is True
    assert value("output > 0", output=1) is True


def test_a_declared_unit_must_be_the_derived_one() -> None:
    assert refusal("output", unit="cny10k") == "unit_declared"
    assert refusal("output / base(output)", unit="kcny") == "unit_declared"
    assert check(Formula("x", {}, "output / base(output) * 100", unit="%"), VOCABULARY).unit is not None


@pytest.mark.parametrize(
    ("text", "mode", "code"),
    [
        ("sum(output) + output", Mode.AGGREGATE, "mixed_levels"),
        ("output", Mode.AGGREGATE, "not_aggregated"),
        ("sum(sum(output))", Mode.AGGREGATE, "nested_aggregate"),
        ("prev(sum(output))", Mode.AGGREGATE, "time_over_aggregate"),
        ("overall(median(output))", Mode.AGGREGATE, "overall_needs_aggregate"),
        ("overall(output)", Mode.AGGREGATE, "overall_needs_aggregate"),
        ("lines()", Mode.AGGREGATE, "aggregate_here"),
        ("sum(output)", Mode.ROW, "aggregate_here"),
        ("firms()", Mode.ROW, "aggregate_here"),
    ],
)
def test_rows_and_groups_are_kept_apart(text: str, mode: Mode, code: str) -> None:
    assert refusal(text, mode) == code


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("output", 0),
        ("prev(output)", 1),
        ("year_ago(output)", 11),
        ("opening(workers)", 11),
        ("avg_last(output, 6)", 6),
        ("for_months(output > 0, 3)", 2),
        ("for_months(output < prev(output), 3)", 3),
        ("prev(output, 2) + prev(prev(output, 3), 4)", 7),
    ],
)
def test_the_look_back_is_known_beforehand(text: str, periods: int) -> None:
    assert check(Formula("x", {}, text), VOCABULARY).lookback == periods


@pytest.mark.parametrize(
    ("start", "count", "expected"), [(202302, 1, 202212), (202302, 11, 202202), (202212, 10, 202202)]
)
def test_periods_are_counted_eleven_a_year(start: int, count: int, expected: int) -> None:
    assert period_before(start, count) == expected


def test_plain_aggregates_compile_as_tight_as_by_hand() -> None:
    growth = check(Formula("growth", {}, "sum(output) / sum(base(output)) - 1", Mode.AGGREGATE), VOCABULARY)
    sql = compile_grouped([growth], "panel", ["region"], View.CUMULATIVE, Dialect.DUCKDB, periods=[202212])
    assert sql == (
        'SELECT "region", ((sum(CAST("output__ytd" AS DOUBLE)) / nullif(sum(CAST("output__ytd_base" AS DOUBLE)), 0))'
        ' - 1.0e0) AS "growth" FROM panel WHERE "period" = 202212 GROUP BY "region"'
    )


def test_a_filter_formula_narrows_the_rows() -> None:
    large = check(Formula("large", {}, "size = 'L' and has_tag('giant')"), VOCABULARY)
    total = check(Formula("total", {}, "sum(output)", Mode.AGGREGATE), VOCABULARY)
    sql = compile_grouped([total], "panel", [], View.MONTH, Dialect.DUCKDB, where=large)
    assert sql.endswith("""FROM panel WHERE (("size" = 'L') AND (instr("tags", '|giant|') > 0))""")


def test_a_code_that_could_break_out_of_its_quotes_is_refused() -> None:
    formula = check(Formula('x" FROM y --', {}, "output"), VOCABULARY)
    with pytest.raises(FormulaError, match="code"):
        compile_rows([formula], "panel", View.MONTH, Dialect.DUCKDB)
    good = check(Formula("x", {}, "output"), VOCABULARY)
    with pytest.raises(FormulaError, match="code"):
        compile_rows([good], "panel", View.MONTH, Dialect.DUCKDB, keep=['a"b'])

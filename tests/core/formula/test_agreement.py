"""The engines agree: random formulas over random facts with unknowns, gaps, zeros and large numbers."""

import math
import warnings
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.core.formula.panels import CELLS, VOCABULARY, aggregate, condition, number, panel

from gongmai.adapters.sqlite_rows import SqliteRowEvaluator
from gongmai.core.formula.rules.check import check
from gongmai.core.formula.rules.staged import compile_grouped, compile_rows
from gongmai.core.formula.types import Checked, Dialect, Formula, FormulaError, Mode, View

SCHEMA = pa.schema(
    [(cell, pa.float64()) for cell in CELLS]
    + [("enterprise_id", pa.int64()), ("period", pa.int32()), ("is_new", pa.bool_())]
    + [(name, pa.string()) for name in ("region", "mood", "size", "tags")]
)
SQLITE = SqliteRowEvaluator()
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
REFUSED = {"too_many_nodes", "too_complex", "too_deep", "too_long", "type", "not_aggregated", "unit_mismatch"}
SEEDS = st.integers(0, 2**32)


def checked(text: str, code: str, mode: Mode = Mode.ROW) -> Checked | None:
    """The formula, or None where the static checks refuse it for size."""
    try:
        return check(Formula(code, {}, text, mode), VOCABULARY)
    except FormulaError as error:
        if error.code not in REFUSED:
            raise
        return None


def compilable(formula: Checked | None) -> bool:
    """Whether the magnitudes allow the formula to be compiled."""
    if formula is None:
        return False
    try:
        if formula.formula.mode is Mode.AGGREGATE:
            compile_grouped([formula], "panel", [], View.MONTH, Dialect.SPARK)
        else:
            compile_rows([formula], "panel", View.MONTH, Dialect.SPARK)
    except FormulaError as error:
        if error.code not in {"magnitude", "too_complex"}:
            raise
        return False
    return True


def row_formulas(draw: Random, count: int) -> list[Checked]:
    texts = [(number if draw.random() < 0.5 else condition)(draw, 3) for _ in range(count)]
    found = [checked(text, f"f{index}") for index, text in enumerate(texts)]
    return [formula for formula in found if formula is not None and compilable(formula)]


def group_formulas(draw: Random, count: int) -> list[Checked]:
    found = [checked(aggregate(draw, 2), f"g{index}", Mode.AGGREGATE) for index in range(count)]
    return [formula for formula in found if formula is not None and compilable(formula)]


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isfinite(one) and math.isclose(one, other, rel_tol=1e-7, abs_tol=1e-7)
    return (one is None and other is None) or (type(one) is type(other) and one == other)


def assert_same(formulas: Sequence[Checked], left: Sequence[Any], right: Sequence[Any], where: Any) -> None:
    for formula, one, other in zip(formulas, left, right, strict=True):
        assert same(one, other), f"{formula.formula.text}: {one!r} and {other!r} at {where}"


def in_sqlite(
    formulas: Sequence[Checked], rows: list[dict[str, Any]], view: View
) -> dict[tuple[int, int], list[Any]]:
    """Every row judged by the row evaluator with the history up to it."""
    results = {}
    for row in rows:
        history = [
            each
            for each in rows
            if each["enterprise_id"] == row["enterprise_id"] and each["period"] <= row["period"]
        ]
        results[row["enterprise_id"], row["period"]] = SQLITE.evaluate(formulas, history, view=view)
    return results


def in_duckdb(sql: str, rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.register("panel", pa.Table.from_pylist(rows, schema=SCHEMA))
        return connection.execute(sql).fetchall()


@SLOW
@given(st.randoms(use_true_random=False), SEEDS, st.sampled_from(View))
def test_one_return_in_sqlite_is_the_same_row_of_the_panel_in_duckdb(
    draw: Random, seed: int, view: View
) -> None:
    rows = panel(Random(seed), firms=2)
    formulas = row_formulas(draw, 4)
    if not rows or not formulas:
        return
    expected = in_sqlite(formulas, rows, view)
    sql = compile_rows(formulas, "panel", view, Dialect.DUCKDB)
    found = {(row[0], row[1]): row[2:] for row in in_duckdb(sql, rows)}
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        assert_same(formulas, values, found[key], key)


@SLOW
@given(st.randoms(use_true_random=False), SEEDS, st.sampled_from(View))
def test_reading_one_period_looks_back_far_enough(draw: Random, seed: int, view: View) -> None:
    rows = panel(Random(seed), firms=2)
    formulas = row_formulas(draw, 3)
    if not rows or not formulas:
        return
    whole = compile_rows(formulas, "panel", view, Dialect.DUCKDB)
    one = compile_rows(formulas, "panel", view, Dialect.DUCKDB, period=202212)
    wanted = [row for row in in_duckdb(whole, rows) if row[1] == 202212]
    assert sorted(wanted, key=lambda row: row[0]) == sorted(in_duckdb(one, rows), key=lambda row: row[0])


@SLOW
@given(st.randoms(use_true_random=False), SEEDS, st.sampled_from(View))
def test_groups_in_sqlite_and_duckdb_agree(draw: Random, seed: int, view: View) -> None:
    rows = panel(Random(seed), firms=5)
    formulas = [formula for formula in group_formulas(draw, 4) if formula.lookback == 0]
    if not rows or not formulas:
        return
    by = ["region", "period"]
    expected = {
        (group["region"], group["period"]): [group[formula.code] for formula in formulas]
        for group in SQLITE.evaluate_group(formulas, rows, by=by, view=view)
    }
    sql = compile_grouped(formulas, "panel", by, view, Dialect.DUCKDB)
    found = {(row[0], row[1]): row[2:] for row in in_duckdb(sql, rows)}
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        assert_same(formulas, values, found[key], key)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """One local Spark for the module."""
    import os

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        session = (
            SparkSession.builder.master("local[1]")
            .appName("formula")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.sql.codegen.wholeStage", "false")
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()


def in_spark(spark: Any, sql: str, rows: list[dict[str, Any]], folder: Any) -> list[tuple[Any, ...]]:
    import pyarrow.parquet as pq

    path = folder / "panel.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), path)
    spark.read.parquet(str(path)).createOrReplaceTempView("panel")
    return [tuple(row) for row in spark.sql(sql).collect()]


@pytest.mark.spark
@pytest.mark.parametrize("seed", range(4))
def test_rows_in_spark_and_duckdb_agree(spark: Any, tmp_path: Any, seed: int) -> None:
    draw = Random(seed)
    rows = panel(draw, firms=6)
    formulas = row_formulas(draw, 25)
    view = list(View)[seed % 2]
    left, right = (
        {(row[0], row[1]): row[2:] for row in found}
        for found in (
            in_spark(spark, compile_rows(formulas, "panel", view, Dialect.SPARK), rows, tmp_path),
            in_duckdb(compile_rows(formulas, "panel", view, Dialect.DUCKDB), rows),
        )
    )
    assert left.keys() == right.keys()
    for key, values in left.items():
        assert_same(formulas, values, right[key], key)


@pytest.mark.spark
@pytest.mark.parametrize("seed", range(2))
def test_groups_in_spark_and_duckdb_agree(spark: Any, tmp_path: Any, seed: int) -> None:
    draw = Random(seed + 100)
    rows = panel(draw, firms=12)
    formulas = group_formulas(draw, 40)
    by = ["region", "period"]
    left, right = (
        {(row[0], row[1]): row[2:] for row in found}
        for found in (
            in_spark(
                spark, compile_grouped(formulas, "panel", by, View.CUMULATIVE, Dialect.SPARK), rows, tmp_path
            ),
            in_duckdb(compile_grouped(formulas, "panel", by, View.CUMULATIVE, Dialect.DUCKDB), rows),
        )
    )
    assert left.keys() == right.keys()
    for key, values in left.items():
        assert_same(formulas, values, right[key], key)

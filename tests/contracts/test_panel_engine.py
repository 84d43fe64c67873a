"""One suite over both engines: the same SQL gives the same answer."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gongmai.adapters import spark_panel
from gongmai.adapters.duckdb_panel import DuckDBPanelEngine
from gongmai.adapters.spark_panel import SparkMissingError, SparkPanelEngine
from gongmai.core.formula.rules.staged import compile_grouped
from gongmai.core.formula.types import Dialect, View
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.queries import catalogue
from gongmai.monitor.indicator.rules.bridging import bridge_sql
from gongmai.monitor.indicator.rules.relation import Condition, build_relation
from gongmai.monitor.indicator.types import Basis, Cut


@pytest.fixture(scope="module", params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request):
    if request.param == "duckdb":
        yield DuckDBPanelEngine()
        return
    made = SparkPanelEngine()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Two periods a year apart, one firm entering, one leaving, with unknown cells."""
    place = tmp_path_factory.mktemp("panel")
    columns = {
        "output__ytd": pa.int64(),
        "output__ytd_base": pa.int64(),
        "va_rate": pa.float64(),
        "ppi": pa.float64(),
    }
    rows = {
        202112: [(1, "a", 100, None), (2, "b", 50, None), (4, "b", 9, None)],
        202212: [(1, "a", 120, 100), (2, "b", 45, 52), (3, "b", 11, None)],
    }
    made = []
    for period, firms in rows.items():
        table = pa.table(
            {
                "enterprise_id": pa.array([firm[0] for firm in firms], pa.int64()),
                "period": pa.array([period] * len(firms), pa.int32()),
                "region": pa.array([firm[1] for firm in firms]),
                "tags": pa.array(["|x|"] * len(firms)),
                "on_roster": pa.array([True] * len(firms)),
                "output__ytd": pa.array([firm[2] for firm in firms], columns["output__ytd"]),
                "output__ytd_base": pa.array([firm[3] for firm in firms], columns["output__ytd_base"]),
                "va_rate": pa.array([0.2] * len(firms)),
                "ppi": pa.array([1.0] * len(firms)),
            }
        )
        made.append(place / f"{period}.parquet")
        pq.write_table(table, made[-1])
    return made


def test_rows_come_with_the_running_number_of_their_period(engine, files):
    rows = engine.query(
        "SELECT DISTINCT period, period_index FROM panel ORDER BY period", sources={"panel": files}
    ).to_pylist()
    assert [row["period_index"] for row in rows] == [Period(2021, 12).index, Period(2022, 12).index]


def test_parameters_are_values_not_text(engine, files):
    sql = "SELECT count(*) AS n FROM panel WHERE region = ?"
    assert engine.query(sql, ["' OR 1=1 --"], sources={"panel": files}).to_pylist() == [{"n": 0}]
    assert engine.query(sql, ["a"], sources={"panel": files}).to_pylist() == [{"n": 2}]


def test_a_relation_follows_the_files_asked_for(engine, files):
    sql = "SELECT count(*) AS n FROM panel"
    assert engine.query(sql, sources={"panel": files}).to_pylist() == [{"n": 6}]
    assert engine.query(sql, sources={"panel": files[:1]}).to_pylist() == [{"n": 3}]


@pytest.mark.parametrize("basis", list(Basis))
def test_catalogue_formulas_give_the_same_figures_on_every_basis(engine, files, basis):
    codes = ["firms", "level", "base", "growth", "contribution", "pull"]
    formulas = [catalogue.get_column(code, "output", Period(2022, 12)).checked for code in codes]
    cut = Cut("region", {}, column="region")
    condition = Condition("tags = ?", ("|x|",))
    if basis is Basis.SAME_SAMPLE:
        condition &= Condition("(output__ytd > 0 AND output__ytd_base > 0)")
    relation = build_relation(
        "panel", [cut], condition, formulas, View.CUMULATIVE, basis=basis, periods=[202212]
    )
    sql = compile_grouped(
        formulas, relation.sql, ["region"], View.CUMULATIVE, Dialect(engine.dialect), periods=[202212]
    )
    rows = {
        row["region"]: row for row in engine.query(sql, relation.values, sources={"panel": files}).to_pylist()
    }
    expected = {
        Basis.COMPARABLE: {"a": (1, 120, 100), "b": (2, 56, 52)},
        Basis.SAME_SAMPLE: {"a": (1, 120, 100), "b": (1, 45, 52)},
        Basis.NOMINAL: {"a": (1, 120, 100), "b": (2, 56, 59)},
    }[basis]
    assert {code: (row["firms"], row["level"], row["base"]) for code, row in rows.items()} == expected
    assert sum(row["contribution"] for row in rows.values()) == pytest.approx(1)
    growth = sum(e[1] for e in expected.values()) / sum(e[2] for e in expected.values()) - 1
    assert sum(row["pull"] for row in rows.values()) == pytest.approx(growth)


def test_the_bridge_is_the_same(engine, files):
    cut = Cut("region", {}, column="region")
    sql, values = bridge_sql(
        "panel", [cut], Condition(), ("output__ytd", "output__ytd_base"), (202212, 202112)
    )
    rows = {r["region"]: r for r in engine.query(sql, values, sources={"panel": files}).to_pylist()}
    assert (rows["b"]["x"], rows["b"]["b"], rows["b"]["w"]) == (56, 52, 59)
    assert (rows["b"]["entry"], rows["b"]["exit"], rows["b"]["same"]) == (0, -9, 2)


def test_where_spark_is_missing_the_error_says_what_to_do(monkeypatch):
    monkeypatch.setattr(spark_panel.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(SparkMissingError, match="make spark"):
        SparkPanelEngine().session()


def test_where_java_is_missing_the_error_says_what_to_do(monkeypatch):
    monkeypatch.setattr(spark_panel.shutil, "which", lambda _: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(SparkMissingError, match="Java"):
        SparkPanelEngine().session()

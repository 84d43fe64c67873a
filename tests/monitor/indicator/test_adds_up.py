"""Whatever the figures: contributions add up to one, pulls to the growth, the bridge to the change."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongmai.adapters.duckdb_panel import DuckDBPanelEngine
from gongmai.core.formula.rules.staged import compile_grouped
from gongmai.core.formula.types import Dialect, View
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.queries import catalogue
from gongmai.monitor.indicator.rules.bridging import KINDS, bridge_sql
from gongmai.monitor.indicator.rules.relation import Condition, build_relation, same_sample
from gongmai.monitor.indicator.types import Basis, Cut

THIS, LAST = 202212, 202112
CODES = ["firms", "level", "base", "growth", "contribution", "pull", "va_growth", "va_pull"]
REGION = Cut("region", {}, column="region")
MONEY = st.one_of(st.none(), st.integers(0, 10**9))
FIRM = st.fixed_dictionaries(
    {
        "enterprise_id": st.integers(1, 12),
        "period": st.sampled_from([THIS, LAST]),
        "region": st.sampled_from(["a", "b", "c"]),
        "output__ytd": MONEY,
        "output__ytd_base": MONEY,
        "va_rate": st.one_of(st.none(), st.floats(0.1, 0.4)),
        "ppi": st.floats(0.8, 1.2),
    }
)
SCHEMA = pa.schema(
    [
        ("enterprise_id", pa.int64()),
        ("period", pa.int32()),
        ("region", pa.string()),
        ("output__ytd", pa.int64()),
        ("output__ytd_base", pa.int64()),
        ("va_rate", pa.float64()),
        ("ppi", pa.float64()),
        ("on_roster", pa.bool_()),
    ]
)


@pytest.fixture(scope="module")
def engine():
    return DuckDBPanelEngine()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("panels")


def write(place, firms):
    """One row for each enterprise and period, the last that was drawn."""
    rows = {(firm["enterprise_id"], firm["period"]): {**firm, "on_roster": True} for firm in firms}
    path = place / f"{len(list(place.iterdir()))}.parquet"
    pq.write_table(pa.Table.from_pylist(list(rows.values()), schema=SCHEMA), path)
    return [path]


def ask(engine, files, basis, by):
    formulas = [catalogue.get_column(code, "output", Period(2022, 12)).checked for code in CODES]
    if basis is Basis.NOMINAL:
        formulas = formulas[:6]
    condition = same_sample("output__ytd", "output__ytd_base") if basis is Basis.SAME_SAMPLE else Condition()
    cuts = [REGION] if by else []
    relation = build_relation(
        "panel", cuts, condition, formulas, View.CUMULATIVE, basis=basis, periods=[THIS]
    )
    sql = compile_grouped(
        formulas, relation.sql, ["region"] if by else [], View.CUMULATIVE, Dialect.DUCKDB, periods=[THIS]
    )
    return engine.query(sql, relation.values, sources={"panel": files}).to_pylist()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(firms=st.lists(FIRM, min_size=1, max_size=20), basis=st.sampled_from(list(Basis)))
def test_groups_add_up_to_the_whole(engine, place, firms, basis):
    files = write(place, firms)
    total = ask(engine, files, basis, by=False)[0]
    rows = ask(engine, files, basis, by=True)
    assert sum(row["firms"] for row in rows) == total["firms"]
    for code in ("level", "base"):
        known = [row[code] for row in rows if row[code] is not None]
        assert (sum(known) if known else None) == total[code]
    if total["growth"] is not None:
        assert sum(row["pull"] for row in rows) == pytest.approx(total["growth"], abs=1e-9)
        if total["growth"] != 0:
            assert sum(row["contribution"] for row in rows) == pytest.approx(1)
    if total.get("va_growth") is not None:
        assert sum(row["va_pull"] for row in rows) == pytest.approx(total["va_growth"], rel=1e-6, abs=1e-9)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(firms=st.lists(FIRM, min_size=1, max_size=20))
def test_the_bridge_adds_up_exactly_for_every_group(engine, place, firms):
    files = write(place, firms)
    cells = ("output__ytd", "output__ytd_base")
    for cuts in ([], [REGION]):
        sql, values = bridge_sql("panel", cuts, Condition(), cells, (THIS, LAST))
        for row in engine.query(sql, values, sources={"panel": files}).to_pylist():
            causes = sum(row[kind] for kind in KINDS)
            assert row["x"] - row["w"] == (row["x"] - row["b"]) + causes
            if not cuts:
                assert row["move"] == 0

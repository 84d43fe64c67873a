"""Audits of a whole history as one statement over all its returns.

`audited` is `history` with what the engine joins: bases as filed a year ago, attributes of the period,
the place on the roster. The rules come compiled from the same trees as for a single return.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import duckdb

from gongmai.adapters.duckdb_import_sql import quote
from gongmai.core.formula.rules.compile import Context, emit
from gongmai.core.formula.rules.staged import compile_rows, resolve_params
from gongmai.core.formula.types import Checked, Dialect, Node, Ref, View
from gongmai.monitor.filing.ports import Broken
from gongmai.monitor.filing.rules.audits import Audit
from gongmai.monitor.filing.types import Table

KEYS = ("enterprise_id", "period")


def create_audited(
    connection: duckdb.DuckDBPyConnection, wanted: Sequence[str], locks: Sequence[tuple[str, str, str]]
) -> None:
    """Create view `audited` with every column that the audits read; those nobody filed are unknown."""
    present = {row[0] for row in connection.execute("DESCRIBE history").fetchall()}
    sources = {locked: source for locked, source, _ in locks}
    columns = []
    for name in wanted:
        if name in present or name in KEYS:
            columns.append(f"h.{quote(name)}")
        elif name in sources and sources[name] in present:
            columns.append(f"y.{quote(sources[name])} AS {quote(name)}")
        else:
            columns.append(f"{_joined(name)} AS {quote(name)}")
    connection.execute(
        f"CREATE OR REPLACE VIEW audited AS SELECT {', '.join(columns)} FROM history h "
        "LEFT JOIN history y ON y.enterprise_id = h.enterprise_id AND y.period = h.period - 100 "
        "LEFT JOIN profile p ON p.enterprise_id = h.enterprise_id AND p.valid_from <= h.period "
        "AND (p.valid_to IS NULL OR p.valid_to >= h.period) "
        "LEFT JOIN stay s ON s.enterprise_id = h.enterprise_id AND s.from_period <= h.period "
        "AND (s.to_period IS NULL OR s.to_period >= h.period)"
    )


def _joined(name: str) -> str:
    index = "({0} // 100 * 11 + {0} % 100 - 2)"
    known = {
        "periods_on_roster": "CASE WHEN s.entry_type <> 'initial' THEN "
        f"{index.format('h.period')} - {index.format('s.from_period')} + 1 END",
        "credit_code_valid": "1",
        "industry_valid": "1",
        "region_valid": "1",
        "industry": "p.industry",
        "region": "p.region",
        "unit": "p.unit",
        "size": "p.size",
    }
    return known.get(name, "NULL")


def find_broken(
    connection: duckdb.DuckDBPyConnection, audits: Sequence[Audit], day: date, periods: Sequence[int]
) -> Iterator[Broken]:
    """Yield what the head audits find in these periods, under the parameters of a day."""
    heads = [audit for audit in audits if not audit.table]
    if not heads:
        return
    suggestions = {audit.code: audit.suggest for audit in heads if audit.suggest is not None}
    rules = [*(audit.checked for audit in heads), *suggestions.values()]
    sql = compile_rows(rules, "audited", View.MONTH, Dialect.DUCKDB, keep=KEYS, at=day)
    any_true = " OR ".join(quote(audit.code) for audit in heads)
    keys = ", ".join(str(int(period)) for period in periods)
    table = connection.sql(
        f"SELECT * FROM ({sql}) WHERE period IN ({keys}) AND ({any_true})"
    ).to_arrow_table()
    firms, months = table.column("enterprise_id").to_pylist(), table.column("period").to_pylist()
    for audit in heads:
        verdicts = table.column(audit.code).to_pylist()
        suggest = suggestions.get(audit.code)
        values = table.column(suggest.code).to_pylist() if suggest else None
        for number, verdict in enumerate(verdicts):
            if verdict:
                yield Broken(
                    firms[number], months[number], audit, suggestion=values[number] if values else None
                )


def find_broken_lines(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    table: Table,
    audits: Sequence[Audit],
    day: date,
    periods: Sequence[int],
) -> Iterator[Broken]:
    """Yield what the line audits of one table find, with the number of the line (sorted by its key)."""
    rules = [audit for audit in audits if audit.table == table.code]
    if not rules:
        return
    context = _line_context([audit.checked for audit in rules], day)
    fields = ", ".join(f"{emit(audit.checked.tree, context)} AS {quote(audit.code)}" for audit in rules)
    keys = ", ".join(str(int(period)) for period in periods)
    numbered = (
        f"(SELECT *, row_number() OVER (PARTITION BY enterprise_id, period ORDER BY {quote(table.key)}) - 1 "
        f"AS line_number FROM {relation} WHERE period IN ({keys}))"
    )
    any_true = " OR ".join(quote(audit.code) for audit in rules)
    sql = (
        f"SELECT * FROM (SELECT l.enterprise_id, l.period, l.line_number, {fields} FROM {numbered} l "
        f"JOIN audited h USING (enterprise_id, period)) WHERE {any_true}"
    )
    for row in connection.sql(sql).to_arrow_table().to_pylist():
        for audit in rules:
            if row[audit.code]:
                yield Broken(row["enterprise_id"], row["period"], audit, line=row["line_number"])


def roll_up_sql(cell: str, places: int, checked: Checked, day: date) -> str:
    """The head cell that the lines of relation `l` give, as an aggregate."""
    value = emit(checked.tree, _line_context([checked], day))
    return f"CAST(round({value}, {places}) AS {'DOUBLE' if places else 'BIGINT'}) AS {quote(cell)}"


def _line_context(rules: Sequence[Checked], day: date) -> Context:
    def column(ref: Ref) -> str:
        return f"{'h' if ref.head else 'l'}.{quote(ref.column(View.MONTH))}"

    def no_time(node: Node) -> str:
        raise ValueError(node.op)  # the checker refuses time words in lines

    return Context(Dialect.DUCKDB, resolve_params(rules, day), column, no_time)


def fetch_rows(
    connection: duckdb.DuckDBPyConnection, keys: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], dict[str, Any]]:
    """The wide rows of some returns."""
    if not keys:
        return {}
    pairs = ", ".join(f"({int(firm)}, {int(period)})" for firm, period in keys)
    held = {row[0] for row in connection.execute("DESCRIBE history").fetchall()}
    joined = [row[0] for row in connection.execute("DESCRIBE audited").fetchall() if row[0] not in held]
    extra = "".join(f", a.{quote(name)}" for name in joined)
    sql = (
        f"SELECT h.*{extra} FROM history h JOIN (VALUES {pairs}) k(f, p) "
        "ON h.enterprise_id = k.f AND h.period = k.p "
        "JOIN audited a ON a.enterprise_id = h.enterprise_id AND a.period = h.period"
    )
    rows = connection.sql(sql).to_arrow_table().to_pylist()
    return {(row["enterprise_id"], row["period"]): row for row in rows}

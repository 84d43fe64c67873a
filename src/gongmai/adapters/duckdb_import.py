"""Reading a city's history of returns with DuckDB: all files of a form in one statement.

Fills the port `monitor.filing.ports.HistoryReader`. Every value is read as text and cast, so that one
statement both types the figures and tells which of them are no figures.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from gongmai.adapters.duckdb_import_audit import (
    create_audited,
    fetch_rows,
    find_broken,
    find_broken_lines,
    roll_up_sql,
)
from gongmai.adapters.duckdb_import_sql import (
    bad_values_sql,
    cells_json,
    count_bad_sql,
    line_json,
    month_only_sql,
    quote,
    text_quote,
    typed,
)
from gongmai.core.formula.types import Checked
from gongmai.monitor.filing.ports import Broken, FileFinding, SourceFile
from gongmai.monitor.filing.rules.audits import Audit
from gongmai.monitor.filing.types import Cell, Form, Table

MAX_FINDINGS = 1000
_PLACE = "SELECT f.name, r.credit_code, e.enterprise_id, f.period, 'credit_code',"
SETTINGS = {"memory_limit": "1500MB", "threads": 2, "preserve_insertion_order": True}


class DuckDBHistoryReader:
    """Opens a session on a database in memory."""

    def open(self, stays: pa.Table, profiles: pa.Table) -> "DuckDBHistorySession":
        """Start with the firms' stays on the roster and their dated attributes."""
        return DuckDBHistorySession(stays, profiles)


class DuckDBHistorySession:
    """Tables `raw_<form>[_<table>]` as text, `head_<form>` and `lines_<form>_<table>` typed, `history`."""

    def __init__(self, stays: pa.Table, profiles: pa.Table) -> None:
        self.connection = duckdb.connect(":memory:", config=SETTINGS)
        self.connection.execute("SET enable_progress_bar = false")  # the command line shows its own
        self.connection.register("stays", stays)
        self.connection.register("profile", profiles)
        self.connection.execute(
            "CREATE TABLE firm AS SELECT credit_code, any_value(enterprise_id) AS enterprise_id "
            "FROM stays GROUP BY 1"
        )
        self.connection.execute("CREATE TABLE stay AS SELECT * EXCLUDE (credit_code) FROM stays")
        self.files: dict[tuple[str, str, int], SourceFile] = {}

    def close(self) -> None:
        """Let go of the memory."""
        self.connection.close()

    def load(
        self,
        form: Form,
        files: Sequence[SourceFile],
        codes: Mapping[str, frozenset[str]],
        roll_ups: Sequence[tuple[str, int, Checked]],
        day: date,
    ) -> list[FileFinding]:
        """Read all files of one form: the head, then each repeating table, then what the lines give."""
        findings = self._load_part(form, None, [file for file in files if not file.table])
        if not self._has(f"head_{form.code}"):
            return findings
        for table in form.tables:
            mine = [file for file in files if file.table == table.code]
            findings += self._load_part(form, table, mine)
            loaded = bool(mine) and self._has(f"lines_{form.code}_{table.code}")
            if loaded:
                findings += self._check_lines(form, table, codes.get(table.key_list, frozenset()))
            mine_up = [rule for rule in roll_ups if rule[2].formula.table == table.code]
            self._roll_up(form, table, [roll_up_sql(*rule, day) for rule in mine_up], loaded=loaded)
            findings += self._check_given(form, [rule[0] for rule in mine_up])
        return findings

    def _load_part(self, form: Form, table: Table | None, files: Sequence[SourceFile]) -> list[FileFinding]:
        if not files:
            return []
        part = f"{form.code}_{table.code}" if table else form.code
        cells = table.cells if table else form.cells
        for file in files:
            self.files[form.code, file.table, file.period.key] = file
        columns = self._read_raw(f"raw_{part}", files)
        known = {
            "credit_code",
            *(cell.key for cell in cells),
            *(form.computed_cells if table is None else ()),
        }
        if table:
            known.add(table.key)
        findings = [
            FileFinding(files[0].name, 1, column, "unknown_column", column)
            for column in columns
            if column not in known and column not in {"_file", "_row"}
        ]
        if "credit_code" not in columns or (table and table.key not in columns):
            missing = "credit_code" if "credit_code" not in columns else table.key if table else ""
            return [*findings, FileFinding(files[0].name, 1, missing, "missing_column", None)]
        present = [cell for cell in cells if cell.key in columns]
        findings += self._check_raw(form, part, present, unique=table is None)
        self._type(form, part, table, cells, set(columns))
        return findings

    def _read_raw(self, name: str, files: Sequence[SourceFile]) -> list[str]:
        """Create table `name` with every column as text, `_file` and `_row`; give its columns."""
        by_path = [file for file in files if file.path]
        selects = []
        if by_path:
            paths = ", ".join(text_quote(file.path) for file in by_path)
            selects.append(
                f"SELECT * EXCLUDE (filename), parse_filename(filename) AS _file FROM read_csv([{paths}], "
                "all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"', "
                "union_by_name = true, filename = true)"
            )
        for number, file in enumerate(file for file in files if not file.path):
            relation = f"{name}_sheet{number}"
            arrow = pa.table(
                {key: pa.array(values, pa.string()) for key, values in (file.columns or {}).items()}
            )
            self.connection.register(relation, arrow)
            selects.append(f"SELECT *, {text_quote(Path(file.name).name)} AS _file FROM {relation}")
        self.connection.execute(f"CREATE TABLE {name} AS {' UNION ALL BY NAME '.join(selects)}")
        names = ", ".join(
            f"({text_quote(Path(file.name).name)}, {file.period.key}, {text_quote(file.name)})"
            for file in files
        )
        self.connection.execute(f"CREATE TABLE {name}_files (_file VARCHAR, period INTEGER, name VARCHAR)")
        self.connection.execute(f"INSERT INTO {name}_files VALUES {names}")
        return [row[0] for row in self.connection.execute(f"DESCRIBE {name}").fetchall()]

    def _check_raw(
        self, form: Form, part: str, present: Sequence[Cell], *, unique: bool
    ) -> list[FileFinding]:
        joined = (
            f"raw_{part} r JOIN raw_{part}_files f USING (_file) LEFT JOIN firm e "
            "ON e.credit_code = upper(trim(r.credit_code))"
        )
        checks = [
            f"{_PLACE} 'unknown_firm', r.credit_code FROM {joined} WHERE e.enterprise_id IS NULL",
            (
                f"{_PLACE} 'not_on_roster', r.credit_code FROM {joined} WHERE "
                f" e.enterprise_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM stay s WHERE "
                "s.enterprise_id = e.enterprise_id AND s.from_period <= f.period "
                "AND (s.to_period IS NULL OR s.to_period >= f.period))"
            ),
        ]
        if unique:
            checks.append(
                "SELECT f.name, r.credit_code, any_value(e.enterprise_id), f.period, 'credit_code', "
                f"'firm_twice', r.credit_code FROM {joined} GROUP BY 1, 2, 4 HAVING count(*) > 1"
            )
        checks += bad_values_sql(joined, self._suspects(part, present)) + month_only_sql(joined, present)
        findings: list[FileFinding] = []
        for sql in checks:
            rows = self.connection.execute(f"{sql} LIMIT {MAX_FINDINGS}").fetchall()
            findings += [_finding(form, row) for row in rows]
        return findings

    def _suspects(self, part: str, present: Sequence[Cell]) -> list[Cell]:
        """The cells in which some value does not look right; only those are looked at in detail."""
        if not present:
            return []
        counts = self.connection.execute(count_bad_sql(f"raw_{part}", present)).fetchall()[0]
        return [cell for cell, count in zip(present, counts, strict=True) if count]

    def _type(
        self, form: Form, part: str, table: Table | None, cells: Sequence[Cell], columns: set[str]
    ) -> None:
        """Create the typed table: missing columns are unknown."""
        figures = [
            f"{typed(cell) if cell.key in columns else _null(cell)} AS {quote(cell.key)}" for cell in cells
        ]
        if table:
            figures.insert(0, f"trim(r.{quote(table.key)}) AS {quote(table.key)}")
        else:
            figures += [
                f"TRY_CAST(r.{quote(key)} AS DOUBLE) AS {quote('given_' + key)}"
                for key in form.computed_cells
                if key in columns
            ]
        name = f"lines_{part}" if table else f"head_{part}"
        self.connection.execute(
            f"CREATE TABLE {name} AS SELECT e.enterprise_id, f.period, {', '.join(figures)} "
            f"FROM raw_{part} r JOIN raw_{part}_files f USING (_file) "
            f"JOIN firm e ON e.credit_code = upper(trim(r.credit_code))"
        )
        self.connection.execute(f"DROP TABLE raw_{part}")

    def _check_lines(self, form: Form, table: Table, codes: frozenset[str]) -> list[FileFinding]:
        """Lines that name no entry of the code list, or belong to no head row."""
        part = f"{form.code}_{table.code}"
        names = f"JOIN raw_{part}_files f USING (period) JOIN firm e USING (enterprise_id)"
        checks = [
            (
                f"SELECT f.name, e.credit_code, enterprise_id, period, {text_quote(table.key)}, "
                f"'line_without_head', l.{quote(table.key)} FROM lines_{part} l {names} "
                f"ANTI JOIN head_{form.code} h "
                "USING (enterprise_id, period)"
            ),
            (
                "SELECT any_value(f.name), any_value(e.credit_code), enterprise_id, period, "
                f"{text_quote(table.key)}, 'line_twice', l.{quote(table.key)} FROM lines_{part} l {names} "
                f"GROUP BY enterprise_id, period, l.{quote(table.key)} HAVING count(*) > 1"
            ),
        ]
        if codes:
            self.connection.register("codes", pa.table({"code": sorted(codes)}))
            checks.append(
                f"SELECT f.name, e.credit_code, enterprise_id, period, {text_quote(table.key)}, "
                f"'unknown_code', l.{quote(table.key)} FROM lines_{part} l {names} "
                f"ANTI JOIN codes c ON c.code = l.{quote(table.key)}"
            )
        findings = []
        for sql in checks:
            findings += [
                _finding(form, row)
                for row in self.connection.execute(f"{sql} LIMIT {MAX_FINDINGS}").fetchall()
            ]
        return findings

    def _roll_up(self, form: Form, table: Table, sums: Sequence[str], *, loaded: bool) -> None:
        """Add the cells that the lines give to the head, and the lines as JSON."""
        head, lines = f"head_{form.code}", quote("lines_" + table.code)
        if not loaded:
            cells = ", ".join(f"NULL::BIGINT AS {quote(roll_up.cell)}" for roll_up in table.roll_ups)
            extra = f"{cells}, " if cells else ""
            self.connection.execute(
                f"CREATE TABLE next AS SELECT *, {extra}NULL::VARCHAR AS {lines} FROM {head}"
            )
        else:
            key = quote(table.key)
            fields = [*sums, f"'[' || string_agg({line_json(table)}, ',' ORDER BY l.{key}) || ']' AS {lines}"]
            if table.key == "industry":
                fields.append(f"max_by(l.{key}, l.output__ytd) AS main_line_industry")
            self.connection.execute(
                "CREATE TABLE next AS SELECT h.*, g.* EXCLUDE (enterprise_id, period) "
                f"FROM {head} h LEFT JOIN (SELECT enterprise_id, period, {', '.join(fields)} "
                f"FROM lines_{form.code}_{table.code} l GROUP BY enterprise_id, period) g "
                "USING (enterprise_id, period)"
            )
        self.connection.execute(f"DROP TABLE {head}")
        self.connection.execute(f"ALTER TABLE next RENAME TO {head}")

    def _check_given(self, form: Form, cells: Sequence[str]) -> list[FileFinding]:
        """Computed cells that a file gives all the same must agree with the lines."""
        head = f"head_{form.code}"
        present = {row[0] for row in self.connection.execute(f"DESCRIBE {head}").fetchall()}
        findings: list[FileFinding] = []
        for cell in cells:
            given = f"given_{cell}"
            if given in present:
                sql = (
                    f"SELECT f.name, e.credit_code, enterprise_id, period, {text_quote(cell)}, "
                    f"'roll_up_differs', {quote(given)} FROM {head} "
                    f"JOIN raw_{form.code}_files f USING (period) "
                    f"JOIN firm e USING (enterprise_id) WHERE abs({quote(given)} - {quote(cell)}) > 0.05 "
                    f"LIMIT {MAX_FINDINGS}"
                )
                findings += [_finding(form, row) for row in self.connection.execute(sql).fetchall()]
        return findings

    def firms(self, forms: Sequence[Form]) -> set[int]:
        """The firms in the loaded files of these forms."""
        found: set[int] = set()
        for form in forms:
            if self._has(f"head_{form.code}"):
                rows = self.connection.execute(f"SELECT DISTINCT enterprise_id FROM head_{form.code}")
                found |= {row[0] for row in rows.fetchall()}
        return found

    def join(self, forms: Sequence[Form], filed: Iterable[tuple[Form, pa.Table]] = ()) -> None:
        """Create `history`: one wide row for each firm and period that has any return."""
        relations = {
            form.code: f"(SELECT * EXCLUDE ({excluded}) FROM head_{form.code})"
            if (excluded := _excluded(self.connection, form))
            else f"head_{form.code}"
            for form in forms
            if self._has(f"head_{form.code}")
        }
        for form, table in filed:
            self.connection.register(f"filed_{form.code}", table)
            loaded = relations.get(form.code)
            relations[form.code] = f"filed_{form.code}"
            if loaded:
                relations[form.code] = (
                    f"(SELECT * FROM {loaded} UNION ALL BY NAME SELECT f.* FROM filed_{form.code} f "
                    f"ANTI JOIN head_{form.code} USING (enterprise_id, period))"
                )
        if not relations:
            return
        names = list(relations.values())
        sql = f"SELECT * FROM {names[0]} a0"
        for number, relation in enumerate(names[1:], 1):
            sql += f" FULL JOIN {relation} a{number} USING (enterprise_id, period)"
        self.connection.execute(f"CREATE TABLE history AS {sql}")

    def prepare_audits(self, wanted: Sequence[str], locks: Sequence[tuple[str, str, str]]) -> None:
        """Bring together what the audits read."""
        create_audited(self.connection, wanted, locks)

    def audit(
        self, form: Form, audits: Sequence[Audit], day: date, periods: Sequence[int]
    ) -> Iterator[Broken]:
        """Yield what the audits of a form find in its returns of these periods."""
        mine = self.connection.execute(f"SELECT enterprise_id * 1000000 + period FROM head_{form.code}")
        filed = {row[0] for row in mine.fetchall()}
        found = find_broken(self.connection, audits, day, periods)
        yield from (b for b in found if b.enterprise_id * 1_000_000 + b.period in filed)
        for table in form.tables:
            relation = f"lines_{form.code}_{table.code}"
            if self._has(relation):
                yield from find_broken_lines(self.connection, relation, table, audits, day, periods)

    def rows(self, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], dict[str, Any]]:
        """The wide rows of some returns, by firm and period."""
        return fetch_rows(self.connection, keys)

    def contents(self, form: Form) -> Iterator[pa.RecordBatch]:
        """Yield enterprise_id, period, cells, lines ordered by period and firm."""
        if not self._has(f"head_{form.code}"):
            return
        lines = [
            f"'{text_json_key(table.code)}' || {quote('lines_' + table.code)}"
            for table in sorted(form.tables, key=lambda table: table.code)
        ]
        lines_sql = f"'{{' || concat_ws(',', {', '.join(lines)}) || '}}'" if lines else "'{}'"
        relation = self.connection.sql(
            f"SELECT enterprise_id, period, {cells_json(form)} AS cells, {lines_sql} AS lines "
            f"FROM head_{form.code} ORDER BY period, enterprise_id"
        )
        yield from relation.to_arrow_reader(20_000)

    def _has(self, name: str) -> bool:
        sql = "SELECT 1 FROM information_schema.tables WHERE table_name = ?"
        return bool(self.connection.execute(sql, [name]).fetchall())


def text_json_key(code: str) -> str:
    """A key of a JSON object with its colon; codes are plain ASCII words."""
    return f'"{code}":'


def _null(cell: Cell) -> str:
    if not cell.column.is_number:
        return "NULL::VARCHAR"
    return "NULL::DOUBLE" if cell.column.decimals else "NULL::BIGINT"


def _excluded(connection: duckdb.DuckDBPyConnection, form: Form) -> str:
    rows = connection.execute(f"DESCRIBE head_{form.code}").fetchall()
    names = [row[0] for row in rows if row[0].startswith(("lines_", "given_"))]
    return ", ".join(quote(name) for name in names)


def _finding(form: Form, row: Sequence[Any]) -> FileFinding:
    name, credit_code, enterprise_id, period, cell, rule, value = row
    return FileFinding(
        name,
        None,
        cell,
        rule,
        value,
        credit_code=credit_code or "",
        enterprise_id=enterprise_id,
        form=form.code,
        period=period,
    )

"""Trying rules on the whole history: the published panel with what was filed first put in its place.

Fills the port `monitor.filing.ports.TrialRunner`. A formula comes checked and compiled like every other; the
engine works within a memory limit and is interrupted when it takes too long.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from gongmai.adapters.duckdb_import_audit import create_audited
from gongmai.adapters.duckdb_import_sql import quote, text_quote
from gongmai.core.formula.rules.staged import compile_rows
from gongmai.core.formula.types import Dialect, View
from gongmai.monitor.filing.ports import Fired, TrialTooLong
from gongmai.monitor.filing.rules.audits import Audit

KEYS = ("enterprise_id", "period")
PLACE = ("unit", "region", "industry", "size")
SETTINGS = {"memory_limit": "768MB", "threads": 2, "enable_external_access": True}


class DuckDBTrialRunner:
    """Opens sessions."""

    def open(
        self,
        files: Sequence[Path],
        filed: Mapping[str, pa.Table],
        stays: pa.Table,
        columns: Mapping[str, Sequence[str]],
        wanted: Sequence[str],
        locks: Sequence[tuple[str, str, str]],
    ) -> "DuckDBTrialSession":
        """See the port."""
        return DuckDBTrialSession(files, filed, stays, columns, wanted, locks)


class DuckDBTrialSession:
    """Tables `history` (a row for each subject and period) and `audited`; subjects below zero are copies."""

    def __init__(
        self,
        files: Sequence[Path],
        filed: Mapping[str, pa.Table],
        stays: pa.Table,
        columns: Mapping[str, Sequence[str]],
        wanted: Sequence[str],
        locks: Sequence[tuple[str, str, str]],
    ) -> None:
        self.connection = duckdb.connect(":memory:", config=SETTINGS)
        self.connection.execute("SET enable_progress_bar = false")
        self.connection.register("stays", stays)
        names = ", ".join(text_quote(str(file)) for file in files)
        self.connection.execute(
            f"CREATE VIEW panel AS SELECT * FROM read_parquet([{names}], union_by_name = true)"
        )
        held = {row[0] for row in self.connection.execute("DESCRIBE panel").fetchall()}
        sources = {source for locked, source, _base in locks if locked in wanted}
        read = {*wanted, *sources}
        self._create_history(filed, columns, read, held)
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute(
            "CREATE VIEW profile AS SELECT NULL::BIGINT AS enterprise_id, 0 AS valid_from, NULL::INT AS "
            "valid_to, '' AS region, '' AS unit, '' AS industry, '' AS size WHERE FALSE"
        )
        self.connection.execute(
            "CREATE TABLE stay AS SELECT s.enterprise_id, from_period, to_period, entry_type FROM stays s "
            "UNION ALL SELECT c.subject, from_period, to_period, entry_type FROM stays s "
            "JOIN copy c ON c.firm = s.enterprise_id"
        )
        create_audited(self.connection, sorted({*wanted, *KEYS}), locks)

    def _create_history(
        self,
        filed: Mapping[str, pa.Table],
        columns: Mapping[str, Sequence[str]],
        read: set[str],
        held: set[str],
    ) -> None:
        cells = {form: [name for name in names if name in held] for form, names in columns.items()}
        for form, table in filed.items():
            self.connection.register(f"filed_{form}", table)
        firms = (
            " UNION ALL ".join(f"SELECT subject, firm, period FROM filed_{form}" for form in filed)
            or "SELECT NULL::BIGINT AS subject, NULL::BIGINT AS firm, NULL::INT AS period WHERE FALSE"
        )
        self.connection.execute(f"CREATE TABLE given AS SELECT DISTINCT subject, firm, period FROM ({firms})")
        self.connection.execute(
            "CREATE TABLE copy AS SELECT DISTINCT subject, firm FROM given WHERE subject < 0"
        )
        shown, joins = [], []
        for form, names in cells.items():
            has = form in filed
            known = " OR ".join(f"p.{quote(name)} IS NOT NULL" for name in names) or "FALSE"
            shown.append(f"({'f_' + form + '.subject IS NOT NULL OR ' if has else ''}{known}) AS has_{form}")
            for name in names:
                if name in read:
                    plain = f"p.{quote(name)}"
                    given = f"f_{form}.{quote(name)}"
                    shown.append(
                        f"CASE WHEN f_{form}.subject IS NULL THEN {plain} ELSE {given} END AS {quote(name)}"
                        if has
                        else plain
                    )
            if has:
                joins.append(
                    f"LEFT JOIN filed_{form} f_{form} ON f_{form}.subject = s.subject "
                    "AND f_{0}.period = s.period".format(form)
                )
        others = [name for name in sorted(read & held) if not any(name in names for names in cells.values())]
        kept = [name for name in dict.fromkeys([*PLACE, *others]) if name not in KEYS]
        shown += [f"p.{quote(name)}" for name in kept]
        self.connection.execute(
            "CREATE TABLE subject AS "
            "SELECT enterprise_id AS subject, enterprise_id AS firm, period FROM panel "
            "UNION SELECT subject, firm, period FROM given WHERE subject >= 0 "
            "UNION SELECT c.subject, c.firm, p.period FROM panel p JOIN copy c ON c.firm = p.enterprise_id "
            "UNION SELECT subject, firm, period FROM given WHERE subject < 0"
        )
        self.connection.execute(
            "CREATE TABLE history AS "
            f"SELECT s.subject AS enterprise_id, s.firm, s.period, {', '.join(shown)} "
            "FROM subject s LEFT JOIN panel p ON p.enterprise_id = s.firm AND p.period = s.period "
            + " ".join(joins)
        )

    def fired(
        self, form: str, audits: Sequence[Audit], day: date, periods: Sequence[int], seconds: float
    ) -> list[Fired]:
        """What the audits find in the returns of a form of these periods; TrialTooLong past the seconds."""
        heads = [audit for audit in audits if not audit.table]
        if not heads:
            return []
        sql = compile_rows(
            [audit.checked for audit in heads], "audited", View.MONTH, Dialect.DUCKDB, keep=KEYS, at=day
        )
        any_true = " OR ".join(quote(audit.code) for audit in heads)
        codes = ", ".join(quote(audit.code) for audit in heads)
        statement = (
            f"SELECT h.enterprise_id, h.period, h.unit, {codes} FROM ({sql}) v JOIN history h "
            f"ON h.enterprise_id = v.enterprise_id AND h.period = v.period WHERE h.has_{form} "
            f"AND h.period IN ({_listed(periods)}) AND ({any_true})"
        )
        with self._within(seconds):
            table = self.connection.sql(statement).to_arrow_table()
        subjects, months, units = (table.column(n).to_pylist() for n in ("enterprise_id", "period", "unit"))
        found = []
        for audit in heads:
            for number, verdict in enumerate(table.column(audit.code).to_pylist()):
                if verdict:
                    found.append(Fired(audit.code, subjects[number], months[number], units[number] or ""))
        return found

    def judged(self, form: str, periods: Sequence[int]) -> Iterator[tuple[int, str, int]]:
        """Period, unit and number of the returns of a form that are there to be judged."""
        sql = (
            f"SELECT period, coalesce(unit, ''), count(*) FROM history WHERE has_{form} "
            f"AND enterprise_id > 0 AND period IN ({_listed(periods)}) GROUP BY 1, 2"
        )
        yield from self.connection.execute(sql).fetchall()

    def close(self) -> None:
        """Let go of everything."""
        self.connection.close()

    @contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        timer = threading.Timer(seconds, self.connection.interrupt)
        timer.start()
        try:
            yield
        except (duckdb.InterruptException, duckdb.OutOfMemoryException) as error:
            raise TrialTooLong(seconds) from error
        finally:
            timer.cancel()


def _listed(periods: Sequence[int]) -> str:
    return ", ".join(str(int(period)) for period in periods) or "NULL"

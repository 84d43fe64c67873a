"""What distinguishes two vintages: totals by cell with their causes, and the firms behind each."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gongmai.core.access import queries as access
from gongmai.core.access.types import Actor
from gongmai.core.panel import rules
from gongmai.core.panel.queries import engine, vintages
from gongmai.core.panel.queries.items import columns, label_of_cell
from gongmai.core.panel.types import CellChange, ChangeKind, Difference, FirmChange

VIEW_ACTION = "indicator.view"
FIRMS_ACTION = "indicator.firms"
_KIND = (
    "CASE WHEN NOT in_old THEN 'entry' WHEN NOT in_new THEN 'exit' WHEN o IS NULL THEN 'filed' "
    "WHEN ends_with(cell, '_base') THEN 'base_revision' ELSE 'correction' END"
)


def diff(actor: Actor, old: int, new: int, *, limit: int = 500) -> Difference:
    """Compare two vintages over the firms within the actor's reach.

    `firms` holds the `limit` largest changes and is empty for whoever may not see firms. Raises NotAllowed,
    NotPublished.
    """
    access.check_may(actor, VIEW_ACTION)
    before, after = vintages.files_in_force(old), vintages.files_in_force(new)
    periods = [
        period
        for period, file in sorted(after.items())
        if before.get(period) is None or before[period] != file
    ]
    totals: list[CellChange] = []
    firms: list[FirmChange] = []
    count = 0
    for period in periods:
        paths = (vintages.paths(old, [period]), vintages.paths(new, [period]))
        totals += _totals(actor, period, paths)
        if access.may(actor, FIRMS_ACTION):
            found, number = _firms(actor, period, paths, limit)
            firms += found
            count += number
    firms.sort(key=lambda change: -abs((change.new or 0) - (change.old or 0)))
    changed = tuple(dict.fromkeys(change.period for change in totals))
    return Difference(old, new, changed, tuple(totals), tuple(firms[:limit]), count)


def _totals(actor: Actor, period: int, paths: tuple[Sequence[Path], Sequence[Path]]) -> list[CellChange]:
    kinds = ", ".join(
        f"coalesce(sum(CASE WHEN kind = '{kind.value}' THEN coalesce(n, 0) - coalesce(o, 0) END), 0) "
        f"AS {kind.value}"
        for kind in ChangeKind
    )
    text = (
        f"SELECT cell, coalesce(sum(o), 0) AS old, coalesce(sum(n), 0) AS new, {kinds} FROM judged "
        "GROUP BY cell HAVING count(CASE WHEN o IS DISTINCT FROM n THEN 1 END) > 0"
    )
    rows = {row["cell"]: row for row in _ask(actor, VIEW_ACTION, paths, text)}
    return [
        CellChange(
            period=period,
            cell=cell,
            label=label_of_cell(cell),
            old=rows[cell]["old"],
            new=rows[cell]["new"],
            entries=rows[cell]["entry"],
            exits=rows[cell]["exit"],
            filed=rows[cell]["filed"],
            base_revisions=rows[cell]["base_revision"],
            corrections=rows[cell]["correction"],
        )
        for cell in rules.measures(columns())
        if cell in rows
    ]


def _firms(
    actor: Actor, period: int, paths: tuple[Sequence[Path], Sequence[Path]], limit: int
) -> tuple[list[FirmChange], int]:
    text = (
        "SELECT *, count(*) OVER () AS total FROM judged WHERE o IS DISTINCT FROM n "
        f"ORDER BY abs(coalesce(n, 0) - coalesce(o, 0)) DESC, enterprise_id, cell LIMIT {int(limit)}"
    )
    rows = _ask(actor, FIRMS_ACTION, paths, text)
    changes = [
        FirmChange(
            period=period,
            cell=row["cell"],
            kind=ChangeKind(row["kind"]),
            enterprise_id=row["enterprise_id"],
            credit_code=row["credit_code"],
            old=row["o"],
            new=row["n"],
        )
        for row in rows
    ]
    return changes, int(rows[0]["total"]) if rows else 0


def _ask(
    actor: Actor, action: str, paths: tuple[Sequence[Path], Sequence[Path]], text: str
) -> list[dict[str, Any]]:
    """Run a SELECT over `judged`: one row for each firm and cell with old and new figure and the cause."""
    scope, values = access.scope_sql(actor, action)
    cells = rules.measures(columns())
    # a period that the old vintage lacks is compared with nothing
    old_scope = scope if paths[0] else f"FALSE AND {scope}"
    sources: Mapping[str, Sequence[Path]] = {"vintage_old": paths[0] or paths[1], "vintage_new": paths[1]}
    listed = ", ".join(cells)
    cast = ", ".join(f"CAST({cell} AS DOUBLE) AS {cell}" for cell in cells)
    side = (
        "{name} AS (SELECT enterprise_id, credit_code, cell, v FROM (SELECT enterprise_id, credit_code, "
        f"{cast} FROM vintage_{{name}} WHERE {{scope}}) UNPIVOT (v FOR cell IN ({listed})))"
    )
    sql = (
        f"WITH {side.format(name='old', scope=old_scope)}, {side.format(name='new', scope=scope)}, "
        f"old_firms AS (SELECT enterprise_id FROM vintage_old WHERE {old_scope}), "
        f"new_firms AS (SELECT enterprise_id FROM vintage_new WHERE {scope}), "
        "joined AS (SELECT coalesce(old.enterprise_id, new.enterprise_id) AS enterprise_id, "
        "coalesce(old.credit_code, new.credit_code) AS credit_code, coalesce(old.cell, new.cell) AS cell, "
        "old.v AS o, new.v AS n FROM old FULL OUTER JOIN new "
        "ON old.enterprise_id = new.enterprise_id AND old.cell = new.cell), "
        "placed AS (SELECT *, enterprise_id IN (SELECT enterprise_id FROM old_firms) AS in_old, "
        "enterprise_id IN (SELECT enterprise_id FROM new_firms) AS in_new FROM joined), "
        f"judged AS (SELECT enterprise_id, credit_code, cell, o, n, {_KIND} AS kind FROM placed) {text}"
    )
    rows: list[dict[str, Any]] = engine.engine().query(sql, [*values] * 4, sources=sources).to_pylist()
    return rows

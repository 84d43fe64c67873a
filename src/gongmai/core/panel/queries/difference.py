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
FEWEST_FIRMS = 3
Paths = tuple[Sequence[Path], Sequence[Path]]  # of the old and of the new vintage
_KIND = (
    "CASE WHEN NOT in_old THEN 'entry' WHEN NOT in_new THEN 'exit' WHEN o IS NULL THEN 'filed' "
    "WHEN ends_with(cell, '_base') THEN 'base_revision' ELSE 'correction' END"
)


def diff(actor: Actor, old: int, new: int, *, limit: int = 500) -> Difference:
    """Compare two vintages over the firms within the actor's reach.

    `firms` holds the `limit` largest changes and is empty for whoever may not see firms, who is told only
    totals in which three or more firms changed. Raises NotAllowed, NotPublished.
    """
    access.check_may(actor, VIEW_ACTION)
    before, after = vintages.files_in_force(old), vintages.files_in_force(new)
    periods = [
        period
        for period, file in sorted(after.items())
        if before.get(period) is None or before[period] != file
    ]
    sees_firms = access.may(actor, FIRMS_ACTION)
    totals: list[CellChange] = []
    firms: list[FirmChange] = []
    count = 0
    for period in periods:
        paths = (vintages.paths(old, [period]), vintages.paths(new, [period]))
        totals += _totals(actor, period, paths, fewest=1 if sees_firms else FEWEST_FIRMS)
        if sees_firms:
            found, number = _firms(actor, period, paths, limit)
            firms += found
            count += number
    firms.sort(key=lambda change: -abs((change.new or 0) - (change.old or 0)))
    changed = tuple(dict.fromkeys(change.period for change in totals))
    return Difference(old, new, changed, tuple(totals), tuple(firms[:limit]), count)


def _totals(actor: Actor, period: int, paths: Paths, *, fewest: int) -> list[CellChange]:
    """The cells in which at least so many firms changed: a change of one or two would be their figure."""
    kinds = ", ".join(
        f"coalesce(sum(CASE WHEN kind = '{kind.value}' THEN coalesce(n, 0) - coalesce(o, 0) END), 0) "
        f"AS {kind.value}"
        for kind in ChangeKind
    )
    text = (
        f"SELECT cell, {kinds} FROM judged GROUP BY cell "
        f"HAVING count(CASE WHEN o IS DISTINCT FROM n THEN 1 END) >= {fewest}"
    )
    rows = {row["cell"]: row for row in _ask(actor, VIEW_ACTION, paths, text)}
    changed = [cell for cell in rules.measures(columns()) if cell in rows]
    if not changed:
        return []
    sums = ", ".join(f"coalesce(sum(CAST({cell} AS DOUBLE)), 0) AS {cell}" for cell in changed)
    before, after = (
        _ask(actor, VIEW_ACTION, paths, f"SELECT {sums} FROM all_{side}")[0] for side in ("old", "new")
    )
    return [
        CellChange(
            period=period,
            cell=cell,
            label=label_of_cell(cell),
            old=before[cell],
            new=after[cell],
            entries=rows[cell]["entry"],
            exits=rows[cell]["exit"],
            filed=rows[cell]["filed"],
            base_revisions=rows[cell]["base_revision"],
            corrections=rows[cell]["correction"],
        )
        for cell in changed
    ]


def _firms(actor: Actor, period: int, paths: Paths, limit: int) -> tuple[list[FirmChange], int]:
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


def _ask(actor: Actor, action: str, paths: Paths, text: str) -> list[dict[str, Any]]:
    """Run a SELECT over `judged`: a row for each firm and cell of firms that differ, with the cause.

    `all_old` and `all_new` hold every firm within reach. Only rows that differ are taken apart by cell: most
    vintages differ in a handful of firms.
    """
    scope, values = access.scope_sql(actor, action)
    cells = rules.measures(columns())
    # a period that the old vintage lacks is compared with nothing
    old_scope = scope if paths[0] else f"FALSE AND {scope}"
    sources: Mapping[str, Sequence[Path]] = {"vintage_old": paths[0] or paths[1], "vintage_new": paths[1]}
    listed = ", ".join(cells)
    row = "enterprise_id, credit_code, " + ", ".join(f"CAST({cell} AS DOUBLE) AS {cell}" for cell in cells)
    side = (
        "{name} AS (SELECT enterprise_id, credit_code, cell, v FROM (SELECT * FROM all_{name} "
        f"EXCEPT SELECT * FROM all_{{other}}) UNPIVOT (v FOR cell IN ({listed})))"
    )
    sql = (
        f"WITH all_old AS (SELECT {row} FROM vintage_old WHERE {old_scope}), "
        f"all_new AS (SELECT {row} FROM vintage_new WHERE {scope}), "
        f"{side.format(name='old', other='new')}, {side.format(name='new', other='old')}, "
        "joined AS (SELECT coalesce(old.enterprise_id, new.enterprise_id) AS enterprise_id, "
        "coalesce(old.credit_code, new.credit_code) AS credit_code, coalesce(old.cell, new.cell) AS cell, "
        "old.v AS o, new.v AS n FROM old FULL OUTER JOIN new "
        "ON old.enterprise_id = new.enterprise_id AND old.cell = new.cell), "
        "placed AS (SELECT *, enterprise_id IN (SELECT enterprise_id FROM all_old) AS in_old, "
        "enterprise_id IN (SELECT enterprise_id FROM all_new) AS in_new FROM joined), "
        f"judged AS (SELECT enterprise_id, credit_code, cell, o, n, {_KIND} AS kind FROM placed) {text}"
    )
    rows: list[dict[str, Any]] = engine.engine().query(sql, [*values] * 2, sources=sources).to_pylist()
    return rows

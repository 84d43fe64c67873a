"""The bridge from last year's published level, as SQL over the panel.

``X - B_pub = (X - B) + (B - B_pub)``; the second bracket is split by firm: on the roster now and not then
(entries), then and not now (exits), in another group (moves), on both but nothing approved yet now (missing),
base stated otherwise than filed (revisions).
"""

from collections.abc import Sequence

from gongmai.monitor.indicator.rules.cuts import column_name, expression
from gongmai.monitor.indicator.rules.relation import Condition
from gongmai.monitor.indicator.types import Cut

KINDS = ("entry", "exit", "move", "missing", "same")


def bridge_sql(
    table: str, cuts: Sequence[Cut], condition: Condition, cells: tuple[str, str], periods: tuple[int, int]
) -> tuple[str, tuple[object, ...]]:
    """One row for each group; `cells` are figure and base, `periods` now and a year ago."""
    value, base = cells
    now, then = (int(period) for period in periods)
    names = [column_name(cut) for cut in cuts]
    group = "".join(f"{name}, " for name in names)
    carried = "".join(f"{expression(cut)} AS {name}, " for cut, name in zip(cuts, names, strict=True))
    both = (
        f"SELECT {carried}enterprise_id, CAST({value} AS DOUBLE) AS x, CAST({base} AS DOUBLE) AS b, "
        f"CAST(NULL AS DOUBLE) AS w, 1 AS is_now, 0 AS is_then FROM {table} "
        f"WHERE period = {now} AND {condition.sql} UNION ALL "
        f"SELECT {carried}enterprise_id, CAST(NULL AS DOUBLE), CAST(NULL AS DOUBLE), "
        f"CAST({value} AS DOUBLE), 0, 1 FROM {table} WHERE period = {then} AND {condition.sql}"
    )
    paired = (
        f"SELECT {group}enterprise_id, max(x) AS x, coalesce(max(b), 0) AS b, coalesce(max(w), 0) AS w, "
        f"count(x) + count(b) AS known, max(is_now) AS is_now, max(is_then) AS is_then "
        f"FROM both_years GROUP BY {group}enterprise_id"
    )
    judged = (
        f"SELECT *, CASE WHEN is_now = 1 AND is_then = 1 AND known = 0 THEN 'missing' "
        f"WHEN is_now = 1 AND is_then = 1 THEN 'same' "
        f"WHEN is_now = 1 AND NOT {_on_roster(table, then)} THEN 'entry' "
        f"WHEN is_then = 1 AND NOT {_on_roster(table, now)} THEN 'exit' ELSE 'move' END AS kind FROM paired"
    )
    parts = ", ".join(
        f"sum(CASE WHEN kind = '{kind}' THEN b - w ELSE 0 END) AS {kind}, "
        f"count(CASE WHEN kind = '{kind}' THEN 1 END) AS {kind}_firms"
        for kind in KINDS
    )
    sql = (
        f"WITH both_years AS ({both}), paired AS ({paired}), judged AS ({judged}) "
        f"SELECT {group}coalesce(sum(x), 0) AS x, coalesce(sum(b), 0) AS b, coalesce(sum(w), 0) AS w, "
        f"{parts} FROM judged" + (f" GROUP BY {', '.join(names)}" if names else "")
    )
    return sql, condition.values * 2


def _on_roster(table: str, period: int) -> str:
    return f"enterprise_id IN (SELECT enterprise_id FROM {table} WHERE period = {period})"

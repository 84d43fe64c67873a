"""Which returns of a form and period deserve a look first.

>>> suspicions_of("monthly", Period(2023, 6), ids)[12].score

One engine query judges all returns of the form and period at once; the answer is kept until a version, a
vintage or a parameter changes.
"""

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

from gongmai.core.formula.rules.staged import period_end
from gongmai.core.panel.queries import engine, vintages
from gongmai.core.period.types import Period
from gongmai.monitor.filing.queries.audits import parameters_on
from gongmai.monitor.filing.queries.contradiction import contradictions_of
from gongmai.monitor.filing.queries.current import Filed, latest_filed, stamp_of
from gongmai.monitor.filing.rules.outlier_sql import outliers_sql
from gongmai.monitor.filing.rules.outliers import Bounds, combine, doubt
from gongmai.monitor.filing.rules.suspicion import (
    SHOWN,
    WATCHED,
    WORTH_SAYING,
    Reason,
    Suspicion,
    doubt_of_finding,
)

__all__ = ["Reason", "Suspicion", "suspicions_of"]

_BACK = 33  # three years of eleven periods
_KEPT = 12
_cache: dict[Any, dict[int, Suspicion]] = {}
_lock = threading.Lock()


def suspicions_of(form: str, period: Period, enterprise_ids: Iterable[int]) -> Mapping[int, Suspicion]:
    """The suspicion of the latest version of each of these firms; firms that have not filed are left out.

    The caller has checked its reach over the firms.
    """
    everyone = _all_of(form, period)
    return {firm: everyone[firm] for firm in enterprise_ids if firm in everyone}


def _all_of(form: str, period: Period) -> dict[int, Suspicion]:
    parameters = parameters_on(period_end(period.key))
    witnesses = ("monthly", "finance", "energy") if form == "monthly" else (form,)
    key = (
        str(settings.DATABASES["default"]["NAME"]), form, period.key, vintages.last_number(),
        tuple(stamp_of(each, period.key) for each in witnesses), tuple(sorted(parameters.items())),
    )  # fmt: skip
    with _lock:
        if key not in _cache:
            found = judge_all(form, period, latest_filed(form, period.key), parameters)
            while len(_cache) >= _KEPT:
                _cache.pop(next(iter(_cache)))
            _cache[key] = found
        return _cache[key]


def judge_all(
    form: str, period: Period, filed: list[Filed], parameters: Mapping[str, float]
) -> dict[int, Suspicion]:
    """Judge these returns beside one another and beside the published periods before."""
    bounds = Bounds.of(parameters)
    watched = WATCHED.get(form, ())
    month = form == "monthly" and not period.is_merged
    far = _outliers(watched, filed, period, bounds, month=month)
    evidence = contradictions_of(period) if form == "monthly" else {}
    totals = _bases_by_unit(watched[0], filed, month=month) if watched else {}
    found = {}
    for each in filed:
        reasons = []
        for item in watched:
            row = far.get((item, each.enterprise_id))
            if row is not None:
                reasons += _reasons(item, row, bounds)
        against = evidence.get(each.enterprise_id)
        if against is not None and against.score > 0:
            parts = [(part.witness, part.growth) for part in against.parts if part.points > 0]
            params = {"score": round(against.score), "output": against.output, "parts": parts}
            reasons.append(Reason("evidence", against.score / 100, params))
        reasons += [
            Reason(
                "finding", doubt_of_finding(finding["rule"], finding["severity"]), {"rule": finding["rule"]}
            )
            for finding in each.findings
        ]
        suspicion = combine([reason.weight for reason in reasons])
        influence = _influence(watched, each, far, totals, month=month)
        reasons.sort(key=lambda reason: -reason.weight)
        shown = tuple(reason for reason in reasons if reason.weight >= WORTH_SAYING)[:SHOWN]
        found[each.enterprise_id] = Suspicion(influence, suspicion, influence * suspicion, shown)
    return found


def _keys(item: str, *, month: bool) -> tuple[str, str]:
    return (item, f"{item}__base") if month else (f"{item}__ytd", f"{item}__ytd_base")


def _outliers(
    items: tuple[str, ...], filed: list[Filed], period: Period, bounds: Bounds, *, month: bool
) -> dict[tuple[str, int], dict[str, Any]]:
    columns: list[list[Any]] = [[], [], [], [], [], []]
    for item in items:
        now, base = _keys(item, month=month)
        for each in filed:
            x, b = each.cells.get(now), each.cells.get(base)
            if isinstance(x, int | float) and isinstance(b, int | float):
                row = (item, each.enterprise_id, float(x), float(b), each.industry[:3], each.industry[:2])
                for column, value in zip(columns, row, strict=True):
                    column.append(value)
    if not columns[0]:
        return {}
    before = _published_before(period)
    sql = outliers_sql(items, bounds, month=month, history=bool(before))
    if before:
        table = engine.ask(sql, columns, vintage=vintages.current_vintage(), periods=before)
    else:
        table = engine.engine().query(sql, columns, sources={})
    return {(row["item"], row["firm"]): row for row in table.to_pylist()}


def _published_before(period: Period) -> list[int]:
    """The published periods of three years before; January-February takes no part in months."""
    low = Period.from_index(period.index - _BACK).key
    return [key for key in vintages.published_periods() if low <= key < period.key]


def _reasons(item: str, row: Mapping[str, Any], bounds: Bounds) -> list[Reason]:
    found = []
    if row["hb"] is not None:
        params = {"item": item, "distance": row["hb"], "centre": row["centre"], "members": row["members"]}
        found.append(Reason("hb", doubt(row["hb"], bounds.limit), params))
    if row["z"] is not None:
        params = {"item": item, "distance": row["z"], "typical": row["typical"]}
        found.append(Reason("history", doubt(row["z"], bounds.z_limit), params))
    return found


def _bases_by_unit(item: str, filed: list[Filed], *, month: bool) -> dict[str, float]:
    base = _keys(item, month=month)[1]
    totals: dict[str, float] = {}
    for each in filed:
        value = each.cells.get(base)
        if isinstance(value, int | float) and value > 0:
            totals[each.unit] = totals.get(each.unit, 0.0) + value
    return totals


def _influence(
    watched: tuple[str, ...],
    each: Filed,
    far: Mapping[tuple[str, int], Mapping[str, Any]],
    totals: Mapping[str, float],
    *,
    month: bool,
) -> float:
    """Percentage points of the county's growth that hang on the figure being as it is, not as usual."""
    total = totals.get(each.unit, 0.0)
    if not watched or total <= 0:
        return 0.0
    now, base = _keys(watched[0], month=month)
    x, b = each.cells.get(now), each.cells.get(base)
    if not isinstance(x, int | float):
        return 0.0
    row = far.get((watched[0], each.enterprise_id), {})
    usual = row.get("typical") or row.get("centre") or 1.0
    expected = b * usual if isinstance(b, int | float) else 0.0
    return float(abs(x - expected) / total * 100)

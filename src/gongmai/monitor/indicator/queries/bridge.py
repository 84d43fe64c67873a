"""The bridge from last year's published level to this year's."""

from collections.abc import Mapping
from typing import Any

from gongmai.core.access.types import Actor
from gongmai.core.panel.queries import engine, vintages
from gongmai.monitor.indicator.queries import disclosure, kept
from gongmai.monitor.indicator.queries.compute import Plan, cells_of, make_plan
from gongmai.monitor.indicator.rules import cuts as cutting
from gongmai.monitor.indicator.rules.bridging import KINDS, bridge_sql
from gongmai.monitor.indicator.types import Basis, Bridge, IndicatorError, Request


def bridge(actor: Actor, request: Request) -> list[Bridge]:
    """The bridge of each group of the request, the whole first (with empty codes).

    NotPublished when the vintage does not hold the period of a year ago; IndicatorError on another basis
    than the comparable one, which is what the bridge explains.
    """
    if request.basis is not Basis.COMPARABLE:
        raise IndicatorError("bridge_basis", basis=request.basis.value)
    plan = make_plan(actor, request)
    if any(cut.overlapping for cut in plan.cuts):
        raise IndicatorError("one_overlapping_cut")
    found = kept.remember(("bridge", plan.vintage, plan.condition, plan.request), lambda: _bridges(plan))
    return disclosure.protect_bridges(actor, plan.request, plan.vintage, found)


def _bridges(plan: Plan) -> list[Bridge]:
    period, last = plan.request.period, plan.request.period.year_ago()
    held = vintages.files_in_force(plan.vintage)
    for key in (period.key, last.key):
        if key not in held:
            raise vintages.NotPublished(vintage=plan.vintage, period=key)
    found = []
    for cuts in [(), plan.cuts] if plan.cuts else [()]:
        sql, values = bridge_sql(
            engine.RELATION, cuts, plan.condition, cells_of(plan.request), (period.key, last.key)
        )
        rows = engine.ask(
            sql,
            values,
            vintage=plan.vintage,
            layer=plan.request.layer,
            periods=(period.key, last.key),
            engine_name=plan.request.engine,
        ).to_pylist()
        names = {cut.code: cutting.column_name(cut) for cut in cuts}
        made = [_bridge(row, {code: str(row[name] or "") for code, name in names.items()}) for row in rows]
        found += sorted(made, key=lambda entry: list(entry.codes.values()))
    return found


def _bridge(row: Mapping[str, Any], codes: Mapping[str, str]) -> Bridge:
    return Bridge(
        codes=codes,
        current=row["x"],
        base=row["b"],
        published_base=row["w"],
        entries=row["entry"] or 0.0,
        exits=row["exit"] or 0.0,
        moves=row["move"] or 0.0,
        revisions=row["same"] or 0.0,
        missing=row["missing"] or 0.0,
        firms={kind: int(row[f"{kind}_firms"]) for kind in KINDS},
    )

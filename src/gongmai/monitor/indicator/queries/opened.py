"""A number opened: formula, inputs, base, roster, vintage, and its growth on each basis."""

from collections.abc import Mapping
from dataclasses import replace

from gongmai.core.access.types import Actor
from gongmai.core.formula.types import Kind
from gongmai.core.panel.queries import engine, vintages
from gongmai.core.panel.queries.items import items_by_code
from gongmai.monitor.indicator.queries.compute import Plan, compute, make_plan
from gongmai.monitor.indicator.queries.cuts import get_cut
from gongmai.monitor.indicator.queries.disclosure import sees_firms
from gongmai.monitor.indicator.rules.printing import CONFIDENTIAL
from gongmai.monitor.indicator.types import Basis, Input, OpenNumber, Request, Row, Table

_CELLS = frozenset({Kind.FLOW, Kind.CUMULATIVE, Kind.STOCK, Kind.LEVEL, Kind.CHOICE})


def open_number(
    actor: Actor, request: Request, group: Mapping[str, str] | None = None, indicator: str = "growth"
) -> OpenNumber:
    """What stands behind the value of `indicator` for a group (cut -> code; none: the total) of a request.

    Raises NotAllowed, NotPublished, IndicatorError.
    """
    codes = {get_cut(cut).code: code for cut, code in (group or {}).items()}
    asked = replace(request, by=tuple(codes), indicators=(indicator,))
    table = compute(actor, asked)
    row = _row(table, codes)
    column = next(column for column in table.columns if column.indicator.code == indicator)
    narrowed = asked
    for cut, code in codes.items():
        narrowed = narrowed.narrowed(cut, code)
    narrowed = replace(narrowed, by=())
    vintage = vintages.get_vintage(table.vintage)
    return OpenNumber(
        indicator=column.indicator,
        text=column.checked.formula.text,
        explanation=column.indicator.about,
        value=row.values[indicator],
        unit=column.checked.unit.name if column.checked.unit else "",
        inputs=() if row.hidden in CONFIDENTIAL else _inputs(make_plan(actor, narrowed), indicator),
        firms=int(row["firms"] or 0),
        vintage=vintage.number,
        published_at=vintage.published_at,
        growth={basis: _growth(actor, narrowed, basis) for basis in Basis},
        codes=codes,
        may_see_firms=sees_firms(actor),
        hidden=row.hidden if row.hidden in CONFIDENTIAL else "",
    )


def _row(table: Table, codes: Mapping[str, str]) -> Row:
    if not codes:
        return table.total
    found = next((row for row in table.rows if dict(row.codes) == dict(codes)), None)
    return found or Row(codes, {column.indicator.code: None for column in table.columns})


def _growth(actor: Actor, request: Request, basis: Basis) -> float | None:
    return compute(actor, replace(request, basis=basis, indicators=())).total["growth"]


def _inputs(plan: Plan, indicator: str) -> tuple[Input, ...]:
    """The total and the number of known figures of each cell that the formula reads."""
    column = next(column for column in plan.columns if column.indicator.code == indicator)
    refs = sorted(
        (ref for ref in column.checked.refs if ref.item.kind in _CELLS),
        key=lambda ref: (ref.item.code, ref.base),
    )
    if not refs:
        return ()
    cells = [(ref.column(plan.request.view), ref.item.value_type == "number") for ref in refs]
    fields = ", ".join(
        f"{f'sum(CAST({name} AS DOUBLE))' if number else 'CAST(NULL AS DOUBLE)'} AS total_{place}, "
        f"count({name}) AS known_{place}"
        for place, (name, number) in enumerate(cells)
    )
    period = plan.request.period.key
    sql = f"SELECT {fields} FROM {engine.RELATION} WHERE period = {period} AND {plan.condition.sql}"
    answer = engine.ask(
        sql,
        plan.condition.values,
        vintage=plan.vintage,
        layer=plan.request.layer,
        periods=[period],
        engine_name=plan.request.engine,
    ).to_pylist()[0]
    units = items_by_code()
    return tuple(
        Input(
            cell=name,
            label=ref.item.label,
            unit=units[ref.item.code].unit if ref.item.code in units else "",
            total=answer[f"total_{place}"],
            known=int(answer[f"known_{place}"]),
        )
        for place, (ref, (name, _)) in enumerate(zip(refs, cells, strict=True))
    )

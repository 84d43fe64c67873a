"""The firms behind a number, for those with the right to see them."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from django.apps import apps

from gongmai.core.access import queries as access
from gongmai.core.access.types import Actor
from gongmai.core.panel.queries import engine
from gongmai.monitor.indicator.queries import kept
from gongmai.monitor.indicator.queries.compute import cells_of, compute, make_plan
from gongmai.monitor.indicator.queries.cuts import get_cut
from gongmai.monitor.indicator.queries.disclosure import FIRMS_ACTION
from gongmai.monitor.indicator.rules.relation import Condition
from gongmai.monitor.indicator.types import Firm, FirmPage, IndicatorError, Request

PAGE_SIZE = 50
MANY = 500  # numbers in one condition
# what a list of firms may be ordered by; a leading minus turns it round
ORDERS = {
    "pull": "change_amount",
    "change": "change_amount",
    "value": "x",
    "base": "b",
    "growth": "(x / nullif(b, 0))",
    "credit_code": "credit_code",
}
_CODES = ("region", "unit", "industry", "size")


def firms_behind(
    actor: Actor,
    request: Request,
    group: Mapping[str, str] | None = None,
    order: str = "-pull",
    page: int = 1,
    size: int = PAGE_SIZE,
) -> FirmPage:
    """The firms of a group (cut -> code; none: all firms of the request) within the actor's reach.

    `order` is a key of ORDERS, with a minus for the largest first; firms whose figure is unknown come last.
    `pull` is on the total that the request shows this actor. Raises NotAllowed, IndicatorError.
    """
    access.check_may(actor, FIRMS_ACTION)
    whole = compute(actor, _without_groups(request, group)).total["base"]
    for cut, code in (group or {}).items():
        request = request.narrowed(get_cut(cut).code, code)
    plan = make_plan(actor, request)
    sql, values = access.scope_sql(actor, FIRMS_ACTION)
    condition = plan.condition & Condition(sql, tuple(values))
    value, base = cells_of(request)
    source = (
        f"SELECT enterprise_id, credit_code, {', '.join(_CODES)}, CAST({value} AS DOUBLE) AS x, "
        f"CAST({base} AS DOUBLE) AS b, coalesce(CAST({value} AS DOUBLE), 0) "
        f"- coalesce(CAST({base} AS DOUBLE), 0) AS change_amount "
        f"FROM {engine.RELATION} WHERE period = {request.period.key} AND {condition.sql}"
    )
    limit = f"LIMIT {int(size)} OFFSET {(max(int(page), 1) - 1) * int(size)}"
    text = f"SELECT *, count(*) OVER () AS total FROM ({source}) AS firms ORDER BY {_order(order)} {limit}"
    rows = kept.remember(
        ("firms", plan.vintage, condition, request, text),
        lambda: engine.ask(
            text,
            condition.values,
            vintage=plan.vintage,
            layer=plan.request.layer,
            periods=[request.period.key],
            engine_name=request.engine,
        ),
    ).to_pylist()
    names = names_of([row["enterprise_id"] for row in rows])
    total = rows[0]["total"] if rows else 0
    firms = tuple(_firm(row, names, whole) for row in rows)
    return FirmPage(firms, total, page, max(1, -(-total // size)))


def _without_groups(request: Request, group: Mapping[str, str] | None) -> Request:
    """The request whose total the pulls refer to: without the group, without cuts."""
    cuts = {get_cut(cut).code for cut in group or {}}
    kept = tuple(entry for entry in request.filters if entry[0] not in cuts)
    return replace(request, by=(), indicators=(), filters=kept)


def _order(order: str) -> str:
    key = order.removeprefix("-")
    if key not in ORDERS:
        raise IndicatorError("unknown_order", order=order)
    direction = "DESC" if order.startswith("-") else "ASC"
    return f"x IS NULL, {ORDERS[key]} {direction} NULLS LAST, enterprise_id"


def names_of(ids: Collection[int]) -> dict[int, str]:
    """The names of firms by number; a long list is read as a whole, which is quicker than naming each."""
    rows = apps.get_model("registry", "Enterprise").objects.values_list("pk", "name")
    return dict(rows if len(ids) > MANY else rows.filter(pk__in=ids))


def _firm(row: Mapping[str, Any], names: Mapping[int, str], whole: float | None) -> Firm:
    value, base = row["x"], row["b"]
    change = None if value is None and base is None else row["change_amount"]
    return Firm(
        enterprise_id=row["enterprise_id"],
        credit_code=row["credit_code"],
        name=names.get(row["enterprise_id"], ""),
        value=value,
        base=base,
        change=change,
        growth=value / base - 1 if base and value is not None else None,
        pull=change / whole if whole and change is not None else None,
        codes={code: row[code] or "" for code in _CODES},
    )

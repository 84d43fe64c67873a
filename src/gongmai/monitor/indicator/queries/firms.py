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
_CHANGE = "(CASE WHEN x IS NULL AND b IS NULL THEN NULL ELSE change_amount END)"
# what a list of firms may be ordered by; a leading minus turns it round
ORDERS = {
    "pull": _CHANGE,
    "change": _CHANGE,
    "value": "x",
    "base": "b",
    "growth": "(x / nullif(b, 0))",
    "credit_code": "credit_code",
}
_MOVES = {
    "": "TRUE",
    "up": "coalesce(x, 0) > coalesce(b, 0)",
    "down": "coalesce(x, 0) < coalesce(b, 0)",
    "stopped": "x = 0",
    "new": "(coalesce(x, 0) > 0 AND coalesce(b, 0) = 0)",
}
MOVES = tuple(_MOVES)
_CODES = ("region", "unit", "industry", "size")


def firms_behind(
    actor: Actor,
    request: Request,
    group: Mapping[str, str] | None = None,
    order: str = "-pull",
    page: int = 1,
    size: int = PAGE_SIZE,
    move: str = "",
    text: str = "",
) -> FirmPage:
    """The firms of a group (cut -> code; none: all firms of the request) within the actor's reach.

    `move`: only those that rise, fall, stand still at nothing or are new (a key of MOVES; empty: all);
    `text`: only those whose name or credit code holds it.
    `order` is a key of ORDERS, with a minus for the largest first; firms without it come last.
    `pull` is on the total that the request shows this actor. Raises NotAllowed, IndicatorError.
    """
    access.check_may(actor, FIRMS_ACTION)
    whole = compute(actor, _without_groups(request, group)).total["base"]
    for cut, code in (group or {}).items():
        request = request.narrowed(get_cut(cut).code, code)
    ordered = _order(order, falling=bool(whole and whole < 0))
    limit = f"LIMIT {int(size)} OFFSET {(max(int(page), 1) - 1) * int(size)}"
    chosen = _choose(move, text)
    rows = _ask(
        actor,
        request,
        f"SELECT *, count(*) OVER () AS total FROM firms WHERE {chosen.sql} ORDER BY {ordered} {limit}",
        chosen,
    )
    names = names_of([row["enterprise_id"] for row in rows])
    total = rows[0]["total"] if rows else 0
    firms = tuple(_firm(row, names, whole) for row in rows)
    return FirmPage(firms, total, page, max(1, -(-total // size)))


def count_firms(actor: Actor, request: Request, move: str = "", text: str = "") -> dict[str, int]:
    """How many firms are behind a number: ``all``, ``up``, ``down``, and ``chosen`` by `move` and `text`.

    Raises NotAllowed, IndicatorError.
    """
    access.check_may(actor, FIRMS_ACTION)
    chosen = _choose(move, text)
    sums = {"all": "TRUE", "up": _MOVES["up"], "down": _MOVES["down"], "chosen": chosen.sql}
    fields = ", ".join(
        f"coalesce(sum(CASE WHEN {sql} THEN 1 ELSE 0 END), 0) AS n_{name}" for name, sql in sums.items()
    )
    (row,) = _ask(actor, request, f"SELECT {fields} FROM firms", chosen)
    return {name: int(row[f"n_{name}"]) for name in sums}


def _ask(actor: Actor, request: Request, question: str, chosen: Condition) -> list[dict[str, Any]]:
    """Ask of ``firms``: one row for each firm of the request within the actor's reach."""
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
    text, parameters = f"WITH firms AS ({source}) {question}", (*condition.values, *chosen.values)
    rows: list[dict[str, Any]] = kept.remember(
        ("firms", plan.vintage, parameters, request, text),
        lambda: engine.ask(
            text,
            parameters,
            vintage=plan.vintage,
            layer=plan.request.layer,
            periods=[request.period.key],
            engine_name=request.engine,
        ).to_pylist(),
    )
    return rows


def _choose(move: str, text: str) -> Condition:
    """The firms that move so and whose name or credit code holds the text."""
    if move not in _MOVES:
        raise IndicatorError("unknown_move", move=move)
    sought = text.casefold()
    if not sought:
        return Condition(_MOVES[move], ())
    # names are the register's as of today: the panel holds none
    named = apps.get_model("registry", "Enterprise").objects.values_list("pk", "name")
    ids = ", ".join(str(int(number)) for number, name in named if sought in name.casefold())
    found = "instr(lower(credit_code), ?) > 0" + (f" OR enterprise_id IN ({ids})" if ids else "")
    return Condition(f"{_MOVES[move]} AND ({found})", (sought,))


def _without_groups(request: Request, group: Mapping[str, str] | None) -> Request:
    """The request whose total the pulls refer to: without the group, without cuts."""
    cuts = {get_cut(cut).code for cut in group or {}}
    kept = tuple(entry for entry in request.filters if entry[0] not in cuts)
    return replace(request, by=(), indicators=(), filters=kept)


def _order(order: str, *, falling: bool) -> str:
    """The order in the engine's words; on a total below zero a larger change is a smaller pull."""
    key = order.removeprefix("-")
    if key not in ORDERS:
        raise IndicatorError("unknown_order", order=order)
    down = order.startswith("-") is not (falling and key == "pull")
    return f"{ORDERS[key]} {'DESC' if down else 'ASC'} NULLS LAST, enterprise_id"


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

"""Indicators by group: one query for the groups, one for the total, kept because vintages never change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gongmai.core.access import queries as access
from gongmai.core.access.types import Actor
from gongmai.core.formula.rules.check import check
from gongmai.core.formula.rules.staged import compile_grouped
from gongmai.core.formula.types import Checked, Dialect, Formula, Item, Kind, Vocabulary
from gongmai.core.panel.queries import engine, vintages
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.queries import catalogue, disclosure, kept
from gongmai.monitor.indicator.queries.cuts import get_cut, labels_of
from gongmai.monitor.indicator.rules import cuts as cutting
from gongmai.monitor.indicator.rules import printing
from gongmai.monitor.indicator.rules.relation import (
    IN_SCOPE,
    Condition,
    Relation,
    build_relation,
    cell,
    same_sample,
)
from gongmai.monitor.indicator.types import Basis, Column, Cut, IndicatorError, Request, Row, Table

STANDARD = ("firms", "level", "base", "growth", "contribution", "pull")
VIEW_ACTION = "indicator.view"
_MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Plan:
    """A request made definite: its vintage, columns, cuts, and the rows that it may see."""

    request: Request
    vintage: int
    columns: tuple[Column, ...]
    cuts: tuple[Cut, ...]
    condition: Condition
    periods: tuple[Period, ...]

    @property
    def formulas(self) -> list[Checked]:
        """The formulas that are evaluated: on the nominal basis only those that have a meaning there."""
        return [column.checked for column in self.columns if self.computes(column)]

    def computes(self, column: Column) -> bool:
        """Whether the column has a value in this view and on this basis."""
        request = self.request
        if request.view not in column.checked.views or request.view not in column.indicator.views:
            return False
        return request.basis is not Basis.NOMINAL or column.indicator.nominal

    @property
    def files(self) -> set[int]:
        """Keys of the periods whose files are read."""
        back = max((checked.lookback for checked in self.formulas), default=0)
        wanted = {period.key for period in self.periods}
        for period in self.periods:
            wanted |= {Period.from_index(period.index - step).key for step in range(1, back + 1)}
            if self.request.basis is Basis.NOMINAL:
                wanted.add(period.year_ago().key)
        return wanted


def compute(actor: Actor, request: Request) -> Table:
    """The table of a request over the firms that the actor may see.

    Readers who may not see firms get no figures of fewer than three (queries/disclosure.py).
    Rows come in the order of their codes. Contributions add up to one and pulls to the growth of the total
    (except over tags, which overlap). Raises NotAllowed, NotPublished, IndicatorError.
    """
    plan = make_plan(actor, disclosure.counting(actor, request))
    table = kept.remember(("table", plan.vintage, plan.condition, plan.request), lambda: _table(plan))
    return disclosure.protect_table(actor, table)


def make_plan(actor: Actor, request: Request, periods: Sequence[Period] = ()) -> Plan:
    """Check a request and settle its vintage, columns and rows."""
    access.check_may(actor, VIEW_ACTION)
    request = _settled(request)
    codes = dict.fromkeys((*STANDARD, *request.indicators))
    columns = tuple(catalogue.get_column(code, request.item, request.period) for code in codes)
    sql, values = access.scope_sql(actor, VIEW_ACTION)
    condition = Condition(sql, tuple(values)) & conditions_of(request)
    cuts = tuple(get_cut(code) for code in request.by)
    return Plan(request, request.vintage or 0, columns, cuts, condition, tuple(periods) or (request.period,))


def conditions_of(request: Request) -> Condition:
    """The filters, the tag and the sample of a request."""
    condition = Condition()
    for code, chosen in request.filters:
        sql, values = cutting.within(get_cut(code), chosen)
        condition &= Condition(sql, tuple(values))
    if request.tag:
        condition &= Condition(cutting.tag_condition(request.tag))
    if request.basis is Basis.SAME_SAMPLE:
        condition &= same_sample(*cells_of(request))
    return condition


def cells_of(request: Request) -> tuple[str, str]:
    """The cells of the request's item in its view: the figure and its base."""
    item = catalogue.get_item(request.item)
    return (
        cell(item.code, item.kind, request.view),
        cell(item.code, item.kind, request.view, base=True),
    )


def select(plan: Plan) -> list[dict[str, Any]]:
    """The values of every group of a plan, one mapping for each with the cuts' codes and the indicators."""
    overlapping = [cut for cut in plan.cuts if cut.overlapping]
    if len(overlapping) > 1:
        raise IndicatorError("one_overlapping_cut")
    if not overlapping:
        names = [cutting.column_name(cut) for cut in plan.cuts]
        rows = ask(plan, *grouped(plan, plan.cuts, names))
        return [_renamed(row, plan.cuts, names) for row in rows]
    return _by_tags(plan, overlapping[0])


def grouped(plan: Plan, cuts: Sequence[Cut], names: Sequence[str]) -> tuple[str, tuple[object, ...]]:
    """The SQL of a plan over the panel, and its parameters."""
    periods = [period.key for period in plan.periods]
    relation = build_relation(
        engine.RELATION,
        cuts,
        plan.condition,
        plan.formulas,
        plan.request.view,
        basis=plan.request.basis,
        periods=periods,
    )
    return compile_over(plan, relation, names, periods), relation.values


def compile_over(plan: Plan, relation: Relation, names: Sequence[str], periods: Sequence[int]) -> str:
    """Compile the plan's formulas over a relation by those columns."""
    dialect = Dialect(engine.engine(plan.request.engine).dialect)
    where = _in_scope() if relation.scoped_by_column else None
    return compile_grouped(
        plan.formulas, relation.sql, names, plan.request.view, dialect, periods=periods, where=where
    )


def ask(plan: Plan, sql: str, values: Iterable[object]) -> list[dict[str, Any]]:
    """Run SQL over the files that a plan reads."""
    answer = engine.ask(
        sql,
        tuple(values),
        vintage=plan.vintage,
        layer=plan.request.layer,
        periods=plan.files,
        engine_name=plan.request.engine,
    )
    rows: list[dict[str, Any]] = answer.to_pylist()
    return rows


def _table(plan: Plan) -> Table:
    if plan.request.period.key not in vintages.files_in_force(plan.vintage):
        raise vintages.NotPublished(vintage=plan.vintage, period=plan.request.period.key)
    total = select(replace(plan, cuts=()))[0]
    rows = select(plan) if plan.cuts else []
    rows = [row for row in rows if row["firms"] or row["base"] is not None]
    rows.sort(key=lambda row: [_order(row[cut.code]) for cut in plan.cuts])
    return Table(
        request=plan.request,
        vintage=plan.vintage,
        columns=plan.columns,
        rows=tuple(to_row(plan, row, total) for row in rows),
        total=to_row(replace(plan, cuts=()), total, total),
        labels=labels_of(plan.cuts),
    )


def to_row(plan: Plan, row: Mapping[str, Any], total: Mapping[str, Any]) -> Row:
    """One group as a row: values by indicator, None where the basis or view has none, and its notes."""
    values = {column.indicator.code: row.get(column.indicator.code) for column in plan.columns}
    hidden = printing.contribution_hidden(total["growth"], _change(row), _change(total))
    return Row(
        codes={cut.code: _text(row[cut.code]) for cut in plan.cuts},
        values=values,
        note=printing.growth_note(row["level"], row["base"]),
        hidden=hidden,
    )


def _change(row: Mapping[str, Any]) -> float | None:
    if row["level"] is None and row["base"] is None:
        return None
    return float(row["level"] or 0) - float(row["base"] or 0)


def _settled(request: Request) -> Request:
    if request.view not in catalogue.views_of(request.item):
        raise IndicatorError("no_month", item=request.item)
    vintage = vintages.current_vintage() if request.vintage is None else request.vintage
    by = tuple(dict.fromkeys(get_cut(code).code for code in request.by))
    filters = tuple(sorted((get_cut(code).code, tuple(codes)) for code, codes in request.filters))
    return replace(request, vintage=vintage, by=by, filters=filters)


def _in_scope() -> Checked:
    """The condition column of the relation as a formula: the filter that comes after the time words."""
    item = Item(IN_SCOPE, {"zh-Hans": IN_SCOPE, "en": IN_SCOPE}, Kind.DIMENSION, "boolean")
    return check(Formula(IN_SCOPE, item.label, IN_SCOPE), Vocabulary(items={IN_SCOPE: item}))


def _by_tags(plan: Plan, cut: Cut) -> list[dict[str, Any]]:
    """A firm counts under each of its tags: for every tag the city is cut into members and others."""
    others = tuple(other for other in plan.cuts if other is not cut)
    found: list[dict[str, Any]] = []
    for tag in labels_of([cut])[cut.code]:
        member = Cut(_MEMBER, cut.label, cases=((cutting.tag_condition(tag), "yes"),), other="no")
        cuts = (member, *others)
        names = [cutting.column_name(part) for part in cuts]
        rows = [_renamed(row, cuts, names) for row in ask(plan, *grouped(plan, cuts, names))]
        found += [{**row, cut.code: tag} for row in rows if row[_MEMBER] == "yes"]
    return found


def _renamed(row: Mapping[str, Any], cuts: Sequence[Cut], names: Sequence[str]) -> dict[str, Any]:
    return {**row, **{cut.code: row[name] for cut, name in zip(cuts, names, strict=True)}}


def _text(code: Any) -> str:
    return "" if code is None else str(code)


def _order(code: Any) -> tuple[bool, str]:
    return code in {None, ""}, _text(code)

"""Tables and charts of the nowcast: what the page draws and what its workbook holds."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongmai.core.document.types import Column, Kind, Table
from gongmai.monitor.outlook.messages import say
from gongmai.monitor.outlook.queries.nowcast import Group, Nowcast, Step
from gongmai.monitor.outlook.queries.nowcast_rules import inputs
from gongmai.monitor.outlook.queries.resumption import Rates
from gongmai.ui.templatetags.display import KCNY_PER_100M, percent, yi

Label = Callable[[str], str]


def group_labels(level: str, words: Callable[[str, str], str]) -> Label:
    """The name of a group of a level by its code; the whole has none."""
    kind = {"county": "unit", "industry": "industry"}.get(level, "")
    return lambda code: words(kind, code) if code and kind else _("All within reach")


def _notes(found: Nowcast) -> list[str]:
    moment = localtime(found.moment).strftime("%Y-%m-%d %H:%M")
    return [
        _("Estimate of output %(period)s as known at %(time)s; thousand yuan. Not a return, not a statistic.")
        % {"period": found.period, "time": moment}
    ]


def group_table(found: Nowcast, label: Label, level: str) -> Table:
    """The estimates by group, the whole first."""
    head = {"county": _("County"), "industry": _("Industry")}.get(level, _("Scope"))
    columns = (
        Column("label", head),
        Column("firms", _("Firms"), Kind.INTEGER),
        Column("filed", _("Returns in"), Kind.INTEGER),
        Column("filed_share", _("Share of last year's output in"), Kind.PERCENT),
        Column("estimate", _("Estimate (thousand yuan)"), Kind.INTEGER),
        Column("lower", _("Lower bound"), Kind.INTEGER),
        Column("upper", _("Upper bound"), Kind.INTEGER),
        Column("growth", _("Growth"), Kind.PERCENT),
        Column("rmse", _("Error of the record"), Kind.PERCENT),
        Column("naive_rmse", _("Error of the naive forecast"), Kind.PERCENT),
    )
    return Table(
        _("Estimates"),
        columns,
        [_group_row(each, label) for each in (found.whole, *found.groups)],
        _notes(found),
    )


def _group_row(each: Group, label: Label) -> dict[str, Any]:
    row: dict[str, Any] = {"label": label(each.code), "firms": each.firms}
    if each.hidden:
        return row | {"estimate": None}
    bounds = {"lower": each.lower, "upper": each.upper}
    return row | {
        "filed": each.filed,
        "filed_share": each.filed_share,
        "estimate": round(each.estimate),
        **{name: None if value is None else round(value) for name, value in bounds.items()},
        "growth": each.growth,
        "rmse": each.rmse,
        "naive_rmse": each.naive_rmse,
    }


def input_table(found: Nowcast) -> Table:
    """The inputs with their weights and errors."""
    columns = (
        Column("label", _("Input")),
        Column("estimate", _("Says alone (thousand yuan)"), Kind.INTEGER),
        Column("growth", _("Growth"), Kind.PERCENT),
        Column("weight", _("Weight"), Kind.PERCENT),
        Column("rmse", _("Error of the record"), Kind.PERCENT),
        Column("months", _("Months"), Kind.INTEGER),
        Column("about", _("Method"), width=60),
    )
    words = {each.code: each for each in inputs()}
    hidden = bool(found.whole.hidden)
    rows: list[dict[str, Any]] = [
        {
            "label": say(words[row.code].label),
            "estimate": None if row.estimate is None or hidden else round(row.estimate),
            "growth": None if hidden else row.growth,
            "weight": row.weight,
            "rmse": None if hidden else row.rmse,
            "months": row.months,
            "about": say(words[row.code].about),
        }
        for row in found.inputs
    ]
    return Table(_("Inputs and their weights"), columns, rows, _notes(found))


def record_table(found: Nowcast) -> Table:
    """Past months at the same stage: the outcome and the errors."""
    columns = (
        Column("period", _("Period")),
        Column("actual", _("Outcome (thousand yuan)"), Kind.INTEGER),
        Column("combined", _("Combined"), Kind.PERCENT, (_("Error"),)),
        *(Column(each.code, say(each.label), Kind.PERCENT, (_("Error"),)) for each in inputs()),
    )
    rows: list[dict[str, Any]] = [
        {"period": str(row.period), "actual": round(row.actual), "combined": row.combined}
        | {each.code: error for each, error in zip(inputs(), row.errors, strict=True)}
        for row in found.record
        if not found.whole.hidden
    ]
    return Table(_("Record"), columns, rows, _notes(found))


def path_table(steps: Sequence[Step]) -> Table:
    """How the estimate moved."""
    columns = (
        Column("day", _("Day"), Kind.DATE),
        Column("estimate", _("Estimate (thousand yuan)"), Kind.INTEGER),
        Column("filed_share", _("Share of last year's output in"), Kind.PERCENT),
        *(Column(each.code, say(each.label), Kind.PERCENT, (_("Weight"),)) for each in inputs()),
    )
    rows: list[dict[str, Any]] = [
        {"day": step.day, "estimate": round(step.estimate), "filed_share": step.filed_share}
        | {each.code: weight for each, weight in zip(inputs(), step.weights, strict=True)}
        for step in steps
    ]
    return Table(_("Path"), columns, rows)


def rates_table(again: Rates, words: Callable[[str, str], str]) -> Table:
    """Resumption and production rates of a day."""
    columns = (
        Column("cut", _("By")),
        Column("label", _("Group")),
        Column("customers", _("Customers"), Kind.INTEGER),
        Column("working", _("Customers at work"), Kind.INTEGER),
        Column("resumed", _("Resumption rate"), Kind.PERCENT),
        Column("kwh", "kWh", Kind.INTEGER),
        Column("production", _("Production rate"), Kind.PERCENT),
    )
    rows: list[dict[str, Any]] = []
    cuts = (
        ("", "", _("All within reach")),
        ("unit", "unit", _("County")),
        ("industry_division", "industry", _("Industry")),
    )
    for cut, kind, name in cuts:
        entries = again.groups[cut].items() if cut else (("", again.whole),)
        for code, one in entries:
            row: dict[str, Any] = {"cut": name, "label": words(kind, code) if code else ""}
            if one is not None:
                row |= {
                    "customers": one.customers,
                    "working": one.working,
                    "resumed": one.resumed,
                    "kwh": round(one.kwh),
                    "production": one.production,
                }
            rows.append(row)
    notes = [str(again.day), say(again.definition.about), again.definition.source]
    return Table(_("Resumption"), columns, rows, notes)


def path_chart(steps: Sequence[Step]) -> dict[str, Any]:
    """The estimate by day, and the share of returns that was in."""
    return _two_axes(
        [step.day.strftime("%m-%d") for step in steps],
        (_("Estimate"), [round(step.estimate / KCNY_PER_100M, 2) for step in steps], _("100 million yuan")),
        (_("Returns in"), [round(step.filed_share * 100, 1) for step in steps], "%"),
    )


def path_shown(steps: Sequence[Step]) -> dict[str, Any]:
    """The chart's data as text."""
    return {
        "columns": [_("Day"), _("Estimate"), _("Returns in")],
        "rows": [[str(step.day), yi(step.estimate), percent(step.filed_share)] for step in steps],
    }


def rates_chart(again: Rates) -> dict[str, Any]:
    """The two rates by day."""
    shown = [
        (_("Resumption rate"), [one.resumed for _day, one in again.days]),
        (_("Production rate"), [one.production for _day, one in again.days]),
    ]
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0},
        "grid": {"left": 8, "right": 16, "top": 44, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "category", "data": [day.strftime("%m-%d") for day, _one in again.days]},
        "yAxis": {"type": "value", "name": "%", "scale": True},
        "series": [
            {
                "name": name,
                "type": "line",
                "showSymbol": False,
                "data": [None if value is None else round(value * 100, 1) for value in values],
            }
            for name, values in shown
        ],
    }


Line = tuple[str, list[float], str]


def _two_axes(days: list[str], line: Line, bars: Line) -> dict[str, Any]:
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0},
        "grid": {"left": 8, "right": 8, "top": 52, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "category", "data": days, "axisLabel": {"hideOverlap": True}},
        "yAxis": [
            {"type": "value", "name": line[2], "scale": True},
            {"type": "value", "name": bars[2], "min": 0, "max": 100, "splitLine": {"show": False}},
        ],
        "series": [
            {
                "name": line[0],
                "type": "line",
                "data": line[1],
                "symbolSize": 6,
                "lineStyle": {"width": 2},
                "z": 3,
            },
            {
                "name": bars[0],
                "type": "bar",
                "yAxisIndex": 1,
                "data": bars[1],
                "barMaxWidth": 18,
                "itemStyle": {"color": "var(--ink-3)", "opacity": 0.35},
            },
        ],
    }

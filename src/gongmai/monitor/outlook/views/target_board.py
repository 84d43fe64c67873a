"""The target watch as a table, a chart and a workbook."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gongmai.core.access.types import Actor
from gongmai.core.document import types as document
from gongmai.core.registry.queries import code_list, find_enterprises
from gongmai.core.registry.types import EnterpriseFilter
from gongmai.monitor.indicator.messages import HIDDEN
from gongmai.monitor.outlook.queries.target_watch import BANDS, Chart, Watch, WatchRow
from gongmai.monitor.outlook.queries.targets import path_rules
from gongmai.ui.templatetags.display import DASH, KCNY_PER_100M, decimal, percent, points, signed, trend, yi

Names = Callable[[str, str], str]
HIDDEN_MARK = "\u00d7"
MEDIAN, LOW, HIGH = BANDS.index(0.5), 0, len(BANDS) - 1
Board = list[dict[str, Any]]


def level_label(level: str) -> str:
    """The name of a level."""
    return {"city": _("Whole city"), "county": _("Counties"), "industry": _("Industry divisions")}[level]


def name_of(level: str, code: str, names: Names) -> str:
    """The name of a group."""
    if level == "city":
        return _("Whole city")
    return names("region", code) if level == "county" else f"{code} {names('industry', code)}"


def codes_of(level: str) -> list[tuple[str, str]]:
    """The groups of a level as choices."""
    if level == "county":
        rows = {
            each.code: each.label_zh for each in code_list("region") if each.extra.get("level") == "county"
        }
    else:
        rows = {
            each.code: each.label_zh
            for each in code_list("industry")
            if each.extra.get("level") == "division"
        }
    return [(code, f"{code} {label}") for code, label in sorted(rows.items())]


def make_board(watch: Watch, names: Names) -> Board:
    """The rows as shown: texts beside the figures."""
    return [_line(row, names) for row in watch.rows]


def _line(row: WatchRow, names: Names) -> dict[str, Any]:
    now = row.now.probability
    before = row.before.probability if row.before else None
    moved = now - before if now is not None and before is not None else None
    bands = row.now.bands
    return {
        "of": f"{row.level}:{row.code}",
        "name": name_of(row.level, row.code, names),
        "hidden": str(HIDDEN[row.hidden]) if row.hidden else "",
        "target": yi(row.target),
        "implied": row.implied,
        "last_year": yi(row.last_year),
        "ytd": yi(row.ytd),
        "growth": signed(row.growth),
        "growth_css": trend(row.growth) if row.growth is not None else "",
        "progress": percent(row.ytd / row.target) if row.target else DASH,
        "needed": needed_text(row),
        "expected": yi(bands[MEDIAN]) if bands else DASH,
        "range": f"{yi(bands[LOW])} ~ {yi(bands[HIGH])}" if bands else DASH,
        "probability": chance(now),
        "chance_css": _chance_css(now),
        "moved": points(moved, 0) if moved is not None else DASH,
        "moved_css": trend(moved) if moved else "",
        "scenario": chance(row.scenario.probability) if row.scenario else "",
        "scenario_expected": yi(row.scenario.bands[MEDIAN]) if row.scenario else "",
        "row": row,
    }


def chance(share: float | None) -> str:
    """A probability in whole per cent; near the ends it is not called certain."""
    if share is None:
        return DASH
    if share < 0.01:  # noqa: PLR2004 - one per cent
        return "<1%"
    return ">99%" if share > 0.99 else percent(share, 0)  # noqa: PLR2004 - one per cent


def _chance_css(chance: float | None) -> str:
    if chance is None:
        return ""
    likely, doubtful = path_rules().colours
    return "ok" if chance >= likely else "warn" if chance >= doubtful else "bad"


def needed_text(row: WatchRow) -> str:
    """The growth still needed, in words where the target is reached already."""
    if row.needed is None:
        return DASH
    return _("reached") if row.needed <= -1 else signed(row.needed)


def context(actor: Actor, watch: Watch, board: Board, request: HttpRequest) -> dict[str, Any]:
    """What the template shows."""
    drawn = request.GET.get("of") or (board[0]["of"] if board else "")
    chosen = next((line for line in board if line["of"] == drawn), board[0] if board else None)
    return {
        "watch": watch,
        "board": board,
        "chosen": chosen,
        "has_target": any(line["row"].target for line in board),
        "implied": any(line["implied"] for line in board),
        "hidden_notes": sorted({line["hidden"] for line in board if line["hidden"]}),
        "chart": _chart(watch.chart, chosen) if watch.chart and chosen else None,
        "chart_table": _chart_table(watch.chart) if watch.chart else None,
        "firms": _firms(actor, watch),
        "change": decimal(watch.change / KCNY_PER_100M, 1),
        "explained": decimal(watch.explained / KCNY_PER_100M, 1),
        "rest": decimal((watch.change - watch.explained) / KCNY_PER_100M, 1),
    }


def _firms(actor: Actor, watch: Watch) -> list[dict[str, Any]]:
    firms = watch.firms
    if not firms:  # none, or a reader who may not see them
        return []
    rows = find_enterprises(actor, EnterpriseFilter()).filter(
        credit_code__in=[each.credit_code for each in firms]
    )
    found = dict(rows.values_list("credit_code", "name"))
    return [
        {
            "code": each.credit_code,
            "name": found.get(each.credit_code, each.credit_code),
            "month": decimal(each.month / KCNY_PER_100M, 2),
            "growth": signed(each.month / each.base - 1) if each.base else DASH,
            "so_far": f"{each.so_far / KCNY_PER_100M:+.2f}",
            "projection": f"{each.projection / KCNY_PER_100M:+.2f}",
            "css": trend(each.projection),
            "move": each,
        }
        for each in firms
    ]


def _yi(values: tuple[float, ...]) -> list[float]:
    return [round(value / KCNY_PER_100M, 2) for value in values]


def _chart(chart: Chart, line: dict[str, Any]) -> dict[str, Any]:
    """The year cumulated: what is reported, the bands and some paths of what is to come, the target."""
    gap: list[float | None] = [None] * max(len(chart.actual) - 1, 0)
    last = list(chart.actual[-1:]) or [0.0]
    start = gap if chart.actual else []

    def ahead(place: int) -> list[float | None]:
        return [*start, *_yi((*last, *(step[place] for step in chart.bands)))][-len(chart.periods) :]

    low, high = ahead(LOW), ahead(HIGH)
    thick = [None if a is None or b is None else round(b - a, 2) for a, b in zip(low, high, strict=True)]
    band = {"type": "line", "stack": "band", "symbol": "none", "lineStyle": {"opacity": 0}, "silent": True}
    series: list[dict[str, Any]] = [
        {**band, "name": "", "data": low, "tooltip": {"show": False}},
        {
            **band,
            "name": _("Four fifths of paths"),
            "data": thick,
            "areaStyle": {"color": "var(--accent)", "opacity": 0.18},
            "tooltip": {"show": False},
        },
        *(
            {
                "name": "",
                "type": "line",
                "symbol": "none",
                "silent": True,
                "tooltip": {"show": False},
                "lineStyle": {"width": 1, "opacity": 0.35, "color": "var(--ink-3)"},
                "data": [*start, *_yi((*last, *path))][-len(chart.periods) :],
            }
            for path in chart.paths
        ),
        {
            "name": _("Reported"),
            "type": "line",
            "data": _yi(chart.actual),
            "lineStyle": {"width": 3, "color": "var(--accent)"},
            "itemStyle": {"color": "var(--accent)"},
        },
        {
            "name": _("Median of paths"),
            "type": "line",
            "data": ahead(MEDIAN),
            "lineStyle": {"type": "dashed", "width": 2, "color": "var(--accent)"},
            "itemStyle": {"color": "var(--accent)"},
        },
    ]
    if chart.scenario:
        series.append(
            {
                "name": _("What if"),
                "type": "line",
                "data": [*start, *_yi((*last, *chart.scenario))][-len(chart.periods) :],
                "lineStyle": {"type": "dotted", "width": 2, "color": "var(--down)"},
                "itemStyle": {"color": "var(--down)"},
            }
        )
    if line["row"].target:
        series.append(
            {
                "name": _("Target"),
                "type": "line",
                "symbol": "none",
                "data": [round(line["row"].target / KCNY_PER_100M, 2)] * len(chart.periods),
                "lineStyle": {"width": 2, "color": "var(--up)"},
                "itemStyle": {"color": "var(--up)"},
            }
        )
    named = [one["name"] for one in series if one["name"]]
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0, "type": "scroll", "data": named},
        "grid": {"left": 8, "right": 16, "top": 44, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "category", "data": [str(each) for each in chart.periods], "boundaryGap": False},
        "yAxis": {"type": "value", "name": _("100 million yuan")},
        "series": series,
    }


def _chart_table(chart: Chart) -> dict[str, Any]:
    past = len(chart.actual)
    rows = []
    for place, period in enumerate(chart.periods):
        if place < past:
            rows.append([str(period), decimal(chart.actual[place] / KCNY_PER_100M, 2), None, None, None])
        else:
            bands = chart.bands[place - past]
            shown = [decimal(bands[one] / KCNY_PER_100M, 2) for one in (LOW, MEDIAN, HIGH)]
            rows.append([str(period), None, *shown])
    return {
        "columns": [
            _("Period"), _("Reported"), _("10% of paths below"), _("Median of paths"),
            _("10% of paths above"),
        ],
        "rows": rows,
    }  # fmt: skip


def tables(actor: Actor, watch: Watch, board: Board) -> list[document.Table]:
    """The workbook: the rows, and the firms behind the change where the reader may see them."""
    kinds = document.Kind
    money = [
        ("target", _("Target")), ("last_year", _("Last year")), ("ytd", _("So far this year")),
        ("low", _("10% of paths below")), ("median", _("Median of paths")), ("high", _("10% of paths above")),
    ]  # fmt: skip
    shares = [
        ("growth", _("Growth so far")), ("needed", _("Growth still needed")),
        ("probability", _("Probability")),
        ("before", _("Probability a month ago")), ("scenario", _("Probability, what if")),
    ]  # fmt: skip
    columns = [
        document.Column(key="name", label=_("Target of"), kind=kinds.TEXT),
        *(document.Column(key=k, label=f"{t} ({_('thousand yuan')})", kind=kinds.INTEGER) for k, t in money),
        *(document.Column(key=k, label=t, kind=kinds.PERCENT) for k, t in shares),
        document.Column(key="note", label=_("Note"), kind=kinds.TEXT),
    ]
    note = _("As of %(period)s, vintage %(number)s.") % {"period": watch.period, "number": watch.vintage}
    made = [
        document.Table(
            title=_("Target watch"),
            columns=columns,
            rows=[_plain(line) for line in board],
            notes=[note],
            firm_level=False,
        )
    ]
    if watch.firms:
        labels = [
            _("Output of the month"), _("Same month of last year"),
            _("Moved of the year so far"), _("Moved of the projection"),
        ]  # fmt: skip
        made.append(
            document.Table(
                title=_("Firms behind the change"),
                columns=[
                    document.Column(key="code", label=_("Credit code"), kind=kinds.TEXT),
                    document.Column(key="name", label=_("Firm"), kind=kinds.TEXT),
                    *(
                        document.Column(
                            key=f"c{n}", label=f"{text} ({_('thousand yuan')})", kind=kinds.INTEGER
                        )
                        for n, text in enumerate(labels)
                    ),
                ],
                rows=[
                    [
                        each["code"],
                        each["name"],
                        *(
                            round(value)
                            for value in (
                                each["move"].month,
                                each["move"].base,
                                each["move"].so_far,
                                each["move"].projection,
                            )
                        ),
                    ]
                    for each in _firms(actor, watch)
                ],
                notes=[note],
                firm_level=True,
            )
        )
    return made


def _plain(line: dict[str, Any]) -> list[Any]:
    row: WatchRow = line["row"]
    if row.hidden:
        marks = [HIDDEN_MARK] * 10
        return [line["name"], round(row.target) if row.target else None, *marks, line["hidden"]]
    bands = [round(row.now.bands[one]) for one in (LOW, MEDIAN, HIGH)]
    return [
        line["name"],
        None if row.target is None else round(row.target),
        None if row.last_year is None else round(row.last_year),
        round(row.ytd),
        *bands,
        row.growth,
        row.needed,
        row.now.probability,
        row.before.probability if row.before else None,
        row.scenario.probability if row.scenario else None,
        _("taken from the city's target") if row.implied else "",
    ]

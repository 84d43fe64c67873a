"""Trends: one indicator over time, for the whole selection or up to eight groups side by side."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongmai.core.access.types import Actor
from gongmai.core.document.actions import wanted_format
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.forms import Selection
from gongmai.monitor.indicator.rules.cubing import SUPPRESSED
from gongmai.monitor.indicator.rules.printing import CONFIDENTIAL
from gongmai.monitor.indicator.views import charts, downloads, frame, over_time, published, reading, words
from gongmai.monitor.indicator.views.cells import Board, Cell, Column, Line, hidden_cell, make_cell

SPANS = ("24", "12", "36", "60")
MOST_LINES = 8
LINES_AT_FIRST = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """A group that may be a line; `small` ones are not shown to readers who may not see firms."""

    code: str
    label: str
    chosen: bool
    small: bool


@require_GET
@frame.for_readers
def trend(request: HttpRequest) -> HttpResponseBase:
    """Chart and table of one indicator; the lines and the span live in the address."""
    offered = tuple(frame.screens()["trends"])
    selection = frame.select(
        request, by=("unit",), extra={"indicator": offered, "span": SPANS, "total": ("1", "0")}
    )
    codes = [code for code in offered if words.indicator_of(code, selection.period)]
    if (refusal := frame.refuse_if_hidden(request, selection)) is not None:
        return refusal
    actor = frame.actor_of_request(request)
    cut = frame.cuts()[selection.by[0]]
    code = selection.get("indicator", offered[0])
    kind = words.kind_of(code, selection.item, selection.period)
    known = published.periods(selection.vintage)
    periods = reading.periods_up_to(known, selection.period, int(selection.get("span", SPANS[0])))
    groups = _groups(actor, selection, request.GET.getlist("line"))
    lines = [group.code for group in groups if group.chosen]
    series: dict[str, list[float | None]] = {}
    if selection.get("total", "1") == "1":
        series[_("All in the selection")] = over_time.read_total(actor, selection, periods, code)
    hidden: set[str] = set()
    if lines:
        found = over_time.read_by_group(actor, selection, periods, code, cut.code)
        for group in groups:
            if group.chosen:
                series[group.label] = found.get(group.code, [None] * len(periods))
                if group.small:
                    hidden.add(group.label)
                    series[group.label] = [None] * len(periods)
    board = _board(periods, series, kind, hidden)
    view = "month" if selection.view == "month" and words.has_month(selection.item) else "cumulative"
    name = words.indicator_label(code, selection.item, selection.period)
    title = f"{name} · {frame.view_label(view)}"
    if (wanted := wanted_format(request)) is not None:
        return downloads.send(request, [(title, board)], f"{title} {selection.period}", selection, wanted)
    labels = [words.period_option(period) for period in periods]
    return frame.show(
        request,
        "indicator/trend.html",
        selection,
        {
            "title": title,
            "quick": selection.pairs(without=("indicator", "span", "by", "total")),
            "board": board,
            "cut": cut,
            "cuts": [cut for cut in frame.cuts().values() if not words.cut_of(cut.code).overlapping],
            "show_item": True,
            "indicators": [(one, words.indicator_name(one, selection.period), one == code) for one in codes],
            "spans": [(span, span == selection.get("span", SPANS[0])) for span in sorted(SPANS)],
            "groups": groups,
            "total": selection.get("total", "1") == "1",
            "most": MOST_LINES,
            "chart": charts.line_chart(labels, series, kind=kind),
            "chart_table": {
                "columns": [column.label for column in board.columns],
                "rows": [[cell.text for cell in line.cells] for line in board.rows],
            },
            "download": request.path
            + selection.query()
            + "".join(f"&line={one}" for one in lines)
            + "&format=",
        },
    )


def _groups(actor: Actor, selection: Selection, asked: list[str]) -> list[Choice]:
    """The groups of the cut, largest first; those asked for are chosen, at first the five largest."""
    groups = reading.read_groups(actor, selection, selection.by[:1]).sort("level", descending=True).groups
    known = {group.code for group in groups}
    chosen = [one for one in dict.fromkeys(asked) if one in known][:MOST_LINES]
    if not asked:
        chosen = [group.code for group in groups[:LINES_AT_FIRST]]
    return [
        Choice(
            group.code,
            group.label,
            group.code in chosen,
            small=group.hidden in CONFIDENTIAL,
        )
        for group in groups
    ]


def _board(
    periods: list[Period], series: dict[str, list[float | None]], kind: str, hidden: set[str]
) -> Board:
    """Periods down, lines across, the newest period first."""
    columns = (Column("period", _("Period")), *(Column(name, name, kind) for name in series))
    rows = tuple(
        Line(
            (
                Cell(str(period), words.period_option(period)),
                *(
                    hidden_cell(frame.word_hidden(SUPPRESSED))
                    if name in hidden
                    else make_cell(kind, values[place])
                    for name, values in series.items()
                ),
            )
        )
        for place, period in reversed(list(enumerate(periods)))
    )
    return Board(columns, rows)

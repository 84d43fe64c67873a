"""The overview: where the city stands, what moved it, and how this year's level meets last year's."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongmai.core.access.types import Actor
from gongmai.core.document.actions import wanted_format
from gongmai.core.document.types import Format
from gongmai.monitor.indicator.forms import ITEM, Selection
from gongmai.monitor.indicator.views import (
    charts,
    downloads,
    frame,
    opening,
    over_time,
    published,
    reading,
    words,
)
from gongmai.monitor.indicator.views.cells import Board, Cell, Column, Line, make_cell
from gongmai.ui.templatetags.display import DASH

PERIODS_SHOWN = 24
MOST_BARS = 12


@require_GET
@frame.for_readers
def overview(request: HttpRequest) -> HttpResponseBase:
    """Tiles, trend, contributions and the bridge, all for one selection."""
    selection = frame.select(request)
    actor = frame.actor_of_request(request)
    if not published.periods():
        return frame.show(request, "indicator/empty.html", selection, {})
    if (refusal := frame.refuse_if_hidden(request, selection)) is not None:
        return refusal
    bridge = opening.read_bridge(actor, selection)
    bridge_board = make_bridge_board(bridge) if bridge else None
    if (wanted := wanted_format(request)) is not None:
        return _download(request, actor, selection, bridge_board, wanted)
    return frame.show(
        request,
        "indicator/overview.html",
        selection,
        {
            "tiles": make_tiles(actor, selection),
            "completeness": published.completeness(
                actor, selection.period, selection.vintage, selection.filters
            ),
            "trend": _trend(actor, selection),
            "contributions": [
                _contribution(actor, selection, frame.cuts()[code])
                for code in frame.screens()["contributions"]
            ],
            "bridge_chart": charts.waterfall_chart([(s.label, s.amount, s.is_level) for s in bridge]),
            "bridge": bridge_board,
        },
    )


def _tile_entries(selection: Selection) -> list[dict[str, Any]]:
    return [
        entry
        for entry in frame.screens()["tiles"]
        if words.indicator_of(entry["indicator"], selection.period) is not None
    ]


def read_tiles(actor: Actor, selection: Selection, view: str) -> list[tuple[dict[str, Any], Cell]]:
    """The printed headline numbers of a view, one query for each item."""
    entries = _tile_entries(selection)
    found: dict[str, reading.Group] = {}
    for item in dict.fromkeys(entry.get("item", ITEM) for entry in entries):
        codes = [
            code
            for entry in entries
            if entry.get("item", ITEM) == item
            for code in words.needs(entry["indicator"], selection.period)
        ]
        found[item] = reading.read_groups(actor, selection, (), view=view, indicators=codes, item=item).total
    return [
        (
            entry,
            words.print_value(
                entry["indicator"],
                found[entry.get("item", ITEM)].values,
                found[entry.get("item", ITEM)].note,
                item=entry.get("item", ITEM),
                period=selection.period,
            ),
        )
        for entry in entries
    ]


def make_tiles(actor: Actor, selection: Selection) -> list[dict[str, Any]]:
    """The headline numbers of the chosen view, the other view's figure under each where there is one.

    What has only a cumulative figure, such as profit, is shown cumulative in both views and says so.
    """
    view = frame.effective_view(selection)
    other_view = "month" if view == "cumulative" else "cumulative"
    shown = read_tiles(actor, selection, view)
    others = [cell for _entry, cell in read_tiles(actor, selection, other_view)]
    tiles = []
    for (entry, chosen), second in zip(shown, others, strict=True):
        code, item = entry["indicator"], entry.get("item", ITEM)
        only_other = chosen.text == DASH and second.text != DASH
        cell = second if only_other else chosen
        beside = "" if only_other or second.text == DASH or view == other_view else second.text
        place = frame.changed(selection, view=other_view if only_other else view, item=item)
        kind = words.kind_of(code, item, selection.period)
        if kind == "yi" and cell.raw is not None:
            cell = make_cell(kind, cell.raw, 1)
        tiles.append(
            {
                "label": words.word(entry["label"]),
                "text": cell.text,
                "unit": words.item_unit(item) if kind in {"yi", "decimal"} and cell.raw is not None else "",
                "css": cell.css,
                "note": cell.note or (frame.view_label(other_view) if only_other else ""),
                "drawer": frame.drawer_url(frame.drawer_base(place), code),
                "beside": f"{frame.view_label(other_view)} {beside}" if beside else "",
            }
        )
    return tiles


def _trend(actor: Actor, selection: Selection) -> dict[str, Any]:
    """Growth by month and cumulative over two years; the month has a gap at January-February."""
    periods = reading.periods_up_to(published.periods(selection.vintage), selection.period, PERIODS_SHOWN)
    month, cumulative = frame.view_label("month"), frame.view_label("cumulative")
    series = {
        month: over_time.read_total(actor, selection, periods, "growth", view="month"),
        cumulative: over_time.read_total(actor, selection, periods, "growth", view="cumulative"),
    }
    labels = [words.period_option(period) for period in periods]
    return {
        "option": charts.line_chart(labels, series, kind="growth"),
        "table": {
            "columns": [_("Period"), month, cumulative],
            "rows": [
                [
                    label,
                    make_cell("growth", series[month][i]).text,
                    make_cell("growth", series[cumulative][i]).text,
                ]
                for i, label in enumerate(labels)
            ],
        },
    }


def _contribution(actor: Actor, selection: Selection, cut: frame.Cut) -> dict[str, Any]:
    """Which groups pulled growth up or down, the strongest of both sides."""
    groups = reading.read_groups(actor, selection, (cut.code,)).sort("pull", descending=True).groups
    known = [group for group in groups if group.values.get("pull") is not None]
    shown = known
    if len(known) > MOST_BARS:
        lowest = [group for group in known[-4:] if (group.values["pull"] or 0) < 0]
        shown = known[: MOST_BARS - len(lowest)] + lowest
    return {
        "cut": cut,
        "more": len(known) - len(shown),
        "url": reverse("indicator:league") + frame.changed(selection, by=(cut.code,)).query(),
        "height": 26 * len(shown) + 24,
        "option": charts.bar_chart(
            [group.label for group in shown],
            [group.values["pull"] for group in shown],
            name=_("Pull, percentage points"),
        ),
        "table": {
            "columns": [cut.label, _("Pull (points)"), _("Contribution"), _("Growth")],
            "rows": [
                [
                    group.label,
                    make_cell("points", group.values["pull"]).text,
                    make_cell("share", group.values["contribution"]).text,
                    make_cell("growth", group.values["growth"]).text,
                ]
                for group in known
            ],
        },
    }


def make_bridge_board(steps: list[opening.Step]) -> Board:
    """The bridge as a table: levels and the changes between them, with the firms behind each."""
    columns = (
        Column("label", _("Step")),
        Column("amount", _("Amount"), "yi"),
        Column("firms", _("Firms"), "count"),
        Column("note", _("What it is")),
    )
    rows = tuple(
        Line(
            (
                Cell(step.label, step.label),
                make_cell("yi", step.amount),
                make_cell("count", step.firms),
                Cell(step.note, step.note),
            ),
            key="level" if step.is_level else "change",
        )
        for step in steps
    )
    return Board(columns, rows)


def _download(
    request: HttpRequest, actor: Actor, selection: Selection, bridge: Board | None, wanted: Format
) -> HttpResponseBase:
    """The tiles and the bridge as a workbook; CSV holds the tiles."""
    columns = (
        Column("label", _("Indicator")),
        Column("value", _("Value"), "decimal"),
        Column("text", _("As printed")),
    )
    shown = read_tiles(actor, selection, frame.effective_view(selection))
    rows = tuple(
        Line((Cell(label := words.word(entry["label"]), label), cell, Cell(cell.text, cell.text)))
        for entry, cell in shown
    )
    boards = [(_("Overview"), Board(columns, rows))]
    if bridge:
        boards.append((_("Bridge"), bridge))
    return downloads.send(request, boards, f"{_('Overview')} {selection.period}", selection, wanted)

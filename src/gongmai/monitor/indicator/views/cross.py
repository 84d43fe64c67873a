"""The crosstab: two cuts against each other as a table whose colour shows the size of the number."""

from dataclasses import replace

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongmai.core.document.actions import wanted_format
from gongmai.monitor.indicator.forms import Selection
from gongmai.monitor.indicator.queries.cuts import codes_of
from gongmai.monitor.indicator.rules.printing import CONFIDENTIAL
from gongmai.monitor.indicator.views import downloads, frame, reading, words
from gongmai.monitor.indicator.views.cells import (
    Board,
    Cell,
    Column,
    Line,
    hidden_cell,
    hidden_notes,
    make_cell,
)

MEASURES = ("pull", "growth", "contribution", "level", "firms")
STRONGEST = 46  # per cent of the colour in the strongest cell: text stays readable on it


@require_GET
@frame.for_readers
def cross(request: HttpRequest) -> HttpResponseBase:
    """The table of a measure by two cuts, with the totals of both."""
    selection = frame.select(request, by=("industry_division", "unit"), extra={"measure": MEASURES})
    if selection.by[0] == selection.by[1]:
        other = "unit" if selection.by[0] != "unit" else "industry_division"
        selection = frame.changed(selection, by=(selection.by[0], other))
    measure = selection.get("measure", MEASURES[0])
    board = make_board(request, selection, measure)
    down, across = (frame.cuts()[code] for code in selection.by)
    if (wanted := wanted_format(request)) is not None:
        name = f"{down.label} x {across.label} {selection.period}"
        return downloads.send(request, [(name, board)], name, selection, wanted)
    known = list(frame.cuts().values())
    return frame.show(
        request,
        "indicator/cross.html",
        selection,
        {
            "board": board,
            "show_item": True,
            "quick": selection.pairs(without=("by",)),
            "down": down,
            "across": across,
            "downs": [(cut, cut.code == down.code) for cut in known],
            "acrosses": [(cut, cut.code == across.code) for cut in known],
            "swap_url": frame.changed(selection, by=(across.code, down.code)).query(),
            "measures": [
                (
                    measure_label(one),
                    selection.with_extra(measure="" if one == MEASURES[0] else one).query(),
                    one == measure,
                )
                for one in MEASURES
            ],
        },
    )


def measure_label(measure: str) -> str:
    """The name of a measure."""
    return {
        "pull": _("Pull (points)"),
        "growth": _("Growth"),
        "contribution": _("Contribution"),
        "level": _("Level"),
        "firms": _("Firms"),
    }[measure]


def make_board(request: HttpRequest, selection: Selection, measure: str) -> Board:
    """Rows of the first cut, columns of the second, ordered by output, with both totals."""
    actor = frame.actor_of_request(request)
    level = words.item_kind(selection.item)
    kind = {"pull": "points", "growth": "growth", "contribution": "share", "level": level, "firms": "count"}[
        measure
    ]
    downs = _ordered(reading.read_groups(actor, selection, selection.by[:1]), selection.by[0])
    acrosses = _ordered(reading.read_groups(actor, selection, selection.by[1:]), selection.by[1])
    inner = reading.read_groups(actor, selection, selection.by)
    cells = {group.codes: group for group in inner.groups}
    strongest = _strongest(measure, inner)
    context = _Heat(selection, measure, kind, strongest)
    columns = (
        Column("label", frame.cuts()[selection.by[0]].label),
        Column("total", _("Total"), kind),
        *(Column(group.code, group.label, kind) for group in acrosses.groups),
    )
    rows = tuple(
        Line(
            (
                Cell(down.label, down.label),
                context.cell(down, (down.code, ""), coloured=False),
                *(
                    context.cell(cells.get((down.code, across.code)), (down.code, across.code))
                    for across in acrosses.groups
                ),
            ),
            key=down.code,
        )
        for down in downs.groups
    )
    total = Line(
        (
            Cell(_("Total"), _("Total")),
            context.cell(downs.total, ("", ""), coloured=False),
            *(context.cell(across, ("", across.code), coloured=False) for across in acrosses.groups),
        ),
        key="total",
    )
    return Board(columns, rows, total, notes=hidden_notes(context.reasons.values()))


def _ordered(groups: reading.Reading, cut: str) -> reading.Reading:
    """The largest first; sizes and bands in their own order."""
    if not words.cut_of(cut).labels:
        return groups.sort("level", descending=True)
    order = codes_of(words.cut_of(cut))
    known = sorted(
        groups.groups, key=lambda group: order.index(group.code) if group.code in order else len(order)
    )
    return replace(groups, groups=tuple(known))


def _strongest(measure: str, inner: reading.Reading) -> float:
    """The size that gets the full colour: the ninth decile, so that one outlier does not bleach the rest."""
    sizes = sorted(abs(value) for group in inner.groups if (value := _value(group, measure)))
    return sizes[int(len(sizes) * 0.95) - 1] if len(sizes) > 1 else (sizes[0] if sizes else 1.0)


def _value(group: reading.Group, measure: str) -> float | None:
    return group.firms if measure == "firms" else group.values.get(measure)


class _Heat:
    """Makes the cells of one crosstab."""

    def __init__(self, selection: Selection, measure: str, kind: str, strongest: float) -> None:
        self.selection, self.measure, self.kind = selection, measure, kind
        self.strongest = strongest
        self.reasons: dict[str, str] = {}
        self.base = frame.drawer_base(selection)

    def cell(self, group: reading.Group | None, codes: tuple[str, str], *, coloured: bool = True) -> Cell:
        """The number of a group, coloured by its size, leading to the drawer."""
        if group is None or not group.firms:
            return Cell(None, "", kind=self.kind)
        if group.hidden in CONFIDENTIAL and self.measure != "firms":
            self.reasons[group.hidden] = frame.word_hidden(group.hidden)
            return hidden_cell(self.reasons[group.hidden])
        value = _value(group, self.measure)
        style = self._style(value) if coloured and value is not None else ""
        within = {cut: code for cut, code in zip(self.selection.by, codes, strict=True) if code}
        drawer = frame.drawer_url(self.base, self.measure, within)
        made = make_cell(self.kind, value, drawer=drawer)
        return replace(made, css="" if style else made.css, style=style)

    def _style(self, value: float) -> str:
        share = min(abs(value) / self.strongest, 1.0) if self.strongest else 0.0
        colour = "--accent" if self.measure in {"level", "firms"} else "--up" if value > 0 else "--down"
        return f"background:color-mix(in srgb, var({colour}) {round(share * STRONGEST)}%, var(--paper))"

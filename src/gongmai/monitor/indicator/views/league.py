"""The league table: any cut, this month and cumulative side by side, down from the city to the firms."""

from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongmai.core.access.queries import may
from gongmai.core.document.actions import wanted_format
from gongmai.monitor.indicator import messages
from gongmai.monitor.indicator.forms import VIEWS, Selection
from gongmai.monitor.indicator.rules.printing import CONFIDENTIAL
from gongmai.monitor.indicator.views import charts, downloads, frame, reading, words
from gongmai.monitor.indicator.views.cells import (
    Board,
    Cell,
    Column,
    Line,
    hidden_cell,
    hidden_notes,
    make_cell,
    unshown_cell,
)

SORTS = ("pull", "label", "firms", "level", "base", "growth", "contribution")
SORT_KEYS = (*SORTS, "month_level", "month_base", "month_growth")


@require_GET
@frame.for_readers
def league(request: HttpRequest) -> HttpResponseBase:
    """The table, its picture and its downloads."""
    selection = frame.select(
        request,
        by=("unit",),
        extra={"sort": SORT_KEYS, "dir": ("desc", "asc"), "q": None},
    )
    cut = frame.cuts()[selection.by[0]]
    actor = frame.actor_of_request(request)
    groups = _merged(request, selection)
    board = make_board(selection, groups, cut, may_firms=may(actor, "indicator.firms"))
    if (wanted := wanted_format(request)) is not None:
        name = f"{_('League table')} {cut.label} {selection.period}"
        return downloads.send(request, [(name, board)], name, selection, wanted)
    shown = [group for group in groups.groups if group.values.get("pull") is not None][:12]
    return frame.show(
        request,
        "indicator/league.html",
        selection,
        {
            "board": board,
            "cut": cut,
            "cuts": [(other, _with_cut(selection, other.code)) for other in frame.cuts().values()],
            "show_item": True,
            "q": selection.get("q"),
            "quick": selection.pairs(without=("q",)),
            "chart": charts.bar_chart(
                [group.label for group in shown],
                [group.values["pull"] for group in shown],
                name=_("Pull, percentage points"),
            ),
            "chart_height": 26 * len(shown) + 24,
            "chart_table": {
                "columns": [cut.label, _("Pull, percentage points")],
                "rows": [[group.label, make_cell("points", group.values["pull"]).text] for group in shown],
            },
        },
    )


def _with_cut(selection: Selection, cut: str) -> str:
    return frame.changed(selection, by=(cut,)).with_extra(q="", sort="", dir="").query()


def _merged(request: HttpRequest, selection: Selection) -> reading.Reading:
    """The chosen view's groups, with the month's figures beside them; sorted and searched."""
    actor = frame.actor_of_request(request)
    main = reading.read_groups(actor, selection, selection.by[:1], view="cumulative")
    month = None
    if frame.has_month(selection):
        month = reading.read_groups(actor, selection, selection.by[:1], view="month")
    chosen = month if month is not None and selection.view == "month" else main
    merged = reading.beside(main, month, chosen)
    sought = selection.get("q").casefold()
    if sought:
        merged = merged.keep(
            lambda group: sought in group.label.casefold() or sought in group.code.casefold()
        )
    key = selection.get("sort", SORTS[0])
    return merged.sort(key, descending=selection.get("dir", "desc") == "desc")


def _columns(selection: Selection, cut: frame.Cut) -> tuple[Column, ...]:
    chosen = frame.view_label(frame.effective_view(selection))
    month, total = frame.view_label("month"), frame.view_label("cumulative")
    kind = words.item_kind(selection.item)
    columns = [("label", cut.label, "text", ""), ("firms", _("Firms"), "count", "")]
    if frame.has_month(selection):
        columns += [
            ("month_level", _("Level"), kind, month),
            ("month_base", _("Same month last year"), kind, month),
            ("month_growth", _("Growth"), "growth", month),
        ]
    columns += [
        ("level", _("Level"), kind, total),
        ("base", _("Same period last year"), kind, total),
        ("growth", _("Growth"), "growth", total),
        ("contribution", _("Contribution"), "share", chosen),
        ("pull", _("Pull (points)"), "points", chosen),
    ]
    sort, direction = selection.get("sort", SORTS[0]), selection.get("dir", "desc")
    return tuple(
        Column(
            key,
            label,
            kind,
            head,
            sortable=True,
            sorted=direction if key == sort else "",
            sort_url=_sort_url(selection, key, sort, direction),
        )
        for key, label, kind, head in columns
    )


def _sort_url(selection: Selection, key: str, sort: str, direction: str) -> str:
    """Where a click on a heading leads: sort by it, or turn the order round."""
    turned = "asc" if key == sort and direction == "desc" else "desc"
    return selection.with_extra(
        sort="" if key == SORTS[0] else key, dir="" if turned == "desc" else turned
    ).query()


def make_board(selection: Selection, groups: reading.Reading, cut: frame.Cut, *, may_firms: bool) -> Board:
    """The table with every number openable, small groups hidden from readers who may not see firms."""
    columns = _columns(selection, cut)
    make = _Cells(selection, columns, cut, may_firms=may_firms)
    rows = tuple(Line(make.row(group), key=group.code) for group in groups.groups)
    unit = _("Levels in %(unit)s.") % {"unit": words.item_unit(selection.item)}
    notes = []
    if groups.overlapping:
        notes.append(_("A firm counts under each of its tags: the rows do not add up to the total."))
    total = Line(make.row(groups.total), key="total")
    return Board(
        columns, rows, total, notes=(*notes, *hidden_notes(make.reasons.values())), page_notes=(unit,)
    )


def drill_url(selection: Selection, cut: frame.Cut, code: str) -> str:
    """One step down: this group as a filter, the next cut that is not yet narrowed."""
    narrowed = selection.with_filter(cut.code, (code,)).with_extra(q="", sort="", dir="", page="")
    following = next_cut(narrowed, cut)
    if following == "firms":
        return reverse("indicator:firms") + frame.changed(narrowed, by=()).query()
    return reverse("indicator:league") + frame.changed(narrowed, by=(following,)).query()


def next_cut(selection: Selection, cut: frame.Cut) -> str:
    """The step after a cut: from place or class to industry, down the industry levels, then the firms."""
    following = cut.next
    if following in frame.INDUSTRIES and cut.code not in frame.INDUSTRIES:
        levels = [level for level in frame.INDUSTRIES if selection.filter(level)]
        if levels:
            following = frame.cuts()[levels[-1]].next
    return following if following in frame.cuts() else "firms"


class _Cells:
    """Makes the rows of one league table; what is the same for all rows is worked out once."""

    def __init__(
        self, selection: Selection, columns: Sequence[Column], cut: frame.Cut, *, may_firms: bool
    ) -> None:
        self.selection, self.columns, self.cut, self.may_firms = selection, columns, cut, may_firms
        self.reasons: dict[str, str] = {}
        self.firms_address = reverse("indicator:firms")
        self.chosen = frame.effective_view(selection)
        self.bases = {view: frame.drawer_base(frame.changed(selection, view=view)) for view in VIEWS}

    def row(self, group: reading.Group) -> tuple[Cell, ...]:
        """The cells of a group, or of the total, which has no code."""
        return tuple(self._cell(column, group) for column in self.columns)

    def _cell(self, column: Column, group: reading.Group) -> Cell:
        if column.key == "label":
            return Cell(group.label, group.label, url=self._drill(group))
        if column.key == "firms":
            return make_cell("count", group.firms, url=self._firms(group))
        if group.hidden in CONFIDENTIAL:
            self.reasons[group.hidden] = frame.word_hidden(group.hidden)
            return hidden_cell(self.reasons[group.hidden])
        if column.key == "contribution" and group.hidden:
            return unshown_cell(str(messages.HIDDEN[group.hidden]))
        return self._number(column, group)

    def _drill(self, group: reading.Group) -> str:
        url = drill_url(self.selection, self.cut, group.code) if group.code else ""
        return "" if url.startswith(self.firms_address) and not self.may_firms else url

    def _firms(self, group: reading.Group) -> str:
        if not self.may_firms:
            return ""
        place = self.selection
        if group.code:
            place = place.with_filter(self.cut.code, (group.code,))
        return self.firms_address + place.query(screen=False)

    def _number(self, column: Column, group: reading.Group) -> Cell:
        code = column.key.removeprefix("month_")
        view = "month" if column.key.startswith("month_") else "cumulative"
        if code in {"pull", "contribution"}:
            view = self.chosen
        within = {self.cut.code: group.code} if group.code else {}
        drawer = frame.drawer_url(self.bases[view], code, within)
        if code == "growth" and view == "cumulative":
            item, period = self.selection.item, self.selection.period
            printed = words.print_value(code, group.values, group.note, item=item, period=period)
            return replace(printed, drawer=drawer)
        return make_cell(column.kind, group.values.get(column.key), drawer=drawer)

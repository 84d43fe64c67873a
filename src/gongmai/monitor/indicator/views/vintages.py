"""Vintages: what was published when, and what distinguishes two publications."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongmai.core.access.queries import may
from gongmai.core.document.actions import wanted_format
from gongmai.core.panel.queries.difference import diff
from gongmai.core.panel.queries.items import label_of_cell
from gongmai.core.panel.types import CellChange, Difference, FirmChange
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.queries.firms import names_of
from gongmai.monitor.indicator.views import downloads, frame, opening, published, words
from gongmai.monitor.indicator.views.cells import Board, Cell, Column, Line, make_cell
from gongmai.ui.reading import whole_number

SHOWN = 50


@require_GET
@frame.for_readers
def vintages(request: HttpRequest) -> HttpResponseBase:
    """The list of publications; with ``old`` and ``new`` also their difference."""
    selection = frame.select(request, extra={"old": None, "new": None})
    actor = frame.actor_of_request(request)
    listed = published.list_publications(SHOWN)
    old, new = _pair(selection.get("old"), selection.get("new"), [one["number"] for one in listed])
    difference = diff(actor, old, new) if old and new else None
    totals = make_totals(difference) if difference else None
    firms = make_firms(difference) if difference and may(actor, "indicator.firms") else None
    if (wanted := wanted_format(request)) is not None and totals:
        name = _("Difference of vintages %(old)s and %(new)s") % {"old": old, "new": new}
        boards = [(name, totals)] + ([(_("Firms behind it"), firms)] if firms else [])
        return downloads.send(request, boards, name, selection, wanted, firm_level=firms is not None)
    return frame.show(
        request,
        "indicator/vintages.html",
        selection,
        {
            "listed": listed,
            "old": old,
            "new": new,
            "difference": difference,
            "totals": totals,
            "firms": firms,
        },
    )


def _pair(old: str, new: str, numbers: list[int]) -> tuple[int, int]:
    """The two numbers asked for, the older first; nothing when they are not both there."""
    pair = sorted(number for text in (old, new) if (number := whole_number(text)) is not None)
    if len(pair) > 1 and set(pair) <= set(numbers):
        low, high = pair
        return (low, high) if low != high else (0, 0)
    return (0, 0)


def _item(one: CellChange | FirmChange) -> str:
    """The name of a cell: its item, and which of the item's figures."""
    return words.word(label_of_cell(one.cell)) + opening.cell_suffix(one.cell)


def make_totals(difference: Difference) -> Board:
    """One row for each figure that changed: old, new, and the causes that add up to the change."""
    columns = (
        Column("period", _("Period")),
        Column("item", _("Item")),
        Column("old", _("Before"), "wan"),
        Column("new", _("After"), "wan"),
        Column("change", _("Increase or decrease"), "change"),
        Column("entries", _("Entries to the roster"), "change", _("Of which")),
        Column("exits", _("Exits from the roster"), "change", _("Of which")),
        Column("filed", _("Returns come in"), "change", _("Of which")),
        Column("base_revisions", _("Base revisions"), "change", _("Of which")),
        Column("corrections", _("Corrections"), "change", _("Of which")),
    )
    rows = tuple(
        Line(
            (
                Cell(str(one.period), words.period_option(Period.from_key(one.period))),
                Cell(one.cell, _item(one)),
                make_cell("wan", one.old),
                make_cell("wan", one.new),
                make_cell("change", one.new - one.old),
                *(
                    make_cell("change", getattr(one, cause) or None)
                    for cause in ("entries", "exits", "filed", "base_revisions", "corrections")
                ),
            )
        )
        for one in difference.totals
    )
    return Board(columns, rows)


def make_firms(difference: Difference) -> Board:
    """The firms behind the changes, the largest first."""
    kinds = {
        "entry": _("Entry to the roster"),
        "exit": _("Exit from the roster"),
        "filed": _("Return came in"),
        "base_revision": _("Base revision"),
        "correction": _("Correction"),
    }
    columns = (
        Column("period", _("Period")),
        Column("credit_code", _("Credit code")),
        Column("name", _("Enterprise")),
        Column("item", _("Item")),
        Column("kind", _("Cause")),
        Column("old", _("Before"), "wan"),
        Column("new", _("After"), "wan"),
    )
    names = names_of([one.enterprise_id for one in difference.firms])
    rows = tuple(
        Line(
            (
                Cell(str(one.period), words.period_option(Period.from_key(one.period))),
                Cell(one.credit_code, one.credit_code, css="code"),
                Cell(
                    names.get(one.enterprise_id, ""),
                    names.get(one.enterprise_id, one.credit_code),
                    url=opening.firm_url(one.enterprise_id),
                ),
                Cell(one.cell, _item(one)),
                Cell(str(one.kind), kinds.get(str(one.kind), str(one.kind))),
                make_cell("wan", one.old),
                make_cell("wan", one.new),
            )
        )
        for one in difference.firms
    )
    return Board(columns, rows)
